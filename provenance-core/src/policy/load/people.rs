//! The roster: persons, addresses and keys, each one's alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{Index, Key};
use crate::key::PublicKey;
use crate::name::{PersonId, Role};
use crate::policy::people::{Person, PersonKind, Roster, RosterKey};
use crate::policy::problem::Source;
use crate::policy::wire::PeopleToml;
use crate::policy::{ADMIN, SECURITY};

pub(super) fn roster(source: &mut Source<'_>, wire: PeopleToml) -> Roster {
    let mut roster = Roster::default();
    let humans: BTreeSet<PersonId> =
        wire.person.iter().filter(|(_, person)| person.kind == PersonKind::Human).map(|(id, _)| id.clone()).collect();
    for (id, wire) in wire.person {
        let at = [Key("person"), Key(id.as_str())];
        let mut emails = Vec::new();
        for (i, email) in wire.emails.into_iter().enumerate() {
            let place = [at[0], at[1], Key("emails"), Index(i)];
            if let Some(other) = roster.by_email.insert(email.to_ascii_lowercase(), id.clone()) {
                source.problem(&place, format!("address {email} is {other}'s already"));
            }
            if !email.contains('@') || email.contains(['<', '>']) || email.chars().any(char::is_whitespace) {
                source.problem(&place, format!("`{email}` is no e-mail address"));
            }
            emails.push(email);
        }
        for (i, operator) in wire.operators.iter().enumerate() {
            let place = [at[0], at[1], Key("operators"), Index(i)];
            if !humans.contains(operator) {
                source.problem(&place, format!("operator `{operator}` is no human of the roster"));
            }
        }
        if !wire.operators.is_empty() && wire.kind != PersonKind::Agent {
            source.problem(&[at[0], at[1], Key("operators")], "only an agent has operators".to_owned());
        }
        if let Some(supervisor) = &wire.supervisor
            && (!humans.contains(supervisor) || *supervisor == id)
        {
            let message = format!("supervisor `{supervisor}` is no other human of the roster");
            source.problem(&[at[0], at[1], Key("supervisor")], message);
        }
        let keys = keys(source, &mut roster, &id, wire.keys);
        let person = Person {
            id: id.clone(),
            name: wire.name,
            kind: wire.kind,
            emails,
            roles: wire.roles,
            keys,
            operators: wire.operators,
            retired: wire.retired.map(|day| day.0),
            joined: wire.joined.map(|day| day.0),
            supervisor: wire.supervisor,
            competence: wire.competence,
        };
        roster.people.insert(id, person);
    }
    roster
}

fn keys(
    source: &mut Source<'_>,
    roster: &mut Roster,
    id: &PersonId,
    wires: Vec<crate::policy::wire::KeyToml>,
) -> Vec<RosterKey> {
    let mut keys: Vec<RosterKey> = Vec::new();
    for (i, wire) in wires.into_iter().enumerate() {
        let place = [Key("person"), Key(id.as_str()), Key("keys"), Index(i)];
        let wire = wire.0;
        let public: PublicKey = match wire.public.parse() {
            Ok(public) => public,
            Err(error) => {
                source.problem(&place, format!("{id}'s key: {error}"));
                continue;
            }
        };
        if let (Some(from), Some(until)) = (wire.from, wire.until)
            && until.0 < from.0
        {
            source.problem(&place, format!("{id}'s key is valid until {} but only from {}", until.0, from.0));
        }
        if wire.revoked.is_some() != wire.because.is_some() {
            source.problem(&place, format!("{id}'s key has one of `revoked` and `because` without the other"));
        }
        let revoked = wire.revoked.map(|day| (day.0, wire.because.unwrap_or_default()));
        roster.by_key.insert(public.fingerprint(), (id.clone(), keys.len()));
        if let Some(other) = roster.by_point.insert(*public.point(), id.clone()) {
            source.problem(&place, format!("key {} is {other}'s already", public.fingerprint()));
        }
        let (from, until) = (wire.from.map(|day| day.0), wire.until.map(|day| day.0));
        keys.push(RosterKey { public, from, until, revoked, revoked_for_good: false });
    }
    keys
}

/// Somebody must be able to change the policy and the tools.
pub(super) fn check_admins(source: &mut Source<'_>, holders: &Holders<'_>) {
    for (role, what) in [(ADMIN, "the policy"), (SECURITY, "tools.toml")] {
        if role.parse().is_ok_and(|role| holders.of_any(&[role], 1).is_empty()) {
            source.problem(
                &[],
                format!("no unretired human has the role `{role}`, so nobody could approve a change of {what}"),
            );
        }
    }
}

/// The humans who have not retired, by the roles they hold.
pub(super) struct Holders<'r> {
    humans: BTreeSet<&'r PersonId>,
    by_role: BTreeMap<&'r Role, BTreeSet<&'r PersonId>>,
}

impl<'r> Holders<'r> {
    pub(super) fn of(roster: &'r Roster) -> Self {
        let mut holders = Self { humans: BTreeSet::new(), by_role: BTreeMap::new() };
        for person in roster.iter().filter(|person| person.is_human() && person.retired().is_none()) {
            holders.humans.insert(person.id());
            for role in person.roles() {
                holders.by_role.entry(role).or_default().insert(person.id());
            }
        }
        holders
    }

    /// Those who hold one of the roles, none given means every human; so many of them at most.
    pub(super) fn of_any(&self, roles: &[Role], at_most: usize) -> BTreeSet<&'r PersonId> {
        if roles.is_empty() {
            return self.humans.iter().copied().take(at_most).collect();
        }
        let mut found = BTreeSet::new();
        for person in roles.iter().filter_map(|role| self.by_role.get(role)).flatten() {
            if found.len() == at_most {
                break;
            }
            found.insert(*person);
        }
        found
    }
}
