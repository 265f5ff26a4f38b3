//! Notes of agentblame: JSON, per path and lines who wrote them.

use super::notes::{self, member, text};
use super::{Agent, Claim, Collector, Problem, Reading, Source, agent, capped, model};
use crate::json::Value;

/// The signals of a note: AI on every path with lines of category `ai_generated`, by `provider`
/// and `model`. A note over [`super::MAX_INPUT`] is not read.
pub fn read(note: &[u8]) -> Reading {
    const OF: Source = Source::Agentblame;
    let mut found = Collector::default();
    let Some(value) = notes::object(&mut found, OF, note) else { return found.finish() };
    match member(&value, "version") {
        Some(Value::Unsigned(1 | 2)) => {}
        _ => found.problem(Problem::Version { of: OF, found: "neither 1 nor 2".to_owned() }),
    }
    let Some(Value::Array(attributions)) = member(&value, "attributions") else {
        found.malformed(OF, "no array `attributions`");
        return found.finish();
    };
    for attribution in attributions {
        let Some(name) = text(attribution, "path") else {
            found.malformed(OF, "an attribution without `path`");
            continue;
        };
        let Some(path) = notes::path(&mut found, OF, name) else { continue };
        let category = text(attribution, "category").unwrap_or("none");
        if category != "ai_generated" {
            found.problem(Problem::UnknownValue { of: OF, what: "category", value: capped(category) });
            continue;
        }
        // `claude` is the maker, not a model.
        let model = text(attribution, "model").filter(|name| *name != "claude").and_then(model::of_field);
        let agent = Agent { tool: text(attribution, "provider").and_then(agent::of_field), model };
        notes::add(&mut found, OF, &path, Claim::Ai, agent, category);
    }
    found.finish()
}
