//! Golden records that OpenSSH signed with an `sk-ssh-ed25519` key: `ssh-keygen -Y sign -n git-provenance` over
//! the pre-authentication encoding, by a software device that has a published seed and gives the flags
//! UP, and UP with UV. We and `ssh-keygen -Y verify` accept them; with other flags neither does.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use provenance_core::envelope::{Envelope, VerifyError, pae};
use provenance_core::key::{Presence, PublicKey, sshsig};
use serde_json::Value;
use tempfile::TempDir;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1").join(name)
}

fn key() -> PublicKey {
    PublicKey::parse_line(&fs::read_to_string(golden("sk.pub")).unwrap()).unwrap().0
}

/// The line of a golden record, its envelope's payload and its SSHSIG blob.
fn record(name: &str) -> (String, Vec<u8>, Vec<u8>) {
    let line = fs::read_to_string(golden(name)).unwrap().trim_end().to_owned();
    let wire: Value = serde_json::from_str(&line).unwrap();
    let decode = |value: &Value| STANDARD.decode(value.as_str().unwrap()).unwrap();
    let (payload, sig) = (decode(&wire["payload"]), decode(&wire["signatures"][0]["sig"]));
    (line, payload, sig)
}

/// The line with another signature.
fn with_sig(line: &str, sig: &[u8]) -> String {
    let start = line.find("\"sig\":\"").unwrap() + 7;
    let end = start + line[start..].find('"').unwrap();
    format!("{}{}{}", &line[..start], STANDARD.encode(sig), &line[end..])
}

/// Whether `ssh-keygen -Y verify` accepts the blob over these bytes.
fn ssh_keygen_accepts(message: &[u8], sig: &[u8]) -> bool {
    let dir = TempDir::new().unwrap();
    let file = |name: &str, text: String| {
        let path = dir.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let allowed = file("allowed_signers", format!("ana {}\n", key()));
    let signature = file("sig", sshsig::armor(sig));
    let mut command = Command::new("ssh-keygen");
    command.args(["-Y", "verify", "-I", "ana", "-n", "git-provenance", "-f"]).arg(allowed).arg("-s").arg(signature);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("ssh-keygen is installed");
    // It may refuse before it has read everything.
    let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), message);
    child.wait().unwrap().success()
}

#[test]
fn accepts_what_openssh_signed_with_a_hardware_key_and_reads_its_flags() {
    for (name, presence) in [("sk-touch.jsonl", Presence::Touch), ("sk-pin.jsonl", Presence::Pin)] {
        let (line, payload, sig) = record(name);
        let verified = Envelope::parse(line.as_bytes()).unwrap().verify(&key()).unwrap();
        assert_eq!((verified.proof().presence, verified.proof().counter), (presence, Some(7)), "{name}");
        assert!(ssh_keygen_accepts(&pae(&payload), &sig), "{name}");
        assert!(!ssh_keygen_accepts(&payload, &sig), "{name}: the payload alone was not signed");
    }
}

#[test]
fn refuses_flags_that_the_device_did_not_sign() {
    for name in ["sk-touch.jsonl", "sk-pin.jsonl"] {
        let (line, payload, sig) = record(name);
        let at = sig.len() - 5;
        for flags in (0..=u8::MAX).filter(|flags| *flags != sig[at]) {
            let mut lying = sig.clone();
            lying[at] = flags;
            let envelope = Envelope::parse(with_sig(&line, &lying).as_bytes()).unwrap();
            assert!(matches!(envelope.verify(&key()), Err(VerifyError::Signature(_))), "{name}: {flags:02x}");
            if flags < 6 {
                assert!(!ssh_keygen_accepts(&pae(&payload), &lying), "{name}: {flags:02x}");
            }
        }
    }
}
