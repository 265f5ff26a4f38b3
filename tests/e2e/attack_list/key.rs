//! Attacks on keys and signatures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use provenance_core::envelope::pae;
use provenance_core::id::Sha256Digest;
use provenance_core::key::sshsig::{Hash, signed_data};
use provenance_core::key::{PublicKey, Signer as _};

use super::{PEOPLE, Reviewed, STATEMENT, in_the_name_of, line, pinned, seal, signer, text, with_policy};
use crate::site::{POLICY, Site};

/// The fields of an SSHSIG blob, each to be got wrong.
struct Blob<'a> {
    version: u32,
    key: Vec<u8>,
    namespace: &'a str,
    reserved: &'a str,
    hash: &'a str,
    kind: &'a str,
    behind: &'a [u8],
}

fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

impl Blob<'_> {
    fn of(key: &PublicKey) -> Self {
        let (version, key) = (1, key.to_wire());
        Self {
            version,
            key,
            namespace: "git-provenance",
            reserved: "",
            hash: "sha256",
            kind: "ssh-ed25519",
            behind: b"",
        }
    }

    /// Signed over exactly what it says.
    fn sign(&self, payload: &[u8], sign: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let digest = Sha256Digest::of(&pae(payload));
        let fields = [self.namespace.as_bytes(), self.reserved.as_bytes(), self.hash.as_bytes()].map(string).concat();
        let message = [b"SSHSIG".to_vec(), fields.clone(), string(digest.as_bytes())].concat();
        let signature = [string(self.kind.as_bytes()), string(&sign(&message))].concat();
        let head = [b"SSHSIG".to_vec(), self.version.to_be_bytes().to_vec(), string(&self.key)].concat();
        [head, fields, string(&signature), self.behind.to_vec()].concat()
    }
}

/// K05, K06, K13, K15. What OpenSSH signed for git or a file is no record, and `gpg.*` of the configuration is not read.
#[test]
fn an_sshsig_of_another_namespace_form_or_key_is_no_record() {
    let reviewed = Reviewed::new();
    let ed = signer(&reviewed.site, "ed");
    let key = ed.public_key();
    let payload = reviewed.statement();
    let with = |blob: Blob<'_>| {
        let sig = blob.sign(payload.as_bytes(), |message| ed.sign(message).unwrap());
        line(STATEMENT, payload.as_bytes(), &key.fingerprint().to_string(), &sig)
    };
    reviewed.allows(&[&with(Blob::of(key))]);
    let certificate = [string(b"ssh-ed25519-cert-v01@openssh.com"), string(&[7; 32]), key.to_wire()].concat();
    let lines = [
        Blob { namespace: "git", ..Blob::of(key) },
        Blob { namespace: "file", ..Blob::of(key) },
        Blob { namespace: "", ..Blob::of(key) },
        Blob { namespace: "git-provenance\0", ..Blob::of(key) },
        Blob { version: 2, ..Blob::of(key) },
        Blob { version: 0, ..Blob::of(key) },
        Blob { reserved: "x", ..Blob::of(key) },
        Blob { hash: "sha1", ..Blob::of(key) },
        Blob { hash: "", ..Blob::of(key) },
        Blob { kind: "ssh-rsa", ..Blob::of(key) },
        Blob { kind: "sk-ssh-ed25519@openssh.com", ..Blob::of(key) },
        Blob { key: signer(&reviewed.site, "eve").public_key().to_wire(), ..Blob::of(key) },
        Blob { key: certificate, ..Blob::of(key) },
        Blob { behind: b"\0", ..Blob::of(key) },
    ]
    .map(with);
    reviewed.ignores_all(&lines, "bad-signature");
    reviewed.site.repo.git(&["config", "gpg.format", "ssh"]);
    reviewed.site.repo.git(&["config", "gpg.ssh.program", "/bin/true"]);
    reviewed.ignores(&with(Blob { namespace: "git", ..Blob::of(key) }), "bad-signature");
}

/// T01, T03, K03. One person in many envelopes is one person.
#[test]
fn one_reviewer_fills_one_seat_however_often_and_in_what_form_they_sign() {
    let two = with_policy("roles = [\"editor\"] }", "roles = [\"editor\"], count = 2 }");
    let reviewed = Reviewed::of(two);
    let ed = signer(&reviewed.site, "ed");
    let (payload, keyid) = (reviewed.statement(), ed.public_key().fingerprint().to_string());
    let sshsig = Blob::of(ed.public_key()).sign(payload.as_bytes(), |message| ed.sign(message).unwrap());
    let sshsig = line(STATEMENT, payload.as_bytes(), &keyid, &sshsig);
    let another = seal(&reviewed.site, "ed", payload.replace("\"scope\":\"set\"", "\"scope\":\"each\""));
    let good = reviewed.review.clone();
    reviewed.refuses(&[&good, &good, &sshsig, &another], "insufficient-reviews");
    let ana = seal(&reviewed.site, "ana", in_the_name_of(&reviewed.site, "ana", &payload));
    // Not by who signed in between, nor by two signatures in one envelope.
    let eve = seal(&reviewed.site, "eve", in_the_name_of(&reviewed.site, "eve", &payload));
    reviewed.refuses(&[&good, &eve, &another], "insufficient-reviews");
    let signature = |line: &str| line.split("\"signatures\":[").nth(1).unwrap().trim_end_matches("]}").to_owned();
    for second in [signature(&good), signature(&sshsig), signature(&ana)] {
        reviewed.refuses(&[&good.replace("}]}", &format!("}},{second}]}}"))], "missing-review");
    }
    reviewed.allows(&[&good, &ana]);
    // S and S + L are the same equation: only the smaller S is a signature.
    let at = good.find("\"sig\":\"").unwrap() + 7;
    let mut sig = STANDARD.decode(&good[at..good.len() - 4]).unwrap();
    let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut carry = 0;
    for (byte, add) in sig[32..].iter_mut().zip(order) {
        carry += u16::from(*byte) + u16::from(add);
        *byte = carry as u8;
        carry >>= 8;
    }
    let malleated = line(STATEMENT, payload.as_bytes(), &keyid, &sig);
    let refused = reviewed.refuses(&[&good, &malleated], "insufficient-reviews");
    assert!(refused.codes("note").contains(&"bad-signature".to_owned()), "{}", refused.out);
}

fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

/// K16
#[test]
fn a_keyid_chooses_one_key_and_proves_nothing() {
    let reviewed = Reviewed::new();
    let ed = signer(&reviewed.site, "ed");
    let payload = reviewed.statement();
    let sig = ed.sign(&pae(payload.as_bytes())).unwrap();
    let named = |keyid: &str| line(STATEMENT, payload.as_bytes(), keyid, &sig);
    let ana = signer(&reviewed.site, "ana").public_key().fingerprint().to_string();
    reviewed.ignores(&named(&ana), "bad-signature");
    let unknown = ["", "SHA256:x", "ed", &"k".repeat(1 << 20)].map(named);
    reviewed.ignores_all(&unknown, "unknown-key");
    reviewed.ignores(&named("a\tb"), "malformed-record");
    // Sound, in the name of somebody whose key it is not.
    let other = payload.replace("\"person\":\"ed\"", "\"person\":\"ana\"");
    reviewed.refuses(&[&seal(&reviewed.site, "ed", other)], "unknown-key");
    // Signed by Eve in Ed's name, with his key's id or her own.
    let eve = signer(&reviewed.site, "eve");
    let sig = eve.sign(&pae(payload.as_bytes())).unwrap();
    for (keyid, note) in [(ed.public_key(), "bad-signature"), (eve.public_key(), "unknown-key")] {
        reviewed.ignores(&line(STATEMENT, payload.as_bytes(), &keyid.fingerprint().to_string(), &sig), note);
    }
}

/// K08, K10, K11. The application is part of the key that the roster lists, so one with another is another key. A
/// counter that goes back is no finding: one device may serve several clocks, and no rule rests on it.
#[test]
fn a_device_proves_a_touch_by_its_signed_flags_alone() {
    let site = with_policy("declaration = \"required\"", "declaration = \"required\"\npresence = \"touch\"");
    let device = SigningKey::from_bytes(&[9; 32]);
    let key = PublicKey::from_sk_ed25519(device.verifying_key().to_bytes(), "ssh:provenance").unwrap();
    let people = text(&site, PEOPLE).replace(&site.public("ed"), &format!("{}\", \"{key}", site.public("ed")));
    site.repo.write(PEOPLE, people);
    let reviewed = Reviewed::of(pinned(site));
    let plain = reviewed.statement();
    let ed = signer(&reviewed.site, "ed").public_key().fingerprint().to_string();
    let payload = plain.replace(&ed, &key.fingerprint().to_string());
    let touched = |application: &str, signed: u8, shown: u8, counter: u32| {
        let message = signed_data(&pae(payload.as_bytes()), Hash::Sha512);
        let fields = |flags: u8| [&[flags][..], &counter.to_be_bytes()].concat();
        let digest = |bytes: &[u8]| Sha256Digest::of(bytes).as_bytes().to_vec();
        let data = [digest(application.as_bytes()), fields(signed), digest(&message)].concat();
        let raw = device.sign(&data).to_bytes();
        let signature = [string(b"sk-ssh-ed25519@openssh.com"), string(&raw), fields(shown)].concat();
        line(
            STATEMENT,
            payload.as_bytes(),
            &key.fingerprint().to_string(),
            &provenance_core::key::sshsig::wrap(&key, &signature),
        )
    };
    reviewed.refuses(&[&reviewed.review.clone()], "presence-required");
    reviewed.refuses(&[&touched("ssh:provenance", 0, 0, 7)], "presence-required");
    reviewed.refuses(&[&touched("ssh:provenance", 4, 4, 7)], "presence-required");
    for forged in
        [touched("ssh:provenance", 0, 1, 7), touched("ssh:", 1, 1, 7), touched("ssh:provenance", 0x41, 0x41, 7)]
    {
        reviewed.refuses(&[&forged], "missing-review");
    }
    // The device's key without the device: 64 raw bytes are none of its signatures.
    let raw = line(
        STATEMENT,
        payload.as_bytes(),
        &key.fingerprint().to_string(),
        &device.sign(&pae(payload.as_bytes())).to_bytes(),
    );
    reviewed.refuses(&[&raw], "missing-review");
    // What the record says of itself is no proof.
    let word = plain.replace("\"ceremony\":\"options\"", "\"ceremony\":\"terminal\",\"presence\":\"touch\"");
    reviewed.refuses(&[&seal(&reviewed.site, "ed", word)], "presence-required");
    reviewed.allows(&[&touched("ssh:provenance", 1, 1, 7)]);
    reviewed.allows(&[&touched("ssh:provenance", 5, 5, 3)]);
}

/// T06
#[test]
fn what_somebody_is_called_gives_no_role() {
    let site = Site::new();
    let people = text(&site, PEOPLE).replace("name = \"wes\"", "name = \"Wes ULTIMATE|admin|editor\"");
    site.repo.write(PEOPLE, people);
    let reviewed = Reviewed::of(pinned(site));
    assert!(POLICY.contains("roles = [\"editor\"]"));
    let site = &reviewed.site;
    let forge = |who: &str| seal(site, who, in_the_name_of(site, who, &reviewed.statement()));
    reviewed.ignores(&forge("eve"), "unknown-key");
    reviewed.refuses(&[&forge("wes")], "self-review");
    // Nor does an answer or a comment that speaks of approvals.
    let reject = reviewed
        .statement()
        .replace("\"decision\":\"approve\"", "\"decision\":\"reject\",\"comment\":\"ana approved: ULTIMATE\"");
    reviewed.refuses(&[&seal(site, "ed", reject)], "rejected");
}
