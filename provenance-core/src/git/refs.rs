//! Refs: full names, read as they are and moved by compare-and-swap.

use std::time::Duration;

use git2::ErrorCode;

use super::{Cause, Repository, from_oid, to_oid};
use crate::id::ObjectId;
use crate::path::RefName;

/// How often a ref that somebody else holds locked is tried again.
const LOCK_TRIES: u32 = 100;
/// How many symbolic refs are followed; git follows five.
const MAX_SYMBOLIC: usize = 5;

/// Why a ref could not be read or moved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RefError {
    /// libgit2 could not do it.
    #[error("{deed} {name}: {source}")]
    Failed {
        /// What was tried.
        deed: &'static str,
        /// The ref.
        name: String,
        /// What libgit2 said.
        #[source]
        source: Cause,
    },
    /// A symbolic ref leads in a circle, or to what is no ref.
    #[error("{name} is a symbolic ref that leads to no well-formed ref")]
    Astray {
        /// The symbolic ref.
        name: String,
    },
    /// A symbolic ref leads to a ref that is not there, and was to be written itself.
    #[error(
        "{name} is a symbolic ref to {target}, which is not there: make it a ref of its own, `git symbolic-ref --delete {name}`"
    )]
    Dangling {
        /// The symbolic ref.
        name: String,
        /// Where it leads.
        target: String,
    },
    /// The configuration that says which ref is meant could not be read.
    #[error(transparent)]
    Config(#[from] super::ConfigError),
    /// Somebody has held the lock all the time.
    #[error(
        "{name} is locked by another process, or by one that died: if none is running, remove {name}.lock in the git directory"
    )]
    Locked {
        /// The ref.
        name: String,
    },
}

/// What a ref leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefTarget {
    /// The object it leads to in the end.
    pub id: ObjectId,
    /// The ref that a symbolic one leads to in the end.
    pub symbolic: Option<RefName>,
}

/// Where HEAD is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// On a branch that has this commit.
    Branch(RefName, ObjectId),
    /// On a branch that has no commit yet.
    Unborn(RefName),
    /// On no branch.
    Detached(ObjectId),
}

/// What became of a compare-and-swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swap {
    /// The ref has the new value.
    Done,
    /// Somebody else moved it first; nothing was changed.
    Moved,
}

impl Repository {
    /// What a ref leads to; `None` where there is no such ref.
    ///
    /// # Errors
    /// [`RefError`] when it is there and cannot be followed.
    pub fn try_find_ref(&self, name: &RefName) -> Result<Option<RefTarget>, RefError> {
        let failed = |source: git2::Error| failed("cannot read", name.as_str(), source);
        let found = match self.inner.find_reference(name.as_str()) {
            Ok(found) => found,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let resolved = match found.resolve() {
            Ok(resolved) => resolved,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let symbolic = (found.kind() == Some(git2::ReferenceType::Symbolic))
            .then(|| resolved.name().ok().and_then(|name| name.parse().ok()))
            .flatten();
        Ok(resolved.target().map(|oid| RefTarget { id: from_oid(oid), symbolic }))
    }

    /// The ref that moves when this one is moved: itself, or what a symbolic ref leads to in the end,
    /// whether that is there or not.
    ///
    /// # Errors
    /// [`RefError`] when a ref on the way cannot be read, or they lead nowhere.
    pub fn moved_ref(&self, name: &RefName) -> Result<RefName, RefError> {
        let mut at = name.clone();
        for _ in 0..=MAX_SYMBOLIC {
            let found = match self.inner.find_reference(at.as_str()) {
                Ok(found) => found,
                Err(error) if error.code() == ErrorCode::NotFound => return Ok(at),
                Err(error) => return Err(failed("cannot read", at.as_str(), error)),
            };
            if found.kind() != Some(git2::ReferenceType::Symbolic) {
                return Ok(at);
            }
            let target = found.symbolic_target().ok().flatten().and_then(|target| target.parse().ok());
            at = target.ok_or_else(|| RefError::Astray { name: at.as_str().to_owned() })?;
        }
        Err(RefError::Astray { name: name.as_str().to_owned() })
    }

    /// Where HEAD is; `None` where it leads to no well-formed branch.
    ///
    /// # Errors
    /// [`RefError`] when HEAD cannot be read.
    pub fn head(&self) -> Result<Option<Head>, RefError> {
        let failed = |source: git2::Error| failed("cannot read", "HEAD", source);
        let head = self.inner.find_reference("HEAD").map_err(failed)?;
        if let Some(id) = head.target() {
            return Ok(Some(Head::Detached(from_oid(id))));
        }
        let target = head.symbolic_target().ok().flatten().and_then(|name| name.parse::<RefName>().ok());
        let Some(branch) = target else { return Ok(None) };
        Ok(Some(match self.try_find_ref(&branch)? {
            Some(target) => Head::Branch(branch, target.id),
            None => Head::Unborn(branch),
        }))
    }

    /// The refs whose full name starts so, with what they lead to, by name.
    ///
    /// # Errors
    /// [`RefError`] when the refs cannot be listed.
    pub fn refs_under(&self, prefix: &str) -> Result<Vec<(RefName, ObjectId)>, RefError> {
        let failed = |source: git2::Error| failed("cannot list", prefix, source);
        let mut found = Vec::new();
        for reference in self.inner.references_glob(&format!("{prefix}*")).map_err(failed)? {
            let reference = reference.map_err(failed)?;
            let Some(name) = reference.name().ok().and_then(|name| name.parse::<RefName>().ok()) else { continue };
            if let Some(target) = self.try_find_ref(&name)? {
                found.push((name, target.id));
            }
        }
        found.sort();
        Ok(found)
    }

    /// Moves a ref from what was read (`None`: it was not there) to a new value, unless somebody
    /// moved it meanwhile. `log` goes to the reflog.
    ///
    /// # Errors
    /// [`RefError`] when the ref cannot be written at all; it is then as it was.
    pub fn swap_ref(
        &self,
        name: &RefName,
        expected: Option<ObjectId>,
        new: ObjectId,
        log: &str,
    ) -> Result<Swap, RefError> {
        let failed = |source: git2::Error| failed("cannot write", name.as_str(), source);
        let new = to_oid(&new).map_err(failed)?;
        let expected = expected.map(|id| to_oid(&id)).transpose().map_err(failed)?;
        for tried in 0..LOCK_TRIES {
            let swapped = match expected {
                Some(expected) => self.inner.reference_matching(name.as_str(), new, true, expected, log),
                None => self.inner.reference(name.as_str(), new, false, log),
            };
            let Err(error) = swapped else { return Ok(Swap::Done) };
            match error.code() {
                ErrorCode::Exists if self.moved_ref(name)? != *name && self.try_find_ref(name)?.is_none() => {
                    let target = self.moved_ref(name)?.as_str().to_owned();
                    return Err(RefError::Dangling { name: name.as_str().to_owned(), target });
                }
                ErrorCode::Modified | ErrorCode::Exists | ErrorCode::NotFound => return Ok(Swap::Moved),
                ErrorCode::Locked => std::thread::sleep(Duration::from_millis(1 + u64::from(tried % 20))),
                _ => return Err(failed(error)),
            }
        }
        Err(RefError::Locked { name: name.as_str().to_owned() })
    }
}

pub(super) fn failed(deed: &'static str, name: &str, source: git2::Error) -> RefError {
    RefError::Failed { deed, name: name.to_owned(), source: source.into() }
}
