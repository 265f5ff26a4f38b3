//! People: who may sign what, and what there is on record of a person.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Desk, DraftError};
use crate::gate::{Content, FiledLine};
use crate::gather::Gatherer;
use crate::id::ObjectId;
use crate::key::Fingerprint;
use crate::ledger::{Ledger, topic_id};
use crate::name::{PersonId, Role};
use crate::policy::{KeyState, Person, PersonKind};
use crate::statement::{SignedBy, Topic};
use crate::time::Day;

impl Desk<'_> {
    /// The person whose key this is, if they are a human who has not retired: nobody else can `deed`.
    pub(super) fn human(&self, key: &Fingerprint, deed: &str) -> Result<&Person, DraftError> {
        let person = self.person(key)?;
        let what = match person.kind() {
            PersonKind::Human => match person.retired().filter(|_| person.is_retired_at(self.now)) {
                Some(day) => format!("has retired on {day}"),
                None => return Ok(person),
            },
            PersonKind::Agent => "is an agent".to_owned(),
            PersonKind::Service => "is a service".to_owned(),
        };
        Err(DraftError::NotAllowed(format!("{} {what}, and only a human of the roster can {deed}", person.id())))
    }

    /// Whether a person holds one of these roles, by every policy that binds.
    pub(super) fn holds_one(&self, person: &PersonId, roles: &[Role]) -> bool {
        self.policies().all(|policy| {
            policy.roster().person(person).is_some_and(|found| roles.iter().any(|role| found.holds(role)))
        })
    }

    /// The ids of the unretired humans who hold one of these roles.
    pub(super) fn holders(&self, roles: &[Role]) -> Vec<&PersonId> {
        let people = self.policy.roster().iter();
        let active = people.filter(|person| person.is_human() && !person.is_retired_at(self.now));
        active.map(Person::id).filter(|id| self.holds_one(id, roles)).collect()
    }

    /// The person of this id, who must be a human of the roster.
    pub(super) fn known_human(&self, id: &PersonId) -> Result<&Person, DraftError> {
        match self.policy.roster().person(id) {
            Some(person) if person.is_human() => Ok(person),
            Some(_) => Err(DraftError::Request(format!("{id} is no human, and only a human can be meant here"))),
            None => Err(DraftError::Request(format!(
                "`{id}` is not in .provenance/people.toml of {}: `git provenance people` lists who is",
                self.branch
            ))),
        }
    }

    /// Refuses a last day that is over.
    pub(super) fn not_over(&self, what: &str, day: Day) -> Result<(), DraftError> {
        if day < self.now.day() {
            return Err(DraftError::Request(format!("{what} {day} is over: today is {}", self.now.day())));
        }
        Ok(())
    }

    /// The records about some persons or paths, each once, whatever became of them.
    ///
    /// # Errors
    /// [`DraftError`] when the ledger cannot be read.
    pub fn about(&self, topics: &[Topic]) -> Result<Vec<Arc<FiledLine>>, DraftError> {
        let (ring, ledger) = (self.ring(), Ledger::open(self.repository)?);
        let gatherer = Gatherer::new(self.repository, &ledger, &ring);
        let wanted: BTreeSet<&Topic> = topics.iter().collect();
        let ids: Vec<ObjectId> = wanted.iter().map(|topic| topic_id(self.repository, topic)).collect();
        let mut lines = gatherer.records(&ids)?;
        lines.retain(|line| match line.content() {
            Content::Record(record) => record.statement().topic().is_some_and(|topic| wanted.contains(&topic)),
            _ => false,
        });
        Ok(lines)
    }

    /// The topic of a person.
    pub fn topic_of(&self, person: &PersonId) -> Topic {
        Topic::person(self.policy.repository(), person)
    }

    /// Whether every policy that binds gives the key to this person and none has it as revoked. What
    /// somebody said does not end with their key.
    pub(super) fn is_unrevoked(&self, signer: &SignedBy) -> bool {
        self.policies().all(|policy| {
            policy.roster().by_key(&signer.key).is_some_and(|(person, key)| {
                *person.id() == signer.person && !matches!(key.state_at(self.now), KeyState::Revoked { .. })
            })
        })
    }
}
