//! Pages: what of a text matters to those who cannot see it.
//!
//! A scan for images without a text, by what Markdown (CommonMark) and HTML write. It reads what is
//! written and renders nothing: an image that a template or a script makes is not seen. Linear in the
//! text, whatever its bytes.

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

/// The images of a page that have no text: in Markdown `![](…)`, in HTML `<img>` without an `alt`. An
/// empty `alt` says that the image only decorates, and counts as said. Code in Markdown (fenced blocks
/// and spans between single backquotes on one line) is passed over.
pub fn images_without_text(page: &[u8], kind: Kind) -> usize {
    let mut count = 0;
    let mut fence: Option<&[u8]> = None;
    for line in page.split(|byte| *byte == b'\n') {
        let text = line.trim_ascii();
        if kind == Kind::Markdown {
            match fence {
                Some(open) if text.starts_with(open) => {
                    fence = None;
                    continue;
                }
                Some(_) => continue,
                None if text.starts_with(b"```") || text.starts_with(b"~~~") => {
                    fence = text.get(..3);
                    continue;
                }
                None => count += markdown_images(line),
            }
        }
    }
    count + html_images(page, kind)
}

fn markdown_images(line: &[u8]) -> usize {
    let mut count = 0;
    let mut in_code = false;
    for at in 0..line.len() {
        in_code ^= line[at] == b'`';
        let escaped = at > 0 && line[at - 1] == b'\\';
        if !in_code && !escaped && line[at..].starts_with(b"![") {
            let text = line[at + 2..].iter().take_while(|byte| **byte != b']');
            let rest = &line[at + 2 + text.clone().count()..];
            let blank = text.clone().all(u8::is_ascii_whitespace);
            count += usize::from(blank && rest.starts_with(b"]("));
        }
    }
    count
}

/// Tags outside of fenced blocks; a tag may go over several lines.
fn html_images(page: &[u8], kind: Kind) -> usize {
    let lower = page.to_ascii_lowercase();
    let mut fenced = Fences::of(&lower, kind);
    let mut count = 0;
    let mut from = 0;
    while let Some(at) = find(&lower[from..], b"<img").map(|at| from + at) {
        let end = lower[at..].iter().position(|byte| *byte == b'>').map_or(lower.len(), |end| at + end);
        let tag = &lower[at + 4..end];
        let is_tag = tag.first().is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'/');
        count += usize::from(is_tag && !fenced.cover(at) && !has_alt(tag));
        from = end.max(at + 4);
    }
    count
}

/// Whether a tag has an `alt` attribute: the word at the start of an attribute, outside of quotes.
fn has_alt(tag: &[u8]) -> bool {
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in tag.iter().enumerate() {
        match quote {
            Some(open) if open == *byte => quote = None,
            Some(_) => {}
            None if *byte == b'"' || *byte == b'\'' => quote = Some(*byte),
            None if (before.is_ascii_whitespace() || before == b'"' || before == b'\'')
                && tag[at..].starts_with(b"alt") =>
            {
                let next = tag.get(at + 3).copied().unwrap_or(b' ');
                if next == b'=' || next == b'/' || next.is_ascii_whitespace() {
                    return true;
                }
            }
            None => {}
        }
        before = *byte;
    }
    false
}

/// The fenced blocks of Markdown, asked about from front to back.
struct Fences {
    blocks: Vec<(usize, usize)>,
    next: usize,
}

impl Fences {
    fn of(page: &[u8], kind: Kind) -> Self {
        let mut blocks = Vec::new();
        let (mut open, mut at): (Option<(usize, &[u8])>, usize) = (None, 0);
        for line in page.split(|byte| *byte == b'\n').filter(|_| kind == Kind::Markdown) {
            let text = line.trim_ascii();
            let mark = [b"```".as_slice(), b"~~~"].into_iter().find(|mark| text.starts_with(mark));
            match (open, mark) {
                (None, Some(mark)) => open = Some((at, mark)),
                (Some((start, mark)), Some(found)) if mark == found => {
                    blocks.push((start, at));
                    open = None;
                }
                _ => {}
            }
            at += line.len() + 1;
        }
        blocks.extend(open.map(|(start, _)| (start, usize::MAX)));
        Self { blocks, next: 0 }
    }

    fn cover(&mut self, at: usize) -> bool {
        while self.blocks.get(self.next).is_some_and(|(_, end)| *end < at) {
            self.next += 1;
        }
        self.blocks.get(self.next).is_some_and(|(start, _)| *start <= at)
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_images_without_a_text_and_no_others() {
        for (page, expected) in [
            ("![](a.png)", 1),
            ("![ ](a.png) and ![a bell](b.png)", 1),
            ("![a bell](a.png)", 0),
            ("`![](a.png)` and \\![](b.png)", 0),
            ("```\n![](a.png)\n<img src=x>\n```\n", 0),
            ("<img src=\"a.png\">", 1),
            ("<IMG\n  src='a alt=b.png'\n>", 1),
            ("<img src=a.png alt=\"\"> <img alt='a bell' src=b>", 0),
            ("<img src=\"a.png\"alt=\"x\">", 0),
            ("<image x> <imgs>", 0),
            ("![][ref] ![", 0),
            ("<img", 1),
        ] {
            assert_eq!(images_without_text(page.as_bytes(), Kind::Markdown), expected, "{page}");
        }
        assert_eq!(images_without_text(b"![](a.png) <img src=x>", Kind::Html), 1);
    }

    #[test]
    fn hostile_pages_take_linear_time() {
        let page = "![".repeat(1 << 19) + &"<img ".repeat(1 << 17);
        assert!(images_without_text(page.as_bytes(), Kind::Html) >= 1);
    }
}
