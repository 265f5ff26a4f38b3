//! Attacks by whoever serves, or writes to, a remote that no guard watches: what `sync` takes from it, and what it gives.

use provenance_test_support::Repo;

use super::{LEDGER, allows, refuses};
use crate::site::Site;

/// Ana and Ed in clones of their own, whose remote has the records of a topic that is approved.
fn two_clones() -> (Site, Site, Repo) {
    let site = Site::new();
    let remote = Repo::bare();
    site.repo.git(&["remote", "add", "origin", remote.path().to_str().unwrap()]);
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    site.repo.git(&["push", "--quiet", "origin", "main", "topic"]);
    site.run(&["sync"]).ends(0);
    let anas = Site { repo: remote.clone_with(&[]) };
    for who in ["ana", "wes"] {
        std::fs::copy(site.key(who), anas.key(who)).unwrap();
    }
    anas.repo.git(&["config", "provenance.root", &site.repo.rev("main")]);
    anas.repo.git(&["branch", "--quiet", "topic", "origin/topic"]);
    anas.repo.git(&["switch", "--quiet", "main"]);
    anas.run(&["sync"]).ends(0);
    (site, anas, remote)
}

/// Makes a tree of these lines, as `git ls-tree` writes them, the remote's ledger, on top of what it was.
fn lay(remote: &Repo, lines: &str) {
    let tree = remote.git_with(&["mktree", "--missing"], lines);
    let commit = remote.commit_tree(&tree, &[&remote.rev(LEDGER)], 1_750_000_000);
    remote.git(&["update-ref", LEDGER, &commit]);
}

/// Lays the notes of a remote's ledger in folders by their first two digits, with a copy of each folder where it hides the first.
fn with_copies(remote: &Repo) {
    let notes = remote.git(&["ls-tree", "-r", LEDGER]);
    let (mut folders, mut copies) = (String::new(), String::new());
    let ids: Vec<(&str, String)> = notes
        .lines()
        .map(|line| line.split_once('\t').unwrap())
        .map(|(blob, path)| (blob, path.replace('/', "")))
        .collect();
    let pairs: std::collections::BTreeSet<&str> = ids.iter().map(|(_, id)| &id[..2]).collect();
    for (at, pair) in pairs.iter().enumerate() {
        let inside = ids.iter().filter(|(_, id)| id.starts_with(pair));
        let inside: String = inside.map(|(blob, id)| format!("{blob}\t{}\n", &id[2..])).collect();
        let tree = remote.git_with(&["mktree"], inside);
        folders += &format!("040000 tree {tree}\t{pair}\n");
        copies += &format!("040000 tree {tree}\t{at:02x}\n");
    }
    let copies = remote.git_with(&["mktree"], copies);
    assert!(!pairs.contains("ff"));
    lay(remote, &format!("{folders}040000 tree {copies}\tff\n"));
}

/// N11.b
#[test]
fn a_copy_of_a_folder_hides_no_record_of_the_remote() {
    let (site, anas, remote) = two_clones();
    let log = anas.run(&["log", "main...topic", "--format", "json"]).ends(0).json();
    let review = log.as_array().unwrap().iter().find(|record| record["kind"] == "review").unwrap();
    anas.signed("ana", &["revoke", review["record"].as_str().unwrap(), "-m", "the source was retracted"]).ends(0);
    anas.run(&["sync"]).ends(0);
    with_copies(&remote);
    allows(&site, "main...topic");
    // What is signed here in the meantime has to be joined with what the remote has.
    site.propose("two", &[("content/a.md", "two\n")]);
    site.signed("wes", &["declare", "main...two", "--extent", "none"]).ends(0);
    site.run(&["sync"]).ends(0);
    refuses(&site, "main...topic", "revoked");
    refuses(&anas, "main...topic", "revoked");
    // And what is pushed has lost nothing.
    let third = Site { repo: remote.clone_with(&[]) };
    third.repo.git(&["config", "provenance.root", &site.repo.rev("main")]);
    third.run(&["sync"]).ends(0);
    refuses(&third, "main...origin/topic", "revoked");
}

/// N11.c
#[test]
fn what_stands_in_the_place_of_a_note_gives_way_to_it() {
    for (mode, kind) in [("160000", "commit"), ("040000", "tree")] {
        let (site, anas, remote) = two_clones();
        let id = site.propose("two", &[("content/a.md", "two\n")]);
        let (blob, main) = (site.repo.rev("two:content/a.md"), site.repo.rev("main"));
        let object = if kind == "commit" { main } else { site.repo.rev("main^{tree}") };
        let honest = remote.git(&["ls-tree", LEDGER]);
        lay(&remote, &format!("{honest}\n{mode} {kind} {object}\t{blob}\n"));
        site.run(&["sync"]).ends(0);
        anas.run(&["sync"]).ends(0);
        site.approve(&format!("main...{id}"));
        allows(&site, &format!("main...{id}"));
        site.run(&["sync"]).ends(0);
        anas.run(&["sync"]).ends(0);
        anas.repo.git(&["fetch", "--quiet", site.repo.path().to_str().unwrap(), "two"]);
        allows(&anas, &format!("main...{id}"));
    }
}

/// N11.b. Of a world of notes nothing is taken in, and it is said what to do.
#[test]
fn folders_without_end_are_told_and_not_taken_in() {
    let (site, _, remote) = two_clones();
    let ours = site.repo.rev(LEDGER);
    let blob = remote.git_with(&["hash-object", "-w", "--stdin"], "boom\n");
    let mut tree = remote.git_with(&["mktree"], format!("100644 blob {blob}\tff\n"));
    for _ in 1..site.repo.rev("main").len() / 2 {
        let entries: String = (0..256).map(|pair| format!("040000 tree {tree}\t{pair:02x}\n")).collect();
        tree = remote.git_with(&["mktree"], entries);
    }
    lay(&remote, &format!("{}\n040000 tree {tree}\tfe\n", remote.git(&["ls-tree", LEDGER])));
    site.run(&["sync"]).ends(3).says("exceed the limit of 65536").says("git log refs/notes/remotes/NAME/provenance");
    assert_eq!(site.repo.rev(LEDGER), ours);
    allows(&site, "main...topic");
}

/// N01.b
#[test]
fn a_refspec_of_the_clone_lets_no_remote_overwrite_the_ledger() {
    let (site, _, remote) = two_clones();
    // As often advised for notes; without a log of refs nothing could be put back.
    site.repo.git(&["config", "--add", "remote.origin.fetch", "+refs/notes/*:refs/notes/*"]);
    site.repo.git(&["config", "core.logAllRefUpdates", "false"]);
    std::fs::remove_dir_all(site.repo.git_dir().join("logs")).unwrap();
    let approved = site.repo.rev(LEDGER);
    site.signed("ana", &["review", "main...topic", "--reject", "-m", "no"]).ends(0);
    refuses(&site, "main...topic", "rejected");
    site.run(&["sync"]).ends(0);
    remote.git(&["update-ref", LEDGER, &approved]);
    site.run(&["sync"]).ends(0);
    refuses(&site, "main...topic", "rejected");
    assert_eq!(remote.rev(LEDGER), site.repo.rev(LEDGER));
}
