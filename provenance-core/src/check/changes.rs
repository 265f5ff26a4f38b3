//! What moves from one commit to another, as full entries.

use std::collections::{BTreeMap, BTreeSet};

use crate::entry::{Change, Entry, Slot};
use crate::finding::{Code, Finding, causes};
use crate::git::{RawChange, ReadError, Repository};
use crate::id::CommitId;
use crate::path::RepoPath;

/// The changes between two commits, by tree comparison alone.
///
/// # Errors
/// [`ReadError`] when a tree or the content of an end cannot be read.
pub fn change_set(repository: &Repository, from: CommitId, to: CommitId) -> Result<Vec<Change>, ReadError> {
    raw(repository, from, to)?
        .into_iter()
        .map(|change| full(repository, change))
        .filter_map(Result::transpose)
        .collect()
}

/// The changes whose content can be read, and a finding for each that cannot.
pub(super) fn entries(
    repository: &Repository,
    from: CommitId,
    to: CommitId,
) -> Result<(Vec<Change>, Vec<Finding>), ReadError> {
    entries_since(repository, Some(from), to)
}

/// The same; everything a commit holds where nothing was before.
pub(super) fn entries_since(
    repository: &Repository,
    from: Option<CommitId>,
    to: CommitId,
) -> Result<(Vec<Change>, Vec<Finding>), ReadError> {
    let from = from.map(|from| repository.tree_of(from)).transpose()?;
    let mut changes = Vec::new();
    let mut findings = Vec::new();
    let moved = repository.diff_trees(from, Some(repository.tree_of(to)?))?;
    repository.read_ahead(moved.iter().flat_map(|change| [change.before, change.after]).flatten());
    for change in moved {
        let path = change.path.clone();
        match full(repository, change) {
            Ok(change) => changes.extend(change),
            Err(error) => findings.push(Finding::error(Code::UndecidedObject, causes(&error)).at(&path)),
        }
    }
    Ok((changes, findings))
}

fn raw(repository: &Repository, from: CommitId, to: CommitId) -> Result<Vec<RawChange>, ReadError> {
    repository.diff_trees(Some(repository.tree_of(from)?), Some(repository.tree_of(to)?))
}

fn full(repository: &Repository, change: RawChange) -> Result<Option<Change>, ReadError> {
    let entry = |slot: Option<Slot>| -> Result<Option<Entry>, ReadError> {
        slot.map(|slot| repository.entry(slot)).transpose()
    };
    Ok(Change::new(change.path, entry(change.before)?, entry(change.after)?).ok())
}

/// Adds the changes since another merge base. Where both bases held something else at a path, the
/// change from what the published tip holds is the one to judge.
pub(super) fn join(
    repository: &Repository,
    tip: CommitId,
    changes: &mut Vec<Change>,
    more: Vec<Change>,
) -> Result<(), ReadError> {
    let tree = repository.tree_of(tip)?;
    let mut joined: BTreeMap<RepoPath, Change> = changes.drain(..).map(|it| (it.path().clone(), it)).collect();
    for change in more {
        let published = repository.slot_in(tree, change.path())?;
        let closer = change.before().map(|entry| entry.slot()) == published;
        if closer || !joined.contains_key(change.path()) {
            joined.insert(change.path().clone(), change);
        }
    }
    changes.extend(joined.into_values());
    Ok(())
}

/// Leaves out what the proposal holds as a merge base has it that was itself published, where no other
/// merge base had changed it: it took that from the branch, and a merge brings nothing of it. What
/// another one had changed, and the branch took in, a merge would take back.
pub(super) fn drop_published(
    repository: &Repository,
    tip: CommitId,
    bases: &[CommitId],
    changes: &mut Vec<Change>,
) -> Result<(), ReadError> {
    for base in bases {
        if repository.first_parent_steps(*base, tip, usize::MAX)?.is_none() {
            continue;
        }
        let moved = moved_by_others(repository, *base, bases, changes)?;
        let mut kept: Vec<Change> = changes.extract_if(.., |change| moved.contains(change.path())).collect();
        drop_landed(repository, *base, changes)?;
        changes.append(&mut kept);
    }
    Ok(())
}

/// The paths of these changes at which another of the bases holds something else than where its history
/// parted from this one.
fn moved_by_others(
    repository: &Repository,
    base: CommitId,
    bases: &[CommitId],
    changes: &[Change],
) -> Result<BTreeSet<RepoPath>, ReadError> {
    let mut moved = BTreeSet::new();
    for other in bases.iter().filter(|other| **other != base) {
        let held = repository.tree_of(*other)?;
        let parted = repository.merge_bases(base, *other)?;
        for path in changes.iter().map(Change::path) {
            let slot = repository.slot_in(held, path)?;
            let same = |commit: &CommitId| Ok(repository.slot_in(repository.tree_of(*commit)?, path)? == slot);
            let kept = parted.iter().map(same).collect::<Result<Vec<bool>, ReadError>>()?;
            if kept.is_empty() || kept.contains(&false) {
                moved.insert(path.clone());
            }
        }
    }
    Ok(moved)
}

/// Leaves out what the base holds already, by another way: merging brings no such change.
pub(super) fn drop_landed(repository: &Repository, tip: CommitId, changes: &mut Vec<Change>) -> Result<(), ReadError> {
    let tree = repository.tree_of(tip)?;
    let mut landed = BTreeSet::new();
    for change in changes.iter() {
        if repository.slot_in(tree, change.path())? == change.after().map(|entry| entry.slot()) {
            landed.insert(change.path().clone());
        }
    }
    changes.retain(|change| !landed.contains(change.path()));
    Ok(())
}
