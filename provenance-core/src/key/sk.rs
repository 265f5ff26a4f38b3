//! Signatures by FIDO hardware keys (OpenSSH `PROTOCOL.u2f`, "SSH U2F signatures").
//!
//! The device does not sign the message but `sha256(application) || flags || counter || sha256(message)`, so
//! the flags, and with them the proof that somebody touched it, are under the signature.

use sha2::{Digest, Sha256};

use super::verify::verify_checked;
use super::wire::Reader;
use super::{Presence, Proof, PublicKey, VerifyError};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;

/// The fields of a hardware signature: the Ed25519 signature, flags and counter.
pub(super) struct SkSignature<'a> {
    raw: &'a [u8],
    flags: u8,
    counter: u32,
}

impl<'a> SkSignature<'a> {
    /// Reads the fields that follow the type.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, VerifyError> {
        Ok(Self { raw: reader.string()?, flags: reader.byte()?, counter: reader.number()? })
    }

    /// What the signature proves, when this key made it over `signed` for `application`.
    pub(super) fn verify(&self, key: &PublicKey, application: &str, signed: &[u8]) -> Result<Proof, VerifyError> {
        if self.flags & !(USER_PRESENT | USER_VERIFIED) != 0 {
            return Err(VerifyError::Flags(self.flags));
        }
        let mut data = Vec::with_capacity(32 + 1 + 4 + 32);
        data.extend_from_slice(&Sha256::digest(application));
        data.push(self.flags);
        data.extend_from_slice(&self.counter.to_be_bytes());
        data.extend_from_slice(&Sha256::digest(signed));
        verify_checked(key.checked_point(), &data, self.raw)?;
        Ok(Proof { presence: presence(self.flags), counter: Some(self.counter) })
    }
}

/// User verification without presence is no proof of a person there.
fn presence(flags: u8) -> Presence {
    match (flags & USER_PRESENT != 0, flags & USER_VERIFIED != 0) {
        (true, true) => Presence::Pin,
        (true, false) => Presence::Touch,
        (false, _) => Presence::None,
    }
}
