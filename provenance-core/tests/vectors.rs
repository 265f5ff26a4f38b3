//! Published vectors, read from `shared/vectors` beside the workspace when it is there.

#![allow(clippy::unwrap_used, reason = "a test fails by panic")]

use std::fs;
use std::path::{Path, PathBuf};

use provenance_core::key::sshsig;
use provenance_core::key::{Presence, PublicKey, VerifyError, verify_raw};
use serde_json::Value;

/// The folder of vectors; `None`, said on stderr, when this checkout has none.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn vectors(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: no vectors at {}", path.display());
    None
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn hex(value: &Value) -> Vec<u8> {
    let digits = value.as_str().unwrap();
    (0..digits.len()).step_by(2).map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap()).collect()
}

#[test]
fn agrees_with_wycheproof() {
    let Some(folder) = vectors("ed25519") else { return };
    let mut seen = 0;
    for group in json(&folder.join("wycheproof_ed25519.json"))["testGroups"].as_array().unwrap() {
        let point: [u8; 32] = hex(&group["publicKey"]["pk"]).try_into().unwrap();
        for test in group["tests"].as_array().unwrap() {
            let verdict = verify_raw(&point, &hex(&test["msg"]), &hex(&test["sig"]));
            assert_eq!(verdict.is_ok(), test["result"] == "valid", "{test}: {verdict:?}");
            seen += 1;
        }
    }
    assert_eq!(seen, 151);
}

#[test]
fn refuses_small_order_and_non_canonical_points() {
    let Some(folder) = vectors("ed25519") else { return };
    let cases = json(&folder.join("speccheck.json"));
    let accepted: Vec<usize> = (0..12)
        .filter(|&i| {
            let point = hex(&cases[i]["pub_key"]).try_into().unwrap();
            verify_raw(&point, &hex(&cases[i]["message"]), &hex(&cases[i]["signature"])).is_ok()
        })
        .collect();
    assert_eq!(accepted, [3], "only a mixed-order signature that also holds without the cofactor");
}

#[test]
fn reads_the_sshsig_vectors_of_openssh() {
    let Some(folder) = vectors("sshsig") else { return };
    let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let message = fs::read(folder.join("signed-data")).unwrap();
    let namespace = text("namespace");
    for (name, presence, counter) in
        [("ed25519", Presence::None, None), ("ed25519_sk", Presence::Touch, Some(0x1234_5678))]
    {
        let key: PublicKey = text(&format!("{name}.pub")).parse().unwrap();
        let blob = sshsig::dearmor(&text(&format!("{name}.sig"))).unwrap();
        let proof = sshsig::verify(&key, namespace.trim_end(), &message, &blob).unwrap();
        assert_eq!((proof.presence, proof.counter), (presence, counter), "{name}");
        assert!(matches!(key.verify(&message, &blob), Err(VerifyError::Namespace { .. })), "{name}");
        assert_eq!(sshsig::verify(&key, "unittest", b"another", &blob), Err(VerifyError::Mismatch), "{name}");
    }
}
