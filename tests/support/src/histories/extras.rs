//! What happens beside proposals: incidents, waivers, scans, what people learn, and dirt in the ledger.

use provenance_core::envelope::pointer_line;
use provenance_core::id::{BlobId, ObjectId};
use provenance_core::ledger::topic_id;
use provenance_core::statement::Topic;
use provenance_core::time::Timestamp;
use serde_json::{Value, json};

use super::deeds::Proposal;
use super::records::Filed;
use super::world::{PATHS, World};

impl World {
    /// What most have done before they write or review.
    pub(super) fn begin(&mut self) {
        if self.chance(90) {
            self.accepted(0);
        }
        if self.chance(90) {
            self.trained();
        }
    }

    /// Perhaps one or two such things.
    pub(super) fn extras(&mut self, at: usize) {
        while self.chance(30) {
            match self.random.below(12) {
                0 => self.incident_opens(at),
                1..5 => self.incident_goes_on(at),
                5 => self.accepted(at),
                6 => self.trained(),
                7 => self.late_revocation(),
                8 => self.misfiled(),
                9 => self.dirt(),
                10 => self.lost(),
                _ => self.late_rejection(),
            }
        }
    }

    pub(super) fn scan(&mut self, proposal: &Proposal, result: &str) {
        self.met.add(format!("scan: {result}"));
        let scan = json!({
            "branches": [self.name_of(proposal.at)], "scannedAt": self.time(10), "check": "names", "program": "names 1",
            "result": result, "changes": proposal.changes,
        });
        self.file("scan", "ci", scan);
    }

    pub(super) fn waive(&mut self, proposal: &Proposal) {
        let day = |days: i64| Timestamp::from_seconds(self.clock + days * 86_400).map(|it| it.day().to_string());
        let branch = self.name_of(proposal.at);
        let waiver = json!({
            "branches": [branch], "waivedAt": self.time(20), "because": "it cannot wait",
            "term": { "kind": "granted", "until": day(3) }, "changes": proposal.changes,
        });
        let waiver = self.file("waiver", "lee", waiver);
        if self.chance(25) {
            self.met.add("waiver: settled");
            let settled = json!({
                "branches": [branch], "waivedAt": self.time(86_400), "because": "it was reviewed",
                "term": { "kind": "settled", "waiver": waiver.id }, "changes": proposal.changes,
            });
            self.file("waiver", "lee", settled);
        }
    }

    fn incident_opens(&mut self, at: usize) {
        self.met.add("incident: opened");
        let path = self.pick(&PATHS[..4]).to_owned();
        let who = self.pick(&["ed", "wes", "eva"]).to_owned();
        let step = json!({ "action": "open", "severity": "high", "summary": "a wrong dose" });
        self.incident(at, &who, json!(path), step);
    }

    fn incident(&mut self, at: usize, who: &str, path: Value, step: Value) -> Filed {
        let noted = json!({ "branches": [self.name_of(at)], "notedAt": self.time(30), "path": path, "step": step });
        self.file("incident", who, noted)
    }

    /// One that is open is corrected, or closed by somebody.
    fn incident_goes_on(&mut self, at: usize) {
        let opened = |filed: &&Filed| filed.kind == "incident" && filed.predicate["step"]["action"] == "open";
        let Some(opened) = self.filed.iter().rev().find(opened).cloned() else { return };
        let path = opened.predicate["path"].clone();
        if self.chance(50) {
            self.met.add("incident: closed");
            let who = self.pick(&["lee", "ana", "ed"]).to_owned();
            let step = json!({ "action": "close", "incident": opened.id, "outcome": "put right" });
            self.incident(at, &who, path, step);
            return;
        }
        let reviews = self.filed.iter().rev().filter(|filed| filed.kind == "review");
        let changes = reviews.filter_map(|filed| filed.predicate["changes"].as_array());
        let Some(change) = changes.flatten().find(|change| change["path"] == path).cloned() else { return };
        self.met.add("incident: corrected");
        let step = json!({ "action": "correct", "incident": opened.id, "change": change });
        self.incident(at, "wes", path, step);
    }

    fn accepted(&mut self, at: usize) {
        let tip = self.branches[at].tip();
        let Some((_, text)) = self.files[&tip].get("AI-POLICY.md").cloned() else { return };
        self.met.add("accepted a document");
        let document = json!({
            "path": "AI-POLICY.md", "gitBlob": self.repository.hash_blob(&text),
            "sha256": provenance_core::id::Sha256Digest::of(&text),
        });
        for who in ["wes", "ed", "eva", "ana", "zoe", "lee"] {
            let acceptance = json!({ "acceptedAt": self.time(0), "id": "ai-policy", "document": document });
            self.file("acceptance", who, acceptance);
        }
    }

    fn trained(&mut self) {
        self.met.add("trained");
        for who in ["wes", "ana", "lee"] {
            let lesson = json!({ "kind": "course", "course": "basics", "modules": ["one"] });
            let training = json!({ "completedAt": self.time(0), "person": who, "lesson": lesson });
            self.file("training", "eva", training);
        }
    }

    fn any(&mut self) -> Option<Filed> {
        let at = self.random.below(self.filed.len().max(1));
        self.filed.get(at).cloned()
    }

    /// Somebody takes something back, whenever that was and whatever it is.
    fn late_revocation(&mut self) {
        let Some(of) = self.any() else { return };
        self.met.add("later: revoked");
        let who = self.pick(&[of.who.as_str(), "ana", "wes"]).to_owned();
        self.revoke(&who, &of);
    }

    /// Somebody rejects what was approved long ago.
    fn late_rejection(&mut self) {
        let Some(of) = self.any().filter(|of| of.kind == "review") else { return };
        self.met.add("later: rejected");
        let mut review = of.predicate.clone();
        review["decision"] = json!("reject");
        review["reviewedAt"] = json!(self.time(0));
        let who = self.pick(&["eva", "ed", "wes", "lee"]).to_owned();
        self.file("review", &who, review);
    }

    /// A line in notes that it does not belong to: of other content, of a commit, of a person, of a path.
    fn misfiled(&mut self) {
        let Some(of) = self.any() else { return };
        let there: Vec<ObjectId> = self.notes.keys().copied().collect();
        let at = self.random.below(there.len());
        let topic = match self.random.below(2) {
            0 => Topic::path("acme/site", &"content/a.md".parse().expect("a plain path")),
            _ => Topic::person("acme/site", &"wes".parse().expect("a plain id")),
        };
        let ids = [there[at], self.branches[0].tip().0, topic_id(&self.repository, &topic)];
        let which = self.random.below(ids.len());
        self.met.add(["line: under other content", "line: under a commit", "line: under a topic"][which]);
        self.note(ids[which], &of.line);
        if self.chance(50) {
            self.met.add("line: behind a pointer to where it is");
            self.note(of.blob.0, &of.line);
            self.note(ids[which], &pointer_line(of.blob));
        }
    }

    fn dirt(&mut self) {
        self.met.add("line: no record");
        let there: Vec<ObjectId> = self.notes.keys().copied().collect();
        if there.is_empty() {
            return;
        }
        let at = self.random.below(there.len());
        self.note(there[at], b"no record");
        self.note(there[at], b"{\"payloadType\":\"text/plain\"}");
    }

    /// A pointer that leads nowhere, which an admin may settle.
    fn lost(&mut self) {
        let there: Vec<ObjectId> = self.notes.keys().copied().collect();
        if there.is_empty() || !self.chance(40) {
            return;
        }
        let at = self.random.below(there.len());
        let gone = BlobId(self.repository.hash_blob(format!("gone {at}").as_bytes()).0);
        self.note(there[at], &pointer_line(gone));
        self.met.add("line: a pointer to nowhere");
        if self.chance(60) {
            self.met.add("line: a pointer to nowhere, settled");
            let revocation = json!({ "revokedAt": self.time(0), "envelope": gone, "because": "it is lost" });
            self.file("revocation", "ana", revocation);
        }
    }
}
