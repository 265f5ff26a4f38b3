//! OpenSSH Ed25519 keys: public keys, fingerprints.

use std::fmt;
use std::str::FromStr;

use ssh_key::HashAlg;

/// Why a text is no acceptable public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseKeyError {
    /// Not an OpenSSH public key line.
    #[error("not an OpenSSH public key: {0}")]
    Malformed(String),
}

/// An OpenSSH public key of a kind we accept.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(ssh_key::PublicKey);

impl PublicKey {
    /// The key's SHA-256 fingerprint.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(self.0.fingerprint(HashAlg::Sha256).to_string())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fingerprint().0)
    }
}

impl FromStr for PublicKey {
    type Err = ParseKeyError;

    fn from_str(line: &str) -> Result<Self, ParseKeyError> {
        line.parse().map(Self).map_err(|error: ssh_key::Error| ParseKeyError::Malformed(error.to_string()))
    }
}

/// The SHA-256 fingerprint of an SSH key as OpenSSH prints it, `SHA256:` and unpadded base64.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(String);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
