//! Notes of git-ai, `authorship/3.0.0`, in `refs/notes/ai`.
//!
//! ```text
//! docs/index.md
//!   s_5f9ebfc21f396d::t_0ceb976288a640 4-6
//!   h_499f2314812e18 1-3
//! ---
//! {"schema_version": "authorship/3.0.0", "prompts": {}, "sessions": {…}, "humans": {…}}
//! ```

use std::collections::BTreeMap;

use super::notes::{self, member, text};
use super::{Agent, Claim, Collector, Problem, Reading, Source, agent, capped, model};
use crate::json::Value;
use crate::path::RepoPath;

/// The longest path that goes over several lines.
const MAX_PATH: usize = 4096;
/// The line between the paths and the metadata.
const DIVIDER: &[u8] = b"---";

/// The signals of a note: for each path its tools and models, and the humans seen at work.
///
/// Every key but `human` and `h_…` is a session of a tool; of one that the metadata does not
/// describe the tool is not known, which is a problem beside the signal. A note that attributes
/// nothing has no signal: the tool ran, and that is not AI. Line numbers are not kept, nor are
/// prompts, transcripts or addresses. A note over [`super::MAX_INPUT`] is not read.
pub fn read(note: &[u8]) -> Reading {
    read_as(Source::GitAi, note)
}

/// The same, of another source that has the format.
pub(super) fn read_as(of: Source, note: &[u8]) -> Reading {
    let mut found = Collector::default();
    if !notes::fits(&mut found, of, note) {
        return found.finish();
    }
    let (head, metadata) = divide(note);
    let sessions = match metadata {
        Some(bytes) => sessions(&mut found, of, bytes),
        None => {
            found.malformed(of, "no line `---` between paths and metadata");
            None
        }
    };
    entries(&mut found, of, head, sessions.as_ref());
    found.finish()
}

/// What stands before and after the first divider.
fn divide(note: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut at = 0;
    for line in note.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii_end() == DIVIDER {
            return (&note[..at], Some(&note[at + line.len()..]));
        }
        at += line.len();
    }
    (note, None)
}

/// The agents of the metadata by their keys; `None` when it cannot be read, which is a problem.
fn sessions(found: &mut Collector, of: Source, metadata: &[u8]) -> Option<BTreeMap<String, Agent>> {
    let value = notes::object(found, of, metadata)?;
    match text(&value, "schema_version") {
        Some(version) if version.starts_with("authorship/3.") => {}
        version => found.problem(Problem::Version { of, found: capped(version.unwrap_or("none")) }),
    }
    let mut known = BTreeMap::new();
    for name in ["prompts", "sessions"] {
        let Some(Value::Object(members)) = member(&value, name) else { continue };
        for (key, session) in members.iter() {
            let field = |name| member(session, "agent_id").and_then(|id| text(id, name));
            let agent = Agent {
                tool: field("tool").and_then(agent::of_field),
                model: field("model").and_then(model::of_field),
            };
            known.insert(key.to_owned(), agent);
        }
    }
    Some(known)
}

/// Reads the paths and their entries.
fn entries(found: &mut Collector, of: Source, head: &[u8], sessions: Option<&BTreeMap<String, Agent>>) {
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let mut path: Option<RepoPath> = None;
    while let Some(line) = lines.next() {
        let line = line.trim_end();
        if line.is_empty() {
            continue;
        }
        let Some(entry) = line.strip_prefix("  ") else {
            let name = unquoted(line, &mut lines);
            path = notes::path(found, of, name.as_deref().unwrap_or(line));
            continue;
        };
        let Some((key, ranges)) = entry.split_once(' ') else {
            found.malformed(of, format_args!("entry `{}` without lines", entry.trim()));
            continue;
        };
        match &path {
            Some(path) if !ranges.trim().is_empty() => add(found, of, path, key, entry, sessions),
            Some(_) => found.malformed(of, format_args!("entry `{key}` without lines")),
            // A path that is none has been said.
            None if found.problems.is_empty() => found.malformed(of, format_args!("entry `{key}` before any path")),
            None => {}
        }
    }
}

/// The path in quotes that begins on this line; git-ai escapes nothing, not even a newline.
fn unquoted<'l>(line: &str, lines: &mut impl Iterator<Item = &'l str>) -> Option<String> {
    let mut name = line.strip_prefix('"')?.to_owned();
    loop {
        if let Some(name) = name.strip_suffix('"') {
            return Some(name.to_owned());
        }
        if name.len() > MAX_PATH {
            return Some(name);
        }
        name.push('\n');
        name.push_str(lines.next()?);
    }
}

fn add(
    found: &mut Collector,
    of: Source,
    path: &RepoPath,
    key: &str,
    entry: &str,
    sessions: Option<&BTreeMap<String, Agent>>,
) {
    let session = key.split("::").next().unwrap_or(key);
    if session == "human" || session.starts_with("h_") {
        return notes::add(found, of, path, Claim::Human, Agent::default(), entry);
    }
    let known = sessions.and_then(|sessions| sessions.get(session));
    if known.is_none() && sessions.is_some() && session != "ai_agent" {
        found.problem(Problem::UnknownKey { of, path: path.clone(), key: capped(session) });
    }
    notes::add(found, of, path, Claim::Ai, known.cloned().unwrap_or_default(), entry);
}
