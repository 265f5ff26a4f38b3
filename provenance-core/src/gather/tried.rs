//! Lines whose signature was tried, for those that read the same notes again: an audit meets a record at the
//! change it speaks of and at its neighbours of the same path, and verifies it once, on whichever core.

use std::sync::{Arc, Mutex, PoisonError};

use crate::gate::FiledLine;
use crate::git::Bounded;
use crate::id::{BlobId, Sha256Digest};

/// So many lines and notes are held, at most about twice: some tens of megabytes.
const HELD: usize = 6_000;

/// Tried lines by the keys they were tried with.
#[derive(Debug)]
pub(crate) struct Tried(Mutex<Held>);

#[derive(Debug)]
struct Held {
    lines: Bounded<Arc<FiledLine>, (Sha256Digest, BlobId)>,
    notes: Bounded<Arc<[BlobId]>, BlobId>,
}

impl Tried {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Held { lines: Bounded::new(HELD), notes: Bounded::new(HELD) }))
    }

    /// The lines of a note, if all of them were tried with these keys.
    pub(super) fn find(&self, keys: Sha256Digest, note: BlobId) -> Option<Vec<Arc<FiledLine>>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let blobs = held.notes.find(&note)?;
        blobs.iter().map(|blob| held.lines.find(&(keys, *blob))).collect()
    }

    /// Keeps which lines a note has.
    pub(super) fn keep_note(&self, note: BlobId, lines: impl Iterator<Item = BlobId>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.notes.insert(note, lines.collect());
    }

    /// Keeps lines that were tried with these keys.
    pub(super) fn keep<'l>(&self, keys: Sha256Digest, lines: impl Iterator<Item = &'l Arc<FiledLine>>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.for_each(|line| held.lines.insert((keys, line.blob()), Arc::clone(line)));
    }
}
