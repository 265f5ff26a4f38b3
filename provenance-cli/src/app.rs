//! What every verb needs: the repository, the clock, the publish branch that is meant.

use std::path::PathBuf;

use provenance_core::check::{CheckError, PolicyAt, default_branches, policy_at};
use provenance_core::draft::Desk;
use provenance_core::git::{Head, Repository};
use provenance_core::id::CommitId;
use provenance_core::path::RefName;
use provenance_core::time::Timestamp;

use crate::args::{Args, branch};
use crate::error::CliError;

/// A repository, the directory that paths are relative to, and the clock.
pub(crate) struct App {
    pub(crate) repository: Repository,
    pub(crate) dir: PathBuf,
    pub(crate) now: Timestamp,
}

impl App {
    pub(crate) fn open(args: &Args) -> Result<Self, CliError> {
        let dir = args.dir.clone().unwrap_or_else(|| PathBuf::from("."));
        Ok(Self { repository: Repository::discover(&dir)?, dir, now: clock(args)? })
    }

    /// The publish branch that is meant: what was said, what was named, or the only one that the
    /// policy lists. Which policy: see [`default_branches`].
    pub(crate) fn branch(&self, said: Option<&str>, named: &[RefName]) -> Result<RefName, CliError> {
        match said {
            Some(said) => branch(said),
            None => self.branch_from(crate::verbs::root(self, None)?, named),
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
        Ok(Desk::at(&self.repository, self.branch(said, named)?, self.now)?)
    }

    /// Why there is no policy that could say what is published.
    fn no_policy(&self) -> Result<CliError, CliError> {
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
