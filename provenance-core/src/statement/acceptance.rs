//! `acceptance`: a person's word, for themselves, that they accept a policy document.

use serde::{Deserialize, Serialize};

use super::{Document, Kind, ReadError, SignedBy, Subject, Topic, check_label};
use crate::name::Ident;
use crate::time::Timestamp;

/// A person accepts a document of the policy, in exactly these bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Acceptance {
    /// The repository, as `policy.toml` names it.
    pub repository: String,
    /// Who signs, and accepts.
    pub signer: SignedBy,
    /// When, by the signer's clock.
    pub accepted_at: Timestamp,
    /// The document's id in the policy.
    pub id: Ident,
    /// What is accepted.
    pub document: Document,
}

impl Kind for Acceptance {
    const PREDICATE_TYPE: &'static str = "https://git-provenance.dev/predicate/acceptance/v1";
    const NAME: &'static str = "acceptance";

    fn subjects(&self) -> Vec<Subject> {
        vec![self.document.subject()]
    }

    fn validate(&self) -> Result<(), ReadError> {
        check_label("repository", &self.repository)
    }

    header!(accepted_at);

    fn topic(&self) -> Option<Topic> {
        Some(Topic::person(&self.repository, &self.signer.person))
    }
}
