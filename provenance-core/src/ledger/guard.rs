//! The guard: what a server asks of a pushed ledger.
//!
//! It may only grow: fast-forward, no line gone, no note entry that is none. Each added line is an
//! envelope by a key in some published roster, filed under everything it names and nothing else;
//! or a pointer whose envelope is in the new ledger and names the entry it is filed under.

use super::compare::compare;
use super::read::{Ledger, Lines, ReadError, line_id, lines_of};
use super::{POINTER_THRESHOLD, places};
use crate::envelope::{Line, MAX_LINE, Verified};
use crate::finding::{Code, Finding};
use crate::gate::{Content, FiledLine, KeyRing};
use crate::git::Repository;
use crate::id::{BlobId, CommitId, ObjectId};
use crate::statement::Predicate;

/// How many findings are listed before the rest is only counted.
const MAX_FINDINGS: usize = 100;

/// What is wrong with a ledger moving from `old` to `new`; nothing where it may.
///
/// # Errors
/// [`ReadError`] when either ledger or the history between them cannot be read: the push must be
/// refused.
pub fn guard(
    repository: &Repository,
    old: Option<CommitId>,
    new: CommitId,
    ring: &KeyRing,
) -> Result<Vec<Finding>, ReadError> {
    if let Some(old) = old
        && !repository.is_ancestor(old, new)?
    {
        let message = format!("the ledger would move from {old} to {new}, which does not contain it");
        let hint = "run `git provenance sync`, which joins both ledgers and pushes again";
        return Ok(vec![Finding::error(Code::LedgerRewound, message).hint(hint)]);
    }
    let (before, after) = (Ledger::at(repository, old)?, Ledger::at(repository, Some(new))?);
    let mut guard = Guard { repository, after: &after, ring, findings: Vec::new() };
    let comparison = compare(repository, &before, &after)?;
    for path in &comparison.foreign {
        guard.refuse(Code::MalformedRecord, format!("the ledger's tree has an entry at {path} that is no note"));
    }
    for (id, difference) in &comparison.notes {
        let had = guard.lines(difference.left.iter())?;
        let has = guard.lines(difference.right.iter())?;
        for (line, text) in &had {
            if !has.contains_key(line) && !matches!(Line::parse(text), Line::Void(_)) {
                guard.refuse(Code::LedgerRewound, format!("the note of {id} would lose the line {line}"));
            }
        }
        for (line, text) in has.iter().filter(|(line, _)| !had.contains_key(line)) {
            guard.added(*id, *line, text)?;
        }
    }
    Ok(guard.findings)
}

struct Guard<'g> {
    repository: &'g Repository,
    after: &'g Ledger<'g>,
    ring: &'g KeyRing,
    findings: Vec<Finding>,
}

impl Guard<'_> {
    fn refuse(&mut self, code: Code, message: String) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding::error(code, message));
        }
    }

    fn lines<'b>(&self, blobs: impl Iterator<Item = &'b BlobId>) -> Result<Lines, ReadError> {
        let mut lines = Lines::new();
        for blob in blobs {
            lines.extend(lines_of(self.repository, *blob)?);
        }
        Ok(lines)
    }

    fn added(&mut self, id: ObjectId, blob: BlobId, text: &[u8]) -> Result<(), ReadError> {
        if text.len() > MAX_LINE {
            self.refuse(Code::MalformedRecord, format!("the note of {id} gains a line of {} bytes", text.len()));
            return Ok(());
        }
        let line = FiledLine::read(text, blob, self.ring);
        match line.content() {
            Content::Record(record) => self.record(id, blob, text, record),
            Content::Pointer(target) => self.pointer(id, *target),
            Content::UnknownKey { keyid, .. } => {
                self.refuse(
                    Code::UnknownKey,
                    format!("the note of {id} gains a record by {keyid}, nobody's key in a published roster"),
                );
                Ok(())
            }
            Content::Bad { reason, .. } => {
                self.refuse(
                    Code::BadSignature,
                    format!("the note of {id} gains a record that does not verify: {reason}"),
                );
                Ok(())
            }
            Content::Void { reason } => {
                self.refuse(
                    Code::MalformedRecord,
                    format!("the note of {id} gains a line that is no record: {reason}"),
                );
                Ok(())
            }
        }
    }

    /// A record lies under everything it names, itself or by pointer, and nowhere else.
    fn record(&mut self, id: ObjectId, blob: BlobId, text: &[u8], record: &Verified) -> Result<(), ReadError> {
        let named = places(record.statement());
        let stored_once = text.len() > POINTER_THRESHOLD;
        let rightful = if stored_once { id == blob.0 } else { named.contains(&id) || names_commit(record, id) };
        if !rightful {
            self.refuse(
                Code::MalformedRecord,
                format!("record {} is filed under {id}, which it does not name", record.id().short()),
            );
        }
        let pointer = line_id(self.repository, &crate::envelope::pointer_line(blob));
        for other in named {
            let lines = self.after.lines(&other)?;
            if !lines.contains_key(&blob) && !lines.contains_key(&pointer) {
                self.refuse(
                    Code::MalformedRecord,
                    format!("record {} names {other} and is not filed there", record.id().short()),
                );
            }
        }
        Ok(())
    }

    fn pointer(&mut self, id: ObjectId, target: BlobId) -> Result<(), ReadError> {
        let lines = self.after.lines(&target.0)?;
        let Some(text) = lines.get(&target) else {
            let message = format!("the note of {id} gains a pointer to {target}, which is not in the ledger");
            self.refuse(Code::DanglingPointer, message);
            return Ok(());
        };
        match FiledLine::read(text, target, self.ring).content() {
            // Commits get pointers too, for people who read `git log --notes`.
            Content::Record(record) if places(record.statement()).contains(&id) || names_commit(record, id) => {}
            _ => self
                .refuse(Code::MalformedRecord, format!("the note of {id} points to {target}, which does not name it")),
        }
        Ok(())
    }
}

fn names_commit(record: &Verified, id: ObjectId) -> bool {
    matches!(record.statement().predicate(), Predicate::Review(review) if review.head.is_some_and(|head| head.0 == id))
}
