//! What the release check refuses or warns of. It follows from the report's figures alone, so that a report without
//! names has findings without names.

use serde::Serialize;

use super::{
    CompanyReport, Group, IncidentFigures, Marks, PersonFigures, StatementFigures, WaiverFigures, WaiverState,
};
use crate::finding::{Code, Finding, Severity};
use crate::path::RepoPath;
use crate::policy::{Clause, Level};
use crate::time::Timestamp;

/// Days after somebody joined within which their supervisor may still confirm that they know the policy.
pub const GRACE_DAYS: i32 = 30;

/// How many paths a message names.
pub(super) const NAMED: usize = 3;

/// A clause and what this report says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ClauseFigures {
    /// The clause.
    #[serde(rename = "id")]
    pub clause: Clause,
    /// What it obliges to.
    pub says: String,
    /// How strictly the policy takes it.
    pub level: Level,
    /// Findings of this report against it.
    pub findings: usize,
}

/// A finding and the clause that it is against.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
pub struct ClauseFinding {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// The clause.
    pub clause: Clause,
}

impl CompanyReport {
    /// The same with its findings, and the clauses with their numbers.
    #[must_use]
    pub fn judged(mut self) -> Self {
        let mut findings: Vec<ClauseFinding> = Vec::new();
        findings.extend(self.statements.iter().flat_map(unproved).filter_map(|found| self.weighed(found)));
        findings.extend(self.coverage.clients.iter().filter_map(undisclosed).filter_map(|found| self.weighed(found)));
        findings.extend(self.incidents.iter().filter_map(unowned).filter_map(|found| self.weighed(found)));
        findings.extend(self.waivers.iter().filter_map(left_open).filter_map(|found| self.weighed(found)));
        let unconfirmed = self.people.iter().filter_map(|person| unconfirmed(person, self.as_of));
        let unmarked = self.marks.as_ref().and_then(unmarked).and_then(|found| self.weighed(found));
        findings.extend(unmarked.map(warned));
        findings.extend(unconfirmed.filter_map(|found| self.weighed(found)));
        findings.sort();
        for figures in &mut self.clauses {
            figures.findings = findings.iter().filter(|found| found.clause == figures.clause).count();
        }
        self.findings = findings;
        self
    }

    /// The finding, as severe as its clause is taken; none where the clause is off.
    fn weighed(&self, mut found: ClauseFinding) -> Option<ClauseFinding> {
        found.finding.severity = self.level(found.clause).severity()?;
        Some(found)
    }
}

/// The finding as a warning, however strictly its clause is taken.
fn warned(mut found: ClauseFinding) -> ClauseFinding {
    found.finding.severity = found.finding.severity.max(Severity::Warning);
    found
}

fn against(clause: Clause, code: Code, path: Option<&RepoPath>, message: String, hint: &str) -> ClauseFinding {
    let message = format!("{message} ({clause})");
    let finding =
        Finding { severity: Severity::Error, code, path: path.cloned(), message, hint: Some(hint.to_owned()) };
    ClauseFinding { finding, clause }
}

/// What a statement says and the records do not (T2, T4).
fn unproved(statement: &StatementFigures) -> Vec<ClauseFinding> {
    let at = |clause, message, hint| against(clause, Code::StatementUnproved, Some(&statement.path), message, hint);
    let id = &statement.id;
    if !statement.published {
        let message = format!("statement `{id}` is not published");
        return vec![at(Clause::T2, message, "publish the file, or take the statement out of policy.toml")];
    }
    let mut found = Vec::new();
    if !statement.reviewed {
        let message = format!("no review of the present bytes of statement `{id}` verifies and stands");
        found.push(at(Clause::T2, message, "somebody who did not write it reviews a change of the file"));
    }
    for claim in &statement.claims {
        let words = claim.text.as_deref().map_or_else(String::new, |text| format!(" \"{text}\""));
        if !claim.in_file {
            let message = format!("statement `{id}` does not have the words of the claim{words} on {}", claim.measure);
            found.push(at(Clause::T4, message, "the claim in policy.toml is word for word what readers are told"));
        }
        if !claim.holds {
            let (share, least) = (claim.share, claim.at_least);
            let percent = share.percent.unwrap_or_default();
            let message = format!(
                "statement `{id}` claims{words} with {} at {least} % or more, and the records show {percent} % ({} of {})",
                claim.measure, share.count, share.of
            );
            found.push(at(Clause::T4, message, "do what is claimed, or claim what is done"));
        }
    }
    found
}

/// Content of a client of which nobody said whether AI took part (T3).
fn undisclosed(client: &Group) -> Option<ClauseFinding> {
    let counts = &client.counts;
    let open = counts.files - counts.unchanged - counts.declared.total();
    let first = client.undeclared.first()?;
    let named: Vec<String> = client.undeclared.iter().take(NAMED).map(ToString::to_string).collect();
    let more = if open > named.len() { format!(" and {} more", open - named.len()) } else { String::new() };
    let message = format!(
        "{open} of {} files of client `{}` have no declaration that stands: {}{more}",
        counts.files,
        client.name,
        named.join(", ")
    );
    let hint = "whoever wrote them runs `git provenance declare COMMIT` on the commit that brought each";
    Some(against(Clause::T3, Code::MissingDeclaration, Some(first), message, hint))
}

/// Content that is to say that no model is trained on it, and does not (Pr4).
fn unmarked(marks: &Marks) -> Option<ClauseFinding> {
    let hint = "an image says so in XMP (`plus:DataMining`), HTML in `<meta name=\"tdm-reservation\" content=\"1\">`, \
                a site in `robots.txt`, `ai.txt` or `.well-known/tdmrep.json` at its root";
    if marks.files() + marks.other == 0 {
        let message = "no published file is in the paths of [do-not-train]".to_owned();
        return Some(against(Clause::Pr4, Code::MissingDoNotTrain, None, message, "name the paths that are published"));
    }
    let named: Vec<String> = marks.unmarked.iter().take(NAMED).map(ToString::to_string).collect();
    let open = marks.open();
    let more = if open > named.len() { format!(" and {} more", open - named.len()) } else { String::new() };
    let message = format!(
        "{open} of {} published images and pages that no model is to be trained on carry no mark of it: {}{more}",
        marks.files(),
        named.join(", ")
    );
    Some(against(Clause::Pr4, Code::MissingDoNotTrain, Some(marks.unmarked.first()?), message, hint))
}

/// An open incident that nobody owns, or that is overdue (A5).
fn unowned(incident: &IncidentFigures) -> Option<ClauseFinding> {
    let short: String = incident.id.chars().take(12).collect();
    let severity = incident.severity.as_str();
    let what = match (&incident.owner, incident.due.filter(|_| incident.overdue)) {
        _ if incident.closed_at.is_some() => return None,
        (Some(_), None) => return None,
        (None, None) => "owned by nobody".to_owned(),
        (Some(owner), Some(due)) => format!("owned by {owner} and was due on {due}"),
        (None, Some(due)) => format!("owned by nobody and was due on {due}"),
    };
    let message = format!("incident {short} ({severity}) is open, {what}");
    let hint = "`git provenance incident assign` gives it to somebody, `incident correct` and `incident close` end it";
    Some(against(Clause::A5, Code::OverdueIncident, Some(&incident.path), message, hint))
}

/// A waiver of which nobody said how it ended (Ac3).
fn left_open(waiver: &WaiverFigures) -> Option<ClauseFinding> {
    if waiver.state != WaiverState::LeftOpen {
        return None;
    }
    let record = waiver.record.map_or_else(String::new, |record| format!(" {}", record.short()));
    let message =
        format!("{}'s waiver{record} ended on {} and nobody has said how it was settled", waiver.by, waiver.until);
    let hint = "somebody who may waive runs `git provenance waive --settle RECORD -m HOW`";
    Some(against(Clause::Ac3, Code::ExpiredWaiver, waiver.paths.first(), message, hint))
}

/// Somebody of whom no supervisor has confirmed that they know the policy, after the days of grace (Tr3).
fn unconfirmed(person: &PersonFigures, now: Timestamp) -> Option<ClauseFinding> {
    person.gaps.iter().find(|gap| gap.clause == Clause::Tr3)?;
    if person.joined.is_some_and(|joined| now <= joined.plus_days(GRACE_DAYS).end()) {
        return None;
    }
    let id = &person.id;
    let (message, hint) = match &person.supervisor {
        Some(supervisor) => (
            format!("{supervisor} has not confirmed that {id} knows the policy"),
            format!("{supervisor} runs `git provenance train {id} --knows-policy`"),
        ),
        None => (
            format!("nobody is named to confirm that {id} knows the policy"),
            "an admin names a `supervisor` in .provenance/people.toml".to_owned(),
        ),
    };
    Some(against(Clause::Tr3, Code::Untrained, None, message, &hint))
}
