//! Healing: putting back what racing writers dropped.
//!
//! The ref's former values in this clone are a chain, from the oldest to the current one. A line
//! that one of them had and the current one has not was dropped between two neighbours. So each is
//! compared with the next alone: equal subtrees are skipped, and all of it costs what the steps
//! changed, however many they are. That a former value is an ancestor says nothing, since a commit
//! can take lines out.

use std::collections::BTreeMap;

use super::append::{Additions, AppendError, Author, append};
use super::ledger_ref;
use super::read::{Ledger, Lines, ReadError};
use super::union::missing;
use crate::envelope::Line;
use crate::git::Repository;
use crate::id::{CommitId, ObjectId};

/// How many of the ref's former values are looked at.
const FORMER: usize = 1000;

/// Puts back what racing writers dropped: records and pointers that one of the ref's last thousand
/// values in this clone holds and its current one does not. Returns how many notes were healed.
///
/// # Errors
/// [`AppendError`] when the ledger can be neither read nor written; a former value that is gone
/// is passed over.
pub fn heal(repository: &Repository, author: &Author) -> Result<usize, AppendError> {
    let current = Ledger::open(repository)?;
    if current.commit().is_none() {
        return Ok(0);
    }
    let dropped = dropped(repository, &current)?;
    let mut additions = Additions::new();
    for (id, mut lines) in dropped {
        let has = current.lines(&id)?;
        lines.retain(|blob, text| !has.contains_key(blob) && !matches!(Line::parse(text), Line::Void(_)));
        if !lines.is_empty() {
            additions.extend(id, lines);
        }
    }
    if additions.is_empty() {
        return Ok(0);
    }
    Ok(append(repository, &additions, author)?.notes)
}

/// What was dropped from one value to the next, put back since or not.
fn dropped(repository: &Repository, current: &Ledger<'_>) -> Result<BTreeMap<ObjectId, Lines>, AppendError> {
    let mut dropped: BTreeMap<ObjectId, Lines> = BTreeMap::new();
    let mut newer = Ledger::at(repository, current.commit())?;
    for former in repository.reflog(&ledger_ref())?.into_iter().take(FORMER).map(CommitId) {
        let Ok(older) = Ledger::at(repository, Some(former)) else { continue };
        let lost: Result<Additions, ReadError> =
            missing(repository, &newer, &older).or_else(|_| missing(repository, current, &older));
        let Ok(lost) = lost else { continue };
        for (id, lines) in lost.iter() {
            dropped.entry(*id).or_default().extend(lines.clone());
        }
        newer = older;
    }
    Ok(dropped)
}
