//! Declarations: what a writer or an agent says of AI, and whose work the changes are.

use std::collections::BTreeSet;

use super::span::Span;
use super::{Desk, DraftError};
use crate::gate::Part;
use crate::gather::identities;
use crate::git::PathTrie;
use crate::key::Fingerprint;
use crate::name::Ident;
use crate::policy::PersonKind;
use crate::statement::{Ai, Author, Declaration, Extent, Predicate, Statement};

/// What the signer says.
#[derive(Debug, Clone)]
pub struct Answers {
    /// What AI did.
    pub ai: Ai,
    /// What the human did, in words.
    pub contribution: Option<String>,
    /// Confirmations given.
    pub confirmations: Vec<Ident>,
    /// Whose work it is beside those whom commits name.
    pub authors: Vec<Author>,
}

impl Desk<'_> {
    /// The declaration of a span. Its authors are everyone whom the span's commits name as author
    /// or co-author of a declared path, and whom the answers add; the signer, where that is nobody.
    ///
    /// Checks against the policy what could only be refused later: the tool, the use case, and
    /// that confirmations exist.
    ///
    /// # Errors
    /// [`DraftError`] with the values that would do.
    pub fn declaration(&self, span: &Span, answers: Answers, key: &Fingerprint) -> Result<Statement, DraftError> {
        let signer = self.signer(key)?;
        let kind = self.person(key)?.kind();
        if kind == PersonKind::Agent && answers.ai.extent == Extent::None {
            return Err(DraftError::Request(format!(
                "{} is an agent and cannot declare that no AI took part",
                signer.person
            )));
        }
        self.check_answers(&answers)?;
        let mut authors = self.authors(span)?;
        authors.extend(answers.authors);
        if authors.is_empty() {
            authors.insert(Author::person(signer.person.clone()));
        }
        let declaration = Declaration {
            repository: self.policy.repository().to_owned(),
            branches: vec![self.branch.clone()],
            signer,
            declared_at: self.now,
            ai: answers.ai,
            authors: authors.into_iter().collect(),
            contribution: answers.contribution,
            confirmations: answers.confirmations,
            changes: span.changes.clone(),
        };
        Ok(Statement::new(Predicate::Declaration(declaration))?)
    }

    fn check_answers(&self, answers: &Answers) -> Result<(), DraftError> {
        let known: BTreeSet<&Ident> = self.policy.confirmations().map(|(id, _)| id).collect();
        for id in &answers.confirmations {
            if !known.contains(id) {
                let known: Vec<&str> = known.iter().map(|id| id.as_str()).collect();
                return Err(DraftError::Request(format!(
                    "`{id}` is no confirmation of the policy, which has {}",
                    known.join(", ")
                )));
            }
        }
        let Some(tool) = &answers.ai.tool else { return Ok(()) };
        let (model, version) = (answers.ai.model.as_deref(), answers.ai.version.as_deref());
        let judged = self.policy.tools().judge(tool, model, version, answers.ai.use_case.as_ref(), self.now);
        judged.map_err(|refusal| DraftError::Request(refusal.to_string()))?;
        match answers.ai.use_case.as_ref().map(|id| (id, self.policy.use_case(id))) {
            Some((id, None)) => {
                let known: Vec<&str> = self.policy.use_cases().map(|(id, _)| id.as_str()).collect();
                Err(DraftError::Request(format!(
                    "use case `{id}` is not in the policy, which has {}",
                    known.join(", ")
                )))
            }
            Some((id, Some(use_case))) if use_case.restricted => {
                Err(DraftError::Request(format!("use case `{id}` must not use AI: {}", use_case.title)))
            }
            _ => Ok(()),
        }
    }

    /// Everyone whom the span's commits name as author or co-author of one of its paths.
    fn authors(&self, span: &Span) -> Result<BTreeSet<Author>, DraftError> {
        let paths = PathTrie::of(span.changes.iter().map(|change| change.path()));
        let mut authors = BTreeSet::new();
        for id in self.repository.new_commits(span.to, &[span.from])? {
            let commit = self.repository.commit(id)?;
            // What a merge brings is named by the commits it merges.
            let [parent] = commit.parents.as_slice() else { continue };
            let before = self.repository.tree_of(*parent)?;
            if self.repository.diff_paths(Some(before), Some(commit.tree), &paths)?.is_empty() {
                continue;
            }
            for identity in identities(&commit).into_iter().filter(|identity| identity.part != Part::Committer) {
                authors.insert(match self.policy.roster().by_email(&identity.email) {
                    Some(person) => Author::person(person.id().clone()),
                    None => Author::outside(identity.name, identity.email),
                });
            }
        }
        Ok(authors)
    }
}
