//! Union: joining two ledgers line by line. Commutative, associative, idempotent.

use std::collections::{BTreeMap, BTreeSet};

use super::append::{Additions, AppendError, Author, append, prepare};
use super::compare::compare;
use super::ledger_ref;
use super::read::{Ledger, Lines, ReadError, lines_of};
use crate::envelope::Line;
use crate::gate::{Content, FiledLine, KeyRing};
use crate::git::Repository;
use crate::id::{BlobId, CommitId, ObjectId};

/// The lines that `there` has and `here` has not.
///
/// # Errors
/// [`ReadError`] when an object of either ledger cannot be read.
pub fn missing(repository: &Repository, here: &Ledger<'_>, there: &Ledger<'_>) -> Result<Additions, ReadError> {
    let mut additions = Additions::new();
    for (id, difference) in compare(repository, here, there)?.notes {
        let have = lines_in(repository, difference.left)?;
        let mut lines = lines_in(repository, difference.right)?;
        lines.retain(|line, _| !have.contains_key(line));
        if !lines.is_empty() {
            additions.extend(id, lines);
        }
    }
    Ok(additions)
}

fn lines_in(repository: &Repository, blobs: impl IntoIterator<Item = BlobId>) -> Result<Lines, ReadError> {
    let mut lines = Lines::new();
    for blob in blobs {
        lines.extend(lines_of(repository, blob)?);
    }
    Ok(lines)
}

/// Parts lines into those that may be published and a count of the others, which stay local.
///
/// What a server's [guard](super::guard) would not take stays: lines that are no records, records
/// that do not verify or are by keys that `ring` does not know, pointers that lead nowhere. Without
/// a ring only the form is asked for.
///
/// # Errors
/// [`ReadError`] when a pointer cannot be followed.
pub fn publishable(
    ledger: &Ledger<'_>,
    additions: &Additions,
    ring: Option<&KeyRing>,
) -> Result<(Additions, usize), ReadError> {
    let mut ours = Additions::new();
    let mut foreign = 0;
    for (id, lines) in additions.iter() {
        let mut keep = Lines::new();
        for (blob, text) in lines {
            if is_publishable(ledger, *blob, text, ring)? {
                keep.insert(*blob, text.clone());
            } else {
                foreign += 1;
            }
        }
        if !keep.is_empty() {
            ours.extend(*id, keep);
        }
    }
    Ok((ours, foreign))
}

fn is_publishable(ledger: &Ledger<'_>, blob: BlobId, text: &[u8], ring: Option<&KeyRing>) -> Result<bool, ReadError> {
    let Some(ring) = ring else { return Ok(!matches!(Line::parse(text), Line::Void(_))) };
    Ok(match FiledLine::read(text, blob, ring).content() {
        Content::Record(_) => true,
        Content::Pointer(target) => match ledger.lines(&target.0)?.get(target) {
            Some(text) => matches!(FiledLine::read(text, *target, ring).content(), Content::Record(_)),
            None => false,
        },
        _ => false,
    })
}

/// Writes the commit on top of `base` that adds these lines, moving no ref; `base` itself where
/// there is nothing to add.
///
/// # Errors
/// [`AppendError`] when an object can be neither read nor written.
pub fn on_top(
    repository: &Repository,
    base: Option<CommitId>,
    additions: &Additions,
    author: &Author,
) -> Result<Option<CommitId>, AppendError> {
    let ledger = Ledger::at(repository, base)?;
    Ok(prepare(repository, &ledger, additions, author, &[])?.map_or(base, |(commit, _)| Some(commit)))
}

/// Joins another ledger into ours. Where ours has nothing that the other lacks and is its
/// ancestor, the ref just moves forward; else a merge commit holds the union.
///
/// # Errors
/// [`AppendError`]; our ledger is then as it was.
pub fn join(repository: &Repository, other: CommitId, author: &Author) -> Result<Option<CommitId>, AppendError> {
    use crate::git::Swap;
    for _ in 0..100 {
        let (ours, theirs) = (Ledger::open(repository)?, Ledger::at(repository, Some(other))?);
        let read = |error: crate::git::ReadError| AppendError::Read(error.into());
        let target = match ours.commit() {
            None => other,
            Some(mine) if mine == other || repository.is_ancestor(other, mine).map_err(read)? => return Ok(Some(mine)),
            Some(mine) if repository.is_ancestor(mine, other).map_err(read)? => other,
            Some(mine) => {
                let additions = missing(repository, &ours, &theirs)?;
                prepare(repository, &ours, &additions, author, &[other])?.map_or(mine, |(commit, _)| commit)
            }
        };
        if super::append::swap_in(repository, ours.commit(), target, author)? == Swap::Done {
            return Ok(Some(target));
        }
    }
    Err(AppendError::Contended)
}

/// How many of the ref's former values are looked at.
const FORMER: usize = 1000;

/// Puts back what racing writers dropped: lines that one of the ref's last thousand values in this
/// clone holds and its current one does not. Returns how many notes were healed.
///
/// # Errors
/// [`AppendError`] when the ledger can be neither read nor written; a former value that is gone
/// is passed over.
pub fn heal(repository: &Repository, author: &Author) -> Result<usize, AppendError> {
    let mut lost: BTreeMap<ObjectId, Lines> = BTreeMap::new();
    let current = Ledger::open(repository)?;
    let Some(commit) = current.commit() else { return Ok(0) };
    let formers: Vec<CommitId> = repository.reflog(&ledger_ref())?.into_iter().take(FORMER).map(CommitId).collect();
    let kept = recent_ancestors(repository, commit, 2 * formers.len()).map_err(ReadError::from)?;
    for former in formers.into_iter().filter(|former| !kept.contains(former)) {
        let dropped = match Ledger::at(repository, Some(former)) {
            Ok(ledger) => missing(repository, &current, &ledger),
            Err(error) => Err(error),
        };
        for (id, lines) in dropped.unwrap_or_default().iter() {
            lost.entry(*id).or_default().extend(lines.clone());
        }
    }
    let mut additions = Additions::new();
    lost.into_iter().for_each(|(id, lines)| additions.extend(id, lines));
    if additions.is_empty() {
        return Ok(0);
    }
    let (ours, _) = publishable(&current, &additions, None)?;
    Ok(append(repository, &ours, author)?.notes)
}

/// Some ancestors of a commit, nearest first, and itself: what they held was only added to.
fn recent_ancestors(
    repository: &Repository,
    commit: CommitId,
    count: usize,
) -> Result<BTreeSet<CommitId>, crate::git::ReadError> {
    let mut seen = BTreeSet::new();
    let mut todo = std::collections::VecDeque::from([commit]);
    while let Some(id) = todo.pop_front() {
        if seen.len() > count {
            break;
        }
        if seen.insert(id) {
            todo.extend(repository.parents(id)?);
        }
    }
    Ok(seen)
}
