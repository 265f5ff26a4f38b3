//! Payloads of records, and the strict JSON underneath.

use std::sync::LazyLock;

use provenance_core::envelope::Envelope;
use provenance_core::json;
use provenance_core::key::{FileSigner, Signer as _};
use provenance_core::statement::Statement;

use super::{Target, seeds, values};

pub(super) const TARGET: Target = Target {
    name: "statement",
    reads: &[
        "statement::read",
        "json::parse",
        "json::from_slice",
        "path::RepoPath",
        "path::RefName",
        "time::Timestamp",
        "time::Day",
        "id::ObjectId",
        "id::Sha256Digest",
        "id::RecordId",
        "entry::Mode",
        "key::fingerprint::Fingerprint",
    ],
    run,
    seeds: || [payloads(), samples(), values::samples(), seeds::vectors("json/test_parsing")].concat(),
    tokens: &[
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "null",
        "true",
        "-0",
        "1e999",
        "1.0",
        "18446744073709551616",
        "\\u0000",
        "\\ud800",
        "\\\"",
        "\u{e9}",
        "\\u00e9",
        "\\t",
        "\"_type\":",
        "\"subject\":",
        "\"predicateType\":",
        "\"predicate\":",
        "https://git-provenance.dev/predicate/",
        "review/v1",
        "\"digest\":",
        "\"gitBlob\":",
        "\"gitCommit\":",
        "\"sha256\":",
        "\"before\":null",
        "\"after\":null",
        "\"mode\":\"120000\"",
        "\"kind\":",
        "\"action\":",
        "refs/heads/main",
        "../",
        ".git",
        "2026-11-23T07:00:00Z",
        "2026-02-29",
        "Z",
    ],
};

/// The key that signed the golden records.
static SIGNER: LazyLock<FileSigner> =
    LazyLock::new(|| FileSigner::from_seed(&[42; 32], "golden").expect("the seed gives a key"));

fn run(bytes: &[u8]) {
    strict_json(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        values::laws(text);
    }
    match Statement::read(bytes) {
        Ok(statement) => accepted(bytes, &statement),
        Err(error) => assert!(error.to_string().chars().count() < 1000, "messages are bounded: {error}"),
    }
}

/// What the strict reader accepts serde_json reads alike; what it alone refuses it refuses for a reason of its own.
fn strict_json(bytes: &[u8]) {
    let generic = serde_json::from_slice::<serde_json::Value>(bytes);
    match (json::Value::parse(bytes), generic) {
        (Ok(ours), Ok(theirs)) => assert!(same(&ours, &theirs), "{ours:?} is {theirs:?} to serde_json"),
        (Ok(_), Err(error)) => panic!("serde_json refuses what is accepted: {error}"),
        (Err(error), Ok(_)) => {
            let error = error.to_string();
            assert!(error.contains("duplicate key") || error.contains("nested deeper"), "{error}");
        }
        (Err(_), Err(_)) => {}
    }
}

fn same(ours: &json::Value, theirs: &serde_json::Value) -> bool {
    match (ours, theirs) {
        (json::Value::Null, serde_json::Value::Null) => true,
        (json::Value::Bool(ours), serde_json::Value::Bool(theirs)) => ours == theirs,
        (json::Value::Unsigned(ours), theirs) => theirs.as_u64() == Some(*ours),
        (json::Value::Signed(ours), theirs) => theirs.as_i64() == Some(*ours),
        (json::Value::Float(ours), theirs) => theirs.is_f64() && theirs.as_f64() == Some(*ours),
        (json::Value::String(ours), serde_json::Value::String(theirs)) => ours == theirs,
        (json::Value::Array(ours), serde_json::Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs))
        }
        (json::Value::Object(ours), serde_json::Value::Object(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().all(|(key, ours)| theirs.get(key).is_some_and(|theirs| same(ours, theirs)))
        }
        _ => false,
    }
}

/// Written again it reads the same; generic tools see the members that we write; signed it comes back.
fn accepted(bytes: &[u8], statement: &Statement) {
    assert_eq!(Statement::read(bytes).ok().as_ref(), Some(statement), "reading is the same twice");
    let payload = statement.to_payload();
    assert_eq!(Statement::read(&payload).ok().as_ref(), Some(statement), "what is written reads the same");
    let found: serde_json::Value = serde_json::from_slice(bytes).expect("what is accepted is JSON");
    let written: serde_json::Value = serde_json::from_slice(&payload).expect("what is written is JSON");
    assert!(says(&found, &written), "{found} does not say {written}");
    assert_eq!(Statement::new(statement.predicate().clone()).ok().as_ref(), Some(statement));
    let sealed = Envelope::seal(statement, &*SIGNER);
    assert_eq!(sealed.is_ok(), statement.signed_by().key == SIGNER.public_key().fingerprint());
    if let Ok(line) = sealed {
        let envelope = Envelope::parse(&line).expect("what is sealed is an envelope");
        let (id, verified) = (envelope.record_id(), envelope.verify(SIGNER.public_key()).expect("it was just signed"));
        assert!(verified.id() == id && verified.statement() == statement);
    }
}

/// Whether every member that is written was found, with the same value; others are passed over.
fn says(found: &serde_json::Value, written: &serde_json::Value) -> bool {
    use serde_json::Value::{Array, Object};
    match (found, written) {
        (Object(found), Object(written)) => {
            written.iter().all(|(key, value)| found.get(key).is_some_and(|found| says(found, value)))
        }
        (Array(found), Array(written)) => {
            found.len() == written.len() && found.iter().zip(written).all(|(found, written)| says(found, written))
        }
        _ => found == written,
    }
}

fn payloads() -> Vec<Vec<u8>> {
    seeds::golden_envelopes().iter().map(|envelope| envelope.payload().to_vec()).collect()
}

fn samples() -> Vec<Vec<u8>> {
    seeds::texts(&["{\"a\":[1,-1,1.5,null,true,\"\\u00e9\"],\"b\":{}}", "{\"a\":1,\"a\":2}", &"[".repeat(40)])
}
