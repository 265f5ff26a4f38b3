//! `review`: a human's approval or rejection of a change set.

use serde::{Deserialize, Serialize};

use super::{
    Kind, ReadError, SignedBy, Subject, change_subjects, check_branches, check_changes, check_label, check_text,
};
use crate::entry::Change;
use crate::id::{CommitId, RecordId};
use crate::name::Ident;
use crate::path::RefName;
use crate::time::Timestamp;

/// A reviewer's signed decision on a change set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    /// The repository, as `policy.toml` names it.
    pub repository: String,
    /// The publish branches the decision is for.
    pub branches: Vec<RefName>,
    /// Who signs.
    pub signer: SignedBy,
    /// When, by the signer's clock.
    pub reviewed_at: Timestamp,
    /// Approve or reject.
    pub decision: Decision,
    /// The newest step of the branch that is an ancestor of the reviewed range's left end.
    pub base: CommitId,
    /// The commit whose content was looked at, for people; the gate does not use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<CommitId>,
    /// Whether the changes are approved only together.
    pub scope: Scope,
    /// Answers to the policy's checklist.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// What the reviewer found, and what became of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Found>,
    /// What the reviewer wants to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The record's own word on how the human took part; a signature's bytes say more.
    pub ceremony: Ceremony,
    /// Reviews of the same person that this one completes: its paths replace theirs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amends: Vec<RecordId>,
    /// Reviews of the same person that no longer count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supersedes: Vec<RecordId>,
    /// The change set.
    pub changes: Vec<Change>,
}

/// What the reviewer decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// The changes may be published.
    Approve,
    /// They may not.
    Reject,
}

/// How far an approval of several changes holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Only while all of them land.
    Set,
    /// Each by itself.
    Each,
}

/// How the record says that a human took part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Ceremony {
    /// Options of a command, no questions asked.
    Options,
    /// Shown and answered on a terminal.
    Terminal,
}

/// The result of one checklist item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub enum AnswerResult {
    /// It holds.
    #[serde(rename = "pass")]
    Pass,
    /// It does not.
    #[serde(rename = "fail")]
    Fail,
    /// It does not apply; the note says why.
    #[serde(rename = "n/a")]
    NotApplicable,
}

impl AnswerResult {
    /// The text in records and options.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotApplicable => "n/a",
        }
    }
}

/// The answer to one checklist item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Answer {
    /// The item's id in the policy.
    pub id: Ident,
    /// The result.
    pub result: AnswerResult,
    /// What was checked, against what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The sources it was checked against.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

/// Something a reviewer found in the changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Found {
    /// Its kind, as `bias`, `inaccuracy` or `hazard`.
    pub kind: Ident,
    /// What it is.
    pub text: String,
    /// What became of it.
    pub status: FoundStatus,
    /// Why it is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// What became of something that a reviewer found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FoundStatus {
    /// Nothing yet: the changes cannot be approved.
    Open,
    /// It was put right in these changes.
    Fixed,
    /// It stays, for a reason.
    Accepted,
}

impl FoundStatus {
    /// The lowercase name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Fixed => "fixed",
            Self::Accepted => "accepted",
        }
    }
}

impl Kind for Review {
    const PREDICATE_TYPE: &'static str = "https://git-provenance.dev/predicate/review/v1";
    const NAME: &'static str = "review";

    fn subjects(&self) -> Vec<Subject> {
        change_subjects(&self.changes)
    }

    fn validate(&self) -> Result<(), ReadError> {
        check_changes(&self.changes)?;
        check_branches(&self.branches)?;
        check_label("repository", &self.repository)?;
        self.comment.iter().try_for_each(|text| check_text("comment", text))?;
        for (i, answer) in self.answers.iter().enumerate() {
            answer.note.iter().try_for_each(|text| check_text("an answer's note", text))?;
            answer.sources.iter().try_for_each(|text| check_label("a source", text))?;
            if self.answers[..i].iter().any(|earlier| earlier.id == answer.id) {
                return Err(ReadError::Invalid(format!("it answers `{}` twice", answer.id)));
            }
        }
        self.findings.iter().try_for_each(|found| check_found(found, self.decision))
    }

    header!(reviewed_at on changes);
}

fn check_found(found: &Found, decision: Decision) -> Result<(), ReadError> {
    check_text("a finding", &found.text)?;
    found.because.iter().try_for_each(|text| check_text("a finding's reason", text))?;
    if found.status == FoundStatus::Open && decision == Decision::Approve {
        return Err(ReadError::Invalid(format!("it approves with an open finding of kind `{}`", found.kind)));
    }
    if found.status == FoundStatus::Accepted && found.because.as_ref().is_none_or(|text| text.trim().is_empty()) {
        return Err(ReadError::Invalid(format!("it accepts a finding of kind `{}` without a reason", found.kind)));
    }
    Ok(())
}
