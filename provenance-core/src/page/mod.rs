//! Pages: what of a text matters to those who cannot see it, and which media it shows.
//!
//! Everything here reads what is written and renders nothing: what a template or a script makes is
//! not seen. Linear in the text, whatever its bytes.

mod alt;
mod label;
mod media;

pub use alt::images_without_text;
pub use label::says;
pub use media::files_named;

use std::borrow::Cow;

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

/// A page as text, with a replacement where it is none.
fn text_of(page: &[u8]) -> String {
    String::from_utf8_lossy(&decoded_text(page)).into_owned()
}

/// The text without Markdown's fenced blocks, which are shown as code.
fn without_fences(text: &str, kind: Kind) -> String {
    if kind == Kind::Html {
        return text.to_owned();
    }
    let mut open: Option<&str> = None;
    let mut kept = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_ascii();
        let mark = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        let inside = open.is_some();
        match (open, mark) {
            (None, Some(mark)) => open = Some(mark),
            (Some(opened), Some(mark)) if opened == mark => open = None,
            _ => {}
        }
        kept.push_str(if inside || open.is_some() { "\n" } else { line });
    }
    kept
}

/// A page as UTF-8: where it begins with a mark that says that it is UTF-16, browsers read it so.
fn decoded_text(page: &[u8]) -> Cow<'_, [u8]> {
    let units = |one: fn([u8; 2]) -> u16| page[2..].chunks_exact(2).map(move |pair| one([pair[0], pair[1]]));
    let decoded: Vec<u16> = match page {
        [0xfe, 0xff, ..] => units(u16::from_be_bytes).collect(),
        [0xff, 0xfe, ..] => units(u16::from_le_bytes).collect(),
        _ => return Cow::Borrowed(page.strip_prefix(b"\xef\xbb\xbf").unwrap_or(page)),
    };
    Cow::Owned(String::from_utf16_lossy(&decoded).into_bytes())
}
