//! The publish branch that has a say over others: the authority; and where a branch is.

use super::transition::broken;
use super::{PolicyAt, Stop, policy_at, policy_files_at};
use crate::finding::{Code, Finding};
use crate::git::{Head, ReadError, RefError, Repository};
use crate::id::CommitId;
use crate::path::RefName;
use crate::policy::Policy;
use crate::time::Timestamp;

/// Where a branch is, as this repository knows it: on a server the branch itself; in a clone what
/// was last fetched of it from its remote (`branch.NAME.remote`, else `origin`, else the only one),
/// else the local branch. Refs of remotes that are not configured have no say: anybody who may push
/// can make them.
///
/// # Errors
/// [`RefError`] when refs or the remotes cannot be read.
pub fn find_branch(repository: &Repository, branch: &RefName) -> Result<Option<CommitId>, RefError> {
    let at = |name: &RefName| Ok(repository.try_find_ref(name)?.map(|target| CommitId(target.id)));
    if let Some(short) = branch.as_str().strip_prefix("refs/heads/").filter(|_| !repository.is_served())
        && let Some(remote) = remote_of(repository, short)?
        && let Ok(tracking) = format!("refs/remotes/{remote}/{short}").parse()
        && let Some(tip) = at(&tracking)?
    {
        return Ok(Some(tip));
    }
    at(branch)
}

/// The remote that a branch is published on.
fn remote_of(repository: &Repository, short: &str) -> Result<Option<String>, RefError> {
    let remotes = repository.remotes()?;
    let configured = repository.config(&format!("branch.{short}.remote"))?;
    let known = |wanted: &str| remotes.iter().find(|remote| *remote == wanted);
    let remote = configured.as_deref().and_then(known).or_else(|| known("origin"));
    Ok(remote.or_else(|| remotes.first().filter(|_| remotes.len() == 1)).cloned())
}

/// The authority's tip with its policy, where another branch is judged; none where it is the authority.
pub(super) fn over(repository: &Repository, policy: &Policy, branch: &RefName) -> Result<Option<Authority>, Stop> {
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
        // Where it names another it has handed the authority over since this branch took its policy.
        PolicyAt::Sound(policy) => {
            let found = Authority { tip, policy: *policy, by: vec![authority.clone()] };
            Ok(Some(follow(repository, None, found)?))
        }
        _ => Err(blocked(
            format!("the authority branch {authority} has no readable policy at {tip}"),
            "`git provenance policy lint` checks it".to_owned(),
        )
        .into()),
    }
}

/// The authority: the branch whose policy says which refs are published, at its tip.
#[derive(Debug)]
pub(super) struct Authority {
    /// Its tip; where the branch is not here, the commit whose policy names it.
    pub(super) tip: CommitId,
    pub(super) policy: Policy,
    /// The branches that led to it, itself the last.
    by: Vec<RefName>,
}

impl Authority {
    /// The same at another of its states.
    pub(super) fn at(&self, tip: CommitId, policy: Policy) -> Self {
        Self { tip, policy, by: self.by.clone() }
    }
}

/// The states of a branch by date, for what is judged as of a day that is past. A state is no older than those before it,
/// whatever its commit says, and none counts from before trust starts.
#[derive(Debug)]
pub(super) struct States {
    pub(super) tip: CommitId,
    /// Oldest first.
    dated: Vec<(Timestamp, CommitId)>,
    /// When trust starts.
    since: Option<Timestamp>,
}

impl States {
    /// The first-parent chain of a tip, from the root where that is on it.
    ///
    /// # Errors
    /// [`ReadError`] when a commit on the way is missing or malformed.
    pub(super) fn of(repository: &Repository, tip: CommitId, root: CommitId) -> Result<Self, ReadError> {
        let date = |commit: CommitId| Ok(Timestamp::from_seconds(repository.seconds(commit)?));
        let (mut dated, mut at) = (Vec::new(), Some(tip));
        while let Some(state) = at {
            dated.push((date(state)?, state));
            at = if state == root { None } else { repository.first_parent(state)? };
        }
        let mut latest = None;
        let in_order = dated.into_iter().rev().filter_map(|(date, state)| {
            latest = latest.max(date);
            latest.map(|latest| (latest, state))
        });
        Ok(Self { tip, dated: in_order.collect(), since: date(root)? })
    }

    /// The newest state at a time; none where all are later.
    pub(super) fn at(&self, time: Timestamp) -> Option<CommitId> {
        let time = self.since.map_or(time, |since| since.max(time));
        let later = self.dated.partition_point(|(date, _)| *date <= time);
        self.dated[..later].last().map(|(_, state)| *state)
    }
}

/// The authority of this repository; none where no policy is found that can be read.
///
/// With a pinned root it is the branch that the root's policy names, and on from there if that
/// names another: no commit that is merely proposed or checked out has a say. Without one it is
/// what a remote's branch names, or HEAD.
pub(super) fn find(repository: &Repository, root: Option<CommitId>) -> Result<Option<Authority>, Stop> {
    let starts = match root {
        // A history that the root is not in is refused for that, elsewhere and in better words.
        Some(root) if repository.header(&root.0)?.is_none() => Vec::new(),
        Some(root) => vec![root],
        None => unpinned(repository)?,
    };
    for start in starts {
        if let PolicyAt::Sound(policy) = policy_at(repository, start)? {
            return follow(repository, root, Authority { tip: start, policy: *policy, by: Vec::new() }).map(Some);
        }
    }
    Ok(None)
}

/// From a policy to the tip of the branch it names first, until that names itself. A tip that leads back to a
/// branch on the way has no say: it is older than what handed the authority over to it.
fn follow(repository: &Repository, root: Option<CommitId>, mut found: Authority) -> Result<Authority, Stop> {
    loop {
        let name = found.policy.authority().clone();
        if found.by.contains(&name) {
            break;
        }
        found.by.push(name.clone());
        let Some(tip) = find_branch(repository, &name)? else { break };
        let grafted = root.map(|root| repository.first_parent_steps(root, tip, usize::MAX)).transpose()? == Some(None);
        // Where it begins at its own tip, as without a root, that policy is read already.
        if grafted || tip == found.tip {
            break;
        }
        match policy_at(repository, tip)? {
            PolicyAt::Sound(policy) if leads_back(&policy, &found.by) => break,
            PolicyAt::Sound(policy) => found = Authority { tip, policy: *policy, by: found.by },
            // An older policy lists what was published then, and people who have left since.
            PolicyAt::Broken(error) => return Err(broken(tip, &error).into()),
            PolicyAt::Absent => return Err(absent(&name, tip).into()),
        }
    }
    Ok(found)
}

fn absent(name: &RefName, tip: CommitId) -> Finding {
    Finding::error(Code::UndecidedPolicy, format!("the authority branch {name} has no policy at {tip}"))
        .hint("whoever runs the server puts it back to a state that has one")
}

/// Whether a policy names a branch on the way to it, and not the one it is of.
fn leads_back(policy: &Policy, by: &[RefName]) -> bool {
    by.split_last().is_some_and(|(_, others)| others.contains(policy.authority()))
}

/// Where a policy is looked for without a root: on a server at HEAD; in a clone first at what was
/// fetched of the usual branches, since HEAD may be what somebody proposes.
fn unpinned(repository: &Repository) -> Result<Vec<CommitId>, RefError> {
    let head = match repository.head()? {
        Some(Head::Branch(_, id) | Head::Detached(id)) => Some(CommitId(id)),
        _ => None,
    };
    if repository.is_served() {
        return Ok(head.into_iter().collect());
    }
    let usual = |names: &[&str]| -> Result<Vec<CommitId>, RefError> {
        let names = names.iter().filter_map(|name| name.parse::<RefName>().ok());
        let found = names.map(|name| repository.try_find_ref(&name)).collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().flatten().map(|target| CommitId(target.id)).collect())
    };
    let mut starts = usual(&["refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master"])?;
    starts.extend(head);
    starts.extend(usual(&["refs/heads/main", "refs/heads/master"])?);
    Ok(starts)
}

/// The policy that says which refs of this repository are published: the authority's, found from
/// the pinned root where there is one; none where there is none that can be read. With the branches that lead
/// to the authority, itself among them: who moves one of these chooses the policy.
///
/// # Errors
/// [`RefError`] when refs cannot be read.
pub fn default_policy_and_way(
    repository: &Repository,
    root: Option<CommitId>,
) -> Result<Option<(Policy, Vec<RefName>)>, RefError> {
    Ok(authority(repository, root)?.map(|found| (found.policy, found.by)))
}

/// [`find`], none where it cannot be said.
fn authority(repository: &Repository, root: Option<CommitId>) -> Result<Option<Authority>, RefError> {
    match find(repository, root) {
        Ok(found) => Ok(found),
        Err(Stop::Request(super::CheckError::Ref(error))) => Err(error),
        Err(_) => Ok(None),
    }
}

/// The policy alone of [`default_policy_and_way`].
///
/// # Errors
/// As there.
pub fn default_policy(repository: &Repository, root: Option<CommitId>) -> Result<Option<Policy>, RefError> {
    Ok(default_policy_and_way(repository, root)?.map(|(policy, _)| policy))
}

/// A policy that lists the branches which [`default_policy`] lists, and the commit that it was read at: the
/// authority's tip wherever that is here.
///
/// Whether the root is on the authority's chain takes a walk over all of history. It is not asked
/// where the answer makes no difference, since both policies list the same branches: commands that
/// only need to know which branch is meant answer at once.
///
/// # Errors
/// As [`default_policy`].
pub fn default_listing(
    repository: &Repository,
    root: Option<CommitId>,
) -> Result<Option<(CommitId, Policy)>, RefError> {
    if let Some(root) = root
        && let Some(listing) = undoubted(repository, root)?
    {
        return Ok(Some(listing));
    }
    Ok(authority(repository, root)?.map(|found| (found.tip, found.policy)))
}

/// The policy at the tip of the authority that the root names, if it lists the same branches as the root's.
fn undoubted(repository: &Repository, root: CommitId) -> Result<Option<(CommitId, Policy)>, RefError> {
    let Ok(files) = policy_files_at(repository, root) else { return Ok(None) };
    let Ok(at_root) = Policy::load(&files) else { return Ok(None) };
    let Some(tip) = find_branch(repository, at_root.authority())? else { return Ok(None) };
    let at_tip = match policy_files_at(repository, tip) {
        Ok(same) if same == files => at_root,
        Ok(other) => match Policy::load(&other) {
            Ok(policy) if policy.branches() == at_root.branches() => policy,
            _ => return Ok(None),
        },
        Err(_) => return Ok(None),
    };
    Ok(Some((tip, at_tip)))
}

/// The branches that [`default_policy`] lists.
///
/// # Errors
/// As [`default_policy`].
pub fn default_branches(repository: &Repository, root: Option<CommitId>) -> Result<Option<Vec<RefName>>, RefError> {
    Ok(default_listing(repository, root)?.map(|(_, policy)| policy.branches().to_vec()))
}

#[cfg(test)]
mod tests {
    use provenance_test_support::Repo;

    use super::*;

    #[test]
    fn the_state_of_a_day_is_the_newest_of_which_all_before_it_are_past_and_never_one_from_before_the_root() {
        let repo = Repo::new();
        let day = |day: i64| 1_700_000_000 + day * 86_400;
        let chain_of = |days: &[i64]| -> Vec<CommitId> {
            let dates: Vec<i64> = days.iter().copied().map(day).collect();
            repo.dated_chain(&dates).iter().map(|commit| commit.parse().unwrap()).collect()
        };
        let (chain, elsewhere) = (chain_of(&[1, 3, 2, 5, 9, 6]), chain_of(&[5])[0]);
        let repository = Repository::discover(repo.path()).unwrap();
        let place = |root: CommitId, time: i64| {
            let states = States::of(&repository, chain[5], root).unwrap();
            let found = states.at(Timestamp::from_seconds(day(time)).unwrap())?;
            chain.iter().position(|state| *state == found)
        };
        let all = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10].map(|time| place(chain[0], time).unwrap());
        assert_eq!(all, [0, 0, 0, 2, 2, 3, 3, 3, 5, 5]);
        let from_the_third = [0, 1, 2, 3, 5].map(|time| place(chain[2], time).unwrap());
        assert_eq!(from_the_third, [2, 2, 2, 2, 3]);
        // Of another history none is older than the root.
        let beside = [0, 4, 5, 9].map(|time| place(elsewhere, time).unwrap());
        assert_eq!(beside, [3, 3, 3, 5]);
    }
}
