//! `people`: the roster, listed and added to.

use std::path::Path;

use provenance_core::name::{Ident, PersonId};
use provenance_core::policy::{FILES, FOLDER, Person, PersonKind};
use provenance_core::time::Day;
use toml_edit::{Array, DocumentMut, Item, Table, Value, value};

use crate::app::App;
use crate::args::{Kind, PeopleVerb, PersonEntry};
use crate::error::{CliError, Code, Outcome};
use crate::output::{Output, inline};

pub(super) fn run(app: &App, verb: Option<&PeopleVerb>, out: &mut Output) -> Outcome {
    match verb {
        None => list(app, None, out),
        Some(PeopleVerb::List { branch }) => list(app, branch.as_deref(), out),
        Some(PeopleVerb::Add(entry)) => add(app, entry, out),
    }
}

fn list(app: &App, branch: Option<&str>, out: &mut Output) -> Outcome {
    let desk = app.desk_or_authority(branch)?;
    if out.is_json() {
        let people: Vec<_> = desk.policy().roster().iter().map(|person| as_json(app, person)).collect();
        out.json(&people);
        return Ok(Code::Done);
    }
    for person in desk.policy().roster().iter() {
        let roles: Vec<&str> = person.roles().iter().map(|role| role.as_str()).collect();
        let operators: Vec<&str> = person.operators().iter().map(|id| id.as_str()).collect();
        let operators = if operators.is_empty() { String::new() } else { format!(" of {}", operators.join(", ")) };
        let kind = match person.kind() {
            PersonKind::Human => "human",
            PersonKind::Agent => "agent",
            PersonKind::Service => "service",
        };
        let retired = person.retired().map_or_else(String::new, |day| format!(", retired {day}"));
        out.answer(&format!(
            "{} ({}), {kind}{operators}{retired}; {}",
            person.id(),
            inline(person.name()),
            if roles.is_empty() { "no role".to_owned() } else { roles.join(", ") }
        ));
        if let Some(more) = more_of(person) {
            out.answer(&format!("  {more}"));
        }
        for key in person.keys() {
            out.answer(&format!("  {} {}", key.public().fingerprint(), inline(&key.state_at(app.now).to_string())));
        }
    }
    Ok(Code::Done)
}

fn as_json(app: &App, person: &Person) -> serde_json::Value {
    let key = |key: &provenance_core::policy::RosterKey| serde_json::json!({ "fingerprint": key.public().fingerprint(), "state": key.state_at(app.now).to_string() });
    let keys: Vec<_> = person.keys().iter().map(key).collect();
    serde_json::json!({
        "id": person.id(), "name": person.name(), "kind": person.kind(), "emails": person.emails(), "roles": person.roles(),
        "operators": person.operators(), "supervisor": person.supervisor(), "competence": person.competence(),
        "joined": person.joined(), "retired": person.retired(), "keys": keys
    })
}

/// Since when, under whom and for what, where the roster says so.
fn more_of(person: &Person) -> Option<String> {
    let competence: Vec<&str> = person.competence().iter().map(Ident::as_str).collect();
    let parts = [
        person.joined().map(|day| format!("joined {day}")),
        person.supervisor().map(|id| format!("supervisor {id}")),
        (!competence.is_empty()).then(|| format!("competence {}", competence.join(", "))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn add(app: &App, given: &PersonEntry, out: &mut Output) -> Outcome {
    let id = given.id.as_str();
    let document = read(app, FILES[0])?;
    let is_known = document.get("person").and_then(|people| people.get(id)).is_some();
    let mut entry = told(given)?;
    match (is_known, &given.name, given.kind) {
        (true, None, None) if entry.is_empty() => {
            return Err(CliError::usage(format!("{} has `{id}` already", FILES[0]))
                .hint("say what to add to the entry, as --key, --email or --role"));
        }
        (true, None, None) => {}
        (true, ..) => {
            return Err(CliError::usage(format!("{} has `{id}` already, with a name and a kind", FILES[0]))
                .hint("leave --name and --kind out to add to the entry, or edit the file"));
        }
        (false, None, _) => return Err(CliError::usage(format!("`{id}` is new: give --name NAME"))),
        (false, Some(name), kind) => {
            let mut new = Table::new();
            new["name"] = value(name.as_str());
            new["kind"] = value(kind.unwrap_or(Kind::Human).as_str());
            new.extend(entry.iter().map(|(key, item)| (key.to_owned(), item.clone())));
            entry = new;
        }
    }
    edit(app, FILES[0], "person", id, Edit::Join(entry))?;
    super::written(out, FILES[0], &if is_known { format!("added to {id}") } else { format!("added {id}") });
    Ok(Code::Done)
}

/// What was given beside name and kind, as people.toml has it.
fn told(given: &PersonEntry) -> Result<Table, CliError> {
    let mut entry = Table::new();
    let ids = |ids: &[PersonId]| ids.iter().map(ToString::to_string).collect();
    let lists = [
        ("emails", given.email.clone()),
        ("roles", given.role.iter().map(ToString::to_string).collect()),
        ("keys", given.key.iter().map(|text| public_line(text)).collect::<Result<Vec<_>, _>>()?),
        ("operators", ids(&given.operator)),
        ("competence", given.competence.iter().map(ToString::to_string).collect()),
    ];
    for (name, texts) in lists.into_iter().filter(|(_, texts)| !texts.is_empty()) {
        entry[name] = list_of(texts);
    }
    if let Some(supervisor) = &given.supervisor {
        entry["supervisor"] = value(supervisor.as_str());
    }
    for (name, day) in [("joined", given.joined), ("retired", given.retired)] {
        if let Some(day) = day {
            entry[name] = value(date(day)?);
        }
    }
    Ok(entry)
}

/// A day as TOML has it.
pub(super) fn date(day: Day) -> Result<toml_edit::Datetime, CliError> {
    day.to_string().parse().map_err(|error| CliError::usage(format!("{day}: {error}")))
}

/// A public key as people.toml has it, with its comment: so one sees whose laptop it is on.
fn public_line(text: &str) -> Result<String, CliError> {
    let (key, comment) = crate::signing::public_line(text)?;
    Ok(format!("{key} {}", inline(&comment)).trim_end().to_owned())
}

/// An array of texts.
pub(super) fn list_of(texts: Vec<String>) -> Item {
    Item::Value(Value::Array(texts.into_iter().collect::<Array>()))
}

/// What becomes of an entry of a policy file.
pub(super) enum Edit {
    /// It is new, or its lists gain what they lack.
    Join(Table),
    /// It is new, or these keys of it are.
    Set(Table),
}

/// A policy file of the working tree; empty where it is not there.
pub(super) fn read(app: &App, file: &str) -> Result<DocumentMut, CliError> {
    let dir = work_dir(app)?;
    super::lint::refuse_links(dir)?;
    if !dir.join(FOLDER).is_dir() {
        return Err(CliError::usage(format!("there is no {FOLDER} here")).hint("run `git provenance init`"));
    }
    let text = match std::fs::read_to_string(dir.join(file)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(CliError::failed(format!("cannot read {file}: {error}"))),
    };
    text.parse().map_err(|error| CliError::failed(format!("{file}: {error}")))
}

fn work_dir(app: &App) -> Result<&Path, CliError> {
    app.repository.work_dir().ok_or_else(|| CliError::usage("a bare repository has no working tree"))
}

/// Edits one entry of a policy file in the working tree, keeping comments and order, and refuses
/// what would no longer load.
pub(super) fn edit(app: &App, file: &str, table: &str, id: &str, edit: Edit) -> Result<(), CliError> {
    let dir = work_dir(app)?;
    let mut document = read(app, file)?;
    // Comments at the end stay above what is added there.
    let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
    let mut parent = Table::new();
    parent.set_implicit(true);
    let entries = document.entry(table).or_insert(Item::Table(parent));
    let entries = entries.as_table_mut().ok_or_else(|| CliError::failed(format!("{file}: `{table}` is no table")))?;
    match (entries.get_mut(id), edit) {
        (Some(known), Edit::Join(new)) => join(known, &new),
        (Some(known), Edit::Set(new)) => new.iter().for_each(|(key, item)| known[key] = item.clone()),
        (None, Edit::Join(mut new) | Edit::Set(mut new)) => {
            new.decor_mut().set_prefix(format!("{trailing}\n"));
            entries.insert(id, Item::Table(new));
            document.set_trailing("");
        }
    }
    let mut files = super::lint::working_files(dir)?;
    let bytes = document.to_string().trim_start_matches('\n').as_bytes().to_vec();
    let slot = if file == FILES[0] { &mut files.people } else { &mut files.tools };
    *slot = Some(bytes.clone());
    if files.policy.is_some() {
        provenance_core::policy::Policy::load(&files)
            .map_err(|error| CliError::usage(format!("not written, since it would be no policy:\n{error}")))?;
    }
    replace(&dir.join(file), &bytes).map_err(|error| CliError::failed(format!("cannot write {file}: {error}")))
}

/// Adds to the lists of an entry what they lack.
fn join(known: &mut Item, new: &Table) {
    for (key, item) in new {
        let Some(list) = known.get_mut(key).and_then(Item::as_array_mut) else {
            known[key] = item.clone();
            continue;
        };
        for text in item.as_array().into_iter().flatten() {
            let is_there = list.iter().any(|old| old.as_str() == text.as_str());
            if !is_there {
                list.push(text.as_str().unwrap_or_default());
            }
        }
    }
}

/// Puts bytes in a file's place at once, with the mode that it had.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    let mut partial = tempfile::NamedTempFile::new_in(folder)?;
    std::io::Write::write_all(&mut partial, bytes)?;
    #[cfg(unix)]
    {
        let new = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        let mode = std::fs::metadata(path).map_or(new, |found| found.permissions());
        partial.as_file().set_permissions(mode)?;
    }
    partial.persist(path).map(drop).map_err(|error| error.error)
}
