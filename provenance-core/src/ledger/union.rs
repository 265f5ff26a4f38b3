//! Union: joining two ledgers line by line. Commutative, associative, idempotent.

use std::collections::BTreeSet;

use super::append::{Additions, AppendError, Author, MAX_TRIES, prepare, swap_in};
use super::compare::compare;
use super::filing::Filing;
pub use super::heal::heal;
use super::read::{Ledger, Lines, ReadError, lines_of};
use crate::envelope::Line;
use crate::gate::KeyRing;
use crate::git::{Repository, Swap};
use crate::id::{BlobId, CommitId};

/// The lines that `there` has and `here` has not.
///
/// # Errors
/// [`ReadError`] when an object of either ledger cannot be read, or too many notes of `there` lie in folders that
/// stand in several places.
pub fn missing(repository: &Repository, here: &Ledger<'_>, there: &Ledger<'_>) -> Result<Additions, ReadError> {
    let mut additions = Additions::new();
    for (id, difference) in compare(repository, here, there)?.whole()?.notes {
        let lines = lacking(repository, difference.left, difference.right)?;
        if !lines.is_empty() {
            additions.extend(id, lines);
        }
    }
    Ok(additions)
}

/// The lines of some blobs that others have not.
fn lacking(repository: &Repository, have: BTreeSet<BlobId>, blobs: BTreeSet<BlobId>) -> Result<Lines, ReadError> {
    let have = lines_in(repository, have)?;
    let mut lines = lines_in(repository, blobs)?;
    lines.retain(|line, _| !have.contains_key(line));
    Ok(lines)
}

fn lines_in(repository: &Repository, blobs: impl IntoIterator<Item = BlobId>) -> Result<Lines, ReadError> {
    let mut lines = Lines::new();
    for blob in blobs {
        lines.extend(lines_of(repository, blob)?);
    }
    Ok(lines)
}

/// What may be sent to another ledger, and what of ours stays here.
#[derive(Debug, Default)]
pub struct Outgoing {
    /// The lines that the other has not and may have.
    pub additions: Additions,
    /// Lines that stay here.
    pub foreign_lines: usize,
    /// Entries of our tree that are no notes and stay here.
    pub foreign_entries: usize,
}

impl Outgoing {
    /// Whether our ledger may be sent as it is.
    pub fn is_whole(&self) -> bool {
        self.foreign_lines == 0 && self.foreign_entries == 0
    }
}

/// Parts what `ours` has and `theirs` has not into what a server's [guard](super::guard) takes and
/// what it would refuse: lines that are no records, records that do not verify, are by keys that
/// `ring` does not know, or do not lie where they belong. Without a ring only the form is asked for.
///
/// # Errors
/// As [`missing`].
pub fn outgoing(
    repository: &Repository,
    theirs: &Ledger<'_>,
    ours: &Ledger<'_>,
    ring: Option<&KeyRing>,
) -> Result<Outgoing, ReadError> {
    let filing = ring.map(|ring| Filing::new(repository, ours, ring));
    let comparison = compare(repository, theirs, ours)?.whole()?;
    let mut outgoing = Outgoing { foreign_entries: comparison.foreign.len(), ..Outgoing::default() };
    for (id, difference) in comparison.notes {
        let mut keep = Lines::new();
        for (blob, text) in lacking(repository, difference.left, difference.right)? {
            let goes = match &filing {
                Some(filing) => filing.fault(id, blob, &text)?.is_none(),
                None => !matches!(Line::parse(&text), Line::Void(_)),
            };
            if goes {
                keep.insert(blob, text);
            } else {
                outgoing.foreign_lines += 1;
            }
        }
        if !keep.is_empty() {
            outgoing.additions.extend(id, keep);
        }
    }
    Ok(outgoing)
}

/// Writes the commit on top of `base` that adds these lines, moving no ref; `base` itself where
/// there is nothing to add.
///
/// # Errors
/// [`AppendError`] when an object can be neither read nor written.
pub fn on_top(
    repository: &Repository,
    base: Option<CommitId>,
    additions: &Additions,
    author: &Author,
) -> Result<Option<CommitId>, AppendError> {
    let ledger = Ledger::at(repository, base)?;
    Ok(prepare(repository, &ledger, additions, author, &[])?.map_or(base, |(commit, _)| Some(commit)))
}

/// Joins another ledger into ours. Where the other has all our lines and contains our commits, the
/// ref just moves forward; where it has nothing that we lack and we contain it, nothing is done;
/// else a commit holds the union. Histories alone decide nothing: a line that somebody took out
/// without a guard is put back.
///
/// # Errors
/// [`AppendError`]; our ledger is then as it was.
pub fn join(repository: &Repository, other: CommitId, author: &Author) -> Result<Option<CommitId>, AppendError> {
    for _ in 0..MAX_TRIES {
        let ours = Ledger::open(repository)?;
        let target = joined(repository, &ours, other, author)?;
        if ours.commit() == Some(target) || swap_in(repository, ours.commit(), target, author)? == Swap::Done {
            return Ok(Some(target));
        }
    }
    Err(AppendError::Contended)
}

fn joined(
    repository: &Repository,
    ours: &Ledger<'_>,
    other: CommitId,
    author: &Author,
) -> Result<CommitId, AppendError> {
    let Some(mine) = ours.commit().filter(|mine| *mine != other) else { return Ok(other) };
    let contains = |old, new| repository.is_ancestor(old, new).map_err(|error| AppendError::Read(error.into()));
    let theirs = Ledger::at(repository, Some(other))?;
    let additions = missing(repository, ours, &theirs)?;
    let behind = contains(other, mine)?;
    if behind && additions.is_empty() {
        return Ok(mine);
    }
    if !behind && contains(mine, other)? && missing(repository, &theirs, ours)?.is_empty() {
        return Ok(other);
    }
    let merged = if behind { &[][..] } else { &[other] };
    Ok(prepare(repository, ours, &additions, author, merged)?.map_or(mine, |(commit, _)| commit))
}
