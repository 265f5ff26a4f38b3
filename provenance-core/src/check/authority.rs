//! Other publish branches that have a say: the authority, and those whose reviews are promoted.

use super::{PolicyAt, Stop, policy_at};
use crate::finding::{Code, Finding};
use crate::gate::Promotion;
use crate::git::{Head, RefError, Repository};
use crate::id::CommitId;
use crate::path::RefName;
use crate::policy::Policy;

/// Where a branch is, as this repository knows it: on a server the branch itself, in a clone what
/// was last fetched of it, else the local branch.
///
/// # Errors
/// [`RefError`] when refs cannot be read.
pub fn find_branch(repository: &Repository, branch: &RefName) -> Result<Option<CommitId>, RefError> {
    let local = repository.try_find_ref(branch)?.map(|target| CommitId(target.id));
    let Some(short) = branch.as_str().strip_prefix("refs/heads/").filter(|_| !repository.is_bare()) else {
        return Ok(local);
    };
    let remotes = repository.refs_under("refs/remotes/")?;
    let tracked: Vec<CommitId> = remotes
        .iter()
        .filter(|(name, _)| {
            name.as_str()["refs/remotes/".len()..].split_once('/').is_some_and(|(_, rest)| rest == short)
        })
        .map(|(_, id)| CommitId(*id))
        .collect();
    Ok(match tracked.as_slice() {
        [only] => Some(*only),
        _ => local.or(tracked.first().copied()),
    })
}

/// The policy at the authority's tip, where another branch is judged.
pub(super) fn policy(repository: &Repository, policy: &Policy, branch: &RefName) -> Result<Option<Policy>, Stop> {
    let authority = policy.authority();
    if authority == branch {
        return Ok(None);
    }
    let blocked = |message: String, hint: String| Finding::error(Code::UndecidedPolicy, message).hint(hint);
    let Some(tip) = find_branch(repository, authority)? else {
        let message =
            format!("the authority branch {authority} is not here, and its roster and rules bind {branch} too");
        return Err(blocked(message, format!("fetch it: `git fetch origin {}`", authority.short())).into());
    };
    match policy_at(repository, tip)? {
        PolicyAt::Sound(policy) => Ok(Some(*policy)),
        _ => Err(blocked(
            format!("the authority branch {authority} has no readable policy at {tip}"),
            "`git provenance policy lint` checks it".to_owned(),
        )
        .into()),
    }
}

/// The branches whose reviews may count, with the window of their steps that NEW brings.
pub(super) fn promotions(
    repository: &Repository,
    policy: &Policy,
    branch: &RefName,
    old: &CommitId,
    new: &CommitId,
) -> Result<Vec<Promotion>, Stop> {
    let mut promotions = Vec::new();
    for from in policy.promoted_to(branch) {
        let Some(tip) = find_branch(repository, from)? else { continue };
        let until = newest_in(repository, tip, *new)?;
        let since = newest_in(repository, tip, *old)?;
        if let (Some(since), Some(until)) = (since, until)
            && since != until
        {
            promotions.push(Promotion { from: from.clone(), since, until });
        }
    }
    Ok(promotions)
}

/// The newest step of the chain of `tip` that `commit` contains.
fn newest_in(repository: &Repository, tip: CommitId, commit: CommitId) -> Result<Option<CommitId>, Stop> {
    let mut contained = std::collections::HashSet::new();
    let mut todo = vec![commit];
    while let Some(id) = todo.pop() {
        if contained.insert(id) {
            todo.extend(repository.parents(id)?);
        }
    }
    let mut at = Some(tip);
    while let Some(step) = at {
        if contained.contains(&step) {
            return Ok(Some(step));
        }
        at = repository.first_parent(step)?;
    }
    Ok(None)
}

/// The tip of the authority that the branch of HEAD names (or of that branch, if its policy cannot
/// be read); none where HEAD's branch has no commit.
pub(super) fn default_tip(repository: &Repository) -> Result<Option<CommitId>, Stop> {
    let Some(Head::Branch(_, id)) = repository.head()? else { return Ok(None) };
    let tip = CommitId(id);
    match policy_at(repository, tip)? {
        PolicyAt::Sound(policy) => Ok(find_branch(repository, policy.authority())?.or(Some(tip))),
        _ => Ok(Some(tip)),
    }
}

/// The policy that says which refs of this repository are published: the authority's that the
/// branch of HEAD names; none where there is none that can be read.
///
/// # Errors
/// [`RefError`] when refs cannot be read.
pub fn default_policy(repository: &Repository) -> Result<Option<Policy>, RefError> {
    match default_tip(repository).and_then(|tip| Ok(tip.map(|tip| policy_at(repository, tip)).transpose()?)) {
        Ok(Some(PolicyAt::Sound(policy))) => Ok(Some(*policy)),
        Err(Stop::Request(super::CheckError::Ref(error))) => Err(error),
        _ => Ok(None),
    }
}
