//! SSHSIG, the signature format of `ssh-keygen -Y sign` (OpenSSH `PROTOCOL.sshsig`).
//!
//! A blob names its key, a namespace and a digest, and signs those together with the digest of the message. A
//! signer that cannot make blobs itself (an agent) signs [`signed_data`], and [`wrap`] makes the blob.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha512};

use super::public::{ED25519, SK_ED25519};
use super::sk::SkSignature;
use super::verify::{RAW_LEN, verify_checked};
use super::wire::{Reader, excerpt, put_string};
use super::{Proof, PublicKey, VerifyError, pem};

/// The namespace of our signatures: one made for git, files or a login never counts.
pub const NAMESPACE: &str = "git-provenance";

const MAGIC: &[u8] = b"SSHSIG";
const VERSION: u32 = 1;
/// The longest blob read, in bytes; ours take about 300.
const MAX_BLOB: usize = 4096;
const LABEL: &str = "SSH SIGNATURE";

/// The digest of the message that a blob signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-512, what `ssh-keygen` takes by default and [`wrap`] names.
    Sha512,
}

impl Hash {
    fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    fn from_name(name: &[u8]) -> Option<Self> {
        [Self::Sha256, Self::Sha512].into_iter().find(|hash| hash.name().as_bytes() == name)
    }

    fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(message).to_vec(),
            Self::Sha512 => Sha512::digest(message).to_vec(),
        }
    }
}

/// The bytes a key signs for a blob over `message` in [`NAMESPACE`]; what to hand to an agent.
pub fn signed_data(message: &[u8], hash: Hash) -> Vec<u8> {
    signed_data_in(NAMESPACE, message, hash)
}

/// The blob of a signature over [`signed_data`] with [`Hash::Sha512`], as
/// [`agent::parse_signature`](super::agent::parse_signature) gives it: 64 raw bytes of an `ssh-ed25519` key, or
/// the whole signature blob of a hardware key.
///
/// Checks nothing: verify the result.
pub fn wrap(key: &PublicKey, signature: &[u8]) -> Vec<u8> {
    let mut blob = MAGIC.to_vec();
    blob.extend_from_slice(&VERSION.to_be_bytes());
    put_string(&mut blob, &key.to_wire());
    put_string(&mut blob, NAMESPACE.as_bytes());
    put_string(&mut blob, b"");
    put_string(&mut blob, Hash::Sha512.name().as_bytes());
    if key.is_hardware() {
        put_string(&mut blob, signature);
    } else {
        let mut typed = Vec::with_capacity(128);
        put_string(&mut typed, ED25519.as_bytes());
        put_string(&mut typed, signature);
        put_string(&mut blob, &typed);
    }
    blob
}

/// What an SSHSIG blob proves, when `key` made it over exactly `message` in exactly this namespace.
///
/// [`PublicKey::verify`] asks for [`NAMESPACE`]; another one is for signatures that others made.
///
/// # Errors
/// [`VerifyError`], always by fault of the blob.
pub fn verify(key: &PublicKey, namespace: &str, message: &[u8], blob: &[u8]) -> Result<Proof, VerifyError> {
    let parts = Parts::parse(blob)?;
    if parts.namespace != namespace.as_bytes() {
        let found = excerpt(parts.namespace);
        return Err(VerifyError::Namespace { expected: namespace.to_owned(), found });
    }
    if parts.key != key.to_wire() {
        return Err(VerifyError::OtherKey);
    }
    let signed = signed_data_in(namespace, message, parts.hash);
    let mut reader = Reader::new(parts.signature);
    let algorithm = reader.string()?;
    if algorithm != key.algorithm().as_bytes() {
        return Err(VerifyError::Malformed("the signature is of another type than the key"));
    }
    match key.application() {
        None => {
            let raw = reader.string()?;
            end(reader)?;
            verify_checked(key.checked_point(), &signed, raw)?;
            Ok(Proof::SOFTWARE)
        }
        Some(application) => {
            let signature = SkSignature::read(&mut reader)?;
            end(reader)?;
            signature.verify(key, application, &signed)
        }
    }
}

/// The key that a blob says it is by. Nothing is verified: for choosing which key to try.
///
/// # Errors
/// [`VerifyError`] when the blob is malformed or by a key of another kind.
pub fn embedded_key(blob: &[u8]) -> Result<PublicKey, VerifyError> {
    PublicKey::from_wire(Parts::parse(blob)?.key).map_err(|_| VerifyError::Malformed("its key is none we accept"))
}

/// The blob inside `-----BEGIN SSH SIGNATURE-----` text, which is what `ssh-keygen -Y sign` writes.
///
/// White space around the text and line ends of either kind are fine; nothing else may surround it.
///
/// # Errors
/// [`VerifyError::Malformed`].
pub fn dearmor(text: &str) -> Result<Vec<u8>, VerifyError> {
    if text.len() > 2 * MAX_BLOB {
        return Err(VerifyError::Malformed("it is too long"));
    }
    let blob = pem::decode(text, LABEL).ok_or(VerifyError::Malformed("not an armored SSH signature"))?;
    if !blob.starts_with(MAGIC) {
        return Err(VerifyError::Malformed("expected the magic SSHSIG"));
    }
    Ok(blob.to_vec())
}

/// The blob as `-----BEGIN SSH SIGNATURE-----` text.
pub fn armor(blob: &[u8]) -> String {
    pem::encode(&STANDARD.encode(blob), LABEL).as_str().to_owned()
}

/// Whether this is shaped as a signature by a key of this type: `string type || …`, complete.
pub(super) fn split_signature<'a>(key: &PublicKey, blob: &'a [u8]) -> Result<&'a [u8], VerifyError> {
    let mut reader = Reader::new(blob);
    if reader.string()? != key.algorithm().as_bytes() {
        return Err(VerifyError::Malformed("the signature is of another type than the key"));
    }
    let raw = reader.string()?;
    if raw.len() != RAW_LEN {
        return Err(VerifyError::Malformed("an Ed25519 signature is 64 bytes"));
    }
    if key.algorithm() == SK_ED25519 {
        reader.take(1 + 4)?;
    }
    end(reader)?;
    Ok(raw)
}

fn signed_data_in(namespace: &str, message: &[u8], hash: Hash) -> Vec<u8> {
    let mut data = MAGIC.to_vec();
    put_string(&mut data, namespace.as_bytes());
    put_string(&mut data, b"");
    put_string(&mut data, hash.name().as_bytes());
    put_string(&mut data, &hash.digest(message));
    data
}

/// A blob's fields, its envelope checked and nothing else.
struct Parts<'a> {
    key: &'a [u8],
    namespace: &'a [u8],
    hash: Hash,
    signature: &'a [u8],
}

impl<'a> Parts<'a> {
    fn parse(blob: &'a [u8]) -> Result<Self, VerifyError> {
        if blob.len() > MAX_BLOB {
            return Err(VerifyError::Malformed("it is too long"));
        }
        let inner =
            blob.strip_prefix(MAGIC).ok_or(VerifyError::Malformed("expected 64 raw bytes or the magic SSHSIG"))?;
        let mut reader = Reader::new(inner);
        if reader.number()? != VERSION {
            return Err(VerifyError::Malformed("expected SSHSIG version 1"));
        }
        let (key, namespace, reserved, hash, signature) =
            (reader.string()?, reader.string()?, reader.string()?, reader.string()?, reader.string()?);
        if !reserved.is_empty() {
            return Err(VerifyError::Malformed("the reserved field is not empty"));
        }
        end(reader)?;
        let hash = Hash::from_name(hash).ok_or_else(|| VerifyError::Hash(excerpt(hash)))?;
        Ok(Self { key, namespace, hash, signature })
    }
}

fn end(reader: Reader<'_>) -> Result<(), VerifyError> {
    if reader.is_empty() { Ok(()) } else { Err(VerifyError::Malformed("bytes follow the signature")) }
}
