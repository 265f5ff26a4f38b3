//! Lines whose signature was tried, for those that read the same notes again: an audit meets a record at the
//! change it speaks of and at its neighbours of the same path, and verifies it once, on whichever core.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Bounds;
use crate::gate::{Content, FiledLine};
use crate::git::{Bounded, Weighed};
use crate::id::{BlobId, Sha256Digest};
use crate::key::Proof;

/// What it takes to hold a line beside what it says, about.
const PER_LINE: usize = 256;

/// Tried lines by the keys they were tried with.
#[derive(Debug)]
pub(super) struct Tried(Mutex<Held>);

#[derive(Debug)]
struct Held {
    lines: Weighed<FiledLine, (Sha256Digest, BlobId)>,
    notes: Weighed<Vec<BlobId>, BlobId>,
    proofs: Bounded<Proof, (Sha256Digest, BlobId)>,
}

/// What is known of a line.
pub(super) enum Known {
    /// All of it.
    Line(Arc<FiledLine>),
    /// What its signature proves.
    Proof(Proof),
}

impl Tried {
    /// None yet.
    pub(super) fn new(bounds: Bounds) -> Self {
        let lines = Weighed::new(bounds.lines, |line: &FiledLine| PER_LINE + line.len());
        let notes = Weighed::new(bounds.notes, |lines: &Vec<BlobId>| (2 + lines.len()) * size_of::<BlobId>());
        Self(Mutex::new(Held { lines, notes, proofs: Bounded::new(bounds.proofs) }))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lines of a note, if all of them were tried with these keys.
    pub(super) fn find(&self, keys: Sha256Digest, note: BlobId) -> Option<Vec<Arc<FiledLine>>> {
        let mut held = self.held();
        let blobs = held.notes.find(&note)?;
        blobs.iter().map(|blob| held.lines.find(&(keys, *blob))).collect()
    }

    /// What is known of one line, if it was tried with these keys.
    pub(super) fn line(&self, keys: Sha256Digest, blob: BlobId) -> Option<Known> {
        let (mut held, key) = (self.held(), (keys, blob));
        held.lines.find(&key).map(Known::Line).or_else(|| held.proofs.find(&key).map(Known::Proof))
    }

    /// Keeps which lines a note has.
    pub(super) fn keep_note(&self, note: BlobId, lines: impl Iterator<Item = BlobId>) {
        self.held().notes.insert(note, &Arc::new(lines.collect()));
    }

    /// Keeps lines that were tried with these keys.
    pub(super) fn keep<'l>(&self, keys: Sha256Digest, lines: impl Iterator<Item = &'l Arc<FiledLine>>) {
        let mut held = self.held();
        for line in lines {
            let key = (keys, line.blob());
            held.lines.insert(key, line);
            if let Content::Record(record) = line.content() {
                held.proofs.insert(key, *record.proof());
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use provenance_test_support::bench::{notes, policy_files};

    use super::*;
    use crate::gate::KeyRing;
    use crate::id::ObjectId;
    use crate::key::{FileSigner, Signer as _};
    use crate::policy::{Policy, PolicyFiles};

    fn blob(n: usize) -> BlobId {
        BlobId(ObjectId::from_bytes(&[&n.to_be_bytes()[..], &[0; 12]].concat()).unwrap())
    }

    /// The ring of the usual policy, with the key that signs notes instead of Wes's.
    pub(in crate::gather) fn ring() -> KeyRing {
        let [policy, people] = policy_files();
        let key = |seed| FileSigner::from_seed(&[seed; 32], "bench").unwrap().public_key().to_string();
        let people = people.replace(&key(3), &key(77));
        KeyRing::of([&Policy::load(&PolicyFiles::of(&people, &policy, None)).unwrap()])
    }

    #[test]
    fn a_line_that_is_held_no_more_is_still_proved() {
        let (ring, text) = (ring(), notes(1).remove(0).1);
        let read = |proof| FiledLine::read_again(text.trim_ascii_end(), blob(0), &ring, proof);
        let (tried, keys) = (Tried::new(Bounds::default()), ring.digest());
        tried.keep(keys, [&Arc::new(read(None))].into_iter());
        assert!(matches!(tried.line(keys, blob(0)), Some(Known::Line(_))));
        let debris = [b'x'; 1 << 20];
        let others = (1..=2 * Bounds::default().lines / debris.len())
            .map(|n| Arc::new(FiledLine::read(&debris, blob(n), &ring)));
        tried.keep(keys, others.collect::<Vec<_>>().iter());
        let Some(Known::Proof(proof)) = tried.line(keys, blob(0)) else { panic!("it was verified before") };
        let (again, anew) = (read(Some(proof)), read(None));
        assert!(
            matches!((again.content(), anew.content()), (Content::Record(it), Content::Record(other)) if it == other)
        );
        assert!(tried.line(Sha256Digest::of(b"other keys"), blob(0)).is_none(), "another ring may lack the key");
        assert!(tried.line(keys, blob(1)).is_none(), "what proves nothing is not remembered");
    }
}
