//! What readers of a page see it say.

use super::{Kind, text_of, without_fences};
use crate::markup;

/// Elements whose content browsers take for no markup, or do not show.
const UNSEEN: [&str; 8] = ["script", "style", "template", "title", "noscript", "iframe", "noembed", "noframes"];

/// Whether a reader of the page sees one of these texts, case and white space aside: outside of comments,
/// tags, front matter, fenced code, and of what Markdown's images and links say beside their text.
pub fn says(page: &[u8], kind: Kind, labels: &[String]) -> bool {
    let text = folded(&visible(&text_of(page), kind));
    labels.iter().any(|label| text.contains(&folded(label)))
}

fn visible(page: &str, kind: Kind) -> String {
    let text = without_fences(without_front_matter(page), kind);
    let mut rest = text.as_str();
    let mut seen = String::with_capacity(rest.len());
    // What is left of the text once the definition of a link that was come to is over.
    let mut muted = rest.len();
    let mut begins_line = true;
    while let Some(first) = rest.chars().next() {
        if begins_line && kind == Kind::Markdown && is_definition(rest) {
            muted = after(rest, "\n").len();
        }
        begins_line = first == '\n';
        match hidden(rest, kind) {
            Some(next) => rest = next,
            None => {
                seen.extend((rest.len() <= muted || begins_line).then_some(first));
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    seen
}

/// What follows that of which readers see nothing, where it begins here.
fn hidden(rest: &str, kind: Kind) -> Option<&str> {
    if rest.starts_with("<!--") {
        Some(after(rest, "-->"))
    } else if rest.starts_with('<') && rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) {
        Some(after_element(rest))
    } else if kind == Kind::Markdown && rest.starts_with("![") {
        Some(from_closing(&rest[1..], b'[', b']'))
    } else if kind == Kind::Markdown && rest.starts_with("](") {
        Some(from_closing(&rest[1..], b'(', b')'))
    } else {
        None
    }
}

/// Whether a line defines where links lead, as `[name]: address "title"`; a footnote is seen.
fn is_definition(line: &str) -> bool {
    let line = line.split('\n').next().unwrap_or_default().trim_ascii_start();
    let name = line.find(']').map(|end| line.split_at(end));
    name.is_some_and(|(name, rest)| name.starts_with('[') && !name.starts_with("[^") && rest.starts_with("]:"))
}

/// What follows a tag; of scripts, styles and templates what follows their end.
fn after_element(text: &str) -> &str {
    let Some((tag, rest)) = markup::opening(text) else { return "" };
    match UNSEEN.iter().find(|name| tag.name.eq_ignore_ascii_case(name)) {
        Some(name) => markup::opening(markup::closed(rest, name)).map_or("", |(_, rest)| rest),
        None => rest,
    }
}

/// From the bracket that closes the first one on, or from where the paragraph ends. A quoted title, or an address
/// between `<` and `>`, may have brackets of its own.
fn from_closing(text: &str, open: u8, close: u8) -> &str {
    let (mut depth, mut quote, mut before) = (0usize, None, b' ');
    for (at, byte) in text.bytes().enumerate() {
        let paragraph_ends = byte == b'\n' && text[at + 1..].trim_start_matches([' ', '\t', '\r']).starts_with('\n');
        if paragraph_ends {
            return &text[at..];
        }
        let escaped = before == b'\\';
        match quote {
            _ if escaped => {}
            Some(end) if end == byte => quote = None,
            Some(_) => {}
            None if open == b'(' && b"\"'<".contains(&byte) && (before == open || before.is_ascii_whitespace()) => {
                quote = Some(if byte == b'<' { b'>' } else { byte });
            }
            None if byte == open => depth += 1,
            None if byte == close && depth <= 1 => return &text[at..],
            None if byte == close => depth -= 1,
            None => {}
        }
        before = if escaped { b' ' } else { byte };
    }
    ""
}

/// Front matter begins with the first line.
fn without_front_matter(text: &str) -> &str {
    let fence = text.lines().next().unwrap_or_default().trim_ascii_end();
    if fence != "---" && fence != "+++" {
        return text;
    }
    let mut lines = text.split_inclusive('\n').skip(1);
    lines.find(|line| line.trim_ascii_end() == fence);
    &text[text.len() - lines.map(str::len).sum::<usize>()..]
}

/// What follows an ending; nothing where it does not come.
fn after<'t>(text: &'t str, ending: &str) -> &'t str {
    text.split_once(ending).map_or("", |(_, after)| after)
}

fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_what_readers_see() {
        let labels = ["AI-generated image".to_owned()];
        let shown = |page: &str| says(page.as_bytes(), Kind::Markdown, &labels);
        for page in [
            "*ai-generated\n image*",
            "<figcaption>AI-generated image of a bell</figcaption>",
            "a < b, AI-generated image",
            "[AI-generated image](a.md)",
            "[^1]: AI-generated image",
            "a[1] (AI-generated image)",
            "[](\n\nAI-generated image",
            "---\r\nnote: x\r\n---\r\nAI-generated image",
            "---\na: b\n---x\n---\nAI-generated image",
            "<script>x</scripts></SCRIPT >AI-generated image",
            "<img alt='\">' src=a.png>AI-generated image",
            "\u{feff}AI-generated image",
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
            "<img alt='a > b, AI-generated image' src=a.png>",
            "<img alt=\"> AI-generated image\" src=a.png>",
            "<a =\"><img alt=\"> AI-generated image",
            "![a [bell], AI-generated image](a.png)",
            "![a bell](a.png \"AI-generated image\")",
            "[a bell](a.md 'an :) AI-generated image')",
            "[a bell](<a) AI-generated image>)",
            "[//]: # (AI-generated image)",
            "text\n  [a]: b.png \"AI-generated image\"\n",
            "---\r\nnote: AI-generated image\r\n---\r\ntext",
            "\u{feff}---\nnote: AI-generated image\n---\ntext",
            "---\na: |\n---x: AI-generated image\n---\ntext",
            "<script>'</scripts> AI-generated image'</script>",
            "<iframe>AI-generated image</iframe>",
        ] {
            assert!(!shown(page), "{page}");
        }
        assert!(says(b"![AI-generated image]", Kind::Html, &labels));
    }

    #[test]
    fn hostile_pages_take_linear_time() {
        let pieces = [
            "![",
            "](",
            "[a](\n",
            "<a",
            "<a =\"",
            "<!--",
            "<script>",
            "<script></scripts",
            "```\n",
            "---\n",
            "[a]:",
            "\n ",
        ];
        for piece in pieces {
            let page = piece.repeat((1 << 20) / piece.len());
            for kind in [Kind::Markdown, Kind::Html] {
                let _ = says(page.as_bytes(), kind, &["x".to_owned()]);
            }
        }
    }
}
