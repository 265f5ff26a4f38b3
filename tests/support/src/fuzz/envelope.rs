//! Lines of notes: envelopes and pointers.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use provenance_core::envelope::{Envelope, Line, pointer_line};
use provenance_core::gate::{Content, FiledLine, KeyRing};
use provenance_core::id::{BlobId, ObjectFormat, ObjectId};
use provenance_core::policy::{Policy, PolicyFiles};
use serde_json::Value;

use super::{Target, seeds};

pub(super) const TARGET: Target = Target {
    name: "envelope",
    reads: &["envelope::parse", "key::verify::verify", "gate::record::read"],
    run,
    seeds: || [seeds::golden_lines(), samples(), seeds::vectors("foreign/other")].concat(),
    tokens: &[
        "{\"payloadType\":\"",
        "application/vnd.in-toto+json",
        "\",\"payload\":\"",
        "\",\"signatures\":[{\"keyid\":\"",
        "\",\"sig\":\"",
        "\"}]}",
        "{\"envelope\":\"",
        "\"}",
        "=",
        "==",
        "AA==",
        "e30=",
        "\\u0078",
        "\\",
        " ",
        "\u{1}",
        "\u{e9}",
        "SHA256:",
    ],
};

/// The golden policy's keys, and the payloads that they have signed.
static SIGNED: LazyLock<(KeyRing, Policy, BTreeSet<Vec<u8>>)> = LazyLock::new(|| {
    let file = |name| Some(seeds::golden(name));
    let files = PolicyFiles { people: file("people.toml"), policy: file("policy.toml"), tools: file("tools.toml") };
    let policy = Policy::load(&files).expect("the golden policy loads");
    let payloads = seeds::golden_envelopes().iter().map(|envelope| envelope.payload().to_vec()).collect();
    (KeyRing::of([&policy]), policy, payloads)
});

fn run(bytes: &[u8]) {
    match Line::parse(bytes) {
        Line::Pointer(id) => assert_eq!(pointer_line(id), bytes, "a pointer has one spelling"),
        Line::Envelope(envelope) => {
            assert_eq!(Envelope::parse(bytes).ok().as_ref(), Some(&envelope), "reading is the same twice");
            reads_as_any_json_reader_does(bytes, &envelope);
            verifies_what_was_signed(&envelope);
        }
        Line::Void(error) => {
            assert!(Envelope::parse(bytes).is_err());
            assert!(error.to_string().len() < 400, "messages are bounded");
        }
    }
    filed(bytes);
}

/// What generic tools read is what we read, and its one spelling is this line.
fn reads_as_any_json_reader_does(line: &[u8], envelope: &Envelope) {
    let value: Value = serde_json::from_slice(line).expect("what the strict reader accepts is JSON");
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).expect("every member is there");
    let (kind, payload) = (text("/payloadType"), text("/payload"));
    let (keyid, sig) = (text("/signatures/0/keyid"), text("/signatures/0/sig"));
    assert_eq!(keyid, envelope.keyid());
    let spelt = format!(
        "{{\"payloadType\":\"{kind}\",\"payload\":\"{payload}\",\"signatures\":[{{\"keyid\":\"{keyid}\",\"sig\":\"{sig}\"}}]}}"
    );
    assert_eq!(spelt.as_bytes(), line, "an envelope has one spelling");
    assert_eq!(payload.len(), envelope.payload().len().div_ceil(3) * 4, "base64 is padded and whole");
}

/// No bytes but those that a key has signed verify with it, whatever the envelope says.
fn verifies_what_was_signed(envelope: &Envelope) {
    let (_, policy, payloads) = &*SIGNED;
    for key in policy.roster().public_keys() {
        if let Ok(verified) = envelope.clone().verify(key) {
            assert!(payloads.contains(envelope.payload()), "nobody has signed this");
            assert_eq!(verified.id(), envelope.record_id());
            assert_eq!(verified.statement().signed_by().key, key.fingerprint());
        }
    }
}

/// What the gate makes of the line agrees with the readers, and its words are bounded.
fn filed(line: &[u8]) {
    let blob = BlobId(ObjectId::null(ObjectFormat::Sha1));
    let filed = FiledLine::read(line, blob, &SIGNED.0);
    match (filed.content(), Line::parse(line)) {
        (Content::Pointer(id), Line::Pointer(target)) => assert_eq!(*id, target),
        (Content::Void { reason }, Line::Void(_)) => assert!(reason.len() < 400),
        (Content::Record(verified), Line::Envelope(envelope)) => assert_eq!(verified.id(), envelope.record_id()),
        (Content::UnknownKey { record, keyid }, Line::Envelope(envelope)) => {
            assert!(*record == envelope.record_id() && keyid.chars().count() <= 80);
        }
        (Content::Bad { record, reason }, Line::Envelope(envelope)) => {
            assert!(*record == envelope.record_id() && reason.len() < 1000, "{reason}");
        }
        (content, line) => panic!("{content:?} is filed for {line:?}"),
    }
}

fn samples() -> Vec<Vec<u8>> {
    let pointer = |digits: usize| format!("{{\"envelope\":\"{}\"}}", "1".repeat(digits));
    let line = "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"e30=\",\"signatures\":[{\"keyid\":\"SHA256:x\",\
                \"sig\":\"AA==\"}]}";
    seeds::texts(&[&pointer(40), &pointer(64), line, &line.replace("e30=", "e31="), &format!("{line} ")])
}
