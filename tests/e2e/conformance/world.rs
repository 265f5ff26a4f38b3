//! A repository for cases, made by `git fast-import` alone: any mode, any path, any parents, the same ids in every run.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use provenance_core::id::Sha256Digest;
use provenance_core::path::quote;
use provenance_test_support::{Repo, START};
use serde_json::{Value, json};

use super::keys::Key;

pub(super) const MAIN: &str = "refs/heads/main";
pub(super) const LEDGER: &str = "refs/notes/provenance";

/// A publisher: Ana (admin, security, editor), Ed and Eva (editors), Lee (legal), Wes (writer), a bot that Wes operates, a service.
pub(super) struct World {
    pub(super) repo: Repo,
    pub(super) root: String,
    /// The lines of each note, by its place in the ledger's tree.
    pub(super) ledger: RefCell<BTreeMap<String, BTreeSet<Vec<u8>>>>,
    clock: Cell<i64>,
}

/// What a commit does to a path.
pub(super) struct Edit {
    path: Vec<u8>,
    /// Mode and content; of a submodule the content is its commit's id.
    to: Option<(&'static str, Vec<u8>)>,
}

pub(super) fn put(path: &str, text: impl AsRef<[u8]>) -> Edit {
    put_as("100644", path.as_bytes(), text)
}

pub(super) fn put_as(mode: &'static str, path: impl AsRef<[u8]>, text: impl AsRef<[u8]>) -> Edit {
    Edit { path: path.as_ref().to_vec(), to: Some((mode, text.as_ref().to_vec())) }
}

pub(super) fn delete(path: &str) -> Edit {
    Edit { path: path.as_bytes().to_vec(), to: None }
}

/// The seven lines of `content/a.md`, with some of them (from 1) in capitals.
pub(super) fn seven(capital: &[usize]) -> String {
    let words = ["one", "two", "three", "four", "five", "six", "seven"];
    let line =
        |(at, word): (usize, &&str)| if capital.contains(&(at + 1)) { word.to_uppercase() } else { word.to_string() };
    words.iter().enumerate().map(|(at, word)| line((at, word)) + "\n").collect()
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(POLICY, &people())
    }

    /// A world with another `policy.toml`.
    pub(super) fn ruled_by(policy: &str) -> Self {
        Self::with(policy, &people())
    }

    pub(super) fn with(policy: &str, people: &str) -> Self {
        Self::of_format("sha1", policy, people)
    }

    /// A world whose ids are of this format.
    pub(super) fn of_format(format: &str, policy: &str, people: &str) -> Self {
        let repo = Repo::init(&[&format!("--object-format={format}")]);
        let mut world = Self { repo, root: String::new(), ledger: RefCell::default(), clock: Cell::new(START) };
        let files = [
            put(".provenance/people.toml", people),
            put(".provenance/policy.toml", policy),
            put(".provenance/tools.toml", TOOLS),
            put("content/a.md", seven(&[])),
            put("content/b.md", "b\n"),
        ];
        world.root = world.commit_as("ana", MAIN, &[], &files, "policy");
        world
    }

    /// Main gains these edits, which count as published.
    pub(super) fn publish(&self, edits: &[Edit]) -> String {
        self.commit("main", "main", edits)
    }

    /// Commits edits by Wes on top of a revision; the branch of this short name is then there. Returns the commit.
    pub(super) fn commit(&self, branch: &str, on: &str, edits: &[Edit]) -> String {
        self.commit_as("wes", &format!("refs/heads/{branch}"), &[on], edits, "edit")
    }

    /// The tree is that of the first parent with these edits, whatever the others have.
    pub(super) fn commit_as(&self, who: &str, at: &str, parents: &[&str], edits: &[Edit], message: &str) -> String {
        self.clock.set(self.clock.get() + 60);
        let time = self.clock.get();
        let mut stream = format!("commit {at}\n").into_bytes();
        for role in ["author", "committer"] {
            stream.extend(format!("{role} {who} <{who}@example.com> {time} +0000\n").bytes());
        }
        data(&mut stream, message.as_bytes());
        for (at, parent) in parents.iter().enumerate() {
            let word = if at == 0 { "from" } else { "merge" };
            stream.extend(format!("{word} {}\n", self.repo.rev(&format!("{parent}^{{commit}}"))).bytes());
        }
        edits.iter().for_each(|edit| edit.write(&mut stream));
        self.repo.fast_import(stream);
        self.repo.rev(at)
    }

    /// Moves a branch, as a fast-forward or a force-push does.
    pub(super) fn point(&self, branch: &str, to: &str) {
        self.repo.git(&["update-ref", &format!("refs/heads/{branch}"), &self.repo.rev(to)]);
    }

    /// The changes between two commits, as records write them.
    pub(super) fn changes(&self, old: &str, new: &str) -> Vec<Value> {
        let raw = ["diff-tree", "-r", "-z", "--no-renames", "--raw", "--no-abbrev", "--no-commit-id", old, new];
        let bytes = self.repo.git_bytes(&raw, b"");
        let fields: Vec<&[u8]> = bytes.split(|byte| *byte == 0).filter(|field| !field.is_empty()).collect();
        let change = |pair: &[&[u8]]| {
            let words: Vec<&str> = std::str::from_utf8(&pair[0][1..]).unwrap().split(' ').collect();
            json!({ "path": quote(pair[1]), "before": self.entry(words[0], words[2]), "after": self.entry(words[1], words[3]) })
        };
        fields.chunks(2).map(change).collect()
    }

    pub(super) fn entry(&self, mode: &str, id: &str) -> Value {
        match mode {
            "000000" => Value::Null,
            "160000" => json!({ "mode": mode, "gitCommit": id }),
            _ => {
                let sha256 = Sha256Digest::of(&self.repo.git_bytes(&["cat-file", "blob", id], b""));
                json!({ "mode": mode, "gitBlob": id, "sha256": sha256.to_string() })
            }
        }
    }

    /// Puts a line into the note of an object, at its place without fan-out.
    pub(super) fn file(&self, place: &str, line: impl AsRef<[u8]>) {
        self.ledger.borrow_mut().entry(place.to_owned()).or_default().insert(line.as_ref().to_vec());
    }

    /// Writes the ledger's ref: one commit that holds all notes.
    pub(super) fn write_ledger(&self) {
        self.write_notes(LEDGER, None);
    }

    /// Writes all notes as one commit at a ref, on top of another.
    pub(super) fn write_notes(&self, at: &str, on: Option<&str>) {
        let ledger = self.ledger.borrow();
        if ledger.is_empty() {
            return;
        }
        let mut stream = format!("commit {at}\ncommitter ledger <ledger@example.com> {START} +0000\n").into_bytes();
        data(&mut stream, b"records\n");
        if let Some(on) = on {
            stream.extend(format!("from {}\ndeleteall\n", self.repo.rev(on)).bytes());
        }
        for (place, lines) in &*ledger {
            let note: Vec<u8> = lines.iter().flat_map(|line| line.iter().copied().chain([b'\n'])).collect();
            Edit { path: place.as_bytes().to_vec(), to: Some(("100644", note)) }.write(&mut stream);
        }
        self.repo.fast_import(stream);
    }
}

impl Edit {
    fn write(&self, stream: &mut Vec<u8>) {
        let (head, text) = match &self.to {
            None => ("D ".to_owned(), None),
            Some((mode, id)) if *mode == "160000" => (format!("M {mode} {} ", String::from_utf8_lossy(id)), None),
            Some((mode, text)) => (format!("M {mode} inline "), Some(text)),
        };
        stream.extend(head.bytes());
        stream.extend_from_slice(&self.path);
        stream.push(b'\n');
        if let Some(text) = text {
            data(stream, text);
        }
    }
}

fn data(stream: &mut Vec<u8>, bytes: &[u8]) {
    stream.extend(format!("data {}\n", bytes.len()).bytes());
    stream.extend_from_slice(bytes);
    stream.push(b'\n');
}

/// The policy with one more line in its rule for content, and further entries.
pub(super) fn policy(line: &str, entries: &str) -> String {
    let asked = "declaration = \"required\"\n";
    format!("{}\n{entries}", POLICY.replace(asked, &format!("{asked}{line}\n")))
}

/// The roster.
pub(super) fn people() -> String {
    [
        person("ana", "human", &["admin", "security", "editor"], ""),
        person("ed", "human", &["editor"], ""),
        person("eva", "human", &["editor"], ""),
        person("lee", "human", &["legal"], ""),
        person("wes", "human", &["writer"], ""),
        person("bot", "agent", &[], "operators = [\"wes\"]\n"),
        person("ci", "service", &[], ""),
    ]
    .concat()
}

/// One table of the roster, with the key that has the person's name.
pub(super) fn person(id: &str, kind: &str, roles: &[&str], more: &str) -> String {
    person_with(id, kind, roles, &format!("\"{}\"", Key::of(id).public()), more)
}

/// As [`person`], with keys as they stand in the file.
pub(super) fn person_with(id: &str, kind: &str, roles: &[&str], keys: &str, more: &str) -> String {
    format!(
        "[person.{id}]\nname = \"{id}\"\nkind = \"{kind}\"\nemails = [\"{id}@example.com\"]\nroles = {roles:?}\nkeys = [{keys}]\n{more}\n"
    )
}

pub(super) const POLICY: &str = r#"version = 1
repository = "acme/site"
branches = ["refs/heads/main"]

[[rule]]
name = "content"
paths = ["content/**"]
reviews = [{ roles = ["editor"] }]
declaration = "required"
checklist = ["accuracy"]
confirm = ["no-client-data"]

[[exempt]]
paths = ["log/**"]
reason = "written by a machine that is itself reviewed"

[checklist.accuracy]
question = "Are facts checked?"
[confirmation.no-client-data]
statement = "No client data was put into the prompt."
[use.drafting]
title = "Drafting"
[use.legal-advice]
title = "Legal advice"
restricted = true
"#;

pub(super) const TOOLS: &str = r#"[tool.writer]
name = "Writer"
status = "approved"
models = ["opus-*"]

[tool.old]
name = "Old writer"
status = "approved"
approved-until = 2025-05-31

[tool.asked]
name = "Asked for"
status = "requested"
"#;
