//! Revocations: a record that no longer counts, because.

use super::{Desk, DraftError};
use crate::envelope::Line;
use crate::gate::{Content, FiledLine};
use crate::id::{BlobId, RecordId, Sha256Digest};
use crate::key::Fingerprint;
use crate::ledger::{Ledger, lines_of};
use crate::name::{PersonId, Role};
use crate::policy::{ADMIN, Policy};
use crate::statement::{Predicate, Revocation, Statement};

/// A line of the ledger that can be revoked.
#[derive(Debug)]
pub struct Found {
    /// The blob id of the line with its newline.
    pub blob: BlobId,
    /// The line.
    pub line: FiledLine,
    text: Vec<u8>,
}

impl Desk<'_> {
    /// The record whose id, or whose line's blob id, starts with these digits; `None` when there is none.
    ///
    /// # Errors
    /// [`DraftError`] when the ledger cannot be read, or several records start so.
    pub fn find_record(&self, prefix: &str) -> Result<Option<Found>, DraftError> {
        let (ring, ledger) = (self.ring(), Ledger::open(self.repository)?);
        let mut found: Option<(RecordId, Found)> = None;
        for blobs in ledger.all()?.into_values() {
            for note in blobs {
                for (blob, text) in lines_of(self.repository, note)? {
                    let Line::Envelope(envelope) = Line::parse(&text) else { continue };
                    let id = envelope.record_id();
                    if !id.to_string().starts_with(prefix) && !blob.to_string().starts_with(prefix) {
                        continue;
                    }
                    if found.as_ref().is_some_and(|(other, _)| *other != id) {
                        return Err(DraftError::Request(format!(
                            "several records start with {prefix}: give more digits"
                        )));
                    }
                    found = Some((id, Found { blob, line: FiledLine::read(&text, blob, &ring), text }));
                }
            }
        }
        Ok(found.map(|(_, found)| found))
    }

    /// The revocation of a record.
    ///
    /// # Errors
    /// [`DraftError`] when the signer is neither the record's nor an admin.
    pub fn revocation(&self, found: &Found, because: String, key: &Fingerprint) -> Result<Statement, DraftError> {
        let signer = self.signer(key)?;
        let Content::Record(record) = found.line.content() else {
            return Err(DraftError::Request("the record does not verify, so it counts for nothing already".to_owned()));
        };
        let own = record.statement().signed_by().person == signer.person;
        if !own && !self.is_admin(&signer.person) {
            let whose = &record.statement().signed_by().person;
            return Err(DraftError::Request(format!(
                "only {whose} or an admin can revoke this record, and {} is neither",
                signer.person
            )));
        }
        let mut line = found.text.clone();
        line.push(b'\n');
        let revocation = Revocation {
            repository: self.policy.repository().to_owned(),
            signer,
            revoked_at: self.now,
            envelope: found.blob,
            envelope_sha256: Some(Sha256Digest::of(&line)),
            record: Some(record.id()),
            because,
        };
        Ok(Statement::new(Predicate::Revocation(revocation))?)
    }

    /// An admin's revocation of an envelope that is lost: pointers to it no longer block.
    ///
    /// # Errors
    /// [`DraftError`] when the signer is no admin.
    pub fn settlement(&self, lost: BlobId, because: String, key: &Fingerprint) -> Result<Statement, DraftError> {
        let signer = self.signer(key)?;
        if !self.is_admin(&signer.person) {
            return Err(DraftError::Request(format!(
                "no record starts with {lost}; only an admin can settle a lost envelope"
            )));
        }
        let revocation = Revocation {
            repository: self.policy.repository().to_owned(),
            signer,
            revoked_at: self.now,
            envelope: lost,
            envelope_sha256: None,
            record: None,
            because,
        };
        Ok(Statement::new(Predicate::Revocation(revocation))?)
    }

    pub(super) fn is_admin(&self, person: &PersonId) -> bool {
        let holds =
            |policy: &Policy, role: &Role| policy.roster().person(person).is_some_and(|found| found.holds(role));
        ADMIN.parse().is_ok_and(|role| self.policies().all(|policy| holds(policy, &role)))
    }
}
