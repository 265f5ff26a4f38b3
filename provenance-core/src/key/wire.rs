//! The SSH wire encoding (RFC 4251 section 5): bytes, big-endian 32-bit numbers, length-prefixed strings.

/// The bytes end before what the format says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Truncated;

/// What is left to read of a message.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next `len` bytes.
    pub(super) fn take(&mut self, len: usize) -> Result<&'a [u8], Truncated> {
        let (head, rest) = self.0.split_at_checked(len).ok_or(Truncated)?;
        self.0 = rest;
        Ok(head)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Truncated> {
        let (head, rest) = self.0.split_first().ok_or(Truncated)?;
        self.0 = rest;
        Ok(*head)
    }

    pub(super) fn number(&mut self) -> Result<u32, Truncated> {
        let (head, rest) = self.0.split_first_chunk::<4>().ok_or(Truncated)?;
        self.0 = rest;
        Ok(u32::from_be_bytes(*head))
    }

    /// A length and that many bytes, borrowed: a length beyond the message allocates nothing.
    pub(super) fn string(&mut self) -> Result<&'a [u8], Truncated> {
        let len = self.number()?;
        self.take(usize::try_from(len).map_err(|_| Truncated)?)
    }

    pub(super) fn rest(self) -> &'a [u8] {
        self.0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

/// Appends a length and the bytes.
///
/// Everything written here is our own or was bounded when it was read, far below 4 GiB.
pub(super) fn put_string(out: &mut Vec<u8>, bytes: &[u8]) {
    let len = u32::try_from(bytes.len()).expect("what is encoded was bounded to far less than 4 GiB");
    out.extend_from_slice(&len.to_be_bytes());
    out.extend_from_slice(bytes);
}

/// Foreign text for a message: at most 40 characters, control characters escaped.
pub(super) fn excerpt(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.get(..160).unwrap_or(bytes)).chars().take(40).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_was_put() {
        let mut bytes = vec![7];
        put_string(&mut bytes, b"abc");
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.byte(), Ok(7));
        assert_eq!(reader.string(), Ok(&b"abc"[..]));
        assert!(reader.is_empty());
    }

    #[test]
    fn refuses_lengths_beyond_the_message() {
        assert_eq!(Reader::new(&[0xff, 0xff, 0xff, 0xff, 1]).string(), Err(Truncated));
        assert_eq!(Reader::new(&[0, 0, 0]).number(), Err(Truncated));
        assert_eq!(Reader::new(&[]).byte(), Err(Truncated));
    }

    #[test]
    fn excerpts_are_short_and_escaped() {
        assert_eq!(excerpt(b"a\x1b[0m"), "a\\u{1b}[0m");
        assert_eq!(excerpt(&[b'x'; 1000]).len(), 40);
    }
}
