//! The server's hook, and sync between clones.

use std::path::Path;

use provenance_test_support::Repo;

use crate::site::{Ran, Site, run_in};

const BINARY: &str = env!("CARGO_BIN_EXE_git-provenance");

/// A bare server with the hooks installed and the site's root pinned.
pub(crate) fn server(site: &Site) -> Repo {
    let server = Repo::bare();
    let url = server.path().to_str().unwrap();
    site.repo.git(&["remote", "add", "origin", url]);
    site.repo.git(&["push", "--quiet", "origin", "main"]);
    run_in(&server, &["trust", "main"], &[], "").ends(0);
    run_in(&server, &["hook", "install"], &[], "").ends(0).says("pre-receive");
    fix_clock(&server.git_dir());
    server
}

/// Hooks run with the tests' clock.
pub(crate) fn fix_clock(git_dir: &Path) {
    for name in ["pre-receive", "post-receive", "pre-push"] {
        let path = git_dir.join("hooks").join(name);
        if let Ok(text) = std::fs::read_to_string(&path) {
            std::fs::write(
                &path,
                text.replace(&format!("'{BINARY}'"), &format!("'{BINARY}' --now {}", crate::site::NOW)),
            )
            .unwrap();
        }
    }
}

pub(crate) fn push(site: &Site, arguments: &[&str]) -> Ran {
    Ran::of(site.repo.try_git(&[&["push", "--quiet", "origin"], arguments].concat()))
}

#[test]
fn refuses_a_push_that_nobody_reviewed_and_accepts_it_with_its_notes() {
    let site = Site::new();
    let server = server(&site);
    let published = server.git(&["rev-parse", "main"]);
    site.propose("topic", &[("content/b.md", "B\n")]);
    push(&site, &["topic"]).ends(0);
    push(&site, &["topic:main"]).ends(1).says("missing-review content/b.md");
    site.approve("main...topic");
    push(&site, &["topic:main"]).ends(1).says("missing-review");
    assert_eq!(server.git(&["rev-parse", "main"]), published);
    push(&site, &["topic:main", "refs/notes/provenance"]).ends(0);
    assert_eq!(server.git(&["rev-parse", "main"]), site.repo.git(&["rev-parse", "topic"]));
    server.git(&["fsck", "--strict"]);
}

#[test]
fn refuses_rewinding_deleting_and_weakening() {
    let site = Site::new();
    let server = server(&site);
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    push(&site, &["topic:main", "refs/notes/provenance"]).ends(0);
    push(&site, &["--force", "topic~1:main"]).ends(1).says("rewound-branch");
    push(&site, &[":main"]).ends(1).says("branch-deleted");
    push(&site, &[":refs/notes/provenance"]).ends(1).says("ledger-rewound");
    push(&site, &["--force", "refs/notes/provenance~1:refs/notes/provenance"]).ends(1).says("ledger-rewound");
    let policy = crate::site::POLICY.replace("reviews = [{ roles = [\"editor\"] }]\n", "");
    site.repo.git(&["branch", "--force", "main", "topic"]);
    site.propose("weaken", &[(".provenance/policy.toml", &policy)]);
    site.signed("wes", &["declare", "main...weaken", "--extent", "none"]).ends(0);
    site.signed("ed", &["review", "main...weaken", "--approve"]).ends(1).says("wrong-role");
    push(&site, &["weaken:main"]).ends(1).says("missing-review .provenance/policy.toml");
    // A symbolic ref is the ref it leads to.
    server.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
    site.propose("evil", &[("content/b.md", "evil\n")]);
    push(&site, &["evil:alias"]).ends(1).says("missing-review");
    push(&site, &["evil:elsewhere"]).ends(0);
}

#[test]
fn guards_the_ledger() {
    let site = Site::new();
    let server = server(&site);
    site.propose("topic", &[("content/b.md", "B\n")]);
    let blob = site.repo.git(&["rev-parse", "topic:content/b.md"]);
    site.repo.git(&["notes", "--ref=provenance", "add", "-m", "not a record", &blob]);
    push(&site, &["refs/notes/provenance"]).ends(1).says("malformed-record");
    site.repo.git(&["update-ref", "-d", "refs/notes/provenance"]);
    site.approve("main...topic");
    push(&site, &["refs/notes/provenance"]).ends(0);
    // A record moved to another note is filed where it does not belong.
    let other = site.repo.git(&["rev-parse", "topic:content/a.md"]);
    let note = site.repo.git(&["notes", "--ref=provenance", "show", &blob]);
    site.repo.git(&["notes", "--ref=provenance", "add", "-m", &note, &other]);
    push(&site, &["refs/notes/provenance"]).ends(1).says("which it does not name");
    site.repo.git(&["fetch", "--quiet", "origin", "+refs/notes/provenance:refs/notes/provenance"]);
    site.repo.git(&["notes", "--ref=provenance", "remove", &blob]);
    push(&site, &["refs/notes/provenance"]).ends(1).says("ledger-rewound").says("would lose the line");
    assert!(server.git(&["notes", "--ref=provenance", "list"]).contains(&blob));
}

#[test]
fn a_hook_that_cannot_decide_refuses_the_push() {
    let site = Site::new();
    let server = server(&site);
    site.propose("topic", &[("content/b.md", "B\n")]);
    server.git(&["config", "provenance.root", "nonsense"]);
    push(&site, &["topic:main"]).ends(1).says("no full commit id");
    server.git(&["config", "provenance.root", &site.repo.git(&["rev-parse", "topic"])]);
    push(&site, &["topic:main"]).ends(1).says("untrusted-root");
    let unpinned = Repo::bare();
    run_in(&unpinned, &["hook", "install"], &[], "").ends(0);
    site.repo.git(&["remote", "set-url", "origin", unpinned.path().to_str().unwrap()]);
    push(&site, &["main"]).ends(1).says("no root is pinned");
}

#[test]
fn sync_joins_what_both_sides_wrote() {
    let site = Site::new();
    let server = server(&site);
    site.repo.git(&["push", "--quiet", "origin", "main"]);
    let other = Site { repo: server.clone_with(&[]) };
    for name in ["ana", "ed", "wes"] {
        std::fs::copy(site.key(name), other.key(name)).unwrap();
    }
    site.propose("one", &[("content/a.md", "one\n")]);
    site.approve("main...one");
    other.propose("two", &[("content/b.md", "two\n")]);
    other.approve("main...two");
    site.run(&["sync"]).ends(0).says("3 pushed");
    other.repo.git(&["config", "user.name", "Other"]);
    other.run(&["sync", "origin"]).ends(0).says("3 notes fetched");
    site.run(&["sync"]).ends(0).says("0 pushed");
    other.run(&["check", "main...two"]).ends(0);
    // From then on a plain fetch brings the ledger along.
    let refspecs = other.repo.git(&["config", "--get-all", "remote.origin.fetch"]);
    assert_eq!(refspecs.matches("refs/notes/remotes/origin/provenance").count(), 1, "{refspecs}");
    assert_eq!(
        site.repo.git(&["notes", "--ref=provenance", "list"]),
        server.git(&["notes", "--ref=provenance", "list"])
    );
    // Foreign lines stay where they are and are not pushed.
    let blob = site.repo.git(&["rev-parse", "main:content/a.md"]);
    site.repo.git(&["notes", "--ref=provenance", "append", "-m", "a remark", &blob]);
    site.approve("main...one");
    site.run(&["sync"]).ends(0).says("1 lines are no records that the roster knows");
    assert!(site.repo.git(&["notes", "--ref=provenance", "show", &blob]).contains("a remark"));
    assert!(!server.git(&["notes", "--ref=provenance", "show", &blob]).contains("a remark"));
    site.run(&["sync", "nowhere"]).ends(2).says("`nowhere` is no remote");
    site.run(&["sync", "--upload-pack=touch"]).ends(2);
    site.repo.git(&["remote", "set-url", "origin", "/nonexistent"]);
    site.run(&["sync"]).ends(3).says("git fetch ended with");
}

#[test]
fn pre_push_brings_the_ledger_first_and_keeps_an_existing_hook() {
    let site = Site::new();
    let server = server(&site);
    let existing = site.repo.git_dir().join("hooks/pre-push");
    std::fs::create_dir_all(existing.parent().unwrap()).unwrap();
    std::fs::write(&existing, "#!/bin/sh\ncat > .git/seen\n").unwrap();
    std::fs::set_permissions(&existing, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    site.run(&["hook", "install"]).ends(0);
    site.run(&["hook", "install"]).ends(0);
    fix_clock(&site.repo.git_dir());
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    push(&site, &["topic:main"]).ends(0);
    assert!(std::fs::read_to_string(site.repo.git_dir().join("seen")).unwrap().contains("refs/heads/main"));
    assert_eq!(server.git(&["rev-parse", "main"]), site.repo.git(&["rev-parse", "topic"]));
}

#[test]
fn eight_writers_and_a_plain_git_lose_nothing() {
    let site = Site::new();
    let mut branches = Vec::new();
    for i in 0..8 {
        let branch = format!("topic{i}");
        site.propose(&branch, &[(&format!("content/{i}.md"), &format!("{i}\n"))]);
        branches.push(branch);
    }
    let foreign: Vec<String> =
        (0..8).map(|i| site.repo.git_with(&["hash-object", "-w", "--stdin"], format!("foreign {i}"))).collect();
    let key = site.key("wes");
    std::thread::scope(|scope| {
        for branch in &branches {
            let (site, key) = (&site, &key);
            scope.spawn(move || {
                for _ in 0..4 {
                    let range = format!("main...{branch}");
                    site.run(&["declare", &range, "--extent", "none", "--key", key.to_str().unwrap(), "-m", "x"])
                        .ends(0);
                }
            });
        }
        scope.spawn(|| {
            for id in &foreign {
                // Git's own writer may lose a race and say so; ours may not.
                site.repo.try_git(&["notes", "--ref=provenance", "append", "-m", "foreign", id]);
            }
        });
    });
    // Git moves the ref without looking, after we have looked: a status puts back what that dropped.
    site.run(&["status", "main...topic0"]).ends(0);
    for (i, branch) in branches.iter().enumerate() {
        let blob = site.repo.git(&["rev-parse", &format!("{branch}:content/{i}.md")]);
        assert!(site.repo.git(&["notes", "--ref=provenance", "show", &blob]).contains("payloadType"), "{branch}");
    }
    site.repo.git(&["fsck", "--strict"]);
}
