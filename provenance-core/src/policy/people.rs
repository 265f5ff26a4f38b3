//! The roster: persons, their roles, and their keys with the days on which each is valid.

use std::collections::BTreeMap;
use std::fmt;

pub use super::wire::PersonKind;
use crate::key::{Fingerprint, PublicKey};
use crate::name::{Ident, PersonId, Role};
use crate::time::{Day, Timestamp};

/// A person of the roster.
#[derive(Debug, Clone)]
pub struct Person {
    pub(super) id: PersonId,
    pub(super) name: String,
    pub(super) kind: PersonKind,
    pub(super) emails: Vec<String>,
    pub(super) roles: Vec<Role>,
    pub(super) keys: Vec<RosterKey>,
    pub(super) operators: Vec<PersonId>,
    pub(super) retired: Option<Day>,
    pub(super) joined: Option<Day>,
    pub(super) supervisor: Option<PersonId>,
    pub(super) competence: Vec<Ident>,
}

impl Person {
    /// The id.
    pub fn id(&self) -> &PersonId {
        &self.id
    }

    /// The name, for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Human, agent or service.
    pub fn kind(&self) -> PersonKind {
        self.kind
    }

    /// Whether it is a human being.
    pub fn is_human(&self) -> bool {
        self.kind == PersonKind::Human
    }

    /// The addresses.
    pub fn emails(&self) -> &[String] {
        &self.emails
    }

    /// The roles.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// Whether the person holds this role.
    pub fn holds(&self, role: &Role) -> bool {
        self.roles.contains(role)
    }

    /// The keys, in the roster's order.
    pub fn keys(&self) -> &[RosterKey] {
        &self.keys
    }

    /// The humans who answer for an agent.
    pub fn operators(&self) -> &[PersonId] {
        &self.operators
    }

    /// The last day on which the person's reviews count.
    pub fn retired(&self) -> Option<Day> {
        self.retired
    }

    /// The first day with the company.
    pub fn joined(&self) -> Option<Day> {
        self.joined
    }

    /// Who confirms that the person knows the policy.
    pub fn supervisor(&self) -> Option<&PersonId> {
        self.supervisor.as_ref()
    }

    /// Subjects and languages that the person can judge.
    pub fn competence(&self) -> &[Ident] {
        &self.competence
    }

    /// Whether the person has retired by then.
    pub fn is_retired_at(&self, now: Timestamp) -> bool {
        self.retired.is_some_and(|day| now > day.end())
    }
}

/// A key of a person, with its validity. Days are inclusive, to their end in UTC.
#[derive(Debug, Clone)]
pub struct RosterKey {
    pub(super) public: PublicKey,
    pub(super) from: Option<Day>,
    pub(super) until: Option<Day>,
    pub(super) revoked: Option<(Day, String)>,
    /// Whether it was revoked before the clock, so that it counted on no earlier day either.
    pub(super) revoked_for_good: bool,
}

impl RosterKey {
    /// The public key.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Whether the key counts at this time. A revoked key counts for nothing, whenever it signed.
    pub fn state_at(&self, now: Timestamp) -> KeyState {
        let today = now.day();
        match (&self.revoked, self.from, self.until) {
            (Some((on, because)), _, _) if self.revoked_for_good || today >= *on => {
                KeyState::Revoked { on: *on, because: because.clone() }
            }
            (_, Some(from), _) if today < from => KeyState::NotYet(from),
            (_, _, Some(until)) if today > until => KeyState::Expired(until),
            _ => KeyState::Valid,
        }
    }
}

/// Whether a key counts at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyState {
    /// It counts.
    Valid,
    /// Its first day is still to come.
    NotYet(Day),
    /// Its last day is over.
    Expired(Day),
    /// It was revoked.
    Revoked {
        /// From this day on.
        on: Day,
        /// Why.
        because: String,
    },
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid => f.write_str("is valid"),
            Self::NotYet(from) => write!(f, "is not valid before {from}"),
            Self::Expired(until) => write!(f, "expired after {until}"),
            Self::Revoked { on, because } => write!(f, "is revoked since {on}: {because}"),
        }
    }
}

/// Everybody the policy knows. A key belongs to one person, and an address to one person.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    pub(super) people: BTreeMap<PersonId, Person>,
    pub(super) by_key: BTreeMap<Fingerprint, (PersonId, usize)>,
    /// Keys that have one point have one private half, whatever device they say they are on.
    pub(super) by_point: BTreeMap<[u8; 32], PersonId>,
    pub(super) by_email: BTreeMap<String, PersonId>,
}

impl Roster {
    /// Everybody, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// Takes every key that is revoked by this time for one that never counted: for whoever judges as of earlier times.
    pub(crate) fn revoke_for_good(&mut self, clock: Timestamp) {
        for key in self.people.values_mut().flat_map(|person| &mut person.keys) {
            key.revoked_for_good = key.revoked.as_ref().is_some_and(|(on, _)| clock.day() >= *on);
        }
    }

    /// The person with this id.
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.people.get(id)
    }

    /// The person whose key this is, valid or not, and the key.
    pub fn by_key(&self, key: &Fingerprint) -> Option<(&Person, &RosterKey)> {
        let (id, index) = self.by_key.get(key)?;
        let person = self.people.get(id)?;
        Some((person, person.keys.get(*index)?))
    }

    /// The person with this address; ASCII letters of both cases are equal.
    pub fn by_email(&self, email: &str) -> Option<&Person> {
        self.by_email.get(&email.to_ascii_lowercase()).and_then(|id| self.people.get(id))
    }

    /// Every key of everybody.
    pub fn public_keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.people.values().flat_map(|person| person.keys.iter().map(|key| &key.public))
    }

    /// The only unretired human admin, whatever the state of their keys; none where there are several.
    pub fn sole_admin(&self, now: Timestamp) -> Option<&Person> {
        let admin: Role = super::ADMIN.parse().ok()?;
        let mut admins = self
            .people
            .values()
            .filter(|person| person.is_human() && person.holds(&admin) && !person.is_retired_at(now));
        admins.next().filter(|_| admins.next().is_none())
    }
}
