//! Acceptances: a person accepts a document of the policy as the branch's tip has it.

use super::{Desk, DraftError, known};
use crate::gate::Content;
use crate::key::Fingerprint;
use crate::name::{Ident, PersonId};
use crate::path::RepoPath;
use crate::statement::{Acceptance, Document, Predicate, Statement};

/// A document that can be accepted, in the version that is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its id in the policy.
    pub id: Ident,
    /// Its title.
    pub title: Option<String>,
    /// Its path and digests.
    pub document: Document,
}

impl Desk<'_> {
    /// The documents of the policy as the branch's tip has them; only the one that is named, if one is.
    ///
    /// # Errors
    /// [`DraftError::Request`] for an id that is no document's, and for a document that is not there.
    pub fn offers(&self, named: Option<&Ident>) -> Result<Vec<Offer>, DraftError> {
        let documents = &self.policy.company().documents;
        let ids: Vec<&Ident> = match named {
            Some(id) if documents.contains_key(id) => vec![id],
            Some(id) => {
                let listed = known(documents.keys());
                return Err(DraftError::Request(format!("`{id}` is no document of the policy, which has {listed}")));
            }
            None => documents.keys().collect(),
        };
        ids.into_iter().map(|id| self.offer(id)).collect()
    }

    fn offer(&self, id: &Ident) -> Result<Offer, DraftError> {
        let entry = &self.policy.company().documents[id];
        let document = self.document_at(&entry.path, &format!("document `{id}`"))?;
        Ok(Offer { id: id.clone(), title: entry.title.clone(), document })
    }

    /// A file as the branch's tip has it.
    pub(super) fn document_at(&self, path: &RepoPath, what: &str) -> Result<Document, DraftError> {
        let slot = self.repository.slot_at(self.tip, path)?.filter(|slot| slot.mode.is_file());
        let entry = slot.map(|slot| self.repository.entry(slot)).transpose()?;
        let found = entry.and_then(|entry| Some((entry.id(), entry.sha256()?)));
        let Some((id, sha256)) = found else {
            let tip = super::span::short(self.tip);
            return Err(DraftError::Request(format!(
                "{what} is {path}, and {} has no file there at {tip}",
                self.branch
            )));
        };
        Ok(Document { path: path.clone(), git_blob: crate::id::BlobId(id), sha256 })
    }

    /// Whether the person has accepted the document in this version, and not taken it back.
    ///
    /// # Errors
    /// [`DraftError`] when the ledger cannot be read.
    pub fn has_accepted(&self, person: &PersonId, offer: &Offer) -> Result<bool, DraftError> {
        let lines = self.about(&[self.topic_of(person)])?;
        let fates = self.fates(&lines)?;
        Ok(lines.iter().any(|line| {
            let Content::Record(record) = line.content() else { return false };
            let Predicate::Acceptance(acceptance) = record.statement().predicate() else { return false };
            let same = acceptance.id == offer.id && acceptance.document.sha256 == offer.document.sha256;
            same && self.is_unrevoked(&acceptance.signer) && self.revoked(&fates, line).is_none()
        }))
    }

    /// Who would accept: the person whose key this is, a human who has not retired.
    ///
    /// # Errors
    /// [`DraftError::NotAllowed`] for anybody else.
    pub fn accepts(&self, key: &Fingerprint) -> Result<PersonId, DraftError> {
        Ok(self.human(key, "accept a document")?.id().clone())
    }

    /// The acceptance of a document.
    ///
    /// # Errors
    /// As [`Desk::accepts`].
    pub fn acceptance(&self, offer: &Offer, key: &Fingerprint) -> Result<Statement, DraftError> {
        self.accepts(key)?;
        let acceptance = Acceptance {
            repository: self.policy.repository().to_owned(),
            signer: self.signer(key)?,
            accepted_at: self.now,
            id: offer.id.clone(),
            document: offer.document.clone(),
        };
        Ok(Statement::new(Predicate::Acceptance(acceptance))?)
    }
}
