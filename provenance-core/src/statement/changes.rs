//! The changes that a record names. Every path of a set asks each record of the set for its own, so they are found by path.

use std::collections::BTreeSet;

use super::{ReadError, Subject};
use crate::entry::Change;
use crate::path::RepoPath;

/// So many are looked through.
const FEW: usize = 16;

/// The places of changes in the order of their paths; none where they are few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ByPath(Box<[u32]>);

impl ByPath {
    pub(super) fn of(changes: &[Change]) -> Self {
        let mut places: Vec<u32> = if changes.len() > FEW { (0..).take(changes.len()).collect() } else { Vec::new() };
        places.sort_by_key(|place| changes[*place as usize].path());
        Self(places.into())
    }

    /// The change of a path among the same changes.
    pub(super) fn find<'c>(&self, changes: &'c [Change], path: &RepoPath) -> Option<&'c Change> {
        if self.0.is_empty() {
            return changes.iter().find(|change| change.path() == path);
        }
        let at = |place: &u32| changes[*place as usize].path();
        self.0.binary_search_by_key(&path, at).ok().map(|found| &changes[self.0[found] as usize])
    }
}

pub(super) fn change_subjects(changes: &[Change]) -> Vec<Subject> {
    let named = |change: &Change| change.after().or(change.before()).map(|entry| Subject::of(change.path(), &entry));
    changes.iter().filter_map(named).collect()
}

pub(super) fn check_changes(changes: &[Change]) -> Result<(), ReadError> {
    if changes.is_empty() {
        return Err(ReadError::Invalid("it names no change".into()));
    }
    let paths: BTreeSet<&RepoPath> = changes.iter().map(Change::path).collect();
    if paths.len() < changes.len() {
        return Err(ReadError::Invalid("it names a path twice".into()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Entry;
    use crate::entry::Mode;
    use crate::id::{BlobId, Sha256Digest};

    #[test]
    fn finds_the_change_of_each_path_however_many_there_are_and_none_of_another() {
        for many in [0, 1, FEW, FEW + 1, 300] {
            let path = |n: usize| format!("content/{}", n * 7919 % 1009).parse::<RepoPath>().unwrap();
            let entry = Entry::blob(Mode::Regular, BlobId("1".repeat(40).parse().unwrap()), Sha256Digest::of(b"x"));
            let changes: Vec<Change> = (0..many).map(|n| Change::new(path(n), None, entry).unwrap()).collect();
            let by_path = ByPath::of(&changes);
            for n in 0..many {
                assert_eq!(by_path.find(&changes, &path(n)), Some(&changes[n]));
            }
            assert_eq!(by_path.find(&changes, &path(many)), None);
        }
    }
}
