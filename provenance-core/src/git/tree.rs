//! Trees, parsed strictly from their bytes.
//!
//! Git itself is lenient with trees it did not write. A name that stands twice, or entries out of
//! order, could mean one thing to git and another to us, so such a tree is refused.

use std::cmp::Ordering;
use std::sync::{Arc, LazyLock};

use super::Repository;
use super::object::{ObjectKind, ReadError};
use crate::entry::{Mode, Slot};
use crate::id::{ObjectFormat, ObjectId, TreeId};

/// The largest tree object that is read, in bytes: some million entries.
const MAX_TREE: u64 = 256 << 20;

/// Why bytes are no tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ParseTreeError(String);

/// One entry of a tree: with a name of its own where it is to be written, with the tree's where it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeEntry<N = Vec<u8>> {
    /// The name: a single component, not checked further.
    pub name: N,
    kind: EntryKind,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EntryKind {
    Tree(TreeId),
    Leaf(Slot),
}

impl TreeEntry {
    /// The entry of a file, symbolic link or submodule.
    pub fn leaf(name: Vec<u8>, slot: Slot) -> Self {
        Self { name, kind: EntryKind::Leaf(slot) }
    }

    /// The entry of a folder.
    pub fn subtree(name: Vec<u8>, tree: TreeId) -> Self {
        Self { name, kind: EntryKind::Tree(tree) }
    }
}

impl<N: AsRef<[u8]>> TreeEntry<N> {
    /// The folder's tree; `None` for anything else.
    pub fn tree(&self) -> Option<TreeId> {
        match self.kind {
            EntryKind::Tree(tree) => Some(tree),
            EntryKind::Leaf(_) => None,
        }
    }

    /// Mode and id; `None` for a folder.
    pub fn slot(&self) -> Option<Slot> {
        match self.kind {
            EntryKind::Tree(_) => None,
            EntryKind::Leaf(slot) => Some(slot),
        }
    }

    /// The same entry with a name of its own.
    pub fn to_owned(&self) -> TreeEntry {
        TreeEntry { name: self.name.as_ref().to_vec(), kind: self.kind }
    }

    /// How git sorts: by name, where a folder's ends in a slash.
    fn git_cmp(&self, other: &Self) -> Ordering {
        let (mine, others) = (self.name.as_ref(), other.name.as_ref());
        let common = mine.len().min(others.len());
        // No name has a zero byte, so it can stand for the end.
        let next = |entry: &Self| {
            let end = if entry.tree().is_some() { b'/' } else { 0 };
            entry.name.as_ref().get(common).copied().unwrap_or(end)
        };
        mine[..common].cmp(&others[..common]).then_with(|| next(self).cmp(&next(other)))
    }

    fn mode(&self) -> &'static str {
        match self.kind {
            EntryKind::Tree(_) => "40000",
            EntryKind::Leaf(slot) => slot.mode.as_str(),
        }
    }

    fn id(&self) -> ObjectId {
        match self.kind {
            EntryKind::Tree(tree) => tree.0,
            EntryKind::Leaf(slot) => slot.id,
        }
    }
}

/// A tree: entries with distinct names, in byte order of the names.
///
/// The names lie in one piece of memory: notes have so many trees that a name of its own for each entry
/// took a third of the time of reading them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    names: Vec<u8>,
    entries: Vec<Packed>,
}

/// An entry whose name lies among those of its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Packed {
    start: u32,
    end: u32,
    kind: EntryKind,
}

impl Tree {
    /// The entries, in byte order of their names.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = TreeEntry<&[u8]>> {
        self.entries.iter().map(|packed| self.unpack(packed))
    }

    /// The entry of this name.
    pub fn get(&self, name: &[u8]) -> Option<TreeEntry<&[u8]>> {
        let index = self.entries.binary_search_by(|packed| self.name(packed).cmp(name)).ok()?;
        self.entries.get(index).map(|packed| self.unpack(packed))
    }

    fn name(&self, packed: &Packed) -> &[u8] {
        &self.names[packed.start as usize..packed.end as usize]
    }

    fn unpack(&self, packed: &Packed) -> TreeEntry<&[u8]> {
        TreeEntry { name: self.name(packed), kind: packed.kind }
    }

    /// About how many bytes of memory the tree takes.
    pub(super) fn footprint(&self) -> usize {
        self.names.len() + self.entries.len() * std::mem::size_of::<Packed>()
    }

    /// The tree that these bytes of a tree object are, its ids in this format.
    ///
    /// # Errors
    /// [`ParseTreeError`] when an entry is cut off or of no known mode, or what there is could mean two things.
    pub fn parse(bytes: &[u8], format: ObjectFormat) -> Result<Self, ParseTreeError> {
        Self::parse_entries(bytes, format).map_err(ParseTreeError)
    }

    /// The bytes of a tree object with these entries, as git writes them.
    pub fn to_bytes(&self) -> Vec<u8> {
        tree_bytes(self.entries().collect())
    }

    fn parse_entries(mut bytes: &[u8], format: ObjectFormat) -> Result<Self, String> {
        let mut tree = Self::with_room_for(bytes, format);
        let mut is_sorted = true;
        while !bytes.is_empty() {
            let (entry, rest) = parse_entry(bytes, format)?;
            if let Some(last) = tree.entries.last().map(|last| tree.unpack(last)) {
                if last.git_cmp(&entry).is_ge() {
                    return Err(format!("entry {} is out of order", crate::path::quote(entry.name)));
                }
                let common = last.name.len().min(entry.name.len());
                is_sorted &= last.name[..common] != entry.name[..common];
            }
            let start = tree.len_of_names()?;
            tree.names.extend_from_slice(entry.name);
            tree.entries.push(Packed { start, end: tree.len_of_names()?, kind: entry.kind });
            bytes = rest;
        }
        // Git's order is that of the bytes but where one name begins with another: `x` and the folder `x` have
        // another entry between them where one is named like `x.y`.
        if !is_sorted {
            tree.sort()?;
        }
        Ok(tree)
    }

    /// An empty tree that needs no more memory for what these bytes hold. Trees of notes are many and small: to grow
    /// step by step took as long as to read them.
    fn with_room_for(bytes: &[u8], format: ObjectFormat) -> Self {
        let shortest = "40000 x".len() + 1 + format.id_len();
        let mut entries = 0;
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == 0) {
            entries += 1;
            rest = rest.get(end + 1 + format.id_len()..).unwrap_or_default();
        }
        let names = bytes.len().saturating_sub(entries * (shortest - 1));
        Self { names: Vec::with_capacity(names), entries: Vec::with_capacity(entries) }
    }

    fn len_of_names(&self) -> Result<u32, String> {
        u32::try_from(self.names.len()).map_err(|_| "the names are too long".to_owned())
    }

    fn sort(&mut self) -> Result<(), String> {
        let Self { names, entries } = self;
        let name = |packed: &Packed| &names[packed.start as usize..packed.end as usize];
        entries.sort_by(|a, b| name(a).cmp(name(b)));
        let twice = entries.windows(2).find(|pair| name(&pair[0]) == name(&pair[1]));
        match twice {
            Some(pair) => Err(format!("entry {} stands twice", crate::path::quote(name(&pair[0])))),
            None => Ok(()),
        }
    }
}

fn parse_entry(bytes: &[u8], format: ObjectFormat) -> Result<(TreeEntry<&[u8]>, &[u8]), String> {
    let cut = |reason: &str| format!("an entry {reason}");
    let space = bytes.iter().take(8).position(|byte| *byte == b' ').ok_or_else(|| cut("has no mode"))?;
    let (mode, rest) = (&bytes[..space], &bytes[space + 1..]);
    let end = rest.iter().position(|byte| *byte == 0).ok_or_else(|| cut("has no end"))?;
    let (name, rest) = (&rest[..end], &rest[end + 1..]);
    if name.is_empty() || name.contains(&b'/') {
        return Err(cut("has no name, or one with a slash"));
    }
    let (id, rest) = rest.split_at_checked(format.id_len()).ok_or_else(|| cut("is cut off"))?;
    let id = ObjectId::from_bytes(id).ok_or_else(|| cut("has no id"))?;
    let zeros = mode.iter().take_while(|digit| **digit == b'0').count();
    let kind = match &mode[zeros..] {
        b"40000" => EntryKind::Tree(TreeId(id)),
        // Git long ago wrote group-writable files, and takes them for plain ones ever since.
        b"100664" => EntryKind::Leaf(Slot { mode: Mode::Regular, id }),
        mode => {
            let known = std::str::from_utf8(mode).unwrap_or_default().parse::<Mode>();
            EntryKind::Leaf(Slot { mode: known.map_err(|_| cut("has an unknown mode"))?, id })
        }
    };
    Ok((TreeEntry { name, kind }, rest))
}

/// The bytes of a tree object with these entries, sorted as git wants them.
pub(super) fn tree_bytes<N: AsRef<[u8]>>(mut entries: Vec<TreeEntry<N>>) -> Vec<u8> {
    entries.sort_by(TreeEntry::git_cmp);
    let mut bytes = Vec::new();
    for entry in &entries {
        bytes.extend_from_slice(entry.mode().as_bytes());
        bytes.push(b' ');
        bytes.extend_from_slice(entry.name.as_ref());
        bytes.push(0);
        bytes.extend_from_slice(entry.id().as_bytes());
    }
    bytes
}

impl Repository {
    /// The tree with this id.
    ///
    /// # Errors
    /// [`ReadError`] when it is missing, no tree, malformed or larger than 256 MiB.
    pub fn tree(&self, id: TreeId) -> Result<Arc<Tree>, ReadError> {
        if let Some(tree) = self.trees.borrow_mut().find(&id.0) {
            return Ok(tree);
        }
        if is_empty_tree(&id) {
            return Ok(Arc::default());
        }
        let parsed = self.expect_object(ObjectKind::Tree, &id.0, MAX_TREE, |data| Tree::parse(data, self.format))?;
        let malformed = |error: ParseTreeError| ReadError::Malformed {
            kind: ObjectKind::Tree,
            id: id.0,
            reason: error.to_string(),
        };
        let tree = Arc::new(parsed.map_err(malformed)?);
        self.trees.borrow_mut().insert(id.0, &tree);
        Ok(tree)
    }
}

/// The tree without entries, which git knows without having it stored.
const EMPTY_TREE: [&str; 2] =
    ["4b825dc642cb6eb9a060e54bf8d69288fbee4904", "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"];

fn is_empty_tree(id: &TreeId) -> bool {
    static IDS: LazyLock<[ObjectId; 2]> =
        LazyLock::new(|| EMPTY_TREE.map(|text| text.parse().expect("the constants are ids")));
    IDS.contains(&id.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(entries: &[(&str, &str)]) -> Vec<u8> {
        let bytes =
            entries.iter().flat_map(|(mode, name)| [mode.as_bytes(), b" ", name.as_bytes(), &[0], &[7; 20]].concat());
        bytes.collect()
    }

    fn parse(entries: &[(&str, &str)]) -> Result<Tree, ParseTreeError> {
        Tree::parse(&raw(entries), ObjectFormat::Sha1)
    }

    #[test]
    fn accepts_what_git_writes() {
        let entries = [("100644", "a.x"), ("40000", "a"), ("100644", "a0"), ("120000", "b"), ("160000", "c")];
        let tree = parse(&entries).unwrap();
        assert!(tree.get(b"a").unwrap().tree().is_some());
        assert_eq!(tree.get(b"b").unwrap().slot().unwrap().mode, Mode::Symlink);
        assert!(tree.get(b"d").is_none());
        assert_eq!(tree.to_bytes(), raw(&entries));
    }

    #[test]
    fn refuses_what_could_mean_two_things() {
        for entries in [
            &[("100644", "b"), ("100644", "a")][..],
            &[("100644", "a"), ("100644", "a")],
            &[("100644", "a"), ("100644", "a.x"), ("40000", "a")],
            &[("100600", "a")],
            &[("100644", "a/b")],
            &[("100644", "")],
        ] {
            assert!(parse(entries).is_err(), "{entries:?}");
        }
        assert!(Tree::parse(&raw(&[("100644", "a")])[..20], ObjectFormat::Sha1).is_err());
        assert!(Tree::parse(b"100644", ObjectFormat::Sha1).is_err());
    }
}
