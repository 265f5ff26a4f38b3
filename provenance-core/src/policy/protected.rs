//! The paths that are the policy, whatever it says: `.provenance` and everything in it, and every
//! name that some file system takes for it.

use super::FOLDER;
use crate::path::RepoPath;

/// Whether the path is `.provenance`, lies in it, or would be written there on a file system that
/// ignores case, ignorable characters, or dots and spaces at the end, or that has short names.
pub fn is_protected(path: &RepoPath) -> bool {
    let first = path.as_bytes().split(|byte| *byte == b'/' || *byte == b'\\').next().unwrap_or_default();
    let text = String::from_utf8_lossy(first);
    let visible: String = text.chars().filter(|c| !is_ignorable(*c)).flat_map(char::to_lowercase).collect();
    // NTFS: `name:stream` is a stream of the file, and a short name has six letters and a tilde.
    let name = visible.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
    name == FOLDER || is_short_name(name)
}

/// Characters that HFS+ and others leave out when they compare names.
fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn is_short_name(name: &str) -> bool {
    ["proven~", "prove~", "prov~", "pr~"].iter().any(|stem| {
        name.strip_prefix(stem).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    })
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
            ".provenance\\policy.toml",
        ] {
            assert!(protected(path), "{path:?}");
        }
    }

    #[test]
    fn leaves_other_paths_alone() {
        for path in
            ["provenance/x", "a/.provenance/x", ".provenance-notes", ".provenancex/a", "docs/.provenance", "proven~x"]
        {
            assert!(!protected(path), "{path:?}");
        }
    }
}
