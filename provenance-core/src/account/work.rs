//! What is on record of tools and of reviews.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Share;
use crate::name::{Ident, PersonId, ToolId};
use crate::time::{Day, Timestamp};

/// What is on record of one tool.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ToolFigures {
    /// The id.
    pub id: ToolId,
    /// `requested`, `approved` or `retired`; `unknown` where it is not in the register.
    pub status: String,
    /// The first day of the approval.
    pub approved_from: Option<Day>,
    /// The last day of the approval.
    pub approved_until: Option<Day>,
    /// Classes of data that it may be given.
    pub data_classes: Vec<String>,
    /// Whether its maker trains models on what it is given; none where the register does not say.
    pub trains_on_input: Option<bool>,
    /// Who asked for it.
    pub requested_by: Option<PersonId>,
    /// When it was asked for.
    pub requested_on: Option<Day>,
    /// When that was answered.
    pub answered_on: Option<Day>,
    /// Days from the request to its answer, or to now where there is none.
    pub days_to_answer: Option<i64>,
    /// Whether the request has no answer.
    pub request_open: bool,
    /// Declarations that stand and name it.
    pub declarations: usize,
    /// Paths that they are of.
    pub files: usize,
    /// The same, by model.
    pub models: Vec<ModelUse>,
    /// How often which class of data went into it, as declared.
    pub declared_data_classes: BTreeMap<Ident, usize>,
}

/// How much one model of a tool was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ModelUse {
    /// The model, as declared; none where that was not said.
    pub model: Option<String>,
    /// Declarations that stand.
    pub declarations: usize,
    /// Paths that they are of.
    pub files: usize,
}

/// What is on record of reviews.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Reviews {
    /// By reviewer, by id.
    pub reviewers: Vec<ReviewerFigures>,
    /// Of all of them.
    pub totals: ReviewTotals,
}

/// What one person reviewed.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewerFigures {
    /// The person.
    pub person: PersonId,
    /// What they are competent for, by the roster.
    pub competence: Vec<Ident>,
    /// Approvals they signed, whatever became of them.
    pub approvals: usize,
    /// Rejections they signed, whatever became of them.
    pub rejections: usize,
    /// The share of rejections.
    pub reject_rate: Share,
    /// Reviews that complete an earlier one of theirs.
    pub amending: usize,
    /// Reviews that a later one of theirs took back.
    pub superseded: usize,
    /// Reviews that they or an admin revoked.
    pub revoked: usize,
    /// The median of the time from the newest declaration of the same change to the review, in seconds; both times as
    /// their signers state them. None where no declaration came before.
    pub median_seconds: Option<i64>,
    /// How many reviews the median is of.
    pub timed: usize,
    /// The most approvals within the minutes that the policy's `[burst]` names.
    pub most_in_burst: usize,
    /// How often there were more than it allows, counted without overlap.
    pub bursts: usize,
    /// The newest review's time, as stated.
    pub last_reviewed_at: Option<Timestamp>,
}

/// What everybody reviewed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewTotals {
    /// Who reviewed.
    pub reviewers: usize,
    /// Approvals.
    pub approvals: usize,
    /// Rejections.
    pub rejections: usize,
    /// The share of rejections.
    pub reject_rate: Share,
    /// The median of all times from declaration to review, in seconds, as stated.
    pub median_seconds: Option<i64>,
    /// Bursts of all.
    pub bursts: usize,
}
