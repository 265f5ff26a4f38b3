//! The guard: what a server asks of a pushed ledger.
//!
//! It may only grow: fast-forward, no line gone, no note entry that is none. Each added line is an
//! envelope by a key in some published roster, filed under everything it names and nothing else;
//! or a pointer whose envelope is in the new ledger and names the entry it is filed under.
//!
//! What it costs is linear in what is pushed: notes that grow beyond a bound are refused unread, and
//! after a hundred findings it looks no further.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use super::compare::{Difference, compare};
use super::filing::Filing;
use super::read::{Ledger, Lines, ReadError, lines_of};
use super::{
    MAX_BYTES_OF_ONE_KEY, MAX_LINES_OF_ONE_KEY, MAX_NOTE, MAX_PUSHED_LINES, MAX_PUSHED_NOTE, MAX_STORED_OF_ONE_KEY,
    POINTER_THRESHOLD,
};
use crate::envelope::{Line, pointer};
use crate::finding::{Code, Finding};
use crate::gate::KeyRing;
use crate::git::Repository;
use crate::id::{BlobId, CommitId, ObjectId};

/// How many findings are listed; beyond it nothing is looked at.
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
    let filing = Filing::new(repository, &after, ring);
    let mut guard = Guard { repository, filing, findings: Vec::new(), stored: HashMap::new() };
    let comparison = compare(repository, &before, &after)?;
    for path in &comparison.foreign {
        guard.refuse(Code::MalformedRecord, format!("the ledger's tree has an entry at {path} that is no note"));
    }
    for (id, difference) in &comparison.notes {
        if guard.findings.len() >= MAX_FINDINGS {
            break;
        }
        guard.note(*id, difference)?;
    }
    Ok(guard.findings)
}

/// What one key has of a note. A line that is stored once stands in its own note alone, and is counted where its pointers are.
#[derive(Default)]
struct Share {
    lines: usize,
    bytes: u64,
    stored: u64,
}

impl Share {
    const ROOM: Self = Self { lines: MAX_LINES_OF_ONE_KEY, bytes: MAX_BYTES_OF_ONE_KEY, stored: MAX_STORED_OF_ONE_KEY };

    /// A line, and how much it leads to.
    fn add(&mut self, line: &[u8], stored: u64) {
        if line.len() <= POINTER_THRESHOLD {
            self.lines += 1;
            self.bytes += line.len() as u64;
            self.stored += stored;
        }
    }

    fn fits(&self) -> bool {
        self.lines <= Self::ROOM.lines && self.bytes <= Self::ROOM.bytes && self.stored <= Self::ROOM.stored
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mebibytes = |bytes: u64| bytes.div_ceil(1024 * 1024);
        let (here, stored) = (mebibytes(self.bytes), mebibytes(self.stored));
        write!(f, "{} lines of {here} MiB and pointers to {stored} MiB", self.lines)
    }
}

struct Guard<'g> {
    repository: &'g Repository,
    filing: Filing<'g>,
    findings: Vec<Finding>,
    /// The bytes of what pointers lead to.
    stored: HashMap<BlobId, u64>,
}

impl Guard<'_> {
    fn refuse(&mut self, code: Code, message: String) {
        let finding = Finding::error(code, message);
        if self.findings.len() < MAX_FINDINGS && !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    fn note(&mut self, id: ObjectId, difference: &Difference) -> Result<(), ReadError> {
        if !self.fits(id, &difference.right)? {
            return Ok(());
        }
        let (had, has) = (self.lines(&difference.left)?, self.lines(&difference.right)?);
        for (line, text) in &had {
            if !has.contains_key(line) && !matches!(Line::parse(text), Line::Void(_)) {
                self.refuse(Code::LedgerRewound, format!("the note of {id} would lose the line {line}"));
            }
        }
        self.crowded(id, &had, &has)?;
        for (line, text) in has.iter().filter(|(line, _)| !had.contains_key(line)) {
            if self.findings.len() >= MAX_FINDINGS {
                break;
            }
            if let Some(fault) = self.filing.fault(id, *line, text)? {
                self.refuse(fault.code, fault.message);
            }
        }
        Ok(())
    }

    /// Whether a note is within the bounds of what is read of a push.
    fn fits(&mut self, id: ObjectId, blobs: &BTreeSet<BlobId>) -> Result<bool, ReadError> {
        let (mut bytes, mut lines) = (0, 0);
        for blob in blobs {
            bytes += self.repository.header(&blob.0)?.map_or(0, |(_, size)| size);
            // A line has a byte and its newline at least.
            if bytes <= MAX_PUSHED_NOTE && bytes > 2 * MAX_PUSHED_LINES as u64 {
                let note = self.repository.blob(*blob, MAX_NOTE)?;
                lines += note.iter().filter(|byte| **byte == b'\n').count();
            }
        }
        if bytes > MAX_PUSHED_NOTE || lines > MAX_PUSHED_LINES {
            let message =
                format!("the note of {id} would be larger than {MAX_PUSHED_NOTE} bytes or {MAX_PUSHED_LINES} lines");
            self.refuse(Code::MalformedRecord, message);
            return Ok(false);
        }
        Ok(true)
    }

    /// Refuses lines by a key that has taken its share of a note.
    fn crowded(&mut self, id: ObjectId, had: &Lines, has: &Lines) -> Result<(), ReadError> {
        let mut all = Share::default();
        for text in has.values() {
            all.add(text, self.stored(text)?);
        }
        if all.fits() {
            return Ok(());
        }
        let (mut shares, mut gaining): (BTreeMap<String, Share>, BTreeSet<String>) = Default::default();
        for (line, text) in has {
            let Some(keyid) = self.filing.keyid(text)? else { continue };
            shares.entry(keyid.clone()).or_default().add(text, self.stored(text)?);
            if !had.contains_key(line) {
                gaining.insert(keyid);
            }
        }
        for (keyid, share) in shares.iter().filter(|(keyid, share)| gaining.contains(*keyid) && !share.fits()) {
            let message =
                format!("the note of {id} would have {share} by {keyid}, and one key has room for {}", Share::ROOM);
            self.refuse(Code::MalformedRecord, message);
        }
        Ok(())
    }

    /// How many bytes a line leads to, if it is a pointer.
    fn stored(&mut self, text: &[u8]) -> Result<u64, ReadError> {
        let Some(target) = pointer(text) else { return Ok(0) };
        if let Some(known) = self.stored.get(&target) {
            return Ok(*known);
        }
        let mut bytes = 0;
        for blob in self.filing.ledger().notes(&target.0)? {
            bytes += self.repository.header(&blob.0)?.map_or(0, |(_, size)| size);
        }
        self.stored.insert(target, bytes);
        Ok(bytes)
    }

    fn lines(&self, blobs: &BTreeSet<BlobId>) -> Result<Lines, ReadError> {
        let mut lines = Lines::new();
        for blob in blobs {
            lines.extend(lines_of(self.repository, *blob)?);
        }
        Ok(lines)
    }
}

#[cfg(test)]
mod tests {
    use provenance_test_support::Repo;

    use super::*;
    use crate::envelope::pointer_line;

    /// A ledger of so many lines of fifty megabytes that say they are by a key, and the pointers to them.
    fn stored(repo: &Repo, lines: usize) -> (CommitId, Lines) {
        let payload = "A".repeat(50_000_000);
        let mut pointers = Lines::new();
        let mut stream = "commit refs/notes/provenance\ncommitter x <x@example.com> 0 +0000\ndata 0\n".to_owned();
        for n in 0..lines {
            let line = format!(
                r#"{{"payloadType":"application/vnd.in-toto+json","payload":"{payload}","signatures":[{{"keyid":"SHA256:x","sig":"AAA{n}"}}]}}"#
            ) + "\n";
            let target: BlobId = repo.git_with(&["hash-object", "-w", "--stdin"], &line).parse().unwrap();
            stream += &format!("M 100644 {target} {target}\n");
            let pointer = pointer_line(target);
            pointers.insert(target, pointer);
        }
        repo.fast_import(stream);
        (repo.rev("refs/notes/provenance").parse().unwrap(), pointers)
    }

    #[test]
    fn one_key_does_not_take_the_memory_of_whoever_reads_a_note_by_what_its_pointers_lead_to() {
        let repo = Repo::new();
        let (tip, pointers) = stored(&repo, 3);
        let repository = Repository::discover(repo.path()).unwrap();
        let (ledger, ring) = (Ledger::at(&repository, Some(tip)).unwrap(), KeyRing::default());
        let found = |had: usize, has: usize| {
            let some = |count: usize| pointers.clone().into_iter().take(count).collect::<Lines>();
            let filing = Filing::new(&repository, &ledger, &ring);
            let mut guard = Guard { repository: &repository, filing, findings: Vec::new(), stored: HashMap::new() };
            guard.crowded(tip.0, &some(had), &some(has)).unwrap();
            guard.findings
        };
        assert_eq!(found(0, 2), []);
        let refused = found(2, 3);
        assert!(
            refused.len() == 1 && refused[0].message.contains("3 lines of 1 MiB and pointers to 144 MiB by SHA256:x"),
            "{refused:?}"
        );
        // Nobody adds anything to what has outgrown it before.
        assert_eq!(found(3, 3), []);
    }
}
