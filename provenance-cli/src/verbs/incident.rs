//! `incident`: harm that published content did, until it is put right.

use std::ffi::OsStr;

use provenance_core::draft::Desk;
use provenance_core::draft::incident::{Opening, State};
use provenance_core::draft::span::{Paths, Selection};
use provenance_core::key::{Fingerprint, Signer};
use provenance_core::statement::Statement;
use provenance_core::time::Timestamp;
use serde_json::{Value, json};

use crate::app::App;
use crate::args::{IncidentVerb, Signing};
use crate::error::{CliError, Code, Outcome};
use crate::output::{Output, inline};
use crate::{paths, revision, signing};

pub(super) fn run(app: &App, verb: &IncidentVerb, out: &mut Output) -> Outcome {
    match verb {
        IncidentVerb::Open { path, severity, message, owner, due, signing } => {
            let path = paths::one(app, path)?;
            let opening =
                Opening { severity: (*severity).into(), summary: message.clone(), owner: owner.clone(), due: *due };
            sign(app, &app.desk(signing.branch.as_deref(), &[])?, signing, out, |desk, key| {
                Ok(desk.opened(path, opening, key)?)
            })
        }
        IncidentVerb::Assign { incident, owner, due, signing } => {
            let desk = app.desk(signing.branch.as_deref(), &[])?;
            let known = found(&desk, incident)?;
            sign(app, &desk, signing, out, |desk, key| Ok(desk.assigned(&known, owner.clone(), *due, key)?))
        }
        IncidentVerb::Correct { incident, range, message, signing } => {
            correct(app, incident, range.as_deref(), message.as_ref(), signing, out)
        }
        IncidentVerb::Close { incident, message, signing } => {
            let desk = app.desk(signing.branch.as_deref(), &[])?;
            let known = found(&desk, incident)?;
            sign(app, &desk, signing, out, |desk, key| Ok(desk.closed(&known, message.clone(), key)?))
        }
        IncidentVerb::List { paths, all, branch } => {
            let desk = app.desk(branch.as_deref(), &[])?;
            let wanted = paths::several(app, paths.iter().map(|path| path.as_os_str()))?;
            list(&desk, &wanted, *all, app.now, out)
        }
    }
}

fn correct(
    app: &App,
    incident: &str,
    range: Option<&OsStr>,
    notice: Option<&String>,
    signing: &Signing,
    out: &mut Output,
) -> Outcome {
    let typed = range.map(|range| range.to_string_lossy());
    let range = typed.map(|text| revision::parse(&app.repository, &text)).transpose()?;
    let named = range.as_ref().map(|range| range.named.clone()).unwrap_or_default();
    let desk = app.desk(signing.branch.as_deref(), &named)?;
    let known = found(&desk, incident)?;
    let selection: Selection = revision::selection(&app.repository, range.as_ref(), desk.tip())?;
    sign(app, &desk, signing, out, |desk, key| Ok(desk.corrected(&known, selection, notice.cloned(), key)?))
}

fn found(desk: &Desk<'_>, typed: &str) -> Result<State, CliError> {
    super::check_digits(typed)?;
    Ok(desk.find_incident(typed)?)
}

/// Drafts with the key that signs, signs and files.
fn sign(
    app: &App,
    desk: &Desk<'_>,
    options: &Signing,
    out: &mut Output,
    draft: impl FnOnce(&Desk<'_>, &Fingerprint) -> Result<Statement, CliError>,
) -> Outcome {
    let roster = desk.policy().roster();
    let signer: Box<dyn Signer> =
        signing::find(&app.repository, options.key.as_deref(), |key| roster.by_key(key).is_some())?;
    let statement = draft(desk, &signer.public_key().fingerprint())?;
    super::sign_all(app, desk, vec![statement], signer.as_ref(), out)
}

fn list(desk: &Desk<'_>, wanted: &Paths, all: bool, now: Timestamp, out: &mut Output) -> Outcome {
    let mut states = desk.incidents()?;
    states.retain(|state| (all || state.closed.is_none()) && wanted.contains(&state.path));
    if out.is_json() {
        out.json(&states.iter().map(|state| as_json(state, now)).collect::<Vec<_>>());
        return Ok(Code::Done);
    }
    if states.is_empty() {
        out.answer(if all { "no incidents" } else { "no open incidents" });
    }
    for state in &states {
        out.answer(&as_text(state, now));
    }
    Ok(Code::Done)
}

fn as_text(state: &State, now: Timestamp) -> String {
    let owner = state.owner.as_ref().map_or_else(|| "owned by nobody".to_owned(), |owner| format!("owned by {owner}"));
    let due = match (state.due, state.is_overdue(now)) {
        (Some(due), true) => format!(", overdue since {due}"),
        (Some(due), false) => format!(", due {due}"),
        (None, _) => String::new(),
    };
    let mut text = format!(
        "{} {}: {}, {}, {owner}{due}\n  {} opened it, {}: {}",
        state.incident.short(),
        state.path,
        state.name(),
        state.severity.as_str(),
        state.opened_by,
        state.opened_at,
        inline(&state.summary)
    );
    if let Some(correction) = &state.correction {
        let published = if correction.published { "published" } else { "not published yet" };
        let notice = correction.notice.as_deref().map_or_else(String::new, |notice| format!(": {}", inline(notice)));
        text.push_str(&format!("\n  {} corrected it, {published}{notice}", correction.by));
    }
    if let Some(closed) = &state.closed {
        text.push_str(&format!("\n  {} closed it, {}: {}", closed.by, closed.at, inline(&closed.outcome)));
    }
    text
}

fn as_json(state: &State, now: Timestamp) -> Value {
    let correction = state.correction.as_ref().map(|it| {
        json!({ "record": it.record, "by": it.by, "change": it.change, "notice": it.notice, "published": it.published })
    });
    let closed =
        state.closed.as_ref().map(|it| json!({ "record": it.record, "by": it.by, "at": it.at, "outcome": it.outcome }));
    json!({
        "incident": state.incident,
        "path": state.path,
        "severity": state.severity,
        "summary": state.summary,
        "openedBy": state.opened_by,
        "openedAt": state.opened_at,
        "owner": state.owner,
        "due": state.due,
        "overdue": state.is_overdue(now),
        "state": state.name(),
        "correction": correction,
        "closed": closed,
    })
}
