//! Public keys of the two kinds that count, and their text and wire forms.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;

use super::wire::{Reader, Truncated, excerpt, put_string};
use super::{Fingerprint, verify};

pub(super) const ED25519: &str = "ssh-ed25519";
pub(super) const SK_ED25519: &str = "sk-ssh-ed25519@openssh.com";

/// The longest key line read, in bytes.
const MAX_LINE: usize = 4096;
/// The longest FIDO application (`ssh:` and what the person added), in bytes.
const MAX_APPLICATION: usize = 255;

/// Why bytes are no key we accept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseKeyError {
    /// Not the format of an OpenSSH key.
    #[error("not an OpenSSH key: {0}")]
    Malformed(&'static str),
    /// A key of another kind.
    #[error("expected a key of type ssh-ed25519 or sk-ssh-ed25519@openssh.com, found `{0}`")]
    Type(String),
    /// No point of the curve, one of small order, or one spelt in a non-canonical way.
    #[error("the key's curve point is invalid, of small order or not in canonical form")]
    Weak,
    /// An encryption of the private key that we do not read.
    #[error("the private key is encrypted in an unsupported way, `{0}`")]
    Cipher(String),
    /// A key derivation that would take too long.
    #[error("the private key asks for {found} bcrypt rounds, more than {max}")]
    Rounds {
        /// Rounds the file asks for.
        found: u32,
        /// Rounds we are ready to do.
        max: u32,
    },
}

impl From<Truncated> for ParseKeyError {
    fn from(_: Truncated) -> Self {
        Self::Malformed("it ends too early")
    }
}

/// An Ed25519 public key in OpenSSH's encoding, its curve point checked; `ssh-ed25519` or
/// `sk-ssh-ed25519@openssh.com`.
///
/// Equality is of the key, comments are not part of it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    /// Unpacked, since that is a tenth of what a signature takes.
    point: VerifyingKey,
    /// The FIDO application of a hardware key.
    application: Option<String>,
}

impl PublicKey {
    /// The `ssh-ed25519` key with this encoded point.
    ///
    /// # Errors
    /// [`ParseKeyError::Weak`] unless the point is on the curve, canonical, and not of small order.
    pub fn from_ed25519(point: [u8; 32]) -> Result<Self, ParseKeyError> {
        let point = verify::check_point(&point).ok_or(ParseKeyError::Weak)?;
        Ok(Self { point, application: None })
    }

    /// The hardware key with this encoded point and FIDO application (usually `ssh:`).
    ///
    /// # Errors
    /// As [`from_ed25519`](Self::from_ed25519); and [`ParseKeyError::Malformed`] unless the application is 1 to
    /// 255 printable ASCII characters without spaces.
    pub fn from_sk_ed25519(point: [u8; 32], application: &str) -> Result<Self, ParseKeyError> {
        if application.is_empty() || application.len() > MAX_APPLICATION {
            return Err(ParseKeyError::Malformed("the FIDO application is empty or too long"));
        }
        if !application.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ParseKeyError::Malformed("the FIDO application is not printable ASCII"));
        }
        Ok(Self { application: Some(application.to_owned()), ..Self::from_ed25519(point)? })
    }

    /// The key with this SSH wire encoding (RFC 8709 section 4, OpenSSH `PROTOCOL.u2f`), nothing after it.
    ///
    /// # Errors
    /// [`ParseKeyError::Type`] for another kind of key, [`ParseKeyError::Weak`] for a bad point, otherwise
    /// [`ParseKeyError::Malformed`].
    pub fn from_wire(wire: &[u8]) -> Result<Self, ParseKeyError> {
        let mut reader = Reader::new(wire);
        let key = Self::read_fields(&mut reader)?;
        if reader.is_empty() { Ok(key) } else { Err(ParseKeyError::Malformed("bytes follow the key")) }
    }

    /// The SSH wire encoding.
    pub fn to_wire(&self) -> Vec<u8> {
        let mut wire = Vec::with_capacity(128);
        put_string(&mut wire, self.algorithm().as_bytes());
        put_string(&mut wire, self.point());
        if let Some(application) = &self.application {
            put_string(&mut wire, application.as_bytes());
        }
        wire
    }

    /// The key of one OpenSSH public key line and its comment, empty when there is none.
    ///
    /// The line is `TYPE BASE64 [COMMENT]`; white space around it is dropped. No `authorized_keys` options.
    ///
    /// # Errors
    /// As [`from_wire`](Self::from_wire); also [`ParseKeyError::Malformed`] when the line is longer than 4096
    /// bytes, is several lines, or says another type than the key inside.
    pub fn parse_line(line: &str) -> Result<(Self, String), ParseKeyError> {
        if line.len() > MAX_LINE {
            return Err(ParseKeyError::Malformed("the line is too long"));
        }
        let line = line.trim_matches([' ', '\t', '\r', '\n']);
        if line.chars().any(|c| c.is_control() && c != '\t') {
            return Err(ParseKeyError::Malformed("expected one line without control characters"));
        }
        let (algorithm, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        if algorithm != ED25519 && algorithm != SK_ED25519 {
            return Err(ParseKeyError::Type(excerpt(algorithm.as_bytes())));
        }
        let rest = rest.trim_start_matches([' ', '\t']);
        let (base64, comment) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        let wire = STANDARD.decode(base64).map_err(|_| ParseKeyError::Malformed("its second word is not base64"))?;
        let key = Self::from_wire(&wire)?;
        if key.algorithm() != algorithm {
            return Err(ParseKeyError::Malformed("the line names another type than the key inside"));
        }
        Ok((key, comment.trim_start_matches([' ', '\t']).to_owned()))
    }

    /// Whether the private half lives in a FIDO device.
    pub fn is_hardware(&self) -> bool {
        self.application.is_some()
    }

    /// The key's type, as OpenSSH names it.
    pub fn algorithm(&self) -> &'static str {
        if self.is_hardware() { SK_ED25519 } else { ED25519 }
    }

    /// The FIDO application of a hardware key, usually `ssh:`.
    pub fn application(&self) -> Option<&str> {
        self.application.as_deref()
    }

    /// The SHA-256 fingerprint.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_wire(&self.to_wire())
    }

    /// The encoded curve point. Who holds its private half can sign for every key that has it, plain or as if
    /// it were a device's.
    pub fn point(&self) -> &[u8; 32] {
        self.point.as_bytes()
    }

    /// The point for verifying.
    pub(super) fn checked_point(&self) -> &VerifyingKey {
        &self.point
    }

    /// Reads the type and the public fields, and leaves what follows.
    fn read_fields(reader: &mut Reader<'_>) -> Result<Self, ParseKeyError> {
        let algorithm = reader.string()?;
        let hardware = match algorithm {
            _ if algorithm == ED25519.as_bytes() => false,
            _ if algorithm == SK_ED25519.as_bytes() => true,
            _ => return Err(ParseKeyError::Type(excerpt(algorithm))),
        };
        let point =
            reader.string()?.try_into().map_err(|_| ParseKeyError::Malformed("the curve point is not 32 bytes"))?;
        if !hardware {
            return Self::from_ed25519(point);
        }
        let application = std::str::from_utf8(reader.string()?)
            .map_err(|_| ParseKeyError::Malformed("the FIDO application is not text"))?;
        Self::from_sk_ed25519(point, application)
    }
}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.point(), &self.application).cmp(&(other.point(), &other.application))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.algorithm(), STANDARD.encode(self.to_wire()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.algorithm(), self.fingerprint())
    }
}

impl FromStr for PublicKey {
    type Err = ParseKeyError;

    fn from_str(line: &str) -> Result<Self, ParseKeyError> {
        Self::parse_line(line).map(|(key, _)| key)
    }
}
