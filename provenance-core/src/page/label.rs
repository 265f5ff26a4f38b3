//! What readers of a page see it say.

use super::{Kind, decoded_text, find, tag_length, without_fences};

/// Whether a reader of the page sees one of these texts, case and white space aside: outside of comments,
/// tags, front matter, fenced code, and of what Markdown's images and links say beside their text.
pub fn says(page: &[u8], kind: Kind, labels: &[String]) -> bool {
    let text = folded(&visible(&decoded_text(page), kind));
    labels.iter().any(|label| text.contains(&folded(label.as_bytes())))
}

fn visible(page: &[u8], kind: Kind) -> Vec<u8> {
    let text = without_fences(without_front_matter(page), kind);
    let mut rest = &text[..];
    let mut seen = Vec::with_capacity(rest.len());
    // What is left of the text once the definition of a link that was come to is over.
    let mut muted = rest.len();
    let mut begins_line = true;
    while let Some(first) = rest.first() {
        if begins_line && kind == Kind::Markdown && is_definition(rest) {
            muted = after(rest, b"\n").len();
        }
        begins_line = *first == b'\n';
        match hidden(rest, kind) {
            Some(next) => rest = next,
            None => {
                seen.extend((rest.len() <= muted || begins_line).then_some(*first));
                rest = &rest[1..];
            }
        }
    }
    seen
}

/// What follows that of which readers see nothing, where it begins here.
fn hidden(rest: &[u8], kind: Kind) -> Option<&[u8]> {
    let opens = |byte: &u8| byte.is_ascii_alphabetic() || b"/!?".contains(byte);
    if rest.starts_with(b"<!--") {
        Some(after(rest, b"-->"))
    } else if rest.starts_with(b"<") && rest.get(1).is_some_and(opens) {
        Some(after_element(rest))
    } else if kind == Kind::Markdown && rest.starts_with(b"![") {
        Some(from_closing(&rest[1..], b'[', b']'))
    } else if kind == Kind::Markdown && rest.starts_with(b"](") {
        Some(from_closing(&rest[1..], b'(', b')'))
    } else {
        None
    }
}

/// Whether a line defines where links lead, as `[name]: address "title"`; a footnote is seen.
fn is_definition(line: &[u8]) -> bool {
    let line = line.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_start();
    let name = find(line, b"]").map(|end| line.split_at(end));
    name.is_some_and(|(name, rest)| name.starts_with(b"[") && !name.starts_with(b"[^") && rest.starts_with(b"]:"))
}

/// What follows a tag; of scripts, styles and templates what follows their end.
fn after_element(text: &[u8]) -> &[u8] {
    let name: Vec<u8> =
        text[1..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    let rest = &text[tag_length(text)..];
    match name.as_slice() {
        b"script" | b"style" | b"template" | b"title" | b"noscript" | b"iframe" | b"noembed" | b"noframes" => {
            let end = [b"</".as_slice(), &name].concat();
            let ends = |at: usize| rest.get(at + end.len()).is_some_and(|it| b" \t\r\n\x0c/>".contains(it));
            let mut places = rest.windows(end.len()).enumerate().filter(|(_, it)| it.eq_ignore_ascii_case(&end));
            places.find(|(at, _)| ends(*at)).map_or(&[], |(at, _)| &rest[at + tag_length(&rest[at..])..])
        }
        _ => rest,
    }
}

/// From the bracket that closes the first one on, or from where the paragraph ends. A quoted title, or an address
/// between `<` and `>`, may have brackets of its own.
fn from_closing(text: &[u8], open: u8, close: u8) -> &[u8] {
    let (mut depth, mut quote, mut before) = (0usize, None, b' ');
    for (at, byte) in text.iter().copied().enumerate() {
        let paragraph_ends =
            byte == b'\n' && after(&text[at..], b"\n").iter().find(|it| !b" \t\r".contains(it)) == Some(&b'\n');
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
    &[]
}

/// Front matter begins with the first line.
fn without_front_matter(text: &[u8]) -> &[u8] {
    let line = |text: &[u8]| text.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end().to_vec();
    let fence = line(text);
    if fence != b"---" && fence != b"+++" {
        return text;
    }
    let mut rest = after(text, b"\n");
    while !rest.is_empty() {
        let is_end = line(rest) == fence;
        rest = after(rest, b"\n");
        if is_end {
            break;
        }
    }
    rest
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
