//! Metadata of Entire checkpoints: JSON, which agent and which files.

use super::notes::{self, items, text};
use super::{Agent, Claim, Collector, Reading, Source, agent, model};
use crate::json::Value;

/// The signals of a `metadata.json`, of a checkpoint or of a session in it: AI on every path in
/// `files_touched`, by `agent` where that is said. How much of it was committed is not read: a
/// person may have changed every line since. Metadata over [`super::MAX_INPUT`] is not read.
pub fn read(metadata: &[u8]) -> Reading {
    const OF: Source = Source::Entire;
    let mut found = Collector::default();
    let Some(value) = notes::object(&mut found, OF, metadata) else { return found.finish() };
    let Some(checkpoint) = text(&value, "checkpoint_id") else {
        found.malformed(OF, "no `checkpoint_id`");
        return found.finish();
    };
    let agent = Agent {
        tool: text(&value, "agent").and_then(agent::of_field),
        model: text(&value, "model").and_then(model::of_field),
    };
    for file in items(&value, "files_touched") {
        match file {
            Value::String(name) => {
                if let Some(path) = notes::path(&mut found, OF, name) {
                    let raw = format!("checkpoint {checkpoint}");
                    notes::add(&mut found, OF, &path, Claim::Ai, agent.clone(), &raw);
                }
            }
            _ => found.malformed(OF, "expected strings in `files_touched`"),
        }
    }
    found.finish()
}
