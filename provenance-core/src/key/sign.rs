//! What can sign.

use super::PublicKey;

/// Why there is no signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The agent, device or person said no.
    #[error("the signer refused: {0}")]
    Refused(String),
    /// The agent, device or program cannot be reached, or does not hold the key.
    #[error("the signer is not available: {0}")]
    Unavailable(String),
    /// The signer answered, but not with a signature of this key.
    #[error("the signer's answer is no signature by this key: {0}")]
    Answer(String),
    /// Anything else, in the signer's words.
    #[error("{0}")]
    Other(String),
}

/// Something that signs with one key: a key file, an agent, a program.
pub trait Signer {
    /// The public half of the key that signs.
    fn public_key(&self) -> &PublicKey;

    /// A signature over these bytes that [`PublicKey::verify`] accepts: raw 64 bytes or an SSHSIG blob.
    ///
    /// # Errors
    /// When the signer refuses, cannot be reached or answers with something else.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}
