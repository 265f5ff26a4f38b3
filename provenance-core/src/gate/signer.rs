//! Signers: whether the person behind a record counts today, in every roster that must agree.

use std::collections::BTreeSet;

use crate::finding::Code;
use crate::id::RecordId;
use crate::name::{Ident, PersonId, Role};
use crate::policy::{AnswerNeed, Clause, KeyState, Level, Person, PersonKind, Policy};
use crate::statement::{SignedBy, Statement};
use crate::time::Timestamp;

/// How far a stated time may lie ahead of the clock, in seconds.
pub(super) const CLOCK_SKEW: i64 = 300;

/// The rosters that a person must be in: OLD's, and the authority's tip.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rosters<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) authority: Option<&'a Policy>,
    pub(crate) now: Timestamp,
}

/// A reason why somebody's record does not count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    pub(super) code: Code,
    pub(super) message: String,
    /// The declaration that is at fault.
    pub(super) record: Option<RecordId>,
    /// The clause that it breaks, where the policy may take that less strictly.
    pub(super) clause: Option<Clause>,
    /// Who does what about it, where that is said better here than by the code.
    pub(super) way_out: Option<String>,
    /// Whose reviews are missing, where only seats of certain roles are empty.
    pub(super) empty_seats: Option<Box<EmptySeats>>,
}

/// The roles that seats which stay empty are open to (none: any human), and who sits elsewhere already.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct EmptySeats {
    pub(super) roles: BTreeSet<Role>,
    pub(super) seated: BTreeSet<PersonId>,
    /// Whether a declaration would fill the only one.
    pub(super) declaration_would_do: bool,
}

impl Fault {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), record: None, clause: None, way_out: None, empty_seats: None }
    }

    /// The fault of a declaration.
    pub(super) fn of(self, record: RecordId) -> Self {
        Self { record: Some(record), ..self }
    }

    /// The same, with who does what about it.
    pub(super) fn way_out(self, way_out: String) -> Self {
        Self { way_out: Some(way_out), ..self }
    }

    /// The same, with the roles of the seats that stay empty and whose reviews count already.
    pub(super) fn for_seats(self, roles: BTreeSet<Role>, persons: &[PersonId], declaration_would_do: bool) -> Self {
        let seated = persons.iter().cloned().collect();
        Self { empty_seats: Some(Box::new(EmptySeats { roles, seated, declaration_would_do })), ..self }
    }

    /// The fault against a clause of the company's policy.
    pub(super) fn against(self, clause: Clause) -> Self {
        Self { clause: Some(clause), ..self }
    }
}

impl<'a> Rosters<'a> {
    fn each(self) -> impl Iterator<Item = &'a Policy> {
        std::iter::once(self.policy).chain(self.authority)
    }

    /// The signer's person, if the key is theirs and valid in every roster.
    pub(super) fn valid_signer(self, statement: &Statement) -> Result<&'a Person, Fault> {
        let person = self.known_signer(statement.signed_by())?;
        for policy in self.each() {
            let signer = statement.signed_by();
            let key = policy.roster().by_key(&signer.key).map(|(_, key)| key);
            match key.map(|key| key.state_at(self.now)) {
                Some(KeyState::Valid) => {}
                Some(state @ KeyState::Revoked { .. }) => {
                    return Err(Fault::new(
                        Code::RevokedKey,
                        format!("{}'s key {} {state}", signer.person, signer.key),
                    ));
                }
                Some(state) => {
                    return Err(Fault::new(
                        Code::UnknownKey,
                        format!("{}'s key {} {state}", signer.person, signer.key),
                    ));
                }
                None => return Err(unknown(signer)),
            }
        }
        if statement.stated_time() > self.now.plus_seconds(CLOCK_SKEW) {
            let message = format!(
                "{}'s {} states the time {}, and it is {}",
                person.id(),
                statement.kind_name(),
                statement.stated_time(),
                self.now
            );
            return Err(Fault::new(Code::FutureTimestamp, message));
        }
        Ok(person)
    }

    /// The signer's person, if some roster gives them the key and none has it as revoked; retired or
    /// expired as they may be. Enough for what blocks: it takes less to block than to approve.
    pub(crate) fn unrevoked_signer(self, statement: &Statement) -> Result<&'a Person, Fault> {
        let signer = statement.signed_by();
        let owner = |policy: &'a Policy| {
            policy.roster().by_key(&signer.key).map(|(person, _)| person).filter(|person| *person.id() == signer.person)
        };
        let person = self.each().find_map(owner).ok_or_else(|| unknown(signer))?;
        let revoked = |policy: &Policy| {
            let key = policy.roster().by_key(&signer.key).map(|(_, key)| key.state_at(self.now));
            matches!(key, Some(KeyState::Revoked { .. }))
        };
        if self.each().any(revoked) {
            return Err(Fault::new(Code::RevokedKey, format!("{}'s key {} is revoked", signer.person, signer.key)));
        }
        Ok(person)
    }

    /// The signer's person, if their key is valid and they have not retired: what lifts something
    /// must count today.
    pub(crate) fn active_signer(self, statement: &Statement) -> Result<&'a Person, Fault> {
        let person = self.valid_signer(statement)?;
        if self.active(person.id()) {
            Ok(person)
        } else {
            Err(Fault::new(Code::UnknownKey, format!("{} has retired", person.id())))
        }
    }

    /// The signer's person, if they were who they say when they say they signed, and no roster has the
    /// key as revoked now: what somebody confirmed of a person outlives their key and their leaving.
    pub(crate) fn signer_then(self, statement: &Statement) -> Result<&'a Person, Fault> {
        let person = self.unrevoked_signer(statement)?;
        let (signer, then) = (statement.signed_by(), statement.stated_time());
        if then > self.now.plus_seconds(CLOCK_SKEW) {
            let message = format!("{}'s {} states the time {then}", person.id(), statement.kind_name());
            return Err(Fault::new(Code::FutureTimestamp, message));
        }
        let counted = |policy: &Policy| {
            policy.roster().by_key(&signer.key).is_some_and(|(person, key)| {
                *person.id() == signer.person && key.state_at(then) == KeyState::Valid && !person.is_retired_at(then)
            })
        };
        if self.each().any(counted) {
            return Ok(person);
        }
        Err(Fault::new(
            Code::UnknownKey,
            format!("{}'s key {} did not count on {}", person.id(), signer.key, then.day()),
        ))
    }

    /// Whether a record states a time that is not still to come: what is judged as of an earlier day is
    /// judged without what was signed later.
    pub(super) fn is_past(self, statement: &Statement) -> bool {
        statement.stated_time() <= self.now.plus_seconds(CLOCK_SKEW)
    }

    /// How strictly a clause is taken: as the strictest policy that binds does.
    pub(crate) fn level(self, clause: Clause) -> Level {
        self.each().map(|policy| policy.company().levels.of(clause)).max().unwrap_or(Level::Error)
    }

    fn known_signer(self, signer: &SignedBy) -> Result<&'a Person, Fault> {
        for policy in self.each() {
            match policy.roster().by_key(&signer.key) {
                Some((person, _)) if *person.id() == signer.person => {}
                Some((person, _)) => {
                    let message = format!("the record names {}, its key is {}'s", signer.person, person.id());
                    return Err(Fault::new(Code::UnknownKey, message));
                }
                None => return Err(unknown(signer)),
            }
        }
        self.policy.roster().by_key(&signer.key).map(|(person, _)| person).ok_or_else(|| unknown(signer))
    }

    /// Whether the person holds the role in every roster.
    pub(crate) fn holds(self, person: &PersonId, role: &Role) -> bool {
        self.in_every(person, |person| person.holds(role))
    }

    /// Whether every roster has the person as competent for this.
    pub(super) fn competent(self, person: &PersonId, subject: &Ident) -> bool {
        self.in_every(person, |person| person.competence().contains(subject))
    }

    /// What an answer to a checklist item must have, by any policy that binds.
    pub(super) fn answer_needs(self, id: &Ident) -> impl Iterator<Item = AnswerNeed> {
        self.each().filter_map(move |policy| policy.item(id)).flat_map(|item| item.needs.iter().copied())
    }

    /// Whether the person holds the role in some roster.
    pub(crate) fn holds_somewhere(self, person: &PersonId, role: &Role) -> bool {
        self.in_some(person, |person| person.holds(role))
    }

    /// Whether the person has not retired, in every roster.
    pub(crate) fn active(self, person: &PersonId) -> bool {
        self.in_every(person, |person| !person.is_retired_at(self.now))
    }

    /// Whether the person is a human who has not retired, in every roster.
    pub(crate) fn active_human(self, person: &PersonId) -> bool {
        self.human(person) && self.active(person)
    }

    /// Whether the person is a human in every roster.
    pub(crate) fn human(self, person: &PersonId) -> bool {
        self.in_every(person, Person::is_human)
    }

    /// Whether the person is a human in some roster.
    pub(crate) fn human_somewhere(self, person: &PersonId) -> bool {
        self.in_some(person, Person::is_human)
    }

    /// Whether the person is an agent in some roster.
    pub(crate) fn agent_somewhere(self, person: &PersonId) -> bool {
        self.in_some(person, |person| person.kind() == PersonKind::Agent)
    }

    /// Whom some roster has for this address.
    pub(crate) fn by_email(self, email: &str) -> impl Iterator<Item = &'a PersonId> {
        self.each().filter_map(move |policy| policy.roster().by_email(email)).map(Person::id)
    }

    /// The operators that some roster gives an agent.
    pub(crate) fn operators(self, agent: &PersonId) -> impl Iterator<Item = &'a PersonId> {
        self.each().filter_map(move |policy| policy.roster().person(agent)).flat_map(Person::operators)
    }

    /// The person with this id.
    pub(super) fn person(self, id: &PersonId) -> Option<&'a Person> {
        self.policy.roster().person(id)
    }

    fn in_every(self, person: &PersonId, holds: impl Fn(&Person) -> bool) -> bool {
        self.each().all(|policy| policy.roster().person(person).is_some_and(&holds))
    }

    fn in_some(self, person: &PersonId, holds: impl Fn(&Person) -> bool) -> bool {
        self.each().any(|policy| policy.roster().person(person).is_some_and(&holds))
    }
}

fn unknown(signer: &SignedBy) -> Fault {
    Fault::new(
        Code::UnknownKey,
        format!("key {} is nobody's in the roster (the record names {})", signer.key, signer.person),
    )
}
