//! Private key files in OpenSSH's format (OpenSSH `PROTOCOL.key`), plain or under a passphrase.
//!
//! The public half stands in the clear, so a file says whose it is before anyone types a passphrase. Opening it
//! gives a [`FileSigner`], after checking that both halves belong together. Secrets are wiped when dropped.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};
use ssh_key::Kdf;
use ssh_key::cipher::{Cipher, Tag};
use zeroize::Zeroizing;

use super::public::{ED25519, SK_ED25519};
use super::wire::{Reader, Truncated, excerpt};
use super::{ParseKeyError, PublicKey, SignError, Signer, pem};

pub(super) const MAGIC: &[u8] = b"openssh-key-v1\0";
pub(super) const LABEL: &str = "OPENSSH PRIVATE KEY";
/// The longest file read, in bytes; a hardware key's handle may take a few hundred.
const MAX_FILE: usize = 16 * 1024;
/// The most bcrypt rounds done: `ssh-keygen` takes 16 or 24, and a thousand take seconds.
const MAX_ROUNDS: u32 = 1000;
/// The flag by which a key file asks the device for a PIN (OpenSSH `SSH_SK_USER_VERIFICATION_REQD`).
const USER_VERIFICATION: u8 = 0x04;

/// Why a private key does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecryptError {
    /// The file is encrypted and no passphrase was given.
    #[error("the private key is encrypted and needs its passphrase")]
    Needed,
    /// The passphrase is wrong, or the file is damaged: the format cannot tell which.
    #[error("wrong passphrase, or a damaged private key")]
    Passphrase,
    /// The private half is in a FIDO device.
    #[error("the private half is in a hardware key, which signs through ssh-agent or ssh-keygen only")]
    Hardware,
    /// The decrypted part does not hold what it should.
    #[error("damaged private key: {0}")]
    Malformed(&'static str),
}

impl From<Truncated> for DecryptError {
    fn from(_: Truncated) -> Self {
        Self::Malformed("it ends too early")
    }
}

/// A private key file as read, its secrets not yet opened.
pub struct PrivateKey {
    public: PublicKey,
    lock: Option<Lock>,
    secrets: Zeroizing<Vec<u8>>,
}

/// How the secrets are encrypted.
struct Lock {
    cipher: Cipher,
    kdf: Kdf,
    tag: Option<Tag>,
}

impl PrivateKey {
    /// Reads the file's bytes, which are PEM text. Decrypts nothing.
    ///
    /// # Errors
    /// [`ParseKeyError`]: another format (PKCS#8, PuTTY), another kind of key, several keys, an encryption we do
    /// not read, or more than 1000 bcrypt rounds.
    pub fn parse(pem: &[u8]) -> Result<Self, ParseKeyError> {
        if pem.len() > MAX_FILE {
            return Err(ParseKeyError::Malformed("the private key file is too long"));
        }
        let bytes = std::str::from_utf8(pem).ok().and_then(|text| pem::decode(text, LABEL)).ok_or(
            ParseKeyError::Malformed("expected a file that begins with `-----BEGIN OPENSSH PRIVATE KEY-----`"),
        )?;
        let inner = bytes.strip_prefix(MAGIC).ok_or(ParseKeyError::Malformed("expected the magic openssh-key-v1"))?;
        let mut reader = Reader::new(inner);
        let (cipher, kdf, options) = (reader.string()?, reader.string()?, reader.string()?);
        if reader.number()? != 1 {
            return Err(ParseKeyError::Malformed("expected exactly one private key"));
        }
        let public = PublicKey::from_wire(reader.string()?)?;
        let secrets = Zeroizing::new(reader.string()?.to_vec());
        let lock = Lock::parse(cipher, kdf, options, reader.rest())?;
        Ok(Self { public, lock, secrets })
    }

    /// The public half, which no passphrase protects (nor vouches for, until the file is opened).
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Whether opening it takes a passphrase.
    pub fn is_encrypted(&self) -> bool {
        self.lock.is_some()
    }

    /// Whether the device of a hardware key wants a PIN for each signature (`-O verify-required`). `false` where
    /// the file is encrypted, which hides it.
    pub fn wants_pin(&self) -> bool {
        !self.is_encrypted() && device_flags(&self.secrets).is_ok_and(|flags| flags & USER_VERIFICATION != 0)
    }

    /// The signer of an unencrypted file.
    ///
    /// # Errors
    /// [`DecryptError::Needed`] when it is encrypted; otherwise as [`decrypt`](Self::decrypt).
    pub fn signer(&self) -> Result<FileSigner, DecryptError> {
        if self.is_encrypted() && !self.public.is_hardware() {
            return Err(DecryptError::Needed);
        }
        self.decrypt(b"")
    }

    /// The signer of this file, the secrets decrypted with the passphrase. It is ignored when the file is not
    /// encrypted. Takes as long as the file's bcrypt rounds, at most some seconds.
    ///
    /// # Errors
    /// [`DecryptError`]; the halves of the key are checked to belong together.
    pub fn decrypt(&self, passphrase: &[u8]) -> Result<FileSigner, DecryptError> {
        if self.public.is_hardware() {
            return Err(DecryptError::Hardware);
        }
        let Some(lock) = &self.lock else {
            return open(&self.public, &self.secrets);
        };
        let mut secrets = self.secrets.clone();
        lock.open(passphrase, &mut secrets)?;
        open(&self.public, &secrets)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("public", &self.public).finish_non_exhaustive()
    }
}

impl Lock {
    /// `None` for an unencrypted file. `after` is what follows the secrets: an AEAD cipher's tag or nothing.
    fn parse(cipher: &[u8], kdf: &[u8], options: &[u8], after: &[u8]) -> Result<Option<Self>, ParseKeyError> {
        let unsupported = || ParseKeyError::Cipher(format!("{} with {}", excerpt(cipher), excerpt(kdf)));
        if cipher == b"none" && kdf == b"none" {
            let empty = options.is_empty() && after.is_empty();
            return if empty { Ok(None) } else { Err(ParseKeyError::Malformed("bytes follow the private key")) };
        }
        let cipher = std::str::from_utf8(cipher)
            .ok()
            .and_then(|name| Cipher::new(name).ok())
            .filter(|found| found.is_some() && *found != Cipher::TdesCbc && kdf == b"bcrypt")
            .ok_or_else(unsupported)?;
        let mut reader = Reader::new(options);
        let (salt, rounds) = (reader.string()?, reader.number()?);
        if salt.is_empty() || rounds == 0 || !reader.is_empty() {
            return Err(ParseKeyError::Malformed("its bcrypt options make no sense"));
        }
        if rounds > MAX_ROUNDS {
            return Err(ParseKeyError::Rounds { found: rounds, max: MAX_ROUNDS });
        }
        let tag = if cipher.has_tag() {
            Some(Tag::try_from(after).map_err(|_| ParseKeyError::Malformed("the cipher's tag is not 16 bytes"))?)
        } else if after.is_empty() {
            None
        } else {
            return Err(ParseKeyError::Malformed("bytes follow the private key"));
        };
        Ok(Some(Self { cipher, kdf: Kdf::Bcrypt { salt: salt.to_vec(), rounds }, tag }))
    }

    fn open(&self, passphrase: &[u8], secrets: &mut [u8]) -> Result<(), DecryptError> {
        if passphrase.is_empty() {
            return Err(DecryptError::Passphrase);
        }
        let (key, iv) = self.kdf.derive_key_and_iv(self.cipher, passphrase).map_err(|_| DecryptError::Passphrase)?;
        self.cipher.decrypt(&key, &iv, secrets, self.tag).map_err(|_| DecryptError::Passphrase)
    }
}

/// What an `sk-ssh-ed25519` key's decrypted part says that the device is to ask for.
fn device_flags(secrets: &[u8]) -> Result<u8, DecryptError> {
    let mut reader = Reader::new(secrets);
    let _check = (reader.number()?, reader.number()?);
    if reader.string()? != SK_ED25519.as_bytes() {
        return Err(DecryptError::Malformed("it is of another type than its public half"));
    }
    let _point_and_application = (reader.string()?, reader.string()?);
    Ok(reader.byte()?)
}

/// The signer in the decrypted part of a file, when it belongs to this public half.
fn open(public: &PublicKey, secrets: &[u8]) -> Result<FileSigner, DecryptError> {
    let mut reader = Reader::new(secrets);
    // Two equal numbers are the format's only sign that the passphrase was right.
    if reader.number()? != reader.number()? {
        return Err(DecryptError::Passphrase);
    }
    match reader.string()? {
        found if found == ED25519.as_bytes() => {}
        found if found == SK_ED25519.as_bytes() => return Err(DecryptError::Hardware),
        _ => return Err(DecryptError::Malformed("it is of another type than its public half")),
    }
    let point = reader.string()?;
    let pair = reader.string()?;
    let comment = std::str::from_utf8(reader.string()?).unwrap_or_default().to_owned();
    if !reader.rest().iter().copied().eq((1..=u8::MAX).take(reader.rest().len())) {
        return Err(DecryptError::Malformed("its padding is wrong"));
    }
    let (seed, tail) = pair.split_first_chunk::<32>().ok_or(DecryptError::Malformed("it is not 64 bytes"))?;
    let signing = SigningKey::from_bytes(seed);
    let derived = signing.verifying_key().to_bytes();
    if derived != *public.point() || point != derived || tail != derived {
        return Err(DecryptError::Malformed("its halves do not belong together"));
    }
    Ok(FileSigner { public: public.clone(), signing, comment })
}

/// An `ssh-ed25519` key in memory; signs raw. Its secret is wiped when dropped.
pub struct FileSigner {
    public: PublicKey,
    signing: SigningKey,
    comment: String,
}

impl FileSigner {
    /// The signer with this 32-byte seed, for tests and for [`generate`](super::generate()).
    ///
    /// # Errors
    /// [`ParseKeyError::Weak`], which no seed is known to give.
    pub fn from_seed(seed: &[u8; 32], comment: &str) -> Result<Self, ParseKeyError> {
        let signing = SigningKey::from_bytes(seed);
        let public = PublicKey::from_ed25519(signing.verifying_key().to_bytes())?;
        Ok(Self { public, signing, comment: comment.to_owned() })
    }

    /// The comment in the private file, empty when there is none or it is not UTF-8. Foreign text.
    pub fn comment(&self) -> &str {
        &self.comment
    }

    /// Seed and point as OpenSSH stores them.
    pub(super) fn pair(&self) -> Zeroizing<[u8; 64]> {
        Zeroizing::new(self.signing.to_keypair_bytes())
    }
}

impl Signer for FileSigner {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(self.signing.sign(message).to_bytes().to_vec())
    }
}

impl fmt::Debug for FileSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileSigner").field("public", &self.public).finish_non_exhaustive()
    }
}
