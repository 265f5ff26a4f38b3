//! What every verb needs: the repository, the clock, the publish branch that is meant.

use std::path::PathBuf;

use provenance_core::check::{CheckError, PolicyAt, policy_at};
use provenance_core::draft::Desk;
use provenance_core::git::{Head, Repository};
use provenance_core::id::CommitId;
use provenance_core::path::RefName;
use provenance_core::policy::Policy;
use provenance_core::time::Timestamp;

use crate::args::{Args, branch};
use crate::error::CliError;

/// A repository and the clock.
pub(crate) struct App {
    pub(crate) repository: Repository,
    pub(crate) now: Timestamp,
}

impl App {
    pub(crate) fn open(args: &Args) -> Result<Self, CliError> {
        let dir = args.dir.clone().unwrap_or_else(|| PathBuf::from("."));
        Ok(Self { repository: Repository::discover(&dir)?, now: clock(args)? })
    }

    /// The publish branch that is meant: what was said, what was named, or the only one.
    pub(crate) fn branch(&self, said: Option<&str>, named: &[RefName]) -> Result<RefName, CliError> {
        if let Some(said) = said {
            return branch(said);
        }
        let policy = self.some_policy()?;
        let mut named = named.iter().map(provenance_core::check::untracked);
        if let Some(found) = named.find(|name| policy.branches().contains(name)) {
            return Ok(found);
        }
        match policy.branches() {
            [only] => Ok(only.clone()),
            known => Err(CheckError::WhichBranch { known: known.to_vec() }.into()),
        }
    }

    pub(crate) fn desk(&self, said: Option<&str>, named: &[RefName]) -> Result<Desk<'_>, CliError> {
        Ok(Desk::at(&self.repository, self.branch(said, named)?, self.now)?)
    }

    /// Some policy that says which branches are published: that of HEAD, else of a usual branch.
    fn some_policy(&self) -> Result<Policy, CliError> {
        let mut places: Vec<CommitId> = Vec::new();
        if let Some(Head::Branch(_, id) | Head::Detached(id)) = self.repository.head()? {
            places.push(CommitId(id));
        }
        for usual in ["refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master", "refs/remotes/origin/main"] {
            let name: RefName = usual.parse().map_err(|_| CliError::failed(format!("`{usual}` is no ref name")))?;
            places.extend(self.repository.try_find_ref(&name)?.map(|target| CommitId(target.id)));
        }
        let mut broken = None;
        for commit in places {
            match policy_at(&self.repository, commit)? {
                PolicyAt::Sound(policy) => return Ok(*policy),
                PolicyAt::Broken(error) => broken = broken.or(Some((commit, error))),
                PolicyAt::Absent => {}
            }
        }
        Err(match broken {
            Some((commit, error)) => CliError::failed(format!("the policy at {commit} cannot be read:\n{error}"))
                .hint("an admin fixes the files; `git provenance policy lint` checks them"),
            None => CliError::failed("this repository has no policy (.provenance/policy.toml)")
                .hint("run `git provenance init`"),
        })
    }
}

/// The time that was given, else the clock's.
pub(crate) fn clock(args: &Args) -> Result<Timestamp, CliError> {
    args.now
        .or_else(|| Timestamp::from_seconds(jiff::Timestamp::now().as_second()))
        .ok_or_else(|| CliError::failed("the clock shows no year between 0 and 9999"))
}
