//! Labels: whether pages tell their readers of what they show that is not real.
//!
//! What a declaration calls synthetic is known by its content, wherever it lies. A page that changes
//! is looked at for what it names; where something synthetic changes, every page that names it is.

use std::collections::BTreeSet;

use super::Judge;
use super::evidence::{Known, Question, for_all};
use super::signer::Fault;
use super::standing::Effect;
use crate::entry::Change;
use crate::finding::Code;
use crate::id::ObjectId;
use crate::name::PersonId;
use crate::page;
use crate::path::RepoPath;
use crate::policy::company::Synthetic;
use crate::policy::{Clause, Level};
use crate::statement::Predicate;

/// How many files or pages of a change are told.
const TOLD: usize = 3;

impl<'a> Judge<'a> {
    /// Something synthetic without a label that readers see, by each policy that has labels.
    pub(super) fn unlabelled(&self, change: &Change) -> Known<Vec<Fault>> {
        let after = change.after().filter(|entry| entry.mode().is_file());
        let Some(after) = after.filter(|_| self.rosters().level(Clause::E1) != Level::Off) else {
            return Ok(Vec::new());
        };
        let policies = self.case.policies();
        let asked: BTreeSet<&Synthetic> = policies.filter_map(|policy| policy.company().synthetic.as_ref()).collect();
        let is_page = page::kind_of(change.path()).is_some();
        let faults = for_all(asked, |synthetic| match is_page {
            true => self.unlabelled_page(change.path(), after.id(), synthetic),
            false => self.unlabelled_elsewhere(change.path(), after.id(), synthetic),
        })?;
        Ok(faults.into_iter().flatten().collect())
    }

    /// A file that is synthetic, and pages that name it.
    fn unlabelled_elsewhere(&self, path: &RepoPath, content: ObjectId, synthetic: &Synthetic) -> Known<Option<Fault>> {
        if !self.is_synthetic(content)? {
            return Ok(None);
        }
        let pages = self.ask.unlabelled(self.case.new, path, synthetic)?;
        let message = format!("it is declared as synthetic, and no label says so on {}", told(pages));
        Ok((!pages.is_empty()).then(|| fault(message, synthetic)))
    }

    /// A page that is synthetic, or names what is.
    fn unlabelled_page(&self, path: &RepoPath, content: ObjectId, synthetic: &Synthetic) -> Known<Option<Fault>> {
        let (commit, path, asked) = (self.case.new, path.clone(), synthetic.clone());
        let shown = self.ask.shown(Question::Shown { commit, path: path.clone(), content, synthetic: asked })?;
        if shown.labelled {
            return Ok(None);
        }
        let all = shown.files.iter().chain([(&path, &content)]);
        let found = for_all(all, |(file, id)| Ok(self.is_synthetic(*id)?.then(|| file.clone())))?;
        let found: BTreeSet<RepoPath> = found.into_iter().flatten().collect();
        let message = format!("no label says that this is declared as synthetic: {}", told(&found));
        Ok((!found.is_empty()).then(|| fault(message, synthetic)))
    }

    /// Whether somebody declared of this content that it shows what is not real: by a key that nobody
    /// revoked, and neither they nor an admin took it back.
    fn is_synthetic(&self, content: ObjectId) -> Known<bool> {
        let records = for_all(self.records_under(content)?, |(line, verified)| {
            let statement = verified.statement();
            let Predicate::Declaration(declaration) = statement.predicate() else { return Ok(false) };
            let is_of_it = |change: &Change| change.after().is_some_and(|after| after.id() == content);
            let says_so = declaration.details.synthetic && declaration.changes.iter().any(is_of_it);
            let here = statement.repository() == self.case.policy.repository();
            if !says_so || !here || self.rosters().unrevoked_signer(statement).is_err() {
                return Ok(false);
            }
            let signer = &statement.signed_by().person;
            let may = |judge: &Self, person: &PersonId| person == signer || judge.is_admin(person, Effect::Lifts);
            Ok(self.revoked_by(line.blob(), Some(verified.id()), Effect::Lifts, may)?.is_none())
        })?;
        Ok(records.contains(&true))
    }
}

fn fault(message: String, synthetic: &Synthetic) -> Fault {
    let hint = format!("write one of these where readers see it: {}", synthetic.labels.join("; "));
    Fault::new(Code::MissingLabel, message).against(Clause::E1).way_out(hint)
}

fn told(paths: &BTreeSet<RepoPath>) -> String {
    let named: Vec<String> = paths.iter().take(TOLD).map(ToString::to_string).collect();
    let more = paths.len().saturating_sub(TOLD);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{more}", named.join(", "))
}
