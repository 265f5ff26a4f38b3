//! The ceremony on a terminal, and the words by which records are read.

use crate::site::{NOW, Ran, Site};

/// Runs a review by Ed on a terminal, typing these lines; none without `script`.
fn on_terminal(site: &Site, arguments: &str, typed: &str) -> Option<Ran> {
    on_terminal_as(site, "ed", &format!("review {arguments}"), typed)
}

/// Runs a command with somebody's key on a terminal that `script` makes, typing these lines; none
/// without `script`.
pub(crate) fn on_terminal_as(site: &Site, who: &str, command: &str, typed: &str) -> Option<Ran> {
    let binary = env!("CARGO_BIN_EXE_git-provenance");
    let line = format!("{binary} --now {NOW} {command} --key {}", site.key(who).display());
    let mut command = site.repo.command("script");
    command.args(["-qefc", &line, "/dev/null"]);
    if site.repo.command("script").arg("--version").output().is_err() {
        eprintln!("skipped: there is no script(1)");
        return None;
    }
    Some(Ran::of(provenance_test_support::run(command, typed.as_bytes())))
}

#[test]
fn the_reviewer_sees_what_was_declared_and_what_will_be_signed() {
    let site = Site::new();
    site.propose("topic", &[("content/a.md", "A\n"), ("content/b.md", "B\n")]);
    for n in 0..11 {
        site.repo.git(&["commit", "--quiet", "--allow-empty", "-m", &format!("more {n}\u{1b}[2J")]);
    }
    let declare = ["declare", "--extent", "generated", "--tool", "writer", "--model", "opus-4"];
    site.signed("wes", &[&declare[..], &["--confirm", "no-client-data", "content/a.md"]].concat()).ends(0);
    let Some(ran) = on_terminal(&site, "main...topic", "perhaps\npass:read twice\n\na\nwell done\ns\ny\n") else {
        return;
    };
    let ran = ran
        .ends(0)
        .says("acme/site main: 2 changes for ed to review")
        .says("AI: generated with writer (opus-4), declared by wes; author: wes")
        .says("nobody has declared whether AI took part")
        .says("authors of what is not declared, as the commits name them: wes")
        .says("12 commits:")
        .says("more 10\\u{1b}[2J")
        .says("and 2 more")
        .says("Are facts checked?")
        .says("pass, fail or n/a:why; a note may follow, as pass:note")
        .says("ed signs an approval of 2 changes, as one set")
        .says("for acme/site refs/heads/main, from base")
        .says("accuracy: pass: read twice")
        .says("comment: well done")
        .says("sign? [y/N/s to see every byte]")
        .says("{\"_type\":\"https://in-toto.io/Statement/v1\"")
        .says("ed approved 2 changes");
    let blob = |rev: &str| site.repo.git(&["rev-parse", rev])[..12].to_owned();
    let ends = format!("content/b.md  {} -> {}", blob("main:content/b.md"), blob("topic:content/b.md"));
    ran.says(&ends);
    let log = site.run(&["log", "--format", "json"]).ends(0).json();
    assert_eq!(log[0]["statement"]["predicate"]["ceremony"], "terminal");
}

#[test]
fn nothing_is_signed_without_a_yes() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    let Some(ran) = on_terminal(&site, "main...topic --approve --answer accuracy=pass", "\n\ns\n\n") else { return };
    ran.ends(1).says("not signed");
    assert!(!site.repo.try_git(&["rev-parse", "--verify", "refs/notes/provenance"]).status.success());
}

#[test]
fn hints_repeat_the_command_with_its_range() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    let key = site.key("ed");
    let key = key.to_str().unwrap();
    let wanted = format!(
        "hint: git provenance review main...topic --key {key} --approve --separate --answer accuracy=pass -m 'it'\\''s fine' -- content/b.md"
    );
    let given = ["review", "main...topic", "--separate", "-m", "it's fine", "--key", key];
    site.run(&[&given[..], &["--approve", "--", "content/b.md"]].concat()).ends(2).says(&wanted);
    site.run(&[&given[..], &["--", "content/b.md"]].concat()).ends(2).says("say --approve or --reject").says(&wanted);
}

#[test]
fn records_are_shown_with_what_became_of_them() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    let declared = site.signed("wes", &["declare", "--extent", "none", "--format", "json"]).ends(0).json();
    let rejected = site.signed("ed", &["review", "--reject", "--format", "json"]).ends(0).json();
    let approve = ["review", "--approve", "--answer", "accuracy=pass", "--format", "json"];
    let approved = site.signed("ed", &approve).ends(0).json();
    let id = |value: &serde_json::Value| value["record"].as_str().unwrap().to_owned();
    site.run(&["log"]).ends(0).says(&format!("superseded by record {}", &id(&approved)[..12]));
    let revoke = |who: &str, record: &str, format: &str| {
        site.signed(who, &["revoke", record, "-m", "misread", "--format", format]).ends(0)
    };
    let revoked = id(&revoke("ed", &id(&approved), "json").json());
    let line = format!("revoked by ed (record {}): misread", &revoked[..12]);
    site.run(&["log"]).ends(0).says(&line).says(&format!("ed revoked {}", &id(&approved)[..12]));
    site.run(&["show", &id(&approved)[..12]]).ends(0).says(&line);
    site.run(&["show", "topic:content/b.md"]).ends(0).says(&line);
    site.run(&["check", "--explain", "content/b.md"]).ends(1).says(&line);
    let log = site.run(&["log", "--format", "json"]).ends(0).json();
    let records: Vec<String> = log.as_array().unwrap().iter().map(id).collect();
    // All in one second: what takes back, what decides, what is decided on.
    assert_eq!((&records[0], &records[3]), (&revoked, &id(&declared)));
    let of = |wanted: &str| log.as_array().unwrap().iter().find(|entry| entry["record"] == wanted).unwrap().clone();
    assert_eq!(
        of(&id(&approved))["revoked"],
        serde_json::json!({ "record": revoked, "by": "ed", "because": "misread" })
    );
    // What superseded the rejection no longer counts, so it stands again.
    assert_eq!(of(&id(&rejected))["superseded"], serde_json::Value::Null);
    // Taken back itself, the revocation takes nothing back.
    revoke("ana", &revoked, "human");
    let log = site.run(&["log", "--format", "json"]).ends(0).json();
    assert!(log.as_array().unwrap().iter().all(|entry| entry["revoked"].is_null()), "{log}");
    assert_eq!(log.as_array().unwrap().len(), 3);
}

#[test]
fn an_approval_that_is_not_enough_reads_so() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.signed("ed", &["review", "--approve", "--answer", "accuracy=pass"]).ends(0);
    site.run(&["status"]).ends(0).says("unreviewed content/b.md; approved by ed");
}

/// A `.gitmodules` may tell git to say nothing of a submodule. The command that the reviewer is told shows it.
#[test]
fn a_reviewer_is_told_how_to_see_a_submodule_that_git_is_told_to_hide() {
    let site = Site::new();
    site.propose("topic", &[(".gitmodules", "[submodule \"m\"]\n\tpath = content/m\n\turl = ./m\n\tignore = all\n")]);
    let main = site.repo.rev("main");
    site.repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{main},content/m")]);
    site.repo.git(&["commit", "--quiet", "-m", "a submodule"]);
    let Some(ran) = on_terminal(&site, "main...topic --approve --answer accuracy=pass", "\n\ns\n\n") else { return };
    let told = ran.err.lines().chain(ran.out.lines()).find_map(|line| line.trim().strip_prefix("read them with: git "));
    let words: Vec<&str> = told.expect("it says how to read the changes").split_whitespace().collect();
    assert!(site.repo.git(&words).contains("Subproject commit"), "{words:?}");
    assert!(!site.repo.git(&["diff", "main", "topic"]).contains("Subproject commit"), "git hides it by itself");
}
