//! Attacks on what a review is bound to: it is shown in the place of another content, path, branch or history.

use super::RULES;
use super::{allows, land, pinned, refuses};
use crate::site::{POLICY, Ran, Site};

/// A site with a branch `release` beside main, and this at the end of its policy.
fn with_release(more: &str) -> Site {
    let site = Site::new();
    let both = POLICY.replace("[\"refs/heads/main\"]", "[\"refs/heads/main\", \"refs/heads/release\"]");
    site.repo.write(RULES, both + more);
    let site = pinned(site);
    site.repo.git(&["branch", "release"]);
    site
}

/// `check` of what release would become.
fn to_release(site: &Site, new: &str) -> Ran {
    site.run(&["check", &format!("release..{new}"), "--branch", "refs/heads/release", "--format", "json"])
}

const ON_MAIN: [&str; 2] = ["--branch", "refs/heads/main"];

fn approve_on_main(site: &Site, range: &str) {
    site.signed("wes", &[&["declare", range, "--extent", "none"], &ON_MAIN[..]].concat()).ends(0);
    site.signed("ed", &[&["review", range, "--approve", "--answer", "accuracy=pass"], &ON_MAIN[..]].concat()).ends(0);
}

/// Commits what a file of the topic becomes.
fn edit(site: &Site, file: &str, text: &str) -> String {
    site.repo.write(file, text);
    site.commit_by("wes", "edit")
}

/// B01. The same content at another path, in another case, and in the place of something else.
#[test]
fn a_review_of_a_path_approves_no_other_path() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "same\n")]);
    site.approve("main...topic");
    for path in ["content/c.md", "content/B.md", "content/b.md.bak", "content/x/content/b.md", "b.md", "content/a.md"] {
        site.propose("copy", &[(path, "same\n")]);
        refuses(&site, "main...copy", "missing-review").says(path);
    }
    // And added where it was reviewed as an edit.
    site.repo.git(&["checkout", "--quiet", "-B", "copy", "main"]);
    site.repo.git(&["rm", "--quiet", "content/b.md"]);
    site.commit_by("wes", "away");
    site.signed("wes", &["declare", "main...copy", "--extent", "none"]).ends(0);
    site.signed("ed", &["review", "main...copy", "--approve", "--answer", "accuracy=pass"]).ends(0);
    land(&site, "copy");
    site.propose("again", &[("content/b.md", "same\n")]);
    refuses(&site, "main...again", "missing-review").says("content/b.md");
}

/// B03, B15
#[test]
fn a_review_for_one_branch_is_none_for_another_without_a_promotion() {
    let picked = |more: &str| {
        let site = with_release(more);
        site.propose("topic", &[("content/b.md", "B\n")]);
        approve_on_main(&site, "main...topic");
        land(&site, "topic");
        site
    };
    let site = picked("");
    super::has_error(to_release(&site, "main").ends(1), "missing-review");
    site.repo.git(&["checkout", "--quiet", "-B", "pick", "release"]);
    site.repo.git(&["cherry-pick", "main"]);
    super::has_error(to_release(&site, "pick").ends(1), "missing-review");
    let site = picked("\n[[promote]]\nfrom = \"refs/heads/main\"\nto = \"refs/heads/release\"\n");
    to_release(&site, "main").ends(0);
    // A copy of the commit has main's step not in its ancestry, and is promoted by nothing.
    site.repo.git(&["checkout", "--quiet", "-B", "pick", "release"]);
    site.repo.write("log/x", "x\n");
    site.repo.commit("something first");
    site.repo.git(&["cherry-pick", "main"]);
    super::has_error(to_release(&site, "pick").ends(1), "missing-review");
    // The promotion goes one way.
    site.repo.git(&["checkout", "--quiet", "-B", "back", "release"]);
    let hot = edit(&site, "content/a.md", "hot\n");
    let branch = ["--branch", "refs/heads/release"];
    site.signed("wes", &[&["declare", "release...back", "--extent", "none"], &branch[..]].concat()).ends(0);
    let review = ["review", "release...back", "--approve", "--answer", "accuracy=pass"];
    site.signed("ed", &[&review[..], &branch[..]].concat()).ends(0);
    to_release(&site, &hot).ends(0);
    site.repo.git(&["checkout", "--quiet", "-B", "joined", "main"]);
    site.repo.merge(&["back"], "take it over");
    refuses(&site, "main..joined", "missing-review").says("content/a.md");
}

/// B05, B06
#[test]
fn what_is_pushed_after_the_approval_is_not_approved() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    allows(&site, "main...topic");
    // Git copies the notes to what an amended commit becomes; the review is of the content.
    site.repo.git(&["config", "notes.rewriteRef", "refs/notes/*"]);
    site.repo.git(&["config", "notes.rewriteMode", "concatenate"]);
    site.repo.git(&["commit", "--quiet", "--amend", "-m", "another message"]);
    allows(&site, "main...topic");
    site.repo.write("content/b.md", "B!\n");
    site.repo.git(&["commit", "--quiet", "--amend", "--all", "--no-edit"]);
    assert!(site.repo.git(&["notes", "--ref=provenance", "show", "HEAD"]).contains("payload"));
    refuses(&site, "main...topic", "missing-review");
    edit(&site, "content/b.md", "B\n");
    allows(&site, "main...topic");
    edit(&site, "content/b.md", "B, and more\n");
    refuses(&site, "main...topic", "missing-review");
}

/// B08, B20. Where the branch moved other paths, or the same lines not, the review still is of this change; where somebody
/// resolved a conflict, it is not.
#[test]
fn a_review_of_the_unmerged_tip_is_none_of_a_resolved_conflict() {
    let site = Site::new();
    let lines = |first: &str, last: &str| format!("{first}\ntwo\nthree\nfour\nfive\nsix\n{last}\n");
    site.propose("topic", &[("content/a.md", &lines("one", "LAST"))]);
    site.approve("main...topic");
    let meanwhile = |text: &str| {
        let main = site.repo.rev("main");
        site.propose("meanwhile", &[("content/a.md", text), ("content/b.md", text)]);
        site.approve("main...meanwhile");
        land(&site, "meanwhile");
        main
    };
    let merged = |result: &str| {
        site.repo.git(&["checkout", "--quiet", "-B", "merged", "main"]);
        site.repo.try_git(&["merge", "--quiet", "--no-ff", "--no-commit", "topic"]);
        site.repo.write("content/a.md", result);
        site.commit_by("ana", "merge")
    };
    let before = meanwhile(&lines("ONE", "seven"));
    merged(&lines("ONE", "LAST"));
    allows(&site, "main..merged");
    merged(&lines("ONE", "LAST!"));
    refuses(&site, "main..merged", "missing-review").says("content/a.md");
    merged(&lines("one", "LAST"));
    refuses(&site, "main..merged", "missing-review").says("content/a.md");
    land(&site, &before);
    meanwhile(&lines("one", "Last"));
    merged(&lines("one", "LAST"));
    refuses(&site, "main..merged", "missing-review").says("content/a.md");
    site.repo.git(&["checkout", "--quiet", "-B", "topic", "merged"]);
    site.approve("main...topic");
    allows(&site, "main..merged");
}

/// B10, B11, B13
#[test]
fn a_squash_holds_what_was_reviewed_and_nothing_more() {
    let site = Site::new();
    let squash = |branches: &[&str], more: &[(&str, &str)]| {
        site.repo.git(&["checkout", "--quiet", "-B", "squash", "main"]);
        for branch in branches {
            site.repo.git(&["merge", "--quiet", "--squash", branch]);
            site.commit_by("ana", "squash");
        }
        for (path, text) in more {
            edit(&site, path, text);
        }
        site.repo.git(&["reset", "--quiet", "--soft", "main"]);
        site.commit_by("ana", "one commit");
    };
    site.propose("one", &[("content/a.md", "A\n")]);
    site.approve("main...one");
    site.propose("two", &[("content/b.md", "B\n"), ("content/c.md", "C\n")]);
    site.approve("main...two");
    squash(&["one", "two"], &[]);
    allows(&site, "main..squash");
    squash(&["one", "two"], &[("content/d.md", "nobody read this\n")]);
    refuses(&site, "main..squash", "missing-review").says("content/d.md");
    // Half of a set that was approved together.
    squash(&["one"], &[("content/c.md", "C\n")]);
    refuses(&site, "main..squash", "partial-change-set");
    // A to B and B to C are reviewed, and B' is not B.
    site.repo.git(&["checkout", "--quiet", "-B", "chain", "one"]);
    edit(&site, "content/a.md", "AA\n");
    site.signed("wes", &["declare", "one..chain", "--branch", "main", "--extent", "none"]).ends(0);
    let review = ["review", "one..chain", "--branch", "main", "--approve", "--answer", "accuracy=pass"];
    site.signed("ed", &review).ends(0);
    allows(&site, "main...chain");
    site.propose("gap", &[("content/a.md", "A'\n")]);
    edit(&site, "content/a.md", "AAA\n");
    site.signed("wes", &["declare", "gap~1..gap", "--branch", "main", "--extent", "none"]).ends(0);
    let review = ["review", "gap~1..gap", "--branch", "main", "--approve", "--answer", "accuracy=pass"];
    site.signed("ed", &review).ends(0);
    refuses(&site, "main...gap", "missing-review").says("content/a.md");
}
