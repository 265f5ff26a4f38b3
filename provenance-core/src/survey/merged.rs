//! Merged files: whose present content nobody wrote, since git made it of what the branch had and a change that is
//! on record. The records of that change are then those of the file.
//!
//! The newest step that moved the path took it from S to what it holds. If the clean merge of (X, S, C) is just that,
//! and a review or declaration is of X to C, the last change is X to C. Whether X was published, as the gate asks, and
//! whether more had been landed since, is not asked here.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::facts::{ChangeNumber, Facts};
use super::tip::File;
use crate::draft::{Desk, DraftError};
use crate::entry::{Change, Slot};
use crate::git::{PathTrie, ReadError};
use crate::id::{BlobId, ObjectId};
use crate::merge::{self, Algorithm, Merged};
use crate::path::RepoPath;

/// The largest text that is merged, in bytes.
const MAX_TEXT: u64 = 16 << 20;
/// So many changes of a path are tried, the newest first.
const MAX_TRIED: usize = 64;
/// So many merges are made for a report; files beyond that stay without a review.
const MAX_MERGES: usize = 20_000;

/// For each file that git merged of a change on record, the changes that it was merged of.
pub(super) fn find(
    desk: &Desk<'_>,
    facts: &Facts,
    files: &BTreeMap<RepoPath, File>,
) -> Result<BTreeMap<RepoPath, BTreeSet<ChangeNumber>>, DraftError> {
    let mut open = candidates(facts, files);
    let mut found = BTreeMap::new();
    let (mut step, mut left) = (desk.tip(), desk.policy().review_max_steps());
    let (repository, paths, mut merges) = (desk.repository(), PathTrie::of(open.keys()), MAX_MERGES);
    while !open.is_empty() && left > 0 && merges > 0 {
        let Some(parent) = repository.first_parent(step)? else { break };
        let trees = [parent, step].map(|commit| repository.tree_of(commit));
        let [before, after] = trees;
        for moved in repository.diff_paths(Some(before?), Some(after?), &paths)? {
            let Some(numbers) = open.remove(&moved.path) else { continue };
            let (Some(ours), Some(now)) = (moved.before, moved.after) else { continue };
            let made = |change: &Change| makes(desk, change, ours, now);
            let mut of = BTreeSet::new();
            for number in numbers.into_iter().rev().take(MAX_TRIED.min(merges)) {
                merges -= 1;
                of.extend(made(&facts.changes[number])?.then_some(number));
            }
            found.extend((!of.is_empty()).then_some((moved.path, of)));
        }
        (step, left) = (parent, left - 1);
    }
    Ok(found)
}

/// Files that lack a review, with the changes of other versions of their paths, oldest first.
fn candidates(facts: &Facts, files: &BTreeMap<RepoPath, File>) -> BTreeMap<RepoPath, Vec<ChangeNumber>> {
    let reviews = facts.reviews.iter().filter(|it| it.approves()).flat_map(|it| &it.changes);
    let declarations = facts.declarations.iter().filter(|it| it.declares()).flat_map(|it| &it.changes);
    let mut open: BTreeMap<RepoPath, Vec<ChangeNumber>> = BTreeMap::new();
    let mut seen = HashSet::new();
    for number in reviews.chain(declarations).filter(|number| seen.insert(**number)) {
        let change = &facts.changes[*number];
        let Some(file) = files.get(change.path()) else { continue };
        let ends = change.before().is_some() && change.after().is_some_and(|after| after.slot() != file.slot());
        if !file.is_reviewed() && ends && file.slot().mode.is_file() {
            open.entry(change.path().clone()).or_default().push(*number);
        }
    }
    open.values_mut().for_each(|numbers| numbers.sort_unstable());
    open
}

/// Whether the clean merge of a change into `ours` is what the path holds now, under some algorithm of git.
fn makes(desk: &Desk<'_>, change: &Change, ours: Slot, now: Slot) -> Result<bool, DraftError> {
    let (Some(base), Some(theirs)) = (change.before(), change.after()) else { return Ok(false) };
    let (base, ours, theirs) = (text(desk, base.id())?, text(desk, ours.id)?, text(desk, theirs.id())?);
    let (Some(base), Some(ours), Some(theirs)) = (base, ours, theirs) else { return Ok(false) };
    let is_now = |merged: Merged| match merged {
        Merged::Clean(bytes) => desk.repository().hash_blob(&bytes).0 == now.id,
        Merged::Conflict | Merged::Unmergeable(_) => false,
    };
    Ok(Algorithm::ALL.iter().any(|algorithm| is_now(merge::merge(&base, &ours, &theirs, *algorithm))))
}

/// A text; none where it is not here or too large, so that it was merged by nobody's proof.
fn text(desk: &Desk<'_>, id: ObjectId) -> Result<Option<Vec<u8>>, DraftError> {
    match desk.repository().blob(BlobId(id), MAX_TEXT) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(ReadError::Missing { .. } | ReadError::TooLarge { .. } | ReadError::Kind { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
