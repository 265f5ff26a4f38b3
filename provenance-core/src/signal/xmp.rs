//! XMP: what metadata of an image says of AI.

use super::{Agent, Claim, Collector, Place, Problem, Signal, Source, agent, capped, mining, source_type};
use crate::markup::{self, Tag, local};

const OF: Source = Source::Image;

/// Adds what an XMP packet (or an SVG) says. `AIPromptInformation` is never looked at.
pub(super) fn read(found: &mut Collector, packet: &[u8]) {
    let text = String::from_utf8_lossy(packet);
    for tag in markup::tags(&text, &["script", "style"]) {
        let properties = tag.attributes.iter().copied().chain([(tag.name, value(&tag))]);
        found.reserved |= properties.into_iter().any(|(name, value)| mining::reserves(name, value));
        match local(tag.name) {
            "AIPromptInformation" => continue,
            name => property(found, name, value(&tag)),
        }
        for (name, value) in &tag.attributes {
            property(found, local(name), value);
        }
    }
}

/// The value of a property that is an element: its text or its resource.
fn value<'t>(tag: &Tag<'t>) -> &'t str {
    let text = tag.text.trim();
    if text.is_empty() { tag.attribute("resource").unwrap_or_default() } else { text }
}

fn property(found: &mut Collector, name: &str, value: &str) {
    if value.trim().is_empty() {
        return;
    }
    match name {
        "DigitalSourceType" | "digitalSourceType" | "DigitalSourcefileType" => source(found, value),
        "AISystemUsed" => {
            let tool = agent::of_field(value);
            add(found, Claim::Ai, Agent { tool, model: None }, &format!("AISystemUsed: {}", value.trim()));
        }
        "AIGC" => aigc(found, value),
        _ => {}
    }
}

fn source(found: &mut Collector, value: &str) {
    match source_type::claim(value) {
        Some(Some(claim)) => add(found, claim, Agent::default(), &format!("DigitalSourceType: {}", value.trim())),
        Some(None) => {}
        None => found.problem(Problem::UnknownValue { of: OF, what: "digital source type", value: capped(value) }),
    }
}

/// Adds a label after TC260: 1 is generated, 2 and 3 that it may be. Nothing but the label is kept.
pub(super) fn aigc(found: &mut Collector, value: &str) {
    let behind = value.find("Label").map(|at| &value[at + "Label".len()..]);
    let label = behind.and_then(|behind| behind.chars().take(24).find(char::is_ascii_digit));
    match label {
        Some('1') => add(found, Claim::AiGenerated, Agent::default(), "AIGC: Label 1"),
        Some(label @ ('2' | '3')) => add(found, Claim::Ai, Agent::default(), &format!("AIGC: Label {label}")),
        _ => found.problem(Problem::UnknownValue { of: OF, what: "AIGC label", value: String::new() }),
    }
}

pub(super) fn add(found: &mut Collector, claim: Claim, agent: Agent, raw: &str) {
    let place = Place::File;
    found.add(Signal { source: OF, claim, place, tool: agent.tool, model: agent.model, raw: capped(raw) });
}
