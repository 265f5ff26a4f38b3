//! What is on record of people.

use serde::Serialize;

use crate::id::{RecordId, Sha256Digest};
use crate::key::Fingerprint;
use crate::name::{Ident, PersonId, Role, ToolId};
use crate::policy::{Activity, Clause};
use crate::time::{Day, Timestamp};

/// What is on record of one person.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonFigures {
    /// The id in the roster.
    pub id: PersonId,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `human`, `agent` or `service`.
    pub kind: String,
    /// The roles.
    pub roles: Vec<Role>,
    /// Whether their last day is over.
    pub retired: bool,
    /// The first day with the company.
    pub joined: Option<Day>,
    /// Who confirms that they know the policy.
    pub supervisor: Option<PersonId>,
    /// What they did by records that stand: `ai` (declared AI use, or operate an agent that did), `review`.
    pub activities: Vec<Activity>,
    /// The newest acceptance of each document, that of the version in force before any other.
    pub documents: Vec<Acceptance>,
    /// Their courses, as far as there is a record.
    pub courses: Vec<CourseFigures>,
    /// Tools whose documents they acknowledged.
    pub tools: Vec<ToolKnown>,
    /// The newest confirmation by their supervisor that they know the policy.
    pub confirmation: Option<Confirmation>,
    /// What the policy asks for and is not on record; of humans who have not retired alone.
    pub gaps: Vec<Gap>,
    /// The course that expires next.
    pub expires_next: Option<Expiry>,
}

/// Which version of a document a record names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Version {
    /// Another than the tip holds.
    Earlier,
    /// The one that the tip holds.
    InForce,
}

/// A document that somebody accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Acceptance {
    /// The document's id in the policy.
    pub id: Ident,
    /// Which version.
    pub version: Version,
    /// When, as they state.
    pub accepted_at: Timestamp,
    /// SHA-256 of the version.
    pub sha256: Sha256Digest,
    /// The key that signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Fingerprint>,
    /// The signed record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
}

/// A course and how far somebody is through it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct CourseFigures {
    /// The course's id in the policy.
    pub id: Ident,
    /// Modules completed and not over.
    pub modules: Vec<Ident>,
    /// Modules that are missing or over.
    pub missing: Vec<Ident>,
    /// The last day on which all of it is valid; none where it is not complete.
    pub until: Option<Day>,
    /// Whether a record of it is over and it is not complete.
    pub expired: bool,
}

/// A tool's document that somebody acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ToolKnown {
    /// The tool's id.
    pub id: ToolId,
    /// Which version of its document.
    pub version: Version,
    /// When, as they state.
    pub acknowledged_at: Timestamp,
}

/// A supervisor's word that somebody knows the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Confirmation {
    /// The supervisor.
    pub by: PersonId,
    /// The document's id in the policy.
    pub document: Ident,
    /// Which version.
    pub version: Version,
    /// When, as they state.
    pub confirmed_at: Timestamp,
}

/// What is missing of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Gap {
    /// The clause that asks for it.
    pub clause: Clause,
    /// What, by ids of the policy.
    pub what: String,
    /// Whether they do what it is asked for, by records that stand.
    pub asked: bool,
}

/// The day on which something expires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Expiry {
    /// The course.
    pub course: Ident,
    /// Its last day.
    pub on: Day,
}

/// Everybody, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PeopleTotals {
    /// In the roster.
    pub people: usize,
    /// Humans who have not retired; the following are of them.
    pub humans: usize,
    /// Who accepted every document that somebody must accept, as it is in force.
    pub accepted: usize,
    /// Who completed every course that somebody must complete.
    pub trained: usize,
    /// Whose supervisor confirmed that they know the policy.
    pub confirmed: usize,
    /// Who have no gap.
    pub without_gaps: usize,
    /// Who lack what they are asked for by what they do.
    pub gaps_asked: usize,
}

impl PeopleTotals {
    /// The totals of these people.
    pub fn of(people: &[PersonFigures]) -> Self {
        let mut totals = Self { people: people.len(), ..Self::default() };
        for person in people.iter().filter(|person| person.kind == "human" && !person.retired) {
            let lacks = |clauses: &[Clause]| person.gaps.iter().any(|gap| clauses.contains(&gap.clause));
            totals.humans += 1;
            totals.accepted += usize::from(!lacks(&[Clause::Ac1, Clause::Ac2]));
            totals.trained += usize::from(!lacks(&[Clause::Tr1, Clause::Tr5]));
            totals.confirmed += usize::from(person.confirmation.is_some());
            totals.without_gaps += usize::from(person.gaps.is_empty());
            totals.gaps_asked += usize::from(person.gaps.iter().any(|gap| gap.asked));
        }
        totals
    }
}
