//! `policy coverage`: which clauses of an AI usage policy are in force, by what, since when.

use std::collections::BTreeMap;

use provenance_core::check::{PolicyAt, Since, in_force_since, policy_at};
use provenance_core::id::CommitId;
use provenance_core::policy::Clause;
use provenance_core::policy::coverage::{Covered, Status, coverage};

use crate::app::App;
use crate::error::{CliError, Code, Outcome};
use crate::output::{Output, inline};

pub(super) fn run(app: &App, branch: Option<&str>, rev: Option<&str>, out: &mut Output) -> Outcome {
    let tip = match rev {
        Some(rev) => app.repository.resolve(rev)?.commit,
        None => published(app, branch)?,
    };
    let policy = match policy_at(&app.repository, tip)? {
        PolicyAt::Sound(policy) => policy,
        PolicyAt::Broken(error) => {
            return Err(CliError::failed(format!("the policy at {tip} cannot be read:\n{error}")));
        }
        PolicyAt::Absent => return Err(CliError::usage(format!("{} has no policy", rev.unwrap_or("the branch")))),
    };
    let (clauses, since) = (coverage(&policy), in_force_since(&app.repository, tip)?);
    if out.is_json() {
        let rows: Vec<_> = clauses.iter().map(|row| as_json(row, since.get(&row.clause))).collect();
        out.json(&serde_json::json!({ "commit": tip, "policy": policy.digest(), "clauses": rows }));
    } else {
        out.answer(&table(&clauses, &since));
    }
    Ok(Code::Done)
}

fn published(app: &App, branch: Option<&str>) -> Result<CommitId, CliError> {
    let name = match branch {
        Some(branch) => app.branch(Some(branch), &[])?,
        None => app.policy()?.authority().clone(),
    };
    app.tip_of(&name)
}

fn as_json(row: &Covered, since: Option<&Since>) -> serde_json::Value {
    serde_json::json!({
        "id": row.clause,
        "says": row.clause.says(),
        "level": row.level,
        "status": row.status,
        "by": row.by,
        "since": since.and_then(|since| since.day),
        "step": since.map(|since| since.step),
    })
}

fn table(clauses: &[Covered], since: &BTreeMap<Clause, Since>) -> String {
    let mut text = String::new();
    for row in clauses {
        let day = since.get(&row.clause).and_then(|since| since.day).map_or_else(String::new, |day| day.to_string());
        let (clause, level, status) = (row.clause.as_str(), row.level.as_str(), row.status.as_str());
        text.push_str(&format!("{clause:<4} {status:<9} {level:<8} {day:<10} {}\n", row.clause.says()));
        row.by.iter().for_each(|by| text.push_str(&format!("{:>35}by {}\n", "", inline(by))));
    }
    let count = |status| clauses.iter().filter(|row| row.status == status).count();
    let counts = [Status::InForce, Status::Missing, Status::Off].map(|it| format!("{} {}", count(it), it.as_str()));
    text.push_str(&format!("{} clauses: {}\n", clauses.len(), counts.join(", ")));
    text
}
