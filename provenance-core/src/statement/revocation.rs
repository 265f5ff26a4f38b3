//! `revocation`: a record that no longer counts.

use serde::{Deserialize, Serialize};

use super::{DigestSet, Kind, ReadError, SignedBy, Subject, check_label, check_text};
use crate::id::{BlobId, RecordId, Sha256Digest};
use crate::time::Timestamp;

/// The signed word of a record's signer, or of an admin, that the record no longer counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Revocation {
    /// The repository, as `policy.toml` names it.
    pub repository: String,
    /// Who signs.
    pub signer: SignedBy,
    /// When, by the signer's clock.
    pub revoked_at: Timestamp,
    /// The git blob id of the record's own line with its newline: where this record is filed.
    pub envelope: BlobId,
    /// SHA-256 of that line with its newline; none where a pointer leads nowhere and there is no line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope_sha256: Option<Sha256Digest>,
    /// The record's id; none where there is no line to read it from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
    /// Why.
    pub because: String,
}

/// The longest reason, in bytes: a revocation must stand in the note itself, never behind a pointer.
const MAX_BECAUSE: usize = 1024;

impl Kind for Revocation {
    const PREDICATE_TYPE: &'static str = "https://git-provenance.dev/predicate/revocation/v1";
    const NAME: &'static str = "revocation";

    fn subjects(&self) -> Vec<Subject> {
        let digest = DigestSet { git_blob: Some(self.envelope), git_commit: None, sha256: self.envelope_sha256 };
        vec![Subject { name: "envelope".to_owned(), digest }]
    }

    fn validate(&self) -> Result<(), ReadError> {
        check_label("repository", &self.repository)?;
        if self.because.len() > MAX_BECAUSE {
            return Err(ReadError::Invalid(format!(
                "`because` has {} bytes, more than {MAX_BECAUSE}",
                self.because.len()
            )));
        }
        check_text("because", &self.because)?;
        if self.because.trim().is_empty() {
            return Err(ReadError::Invalid("it gives no reason".into()));
        }
        if self.record.is_some() != self.envelope_sha256.is_some() {
            return Err(ReadError::Invalid("it has one of record and envelopeSha256 without the other".into()));
        }
        Ok(())
    }

    header!(revoked_at);
}
