//! What a reviewer should know of a span before they decide: what was declared of each change, by
//! whom, whose work it is, and what the commits say of it.

use std::collections::{BTreeMap, BTreeSet};

use super::span::Span;
use super::{Desk, DraftError};
use crate::entry::Change;
use crate::gate::Content;
use crate::gather::Gatherer;
use crate::id::{CommitId, ObjectId};
use crate::ledger::Ledger;
use crate::name::PersonId;
use crate::statement::{Ai, Author, Declaration, Details, Predicate};

/// What a declaration says of one change.
#[derive(Debug, Clone)]
pub struct Declared {
    /// Who signed it.
    pub by: PersonId,
    /// What AI did.
    pub ai: Ai,
    /// Whose work it is.
    pub authors: Vec<Author>,
    /// What else was told of the tool's use.
    pub details: Details,
}

/// What is known of a span.
#[derive(Debug)]
pub struct Background {
    /// The declarations of each change, in the span's order, those left out that were revoked or are by a key that is not their signer's.
    pub declared: Vec<Vec<Declared>>,
    /// Whom the commits name as authors of what nobody declared.
    pub named: BTreeSet<Author>,
    /// The commits, newest first, with the first line of their messages.
    pub commits: Vec<(CommitId, String)>,
}

impl Desk<'_> {
    /// What is known of a span.
    ///
    /// # Errors
    /// [`DraftError`] when the ledger or a commit cannot be read.
    pub fn background(&self, span: &Span) -> Result<Background, DraftError> {
        let declared = self.declared(span)?;
        let undeclared = span.changes.iter().zip(&declared).filter(|(_, found)| found.is_empty());
        let rest = Span { changes: undeclared.map(|(change, _)| change.clone()).collect(), ..span.clone() };
        let named = if rest.changes.is_empty() { BTreeSet::new() } else { self.authors(&rest)? };
        Ok(Background { declared, named, commits: self.subjects(span)? })
    }

    /// The span's commits and their subjects, each before its parents; of those that could be next
    /// the one that says it is the youngest.
    fn subjects(&self, span: &Span) -> Result<Vec<(CommitId, String)>, DraftError> {
        let mut commits = BTreeMap::new();
        for id in self.repository.new_commits(span.to, &[span.from])? {
            commits.insert(id, self.repository.commit(id)?);
        }
        let mut children: BTreeMap<CommitId, usize> = BTreeMap::new();
        for parent in commits.values().flat_map(|commit| &commit.parents) {
            *children.entry(*parent).or_default() += 1;
        }
        let waiting = |id: &CommitId, children: &BTreeMap<CommitId, usize>| children.get(id).copied().unwrap_or(0) > 0;
        let free = commits.values().filter(|commit| !waiting(&commit.id, &children));
        let mut ready: BTreeSet<(i64, CommitId)> = free.map(|commit| (commit.committer.seconds, commit.id)).collect();
        let mut ordered = Vec::new();
        while let Some((_, id)) = ready.pop_last() {
            let Some(commit) = commits.get(&id) else { continue };
            let subject = commit.message.split(|byte| *byte == b'\n').next().unwrap_or_default();
            ordered.push((id, String::from_utf8_lossy(subject).into_owned()));
            for parent in commit.parents.iter().filter_map(|parent| commits.get(parent)) {
                if let Some(count) = children.get_mut(&parent.id) {
                    *count -= 1;
                }
                if !waiting(&parent.id, &children) {
                    ready.insert((parent.committer.seconds, parent.id));
                }
            }
        }
        Ok(ordered)
    }

    fn declared(&self, span: &Span) -> Result<Vec<Vec<Declared>>, DraftError> {
        let (ring, ledger) = (self.ring(), Ledger::open(self.repository)?);
        let ids: Vec<ObjectId> = span
            .changes
            .iter()
            .flat_map(Change::ends)
            .map(|entry| entry.id())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let lines = Gatherer::new(self.repository, &ledger, &ring).records(&ids)?;
        let fates = self.fates(&lines)?;
        let mut declared = vec![Vec::new(); span.changes.len()];
        for line in &lines {
            let Content::Record(record) = line.content() else { continue };
            let Predicate::Declaration(declaration) = record.statement().predicate() else { continue };
            if !self.is_here(declaration) || self.revoked(&fates, line).is_some() {
                continue;
            }
            // What it says of its signer proves nothing: by another key than theirs it is nobody's word.
            if self.rosters().unrevoked_signer(record.statement()).is_err() {
                continue;
            }
            for (change, found) in span.changes.iter().zip(&mut declared) {
                if declaration.changes.contains(change) {
                    found.push(Declared {
                        by: declaration.signer.person.clone(),
                        ai: declaration.ai.clone(),
                        authors: declaration.authors.clone(),
                        details: declaration.details.clone(),
                    });
                }
            }
        }
        Ok(declared)
    }

    fn is_here(&self, declaration: &Declaration) -> bool {
        declaration.repository == self.policy.repository() && declaration.branches.contains(&self.branch)
    }
}
