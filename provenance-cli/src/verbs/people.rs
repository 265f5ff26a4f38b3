//! `people`: the roster, listed and added to.

use provenance_core::policy::{FILES, PersonKind};
use toml_edit::{Array, DocumentMut, Item, Table, Value, value};

use crate::app::App;
use crate::args::{Kind, PeopleVerb};
use crate::error::{CliError, Code, Outcome};
use crate::output::{Output, inline};

pub(super) fn run(app: &App, verb: Option<&PeopleVerb>, out: &mut Output) -> Outcome {
    match verb {
        None => list(app, None, out),
        Some(PeopleVerb::List { branch }) => list(app, branch.as_deref(), out),
        Some(add @ PeopleVerb::Add { .. }) => self::add(app, add, out),
    }
}

fn list(app: &App, branch: Option<&str>, out: &mut Output) -> Outcome {
    let desk = app.desk_or_authority(branch)?;
    if out.is_json() {
        let people: Vec<_> = desk.policy().roster().iter().map(|person| {
            let keys: Vec<_> = person.keys().iter().map(|key| serde_json::json!({ "fingerprint": key.public().fingerprint(), "state": key.state_at(app.now).to_string() })).collect();
            serde_json::json!({ "id": person.id(), "name": person.name(), "kind": person.kind(), "emails": person.emails(), "roles": person.roles(), "operators": person.operators(), "retired": person.retired(), "keys": keys })
        }).collect();
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
        for key in person.keys() {
            out.answer(&format!("  {} {}", key.public().fingerprint(), inline(&key.state_at(app.now).to_string())));
        }
    }
    Ok(Code::Done)
}

fn add(app: &App, verb: &PeopleVerb, out: &mut Output) -> Outcome {
    let PeopleVerb::Add { id, name, kind, email, role, key, operator } = verb else { return Ok(Code::Done) };
    let mut entry = Table::new();
    entry["name"] = value(name.as_str());
    entry["kind"] = value(match kind {
        Kind::Human => "human",
        Kind::Agent => "agent",
        Kind::Service => "service",
    });
    let keys = key.iter().map(|text| public_line(text)).collect::<Result<Vec<_>, _>>()?;
    let lists = [
        ("emails", email.clone()),
        ("roles", role.iter().map(ToString::to_string).collect()),
        ("keys", keys),
        ("operators", operator.iter().map(ToString::to_string).collect()),
    ];
    for (name, texts) in lists.into_iter().filter(|(_, texts)| !texts.is_empty()) {
        entry[name] = list_of(texts);
    }
    edit(app, FILES[0], "person", id.as_str(), Edit::New(entry))?;
    super::written(out, FILES[0], &format!("added {id}"));
    Ok(Code::Done)
}

/// A public key: its line, or a file that has one.
fn public_line(text: &str) -> Result<String, CliError> {
    let key = match text.parse::<provenance_core::key::PublicKey>() {
        Ok(key) => key,
        Err(_) => crate::signing::public_half(std::path::Path::new(text))?,
    };
    Ok(key.to_string())
}

/// An array of texts.
pub(super) fn list_of(texts: Vec<String>) -> Item {
    Item::Value(Value::Array(texts.into_iter().collect::<Array>()))
}

/// What becomes of an entry of a policy file.
pub(super) enum Edit {
    /// It is new.
    New(Table),
    /// It is new, or these keys of it are.
    Set(Table),
}

/// Edits one entry of a policy file in the working tree, keeping comments and order, and refuses
/// what would no longer load.
pub(super) fn edit(app: &App, file: &str, table: &str, id: &str, edit: Edit) -> Result<(), CliError> {
    let dir = app.repository.work_dir().ok_or_else(|| CliError::usage("a bare repository has no working tree"))?;
    super::policy::refuse_links(dir)?;
    let path = dir.join(file);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(CliError::failed(format!("cannot read {file}: {error}"))),
    };
    let mut document: DocumentMut = text.parse().map_err(|error| CliError::failed(format!("{file}: {error}")))?;
    let mut parent = Table::new();
    parent.set_implicit(true);
    let entries = document.entry(table).or_insert(Item::Table(parent));
    let entries = entries.as_table_mut().ok_or_else(|| CliError::failed(format!("{file}: `{table}` is no table")))?;
    match (entries.get_mut(id), edit) {
        (Some(_), Edit::New(_)) => return Err(CliError::usage(format!("{file} has `{id}` already"))),
        (Some(known), Edit::Set(new)) => {
            for (key, item) in &new {
                known[key] = item.clone();
            }
        }
        (None, Edit::New(new) | Edit::Set(new)) => drop(entries.insert(id, Item::Table(new))),
    }
    let mut files = super::policy::working_files(dir)?;
    let bytes = document.to_string().into_bytes();
    let slot = if file == FILES[0] { &mut files.people } else { &mut files.tools };
    *slot = Some(bytes.clone());
    if files.policy.is_some() {
        provenance_core::policy::Policy::load(&files)
            .map_err(|error| CliError::usage(format!("not written, since it would be no policy:\n{error}")))?;
    }
    replace(&path, &bytes).map_err(|error| CliError::failed(format!("cannot write {file}: {error}")))
}

/// Puts bytes in a file's place at once, with the mode that it had.
fn replace(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)?;
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
