//! The ledger between clones, where other programs write to it as well.

use provenance_test_support::Repo;

use crate::server::{fix_clock, push, server};
use crate::site::{Site, run_in};

const LEDGER: &str = "refs/notes/provenance";

/// A remote without hooks, that holds a rejected topic's records.
fn rejected() -> (Site, Repo, String) {
    let site = Site::new();
    let remote = Repo::bare();
    site.repo.git(&["remote", "add", "origin", remote.path().to_str().unwrap()]);
    site.repo.git(&["push", "--quiet", "origin", "main"]);
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    site.signed("ana", &["review", "main...topic", "--reject", "-m", "no"]).ends(0);
    site.run(&["check", "main...topic"]).ends(1).says("rejected");
    let blob = site.repo.rev("topic:content/b.md");
    site.run(&["sync"]).ends(0);
    (site, remote, blob)
}

/// Takes the rejection out of a ledger, by a commit on top, as an editor of notes can.
fn without_rejection(repo: &Repo, blob: &str) {
    let note = repo.git(&["notes", "--ref=provenance", "show", blob]);
    let list = repo.git(&["notes", "--ref=provenance", "list"]);
    let last = |line: &&str| -> bool {
        let payload = line.split('"').nth(7);
        !payload.is_some_and(|payload| base64_text(payload).contains("\"reject\""))
    };
    let kept: Vec<&str> = note.lines().filter(last).collect();
    assert!(kept.len() < note.lines().count());
    for line in list.lines() {
        let id = line.split(' ').nth(1).unwrap();
        let had = repo.git(&["notes", "--ref=provenance", "show", id]);
        let kept: Vec<&str> = had.lines().filter(|line| line.starts_with("{\"envelope\"") || last(line)).collect();
        repo.git(&["notes", "--ref=provenance", "add", "--force", "-m", &kept.join("\n"), id]);
    }
}

fn base64_text(text: &str) -> String {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'=').map(digit).collect();
    let bytes = digits.chunks(4).flat_map(|four| {
        let bits = four.iter().fold(0u32, |bits, digit| bits << 6 | u32::from(*digit)) << (6 * (4 - four.len()));
        bits.to_be_bytes()[1..four.len()].to_vec()
    });
    String::from_utf8_lossy(&bytes.collect::<Vec<u8>>()).into_owned()
}

#[test]
fn a_remote_that_dropped_a_rejection_takes_it_from_nobody() {
    let (site, remote, blob) = rejected();
    without_rejection(&remote, &blob);
    site.run(&["sync"]).ends(0).says("pushed");
    site.run(&["check", "main...topic"]).ends(1).says("rejected");
    assert_eq!(remote.git(&["notes", "--ref=provenance", "show", &blob]).lines().count(), 3);
    let settled = site.repo.rev(LEDGER);
    site.run(&["sync"]).ends(0).says("0 notes fetched, 0 pushed");
    assert_eq!(site.repo.rev(LEDGER), settled, "nothing to join, so nothing is written");
    // What only grew is taken as it is.
    let other = Site { repo: remote.clone_with(&[]) };
    std::fs::copy(site.key("wes"), other.key("wes")).unwrap();
    other.repo.git(&["config", "provenance.root", &site.repo.rev("main")]);
    other.repo.git(&["fetch", "--quiet", "origin", &format!("{LEDGER}:{LEDGER}")]);
    other.propose("two", &[("content/a.md", "two\n")]);
    other.signed("wes", &["declare", "main...two", "--extent", "none"]).ends(0);
    other.run(&["sync"]).ends(0);
    site.run(&["sync"]).ends(0);
    assert_eq!(site.repo.rev(LEDGER), remote.rev(LEDGER));
}

#[test]
fn a_rejection_that_a_commit_took_out_is_put_back() {
    let (site, _, blob) = rejected();
    without_rejection(&site.repo, &blob);
    site.repo.git(&["notes", "--ref=provenance", "append", "-m", "a remark", &blob]);
    site.repo.git(&["notes", "--ref=provenance", "append", "-m", "a remark", &site.repo.rev("main")]);
    site.run(&["check", "main...topic"]).ends(0);
    site.run(&["status", "main...topic"]).ends(0);
    site.run(&["check", "main...topic"]).ends(1).says("rejected");
    let healed = site.repo.rev(LEDGER);
    // A remark is nobody's record: who takes it out has taken it out.
    site.repo.git(&["notes", "--ref=provenance", "remove", &site.repo.rev("main")]);
    let now = site.repo.rev(LEDGER);
    site.run(&["status", "main...topic"]).ends(0);
    assert_eq!(site.repo.rev(LEDGER), now);
    assert_ne!(now, healed);
}

#[test]
fn what_was_healed_once_is_passed_over_and_what_is_dropped_later_is_not() {
    let (site, _, blob) = rejected();
    let file = site.repo.git_dir().join("provenance/healed");
    let status = || site.run(&["status", "main...topic"]).ends(0);
    let is_rejected = || site.run(&["check", "main...topic"]).ends(1).says("rejected");
    status();
    let (whole, place) = (site.repo.rev(LEDGER), std::fs::read_to_string(&file).unwrap());
    status();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), place);
    // By a commit on top.
    without_rejection(&site.repo, &blob);
    status();
    is_rejected();
    // By a writer that began at a value from before, and whoever moves the ref back to that very value.
    status();
    let first = site.repo.git(&["rev-list", "--reverse", LEDGER]).lines().next().unwrap().to_owned();
    site.repo.git(&["update-ref", LEDGER, &first]);
    site.repo.git(&["notes", "--ref=provenance", "append", "-m", "a remark", &site.repo.rev("main")]);
    status();
    is_rejected();
    status();
    let (now, records) = (site.repo.rev(LEDGER), site.run(&["log", "--format", "json"]).ends(0).out);
    site.signed("ed", &["review", "main...topic", "--reject", "-m", "no from me"]).ends(0);
    let more = site.run(&["log", "--format", "json"]).ends(0).out;
    assert_ne!(more, records);
    site.repo.git(&["update-ref", LEDGER, &now]);
    status();
    assert_eq!(site.run(&["log", "--format", "json"]).ends(0).out, more);
    // With nonsense for a place, or one of another log, all is looked at.
    for nonsense in ["nonsense", "99 a b c", &place] {
        std::fs::write(&file, nonsense).unwrap();
        without_rejection(&site.repo, &blob);
        status();
        is_rejected();
    }
    assert_ne!(site.repo.rev(LEDGER), whole);
}

#[test]
fn what_a_server_refuses_stays_here_and_holds_nothing_up() {
    let site = Site::new();
    let server = server(&site);
    site.repo.git(&["config", "notes.rewriteRef", LEDGER]);
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    let blob = site.repo.rev("topic:content/b.md");
    let note = site.repo.git(&["notes", "--ref=provenance", "show", &blob]);
    let head = site.repo.rev("topic");
    site.repo.git(&["notes", "--ref=provenance", "add", "--force", "-m", &note, &head]);
    site.repo.git(&["commit", "--quiet", "--amend", "-m", "said better"]);
    assert_eq!(site.repo.git(&["notes", "--ref=provenance", "show", "topic"]), note);
    let tree = site.repo.git(&["ls-tree", LEDGER]);
    let readme = site.repo.git_with(&["hash-object", "-w", "--stdin"], "read me\n");
    let tree = site.repo.git_with(&["mktree"], format!("{tree}\n100644 blob {readme}\tREADME\n"));
    let commit = site.repo.commit_tree(&tree, &[&site.repo.rev(LEDGER)], 1_750_000_000);
    site.repo.git(&["update-ref", LEDGER, &commit]);
    site.run(&["sync"]).ends(0).says("lie where they do not belong").says("1 files in the ledger's tree");
    site.run(&["hook", "install"]).ends(0);
    fix_clock(&site.repo.git_dir());
    push(&site, &["topic:main"]).ends(0);
    assert_eq!(server.rev("main"), site.repo.rev("topic"));
    assert_eq!(server.git(&["notes", "--ref=provenance", "show", &blob]), note);
    assert!(!server.git(&["notes", "--ref=provenance", "list"]).contains(&site.repo.rev("topic")));
    assert!(site.repo.git(&["ls-tree", LEDGER]).contains("README"));
    // Where the remote takes no ledger at all, the push says what to do.
    site.propose("three", &[("content/c.md", "C\n")]);
    site.approve("main...three");
    std::fs::write(server.git_dir().join("hooks/update"), "#!/bin/sh\nexit 1\n").unwrap();
    std::fs::set_permissions(
        server.git_dir().join("hooks/update"),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
    push(&site, &["three:elsewhere"]).ends(1).says("did not take the ledger").says("git push --no-verify");
}

#[test]
fn a_dangling_symbolic_ledger_is_said_to_be_one() {
    let site = Site::new();
    site.repo.git(&["symbolic-ref", LEDGER, "refs/notes/nowhere"]);
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.signed("wes", &["declare", "main...topic", "--extent", "none"])
        .ends(3)
        .says("is a symbolic ref to refs/notes/nowhere, which is not there");
    site.repo.git(&["symbolic-ref", "--delete", LEDGER]);
    site.signed("wes", &["declare", "main...topic", "--extent", "none"]).ends(0);
}

/// Four writers in each of two clones, `sync` from both, and plain git beside them.
#[test]
fn eight_writers_in_two_clones_lose_nothing_on_the_server() {
    let site = Site::new();
    let server = server(&site);
    let other = Site { repo: server.clone_with(&[]) };
    std::fs::copy(site.key("wes"), other.key("wes")).unwrap();
    other.repo.git(&["config", "provenance.root", &site.repo.rev("main")]);
    let sites = [&site, &other];
    for (at, here) in sites.iter().enumerate() {
        for writer in 0..4 {
            let name = format!("w{at}{writer}");
            here.propose(&name, &[(&format!("content/{name}.md"), &name)]);
        }
    }
    race(sites);
    for here in [&site, &other, &site, &other] {
        here.run(&["sync"]).ends(0);
    }
    for (at, here) in sites.into_iter().enumerate() {
        for writer in 0..4 {
            let blob = here.repo.rev(&format!("w{at}{writer}:content/w{at}{writer}.md"));
            let note = server.git(&["notes", "--ref=provenance", "show", &blob]);
            assert_eq!(note.lines().count(), 3, "w{at}{writer}: {note}");
            let shown = run_in(&here.repo, &["show", &blob, "--format", "json"], &[], "").ends(0).json();
            assert_eq!(shown.as_array().map(Vec::len), Some(3), "{shown}");
        }
    }
    let listed = server.git(&["notes", "--ref=provenance", "list"]);
    assert_eq!(listed.lines().count(), 8, "{listed}");
    for repo in [&server, &site.repo, &other.repo] {
        repo.git(&["fsck", "--strict"]);
    }
}

/// Writes from every side at once; what is in each branch is declared three times.
fn race(sites: [&Site; 2]) {
    std::thread::scope(|scope| {
        for (at, here) in sites.into_iter().enumerate() {
            for writer in 0..4 {
                scope.spawn(move || {
                    for round in 0..3 {
                        let (range, note) = (format!("main...w{at}{writer}"), format!("round {round}"));
                        here.signed("wes", &["declare", &range, "--extent", "none", "-m", &note]).ends(0);
                    }
                });
            }
            scope.spawn(move || {
                for _ in 0..3 {
                    // It may lose every race; it must then say so, and lose nothing.
                    let code = here.run(&["sync"]).code;
                    assert!(code == 0 || code == 3, "{code}");
                }
            });
            scope.spawn(move || {
                for round in 0..6 {
                    let id = here.repo.git_with(&["hash-object", "-w", "--stdin"], format!("foreign {at} {round}"));
                    here.repo.try_git(&["notes", "--ref=provenance", "append", "-m", "foreign", &id]);
                }
            });
        }
    });
}

#[test]
fn an_auditor_reads_the_records_of_content_that_is_not_in_the_clone() {
    let (_site, remote, blob) = rejected();
    let clone = remote.clone_with(&["--branch", "main"]);
    run_in(&clone, &["sync"], &[], "").ends(0);
    assert!(!clone.try_git(&["cat-file", "-e", &blob]).status.success());
    run_in(&clone, &["show", &blob], &[], "").ends(0).says("wes declared").says("ana rejected");
    run_in(&clone, &["show", &blob.replace(&blob[..4], "0000")], &[], "").ends(2).says("is no object");
}
