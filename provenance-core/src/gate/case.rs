//! The case: what the gate is asked to judge, all of it values.

use crate::entry::Change;
use crate::finding::Finding;
use crate::id::CommitId;
use crate::path::RefName;
use crate::policy::Policy;
use crate::report::TransitionKind;
use crate::time::Timestamp;

/// One transition of a publish branch, under the policy it replaces.
#[derive(Debug)]
pub struct Case<'a> {
    /// The policy at OLD (of a proposal: at the base's tip).
    pub policy: &'a Policy,
    /// The authority, where the judged branch is another: its rules bind too, and persons and keys must be
    /// valid there as well.
    pub authority: Option<Authority<'a>>,
    /// The publish branch.
    pub branch: RefName,
    /// Update or proposal.
    pub kind: TransitionKind,
    /// Where the changes start: OLD, or a proposal's merge base.
    pub start: CommitId,
    /// The published state that freshness is judged against: OLD, or a proposal's BASE.
    pub tip: CommitId,
    /// The state proposed.
    pub new: CommitId,
    /// The first-parent steps after `start` up to `new`, oldest first.
    pub steps: Vec<CommitId>,
    /// What moves from `start` to `new`.
    pub changes: Vec<Change>,
    /// Commits whose entries may be the reviewed side of a merge: parents of merges, `--via`.
    pub hints: Vec<CommitId>,
    /// The publish branches whose reviews may count here, by `[[promote]]`, each with the window
    /// of its steps that NEW brings.
    pub promotions: Vec<Promotion>,
    /// What single commits bring that become reachable with NEW, where the policy judges them too.
    pub brought: Vec<Brought>,
    /// What the caller found before the case could be judged: a rewound branch, a removed policy.
    pub findings: Vec<Finding>,
    /// The clock.
    pub now: Timestamp,
}

/// The authority's tip, and the policy there.
#[derive(Debug, Clone, Copy)]
pub struct Authority<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The tip.
    pub tip: CommitId,
}

impl<'a> Case<'a> {
    /// The policies that bind: the branch's own, and the authority's.
    pub(crate) fn policies(&self) -> impl Iterator<Item = &'a Policy> + use<'a> {
        std::iter::once(self.policy).chain(self.authority.map(|authority| authority.policy))
    }
}

/// The steps of another publish branch that a transition brings along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promotion {
    /// The branch whose reviews may count.
    pub from: RefName,
    /// The newest of its steps in OLD's ancestry.
    pub since: CommitId,
    /// The newest of its steps in NEW's ancestry.
    pub until: CommitId,
}

/// A path that a commit holds otherwise than each of its parents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// The commit.
    pub commit: CommitId,
    /// Its change of the path, against each parent in order; never none.
    pub ways: Vec<Change>,
}
