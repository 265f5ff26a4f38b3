//! Key files, and what an agent answers.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provenance_core::key::agent::{MAX_ANSWER, answer_len, parse_identities, parse_signature};
use provenance_core::key::{
    DecryptError, FileSigner, Fingerprint, PrivateKey, PublicKey, Signer as _, generate, sshsig,
};

use super::{Target, seeds};

pub(super) const TARGET: Target = Target {
    name: "keys",
    reads: &[
        "key::public::parse_line",
        "key::public::from_wire",
        "key::public::PublicKey",
        "key::private::parse",
        "key::private::signer",
        "key::agent::parse_identities",
        "key::agent::parse_signature",
        "key::agent::answer_len",
    ],
    run,
    seeds: samples,
    tokens: &[
        "ssh-ed25519",
        "sk-ssh-ed25519@openssh.com",
        "\0\0\0\u{b}ssh-ed25519",
        "\0\0\0\u{1a}sk-ssh-ed25519@openssh.com",
        "\0\0\0 ",
        "\0\0\0@",
        "\0\0\0\u{4}ssh:",
        "openssh-key-v1\0",
        "\0\0\0\u{4}none",
        "\0\0\0\u{4}none\0\0\0\u{4}none\0\0\0\0",
        "\0\0\0\u{a}aes256-ctr",
        "\0\0\0\u{6}bcrypt",
        "\0\0\0\u{1}",
        "\u{c}\0\0\0\u{1}",
        "\u{e}\0\0\0S",
        "-----BEGIN OPENSSH PRIVATE KEY-----\n",
        "\n-----END OPENSSH PRIVATE KEY-----\n",
        "AAAAC3NzaC1lZDI1NTE5AAAAI",
        "=",
        " ",
        "\n",
    ],
};

static SOFT: LazyLock<PublicKey> =
    LazyLock::new(|| FileSigner::from_seed(&[7; 32], "a key").expect("the seed gives a key").public_key().clone());
static HARD: LazyLock<PublicKey> =
    LazyLock::new(|| String::from_utf8_lossy(&seeds::golden("sk.pub")).parse().expect("the golden key is one"));

fn run(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok((key, comment)) = PublicKey::parse_line(text)
    {
        public(&key);
        let line = format!("{key} {comment}");
        assert_eq!(PublicKey::parse_line(&line), Ok((key, comment)), "a line reads back");
    }
    if let Ok(key) = PublicKey::from_wire(bytes) {
        public(&key);
        assert_eq!(key.to_wire(), bytes, "a key has one encoding");
    }
    for pem in [bytes.to_vec(), armored(bytes)] {
        if let Ok(file) = PrivateKey::parse(&pem) {
            private(&file);
        }
    }
    agent(bytes);
}

/// The bytes as the content of a private key file.
fn armored(bytes: &[u8]) -> Vec<u8> {
    sshsig::armor(bytes).replace("SSH SIGNATURE", "OPENSSH PRIVATE KEY").into_bytes()
}

fn public(key: &PublicKey) {
    assert_eq!(PublicKey::from_wire(&key.to_wire()).as_ref(), Ok(key));
    assert_eq!(key.to_string().parse::<PublicKey>().as_ref(), Ok(key));
    assert_eq!(key.fingerprint().to_string().parse::<Fingerprint>(), Ok(key.fingerprint()));
    assert!(key.verify(b"message", &[0; 64]).is_err(), "zeros are nobody's signature");
}

/// A file that opens signs with the key whose public half it shows, and with no other.
fn private(file: &PrivateKey) {
    public(file.public_key());
    match file.signer() {
        Ok(signer) => {
            assert!(!file.is_encrypted() && !file.public_key().is_hardware());
            assert_eq!(signer.public_key(), file.public_key());
            let sig = signer.sign(b"message").expect("a key in memory signs");
            assert!(file.public_key().verify(b"message", &sig).is_ok());
            assert!(file.public_key().verify(b"another", &sig).is_err());
        }
        Err(DecryptError::Needed) => assert!(file.is_encrypted() && !file.public_key().is_hardware()),
        Err(_) => assert!(file.public_key().is_hardware() || !file.is_encrypted()),
    }
    assert!(!file.wants_pin() || !file.is_encrypted());
}

/// Answers are bounded, and hold keys that read back.
fn agent(answer: &[u8]) {
    if let Ok(keys) = parse_identities(answer) {
        assert!(keys.len() * 8 <= answer.len());
        keys.iter().for_each(|(key, _)| public(key));
    }
    for key in [&*SOFT, &*HARD] {
        if let Ok(sig) = parse_signature(key, answer) {
            assert!(sig.len() < answer.len() && (key.is_hardware() || sig.len() == 64));
            assert!(key.verify(b"message", &sshsig::wrap(key, &sig)).is_err(), "nobody signed the message");
        }
    }
    if let Some((head, _)) = answer.split_first_chunk::<4>()
        && let Ok(len) = answer_len(*head)
    {
        assert!((1..=MAX_ANSWER).contains(&len));
    }
}

/// What the armor of a file holds.
fn content_of(pem: &str) -> Vec<u8> {
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(base64).expect("the armor holds base64")
}

fn string(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("it is short").to_be_bytes();
    [&length[..], bytes].concat()
}

fn samples() -> Vec<Vec<u8>> {
    let open = generate([3; 64], "a key", None).expect("a key can be made");
    let locked = generate([4; 64], "another", Some(b"secret")).expect("a key can be made");
    let files = [&open, &locked].map(|key| key.private.as_bytes().to_vec());
    let contents = [&open, &locked].map(|key| content_of(&key.private));
    let (soft, hard) = (SOFT.clone(), HARD.clone());
    let identities =
        [&[12, 0, 0, 0, 2][..], &string(&soft.to_wire()), &string(b"a"), &string(&hard.to_wire()), &string(b"")];
    let raw = [string(b"ssh-ed25519"), string(&[1; 64])].concat();
    let of_device = [string(b"sk-ssh-ed25519@openssh.com"), string(&[1; 64]), vec![1, 0, 0, 0, 1]].concat();
    let answers = [raw, of_device].map(|sig| [&[14][..], &string(&sig)].concat());
    let lines = [format!("{soft} a key\n").into_bytes(), seeds::golden("sk.pub")];
    [
        files.to_vec(),
        contents.to_vec(),
        answers.to_vec(),
        lines.to_vec(),
        vec![soft.to_wire(), hard.to_wire()],
        vec![identities.concat(), vec![5]],
        seeds::vectors("sshsig"),
    ]
    .concat()
}
