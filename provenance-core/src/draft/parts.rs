//! Parts: what has to be signed one by one for a selection.

use std::collections::{BTreeSet, HashSet};

use super::span::{Paths, Selection, Span, ends, short};
use super::{Desk, DraftError};
use crate::check::change_set;
use crate::id::CommitId;
use crate::path::RepoPath;
use crate::policy::History;

impl Desk<'_> {
    /// The spans that a selection asks to have signed: itself, or where the policy judges every
    /// commit (`history = "every-commit"`) each commit that changes something, oldest first.
    ///
    /// # Errors
    /// As [`Desk::span`].
    pub fn parts(&self, selection: Selection, paths: &Paths) -> Result<Vec<Span>, DraftError> {
        let every = self.policies().any(|policy| policy.history() == History::EveryCommit);
        if !every || matches!(selection, Selection::Commit(_)) {
            return Ok(vec![self.span(selection, paths)?]);
        }
        let (from, to) = ends(self.repository, selection)?;
        let mut parts = Vec::new();
        for commit in self.oldest_first(from, to)? {
            parts.extend(self.part(commit)?);
        }
        let touched = || parts.iter().flat_map(|span| &span.changes).map(|change| change.path());
        if parts.is_empty() {
            return Err(DraftError::Nothing(format!("{}..{}", short(from), short(to))));
        }
        if let Some(typed) = paths.unmatched(touched()).into_iter().next() {
            return Err(DraftError::NoChange(typed));
        }
        parts.iter_mut().for_each(|span| span.changes.retain(|change| paths.contains(change.path())));
        parts.retain(|span| !span.changes.is_empty());
        Ok(parts)
    }

    /// The new commits, each after its parents.
    fn oldest_first(&self, from: CommitId, to: CommitId) -> Result<Vec<CommitId>, DraftError> {
        let mut open: HashSet<CommitId> = self.repository.new_commits(to, &[from, self.tip])?.into_iter().collect();
        let (mut sorted, mut todo) = (Vec::new(), vec![to]);
        while let Some(commit) = todo.last().copied() {
            let parents = self.repository.parents(commit)?;
            let before: Vec<CommitId> = parents.into_iter().filter(|parent| open.contains(parent)).collect();
            if before.is_empty() || !open.contains(&commit) {
                todo.pop();
                sorted.extend(open.remove(&commit).then_some(commit));
            } else {
                todo.extend(before);
            }
        }
        Ok(sorted)
    }

    /// What one commit brings that none of its parents has; of a merge, against the parent that the
    /// branch has published, if one is.
    fn part(&self, commit: CommitId) -> Result<Option<Span>, DraftError> {
        let parents = self.repository.parents(commit)?;
        let mut published = None;
        for parent in &parents {
            if self.repository.is_ancestor(*parent, self.tip)? {
                published = Some(*parent);
            }
        }
        let Some(from) = published.or(parents.first().copied()) else {
            return Err(DraftError::Request(format!("{commit} has no parent to be compared with")));
        };
        let mut changes = change_set(self.repository, from, commit)?;
        for parent in parents.iter().filter(|parent| **parent != from) {
            let moved = change_set(self.repository, *parent, commit)?;
            let moved: BTreeSet<&RepoPath> = moved.iter().map(|change| change.path()).collect();
            changes.retain(|change| moved.contains(change.path()));
        }
        let base = self.newest_step_in(from)?;
        Ok((!changes.is_empty()).then_some(Span { from, to: commit, base, changes }))
    }
}
