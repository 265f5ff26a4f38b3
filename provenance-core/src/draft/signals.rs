//! Suggestions: what a declaration could say, by the marks that tools left in commits, notes and
//! content. A person looks at them, and signs or does not.

use std::collections::{BTreeMap, BTreeSet};

use super::span::Span;
use super::{Desk, DraftError};
use crate::gate::{Answer, Mark, Marks, Question};
use crate::gather::Gatherer;
use crate::ledger::Ledger;
use crate::name::ToolId;
use crate::path::RepoPath;
use crate::policy::ToolStatus;
use crate::signal::{Claim, Signal};
use crate::statement::{Ai, Extent};

/// What marks suggest to declare of some paths.
#[derive(Debug, Clone)]
pub struct Suggestion {
    /// What AI did, with which tool, as far as the marks say and the policy knows the tool.
    pub ai: Ai,
    /// The tool as the marks name it.
    pub named: Option<String>,
    /// The paths.
    pub paths: BTreeSet<RepoPath>,
    /// The marks, each once.
    pub marks: BTreeSet<Mark>,
}

/// What marks say of a span.
#[derive(Debug, Clone, Default)]
pub struct Suggestions {
    /// Each a declaration.
    pub by_ai: Vec<Suggestion>,
    /// Paths without a mark: nothing is known of them, which is not that no AI took part.
    pub unmarked: BTreeSet<RepoPath>,
    /// What could not be read.
    pub problems: BTreeSet<String>,
}

/// What makes two marks one suggestion.
type Key = (Extent, Option<String>, Option<String>);

impl Desk<'_> {
    /// What the marks in a span suggest to declare. Marks prove nothing: the signer answers for what
    /// they sign.
    ///
    /// # Errors
    /// [`DraftError`] when history or the ledger cannot be read.
    pub fn suggestions(&self, span: &Span) -> Result<Suggestions, DraftError> {
        let mut all = Suggestions::default();
        let mut groups: BTreeMap<Key, (BTreeSet<RepoPath>, BTreeSet<Mark>)> = BTreeMap::new();
        for (path, marks) in self.marks(span)? {
            all.problems.extend(marks.problems);
            let by_ai: BTreeSet<Mark> = marks.marks.into_iter().filter(|mark| mark.signal.claim.is_ai()).collect();
            if by_ai.is_empty() {
                all.unmarked.insert(path);
                continue;
            }
            for mark in &by_ai {
                let subsumed = by_ai.iter().any(|other| says_more(&other.signal, &mark.signal));
                let signal = &mark.signal;
                let key = (extent(signal.claim), signal.tool.clone(), signal.model.clone());
                if !subsumed {
                    let group = groups.entry(key).or_default();
                    group.0.insert(path.clone());
                    group.1.insert(mark.clone());
                }
            }
        }
        let suggest = |((extent, named, model), (paths, marks)): (Key, (BTreeSet<RepoPath>, BTreeSet<Mark>))| {
            let tool = named.as_ref().and_then(|name| self.tool_named(name));
            let digital_source_type = extent.digital_source_type().to_owned();
            let ai = Ai { extent, digital_source_type, tool, model, ..Ai::none() };
            Suggestion { ai, named, paths, marks }
        };
        all.by_ai = groups.into_iter().map(suggest).collect();
        Ok(all)
    }

    fn marks(&self, span: &Span) -> Result<BTreeMap<RepoPath, Marks>, DraftError> {
        let (ring, ledger) = (self.ring(), Ledger::open(self.repository)?);
        let gatherer = Gatherer::new(self.repository, &ledger, &ring);
        let mut questions = BTreeSet::new();
        for change in &span.changes {
            let path = change.path().clone();
            questions.insert(Question::Marks { old: span.from, new: span.to, path: path.clone() });
            if let Some(after) = change.after().filter(|entry| entry.mode().is_file()) {
                questions.insert(Question::ContentMarks { path, content: after.id() });
            }
        }
        let mut found: BTreeMap<RepoPath, Marks> = BTreeMap::new();
        for (question, answer) in gatherer.answer(&questions) {
            let (Question::Marks { path, .. } | Question::ContentMarks { path, .. }) = question else { continue };
            let marks = found.entry(path).or_default();
            match answer {
                Answer::Marks(more) => {
                    marks.marks.extend(more.marks);
                    marks.problems.extend(more.problems);
                }
                Answer::Undecided(finding) => drop(marks.problems.insert(finding.message)),
                _ => {}
            }
        }
        Ok(found)
    }

    /// The tool of the register that a mark means: the one of this id, else the only approved one whose
    /// id has the name as a part.
    fn tool_named(&self, name: &str) -> Option<ToolId> {
        let tools = self.policy.tools();
        if let Some(id) = name.parse().ok().filter(|id| tools.get(id).is_some()) {
            return Some(id);
        }
        let has_part = |id: &&ToolId| id.as_str().split(['-', '_', '.']).any(|part| part == name);
        let approved = tools.iter().filter(|(_, tool)| tool.status == ToolStatus::Approved).map(|(id, _)| id);
        let mut matching = approved.filter(has_part);
        let first = matching.next()?;
        matching.next().is_none().then(|| first.clone())
    }
}

fn extent(claim: Claim) -> Extent {
    match claim {
        Claim::AiGenerated => Extent::Generated,
        _ => Extent::Assisted,
    }
}

/// Whether one signal says all that another does, and names more.
fn says_more(more: &Signal, less: &Signal) -> bool {
    let fits = |less: &Option<String>, more: &Option<String>| less.is_none() || less == more;
    let same = (extent(more.claim), &more.tool, &more.model) == (extent(less.claim), &less.tool, &less.model);
    !same && extent(more.claim) >= extent(less.claim) && fits(&less.tool, &more.tool) && fits(&less.model, &more.model)
}
