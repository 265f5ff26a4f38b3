//! Marks: what commits, other tools' notes and the content itself say of AI, against what was declared.
//!
//! A mark proves nothing and lowers nothing: it asks for a declaration that says so. A commit's mark
//! speaks of no path of its own, so it is borne out by AI use declared of any path that it touched.

use std::collections::BTreeSet;

use super::Judge;
use super::evidence::{Known, Mark, Question};
use super::people::Work;
use crate::entry::{Change, Entry};
use crate::finding::{Code, Finding, on_one_line};
use crate::id::CommitId;
use crate::path::RepoPath;
use crate::policy::{Clause, Requirements};
use crate::report::TransitionKind;
use crate::signal::{Place, Source};
use crate::statement::Extent;

/// How many marks of a path are told.
const TOLD: usize = 3;

/// A change, what was declared of it, and its marks of AI.
pub(super) struct Marked {
    path: RepoPath,
    /// The greatest extent declared; none where nobody declared anything.
    declared: Option<Extent>,
    marks: BTreeSet<Mark>,
}

impl Marked {
    fn by_ai(&self) -> bool {
        self.declared.is_some_and(|extent| extent != Extent::None)
    }

    /// The commits that have a mark of this path.
    fn commits(&self) -> impl Iterator<Item = CommitId> {
        self.marks.iter().filter_map(|mark| mark.commit)
    }
}

impl<'a> Judge<'a> {
    /// Notes the marks of a change, where anything is asked about AI there.
    pub(super) fn look_for_marks(&self, change: &Change, requirements: &Requirements, works: &[Work<'a>]) -> Known<()> {
        if !self.looks_for_marks(requirements) {
            return Ok(());
        }
        let (old, new, path) = (self.case.tip, self.case.new, change.path());
        let of_commits = self.ask.marks(Question::Marks { old, new, path: path.clone() });
        let declarations = works.iter().flat_map(|work| &work.declarations);
        let declared = declarations.map(|item| self.extent(item)).max();
        // Content is read again only where it could contradict.
        let doubted = declared == Some(Extent::None);
        let of_content = change
            .after()
            .filter(|entry| doubted && entry.mode().is_file())
            .map(|entry| self.ask.marks(content_marks(path, entry)));
        let (of_commits, of_content) = (of_commits?, of_content.transpose()?);
        let mut marks = BTreeSet::new();
        for found in std::iter::once(of_commits).chain(of_content) {
            marks.extend(found.marks.iter().filter(|mark| mark.signal.claim.is_ai()).cloned());
            for problem in &found.problems {
                self.remark(Finding::note(Code::UndeclaredAi, format!("a mark cannot be read: {problem}")).at(path));
            }
        }
        self.marked.borrow_mut().push(Marked { path: path.clone(), declared, marks });
        Ok(())
    }

    /// Whether marks of AI matter: a rule asks for a declaration or forbids AI.
    pub(super) fn looks_for_marks(&self, requirements: &Requirements) -> bool {
        let asked = requirements.declaration_required() || !requirements.ai_allowed();
        asked && self.rosters().level(Clause::T1).severity().is_some()
    }

    /// The marks that no declaration bears out.
    pub(super) fn contradictions(&self) -> Vec<Finding> {
        let Some(severity) = self.rosters().level(Clause::T1).severity() else { return Vec::new() };
        let marked = self.marked.borrow();
        let by_ai: BTreeSet<CommitId> =
            marked.iter().filter(|change| change.by_ai()).flat_map(Marked::commits).collect();
        let borne_out = |mark: &Mark| {
            let (Some(commit), Place::Block | Place::Body | Place::Header) = (mark.commit, &mark.signal.place) else {
                return false;
            };
            by_ai.contains(&commit)
        };
        let finding = |change: &Marked| {
            let open: Vec<&Mark> = change.marks.iter().filter(|mark| !borne_out(mark)).collect();
            let silent = change.by_ai() || open.is_empty() || change.declared.is_none();
            (!silent).then(|| {
                let told: Vec<String> = open.iter().take(TOLD).map(|mark| said(mark)).collect();
                let more = open.len().saturating_sub(TOLD);
                let more = if more == 0 { String::new() } else { format!("; and {more} more") };
                let message = format!(
                    "it was declared that no AI took part, and {}{more} ({})",
                    told.join("; "),
                    Clause::T1
                );
                let range = self.mark_range();
                let hint = format!(
                    "the writer runs `git provenance declare {range} --from-signals`, or says with --extent assisted or generated \
                     which tool it was; a mark that is wrong is left out of the commit"
                );
                Finding { severity, ..Finding::error(Code::UndeclaredAi, message).at(&change.path).hint(hint) }
            })
        };
        marked.iter().filter_map(finding).collect()
    }

    fn mark_range(&self) -> String {
        let short = |commit: CommitId| commit.to_string()[..12].to_owned();
        let dots = if self.case.kind == TransitionKind::Proposal { "..." } else { ".." };
        format!("{}{dots}{}", short(self.case.tip), short(self.case.new))
    }
}

/// The question what the content of a path says of AI.
pub(super) fn content_marks(path: &RepoPath, content: Entry) -> Question {
    Question::ContentMarks { path: path.clone(), content: content.id() }
}

/// A mark in words. Its own text is somebody else's and is escaped where it is shown.
fn said(mark: &Mark) -> String {
    let signal = &mark.signal;
    let place = match (mark.commit, signal.source) {
        (Some(commit), Source::Trailer | Source::Author) => format!("commit {}", &commit.to_string()[..12]),
        (Some(commit), source) => format!("the {source} note of commit {}", &commit.to_string()[..12]),
        (None, source) => format!("the content ({source})"),
    };
    let tool = signal.tool.as_ref().map_or_else(String::new, |tool| format!(" [{tool}]"));
    format!("{place} says `{}`{tool}", on_one_line(&signal.raw.replace('`', " ")))
}
