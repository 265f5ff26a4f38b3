//! Which files a page names.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::decoded_text;
use crate::markup::unreferenced;
use crate::path::RepoPath;

/// What ends a name in Markdown, HTML, front matter and template calls; white space does, too.
const DELIMITERS: &[u8] = b"\"'`()<>[]{}=,|\n\r";
/// What else a name may stand between, that has some of these in it: quotes and brackets that HTML and Markdown set around all of it,
/// and what an attribute without quotes ends at.
const AROUND: [&[u8]; 4] = [b"\"", b"'", b"<>", b"\"'<>= \t\n\r"];

/// The longest path that is looked for.
const MAX_PATH: usize = 4096;

/// The paths that a page may name: everything in it that has the form of a file's name, taken as
/// relative to the page, and where it begins with `/`, as below the root or one of these folders.
///
/// It asks for no syntax, so it finds what templates, front matter and HTML name as well as Markdown's
/// images. A name may be written as HTML, Markdown and addresses let it, and have a query; addresses of other sites are none.
pub fn files_named(page: &[u8], at: &RepoPath, roots: &[RepoPath]) -> BTreeSet<RepoPath> {
    let page = decoded_text(page);
    let folder = at.as_bytes().rsplit(|byte| *byte == b'/').skip(1).collect::<Vec<_>>();
    let folder: Vec<&[u8]> = folder.into_iter().rev().collect();
    let roots: Vec<Vec<&[u8]>> =
        roots.iter().map(|root| root.as_bytes().split(|byte| *byte == b'/').collect()).collect();
    // The repository's root is one as well.
    let roots = || std::iter::once(&[][..]).chain(roots.iter().map(Vec::as_slice));
    let mut found = BTreeSet::new();
    let mut add = |name: &[u8]| match name.strip_prefix(b"/") {
        Some(name) => found.extend(roots().filter_map(|root| resolved(root, &[], name))),
        // What leads up ends at the root that the page is below.
        None => found.extend(roots().filter_map(|root| resolved(root, folder.strip_prefix(root)?, name))),
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
    parts.chain(around).map(<[u8]>::trim_ascii)
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

/// What an address leads to, if that has an ending and is on no other site.
fn file_name(address: &[u8]) -> Option<Vec<u8>> {
    let end = address.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(address.len());
    // Browsers drop line breaks and tabs, and what controls or is blank at either end.
    let path: Vec<u8> = address[..end].iter().copied().filter(|byte| !b"\t\n\r".contains(byte)).collect();
    let is_dropped = |byte: &u8| *byte <= b' ';
    let first = path.iter().position(|byte| !is_dropped(byte))?;
    let last = path.iter().rposition(|byte| !is_dropped(byte))?;
    let name = Some(without_scheme(&path[first..=last])?).filter(|path| !path.starts_with(b"//")).map(decoded)?;
    let last = name.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let has_ending = last.windows(2).any(|pair| pair[0] == b'.' && pair[1].is_ascii_alphanumeric());
    has_ending.then_some(name)
}

/// An address without the scheme of the web, which alone leads to no other site; none where any scheme leads to one.
fn without_scheme(address: &[u8]) -> Option<&[u8]> {
    let end = address.iter().position(|byte| *byte == b':');
    let Some((scheme, rest)) = end.map(|end| (&address[..end], &address[end + 1..])) else { return Some(address) };
    let is_scheme = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    let is_web = scheme.eq_ignore_ascii_case(b"https") || scheme.eq_ignore_ascii_case(b"http");
    match is_scheme {
        true if rest.starts_with(b"//") => None,
        true if is_web => Some(rest),
        _ => Some(address),
    }
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

/// A name in a folder below a root, as browsers follow it: `..` leads no higher than the root, and takes back an empty part as any other.
fn resolved(root: &[&[u8]], folder: &[&[u8]], name: &[u8]) -> Option<RepoPath> {
    let mut parts = folder.to_vec();
    for part in name.split(|byte| *byte == b'/') {
        match part {
            b"." => {}
            b".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let parts: Vec<&[u8]> = root.iter().chain(&parts).copied().filter(|part| !part.is_empty()).collect();
    RepoPath::from_bytes(parts.join(&b'/')).ok().filter(|path| path.as_bytes().len() <= MAX_PATH)
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
            ("../../../out.mp4", &["out.mp4"]),
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
    fn finds_what_browsers_make_of_an_address() {
        let pages = [
            "b&#46png",
            "b&#x2Epng",
            "b&Tab;.png",
            "<img src='&#32;b.png'>",
            "<img src='\u{1}b.png'>",
            "<img src=HTTPS:b.png>",
            "<img src='./x://../../b.png'>",
            "x//../../b.png",
        ];
        assert_eq!(pages.iter().find(|page| !named(page).contains(&"content/news/b.png".to_owned())), None);
        assert!(named("&fjlig;.png").contains(&"content/news/fj.png".to_owned()));
        assert_eq!(named("/../b.png"), ["b.png", "static/b.png"]);
        assert!(!named("<img src='HTTPS://example.com/b.png'>").iter().any(|path| path.ends_with("/b.png")));
    }

    #[test]
    fn a_name_leads_no_higher_than_the_root_of_its_site_and_is_as_long_as_it_is() {
        let roots = ["content".parse().unwrap(), "static".parse().unwrap()];
        let found = |page: &str| files_named(page.as_bytes(), &"content/news/a.md".parse().unwrap(), &roots);
        let has = |page: &str, path: &str| found(page).contains(&path.parse().unwrap());
        assert!(has("../../../b.png", "content/b.png") && has("../../../b.png", "b.png"));
        assert!(!has("../../../b.png", "static/b.png") && !has("../b.png", "b.png"));
        let (query, dots) = (format!("<img src='b.png?{}'>", "x".repeat(5000)), format!("{}b.png", "./".repeat(5000)));
        assert!(has(&query, "content/news/b.png") && has(&dots, "content/news/b.png"));
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
