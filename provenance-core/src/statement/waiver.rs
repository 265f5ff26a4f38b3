//! `waiver`: what is published without its reviews or declarations, until when, and on whose word.

use serde::{Deserialize, Serialize};

use super::{
    Kind, ReadError, SignedBy, Subject, change_subjects, check_branches, check_changes, check_label, check_text,
};
use crate::entry::Change;
use crate::id::RecordId;
use crate::path::RefName;
use crate::time::{Day, Timestamp};

/// Some changes may pass without the reviews or declarations they need; or a word on how an earlier
/// waiver ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Waiver {
    /// The repository, as `policy.toml` names it.
    pub repository: String,
    /// The publish branches it holds for.
    pub branches: Vec<RefName>,
    /// Who signs.
    pub signer: SignedBy,
    /// When, by the signer's clock.
    pub waived_at: Timestamp,
    /// What is granted, or how it ended.
    pub term: Term,
    /// Why.
    pub because: String,
    /// The changes.
    pub changes: Vec<Change>,
}

/// How long a waiver holds, or that it is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Term {
    /// It holds on these days, inclusive.
    Granted {
        /// The first day; at once where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Day>,
        /// The last day.
        until: Day,
    },
    /// An earlier waiver of the same changes is settled: reviewed after all, taken back, or accepted.
    Settled {
        /// The earlier waiver.
        waiver: RecordId,
    },
}

impl Kind for Waiver {
    const PREDICATE_TYPE: &'static str = "https://git-provenance.dev/predicate/waiver/v1";
    const NAME: &'static str = "waiver";
    const HAS_CHOICES: bool = true;

    fn subjects(&self) -> Vec<Subject> {
        change_subjects(&self.changes)
    }

    fn validate(&self) -> Result<(), ReadError> {
        check_changes(&self.changes)?;
        check_branches(&self.branches)?;
        check_label("repository", &self.repository)?;
        check_text("because", &self.because)?;
        if self.because.trim().is_empty() {
            return Err(ReadError::Invalid("it gives no reason".into()));
        }
        match self.term {
            Term::Granted { from: Some(from), until } if until < from => {
                Err(ReadError::Invalid(format!("it ends on {until}, before it begins on {from}")))
            }
            _ => Ok(()),
        }
    }

    header!(waived_at on changes);
}
