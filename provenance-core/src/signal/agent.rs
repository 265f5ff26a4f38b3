//! Names of AI tools in free text.

use super::model;

/// An AI tool, its model, or both.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Agent {
    /// The tool's id.
    pub tool: Option<String>,
    /// The model's id.
    pub model: Option<String>,
}

impl Agent {
    pub(super) fn tool(id: &str) -> Self {
        Self { tool: Some(id.to_owned()), model: None }
    }
}

/// How sure a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// Nobody is called that.
    Sure,
    /// A person may be called that, or it is an everyday word.
    Weak,
    /// A maker's name, which a tool's name beside it goes before.
    Maker,
}
use Weight::{Maker, Sure, Weak};

/// Names in lower case, longer ones before those they begin with.
const TOOLS: &[(&[&str], &str, Weight)] = &[
    (&["claude", "code"], "claude-code", Sure),
    (&["claude", "cli"], "claude-code", Sure),
    (&["claudecode"], "claude-code", Sure),
    (&["claude"], "claude", Maker),
    (&["github", "copilot"], "copilot", Sure),
    (&["copilot", "swe", "agent"], "copilot", Sure),
    (&["copilot"], "copilot", Sure),
    (&["cursor", "agent"], "cursor", Sure),
    (&["cursoragent"], "cursor", Sure),
    (&["cursor"], "cursor", Sure),
    (&["codex"], "codex", Sure),
    (&["chatgpt"], "chatgpt", Maker),
    (&["gemini", "code", "assist"], "gemini-code-assist", Sure),
    (&["gemini", "cli"], "gemini-cli", Sure),
    (&["gemini"], "gemini", Maker),
    (&["devin", "ai"], "devin", Sure),
    (&["devin"], "devin", Weak),
    (&["aider"], "aider", Sure),
    (&["ampcode"], "amp", Sure),
    (&["amp"], "amp", Weak),
    (&["windsurf"], "windsurf", Sure),
    (&["opencode"], "opencode", Sure),
    (&["cline"], "cline", Weak),
    (&["roo", "code"], "roo-code", Sure),
    (&["kilo", "code"], "kilo-code", Sure),
    (&["jules"], "jules", Weak),
    (&["goose"], "goose", Weak),
    (&["openhands"], "openhands", Sure),
    (&["kiro"], "kiro", Weak),
    (&["junie"], "junie", Weak),
    (&["factory", "droid"], "factory-droid", Sure),
    (&["droid"], "factory-droid", Weak),
    (&["pi"], "pi", Weak),
    (&["crush"], "crush", Weak),
    (&["warp"], "warp", Weak),
    (&["antigravity"], "antigravity", Sure),
    (&["replit", "agent"], "replit-agent", Sure),
    (&["cody"], "cody", Weak),
    (&["tabnine"], "tabnine", Sure),
    (&["trae"], "trae", Weak),
    (&["auggie"], "augment", Weak),
    (&["augment", "code"], "augment", Sure),
    (&["qwen", "code"], "qwen-code", Sure),
    (&["qwen", "coder"], "qwen-code", Sure),
    (&["qwen"], "qwen", Maker),
    (&["kimi"], "kimi", Maker),
    (&["grok"], "grok", Maker),
    (&["deepseek"], "deepseek", Maker),
    (&["mistral", "vibe"], "mistral-vibe", Sure),
    (&["mistral"], "mistral", Maker),
    (&["amazon", "q"], "amazon-q", Sure),
    (&["coderabbit"], "coderabbit", Sure),
    (&["coderabbitai"], "coderabbit", Sure),
    (&["swe", "agent"], "swe-agent", Sure),
    (&["jetbrains", "ai"], "jetbrains-ai", Sure),
    (&["firebender"], "firebender", Sure),
    (&["codebuddy"], "codebuddy", Sure),
    (&["lovable"], "lovable", Weak),
];
/// The models' kind, said without a name.
const GENERIC: [&str; 4] = ["ai", "llm", "llms", "genai"];
/// What stands beside names and names nothing itself.
const FILLERS: &[&str] = &[
    "a",
    "agent",
    "agents",
    "an",
    "anthropic",
    "assistance",
    "assistant",
    "assistants",
    "auto",
    "azure",
    "bedrock",
    "bot",
    "by",
    "chat",
    "cli",
    "cloud",
    "coding",
    "composer",
    "context",
    "default",
    "desktop",
    "extension",
    "fast",
    "github",
    "google",
    "gpt",
    "help",
    "high",
    "ide",
    "in",
    "latest",
    "low",
    "max",
    "medium",
    "microsoft",
    "mode",
    "model",
    "models",
    "openai",
    "openrouter",
    "plus",
    "preview",
    "pro",
    "the",
    "thinking",
    "tool",
    "tools",
    "using",
    "version",
    "vertex",
    "via",
    "vscode",
    "web",
    "with",
    "xhigh",
];
/// What parts one name from what follows.
const JOINERS: [&str; 4] = ["and", "for", "to", "on"];
/// The most words of a text that are looked at.
const MAX_WORDS: usize = 64;
/// The most agents that one text names.
const MAX_AGENTS: usize = 8;

/// A word in lower case, and what stands before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// A `-` or `_` and nothing else stands before it.
    pub(super) glued: bool,
    /// Blanks and nothing else stand before it.
    pub(super) spaced: bool,
    /// Where it begins and ends, in bytes.
    start: usize,
    end: usize,
}

/// The words of a text. A dot between digits belongs to a word: `4.6`.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut gap = String::new();
    let mut open = false;
    for (at, c) in text.char_indices() {
        let digits_around = || {
            let after = text[at + 1..].chars().next();
            let before = words.last().and_then(|word: &Word| word.text.chars().last());
            open && after.is_some_and(|c| c.is_ascii_digit()) && before.is_some_and(|c| c.is_ascii_digit())
        };
        if !(c.is_alphanumeric() || c == '.' && digits_around()) {
            (open, gap) = (false, if open { String::new() } else { gap });
            gap.push(c);
            continue;
        }
        if !open {
            if words.len() == MAX_WORDS {
                break;
            }
            let spaced = !gap.is_empty() && gap.chars().all(char::is_whitespace);
            words.push(Word { text: String::new(), glued: gap == "-" || gap == "_", spaced, start: at, end: at });
            gap.clear();
            open = true;
        }
        if let Some(word) = words.last_mut() {
            word.text.extend(c.to_lowercase());
            word.end = at + c.len_utf8();
        }
    }
    words
}

/// What a text names.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// The tools and models, in order.
    pub(super) agents: Vec<Agent>,
    /// Nobody is called that.
    pub(super) sure: bool,
    /// AI as such is named.
    pub(super) generic: bool,
    /// Up to and with the part that names the first agent there is no other word.
    pub(super) pure: bool,
}

impl Scan {
    /// Takes in the tool or model whose name begins at this word; the word after it.
    fn name(&mut self, words: &[Word], at: usize) -> Option<usize> {
        match (tool(words, at), model::at(words, at)) {
            (maker @ (Some((_, Maker, _)) | None), Some((id, next))) => {
                self.sure = true;
                name_model(&mut self.agents, id, maker.map(|(tool, ..)| tool));
                Some(next)
            }
            (Some((id, weight, next)), _) => {
                self.sure |= weight != Weak;
                name_tool(&mut self.agents, id, weight);
                Some(next)
            }
            (None, None) => None,
        }
    }

    /// The agents, where the text names AI and no person or thing beside it.
    pub(super) fn strict(self) -> Option<Vec<Agent>> {
        if !self.pure || !(self.sure || self.generic) {
            return None;
        }
        Some(if self.agents.is_empty() { vec![Agent::default()] } else { self.agents })
    }
}

/// Looks for tools and models in a text.
pub(super) fn scan(text: &str) -> Scan {
    let words = words(text);
    let mut found = Scan::default();
    // Whether the part that names the first agent is all names: not known before its end.
    let mut pure = None;
    let mut at = 0;
    while at < words.len() {
        let named = found.generic || !found.agents.is_empty();
        let word = words[at].text.as_str();
        if pure.is_none() && named && (parts(&text[words[at - 1].end..words[at].start]) || JOINERS.contains(&word)) {
            pure = Some(true);
        }
        if let Some(next) = found.name(&words, at) {
            at = next;
            continue;
        }
        found.generic |= GENERIC.contains(&word);
        if !is_filler(word) {
            pure = pure.or(Some(false));
        }
        at += 1;
    }
    found.pure = pure.unwrap_or(true) && (found.generic || !found.agents.is_empty());
    found
}

/// Whether what stands between two words parts them.
fn parts(gap: &str) -> bool {
    gap.contains(['(', '[', '{', '<', ',', ';', ':', '|', '+', '&', '/', ')', ']', '\u{2014}', '\u{2013}'])
        || gap.starts_with(". ")
        || gap.contains(" - ")
}

fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
        || GENERIC.contains(&word)
        || word.starts_with(|c: char| c.is_ascii_digit())
        || (word.starts_with('v') && word[1..].starts_with(|c: char| c.is_ascii_digit()))
}

/// The tool whose name begins at this word, how sure that is, and the word after it.
fn tool(words: &[Word], at: usize) -> Option<(&'static str, Weight, usize)> {
    TOOLS.iter().find_map(|(name, id, weight)| {
        let here = words[at..].iter().map(|word| word.text.as_str()).take(name.len());
        here.eq(name.iter().copied()).then_some((*id, *weight, at + name.len()))
    })
}

fn name_tool(agents: &mut Vec<Agent>, id: &str, weight: Weight) {
    let full = agents.len() == MAX_AGENTS;
    let Some(last) = agents.last_mut() else { return agents.push(Agent::tool(id)) };
    match &last.tool {
        Some(known) if known == id => {}
        // `Cline (Claude)`: the maker's name says of the tool's model.
        Some(_) if weight == Maker => {}
        // `Claude Opus 4.6 via Claude Code`: the tool's name goes before the maker's.
        Some(known) if is_maker(known) => last.tool = Some(id.to_owned()),
        None => last.tool = Some(id.to_owned()),
        Some(_) if !full => agents.push(Agent::tool(id)),
        Some(_) => {}
    }
}

fn is_maker(id: &str) -> bool {
    TOOLS.iter().any(|(_, known, weight)| *known == id && *weight == Maker)
}

fn name_model(agents: &mut Vec<Agent>, id: String, maker: Option<&str>) {
    let full = agents.len() == MAX_AGENTS;
    let tool = maker.map(str::to_owned);
    match agents.last_mut() {
        None => agents.push(Agent { tool, model: Some(id) }),
        Some(last) if last.model.is_none() => last.model = Some(id),
        Some(last) if last.model.as_ref() != Some(&id) && !full => agents.push(Agent { tool, model: Some(id) }),
        Some(_) => {}
    }
}

/// The id of a tool that a record names in a field of its own.
pub(super) fn of_field(text: &str) -> Option<String> {
    let known = scan(text).agents.into_iter().next().and_then(|agent| agent.tool);
    known.or_else(|| model::slug(text).filter(|id| !matches!(id.as_str(), "unknown" | "agent" | "none" | "null")))
}
