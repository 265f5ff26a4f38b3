//! Floors: what the reads cost that cannot be avoided, done by hand on raw objects.
//!
//! Every object is read once and hashed, as libgit2 does it, and nothing is built from it that the
//! answer does not need.

#![allow(dead_code, reason = "each benchmark uses some of them")]

use std::collections::HashMap;
use std::path::Path;

use git2::{Odb, Oid};

/// The objects of a repository.
pub(crate) fn open(path: &Path) -> git2::Repository {
    git2::Repository::open(path).expect("it was made before")
}

/// The raw bytes of trees, each read once.
pub(crate) struct Trees<'r> {
    odb: Odb<'r>,
    read: HashMap<Oid, Vec<u8>>,
}

impl<'r> Trees<'r> {
    pub(crate) fn new(repository: &'r git2::Repository) -> Self {
        Self { odb: repository.odb().expect("it has objects"), read: HashMap::new() }
    }

    fn tree(&mut self, id: Oid) -> &[u8] {
        let Self { odb, read } = self;
        read.entry(id).or_insert_with(|| bytes(odb, id))
    }

    /// The bytes of the notes of an id, at every fan-out.
    pub(crate) fn note(&mut self, root: Oid, name: &str) -> usize {
        let (mut tree, mut rest, mut found) = (Some(root), name, 0);
        while let Some(id) = tree.take() {
            let (leaf, pair) = (find(self.tree(id), rest.as_bytes()), find(self.tree(id), &rest.as_bytes()[..2]));
            if let Some(blob) = leaf {
                found += bytes(&self.odb, blob).len();
            }
            tree = pair.filter(|_| rest.len() > 2);
            rest = &rest[2..];
        }
        found
    }

    /// How many files two trees hold differently.
    pub(crate) fn changes(&mut self, before: Oid, after: Oid) -> usize {
        let mut count = 0;
        self.compare(Some(before), Some(after), &mut |_, _| count += 1);
        count
    }

    /// The contents of files that two trees hold differently, before and after.
    pub(crate) fn ends(&mut self, before: Oid, after: Oid, ends: &mut Vec<Oid>) {
        self.compare(Some(before), Some(after), &mut |a, b| ends.extend(a.into_iter().chain(b)));
    }

    fn compare(&mut self, before: Option<Oid>, after: Option<Oid>, found: &mut dyn FnMut(Option<Oid>, Option<Oid>)) {
        let mut read = |id: Option<Oid>| id.map(|id| self.tree(id).to_vec()).unwrap_or_default();
        let (left, right) = (read(before), read(after));
        let (mut left, mut right) = (left.as_slice(), right.as_slice());
        while !left.is_empty() || !right.is_empty() {
            let (a, b) = (entry(left), entry(right));
            let order = match (&a, &b) {
                (Some(a), Some(b)) => a.name.cmp(b.name),
                (Some(_), None) => std::cmp::Ordering::Less,
                _ => std::cmp::Ordering::Greater,
            };
            let a = a.filter(|_| order.is_le());
            let b = b.filter(|_| order.is_ge());
            left = a.as_ref().map_or(left, |entry| entry.rest);
            right = b.as_ref().map_or(right, |entry| entry.rest);
            let ids = (a.as_ref().map(|entry| entry.id), b.as_ref().map(|entry| entry.id));
            if ids.0 == ids.1 {
                continue;
            }
            match a.as_ref().or(b.as_ref()).is_some_and(|entry| entry.folder) {
                true => self.compare(ids.0, ids.1, found),
                false => found(ids.0, ids.1),
            }
        }
    }
}

/// Commits of a first-parent chain and their trees, newest first.
pub(crate) fn chain(odb: &Odb<'_>, newest: Oid, count: usize) -> Vec<(Oid, Oid)> {
    let mut found = Vec::new();
    let mut at = Some(newest);
    while let Some(id) = at.filter(|_| found.len() < count) {
        let bytes = bytes(odb, id);
        let text = std::str::from_utf8(&bytes).expect("a plain commit");
        let mut lines = text.lines();
        let field = |line: Option<&str>, key: &str| Oid::from_str(line?.strip_prefix(key)?).ok();
        let tree = field(lines.next(), "tree ").expect("a commit has a tree");
        found.push((id, tree));
        at = field(lines.next(), "parent ");
    }
    found
}

/// An object's bytes.
pub(crate) fn bytes(odb: &Odb<'_>, id: Oid) -> Vec<u8> {
    odb.read(id).expect("it is there").data().to_vec()
}

struct Entry<'t> {
    name: &'t [u8],
    id: Oid,
    folder: bool,
    rest: &'t [u8],
}

fn entry(tree: &[u8]) -> Option<Entry<'_>> {
    let space = tree.iter().position(|byte| *byte == b' ')?;
    let end = space + tree[space..].iter().position(|byte| *byte == 0)?;
    let id = Oid::from_bytes(&tree[end + 1..end + 21]).ok()?;
    Some(Entry { name: &tree[space + 1..end], id, folder: tree[0] == b'4', rest: &tree[end + 21..] })
}

fn find(mut tree: &[u8], name: &[u8]) -> Option<Oid> {
    while let Some(entry) = entry(tree) {
        if entry.name == name {
            return Some(entry.id);
        }
        tree = entry.rest;
    }
    None
}
