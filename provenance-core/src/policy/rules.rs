//! Rules, and what they ask for together: every rule that matches applies, and the strictest wins.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::UseCase;
use super::pattern::Pattern;
use crate::key;
use crate::name::{Ident, Role};
use crate::path::RepoPath;

/// How a reviewer's presence is proved, from weakest to strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// A signature, and nothing more.
    Any,
    /// The record says that a human answered on a terminal.
    Terminal,
    /// The signature proves that somebody touched the key's device.
    Touch,
    /// The signature proves that somebody unlocked the key's device.
    Pin,
}

impl Presence {
    /// What a signature's bytes and the record's word amount to.
    pub fn of(proved: key::Presence, terminal: bool) -> Self {
        match proved {
            key::Presence::Pin => Self::Pin,
            key::Presence::Touch => Self::Touch,
            key::Presence::None if terminal => Self::Terminal,
            key::Presence::None => Self::Any,
        }
    }
}

impl fmt::Display for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "any",
            Self::Terminal => "terminal",
            Self::Touch => "touch",
            Self::Pin => "pin",
        })
    }
}

/// Paths, some left out.
#[derive(Debug, Clone)]
pub struct PathSet {
    pub(super) paths: Vec<Pattern>,
    pub(super) except: Vec<Pattern>,
}

impl PathSet {
    /// Whether the path is among them.
    pub fn contains(&self, path: &RepoPath) -> bool {
        self.paths.iter().any(|pattern| pattern.matches(path))
            && !self.except.iter().any(|pattern| pattern.matches(path))
    }

    /// Whether it leaves nothing out but the policy's own folder.
    pub(super) fn is_everything(&self) -> bool {
        let everything = |pattern: &Pattern| ["**", "*"].contains(&pattern.as_str());
        self.paths.iter().any(everything)
            && self.except.iter().all(|pattern| pattern.as_str().starts_with(super::FOLDER))
    }

    /// Whether some may lie below this path. What is left out is not looked at.
    pub fn reaches_below(&self, path: &RepoPath) -> bool {
        self.paths.iter().any(|pattern| pattern.reaches_below(path))
    }
}

/// A rule of the policy.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name.
    pub name: Ident,
    /// The paths it applies to.
    pub paths: PathSet,
    /// The reviews it asks for.
    pub quorums: Vec<Quorum>,
    /// The presence it asks for, if it says.
    pub presence: Option<Presence>,
    /// Whether it forbids AI.
    pub ai_forbidden: bool,
    /// Whether it asks for a declaration.
    pub declaration: bool,
    /// Checklist items to be answered.
    pub checklist: Vec<Ident>,
    /// Confirmations to be given.
    pub confirm: Vec<Ident>,
    /// Automated checks that must have passed.
    pub scans: Vec<Ident>,
    /// What a counted reviewer must be competent for.
    pub competence: Vec<Ident>,
}

impl Rule {
    /// Whether the rule asks for anything that only a review can give.
    pub(super) fn asks_of_reviewers(&self) -> bool {
        !self.quorums.is_empty() || self.presence.is_some() || !self.checklist.is_empty() || !self.competence.is_empty()
    }
}

/// Paths that need no review where no rule asks for one.
#[derive(Debug, Clone)]
pub struct Exempt {
    /// The paths.
    pub paths: PathSet,
    /// Why.
    pub reason: String,
}

/// So many persons, each with one of some roles.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quorum {
    /// The rule that asks: persons are counted within each rule.
    pub rule: String,
    /// Roles of which each must hold one; none means any human.
    pub roles: Vec<Role>,
    /// How many persons.
    pub count: u32,
}

/// What a change needs, from all rules together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirements {
    pub(super) quorums: Vec<Quorum>,
    pub(super) presence: Presence,
    pub(super) ai_forbidden: bool,
    pub(super) restricted: Option<(Ident, String)>,
    pub(super) declaration: bool,
    pub(super) checklist: BTreeSet<Ident>,
    pub(super) confirm: BTreeSet<Ident>,
    pub(super) scans: BTreeSet<Ident>,
    pub(super) competence: BTreeSet<Ident>,
    pub(super) exempt: bool,
}

impl Requirements {
    pub(super) fn nothing() -> Self {
        Self {
            quorums: Vec::new(),
            presence: Presence::Any,
            ai_forbidden: false,
            restricted: None,
            declaration: false,
            checklist: BTreeSet::new(),
            confirm: BTreeSet::new(),
            scans: BTreeSet::new(),
            competence: BTreeSet::new(),
            exempt: false,
        }
    }

    pub(super) fn add(&mut self, rule: &Rule) {
        self.quorums.extend(rule.quorums.iter().cloned());
        self.presence = self.presence.max(rule.presence.unwrap_or(Presence::Any));
        self.ai_forbidden |= rule.ai_forbidden;
        self.declaration |= rule.declaration;
        self.checklist.extend(rule.checklist.iter().cloned());
        self.confirm.extend(rule.confirm.iter().cloned());
        self.scans.extend(rule.scans.iter().cloned());
        self.competence.extend(rule.competence.iter().cloned());
    }

    /// Keeps AI out for this use case. Somebody says that none took part.
    pub(super) fn restrict(&mut self, restricted: Option<(&Ident, &UseCase)>) {
        self.declaration |= restricted.is_some();
        let named = |(id, use_case): (&Ident, &UseCase)| (id.clone(), use_case.title.clone());
        self.restricted = self.restricted.take().or_else(|| restricted.map(named));
    }

    /// The reviews needed; none only where the change is exempt.
    pub fn quorums(&self) -> &[Quorum] {
        &self.quorums
    }

    /// The presence each counted review must prove.
    pub fn presence(&self) -> Presence {
        self.presence
    }

    /// Whether AI may take part.
    pub fn ai_allowed(&self) -> bool {
        !self.ai_forbidden
    }

    /// The use case, by its id and title, that must not use AI and that this is for.
    pub fn restricted(&self) -> Option<(&Ident, &str)> {
        self.restricted.as_ref().map(|(id, title)| (id, title.as_str()))
    }

    /// Whether somebody must have declared whether AI took part.
    pub fn declaration_required(&self) -> bool {
        self.declaration
    }

    /// Checklist items that each counted review must answer.
    pub fn checklist(&self) -> &BTreeSet<Ident> {
        &self.checklist
    }

    /// Confirmations that a declaration of AI use must give.
    pub fn confirm(&self) -> &BTreeSet<Ident> {
        &self.confirm
    }

    /// Automated checks that must have passed.
    pub fn scans(&self) -> &BTreeSet<Ident> {
        &self.scans
    }

    /// What each counted reviewer must be competent for.
    pub fn competence(&self) -> &BTreeSet<Ident> {
        &self.competence
    }

    /// Whether no review is needed.
    pub fn is_exempt(&self) -> bool {
        self.exempt
    }

    /// What the change needs when another policy, the authority branch's, binds it too.
    #[must_use]
    pub fn join(mut self, authority: Self) -> Self {
        self.exempt &= authority.exempt;
        let theirs = authority
            .quorums
            .into_iter()
            .map(|quorum| Quorum { rule: format!("{} (authority)", quorum.rule), ..quorum });
        self.quorums.extend(theirs);
        self.presence = self.presence.max(authority.presence);
        self.ai_forbidden |= authority.ai_forbidden;
        self.restricted = self.restricted.or(authority.restricted);
        self.declaration |= authority.declaration;
        self.checklist.extend(authority.checklist);
        self.confirm.extend(authority.confirm);
        self.scans.extend(authority.scans);
        self.competence.extend(authority.competence);
        self
    }
}
