//! Evidence on human review and editorial responsibility for content that AI helped to make.

use serde::Serialize;

use crate::entry::Entry;
use crate::name::{Ident, PersonId, ToolId};
use crate::path::RepoPath;
use crate::statement::Extent;
use crate::time::Timestamp;

/// The published files that AI took part in, with what is on record of their review.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Art50 {
    /// What this is, and that it is no legal advice.
    pub note: String,
    /// The files, by path.
    pub files: Vec<Art50File>,
    /// Those of them whose evidence is complete.
    pub complete: usize,
}

/// What is on record of one file.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Art50File {
    /// The path.
    pub path: RepoPath,
    /// The exact content: mode, git id, SHA-256.
    pub entry: Entry,
    /// The greatest extent of AI along the declared changes that lead to it.
    pub extent: Extent,
    /// The tools they name.
    pub tools: Vec<ToolId>,
    /// When the last of them that AI took part in was declared, as stated.
    pub ai_declared_at: Option<Timestamp>,
    /// Who reviewed this content last.
    pub reviewer: Option<PersonId>,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewer_name: Option<String>,
    /// What they are competent for, by the roster.
    pub competence: Vec<Ident>,
    /// When, as they state.
    pub reviewed_at: Option<Timestamp>,
    /// Whether it is of exactly this content, and not of a change that git merged into it.
    pub review_is_exact: bool,
    /// Whether that is not before the last declaration of AI use.
    pub review_is_last: bool,
    /// Who answers for the path.
    pub accountable: Option<PersonId>,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accountable_name: Option<String>,
    /// Their office.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accountable_title: Option<String>,
    /// How readers reach them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accountable_contact: Option<String>,
    /// What the evidence lacks.
    pub missing: Vec<Missing>,
}

/// What the evidence of a file lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// No human's review of this content verifies and stands.
    Review,
    /// Git merged the reviewed change into what the branch held; nobody reviewed the exact content.
    ExactReview,
    /// AI use was declared after the review.
    ReviewAfterAi,
    /// The roster names nothing that the reviewer is competent for.
    Competence,
    /// The policy names nobody who answers for the path.
    Accountable,
}

impl Missing {
    /// The stable text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::ExactReview => "exact-review",
            Self::ReviewAfterAi => "review-after-ai",
            Self::Competence => "competence",
            Self::Accountable => "accountable",
        }
    }
}

impl Art50File {
    /// The same with what it lacks.
    #[must_use]
    pub fn judged(mut self) -> Self {
        let missing = [
            (self.reviewer.is_none(), Missing::Review),
            (self.reviewer.is_some() && !self.review_is_exact, Missing::ExactReview),
            (self.reviewer.is_some() && !self.review_is_last, Missing::ReviewAfterAi),
            (self.reviewer.is_some() && self.competence.is_empty(), Missing::Competence),
            (self.accountable.is_none(), Missing::Accountable),
        ];
        self.missing = missing.into_iter().filter(|(is, _)| *is).map(|(_, what)| what).collect();
        self
    }
}
