//! `scan`: what a program found in some changes. It is evidence beside a review, and never an answer
//! of one.

use serde::{Deserialize, Serialize};

use super::{
    Kind, ReadError, SignedBy, Subject, change_subjects, check_branches, check_changes, check_label, check_text,
};
use crate::entry::Change;
use crate::name::Ident;
use crate::path::RefName;
use crate::time::Timestamp;

/// The result of an automated check of some changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Scan {
    /// The repository, as `policy.toml` names it.
    pub repository: String,
    /// The publish branches the changes are meant for.
    pub branches: Vec<RefName>,
    /// Who signs: the service that ran it, or a person.
    pub signer: SignedBy,
    /// When, by the signer's clock.
    pub scanned_at: Timestamp,
    /// The check's id in the policy.
    pub check: Ident,
    /// The program and its version.
    pub program: String,
    /// What it found.
    pub result: ScanResult,
    /// What it found, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The changes.
    pub changes: Vec<Change>,
}

/// What an automated check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ScanResult {
    /// Nothing.
    Pass,
    /// Something to look at.
    Warn,
    /// Something that must not be published.
    Fail,
}

impl ScanResult {
    /// The lowercase name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

impl Kind for Scan {
    const PREDICATE_TYPE: &'static str = "https://git-provenance.dev/predicate/scan/v1";
    const NAME: &'static str = "scan";

    fn subjects(&self) -> Vec<Subject> {
        change_subjects(&self.changes)
    }

    fn validate(&self) -> Result<(), ReadError> {
        check_changes(&self.changes)?;
        check_branches(&self.branches)?;
        check_label("repository", &self.repository)?;
        check_label("program", &self.program)?;
        self.summary.iter().try_for_each(|text| check_text("summary", text))
    }

    header!(scanned_at on changes);
}
