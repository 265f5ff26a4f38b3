//! Images without a text, by what Markdown (CommonMark) and HTML write.

use super::{Kind, find, without_fences};

/// The images of a page that have no text: in Markdown `![](…)`, in HTML `<img>` without an `alt`. An
/// empty `alt` says that the image only decorates, and counts as said. Code in Markdown (fenced blocks
/// and spans between single backquotes on one line) is passed over.
pub fn images_without_text(page: &[u8], kind: Kind) -> usize {
    let page = without_fences(page, kind);
    let markdown = match kind {
        Kind::Markdown => page.split(|byte| *byte == b'\n').map(markdown_images).sum(),
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
fn html_images(page: &[u8]) -> usize {
    let lower = page.to_ascii_lowercase();
    let mut count = 0;
    let mut from = 0;
    while let Some(at) = find(&lower[from..], b"<img").map(|at| from + at) {
        let end = at + super::tag_length(&lower[at..]);
        let tag = lower[at + 4..end].strip_suffix(b">").unwrap_or(&lower[at + 4..end]);
        let is_tag = tag.first().is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'/');
        count += usize::from(is_tag && !has_alt(tag));
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
