//! What the readers of notes and JSON records share.

use super::{Agent, Claim, Collector, MAX_INPUT, Place, Problem, Signal, Source, capped};
use crate::json::Value;
use crate::path::RepoPath;

/// Whether the input is small enough to read; else that is a problem.
pub(super) fn fits(found: &mut Collector, of: Source, bytes: &[u8]) -> bool {
    let fits = bytes.len() <= MAX_INPUT;
    if !fits {
        found.problem(Problem::TooLarge { of, size: bytes.len(), limit: MAX_INPUT });
    }
    fits
}

/// The strict JSON object that these bytes are; else that is a problem.
pub(super) fn object<'a>(found: &mut Collector, of: Source, bytes: &'a [u8]) -> Option<Value<'a>> {
    if !fits(found, of, bytes) {
        return None;
    }
    match Value::parse(bytes) {
        Ok(value @ Value::Object(_)) => return Some(value),
        Ok(_) => found.malformed(of, "expected a JSON object"),
        Err(error) => found.malformed(of, error),
    }
    None
}

/// The member of an object.
pub(super) fn member<'v, 'a>(value: &'v Value<'a>, name: &str) -> Option<&'v Value<'a>> {
    match value {
        Value::Object(members) => members.get(name),
        _ => None,
    }
}

/// The member of an object, if it is a string.
pub(super) fn text<'v>(value: &'v Value<'_>, name: &str) -> Option<&'v str> {
    match member(value, name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// The items of a member that is an array; none when it is absent or anything else.
pub(super) fn items<'v, 'a>(value: &'v Value<'a>, name: &str) -> &'v [Value<'a>] {
    match member(value, name) {
        Some(Value::Array(items)) => items,
        _ => &[],
    }
}

/// The path that a record names; else that is a problem.
pub(super) fn path(found: &mut Collector, of: Source, name: &str) -> Option<RepoPath> {
    let path = RepoPath::from_bytes(name.as_bytes()).ok();
    if path.is_none() {
        found.problem(Problem::Path { of, path: capped(name) });
    }
    path
}

/// Adds what a record says of a path.
pub(super) fn add(found: &mut Collector, source: Source, path: &RepoPath, claim: Claim, agent: Agent, raw: &str) {
    let place = Place::Path(path.clone());
    found.add(Signal { source, claim, place, tool: agent.tool, model: agent.model, raw: capped(raw) });
}
