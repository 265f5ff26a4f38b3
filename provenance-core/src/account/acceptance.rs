//! Who has accepted which document, as a sheet that can be printed and signed.

use serde::Serialize;

use super::{PersonFigures, Version};
use crate::entry::Entry;
use crate::id::{RecordId, Sha256Digest};
use crate::key::Fingerprint;
use crate::name::{Ident, PersonId};
use crate::path::RepoPath;
use crate::policy::Activity;
use crate::time::Timestamp;

/// Every document that somebody must accept, with who has.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct AcceptanceSheet {
    /// The documents, by id.
    pub documents: Vec<SheetDocument>,
}

/// A document and who has accepted it.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SheetDocument {
    /// The document's id in the policy.
    pub id: Ident,
    /// Its title.
    pub title: Option<String>,
    /// Where it is.
    pub path: RepoPath,
    /// The version in force: mode, git id, SHA-256; none where the tip does not have the file.
    pub entry: Option<Entry>,
    /// Who has to have accepted it.
    pub accepted_by: Vec<Activity>,
    /// The humans who have not retired, by id.
    pub people: Vec<SheetLine>,
    /// Those of them who have accepted the version in force.
    pub accepted: usize,
}

/// A person and what they accepted of a document.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SheetLine {
    /// The person.
    pub person: PersonId,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether they do what the document must be accepted for, by records that stand.
    pub asked: bool,
    /// When they accepted it, as they state; none where they have not.
    pub accepted_at: Option<Timestamp>,
    /// Which version.
    pub version: Option<Version>,
    /// SHA-256 of that version.
    pub sha256: Option<Sha256Digest>,
    /// The key that signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Fingerprint>,
    /// The signed record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
}

impl SheetDocument {
    /// The same with a line for each human who has not retired.
    #[must_use]
    pub fn of(mut self, people: &[PersonFigures]) -> Self {
        let humans = people.iter().filter(|person| person.kind == "human" && !person.retired);
        self.people = humans.map(|person| self.line(person)).collect();
        self.accepted = self.people.iter().filter(|line| line.version == Some(Version::InForce)).count();
        self
    }

    fn line(&self, person: &PersonFigures) -> SheetLine {
        let found = person.documents.iter().find(|own| own.id == self.id);
        SheetLine {
            person: person.id.clone(),
            name: person.name.clone(),
            asked: self.accepted_by.iter().any(|activity| person.activities.contains(activity)),
            accepted_at: found.map(|own| own.accepted_at),
            version: found.map(|own| own.version),
            sha256: found.map(|own| own.sha256),
            key: found.and_then(|own| own.key.clone()),
            record: found.and_then(|own| own.record),
        }
    }
}
