//! The survey: what the records of a publish branch show, collected into a [`CompanyReport`].
//!
//! The ledger is walked once, whatever is asked: incidents, waivers and reviews lie under paths and entries that the
//! tip no longer holds, so that looking up the tip's entries alone would miss them, and a lookup for each of them
//! would read about as many notes. Each line is verified once, as the gate does, and reduced to the few facts that
//! are counted (`facts`): what is held grows with the changes that records name, not with their envelopes. The
//! tip's tree is walked once as well (`tip`), and content is read only where a record speaks of it.
//!
//! It judges less than the gate: a review counts here if it is of exactly the content that is published, whatever
//! chain of changes or clean merge led there. Where the gate would not even count the record, neither does this.

mod acceptance;
mod annex;
mod art50;
mod bill;
mod facts;
mod leads;
mod log;
mod marks;
mod measure;
mod merged;
mod people;
mod reviews;
mod revoked;
mod tip;
mod tools;
mod unsigned;

use crate::account::{COMPANY_REPORT_SCHEMA, ClauseFigures, CompanyReport, PeopleTotals, ReportedRange};
use crate::draft::{Desk, DraftError};
use crate::id::CommitId;
use crate::ledger::Ledger;
use crate::name::Ident;
use crate::policy::Clause;

use facts::Facts;
use tip::Tip;

/// What a report is to have.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Limits `coverage` and `reviews` to what this range brings.
    pub range: Option<ReportedRange>,
    /// The commit where trust starts: what it holds was there before anything had to be on record.
    pub root: Option<CommitId>,
    /// What is asked for besides.
    pub profile: Option<Profile>,
}

/// What a report has for somebody who asks for more than figures.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// Evidence on human review and editorial responsibility, file by file.
    Art50,
    /// The annex to a contract with a client of the policy.
    ClientAnnex(Ident),
    /// Who has accepted which document.
    Acceptance,
    /// The tools as a CycloneDX bill of materials.
    Bill,
}

/// What the records of the desk's branch show.
///
/// # Errors
/// [`DraftError`] when the ledger, the tip's tree or the content that a record speaks of cannot be read.
pub fn survey(desk: &Desk<'_>, question: &Question) -> Result<CompanyReport, DraftError> {
    let ledger = Ledger::open(desk.repository())?;
    let mut facts = Facts::collect(desk, &ledger)?;
    facts.settle(desk);
    let tip = Tip::read(desk, &facts, question)?;
    let people = people::figures(desk, &facts, &tip)?;
    let tools = tools::figures(desk, &facts);
    let policy = desk.policy();
    let profile = question.profile.as_ref();
    let annex = match profile {
        Some(Profile::ClientAnnex(id)) => annex::figures(desk, &facts, &tip, id)?,
        _ => None,
    };
    let clauses = Clause::ALL.iter().map(|clause| ClauseFigures {
        clause: *clause,
        says: clause.says().to_owned(),
        level: desk.rosters().level(*clause),
        findings: 0,
    });
    let report = CompanyReport {
        schema: COMPANY_REPORT_SCHEMA.to_owned(),
        repository: policy.repository().to_owned(),
        branch: desk.branch().clone(),
        tip: desk.tip(),
        policy: policy.digest(),
        as_of: desk.now(),
        range: question.range,
        anonymous: false,
        coverage: tip.coverage(desk),
        clauses: clauses.collect(),
        people_totals: PeopleTotals::of(&people),
        acceptance: (profile == Some(&Profile::Acceptance))
            .then(|| acceptance::sheet(desk, &tip, &people))
            .transpose()?,
        statements: measure::statements(desk, &facts, &tip, &people)?,
        people,
        bill: (profile == Some(&Profile::Bill)).then(|| bill::bill(desk, &tip, &tools)).transpose()?,
        tools,
        reviews: reviews::figures(desk, &facts, &tip),
        incidents: log::incidents(desk, &facts)?,
        waivers: log::waivers(desk, &facts),
        marks: marks::figures(desk, &tip)?,
        unsigned: unsigned::figures(desk.repository())?,
        art50: (profile == Some(&Profile::Art50)).then(|| art50::figures(desk, &facts, &tip)).transpose()?,
        annex,
        findings: Vec::new(),
        ledger: facts.ledger,
    };
    Ok(report.judged())
}
