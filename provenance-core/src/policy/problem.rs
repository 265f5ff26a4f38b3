//! Problems of policy files: what is wrong, in which file, on which line.

use std::cell::OnceCell;
use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::finding::on_one_line;

/// The most path patterns in one file: compiled, each takes some ten KiB.
pub(super) const MAX_PATTERNS: usize = 10_000;
/// The most characters of a message.
const MAX_MESSAGE: usize = 1500;

/// Something wrong with a policy file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, from the repository's root.
    pub file: &'static str,
    /// The line, counted from 1; none where the problem has no place.
    pub line: Option<usize>,
    /// What is wrong: expected against found. One line.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// Why files are no policy: every problem found, in order of file and line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    problems: Vec<Problem>,
}

impl LoadError {
    pub(super) fn new(mut problems: Vec<Problem>) -> Self {
        problems.sort();
        problems.dedup();
        Self { problems }
    }

    /// The problems, never none.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            write!(f, "{}{problem}", if i == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for LoadError {}

/// One step of the way to a value in a TOML document.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// A TOML file while it is read: its problems are collected, not only the first.
pub(super) struct Source<'t> {
    file: &'static str,
    text: &'t str,
    problems: Vec<Problem>,
    patterns: usize,
    /// Made once, when the first problem has a place: a hostile file has as many problems as bytes.
    places: OnceCell<Option<Places<'t>>>,
}

/// Where the values of a document stand.
struct Places<'t> {
    root: Spanned<DeTable<'t>>,
    /// The offset at which each line starts.
    lines: Vec<usize>,
}

impl<'t> Source<'t> {
    pub(super) fn new(file: &'static str, text: &'t str) -> Self {
        Self { file, text, problems: Vec::new(), patterns: 0, places: OnceCell::new() }
    }

    /// The document as a `T`; strictness is the type's own.
    pub(super) fn parse<T: serde::de::DeserializeOwned>(&mut self) -> Option<T> {
        match toml::from_str(self.text) {
            Ok(value) => Some(value),
            Err(error) => {
                let line = error.span().map(|span| line_of(self.text, span.start));
                let message = printable(&on_one_line(error.message()));
                self.problems.push(Problem { file: self.file, line, message });
                None
            }
        }
    }

    /// The text.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// Counts a path pattern of the file; `false` when there were [`MAX_PATTERNS`] before.
    pub(super) fn takes_pattern(&mut self) -> bool {
        self.patterns += 1;
        self.patterns <= MAX_PATTERNS
    }

    /// Notes a problem with the value at a place.
    pub(super) fn problem(&mut self, place: &[Step<'_>], message: impl Into<String>) {
        let line = self.line(place);
        self.problems.push(Problem { file: self.file, line, message: printable(&message.into()) });
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// The line where the deepest value on the way that exists stands.
    pub(super) fn line(&self, place: &[Step<'_>]) -> Option<usize> {
        self.places.get_or_init(|| Places::of(self.text)).as_ref()?.line(place)
    }
}

impl<'t> Places<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let root = DeTable::parse(text).ok()?;
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Some(Self { root, lines: std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect() })
    }

    fn line(&self, place: &[Step<'_>]) -> Option<usize> {
        let mut table = Some(self.root.get_ref());
        let mut value: Option<&Spanned<DeValue<'_>>> = None;
        let mut found = None;
        for step in place {
            let next = match step {
                Step::Key(name) => {
                    let of_table = table.take().or_else(|| value.and_then(|value| value.get_ref().as_table()));
                    of_table.and_then(|table| table.get_key_value(*name)).map(|(key, next)| {
                        found = Some(key.span().start);
                        next
                    })
                }
                Step::Index(index) => value.and_then(|value| value.get_ref().get(*index)).inspect(|next| {
                    found = Some(next.span().start);
                }),
            };
            match next {
                Some(next) => value = Some(next),
                None => break,
            }
        }
        found.map(|offset| self.lines.partition_point(|start| *start <= offset))
    }
}

/// A message as one line that is not long. Files are quoted in messages: a line break in them must not begin a line
/// of ours, where a log or a pipeline could take it for a command.
pub(super) fn printable(message: &str) -> String {
    let escaped = |c: char| if c.is_control() { c.escape_default().collect() } else { c.to_string() };
    message.chars().take(MAX_MESSAGE).map(escaped).collect()
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
