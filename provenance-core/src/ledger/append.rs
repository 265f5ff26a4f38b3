//! Appending: many lines in one commit, and nothing of anybody's lost.
//!
//! The commit is built on the ref's value, the ref is moved by compare-and-swap, and on a lost race
//! all of it is done again. Git's own note writers do not compare-and-swap, so afterwards the ref
//! is looked at once more and the lines are written again if a racing `git notes` dropped them.

use std::collections::BTreeMap;

use super::fanout::{Level, digits};
use super::read::{Ledger, Lines, ReadError, line_id, lines_of};
use super::{POINTER_THRESHOLD, ledger_ref};
use crate::entry::{Mode, Slot};
use crate::envelope::pointer_line;
use crate::git::{self, Batch, CommitDraft, Identity, Repository, Swap, TreeEntry};
use crate::id::{BlobId, CommitId, ObjectId, TreeId};
use crate::path::RefName;

/// How often a lost race is run again.
pub(super) const MAX_TRIES: usize = 200;

/// Why lines could not be appended. None of them was reported as written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The ledger could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An object could not be written.
    #[error("cannot write the ledger")]
    Write(#[from] git::WriteError),
    /// The ref could not be moved.
    #[error("cannot move refs/notes/provenance")]
    Ref(#[from] git::RefError),
    /// Others kept moving the ref.
    #[error("refs/notes/provenance was moved by others {MAX_TRIES} times in a row; nothing was written")]
    Contended,
}

/// Who commits to the notes ref, and why.
#[derive(Debug, Clone)]
pub struct Author {
    /// Name, address and time; no configured identity is needed.
    pub identity: Identity,
    /// The commit's message.
    pub message: String,
}

/// Lines to file, by the id they are filed under.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Additions {
    lines: BTreeMap<ObjectId, Lines>,
}

impl Additions {
    /// Nothing to add.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is nothing to add.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many notes change.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Files a line (without newline) under an id, as it is.
    pub fn add_line(&mut self, repository: &Repository, id: ObjectId, line: &[u8]) {
        self.lines.entry(id).or_default().insert(line_id(repository, line), line.to_vec());
    }

    /// Files an envelope's line under the ids it speaks of: itself where it is short, else once
    /// under its own blob id, with pointers to it.
    pub fn add_envelope(&mut self, repository: &Repository, ids: impl IntoIterator<Item = ObjectId>, line: &[u8]) {
        if line.len() <= POINTER_THRESHOLD {
            ids.into_iter().for_each(|id| self.add_line(repository, id, line));
            return;
        }
        let blob = line_id(repository, line);
        self.add_line(repository, blob.0, line);
        let pointer = pointer_line(blob);
        ids.into_iter().for_each(|id| self.add_line(repository, id, &pointer));
    }

    /// The lines, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectId, &Lines)> {
        self.lines.iter()
    }

    /// Adds other lines.
    pub fn extend(&mut self, id: ObjectId, lines: Lines) {
        self.lines.entry(id).or_default().extend(lines);
    }
}

/// What an append did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The ledger's commit that holds the lines.
    pub commit: Option<CommitId>,
    /// How many notes changed; none where every line was there already.
    pub notes: usize,
}

/// Adds lines to the ledger, as one commit, and confirms that they are there.
///
/// # Errors
/// [`AppendError`]; the ledger is then as it was, or holds what others wrote.
pub fn append(repository: &Repository, additions: &Additions, author: &Author) -> Result<Appended, AppendError> {
    append_to(repository, &ledger_ref(), additions, author)
}

/// The same for any notes ref.
///
/// # Errors
/// As [`append`].
pub fn append_to(
    repository: &Repository,
    notes_ref: &RefName,
    additions: &Additions,
    author: &Author,
) -> Result<Appended, AppendError> {
    let mut written = 0;
    for _ in 0..MAX_TRIES {
        let ledger = Ledger::open_ref(repository, notes_ref)?;
        let Some((commit, notes)) = prepare(repository, &ledger, additions, author, &[])? else {
            return Ok(Appended { commit: ledger.commit(), notes: written });
        };
        if swap_ref_in(repository, notes_ref, ledger.commit(), commit, author)? == Swap::Done {
            written = notes;
            // Where nobody has written since, all of it is there and need not be read again.
            if Ledger::open_ref(repository, notes_ref)?.commit() == Some(commit) {
                return Ok(Appended { commit: Some(commit), notes });
            }
        }
    }
    Err(AppendError::Contended)
}

/// Moves the ledger's ref from what was read to a new commit, unless somebody else moved it.
///
/// # Errors
/// [`git::RefError`] when the ref cannot be written at all.
pub fn swap_in(
    repository: &Repository,
    from: Option<CommitId>,
    to: CommitId,
    author: &Author,
) -> Result<Swap, git::RefError> {
    swap_ref_in(repository, &ledger_ref(), from, to, author)
}

fn swap_ref_in(
    repository: &Repository,
    notes_ref: &RefName,
    from: Option<CommitId>,
    to: CommitId,
    author: &Author,
) -> Result<Swap, git::RefError> {
    let log = format!("notes: {}", author.message.lines().next().unwrap_or_default());
    repository.swap_ref(notes_ref, from.map(|commit| commit.0), to.0, &log)
}

/// Writes the commit that adds the lines to a ledger, moving no ref; none where they are all there.
/// `merged` are further parents.
///
/// # Errors
/// [`AppendError`] when an object can be neither read nor written.
pub fn prepare(
    repository: &Repository,
    ledger: &Ledger<'_>,
    additions: &Additions,
    author: &Author,
    merged: &[CommitId],
) -> Result<Option<(CommitId, usize)>, AppendError> {
    let mut missing = Vec::new();
    for (id, lines) in additions.iter() {
        let present = ledger.lines(id)?;
        if lines.keys().any(|line| !present.contains_key(line)) {
            missing.push((id.to_string(), lines));
        }
    }
    if missing.is_empty() && merged.is_empty() {
        return Ok(None);
    }
    let mut batch = Batch::new(repository);
    let work: Vec<(&str, &Lines)> = missing.iter().map(|(name, lines)| (name.as_str(), *lines)).collect();
    let root = write_level(repository, &mut batch, ledger.root(), &work, digits(repository.format()))?;
    batch.flush()?;
    let draft = CommitDraft {
        tree: root,
        parents: ledger.commit().into_iter().chain(merged.iter().copied()).collect(),
        author: author.identity.clone(),
        message: author.message.clone(),
    };
    Ok(Some((repository.write_commit(&draft)?, missing.len())))
}

/// Writes one level with some lines added. The names in `work` are sorted and have `digits` digits.
fn write_level(
    repository: &Repository,
    batch: &mut Batch<'_>,
    tree: Option<TreeId>,
    work: &[(&str, &Lines)],
    digits: usize,
) -> Result<TreeId, AppendError> {
    let mut level = match tree {
        Some(tree) => Level::of(&*repository.tree(tree).map_err(ReadError::from)?, digits),
        None => Level::default(),
    };
    let mut placed: BTreeMap<String, Lines> = BTreeMap::new();
    for (name, lines) in work {
        placed.insert((*name).to_owned(), (*lines).clone());
    }
    // A note that lies here in one fan-out and deeper in another becomes one.
    for (name, blob) in &level.notes {
        if let Some(lines) = placed.get_mut(name) {
            lines.extend(lines_of(repository, *blob).map_err(ReadError::from)?);
        }
    }
    level.notes.retain(|(name, _)| !placed.contains_key(name));
    let crowded = is_crowded_with(&level, &placed) && digits > 2;
    let mut deeper: BTreeMap<String, BTreeMap<String, Lines>> = BTreeMap::new();
    let mut here: BTreeMap<String, BlobId> = BTreeMap::new();
    for (name, lines) in placed {
        let (pair, rest) = name.split_at(2.min(name.len()));
        if crowded || level.subtrees.iter().any(|(known, _)| known == pair) {
            deeper.entry(pair.to_owned()).or_default().insert(rest.to_owned(), lines);
        } else {
            here.insert(name, batch.blob(&join(&lines))?);
        }
    }
    for (name, blob) in std::mem::take(&mut level.notes) {
        let (pair, rest) = name.split_at(2.min(name.len()));
        if crowded {
            let lines = lines_of(repository, blob).map_err(ReadError::from)?;
            deeper.entry(pair.to_owned()).or_default().entry(rest.to_owned()).or_default().extend(lines);
        } else {
            here.insert(name, blob);
        }
    }
    let mut subtrees: BTreeMap<String, TreeId> = level.subtrees.into_iter().collect();
    for (pair, work) in deeper {
        let work: Vec<(&str, &Lines)> = work.iter().map(|(name, lines)| (name.as_str(), lines)).collect();
        let tree = write_level(repository, batch, subtrees.get(&pair).copied(), &work, digits - 2)?;
        subtrees.insert(pair, tree);
    }
    let notes = here
        .into_iter()
        .map(|(name, blob)| TreeEntry::leaf(name.into_bytes(), Slot { mode: Mode::Regular, id: blob.0 }));
    let trees = subtrees.into_iter().map(|(name, tree)| TreeEntry::subtree(name.into_bytes(), tree));
    Ok(batch.tree(level.others.into_iter().chain(notes).chain(trees).collect())?)
}

fn is_crowded_with(level: &Level, placed: &BTreeMap<String, Lines>) -> bool {
    let names = placed.keys().map(|name| (name.clone(), BlobId(ObjectId::null(crate::id::ObjectFormat::Sha1))));
    let all = Level {
        notes: level.notes.iter().cloned().chain(names).collect(),
        subtrees: level.subtrees.clone(),
        others: Vec::new(),
    };
    all.is_crowded()
}

/// The note of these lines: sorted, each with its newline, as `cat_sort_uniq` has them.
fn join(lines: &Lines) -> Vec<u8> {
    let mut sorted: Vec<&[u8]> = lines.values().map(Vec::as_slice).collect();
    sorted.sort_unstable();
    let mut note = Vec::new();
    for line in sorted {
        note.extend_from_slice(line);
        note.push(b'\n');
    }
    note
}
