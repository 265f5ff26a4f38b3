//! Blobs of git-ai's early versions under `refs/ai/authorship/<commit>`.

use super::notes::{self, items, member, text};
use super::{Agent, Claim, Collector, Problem, Reading, Source, agent, capped, git_ai, model};
use crate::json::Value;

/// The signals of a blob: `authorship/0.0.1`, `{"files": {PATH: {"authors": [{"author": …}]}}}`,
/// or the later text that [`git_ai::read`] reads.
///
/// An author who is named like a tool is one; everybody else is a human. A blob over
/// [`super::MAX_INPUT`] is not read.
pub fn read(blob: &[u8]) -> Reading {
    const OF: Source = Source::GitAiLegacy;
    if !blob.trim_ascii_start().starts_with(b"{") {
        return git_ai::read_as(OF, blob);
    }
    let mut found = Collector::default();
    let Some(value) = notes::object(&mut found, OF, blob) else { return found.finish() };
    if let Some(version) = text(&value, "schema_version")
        && version != "authorship/0.0.1"
    {
        found.problem(Problem::Version { of: OF, found: capped(version) });
    }
    let Some(Value::Object(files)) = member(&value, "files") else {
        found.malformed(OF, "no object `files`");
        return found.finish();
    };
    for (name, file) in files.iter() {
        let Some(path) = notes::path(&mut found, OF, name) else { continue };
        for author in items(file, "authors") {
            let Some(name) = text(author, "author") else { continue };
            match agents(name, author) {
                Some(agents) => {
                    agents.into_iter().for_each(|agent| notes::add(&mut found, OF, &path, Claim::Ai, agent, name));
                }
                None => notes::add(&mut found, OF, &path, Claim::Human, Agent::default(), "author"),
            }
        }
    }
    found.finish()
}

/// The agents that an author is; `None` for a human.
fn agents(name: &str, author: &Value<'_>) -> Option<Vec<Agent>> {
    let metadata = member(author, "agent_metadata").filter(|value| **value != Value::Null);
    if let Some(tool) = metadata.and_then(|metadata| text(metadata, "tool")) {
        let model = metadata.and_then(|metadata| text(metadata, "model")).and_then(model::of_field);
        return Some(vec![Agent { tool: agent::of_field(tool), model }]);
    }
    if matches!(name, "o1" | "o3" | "o4-mini") {
        return Some(vec![Agent { tool: None, model: Some(name.to_owned()) }]);
    }
    agent::scan(name).strict()
}
