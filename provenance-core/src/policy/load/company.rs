//! The company's entries: what their types cannot check.

use super::people::Holders;
use super::{Index, Key, optional_paths, path_set};
use crate::name::{Ident, PersonId, Role};
use crate::policy::company::{Accountable, Channel, Client, Company, DoNotTrain};
use crate::policy::problem::{Source, Step};
use crate::policy::wire::PolicyToml;
use crate::policy::{Levels, Roster};

/// The most days that a course, a grace or a waiver may last: ten years.
const MAX_DAYS: u16 = 3650;

pub(super) fn read(source: &mut Source<'_>, wire: &PolicyToml, roster: &Roster) -> Company {
    check_texts(source, wire);
    check_days(source, wire);
    check_levels(source, wire);
    check_roles(source, wire, &Holders::of(roster));
    Company {
        principles: wire.principle.clone(),
        documents: wire.document.clone(),
        courses: wire.course.clone(),
        accountable: accountable(source, wire, roster),
        clients: clients(source, wire),
        channels: channels(source, wire),
        do_not_train: wire.do_not_train.as_ref().map(|entry| DoNotTrain {
            paths: path_set(source, &[Key("do-not-train")], &entry.paths, &[]),
            site_root: entry.site_root.clone(),
        }),
        statements: wire.statement.clone(),
        data_classes: wire.data_class.clone(),
        devices: wire.device.clone(),
        scans: wire.scan.clone(),
        decisions: wire.decision.clone(),
        waivers: wire.waiver.clone(),
        authors: wire.authors.unwrap_or_default(),
        synthetic: wire.synthetic.clone(),
        burst: wire.burst.unwrap_or_default(),
        levels: Levels(wire.severity.clone()),
    }
}

fn check_texts(source: &mut Source<'_>, wire: &PolicyToml) {
    let mut blank = |table: &str, id: &Ident, key: &str, text: &str| {
        if text.trim().is_empty() {
            source.problem(&[Key(table), Key(id.as_str()), Key(key)], format!("`{key}` is empty"));
        }
    };
    for (id, principle) in &wire.principle {
        blank("principle", id, "statement", &principle.statement);
    }
    for (id, decision) in &wire.decision {
        blank("decision", id, "text", &decision.text);
    }
    for (id, client) in &wire.client {
        blank("client", id, "name", &client.name);
    }
    for (id, statement) in &wire.statement {
        statement.claims.iter().for_each(|claim| blank("statement", id, "claims", &claim.text));
    }
    if let Some(synthetic) = &wire.synthetic {
        let place = [Key("synthetic"), Key("labels")];
        if synthetic.labels.is_empty() || synthetic.labels.iter().any(|label| label.trim().is_empty()) {
            source.problem(&place, "`labels` has at least one text, and none that is empty");
        }
    }
    for id in wire.principle.keys().filter(|id| wire.checklist.contains_key(*id)) {
        let message = format!("`{id}` is a checklist item already: a principle is one by itself");
        source.problem(&[Key("principle"), Key(id.as_str())], message);
    }
    for (id, statement) in &wire.statement {
        for (i, claim) in statement.claims.iter().enumerate().filter(|(_, it)| !(0.0..=100.0).contains(&it.at_least.0))
        {
            let place = [Key("statement"), Key(id.as_str()), Key("claims"), Index(i)];
            source.problem(&place, format!("`at-least` is {}, expected a share of 0 to 100 percent", claim.at_least.0));
        }
    }
}

fn check_days(source: &mut Source<'_>, wire: &PolicyToml) {
    let mut check = |place: &[Step<'_>], days: u16, least: u16| {
        if !(least..=MAX_DAYS).contains(&days) {
            source.problem(place, format!("expected {least} to {MAX_DAYS} days, found {days}"));
        }
    };
    for (id, course) in &wire.course {
        check(&[Key("course"), Key(id.as_str()), Key("valid-days")], course.valid_days, 1);
    }
    for (id, document) in &wire.document {
        check(&[Key("document"), Key(id.as_str()), Key("grace-days")], document.grace_days, 0);
    }
    if let Some(waiver) = &wire.waiver {
        check(&[Key("waiver"), Key("max-days")], waiver.max_days, 1);
    }
    for (id, course) in wire.course.iter().filter(|(_, course)| course.modules.is_empty()) {
        let message = format!("course `{id}` has no modules: name at least one");
        source.problem(&[Key("course"), Key(id.as_str()), Key("modules")], message);
        let _ = course;
    }
    if wire.burst.is_some_and(|burst| burst.reviews == 0 || burst.minutes == 0) {
        source.problem(&[Key("burst")], "`reviews` and `minutes` are at least 1");
    }
}

fn check_levels(source: &mut Source<'_>, wire: &PolicyToml) {
    for (clause, level) in &wire.severity {
        if !clause.may_be_relaxed() && level.severity() != Some(crate::finding::Severity::Error) {
            let message = format!("{clause} is what the gate is for: it cannot be `{}`", level.as_str());
            source.problem(&[Key("severity"), Key(clause.as_str())], message);
        }
    }
}

/// Somebody must hold the roles that give training, waive and approve documents.
fn check_roles(source: &mut Source<'_>, wire: &PolicyToml, holders: &Holders<'_>) {
    let mut check = |place: &[Step<'_>], roles: &[Role], what: String| {
        if holders.of_any(roles, 1).is_empty() || roles.is_empty() {
            let names: Vec<&str> = roles.iter().map(Role::as_str).collect();
            let names = if names.is_empty() { "no role is named".to_owned() } else { names.join(" or ") };
            source.problem(place, format!("nobody {what}: no unretired human has the role ({names})"));
        }
    };
    for (id, course) in &wire.course {
        let place = [Key("course"), Key(id.as_str()), Key("trainers")];
        check(&place, &course.trainers, format!("can confirm course `{id}`"));
    }
    for (id, document) in &wire.document {
        for (i, role) in document.approved_by.iter().enumerate() {
            let place = [Key("document"), Key(id.as_str()), Key("approved-by"), Index(i)];
            check(&place, std::slice::from_ref(role), format!("can approve document `{id}` as {role}"));
        }
    }
    if let Some(waiver) = &wire.waiver {
        check(&[Key("waiver"), Key("roles")], &waiver.roles, "can sign a waiver".to_owned());
    }
}

fn accountable(source: &mut Source<'_>, wire: &PolicyToml, roster: &Roster) -> Vec<Accountable> {
    let is_human = |id: &PersonId| roster.person(id).is_some_and(|person| person.is_human());
    let mut entries = Vec::new();
    for (i, entry) in wire.accountable.iter().enumerate() {
        let at = [Key("accountable"), Index(i)];
        if !is_human(&entry.person) {
            let message = format!("`{}` is no human of the roster, and only a human answers", entry.person);
            source.problem(&[at[0], at[1], Key("person")], message);
        }
        for (key, text) in [("title", &entry.title), ("contact", &entry.contact)] {
            if text.trim().is_empty() {
                source.problem(&[at[0], at[1], Key(key)], format!("`{key}` is empty"));
            }
        }
        entries.push(Accountable {
            person: entry.person.clone(),
            title: entry.title.clone(),
            contact: entry.contact.clone(),
            paths: optional_paths(source, at, &entry.paths),
        });
    }
    entries
}

fn clients(source: &mut Source<'_>, wire: &PolicyToml) -> std::collections::BTreeMap<Ident, Client> {
    let mut read = |(id, client): (&Ident, &crate::policy::wire::ClientToml)| {
        let paths = path_set(source, &[Key("client"), Key(id.as_str())], &client.paths, &[]);
        (id.clone(), Client { name: client.name.clone(), paths, disclosure: client.disclosure.clone() })
    };
    wire.client.iter().map(&mut read).collect()
}

fn channels(source: &mut Source<'_>, wire: &PolicyToml) -> std::collections::BTreeMap<Ident, Channel> {
    let mut read = |(id, channel): (&Ident, &crate::policy::wire::ChannelToml)| {
        let paths = optional_paths(source, [Key("channel"), Key(id.as_str())], &channel.paths);
        (id.clone(), Channel { kind: channel.kind, title: channel.title.clone(), paths })
    };
    wire.channel.iter().map(&mut read).collect()
}
