//! What a reviewer should know of a span before they decide: what was declared of each change, by
//! whom, whose work it is, and what the commits say of it.

use std::collections::BTreeSet;

use super::span::Span;
use super::{Desk, DraftError};
use crate::entry::Change;
use crate::gate::Content;
use crate::gather::Gatherer;
use crate::id::{CommitId, ObjectId};
use crate::ledger::Ledger;
use crate::name::PersonId;
use crate::statement::{Ai, Author, Declaration, Predicate};

/// What a declaration says of one change.
#[derive(Debug, Clone)]
pub struct Declared {
    /// Who signed it.
    pub by: PersonId,
    /// What AI did.
    pub ai: Ai,
    /// Whose work it is.
    pub authors: Vec<Author>,
}

/// What is known of a span.
#[derive(Debug)]
pub struct Background {
    /// The declarations of each change, in the span's order, those that were revoked left out.
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
        let mut commits = Vec::new();
        for id in self.repository.new_commits(span.to, &[span.from])? {
            let message = self.repository.commit(id)?.message;
            let subject = message.split(|byte| *byte == b'\n').next().unwrap_or_default();
            commits.push((id, String::from_utf8_lossy(subject).into_owned()));
        }
        Ok(Background { declared, named, commits })
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
            for (change, found) in span.changes.iter().zip(&mut declared) {
                if declaration.changes.contains(change) {
                    found.push(Declared {
                        by: declaration.signer.person.clone(),
                        ai: declaration.ai.clone(),
                        authors: declaration.authors.clone(),
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
