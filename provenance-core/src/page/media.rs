//! Which files a page names.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{decoded_text, find};
use crate::path::RepoPath;

/// What ends a name in Markdown, HTML, front matter and template calls; white space does, too.
const DELIMITERS: &[u8] = b"\"'`()<>[]{}=,|\n\r";
/// What else a name may stand between, that has some of these in it: quotes and brackets that HTML and Markdown set around all of it,
/// and what an attribute without quotes ends at.
const AROUND: [&[u8]; 4] = [b"\"", b"'", b"<>", b"\"'<>= \t\n\r"];

/// The paths that a page may name: everything in it that has the form of a file's name, taken as
/// relative to the page, and where it begins with `/`, as below the root or one of these folders.
///
/// It asks for no syntax, so it finds what templates, front matter and HTML name as well as Markdown's
/// images. A name may be written as HTML, Markdown and addresses let it, and have a query; addresses of other sites are none.
pub fn files_named(page: &[u8], at: &RepoPath, roots: &[RepoPath]) -> BTreeSet<RepoPath> {
    let page = decoded_text(page);
    let folder = at.as_bytes().rsplit(|byte| *byte == b'/').skip(1).collect::<Vec<_>>();
    let folder: Vec<&[u8]> = folder.into_iter().rev().collect();
    let mut found = BTreeSet::new();
    let mut add = |name: &[u8]| match name.strip_prefix(b"/") {
        Some(name) => {
            found.extend(resolved(&[], name));
            let below = roots.iter().map(|root| root.as_bytes().split(|byte| *byte == b'/').collect::<Vec<_>>());
            found.extend(below.filter_map(|root| resolved(&root, name)));
        }
        None => found.extend(resolved(&folder, name)),
    };
    for name in candidates(&page) {
        spellings(name).iter().filter_map(|name| file_name(name)).for_each(|name| add(&name));
    }
    found
}

/// Everything that may be a name, as it stands in the page.
fn candidates(page: &[u8]) -> impl Iterator<Item = &[u8]> {
    let parts = page.split(|byte| DELIMITERS.contains(byte));
    let parts = parts.flat_map(|part| std::iter::once(part).chain(part.split(u8::is_ascii_whitespace)));
    let around = AROUND.into_iter().flat_map(move |ends| page.split(move |byte| ends.contains(byte)).enumerate());
    let around = around.flat_map(|(place, part)| {
        // `![text](name)`, where a name may have brackets in pairs; and `name 2x, name`. Nothing stands before the first part.
        let targets = part.split(|byte| *byte == b']').skip(1).filter_map(|part| part.strip_prefix(b"("));
        let whole = (place > 0).then(|| part.strip_suffix(b",").unwrap_or(part));
        whole.into_iter().chain(targets.map(balanced))
    });
    parts.chain(around).map(<[u8]>::trim_ascii).filter(|name| name.len() <= 4096)
}

/// What stands before the bracket that closes more than was opened.
fn balanced(text: &[u8]) -> &[u8] {
    let mut depth = 0usize;
    let end = text.iter().position(|byte| match byte {
        b'(' => (depth += 1, false).1,
        b')' if depth == 0 => true,
        b')' => (depth -= 1, false).1,
        _ => false,
    });
    &text[..end.unwrap_or(text.len())]
}

/// A name as it stands; with HTML's character references; and with its backslashes as Markdown takes them, and as browsers do.
fn spellings(name: &[u8]) -> Vec<Cow<'_, [u8]>> {
    if !name.iter().any(|byte| b".%&\\".contains(byte)) {
        return Vec::new();
    }
    let mut all = vec![Cow::Borrowed(name)];
    if name.contains(&b'&') {
        all.push(Cow::Owned(unreferenced(name)));
    }
    for at in 0..all.len() {
        if all[at].contains(&b'\\') {
            let turned = all[at].iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect();
            let without = all[at].iter().copied().filter(|byte| *byte != b'\\').collect();
            all.extend([Cow::Owned(turned), Cow::Owned(without)]);
        }
    }
    all
}

/// With the characters in place of HTML's references to them: numbers, and the names of what ASCII has beside letters and digits.
fn unreferenced(text: &[u8]) -> Vec<u8> {
    let mut parts = text.split(|byte| *byte == b'&');
    let mut bytes = parts.next().unwrap_or_default().to_vec();
    for part in parts {
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
        let (name, rest) = part.split_at(part.iter().position(|byte| !is_name(byte)).unwrap_or(part.len()));
        match std::str::from_utf8(name).ok().and_then(referenced) {
            Some(c) => {
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                bytes.extend_from_slice(rest.strip_prefix(b";").unwrap_or(rest));
            }
            None => (bytes.push(b'&'), bytes.extend_from_slice(part)).1,
        }
    }
    bytes
}

fn referenced(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']).map(|hex| u32::from_str_radix(hex, 16));
        return hex.unwrap_or_else(|| number.parse()).ok().and_then(char::from_u32);
    }
    Some(match name {
        "amp" => '&',
        "apos" => '\'',
        "ast" => '*',
        "bsol" => '\\',
        "colon" => ':',
        "comma" => ',',
        "commat" => '@',
        "dollar" => '$',
        "equals" => '=',
        "excl" => '!',
        "grave" => '`',
        "gt" => '>',
        "Hat" => '^',
        "lbrace" | "lcub" => '{',
        "lbrack" | "lsqb" => '[',
        "lowbar" => '_',
        "lpar" => '(',
        "lt" => '<',
        "num" => '#',
        "percnt" => '%',
        "period" => '.',
        "plus" => '+',
        "quest" => '?',
        "quot" => '"',
        "rbrace" | "rcub" => '}',
        "rbrack" | "rsqb" => ']',
        "rpar" => ')',
        "semi" => ';',
        "sol" => '/',
        "verbar" | "vert" => '|',
        _ => return None,
    })
}

/// What an address leads to, if that has an ending and is on no other site.
fn file_name(address: &[u8]) -> Option<Vec<u8>> {
    // Browsers drop line breaks and tabs, and a scheme alone leads to no other site.
    let address: Vec<u8> = address.iter().copied().filter(|byte| !b"\t\n\r".contains(byte)).collect();
    let end = address.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(address.len());
    let path = &address[..end];
    let path = [b"https:".as_slice(), b"http:"].into_iter().find_map(|it| path.strip_prefix(it)).unwrap_or(path);
    let name = Some(path).filter(|path| !path.starts_with(b"//") && find(path, b"://").is_none()).map(decoded)?;
    let last = name.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let has_ending = last.windows(2).any(|pair| pair[0] == b'.' && pair[1].is_ascii_alphanumeric());
    has_ending.then_some(name)
}

/// With percent-encoding undone.
fn decoded(name: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name;
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
            (
                "<img src=\"bell (1).png\"> ![](ring(2).png) <img src=horn(3).png>",
                &["content/news/bell (1).png", "content/news/ring(2).png", "content/news/horn(3).png"],
            ),
            (
                "![a](<b [c], d.png>) <img srcset='it(1).png 1x, it(2).png 2x'>",
                &["content/news/b [c], d.png", "content/news/it(1).png", "content/news/it(2).png"],
            ),
            ("<img src=b%2Epng> <img src=c.%70ng>", &["content/news/b.png", "content/news/c.png"]),
            (
                "a.png?v/1 b.png#c/d c.png?from=http://d e..png",
                &["a.png", "b.png", "c.png", "e..png"]
                    .map(|it| ["content/news/", it].concat())
                    .each_ref()
                    .map(String::as_str),
            ),
            (
                "src='b&#46;png' src=\"c&#x2E;png\" src=\"d&period;png\" src='e&amp;f.png'",
                &["b.png", "c.png", "d.png", "e&f.png"]
                    .map(|it| ["content/news/", it].concat())
                    .each_ref()
                    .map(String::as_str),
            ),
            (
                "![](b\\.png) <img src='c\\d.png'> <img src='e\n.png'>",
                &["b.png", "c/d.png", "e.png"].map(|it| ["content/news/", it].concat()).each_ref().map(String::as_str),
            ),
            ("<img src=https:b.png> ", &["content/news/b.png"]),
            ("../../../out.mp4", &[]),
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
    fn a_page_in_utf_16_is_read_as_browsers_read_it() {
        let units = "\u{feff}<img src=b.png>".encode_utf16();
        for page in
            [units.clone().flat_map(u16::to_be_bytes).collect::<Vec<u8>>(), units.flat_map(u16::to_le_bytes).collect()]
        {
            let found = files_named(&page, &"a.html".parse().unwrap(), &[]);
            assert!(found.contains(&"b.png".parse().unwrap()), "{found:?}");
        }
    }

    #[test]
    fn hostile_pages_take_linear_time() {
        for piece in ["![", "](", "](a.b", "](((", "&", "&#4", "&am", "\\.", "<a", "%2", "a.b/", "../", "a.b "] {
            let page = piece.repeat((1 << 20) / piece.len());
            let _ = files_named(page.as_bytes(), &"a.md".parse().unwrap(), &[]);
        }
    }
}
