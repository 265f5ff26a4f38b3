//! Filing: whether a line is a record that may be shared, and lies where it belongs.
//!
//! A record lies under everything it names and nowhere else: itself where it is short, else once under
//! its own blob id, with pointers to it. The head that a review names may have it too, for people
//! who read `git log --notes`. The [guard](super::guard) and [`sync`](super::union::outgoing) ask the
//! same thing here, so that the one never sends what the other refuses.
//!
//! Each line is read, and its places are looked up, once, however many notes have it.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::read::{Ledger, ReadError, line_id, line_ids};
use super::{POINTER_THRESHOLD, places};
use crate::envelope::{Line, MAX_LINE, pointer_line};
use crate::finding::Code;
use crate::gate::{Content, FiledLine, KeyRing};
use crate::git::Repository;
use crate::id::{BlobId, ObjectId};
use crate::statement::Predicate;

/// Why a line may not be shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: Code,
    pub(super) message: String,
}

impl Fault {
    fn new(code: Code, message: String) -> Self {
        Self { code, message }
    }
}

/// The lines of one ledger.
pub(super) struct Filing<'f> {
    repository: &'f Repository,
    ledger: &'f Ledger<'f>,
    ring: &'f KeyRing,
    read: RefCell<HashMap<BlobId, Rc<Read>>>,
    notes: RefCell<HashMap<BlobId, Rc<HashSet<BlobId>>>>,
}

/// A line that was read.
enum Read {
    Record(Named),
    Pointer(BlobId),
    /// What it is, to be said of the note that has it.
    Faulty(Fault),
}

/// What matters here of a record.
struct Named {
    short_id: String,
    places: BTreeSet<ObjectId>,
    head: Option<ObjectId>,
    stored_once: bool,
    /// A place where it is not filed.
    unfiled: Option<ObjectId>,
}

impl Named {
    fn names(&self, id: ObjectId) -> bool {
        self.places.contains(&id) || self.head == Some(id)
    }
}

impl<'f> Filing<'f> {
    pub(super) fn new(repository: &'f Repository, ledger: &'f Ledger<'f>, ring: &'f KeyRing) -> Self {
        Self { repository, ledger, ring, read: RefCell::default(), notes: RefCell::default() }
    }

    /// What is wrong with a line of the note of `id`.
    pub(super) fn fault(&self, id: ObjectId, blob: BlobId, text: &[u8]) -> Result<Option<Fault>, ReadError> {
        match &*self.line(blob, text)? {
            Read::Record(record) => Ok(misfiled(record, id, blob)),
            Read::Pointer(target) => self.pointer(id, *target),
            Read::Faulty(fault) => {
                Ok(Some(Fault::new(fault.code, format!("the note of {id} gains {}", fault.message))))
            }
        }
    }

    /// The ledger whose lines these are.
    pub(super) fn ledger(&self) -> &'f Ledger<'f> {
        self.ledger
    }

    /// The key that a line, or the one it points to, says it is by; none where it is no record.
    pub(super) fn keyid(&self, text: &[u8]) -> Result<Option<String>, ReadError> {
        match Line::parse(text) {
            Line::Envelope(envelope) => Ok(Some(envelope.keyid().to_owned())),
            Line::Void(_) => Ok(None),
            Line::Pointer(target) => {
                Ok(match self.ledger.lines(&target.0)?.get(&target).map(|text| Line::parse(text)) {
                    Some(Line::Envelope(envelope)) => Some(envelope.keyid().to_owned()),
                    _ => None,
                })
            }
        }
    }

    fn pointer(&self, id: ObjectId, target: BlobId) -> Result<Option<Fault>, ReadError> {
        let known = self.read.borrow().get(&target).cloned();
        let read = match known {
            Some(read) => read,
            None => match self.ledger.lines(&target.0)?.get(&target) {
                Some(text) => self.line(target, text)?,
                None => {
                    let message = format!("the note of {id} gains a pointer to {target}, which is not in the ledger");
                    return Ok(Some(Fault::new(Code::DanglingPointer, message)));
                }
            },
        };
        Ok(match &*read {
            Read::Record(record) if record.names(id) => misfiled(record, target.0, target),
            Read::Faulty(fault) => {
                Some(Fault::new(fault.code, format!("the note of {id} points to {}", fault.message)))
            }
            _ => {
                let message = format!("the note of {id} points to {target}, which does not name it");
                Some(Fault::new(Code::MalformedRecord, message))
            }
        })
    }

    fn line(&self, blob: BlobId, text: &[u8]) -> Result<Rc<Read>, ReadError> {
        if let Some(read) = self.read.borrow().get(&blob) {
            return Ok(Rc::clone(read));
        }
        let read = Rc::new(self.read(blob, text)?);
        self.read.borrow_mut().insert(blob, Rc::clone(&read));
        Ok(read)
    }

    fn read(&self, blob: BlobId, text: &[u8]) -> Result<Read, ReadError> {
        let faulty = |code: Code, message: String| Ok(Read::Faulty(Fault::new(code, message)));
        if text.len() > MAX_LINE {
            return faulty(Code::MalformedRecord, format!("a line of {} bytes", text.len()));
        }
        match FiledLine::read(text, blob, self.ring).content() {
            Content::Pointer(target) => Ok(Read::Pointer(*target)),
            Content::Record(record) => {
                let statement = record.statement();
                let head = match statement.predicate() {
                    Predicate::Review(review) => review.head.map(|head| head.0),
                    _ => None,
                };
                let places = places(self.repository, statement);
                let unfiled = self.unfiled(blob, &places)?;
                let stored_once = text.len() > POINTER_THRESHOLD;
                Ok(Read::Record(Named { short_id: record.id().short(), places, head, stored_once, unfiled }))
            }
            Content::UnknownKey { keyid, .. } => {
                faulty(Code::UnknownKey, format!("a record by {keyid}, nobody's key in a published roster"))
            }
            Content::Bad { reason, .. } => {
                faulty(Code::BadSignature, format!("a record that does not verify: {reason}"))
            }
            Content::Void { reason } => faulty(Code::MalformedRecord, format!("a line that is no record: {reason}")),
        }
    }

    /// The first place whose note has neither the line nor a pointer to it.
    fn unfiled(&self, blob: BlobId, places: &BTreeSet<ObjectId>) -> Result<Option<ObjectId>, ReadError> {
        let pointer = line_id(self.repository, &pointer_line(blob));
        for place in places {
            let mut filed = false;
            for note in self.ledger.notes(place)? {
                let lines = self.lines_in(note)?;
                filed |= lines.contains(&blob) || lines.contains(&pointer);
            }
            if !filed {
                return Ok(Some(*place));
            }
        }
        Ok(None)
    }

    fn lines_in(&self, note: BlobId) -> Result<Rc<HashSet<BlobId>>, ReadError> {
        if let Some(lines) = self.notes.borrow().get(&note) {
            return Ok(Rc::clone(lines));
        }
        let lines = Rc::new(line_ids(self.repository, note)?);
        self.notes.borrow_mut().insert(note, Rc::clone(&lines));
        Ok(lines)
    }
}

/// What is wrong with a record that lies in the note of `id`.
fn misfiled(record: &Named, id: ObjectId, blob: BlobId) -> Option<Fault> {
    let short_id = &record.short_id;
    let message = match record.unfiled {
        _ if record.stored_once && id != blob.0 => format!(
            "record {short_id} has more than {POINTER_THRESHOLD} bytes and is filed under {id} itself, expected there \
             a pointer to {blob}"
        ),
        _ if !record.stored_once && !record.names(id) => {
            format!("record {short_id} is filed under {id}, which it does not name")
        }
        Some(place) => format!("record {short_id} names {place} and is not filed there"),
        None => return None,
    };
    Some(Fault::new(Code::MalformedRecord, message))
}
