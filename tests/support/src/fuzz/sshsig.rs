//! Signatures: raw, SSHSIG blobs, and their armor.

use std::sync::LazyLock;

use provenance_core::envelope::{Envelope, pae};
use provenance_core::key::sshsig::{self, Hash};
use provenance_core::key::{FileSigner, NAMESPACE, Presence, PublicKey, Signer as _, verify_raw};

use super::{Target, seeds};

pub(super) const TARGET: Target = Target {
    name: "sshsig",
    reads: &[
        "key::verify::verify",
        "key::verify::verify_raw",
        "key::sshsig::verify",
        "key::sshsig::embedded_key",
        "key::sshsig::dearmor",
    ],
    run,
    seeds: samples,
    tokens: &[
        "SSHSIG\0\0\0\u{1}",
        "\0\0\u{0}3\0\0\0\u{b}ssh-ed25519\0\0\0 ",
        "\0\0\0\u{b}ssh-ed25519\0\0\0@",
        "\0\0\0\u{1a}sk-ssh-ed25519@openssh.com",
        "\0\0\0\u{4}ssh:",
        "\0\0\0\u{e}git-provenance",
        "\0\0\0\0",
        "\0\0\0\u{6}sha256",
        "\0\0\0\u{6}sha512",
        "\0\0\0\u{3}git",
        "-----BEGIN SSH SIGNATURE-----\n",
        "\n-----END SSH SIGNATURE-----\n",
        "U1NIU0lH",
        "=",
        "\n",
        "\r\n",
        "\u{1}\0\0\0\u{1}",
        "\u{5}\0\0\0\u{2}",
    ],
};

/// A signature that a key has made over a message.
struct Genuine {
    key: PublicKey,
    message: Vec<u8>,
    sig: Vec<u8>,
    presence: Presence,
}

/// Every signature that the keys below have made: by a key file, and by a device with touch and with a PIN.
static GENUINE: LazyLock<Vec<Genuine>> = LazyLock::new(|| {
    let signer = FileSigner::from_seed(&[7; 32], "").expect("the seed gives a key");
    let message = pae(b"{}");
    let sign = |bytes: &[u8]| signer.sign(bytes).expect("a key in memory signs");
    let blob = sshsig::wrap(signer.public_key(), &sign(&sshsig::signed_data(&message, Hash::Sha512)));
    let soft = [sign(&message), blob].map(|sig| {
        let (key, message) = (signer.public_key().clone(), message.clone());
        Genuine { key, message, sig, presence: Presence::None }
    });
    let device = |(name, presence)| {
        let key = String::from_utf8_lossy(&seeds::golden("sk.pub")).parse().expect("the golden key is one");
        let (message, sig) = signed(seeds::golden(name).trim_ascii_end());
        Genuine { key, message, sig, presence }
    };
    let hard = [("sk-touch.jsonl", Presence::Touch), ("sk-pin.jsonl", Presence::Pin)].map(device);
    soft.into_iter().chain(hard).collect()
});

/// What an envelope's signature is over, and the signature.
fn signed(line: &[u8]) -> (Vec<u8>, Vec<u8>) {
    use base64::Engine as _;
    let envelope = Envelope::parse(line).expect("a golden line is an envelope");
    let value: serde_json::Value = serde_json::from_slice(line).expect("an envelope is JSON");
    let sig = value.pointer("/signatures/0/sig").and_then(serde_json::Value::as_str).expect("it has a signature");
    let sig = base64::engine::general_purpose::STANDARD.decode(sig).expect("the signature is base64");
    (pae(envelope.payload()), sig)
}

fn run(bytes: &[u8]) {
    forges_nothing(bytes);
    if let Ok(key) = sshsig::embedded_key(bytes) {
        // A key of somebody's own choosing signs nothing either that its owner has not signed.
        let known = GENUINE.iter().find(|genuine| genuine.sig == bytes);
        let message = known.map_or(b"message".as_slice(), |genuine| &genuine.message);
        assert_eq!(key.verify(message, bytes).is_ok(), known.is_some());
        assert!(bytes.windows(key.to_wire().len()).any(|window| window == key.to_wire()), "the blob has the key");
    }
    armor(bytes);
    raw(bytes);
}

/// Only what was signed verifies, as what it was signed; never for another message, key or namespace.
fn forges_nothing(sig: &[u8]) {
    for genuine in GENUINE.iter() {
        match genuine.key.verify(&genuine.message, sig) {
            Ok(proof) => {
                let same = GENUINE
                    .iter()
                    .find(|other| other.sig == sig && other.key == genuine.key && other.message == genuine.message);
                let same = same.expect("nobody has made this signature");
                assert_eq!(proof.presence, same.presence);
                assert_eq!(proof.counter.is_some(), genuine.key.is_hardware());
                assert!(genuine.key.verify(b"another", sig).is_err());
                assert!(sshsig::verify(&genuine.key, "git", &genuine.message, sig).is_err());
            }
            Err(error) => {
                assert!(
                    !GENUINE.iter().any(|it| it.sig == sig && it.key == genuine.key && it.message == genuine.message)
                );
                assert!(error.to_string().chars().count() < 500, "messages are bounded: {error}");
            }
        }
        let in_namespace = sshsig::verify(&genuine.key, NAMESPACE, &genuine.message, sig);
        let verified = genuine.key.verify(&genuine.message, sig);
        assert!(in_namespace.is_err() || in_namespace == verified, "both judges agree");
    }
}

fn armor(bytes: &[u8]) {
    let blob = [b"SSHSIG", bytes].concat();
    // What is longer than a blob may be is refused armored, too.
    if blob.len() < 4096 {
        assert_eq!(sshsig::dearmor(&sshsig::armor(&blob)).as_ref(), Ok(&blob), "armor reads back");
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(blob) = sshsig::dearmor(text)
    {
        assert_eq!(sshsig::dearmor(&sshsig::armor(&blob)).as_ref(), Ok(&blob), "armor reads back");
        forges_nothing(&blob);
    }
}

/// Any point and any 64 bytes: a weak key would accept what nobody signed.
fn raw(bytes: &[u8]) {
    if let Some((point, rest)) = bytes.split_first_chunk::<32>()
        && let Some((sig, message)) = rest.split_at_checked(64)
    {
        let other = [message, b"x"].concat();
        let both = verify_raw(point, message, sig).is_ok() && verify_raw(point, &other, sig).is_ok();
        assert!(!both, "one signature for two messages");
    }
}

fn samples() -> Vec<Vec<u8>> {
    let sigs = GENUINE.iter().map(|genuine| genuine.sig.clone());
    let armored = GENUINE.iter().skip(1).map(|genuine| sshsig::armor(&genuine.sig).into_bytes());
    let mut minus_one = vec![0xff; 32];
    (minus_one[0], minus_one[31]) = (0xec, 0x7f);
    let weak = [minus_one, [1].into_iter().chain([0; 31]).collect(), vec![0; 32], b"message".to_vec()].concat();
    sigs.chain(armored).chain([weak]).chain(seeds::vectors("sshsig")).collect()
}
