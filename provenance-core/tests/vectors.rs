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

#[test]
fn makes_the_pre_authentication_encoding_of_dsse() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let Some(folder) = vectors("dsse") else { return };
    let file = json(&folder.join("cross_lang_signing.json"));
    let cases = file.as_object().unwrap().values().find_map(Value::as_array).unwrap();
    let mut seen = 0;
    for case in cases {
        let (Some(kind), Some(payload), Some(pae)) =
            (case["payload_type"].as_str(), case["canonical_b64"].as_str(), case["pae_b64"].as_str())
        else {
            continue;
        };
        let made = provenance_core::envelope::pae_of(kind, &STANDARD.decode(payload).unwrap());
        assert_eq!(made, STANDARD.decode(pae).unwrap(), "{case}");
        seen += 1;
    }
    assert!(seen > 0, "no case was understood");
}

/// JSONTestSuite: what must be refused is; what must be accepted is, except what we refuse on
/// purpose (duplicate keys, depth); nothing panics.
#[test]
fn reads_json_as_strictly_as_the_test_suite_asks() {
    let Some(folder) = vectors("json/test_parsing") else { return };
    const REFUSED_ON_PURPOSE: [&str; 2] = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"];
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let accepted = provenance_core::json::Value::parse(&fs::read(&path).unwrap()).is_ok();
        match name.as_bytes()[0] {
            b'y' => assert!(accepted || REFUSED_ON_PURPOSE.contains(&name.as_str()), "{name} must be accepted"),
            b'n' => assert!(!accepted, "{name} must be refused"),
            _ => {}
        }
        seen += 1;
    }
    assert!(seen > 100);
}
