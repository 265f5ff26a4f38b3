//! What readers of a page see it say.

use super::{Kind, text_of, without_fences};
use crate::markup;

/// Elements whose content browsers take for no markup, and do not show.
const UNSEEN: [&str; 7] = ["script", "style", "title", "noscript", "iframe", "noembed", "noframes"];
/// Elements whose content is markup that browsers show in their place only where they cannot show them, or never.
const REPLACED: [&str; 6] = ["template", "video", "audio", "canvas", "object", "datalist"];

/// Whether a reader of the page sees one of these texts, case and white space aside: outside of comments,
/// tags, front matter, fenced code, and of what Markdown's images and links say beside their text.
pub fn says(page: &[u8], kind: Kind, labels: &[String]) -> bool {
    // Markdown has three kinds of line breaks.
    let page = text_of(page).replace("\r\n", "\n").replace('\r', "\n");
    let body = without_front_matter(&page);
    let fenceless = without_fences(body, kind);
    // What looks like a fence may be none, in HTML for one: a comment that begins between two such lines hides what follows.
    let views = std::iter::once(&*fenceless).chain((fenceless != body).then_some(body));
    let seen: Vec<String> = views.map(|text| folded(&visible(text, kind))).collect();
    labels.iter().map(String::as_str).map(folded).any(|label| seen.iter().all(|text| text.contains(&label)))
}

fn visible(text: &str, kind: Kind) -> String {
    let mut rest = text;
    let mut seen = String::with_capacity(rest.len());
    // What is left of the text once the definition of a link that was come to is over.
    let mut muted = rest.len();
    let mut begins_line = true;
    while let Some(first) = rest.chars().next() {
        if begins_line && kind == Kind::Markdown && rest.len() <= muted {
            muted = after_definition(rest).map_or(muted, str::len);
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
    } else if kind == Kind::Markdown && rest.starts_with("][") {
        Some(from_closing(&rest[1..], b'[', b']'))
    } else if kind == Kind::Markdown && rest.starts_with("{/*") {
        Some(after(rest, "*/}"))
    } else {
        None
    }
}

/// What follows the definition of where links lead, as `[name]: address "title"`, if one begins with this line: in a list or quoted or
/// not, its parts on one line or each on its own. A footnote is seen.
fn after_definition(text: &str) -> Option<&str> {
    let is_marker = |c: char| c.is_ascii_whitespace() || c.is_ascii_digit() || "->*+.)".contains(c);
    let line = text.split('\n').next().unwrap_or_default();
    let name = &text[line.find(|c| !is_marker(c))?..];
    let inside = name.strip_prefix('[').filter(|inside| !inside.starts_with('^'))?;
    let end = closing(inside, Some('['), ']')?;
    let address = after_blank(inside[end..].strip_prefix("]:")?);
    let behind = match address.strip_prefix('<') {
        Some(address) => after(address, ">"),
        None => &address[address.find(|c: char| c.is_ascii_whitespace()).unwrap_or(address.len())..],
    };
    let title = after_blank(behind);
    let (opening, ending) = match title.chars().next() {
        Some('(') => (Some('('), ')'),
        Some(quote @ ('"' | '\'')) => (None, quote),
        _ => return Some(after(address, "\n")),
    };
    let Some(end) = closing(&title[1..], opening, ending) else { return Some(after(title, "\n\n")) };
    let rest = &title[1 + end + 1..];
    let is_last = rest.split('\n').next().is_some_and(|line| line.trim_ascii().is_empty());
    Some(after(if is_last { rest } else { address }, "\n"))
}

/// Where this ending stands, with no backslash before it nor another opening, within what a name or a title may have of text.
fn closing(text: &str, opening: Option<char>, ending: char) -> Option<usize> {
    let mut before = ' ';
    for (at, c) in text.char_indices().take(4096) {
        if before != '\\' && (c == ending || Some(c) == opening) {
            return (c == ending).then_some(at);
        }
        before = if before == '\\' { ' ' } else { c };
    }
    None
}

/// What follows blanks and at most one line break, behind which the text may go on in a quotation.
fn after_blank(text: &str) -> &str {
    let text = text.trim_start_matches([' ', '\t']);
    text.strip_prefix('\n').map_or(text, |next| next.trim_start_matches([' ', '\t', '>']))
}

/// What follows a tag; of scripts, templates, videos and the like what follows their end.
fn after_element(text: &str) -> &str {
    let Some((tag, rest)) = markup::opening(text) else { return "" };
    let is = |name: &&&str| tag.name.eq_ignore_ascii_case(name);
    match (UNSEEN.iter().find(is), REPLACED.iter().find(is)) {
        (Some(name), _) => markup::opening(markup::closed(rest, name)).map_or("", |(_, rest)| rest),
        (_, Some(name)) => after_replaced(rest, name),
        _ => rest,
    }
}

/// What follows the end of an element that may hold others of its name, and comments and scripts in which no tag counts.
fn after_replaced<'t>(mut rest: &'t str, name: &str) -> &'t str {
    let mut depth = 1usize;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let closes = rest.starts_with("</");
        let is_tag = rest[1 + usize::from(closes)..].starts_with(|c: char| c.is_ascii_alphabetic());
        if rest.starts_with("<!--") {
            rest = after(rest, "-->");
        } else if let Some((_, behind)) = markup::opening(rest).filter(|_| is_tag && closes) {
            let end = rest[2..].find(|c: char| c.is_ascii_whitespace() || "/>".contains(c));
            depth -= usize::from(end.is_some_and(|end| rest[2..2 + end].eq_ignore_ascii_case(name)));
            rest = behind;
            if depth == 0 {
                return rest;
            }
        } else if let Some((tag, behind)) = markup::opening(rest).filter(|_| is_tag) {
            let raw = UNSEEN.iter().find(|name| tag.name.eq_ignore_ascii_case(name));
            depth += usize::from(tag.name.eq_ignore_ascii_case(name));
            rest = raw.map_or(behind, |name| markup::closed(behind, name));
        } else {
            rest = &rest[1..];
        }
    }
    ""
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
    fn what_goes_over_lines_and_elements_hides_no_more_and_no_less() {
        let labels = ["AI-generated image".to_owned()];
        let shown = |page: &&str| says(page.as_bytes(), Kind::Markdown, &labels);
        let seen = [
            "[a]: b.png\nAI-generated image",
            "[a]: b.png\n\"AI-generated image\" is what it is",
            "[a]: b.png 'a bell'\n\nAI-generated image",
            "<video><video>x</video></video>AI-generated image",
            "<template><!-- </template> --></template>AI-generated image",
            "<script><!-- <script> --></script>AI-generated image",
            "```\n<!-- a -->\n```\nAI-generated image",
        ];
        let unseen = [
            "<template><template></template>AI-generated image</template>",
            "<template><!-- </template> -->AI-generated image</template>",
            "<template><script></template></script>AI-generated image</template>",
            "<video src=a.mp4>AI-generated image</video>",
            "<object data=a.png><p>AI-generated image</p></object>",
            "<script><!--<script></script>AI-generated image</script>",
            "[a]: b.png\n  \"AI-generated\nimage\"\n",
            "[a\nb]:\nb.png\n'AI-generated image'",
            "[a\\]b]: b.png (AI-generated image)",
            "text\r\r[a]: b.png 'AI-generated image'",
            "> [a]: b.png 'AI-generated image'",
            "- [a]: <b c.png>\n  (AI-generated image)",
            "[a bell][AI-generated image]",
            "![a bell][AI-generated image]",
            "{/* AI-generated image */}",
            "<div>\n```\n<!--\n```\nAI-generated image -->\n</div>",
            "```x```\n<!--\n```y```\nAI-generated image\n-->",
        ];
        assert_eq!(seen.iter().find(|page| !shown(page)), None);
        assert_eq!(unseen.iter().find(|page| shown(page)), None);
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
            "[a]: b (\n",
            "[a]: b \"\n",
            "[a\n",
            "][",
            "<video>",
            "<video></video",
            "<script><!--<script>",
            "</script>",
            "{/*",
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
