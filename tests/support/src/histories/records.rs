//! Records of a history: signed and filed, in truth and otherwise.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provenance_core::entry::Change;
use provenance_core::envelope::{Envelope, pointer_line};
use provenance_core::id::{BlobId, CommitId, RecordId, Sha256Digest};
use provenance_core::key::{FileSigner, Signer as _};
use provenance_core::ledger::{POINTER_THRESHOLD, places};
use provenance_core::statement::{Extent, Predicate, Statement};
use serde_json::{Value, json};

use super::company::{ED_LATER, MALLORY, key_of};
use super::world::World;
use super::{LIVE, MAIN};
use crate::bench::signer;

/// A record that was filed.
#[derive(Debug, Clone)]
pub(super) struct Filed {
    pub(super) kind: &'static str,
    pub(super) who: String,
    pub(super) id: RecordId,
    pub(super) line: Vec<u8>,
    pub(super) blob: BlobId,
    pub(super) predicate: Value,
}

/// Reads a predicate of any kind.
fn statement(kind: &str, predicate: Value) -> Statement {
    use serde_json::from_value;
    let predicate = match kind {
        "declaration" => from_value(predicate).map(Predicate::Declaration),
        "review" => from_value(predicate).map(Predicate::Review),
        "revocation" => from_value(predicate).map(Predicate::Revocation),
        "acceptance" => from_value(predicate).map(Predicate::Acceptance),
        "training" => from_value(predicate).map(Predicate::Training),
        "incident" => from_value(predicate).map(Predicate::Incident),
        "waiver" => from_value(predicate).map(Predicate::Waiver),
        "scan" => from_value(predicate).map(Predicate::Scan),
        other => panic!("no kind {other}"),
    };
    let predicate = predicate.expect("it has what its kind needs");
    Statement::new(predicate).expect("a well-formed statement")
}

impl World {
    /// The key that somebody signs with today, by the roster of main.
    fn key_today(&self, who: &str) -> FileSigner {
        let later = who == "ed" && self.branches[0].rules.ed_keys.starts_with('{');
        if later { signer(ED_LATER) } else { key_of(who) }
    }

    /// Signs a record and files it where it belongs.
    pub(super) fn file(&mut self, kind: &'static str, who: &str, predicate: Value) -> Filed {
        let key = self.key_today(who);
        self.file_by(kind, who, predicate, &key)
    }

    /// The same by another key.
    pub(super) fn file_by(&mut self, kind: &'static str, who: &str, mut predicate: Value, key: &FileSigner) -> Filed {
        if predicate.get("repository").is_none() {
            predicate["repository"] = json!("acme/site");
        }
        predicate["signer"] = json!({ "person": who, "key": key.public_key().fingerprint().to_string() });
        let statement = statement(kind, predicate.clone());
        let line = Envelope::seal(&statement, key).expect("a well-formed statement is sealed");
        let blob = self.line_id(&line);
        let ids = places(&self.repository, &statement);
        if line.len() > POINTER_THRESHOLD {
            self.met.add("record: behind pointers");
            self.note(blob.0, &line);
            ids.iter().for_each(|id| self.note(*id, &pointer_line(blob)));
        } else {
            ids.iter().for_each(|id| self.note(*id, &line));
        }
        let id = RecordId::of_payload(&statement.to_payload());
        let filed = Filed { kind, who: who.to_owned(), id, line, blob, predicate };
        self.filed.push(filed.clone());
        filed
    }

    /// The branches that a record names: its own, sometimes both, rarely the other.
    fn named(&mut self, branch: &'static str) -> Value {
        match self.random.below(20) {
            0 => json!([if branch == MAIN { LIVE } else { MAIN }]),
            1..=4 => json!([MAIN, LIVE]),
            _ => json!([branch]),
        }
    }

    pub(super) fn declaration(&mut self, who: &str, branch: &'static str, changes: &[Change]) -> Value {
        let extent = match self.random.below(4) {
            0 => Extent::Assisted,
            1 => Extent::Generated,
            _ => Extent::None,
        };
        let mut ai = json!({ "extent": extent.as_str(), "digitalSourceType": extent.digital_source_type() });
        if extent != Extent::None {
            self.met.add("declared: AI took part");
            ai["tool"] = json!(if self.chance(90) { "writer" } else { "asked" });
            ai["model"] = json!(if self.chance(90) { "opus-4" } else { "other-1" });
            ai["useCase"] = json!(if self.chance(93) { "drafting" } else { "legal-advice" });
        }
        let mut authors = vec![json!({ "person": who })];
        if self.chance(5) {
            authors.push(json!({ "name": "Guest", "email": "guest@example.org" }));
        }
        let (branches, at) = (self.named(branch), self.time(0));
        let mut declaration =
            json!({ "branches": branches, "declaredAt": at, "ai": ai, "authors": authors, "changes": changes });
        if self.chance(90) {
            declaration["confirmations"] = json!(["no-client-data"]);
        }
        if self.chance(5) && extent != Extent::None {
            declaration["details"] = json!({ "synthetic": true });
        }
        declaration
    }

    pub(super) fn review(&mut self, branch: &'static str, base: CommitId, changes: &[Change]) -> Value {
        let (branches, at) = (self.named(branch), self.time(0));
        let scope = if self.chance(60) { "set" } else { "each" };
        let ceremony = if self.chance(70) { "terminal" } else { "options" };
        let mut review = json!({
            "branches": branches, "reviewedAt": at, "decision": "approve", "base": base, "scope": scope,
            "answers": [{ "id": "accuracy", "result": "pass" }], "ceremony": ceremony, "changes": changes,
        });
        if self.chance(3) {
            review["comment"] = json!("word ".repeat(4000));
        }
        review
    }

    /// Takes a record back.
    pub(super) fn revoke(&mut self, who: &str, of: &Filed) -> Filed {
        let digest = Sha256Digest::of(&[&of.line[..], b"\n"].concat());
        let revocation = json!({
            "revokedAt": self.time(120), "envelope": of.blob, "envelopeSha256": digest, "record": of.id,
            "because": "it no longer holds",
        });
        self.file("revocation", who, revocation)
    }

    /// An approval that names somebody, by a key that is nobody's.
    pub(super) fn forge(&mut self, who: &str, predicate: Value) {
        self.met.add("record: by nobody's key");
        self.file_by("review", who, predicate, &signer(MALLORY));
    }

    /// The record's line with another signature, in the record's place.
    pub(super) fn spoil(&mut self, of: &Filed) {
        self.met.add("record: wrongly signed");
        let mut envelope: Value = serde_json::from_slice(&of.line).expect("an envelope is JSON");
        let sig = envelope["signatures"][0]["sig"].as_str().and_then(|sig| STANDARD.decode(sig).ok());
        let mut sig = sig.expect("it has a signature");
        sig[40] ^= 1;
        let text = String::from_utf8(of.line.clone()).expect("JSON is text");
        let old = envelope["signatures"][0]["sig"].take();
        let spoilt = text.replace(old.as_str().expect("it has a signature"), &STANDARD.encode(&sig));
        for lines in self.notes.values_mut() {
            if lines.remove(&of.line) {
                lines.insert(spoilt.clone().into_bytes());
            }
        }
    }
}
