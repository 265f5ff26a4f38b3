//! Reading: the lines under an id, as the union over every fan-out.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::fanout::{Level, digits, id_of};
use super::{MAX_NOTE, ledger_ref};
use crate::git::{self, Repository};
use crate::id::{BlobId, CommitId, ObjectId, TreeId};
use crate::path::RefName;

/// Why the ledger could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The ref could not be read.
    #[error("cannot read refs/notes/provenance")]
    Ref(#[from] git::RefError),
    /// The ref is no commit's.
    #[error("refs/notes/provenance points to {0}, which is no commit")]
    NotACommit(ObjectId),
    /// An object of the ledger could not be read.
    #[error("cannot read the ledger")]
    Object(#[from] git::ReadError),
}

/// The most places in which one folder may stand. Folders of honest notes stand in one, since ids differ; a few
/// that stand everywhere in each other would be a world of notes.
const MAX_PLACES: u64 = 16;

/// The lines of one note, each with the blob id of the line with its newline; every line once.
pub type Lines = BTreeMap<BlobId, Vec<u8>>;

/// A ledger as one commit has it; or one that has no commit yet.
#[derive(Debug)]
pub struct Ledger<'r> {
    repository: &'r Repository,
    commit: Option<CommitId>,
    root: Option<TreeId>,
}

impl<'r> Ledger<'r> {
    /// The ledger as the ref has it now.
    ///
    /// # Errors
    /// [`ReadError`] when the ref or its commit cannot be read; an absent ref is an empty ledger.
    pub fn open(repository: &'r Repository) -> Result<Self, ReadError> {
        Self::open_ref(repository, &ledger_ref())
    }

    /// The notes of any ref as it is now.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub fn open_ref(repository: &'r Repository, notes_ref: &RefName) -> Result<Self, ReadError> {
        let target = repository.try_find_ref(notes_ref)?;
        Self::at(repository, target.map(|target| CommitId(target.id)))
    }

    /// The ledger as this commit has it.
    ///
    /// # Errors
    /// [`ReadError`] when the commit cannot be read.
    pub fn at(repository: &'r Repository, commit: Option<CommitId>) -> Result<Self, ReadError> {
        let root = commit.map(|id| repository.commit(id)).transpose()?.map(|commit| commit.tree);
        Ok(Self { repository, commit, root })
    }

    /// The commit it is read at.
    pub fn commit(&self) -> Option<CommitId> {
        self.commit
    }

    /// The root tree.
    pub fn root(&self) -> Option<TreeId> {
        self.root
    }

    /// The lines filed under an id, over every fan-out. Reads only the subtrees on the id's path.
    ///
    /// # Errors
    /// [`ReadError`] when an object on the path is missing or malformed, or the note is larger
    /// than [`MAX_NOTE`].
    pub fn lines(&self, id: &ObjectId) -> Result<Lines, ReadError> {
        let mut lines = Lines::new();
        for blob in self.notes(id)? {
            lines.extend(lines_of(self.repository, blob)?);
        }
        Ok(lines)
    }

    /// The blobs that are notes of this id, one for each fan-out it has.
    ///
    /// # Errors
    /// As [`Ledger::lines`].
    pub fn notes(&self, id: &ObjectId) -> Result<Vec<BlobId>, ReadError> {
        let name = id.to_string();
        let mut rest = name.as_str();
        let mut next = self.root;
        let mut notes = Vec::new();
        while let Some(tree) = next.take() {
            let tree = self.repository.tree(tree)?;
            if let Some(slot) = tree.get(rest.as_bytes()).and_then(|entry| entry.slot())
                && slot.mode != crate::entry::Mode::Gitlink
            {
                notes.push(BlobId(slot.id));
            }
            if rest.len() > 2 {
                let (pair, deeper) = rest.split_at(2);
                next = tree.get(pair.as_bytes()).and_then(|entry| entry.tree());
                rest = deeper;
            }
        }
        Ok(notes)
    }

    /// Every id that has a note, with its blobs, in order of ids within each fan-out.
    ///
    /// # Errors
    /// [`ReadError`] when a tree is missing or malformed, or stands in more than 16 places.
    pub fn all(&self) -> Result<BTreeMap<ObjectId, Vec<BlobId>>, ReadError> {
        let mut all: BTreeMap<ObjectId, Vec<BlobId>> = BTreeMap::new();
        let total = digits(self.repository.format());
        let mut todo: Vec<(String, TreeId)> = self.root.map(|root| (String::new(), root)).into_iter().collect();
        let mut places: HashMap<TreeId, u64> = HashMap::new();
        while let Some((prefix, tree)) = todo.pop() {
            let count = places.entry(tree).or_default();
            *count += 1;
            if *count > MAX_PLACES {
                return Err(git::ReadError::TooLarge { what: "the places", id: tree.0, limit: MAX_PLACES }.into());
            }
            let level = Level::of(&*self.repository.tree(tree)?, total - prefix.len());
            todo.extend(level.subtrees.into_iter().map(|(pair, tree)| (format!("{prefix}{pair}"), tree)));
            for (rest, blob) in level.notes {
                if let Some(id) = id_of(&format!("{prefix}{rest}")) {
                    all.entry(id).or_default().push(blob);
                }
            }
        }
        Ok(all)
    }
}

/// The lines of one note's blob; empty lines are none.
///
/// # Errors
/// [`git::ReadError`] when the blob is missing or larger than [`MAX_NOTE`].
pub fn lines_of(repository: &Repository, blob: BlobId) -> Result<Lines, git::ReadError> {
    let bytes = repository.blob(blob, MAX_NOTE)?;
    let is_one_line = bytes.len() > 1 && bytes.iter().position(|byte| *byte == b'\n') == Some(bytes.len() - 1);
    if is_one_line {
        // Then the note is the line with its newline, and its id is known.
        return Ok(Lines::from([(blob, bytes[..bytes.len() - 1].to_vec())]));
    }
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    Ok(lines.map(|line| (line_id(repository, line), line.to_vec())).collect())
}

/// The ids of one note's lines alone.
///
/// # Errors
/// As [`lines_of`].
pub(super) fn line_ids(repository: &Repository, blob: BlobId) -> Result<HashSet<BlobId>, git::ReadError> {
    let bytes = repository.blob(blob, MAX_NOTE)?;
    Ok(bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| line_id(repository, line))
        .collect())
}

/// The blob id of a line with its newline.
pub(super) fn line_id(repository: &Repository, line: &[u8]) -> BlobId {
    let mut with_newline = Vec::with_capacity(line.len() + 1);
    with_newline.extend_from_slice(line);
    with_newline.push(b'\n');
    repository.hash_blob(&with_newline)
}
