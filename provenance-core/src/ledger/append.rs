//! Appending: many lines in one commit, and nothing of anybody's lost.
//!
//! The commit is built on the ref's value, the ref is moved by compare-and-swap, and on a lost race
//! all of it is done again. Git's own note writers do not compare-and-swap, so afterwards the ref
//! is looked at once more and the lines are written again if a racing `git notes` dropped them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::fanout::{Level, digits, is_crowded};
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

    /// Adds lines, each under its own id, as [`lines_of`] has them.
    pub(super) fn extend(&mut self, id: ObjectId, lines: Lines) {
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
    let work = missing.iter().map(|(name, lines)| (name.as_str(), Cow::Borrowed(*lines))).collect();
    let root = write_level(repository, &mut batch, ledger.root(), work, digits(repository.format()))?;
    batch.flush()?;
    let draft = CommitDraft {
        tree: root,
        parents: ledger.commit().into_iter().chain(merged.iter().copied()).collect(),
        author: author.identity.clone(),
        message: author.message.clone(),
    };
    Ok(Some((repository.write_commit(&draft)?, missing.len())))
}

/// Lines to place in a level, by the rest of their note's name there; borrowed where nothing joins them.
type Work<'w> = BTreeMap<&'w str, Cow<'w, Lines>>;

/// Writes one level with some lines added. The names in `work` have `digits` digits.
fn write_level(
    repository: &Repository,
    batch: &mut Batch<'_>,
    tree: Option<TreeId>,
    mut work: Work<'_>,
    digits: usize,
) -> Result<TreeId, AppendError> {
    let Level { mut notes, subtrees, others } = match tree {
        Some(tree) => Level::of(&*repository.tree(tree).map_err(ReadError::from)?, digits),
        None => Level::default(),
    };
    // A note that lies here in one fan-out and deeper in another becomes one.
    for (name, blob) in &notes {
        if let Some(lines) = work.get_mut(name.as_str()) {
            lines.to_mut().extend(lines_of(repository, *blob).map_err(ReadError::from)?);
        }
    }
    notes.retain(|(name, _)| !work.contains_key(name.as_str()));
    let names = notes.iter().map(|(name, _)| name.as_str()).chain(work.keys().copied());
    let crowded = is_crowded(names, &subtrees) && digits > 2;
    let mut subtrees: BTreeMap<&str, TreeId> = subtrees.iter().map(|(pair, tree)| (pair.as_str(), *tree)).collect();
    let mut deeper: BTreeMap<&str, Work<'_>> = BTreeMap::new();
    let mut here: BTreeMap<&str, BlobId> = BTreeMap::new();
    for (name, lines) in work {
        let (pair, rest) = name.split_at(2.min(name.len()));
        if crowded || subtrees.contains_key(pair) {
            deeper.entry(pair).or_default().insert(rest, lines);
        } else {
            here.insert(name, write_note(batch, &lines)?);
        }
    }
    for (name, blob) in &notes {
        let (pair, rest) = name.split_at(2.min(name.len()));
        if crowded {
            let lines = lines_of(repository, *blob).map_err(ReadError::from)?;
            deeper.entry(pair).or_default().entry(rest).or_default().to_mut().extend(lines);
        } else {
            here.insert(name, *blob);
        }
    }
    for (pair, work) in deeper {
        let tree = write_level(repository, batch, subtrees.get(pair).copied(), work, digits - 2)?;
        subtrees.insert(pair, tree);
    }
    // What is no note gives way to one of its name: a tree cannot have both.
    let is_taken = |name: &[u8]| {
        std::str::from_utf8(name).is_ok_and(|name| here.contains_key(name) || subtrees.contains_key(name))
    };
    let kept: Vec<TreeEntry> = others.into_iter().filter(|entry| !is_taken(&entry.name)).collect();
    let notes =
        here.into_iter().map(|(name, blob)| TreeEntry::leaf(name.into(), Slot { mode: Mode::Regular, id: blob.0 }));
    let trees = subtrees.into_iter().map(|(name, tree)| TreeEntry::subtree(name.into(), tree));
    Ok(batch.tree(kept.into_iter().chain(notes).chain(trees).collect())?)
}

/// Adds the note of these lines to what is written.
fn write_note(batch: &mut Batch<'_>, lines: &Lines) -> Result<BlobId, git::WriteError> {
    match lines.first_key_value() {
        // The note is the line with its newline, and its id is known.
        Some((id, _)) if lines.len() == 1 => Ok(batch.known_blob(*id, join(lines))),
        _ => batch.blob(&join(lines)),
    }
}

/// The note of these lines: sorted, each with its newline, as `cat_sort_uniq` has them.
fn join(lines: &Lines) -> Vec<u8> {
    let mut sorted: Vec<&[u8]> = lines.values().map(Vec::as_slice).collect();
    sorted.sort_unstable();
    let mut note = Vec::with_capacity(sorted.iter().map(|line| line.len() + 1).sum());
    for line in sorted {
        note.extend_from_slice(line);
        note.push(b'\n');
    }
    note
}
