//! Records about a person or a path as such (R9.12 to R9.17, R10.10), and how such work is made.

use provenance_core::id::Sha256Digest;
use serde_json::{Value, json};

use super::records::{Draft, Record};
use super::world::{MAIN, World};

impl World {
    /// The branch `topic` and its records are there: Wes declared that a tool made it, Ed approved it.
    pub(super) fn made_with_ai(&self, topic: &str, more: &Value) -> Record {
        self.declaration("wes", "main", topic).ai("generated", more).file();
        self.review("ed", "main", topic).file()
    }

    /// A person accepts a document of the policy, as a revision has it.
    pub(super) fn acceptance(&self, who: &str, id: &str, document: &str) -> Draft<'_> {
        let more = json!({ "acceptedAt": "2025-04-01T10:00:00Z", "id": id, "document": self.document(document) });
        self.draft("acceptance", who, more)
    }

    /// Somebody confirms that a person completed modules of the course `basics`.
    pub(super) fn training(&self, who: &str, person: &str, modules: &[&str]) -> Draft<'_> {
        let lesson = json!({ "kind": "course", "course": "basics", "modules": modules });
        let more = json!({ "completedAt": "2025-04-01T10:00:00Z", "person": person, "lesson": lesson });
        self.draft("training", who, more)
    }

    /// A step in the life of an incident of a path.
    pub(super) fn incident(&self, who: &str, path: &str, step: Value) -> Draft<'_> {
        let more = json!({ "branches": [MAIN], "notedAt": "2025-05-29T10:00:00Z", "path": path });
        self.draft("incident", who, more).set("step", step)
    }

    /// A file as a revision has it, `REVISION:PATH`.
    pub(super) fn document(&self, at: &str) -> Value {
        let (_, path) = at.split_once(':').expect("a revision and a path");
        let entry = self.entry("100644", &self.repo.rev(at));
        json!({ "path": path, "gitBlob": entry["gitBlob"], "sha256": entry["sha256"] })
    }

    /// The git id and the SHA-256 of a topic.
    pub(super) fn topic(&self, third: &str) -> (String, String) {
        let text = format!("git-provenance topic v1\nrepository acme/site\n{third}\n");
        let sha256 = Sha256Digest::of(text.as_bytes()).to_string();
        (self.repo.git_with(&["hash-object", "--stdin"], text), sha256)
    }
}

impl Draft<'_> {
    /// The third line of the record's topic.
    pub(super) fn topic(&self) -> Option<String> {
        let text = |value: &Value| value.as_str().expect("it is text").to_owned();
        match self.kind {
            "acceptance" => Some(format!("person {}", text(&self.predicate["signer"]["person"]))),
            "training" => Some(format!("person {}", text(&self.predicate["person"]))),
            "incident" => Some(format!("path {}", text(&self.predicate["path"]))),
            _ => None,
        }
    }

    /// The subjects of a record that has a topic (R8.2).
    pub(super) fn subjects_of_topics(&self, of_change: impl Fn(&Value) -> Value) -> Option<Value> {
        let topic = self.topic()?;
        let step = &self.predicate["step"];
        Some(if self.kind == "acceptance" {
            let document = &self.predicate["document"];
            let digest = json!({ "gitBlob": document["gitBlob"], "sha256": document["sha256"] });
            json!([{ "name": document["path"], "digest": digest }])
        } else if let Some(change) = step.get("change") {
            json!([of_change(change)])
        } else if let Some(entry) = step.get("entry") {
            json!([of_change(&json!({ "path": self.predicate["path"], "after": entry }))])
        } else {
            json!([{ "name": topic, "digest": { "sha256": self.world.topic(&topic).1 } }])
        })
    }
}
