//! The ledger: where lines stand, how a reader finds them, and what its guard lets in.

use std::collections::BTreeMap;

use provenance_core::entry::Change;
use provenance_core::envelope::Envelope;
use provenance_core::key::{PrivateKey, Signer};
use provenance_core::ledger::MAX_BYTES_OF_ONE_KEY;
use provenance_core::statement::{Ai, Author, Declaration, Predicate, SignedBy, Statement};
use provenance_core::time::Timestamp;

use crate::company_site::company;
use crate::server::{push, server};
use crate::site::{NOW, Site};

const LEDGER: &str = "refs/notes/provenance";

/// Points the ledger to a tree with these files.
fn rebuild(site: &Site, files: &BTreeMap<String, String>) {
    let mut stream = format!("commit {LEDGER}\ncommitter x <x@example.com> 0 +0000\ndata 0\ndeleteall\n");
    for (path, text) in files {
        stream += &format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len());
    }
    site.repo.git(&["update-ref", "-d", LEDGER]);
    site.repo.fast_import(stream);
}

/// The notes, by id without slashes.
fn notes(site: &Site) -> BTreeMap<String, String> {
    let listed = site.repo.git(&["ls-tree", "-r", LEDGER]);
    let note = |line: &str| {
        let (meta, path) = line.split_once('\t').unwrap();
        let text = site.repo.git(&["cat-file", "blob", meta.split(' ').nth(2).unwrap()]);
        (path.replace('/', ""), text + "\n")
    };
    listed.lines().map(note).collect()
}

fn fanned(id: &str, pairs: usize) -> String {
    let head: Vec<&str> = (0..pairs).map(|n| &id[2 * n..2 * n + 2]).chain([&id[2 * pairs..]]).collect();
    head.join("/")
}

fn line_id(site: &Site, line: &str) -> String {
    site.repo.git_with(&["hash-object", "--stdin"], format!("{line}\n"))
}

#[test]
fn the_lines_of_every_fan_out_count() {
    let site = Site::new();
    site.propose("topic", &[("content/new.md", "new\n")]);
    site.approve("main...topic");
    let (id, note) = notes(&site).into_iter().find(|(_, note)| note.lines().count() == 2).unwrap();
    let lines: Vec<&str> = note.lines().collect();
    let filed = |places: &[(usize, &str)]| {
        rebuild(&site, &places.iter().map(|(pairs, line)| (fanned(&id, *pairs), format!("{line}\n"))).collect());
        site.run(&["check", "main...topic"])
    };
    filed(&[(0, lines[0]), (1, lines[1])]).ends(0);
    filed(&[(2, lines[0]), (19, lines[1])]).ends(0);
    // Repeated and in another order, with empty lines between.
    filed(&[(1, &format!("{}\n\n{}\n{}", lines[1], lines[0], lines[1]))]).ends(0);
    filed(&[(0, lines[0])]).ends(1);
    filed(&[(3, lines[1])]).ends(1);
    // A path that is no id is no note.
    rebuild(&site, &BTreeMap::from([(format!("x/{id}"), note.clone())]));
    site.run(&["check", "main...topic"]).ends(1).says("missing-review");
}

#[test]
fn a_large_record_is_stored_once_and_pointed_to() {
    let site = Site::new();
    let files: Vec<(String, String)> = (0..90).map(|n| (format!("content/{n}.md"), format!("{n}\n"))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    site.propose("topic", &files);
    site.approve("main...topic");
    site.run(&["check", "main...topic"]).ends(0);
    let notes = notes(&site);
    let blob = site.repo.rev("topic:content/7.md");
    let pointers: Vec<&str> = notes[&blob].lines().collect();
    let target = |pointer: &str| pointer.split('"').nth(3).unwrap().to_owned();
    assert_eq!(pointers.len(), 2);
    for pointer in &pointers {
        let line = notes[&target(pointer)].trim_end();
        assert!(line.len() > 16_384);
        assert_eq!(line_id(&site, line), target(pointer));
    }
    // The whole line in a note of what it names does as well, and a pointer to a note without the line does not.
    let whole: String = pointers.iter().map(|pointer| notes[&target(pointer)].clone()).collect();
    let ids = files.iter().map(|(path, _)| site.repo.rev(&format!("topic:{path}")));
    rebuild(&site, &ids.map(|id| (id, whole.clone())).collect());
    site.run(&["check", "main...topic"]).ends(0);
    let mut moved = notes.clone();
    let line = moved.remove(&target(pointers[0])).unwrap();
    moved.get_mut(&target(pointers[1])).unwrap().push_str(&line);
    rebuild(&site, &moved);
    site.run(&["check", "main...topic"]).ends(3).says("dangling-pointer");
}

#[test]
fn records_are_filed_under_both_ends_and_revocations_under_the_line() {
    let site = Site::new();
    let before = site.repo.rev("main:content/b.md");
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    let after = site.repo.rev("topic:content/b.md");
    let filed = notes(&site);
    assert_eq!(filed[&before], filed[&after]);
    let log = site.run(&["log", "main...topic", "--format", "json"]).ends(0).json();
    let review = log.as_array().unwrap().iter().find(|record| record["kind"] == "review").unwrap();
    site.signed("ed", &["revoke", review["record"].as_str().unwrap(), "-m", "why"]).ends(0);
    let line = filed[&after].lines().find(|line| {
        Envelope::parse(line.as_bytes()).unwrap().record_id().to_string() == review["record"].as_str().unwrap()
    });
    let revocations = &notes(&site)[&line_id(&site, line.unwrap())];
    assert_eq!(revocations.lines().count(), 1);
    assert!(
        String::from_utf8_lossy(Envelope::parse(revocations.trim_end().as_bytes()).unwrap().payload())
            .contains("predicate/revocation/v1")
    );
    site.run(&["check", "main...topic"]).ends(1).says("was revoked by ed");
    // Filed anywhere else it would not be found.
    let mut lost = notes(&site);
    lost.remove(&line_id(&site, line.unwrap()));
    rebuild(&site, &lost);
    site.run(&["check", "main...topic"]).ends(0);
}

/// A declaration of one added file, signed with somebody's key in somebody's name.
fn declared(site: &Site, key: &str, person: &str) -> (String, Change) {
    let (mut lines, change) = declared_often(site, key, person, 1, "");
    (lines.remove(0), change)
}

/// So many of them, each of another second, in which the author says this.
fn declared_often(site: &Site, key: &str, person: &str, times: usize, words: &str) -> (Vec<String>, Change) {
    let bytes = std::fs::read(site.key(key)).unwrap();
    let signer = PrivateKey::parse(&bytes).unwrap().signer().unwrap();
    let text = b"B\n";
    let id = site.repo.git_with(&["hash-object", "-w", "--stdin"], text);
    let sha256 = provenance_core::id::Sha256Digest::of(text);
    let entry = format!(r#"{{"mode":"100644","gitBlob":"{id}","sha256":"{sha256}"}}"#);
    let change: Change =
        serde_json::from_str(&format!(r#"{{"path":"content/new.md","before":null,"after":{entry}}}"#)).unwrap();
    let now: Timestamp = NOW.parse().unwrap();
    let declaration = |ago: usize| Declaration {
        details: provenance_core::statement::Details::default(),
        repository: "acme/site".into(),
        branches: vec!["refs/heads/main".parse().unwrap()],
        signer: SignedBy { person: person.parse().unwrap(), key: signer.public_key().fingerprint() },
        declared_at: now.plus_seconds(-i64::try_from(ago).unwrap()),
        ai: Ai::none(),
        authors: vec![Author::person(person.parse().unwrap())],
        contribution: (!words.is_empty()).then(|| words.to_owned()),
        confirmations: Vec::new(),
        changes: vec![change.clone()],
    };
    let line = |ago: usize| {
        let statement = Statement::new(Predicate::Declaration(declaration(ago))).unwrap();
        String::from_utf8(Envelope::seal(&statement, &signer).unwrap()).unwrap()
    };
    ((0..times).map(line).collect(), change)
}

#[test]
fn one_key_does_not_fill_the_note_of_what_many_speak_of() {
    let site = Site::new();
    let _server = server(&site);
    let lines = declared_often(&site, "wes", "wes", 1, &"x".repeat(11_000)).0;
    let room = usize::try_from(MAX_BYTES_OF_ONE_KEY).unwrap() / lines[0].len();
    let (many, change) = declared_often(&site, "wes", "wes", room + 1, &"x".repeat(11_000));
    let id = change.after().unwrap().id().to_string();
    let with = |lines: &[String], other: &str| {
        rebuild(&site, &BTreeMap::from([(id.clone(), format!("{}\n{other}\n", lines.join("\n")))]));
        push(&site, &[LEDGER])
    };
    let others = declared(&site, "ed", "ed").0;
    with(&many, &others)
        .ends(1)
        .says("malformed-record")
        .says("one key has room for 25000 lines of 32 MiB and pointers to 128 MiB");
    with(&many[1..], &others).ends(0);
}

#[test]
fn the_guard_lets_in_records_of_known_keys_alone() {
    let site = Site::new();
    let _server = server(&site);
    let (sound, change) = declared(&site, "wes", "wes");
    let id = change.after().unwrap().id().to_string();
    let with = |line: &str| {
        rebuild(&site, &BTreeMap::from([(id.clone(), format!("{line}\n"))]));
        push(&site, &[LEDGER])
    };
    with(&declared(&site, "eve", "wes").0).ends(1).says("unknown-key");
    let at = sound.find("\"sig\":\"").unwrap() + 7;
    let flipped = if sound.as_bytes()[at] == b'A' { "B" } else { "A" };
    with(&format!("{}{flipped}{}", &sound[..at], &sound[at + 1..])).ends(1).says("bad-signature");
    with(&format!("{{\"envelope\":\"{}\"}}", provenance_test_support::id_of('1'))).ends(1).says("dangling-pointer");
    with("hello").ends(1).says("malformed-record");
    with(&sound).ends(0);
    // What is there already is no addition.
    push(&site, &[LEDGER]).ends(0);
}

#[test]
fn the_guard_wants_a_record_under_everything_it_names() {
    let site = Site::new();
    let _server = server(&site);
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    let all = notes(&site);
    let (before, after) = (site.repo.rev("main:content/b.md"), site.repo.rev("topic:content/b.md"));
    let mut half = all.clone();
    half.remove(&before);
    rebuild(&site, &half);
    push(&site, &[LEDGER]).ends(1).says(&format!("names {before} and is not filed there"));
    let mut foreign = all.clone();
    foreign.insert(format!("{after}.txt"), "x\n".into());
    rebuild(&site, &foreign);
    push(&site, &[LEDGER]).ends(1).says("malformed-record").says("that is no note");
    rebuild(&site, &all);
    push(&site, &[LEDGER]).ends(0);
}

#[test]
fn records_on_people_and_paths_are_filed_under_topics_and_the_guard_holds_it() {
    let site = company();
    let _server = server(&site);
    let topic = |third: &str| {
        let text = format!("git-provenance topic v1\nrepository acme/site\n{third}\n");
        site.repo.git_with(&["hash-object", "--stdin"], text)
    };
    site.signed("wes", &["policy", "accept", "privacy", "--yes"]).ends(0);
    site.signed("tia", &["train", "wes", "ai-basics"]).ends(0);
    let all = notes(&site);
    assert_eq!(all.keys().collect::<Vec<_>>(), [&topic("person wes")]);
    assert_eq!(all[&topic("person wes")].lines().count(), 2);
    let open = ["incident", "open", "content/a.md", "--severity", "low", "-m", "x", "--format", "json"];
    let opened = site.signed("wes", &open).ends(0).json();
    site.propose("fix", &[("content/a.md", "A\n")]);
    site.signed("wes", &["incident", "correct", opened["record"].as_str().unwrap(), "main...fix"]).ends(0);
    let all = notes(&site);
    let [before, after] = ["main:content/a.md", "fix:content/a.md"].map(|rev| site.repo.rev(rev));
    let steps = [(topic("path content/a.md"), 2), (before, 2), (after.clone(), 1)];
    assert_eq!(all.len(), 4);
    assert!(steps.iter().all(|(id, count)| all[id].lines().count() == *count));
    // Under another person's topic nobody would look for it, and under less nobody finds it.
    let mut moved = all.clone();
    let line = moved.remove(&topic("person wes")).unwrap();
    moved.insert(topic("person ed"), line);
    rebuild(&site, &moved);
    push(&site, &[LEDGER]).ends(1).says("which it does not name");
    let mut half = all.clone();
    half.remove(&after);
    rebuild(&site, &half);
    push(&site, &[LEDGER]).ends(1).says(&format!("names {after} and is not filed there"));
    rebuild(&site, &all);
    push(&site, &[LEDGER]).ends(0);
}
