//! Agent-trace records: JSON, per path who contributed.

use super::notes::{self, items, member, text};
use super::{Agent, Claim, Collector, Problem, Reading, Source, agent, capped, model};
use crate::json::Value;
use crate::path::RepoPath;

const OF: Source = Source::AgentTrace;

/// The signals of a record: for each path its contributors, `ai`, `mixed` (assisted) or `human`.
/// `unknown` is no signal.
///
/// The revision that a record names is the caller's to compare ([`revision`]). Links to
/// conversations are not kept. A record over [`super::MAX_INPUT`] is not read.
pub fn read(record: &[u8]) -> Reading {
    let mut found = Collector::default();
    let Some(value) = notes::object(&mut found, OF, record) else { return found.finish() };
    match text(&value, "version") {
        Some(version) if version.starts_with("0.") || version.starts_with("1.") => {}
        version => found.problem(Problem::Version { of: OF, found: capped(version.unwrap_or("none")) }),
    }
    let Some(Value::Array(files)) = member(&value, "files") else {
        found.malformed(OF, "no array `files`");
        return found.finish();
    };
    let tool = member(&value, "tool").and_then(|tool| text(tool, "name")).and_then(agent::of_field);
    for file in files {
        let Some(name) = text(file, "path") else {
            found.malformed(OF, "a file without `path`");
            continue;
        };
        let Some(path) = notes::path(&mut found, OF, name) else { continue };
        for conversation in items(file, "conversations") {
            let of = |part| member(part, "contributor");
            let ranges = items(conversation, "ranges");
            let own: Vec<&Value<'_>> = ranges.iter().filter_map(of).collect();
            // The conversation's contributor is that of the ranges without one of their own.
            let shared = of(conversation).filter(|_| ranges.is_empty() || own.len() < ranges.len());
            shared.into_iter().chain(own).for_each(|contributor| add(&mut found, &path, tool.as_deref(), contributor));
        }
    }
    found.finish()
}

/// The commit that a record says it is of; `None` when it names none or cannot be read.
pub fn revision(record: &[u8]) -> Option<String> {
    let value = notes::object(&mut Collector::default(), OF, record)?;
    member(&value, "vcs").and_then(|vcs| text(vcs, "revision")).map(capped)
}

fn add(found: &mut Collector, path: &RepoPath, tool: Option<&str>, contributor: &Value<'_>) {
    let claim = match text(contributor, "type") {
        Some("ai") => Claim::Ai,
        Some("mixed") => Claim::AiAssisted,
        Some("human") => Claim::Human,
        Some("unknown") => return,
        other => {
            let value = capped(other.unwrap_or("none"));
            return found.problem(Problem::UnknownValue { of: OF, what: "contributor type", value });
        }
    };
    let agent = match claim {
        Claim::Human => Agent::default(),
        _ => Agent { tool: tool.map(str::to_owned), model: text(contributor, "model_id").and_then(model::of_field) },
    };
    notes::add(found, OF, path, claim, agent, text(contributor, "type").unwrap_or_default());
}
