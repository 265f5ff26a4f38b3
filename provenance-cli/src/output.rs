//! The one writer of stdout and stderr. What comes from a repository is escaped here, so that no
//! path or comment can move a terminal's cursor, hide a line, or give an order to the pipeline that
//! shows it.

use std::io::Write;

use serde::Serialize;

use crate::args::Format;
use crate::error::CliError;

/// Answers on stdout, narration on stderr.
pub(crate) struct Output {
    format: Format,
    quiet: bool,
    failed: bool,
}

impl Output {
    pub(crate) fn new(format: Format, quiet: bool) -> Self {
        Self { format, quiet, failed: false }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// How answers are written.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Whether a write to stdout failed.
    pub(crate) fn failed(&self) -> bool {
        self.failed
    }

    /// Writes lines of an answer.
    pub(crate) fn answer(&mut self, text: &str) {
        self.write(&escape(text));
    }

    /// Writes lines of cells whose texts were escaped one by one, with the line ends they have.
    pub(crate) fn cells(&mut self, text: &str) {
        self.write(text);
    }

    /// Writes an answer as JSON.
    pub(crate) fn json<T: Serialize>(&mut self, value: &T) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.write(&escape_json(&text)),
            Err(_) => self.failed = true,
        }
    }

    fn write(&mut self, text: &str) {
        let mut stdout = std::io::stdout().lock();
        let newline = if text.ends_with('\n') { "" } else { "\n" };
        let written = write!(stdout, "{text}{newline}").and_then(|()| stdout.flush());
        self.failed |= written.is_err();
    }

    /// Says something beside the answer.
    pub(crate) fn narrate(&self, text: &str) {
        if !self.quiet {
            self.say(text);
        }
    }

    /// Says something that must be seen whatever was asked for.
    pub(crate) fn say(&self, text: &str) {
        say(text);
    }

    /// Asks on stderr without a newline.
    pub(crate) fn ask(&self, text: &str) {
        let mut stderr = std::io::stderr().lock();
        let _ = write!(stderr, "{}", escape(text)).and_then(|()| stderr.flush());
    }

    /// Says what went wrong; in JSON on stdout too, so that a program can read it.
    pub(crate) fn error(&mut self, error: &CliError) {
        if self.is_json() {
            let findings = &error.findings;
            let hint = &error.hint;
            self.json(&serde_json::json!({ "error": { "message": error.message, "hint": hint, "exit": error.code as u8 }, "findings": findings }));
        }
        self.say(&format!("error: {}", error.message));
        for finding in &error.findings {
            let path = finding.path.as_ref().map_or_else(String::new, |path| format!(" {path}"));
            self.say(&format!("  {}{path}: {}", finding.code, finding.message.replace('\n', "\n      ")));
        }
        if let Some(hint) = &error.hint {
            self.say(&format!("hint: {hint}"));
        }
    }
}

/// Says on stderr, whatever was asked for, what a person must see while a command waits for them.
pub(crate) fn say(text: &str) {
    // Nothing is left to tell of a broken stderr.
    let _ = writeln!(std::io::stderr().lock(), "{}", escape(text));
}

/// The text with control characters, characters that are not seen or change the direction of
/// others, and the beginnings of orders spelled out.
pub(crate) fn escape(text: &str) -> String {
    escape_where(text, |c| c != '\n' && c != '\t')
}

/// Text of a record or a policy as part of one line: escaped, its line breaks too, so that it can
/// forge no line.
pub(crate) fn inline(text: &str) -> String {
    escape_where(text, |c| c != '\t').replace("\\u{a}", "\\n")
}

fn escape_where(text: &str, control_too: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if is_hidden(c) || (c.is_control() && control_too(c)) || begins_order(text, at) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a character takes no room, or moves or turns others: formats, fillers, line and
/// paragraph separators, tags.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{3164}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether runners of pipelines take what stands here for an order, wherever in a line it stands: `##[…]` and `##vso[…]`.
/// It is their second `#` that is spelled out. Orders that must begin a line are kept from beginning one.
fn begins_order(text: &str, at: usize) -> bool {
    let rest = &text.as_bytes()[at..];
    let order = rest.starts_with(b"#[") || rest.get(..5).is_some_and(|word| word.eq_ignore_ascii_case(b"#vso["));
    order && text[..at].ends_with('#')
}

/// JSON with the same characters as `\u` escapes: they stand in strings alone. (The writer itself
/// escapes those below U+0020, and its own line breaks are no text.)
fn escape_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if is_hidden(c) || (c.is_control() && c != '\n') || begins_order(text, at) {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{escape, escape_json, inline};

    #[test]
    fn escapes_what_would_move_a_terminal() {
        assert_eq!(escape("a\u{1b}[2Jb\r\u{202e}c\n"), "a\\u{1b}[2Jb\\u{d}\\u{202e}c\n");
        assert_eq!(escape("Grüße 日本\t"), "Grüße 日本\t");
    }

    #[test]
    fn escapes_what_pipelines_take_for_an_order() {
        for order in ["##[add-mask]a", "a ##vso[task.setvariable variable=b]c", "###[x", "##VSO[x"] {
            let (escaped, json) = (escape(order), escape_json(&serde_json::Value::from(order).to_string()));
            for text in [&escaped, &inline(order), &json] {
                assert!(!text.contains("##[") && !text.to_lowercase().contains("##vso["), "{text}");
            }
            assert_eq!(escaped.replace("\\u{23}", "#"), order);
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), order);
        }
        for fine in ["## [a](b)", "#[x]", "##", "##vs[", "C#[1]", "## vso[x"] {
            assert_eq!(escape(fine), fine);
        }
    }

    #[test]
    fn escapes_what_is_not_seen_and_what_would_be_a_line() {
        for hidden in
            ["\u{61c}", "\u{ad}", "\u{2028}", "\u{2029}", "\u{fffa}", "\u{e0041}", "\u{200e}", "\u{9b}", "\u{7f}"]
        {
            assert!(escape(&format!("a{hidden}b")).starts_with("a\\u{"), "{hidden:?}");
            let value: serde_json::Value = hidden.into();
            let json = escape_json(&value.to_string());
            assert!(json.is_ascii() && json.contains("\\u"), "{json}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap(), value);
        }
        assert_eq!(inline("fine\n  record 1234\r"), "fine\\n  record 1234\\u{d}");
        assert_eq!(escape_json("{\n  \"a\": \"b\"\n}"), "{\n  \"a\": \"b\"\n}");
    }
}
