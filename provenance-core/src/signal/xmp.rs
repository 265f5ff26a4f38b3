//! XMP: what metadata of an image says of AI.

use std::borrow::Cow;

use super::{Agent, Claim, Collector, Place, Problem, Signal, Source, agent, capped, mining, source_type};
use crate::markup::{self, Tag, local, unreferenced};

const OF: Source = Source::Image;

/// What RDF puts between a property and its value.
const BETWEEN: [&str; 5] = ["Alt", "Bag", "Seq", "li", "value"];

/// Adds what an XMP packet (or an SVG) says. `AIPromptInformation` is never looked at.
pub(super) fn read(found: &mut Collector, packet: &[u8]) {
    let text = plain(packet);
    let mut holder = "";
    for tag in markup::tags(&text, &["script", "style"]) {
        if !BETWEEN.contains(&local(tag.name)) {
            holder = tag.name;
        }
        let properties = tag.attributes.iter().copied().chain([(holder, value(&tag))]);
        found.reserved |= properties.into_iter().any(|(name, value)| mining::reserves(name, value));
        match local(holder) {
            "AIPromptInformation" => continue,
            name => property(found, name, value(&tag)),
        }
        for (name, value) in &tag.attributes {
            property(found, local(name), value);
        }
    }
}

/// The packet as text without what parts a text in two: it may be UTF-16, and have comments in its values, or values in CDATA.
fn plain(packet: &[u8]) -> Cow<'_, str> {
    let units = |one: fn([u8; 2]) -> u16| packet.chunks_exact(2).map(move |pair| one([pair[0], pair[1]]));
    let text = match packet {
        [0xfe, 0xff, ..] | [0, b'<', ..] => {
            String::from_utf16_lossy(&units(u16::from_be_bytes).collect::<Vec<_>>()).into()
        }
        [0xff, 0xfe, ..] | [b'<', 0, ..] => {
            String::from_utf16_lossy(&units(u16::from_le_bytes).collect::<Vec<_>>()).into()
        }
        _ => String::from_utf8_lossy(packet),
    };
    if !text.contains("<!--") && !text.contains("<![CDATA[") {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some((before, behind)) = rest.split_once("<!") {
        plain.push_str(before);
        let is = |begin: &str, end: &str| behind.strip_prefix(begin).map(|it| it.split_once(end).unwrap_or((it, "")));
        rest = match (is("--", "-->"), is("[CDATA[", "]]>")) {
            (Some((_, behind)), _) => behind,
            (_, Some((held, behind))) => {
                plain.push_str(&held.replace('&', "&amp;").replace('<', "&lt;"));
                behind
            }
            _ => {
                plain.push_str("<!");
                behind
            }
        };
    }
    (plain + rest).into()
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
    let value = &*match value.contains('&') {
        true => Cow::Owned(String::from_utf8_lossy(&unreferenced(value.as_bytes())).into_owned()),
        false => Cow::Borrowed(value),
    };
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
