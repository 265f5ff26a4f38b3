//! Comparing two ledgers: the notes in which they differ, skipping equal subtrees.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::fanout::{Level, digits, id_of};
use super::read::{Ledger, ReadError};
use crate::git::{self, Repository, TreeEntry};
use crate::id::{BlobId, ObjectId, TreeId};

/// How many entries are compared of folders that stand in several places. Those of honest notes stand in one, since ids differ: who
/// copies one must not hide what is in it, and a few that stand everywhere in each other would be a world of notes.
const MAX_REPEATED: usize = 1 << 16;

/// One note, as two ledgers have it: the blobs of each side, over every fan-out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) left: BTreeSet<BlobId>,
    pub(super) right: BTreeSet<BlobId>,
}

/// Where two ledgers differ.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    pub(super) notes: BTreeMap<ObjectId, Difference>,
    /// Entries that are nobody's note and are on the right side alone, by their path's text: also a
    /// folder that stands in several places, which no ids in honest notes come to.
    pub(super) foreign: Vec<String>,
    /// How many entries of such folders were compared.
    repeated: usize,
    /// The first such folder on the right side that was not compared, since there are too many.
    left_out: Option<TreeId>,
}

/// Compares two ledgers of one repository.
pub(super) fn compare(repository: &Repository, left: &Ledger<'_>, right: &Ledger<'_>) -> Result<Comparison, ReadError> {
    let mut comparison = Comparison::default();
    let total = digits(repository.format());
    let mut todo = vec![(String::new(), left.root(), right.root())];
    let mut seen = HashSet::new();
    while let Some((prefix, left, right)) = todo.pop() {
        if left == right {
            continue;
        }
        let is_repeated = !seen.insert((left, right));
        if is_repeated {
            comparison.foreign.push(prefix.clone());
            if right.is_none() || comparison.leaves_out(right) {
                continue;
            }
        }
        let (left, right) =
            (level(repository, left, total - prefix.len())?, level(repository, right, total - prefix.len())?);
        comparison.repeated += if is_repeated { left.len() + right.len() } else { 0 };
        comparison.add_notes(&prefix, &left, &right);
        comparison.add_foreign(&prefix, &left.others, &right.others);
        let mut pairs: BTreeMap<String, (Option<TreeId>, Option<TreeId>)> = BTreeMap::new();
        left.subtrees.into_iter().for_each(|(pair, tree)| pairs.entry(pair).or_default().0 = Some(tree));
        right.subtrees.into_iter().for_each(|(pair, tree)| pairs.entry(pair).or_default().1 = Some(tree));
        todo.extend(pairs.into_iter().map(|(pair, (left, right))| (format!("{prefix}{pair}"), left, right)));
    }
    comparison.complete(left, right)?;
    Ok(comparison)
}

fn level(repository: &Repository, tree: Option<TreeId>, digits: usize) -> Result<Level, ReadError> {
    Ok(match tree {
        Some(tree) => Level::of(&*repository.tree(tree)?, digits),
        None => Level::default(),
    })
}

impl Comparison {
    /// That every folder of the right side was compared.
    pub(super) fn whole(self) -> Result<Self, ReadError> {
        match self.left_out {
            Some(tree) => {
                let (what, limit) = ("the notes in folders that stand in several places", MAX_REPEATED as u64);
                Err(git::ReadError::TooLarge { what, id: tree.0, limit }.into())
            }
            None => Ok(self),
        }
    }

    /// Whether a folder that stands in several places is one too many.
    fn leaves_out(&mut self, right: Option<TreeId>) -> bool {
        let is_over = self.repeated > MAX_REPEATED;
        if is_over {
            self.left_out = self.left_out.or(right);
        }
        is_over
    }

    fn add_notes(&mut self, prefix: &str, left: &Level, right: &Level) {
        let (left, right): (BTreeSet<_>, BTreeSet<_>) = (left.notes.iter().collect(), right.notes.iter().collect());
        for (name, _) in left.symmetric_difference(&right) {
            if let Some(id) = id_of(&format!("{prefix}{name}")) {
                self.notes.entry(id).or_default();
            }
        }
    }

    fn add_foreign(&mut self, prefix: &str, left: &[TreeEntry], right: &[TreeEntry]) {
        let added = right.iter().filter(|entry| !left.contains(entry));
        self.foreign.extend(added.map(|entry| format!("{prefix}/{}", crate::path::quote(&entry.name))));
    }

    /// Looks every differing note up over all fan-outs, and drops those that are the same after all.
    fn complete(&mut self, left: &Ledger<'_>, right: &Ledger<'_>) -> Result<(), ReadError> {
        for (id, difference) in &mut self.notes {
            difference.left = left.notes(id)?.into_iter().collect();
            difference.right = right.notes(id)?.into_iter().collect();
        }
        self.notes.retain(|_, difference| difference.left != difference.right);
        Ok(())
    }
}
