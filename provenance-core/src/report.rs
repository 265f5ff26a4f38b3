//! Reports: the verdict on one transition, and everything it rests on.

use serde::Serialize;

use crate::finding::{Finding, Severity};
use crate::id::{CommitId, RecordId, Sha256Digest};
use crate::name::PersonId;
use crate::path::{RefName, RepoPath};
use crate::statement::Extent;

/// The `schema` of every report.
pub const REPORT_SCHEMA: &str = "https://git-provenance.dev/schema/report/v1";

/// The `schema` of every audit.
pub const AUDIT_SCHEMA: &str = "https://git-provenance.dev/schema/audit/v1";

/// So many reports an audit keeps of what is not allowed, and so many pushes; the rest is counted.
const MAX_REPORTS: usize = 1000;

/// What the gate says of a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It may be published.
    Allowed,
    /// It may not.
    Refused,
    /// The gate could not decide; treat as refused.
    Undecided,
}

impl Verdict {
    /// The verdict that findings amount to.
    pub fn of(findings: &[Finding]) -> Self {
        let errors = || findings.iter().filter(|finding| finding.severity == Severity::Error);
        if errors().any(|finding| finding.code.is_undecided()) {
            Self::Undecided
        } else if errors().next().is_some() {
            Self::Refused
        } else {
            Self::Allowed
        }
    }

    /// The lowercase name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Refused => "refused",
            Self::Undecided => "undecided",
        }
    }
}

/// Whether the transition is about to happen as it stands, or is only proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TransitionKind {
    /// `OLD..NEW`: the ref moves from OLD to NEW.
    Update,
    /// `BASE...HEAD`: what HEAD would bring.
    Proposal,
}

/// The transition a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Transition {
    /// The repository, as `policy.toml` names it.
    pub repository: String,
    /// The publish branch.
    pub branch: RefName,
    /// Update or proposal.
    pub kind: TransitionKind,
    /// The state replaced (of a proposal: the base's tip).
    pub old: CommitId,
    /// The state proposed.
    pub new: CommitId,
    /// The first-parent steps from the old state to the new.
    pub steps: usize,
}

/// How a change passes, or that it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChangeStatus {
    /// Every edge is approved.
    Reviewed,
    /// It is the clean merge of an approved change.
    Merged,
    /// The policy exempts it.
    Exempt,
    /// A waiver covers it.
    Waived,
    /// It does not pass.
    Unreviewed,
}

/// What AI did in a change, by its declarations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct AiUse {
    /// The greatest extent declared.
    pub extent: Extent,
    /// The tools named, with their models.
    pub tools: Vec<String>,
}

/// One change and how it fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct JudgedChange {
    /// The path.
    pub path: RepoPath,
    /// How it passes.
    pub status: ChangeStatus,
    /// The persons whose reviews count.
    pub reviewers: Vec<PersonId>,
    /// What AI did; none where nobody has declared it.
    pub ai: Option<AiUse>,
    /// The records it rests on.
    pub records: Vec<RecordId>,
}

/// The gate's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Report {
    /// [`REPORT_SCHEMA`].
    pub schema: String,
    /// The verdict: what the findings amount to.
    pub verdict: Verdict,
    /// What was judged.
    pub transition: Transition,
    /// SHA-256 of the policy that judged it; none where it could not be read.
    pub policy: Option<Sha256Digest>,
    /// Every change, by path.
    pub changes: Vec<JudgedChange>,
    /// Every finding: errors first, then by code and path.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The report of these parts; sorts the findings and draws the verdict from them.
    pub fn new(
        transition: Transition,
        policy: Option<Sha256Digest>,
        mut changes: Vec<JudgedChange>,
        mut findings: Vec<Finding>,
    ) -> Self {
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        findings.sort();
        findings.dedup();
        let verdict = Verdict::of(&findings);
        Self { schema: REPORT_SCHEMA.to_owned(), verdict, transition, policy, changes, findings }
    }
}

/// What became of every step since the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Audit {
    /// [`AUDIT_SCHEMA`].
    pub schema: String,
    /// Allowed where every step is; undecided where any could not be decided.
    pub verdict: Verdict,
    /// The publish branch.
    pub branch: RefName,
    /// Where trust starts.
    pub root: CommitId,
    /// The newest step.
    pub tip: CommitId,
    /// The ledger's commit whose records were used; none where there is no ledger.
    pub ledger: Option<CommitId>,
    /// The steps after the root.
    pub steps: usize,
    /// Those that are allowed by themselves.
    pub allowed: usize,
    /// Those that are allowed only together with neighbours, as one push.
    pub together: usize,
    /// Those that are refused.
    pub refused: usize,
    /// Those that cannot be decided.
    pub undecided: usize,
    /// What is allowed only together, oldest first, at most a thousand. Nobody signed that it was one push:
    /// a step that was published by itself and taken back by the next is among them.
    pub pushes: Vec<Push>,
    /// The reports on steps that are not allowed, oldest first, at most a thousand.
    pub reports: Vec<Report>,
    /// What concerns the audit as a whole.
    pub findings: Vec<Finding>,
}

/// Some neighbouring steps that are allowed as one push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Push {
    /// The state before them.
    pub old: CommitId,
    /// The last of them.
    pub new: CommitId,
    /// How many they are.
    pub steps: usize,
}

impl Audit {
    /// Takes steps that are allowed together.
    pub(crate) fn passes(&mut self, push: Push) {
        self.together += push.steps;
        if self.pushes.len() < MAX_REPORTS {
            self.pushes.push(push);
        }
    }

    /// Takes the report on a step that is not allowed, and on no push with it.
    pub(crate) fn fails(&mut self, report: Report) {
        match report.verdict {
            Verdict::Refused => self.refused += 1,
            _ => self.undecided += 1,
        }
        if self.reports.len() < MAX_REPORTS {
            self.reports.push(report);
        }
    }
}
