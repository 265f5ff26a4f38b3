//! What every verb needs: the repository, the clock, the publish branch that is meant.

use std::path::PathBuf;

use provenance_core::check::{
    CheckError, PolicyAt, default_branches, default_listing, default_policy, find_branch, policy_at,
};
use provenance_core::draft::{Desk, DraftError};
use provenance_core::git::{Head, ReadError, Repository};
use provenance_core::id::CommitId;
use provenance_core::ledger::ledger_ref;
use provenance_core::path::RefName;
use provenance_core::policy::Policy;
use provenance_core::time::Timestamp;

use crate::args::{Args, branch};
use crate::error::CliError;
use crate::output::Output;

/// A repository, the directory that paths are relative to, and the clock.
pub(crate) struct App {
    pub(crate) repository: Repository,
    pub(crate) dir: PathBuf,
    /// Whether `-C` says where it is.
    pub(crate) is_named: bool,
    pub(crate) now: Timestamp,
}

impl App {
    pub(crate) fn open(args: &Args) -> Result<Self, CliError> {
        let dir = args.dir.clone().unwrap_or_else(|| PathBuf::from("."));
        Ok(Self { repository: Repository::discover(&dir)?, dir, is_named: args.dir.is_some(), now: clock(args)? })
    }

    /// The publish branch that is meant: what was said, what was named, or the only one that the
    /// policy lists. Which policy: see [`default_branches`].
    pub(crate) fn branch(&self, said: Option<&str>, named: &[RefName]) -> Result<RefName, CliError> {
        match said {
            Some(said) => self.published(branch(said)?),
            None => self.branch_from(crate::verbs::root(self, None)?, named),
        }
    }

    /// The branch, unless it is neither here nor listed by the policy.
    pub(crate) fn published(&self, branch: RefName) -> Result<RefName, CliError> {
        let branches = default_branches(&self.repository, crate::verbs::root(self, None)?)?;
        match branches.filter(|branches| !branches.contains(&branch)) {
            Some(known) if find_branch(&self.repository, &branch)?.is_none() => {
                Err(CheckError::NotPublished { branch, known }.into())
            }
            _ => Ok(branch),
        }
    }

    /// Where a publish branch is, as this repository knows it.
    pub(crate) fn tip_of(&self, branch: &RefName) -> Result<CommitId, CliError> {
        find_branch(&self.repository, branch)?.ok_or_else(|| {
            CliError::usage(format!("{branch} is not here"))
                .hint(format!("fetch it: `git fetch origin {}`", branch.short()))
        })
    }

    /// The policy that says which branches are published: the authority's.
    pub(crate) fn policy(&self) -> Result<Policy, CliError> {
        let root = crate::verbs::root(self, None)?;
        default_policy(&self.repository, root)?.map_or_else(|| Err(self.no_policy()?), Ok)
    }

    /// The desk of the authority, for what no branch decides.
    pub(crate) fn authority_desk(&self) -> Result<Desk<'_>, CliError> {
        let listing = default_listing(&self.repository, crate::verbs::root(self, None)?)?;
        let (commit, policy) = listing.map_or_else(|| Err(self.no_policy()?), Ok)?;
        self.desk_of(policy.authority().clone(), Some((commit, policy)))
    }

    /// The desk of the branch that was said, else of the authority.
    pub(crate) fn desk_or_authority(&self, said: Option<&str>) -> Result<Desk<'_>, CliError> {
        match said {
            Some(said) => self.desk(Some(said), &[]),
            None => self.authority_desk(),
        }
    }

    /// The publish branch that is meant where none was said, trust starting at `root`.
    pub(crate) fn branch_from(&self, root: Option<CommitId>, named: &[RefName]) -> Result<RefName, CliError> {
        let branches = default_branches(&self.repository, root)?.map_or_else(|| Err(self.no_policy()?), Ok)?;
        let mut named = named.iter().map(provenance_core::check::untracked);
        if let Some(found) = named.find(|name| branches.contains(name)) {
            return Ok(found);
        }
        match branches.as_slice() {
            [only] => Ok(only.clone()),
            known => Err(CheckError::WhichBranch { known: known.to_vec() }.into()),
        }
    }

    pub(crate) fn desk(&self, said: Option<&str>, named: &[RefName]) -> Result<Desk<'_>, CliError> {
        self.desk_of(self.branch(said, named)?, None)
    }

    fn desk_of(&self, branch: RefName, known: Option<(CommitId, Policy)>) -> Result<Desk<'_>, CliError> {
        match Desk::knowing(&self.repository, branch.clone(), known, self.now) {
            Err(error @ DraftError::NoPolicy { .. }) => Err(self.unpushed(&branch)?.unwrap_or_else(|| error.into())),
            desk => Ok(desk?),
        }
    }

    /// That the branch's policy is here and not yet on its remote, if that is so.
    pub(crate) fn unpushed(&self, branch: &RefName) -> Result<Option<CliError>, CliError> {
        let has_policy = |commit| Ok::<_, CliError>(!matches!(policy_at(&self.repository, commit)?, PolicyAt::Absent));
        let (Some(published), Some(local)) =
            (find_branch(&self.repository, branch)?, self.repository.try_find_ref(branch)?)
        else {
            return Ok(None);
        };
        if has_policy(published)? || !has_policy(CommitId(local.id))? {
            return Ok(None);
        }
        let remote = self.remote_of(branch)?;
        let short = branch.short();
        Ok(Some(
            CliError::failed(format!("your {short} has a policy, and {short} of {remote}, as last fetched, has none"))
                .hint(format!("push it: git push {remote} {short}")),
        ))
    }

    /// The remote that a branch is published on.
    pub(crate) fn remote_of(&self, branch: &RefName) -> Result<String, CliError> {
        let known = self.repository.remotes()?;
        let set = self.repository.config(&format!("branch.{}.remote", branch.short()))?;
        let set = set.filter(|remote| known.contains(remote));
        let first = known.iter().find(|remote| *remote == "origin").or_else(|| known.first()).cloned();
        Ok(set.or(first).unwrap_or_else(|| "origin".to_owned()))
    }

    /// Says that there are no records yet, where some may wait on a remote.
    pub(crate) fn narrate_no_records(&self, out: &Output) -> Result<(), CliError> {
        if self.repository.try_find_ref(&ledger_ref())?.is_none() && !self.repository.remotes()?.is_empty() {
            out.narrate("no records here yet: run git provenance sync");
        }
        Ok(())
    }

    /// Why there is no policy that could say what is published.
    fn no_policy(&self) -> Result<CliError, CliError> {
        let pinned = crate::verbs::root(self, None)?;
        if let Some(Err(error @ ReadError::Missing { .. })) = pinned.map(|root| self.repository.commit(root)) {
            return Ok(CliError::failed(format!("the root that is pinned here cannot be read: {error}"))
                .hint("if this is another history, pin its own root with `git provenance trust COMMIT`"));
        }
        if let Some(Head::Branch(_, id) | Head::Detached(id)) = self.repository.head()?
            && let PolicyAt::Broken(error) = policy_at(&self.repository, CommitId(id))?
        {
            return Ok(CliError::failed(format!("the policy at {id} cannot be read:\n{error}"))
                .hint("an admin fixes the files; `git provenance policy lint` checks them"));
        }
        Ok(CliError::failed("this repository has no policy (.provenance/policy.toml)")
            .hint("run `git provenance init`"))
    }
}

/// The time that was given, else the clock's.
pub(crate) fn clock(args: &Args) -> Result<Timestamp, CliError> {
    args.now
        .or_else(|| Timestamp::from_seconds(jiff::Timestamp::now().as_second()))
        .ok_or_else(|| CliError::failed("the clock shows no year between 0 and 9999"))
}
