//! A world: commits, notes and people as plain values, and a caller that answers the gate from them.

mod company;
mod judging;
mod records;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provenance_core::entry::{Change, Entry, Mode, Slot};
use provenance_core::envelope::{Envelope, pointer_line};
use provenance_core::finding::{Code, Severity};
use provenance_core::gate::{
    Answer, Brought, Case, Evidence, FiledLine, Identity, KeyRing, Mark, Marks, MergeResult, MergedBlob, Merges, Move,
    Moves, Outcome, Part, Promotion, Question, Shown, judge, may_review,
};
use provenance_core::id::{BlobId, CommitId, ObjectId, RecordId, Sha256Digest};
use provenance_core::key::{FileSigner, Signer};
use provenance_core::merge::{self, Algorithm, Merged};
use provenance_core::page;
use provenance_core::path::{RefName, RepoPath};
use provenance_core::policy::{Policy, PolicyFiles};
use provenance_core::report::{Report, TransitionKind, Verdict};
use provenance_core::signal::trailers;
use provenance_core::statement::{
    Ai, Answer as Answered, AnswerResult, Author, Ceremony, Decision, Declaration, Extent, Predicate, Review,
    Revocation, Scope, SignedBy, Statement, Topic,
};
use provenance_core::time::Timestamp;

pub(crate) use company::AI_POLICY;

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
    /// The authority's register of tools, where it is another than the branch's.
    pub(crate) authority_tools: Option<String>,
    /// The authority's tip, where it is another than the branch's.
    pub(crate) authority_tip: Option<CommitId>,
    pub(crate) branch: &'static str,
    pub(crate) hints: Vec<CommitId>,
    pub(crate) promotions: Vec<Promotion>,
    pub(crate) now: &'static str,
    /// Messages of commits that have one.
    pub(crate) messages: BTreeMap<CommitId, &'static str>,
    /// Since when the branch has held its documents as they are.
    pub(crate) since: Option<&'static str>,
    /// Questions that are answered with "undecidable".
    pub(crate) blocked: Vec<Question>,
    /// How many questions are answered at a time, at most.
    pub(crate) batch: usize,
    /// How often the gate has come back with questions, the last time it was asked.
    pub(crate) rounds: Cell<usize>,
    /// How many questions the last verdict took.
    pub(crate) asked: Cell<usize>,
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
            authority_tools: None,
            authority_tip: None,
            branch: "main",
            hints: Vec::new(),
            promotions: Vec::new(),
            now: "2025-06-01T12:00:00Z",
            since: None,
            messages: BTreeMap::new(),
            blocked: Vec::new(),
            batch: usize::MAX,
            rounds: Cell::default(),
            asked: Cell::default(),
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
}

/// Where records of a topic are filed.
fn topic_place(topic: &Topic) -> ObjectId {
    blob_id(topic.text().as_bytes())
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

/// That a report has a warning of this code.
#[track_caller]
pub(crate) fn warned(report: &Report, code: Code) {
    let warnings = codes(report, Severity::Warning);
    assert!(warnings.iter().any(|(found, _)| *found == code), "{:#?}", report.findings);
}
