//! Identifiers: git object ids of any length, SHA-256 digests, record ids.
//!
//! A git id says its kind in its type ([`CommitId`], [`TreeId`], [`BlobId`]); [`ObjectId`] is the
//! untyped id underneath. Ids are 20 bytes in a SHA-1 repository and 32 in a SHA-256 one, and
//! nothing here assumes which. Their text is full lowercase hexadecimal and nothing else.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// Why a text is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseIdError {
    /// The text has another length than the identifier's kind.
    #[error("expected {expected} hexadecimal digits, found {found} characters")]
    Length {
        /// What lengths would do, in words.
        expected: &'static str,
        /// Characters found.
        found: usize,
    },
    /// A character other than `0-9a-f`.
    #[error("`{0}` is not a lowercase hexadecimal digit")]
    Digit(char),
}

/// The hash function of a repository's object ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectFormat {
    /// 20-byte ids.
    Sha1,
    /// 32-byte ids.
    Sha256,
}

impl ObjectFormat {
    /// Bytes in an id of this format.
    pub fn id_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }
}

/// A git object id of either format, its kind not said.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId {
    len: u8,
    bytes: [u8; 32],
}

impl ObjectId {
    /// The id with these raw bytes; `None` unless there are 20 or 32.
    pub fn from_bytes(raw: &[u8]) -> Option<Self> {
        if raw.len() != 20 && raw.len() != 32 {
            return None;
        }
        let mut bytes = [0; 32];
        bytes[..raw.len()].copy_from_slice(raw);
        Some(Self { len: raw.len() as u8, bytes })
    }

    /// The null id of a format, which git uses for "no object".
    pub fn null(format: ObjectFormat) -> Self {
        Self { len: format.id_len() as u8, bytes: [0; 32] }
    }

    /// The raw bytes: 20 or 32.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// Whether every byte is zero.
    pub fn is_null(&self) -> bool {
        self.bytes == [0; 32]
    }

    /// The format this id's length belongs to.
    pub fn format(&self) -> ObjectFormat {
        if self.len == 20 { ObjectFormat::Sha1 } else { ObjectFormat::Sha256 }
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, self.as_bytes())
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, self.as_bytes())
    }
}

impl FromStr for ObjectId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        match text.len() {
            40 => Ok(Self { len: 20, bytes: parse_hex(text)? }),
            64 => Ok(Self { len: 32, bytes: parse_hex(text)? }),
            found => Err(ParseIdError::Length { expected: "40 or 64", found }),
        }
    }
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub ObjectId);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.parse().map(Self)
            }
        }

        text_serde!($name, "full lowercase git object id", "^([0-9a-f]{40}|[0-9a-f]{64})$");
    };
}

/// Serde by `Display` and `FromStr`, and a JSON Schema with a pattern.
macro_rules! text_serde {
    ($name:ident, $what:literal, $pattern:literal) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                input.deserialize_str($crate::id::Text(std::marker::PhantomData))
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "description": $what, "pattern": $pattern })
            }
        }
    };
}
pub(crate) use text_serde;

/// Reads a value from its text.
pub(crate) struct Text<T>(pub(crate) std::marker::PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> serde::de::Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

typed_id! {
    /// The id of a commit.
    CommitId
}
typed_id! {
    /// The id of a tree.
    TreeId
}
typed_id! {
    /// The id of a blob.
    BlobId
}

text_serde!(ObjectId, "full lowercase git object id", "^([0-9a-f]{40}|[0-9a-f]{64})$");

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sha256Digest([u8; 32]);

impl Sha256Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest with these 32 raw bytes.
    pub fn from_bytes(raw: [u8; 32]) -> Self {
        Self(raw)
    }

    /// The 32 raw bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl FromStr for Sha256Digest {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        if text.len() != 64 {
            return Err(ParseIdError::Length { expected: "64", found: text.len() });
        }
        parse_hex(text).map(Self)
    }
}

text_serde!(Sha256Digest, "SHA-256 digest, lowercase hexadecimal", "^[0-9a-f]{64}$");

/// The id of a record: the SHA-256 of its payload bytes as received.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(pub Sha256Digest);

impl RecordId {
    /// The id of the record with this payload.
    pub fn of_payload(payload: &[u8]) -> Self {
        Self(Sha256Digest::of(payload))
    }

    /// The first twelve digits, for messages.
    pub fn short(&self) -> String {
        self.to_string()[..12].to_owned()
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RecordId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        text.parse().map(Self)
    }
}

text_serde!(RecordId, "record id: SHA-256 of the payload", "^[0-9a-f]{64}$");

/// Writes at most 32 bytes as hexadecimal digits, at once.
fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 64];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    f.write_str(std::str::from_utf8(&text[..2 * bytes.len()]).unwrap_or_default())
}

/// The bytes of at most 64 hexadecimal digits; behind them zeros.
fn parse_hex(text: &str) -> Result<[u8; 32], ParseIdError> {
    let mut bytes = [0; 32];
    for (i, c) in text.chars().enumerate() {
        let digit = match c {
            '0'..='9' => c as u8 - b'0',
            'a'..='f' => c as u8 - b'a' + 10,
            _ => return Err(ParseIdError::Digit(c)),
        };
        bytes[i / 2] |= if i % 2 == 0 { digit << 4 } else { digit };
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_full_lowercase_ids_of_both_formats() {
        for len in [40, 64] {
            let text = "0123456789abcdef".repeat(4)[..len].to_owned();
            let id: ObjectId = text.parse().unwrap();
            assert_eq!(id.to_string(), text);
            assert_eq!(id.as_bytes().len(), len / 2);
        }
    }

    #[test]
    fn refuses_abbreviated_uppercase_and_foreign_ids() {
        for text in ["abc", "", &"A".repeat(40), &"g".repeat(40), &"é".repeat(20), &"0".repeat(41)] {
            assert!(text.parse::<ObjectId>().is_err(), "{text}");
        }
        assert!("0".repeat(40).parse::<Sha256Digest>().is_err());
    }
}
