//! Notes: read once each, their lines parsed and verified once, on all cores.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, mpsc};

use super::tried::Known;
use super::{Gatherer, undecided};
use crate::finding::Code;
use crate::gate::{Answer, Content, FiledLine, KeyRing, Question};
use crate::git::cores;
use crate::id::{BlobId, ObjectId};
use crate::key::Proof;
use crate::ledger::{self, lines_of, topic_id};
use crate::statement::Topic;

/// So many rounds of questions are answered to the letter.
const PATIENCE: u32 = 8;
/// A note of more lines than this is shared by many paths.
const REVOCABLE: usize = 64;
/// Fewer lines than this are verified on one core.
const PARALLEL_ABOVE: usize = 32;

impl Gatherer<'_> {
    /// Reads notes; and where the gate has come back often, since each note it asks for names the next,
    /// more and more of what these lead to. A line of reviews is so read in few rounds however long.
    pub(super) fn notes_and_beyond(&self, asked: Vec<ObjectId>) -> Vec<(Question, Answer)> {
        let round = self.rounds.get() + 1;
        self.rounds.set(round);
        let mut budget = round.checked_sub(PATIENCE).map_or(0, |late| 1usize << late.min(12));
        let mut answers = self.notes(&asked);
        let mut newest = answers.len();
        let revocations = self.revocations(&answers);
        while budget > 0 && newest > 0 {
            let from = answers.len() - newest;
            let onward: BTreeSet<ObjectId> =
                answers[from..].iter().flat_map(|(asked, answer)| onward(asked, answer)).collect();
            let read = self.read.borrow();
            let next: Vec<ObjectId> = onward.into_iter().filter(|id| !read.contains(id)).take(budget).collect();
            drop(read);
            (newest, budget) = (next.len(), budget - next.len());
            answers.extend(self.notes(&next));
        }
        answers.extend(revocations);
        answers
    }

    /// The notes of what revokes the records in these answers: it would be asked a round later, and each round
    /// judges everything anew.
    fn revocations(&self, answers: &[(Question, Answer)]) -> Vec<(Question, Answer)> {
        let records: BTreeSet<ObjectId> = answers.iter().flat_map(|(_, answer)| revocable(answer)).collect();
        let read = self.read.borrow();
        let unread: Vec<ObjectId> = records.into_iter().filter(|id| !read.contains(id)).collect();
        drop(read);
        self.notes(&unread)
    }

    /// Reads notes, and meanwhile verifies the lines that are new.
    fn notes(&self, ids: &[ObjectId]) -> Vec<(Question, Answer)> {
        self.read.borrow_mut().extend(ids);
        self.read_ahead(ids);
        let mut read: Vec<(ObjectId, Result<BTreeSet<BlobId>, ledger::ReadError>)> = Vec::with_capacity(ids.len());
        let verified = verify(self.ring, |hand_over| {
            let mut new = HashSet::new();
            let mut meet = |blob, text| {
                if self.lines.borrow().contains_key(&blob) || !new.insert(blob) {
                    return;
                }
                match self.shared.and_then(|(keys, shared)| shared.tried.line(keys, blob)) {
                    Some(Known::Line(line)) => drop(self.lines.borrow_mut().insert(blob, line)),
                    Some(Known::Proof(proof)) => hand_over(blob, text, Some(proof)),
                    None => hand_over(blob, text, None),
                }
            };
            read.extend(ids.iter().map(|id| (*id, self.line_ids(id, &mut meet))));
        });
        let mut known = self.lines.borrow_mut();
        let verified: Vec<Arc<FiledLine>> = verified.into_iter().map(Arc::new).collect();
        if let Some((keys, shared)) = self.shared {
            shared.tried.keep(keys, verified.iter());
        }
        known.extend(verified.into_iter().map(|line| (line.blob(), line)));
        let answer = |blobs: Result<BTreeSet<BlobId>, ledger::ReadError>| match blobs {
            Ok(blobs) => Answer::Lines(blobs.iter().filter_map(|blob| known.get(blob).cloned()).collect()),
            Err(error) => undecided(Code::UndecidedObject, &error),
        };
        read.into_iter().map(|(id, blobs)| (Question::Lines(id), answer(blobs))).collect()
    }

    /// The ids of the lines filed under an id, over every fan-out. Each note is read once, and its lines
    /// handed over then.
    fn line_ids(
        &self,
        id: &ObjectId,
        meet: &mut dyn FnMut(BlobId, Vec<u8>),
    ) -> Result<BTreeSet<BlobId>, ledger::ReadError> {
        let mut found = BTreeSet::new();
        let notes = self.filed.borrow().get(id).cloned();
        for note in notes.map_or_else(|| self.ledger.notes(id), Ok)? {
            if let Some(lines) = self.notes.borrow().get(&note) {
                found.extend(lines);
                continue;
            }
            if let Some(lines) = self.shared.and_then(|(keys, shared)| shared.tried.find(keys, note)) {
                self.notes.borrow_mut().insert(note, lines.iter().map(|line| line.blob()).collect());
                found.extend(lines.iter().map(|line| line.blob()));
                self.lines.borrow_mut().extend(lines.into_iter().map(|line| (line.blob(), line)));
                continue;
            }
            let lines = lines_of(self.repository, note)?;
            if let Some((_, shared)) = self.shared {
                shared.tried.keep_note(note, lines.keys().copied());
            }
            self.notes.borrow_mut().insert(note, lines.keys().copied().collect());
            found.extend(lines.keys());
            lines.into_iter().for_each(|(blob, text)| meet(blob, text));
        }
        Ok(found)
    }

    /// The notes of topics, whose texts have ids like any content.
    pub(super) fn topics(&self, topics: &[&Topic]) -> Vec<(Question, Answer)> {
        let ids: Vec<ObjectId> = topics.iter().map(|topic| topic_id(self.repository, topic)).collect();
        let answers: HashMap<Question, Answer> = self.notes(&ids).into_iter().collect();
        let filed = |(topic, id): (&&Topic, &ObjectId)| {
            Some((Question::Topic((*topic).clone()), answers.get(&Question::Lines(*id))?.clone()))
        };
        topics.iter().zip(&ids).filter_map(filed).collect()
    }
}

/// The entries that records in an answered note lead to from the id that was asked for.
fn onward(asked: &Question, answer: &Answer) -> Vec<ObjectId> {
    let (Question::Lines(id), Answer::Lines(lines)) = (asked, answer) else { return Vec::new() };
    let changes = lines.iter().flat_map(|line| match line.content() {
        Content::Record(record) => record.statement().changes(),
        _ => &[],
    });
    let from_here = changes.filter(|change| change.before().is_some_and(|entry| entry.id() == *id));
    from_here.filter_map(|change| change.after()).map(|entry| entry.id()).collect()
}

/// The ids under which revocations of the records in an answer are filed; none of a note with so many records that
/// most will not be asked about.
fn revocable(answer: &Answer) -> impl Iterator<Item = ObjectId> {
    let lines = if let Answer::Lines(lines) = answer { lines.as_slice() } else { &[] };
    let lines = if lines.len() <= REVOCABLE { lines } else { &[] };
    lines.iter().filter(|line| matches!(line.content(), Content::Record(_))).map(|line| line.blob().0)
}

/// The lines that `read` hands over, in any order, each with its signature tried: on the other cores
/// while `read` goes on, and on all of them once it is done.
pub(super) fn verify(
    ring: &KeyRing,
    read: impl FnOnce(&mut dyn FnMut(BlobId, Vec<u8>, Option<Proof>)),
) -> Vec<FiledLine> {
    let others = cores() - 1;
    let (sender, receiver) = mpsc::channel::<(BlobId, Vec<u8>, Option<Proof>)>();
    let receiver = Mutex::new(receiver);
    let work = || -> Vec<FiledLine> {
        let next = || receiver.lock().expect("receiving does not panic").recv().ok();
        let line = |(blob, text, proved): (_, Vec<u8>, _)| FiledLine::read_again(&text, blob, ring, proved);
        std::iter::from_fn(next).map(line).collect()
    };
    std::thread::scope(|scope| {
        let (mut handed_over, mut workers) = (0, Vec::new());
        read(&mut |blob, text, proved| {
            handed_over += 1;
            if handed_over == PARALLEL_ABOVE {
                workers.extend((0..others).map(|_| scope.spawn(work)));
            }
            sender.send((blob, text, proved)).expect("the receiver lives longer");
        });
        drop(sender);
        let mut lines = work();
        lines.extend(workers.into_iter().flat_map(|worker| worker.join().expect("reading a line does not panic")));
        lines
    })
}
