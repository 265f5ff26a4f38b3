//! Images without a text, by what Markdown (CommonMark) and HTML write.

use super::{Kind, text_of, without_fences};
use crate::markup;

/// The images of a page that have no text: in Markdown `![](…)`, in HTML `<img>` without an `alt`. An
/// empty `alt` says that the image only decorates, and counts as said. Code in Markdown (fenced blocks
/// and spans between single backquotes on one line) is passed over.
pub fn images_without_text(page: &[u8], kind: Kind) -> usize {
    let page = without_fences(&text_of(page), kind);
    let markdown = match kind {
        Kind::Markdown => page.lines().map(|line| markdown_images(line.as_bytes())).sum(),
        Kind::Html => 0,
    };
    markdown + html_images(&page)
}

fn markdown_images(line: &[u8]) -> usize {
    let mut count = 0;
    let mut in_code = false;
    for at in 0..line.len() {
        in_code ^= line[at] == b'`';
        let escaped = at > 0 && line[at - 1] == b'\\';
        if !in_code && !escaped && line[at..].starts_with(b"![") {
            count += usize::from(line[at + 2..].trim_ascii_start().starts_with(b"]("));
        }
    }
    count
}

/// A tag may go over several lines.
fn html_images(page: &str) -> usize {
    let mut count = 0;
    let mut rest = page;
    while let Some(tag) = rest.find('<').map(|at| &rest[at..]) {
        rest = &tag[1..];
        if tag.as_bytes().get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case(b"<img"))
            && let Some((tag, behind)) = markup::opening(tag)
        {
            let has_alt = tag.attributes.iter().any(|(name, _)| name.eq_ignore_ascii_case("alt"));
            count += usize::from(tag.name.eq_ignore_ascii_case("img") && !has_alt);
            rest = behind;
        }
    }
    count
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
            ("<img title='a > b' alt='a bell' src=a.png>", 0),
            ("<img title='a > b' src=a.png>", 1),
        ] {
            assert_eq!(images_without_text(page.as_bytes(), Kind::Markdown), expected, "{page}");
        }
        assert_eq!(images_without_text(b"![](a.png) <img src=x>", Kind::Html), 1);
        let utf_16: Vec<u8> = "\u{feff}<img src=x> <img alt=''>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(images_without_text(&utf_16, Kind::Html), 1);
    }

    #[test]
    fn hostile_pages_take_linear_time() {
        for page in ["![".repeat(1 << 19) + &"<img ".repeat(1 << 17), "![ ".repeat(1 << 19) + "](a)"] {
            for kind in [Kind::Markdown, Kind::Html] {
                assert!(images_without_text(page.as_bytes(), kind) <= 1 << 17);
            }
        }
    }
}
