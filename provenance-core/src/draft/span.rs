//! Spans: what a range means, from which state to which, and where on the branch it begins.

use std::collections::HashSet;

use super::{Desk, DraftError};
use crate::check::change_set;
use crate::entry::Change;
use crate::git::Repository;
use crate::id::CommitId;
use crate::path::RepoPath;
use crate::policy::Pattern;

/// A range before its meaning is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// From one commit to another that contains it.
    Range(CommitId, CommitId),
    /// From the merge base of two commits to the second.
    Proposal(CommitId, CommitId),
    /// A commit against its first parent.
    Commit(CommitId),
}

/// Two states and the changes between them.
#[derive(Debug, Clone)]
pub struct Span {
    /// The state before.
    pub from: CommitId,
    /// The state after.
    pub to: CommitId,
    /// The newest step of the branch that `from` contains.
    pub base: CommitId,
    /// What changes, at the paths asked for.
    pub changes: Vec<Change>,
}

/// Paths that were asked for: exact ones, folders, or patterns as the policy has them; none means
/// every path.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    wanted: Vec<Wanted>,
}

#[derive(Debug, Clone)]
struct Wanted {
    typed: String,
    path: Vec<u8>,
    pattern: Option<Pattern>,
}

impl Paths {
    /// Adds an argument: as it was typed, what it names from the root (nothing: the root itself),
    /// and the pattern that it may be.
    pub fn add(&mut self, typed: &str, path: Vec<u8>, pattern: Option<Pattern>) {
        self.wanted.push(Wanted { typed: typed.to_owned(), path, pattern });
    }

    /// Whether the path was asked for.
    pub fn contains(&self, path: &RepoPath) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|wanted| wanted.has(path))
    }

    /// The arguments that ask for none of these paths, as they were typed.
    pub fn unmatched<'p>(&self, paths: impl IntoIterator<Item = &'p RepoPath>) -> Vec<String> {
        let mut open: Vec<&Wanted> = self.wanted.iter().collect();
        for path in paths {
            open.retain(|wanted| !wanted.has(path));
        }
        open.into_iter().map(|wanted| wanted.typed.clone()).collect()
    }
}

impl Wanted {
    fn has(&self, path: &RepoPath) -> bool {
        let (bytes, folder) = (path.as_bytes(), self.path.as_slice());
        folder.is_empty()
            || bytes == folder
            || bytes.strip_prefix(folder).is_some_and(|rest| rest.first() == Some(&b'/'))
            || self.pattern.as_ref().is_some_and(|pattern| pattern.matches(path))
    }
}

impl Desk<'_> {
    /// What a selection means at this desk's branch.
    ///
    /// # Errors
    /// [`DraftError`] when history cannot be walked, or nothing changes, or not at each of the paths.
    pub fn span(&self, selection: Selection, paths: &Paths) -> Result<Span, DraftError> {
        let (from, to) = ends(self.repository, selection)?;
        let base = self.newest_step_in(from)?;
        let mut changes = change_set(self.repository, from, to)?;
        if changes.is_empty() {
            return Err(DraftError::Nothing(format!("{}..{}", short(from), short(to))));
        }
        if let Some(typed) = paths.unmatched(changes.iter().map(Change::path)).into_iter().next() {
            return Err(DraftError::NoChange(typed));
        }
        changes.retain(|change| paths.contains(change.path()));
        Ok(Span { from, to, base, changes })
    }

    /// The newest step of the branch that is an ancestor of a commit.
    pub(super) fn newest_step_in(&self, commit: CommitId) -> Result<CommitId, DraftError> {
        let outside: HashSet<CommitId> = self.repository.new_commits(self.tip, &[commit])?.into_iter().collect();
        let mut step = self.tip;
        while outside.contains(&step) {
            match self.repository.first_parent(step)? {
                Some(parent) => step = parent,
                None => return Err(DraftError::Unrelated(self.tip, commit)),
            }
        }
        Ok(step)
    }
}

/// The states a selection goes from and to.
///
/// # Errors
/// [`DraftError`] when history cannot be walked, or a commit has no parent to be compared with.
pub fn ends(repository: &Repository, selection: Selection) -> Result<(CommitId, CommitId), DraftError> {
    match selection {
        Selection::Range(from, to) => {
            if !repository.is_ancestor(from, to)? {
                let (a, b) = (short(from), short(to));
                return Err(DraftError::Request(format!(
                    "{b} does not contain {a}: for what {b} would bring to it, write `{a}...{b}`"
                )));
            }
            Ok((from, to))
        }
        Selection::Proposal(base, head) => {
            let bases = repository.merge_bases(base, head)?;
            Ok((bases.into_iter().next().ok_or(DraftError::Unrelated(base, head))?, head))
        }
        Selection::Commit(commit) => match repository.first_parent(commit)? {
            Some(parent) => Ok((parent, commit)),
            None => Err(DraftError::Request(format!("{commit} has no parent to be compared with"))),
        },
    }
}

/// The first twelve digits of a commit's id, for messages.
pub fn short(commit: CommitId) -> String {
    commit.to_string()[..12].to_owned()
}
