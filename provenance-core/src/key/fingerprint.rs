//! The SHA-256 fingerprint of a key, as OpenSSH prints it.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest, Sha256};

use crate::id::text_serde;

/// Why a text is no fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseFingerprintError {
    /// Another digest, or none named.
    #[error("expected a fingerprint that starts with `SHA256:`")]
    Prefix,
    /// Not the canonical unpadded base64 of 32 bytes.
    #[error("expected 43 characters of unpadded base64 after `SHA256:`")]
    Digest,
}

/// The SHA-256 fingerprint of a public key; its text is `SHA256:` and 43 characters of unpadded base64.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of the key with this wire encoding.
    pub(super) fn of_wire(wire: &[u8]) -> Self {
        Self(Sha256::digest(wire).into())
    }

    /// The 32 bytes of the digest.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SHA256:{}", STANDARD_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = ParseFingerprintError;

    fn from_str(text: &str) -> Result<Self, ParseFingerprintError> {
        let digest = text.strip_prefix("SHA256:").ok_or(ParseFingerprintError::Prefix)?;
        if digest.len() != 43 {
            return Err(ParseFingerprintError::Digest);
        }
        let bytes = STANDARD_NO_PAD.decode(digest).map_err(|_| ParseFingerprintError::Digest)?;
        bytes.try_into().map(Self).map_err(|_| ParseFingerprintError::Digest)
    }
}

text_serde!(Fingerprint, "SHA-256 fingerprint of an SSH key", "^SHA256:[A-Za-z0-9+/]{43}$");

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "SHA256:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

    #[test]
    fn accepts_what_it_prints() {
        let parsed: Fingerprint = TEXT.parse().unwrap();
        assert_eq!(parsed.as_bytes(), &[1; 32]);
        assert_eq!(parsed.to_string(), TEXT);
        assert_eq!(serde_json::from_str::<Fingerprint>(&format!("\"{TEXT}\"")).unwrap(), parsed);
    }

    #[test]
    fn refuses_other_spellings() {
        let stray_bits = format!("{}F", &TEXT[..TEXT.len() - 1]);
        for text in ["", "SHA256:", "MD5:aa", &TEXT[7..], &format!("{TEXT}="), &format!("{TEXT} "), &stray_bits] {
            assert!(text.parse::<Fingerprint>().is_err(), "{text}");
        }
    }
}
