//! Drafts: from a range and a person's answers to a record that is ready to be signed.
//!
//! A [`Desk`] knows the repository, the policy and the person who is about to sign. It resolves
//! what a range means ([`span`]), fills in what history tells ([`declare`], [`review`]), says
//! before anything is signed whether it could count, and files what was signed ([`file`](mod@file)).

pub mod accept;
mod answers;
pub mod background;
pub mod client_names;
pub mod declare;
mod details;
pub mod fate;
pub mod file;
pub mod import;
pub mod incident;
mod parts;
mod people;
pub mod review;
pub mod revoke;
pub mod scan;
pub mod signals;
pub mod span;
pub mod train;
pub mod waive;

use crate::check::{PolicyAt, authority_policy, find_branch, policy_at};
use crate::entry::Change;
use crate::finding::Finding;
use crate::gate::{KeyRing, Rosters};
use crate::git::{self, Repository};
use crate::id::CommitId;
use crate::key::Fingerprint;
use crate::ledger;
use crate::name::{Ident, PersonId};
use crate::path::RefName;
use crate::policy::{KeyState, LoadError, Person, Policy, Requirements};
use crate::statement::SignedBy;
use crate::time::Timestamp;

/// Why a record could not be drafted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DraftError {
    /// The publish branch is not in this repository.
    #[error("{0} is not in this repository: fetch it, or name another branch with --branch")]
    NoBranch(RefName),
    /// The branch has no policy.
    #[error("{branch} has no policy at {commit}: run `git provenance init`")]
    NoPolicy {
        /// The branch.
        branch: RefName,
        /// Its tip.
        commit: CommitId,
    },
    /// The branch's policy cannot be read.
    #[error("the policy of {branch} cannot be read:\n{source}")]
    BrokenPolicy {
        /// The branch.
        branch: RefName,
        /// What is wrong with it.
        #[source]
        source: LoadError,
    },
    /// The authority's policy, which binds the branch too, cannot be read.
    #[error("{}", .0.message)]
    Authority(Box<Finding>),
    /// The key is nobody's.
    #[error(
        "key {key} is nobody's in .provenance/people.toml of {branch}: an admin adds it with `git provenance people add ID --key FILE`"
    )]
    UnknownKey {
        /// The key.
        key: Fingerprint,
        /// The branch whose roster was read.
        branch: RefName,
    },
    /// The key does not count today.
    #[error("{person}'s key {key} {state}")]
    KeyState {
        /// The person.
        person: PersonId,
        /// The key.
        key: Fingerprint,
        /// Its state.
        state: KeyState,
    },
    /// The range changes nothing (at the given paths).
    #[error("{0} changes nothing to sign")]
    Nothing(String),
    /// A path was asked for at which nothing changes.
    #[error("nothing changes at `{0}`")]
    NoChange(String),
    /// A record that is signed could not count.
    #[error("a review by {person} would not count")]
    Ineligible {
        /// The person.
        person: PersonId,
        /// Why, path by path.
        findings: Vec<Finding>,
    },
    /// The policy does not let this person sign this.
    #[error("{0}")]
    NotAllowed(String),
    /// Two ends without a common commit.
    #[error("{0} and {1} have no commit in common")]
    Unrelated(CommitId, CommitId),
    /// What was answered is not enough, or not allowed.
    #[error("{what}:{}", listed(.wrong))]
    Incomplete {
        /// What would come of it.
        what: &'static str,
        /// Everything that is wrong.
        wrong: Vec<String>,
    },
    /// The request contradicts itself or the policy.
    #[error("{0}")]
    Request(String),
    /// The record contradicts itself.
    #[error(transparent)]
    Statement(#[from] crate::statement::ReadError),
    /// An object could not be read.
    #[error(transparent)]
    Read(#[from] git::ReadError),
    /// A ref could not be read.
    #[error(transparent)]
    Ref(#[from] git::RefError),
    /// The ledger could not be read.
    #[error(transparent)]
    Ledger(#[from] ledger::ReadError),
}

/// Each on a line of its own. Texts of the policy are among them, and stay on one.
fn listed(wrong: &[String]) -> String {
    wrong.iter().map(|text| format!("\n  {}", text.replace(['\n', '\r'], " "))).collect()
}

/// What there is to choose from, for messages.
fn known<T: ToString>(ids: impl IntoIterator<Item = T>) -> String {
    let ids: Vec<String> = ids.into_iter().map(|id| id.to_string()).collect();
    if ids.is_empty() { "none".to_owned() } else { ids.join(", ") }
}

/// The place where somebody drafts records for a publish branch.
#[derive(Debug)]
pub struct Desk<'r> {
    repository: &'r Repository,
    branch: RefName,
    tip: CommitId,
    policy: Policy,
    /// The policy at the authority's tip, and that tip, where it is another branch.
    authority: Option<(Policy, CommitId)>,
    now: Timestamp,
}

impl<'r> Desk<'r> {
    /// The desk for a publish branch, with the policy at its tip.
    ///
    /// # Errors
    /// [`DraftError`] when the branch, its policy or the authority's cannot be read.
    pub fn at(repository: &'r Repository, branch: RefName, now: Timestamp) -> Result<Self, DraftError> {
        Self::knowing(repository, branch, None, now)
    }

    /// The same, where the policy of some commit was read already.
    ///
    /// # Errors
    /// As [`Desk::at`].
    pub fn knowing(
        repository: &'r Repository,
        branch: RefName,
        known: Option<(CommitId, Policy)>,
        now: Timestamp,
    ) -> Result<Self, DraftError> {
        let tip = find_branch(repository, &branch)?.ok_or_else(|| DraftError::NoBranch(branch.clone()))?;
        let policy = match known {
            Some((commit, policy)) if commit == tip => policy,
            _ => match policy_at(repository, tip)? {
                PolicyAt::Sound(policy) => *policy,
                PolicyAt::Absent => return Err(DraftError::NoPolicy { branch, commit: tip }),
                PolicyAt::Broken(source) => return Err(DraftError::BrokenPolicy { branch, source }),
            },
        };
        let authority = authority_policy(repository, &policy, &branch).map_err(DraftError::Authority)?;
        Ok(Self { repository, branch, tip, policy, authority, now })
    }

    /// The policy at the branch's tip.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The policy at the authority's tip, which binds the branch too, where that is another branch.
    pub fn authority(&self) -> Option<&Policy> {
        self.authority.as_ref().map(|(policy, _)| policy)
    }

    /// The policies that bind: the branch's own, and the authority's.
    pub fn policies(&self) -> impl Iterator<Item = &Policy> {
        std::iter::once(&self.policy).chain(self.authority())
    }

    /// What a change needs, by every policy that binds.
    pub fn requirements(&self, change: &Change) -> Requirements {
        let own = self.policy.requirements(&self.branch, change);
        match self.authority() {
            Some(authority) => own.join(authority.requirements(&self.branch, change)),
            None => own,
        }
    }

    /// The question of a checklist item, from whichever policy has it.
    pub fn question(&self, id: &Ident) -> Option<&str> {
        self.policies().find_map(|policy| policy.question(id))
    }

    /// The statement of a confirmation, from whichever policy has it.
    pub fn confirmation(&self, id: &Ident) -> Option<&str> {
        self.policies()
            .find_map(|policy| policy.confirmations().find(|(known, _)| *known == id))
            .map(|(_, statement)| statement)
    }

    pub(crate) fn ring(&self) -> KeyRing {
        KeyRing::of(self.policies())
    }

    /// Whom the policies that bind know, today.
    pub(crate) fn rosters(&self) -> Rosters<'_> {
        Rosters { policy: &self.policy, authority: self.authority(), now: self.now }
    }

    /// The repository.
    pub fn repository(&self) -> &'r Repository {
        self.repository
    }

    /// The clock.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The publish branch.
    pub fn branch(&self) -> &RefName {
        &self.branch
    }

    /// The branch's tip, as this repository knows it.
    pub fn tip(&self) -> CommitId {
        self.tip
    }

    /// The person whose key this is, if it counts now, for the authority too.
    ///
    /// # Errors
    /// [`DraftError::UnknownKey`], [`DraftError::KeyState`].
    pub fn person(&self, key: &Fingerprint) -> Result<&Person, DraftError> {
        if let Some(authority) = self.authority() {
            self.valid_in(authority, self.policy.authority(), key)?;
        }
        self.valid_in(&self.policy, &self.branch, key)
    }

    fn valid_in<'p>(&self, policy: &'p Policy, branch: &RefName, key: &Fingerprint) -> Result<&'p Person, DraftError> {
        let unknown = || DraftError::UnknownKey { key: key.clone(), branch: branch.clone() };
        let (person, roster_key) = policy.roster().by_key(key).ok_or_else(unknown)?;
        match roster_key.state_at(self.now) {
            KeyState::Valid => Ok(person),
            state => Err(DraftError::KeyState { person: person.id().clone(), key: key.clone(), state }),
        }
    }

    fn signer(&self, key: &Fingerprint) -> Result<SignedBy, DraftError> {
        Ok(SignedBy { person: self.person(key)?.id().clone(), key: key.clone() })
    }
}
