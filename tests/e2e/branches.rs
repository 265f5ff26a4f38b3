//! Several publish branches, and clones that have not fetched or pushed yet.

use provenance_core::key::generate;
use provenance_test_support::Repo;

use crate::site::{POLICY, Site, run_in};

/// Main and release, with more in the policy.
pub(crate) fn two_branches(more: &str) -> Site {
    let site = Site::new();
    let both = POLICY.replace("[\"refs/heads/main\"]", "[\"refs/heads/main\", \"refs/heads/release\"]");
    site.repo.write(".provenance/policy.toml", both + more);
    let root = site.repo.commit("two branches");
    site.repo.git(&["config", "provenance.root", &root]);
    site.repo.git(&["branch", "release"]);
    site
}

#[test]
fn what_no_branch_decides_needs_none() {
    let site = two_branches("");
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.signed("wes", &["declare", "main...topic", "--extent", "none"]).ends(0);
    for arguments in [&["people"][..], &["people", "list", "--branch", "release"], &["tools"]] {
        site.run(arguments).ends(0);
    }
    site.run(&["policy", "lint"]).ends(1).says("the policy can be read");
    site.run(&["show", "topic:content/b.md"]).ends(0).says("wes declared");
    site.run(&["log", "HEAD~1..HEAD"]).ends(0).says("wes declared");
    site.run(&["log"]).ends(2).says("several publish branches");
    site.run(&["log", "--branch", "main"]).ends(0).says("wes declared");
    let key = site.key("ed");
    site.run(&["key", "show", "--key", key.to_str().unwrap()]).ends(0).says("ed (ed), is valid");
    site.repo.git(&["config", "--unset", "provenance.root"]);
    site.run(&["trust"]).ends(0).says("the policy came with");
}

#[test]
fn refuses_a_branch_that_nobody_publishes() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    for arguments in [&["check"][..], &["check", "main...topic"], &["status"], &["log"]] {
        site.run(&[arguments, &["--branch", "nope"]].concat())
            .ends(2)
            .says("refs/heads/nope is no publish branch: policy.toml lists refs/heads/main");
    }
    site.signed("ed", &["review", "--approve", "--branch", "nope"]).ends(2).says("is no publish branch");
}

#[test]
fn key_show_says_why_the_owner_cannot_be_told() {
    let site = Site::new();
    let key = site.key("ed");
    let show = ["key", "show", "--key", key.to_str().unwrap()];
    site.run(&show).ends(0).says("ed (ed), is valid");
    let other = site.key("eve");
    site.run(&["key", "show", "--key", other.to_str().unwrap()]).ends(0).says("nobody's in the roster");
    let empty = Repo::new();
    run_in(&empty, &show, &[], "").ends(0).says("whose it is cannot be told: this repository has no policy");
}

#[test]
fn init_in_a_clone_says_what_to_push() {
    let origin = Repo::new();
    origin.write("index.md", "hello\n");
    origin.commit("first");
    let clone = origin.clone_with(&[]);
    let made = generate([7; 64], "ana", None).unwrap();
    std::fs::create_dir_all(clone.home().join(".ssh")).unwrap();
    std::fs::write(clone.home().join(".ssh/id_ed25519"), made.private.as_bytes()).unwrap();
    run_in(&clone, &["init", "--commit", "--admin", "Ana Ruiz <ana@example.com>"], &[], "")
        .ends(0)
        .says("next: git push origin main")
        .says("git provenance trust");
    clone.git(&["checkout", "--quiet", "-b", "topic"]);
    clone.write("index.md", "hello there\n");
    clone.commit("more");
    for arguments in [&["status"][..], &["check"], &["declare", "--extent", "none"]] {
        run_in(&clone, arguments, &[], "")
            .ends(3)
            .says("your main has a policy, and main of origin, as last fetched, has none")
            .says("git push origin main");
    }
}

#[test]
fn a_clone_without_records_is_told_to_sync() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    let clone = site.repo.clone_with(&["--branch=topic"]);
    let told = "no records here yet: run git provenance sync";
    run_in(&clone, &["check"], &[], "").ends(1).says(told);
    run_in(&clone, &["status"], &[], "").ends(0).says(told);
    let quiet = run_in(&clone, &["--quiet", "status"], &[], "").ends(0);
    assert!(!quiet.err.contains(told));
    run_in(&clone, &["show", "0123456789ab"], &[], "").ends(2).says("git provenance sync");
    let here = site.run(&["check"]).ends(1);
    assert!(!here.err.contains(told), "{}", here.err);
    site.approve("main...topic");
    run_in(&clone, &["sync"], &[], "").ends(0);
    let synced = run_in(&clone, &["check"], &[], "").ends(0);
    assert!(!synced.err.contains(told));
}
