//! Since when clauses are in force: told by the steps of a publish branch that changed the policy.

use std::collections::BTreeMap;

use super::policy_files_at;
use crate::entry::Slot;
use crate::git::{ReadError, Repository};
use crate::id::CommitId;
use crate::path::RepoPath;
use crate::policy::coverage::{Status, coverage};
use crate::policy::{Clause, FILES, Policy, PolicyFiles};
use crate::time::{Day, Timestamp};

/// The step that put a clause in force, and the day by its committer's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// The step of the branch.
    pub step: CommitId,
    /// Its committer's day in UTC. Whoever commits says it; nothing proves it.
    pub day: Option<Day>,
}

/// Since when each clause that is in force at `tip` has been, without a break: the first-parent steps
/// are walked back from there until none is left that was in force. A clause is missing from the answer
/// where history ends too early (a shallow clone).
///
/// # Errors
/// [`ReadError`] when `tip`, or a tree or policy file of a step, cannot be read.
pub fn in_force_since(repository: &Repository, tip: CommitId) -> Result<BTreeMap<Clause, Since>, ReadError> {
    let mut at = tip;
    let mut slots = slots_at(repository, at)?;
    let mut open = in_force(&policy_files_at(repository, at)?);
    let mut found = BTreeMap::new();
    while !open.is_empty() {
        let (parent, before) = match step_back(repository, at) {
            Ok(Some(step)) => step,
            Ok(None) => {
                let since = since(repository, at)?;
                found.extend(open.into_iter().map(|clause| (clause, since)));
                break;
            }
            Err(ReadError::Missing { .. }) => break,
            Err(error) => return Err(error),
        };
        if before != slots {
            let held = in_force(&policy_files_at(repository, parent)?);
            let (still, begun): (Vec<_>, Vec<_>) = open.into_iter().partition(|clause| held.contains(clause));
            let since = since(repository, at)?;
            found.extend(begun.into_iter().map(|clause| (clause, since)));
            (open, slots) = (still, before);
        }
        at = parent;
    }
    Ok(found)
}

/// What a commit has at the paths of the policy's files.
type Slots = [Option<Slot>; 3];

fn slots_at(repository: &Repository, commit: CommitId) -> Result<Slots, ReadError> {
    let [people, policy, tools] = FILES.map(|file| {
        let path: RepoPath = file.parse().expect("the policy's files have well-formed paths");
        repository.slot_at(commit, &path)
    });
    Ok([people?, policy?, tools?])
}

fn step_back(repository: &Repository, step: CommitId) -> Result<Option<(CommitId, Slots)>, ReadError> {
    let Some(parent) = repository.first_parent(step)? else { return Ok(None) };
    Ok(Some((parent, slots_at(repository, parent)?)))
}

/// The clauses in force under these files; none under files that are no policy.
fn in_force(files: &PolicyFiles) -> Vec<Clause> {
    let Ok(policy) = Policy::load(files) else { return Vec::new() };
    let covered = coverage(&policy).into_iter();
    covered.filter(|covered| covered.status == Status::InForce).map(|covered| covered.clause).collect()
}

fn since(repository: &Repository, step: CommitId) -> Result<Since, ReadError> {
    let seconds = repository.seconds(step)?;
    Ok(Since { step, day: Timestamp::from_seconds(seconds).map(Timestamp::day) })
}
