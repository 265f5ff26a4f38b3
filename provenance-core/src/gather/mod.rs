//! Gathering: from the gate's questions to a repository's answers.
//!
//! A [`Gatherer`] answers questions in batches, so that one walk over a stretch of history serves
//! every path, and each envelope is parsed and verified once, on all cores. What it cannot find out
//! it answers with [`Answer::Undecided`], which blocks; it never leaves a question out.

mod branch;
mod chain;
mod cores;
mod every;
mod marks;
mod named;
mod notes;
mod shown;
mod tried;

pub(crate) use marks::ForeignMarks;
pub(crate) use named::{identities, touched};

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use branch::Branch;
use tried::Tried;

use crate::entry::Slot;
use crate::finding::{Code, Finding};
use crate::gate::{
    Answer, Case, Content, Evidence, FiledLine, KeyRing, MergeResult, MergedBlob, Merges, Outcome, Question, judge,
    may_review,
};
use crate::git::{ReadError, Repository};
use crate::id::{BlobId, CommitId, ObjectId, Sha256Digest};
use crate::key::Fingerprint;
use crate::ledger::{self, Ledger};
use crate::merge::{self, Algorithm, Merged};
use crate::name::PersonId;
use crate::page;
use crate::path::RepoPath;
use crate::report::Report;
use crate::statement::{Predicate, Statement, Term, Waiver};
use crate::time::{Day, Timestamp};

/// Texts larger than this together have no merge, in bytes.
const MAX_MERGE: u64 = 64 << 20;
/// A page larger than this is not looked at for images, in bytes.
const MAX_PAGE: u64 = 8 << 20;

/// Judges a case: asks the gate, answers its questions, until there is a report.
pub fn decide(case: &Case<'_>, gatherer: &Gatherer<'_>) -> Report {
    settle(gatherer, |evidence| match judge(case, evidence) {
        Outcome::Report(report) => Ok(*report),
        Outcome::Questions(questions) => Err(questions),
    })
}

/// Why a person's review of the case's changes would not count, path by path.
pub fn ineligible(case: &Case<'_>, gatherer: &Gatherer<'_>, person: &PersonId) -> Vec<Finding> {
    settle(gatherer, |evidence| may_review(case, evidence, person))
}

fn settle<T>(gatherer: &Gatherer<'_>, ask: impl Fn(&Evidence) -> Result<T, BTreeSet<Question>>) -> T {
    let mut evidence = Evidence::new();
    loop {
        match ask(&evidence) {
            Ok(settled) => return settled,
            Err(questions) => {
                gatherer.answer(&questions).into_iter().for_each(|(question, answer)| evidence.add(question, answer));
            }
        }
    }
}

/// How much is remembered of what is shared, of each at most about twice as much. No answer depends on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Bytes of lines that are held whole: sixteen thousand lines, as they mostly are.
    pub(crate) lines: usize,
    /// Bytes that it takes to hold which lines notes have: some twenty thousand notes.
    pub(crate) notes: usize,
    /// Lines of which is held what their signature proves: some megabytes.
    pub(crate) proofs: usize,
    /// Steps and moves together of a branch that is held: more would take gigabytes. A larger one is walked, question
    /// by question.
    pub(crate) moves: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { lines: 24 << 20, notes: 4 << 20, proofs: 64_000, moves: 4_000_000 }
    }
}

/// What is found out once for all the steps of a branch, on whichever core.
#[derive(Debug)]
pub(crate) struct Shared {
    tried: Tried,
    branch: Branch,
}

impl Shared {
    /// Nothing yet of the branch with this tip; and never more than this.
    pub(crate) fn of(tip: CommitId, bounds: Bounds) -> Self {
        Self { tried: Tried::new(bounds), branch: Branch::of(tip, bounds.moves) }
    }
}

/// Answers the gate's questions from a repository and its ledger.
#[derive(Debug)]
pub struct Gatherer<'r> {
    repository: &'r Repository,
    ledger: &'r Ledger<'r>,
    ring: &'r KeyRing,
    lines: RefCell<HashMap<BlobId, Arc<FiledLine>>>,
    /// The lines of each note that was read: a record alone in its notes is the same note under each id.
    notes: RefCell<HashMap<BlobId, Vec<BlobId>>>,
    /// The notes of ids that were read ahead.
    filed: RefCell<HashMap<ObjectId, Vec<BlobId>>>,
    /// The repository once more for each other core, with what it has read.
    readers: RefCell<Vec<Repository>>,
    /// The ids whose notes were read.
    read: RefCell<HashSet<ObjectId>>,
    rounds: Cell<u32>,
    /// What others that use the keys of this digest have found out.
    shared: Option<(Sha256Digest, &'r Shared)>,
    chains: chain::Chains<'r>,
    news: named::News<'r>,
    contents: marks::Contents,
}

impl<'r> Gatherer<'r> {
    /// A gatherer that tries signatures with these keys.
    pub fn new(repository: &'r Repository, ledger: &'r Ledger<'r>, ring: &'r KeyRing) -> Self {
        let (chains, news) = (chain::Chains::new(repository), named::News::new(repository));
        let (lines, notes, read) = (RefCell::default(), RefCell::default(), RefCell::default());
        let (filed, readers) = (RefCell::default(), RefCell::default());
        Self {
            repository,
            ledger,
            ring,
            lines,
            notes,
            filed,
            readers,
            read,
            rounds: Cell::default(),
            shared: None,
            chains,
            news,
            contents: marks::Contents::default(),
        }
    }

    /// The same, with the notes of other tools as they were when these were opened.
    pub(crate) fn reading(self, foreign: &Rc<ForeignMarks<'r>>) -> Self {
        Self { news: named::News::new(self.repository).with(foreign), ..self }
    }

    /// The same, sharing what is found out with others, and what was tried with those that use keys of the same digest.
    pub(crate) fn sharing(self, keys: Sha256Digest, shared: &'r Shared) -> Self {
        Self { shared: Some((keys, shared)), ..self }
    }

    /// An answer to every question. Questions about one stretch of history are answered by one walk.
    pub fn answer(&self, questions: &BTreeSet<Question>) -> Vec<(Question, Answer)> {
        let mut answers = Vec::new();
        let mut notes = Vec::new();
        let mut topics = Vec::new();
        let mut moves: BTreeMap<CommitId, Vec<&Question>> = BTreeMap::new();
        let mut named: BTreeMap<(CommitId, CommitId), Vec<&RepoPath>> = BTreeMap::new();
        let mut marked: BTreeMap<(CommitId, CommitId), Vec<&RepoPath>> = BTreeMap::new();
        let mut unlabelled: BTreeMap<CommitId, Vec<&Question>> = BTreeMap::new();
        for question in questions {
            match question {
                Question::Lines(id) => notes.push(*id),
                Question::Topic(topic) => topics.push(topic),
                Question::Moves { until: newest, .. }
                | Question::Past { tip: newest, .. }
                | Question::EverHeld { tip: newest, .. } => match self.of_branch(question) {
                    Some(answer) => answers.push((question.clone(), answer)),
                    None => moves.entry(*newest).or_default().push(question),
                },
                Question::Identities { old, new, path } => named.entry((*old, *new)).or_default().push(path),
                Question::Marks { old, new, path } => marked.entry((*old, *new)).or_default().push(path),
                Question::Unlabelled { commit, .. } => unlabelled.entry(*commit).or_default().push(question),
                alone => answers.push((question.clone(), self.answer_alone(alone))),
            }
        }
        answers.extend(self.notes_and_beyond(notes));
        answers.extend(self.topics(&topics));
        for (newest, questions) in moves {
            answers.extend(self.chains.answer(newest, &questions));
        }
        for ((old, new), paths) in named {
            answers.extend(self.news.answer(old, new, &paths));
        }
        for ((old, new), paths) in marked {
            answers.extend(self.news.marks(old, new, &paths));
        }
        for (commit, questions) in unlabelled {
            answers.extend(shown::unlabelled(self.repository, commit, &questions));
        }
        answers
    }

    /// The answer of the audited branch, where it has one.
    fn of_branch(&self, question: &Question) -> Option<Answer> {
        let (_, shared) = self.shared?;
        shared.branch.answer(self.repository, question)
    }

    /// The answer to a question that gains nothing by company.
    fn answer_alone(&self, question: &Question) -> Answer {
        let answer = match question {
            Question::Since { tip, path, oldest } => self.since(*tip, path, *oldest),
            Question::ContentMarks { path, content } => {
                Ok(Answer::Marks(self.contents.marks(self.repository, path, *content)))
            }
            Question::ImagesWithoutText { path, content } => {
                Ok(Answer::Count(self.images_without_text(path, *content)))
            }
            Question::Shown { commit, path, content, synthetic } => {
                shown::shown(self.repository, *commit, (path, *content), synthetic)
            }
            Question::EntryAt { commit, path } => Ok(self.entry_at(*commit, path)),
            Question::Entry(slot) => Ok(self.entry_if_here(*slot)),
            Question::Merge { base, ours, theirs } => self.merges([*base, *ours, *theirs]),
            other => {
                let message = format!("{other:?} is answered in company");
                return Answer::Undecided(Box::new(Finding::error(Code::UndecidedObject, message)));
            }
        };
        answer.unwrap_or_else(|error| unread(&error))
    }

    /// The lines filed under these ids, pointers followed, each once.
    ///
    /// # Errors
    /// [`ledger::ReadError`] when a note cannot be read.
    pub fn records(&self, ids: &[ObjectId]) -> Result<Vec<Arc<FiledLine>>, ledger::ReadError> {
        let mut found: BTreeMap<BlobId, Arc<FiledLine>> = BTreeMap::new();
        let mut pointers = Vec::new();
        for id in ids {
            for (blob, text) in self.ledger.lines(id)? {
                let line = Arc::new(FiledLine::read(&text, blob, self.ring));
                match line.content() {
                    Content::Pointer(target) => pointers.push(*target),
                    _ => drop(found.insert(blob, line)),
                }
            }
        }
        for target in pointers {
            if !found.contains_key(&target)
                && let Some(text) = self.ledger.lines(&target.0)?.get(&target)
            {
                found.insert(target, Arc::new(FiledLine::read(text, target, self.ring)));
            }
        }
        Ok(found.into_values().collect())
    }

    /// The times that records state of themselves, and from which they hold, of those read so far; by the key that signed them.
    pub(crate) fn stated_times(&self) -> BTreeMap<Fingerprint, BTreeSet<Timestamp>> {
        let mut stated: BTreeMap<Fingerprint, BTreeSet<Timestamp>> = BTreeMap::new();
        for line in self.lines.borrow().values() {
            if let Content::Record(record) = line.content() {
                let statement = record.statement();
                stated.entry(statement.signed_by().key.clone()).or_default().extend(times_of(statement));
            }
        }
        stated
    }

    fn entry_at(&self, commit: CommitId, path: &RepoPath) -> Answer {
        match self.repository.slot_at(commit, path) {
            Ok(slot) => self.entry(slot),
            Err(error) => unread(&error),
        }
    }

    fn entry(&self, slot: Option<Slot>) -> Answer {
        match slot.map(|slot| self.repository.entry(slot)).transpose() {
            Ok(entry) => Answer::Entry(entry),
            Err(error) => unread(&error),
        }
    }

    fn entry_if_here(&self, slot: Slot) -> Answer {
        match self.repository.entry(slot) {
            Ok(entry) => Answer::Entry(Some(entry)),
            Err(ReadError::Missing { .. }) => Answer::Entry(None),
            Err(error) => unread(&error),
        }
    }

    /// What a page lacks; a page that is too large to be one is not looked at.
    fn images_without_text(&self, path: &RepoPath, content: ObjectId) -> usize {
        let kind = page::kind_of(path);
        let page = self.repository.blob(BlobId(content), MAX_PAGE).ok();
        kind.zip(page).map_or(0, |(kind, page)| page::images_without_text(&page, kind))
    }

    /// Since when a chain has held what its newest step holds at a path, by the dates of its steps:
    /// the earliest of them, so that a date that is too late is worth nothing.
    fn since(&self, tip: CommitId, path: &RepoPath, oldest: Timestamp) -> Result<Answer, ReadError> {
        let held = self.repository.slot_at(tip, path)?;
        let (mut at, mut earliest) = (Some(tip), None::<Timestamp>);
        while let Some(step) = at {
            if self.repository.slot_at(step, path)? != held {
                break;
            }
            let date = Timestamp::from_seconds(self.repository.seconds(step)?);
            earliest = earliest.into_iter().chain(date).min();
            if earliest.is_some_and(|earliest| earliest < oldest) {
                break;
            }
            at = self.repository.first_parent(step)?;
        }
        Ok(Answer::Since(earliest))
    }

    fn merges(&self, ids: [ObjectId; 3]) -> Result<Answer, ReadError> {
        let mut total = 0u64;
        for id in ids {
            total = total.saturating_add(self.repository.header(&id)?.map_or(0, |(_, size)| size));
        }
        if total > MAX_MERGE {
            return Ok(no_merge());
        }
        let blob = |id: ObjectId| self.repository.blob(BlobId(id), MAX_MERGE);
        let [base, ours, theirs] = match (blob(ids[0]), blob(ids[1]), blob(ids[2])) {
            (Ok(base), Ok(ours), Ok(theirs)) => [base, ours, theirs],
            // A version that somebody reviewed and that never came here cannot be shown to have been
            // merged: no merge refuses, and does not block what needs none.
            (Err(ReadError::Missing { .. }), _, _)
            | (_, Err(ReadError::Missing { .. }), _)
            | (_, _, Err(ReadError::Missing { .. })) => {
                return Ok(no_merge());
            }
            (base, ours, theirs) => [base?, ours?, theirs?],
        };
        let results = Algorithm::ALL.map(|algorithm| {
            let clean = match merge::merge(&base, &ours, &theirs, algorithm) {
                Merged::Clean(bytes) => {
                    Some(MergedBlob { id: self.repository.hash_blob(&bytes).0, sha256: Sha256Digest::of(&bytes) })
                }
                Merged::Conflict | Merged::Unmergeable(_) => None,
            };
            MergeResult { clean, held: merge::held(&base, &ours, &theirs, algorithm).ok() }
        });
        Ok(Answer::Merge(Box::new(Merges { results })))
    }
}

/// The time that a record states, and that from which it holds, where it says one.
pub(crate) fn times_of(statement: &Statement) -> impl Iterator<Item = Timestamp> + use<> {
    let from = match statement.predicate() {
        Predicate::Waiver(Waiver { term: Term::Granted { from, .. }, .. }) => from.map(Day::start),
        _ => None,
    };
    std::iter::once(statement.stated_time()).chain(from)
}

/// The answer for texts that have no merge.
fn no_merge() -> Answer {
    Answer::Merge(Box::new(Merges { results: std::array::from_fn(|_| MergeResult { clean: None, held: None }) }))
}

/// An object that cannot be read.
fn unread(error: &ReadError) -> Answer {
    undecided(Code::UndecidedObject, error)
}

fn undecided(code: Code, error: &dyn std::error::Error) -> Answer {
    Answer::Undecided(Box::new(Finding::error(code, crate::finding::causes(error))))
}
