//! The company's repository, its keys and its clock, and the chronicle of what was done and said.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use provenance_core::key::generate;
use provenance_test_support::Repo;

use crate::site::{Ran, run_in};

/// Who has a key; Ed gets a second one.
const KEYS: [&str; 11] = ["ana", "sam", "lea", "tia", "ed", "mia", "wes", "zoe", "scribe", "polly", "ed-new"];
/// Where the records are.
pub(super) const LEDGER: &str = "refs/notes/provenance";
/// The verbs that sign.
const SIGNING: [&str; 8] = ["declare", "review", "revoke", "policy accept", "train", "incident", "waive", "scan"];
/// What a careful reviewer answers.
const ANSWERS: [&str; 18] = [
    "--answer",
    "accuracy=pass:checked each figure",
    "--source",
    "accuracy=the maker's data sheet",
    "--answer",
    "bias=pass:read for stereotypes",
    "--answer",
    "hazards=pass:no dose, no load, no speed",
    "--answer",
    "privacy=pass",
    "--answer",
    "accessibility=pass",
    "--answer",
    "honesty=pass",
    "--answer",
    "customers-first=pass",
    "--answer",
    "human-judgment=pass",
];
/// What whoever used AI says besides the tool.
const CONFIRMED: [&str; 10] = [
    "--confirm",
    "no-client-data",
    "--confirm",
    "no-personal-data",
    "--confirm",
    "no-secrets",
    "--data-class",
    "public",
    "--device",
    "company",
];

/// A step of `main`.
#[derive(Debug)]
pub(super) struct Landing {
    pub(super) old: String,
    pub(super) new: String,
    pub(super) at: String,
    /// The ledger that it landed by.
    pub(super) ledger: String,
    pub(super) title: String,
}

/// Everything that goes on.
#[derive(Debug)]
pub(super) struct Company {
    pub(super) repo: Repo,
    pub(super) landed: Vec<Landing>,
    chronicle: String,
    day: String,
    minute: u32,
    authors: BTreeMap<String, String>,
    keys: BTreeMap<String, String>,
    names: BTreeMap<String, String>,
}

impl Company {
    /// A website that was there before, and a key for everybody.
    pub(super) fn found() -> Self {
        let repo = Repo::new();
        for (name, seed) in KEYS.into_iter().zip(21u8..) {
            let made = generate([seed; 64], name, None).unwrap();
            std::fs::write(repo.home().join(name), made.private.as_bytes()).unwrap();
            std::fs::write(repo.home().join(name).with_extension("pub"), &made.public).unwrap();
        }
        let company = Self {
            repo,
            landed: Vec::new(),
            chronicle: String::new(),
            day: "2026-01-02".to_owned(),
            minute: 0,
            authors: BTreeMap::new(),
            keys: BTreeMap::new(),
            names: BTreeMap::new(),
        };
        company.repo.write("content/index.md", "# Acme\n\nWe make bicycles.\n");
        company.repo.write("content/team.md", "# Team\n\nEight people.\n");
        company.commit("ana", "The website as it was");
        company
    }

    pub(super) fn month(&mut self, name: &str) {
        writeln!(self.chronicle, "\n# {name}").unwrap();
    }

    /// A new day, nine o'clock.
    pub(super) fn day(&mut self, day: &str, headline: &str) {
        (self.day, self.minute) = (day.to_owned(), 0);
        writeln!(self.chronicle, "\n## {day}: {headline}\n").unwrap();
    }

    pub(super) fn now(&self) -> String {
        format!("{}T{:02}:{:02}:00Z", self.day, 9 + self.minute / 60, self.minute % 60)
    }

    fn key(&self, who: &str) -> PathBuf {
        self.repo.home().join(self.keys.get(who).map_or(who, String::as_str))
    }

    pub(super) fn public(&self, name: &str) -> String {
        let line = std::fs::read_to_string(self.repo.home().join(name).with_extension("pub")).unwrap();
        line.trim().to_owned()
    }

    /// From now on somebody signs with another key.
    pub(super) fn signs_with(&mut self, who: &str, key: &str) {
        self.keys.insert(who.to_owned(), key.to_owned());
    }

    /// Somebody runs a command, which ends with this code. Single quotes keep words together.
    #[track_caller]
    pub(super) fn runs(&mut self, who: &str, command: &str, code: i32) -> Ran {
        self.runs_with(who, command, &[], code)
    }

    #[track_caller]
    fn runs_with(&mut self, who: &str, command: &str, more: &[&str], code: i32) -> Ran {
        let now = self.now();
        let mut words = split(command);
        words.extend(more.iter().map(|word| (*word).to_owned()));
        if SIGNING.iter().any(|verb| command.starts_with(verb)) && !command.starts_with("incident list") {
            words.extend(["--key".to_owned(), self.key(who).to_str().unwrap().to_owned()]);
        }
        words.extend(["--now".to_owned(), now]);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ran = run_in(&self.repo, &words, &[("HOME", self.repo.home().to_str().unwrap())], "").ends(code);
        let command = command.replace(&format!("{}/", self.repo.home().display()), "");
        let dots = if more.is_empty() { "" } else { " ..." };
        self.line(who, &format!("{command}{dots}"));
        self.answer(&ran);
        self.minute += 1;
        ran
    }

    fn line(&mut self, who: &str, text: &str) {
        let clock = format!("{:02}:{:02}", 9 + self.minute / 60, self.minute % 60);
        writeln!(self.chronicle, "{clock} {who:<7}{text}").unwrap();
    }

    /// The code and the first line; whatever went wrong in full.
    fn answer(&mut self, ran: &Ran) {
        let said =
            |text: &str| text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect::<Vec<_>>();
        let (out, err) = (said(&ran.out), said(&ran.err));
        let warned = |line: &&String| ["note:", "warning:", "  "].iter().any(|start| line.starts_with(start));
        let lines: Vec<String> = match ran.code {
            0 => out.iter().take(1).chain(err.iter().filter(warned)).cloned().collect(),
            _ => err.into_iter().chain(out).collect(),
        };
        let code = ran.code;
        for (n, line) in lines.iter().enumerate() {
            let start = if n == 0 { format!("exit {code}: ") } else { String::new() };
            writeln!(self.chronicle, "             {start}{line}").unwrap();
        }
    }

    /// A branch from main, on which somebody works.
    pub(super) fn branch(&mut self, who: &str, branch: &str) {
        self.repo.git(&["checkout", "--quiet", "-B", branch, "main"]);
        self.authors.insert(branch.to_owned(), who.to_owned());
    }

    /// Replaces a text of a file of the working tree, which has it once.
    #[track_caller]
    pub(super) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.repo.read(path)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {path}:\n{text}");
        self.repo.write(path, text.replace(from, to));
    }

    pub(super) fn append(&self, path: &str, more: &str) {
        let text = String::from_utf8(self.repo.read(path)).unwrap();
        self.repo.write(path, format!("{text}{more}"));
    }

    /// Commits what is in the working tree, as what somebody proposes.
    pub(super) fn proposes(&mut self, who: &str, message: &str) {
        self.commit(who, message);
        let first = message.lines().next().unwrap_or_default();
        self.line(who, &format!("proposes: {first}"));
        self.minute += 1;
    }

    /// Somebody writes a page on a new branch.
    pub(super) fn writes(&mut self, who: &str, branch: &str, path: &str, text: &str) {
        self.branch(who, branch);
        self.repo.write(path, text);
        self.proposes(who, &format!("{path}, on {branch}"));
    }

    fn commit(&self, who: &str, message: &str) -> String {
        self.repo.git(&["add", "--all"]);
        let mut command = self.repo.command("git");
        let mail = format!("{who}@example.com");
        command.env("GIT_AUTHOR_NAME", who).env("GIT_AUTHOR_EMAIL", &mail).env("GIT_AUTHOR_DATE", self.now());
        command.env("GIT_COMMITTER_NAME", who).env("GIT_COMMITTER_EMAIL", &mail).env("GIT_COMMITTER_DATE", self.now());
        assert!(command.args(["commit", "--quiet", "-m", message]).status().unwrap().success());
        self.repo.rev("HEAD")
    }

    /// Declares what AI did on a branch: `none`, or an extent and a tool.
    #[track_caller]
    pub(super) fn declares(&mut self, who: &str, branch: &str, what: &str, code: i32) -> String {
        let more: &[&str] = if what == "none" { &[] } else { &CONFIRMED };
        let ran = self.runs_with(who, &format!("declare main...{branch} --extent {what}"), more, code);
        record(&ran)
    }

    /// Approves what has landed already.
    #[track_caller]
    pub(super) fn approves_step(&mut self, who: &str, landed: usize) {
        let step = &self.landed[landed];
        let command = format!("review {}..{} --approve", step.old, step.new);
        self.runs_with(who, &command, &ANSWERS, 0);
    }

    /// Approves a branch, every question answered.
    #[track_caller]
    pub(super) fn approves(&mut self, who: &str, branch: &str, code: i32) -> String {
        record(&self.runs_with(who, &format!("review main...{branch} --approve"), &ANSWERS, code))
    }

    /// The verdict on a range at a time, in JSON.
    pub(super) fn judge(&self, range: &str, now: &str) -> Ran {
        run_in(&self.repo, &["check", range, "--branch", "main", "--format", "json", "--now", now], &[], "")
    }

    /// The gate refuses a branch for exactly these reasons.
    #[track_caller]
    pub(super) fn refused(&mut self, branch: &str, codes: &[&str]) {
        let ran = self.asked(&format!("main...{branch}"), 1);
        let mut found = ran.codes("error");
        found.sort();
        found.dedup();
        assert_eq!(found, codes, "{}", ran.out);
    }

    /// The gate allows a branch, with exactly these warnings.
    #[track_caller]
    pub(super) fn allowed(&mut self, branch: &str, warnings: &[&str]) {
        let ran = self.asked(&format!("main...{branch}"), 0);
        let mut found = ran.codes("warning");
        found.dedup();
        assert_eq!(found, warnings, "{}", ran.out);
    }

    /// What the gate says of a range now.
    #[track_caller]
    fn asked(&mut self, range: &str, code: i32) -> Ran {
        let ran = self.judge(range, &self.now()).ends(code);
        self.verdict(&format!("check {range}"), &ran);
        ran
    }

    /// What the gate says now of a step that landed earlier.
    #[track_caller]
    pub(super) fn asked_again(&mut self, landed: usize, errors: &[&str]) {
        let step = &self.landed[landed];
        let (range, title) = (format!("{}..{}", step.old, step.new), step.title.clone());
        let ran = self.judge(&range, &self.now());
        self.verdict(&format!("check again, {title}"), &ran);
        let mut found = ran.codes("error");
        found.sort();
        found.dedup();
        assert_eq!(found, errors, "{}", ran.out);
    }

    fn verdict(&mut self, asked: &str, ran: &Ran) {
        let report = ran.json();
        self.line("gate", &format!("{asked}: {}", report["verdict"].as_str().unwrap()));
        for finding in report["findings"].as_array().unwrap().iter().filter(|it| it["severity"] != "note") {
            let text = |member: &str| finding[member].as_str().unwrap_or_default().to_owned();
            let what = [text("severity"), text("code"), text("path")].join(" ");
            writeln!(self.chronicle, "             {}: {}", what.trim_end(), text("message")).unwrap();
            if !text("hint").is_empty() {
                writeln!(self.chronicle, "               hint: {}", text("hint")).unwrap();
            }
        }
        self.minute += 1;
    }

    /// The step by which a branch landed first.
    pub(super) fn landing(&self, branch: &str) -> usize {
        self.landed.iter().position(|step| step.title.starts_with(&format!("{branch} lands"))).unwrap()
    }

    /// Brings a branch to main, by squash and by merge in turn; the gate allows the step.
    #[track_caller]
    pub(super) fn lands(&mut self, branch: &str) {
        let (who, old) = (self.authors[branch].clone(), self.repo.rev("main"));
        self.repo.git(&["checkout", "--quiet", "main"]);
        let squash = self.landed.len().is_multiple_of(2);
        let how: &[&str] = if squash { &["--squash"] } else { &["--no-ff", "--no-commit"] };
        self.repo.git(&[&["merge", "--quiet"], how, &[branch]].concat());
        let new = self.commit(&who, &format!("Land {branch}"));
        let ran = self.judge(&format!("{old}..{new}"), &self.now()).ends(0);
        let how = if squash { "squash" } else { "merge" };
        let mut changes: Vec<String> = ran.json()["changes"].as_array().unwrap().iter().map(summary).collect();
        changes.dedup();
        let title = format!("{branch} lands by {how}, step {}", self.landed.len() + 1);
        self.line("main", &format!("{title}: {}", changes.join("; ")));
        self.landed.push(Landing { old, new, at: self.now(), ledger: self.repo.rev(LEDGER), title });
        self.minute += 1;
    }

    /// A commit beside one, with one byte more in a file.
    pub(super) fn with_one_byte_more(&self, commit: &str, path: &str) -> String {
        self.repo.git(&["checkout", "--quiet", "--detach", commit]);
        self.append(path, "\n");
        self.repo.git(&["add", "--all"]);
        let tree = self.repo.git(&["write-tree"]);
        self.repo.git(&["reset", "--quiet", "--hard", "main"]);
        let date = self.repo.git(&["show", "--no-patch", "--format=%ct", commit]).parse().unwrap();
        self.repo.commit_tree(&tree, &[&format!("{commit}^")], date)
    }

    /// What a record is called in the chronicle.
    pub(super) fn name(&mut self, record: &str, name: &str) {
        self.names.insert(record.to_owned(), name.to_owned());
    }

    /// What happened, without ids that say nothing to a reader.
    pub(super) fn chronicle(&self) -> String {
        let mut out = String::new();
        for piece in self.chronicle.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
            let word = piece.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            let is_id =
                word.len() >= 12 && word.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
            let shown = match is_id {
                true => self.names.get(&word[..12]).map_or("ID", String::as_str),
                false => word,
            };
            out.push_str(shown);
            out.push_str(&piece[word.len()..]);
        }
        out.trim_start().to_owned()
    }
}

/// The start of the id of the record that was signed; empty where none was.
pub(super) fn record(ran: &Ran) -> String {
    let line = ran.out.lines().find_map(|line| line.trim().strip_prefix("record "));
    line.unwrap_or_default().to_owned()
}

fn summary(change: &serde_json::Value) -> String {
    let reviewers: Vec<&str> =
        change["reviewers"].as_array().into_iter().flatten().filter_map(|it| it.as_str()).collect();
    let by = if reviewers.is_empty() { String::new() } else { format!(" by {}", reviewers.join(", ")) };
    let ai = change["ai"]["extent"].as_str().unwrap_or("not declared");
    format!("{} {}{by}, AI: {ai}", change["path"].as_str().unwrap(), change["status"].as_str().unwrap())
}

fn split(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (n, part) in command.split('\'').enumerate() {
        match n % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}
