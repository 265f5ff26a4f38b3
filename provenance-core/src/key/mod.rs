//! OpenSSH Ed25519 keys and the signatures they make.
//!
//! Two kinds of key count: `ssh-ed25519` and `sk-ssh-ed25519@openssh.com` (FIDO hardware). A signature is
//! either the raw 64 bytes of RFC 8032 over the message, or an SSHSIG blob over it (see [`sshsig`]), the only
//! form a hardware key can give. [`PublicKey::verify`] is the one judge of both, and answers with a [`Proof`]:
//! what the signature's own bytes say about a person at the device.
//!
//! Verification is strict in the sense of `ed25519_dalek::VerifyingKey::verify_strict`, and a key of small
//! order or with a non-canonical encoding is refused when it is read. Every parser here takes hostile bytes:
//! lengths are bounded, trailing bytes are refused, nothing recurses.
//!
//! Nothing here opens a file or a socket, or makes randomness: [`PrivateKey`] takes a file's bytes, [`agent`]
//! only encodes and decodes what ssh-agent speaks, [`generate()`] takes its entropy as an argument.
//!
//! ```
//! use provenance_core::key::{Presence, PrivateKey, PublicKey, Signer, generate};
//!
//! let entropy = [7; 64]; // of a random source, in earnest
//! let new = generate(entropy, "ada@example.org", None)?;
//! let signer = PrivateKey::parse(new.private.as_bytes())?.signer()?;
//! let sig = signer.sign(b"message")?;
//!
//! let key: PublicKey = new.public.parse()?;
//! assert_eq!(key.verify(b"message", &sig)?.presence, Presence::None);
//! assert!(key.verify(b"another", &sig).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod agent;
mod fingerprint;
mod generate;
#[cfg(test)]
mod laws;
mod pem;
mod private;
mod proof;
mod public;
mod sign;
mod sk;
pub mod sshsig;
mod verify;
mod wire;

pub use fingerprint::{Fingerprint, ParseFingerprintError};
pub use generate::{GenerateError, GeneratedKey, generate};
pub use private::{DecryptError, FileSigner, PrivateKey};
pub use proof::{Presence, Proof};
pub use public::{ParseKeyError, PublicKey};
pub use sign::{SignError, Signer};
pub use sshsig::NAMESPACE;
pub use verify::{VerifyError, verify_raw};
