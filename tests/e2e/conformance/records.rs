//! Records by the letter of docs/spec/records.md, true and false ones.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provenance_core::id::Sha256Digest;
use serde_json::{Value, json};

use super::keys::Key;
use super::world::{MAIN, World};

/// A statement before it is signed.
pub(super) struct Draft<'a> {
    pub(super) world: &'a World,
    pub(super) kind: &'static str,
    key: Key,
    pub(super) predicate: Value,
}

/// A record in the ledger.
#[derive(Clone)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) line: String,
    /// The blob id of the line with its newline.
    pub(super) blob: String,
}

impl World {
    /// An approval by an editor with all answers, of what leads from one commit to another.
    pub(super) fn review(&self, who: &str, old: &str, new: &str) -> Draft<'_> {
        let more = json!({
            "branches": [MAIN], "reviewedAt": "2025-05-30T10:00:00Z", "decision": "approve", "base": self.repo.rev(old),
            "scope": "set", "answers": [{ "id": "accuracy", "result": "pass" }], "ceremony": "options",
            "changes": self.changes(old, new),
        });
        self.draft("review", who, more)
    }

    /// A declaration that no AI took part, in work of the signer's own.
    pub(super) fn declaration(&self, who: &str, old: &str, new: &str) -> Draft<'_> {
        let source = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation";
        let more = json!({
            "branches": [MAIN], "declaredAt": "2025-05-30T09:00:00Z", "ai": { "extent": "none", "digitalSourceType": source },
            "authors": [{ "person": who }], "changes": self.changes(old, new),
        });
        self.draft("declaration", who, more)
    }

    pub(super) fn draft(&self, kind: &'static str, who: &str, more: Value) -> Draft<'_> {
        let draft = Draft { world: self, kind, key: Key::of(who), predicate: more };
        let signer = json!({ "person": who, "key": draft.key.fingerprint() });
        draft.set("repository", json!("acme/site")).set("signer", signer)
    }

    /// Wes declares and Ed approves what leads from one commit to another.
    pub(super) fn approve(&self, old: &str, new: &str) -> Record {
        self.declaration("wes", old, new).file();
        self.review("ed", old, new).file()
    }

    /// A revocation of a record.
    pub(super) fn revocation(&self, who: &str, of: &Record) -> Draft<'_> {
        let digest = Sha256Digest::of(format!("{}\n", of.line).as_bytes());
        let more = json!({
            "revokedAt": "2025-05-31T10:00:00Z", "envelope": of.blob, "envelopeSha256": digest.to_string(),
            "record": of.id, "because": "it no longer holds",
        });
        self.draft("revocation", who, more)
    }
}

impl Draft<'_> {
    /// With this member of the predicate.
    pub(super) fn set(mut self, member: &str, value: Value) -> Self {
        self.predicate[member] = value;
        self
    }

    pub(super) fn without(mut self, member: &str) -> Self {
        self.predicate.as_object_mut().unwrap().remove(member);
        self
    }

    /// Signed by another key, which the record names; the person stays.
    pub(super) fn by(mut self, key: Key) -> Self {
        self.predicate["signer"]["key"] = json!(key.fingerprint());
        self.key = key;
        self
    }

    pub(super) fn reject(self) -> Self {
        self.set("decision", json!("reject"))
    }

    /// Says that AI took part: extent, and the other members of `ai`.
    pub(super) fn ai(self, extent: &str, more: &Value) -> Self {
        let term =
            if extent == "generated" { "trainedAlgorithmicMedia" } else { "compositeWithTrainedAlgorithmicMedia" };
        let source = format!("http://cv.iptc.org/newscodes/digitalsourcetype/{term}");
        let mut ai = json!({ "extent": extent, "digitalSourceType": source, "tool": "writer", "model": "opus-4" });
        ai.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.set("ai", ai).set("confirmations", json!(["no-client-data"]))
    }

    fn subjects(&self) -> Value {
        let subject = |change: &Value| {
            let entry = if change["after"].is_null() { &change["before"] } else { &change["after"] };
            let mut digest = entry.clone();
            digest.as_object_mut().unwrap().remove("mode");
            json!({ "name": change["path"], "digest": digest })
        };
        if let Some(subjects) = self.subjects_of_topics(subject) {
            return subjects;
        }
        match self.predicate["changes"].as_array() {
            Some(changes) => changes.iter().map(subject).collect(),
            None => {
                let mut digest = json!({ "gitBlob": self.predicate["envelope"] });
                if let Some(sha256) = self.predicate.get("envelopeSha256") {
                    digest["sha256"] = sha256.clone();
                }
                json!([{ "name": "envelope", "digest": digest }])
            }
        }
    }

    /// The payload.
    pub(super) fn payload(&self) -> String {
        let kind = format!("https://git-provenance.dev/predicate/{}/v1", self.kind);
        let statement = json!({
            "_type": "https://in-toto.io/Statement/v1", "subject": self.subjects(),
            "predicateType": kind, "predicate": self.predicate,
        });
        statement.to_string()
    }

    /// The ids under which the record belongs (R10.3, R10.4, R10.11).
    pub(super) fn places(&self) -> BTreeSet<String> {
        let changes = self.predicate["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
        let step = &self.predicate["step"];
        let changes = changes.iter().chain(step.get("change"));
        let ends = changes.flat_map(|change| [&change["before"], &change["after"]]).chain(step.get("entry"));
        let ids = ends.flat_map(|entry| [entry.get("gitBlob"), entry.get("gitCommit")]).flatten();
        let ids = ids.chain(self.predicate.get("envelope")).filter_map(Value::as_str).map(str::to_owned);
        ids.chain(self.topic().map(|topic| self.world.topic(&topic).0)).collect()
    }

    /// The envelope of a payload, which may be another than the draft's.
    pub(super) fn seal(&self, payload: &str) -> String {
        let kind = "application/vnd.in-toto+json";
        let signature = self.key.sign(&pae(kind, payload));
        envelope(kind, payload, &self.key.fingerprint(), &signature)
    }

    /// The ledger gains the record, where it belongs.
    pub(super) fn file(self) -> Record {
        let payload = self.payload();
        let line = self.seal(&payload);
        self.file_line(&line, &payload)
    }

    /// The ledger gains this line in place of the record's own.
    pub(super) fn file_line(self, line: &str, payload: &str) -> Record {
        self.places().iter().for_each(|place| self.world.file(place, line));
        let blob = self.world.repo.git_with(&["hash-object", "--stdin"], format!("{line}\n"));
        Record { id: Sha256Digest::of(payload.as_bytes()).to_string(), line: line.to_owned(), blob }
    }
}

/// What is signed (R6.6).
pub(super) fn pae(kind: &str, payload: &str) -> Vec<u8> {
    format!("DSSEv1 {} {kind} {} {payload}", kind.len(), payload.len()).into_bytes()
}

/// One line (R6.7).
pub(super) fn envelope(kind: &str, payload: &str, key: &str, signature: &[u8]) -> String {
    let (payload, signature) = (STANDARD.encode(payload), STANDARD.encode(signature));
    format!(
        r#"{{"payloadType":"{kind}","payload":"{payload}","signatures":[{{"keyid":"{key}","sig":"{signature}"}}]}}"#
    )
}
