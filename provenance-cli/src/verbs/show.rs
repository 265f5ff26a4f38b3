//! `show` and `log`: records, read.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::sync::Arc;

use provenance_core::draft::fate::Fates;
use provenance_core::draft::{Desk, DraftError};
use provenance_core::gate::{Content, FiledLine, KeyRing};
use provenance_core::gather::Gatherer;
use provenance_core::id::{ObjectId, RecordId};
use provenance_core::ledger::Ledger;
use provenance_core::name::PersonId;
use provenance_core::path::{ParsePathError, RepoPath};
use provenance_core::statement::{Incident, IncidentStep, Predicate, Topic};
use provenance_core::time::Timestamp;
use serde_json::{Value, json};

use crate::app::App;
use crate::args::Ranged;
use crate::error::{CliError, Code, Outcome};
use crate::output::{Output, inline};
use crate::{paths, render, revision};

pub(super) fn show(app: &App, typed: &OsStr, out: &mut Output) -> Outcome {
    let object = typed.to_string_lossy();
    let object = object.as_ref();
    let desk = app.authority_desk()?;
    let (ring, ledger) = (KeyRing::of(desk.policies()), Ledger::open(&app.repository)?);
    let gatherer = Gatherer::new(&app.repository, &ledger, &ring);
    let lines = match ids(app, &ledger, typed)? {
        Some(ids) => gatherer.records(&ids)?,
        None => match desk.find_record(object)? {
            Some(found) => vec![Arc::new(found.line)],
            None => {
                return Err(CliError::usage(format!("`{object}` is no object, no REV:PATH and no record"))
                    .hint("`git provenance log` lists records, `git provenance sync` fetches them"));
            }
        },
    };
    let fates = desk.fates_by(&gatherer, &lines)?;
    write(&lines, &fates, &desk, app, out);
    Ok(Code::Done)
}

/// The object ids that are meant: a full id, or what REV:PATH or a revision leads to.
fn ids(app: &App, ledger: &Ledger<'_>, typed: &OsStr) -> Result<Option<Vec<ObjectId>>, CliError> {
    if let Some((revision, path)) = at_path(app, typed)? {
        let commit = app.repository.resolve(&revision)?.commit;
        return match app.repository.slot_at(commit, &path)? {
            Some(slot) => Ok(Some(vec![slot.id])),
            None => Err(CliError::usage(format!("{path} is not in {revision}"))
                .hint("`REV:PATH` is from the root of the repository, `REV:./PATH` from the current directory")),
        };
    }
    let Some(object) = typed.to_str() else { return Ok(None) };
    if let Ok(id) = object.parse::<ObjectId>()
        && id.format() == app.repository.format()
        && (app.repository.header(&id)?.is_some() || !ledger.notes(&id)?.is_empty())
    {
        // Records of content that is not here are records all the same.
        return Ok(Some(vec![id]));
    }
    Ok(app.repository.resolve(object).ok().map(|found| vec![found.commit.0]))
}

/// The revision and the path of `REV:PATH`, which is from the root, or `REV:./PATH`, which is not.
fn at_path(app: &App, typed: &OsStr) -> Result<Option<(String, RepoPath)>, CliError> {
    let bytes = typed.as_encoded_bytes();
    let Some(colon) = bytes.iter().position(|byte| *byte == b':') else { return Ok(None) };
    let (revision, path) = (String::from_utf8_lossy(&bytes[..colon]).into_owned(), &bytes[colon + 1..]);
    let wrong = |error: ParsePathError| CliError::usage(format!("`{}`: {error}", String::from_utf8_lossy(path)));
    let path = match std::str::from_utf8(path) {
        Ok(text) if text.starts_with("./") || text.starts_with("../") => paths::one(app, OsStr::new(text))?,
        Ok(text) if text.starts_with('"') => text.parse().map_err(wrong)?,
        _ => RepoPath::from_bytes(path).map_err(wrong)?,
    };
    Ok(Some((revision, path)))
}

fn write(lines: &[Arc<FiledLine>], fates: &Fates, desk: &Desk<'_>, app: &App, out: &mut Output) {
    if out.is_json() {
        return out.json(&lines.iter().map(|line| as_json(line, desk, fates)).collect::<Vec<_>>());
    }
    if lines.is_empty() {
        out.answer("no records");
    }
    for line in lines {
        out.answer(&describe(line, desk, fates, app));
    }
}

/// A record and what its signature is worth today.
pub(super) fn describe(line: &FiledLine, desk: &Desk<'_>, fates: &Fates, app: &App) -> String {
    let policy = desk.policy();
    match line.content() {
        Content::Record(record) => {
            let statement = record.statement();
            let key = policy.roster().by_key(&statement.signed_by().key);
            let state = match key {
                Some((person, key)) if *person.id() == statement.signed_by().person => {
                    format!("key {}", inline(&key.state_at(app.now).to_string()))
                }
                Some((person, _)) => format!("but the key is {}'s", person.id()),
                None => "but the key is nobody's".to_owned(),
            };
            let paths: Vec<String> =
                statement.changes().iter().map(|change| format!("\n    {}", change.path())).collect();
            format!(
                "{} {}\n  signature verifies, {state}{}{}",
                record.id().short(),
                render::statement(statement),
                fate(line, desk, fates),
                paths.concat()
            )
        }
        Content::UnknownKey { record, keyid } => {
            format!("{} signed by {}, nobody's key in the roster", record.short(), inline(keyid))
        }
        Content::Bad { record, reason } => format!("{} does not count: {}", record.short(), inline(reason)),
        Content::Void { reason } => format!("{} is no record: {}", line.blob(), inline(reason)),
        _ => format!("{} is a pointer", line.blob()),
    }
}

/// Whether the record was revoked, by whom and why, or superseded.
fn fate(line: &FiledLine, desk: &Desk<'_>, fates: &Fates) -> String {
    let revoked = desk.revoked(fates, line).map(|found| {
        let (by, because) = (&found.revocation.signer.person, inline(&found.revocation.because));
        format!("\n  revoked by {by} (record {}): {because}", found.record.short())
    });
    let superseded = desk.superseded(fates, line).map(|by| format!("\n  superseded by record {}", by.short()));
    [revoked, superseded].into_iter().flatten().collect()
}

fn as_json(line: &FiledLine, desk: &Desk<'_>, fates: &Fates) -> Value {
    match line.content() {
        Content::Record(record) => {
            let payload = serde_json::from_slice::<Value>(&record.statement().to_payload()).unwrap_or_default();
            let revoked = desk.revoked(fates, line).map(|found| {
                let by = &found.revocation.signer.person;
                json!({ "record": found.record, "by": by, "because": found.revocation.because })
            });
            let superseded = desk.superseded(fates, line);
            json!({ "record": record.id(), "line": line.blob(), "kind": record.statement().kind_name(), "verified": true, "revoked": revoked, "superseded": superseded, "statement": payload })
        }
        Content::UnknownKey { record, keyid } => {
            json!({ "record": record, "line": line.blob(), "verified": false, "reason": format!("unknown key {keyid}") })
        }
        Content::Bad { record, reason } => {
            json!({ "record": record, "line": line.blob(), "verified": false, "reason": reason })
        }
        Content::Void { reason } => json!({ "line": line.blob(), "verified": false, "reason": reason }),
        _ => json!({ "line": line.blob(), "verified": false, "reason": "a pointer" }),
    }
}

pub(super) fn log(app: &App, ranged: &Ranged, out: &mut Output) -> Outcome {
    let (range, paths) = revision::split(app, &ranged.arguments, &ranged.paths)?;
    let named = range.as_ref().map(|range| range.named.clone()).unwrap_or_default();
    // With a range, the branch decides nothing: records of every branch are shown.
    let desk = match app.desk(ranged.branch.as_deref(), &named) {
        Err(_) if range.is_some() && ranged.branch.is_none() => app.authority_desk()?,
        desk => desk?,
    };
    let span = match desk.span(revision::selection(&app.repository, range.as_ref(), desk.tip())?, &paths) {
        Err(DraftError::Nothing(_)) => {
            out.narrate("the range changes nothing");
            return write_ordered(Vec::new(), &Fates::default(), &desk, app, out);
        }
        span => span?,
    };
    let ids: Vec<ObjectId> = span.changes.iter().flat_map(|change| change.ends()).map(|entry| entry.id()).collect();
    let touches = |line: &Arc<FiledLine>| match line.content() {
        Content::Record(record) => {
            let changes = record.statement().changes();
            changes.iter().any(|change| span.changes.iter().any(|here| here.path() == change.path()))
        }
        _ => false,
    };
    let (ring, ledger) = (KeyRing::of(desk.policies()), Ledger::open(&app.repository)?);
    let gatherer = Gatherer::new(&app.repository, &ledger, &ring);
    let mut shown: Vec<Arc<FiledLine>> = gatherer.records(&ids)?.into_iter().filter(touches).collect();
    // Incidents are filed under the path as such, whatever it held then.
    let repository = desk.policy().repository();
    let topics: Vec<Topic> = span.changes.iter().map(|change| Topic::path(repository, change.path())).collect();
    shown.extend(desk.about(&topics)?);
    let fates = desk.fates_by(&gatherer, &shown)?;
    write_ordered(shown, &fates, &desk, app, out)
}

/// `log --person`: the acceptances and the training of a person, and what revokes them.
pub(super) fn person(app: &App, id: &PersonId, branch: Option<&str>, out: &mut Output) -> Outcome {
    let desk = app.desk_or_authority(branch)?;
    if desk.policy().roster().person(id).is_none() {
        return Err(CliError::usage(format!("`{id}` is not in .provenance/people.toml of {}", desk.branch()))
            .hint("`git provenance people` lists who is"));
    }
    let shown = desk.about(&[desk.topic_of(id)])?;
    let fates = desk.fates(&shown)?;
    write_ordered(shown, &fates, &desk, app, out)
}

/// Records and what revokes them, newest first.
fn write_ordered(
    mut shown: Vec<Arc<FiledLine>>,
    fates: &Fates,
    desk: &Desk<'_>,
    app: &App,
    out: &mut Output,
) -> Outcome {
    let revocations: Vec<_> = desk.revocations(fates, &shown).into_iter().cloned().collect();
    shown.extend(revocations);
    let mut ordered: BTreeMap<_, _> = shown.into_iter().filter_map(|line| Some((order(&line)?, line))).collect();
    let newest_first: Vec<Arc<FiledLine>> = std::iter::from_fn(|| ordered.pop_last()).map(|(_, line)| line).collect();
    write(&newest_first, fates, desk, app, out);
    Ok(Code::Done)
}

/// The order of records: by the time they state; in one second what is declared or opened comes before
/// what is decided on it, and that before what is taken back or closed.
fn order(line: &FiledLine) -> Option<(Timestamp, u8, RecordId)> {
    let Content::Record(record) = line.content() else { return None };
    let rank = match record.statement().predicate() {
        Predicate::Declaration(_) | Predicate::Incident(Incident { step: IncidentStep::Open { .. }, .. }) => 0,
        Predicate::Incident(Incident { step: IncidentStep::Close { .. }, .. }) => 2,
        Predicate::Revocation(_) => 2,
        _ => 1,
    };
    Some((record.statement().stated_time(), rank, record.id()))
}
