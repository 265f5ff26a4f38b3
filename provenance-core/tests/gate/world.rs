//! A world: commits, notes and people as plain values, and a caller that answers the gate from them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provenance_core::entry::{Change, Entry, Mode, Slot};
use provenance_core::envelope::{Envelope, pointer_line};
use provenance_core::finding::{Code, Severity};
use provenance_core::gate::{
    Answer, Case, Evidence, FiledLine, Identity, KeyRing, MergeResult, MergedBlob, Merges, Move, Moves, Outcome, Part,
    Promotion, Question, judge, may_review,
};
use provenance_core::id::{BlobId, CommitId, ObjectId, RecordId, Sha256Digest};
use provenance_core::key::{FileSigner, Signer};
use provenance_core::merge::{self, Algorithm, Merged};
use provenance_core::path::{RefName, RepoPath};
use provenance_core::policy::{Policy, PolicyFiles};
use provenance_core::report::{Report, TransitionKind, Verdict};
use provenance_core::statement::{
    Ai, Answer as Answered, AnswerResult, Author, Ceremony, Decision, Declaration, Extent, Predicate, Review,
    Revocation, Scope, SignedBy, Statement,
};
use provenance_core::time::Timestamp;

pub(crate) const A: &str = "content/a.md";
pub(crate) const B: &str = "content/b.md";

/// What a path holds.
type File = (Mode, Vec<u8>);

#[derive(Debug, Clone)]
struct Commit {
    parents: Vec<CommitId>,
    files: BTreeMap<RepoPath, File>,
    author: String,
}

/// Everything there is.
#[derive(Debug, Clone)]
pub(crate) struct World {
    commits: Vec<Commit>,
    pub(crate) notes: BTreeMap<ObjectId, Vec<Vec<u8>>>,
    blobs: BTreeMap<ObjectId, Vec<u8>>,
    pub(crate) policy: String,
    pub(crate) people: String,
    pub(crate) tools: String,
    pub(crate) authority: Option<(String, String)>,
    pub(crate) branch: &'static str,
    pub(crate) hints: Vec<CommitId>,
    pub(crate) promotions: Vec<Promotion>,
    pub(crate) now: &'static str,
    /// Questions that are answered with "undecidable".
    pub(crate) blocked: Vec<Question>,
    /// Whether one question is answered at a time.
    pub(crate) one_by_one: bool,
}

pub(crate) const POLICY: &str = r#"version = 1
repository = "acme/site"
branches = ["refs/heads/main", "refs/heads/release"]
[[rule]]
name = "content"
paths = ["content/**"]
reviews = [{ roles = ["editor"] }]
declaration = "required"
checklist = ["accuracy"]
confirm = ["no-client-data"]
[[exempt]]
paths = ["log/**"]
reason = "generated"
[[promote]]
from = "refs/heads/main"
to = "refs/heads/release"
[checklist.accuracy]
question = "Checked?"
[checklist.bias]
question = "Fair?"
[confirmation.no-client-data]
statement = "No client data."
[use.drafting]
title = "Drafting"
[use.legal-advice]
title = "Legal advice"
restricted = true
"#;

const TOOLS: &str = "[tool.writer]\nname = \"Writer\"\nstatus = \"approved\"\nmodels = [\"opus-*\"]\n";

pub(crate) fn key(who: &str) -> FileSigner {
    let mut seed = [0; 32];
    seed.iter_mut().zip(who.bytes()).for_each(|(to, from)| *to = from);
    FileSigner::from_seed(&seed, who).unwrap()
}

pub(crate) fn person(id: &str, kind: &str, roles: &str, more: &str) -> String {
    let key = key(id).public_key().to_string();
    format!(
        "[person.{id}]\nname = \"{id}\"\nkind = \"{kind}\"\nemails = [\"{id}@example.com\"]\nroles = [{roles}]\nkeys = [\"{key}\"]\n{more}\n"
    )
}

pub(crate) fn path(text: &str) -> RepoPath {
    text.parse().unwrap()
}

pub(crate) fn branch(name: &str) -> RefName {
    format!("refs/heads/{name}").parse().unwrap()
}

fn blob_id(bytes: &[u8]) -> ObjectId {
    ObjectId::from_bytes(&Sha256Digest::of(bytes).as_bytes()[..20]).unwrap()
}

pub(crate) fn commit_id(number: usize) -> CommitId {
    let mut raw = [0xc0; 20];
    raw[12..].copy_from_slice(&(number as u64).to_be_bytes());
    CommitId(ObjectId::from_bytes(&raw).unwrap())
}

impl World {
    /// Ana (admin, security, editor), Ed and Eva (editors), Wes (writer), and Bot, an agent of Wes;
    /// one published step with three files.
    pub(crate) fn new() -> Self {
        let people = [
            person("ana", "human", "\"admin\", \"security\", \"editor\"", ""),
            person("al", "human", "\"admin\", \"security\"", ""),
            person("ed", "human", "\"editor\"", ""),
            person("eva", "human", "\"editor\"", ""),
            person("wes", "human", "\"writer\"", ""),
            person("bot", "agent", "\"editor\"", "operators = [\"wes\"]"),
            person("ci", "service", "", ""),
        ];
        let mut world = Self {
            commits: Vec::new(),
            notes: BTreeMap::new(),
            blobs: BTreeMap::new(),
            policy: POLICY.to_owned(),
            people: people.concat(),
            tools: TOOLS.to_owned(),
            authority: None,
            branch: "main",
            hints: Vec::new(),
            promotions: Vec::new(),
            now: "2025-06-01T12:00:00Z",
            blocked: Vec::new(),
            one_by_one: false,
        };
        world.add(
            vec![],
            BTreeMap::new(),
            "wes",
            &[(A, Some("1\n2\n3\n4\n5\n6\n7\n")), (B, Some("b\n")), ("README", Some("r\n"))],
        );
        world
    }

    /// The first step.
    pub(crate) fn root(&self) -> CommitId {
        commit_id(0)
    }

    fn add(
        &mut self,
        parents: Vec<CommitId>,
        mut files: BTreeMap<RepoPath, File>,
        author: &str,
        edits: &[(&str, Option<&str>)],
    ) -> CommitId {
        for (name, text) in edits {
            match text {
                Some(text) => {
                    self.blobs.insert(blob_id(text.as_bytes()), text.as_bytes().to_vec());
                    files.insert(path(name), (Mode::Regular, text.as_bytes().to_vec()));
                }
                None => drop(files.remove(&path(name))),
            }
        }
        self.commits.push(Commit { parents, files, author: author.to_owned() });
        commit_id(self.commits.len() - 1)
    }

    fn index(id: CommitId) -> usize {
        let mut raw = [0; 8];
        raw.copy_from_slice(&id.0.as_bytes()[12..]);
        u64::from_be_bytes(raw) as usize
    }

    fn at(&self, id: CommitId) -> &Commit {
        &self.commits[Self::index(id)]
    }

    /// A commit by Wes on top of another.
    pub(crate) fn commit(&mut self, parent: CommitId, edits: &[(&str, &str)]) -> CommitId {
        let edits: Vec<(&str, Option<&str>)> = edits.iter().map(|(path, text)| (*path, Some(*text))).collect();
        self.commit_by("wes", parent, &edits)
    }

    pub(crate) fn commit_by(&mut self, author: &str, parent: CommitId, edits: &[(&str, Option<&str>)]) -> CommitId {
        let files = self.at(parent).files.clone();
        self.add(vec![parent], files, author, edits)
    }

    /// A merge commit with the first parent's files, edited.
    pub(crate) fn merge(&mut self, parents: &[CommitId], edits: &[(&str, &str)]) -> CommitId {
        let files = self.at(parents[0]).files.clone();
        let edits: Vec<(&str, Option<&str>)> = edits.iter().map(|(path, text)| (*path, Some(*text))).collect();
        self.add(parents.to_vec(), files, "ana", &edits)
    }

    /// Changes a file's mode on top of a commit.
    pub(crate) fn chmod(&mut self, parent: CommitId, name: &str, mode: Mode) -> CommitId {
        let commit = self.commit(parent, &[]);
        let index = Self::index(commit);
        self.commits[index].files.get_mut(&path(name)).unwrap().0 = mode;
        commit
    }

    pub(crate) fn slot(&self, commit: CommitId, path: &RepoPath) -> Option<Slot> {
        self.at(commit).files.get(path).map(|(mode, bytes)| Slot { mode: *mode, id: blob_id(bytes) })
    }

    pub(crate) fn entry(&self, commit: CommitId, path: &RepoPath) -> Option<Entry> {
        let (mode, bytes) = self.at(commit).files.get(path)?;
        Entry::blob(*mode, BlobId(blob_id(bytes)), Sha256Digest::of(bytes))
    }

    pub(crate) fn changes(&self, from: CommitId, to: CommitId) -> Vec<Change> {
        let paths: BTreeSet<&RepoPath> = self.at(from).files.keys().chain(self.at(to).files.keys()).collect();
        paths
            .into_iter()
            .filter_map(|path| Change::new(path.clone(), self.entry(from, path), self.entry(to, path)).ok())
            .collect()
    }

    // Records.

    pub(crate) fn signer(who: &str) -> SignedBy {
        SignedBy { person: who.parse().unwrap(), key: key(who).public_key().fingerprint() }
    }

    pub(crate) fn time(&self) -> Timestamp {
        self.now.parse().unwrap()
    }

    /// An approval with a complete checklist, ready to be altered and filed.
    pub(crate) fn approval(&self, who: &str, from: CommitId, to: CommitId) -> Review {
        Review {
            repository: "acme/site".to_owned(),
            branches: vec![branch("main")],
            signer: Self::signer(who),
            reviewed_at: self.time(),
            decision: Decision::Approve,
            base: from,
            head: None,
            scope: Scope::Set,
            answers: vec![Answered { id: "accuracy".parse().unwrap(), result: AnswerResult::Pass, note: None }],
            comment: None,
            ceremony: Ceremony::Options,
            amends: Vec::new(),
            supersedes: Vec::new(),
            changes: self.changes(from, to),
        }
    }

    pub(crate) fn declaration(&self, who: &str, from: CommitId, to: CommitId) -> Declaration {
        Declaration {
            repository: "acme/site".to_owned(),
            branches: vec![branch("main")],
            signer: Self::signer(who),
            declared_at: self.time(),
            ai: Ai::none(),
            authors: vec![Author::person(who.parse().unwrap())],
            contribution: None,
            confirmations: Vec::new(),
            changes: self.changes(from, to),
        }
    }

    /// A declaration of AI use.
    pub(crate) fn ai(&self, who: &str, from: CommitId, to: CommitId) -> Declaration {
        let ai = Ai { model: Some("opus-4".to_owned()), ..Ai::with_tool(Extent::Generated, "writer".parse().unwrap()) };
        let confirmations = vec!["no-client-data".parse().unwrap()];
        Declaration { ai, confirmations, ..self.declaration(who, from, to) }
    }

    pub(crate) fn line(who: &str, predicate: Predicate) -> (Vec<u8>, RecordId) {
        let statement = Statement::new(predicate).unwrap();
        let line = Envelope::seal(&statement, &key(who)).unwrap();
        (line, RecordId::of_payload(&statement.to_payload()))
    }

    /// Signs with somebody's key and files the record under what it names.
    pub(crate) fn file(&mut self, who: &str, predicate: Predicate) -> RecordId {
        let places: BTreeSet<ObjectId> = match &predicate {
            Predicate::Revocation(revocation) => BTreeSet::from([revocation.envelope.0]),
            Predicate::Review(review) => review.changes.iter().flat_map(Change::ends).map(|entry| entry.id()).collect(),
            Predicate::Declaration(it) => it.changes.iter().flat_map(Change::ends).map(|entry| entry.id()).collect(),
            _ => BTreeSet::new(),
        };
        let (line, id) = Self::line(who, predicate);
        for place in places {
            self.note(place, line.clone());
        }
        id
    }

    pub(crate) fn note(&mut self, id: ObjectId, line: Vec<u8>) {
        let lines = self.notes.entry(id).or_default();
        if !lines.contains(&line) {
            lines.push(line);
        }
    }

    pub(crate) fn approve(&mut self, who: &str, from: CommitId, to: CommitId) -> RecordId {
        let review = self.approval(who, from, to);
        self.file(who, Predicate::Review(review))
    }

    pub(crate) fn reject(&mut self, who: &str, from: CommitId, to: CommitId) -> RecordId {
        let review = Review { decision: Decision::Reject, answers: Vec::new(), ..self.approval(who, from, to) };
        self.file(who, Predicate::Review(review))
    }

    pub(crate) fn declare(&mut self, who: &str, from: CommitId, to: CommitId) -> RecordId {
        let declaration = self.declaration(who, from, to);
        self.file(who, Predicate::Declaration(declaration))
    }

    pub(crate) fn revocation(&self, who: &str, record: RecordId) -> Revocation {
        let line = self
            .notes
            .values()
            .flatten()
            .find(|line| Envelope::parse(line).is_ok_and(|it| it.record_id() == record))
            .unwrap();
        let mut with_newline = line.clone();
        with_newline.push(b'\n');
        Revocation {
            repository: "acme/site".to_owned(),
            signer: Self::signer(who),
            revoked_at: self.time(),
            envelope: line_blob(line),
            envelope_sha256: Some(Sha256Digest::of(&with_newline)),
            record: Some(record),
            because: "of a reason".to_owned(),
        }
    }

    pub(crate) fn revoke(&mut self, who: &str, record: RecordId) -> RecordId {
        let revocation = self.revocation(who, record);
        self.file(who, Predicate::Revocation(revocation))
    }

    /// Wes declares that no AI took part, and Ed approves.
    pub(crate) fn cover(&mut self, from: CommitId, to: CommitId) {
        self.declare("wes", from, to);
        self.approve("ed", from, to);
    }

    pub(crate) fn pointer(&mut self, place: ObjectId, target: BlobId) {
        self.note(place, pointer_line(target));
    }

    // Judging.

    fn load(policy: &str, people: &str, tools: &str) -> Policy {
        let bytes = |text: &str| Some(text.as_bytes().to_vec());
        Policy::load(&PolicyFiles { people: bytes(people), policy: bytes(policy), tools: bytes(tools) })
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// `OLD..NEW`.
    pub(crate) fn update(&self, old: CommitId, new: CommitId) -> Report {
        self.judge(TransitionKind::Update, old, old, new)
    }

    /// `BASE...HEAD`; `from` is their merge base.
    pub(crate) fn proposal(&self, from: CommitId, base: CommitId, head: CommitId) -> Report {
        self.judge(TransitionKind::Proposal, from, base, head)
    }

    fn judge(&self, kind: TransitionKind, start: CommitId, tip: CommitId, new: CommitId) -> Report {
        self.ask(kind, [start, tip, new], |case, evidence| match judge(case, evidence) {
            Outcome::Report(report) => Ok(*report),
            Outcome::Questions(questions) => Err(questions),
        })
    }

    /// The codes for which this person's review of `old..new` would not count.
    pub(crate) fn may_review(&self, who: &str, old: CommitId, new: CommitId) -> Vec<Code> {
        let person = who.parse().unwrap();
        let found =
            self.ask(TransitionKind::Update, [old, old, new], |case, evidence| may_review(case, evidence, &person));
        found.into_iter().map(|finding| finding.code).collect()
    }

    /// Asks the gate about the case until it has no more questions.
    fn ask<T>(
        &self,
        kind: TransitionKind,
        [start, tip, new]: [CommitId; 3],
        gate: impl Fn(&Case<'_>, &Evidence) -> Result<T, BTreeSet<Question>>,
    ) -> T {
        let policy = Self::load(&self.policy, &self.people, &self.tools);
        let authority = self.authority.as_ref().map(|(policy, people)| Self::load(policy, people, &self.tools));
        let mut steps: Vec<CommitId> = self.chain(new).into_iter().take_while(|id| *id != start).collect();
        steps.reverse();
        let case = Case {
            policy: &policy,
            authority: authority.as_ref(),
            branch: branch(self.branch),
            kind,
            start,
            tip,
            new,
            steps,
            changes: self.changes(start, new),
            hints: self.hints.clone(),
            promotions: self.promotions.clone(),
            findings: Vec::new(),
            now: self.time(),
        };
        let ring = KeyRing::of(std::iter::once(&policy).chain(authority.as_ref()));
        let mut evidence = Evidence::new();
        for _ in 0..10_000 {
            match gate(&case, &evidence) {
                Ok(answer) => return answer,
                Err(questions) => {
                    assert!(!questions.is_empty());
                    let count = if self.one_by_one { 1 } else { questions.len() };
                    for question in questions.into_iter().rev().take(count) {
                        let answer = self.answer(&question, &ring);
                        evidence.add(question, answer);
                    }
                }
            }
        }
        panic!("the gate never comes to an end");
    }

    fn chain(&self, tip: CommitId) -> Vec<CommitId> {
        let mut chain = vec![tip];
        while let Some(parent) = self.at(chain[chain.len() - 1]).parents.first() {
            chain.push(*parent);
        }
        chain
    }

    fn ancestors(&self, tip: CommitId) -> BTreeSet<CommitId> {
        let mut seen = BTreeSet::new();
        let mut todo = vec![tip];
        while let Some(id) = todo.pop() {
            if seen.insert(id) {
                todo.extend(&self.at(id).parents);
            }
        }
        seen
    }

    fn answer(&self, question: &Question, ring: &KeyRing) -> Answer {
        if self.blocked.contains(question) {
            let finding = provenance_core::finding::Finding::error(Code::UndecidedObject, "it is gone");
            return Answer::Undecided(Box::new(finding));
        }
        match question {
            Question::Lines(id) => {
                let lines = self.notes.get(id).into_iter().flatten();
                Answer::Lines(lines.map(|line| Arc::new(FiledLine::read(line, line_blob(line), ring))).collect())
            }
            Question::Moves { since, until, path, limit } => {
                Answer::Moves(self.moves(*since, *until, path, *limit as usize))
            }
            Question::Past { tip, path, limit } => {
                let mut past = Vec::new();
                for state in self.chain(*tip).into_iter().take(*limit as usize + 1) {
                    let held = self.slot(state, path);
                    if !past.contains(&held) {
                        past.push(held);
                    }
                }
                Answer::Past(past)
            }
            Question::EntryAt { commit, path } => Answer::Entry(self.entry(*commit, path)),
            Question::Entry(slot) => Answer::Entry(
                self.blobs
                    .get(&slot.id)
                    .and_then(|bytes| Entry::blob(slot.mode, BlobId(slot.id), Sha256Digest::of(bytes))),
            ),
            Question::Identities { old, new, path } => Answer::Identities(self.identities(*old, *new, path)),
            Question::Merge { base, ours, theirs } => Answer::Merge(Box::new(self.merges([base, ours, theirs]))),
            other => panic!("a question this world does not know: {other:?}"),
        }
    }

    fn moves(&self, since: CommitId, until: CommitId, path: &RepoPath, limit: usize) -> Moves {
        let chain = self.chain(until);
        let Some(reach) = chain.iter().position(|id| *id == since).filter(|reach| *reach <= limit) else {
            return Moves::NotOnChain;
        };
        let mut moves = Vec::new();
        for pair in chain[..=reach].windows(2).rev() {
            let (before, after) = (self.slot(pair[1], path), self.slot(pair[0], path));
            if before != after {
                moves.push(Move { step: pair[0], parent: pair[1], before, after });
            }
        }
        Moves::Known(moves)
    }

    fn identities(&self, old: CommitId, new: CommitId, path: &RepoPath) -> BTreeSet<Identity> {
        let known = self.ancestors(old);
        let touches =
            |id: &CommitId| self.at(*id).parents.iter().all(|parent| self.slot(*parent, path) != self.slot(*id, path));
        let new = self.ancestors(new).into_iter().filter(|id| !known.contains(id)).filter(touches);
        new.map(|id| {
            let author = &self.at(id).author;
            Identity { email: format!("{author}@example.com"), name: author.clone(), part: Part::Author }
        })
        .collect()
    }

    fn merges(&self, ids: [&ObjectId; 3]) -> Merges {
        let none = || Merges { results: Algorithm::ALL.map(|_| MergeResult { clean: None, held: None }) };
        let [Some(base), Some(ours), Some(theirs)] = ids.map(|id| self.blobs.get(id)) else { return none() };
        Merges {
            results: Algorithm::ALL.map(|algorithm| MergeResult {
                clean: match merge::merge(base, ours, theirs, algorithm) {
                    Merged::Clean(bytes) => Some(MergedBlob { id: blob_id(&bytes), sha256: Sha256Digest::of(&bytes) }),
                    _ => None,
                },
                held: merge::held(base, ours, theirs, algorithm).ok(),
            }),
        }
    }
}

/// The blob id of a line, as this world makes ids.
pub(crate) fn line_blob(line: &[u8]) -> BlobId {
    let mut bytes = line.to_vec();
    bytes.push(b'\n');
    BlobId(blob_id(&bytes))
}

/// The codes of a report's findings of a severity, with their paths.
pub(crate) fn codes(report: &Report, severity: Severity) -> Vec<(Code, String)> {
    let findings = report.findings.iter().filter(|finding| finding.severity == severity);
    findings.map(|finding| (finding.code, finding.path.as_ref().map(ToString::to_string).unwrap_or_default())).collect()
}

#[track_caller]
pub(crate) fn refused(report: &Report, expected: &[(Code, &str)]) {
    assert_eq!(report.verdict, Verdict::Refused, "{:#?}", report.findings);
    let found: BTreeSet<(Code, String)> = codes(report, Severity::Error).into_iter().collect();
    let expected: BTreeSet<(Code, String)> = expected.iter().map(|(code, path)| (*code, (*path).to_owned())).collect();
    assert_eq!(found, expected, "{:#?}", report.findings);
}

#[track_caller]
pub(crate) fn allowed(report: &Report) {
    assert_eq!(report.verdict, Verdict::Allowed, "{:#?}", report.findings);
}

#[track_caller]
pub(crate) fn undecided(report: &Report, code: Code) {
    assert_eq!(report.verdict, Verdict::Undecided, "{:#?}", report.findings);
    assert!(codes(report, Severity::Error).iter().any(|(found, _)| *found == code), "{:#?}", report.findings);
}

#[track_caller]
pub(crate) fn notes(report: &Report, code: Code) {
    assert!(codes(report, Severity::Note).iter().any(|(found, _)| *found == code), "{:#?}", report.findings);
}
