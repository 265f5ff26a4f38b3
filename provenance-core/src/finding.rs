//! Findings: each one reason to refuse, to warn, or to say why the gate cannot decide.

use std::fmt;

use serde::Serialize;

use crate::path::RepoPath;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It refuses, or leaves undecided.
    Error,
    /// It is allowed and somebody should look.
    Warning,
    /// It is said for completeness.
    Note,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// What a finding is about; the text of each code is stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable text.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// Nobody has reviewed this change.
    MissingReview = "missing-review",
    /// The reviewer contributed to the change.
    SelfReview = "self-review",
    /// Somebody with the role rejected the entry.
    Rejected = "rejected",
    /// Fewer persons than a rule asks for.
    InsufficientReviews = "insufficient-reviews",
    /// The reviewer does not hold a role that the rule names.
    WrongRole = "wrong-role",
    /// The signature does not prove the presence that the rule asks for.
    PresenceRequired = "presence-required",
    /// The branch moved the path since the review's base.
    StaleReview = "stale-review",
    /// Other changes of the reviewed set do not land.
    PartialChangeSet = "partial-change-set",
    /// Nobody has declared whether AI took part.
    MissingDeclaration = "missing-declaration",
    /// Something that nobody signed says that AI took part, and no declaration does.
    UndeclaredAi = "undeclared-ai",
    /// Commits name somebody whom no declaration names.
    UndeclaredAuthor = "undeclared-author",
    /// Somebody outside the roster is an author, and the policy takes only work of the roster's.
    OutsideAuthor = "outside-author",
    /// A declaration was made by a list of tools that was never in force.
    UnknownToolsList = "unknown-tools-list",
    /// An image of a page has no text for those who do not see it.
    MissingAltText = "missing-alt-text",
    /// A page shows something synthetic and does not say so.
    MissingLabel = "missing-label",
    /// The AI tool or model is not approved for this.
    UnapprovedTool = "unapproved-tool",
    /// The use case must not use AI.
    RestrictedUse = "restricted-use",
    /// No AI may take part at this path.
    AiForbidden = "ai-forbidden",
    /// A confirmation that the rule asks for was not given.
    MissingConfirmation = "missing-confirmation",
    /// A checklist item is unanswered.
    IncompleteChecklist = "incomplete-checklist",
    /// A checklist item failed.
    FailedChecklist = "failed-checklist",
    /// Somebody has not accepted the policy document in force.
    PolicyNotAccepted = "policy-not-accepted",
    /// Somebody has not completed a course, or not lately enough.
    Untrained = "untrained",
    /// Content of the path did harm, and this is not what puts it right.
    OpenIncident = "open-incident",
    /// A waiver of this change is over, or still to come.
    ExpiredWaiver = "expired-waiver",
    /// An automated check that the rule asks for has not run, or failed.
    MissingScan = "missing-scan",
    /// Many approvals by one person in a short time.
    ReviewBurst = "review-burst",
    /// A public statement is not published, not reviewed, or says more than the records show.
    StatementUnproved = "statement-unproved",
    /// An open incident is owned by nobody or was to be put right by now.
    OverdueIncident = "overdue-incident",
    /// Published content that no model is to be trained on does not say so.
    MissingDoNotTrain = "missing-do-not-train",
    /// The record was revoked.
    Revoked = "revoked",
    /// The policy would be gone or unreadable.
    PolicyRemoved = "policy-removed",
    /// The only admin reviewed their own change of the policy.
    SoleAdmin = "sole-admin",
    /// The signature does not verify.
    BadSignature = "bad-signature",
    /// The key is nobody's in the roster, or not valid today.
    UnknownKey = "unknown-key",
    /// The key is revoked.
    RevokedKey = "revoked-key",
    /// An agent or a service cannot review.
    NotHuman = "not-human",
    /// The record states a time in the future.
    FutureTimestamp = "future-timestamp",
    /// The branch would lose published steps.
    RewoundBranch = "rewound-branch",
    /// A publish branch would be deleted.
    BranchDeleted = "branch-deleted",
    /// The ledger would lose records.
    LedgerRewound = "ledger-rewound",
    /// A line or record is malformed.
    MalformedRecord = "malformed-record",
    /// A record's SHA-256 contradicts the content with its git id.
    DigestMismatch = "digest-mismatch",
    /// A pointer line leads to no envelope.
    DanglingPointer = "dangling-pointer",
    /// The commit where trust starts is not pinned, or not on this history.
    UntrustedRoot = "untrusted-root",
    /// The range changes nothing.
    NothingToCheck = "nothing-to-check",
    /// The policy cannot be read.
    UndecidedPolicy = "undecided-policy",
    /// An object cannot be read.
    UndecidedObject = "undecided-object",
    /// The history cannot be walked.
    UndecidedHistory = "undecided-history",
}

impl Code {
    /// Whether a finding of this code leaves the verdict undecided.
    pub fn is_undecided(self) -> bool {
        matches!(
            self,
            Self::UndecidedPolicy
                | Self::UndecidedObject
                | Self::UndecidedHistory
                | Self::DanglingPointer
                | Self::UntrustedRoot
        )
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One reason, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
pub struct Finding {
    /// Its weight.
    pub severity: Severity,
    /// The stable code.
    pub code: Code,
    /// The path it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<RepoPath>,
    /// What is wrong: expected against found.
    pub message: String,
    /// What to do next, a command where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Finding {
    /// A finding that refuses (or leaves undecided, by its code).
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, path: None, message: message.into(), hint: None }
    }

    /// A finding that does not refuse.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// A remark.
    pub fn note(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::error(code, message) }
    }

    /// The same, about this path.
    #[must_use]
    pub fn at(mut self, path: &RepoPath) -> Self {
        self.path = Some(path.clone());
        self
    }

    /// The same, with this next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Somebody's words as part of a message: on one line, so that none of them begins one. Pipelines take orders from lines.
pub(crate) fn on_one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An error with everything behind it, on one line.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        // An error that shows its cause in its own words need not show it twice.
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text
}
