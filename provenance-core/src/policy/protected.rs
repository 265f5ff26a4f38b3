//! The paths that are the policy, whatever it says: `.provenance` and everything in it, and every
//! name that some file system takes for it.

use super::FOLDER;
use crate::path::RepoPath;

/// Whether the path is `.provenance`, lies in it, or would be written there on a file system that
/// ignores case, ignorable characters, or dots and spaces at the end, or that has short names.
pub fn is_protected(path: &RepoPath) -> bool {
    let mut parts: Vec<&[u8]> = Vec::new();
    // Between backslashes there may be what no component of a path is.
    for part in path.as_bytes().split(|byte| *byte == b'/' || *byte == b'\\') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let text = String::from_utf8_lossy(parts.first().copied().unwrap_or_default());
    let visible: String = text.chars().filter(|c| !is_ignorable(*c)).flat_map(char::to_lowercase).collect();
    // NTFS: `name:stream` is a stream of the file, and a short name has six letters and a tilde.
    let name = visible.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
    name == FOLDER || is_short_name(name)
}

/// Characters that HFS+ and others leave out when they compare names.
fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// `PROVEN~1`, or where several names begin so, two letters and four digits of a hash: `PR1A2B~1`.
fn is_short_name(name: &str) -> bool {
    let Some((stem, number)) = name.split_once('~') else { return false };
    let hashed = |stem: &str| {
        stem.strip_prefix("pr").is_some_and(|hash| hash.len() == 4 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let short = (stem.len() >= 2 && "provenance".starts_with(stem)) || hashed(stem);
    short && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn protected(path: &str) -> bool {
        is_protected(&RepoPath::from_bytes(path).unwrap())
    }

    #[test]
    fn protects_the_folder_and_what_looks_like_it() {
        for path in [
            ".provenance/policy.toml",
            ".provenance",
            ".Provenance/x",
            ".PROVENANCE/policy.toml",
            ".prove\u{200c}nance/policy.toml",
            ".provenance./x",
            ".provenance /x",
            ".provenance::$INDEX_ALLOCATION/x",
            "PROVEN~1/policy.toml",
            "PR1A2B~1/policy.toml",
            ".provenance\\policy.toml",
            "\\.provenance\\policy.toml",
            ".\\.provenance/policy.toml",
            "a\\..\\.provenance\\policy.toml",
        ] {
            assert!(protected(path), "{path:?}");
        }
    }

    #[test]
    fn leaves_other_paths_alone() {
        for path in [
            "provenance/x",
            "a/.provenance/x",
            "a\\.provenance\\x",
            ".provenance-notes",
            ".provenancex/a",
            "docs/.provenance",
            "proven~x",
        ] {
            assert!(!protected(path), "{path:?}");
        }
    }
}
