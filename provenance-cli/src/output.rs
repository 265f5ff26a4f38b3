//! The one writer of stdout and stderr. What comes from a repository is escaped here, so that no
//! path or comment can move a terminal's cursor or hide a line.

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

    /// Whether a write to stdout failed.
    pub(crate) fn failed(&self) -> bool {
        self.failed
    }

    /// Writes lines of an answer.
    pub(crate) fn answer(&mut self, text: &str) {
        self.write(&escape(text));
    }

    /// Writes an answer as JSON.
    pub(crate) fn json<T: Serialize>(&mut self, value: &T) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.write(&text),
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
        // Nothing is left to tell of a broken stderr.
        let _ = writeln!(std::io::stderr().lock(), "{}", escape(text));
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
            self.say(&format!("  {}{path}: {}", finding.code, finding.message));
        }
        if let Some(hint) = &error.hint {
            self.say(&format!("hint: {hint}"));
        }
    }
}

/// The text with control characters, and characters that change the direction of others, spelled out.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let hidden =
            matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if (c.is_control() && c != '\n' && c != '\t') || hidden {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn escapes_what_would_move_a_terminal() {
        assert_eq!(escape("a\u{1b}[2Jb\r\u{202e}c\n"), "a\\u{1b}[2Jb\\u{d}\\u{202e}c\n");
        assert_eq!(escape("Grüße 日本\t"), "Grüße 日本\t");
    }
}
