//! Fan-out: how notes lie in trees.
//!
//! A note's name is the id it is filed under, in hexadecimal, cut by slashes after any number of
//! leading pairs of digits. Git decides for each subtree by itself whether it is worth another
//! level: when every first digit has more than one note. Readers must take notes at every cut.

use crate::entry::Mode;
use crate::git::{Tree, TreeEntry};
use crate::id::{BlobId, ObjectFormat, ObjectId, TreeId};

/// What a tree of the notes holds, sorted by what it means.
#[derive(Debug, Default)]
pub(super) struct Level {
    /// Notes that lie here: the rest of their name in hexadecimal, and the blob.
    pub(super) notes: Vec<(String, BlobId)>,
    /// Further levels: two digits, and the tree.
    pub(super) subtrees: Vec<(String, TreeId)>,
    /// Everything else, which is nobody's note and is kept as it is.
    pub(super) others: Vec<TreeEntry>,
}

impl Level {
    /// Reads a tree whose entries have `digits` hexadecimal digits of their names left.
    pub(super) fn of(tree: &Tree, digits: usize) -> Self {
        let mut level = Self::default();
        for entry in tree.entries() {
            let name = std::str::from_utf8(entry.name).ok().filter(|name| name.bytes().all(is_hex));
            match (name, entry.tree(), entry.slot()) {
                (Some(name), Some(tree), _) if name.len() == 2 && digits > 2 => {
                    level.subtrees.push((name.to_owned(), tree))
                }
                (Some(name), None, Some(slot)) if name.len() == digits && slot.mode != Mode::Gitlink => {
                    level.notes.push((name.to_owned(), BlobId(slot.id)));
                }
                _ => level.others.push(entry.to_owned()),
            }
        }
        level
    }

    /// How many entries the tree has.
    pub(super) fn len(&self) -> usize {
        self.notes.len() + self.subtrees.len() + self.others.len()
    }
}

/// Whether git would fan out a level of these notes and subtrees: every first digit leads to more than one note.
pub(super) fn is_crowded<'n>(notes: impl Iterator<Item = &'n str>, subtrees: &[(String, TreeId)]) -> bool {
    let mut weight = [0u8; 16];
    for (name, by) in notes.map(|name| (name, 1)).chain(subtrees.iter().map(|(pair, _)| (pair.as_str(), 2))) {
        if let Some(digit) = name.chars().next().and_then(|c| c.to_digit(16)) {
            weight[digit as usize] = weight[digit as usize].saturating_add(by);
        }
    }
    weight.iter().all(|weight| *weight > 1)
}

fn is_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// Hexadecimal digits of an id of this format.
pub(super) fn digits(format: ObjectFormat) -> usize {
    format.id_len() * 2
}

/// The id whose name in the notes is these digits.
pub(super) fn id_of(name: &str) -> Option<ObjectId> {
    name.parse().ok()
}
