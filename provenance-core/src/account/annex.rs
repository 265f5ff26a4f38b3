//! What a client is told of the content that was made for it.

use serde::Serialize;

use crate::entry::Entry;
use crate::name::{PersonId, ToolId};
use crate::path::RepoPath;
use crate::statement::Extent;
use crate::time::Timestamp;

/// The annex to the contract with a client: the clause, and every deliverable with what is on record of it.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ClientAnnex {
    /// The client's id in the policy.
    pub client: String,
    /// The client's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The contract's clause on AI use; none where the policy names no file.
    pub clause: Option<AnnexClause>,
    /// The published files in the client's paths, by path.
    pub deliverables: Vec<Deliverable>,
    /// Those of them that lack nothing.
    pub complete: usize,
}

/// The contract's clause on AI use.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct AnnexClause {
    /// The file that has it.
    pub path: RepoPath,
    /// Its exact content; none where the tip does not have the file.
    pub entry: Option<Entry>,
    /// Its words; none where it is not there, is no file, or has more than a mebibyte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A file that was made for a client.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deliverable {
    /// The path.
    pub path: RepoPath,
    /// The exact content: mode, git id, SHA-256.
    pub entry: Entry,
    /// Whether a baseline holds it just so and nothing is on record: nothing is asked of it.
    pub unchanged: bool,
    /// Whether the present entry has a declaration that stands.
    pub declared: bool,
    /// The greatest extent of AI along the declared changes that lead to it; none where none is declared.
    pub extent: Option<Extent>,
    /// The tools they name.
    pub tools: Vec<ToolId>,
    /// When the last of them that AI took part in was declared, as stated.
    pub ai_declared_at: Option<Timestamp>,
    /// Who reviewed this content last.
    pub reviewer: Option<PersonId>,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewer_name: Option<String>,
    /// When, as they state.
    pub reviewed_at: Option<Timestamp>,
    /// Whether it is of exactly this content, and not of a change that git merged into it.
    pub review_is_exact: bool,
    /// Whether that is not before the last declaration of AI use.
    pub review_is_last: bool,
    /// What is not on record.
    pub missing: Vec<Lacking>,
}

/// What is not on record of a deliverable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Lacking {
    /// No declaration of the present entry stands.
    Declaration,
    /// No human's review of this content verifies and stands.
    Review,
    /// Git merged the reviewed change into what the branch held; nobody reviewed the exact content.
    ExactReview,
    /// AI use was declared after the review.
    ReviewAfterAi,
}

impl Lacking {
    /// The stable text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Declaration => "declaration",
            Self::Review => "review",
            Self::ExactReview => "exact-review",
            Self::ReviewAfterAi => "review-after-ai",
        }
    }
}

impl Deliverable {
    /// The same with what it lacks.
    #[must_use]
    pub fn judged(mut self) -> Self {
        let reviewed = self.reviewer.is_some();
        let missing = [
            (!self.declared, Lacking::Declaration),
            (!reviewed, Lacking::Review),
            (reviewed && !self.review_is_exact, Lacking::ExactReview),
            (reviewed && !self.review_is_last, Lacking::ReviewAfterAi),
        ];
        let asked = !self.unchanged;
        self.missing = missing.into_iter().filter(|(is, _)| *is && asked).map(|(_, what)| what).collect();
        self
    }
}
