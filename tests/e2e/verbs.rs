//! Every verb as its users see it: what it says to people, its JSON and its exit code in one
//! snapshot each; the whole of `--help` in another.

use provenance_core::key::generate;
use provenance_test_support::Repo;

use crate::site::{Ran, Site, run_in};

/// Snapshots show ids, which differ between formats.
const SHA1: &[&str] = &["--object-format=sha1"];

/// The text with what differs from run to run replaced: folders, and the keys that a test makes.
fn masked(repo: &Repo, text: &str) -> String {
    let (home, dir) = (repo.home(), repo.path().to_owned());
    text.replace(home.to_str().unwrap(), "HOME").replace(dir.to_str().unwrap(), "REPO")
}

/// The text with every key and fingerprint masked.
fn without_keys(text: &str) -> String {
    let mut out = text.to_owned();
    for start in ["SHA256:", "ssh-ed25519 "] {
        let mut parts = out.split(start);
        let first = parts.next().unwrap_or_default().to_owned();
        let is_key = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
        out = parts.fold(first, |text, part| format!("{text}{start}KEY{}", part.trim_start_matches(is_key)));
    }
    out
}

/// The text with ids masked, where fresh keys make others each time.
fn without_ids(text: &str) -> String {
    let is_id = |word: &str| word.len() >= 12 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    let mask = |word: &str| {
        let plain = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        if is_id(plain) { word.replace(plain, "ID") } else { word.to_owned() }
    };
    words.map(mask).collect()
}

fn told(repo: &Repo, ran: &Ran) -> String {
    let part = |name: &str, text: &str| {
        if text.is_empty() { String::new() } else { format!("--- {name}\n{}\n", masked(repo, text).trim_end()) }
    };
    format!("{}{}exit {}\n", part("stdout", &ran.out), part("stderr", &ran.err), ran.code)
}

/// One run for people and one for programs, each in a repository of its own that is made alike.
fn both(make: impl Fn() -> Repo, arguments: &[&str]) -> (String, serde_json::Value) {
    let shown: Vec<&str> = arguments.to_vec();
    let (first, second) = (make(), make());
    let fill = |repo: &Repo| -> Vec<String> {
        shown.iter().map(|word| word.replace("HOME", repo.home().to_str().unwrap())).collect()
    };
    let run = |repo: &Repo, more: &[&str]| {
        let words = fill(repo);
        let words: Vec<&str> = words.iter().map(String::as_str).chain(more.iter().copied()).collect();
        run_in(repo, &words, &[], "")
    };
    let (human, json) = (run(&first, &[]), run(&second, &["--format", "json"]));
    assert_eq!(human.code, json.code);
    let text = format!(
        "$ git provenance {}\n{}\n$ git provenance {} --format json\n{}",
        shown.join(" "),
        told(&first, &human),
        shown.join(" "),
        told(&second, &json)
    );
    (text, json.json())
}

#[track_caller]
fn validates(name: &str, value: &serde_json::Value) {
    let schema = run_in(&Repo::empty_folder(), &["policy", "schema", name], &[], "").ends(0).json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let problems: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(problems.is_empty(), "{problems:?}\n{value:#}");
}

fn proposed() -> Repo {
    let site = Site::in_repo(Repo::init(SHA1));
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.repo
}

fn reviewed() -> Repo {
    let site = Site { repo: proposed() };
    site.approve("main...topic");
    site.repo
}

fn with_own_key() -> Repo {
    let repo = Repo::init(SHA1);
    let made = generate([7; 64], "ana", None).unwrap();
    std::fs::create_dir_all(repo.home().join(".ssh")).unwrap();
    std::fs::write(repo.home().join(".ssh/id_ed25519"), made.private.as_bytes()).unwrap();
    repo.write("index.md", "hello\n");
    repo.commit("first");
    repo
}

macro_rules! snapshot {
    ($name:literal, $make:expr, $($word:expr),+) => {{
        let (text, json) = both($make, &[$($word),+]);
        insta::assert_snapshot!($name, text);
        json
    }};
}

#[test]
fn init_trust_and_keys() {
    snapshot!(
        "init",
        with_own_key,
        "init",
        "--repository",
        "acme/site",
        "--admin",
        "Ana <ana@example.com>",
        "--commit"
    );
    snapshot!("trust", proposed, "trust");
    snapshot!("trust_commit", proposed, "trust", "main");
    let (made, _) = both(proposed, &["key", "new", "HOME/new/key", "--comment", "me@here"]);
    insta::assert_snapshot!("key_new", without_keys(&made));
    snapshot!("key_show", proposed, "key", "show", "--key", "HOME/ed");
}

#[test]
fn declare_and_review() {
    snapshot!("declare", proposed, "declare", "--extent", "none", "--key", "HOME/wes");
    snapshot!("declare_refused", proposed, "declare", "--extent", "generated", "--key", "HOME/wes");
    snapshot!("review", proposed, "review", "--approve", "--answer", "accuracy=pass", "-m", "fine", "--key", "HOME/ed");
    snapshot!("review_refused", proposed, "review", "--approve", "--answer", "accuracy=pass", "--key", "HOME/wes");
    snapshot!("review_incomplete", proposed, "review", "main...topic", "--approve", "--key", "HOME/ed");
}

#[test]
fn check_and_status() {
    validates("report", &snapshot!("check_refused", proposed, "check", "main...topic"));
    validates("report", &snapshot!("check_allowed", reviewed, "check", "main...topic"));
    validates("report", &snapshot!("status", proposed, "status"));
    validates("report", &snapshot!("status_nothing", reviewed, "status"));
    let explained = snapshot!("check_explain", reviewed, "check", "--explain", "content/b.md");
    validates("report", &explained["report"]);
}

#[test]
fn log_show_and_revoke() {
    let records = snapshot!("log", reviewed, "log");
    let id = records[0]["record"].as_str().unwrap().to_owned();
    snapshot!("revoke", reviewed, "revoke", &id[..12], "-m", "misread", "--key", "HOME/ed");
    let shown = snapshot!("show", reviewed, "show", "topic:content/b.md");
    for record in records.as_array().unwrap().iter().chain(shown.as_array().unwrap()) {
        validates(record["kind"].as_str().unwrap(), &record["statement"]);
    }
    let site = Site { repo: reviewed() };
    site.signed("ed", &["revoke", &id, "-m", "misread"]).ends(0);
    let revoked = site.run(&["log", "--format", "json"]).ends(0).json();
    validates("revocation", &revoked[0]["statement"]);
}

#[test]
fn records_of_every_kind_are_as_their_schemas_say() {
    let site = crate::company_site::company();
    site.propose("topic", &[("content/a.md", "A\n")]);
    let ai = ["--extent", "assisted", "--tool", "writer", "--device", "managed", "--data-class", "published"];
    let opened = site.signed(
        "wes",
        &["incident", "open", "content/a.md", "--severity", "low", "-m", "x", "--owner", "ed", "--format", "json"],
    );
    let incident = opened.ends(0).json()["record"].as_str().unwrap().to_owned();
    let waived = site.signed("ed", &["waive", "topic", "--until", "2025-06-02", "-m", "x", "--format", "json"]).ends(0);
    let waiver = waived.json()["record"].as_str().unwrap().to_owned();
    let run = |who: &str, words: &[&str]| drop(site.signed(who, words).ends(0));
    run("wes", &[&["declare", "topic"], &ai[..]].concat());
    let answer = ["--answer", "accuracy=pass:x", "--source", "accuracy=y", "--finding", "bias=accepted:x::y"];
    run("ed", &[&["review", "topic", "--approve"], &answer[..]].concat());
    run("ci", &["scan", "topic", "--check", "links", "--program", "x", "--result", "pass"]);
    run("wes", &["incident", "assign", &incident, "--owner", "wes"]);
    run("wes", &["incident", "correct", &incident, "topic"]);
    run("ana", &["incident", "close", &incident, "-m", "x"]);
    run("ed", &["waive", "--settle", &waiver, "-m", "x"]);
    run("wes", &["policy", "accept", "--yes"]);
    run("tia", &["train", "wes", "ai-basics", "--until", "2025-12-31"]);
    run("wes", &["train", "--tool", "writer"]);
    run("ana", &["train", "wes", "--knows-policy", "privacy"]);
    let read = |words: &[&str]| site.run(&[words, &["--format", "json"]].concat()).ends(0).json();
    let (log, person) = (read(&["log", "topic"]), read(&["log", "--person", "wes"]));
    assert_eq!((log.as_array().unwrap().len(), person.as_array().unwrap().len()), (9, 5));
    for record in log.as_array().unwrap().iter().chain(person.as_array().unwrap()) {
        validates(record["kind"].as_str().unwrap(), &record["statement"]);
    }
}

#[test]
fn policy_people_and_tools() {
    snapshot!("policy_lint", proposed, "policy", "lint");
    snapshot!("policy_explain", proposed, "policy", "explain", "content/a.md");
    snapshot!("people", proposed, "people");
    snapshot!("people_add", proposed, "people", "add", "zoe", "--name", "Zoe", "--role", "editor");
    snapshot!("tools", proposed, "tools");
    snapshot!("tools_request", proposed, "tools", "request", "drawer", "--name", "Drawer");
    snapshot!("tools_approve", proposed, "tools", "approve", "drawer", "--use", "drafting");
}

#[test]
fn demo() {
    let (text, reports) = both(Repo::empty_folder, &["demo"]);
    insta::assert_snapshot!("demo", without_ids(text.split("--format json").next().unwrap()));
    reports.as_array().unwrap().iter().for_each(|report| validates("report", report));
}

#[test]
fn help() {
    let repo = Repo::empty_folder();
    let mut todo = vec![Vec::<String>::new()];
    let mut text = String::new();
    while let Some(verb) = todo.pop() {
        let words: Vec<&str> = verb.iter().map(String::as_str).chain(["--help"]).collect();
        let help = run_in(&repo, &words, &[], "").ends(0).out;
        text.push_str(&format!("$ git provenance {}\n{help}\n", words.join(" ")));
        let verbs = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or_default();
        let names =
            verbs.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).filter(|name| !name.is_empty());
        let inner: Vec<&str> = names.filter(|name| *name != "help").collect();
        todo.extend(inner.into_iter().rev().map(|name| [verb.clone(), vec![name.to_owned()]].concat()));
    }
    insta::assert_snapshot!("help", text);
}
