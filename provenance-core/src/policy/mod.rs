//! The policy: what `.provenance/` says, read strictly and judged path by path.
//!
//! [`Policy::load`] takes the bytes of the three files and gives a policy or every problem in them
//! with file and line; there is no policy with problems. [`Policy::requirements`] adds up the rules
//! that match a change: the strictest value wins, a review counts in each rule. Two things no file
//! can say otherwise: a change needs one human review unless it is exempt, and `.provenance/**`
//! needs an admin's ([`is_protected`]).

pub mod clause;
pub mod company;
pub mod coverage;
pub mod lint;
mod load;
mod pattern;
mod people;
mod problem;
mod protected;
mod responsible;
mod rules;
pub(crate) mod seats;
mod starter;
#[cfg(test)]
mod tests;
mod tools;
mod wire;

pub use clause::{Clause, Level, Levels};
pub use company::{Activity, Company};
pub use pattern::{Pattern, PatternError};
pub use people::{KeyState, Person, PersonKind, Roster, RosterKey};
pub use problem::{LoadError, Problem};
pub use protected::is_protected;
pub use responsible::{File, ResponsibleAi, Restricted, TEAMS};
pub use rules::{Exempt, PathSet, Presence, Quorum, Requirements, Rule};
pub use starter::{Admin, Starter, StarterFiles};
pub use tools::{Tool, ToolRefusal, ToolStatus, Tools};
pub use wire::{AnswerNeed, History, PeopleToml, PolicyToml, ToolsToml};

use std::collections::BTreeMap;

use crate::entry::{Change, Mode};
use crate::id::{CommitId, Sha256Digest};
use crate::name::{Ident, Role};
use crate::path::{RefName, RepoPath};
use crate::time::Timestamp;

/// The folder that holds the policy.
pub const FOLDER: &str = ".provenance";
/// The policy's files, in the order of [`Policy::digest`].
pub const FILES: [&str; 3] = [".provenance/people.toml", ".provenance/policy.toml", ".provenance/tools.toml"];
/// The largest policy file that is read, in bytes.
pub const MAX_FILE: u64 = 4 * 1024 * 1024;
/// The role that approves changes of the policy.
pub const ADMIN: &str = "admin";
/// The role that approves changes of the tools.
pub const SECURITY: &str = "security";
/// How many steps a review's base may lie back where the policy does not say.
pub const DEFAULT_REVIEW_MAX_STEPS: u32 = 1000;

/// The bytes of the policy's files, as one commit has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyFiles {
    /// `.provenance/people.toml`.
    pub people: Option<Vec<u8>>,
    /// `.provenance/policy.toml`.
    pub policy: Option<Vec<u8>>,
    /// `.provenance/tools.toml`; without it no tool is approved.
    pub tools: Option<Vec<u8>>,
}

impl PolicyFiles {
    /// Files with these texts; without a register of tools where there is none.
    pub fn of(people: &str, policy: &str, tools: Option<&str>) -> Self {
        let bytes = |text: &str| text.as_bytes().to_vec();
        Self { people: Some(bytes(people)), policy: Some(bytes(policy)), tools: tools.map(bytes) }
    }
}

/// A policy without problems.
#[derive(Debug, Clone)]
pub struct Policy {
    digest: Sha256Digest,
    repository: String,
    branches: Vec<RefName>,
    baseline: Option<CommitId>,
    review_max_steps: u32,
    history: History,
    rules: Vec<Rule>,
    exempt: Vec<Exempt>,
    promotions: Vec<(RefName, RefName)>,
    checklist: BTreeMap<Ident, Item>,
    confirmations: BTreeMap<Ident, String>,
    uses: BTreeMap<Ident, UseCase>,
    company: Company,
    roster: Roster,
    tools: Tools,
}

/// A checklist item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What the reviewer is asked.
    pub question: String,
    /// What an answer must have beside its result.
    pub needs: Vec<AnswerNeed>,
}

/// Something that AI may or must not be used for.
#[derive(Debug, Clone)]
pub struct UseCase {
    /// What it is, for people.
    pub title: String,
    /// Whether AI must not be used for it.
    pub restricted: bool,
    /// The paths where nothing else is done, if it has any.
    pub paths: Option<PathSet>,
}

/// The rules behind what a path needs.
#[derive(Debug, Clone)]
pub struct Explanation<'a> {
    /// The rules that match, in the policy's order.
    pub rules: Vec<&'a Rule>,
    /// The exemption that matches, whether or not it has effect.
    pub exempt: Option<&'a Exempt>,
    /// Whether the built-in rule of `.provenance/**` matches.
    pub protected: bool,
    /// What they amount to, for a change between regular files.
    pub requirements: Requirements,
}

impl Policy {
    /// SHA-256 of what `sha256sum` prints for the files there are, in the order of [`FILES`].
    pub fn digest(&self) -> Sha256Digest {
        self.digest
    }

    /// What the repository is called in every record.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The publish branches and tags, as listed; never none.
    pub fn branches(&self) -> &[RefName] {
        &self.branches
    }

    /// The first branch listed: persons, roles and keys must be valid at its tip.
    pub fn authority(&self) -> &RefName {
        &self.branches[0]
    }

    /// The commit before which content was published without a policy.
    pub fn baseline(&self) -> Option<CommitId> {
        self.baseline
    }

    /// How many steps a review's base may lie back.
    pub fn review_max_steps(&self) -> u32 {
        self.review_max_steps
    }

    /// Which commits of a transition are judged.
    pub fn history(&self) -> History {
        self.history
    }

    /// The rules, as listed.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The branches whose reviews may count on `to`.
    pub fn promoted_to(&self, to: &RefName) -> impl Iterator<Item = &RefName> {
        self.promotions.iter().filter(move |(_, target)| target == to).map(|(from, _)| from)
    }

    /// The question of a checklist item.
    pub fn question(&self, id: &Ident) -> Option<&str> {
        self.checklist.get(id).map(|item| item.question.as_str())
    }

    /// A checklist item, or a principle as one.
    pub fn item(&self, id: &Ident) -> Option<&Item> {
        self.checklist.get(id)
    }

    /// What the policy says of the company.
    pub fn company(&self) -> &Company {
        &self.company
    }

    /// The restricted use case whose paths are such.
    fn restricted_where(&self, here: impl Fn(&PathSet) -> bool) -> Option<(&Ident, &UseCase)> {
        self.uses.iter().find(|(_, use_case)| use_case.restricted && use_case.paths.as_ref().is_some_and(&here))
    }

    /// Every confirmation: its id and statement.
    pub fn confirmations(&self) -> impl Iterator<Item = (&Ident, &str)> {
        self.confirmations.iter().map(|(id, statement)| (id, statement.as_str()))
    }

    /// A use case of AI.
    pub fn use_case(&self, id: &Ident) -> Option<&UseCase> {
        self.uses.get(id)
    }

    /// Every use case.
    pub fn use_cases(&self) -> impl Iterator<Item = (&Ident, &UseCase)> {
        self.uses.iter()
    }

    /// See [`Roster::revoke_for_good`].
    pub(crate) fn revoke_for_good(&mut self, clock: Timestamp) {
        self.roster.revoke_for_good(clock);
    }

    /// Everybody.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// The AI tools.
    pub fn tools(&self) -> &Tools {
        &self.tools
    }

    /// What a change on this branch needs. Rules hold on every publish branch alike.
    ///
    /// What becomes a link or a submodule stands for a folder that readers will find there: rules and restricted
    /// uses for anything below its path hold for it too.
    pub fn requirements(&self, _branch: &RefName, change: &Change) -> Requirements {
        let plain = change.ends().all(|entry| entry.mode() == Mode::Regular);
        let mut needs = self.sum(change.path(), plain);
        if change.after().is_some_and(|entry| !entry.mode().is_file()) {
            let below = self
                .rules
                .iter()
                .filter(|rule| !rule.paths.contains(change.path()) && rule.paths.reaches_below(change.path()));
            below.for_each(|rule| needs.add(rule));
            needs.restrict(self.restricted_where(|paths| paths.reaches_below(change.path())));
        }
        needs
    }

    /// What any change of a path needs: an exemption does not count.
    pub fn strictest(&self, path: &RepoPath) -> Requirements {
        self.sum(path, false)
    }

    /// Which rules apply to a path, and what they amount to.
    pub fn explain(&self, path: &RepoPath) -> Explanation<'_> {
        Explanation {
            rules: self.matching(path).collect(),
            exempt: self.exempt.iter().find(|exempt| exempt.paths.contains(path)),
            protected: is_protected(path),
            requirements: self.sum(path, true),
        }
    }

    fn matching<'p>(&'p self, path: &RepoPath) -> impl Iterator<Item = &'p Rule> {
        self.rules.iter().filter(move |rule| rule.paths.contains(path))
    }

    fn sum(&self, path: &RepoPath, may_be_exempt: bool) -> Requirements {
        let mut sum = Requirements::nothing();
        let mut reviewed = false;
        for rule in self.matching(path) {
            sum.add(rule);
            reviewed |= rule.asks_of_reviewers();
        }
        sum.restrict(self.restricted_where(|paths| paths.contains(path)));
        if is_protected(path) {
            let role = if path.as_bytes() == FILES[2].as_bytes() { SECURITY } else { ADMIN };
            let roles: Vec<Role> = role.parse().into_iter().collect();
            sum.quorums.push(Quorum { rule: "built-in".to_owned(), roles, count: 1 });
        } else if sum.quorums.is_empty() {
            sum.exempt = may_be_exempt && !reviewed && self.exempt.iter().any(|exempt| exempt.paths.contains(path));
            if !sum.exempt {
                sum.quorums.push(Quorum { rule: "default".to_owned(), roles: Vec::new(), count: 1 });
            }
        }
        sum
    }
}
