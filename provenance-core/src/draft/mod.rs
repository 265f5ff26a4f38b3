//! Drafts: from a range and a person's answers to a record that is ready to be signed.
//!
//! A [`Desk`] knows the repository, the policy and the person who is about to sign. It resolves
//! what a range means ([`span`]), fills in what history tells ([`declare`], [`review`]), says
//! before anything is signed whether it could count, and files what was signed ([`file`](mod@file)).

pub mod declare;
pub mod file;
pub mod review;
pub mod revoke;
pub mod span;

use crate::check::{PolicyAt, find_branch, policy_at};
use crate::finding::Finding;
use crate::git::{self, Repository};
use crate::id::CommitId;
use crate::key::Fingerprint;
use crate::ledger;
use crate::name::PersonId;
use crate::path::RefName;
use crate::policy::{KeyState, LoadError, Person, Policy};
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
    /// The key is nobody's.
    #[error(
        "key {key} is nobody's in .provenance/people.toml of {branch}: an admin adds it with `git provenance people add`"
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
    /// Two ends without a common commit.
    #[error("{0} and {1} have no commit in common")]
    Unrelated(CommitId, CommitId),
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

/// The place where somebody drafts records for a publish branch.
#[derive(Debug)]
pub struct Desk<'r> {
    repository: &'r Repository,
    branch: RefName,
    tip: CommitId,
    policy: Policy,
    now: Timestamp,
}

impl<'r> Desk<'r> {
    /// The desk for a publish branch, with the policy at its tip.
    ///
    /// # Errors
    /// [`DraftError`] when the branch or its policy cannot be read.
    pub fn at(repository: &'r Repository, branch: RefName, now: Timestamp) -> Result<Self, DraftError> {
        let tip = find_branch(repository, &branch)?.ok_or_else(|| DraftError::NoBranch(branch.clone()))?;
        let policy = match policy_at(repository, tip)? {
            PolicyAt::Sound(policy) => *policy,
            PolicyAt::Absent => return Err(DraftError::NoPolicy { branch, commit: tip }),
            PolicyAt::Broken(source) => return Err(DraftError::BrokenPolicy { branch, source }),
        };
        Ok(Self { repository, branch, tip, policy, now })
    }

    /// The policy at the branch's tip.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The publish branch.
    pub fn branch(&self) -> &RefName {
        &self.branch
    }

    /// The branch's tip, as this repository knows it.
    pub fn tip(&self) -> CommitId {
        self.tip
    }

    /// The person whose key this is, if it counts now.
    ///
    /// # Errors
    /// [`DraftError::UnknownKey`], [`DraftError::KeyState`].
    pub fn person(&self, key: &Fingerprint) -> Result<&Person, DraftError> {
        let unknown = || DraftError::UnknownKey { key: key.clone(), branch: self.branch.clone() };
        let (person, roster_key) = self.policy.roster().by_key(key).ok_or_else(unknown)?;
        match roster_key.state_at(self.now) {
            KeyState::Valid => Ok(person),
            state => Err(DraftError::KeyState { person: person.id().clone(), key: key.clone(), state }),
        }
    }

    fn signer(&self, key: &Fingerprint) -> Result<SignedBy, DraftError> {
        Ok(SignedBy { person: self.person(key)?.id().clone(), key: key.clone() })
    }
}
