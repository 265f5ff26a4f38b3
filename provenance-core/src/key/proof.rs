//! What a signature proves beyond who made it.

use std::fmt;

/// What the signature's own bytes say about a person at the device, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// Nothing: a key file, or a hardware key that did not ask.
    None,
    /// Someone touched the device (FIDO user presence, UP).
    Touch,
    /// Someone touched and unlocked the device, by PIN or fingerprint (UP and user verification, UV).
    Pin,
}

impl fmt::Display for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Touch => "touch",
            Self::Pin => "pin",
        })
    }
}

/// What a verified signature proves; only [`PublicKey::verify`](super::PublicKey::verify) and
/// [`sshsig::verify`](super::sshsig::verify) should make one outside tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    /// The person at the device.
    pub presence: Presence,
    /// The hardware key's signature counter; `None` for a key without hardware. Not checked against anything.
    pub counter: Option<u32>,
}

impl Proof {
    /// What a key without hardware proves.
    pub(super) const SOFTWARE: Self = Self { presence: Presence::None, counter: None };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presence_is_ordered_weakest_first() {
        assert!(Presence::None < Presence::Touch && Presence::Touch < Presence::Pin);
    }
}
