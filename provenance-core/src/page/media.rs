//! Which files a page names, and what a reader sees it say.

use std::collections::BTreeSet;

use super::{Kind, find, without_fences};
use crate::path::RepoPath;

/// What ends a name in Markdown, HTML, front matter and template calls; white space does, too.
const DELIMITERS: &[u8] = b"\"'`()<>[]{}=,|\n\r";

/// The paths that a page may name: everything in it that has the form of a file's name, taken as
/// relative to the page, and where it begins with `/`, as below the root or one of these folders.
///
/// It asks for no syntax, so it finds what templates, front matter and HTML name as well as Markdown's
/// images. A name may be percent-encoded and have a query; addresses of other sites are none.
pub fn files_named(page: &[u8], at: &RepoPath, roots: &[RepoPath]) -> BTreeSet<RepoPath> {
    let folder = at.as_bytes().rsplit(|byte| *byte == b'/').skip(1).collect::<Vec<_>>();
    let folder: Vec<&[u8]> = folder.into_iter().rev().collect();
    let mut found = BTreeSet::new();
    for part in page.split(|byte| DELIMITERS.contains(byte)) {
        let words = part.split(u8::is_ascii_whitespace);
        for name in std::iter::once(part.trim_ascii()).chain(words).filter(|name| is_file_name(name)) {
            let name = decoded(name);
            match name.strip_prefix(b"/") {
                Some(name) => {
                    found.extend(resolved(&[], name));
                    let below =
                        roots.iter().map(|root| root.as_bytes().split(|byte| *byte == b'/').collect::<Vec<_>>());
                    found.extend(below.filter_map(|root| resolved(&root, name)));
                }
                None => found.extend(resolved(&folder, &name)),
            }
        }
    }
    found
}

/// Whether it has an ending, and is no address of another site.
fn is_file_name(name: &[u8]) -> bool {
    let last = name.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let dot = last.iter().position(|byte| *byte == b'.');
    let has_ending = dot.is_some_and(|dot| last.get(dot + 1).is_some_and(u8::is_ascii_alphanumeric));
    has_ending && name.len() <= 4096 && !name.starts_with(b"//") && find(name, b"://").is_none()
}

/// Without query and fragment, percent-encoding undone.
fn decoded(name: &[u8]) -> Vec<u8> {
    let end = name.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(name.len());
    let mut bytes = Vec::with_capacity(end);
    let mut rest = &name[..end];
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).filter(|hex| *first == b'%' && hex.iter().all(u8::is_ascii_hexdigit));
        match hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()) {
            Some(byte) => (bytes.push(byte), rest = &tail[2..]).1,
            None => (bytes.push(*first), rest = tail).1,
        }
    }
    bytes
}

/// A name below a folder, `.` and `..` followed; none where it leads out of the repository.
fn resolved(folder: &[&[u8]], name: &[u8]) -> Option<RepoPath> {
    let mut parts = folder.to_vec();
    for part in name.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    RepoPath::from_bytes(parts.join(&b'/')).ok()
}

/// Whether a reader of the page sees one of these texts, case and white space aside: outside of comments,
/// tags, front matter, fenced code and the alt texts of Markdown's images.
pub fn says(page: &[u8], kind: Kind, labels: &[String]) -> bool {
    let text = folded(&visible(page, kind));
    labels.iter().any(|label| text.contains(&folded(label.as_bytes())))
}

fn visible(page: &[u8], kind: Kind) -> Vec<u8> {
    let text = without_fences(page, kind);
    let mut rest = without_front_matter(&text);
    let mut seen = Vec::with_capacity(rest.len());
    while let Some(first) = rest.first() {
        let hidden = if rest.starts_with(b"<!--") {
            Some(after(rest, b"-->"))
        } else if rest.starts_with(b"<")
            && rest.get(1).is_some_and(|byte| byte.is_ascii_alphabetic() || b"/!?".contains(byte))
        {
            Some(after_tag(rest))
        } else if kind == Kind::Markdown && rest.starts_with(b"![") {
            Some(after(rest, b"]"))
        } else {
            None
        };
        match hidden {
            Some(next) => rest = next,
            None => (seen.push(*first), rest = &rest[1..]).1,
        }
    }
    seen
}

/// What follows a tag; of scripts, styles and templates what follows their end.
fn after_tag(text: &[u8]) -> &[u8] {
    let name: Vec<u8> =
        text[1..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    let rest = after(text, b">");
    match name.as_slice() {
        b"script" | b"style" | b"template" | b"title" | b"noscript" => {
            let end = [b"</".as_slice(), &name].concat();
            let at = rest.windows(end.len()).position(|window| window.eq_ignore_ascii_case(&end));
            at.map_or(&[], |at| after(&rest[at..], b">"))
        }
        _ => rest,
    }
}

fn without_front_matter(text: &[u8]) -> &[u8] {
    for fence in [b"---\n".as_slice(), b"+++\n"] {
        if let Some(rest) = text.strip_prefix(fence) {
            let end = [b"\n".as_slice(), &fence[..3]].concat();
            return find(rest, &end).map_or(&[], |at| &rest[at + end.len()..]);
        }
    }
    text
}

/// What follows an ending; nothing where it does not come.
fn after<'t>(text: &'t [u8], ending: &[u8]) -> &'t [u8] {
    find(text, ending).map_or(&[], |at| &text[at + ending.len()..])
}

fn folded(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text).to_lowercase();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(page: &str) -> Vec<String> {
        let roots = ["static".parse().unwrap()];
        files_named(page.as_bytes(), &"content/news/a.md".parse().unwrap(), &roots)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn finds_the_files_that_a_page_names() {
        for (page, expected) in [
            ("![a](b.png)", &["content/news/b.png"][..]),
            ("![a](<../my pic.png> \"t\")", &["content/my pic.png", "content/news/pic.png"]),
            ("<img src=x%20y.webp?v=1 alt=''>", &["content/news/x y.webp"]),
            ("image: /img/a.jpg", &["img/a.jpg", "static/img/a.jpg"]),
            ("{{< figure src=\"./a.svg\" >}}", &["content/news/a.svg"]),
            ("(../../../out.mp4)", &[]),
            ("https://example.com/a.png //cdn/a.png an end. e.g. 3.", &[]),
        ] {
            let found = named(page);
            assert!(expected.iter().all(|path| found.contains(&(*path).to_owned())), "{page}: {found:?}");
            assert!(
                !expected.is_empty() || found.iter().all(|path| !path.contains("png") && !path.contains("mp4")),
                "{found:?}"
            );
        }
    }

    #[test]
    fn a_label_is_what_readers_see() {
        let labels = ["AI-generated image".to_owned()];
        let shown = |page: &str| says(page.as_bytes(), Kind::Markdown, &labels);
        for page in [
            "*ai-generated\n image*",
            "<figcaption>AI-generated image of a bell</figcaption>",
            "a < b, AI-generated image",
        ] {
            assert!(shown(page), "{page}");
        }
        for page in [
            "an image",
            "<!-- AI-generated image -->",
            "<!-- AI-generated image",
            "<img alt='AI-generated image' src=a.png>",
            "![AI-generated image](a.png)",
            "---\nnote: AI-generated image\n---\ntext",
            "```\nAI-generated image\n```",
            "<style>.AI-generated image</style>",
        ] {
            assert!(!shown(page), "{page}");
        }
        assert!(says(b"![AI-generated image]", Kind::Html, &labels));
    }

    #[test]
    fn hostile_pages_take_linear_time() {
        for piece in ["![", "<a", "<!--", "<script>", "%2", "a.b/", "../", "```\n"] {
            let page = piece.repeat((1 << 20) / piece.len());
            let _ = says(page.as_bytes(), Kind::Markdown, &["x".to_owned()]);
            let _ = files_named(page.as_bytes(), &"a.md".parse().unwrap(), &[]);
        }
    }
}
