//! Path patterns, as in `.gitattributes`: over bytes, case-sensitive, `**` a whole component.
//!
//! - A pattern without a slash (but at its start) matches the file's name in any folder.
//! - Any other is matched against the whole path from the repository's root.
//! - `*` and `?` never match a slash; `**` as a component matches any number of folders, at the end
//!   everything inside; `[…]` is a class of characters.
//!
//! What git would silently never match (an empty pattern, one that ends in a slash, one that starts
//! with `!`) is an error here, and so is `**` next to other characters.

use std::fmt;
use std::sync::OnceLock;

use globset::{Candidate, Glob, GlobBuilder, GlobMatcher};

use crate::path::RepoPath;

/// The longest pattern, in bytes.
const MAX_PATTERN: usize = 1024;

/// Why a text is no path pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// No characters at all.
    #[error("the pattern is empty")]
    Empty,
    /// Longer than is compiled.
    #[error("the pattern has {0} bytes, more than {MAX_PATTERN}")]
    TooLong(usize),
    /// It ends with a slash.
    #[error("`{0}` matches no file, since it ends with a slash: write `{0}**` for everything inside")]
    Folder(String),
    /// It starts with `!`.
    #[error("`{0}` negates: name what is left out in `except`")]
    Negated(String),
    /// `**` is a part of a component.
    #[error("in `{0}`, `**` must stand alone between slashes")]
    DoubleStar(String),
    /// A component that no path has.
    #[error("`{0}` matches no path, since it has an empty, `.` or `..` component")]
    Component(String),
    /// A class that is not closed, or matches a slash.
    #[error("`{pattern}` is malformed: {reason}")]
    Malformed {
        /// The pattern.
        pattern: String,
        /// What is wrong.
        reason: String,
    },
}

/// A path pattern.
#[derive(Clone)]
pub struct Pattern {
    text: String,
    glob: Glob,
    /// Made when a path is first asked about: many commands read a policy and ask about none.
    matcher: OnceLock<GlobMatcher>,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`PatternError`] when it is malformed or could never match.
    pub fn new(text: &str) -> Result<Self, PatternError> {
        let glob = translate(text)?;
        let built = GlobBuilder::new(&glob).literal_separator(true).backslash_escape(true).build();
        let malformed = |reason: String| PatternError::Malformed { pattern: text.to_owned(), reason };
        let glob = built.map_err(|error| malformed(error.kind().to_string()))?;
        Ok(Self { text: text.to_owned(), glob, matcher: OnceLock::new() })
    }

    /// Whether the path matches.
    pub fn matches(&self, path: &RepoPath) -> bool {
        let matcher = self.matcher.get_or_init(|| self.glob.compile_matcher());
        matcher.is_match_candidate(&Candidate::from_bytes(path.as_bytes()))
    }

    /// Whether the pattern may match something below this path, were it a folder: no literal
    /// component of it says otherwise.
    pub fn reaches_below(&self, path: &RepoPath) -> bool {
        if !self.text.contains('/') {
            return true;
        }
        let mut components = self.text.strip_prefix('/').unwrap_or(&self.text).split('/');
        for name in path.as_bytes().split(|byte| *byte == b'/') {
            match components.next() {
                Some(component) if component.contains(['*', '?', '[', '\\']) => return true,
                Some(component) if component.as_bytes() == name => {}
                _ => return false,
            }
        }
        components.next().is_some()
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The pattern in globset's syntax, where braces are special and everything is anchored.
fn translate(text: &str) -> Result<String, PatternError> {
    let owned = || text.to_owned();
    match text {
        "" | "/" => return Err(PatternError::Empty),
        _ if text.len() > MAX_PATTERN => return Err(PatternError::TooLong(text.len())),
        _ if text.starts_with('!') => return Err(PatternError::Negated(owned())),
        _ if text.ends_with('/') => return Err(PatternError::Folder(owned())),
        _ => {}
    }
    let anchored = text.contains('/');
    let body = text.strip_prefix('/').unwrap_or(text);
    for component in body.split('/') {
        if matches!(component, "" | "." | "..") {
            return Err(PatternError::Component(owned()));
        }
        if component != "**" && component.contains("**") {
            return Err(PatternError::DoubleStar(owned()));
        }
        check_classes(text, component)?;
    }
    let escaped = body.replace('{', "[{]").replace('}', "[}]");
    Ok(if anchored { escaped } else { format!("**/{escaped}") })
}

/// Classes must be closed inside their component, hold no slash between their ends, and braces
/// inside them would be escaped twice.
fn check_classes(pattern: &str, component: &str) -> Result<(), PatternError> {
    let refused = |reason: &str| PatternError::Malformed { pattern: pattern.to_owned(), reason: reason.to_owned() };
    let mut characters = component.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' if matches!(characters.next(), None | Some('{' | '}')) => {
                return Err(refused("a backslash must precede a character other than a brace"));
            }
            '[' => {
                let class: String = characters.by_ref().take_while(|c| *c != ']').collect();
                if class.is_empty() || !component.contains(']') {
                    return Err(refused("`[` must be closed by `]`, with characters between"));
                }
                if class.starts_with(['!', '^']) || class.contains(['[', '{', '}', '\\', ':']) {
                    return Err(refused("a class lists characters and ranges, and cannot negate"));
                }
                if !class.is_ascii() {
                    return Err(refused("a class matches single bytes, so it lists ASCII characters only"));
                }
                let letters: Vec<char> = class.chars().collect();
                if letters.windows(3).any(|range| range[1] == '-' && range[0] < '/' && range[2] > '/') {
                    return Err(refused("a range of a class spans the slash"));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a plain text matches a pattern of `*` and `?`, both matching any characters: for the
/// names of models and versions. Takes time in proportion to the product of both lengths at most.
pub(super) fn wildcard(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &[u8]) -> bool {
        Pattern::new(pattern).unwrap().matches(&RepoPath::from_bytes(path).unwrap())
    }

    #[test]
    fn matches_as_gitattributes_do() {
        for (pattern, path) in [
            ("*.md", "a.md"),
            ("*.md", "x/y/a.md"),
            ("/*.md", "a.md"),
            ("content/**", "content/a/b.md"),
            ("content/**/*.md", "content/a.md"),
            ("**/legal/**", "legal/a"),
            ("**/legal/**", "x/legal/a/b"),
            ("docs/[a-c]?.md", "docs/bx.md"),
            ("a{b}.md", "a{b}.md"),
            ("**", ".hidden/x"),
            ("a\\*", "a*"),
        ] {
            assert!(matches(pattern, path.as_bytes()), "{pattern} {path}");
        }
        assert!(matches("*.md", b"\xff.md"));
        assert!(matches("?.md", b"\xff.md"));
    }

    #[test]
    fn does_not_match_beyond_its_words() {
        for (pattern, path) in [
            ("/*.md", "x/a.md"),
            ("content/*", "content/a/b.md"),
            ("content/**", "content"),
            ("content/**", "Content/a"),
            ("docs/*.md", "docs/a/b.md"),
            ("a{b,c}", "ab"),
            ("a\\*", "ab"),
        ] {
            assert!(!matches(pattern, path.as_bytes()), "{pattern} {path}");
        }
    }

    #[test]
    fn refuses_patterns_that_could_never_match() {
        for pattern in ["", "/", "a/", "!a", "a**/b", "a//b", "./a", "a/../b", "[a", "[!a]", "[+-9]", "a\\"] {
            assert!(Pattern::new(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn wildcards_match_whole_names() {
        assert!(wildcard("opus-*", "opus-4"));
        assert!(wildcard("*-*-*", "a-b-c-d"));
        assert!(wildcard("gpt-?", "gpt-5"));
        assert!(!wildcard("opus-*", "xopus-4"));
        assert!(!wildcard("opus", "opus-4"));
        assert!(!wildcard("", "x"));
    }
}
