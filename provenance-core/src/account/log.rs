//! What went wrong and what was let through.

use serde::Serialize;

use crate::id::RecordId;
use crate::name::PersonId;
use crate::path::RepoPath;
use crate::statement::Harm;
use crate::time::{Day, Timestamp};

/// An incident and how it stands: one entry of the corrections log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IncidentFigures {
    /// Its id: the record that opened it, as `incident list` shows it, or a number.
    pub id: String,
    /// The path whose content did harm.
    pub path: RepoPath,
    /// `open`, `corrected` (by a change that is published) or `closed`.
    pub state: String,
    /// How bad it is.
    pub severity: Harm,
    /// What happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Who opened it.
    pub opened_by: PersonId,
    /// When, as they state.
    pub opened_at: Timestamp,
    /// Who owns it.
    pub owner: Option<PersonId>,
    /// The day by which it is to be put right.
    pub due: Option<Day>,
    /// Whether it is not closed and that day is over.
    pub overdue: bool,
    /// When the newest correction was signed, as stated.
    pub corrected_at: Option<Timestamp>,
    /// The entry that puts it right: its git id; none where the path is gone, or nothing is on record.
    pub correction: Option<String>,
    /// What readers are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// When it was closed, as stated.
    pub closed_at: Option<Timestamp>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Whole days from its opening to its end, or to now where it is not closed.
    pub days: i64,
}

/// A waiver and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaiverFigures {
    /// The record that granted it.
    pub record: Option<RecordId>,
    /// Who granted it.
    pub by: PersonId,
    /// When, as they state.
    pub waived_at: Timestamp,
    /// The first day; at once where there is none.
    pub from: Option<Day>,
    /// The last day.
    pub until: Day,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// The paths of its changes.
    pub paths: Vec<RepoPath>,
    /// What became of it.
    pub state: WaiverState,
    /// Who settled it.
    pub settled_by: Option<PersonId>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

/// What became of a waiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WaiverState {
    /// It holds, or will.
    InForce,
    /// Somebody who may waive said how it ended.
    Settled,
    /// Its signer or an admin revoked it.
    Revoked,
    /// Its last day is over and nobody said how it ended.
    LeftOpen,
}

impl WaiverState {
    /// The stable text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "in-force",
            Self::Settled => "settled",
            Self::Revoked => "revoked",
            Self::LeftOpen => "left-open",
        }
    }
}
