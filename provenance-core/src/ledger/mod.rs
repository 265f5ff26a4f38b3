//! The ledger: the notes ref that holds envelopes, one a line.
//!
//! A note is a set of lines, each complete in itself, so union is the merge: in any order, in any
//! clone. Reading a note touches only the subtrees on its path, under every fan-out that git
//! writes ([`Ledger`]); writing puts many lines into one commit with git's fan-out and
//! compare-and-swaps the ref until nothing is lost ([`append`]); [`union`](mod@union) joins two
//! ledgers and puts back what was dropped; [`guard`](mod@guard) is what a server asks of a pushed one.

mod append;
mod compare;
mod fanout;
mod filing;
pub mod guard;
mod heal;
mod read;
pub mod union;

pub use append::{Additions, AppendError, Appended, Author, append, append_to, prepare, swap_in};
pub use read::{Ledger, Lines, ReadError, lines_of};

use std::collections::BTreeSet;

use crate::entry::{Change, Entry};
use crate::git::Repository;
use crate::id::ObjectId;
use crate::path::RefName;
use crate::statement::{Incident, IncidentStep, Predicate, Statement, Topic};

/// The ledger's ref. Nothing configures another one.
pub const LEDGER_REF: &str = "refs/notes/provenance";

/// The notes ref of what other tools said of AI, kept as it was found: nobody has signed it, and the
/// gate never reads it.
pub const IMPORTED_REF: &str = "refs/notes/provenance-imported";

/// A note larger than this is not read, in bytes: the gate cannot decide on it.
pub const MAX_NOTE: u64 = 512 * 1024 * 1024;

/// A pushed note that grows beyond this is refused, in bytes: room for the longest line twice over.
pub const MAX_PUSHED_NOTE: u64 = 128 * 1024 * 1024;

/// A pushed note that grows beyond this many lines is refused.
pub const MAX_PUSHED_LINES: usize = 200_000;

/// A pushed note in which one key has more lines than this is refused: whoever filled a note of popular content would keep all
/// others from filing there, for good.
pub const MAX_LINES_OF_ONE_KEY: usize = MAX_PUSHED_LINES / 8;

/// The same of the records that pointers lead to, in bytes: whoever reads the note has all of them in memory. Room for the longest
/// line twice over.
pub const MAX_STORED_OF_ONE_KEY: u64 = 128 * 1024 * 1024;

/// The same in bytes, of lines that are not stored once.
pub const MAX_BYTES_OF_ONE_KEY: u64 = 32 * 1024 * 1024;

/// An envelope longer than this is stored once and pointed to, in bytes.
pub const POINTER_THRESHOLD: usize = 16 * 1024;

/// The ids that a record is filed under: both ends of every change it names, for a revocation the
/// envelope that it revokes, for kinds about a person or a path the blob id of that [`Topic`]'s text.
pub fn places(repository: &Repository, statement: &Statement) -> BTreeSet<ObjectId> {
    let mut places: BTreeSet<ObjectId> =
        statement.changes().iter().flat_map(Change::ends).map(|entry| entry.id()).collect();
    places.extend(statement.topic().map(|topic| topic_id(repository, &topic)));
    match statement.predicate() {
        Predicate::Revocation(revocation) => drop(places.insert(revocation.envelope.0)),
        Predicate::Incident(Incident { step: IncidentStep::Open { entry, .. }, .. }) => {
            places.extend(entry.iter().map(Entry::id));
        }
        Predicate::Incident(Incident { step: IncidentStep::Correct { change, .. }, .. }) => {
            places.extend(change.ends().map(|entry| entry.id()));
        }
        _ => {}
    }
    places
}

/// The id that records of a topic are filed under.
pub fn topic_id(repository: &Repository, topic: &Topic) -> ObjectId {
    repository.hash_blob(topic.text().as_bytes()).0
}

/// [`LEDGER_REF`] as a checked name.
pub fn ledger_ref() -> RefName {
    LEDGER_REF.parse().expect("the constant is a well-formed ref name")
}
