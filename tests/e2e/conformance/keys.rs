//! Keys and signatures by the letter of docs/spec/records.md, R7: by none of the code that reads them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use provenance_core::id::Sha256Digest;

/// An `ssh-ed25519` key, or one of a security key with these flags in its signatures.
#[derive(Clone)]
pub(super) struct Key {
    secret: SigningKey,
    flags: Option<u8>,
}

impl Key {
    /// The key that everybody knows by this name.
    pub(super) fn of(name: &str) -> Self {
        let seed = Sha256Digest::of(format!("conformance key {name}").as_bytes());
        Self { secret: SigningKey::from_bytes(seed.as_bytes()), flags: None }
    }

    /// The same key in a device that says with these flags what a person did.
    pub(super) fn device(name: &str, flags: u8) -> Self {
        Self { flags: Some(flags), ..Self::of(name) }
    }

    fn kind(&self) -> &'static str {
        if self.flags.is_some() { "sk-ssh-ed25519@openssh.com" } else { "ssh-ed25519" }
    }

    fn blob(&self) -> Vec<u8> {
        let point = self.secret.verifying_key();
        let mut blob = [string(self.kind().as_bytes()), string(point.as_bytes())].concat();
        if self.flags.is_some() {
            blob.extend(string(b"ssh:"));
        }
        blob
    }

    /// As it stands in `people.toml`.
    pub(super) fn public(&self) -> String {
        format!("{} {}", self.kind(), STANDARD.encode(self.blob()))
    }

    pub(super) fn fingerprint(&self) -> String {
        format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256Digest::of(&self.blob()).as_bytes()))
    }

    /// The signature of R7.3, of a device that of R7.6.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        if self.flags.is_some() {
            self.sshsig(message, "git-provenance")
        } else {
            self.secret.sign(message).to_bytes().to_vec()
        }
    }

    /// The signature of R7.4, in any namespace.
    pub(super) fn sshsig(&self, message: &[u8], namespace: &str) -> Vec<u8> {
        let hash = Sha256Digest::of(message);
        let head = [string(namespace.as_bytes()), string(b""), string(b"sha256")].concat();
        let signed = [b"SSHSIG".as_slice(), &head, &string(hash.as_bytes())].concat();
        let mut signature = string(self.kind().as_bytes());
        if let Some(flags) = self.flags {
            let counter = [flags, 0, 0, 0, 9];
            let (application, message) = (Sha256Digest::of(b"ssh:"), Sha256Digest::of(&signed));
            let what = [application.as_bytes().as_slice(), &counter, message.as_bytes()];
            signature.extend(string(&self.secret.sign(&what.concat()).to_bytes()));
            signature.extend(counter);
        } else {
            signature.extend(string(&self.secret.sign(&signed).to_bytes()));
        }
        [b"SSHSIG\0\0\0\x01".as_slice(), &string(&self.blob()), &head, &string(&signature)].concat()
    }
}

fn string(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("it is short");
    [&length.to_be_bytes(), bytes].concat()
}
