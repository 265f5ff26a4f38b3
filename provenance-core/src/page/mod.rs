//! Pages: what of a text matters to those who cannot see it, and which media it shows.
//!
//! Everything here reads what is written and renders nothing: what a template or a script makes is
//! not seen. Linear in the text, whatever its bytes.

mod alt;
mod media;

pub use alt::images_without_text;
pub use media::{files_named, says};

use crate::path::RepoPath;

/// How a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Markdown, with HTML in it.
    Markdown,
    /// HTML.
    Html,
}

/// How the page at a path is written, by its name; none where it is no page.
pub fn kind_of(path: &RepoPath) -> Option<Kind> {
    let name = path.as_bytes().to_ascii_lowercase();
    let has = |ending: &str| name.ends_with(ending.as_bytes());
    if [".md", ".markdown", ".mdx"].into_iter().any(has) {
        Some(Kind::Markdown)
    } else if [".html", ".htm", ".xhtml"].into_iter().any(has) {
        Some(Kind::Html)
    } else {
        None
    }
}

/// A page with the bytes of Markdown's fenced blocks, which are shown as code, made blanks.
fn without_fences(page: &[u8], kind: Kind) -> Vec<u8> {
    let mut text = page.to_vec();
    if kind == Kind::Html {
        return text;
    }
    let mut open: Option<&[u8]> = None;
    for line in text.split_mut(|byte| *byte == b'\n') {
        let trimmed = line.trim_ascii();
        let mark = [b"```".as_slice(), b"~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        let inside = open.is_some();
        match (open, mark) {
            (None, Some(mark)) => open = Some(mark),
            (Some(opened), Some(mark)) if opened == mark => open = None,
            _ => {}
        }
        if inside || open.is_some() {
            line.fill(b' ');
        }
    }
    text
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
