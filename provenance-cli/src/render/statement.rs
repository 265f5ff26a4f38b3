//! What records say, each on one line.

use provenance_core::statement::{
    Acceptance, Decision, Declaration, Incident, IncidentStep, Lesson, Predicate, Review, Revocation, Scan, Statement,
    Term, Training, Waiver,
};

use super::counted;
use crate::output::inline;

/// What a statement says, on one line: who, what, when, and in whose words.
pub(crate) fn statement(statement: &Statement) -> String {
    let changes = counted(statement.changes().len(), "change");
    let (deed, words) = match statement.predicate() {
        Predicate::Declaration(it) => declaration(it, &changes),
        Predicate::Review(it) => review(it, &changes),
        Predicate::Revocation(it) => revocation(it),
        Predicate::Acceptance(it) => acceptance(it),
        Predicate::Training(it) => training(it),
        Predicate::Incident(it) => incident(it),
        Predicate::Waiver(it) => waiver(it, &changes),
        Predicate::Scan(it) => scan(it, &changes),
        _ => (format!("signed a {}", statement.kind_name()), None),
    };
    let words = words.map_or_else(String::new, |text| format!(": {}", inline(&text)));
    format!("{} {deed}, {}{words}", statement.signed_by().person, statement.stated_time())
}

/// A deed, and what is said of it.
type Said = (String, Option<String>);

fn declaration(it: &Declaration, changes: &str) -> Said {
    let tool = it.ai.tool.as_ref().map_or_else(String::new, |tool| format!(" with {tool}"));
    let model = it.ai.model.as_ref().map_or_else(String::new, |model| format!(" ({})", inline(model)));
    let synthetic = if it.details.synthetic { ", shows something synthetic" } else { "" };
    (format!("declared {changes}, AI: {}{tool}{model}{synthetic}", it.ai.extent.as_str()), None)
}

fn review(it: &Review, changes: &str) -> Said {
    let deed = match it.decision {
        Decision::Approve => "approved",
        Decision::Reject => "rejected",
    };
    let findings = match it.findings.len() {
        0 => String::new(),
        count => format!(" with {}", counted(count, "finding")),
    };
    (format!("{deed} {changes}{findings}"), it.comment.clone())
}

fn revocation(it: &Revocation) -> Said {
    let what = it.record.map_or_else(|| it.envelope.to_string(), |record| record.short());
    (format!("revoked {what}"), Some(it.because.clone()))
}

fn acceptance(it: &Acceptance) -> Said {
    (format!("accepted {} ({}, sha256 {})", it.id, it.document.path, &it.document.sha256.to_string()[..12]), None)
}

fn training(it: &Training) -> Said {
    let until = it.until.map_or_else(String::new, |day| format!(" until {day}"));
    let deed = match &it.lesson {
        Lesson::Course { course, modules } => {
            let modules: Vec<&str> = modules.iter().map(|id| id.as_str()).collect();
            let whose =
                if it.person == it.signer.person { "their own training".to_owned() } else { it.person.to_string() };
            format!("confirmed {whose} in course {course} ({}){until}", modules.join(", "))
        }
        Lesson::Tool { tool, document } => format!("knows tool {tool} by {}{until}", document.path),
        Lesson::Policy { id, .. } => format!("confirmed that {} knows {id}{until}", it.person),
    };
    (deed, it.note.clone())
}

fn incident(it: &Incident) -> Said {
    let due = |due: &Option<provenance_core::time::Day>| due.map_or_else(String::new, |day| format!(", due {day}"));
    match &it.step {
        IncidentStep::Open { severity, summary, owner, due: day, .. } => {
            let owner = owner.as_ref().map_or_else(String::new, |owner| format!(", owned by {owner}"));
            let deed = format!("opened an incident at {} ({}{owner}{})", it.path, severity.as_str(), due(day));
            (deed, Some(summary.clone()))
        }
        IncidentStep::Assign { incident, owner, due: day } => {
            (format!("gave incident {} at {} to {owner}{}", incident.short(), it.path, due(day)), None)
        }
        IncidentStep::Correct { incident, notice, .. } => {
            (format!("corrected incident {} at {}", incident.short(), it.path), notice.clone())
        }
        IncidentStep::Close { incident, outcome } => {
            (format!("closed incident {} at {}", incident.short(), it.path), Some(outcome.clone()))
        }
    }
}

fn waiver(it: &Waiver, changes: &str) -> Said {
    let deed = match &it.term {
        Term::Granted { from, until } => {
            let from = from.map_or_else(String::new, |day| format!(" from {day}"));
            format!("waived what is missing of {changes}{from} until {until}")
        }
        Term::Settled { waiver } => format!("settled waiver {} of {changes}", waiver.short()),
    };
    (deed, Some(it.because.clone()))
}

fn scan(it: &Scan, changes: &str) -> Said {
    let program = inline(&it.program);
    (format!("scanned {changes} for {} with {program}: {}", it.check, it.result.as_str()), it.summary.clone())
}
