//! The armor of OpenSSH files: a BEGIN line, base64, an END line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// Columns of a line, as OpenSSH writes them.
const WIDTH: usize = 70;

/// The bytes inside the armor with this label; `None` unless the whole text is one such armor. The caller bounds
/// the text.
pub(super) fn decode(text: &str, label: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut lines = text.trim_matches([' ', '\t', '\r', '\n']).lines();
    if lines.next()?.trim_end() != format!("-----BEGIN {label}-----") {
        return None;
    }
    let mut base64 = Zeroizing::new(String::with_capacity(text.len()));
    let end = format!("-----END {label}-----");
    for line in lines.by_ref() {
        if line.trim_end() == end {
            if lines.next().is_some() {
                return None;
            }
            return STANDARD.decode(base64.as_bytes()).ok().map(Zeroizing::new);
        }
        base64.push_str(line.trim_end());
    }
    None
}

/// Armor with this label around base64 text.
pub(super) fn encode(base64: &str, label: &str) -> Zeroizing<String> {
    // With its full capacity from the start, so that growing leaves no copy of a secret behind.
    let mut text = Zeroizing::new(String::with_capacity(base64.len() + base64.len() / WIDTH + 2 * label.len() + 64));
    text.push_str(&format!("-----BEGIN {label}-----\n"));
    for (i, c) in base64.chars().enumerate() {
        if i > 0 && i % WIDTH == 0 {
            text.push('\n');
        }
        text.push(c);
    }
    text.push_str(&format!("\n-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_it_encodes() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = encode(&STANDARD.encode(&bytes), "X");
        assert_eq!(decode(&text, "X").unwrap().as_slice(), bytes);
        assert_eq!(decode(&text.replace('\n', "\r\n"), "X").unwrap().as_slice(), bytes);
    }

    #[test]
    fn refuses_text_around_and_missing_ends() {
        let text = encode("AAAA", "X");
        for bad in
            [format!("a\n{}", *text), format!("{}a", *text), text.replace("END", "FIN"), text.replace("AAAA", "AAA")]
        {
            assert!(decode(&bad, "X").is_none(), "{bad}");
        }
        assert!(decode(&text, "Y").is_none());
        assert!(decode("", "X").is_none());
    }
}
