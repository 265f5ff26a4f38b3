//! Paths and refs: bytes as git has them, quoted as git quotes them.
//!
//! A [`RepoPath`] is any byte string that can name a file in a tree. Its text is git's own with
//! `core.quotePath=false`: the path itself when it is UTF-8 without control characters, quote or
//! backslash, else C-quoted. Every path has one text, and parsing refuses any other.

use std::fmt;
use std::str::FromStr;

use crate::id::text_serde;

/// Why bytes or a text name no path in a tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParsePathError {
    /// No bytes at all.
    #[error("a path cannot be empty")]
    Empty,
    /// A NUL byte.
    #[error("a path cannot hold a NUL byte")]
    Nul,
    /// An empty component, `.`, `..` or `.git`.
    #[error("`{0}` cannot be a component of a path")]
    Component(String),
    /// The text is not what git would print for the path it denotes.
    #[error("the path is not quoted as git quotes it")]
    Quoting,
}

/// The path of a file in a tree.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RepoPath(Vec<u8>);

impl RepoPath {
    /// The path with these bytes.
    ///
    /// # Errors
    /// [`ParsePathError`] when git could not hold it in a tree or would not check it out.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, ParsePathError> {
        let bytes = bytes.into();
        if bytes.is_empty() {
            return Err(ParsePathError::Empty);
        }
        if bytes.contains(&0) {
            return Err(ParsePathError::Nul);
        }
        match bytes.split(|byte| *byte == b'/').find(|component| !is_component(component)) {
            Some(bad) => Err(ParsePathError::Component(String::from_utf8_lossy(bad).into_owned())),
            None => Ok(Self(bytes)),
        }
    }

    /// The bytes, components parted by `/`.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether the path lies in this folder (given without a slash at its end).
    pub fn is_under(&self, folder: &str) -> bool {
        self.0.strip_prefix(folder.as_bytes()).is_some_and(|rest| rest.first() == Some(&b'/'))
    }
}

/// Whether a tree may hold an entry of this name: not empty, `.`, `..` or any case of `.git`,
/// and without slash or NUL.
pub fn is_component(name: &[u8]) -> bool {
    !name.is_empty()
        && name != b"."
        && name != b".."
        && !name.eq_ignore_ascii_case(b".git")
        && !name.contains(&b'/')
        && !name.contains(&0)
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quote(&self.0))
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for RepoPath {
    type Err = ParsePathError;

    fn from_str(text: &str) -> Result<Self, ParsePathError> {
        let bytes = match text.strip_prefix('"') {
            Some(rest) => unquote(rest).ok_or(ParsePathError::Quoting)?,
            None => text.as_bytes().to_vec(),
        };
        let path = Self::from_bytes(bytes)?;
        if path.to_string() == text { Ok(path) } else { Err(ParsePathError::Quoting) }
    }
}

text_serde!(RepoPath, "path, quoted as git does with core.quotePath=false", "^.+$");

/// The text git prints for these bytes with `core.quotePath=false`, save that bytes which are not
/// UTF-8 are always quoted.
pub fn quote(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.bytes().any(|byte| byte < 0x20 || byte == 0x7f || byte == b'"' || byte == b'\\')
    {
        return text.to_owned();
    }
    let keep_utf8 = std::str::from_utf8(bytes).is_ok();
    let mut out = vec![b'"'];
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', byte]),
            0x07..=0x0d => out.extend([b'\\', b"abtnvfr"[usize::from(byte - 7)]]),
            0x20..=0x7e => out.push(byte),
            0x80.. if keep_utf8 => out.push(byte),
            _ => out.extend(format!("\\{byte:03o}").bytes()),
        }
    }
    out.push(b'"');
    String::from_utf8_lossy(&out).into_owned()
}

/// The bytes of a C-quoted text, its opening quote already taken; `None` when it is malformed.
fn unquote(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.strip_suffix('"')?.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let escaped = bytes.next()?;
        match escaped {
            b'"' | b'\\' => out.push(escaped),
            b'0'..=b'3' => {
                let digit = |byte: u8| matches!(byte, b'0'..=b'7').then(|| byte - b'0');
                let (high, middle, low) = (digit(escaped)?, digit(bytes.next()?)?, digit(bytes.next()?)?);
                out.push(high << 6 | middle << 3 | low);
            }
            letter => out.push(7 + b"abtnvfr".iter().position(|known| *known == letter)? as u8),
        }
    }
    Some(out)
}

/// The text is no full name of a ref.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a full ref name such as refs/heads/main")]
pub struct ParseRefError(String);

/// The full name of a ref, such as `refs/heads/main`: well-formed as `git check-ref-format` says.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RefName(String);

impl RefName {
    /// The full name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without `refs/heads/` or `refs/tags/`, for messages.
    pub fn short(&self) -> &str {
        let name = self.0.as_str();
        name.strip_prefix("refs/heads/").or_else(|| name.strip_prefix("refs/tags/")).unwrap_or(name)
    }

    /// Whether the ref is a tag.
    pub fn is_tag(&self) -> bool {
        self.0.starts_with("refs/tags/")
    }
}

impl fmt::Display for RefName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RefName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RefName {
    type Err = ParseRefError;

    fn from_str(text: &str) -> Result<Self, ParseRefError> {
        let forbidden = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
        let component = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
        let fits = text.starts_with("refs/")
            && text.split('/').count() > 2
            && text.len() <= 1024
            && text.split('/').all(component)
            && !text.contains("..")
            && !text.contains("@{")
            && !text.ends_with('.')
            && !text.contains(forbidden);
        if fits { Ok(Self(text.to_owned())) } else { Err(ParseRefError(text.chars().take(80).collect())) }
    }
}

text_serde!(RefName, "full ref name", "^refs/[^/]+/.+$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_git_does() {
        for (bytes, text) in [
            (&b"docs/a.md"[..], "docs/a.md"),
            ("docs/\u{e9}.md".as_bytes(), "docs/\u{e9}.md"),
            (b"a b", "a b"),
            (b"a\nb", "\"a\\nb\""),
            (b"a\"b\\c", "\"a\\\"b\\\\c\""),
            (b"bad\xff", "\"bad\\377\""),
            (b"\x01", "\"\\001\""),
            (b"\x7f", "\"\\177\""),
        ] {
            let path = RepoPath::from_bytes(bytes).unwrap();
            assert_eq!(path.to_string(), text);
            assert_eq!(text.parse::<RepoPath>().unwrap(), path);
        }
    }

    #[test]
    fn refuses_paths_that_git_refuses_and_texts_with_two_spellings() {
        for text in [
            "",
            "/a",
            "a/",
            "a//b",
            "./a",
            "a/../b",
            ".git/config",
            "a/.GIT/b",
            "\"plain\"",
            "\"a\\q\"",
            "\"a\\3 7\"",
            "\"a\\38\"",
            "\"a\\377",
            "\"a",
            "a\"b",
        ] {
            assert!(text.parse::<RepoPath>().is_err(), "{text}");
        }
    }

    #[test]
    fn refuses_malformed_refs() {
        for text in [
            "main",
            "refs/heads",
            "refs/heads/",
            "refs/heads/a..b",
            "refs/heads/a b",
            "refs/heads/.a",
            "refs/heads/a.lock",
            "refs/notes/../heads/main",
        ] {
            assert!(text.parse::<RefName>().is_err(), "{text}");
        }
        assert_eq!("refs/heads/a/b".parse::<RefName>().unwrap().short(), "a/b");
    }
}
