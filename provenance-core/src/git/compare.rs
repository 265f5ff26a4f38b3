//! Comparing trees: a merge of sorted entries that skips equal ids. No rename guessing, no
//! attributes, no text.

use std::collections::BTreeMap;

use super::Repository;
use super::object::{ObjectKind, ReadError};
use super::tree::{Tree, TreeEntry};
use crate::entry::Slot;
use crate::id::{CommitId, TreeId};
use crate::path::RepoPath;

/// The most changes that one comparison lists.
const MAX_CHANGES: usize = 2_000_000;
/// The most bytes that the paths of changes and changed folders have together, with what it takes to
/// hold one. Few trees can unfold into endless folders, with or without files in them.
const MAX_BYTES: usize = 512 << 20;
/// What it takes to hold a path, about.
const PER_PATH: usize = 128;
/// The most folders a path may have.
const MAX_DEPTH: usize = 1024;

/// What one path holds in two trees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawChange {
    /// The path.
    pub path: RepoPath,
    /// In the first tree.
    pub before: Option<Slot>,
    /// In the second.
    pub after: Option<Slot>,
}

/// Paths, as a tree of their components.
#[derive(Debug, Clone, Default)]
pub struct PathTrie {
    children: BTreeMap<Vec<u8>, PathTrie>,
    ends_here: bool,
}

impl PathTrie {
    /// The trie of these paths.
    pub fn of<'p>(paths: impl IntoIterator<Item = &'p RepoPath>) -> Self {
        let mut root = Self::default();
        for path in paths {
            let mut node = &mut root;
            for component in path.as_bytes().split(|byte| *byte == b'/') {
                node = node.children.entry(component.to_vec()).or_default();
            }
            node.ends_here = true;
        }
        root
    }
}

impl Repository {
    /// Every path that two trees hold differently, in order of paths. `None` is the empty tree.
    ///
    /// # Errors
    /// [`ReadError`] when a tree that differs is missing or malformed, a path could not be checked
    /// out, or there are more than two million changes, a thousand nested folders or half a
    /// gigabyte of paths.
    pub fn diff_trees(&self, before: Option<TreeId>, after: Option<TreeId>) -> Result<Vec<RawChange>, ReadError> {
        let mut diff =
            Diff { repository: self, changes: Vec::new(), bytes: 0, todo: vec![(Vec::new(), 0, before, after, None)] };
        diff.run()?;
        diff.changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(diff.changes)
    }

    /// The same, for these paths alone; reads no tree that is on the way to none of them.
    ///
    /// # Errors
    /// As [`Repository::diff_trees`].
    pub fn diff_paths(
        &self,
        before: Option<TreeId>,
        after: Option<TreeId>,
        paths: &PathTrie,
    ) -> Result<Vec<RawChange>, ReadError> {
        let mut diff = Diff {
            repository: self,
            changes: Vec::new(),
            bytes: 0,
            todo: vec![(Vec::new(), 0, before, after, Some(paths))],
        };
        diff.run()?;
        Ok(diff.changes)
    }

    /// What a tree holds at a path; `None` where it holds nothing, or a folder.
    ///
    /// # Errors
    /// [`ReadError`] when a tree on the way is missing or malformed.
    pub fn slot_in(&self, tree: TreeId, path: &RepoPath) -> Result<Option<Slot>, ReadError> {
        let mut tree = self.tree(tree)?;
        let mut components = path.as_bytes().split(|byte| *byte == b'/').peekable();
        while let Some(component) = components.next() {
            let Some(entry) = tree.get(component) else { return Ok(None) };
            if components.peek().is_none() {
                return Ok(entry.slot());
            }
            let Some(next) = entry.tree() else { return Ok(None) };
            tree = self.tree(next)?;
        }
        Ok(None)
    }

    /// What a commit holds at a path; `None` where it holds nothing, or a folder.
    ///
    /// # Errors
    /// [`ReadError`] when the commit or a tree on the way is missing or malformed.
    pub fn slot_at(&self, commit: CommitId, path: &RepoPath) -> Result<Option<Slot>, ReadError> {
        self.slot_in(self.links(commit)?.tree, path)
    }

    /// The tree of a commit.
    ///
    /// # Errors
    /// [`ReadError`] when the commit is missing or malformed.
    pub fn tree_of(&self, commit: CommitId) -> Result<TreeId, ReadError> {
        Ok(self.links(commit)?.tree)
    }
}

/// Folder, its depth, its trees on both sides, and the paths that matter inside.
type Level<'p> = (Vec<u8>, usize, Option<TreeId>, Option<TreeId>, Option<&'p PathTrie>);

struct Diff<'r, 'p> {
    repository: &'r Repository,
    changes: Vec<RawChange>,
    /// What paths were built so far.
    bytes: usize,
    todo: Vec<Level<'p>>,
}

impl<'p> Diff<'_, 'p> {
    fn run(&mut self) -> Result<(), ReadError> {
        while let Some((folder, depth, before, after, paths)) = self.todo.pop() {
            if before == after {
                continue;
            }
            let tree = |id: Option<TreeId>| id.map(|id| self.repository.tree(id)).transpose();
            let (left, right) = (tree(before)?, tree(after)?);
            let id = before.or(after).expect("they differ, so one is there").0;
            if depth > MAX_DEPTH {
                return Err(ReadError::TooLarge { what: "the nested folders", id, limit: MAX_DEPTH as u64 });
            }
            let (left, right) = (left.unwrap_or_default(), right.unwrap_or_default());
            let mut compare = |(name, before, after): Pair<'_>, inside| {
                self.compare(&folder, depth, name, (before, after), inside)?;
                match self.bytes > MAX_BYTES {
                    true => Err(ReadError::TooLarge { what: "the paths", id, limit: MAX_BYTES as u64 }),
                    false => Ok(()),
                }
            };
            match paths {
                // A few paths are looked up: folders have many others.
                Some(trie) => trie
                    .children
                    .iter()
                    .try_for_each(|(name, inside)| compare((name, left.get(name), right.get(name)), Some(inside)))?,
                None => pairs(&left, &right).try_for_each(|pair| compare(pair, None))?,
            }
            if self.changes.len() > MAX_CHANGES {
                return Err(ReadError::TooLarge { what: "the changes", id, limit: MAX_CHANGES as u64 });
            }
        }
        Ok(())
    }

    fn compare(
        &mut self,
        folder: &[u8],
        depth: usize,
        name: &[u8],
        (before, after): (Option<Found<'_>>, Option<Found<'_>>),
        paths: Option<&'p PathTrie>,
    ) -> Result<(), ReadError> {
        if before == after {
            return Ok(());
        }
        let mut path = folder.to_vec();
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name);
        self.bytes += path.len() + PER_PATH;
        let slots = (before.and_then(|it| it.slot()), after.and_then(|it| it.slot()));
        let trees = (before.and_then(|it| it.tree()), after.and_then(|it| it.tree()));
        if slots.0 != slots.1 && paths.is_none_or(|trie| trie.ends_here) {
            let refused = |error: crate::path::ParsePathError| ReadError::Malformed {
                kind: ObjectKind::Tree,
                id: slots.0.or(slots.1).expect("they differ, so one is there").id,
                reason: format!("the path {} cannot be checked out: {error}", crate::path::quote(&path)),
            };
            let path = RepoPath::from_bytes(path.clone()).map_err(refused)?;
            self.changes.push(RawChange { path, before: slots.0, after: slots.1 });
        }
        if trees.0 != trees.1 && paths.is_none_or(|trie| !trie.children.is_empty()) {
            self.todo.push((path, depth + 1, trees.0, trees.1, paths));
        }
        Ok(())
    }
}

/// An entry of a tree that was read.
type Found<'t> = TreeEntry<&'t [u8]>;
/// A name, and what each of two trees has by it.
type Pair<'t> = (&'t [u8], Option<Found<'t>>, Option<Found<'t>>);

/// The entries of two trees, paired by name.
fn pairs<'t>(left: &'t Tree, right: &'t Tree) -> impl Iterator<Item = Pair<'t>> {
    let (mut a, mut b) = (left.entries().peekable(), right.entries().peekable());
    std::iter::from_fn(move || {
        let order = match (a.peek(), b.peek()) {
            (Some(a), Some(b)) => a.name.cmp(b.name),
            (Some(_), None) => std::cmp::Ordering::Less,
            _ => std::cmp::Ordering::Greater,
        };
        let left = if order.is_le() { a.next() } else { None };
        let right = if order.is_ge() { b.next() } else { None };
        Some((left.or(right)?.name, left, right))
    })
}
