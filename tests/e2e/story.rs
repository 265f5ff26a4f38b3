//! The main path, as a writer, a reviewer and a pipeline live it.

use provenance_test_support::Repo;

use crate::site::Site;

fn whole_story(site: &Site) {
    let head = site.propose("topic", &[("content/a.md", "ONE\ntwo\nthree\nfour\nfive\nsix\nseven\n")]);
    let refused = site.run(&["check", "main...topic", "--format", "json"]).ends(1);
    assert_eq!(refused.codes("error"), ["missing-review", "missing-declaration"]);
    site.run(&["status"]).ends(0).says("still missing").says("git provenance review").says("git provenance declare");
    let declare =
        ["declare", "--extent", "generated", "--tool", "writer", "--model", "opus-4", "--confirm", "no-client-data"];
    site.signed("wes", &declare).ends(0);
    let halfway = site.run(&["check", "main...topic", "--format", "json"]).ends(1);
    assert_eq!(halfway.codes("error"), ["missing-review"]);
    site.signed("ed", &["review", "--approve", "--answer", "accuracy=pass", "-m", "read it twice"]).ends(0);
    let allowed = site.run(&["check", "main...topic", "--format", "json"]).ends(0).json();
    assert_eq!(allowed["verdict"], "allowed");
    assert_eq!(allowed["changes"][0]["reviewers"][0], "ed");
    assert_eq!(allowed["changes"][0]["ai"]["extent"], "generated");
    site.run(&["status"]).ends(0).says("nothing is missing");
    site.run(&["log"]).ends(0).says("ed approved 1 change").says("read it twice");
    site.run(&["show", "topic:content/a.md"]).ends(0).says("wes declared 1 change, AI: generated with writer (opus-4)");
    site.repo.git(&["checkout", "--quiet", "main"]);
    let old = site.repo.git(&["rev-parse", "main"]);
    site.repo.git(&["merge", "--quiet", "--squash", "topic"]);
    site.commit_by("ana", "squash");
    site.run(&["check", &format!("{old}..main")]).ends(0).says("reviewed   content/a.md by ed");
    site.repo.git(&["reset", "--quiet", "--hard", &old]);
    site.repo.git(&["merge", "--quiet", "--no-ff", "-m", "merge", "topic"]);
    site.run(&["check", &format!("{old}..main")]).ends(0);
    site.repo.git(&["reset", "--quiet", "--hard", &old]);
    site.repo.git(&["merge", "--quiet", "--ff-only", "topic"]);
    site.run(&["check", &format!("{old}..{head}")]).ends(0);
    site.repo.write("content/a.md", "One\ntwo\nthree\nfour\nfive\nsix\nseven\n");
    site.commit_by("wes", "one byte");
    site.run(&["check", &format!("{old}..main")]).ends(1).says("missing-review");
}

#[test]
fn accepts_what_was_reviewed_however_it_lands() {
    whole_story(&Site::new());
}

#[test]
fn accepts_the_same_in_a_sha256_repository() {
    let site = Site::in_repo(Repo::sha256());
    whole_story(&site);
    assert_eq!(site.repo.git(&["rev-parse", "refs/notes/provenance"]).len(), 64);
    site.repo.git(&["fsck", "--strict"]);
}

#[test]
fn accepts_a_clean_merge_with_later_work_and_no_hint() {
    let site = Site::new();
    site.propose("topic", &[("content/a.md", "ONE\ntwo\nthree\nfour\nfive\nsix\nseven\n")]);
    site.approve("main...topic");
    site.propose("other", &[("content/a.md", "one\ntwo\nthree\nfour\nfive\nsix\nSEVEN\n")]);
    site.approve("main...other");
    site.repo.git(&["checkout", "--quiet", "main"]);
    for (branch, squash) in [("other", true), ("topic", true)] {
        let old = site.repo.git(&["rev-parse", "HEAD"]);
        site.repo.git(&["merge", "--quiet", if squash { "--squash" } else { "--no-ff" }, branch]);
        site.commit_by("ana", "land");
        site.run(&["check", &format!("{old}..HEAD"), "--branch", "main"]).ends(0);
    }
    let merged = site.run(&["check", "HEAD~1..HEAD", "--branch", "main", "--format", "json"]).ends(0).json();
    assert_eq!(merged["changes"][0]["status"], "merged");
    // Both landings in one push.
    site.run(&["check", "HEAD~2..HEAD", "--branch", "main"]).ends(0);
    // The same content by hand, with one more byte.
    site.repo.write("content/a.md", "ONE\ntwo\nthree\nfour!\nfive\nsix\nSEVEN\n");
    site.repo.git(&["commit", "--quiet", "--amend", "--all", "--no-edit"]);
    site.run(&["check", "HEAD~1..HEAD", "--branch", "main"]).ends(1).says("missing-review");
}

#[test]
fn refuses_an_old_review_after_a_revert() {
    let site = Site::new();
    let old = site.repo.git(&["rev-parse", "main"]);
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    site.repo.git(&["checkout", "--quiet", "main"]);
    site.repo.git(&["merge", "--quiet", "--ff-only", "topic"]);
    site.run(&["check", &format!("{old}..main")]).ends(0);
    let landed = site.repo.git(&["rev-parse", "main"]);
    site.repo.git(&["revert", "--no-edit", "HEAD"]);
    site.approve(&format!("{landed}..main"));
    site.run(&["check", &format!("{landed}..main")]).ends(0);
    let reverted = site.repo.git(&["rev-parse", "main"]);
    site.repo.write("content/b.md", "B\n");
    site.commit_by("wes", "again");
    site.run(&["check", &format!("{reverted}..main")]).ends(1).says("stale-review");
}

#[test]
fn refuses_a_rejected_version_until_it_is_approved() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    site.signed("ana", &["review", "main...topic", "--reject", "-m", "unsourced"]).ends(0);
    site.run(&["check", "main...topic"]).ends(1).says("rejected").says("ana rejected this version");
    site.signed("ana", &["review", "main...topic", "--approve", "--answer", "accuracy=pass"]).ends(0);
    site.run(&["check", "main...topic"]).ends(0);
}

#[test]
fn refuses_a_revoked_review() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    let log = site.run(&["log", "main...topic", "--format", "json"]).ends(0).json();
    let review = log.as_array().unwrap().iter().find(|record| record["kind"] == "review").unwrap()["record"]
        .as_str()
        .unwrap()
        .to_owned();
    site.signed("wes", &["revoke", &review, "-m", "mine now"]).ends(2).says("only ed or an admin");
    site.run(&["check", "main...topic"]).ends(0);
    site.signed("ed", &["revoke", &review[..12], "-m", "misread the source"]).ends(0);
    site.run(&["check", "main...topic"]).ends(1).says("was revoked by ed");
}

#[test]
fn half_a_set_is_refused_and_separate_changes_are_accepted() {
    let site = Site::new();
    site.propose("topic", &[("content/a.md", "a2\n"), ("content/b.md", "b2\n")]);
    site.approve("main...topic");
    site.propose("half", &[("content/a.md", "a2\n")]);
    site.run(&["check", "main...half"]).ends(1).says("partial-change-set").says("content/b.md");
    site.signed("ed", &["review", "main...topic", "--approve", "--separate", "--answer", "accuracy=pass"]).ends(0);
    site.run(&["check", "main...half"]).ends(0);
}
