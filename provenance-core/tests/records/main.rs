//! The record format, clause by clause: each rule of `docs/spec/records.md` that a line, an envelope, a
//! payload or a value can break is broken here, beside what it must leave alone.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

mod company;
mod envelope;
mod statement;
mod values;

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use provenance_core::envelope::{Envelope, Verified, pae};
use provenance_core::key::{FileSigner, Signer};

/// The key of the golden records.
fn key() -> FileSigner {
    FileSigner::from_seed(&[42; 32], "golden").unwrap()
}

/// The golden line of a kind, with every field filled in.
fn golden(kind: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1").join(format!("{kind}.jsonl"));
    std::fs::read_to_string(file).unwrap().trim_end().to_owned()
}

/// The payload of the golden line of a kind.
fn payload(kind: &str) -> String {
    String::from_utf8(Envelope::parse(golden(kind).as_bytes()).unwrap().payload().to_vec()).unwrap()
}

/// The line that signs these bytes, whatever they are.
fn seal(payload: &[u8]) -> String {
    let key = key();
    let (text, sig) = (STANDARD.encode(payload), STANDARD.encode(key.sign(&pae(payload)).unwrap()));
    let keyid = key.public_key().fingerprint();
    format!(
        r#"{{"payloadType":"application/vnd.in-toto+json","payload":"{text}","signatures":[{{"keyid":"{keyid}","sig":"{sig}"}}]}}"#
    )
}

/// What these bytes are worth, signed.
fn judge(payload: &[u8]) -> Result<Verified, String> {
    let envelope = Envelope::parse(seal(payload).as_bytes()).map_err(|error| error.to_string())?;
    envelope.verify(key().public_key()).map_err(|error| error.to_string())
}

/// The golden record of a kind with one text put in another's place, wherever it stands.
fn edited(kind: &str, from: &str, to: &str) -> Result<Verified, String> {
    let payload = payload(kind);
    assert!(payload.contains(from), "no `{from}` in the golden {kind}");
    judge(payload.replace(from, to).as_bytes())
}

#[track_caller]
fn refuses(clause: &str, kind: &str, from: &str, to: &str) {
    assert!(edited(kind, from, to).is_err(), "{clause}: `{from}` → `{to}` is accepted");
}

#[track_caller]
fn accepts(clause: &str, kind: &str, from: &str, to: &str) {
    if let Err(error) = edited(kind, from, to) {
        panic!("{clause}: `{from}` → `{to}` is refused: {error}");
    }
}
