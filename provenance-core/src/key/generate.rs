//! New keys, from entropy that the caller brings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ssh_key::Kdf;
use ssh_key::cipher::Cipher;
use zeroize::Zeroizing;

use super::private::{LABEL, MAGIC};
use super::public::ED25519;
use super::wire::put_string;
use super::{FileSigner, PublicKey, Signer as _, pem};

/// What `ssh-keygen` takes by default.
const ROUNDS: u32 = 24;
/// The longest comment, in bytes.
const MAX_COMMENT: usize = 256;

/// Why there is no new key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// A comment that would not fit on a public key line.
    #[error("a key's comment is at most 256 bytes without control characters")]
    Comment,
    /// A passphrase that protects nothing.
    #[error("the passphrase is empty")]
    Passphrase,
    /// The key derivation or cipher failed, or the seed makes no sound key; none is known to.
    #[error("the key could not be made")]
    Cipher,
}

/// A new key: the contents of its two files, and the key ready to sign.
pub struct GeneratedKey {
    /// The private file: OpenSSH PEM text, wiped when dropped.
    pub private: Zeroizing<String>,
    /// The public file: one line with its line end.
    pub public: String,
    /// The key itself.
    pub signer: FileSigner,
}

impl GeneratedKey {
    /// The public half.
    pub fn public_key(&self) -> &PublicKey {
        self.signer.public_key()
    }
}

/// A new `ssh-ed25519` key, its private file encrypted (aes256-ctr, 24 bcrypt rounds) when there is a passphrase.
///
/// The entropy must be 64 bytes of a cryptographic random source, used once: 32 are the seed, 16 the salt,
/// 4 the check number.
///
/// # Errors
/// [`GenerateError`].
pub fn generate(entropy: [u8; 64], comment: &str, passphrase: Option<&[u8]>) -> Result<GeneratedKey, GenerateError> {
    if comment.len() > MAX_COMMENT || comment.chars().any(char::is_control) || comment != comment.trim() {
        return Err(GenerateError::Comment);
    }
    let entropy = Zeroizing::new(entropy);
    let (seed, rest) = entropy.split_first_chunk::<32>().ok_or(GenerateError::Cipher)?;
    let (salt, rest) = rest.split_first_chunk::<16>().ok_or(GenerateError::Cipher)?;
    let check = rest.first_chunk::<4>().ok_or(GenerateError::Cipher)?;
    let signer = FileSigner::from_seed(seed, comment).map_err(|_| GenerateError::Cipher)?;
    let private = match passphrase {
        None => private_file(&signer, check, None)?,
        Some([]) => return Err(GenerateError::Passphrase),
        Some(passphrase) => private_file(&signer, check, Some((passphrase, salt)))?,
    };
    let public = format!("{} {comment}", signer.public_key());
    Ok(GeneratedKey { private, public: format!("{}\n", public.trim_end()), signer })
}

/// The private file's text, encrypted when there is a passphrase (and its salt).
fn private_file(
    signer: &FileSigner,
    check: &[u8; 4],
    lock: Option<(&[u8], &[u8; 16])>,
) -> Result<Zeroizing<String>, GenerateError> {
    let cipher = if lock.is_some() { Cipher::Aes256Ctr } else { Cipher::None };
    let mut secrets = secrets(signer, check, cipher.block_size());
    let (mut kdf_name, mut options) = ("none", Vec::new());
    if let Some((passphrase, salt)) = lock {
        kdf_name = "bcrypt";
        put_string(&mut options, salt);
        options.extend_from_slice(&ROUNDS.to_be_bytes());
        let (key, iv) = Kdf::Bcrypt { salt: salt.to_vec(), rounds: ROUNDS }
            .derive_key_and_iv(cipher, passphrase)
            .map_err(|_| GenerateError::Cipher)?;
        cipher.encrypt(&key, &iv, &mut secrets).map_err(|_| GenerateError::Cipher)?;
    }
    let mut file = Zeroizing::new(Vec::with_capacity(secrets.len() + 256));
    file.extend_from_slice(MAGIC);
    put_string(&mut file, cipher.as_str().as_bytes());
    put_string(&mut file, kdf_name.as_bytes());
    put_string(&mut file, &options);
    file.extend_from_slice(&1_u32.to_be_bytes());
    put_string(&mut file, &signer.public_key().to_wire());
    put_string(&mut file, &secrets);
    Ok(pem::encode(&Zeroizing::new(STANDARD.encode(&file)), LABEL))
}

/// The part of the file that is secret, padded to the cipher's block.
fn secrets(signer: &FileSigner, check: &[u8; 4], block: usize) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(1024));
    out.extend_from_slice(check);
    out.extend_from_slice(check);
    put_string(&mut out, ED25519.as_bytes());
    put_string(&mut out, signer.public_key().point());
    put_string(&mut out, signer.pair().as_slice());
    put_string(&mut out, signer.comment().as_bytes());
    let padding = out.len().next_multiple_of(block) - out.len();
    out.extend((1..=u8::MAX).take(padding));
    out
}
