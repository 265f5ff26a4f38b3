//! A publisher's repository with a proposal that is declared and reviewed throughout.

use std::fmt::Write as _;
use std::path::PathBuf;

use provenance_core::check::change_set;
use provenance_core::entry::Change;
use provenance_core::envelope::Envelope;
use provenance_core::git::{Identity, Repository};
use provenance_core::id::CommitId;
use provenance_core::key::{FileSigner, Signer as _};
use provenance_core::ledger::{Additions, Author as LedgerAuthor, append, places};
use provenance_core::name::PersonId;
use provenance_core::statement::{
    Ai, Author, Ceremony, Decision, Declaration, Predicate, Review, Scope, SignedBy, Statement,
};
use provenance_core::time::Timestamp;

use super::data::{Folder, as_stream, notes, signer};
use crate::{Random, START};

/// The publish branch.
pub const MAIN: &str = "refs/heads/main";
/// The proposal's branch.
pub const HEAD_BRANCH: &str = "refs/heads/proposal";
/// The clock of everything that is checked here.
pub const NOW: &str = "2026-06-01T12:00:00Z";

/// Files on the publish branch.
pub(super) const FILES: usize = 2000;
/// Bytes of a page, about.
const PAGE: usize = 4000;
/// Steps of the publish branch, each changing two files.
const STEPS: usize = 1000;

/// How large a site is.
#[derive(Debug, Clone, Copy)]
pub struct Site {
    /// Notes in the ledger beside those of the proposal.
    pub notes: usize,
    /// Commits of the proposal.
    pub commits: usize,
    /// Files that it changes.
    pub files: usize,
    /// Whether its changes are declared and approved.
    pub reviewed: bool,
}

impl Site {
    /// The repository: made, or found as it was kept.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn repository(&self, folder: &Folder) -> PathBuf {
        let state = if self.reviewed { "reviewed" } else { "open" };
        let name = format!("site-{}-{}-{}-{state}", self.notes, self.commits, self.files);
        folder.repository(&name, |path| {
            folder.git(path, &["fast-import", "--quiet", "--date-format=raw"], &self.history());
            if self.notes > 0 {
                folder.git(path, &["fast-import", "--quiet"], &as_stream(&notes(self.notes)));
            }
            let root = folder.git(path, &["rev-list", "--max-parents=0", MAIN], b"");
            folder.git(path, &["config", "provenance.root", &root], b"");
            folder.git(path, &["repack", "-adfq"], b"");
            if self.reviewed {
                file_records(&Repository::discover(path).expect("git made it"));
            }
        })
    }

    /// The publish branch and the proposal on it, for `git fast-import`.
    fn history(&self) -> Vec<u8> {
        let mut stream = Stream::new(60, PAGE);
        let [policy, people] = policy_files();
        stream.commit(MAIN, "ana", None);
        stream.file(".provenance/policy.toml", &policy);
        stream.file(".provenance/people.toml", &people);
        (0..FILES).for_each(|file| drop(stream.page(file)));
        for step in 1..STEPS {
            stream.commit(MAIN, "ana", None);
            stream.page(step % FILES);
            stream.page((step * 7 + 1) % FILES);
        }
        for commit in 0..self.commits {
            stream.commit(HEAD_BRANCH, "wes", (commit == 0).then_some(MAIN));
            (0..self.files).skip(commit).step_by(self.commits).for_each(|file| drop(stream.page(file * 3 % FILES)));
        }
        stream.bytes
    }
}

/// A stream for `git fast-import`.
pub(super) struct Stream {
    pub(super) bytes: Vec<u8>,
    commits: i64,
    /// Seconds from one commit to the next.
    pace: i64,
    /// Bytes of a page, about.
    page: usize,
    random: Random,
}

impl Stream {
    pub(super) fn new(pace: i64, page: usize) -> Self {
        Self { bytes: Vec::new(), commits: 0, pace, page, random: Random(5) }
    }

    /// A commit on a branch, which it begins where there is another to begin from; its date. Its mark is
    /// its number.
    pub(super) fn commit(&mut self, branch: &str, who: &str, from: Option<&str>) -> i64 {
        self.commits += 1;
        let (mark, when) = (self.commits, START + self.pace * self.commits);
        let mut text =
            format!("commit {branch}\nmark :{mark}\ncommitter {who} <{who}@example.com> {when} +0000\ndata 5\nedits\n");
        if let Some(from) = from {
            text.push_str(&format!("from {from}\n"));
        }
        self.bytes.extend_from_slice(text.as_bytes());
        when
    }

    pub(super) fn file(&mut self, path: &str, text: &str) {
        self.bytes.extend_from_slice(format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len()).as_bytes());
    }

    /// A page of words; its text.
    pub(super) fn page(&mut self, index: usize) -> String {
        const WORDS: [&str; 8] = ["draft ", "review ", "gate ", "ledger ", "record ", "edge ", "step ", "note\n"];
        let mut text = String::new();
        while text.len() < self.page {
            write!(text, "{}{:x} ", WORDS[self.random.below(8)], self.random.below(1 << 16)).expect("a string grows");
        }
        self.file(&page_path(index), &text);
        text
    }
}

/// Where a page lies, in folders of fifty.
pub(super) fn page_path(index: usize) -> String {
    format!("content/section-{:02}/page-{index:04}.md", index / 50)
}

/// The policy and the roster: Ana administers, Ed reviews, Wes writes.
pub fn policy_files() -> [String; 2] {
    let policy = format!(
        "version = 1\nrepository = \"acme/site\"\nbranches = [\"{MAIN}\"]\n\n[[rule]]\nname = \"content\"\n\
         paths = [\"content/**\"]\nreviews = [{{ roles = [\"editor\"] }}]\ndeclaration = \"required\"\n"
    );
    let person = |(id, seed, roles): (&str, u8, &str)| {
        let key = signer(seed).public_key().to_string();
        format!(
            "[person.{id}]\nname = \"{id}\"\nkind = \"human\"\nemails = [\"{id}@example.com\"]\nroles = [{roles}]\n\
             keys = [\"{key}\"]\n"
        )
    };
    let people = [("ana", 1, "\"admin\", \"security\", \"editor\""), ("ed", 2, "\"editor\""), ("wes", 3, "\"writer\"")];
    [policy, people.map(person).concat()]
}

/// Declares and approves every change of the proposal, each by records of its own, in one commit.
fn file_records(repository: &Repository) {
    let commit = |name: &str| repository.resolve(name).expect("it was imported").commit;
    let (base, head) = (commit(MAIN), commit(HEAD_BRANCH));
    let (wes, ed) = (signer(3), signer(2));
    let mut additions = Additions::new();
    for change in change_set(repository, base, head).expect("it was imported whole") {
        add_records(repository, &mut additions, [&wes, &ed], (base, now()), &change);
    }
    write(repository, &additions);
}

/// Adds a declaration and an approval of one change.
pub(super) fn add_records(
    repository: &Repository,
    additions: &mut Additions,
    [writer, reviewer]: [&FileSigner; 2],
    (base, time): (CommitId, Timestamp),
    change: &Change,
) {
    let records = [(declaration(writer, time, change), writer), (review(reviewer, (base, time), change), reviewer)];
    for (statement, signer) in records {
        let line = Envelope::seal(&statement, signer).expect("a well-formed statement is sealed");
        additions.add_envelope(repository, places(repository, &statement), &line);
    }
}

/// Writes records in one commit.
pub(super) fn write(repository: &Repository, additions: &Additions) {
    let identity = Identity { name: "bench".to_owned(), email: String::new(), seconds: START };
    let author = LedgerAuthor { identity, message: "records".to_owned() };
    append(repository, additions, &author).expect("a new repository can be written");
}

fn signed_by(person: &str, key: &FileSigner) -> SignedBy {
    SignedBy { person: person.parse::<PersonId>().expect("a plain id"), key: key.public_key().fingerprint() }
}

fn now() -> Timestamp {
    "2026-01-01T12:00:00Z".parse().expect("a well-formed time")
}

fn declaration(signer: &FileSigner, declared_at: Timestamp, change: &Change) -> Statement {
    let declaration = Declaration {
        details: provenance_core::statement::Details::default(),
        repository: "acme/site".to_owned(),
        branches: vec![MAIN.parse().expect("a well-formed name")],
        signer: signed_by("wes", signer),
        declared_at,
        ai: Ai::none(),
        authors: vec![Author::person("wes".parse().expect("a plain id"))],
        contribution: None,
        confirmations: Vec::new(),
        changes: vec![change.clone()],
    };
    Statement::new(Predicate::Declaration(declaration)).expect("a well-formed declaration")
}

fn review(signer: &FileSigner, (base, reviewed_at): (CommitId, Timestamp), change: &Change) -> Statement {
    let review = Review {
        findings: Vec::new(),
        repository: "acme/site".to_owned(),
        branches: vec![MAIN.parse().expect("a well-formed name")],
        signer: signed_by("ed", signer),
        reviewed_at,
        decision: Decision::Approve,
        base,
        head: None,
        scope: Scope::Each,
        answers: Vec::new(),
        comment: None,
        ceremony: Ceremony::Options,
        amends: Vec::new(),
        supersedes: Vec::new(),
        changes: vec![change.clone()],
    };
    Statement::new(Predicate::Review(review)).expect("a well-formed review")
}
