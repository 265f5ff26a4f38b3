//! Healing: putting back what racing writers dropped.
//!
//! The ref's former values in this clone are a chain, from the oldest to the current one. A line
//! that one of them had and the current one has not was dropped between two neighbours. So each is
//! compared with the next alone: equal subtrees are skipped, and all of it costs what the steps
//! changed, however many they are. That a former value is an ancestor says nothing, since a commit
//! can take lines out.
//!
//! Once nothing was found, the value that the ref had then holds all that came before it, for good.
//! So the place in the ref's log is written into the git directory, and the next chain ends there.

use std::collections::BTreeMap;
use std::path::Path;

use super::append::{Additions, AppendError, Author, append};
use super::ledger_ref;
use super::read::{Ledger, Lines};
use super::union::missing;
use crate::envelope::Line;
use crate::git::{RefLog, Repository};
use crate::id::{CommitId, ObjectId};

/// How many of the ref's former values are looked at.
const FORMER: usize = 1000;

/// Where the place is kept up to which nothing is missing.
const HEALED: &str = "provenance/healed";

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
    let kept = repository.common_dir().join(HEALED);
    let healed = std::fs::read_to_string(&kept).unwrap_or_default();
    let log = repository.reflog(&ledger_ref())?.since(&healed);
    let Dropped { lines: dropped, is_complete } = dropped(repository, &current, &log)?;
    let mut additions = Additions::new();
    for (id, mut lines) in dropped {
        let has = current.lines(&id)?;
        lines.retain(|blob, text| !has.contains_key(blob) && !matches!(Line::parse(text), Line::Void(_)));
        if !lines.is_empty() {
            additions.extend(id, lines);
        }
    }
    if additions.is_empty() {
        // A value that the log does not end with may have been written while we read.
        let place = log.place().filter(|_| is_complete && log.newest() == current.commit().map(|id| id.0));
        if let Some(place) = place.filter(|place| *place != healed) {
            keep(&kept, &place);
        }
        return Ok(0);
    }
    Ok(append(repository, &additions, author)?.notes)
}

/// Writes the place down, if it can be: without it, or with half of it, the next chain is longer.
fn keep(file: &Path, place: &str) {
    let written = file.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(file, place));
    drop(written);
}

/// What was dropped from one value to the next.
struct Dropped {
    /// Put back since or not.
    lines: BTreeMap<ObjectId, Lines>,
    /// Whether every value could be read.
    is_complete: bool,
}

fn dropped(repository: &Repository, current: &Ledger<'_>, log: &RefLog) -> Result<Dropped, AppendError> {
    let mut dropped = Dropped { lines: BTreeMap::new(), is_complete: true };
    let mut newer = Ledger::at(repository, current.commit())?;
    for former in log.values().into_iter().take(FORMER).map(CommitId) {
        let lost = Ledger::at(repository, Some(former)).and_then(|older| {
            let lost = missing(repository, &newer, &older).or_else(|_| missing(repository, current, &older))?;
            Ok((older, lost))
        });
        let Ok((older, lost)) = lost else {
            dropped.is_complete = false;
            continue;
        };
        for (id, lines) in lost.iter() {
            dropped.lines.entry(*id).or_default().extend(lines.clone());
        }
        newer = older;
    }
    Ok(dropped)
}
