//! The one judge of signatures.

use ed25519_dalek::{Signature, VerifyingKey};

use super::wire::Truncated;
use super::{NAMESPACE, Proof, PublicKey, sshsig};

/// Bytes of a raw Ed25519 signature; an SSHSIG blob is always longer.
pub(super) const RAW_LEN: usize = 64;

/// Why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Neither a raw signature nor a well-formed SSHSIG blob.
    #[error("malformed signature: {0}")]
    Malformed(&'static str),
    /// A raw signature claimed for a hardware key.
    #[error("a hardware key signs as SSHSIG only, found a raw signature")]
    Raw,
    /// Made for another purpose.
    #[error("expected a signature for the namespace `{expected}`, found `{found}`")]
    Namespace {
        /// The namespace asked for.
        expected: String,
        /// The namespace found, shortened and escaped.
        found: String,
    },
    /// A digest other than sha256 and sha512.
    #[error("expected the digest sha256 or sha512, found `{0}`")]
    Hash(String),
    /// The blob names another key than the one asked.
    #[error("the signature names another key")]
    OtherKey,
    /// FIDO flags beyond user presence and user verification.
    #[error("FIDO flags {0:#04x} have bits other than 0x01 and 0x04")]
    Flags(u8),
    /// The curve point is invalid, weak or not canonical.
    #[error("the key's curve point is invalid, of small order or not in canonical form")]
    WeakKey,
    /// The arithmetic does not hold: another key, another message, or a tampered signature.
    #[error("the signature does not match the key and the message")]
    Mismatch,
}

impl From<Truncated> for VerifyError {
    fn from(_: Truncated) -> Self {
        Self::Malformed("it ends too early")
    }
}

impl PublicKey {
    /// What `sig` proves, when this key made it over exactly `message`.
    ///
    /// 64 bytes are a raw Ed25519 signature, which only an `ssh-ed25519` key can give; anything else must be an
    /// SSHSIG blob in the namespace [`NAMESPACE`] that embeds this very key. Checks no clock, roster or counter,
    /// and accepts a hardware signature without touch: the caller compares [`Proof::presence`].
    ///
    /// # Errors
    /// [`VerifyError`], always by fault of the signature's bytes.
    pub fn verify(&self, message: &[u8], sig: &[u8]) -> Result<Proof, VerifyError> {
        if sig.len() != RAW_LEN {
            return sshsig::verify(self, NAMESPACE, message, sig);
        }
        if self.is_hardware() {
            return Err(VerifyError::Raw);
        }
        verify_checked(self.checked_point(), message, sig)?;
        Ok(Proof::SOFTWARE)
    }
}

/// Checks a raw Ed25519 signature strictly: RFC 8032 section 5.1.7 without the cofactor, `S` below the group
/// order, neither `R` nor the key of small order, and every point canonical.
///
/// # Errors
/// [`VerifyError::WeakKey`] for the key, [`VerifyError::Malformed`] unless the signature is 64 bytes, otherwise
/// [`VerifyError::Mismatch`].
pub fn verify_raw(point: &[u8; 32], message: &[u8], sig: &[u8]) -> Result<(), VerifyError> {
    verify_checked(&check_point(point).ok_or(VerifyError::WeakKey)?, message, sig)
}

/// The same for a point that [`check_point`] gave.
pub(super) fn verify_checked(key: &VerifyingKey, message: &[u8], sig: &[u8]) -> Result<(), VerifyError> {
    let sig = Signature::from_slice(sig).map_err(|_| VerifyError::Malformed("an Ed25519 signature is 64 bytes"))?;
    key.verify_strict(message, &sig).map_err(|_| VerifyError::Mismatch)
}

/// The key with this encoded point; `None` when it is off the curve, of small order or not canonical.
pub(super) fn check_point(point: &[u8; 32]) -> Option<VerifyingKey> {
    if !is_canonical(point) {
        return None;
    }
    VerifyingKey::from_bytes(point).ok().filter(|key| !key.is_weak())
}

/// Whether the y coordinate is below 2^255 - 19, which decompression does not ask. (The other ambiguity, x = 0
/// with its sign bit set, is of small order.)
fn is_canonical(point: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = point;
    *low < 0xed || high & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff)
}
