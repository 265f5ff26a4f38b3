//! An account of what the records show: the values that `report` renders, and what they amount to.
//!
//! A [`CompanyReport`] is data: figures over the files at a publish branch's tip, the people, tools, reviews,
//! incidents, waivers and public statements of its policy. `survey` collects it. What follows from the
//! figures alone is here: the findings that a release check refuses (`findings`), and the same
//! report without anybody's name ([`CompanyReport::anonymous`]).

mod acceptance;
mod annex;
mod anonymous;
mod art50;
mod bill;
mod coverage;
mod findings;
mod log;
mod marks;
mod people;
mod statements;
mod work;

pub use acceptance::{AcceptanceSheet, SheetDocument, SheetLine};
pub use annex::{AnnexClause, ClientAnnex, Deliverable, Lacking};
pub use art50::{Art50, Art50File, Missing};
pub use bill::{Bom, Component, Considerations, ModelCard, Risk};
pub use coverage::{Counts, Coverage, Declared, Group, LedgerFigures, Reviewed, Unsigned, UnsignedTool};
pub use findings::{ClauseFigures, ClauseFinding, GRACE_DAYS};
pub use log::{IncidentFigures, WaiverFigures, WaiverState};
pub use marks::{Marked, Marks, SiteMark};
pub use people::{
    Acceptance, Confirmation, CourseFigures, Expiry, Gap, PeopleTotals, PersonFigures, ToolKnown, Version,
};
pub use statements::{ClaimFigures, Share, StatementFigures};
pub use work::{ModelUse, ReviewTotals, ReviewerFigures, Reviews, ToolFigures};

use serde::Serialize;

use crate::finding::Severity;
use crate::id::{CommitId, Sha256Digest};
use crate::path::RefName;
use crate::policy::Clause;
use crate::time::Timestamp;

/// The `schema` of every company report.
pub const COMPANY_REPORT_SCHEMA: &str = "https://git-provenance.dev/schema/company-report/v1";

/// What the records of a publish branch show.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CompanyReport {
    /// [`COMPANY_REPORT_SCHEMA`].
    pub schema: String,
    /// The repository, as `policy.toml` names it.
    pub repository: String,
    /// The publish branch.
    pub branch: RefName,
    /// Its tip: the state that is reported on.
    pub tip: CommitId,
    /// SHA-256 of the policy there.
    pub policy: Sha256Digest,
    /// The clock by which days are over, days of grace are counted and keys are valid.
    pub as_of: Timestamp,
    /// The range that `coverage` and `reviews` are limited to; none where they are of everything.
    pub range: Option<ReportedRange>,
    /// Whether names, ids of people and records, and what people wrote were left out.
    pub anonymous: bool,
    /// What the ledger holds.
    pub ledger: LedgerFigures,
    /// What is on record of the files.
    pub coverage: Coverage,
    /// Every clause, with the number of findings of this report against it.
    pub clauses: Vec<ClauseFigures>,
    /// Everybody in the roster, by id.
    pub people: Vec<PersonFigures>,
    /// The same, counted.
    pub people_totals: PeopleTotals,
    /// The tools of the register, and those that declarations name besides, by id.
    pub tools: Vec<ToolFigures>,
    /// Who reviewed how much.
    pub reviews: Reviews,
    /// Harm that published content did, by path and time.
    pub incidents: Vec<IncidentFigures>,
    /// What was let through, by time.
    pub waivers: Vec<WaiverFigures>,
    /// What readers are told, and whether the records bear it out.
    pub statements: Vec<StatementFigures>,
    /// What other tools said of AI and nobody signed.
    pub unsigned: Unsigned,
    /// Do-not-train marks, where the policy has `[do-not-train]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marks: Option<Marks>,
    /// Evidence on human review and editorial responsibility, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub art50: Option<Art50>,
    /// Who has accepted which document, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<AcceptanceSheet>,
    /// What a client is told of the content that was made for it, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annex: Option<ClientAnnex>,
    /// The tools as a bill of materials, where it was asked for; a document of its own.
    #[serde(skip)]
    pub bill: Option<Bom>,
    /// What the release check refuses or warns of, errors first.
    pub findings: Vec<ClauseFinding>,
}

/// The range that a report is limited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ReportedRange {
    /// The state before.
    pub from: CommitId,
    /// The state after.
    pub to: CommitId,
}

impl CompanyReport {
    /// Whether a release check refuses.
    pub fn is_refused(&self) -> bool {
        self.findings.iter().any(|found| found.finding.severity == Severity::Error)
    }

    /// How strictly a clause is taken.
    fn level(&self, clause: Clause) -> crate::policy::Level {
        let found = self.clauses.iter().find(|figures| figures.clause == clause);
        found.map_or_else(|| clause.default_level(), |figures| figures.level)
    }
}
