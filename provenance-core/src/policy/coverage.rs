//! Coverage: which clauses of an AI usage policy are in force under a policy, and by what.
//!
//! A clause is in force where some rule or entry makes the gate, the linter or a report hold it. What
//! the gate does under every policy is in force without an entry. A clause that the policy takes as
//! `off` is off, whatever stands elsewhere.

use std::fmt::Write as _;

use serde::Serialize;

use super::company::{Activity, Authors, Course, PolicyDocument};
use super::lint::{allows_ai, unasked_roles, unsupervised};
use super::rules::Rule;
use super::tools::Tool;
use super::{Clause, Level, Policy, ToolStatus};
use crate::name::Ident;

/// Whether a clause is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Something in the policy, or the gate itself, holds it.
    InForce,
    /// The policy takes it as `off`.
    Off,
    /// Nothing holds it.
    Missing,
}

impl Status {
    /// The name: `in-force`, `off` or `missing`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "in-force",
            Self::Off => "off",
            Self::Missing => "missing",
        }
    }
}

/// A clause under a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// The clause.
    pub clause: Clause,
    /// How strictly it is taken.
    pub level: Level,
    /// Whether it is in force.
    pub status: Status,
    /// What holds it; none unless it is in force.
    pub by: Vec<String>,
}

/// Every clause, in order.
pub fn coverage(policy: &Policy) -> Vec<Covered> {
    let covered = |clause: Clause| {
        let level = policy.company().levels.of(clause);
        let by = if level == Level::Off { Vec::new() } else { Book(policy).holds(clause) };
        let status = match (level, by.is_empty()) {
            (Level::Off, _) => Status::Off,
            (_, true) => Status::Missing,
            (_, false) => Status::InForce,
        };
        Covered { clause, level, status, by }
    };
    Clause::ALL.iter().copied().map(covered).collect()
}

/// A policy, read for what holds a clause.
struct Book<'p>(&'p Policy);

impl Book<'_> {
    fn holds(&self, clause: Clause) -> Vec<String> {
        match clause {
            Clause::P1 => self.approvals(),
            Clause::P2 => self.documents(|_| true, |_| "policy lint reads it".to_owned()),
            Clause::P3 | Clause::E2 => self.principles(),
            Clause::T1 => self.rules(|rule| rule.declaration, "declaration"),
            Clause::T2 => self.statements(false),
            Clause::T3 => self.clients(),
            Clause::T4 => self.statements(true),
            Clause::S1 => self.register(),
            Clause::S2 => always("built-in: .provenance/tools.toml needs role security"),
            Clause::S3 => self.everybody(),
            Clause::S4 => always("built-in: a tool that is not approved is refused"),
            Clause::A1 => self.accountable(),
            Clause::A2 => self.judgment(),
            Clause::A3 => self.gate(),
            Clause::A4 => self.sourced(),
            Clause::A5 => always("built-in: a path with an open incident takes only its correction"),
            Clause::R1 | Clause::R2 => self.restrictions(),
            Clause::B1 => always("built-in: a scan fills no checklist item"),
            Clause::B2 => self.items(&["bias"]),
            Clause::B3 => self.items(&["accessibility", "inclusion"]),
            Clause::Pr1 => self.data_classes(),
            Clause::Pr2 => self.tools("says what its maker does with data", has_privacy),
            Clause::Pr3 => self.rules(|rule| !rule.confirm.is_empty(), "confirm"),
            Clause::Pr4 => self.untrained_on(),
            Clause::Se1 => self.rules(|rule| rule.declaration, "declaration, with the digest of tools.toml"),
            Clause::Se2 => always("policy lint: a request is answered within 14 days"),
            Clause::E1 => self.honesty(),
            Clause::E3 => self.scrutiny(),
            Clause::Tr1 => self.courses(|_| String::new()),
            Clause::Tr2 | Clause::Tr4 => self.tools("has a document", |tool| tool.document.is_some()),
            Clause::Tr3 => self.supervisors(),
            Clause::Tr5 => self.courses(|course| format!("valid {} days", course.valid_days)),
            Clause::Ac1 => self.documents(is_accepted, |_| "accepted-by ai".to_owned()),
            Clause::Ac2 => self.documents(is_accepted, |document| format!("grace-days {}", document.grace_days)),
            Clause::Ac3 => self.waivers(),
            Clause::Ac4 => self.drafts(),
        }
    }

    fn rules(&self, holds: impl Fn(&Rule) -> bool, what: &str) -> Vec<String> {
        let rules = self.0.rules().iter().filter(|rule| holds(rule));
        rules.map(|rule| format!("rule {}: {what}", rule.name)).collect()
    }

    /// The items that some rule asks and whose id is one of the words, or starts with it and a hyphen.
    fn items(&self, words: &[&str]) -> Vec<String> {
        let is_on = |id: &Ident| words.iter().any(|word| is_on(id, word));
        let asking = |rule: &Rule| rule.checklist.iter().any(is_on);
        let rules = self.0.rules().iter().filter(|rule| asking(rule));
        rules.map(|rule| asked(rule, rule.checklist.iter().filter(|id| is_on(id)))).collect()
    }

    fn documents(
        &self,
        holds: impl Fn(&PolicyDocument) -> bool,
        what: impl Fn(&PolicyDocument) -> String,
    ) -> Vec<String> {
        let documents = self.0.company().documents.iter().filter(|(_, document)| holds(document));
        documents.map(|(id, document)| format!("[document.{id}] {}", what(document))).collect()
    }

    fn approvals(&self) -> Vec<String> {
        let roles = |document: &PolicyDocument| {
            let names: Vec<&str> = document.approved_by.iter().map(|role| role.as_str()).collect();
            format!("approved-by {}", names.join(", "))
        };
        let holds =
            |document: &PolicyDocument| !document.approved_by.is_empty() && unasked_roles(self.0, document).is_empty();
        self.documents(holds, roles)
    }

    fn principles(&self) -> Vec<String> {
        let principles = &self.0.company().principles;
        let asking = |rule: &Rule| rule.checklist.iter().any(|id| principles.contains_key(id));
        let rules = self.0.rules().iter().filter(|rule| asking(rule));
        rules.map(|rule| asked(rule, rule.checklist.iter().filter(|id| principles.contains_key(*id)))).collect()
    }

    fn statements(&self, with_claims: bool) -> Vec<String> {
        let statements = self.0.company().statements.iter();
        let told = statements.filter(|(_, statement)| !with_claims || !statement.claims.is_empty());
        let what = |claims: usize, path: &dyn std::fmt::Display| match (with_claims, claims) {
            (true, 1) => "1 claim".to_owned(),
            (true, claims) => format!("{claims} claims"),
            (false, _) => path.to_string(),
        };
        told.map(|(id, it)| format!("[statement.{id}] {}", what(it.claims.len(), &it.path))).collect()
    }

    fn clients(&self) -> Vec<String> {
        let clients = &self.0.company().clients;
        if clients.is_empty() {
            return self.decisions(Clause::T3);
        }
        if clients.values().any(|client| client.disclosure.is_none()) {
            return Vec::new();
        }
        clients.keys().map(|id| format!("[client.{id}] disclosure")).collect()
    }

    fn decisions(&self, clause: Clause) -> Vec<String> {
        let decisions = self.0.company().decisions.iter().filter(|(_, decision)| decision.clause == clause);
        decisions.map(|(id, _)| format!("[decision.{id}]")).collect()
    }

    fn register(&self) -> Vec<String> {
        match self.0.tools().iter().count() {
            0 if allows_ai(self.0) => Vec::new(),
            0 => self.rules(|rule| rule.ai_forbidden && rule.paths.is_everything(), "ai forbidden"),
            1 => always("tools.toml: 1 tool"),
            count => vec![format!("tools.toml: {count} tools")],
        }
    }

    fn everybody(&self) -> Vec<String> {
        let company = self.0.company();
        if company.authors != Authors::Roster || company.devices.is_empty() {
            return Vec::new();
        }
        let devices = company.devices.keys().map(|id| format!("[device.{id}]"));
        always("authors = \"roster\"").into_iter().chain(devices).collect()
    }

    fn accountable(&self) -> Vec<String> {
        let entries = self.0.company().accountable.iter();
        entries.map(|entry| format!("[[accountable]] {}, {}", entry.person, entry.title)).collect()
    }

    fn judgment(&self) -> Vec<String> {
        let mut by = self.rules(|rule| !rule.checklist.is_empty(), "checklist");
        if !by.is_empty() {
            let burst = self.0.company().burst;
            by.push(format!("burst: {} reviews in {} minutes", burst.reviews, burst.minutes));
        }
        by
    }

    fn gate(&self) -> Vec<String> {
        let channels = self.0.company().channels.keys().map(|id| format!("[channel.{id}]"));
        always("the gate").into_iter().chain(channels).collect()
    }

    /// Items that want more than a result.
    fn sourced(&self) -> Vec<String> {
        let wants = |id: &Ident| self.0.item(id).is_some_and(|item| !item.needs.is_empty());
        let rules = self.0.rules().iter().filter(|rule| rule.checklist.iter().any(wants));
        rules.map(|rule| asked(rule, rule.checklist.iter().filter(|id| wants(id)))).collect()
    }

    fn restrictions(&self) -> Vec<String> {
        let restricted = self.0.use_cases().filter(|(_, use_case)| use_case.restricted);
        let mut by: Vec<String> = restricted.map(|(id, _)| format!("[use.{id}] restricted")).collect();
        by.extend(self.decisions(Clause::R2));
        by
    }

    fn data_classes(&self) -> Vec<String> {
        if self.tools("", |tool| !tool.data_classes.is_empty()).is_empty() {
            return Vec::new();
        }
        self.0.company().data_classes.keys().map(|id| format!("[data-class.{id}]")).collect()
    }

    /// The approved tools, if this holds for all; where none is approved, that.
    fn tools(&self, what: &str, holds: impl Fn(&Tool) -> bool) -> Vec<String> {
        let approved = || self.0.tools().iter().filter(|(_, tool)| tool.status == ToolStatus::Approved);
        if approved().next().is_none() {
            return always("tools.toml: no tool is approved");
        }
        if !approved().all(|(_, tool)| holds(tool)) {
            return Vec::new();
        }
        approved().map(|(id, _)| format!("[tool.{id}] {what}")).collect()
    }

    /// What goes into tools trains no model; and where the company asks for it, what it publishes says so.
    fn untrained_on(&self) -> Vec<String> {
        let mut by = self.tools("trains on public data at most", |tool| self.trains_on_public(tool));
        if !by.is_empty() && self.0.company().do_not_train.is_some() {
            by.push("[do-not-train] marks".to_owned());
        }
        by
    }

    fn trains_on_public(&self, tool: &Tool) -> bool {
        let classes = &self.0.company().data_classes;
        let is_public =
            |class: &String| class.parse().ok().and_then(|id| classes.get(&id)).is_some_and(|class| class.public);
        match tool.trains_on_input {
            None => false,
            Some(false) => true,
            Some(true) => !tool.data_classes.is_empty() && tool.data_classes.iter().all(is_public),
        }
    }

    /// Whether somebody is deceived is asked, and what is not real is labelled.
    fn honesty(&self) -> Vec<String> {
        let mut by = self.items(&["honesty", "deception"]);
        match &self.0.company().synthetic {
            Some(synthetic) if !by.is_empty() => {
                by.push(format!("[synthetic] labels \"{}\"", synthetic.labels.join("\", \"")))
            }
            _ => by.clear(),
        }
        by
    }

    /// The three things that are looked for, each asked somewhere.
    fn scrutiny(&self) -> Vec<String> {
        let parts = [&["bias"][..], &["accuracy"], &["hazards", "hazard"]].map(|words| self.items(words));
        if parts.iter().any(Vec::is_empty) {
            return Vec::new();
        }
        let mut by: Vec<String> = parts.concat();
        by.sort();
        by.dedup();
        by
    }

    fn courses(&self, more: impl Fn(&Course) -> String) -> Vec<String> {
        let courses = self.0.company().courses.iter();
        let required = courses.filter(|(_, course)| course.required_for.contains(&Activity::Ai));
        let told = |(id, course): (&Ident, &Course)| {
            let mut text = format!("[course.{id}]");
            let more = more(course);
            if !more.is_empty() {
                let _ = write!(text, " {more}");
            }
            text
        };
        required.map(told).collect()
    }

    fn supervisors(&self) -> Vec<String> {
        let humans = || self.0.roster().iter().filter(|person| person.is_human() && person.retired().is_none());
        match (humans().count(), unsupervised(self.0).is_empty()) {
            // Nobody else could confirm it.
            (1, _) => always("people.toml: one person, who answers for themselves"),
            (count, true) => vec![format!("people.toml: supervisor, {count} people")],
            (_, false) => Vec::new(),
        }
    }

    fn waivers(&self) -> Vec<String> {
        let told = |roles: &[crate::name::Role], days: u16| {
            let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
            format!("[waiver] {}, at most {days} days", names.join(", "))
        };
        self.0.company().waivers.iter().map(|waiver| told(&waiver.roles, waiver.max_days)).collect()
    }

    fn drafts(&self) -> Vec<String> {
        let branches: Vec<&str> = self.0.branches().iter().map(|branch| branch.short()).collect();
        vec![format!("branches: only {} guarded", branches.join(", "))]
    }
}

fn always(by: &str) -> Vec<String> {
    vec![by.to_owned()]
}

fn asked<'i>(rule: &Rule, items: impl Iterator<Item = &'i Ident>) -> String {
    let items: Vec<&str> = items.map(Ident::as_str).collect();
    format!("rule {}: checklist {}", rule.name, items.join(", "))
}

/// Whether a checklist item is on something: its id is the word, or begins with it and a dash.
pub(crate) fn is_on(id: &Ident, word: &str) -> bool {
    id.as_str().strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.', '_']))
}

fn is_accepted(document: &PolicyDocument) -> bool {
    document.accepted_by.contains(&Activity::Ai)
}

fn has_privacy(tool: &Tool) -> bool {
    tool.processor_agreement.is_some()
        && tool.retention.is_some()
        && tool.region.is_some()
        && tool.trains_on_input.is_some()
}
