//! Names of models in free text: one id for each, however it is spelled.

use super::agent::{Word, words};

/// The families of Claude: `Claude Opus 4.7`, `claude-opus-4-7` and `claude-4.7-opus` are one.
const CLAUDE: [&str; 6] = ["opus", "sonnet", "haiku", "fable", "mythos", "instant"];
/// What other models' names begin with, when a version follows.
const HEADS: [&str; 16] = [
    "gpt",
    "gemini",
    "glm",
    "grok",
    "qwen",
    "kimi",
    "deepseek",
    "llama",
    "mistral",
    "minimax",
    "composer",
    "devstral",
    "codestral",
    "magistral",
    "gemma",
    "swe",
];
/// What may follow a head without a digit.
const KINDS: [&str; 9] = ["chat", "coder", "reasoner", "large", "medium", "small", "code", "composer", "exp"];
/// What may follow a version after a space and still belongs to the name.
const SUFFIXES: [&str; 8] = ["pro", "flash", "mini", "nano", "lite", "turbo", "max", "spark"];
/// What tools write when they do not know.
const UNKNOWN: [&str; 9] = ["unknown", "default", "auto", "none", "null", "<synthetic>", "n/a", "undefined", ""];
/// The most characters of an id.
const MAX_ID: usize = 80;

/// The model whose name begins at this word, and the word after it.
pub(super) fn at(words: &[Word], start: usize) -> Option<(String, usize)> {
    claude(words, start).or_else(|| other(words, start))
}

/// The id of a model that a record names in a field of its own; `None` where it says that it does
/// not know.
pub(super) fn of_field(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['"', '\'', '`']).trim();
    if UNKNOWN.iter().any(|unknown| text.eq_ignore_ascii_case(unknown)) {
        return None;
    }
    let words = words(text);
    let named = (0..words.len()).find_map(|start| at(&words, start)).map(|(id, _)| id);
    let family = || words.iter().find(|word| CLAUDE.contains(&word.text.as_str())).map(|word| word.text.clone());
    named.or_else(family).or_else(|| slug(text.rsplit('/').next().unwrap_or(text)))
}

/// A text as an id: lower case, parted by `-`.
pub(super) fn slug(text: &str) -> Option<String> {
    let mut id = String::new();
    for part in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|part| !part.is_empty()) {
        if !id.is_empty() {
            id.push('-');
        }
        id.extend(part.chars().flat_map(char::to_lowercase));
        if id.len() > MAX_ID {
            break;
        }
    }
    let id: String = id.trim_matches(['-', '.', ',', ';', ':']).chars().take(MAX_ID).collect();
    (!id.is_empty()).then_some(id)
}

fn is_version(word: &Word) -> bool {
    word.text.len() <= 4 && word.text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// A version of up to two numbers from this word on, and the word after it: `4.6`, `4-6`, `5`.
fn version(words: &[Word], start: usize) -> (String, usize) {
    let Some(first) = words.get(start).filter(|word| is_version(word)) else { return (String::new(), start) };
    let second = words.get(start + 1).filter(|word| word.glued && word.text.len() <= 2 && is_version(word));
    match second {
        Some(second) if !first.text.contains('.') => (format!("{}.{}", first.text, second.text), start + 2),
        _ => (first.text.clone(), start + 1),
    }
}

fn claude(words: &[Word], start: usize) -> Option<(String, usize)> {
    let named = words[start].text == "claude";
    let (before, at) = version(words, start + usize::from(named));
    let family = words.get(at).filter(|word| CLAUDE.contains(&word.text.as_str()))?;
    let (after, end) = if before.is_empty() { version(words, at + 1) } else { (before, at + 1) };
    if after.is_empty() && !named {
        return None;
    }
    let id = if after.is_empty() { family.text.clone() } else { format!("{}-{after}", family.text) };
    Some((id, glued(words, end).1))
}

/// The words that hang on by `-` from here, as they stand, and the word after them.
fn glued(words: &[Word], start: usize) -> (String, usize) {
    let hanging = words[start..].iter().take_while(|word| word.glued).take(6);
    let mut text = String::new();
    let mut end = start;
    for word in hanging {
        text.push('-');
        text.push_str(&word.text);
        end += 1;
    }
    (text, end)
}

fn other(words: &[Word], start: usize) -> Option<(String, usize)> {
    let word = &words[start].text;
    let head = HEADS.into_iter().find(|head| word.starts_with(head))?;
    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    if digit(&word[head.len()..]) {
        let (rest, end) = glued(words, start + 1);
        return Some((format!("{word}{rest}"), end));
    }
    let next = words.get(start + 1).filter(|_| word == head)?;
    // `r1`, `v3`, `k2`, `m2`.
    let lettered = next.text.len() <= 4 && next.text.get(1..).is_some_and(digit);
    let kind = next.glued && KINDS.contains(&next.text.as_str());
    if !(digit(&next.text) || lettered || kind) {
        return None;
    }
    let (rest, mut end) = glued(words, start + 2);
    let mut id = format!("{word}-{}{rest}", next.text);
    if let Some(suffix) = words.get(end).filter(|word| word.spaced && SUFFIXES.contains(&word.text.as_str())) {
        id = format!("{id}-{}", suffix.text);
        end += 1;
    }
    Some((id, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_id_for_each_spelling() {
        for (text, id) in [
            ("Claude Opus 4.7 (1M context)", "opus-4.7"),
            ("claude-opus-4-8[1m]", "opus-4.8"),
            ("claude-4.5-sonnet-thinking", "sonnet-4.5"),
            ("claude-3-5-sonnet-20241022", "sonnet-3.5"),
            ("claude-opus-4-20250514", "opus-4"),
            ("claude-sonnet-4-5@20250929", "sonnet-4.5"),
            ("claude-4.6-opus-max-thinking", "opus-4.6"),
            ("haiku", "haiku"),
            ("GPT-5.4", "gpt-5.4"),
            ("openai/gpt-5.2-codex", "gpt-5.2-codex"),
            ("OpenAI GPT 5.5", "gpt-5.5"),
            ("gpt-4o", "gpt-4o"),
            ("Gemini 2.5 Pro", "gemini-2.5-pro"),
            ("vertex_ai/gemini-2.0-flash-lite-001", "gemini-2.0-flash-lite-001"),
            ("openrouter/deepseek/deepseek-r1:free", "deepseek-r1"),
            ("deepseek/deepseek-chat", "deepseek-chat"),
            ("opencode-go/glm-5.2", "glm-5.2"),
            ("qwen3-coder", "qwen3-coder"),
            ("\"gpt-5\"", "gpt-5"),
            ("code-supernova-1-million", "code-supernova-1-million"),
        ] {
            assert_eq!(of_field(text).as_deref(), Some(id), "{text}");
        }
    }

    #[test]
    fn does_not_know_what_the_tool_does_not_know() {
        for text in ["unknown", "default", "", "  ", "<synthetic>", "None", "Auto"] {
            assert_eq!(of_field(text), None, "{text}");
        }
    }
}
