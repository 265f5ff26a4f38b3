//! Filing: a signed statement into the ledger, under everything it names.

use super::Desk;
use super::client_names::{ClientNames, NamesClients};
use crate::envelope::{Envelope, SealError};
use crate::git::Identity;
use crate::id::{CommitId, ObjectId, RecordId};
use crate::key::Signer;
use crate::ledger::{Additions, AppendError, Author, append, places};
use crate::statement::{Predicate, Statement};

/// Why a record was not filed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// It would name a client, so it was not signed.
    #[error(transparent)]
    Clients(#[from] NamesClients),
    /// It was not signed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// It was signed and could not be written; nothing was.
    #[error(transparent)]
    Append(#[from] AppendError),
}

/// A filed record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// Its id.
    pub record: RecordId,
    /// The ledger's commit that holds it.
    pub ledger: Option<CommitId>,
    /// How many notes gained a line.
    pub notes: usize,
}

impl Desk<'_> {
    /// Signs a statement that names none of these clients and files it: under the content it names, and for readers of
    /// `git log --notes` under the commit that was looked at.
    ///
    /// # Errors
    /// [`FileError`]; nothing was written then.
    pub fn file(&self, statement: &Statement, signer: &dyn Signer, clients: &ClientNames) -> Result<Filed, FileError> {
        clients.check(statement)?;
        let line = Envelope::seal(statement, signer)?;
        let mut ids = places(self.repository, statement);
        if let Predicate::Review(review) = statement.predicate() {
            ids.extend(review.head.map(|head| head.0));
        }
        let mut additions = Additions::new();
        additions.add_envelope(self.repository, ids.iter().copied().collect::<Vec<ObjectId>>(), &line);
        let appended = append(self.repository, &additions, &self.author(statement))?;
        let record = RecordId::of_payload(&statement.to_payload());
        Ok(Filed { record, ledger: appended.commit, notes: appended.notes })
    }

    /// Who commits to the notes ref: the signer, as the roster has them.
    fn author(&self, statement: &Statement) -> Author {
        let id = &statement.signed_by().person;
        let person = self.policy.roster().person(id);
        let name = person.map_or_else(|| id.to_string(), |person| person.name().to_owned());
        let email = person.and_then(|person| person.emails().first().cloned()).unwrap_or_default();
        let of = match statement.changes().len() {
            0 => String::new(),
            1 => " of 1 change".to_owned(),
            count => format!(" of {count} changes"),
        };
        let message = format!("provenance: {}{of} by {id}", statement.kind_name());
        Author { identity: Identity { name, email, seconds: self.now.seconds() }, message }
    }
}
