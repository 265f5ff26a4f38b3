//! `ssh-keygen` as the judge of keys and signatures: what it makes we read, what we make it accepts.

#![allow(clippy::unwrap_used, reason = "a test fails by panic")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ed25519_dalek::{Signer as _, SigningKey};
use provenance_core::key::sshsig::{self, Hash};
use provenance_core::key::{DecryptError, FileSigner, NAMESPACE, ParseKeyError, PrivateKey, PublicKey, Signer as _};
use provenance_core::key::{Presence, Proof, VerifyError, generate};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const MESSAGE: &[u8] = b"DSSEv1 1 a 5 hello";

/// Fails, with what it said, when `ssh-keygen` fails.
fn keygen(args: &[&str], stdin: &[u8]) -> Result<Vec<u8>, String> {
    let mut child = Command::new("ssh-keygen")
        .args(args)
        .env_remove("SSH_AUTH_SOCK")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("ssh-keygen is installed");
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    let output = child.wait_with_output().unwrap();
    if output.status.success() { Ok(output.stdout) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
}

/// A new key file of `ssh-keygen`'s with this passphrase and these further options.
fn new_key(dir: &Path, name: &str, passphrase: &str, more: &[&str]) -> PathBuf {
    let path = dir.join(name);
    let mut args = vec!["-q", "-t", "ed25519", "-C", "a comment", "-N", passphrase, "-f", path.to_str().unwrap()];
    args.extend(more);
    keygen(&args, b"").unwrap();
    path
}

fn public_of(path: &Path) -> String {
    fs::read_to_string(path.with_extension("pub")).unwrap()
}

/// `ssh-keygen -Y verify` over an SSHSIG blob in a namespace.
fn oracle_verifies(dir: &Path, key: &PublicKey, namespace: &str, blob: &[u8]) -> Result<Vec<u8>, String> {
    let (allowed, sig) = (dir.join("allowed"), dir.join("sig"));
    fs::write(&allowed, format!("me {key}\n")).unwrap();
    fs::write(&sig, sshsig::armor(blob)).unwrap();
    let (allowed, sig) = (allowed.to_str().unwrap(), sig.to_str().unwrap());
    keygen(&["-Y", "verify", "-f", allowed, "-I", "me", "-n", namespace, "-s", sig], MESSAGE)
}

fn sshsig_by(signer: &FileSigner) -> Vec<u8> {
    let raw = signer.sign(&sshsig::signed_data(MESSAGE, Hash::Sha512)).unwrap();
    sshsig::wrap(signer.public_key(), &raw)
}

#[test]
fn reads_plain_keys_and_agrees_on_their_fingerprint() {
    let dir = TempDir::new().unwrap();
    let path = new_key(dir.path(), "plain", "", &[]);
    let file = PrivateKey::parse(&fs::read(&path).unwrap()).unwrap();
    assert!(!file.is_encrypted());
    assert_eq!(file.signer().unwrap().comment(), "a comment");
    let (key, comment) = PublicKey::parse_line(&public_of(&path)).unwrap();
    assert_eq!((&key, comment.as_str()), (file.public_key(), "a comment"));
    let listed = String::from_utf8(keygen(&["-l", "-f", path.to_str().unwrap()], b"").unwrap()).unwrap();
    assert_eq!(listed.split(' ').nth(1), Some(key.fingerprint().to_string().as_str()));
}

#[test]
fn opens_keys_encrypted_with_every_cipher() {
    let dir = TempDir::new().unwrap();
    for cipher in [
        "aes128-ctr",
        "aes192-ctr",
        "aes256-ctr",
        "aes128-cbc",
        "aes256-cbc",
        "aes256-gcm@openssh.com",
        "chacha20-poly1305@openssh.com",
    ] {
        let path = new_key(dir.path(), &cipher.replace('.', "-"), "passphrase", &["-a", "1", "-Z", cipher]);
        let file = PrivateKey::parse(&fs::read(&path).unwrap()).unwrap();
        assert!(file.is_encrypted(), "{cipher}");
        assert_eq!(file.public_key(), &public_of(&path).parse().unwrap(), "{cipher}");
        assert_eq!(file.decrypt(b"Passphrase").unwrap_err(), DecryptError::Passphrase, "{cipher}");
        let signer = file.decrypt(b"passphrase").unwrap_or_else(|error| panic!("{cipher}: {error}"));
        assert!(file.public_key().verify(MESSAGE, &signer.sign(MESSAGE).unwrap()).is_ok(), "{cipher}");
    }
}

#[test]
fn refuses_too_many_rounds_and_other_key_types() {
    let dir = TempDir::new().unwrap();
    let generated = generate([5; 64], "", Some(b"x")).unwrap();
    // The rounds are the four bytes after the 16-byte salt.
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD;
    let body: String = generated.private.lines().filter(|line| !line.starts_with('-')).collect();
    let mut bytes = base64.decode(body).unwrap();
    let salt = 15 + 4 + "aes256-ctr".len() + 4 + "bcrypt".len() + 4 + 4;
    assert_eq!(bytes[salt + 16..salt + 20], [0, 0, 0, 24]);
    bytes[salt + 16] = 1;
    let text = base64.encode(bytes);
    let pem = format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{text}\n-----END OPENSSH PRIVATE KEY-----\n");
    assert!(matches!(PrivateKey::parse(pem.as_bytes()), Err(ParseKeyError::Rounds { max: 1000, .. })));

    let ecdsa = dir.path().join("ecdsa");
    keygen(&["-q", "-t", "ecdsa", "-N", "", "-f", ecdsa.to_str().unwrap()], b"").unwrap();
    assert!(matches!(PrivateKey::parse(&fs::read(&ecdsa).unwrap()), Err(ParseKeyError::Type(_))));
    assert!(matches!(public_of(&ecdsa).parse::<PublicKey>(), Err(ParseKeyError::Type(_))));
}

#[test]
fn accepts_what_ssh_keygen_signs_in_our_namespace_only() {
    let dir = TempDir::new().unwrap();
    let path = new_key(dir.path(), "k", "", &[]);
    let key: PublicKey = public_of(&path).parse().unwrap();
    for hash in ["sha256", "sha512"] {
        let sign = |namespace: &str| {
            let option = format!("hashalg={hash}");
            let args = ["-Y", "sign", "-q", "-n", namespace, "-O", &option, "-f", path.to_str().unwrap()];
            let text = String::from_utf8(keygen(&args, MESSAGE).unwrap()).unwrap();
            sshsig::dearmor(&text).unwrap()
        };
        let blob = sign(NAMESPACE);
        assert!(key.verify(MESSAGE, &blob).is_ok(), "{hash}");
        assert_eq!(sshsig::embedded_key(&blob).unwrap(), key);
        assert!(matches!(key.verify(MESSAGE, &sign("git")), Err(VerifyError::Namespace { .. })), "{hash}");
    }
}

#[test]
fn ssh_keygen_accepts_what_we_sign_in_our_namespace_only() {
    let dir = TempDir::new().unwrap();
    let path = new_key(dir.path(), "k", "", &[]);
    let signer = PrivateKey::parse(&fs::read(&path).unwrap()).unwrap().signer().unwrap();
    let blob = sshsig_by(&signer);
    oracle_verifies(dir.path(), signer.public_key(), NAMESPACE, &blob).unwrap();
    oracle_verifies(dir.path(), signer.public_key(), "git", &blob).unwrap_err();
}

#[test]
fn ssh_keygen_accepts_the_hardware_signatures_we_accept() {
    let dir = TempDir::new().unwrap();
    let signing = SigningKey::from_bytes(&[9; 32]);
    let key = PublicKey::from_sk_ed25519(signing.verifying_key().to_bytes(), "ssh:").unwrap();
    for (flags, presence) in [(1, Presence::Touch), (5, Presence::Pin)] {
        let counted = [&[flags], &7_u32.to_be_bytes()[..]].concat();
        let digest = Sha256::digest(sshsig::signed_data(MESSAGE, Hash::Sha512));
        let signed = [&Sha256::digest("ssh:")[..], &counted, &digest].concat();
        let raw = signing.sign(&signed).to_bytes();
        let name = key.algorithm().as_bytes();
        let blob = [&[0, 0, 0, 26], name, &[0, 0, 0, 64], &raw, &counted].concat();
        let sig = sshsig::wrap(&key, &blob);
        assert_eq!(key.verify(MESSAGE, &sig), Ok(Proof { presence, counter: Some(7) }));
        oracle_verifies(dir.path(), &key, NAMESPACE, &sig).unwrap();
    }
}

#[test]
fn ssh_keygen_opens_the_keys_we_generate() {
    let dir = TempDir::new().unwrap();
    for (name, passphrase) in [("plain", ""), ("locked", "a passphrase")] {
        let key = generate([6; 64], "ours", Some(passphrase.as_bytes()).filter(|bytes| !bytes.is_empty())).unwrap();
        let path = dir.path().join(name);
        write_private(&path, &key.private);
        let printed = keygen(&["-y", "-P", passphrase, "-f", path.to_str().unwrap()], b"").unwrap();
        assert_eq!(String::from_utf8(printed).unwrap(), key.public, "{name}");
        oracle_verifies(dir.path(), key.public_key(), NAMESPACE, &sshsig_by(&key.signer)).unwrap();
    }
    let locked = dir.path().join("locked");
    keygen(&["-y", "-P", "wrong", "-f", locked.to_str().unwrap()], b"").unwrap_err();
}

/// `ssh-keygen` refuses private files that others may read.
fn write_private(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}
