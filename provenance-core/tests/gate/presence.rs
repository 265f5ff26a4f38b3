//! Presence: what the flags in a hardware signature prove, and what nothing else does.

use ed25519_dalek::{Signer as _, SigningKey};
use provenance_core::envelope::Envelope;
use provenance_core::finding::Code;
use provenance_core::key::sshsig::{self, Hash};
use provenance_core::key::{PublicKey, SignError, Signer};
use provenance_core::report::Report;
use provenance_core::statement::{Ceremony, Predicate, Review, SignedBy, Statement};
use sha2::{Digest, Sha256};

use crate::world::{A, World, allowed, key, path, refused};

/// A security key that gives these flags.
struct Device {
    signing: SigningKey,
    public: PublicKey,
    flags: u8,
}

impl Device {
    fn new(flags: u8) -> Self {
        let signing = SigningKey::from_bytes(&[9; 32]);
        let public = PublicKey::from_sk_ed25519(signing.verifying_key().to_bytes(), "ssh:").unwrap();
        Self { signing, public, flags }
    }
}

impl Signer for Device {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let counted = [&[self.flags], &7_u32.to_be_bytes()[..]].concat();
        let digest = Sha256::digest(sshsig::signed_data(message, Hash::Sha512));
        let raw = self.signing.sign(&[&Sha256::digest("ssh:")[..], &counted, &digest].concat()).to_bytes();
        let name = self.public.algorithm().as_bytes();
        let blob = [&[0, 0, 0, 26], name, &[0, 0, 0, 64], &raw, &counted].concat();
        Ok(sshsig::wrap(&self.public, &blob))
    }
}

/// Ed's approval by a device with these flags, where the rule asks for this presence.
fn by_device(wanted: &str, flags: u8, ceremony: Ceremony) -> Report {
    let device = Device::new(flags);
    let mut w = World::new();
    w.policy = w.policy.replace("declaration = ", &format!("presence = \"{wanted}\"\ndeclaration = "));
    w.people = w.people.replace(&key("ed").public_key().to_string(), &device.public.to_string());
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.declare("wes", w.root(), head);
    let signer = SignedBy { person: "ed".parse().unwrap(), key: device.public.fingerprint() };
    let review = Review { signer, ceremony, ..w.approval("ed", w.root(), head) };
    let line = Envelope::seal(&Statement::new(Predicate::Review(review)).unwrap(), &device).unwrap();
    w.note(w.slot(head, &path(A)).unwrap().id, line);
    w.update(w.root(), head)
}

#[test]
fn a_touch_proves_touch_and_an_unlocked_touch_proves_pin() {
    const NONE: u8 = 0;
    const UP: u8 = 1;
    const UV: u8 = 4;
    for (wanted, enough) in [
        ("any", [true, true, true, true]),
        ("terminal", [false, true, false, true]),
        ("touch", [false, true, false, true]),
        ("pin", [false, false, false, true]),
    ] {
        for (flags, counts) in [NONE, UP, UV, UP | UV].into_iter().zip(enough) {
            let report = by_device(wanted, flags, Ceremony::Options);
            if counts { allowed(&report) } else { refused(&report, &[(Code::PresenceRequired, A)]) }
        }
    }
}

#[test]
fn the_records_own_word_proves_terminal_and_no_more() {
    allowed(&by_device("terminal", 0, Ceremony::Terminal));
    refused(&by_device("touch", 0, Ceremony::Terminal), &[(Code::PresenceRequired, A)]);
    refused(&by_device("pin", 1, Ceremony::Terminal), &[(Code::PresenceRequired, A)]);
}
