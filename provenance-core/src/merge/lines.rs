//! Texts as sequences of lines, each line a number: equal bytes, equal number.
//!
//! A line ends behind its newline, and what follows the last newline is a line too. So `a` at the
//! end of a file and `a` with its newline are different lines, as are `a\n` and `a\r\n`.

use std::collections::HashMap;
use std::ops::Range;

use super::Unmergeable;

/// The number of a line's content, dense from 0 in order of first appearance.
pub(super) type Token = u32;

/// Bytes of all texts of one call together.
pub(super) const MAX_BYTES: usize = 64 << 20;
/// Lines of all texts of one call together.
pub(super) const MAX_LINES: usize = 4 << 20;
/// As git: a NUL among a text's first 8000 bytes makes it binary.
const SNIFFED: usize = 8000;

/// One text in lines.
pub(super) struct Text<'a> {
    bytes: &'a [u8],
    /// Where each line ends.
    ends: Vec<usize>,
    /// What each line is.
    pub(super) tokens: Vec<Token>,
}

impl<'a> Text<'a> {
    /// The bytes of these lines, which must be lines of this text.
    pub(super) fn slice(&self, lines: &Range<usize>) -> &'a [u8] {
        self.bytes.get(self.start(lines.start)..self.start(lines.end)).unwrap_or_default()
    }

    /// Where a line starts; the length of the text for the line behind the last.
    fn start(&self, line: usize) -> usize {
        line.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0)
    }
}

/// Some texts that share one numbering of lines.
pub(super) struct Texts<'a, const N: usize> {
    /// The texts, in the order given.
    pub(super) texts: [Text<'a>; N],
    /// How many different lines there are.
    pub(super) distinct: usize,
}

/// Numbers the lines of texts.
///
/// # Errors
/// [`Unmergeable`] when one is binary in git's sense, or together they are too large.
pub(super) fn number<'a, const N: usize>(texts: [&'a [u8]; N]) -> Result<Texts<'a, N>, Unmergeable> {
    if texts.iter().any(|bytes| bytes.iter().take(SNIFFED).any(|byte| *byte == 0)) {
        return Err(Unmergeable::Binary);
    }
    if texts.iter().map(|bytes| bytes.len()).sum::<usize>() > MAX_BYTES {
        return Err(Unmergeable::TooLarge);
    }
    if texts.iter().map(|bytes| count(bytes)).sum::<usize>() > MAX_LINES {
        return Err(Unmergeable::TooManyLines);
    }
    let mut known = HashMap::new();
    let texts = texts.map(|bytes| number_one(bytes, &mut known));
    Ok(Texts { texts, distinct: known.len() })
}

/// How many lines a text has, or one more.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count() + 1
}

fn number_one<'a>(bytes: &'a [u8], known: &mut HashMap<&'a [u8], Token>) -> Text<'a> {
    let (mut ends, mut tokens, mut end) = (Vec::new(), Vec::new(), 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        end += line.len();
        ends.push(end);
        let fresh = Token::try_from(known.len()).expect("MAX_LINES fits a token");
        tokens.push(*known.entry(line).or_insert(fresh));
    }
    Text { bytes, ends, tokens }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_lines_apart_by_their_ends() {
        let Texts { texts: [a, b], distinct } = number([b"a\nb\r\na", b"b\n\na\n"]).unwrap();
        assert_eq!(a.tokens, [0, 1, 2]);
        assert_eq!(b.tokens, [3, 4, 0]);
        assert_eq!(distinct, 5);
        assert_eq!(a.slice(&(1..3)), b"b\r\na");
        assert_eq!(a.slice(&(0..0)), b"");
        assert_eq!(b.slice(&(0..3)), b"b\n\na\n");
    }

    #[test]
    fn finds_no_line_in_an_empty_text() {
        let Texts { texts: [empty], distinct } = number([b""]).unwrap();
        assert!(empty.tokens.is_empty());
        assert_eq!(distinct, 0);
    }

    #[test]
    fn refuses_a_nul_only_where_git_looks_for_one() {
        let mut bytes = vec![b'a'; SNIFFED];
        bytes.push(0);
        assert!(number([bytes.as_slice()]).is_ok());
        bytes[SNIFFED - 1] = 0;
        assert!(matches!(number([bytes.as_slice()]), Err(Unmergeable::Binary)));
    }

    #[test]
    fn refuses_more_bytes_or_lines_than_its_bounds() {
        let long = vec![b'a'; MAX_BYTES / 2 + 1];
        assert!(number([long.as_slice()]).is_ok());
        assert!(matches!(number([long.as_slice(), &long]), Err(Unmergeable::TooLarge)));
        let short = vec![b'\n'; MAX_LINES];
        assert!(matches!(number([short.as_slice()]), Err(Unmergeable::TooManyLines)));
        assert!(number([&short[1..]]).is_ok());
    }
}
