//! What a page says of AI: front matter of Markdown, `ai-disclosure` in HTML.

use super::notes::fits;
use super::{Agent, Claim, Collector, Place, Problem, Reading, Signal, Source, agent, capped, model};
use crate::markup;

const OF: Source = Source::FrontMatter;
/// The keys, in lower case with `-`.
const KEYS: [&str; 2] = ["ai-disclosure", "ai-disclosure-level"];
/// The values: Forem's, those of the W3C community group, and its older ones.
const VALUES: &[(&str, Claim)] = &[
    ("no_ai", Claim::NotAi),
    ("some_ai", Claim::AiAssisted),
    ("fully_autonomous", Claim::AiGenerated),
    ("human-only", Claim::NotAi),
    ("ai-assisted", Claim::AiAssisted),
    ("ai-autonomous", Claim::AiGenerated),
    ("none", Claim::NotAi),
    ("ai-generated", Claim::AiGenerated),
    ("mixed", Claim::AiAssisted),
];

/// The signals of a page, each for the whole file.
///
/// A page that begins with `---` or `+++` has front matter, YAML or TOML, of which keys without
/// indent are read; what begins with `<` is HTML, with `<meta name="ai-disclosure">` and the
/// attribute `ai-disclosure`. Which element an attribute speaks of is not kept. Markup inside
/// Markdown is text. A page over [`super::MAX_INPUT`] is not read, an unknown value is a problem.
pub fn read(page: &[u8]) -> Reading {
    let mut found = Collector::default();
    if !fits(&mut found, OF, page) {
        return found.finish();
    }
    let text = String::from_utf8_lossy(page);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let (front, body) = divided(text);
    let mut said = Said::default();
    front.lines().for_each(|line| said.line(line));
    if body.trim_start().starts_with('<') {
        markup::tags(body, &["script", "style", "template", "textarea"]).for_each(|tag| said.tag(&tag));
    }
    said.finish(&mut found);
    found.finish()
}

/// The front matter and the rest.
fn divided(text: &str) -> (&str, &str) {
    for fence in ["---", "+++"] {
        let Some(rest) = text.strip_prefix(fence).filter(|rest| rest.starts_with(['\n', '\r'])) else { continue };
        let mut at = 0;
        for line in rest.split_inclusive('\n') {
            if line.trim_end() == fence {
                return (&rest[..at], &rest[at + line.len()..]);
            }
            at += line.len();
        }
    }
    ("", text)
}

/// What a page says, before it is put together.
#[derive(Default)]
struct Said<'t> {
    values: Vec<(&'t str, &'t str)>,
    tool: Option<&'t str>,
    model: Option<&'t str>,
}

impl<'t> Said<'t> {
    fn line(&mut self, line: &'t str) {
        let Some((key, value)) = line.split_once([':', '=']) else { return };
        let value = value.split(" #").next().unwrap_or(value).trim().trim_matches(['"', '\'']);
        // An indented key is another one's member.
        self.pair(key.trim_end(), value, line);
    }

    fn tag(&mut self, tag: &markup::Tag<'t>) {
        if tag.name.eq_ignore_ascii_case("meta")
            && let (Some(name), Some(content)) = (tag.attribute("name"), tag.attribute("content"))
        {
            self.pair(name, content, content);
        }
        for (name, value) in &tag.attributes {
            self.pair(name, value, value);
        }
    }

    fn pair(&mut self, key: &str, value: &'t str, raw: &'t str) {
        if key.len() > 40 {
            return;
        }
        match key.to_ascii_lowercase().replace('_', "-").as_str() {
            key if KEYS.contains(&key) => self.values.push((value, raw)),
            "ai-model" => self.model = Some(value),
            "ai-tool" => self.tool = Some(value),
            _ => {}
        }
    }

    fn finish(self, found: &mut Collector) {
        for (value, raw) in self.values {
            let known = VALUES.iter().find(|(known, _)| value.trim().eq_ignore_ascii_case(known));
            let Some((_, claim)) = known else {
                found.problem(Problem::UnknownValue { of: OF, what: "AI disclosure", value: capped(value) });
                continue;
            };
            let agent = match claim.is_ai() {
                true => {
                    Agent { tool: self.tool.and_then(agent::of_field), model: self.model.and_then(model::of_field) }
                }
                false => Agent::default(),
            };
            let place = Place::File;
            let raw = capped(raw.trim());
            found.add(Signal { source: OF, claim: *claim, place, tool: agent.tool, model: agent.model, raw });
        }
    }
}
