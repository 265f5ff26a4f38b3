//! Attacks on the server's hook by what is pushed, and by how.

use std::io::{Read, Write};
use std::process::Stdio;

use provenance_core::id::Sha256Digest;
use provenance_test_support::{Repo, id_of, object_format};

use crate::server::{push, server};
use crate::site::{POLICY, Ran, Site, run_in};

const LEDGER: &str = "refs/notes/provenance";

fn null() -> String {
    id_of('0')
}

/// Sends these commands, `OLD NEW REF` each, as a client that says what it likes; what they name
/// must be there. Returns what the server reports.
fn send(server: &Repo, commands: &[String]) -> String {
    let mut command = server.command("git");
    command.arg("receive-pack").arg(server.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    loop {
        let mut length = [0; 4];
        stdout.read_exact(&mut length).unwrap();
        let length = usize::from_str_radix(std::str::from_utf8(&length).unwrap(), 16).unwrap();
        if length == 0 {
            break;
        }
        stdout.read_exact(&mut vec![0; length - 4]).unwrap();
    }
    for (at, command) in commands.iter().enumerate() {
        let capabilities =
            if at == 0 { format!("\0report-status object-format={}", object_format()) } else { String::new() };
        write!(stdin, "{:04x}{command}{capabilities}", command.len() + capabilities.len() + 4).unwrap();
    }
    // A pack of nothing, with its checksum.
    let pack = b"PACK\0\0\0\x02\0\0\0\0";
    let sha1 = *b"\x02\x9d\x08\x82\x3b\xd8\xa8\xea\xb5\x10\xad\x6a\xc7\x5c\x82\x3c\xfd\x3e\xd3\x1e";
    let sum = if object_format() == "sha256" { Sha256Digest::of(pack).as_bytes().to_vec() } else { sha1.to_vec() };
    stdin.write_all(&[b"0000", pack.as_slice(), &sum].concat()).unwrap();
    drop(stdin);
    let mut said = Vec::new();
    stdout.read_to_end(&mut said).unwrap();
    let ran = child.wait_with_output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&said), String::from_utf8_lossy(&ran.stderr))
}

/// Runs a server's hook as git would, with this input.
pub(crate) fn hook(server: &Repo, name: &str, input: &str) -> Ran {
    let dir = server.git_dir();
    run_in(server, &["hook", name], &[("GIT_DIR", dir.to_str().unwrap())], input)
}

/// A policy with a second publish branch.
fn with_release() -> Site {
    let site = Site::new();
    let two = POLICY.replace("[\"refs/heads/main\"]", "[\"refs/heads/main\", \"refs/heads/release\"]");
    site.repo.write(".provenance/policy.toml", two);
    site.repo.git(&["commit", "--quiet", "--amend", "--all", "--no-edit"]);
    site.repo.git(&["config", "provenance.root", &site.repo.rev("HEAD")]);
    site
}

#[test]
fn refuses_what_a_client_claims_of_old_values() {
    let site = Site::new();
    let server = server(&site);
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    let approved = site.repo.rev(LEDGER);
    site.signed("ana", &["review", "main...topic", "--reject", "-m", "no"]).ends(0);
    push(&site, &["topic", LEDGER]).ends(0);
    let (main, topic, ledger) = (server.rev("main"), server.rev("topic"), server.rev(LEDGER));
    // Git would refuse the first, after the hook, and move the second.
    let said = send(&server, &[format!("{} {approved} {LEDGER}", null()), format!("{main} {topic} refs/heads/main")]);
    assert!(said.contains("undecided-history"), "{said}");
    assert!(said.contains(&format!("it is at {ledger}")), "{said}");
    assert!(said.contains("ledger-rewound"), "{said}");
    assert_eq!((server.rev("main"), server.rev(LEDGER)), (main.clone(), ledger.clone()));
    let said = send(&server, &[format!("{} {topic} refs/heads/main", null())]);
    assert!(said.contains("undecided-history"), "{said}");
    // An admin who is no contributor settles the rejection; then the honest push is taken.
    let record = site.run(&["log", "main...topic", "--format", "json"]).ends(0).json().to_string();
    assert!(record.contains("reject"), "{record}");
    site.signed("ana", &["review", "main...topic", "--approve", "--answer", "accuracy=pass"]).ends(0);
    push(&site, &[LEDGER]).ends(0);
    let said = send(&server, &[format!("{main} {topic} refs/heads/main")]);
    assert!(said.contains("ok refs/heads/main"), "{said}");
}

#[test]
fn leaves_no_ref_of_a_push_unread() {
    let site = Site::new();
    let server = server(&site);
    let (main, evil) = (server.rev("main"), site.propose("evil", &[("content/b.md", "evil\n")]));
    push(&site, &["evil"]).ends(0).says("");
    let update = format!("{main} {evil} refs/heads/main\n");
    hook(&server, "pre-receive", &update).ends(1).says("missing-review");
    hook(&server, "pre-receive", update.trim_end()).ends(3).says("breaks off");
    hook(&server, "pre-receive", "").ends(3);
    let filler = format!("{} {evil} refs/heads/{}\n", null(), "y".repeat(900));
    let many = filler.repeat((64 << 20) / filler.len() + 1) + &update;
    hook(&server, "pre-receive", &many).ends(3).says("push fewer refs at once");
    let odd = format!("{} {evil} refs/heads/a\u{1}b\n", null());
    hook(&server, "pre-receive", &odd).ends(3).says("\"refs/heads/a\\001b\"").says("leave this ref out");
    hook(&server, "pre-receive", &format!("{} {evil} refs/heads/fine\n", null())).ends(0);
    let ran = hook(&server, "pre-receive", &format!("{} {main} refs/heads/fine\n", null())).ends(0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", ""));
}

#[test]
fn a_symbolic_ref_is_what_it_leads_to_even_before_that_is_there() {
    let site = with_release();
    let server = server(&site);
    server.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/release"]);
    server.git(&["symbolic-ref", "refs/heads/notes", LEDGER]);
    site.propose("evil", &[("content/b.md", "evil\n")]);
    push(&site, &["evil:alias"]).ends(1).says("release").says("missing-review");
    push(&site, &["evil:notes"]).ends(1).says("is no note");
    assert!(server.try_git(&["rev-parse", "--verify", "--quiet", "release"]).stdout.is_empty());
    push(&site, &["main:alias"]).ends(0);
    assert_eq!(server.rev("release"), site.repo.rev("main"));
    server.git(&["symbolic-ref", "refs/heads/round", "refs/heads/about"]);
    server.git(&["symbolic-ref", "refs/heads/about", "refs/heads/round"]);
    push(&site, &["evil:round"]).ends(1);
}

#[test]
fn a_roster_that_nobody_published_vouches_for_nobody() {
    let site = Site::new();
    let server = server(&site);
    let people = String::from_utf8(site.repo.read(".provenance/people.toml")).unwrap();
    let eve = format!(
        "{people}[person.eve]\nname = \"eve\"\nkind = \"human\"\nemails = [\"eve@example.com\"]\nroles = [\"writer\"]\nkeys = [\"{}\"]\n",
        site.public("eve")
    );
    // Eve lists herself on a branch of her own, of which she is also the publisher.
    let own = POLICY.replace("refs/heads/main", "refs/heads/own");
    site.propose("own", &[(".provenance/people.toml", &eve), (".provenance/policy.toml", &own)]);
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.repo.git(&["config", "provenance.root", &site.repo.rev("own~1")]);
    site.repo.git(&["update-ref", "refs/remotes/origin/main", "own"]);
    site.repo.git(&["branch", "--quiet", "--force", "main", "own"]);
    site.repo.git(&["checkout", "--quiet", "own"]);
    site.repo.write("content/b.md", "E\n");
    site.commit_by("eve", "eve's");
    site.signed("eve", &["declare", "own~1..own", "--extent", "none", "--branch", "own"]).ends(0);
    push(&site, &["own~1:refs/heads/own"]).ends(0);
    push(&site, &[LEDGER]).ends(1).says("unknown-key");
    push(&site, &["own:refs/heads/elsewhere", LEDGER]).ends(1).says("unknown-key");
    assert!(server.try_git(&["rev-parse", "--verify", "--quiet", LEDGER]).stdout.is_empty());
}

#[test]
fn one_push_brings_a_new_person_and_their_records() {
    let site = Site::new();
    let server = server(&site);
    let people = String::from_utf8(site.repo.read(".provenance/people.toml")).unwrap();
    let eve = format!(
        "{people}[person.eve]\nname = \"eve\"\nkind = \"human\"\nemails = [\"eve@example.com\"]\nroles = [\"writer\"]\nkeys = [\"{}\"]\n",
        site.public("eve")
    );
    let new = site.propose("people", &[(".provenance/people.toml", &eve)]);
    site.signed("wes", &["declare", "main...people", "--extent", "none"]).ends(0);
    // Eve declares work of hers on top, which is not pushed yet.
    site.repo.git(&["branch", "--quiet", "--force", "main", "people"]);
    site.repo.git(&["update-ref", "refs/remotes/origin/main", "people"]);
    site.propose("hers", &[("content/b.md", "hers\n")]);
    site.signed("eve", &["declare", "main...hers", "--extent", "none"]).ends(0);
    push(&site, &["people:main", LEDGER]).ends(1).says("missing-review").says("unknown-key");
    site.repo.git(&["update-ref", "refs/remotes/origin/main", "people~1"]);
    site.signed("ana", &["review", "origin/main...people", "--approve"]).ends(0);
    push(&site, &["people:main", LEDGER]).ends(0);
    assert_eq!((server.rev("main"), server.rev(LEDGER)), (new, site.repo.rev(LEDGER)));
}

#[test]
fn keeps_the_places_of_guarded_refs_clear() {
    let site = with_release();
    let server = server(&site);
    site.propose("topic", &[("content/b.md", "B\n")]);
    push(&site, &["topic:refs/notes/provenance/x"]).ends(1).says("ledger-rewound").says("stand in the way");
    push(&site, &["topic:refs/heads/release/x"]).ends(1).says("branch-deleted");
    push(&site, &["topic:refs/namespaces/x/refs/heads/main"]).ends(1).says("namespace");
    push(&site, &["topic:refs/heads/releases", "topic:refs/notes/provenances", "topic:refs/heads/Main"]).ends(0);
    // What stands there from before can go.
    server.git(&["update-ref", "refs/heads/release/x", "main"]);
    push(&site, &[":refs/heads/release/x"]).ends(0);
    server.git(&["config", "core.ignoreCase", "true"]);
    push(&site, &["topic:refs/heads/MAIN"]).ends(1).says("ignores case");
    push(&site, &["topic:refs/notes/Provenance/x"]).ends(1).says("ledger-rewound");
    push(&site, &["topic:refs/heads/other"]).ends(0);
    let dir = server.git_dir();
    let environment = [("GIT_DIR", dir.to_str().unwrap()), ("GIT_NAMESPACE", "x")];
    run_in(&server, &["hook", "pre-receive"], &environment, "").ends(3).says("GIT_NAMESPACE");
}

#[test]
fn a_server_without_a_root_takes_nothing() {
    let site = Site::new();
    let unpinned = Repo::bare();
    run_in(&unpinned, &["hook", "install"], &[], "").ends(0).says("no root is pinned");
    site.repo.git(&["remote", "add", "origin", unpinned.path().to_str().unwrap()]);
    unpinned.git(&["symbolic-ref", "HEAD", "refs/heads/trunk"]);
    for refspec in ["main", "main:trunk", "main:refs/tags/v1", "main:refs/meta/x"] {
        push(&site, &[refspec]).ends(1).says("untrusted-root").says("git provenance trust COMMIT");
    }
    // The root can be pinned before it is there, and comes with its branch; whatever HEAD names.
    unpinned.git(&["config", "provenance.root", &site.repo.rev("main")]);
    site.repo.git(&["checkout", "--quiet", "--orphan", "else"]);
    site.repo.git(&["rm", "-rfq", "."]);
    site.repo.write("x", "x\n");
    site.commit_by("eve", "no policy");
    push(&site, &["else:refs/tags/v1"]).ends(1).says("undecided-policy").says("is not here");
    push(&site, &["main"]).ends(0);
    push(&site, &["else:trunk"]).ends(0);
    push(&site, &["else:refs/tags/v1"]).ends(0);
}

#[test]
fn joins_an_accepted_ledger_that_a_racing_push_overtook() {
    let site = Site::new();
    let server = server(&site);
    site.propose("one", &[("content/a.md", "one\n")]);
    site.approve("main...one");
    let first = site.repo.rev(LEDGER);
    site.repo.git(&["update-ref", "-d", LEDGER]);
    site.propose("two", &[("content/b.md", "two\n")]);
    site.approve("main...two");
    let second = site.repo.rev(LEDGER);
    push(&site, &[&format!("{first}:refs/heads/first"), &format!("{second}:refs/heads/second"), "one"]).ends(0);
    let main = server.rev("main");
    let update = format!("{} {first} {LEDGER}\n{main} {} refs/heads/main\n", null(), server.rev("one"));
    hook(&server, "pre-receive", &update).ends(0);
    let pending = server.git_dir().join("provenance/pending");
    assert!(pending.join(&first).exists());
    // Another push was faster with the ledger; git moves the branch and drops the ledger.
    server.git(&["update-ref", "refs/heads/main", "one"]);
    server.git(&["update-ref", LEDGER, &second]);
    let (unborn, stale) = (id_of('1'), id_of('2'));
    for name in [&unborn, &stale] {
        std::fs::write(pending.join(name), "").unwrap();
    }
    std::fs::write(pending.join("$(touch x)"), "").unwrap();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(7200);
    std::fs::File::options().write(true).open(pending.join(&stale)).unwrap().set_modified(long_ago).unwrap();
    hook(&server, "post-receive", &format!("{main} {} refs/heads/main\n", server.rev("one"))).ends(0);
    for branch in ["one:content/a.md", "two:content/b.md"] {
        let blob = site.repo.rev(branch);
        assert_eq!(server.git(&["notes", "--ref=provenance", "show", &blob]).lines().count(), 2, "{branch}");
    }
    assert!(!pending.join(&first).exists() && !pending.join(&stale).exists());
    assert!(pending.join(&unborn).exists(), "its objects may be on their way");
    // What the hook refuses is not noted.
    hook(&server, "pre-receive", &format!("{} {first} {LEDGER}\n", null())).ends(3);
    assert!(!pending.join(&first).exists());
}

#[test]
fn a_large_review_is_guarded_once_and_a_bomb_of_trees_not_at_all() {
    let site = Site::new();
    let server = server(&site);
    let names: Vec<String> = (0..400).map(|i| format!("content/{i}.md")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), name.as_str())).collect();
    site.propose("topic", &files);
    site.approve("main...topic");
    push(&site, &["topic:main", LEDGER]).ends(0);
    assert_eq!(server.rev("main"), site.repo.rev("topic"));
    // One blob, and nineteen trees that each hold the one below 256 times.
    let blob = site.repo.git_with(&["hash-object", "-w", "--stdin"], "boom\n");
    let mut tree = site.repo.git_with(&["mktree"], format!("100644 blob {blob}\tff\n"));
    for _ in 0..19 {
        let entries: String = (0..256).map(|i| format!("040000 tree {tree}\t{i:02x}\n")).collect();
        tree = site.repo.git_with(&["mktree"], entries);
    }
    let bomb = site.repo.commit_tree(&tree, &[&site.repo.rev(LEDGER)], 1_750_000_000);
    push(&site, &[&format!("{bomb}:{LEDGER}")]).ends(1).says("is no note");
}
