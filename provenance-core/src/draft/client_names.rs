//! Names of clients, which no record may tell.
//!
//! The company's list has one name a line; what starts with `#` is a comment. A record's texts are
//! matched against it before it is signed. Names are compared without regard to case and to how
//! white space is set, and stand for whole words: `Acme` is found in `for Acme's site` and in
//! `acme_logo`, not in `acmeist`. Where a script sets no spaces between words (Han, kana, Hangul, Thai
//! and its neighbours) a name is found wherever it stands. What is not seen, a soft hyphen for one, hides
//! no name, nor does how a letter is composed, or its width (Unicode's form NFKC).
//!
//! What is structure and no text is passed over: ids, digests, paths, and authors, whose names stand
//! in the commits already. A hit tells the field and the line of the list and never the name, so that
//! no log has it.
//!
//! ```
//! use provenance_core::draft::client_names::ClientNames;
//!
//! let names = ClientNames::parse("# confidential\nAcme  Corp\n");
//! assert_eq!(names.lines_in("asked by ACME\nCorp."), [2]);
//! assert!(names.lines_in("acme corporate").is_empty());
//! ```

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::statement::Statement;

/// Members of predicates that are ids, digests, paths or choices, by their path without indices, with
/// everything below them. Whatever else there is, or will be, is a text.
const STRUCTURE: [&str; 43] = [
    "repository",
    "branches",
    "signer",
    "changes",
    "authors",
    "confirmations",
    "details.dataClasses",
    "details.device",
    "ai.extent",
    "ai.digitalSourceType",
    "ai.tool",
    "ai.useCase",
    "decision",
    "base",
    "head",
    "scope",
    "ceremony",
    "amends",
    "supersedes",
    "answers.id",
    "answers.result",
    "findings.status",
    "envelope",
    "id",
    "document",
    "person",
    "lesson.kind",
    "lesson.course",
    "lesson.modules",
    "lesson.tool",
    "lesson.id",
    "lesson.document",
    "path",
    "step.action",
    "step.entry",
    "step.severity",
    "step.owner",
    "step.incident",
    "step.change",
    "term.kind",
    "term.waiver",
    "check",
    "result",
];

/// The names on a company's list.
#[derive(Debug, Clone, Default)]
pub struct ClientNames {
    /// The number of each line, and the name as it is compared.
    names: Vec<(usize, String)>,
}

/// A record would name clients.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a client would be named in {}", told(.hits))]
pub struct NamesClients {
    /// The fields, and the lines of the list that they name.
    pub hits: Vec<(String, usize)>,
}

fn told(hits: &[(String, usize)]) -> String {
    let each: Vec<String> = hits.iter().map(|(field, line)| format!("`{field}` (line {line} of the list)")).collect();
    each.join(", ")
}

impl ClientNames {
    /// Reads a list.
    pub fn parse(list: &str) -> Self {
        let lines = list.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
        let named = lines.filter(|(_, line)| !line.starts_with('#')).map(|(at, line)| (at, folded(line)));
        Self { names: named.map(|(at, name)| (at, name.trim().to_owned())).filter(|(_, it)| !it.is_empty()).collect() }
    }

    /// The lines of the list whose names stand in a text.
    pub fn lines_in(&self, text: &str) -> Vec<usize> {
        if self.names.is_empty() {
            return Vec::new();
        }
        let text = folded(text);
        self.names.iter().filter(|(_, name)| stands_in(name, &text)).map(|(line, _)| *line).collect()
    }

    /// Refuses a record in which people wrote a client's name.
    ///
    /// # Errors
    /// [`NamesClients`] with every field that does.
    pub fn check(&self, statement: &Statement) -> Result<(), NamesClients> {
        if self.names.is_empty() {
            return Ok(());
        }
        let payload: Value = serde_json::from_slice(&statement.to_payload()).unwrap_or_default();
        let mut texts = Vec::new();
        collect(&payload["predicate"], "", "", &mut texts);
        let hits = |(field, text): &(String, &str)| {
            self.lines_in(text).into_iter().map(|line| (field.clone(), line)).collect::<Vec<_>>()
        };
        let hits: Vec<(String, usize)> = texts.iter().flat_map(hits).collect();
        if hits.is_empty() { Ok(()) } else { Err(NamesClients { hits }) }
    }
}

/// The texts below a member: `shown` is its path for messages, `plain` the same without indices.
fn collect<'v>(value: &'v Value, shown: &str, plain: &str, texts: &mut Vec<(String, &'v str)>) {
    if STRUCTURE.contains(&plain) {
        return;
    }
    match value {
        Value::String(text) => texts.push((shown.to_owned(), text)),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                collect(item, &format!("{shown}[{at}]"), plain, texts);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let join = |path: &str| if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                collect(member, &join(shown), &join(plain), texts);
            }
        }
        _ => {}
    }
}

/// A text as it is compared: composed, small letters, one space for any white space, nothing that is not seen.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_unseen(*c)).nfkc().filter(|c| !is_unseen(*c)) {
        match c {
            'ς' => out.push('σ'),
            'ß' | 'ẞ' => out.push_str("ss"),
            _ if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            _ => out.extend(c.to_lowercase()),
        }
    }
    // A small letter may be composed of more than its capital is: İ becomes i with a dot.
    out.nfkc().collect()
}

fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Whether a name stands in a text, as whole words. Both are folded.
fn stands_in(name: &str, text: &str) -> bool {
    let mut from = 0;
    while let Some(at) = text[from..].find(name).map(|at| from + at) {
        let end = at + name.len();
        let first = parts_words(text[..at].chars().next_back(), name.chars().next());
        if first && parts_words(text[end..].chars().next(), name.chars().next_back()) {
            return true;
        }
        // Names may overlap themselves.
        from = at + name.chars().next().map_or(1, char::len_utf8);
    }
    false
}

/// Whether a name may end where this neighbour begins.
fn parts_words(neighbour: Option<char>, edge: Option<char>) -> bool {
    let joins = |c: char| c.is_alphanumeric();
    !(neighbour.is_some_and(joins) && edge.is_some_and(|edge| joins(edge) && !sets_no_spaces(edge)))
}

/// Whether a character is of a script that sets no spaces between words, or joins particles to names.
fn sets_no_spaces(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{1100}'..='\u{11ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(list: &str, text: &str) -> Vec<usize> {
        ClientNames::parse(list).lines_in(text)
    }

    #[test]
    fn a_name_is_found_as_whole_words_in_any_case() {
        for text in
            ["acme", "for ACME's site", "(Acme)", "acme_logo", "x-acme-y", "Ac\u{ad}me", "acme\u{200b}", "1. Acme"]
        {
            assert_eq!(found("Acme", text), [1], "{text}");
        }
        for text in ["", "acmeist", "dracme", "acme2", "ácme", "ac me"] {
            assert!(found("Acme", text).is_empty(), "{text}");
        }
    }

    #[test]
    fn case_and_letters_are_those_of_unicode() {
        assert_eq!(found("Größe & Söhne", "GRÖSSE & SÖHNE"), [1]);
        assert_eq!(found("ΟΔΟΣ", "η οδος"), [1]);
        assert_eq!(found("ΟΔΟΣ", "η οδός"), Vec::<usize>::new());
        assert_eq!(found("Москва", "в МОСКВА, да"), [1]);
        assert!(found("Москва", "москвам").is_empty());
        // No spaces part these words.
        assert_eq!(found("日本", "東京の日本語"), [1]);
        assert_eq!(found("삼성", "삼성은"), [1]);
    }

    #[test]
    fn a_name_is_found_however_its_letters_are_composed_and_how_wide_they_are() {
        for (name, text) in [
            ("Söhne", "So\u{308}hne"),
            ("So\u{308}hne", "SÖHNE"),
            ("Acme", "ＡＣＭＥ"),
            ("가나", "\u{1100}\u{1161}\u{1102}\u{1161}는"),
            ("Ångström", "A\u{30a}ngstro\u{308}m"),
            ("Söhne", "So\u{200b}\u{308}hne"),
            ("İnci", "I\u{307}nci"),
            ("finfo", "ﬁnfo"),
        ] {
            assert_eq!(found(name, text), [1], "{name}: {text}");
        }
        assert!(found("Sohne", "So\u{308}hne").is_empty(), "another letter");
        assert!(found("So", "So\u{308}").is_empty(), "a part of one letter");
    }

    #[test]
    fn white_space_is_one_space_and_edges_need_no_word() {
        assert_eq!(found("Acme \t Corp", "by acme\n  corp."), [1]);
        assert_eq!(found("Yahoo!", "yahoo!s"), [1]);
        assert_eq!(found("a a", "xa a a"), [1]);
        assert!(found("a a", "xa ax a").is_empty());
    }

    #[test]
    fn the_list_has_comments_and_blank_lines() {
        let list = "# Acme\r\n\r\n  Beta  \r\n#\nGamma\n\u{200b}\n";
        assert_eq!(found(list, "acme, beta and gamma"), [3, 5]);
        assert!(ClientNames::parse("# nothing\n\n").names.is_empty());
    }
}
