//! Evidence and questions: how the gate learns of a repository without touching one.
//!
//! The gate looks answers up in [`Evidence`]. What it does not find it asks for, as much at once as
//! it can; the caller answers the batch and asks the gate again. Every answer may also be
//! [`Answer::Undecided`], which blocks.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::record::FiledLine;
use crate::entry::{Entry, Slot};
use crate::finding::Finding;
use crate::id::{CommitId, ObjectId, Sha256Digest};
use crate::merge::{Algorithm, Presence};
use crate::path::RepoPath;
use crate::policy::company::Synthetic;
use crate::signal::Signal;
use crate::statement::Topic;
use crate::time::Timestamp;

/// Something the gate needs to know. Equal questions have equal answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Question {
    /// The lines filed under this id, over every fan-out. Answer: [`Answer::Lines`].
    Lines(ObjectId),
    /// The lines filed under a topic, over every fan-out. Answer: [`Answer::Lines`].
    Topic(Topic),
    /// Since when the chain of `tip` has held at `path` what `tip` holds there; no further back than
    /// `oldest`. Answer: [`Answer::Since`].
    Since {
        /// The chain's newest step.
        tip: CommitId,
        /// The path.
        path: RepoPath,
        /// What was there by then has been there long enough.
        oldest: Timestamp,
    },
    /// How a path moved on the first-parent chain of `until` after `since`, no further back than
    /// `limit` steps. Answer: [`Answer::Moves`].
    Moves {
        /// A commit that should be on the chain.
        since: CommitId,
        /// The chain's newest step.
        until: CommitId,
        /// The path.
        path: RepoPath,
        /// How many steps to go back at most.
        limit: u32,
    },
    /// Every entry the path held at the newest `limit` + 1 states of the chain of `tip`, newest
    /// first, each once. Answer: [`Answer::Past`].
    Past {
        /// The chain's newest step.
        tip: CommitId,
        /// The path.
        path: RepoPath,
        /// How many steps to go back at most.
        limit: u32,
    },
    /// Whether the path held this at any state of the chain of `tip`, however far back. Answer: [`Answer::Held`].
    EverHeld {
        /// The chain's newest step.
        tip: CommitId,
        /// The path.
        path: RepoPath,
        /// What it may have held; nothing, too.
        slot: Option<Slot>,
    },
    /// The entry at a commit. Answer: [`Answer::Entry`].
    EntryAt {
        /// The commit.
        commit: CommitId,
        /// The path.
        path: RepoPath,
    },
    /// The full entry of a slot; none where its content is nowhere in this repository. Answer:
    /// [`Answer::Entry`].
    Entry(Slot),
    /// Whom the commits that are in `new` and not in `old` name, of those that touch the path.
    /// Answer: [`Answer::Identities`].
    Identities {
        /// Commits reachable from here are left out.
        old: CommitId,
        /// Commits reachable from here are asked about.
        new: CommitId,
        /// The path.
        path: RepoPath,
    },
    /// What the commits that are in `new` and not in `old` and touch the path, and other tools' notes
    /// of them, say of AI. Answer: [`Answer::Marks`].
    Marks {
        /// Commits reachable from here are left out.
        old: CommitId,
        /// Commits reachable from here are asked about.
        new: CommitId,
        /// The path.
        path: RepoPath,
    },
    /// What the content of a path says of AI. Answer: [`Answer::Marks`].
    ContentMarks {
        /// The path, whose name says how to read it.
        path: RepoPath,
        /// The content.
        content: ObjectId,
    },
    /// How many images of a page have no text. Answer: [`Answer::Count`].
    ImagesWithoutText {
        /// The page's path, whose name says how to read it.
        path: RepoPath,
        /// The content.
        content: ObjectId,
    },
    /// Whether a page tells its readers that it shows something synthetic, and which files of a commit
    /// it names. Answer: [`Answer::Shown`].
    Shown {
        /// The commit.
        commit: CommitId,
        /// The page's path.
        path: RepoPath,
        /// The content.
        content: ObjectId,
        /// How it is told.
        synthetic: Synthetic,
    },
    /// The pages of a commit that name a file and do not tell their readers that it is synthetic.
    /// Answer: [`Answer::Paths`].
    Unlabelled {
        /// The commit.
        commit: CommitId,
        /// The file.
        path: RepoPath,
        /// How it is told.
        synthetic: Synthetic,
    },
    /// The three-way merges of three blobs. Answer: [`Answer::Merge`].
    Merge {
        /// The common base.
        base: ObjectId,
        /// The published side.
        ours: ObjectId,
        /// The reviewed side.
        theirs: ObjectId,
    },
}

/// What the caller found out.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Answer {
    /// To [`Question::Since`]: the earliest committer date of the step that brought it and all after
    /// it; none where the dates do not go back to there.
    Since(Option<Timestamp>),
    /// To [`Question::Lines`] and [`Question::Topic`].
    Lines(Vec<Arc<FiledLine>>),
    /// To [`Question::Moves`].
    Moves(Moves),
    /// To [`Question::Past`].
    Past(Vec<Option<Slot>>),
    /// To [`Question::EverHeld`].
    Held(bool),
    /// To [`Question::EntryAt`] and [`Question::Entry`].
    Entry(Option<Entry>),
    /// To [`Question::Identities`].
    Identities(BTreeSet<Identity>),
    /// To [`Question::Marks`] and [`Question::ContentMarks`].
    Marks(Marks),
    /// To [`Question::ImagesWithoutText`].
    Count(usize),
    /// To [`Question::Shown`].
    Shown(Shown),
    /// To [`Question::Unlabelled`].
    Paths(BTreeSet<RepoPath>),
    /// To [`Question::Merge`].
    Merge(Box<Merges>),
    /// It cannot be found out, because of this.
    Undecided(Box<Finding>),
}

/// How a path moved on a stretch of a first-parent chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moves {
    /// `since` is on the chain: every step after it that moved the path, oldest first.
    Known(Vec<Move>),
    /// `since` is not among the newest steps that were looked at.
    NotOnChain,
}

/// One step moving a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// The step.
    pub step: CommitId,
    /// The step before it.
    pub parent: CommitId,
    /// What the path held before.
    pub before: Option<Slot>,
    /// What it holds after.
    pub after: Option<Slot>,
}

/// Somebody whom a commit names, as it names them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// The address, or what stands in its place.
    pub email: String,
    /// The name.
    pub name: String,
    /// Author, committer or co-author.
    pub part: Part,
}

/// What part a commit gives somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The author.
    Author,
    /// The committer.
    Committer,
    /// Named in a `Co-authored-by` trailer.
    CoAuthor,
}

/// What was found of marks of AI.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// The marks.
    pub marks: BTreeSet<Mark>,
    /// What could not be read, each in words.
    pub problems: BTreeSet<String>,
}

/// A mark, and the commit that has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The commit; none where the content itself has it.
    pub commit: Option<CommitId>,
    /// The mark.
    pub signal: Signal,
}

/// What a page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// Whether it has a label that readers see.
    pub labelled: bool,
    /// The files of the commit that it names, and their content.
    pub files: BTreeMap<RepoPath, ObjectId>,
}

/// The merges of one triple of blobs under every algorithm that git may have used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merges {
    /// One result for each of [`Algorithm::ALL`], in that order.
    pub results: [MergeResult; Algorithm::ALL.len()],
}

/// What one algorithm makes of a triple.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeResult {
    /// The clean merge; none where it conflicts or cannot be merged.
    pub clean: Option<MergedBlob>,
    /// For each hunk of base→theirs in order, how ours stands to it; none where the texts cannot be compared.
    pub held: Option<Vec<Presence>>,
}

/// The content a clean merge has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergedBlob {
    /// Its git blob id.
    pub id: ObjectId,
    /// Its SHA-256.
    pub sha256: Sha256Digest,
}

/// Answers so far.
#[derive(Debug, Default)]
pub struct Evidence {
    answers: BTreeMap<Question, Answer>,
}

impl Evidence {
    /// No answers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an answer; the first one to a question stays.
    pub fn add(&mut self, question: Question, answer: Answer) {
        self.answers.entry(question).or_insert(answer);
    }

    /// How many questions are answered.
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// The answers, by question.
    pub fn iter(&self) -> impl Iterator<Item = (&Question, &Answer)> {
        self.answers.iter()
    }
}

/// Why a line of thought stops here.
#[derive(Debug)]
pub(super) enum Stop {
    /// A question is open.
    Open,
    /// It cannot be decided.
    Undecided(Box<Finding>),
}

/// Known so far, or a stop.
pub(super) type Known<T> = Result<T, Stop>;

/// Looks answers up and notes what is still to be asked.
#[derive(Debug)]
pub(super) struct Inquiry<'a> {
    evidence: &'a Evidence,
    open: RefCell<BTreeSet<Question>>,
}

impl<'a> Inquiry<'a> {
    pub(super) fn of(evidence: &'a Evidence) -> Self {
        Self { evidence, open: RefCell::default() }
    }

    pub(super) fn into_open(self) -> BTreeSet<Question> {
        self.open.into_inner()
    }

    fn ask(&self, question: Question) -> Known<&'a Answer> {
        match self.evidence.answers.get(&question) {
            Some(Answer::Undecided(finding)) => Err(Stop::Undecided(finding.clone())),
            Some(answer) => Ok(answer),
            None => {
                self.open.borrow_mut().insert(question);
                Err(Stop::Open)
            }
        }
    }

    /// Asks what will be needed, and needs no answer yet.
    pub(super) fn ahead(&self, question: Question) {
        if !self.evidence.answers.contains_key(&question) {
            self.open.borrow_mut().insert(question);
        }
    }

    pub(super) fn lines(&self, id: ObjectId) -> Known<&'a [Arc<FiledLine>]> {
        match self.ask(Question::Lines(id))? {
            Answer::Lines(lines) => Ok(lines),
            other => Err(mismatch("lines", other)),
        }
    }

    pub(super) fn topic(&self, topic: Topic) -> Known<&'a [Arc<FiledLine>]> {
        match self.ask(Question::Topic(topic))? {
            Answer::Lines(lines) => Ok(lines),
            other => Err(mismatch("lines", other)),
        }
    }

    pub(super) fn since(&self, tip: CommitId, path: &RepoPath, oldest: Timestamp) -> Known<Option<Timestamp>> {
        match self.ask(Question::Since { tip, path: path.clone(), oldest })? {
            Answer::Since(since) => Ok(*since),
            other => Err(mismatch("a time", other)),
        }
    }

    pub(super) fn moves(&self, since: CommitId, until: CommitId, path: &RepoPath, limit: u32) -> Known<&'a Moves> {
        // A review is mostly made at the very state that it is judged against.
        if since == until {
            return Ok(const { &Moves::Known(Vec::new()) });
        }
        match self.ask(Question::Moves { since, until, path: path.clone(), limit })? {
            Answer::Moves(moves) => Ok(moves),
            other => Err(mismatch("moves", other)),
        }
    }

    pub(super) fn past(&self, tip: CommitId, path: &RepoPath, limit: u32) -> Known<&'a [Option<Slot>]> {
        match self.ask(Question::Past { tip, path: path.clone(), limit })? {
            Answer::Past(slots) => Ok(slots),
            other => Err(mismatch("past entries", other)),
        }
    }

    pub(super) fn ever_held(&self, tip: CommitId, path: &RepoPath, slot: Option<Slot>) -> Known<bool> {
        match self.ask(Question::EverHeld { tip, path: path.clone(), slot })? {
            Answer::Held(held) => Ok(*held),
            other => Err(mismatch("whether a path held something", other)),
        }
    }

    pub(super) fn entry_at(&self, commit: CommitId, path: &RepoPath) -> Known<Option<Entry>> {
        match self.ask(Question::EntryAt { commit, path: path.clone() })? {
            Answer::Entry(entry) => Ok(*entry),
            other => Err(mismatch("an entry", other)),
        }
    }

    pub(super) fn entry(&self, slot: Option<Slot>) -> Known<Option<Entry>> {
        let Some(slot) = slot else { return Ok(None) };
        match self.ask(Question::Entry(slot))? {
            Answer::Entry(entry) => Ok(*entry),
            other => Err(mismatch("an entry", other)),
        }
    }

    pub(super) fn identities(&self, old: CommitId, new: CommitId, path: &RepoPath) -> Known<&'a BTreeSet<Identity>> {
        match self.ask(Question::Identities { old, new, path: path.clone() })? {
            Answer::Identities(identities) => Ok(identities),
            other => Err(mismatch("identities", other)),
        }
    }

    pub(super) fn images_without_text(&self, path: &RepoPath, content: ObjectId) -> Known<usize> {
        match self.ask(Question::ImagesWithoutText { path: path.clone(), content })? {
            Answer::Count(count) => Ok(*count),
            other => Err(mismatch("a number", other)),
        }
    }

    pub(super) fn shown(&self, question: Question) -> Known<&'a Shown> {
        match self.ask(question)? {
            Answer::Shown(shown) => Ok(shown),
            other => Err(mismatch("what a page shows", other)),
        }
    }

    pub(super) fn unlabelled(
        &self,
        commit: CommitId,
        path: &RepoPath,
        synthetic: &Synthetic,
    ) -> Known<&'a BTreeSet<RepoPath>> {
        match self.ask(Question::Unlabelled { commit, path: path.clone(), synthetic: synthetic.clone() })? {
            Answer::Paths(paths) => Ok(paths),
            other => Err(mismatch("paths", other)),
        }
    }

    pub(super) fn marks(&self, question: Question) -> Known<&'a Marks> {
        match self.ask(question)? {
            Answer::Marks(marks) => Ok(marks),
            other => Err(mismatch("marks of AI", other)),
        }
    }

    pub(super) fn merge(&self, base: ObjectId, ours: ObjectId, theirs: ObjectId) -> Known<&'a Merges> {
        match self.ask(Question::Merge { base, ours, theirs })? {
            Answer::Merge(merges) => Ok(merges),
            other => Err(mismatch("merges", other)),
        }
    }
}

fn mismatch(expected: &str, found: &Answer) -> Stop {
    let message = format!("the evidence answers a question for {expected} with {found:?}");
    Stop::Undecided(Box::new(Finding::error(crate::finding::Code::UndecidedObject, message)))
}

/// Runs something for every item, so that all their questions are asked at once; the first stop
/// that is not an open question comes first.
pub(super) fn for_all<T, R>(items: impl IntoIterator<Item = T>, mut run: impl FnMut(T) -> Known<R>) -> Known<Vec<R>> {
    let mut results = Vec::new();
    let mut stop = None;
    for item in items {
        match run(item) {
            Ok(result) => results.push(result),
            Err(Stop::Open) => stop = stop.or(Some(Stop::Open)),
            Err(undecided) => stop = Some(undecided),
        }
    }
    stop.map_or(Ok(results), Err)
}
