//! Tags of XML and HTML, and references to characters, as far as marks and pages need them.

/// A tag that opens an element, and what stands behind it.
#[derive(Debug)]
pub(crate) struct Tag<'t> {
    /// The name as it stands, with its prefix.
    pub(crate) name: &'t str,
    /// The attributes in order, values without quotes, entities as they stand.
    pub(crate) attributes: Vec<(&'t str, &'t str)>,
    /// The text up to the next tag.
    pub(crate) text: &'t str,
}

impl<'t> Tag<'t> {
    /// The value of the attribute of this local name, in any case.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'t str> {
        self.attributes.iter().find(|(known, _)| local(known).eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

/// A name without its prefix.
pub(crate) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The most attributes of one tag that are read.
const MAX_ATTRIBUTES: usize = 256;

/// The tags that open an element, in order. Comments, declarations, CDATA and, where `raw` names
/// them, the content of elements such as `script` are passed over. Never fails: what is no markup
/// has no tags.
pub(crate) fn tags<'t>(text: &'t str, raw: &'static [&'static str]) -> impl Iterator<Item = Tag<'t>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            rest = &rest[rest.find('<')?..];
            if let Some(behind) = passed_over(rest) {
                rest = behind;
                continue;
            }
            let (tag, behind) = opening(rest)?;
            rest = behind;
            if let Some(name) = raw.iter().find(|name| tag.name.eq_ignore_ascii_case(name)) {
                rest = closed(rest, name);
            }
            return Some(tag);
        }
    })
}

/// What is behind a comment, CDATA, a declaration, a closing tag or a lone `<`.
fn passed_over(rest: &str) -> Option<&str> {
    let behind = |end: &str| rest.find(end).map_or("", |at| &rest[at + end.len()..]);
    if rest.starts_with("<!--") {
        Some(behind("-->"))
    } else if rest.starts_with("<![CDATA[") {
        Some(behind("]]>"))
    } else if rest.starts_with("<?") {
        Some(behind("?>"))
    } else if rest.starts_with("<!") || rest.starts_with("</") {
        Some(behind(">"))
    } else if !rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
        Some(&rest[1..])
    } else {
        None
    }
}

/// The tag that begins here and what is behind it, as browsers read it: a `>` between an attribute's quotes ends none.
pub(crate) fn opening(rest: &str) -> Option<(Tag<'_>, &str)> {
    let body = rest.strip_prefix('<')?;
    let end = body.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').unwrap_or(body.len());
    let (name, mut body) = body.split_at(end);
    let mut attributes = Vec::new();
    loop {
        body = body.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if body.is_empty() {
            return Some((Tag { name, attributes, text: "" }, ""));
        }
        if let Some(behind) = body.strip_prefix('>') {
            let text = &behind[..behind.find('<').unwrap_or(behind.len())];
            return Some((Tag { name, attributes, text }, behind));
        }
        let (attribute, behind) = attribute(body);
        if attributes.len() < MAX_ATTRIBUTES {
            attributes.push(attribute);
        }
        body = behind;
    }
}

/// The attribute that begins here and what is behind it; always takes something.
fn attribute(body: &str) -> ((&str, &str), &str) {
    let first = body.chars().next().map_or(0, char::len_utf8);
    let end = body[first..].find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/'));
    let (name, rest) = body.split_at(end.map_or(body.len(), |end| end + first));
    let Some(value) = rest.trim_ascii_start().strip_prefix('=').map(str::trim_ascii_start) else {
        return ((name, ""), rest);
    };
    for quote in ['"', '\''] {
        if let Some(value) = value.strip_prefix(quote) {
            let end = value.find(quote).unwrap_or(value.len());
            return ((name, &value[..end]), value[end..].strip_prefix(quote).unwrap_or(""));
        }
    }
    let end = value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len());
    ((name, &value[..end]), &value[end..])
}

/// From the tag on that closes an element which holds no markup; nothing where none does.
pub(crate) fn closed<'t>(rest: &'t str, name: &str) -> &'t str {
    let close = |at: &usize| {
        let after = &rest.as_bytes()[at + 2..];
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"/>".contains(byte);
        after.len() >= name.len()
            && after[..name.len()].eq_ignore_ascii_case(name.as_bytes())
            && after.get(name.len()).is_some_and(ends)
    };
    if name == "script" {
        return script_end(rest, close);
    }
    let at = rest.match_indices("</").map(|(at, _)| at).find(close);
    at.map_or("", |at| &rest[at..])
}

/// From the tag on that closes a script. In what looks like a comment there, a tag closes first what looks like a script.
fn script_end(rest: &str, close: impl Fn(&usize) -> bool) -> &str {
    let (mut is_comment, mut is_inner) = (false, false);
    for (at, _) in rest.match_indices(['<', '-']) {
        let here = &rest[at..];
        if here.starts_with("<!--") {
            is_comment = true;
        } else if here.starts_with("-->") {
            (is_comment, is_inner) = (false, false);
        } else if here.starts_with("</") && close(&at) {
            if !is_inner {
                return here;
            }
            is_inner = false;
        } else if let Some((tag, _)) = here.get(..8).filter(|_| is_comment).and_then(opening) {
            is_inner |= tag.name.eq_ignore_ascii_case("script");
        }
    }
    ""
}

/// With the characters in place of HTML's references to them: numbers, and the names of what is in ASCII.
pub(crate) fn unreferenced(text: &[u8]) -> Vec<u8> {
    let mut parts = text.split(|byte| *byte == b'&');
    let mut bytes = parts.next().unwrap_or_default().to_vec();
    for part in parts {
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric();
        let number = part.strip_prefix(b"#").map(|number| (number, numbered(number)));
        let (meant, rest) = match number {
            Some((number, (c, length))) => (c.map(String::from), &number[length..]),
            None => {
                let (name, rest) = part.split_at(part.iter().position(|byte| !is_name(byte)).unwrap_or(part.len()));
                (std::str::from_utf8(name).ok().and_then(referenced).map(str::to_owned), rest)
            }
        };
        match meant {
            Some(meant) => {
                bytes.extend_from_slice(meant.as_bytes());
                bytes.extend_from_slice(rest.strip_prefix(b";").unwrap_or(rest));
            }
            None => (bytes.push(b'&'), bytes.extend_from_slice(part)).1,
        }
    }
    bytes
}

/// The character that a number is of, `46` or `x2e`, and how long it is: it ends with its digits, whatever follows.
fn numbered(text: &[u8]) -> (Option<char>, usize) {
    let (sign, radix) = if text.first().is_some_and(|byte| b"xX".contains(byte)) { (1, 16) } else { (0, 10) };
    let digits = text[sign..].iter().take_while(|byte| char::from(**byte).is_digit(radix)).count();
    let number =
        std::str::from_utf8(&text[sign..sign + digits]).ok().and_then(|it| u32::from_str_radix(it, radix).ok());
    (number.and_then(char::from_u32), sign + digits)
}

fn referenced(name: &str) -> Option<&'static str> {
    Some(match name {
        "amp" | "AMP" => "&",
        "apos" => "'",
        "ast" | "midast" => "*",
        "bsol" => "\\",
        "colon" => ":",
        "comma" => ",",
        "commat" => "@",
        "dollar" => "$",
        "equals" => "=",
        "excl" => "!",
        "fjlig" => "fj",
        "grave" | "DiacriticalGrave" => "`",
        "gt" | "GT" => ">",
        "Hat" => "^",
        "lbrace" | "lcub" => "{",
        "lbrack" | "lsqb" => "[",
        "lowbar" | "UnderBar" => "_",
        "lpar" => "(",
        "lt" | "LT" => "<",
        "NewLine" => "\n",
        "num" => "#",
        "percnt" => "%",
        "period" => ".",
        "plus" => "+",
        "quest" => "?",
        "quot" | "QUOT" => "\"",
        "rbrace" | "rcub" => "}",
        "rbrack" | "rsqb" => "]",
        "rpar" => ")",
        "semi" => ";",
        "sol" => "/",
        "Tab" => "\t",
        "verbar" | "vert" | "VerticalLine" => "|",
        _ => return None,
    })
}
