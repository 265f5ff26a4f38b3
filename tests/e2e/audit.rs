//! `audit`: what an auditor with a clone learns of every step since the root.

use crate::branches::two_branches;
use crate::site::Site;

/// A reviewed proposal that lands as a merge commit.
fn land(site: &Site, branch: &str, files: &[(&str, &str)]) -> String {
    site.propose(branch, files);
    site.approve(&format!("main...{branch}"));
    merge(site, branch)
}

fn merge(site: &Site, branch: &str) -> String {
    site.repo.git(&["checkout", "--quiet", "main"]);
    site.repo.git(&["merge", "--quiet", "--no-ff", "-m", "merge", branch]);
    site.repo.git(&["rev-parse", "HEAD"])
}

fn commit_on_main(site: &Site, path: &str, text: &str) -> String {
    site.repo.write(path, text);
    site.commit_by("wes", "an edit")
}

#[test]
fn every_step_is_judged_and_the_one_that_nobody_reviewed_is_named() {
    let site = Site::new();
    land(&site, "one", &[("content/a.md", "1\n")]);
    land(&site, "two", &[("content/b.md", "2\n")]);
    site.run(&["audit"]).ends(0).says("allowed: main").says("2 steps").says("2 allowed");
    let bad = commit_on_main(&site, "content/c.md", "unseen\n");
    land(&site, "three", &[("content/a.md", "3\n")]);
    let told = site.run(&["audit"]).ends(1).says("4 steps").says("3 allowed").says("1 refused").says("missing-review");
    assert!(told.out.contains(&bad[..7]), "{}", told.out);
    let json = site.run(&["audit", "--format", "json"]).ends(1).json();
    assert_eq!(json["verdict"], "refused");
    assert_eq!((&json["steps"], &json["allowed"], &json["refused"]), (&4.into(), &3.into(), &1.into()));
    assert_eq!(json["reports"][0]["transition"]["new"], bad.as_str());
    assert_eq!(json["reports"][0]["findings"][0]["code"], "missing-review");
}

#[test]
fn a_push_of_several_steps_is_judged_as_one() {
    let site = Site::new();
    let base = site.repo.git(&["rev-parse", "main"]);
    let first = commit_on_main(&site, "content/a.md", "draft\n");
    let last = commit_on_main(&site, "content/a.md", "final\n");
    site.repo.git(&["branch", "--quiet", "topic", &last]);
    site.repo.git(&["reset", "--quiet", "--hard", &base]);
    site.repo.git(&["checkout", "--quiet", "topic"]);
    site.approve("main...topic");
    site.repo.git(&["checkout", "--quiet", "main"]);
    site.repo.git(&["merge", "--quiet", "--ff-only", "topic"]);
    // The draft alone was reviewed by nobody.
    site.run(&["check", &format!("{base}..{first}"), "--branch", "main"]).ends(1);
    site.run(&["audit"]).ends(0).says("2 allowed only together with their neighbours");
    land(&site, "more", &[("content/b.md", "2\n")]);
    site.run(&["audit"]).ends(0).says("1 allowed\n").says("2 allowed only together");
}

#[test]
fn what_was_published_and_taken_back_is_shown_as_no_more_than_one_push() {
    let site = Site::new();
    let base = site.repo.git(&["rev-parse", "main"]);
    let bad = commit_on_main(&site, "content/c.md", "unseen\n");
    site.run(&["audit"]).ends(1);
    site.repo.git(&["rm", "--quiet", "content/c.md"]);
    let back = site.commit_by("wes", "take it back");
    let told = site.run(&["audit"]).ends(0).says("see whether something was published and taken back");
    assert!(told.out.contains(&format!("{}..{}, 2 steps", &base[..12], &back[..12])), "{}", told.out);
    let json = site.run(&["audit", "--format", "json"]).ends(0).json();
    assert_eq!(json["pushes"], serde_json::json!([{ "old": base, "new": back, "steps": 2 }]));
    assert_eq!((&json["allowed"], &json["together"]), (&0.into(), &2.into()), "{bad} is nothing that was allowed");
}

fn land_on_main(site: &Site, branch: &str, files: &[(&str, &str)]) -> String {
    site.propose(branch, files);
    let range = format!("main...{branch}");
    let named = ["--branch", "main"];
    site.signed("wes", &[&["declare", &range, "--extent", "none"], &named[..]].concat()).ends(0);
    site.signed("ed", &[&["review", &range, "--approve", "--answer", "accuracy=pass"], &named[..]].concat()).ends(0);
    merge(site, branch)
}

fn promote(site: &Site, commit: &str) -> String {
    site.repo.git(&["checkout", "--quiet", "release"]);
    site.repo.git(&["merge", "--quiet", "--no-ff", "-m", "release", commit]);
    let step = site.repo.git(&["rev-parse", "HEAD"]);
    site.repo.git(&["checkout", "--quiet", "main"]);
    step
}

#[test]
fn steps_that_promote_another_branch_are_judged_by_what_each_brings() {
    let site = two_branches("\n[[promote]]\nfrom = \"refs/heads/main\"\nto = \"refs/heads/release\"\n");
    let audit = ["audit", "--branch", "release"];
    land_on_main(&site, "one", &[("content/a.md", "1\n")]);
    let two = land_on_main(&site, "two", &[("content/b.md", "2\n")]);
    land_on_main(&site, "three", &[("content/a.md", "3\n")]);
    // Not each step of main, and not its newest.
    promote(&site, &two);
    promote(&site, "main");
    land_on_main(&site, "four", &[("content/a.md", "4\n")]);
    promote(&site, "main");
    site.run(&audit).ends(0).says("3 steps").says("3 allowed");
    // What main took back is promoted by no step of it.
    site.repo.git(&["checkout", "--quiet", "release"]);
    let bad = commit_on_main(&site, "content/a.md", "3\n");
    site.repo.git(&["checkout", "--quiet", "main"]);
    let told = site.run(&audit).ends(1).says("4 steps").says("3 allowed").says("1 refused");
    assert!(told.out.contains(&bad[..7]), "{}", told.out);
}

/// Wes changes a file on top of release, Ed reviews it, and it lands on a day of January 2030.
fn land_on_release(site: &Site, text: &str, day: u32) -> String {
    let now = format!("2030-01-{day:02}T00:00:00Z");
    site.repo.git(&["checkout", "--quiet", "-B", "fix", "release"]);
    site.repo.write("content/a.md", text);
    site.commit_by("wes", "fix");
    let named = ["release...fix", "--branch", "release", "--now", &now];
    site.signed("wes", &[&["declare", "--extent", "none"], &named[..]].concat()).ends(0);
    site.signed("ed", &[&["review", "--approve", "--answer", "accuracy=pass"], &named[..]].concat()).ends(0);
    move_to(site, "release", "fix", day)
}

/// Moves a branch to a commit of that day with the tree of another.
fn move_to(site: &Site, branch: &str, tree: &str, day: u32) -> String {
    let (tree, parent) = (site.repo.rev(&format!("{tree}^{{tree}}")), site.repo.rev(branch));
    // The first of January 2030.
    let step = site.repo.commit_tree(&tree, &[&parent], 1_893_456_000 + i64::from(day - 1) * 86_400);
    site.repo.git(&["update-ref", &format!("refs/heads/{branch}"), &step]);
    step
}

/// Main's next state, of a day of January 2030, in which Ed is no editor any more.
fn ed_leaves(site: &Site, day: u32) {
    site.repo.git(&["checkout", "--quiet", "-B", "people", "main"]);
    let people = std::fs::read_to_string(site.repo.path().join(".provenance/people.toml")).unwrap();
    let (own, other) =
        ("emails = [\"ed@example.com\"]\nroles = [\"editor\"]", "emails = [\"ed@example.com\"]\nroles = []");
    site.repo.write(".provenance/people.toml", people.replacen(own, other, 1));
    site.commit_by("ana", "Ed leaves");
    move_to(site, "main", "people", day);
}

#[test]
fn a_step_of_another_branch_is_judged_with_the_authority_of_its_day() {
    let site = two_branches("");
    land_on_release(&site, "1\n", 2);
    let last = land_on_release(&site, "2\n", 4);
    let audit = ["audit", "--branch", "release", "--now", "2031-01-01T00:00:00Z"];
    site.run(&audit).ends(0).says("2 allowed");
    // What he reviewed stays reviewed.
    ed_leaves(&site, 5);
    site.run(&audit).ends(0).says("2 allowed");
    // The gate asks the authority as it is, whatever the date.
    let range = format!("{last}~1..{last}");
    site.run(&["check", &range, "--branch", "release", "--now", "2030-01-04T00:00:00Z"]).ends(1).says("wrong-role");
}

#[test]
fn a_step_of_another_branch_is_refused_by_what_the_authority_had_by_its_day() {
    let site = two_branches("");
    let root = site.repo.rev("main");
    land_on_release(&site, "1\n", 6);
    let audit = ["audit", "--branch", "release", "--now", "2031-01-01T00:00:00Z"];
    site.run(&audit).ends(0);
    ed_leaves(&site, 5);
    site.run(&audit).ends(1).says("wrong-role");
    // A state that says an older day than the one before it is no older.
    site.repo.git(&["update-ref", "refs/heads/main", &root]);
    move_to(&site, "main", "main", 7);
    ed_leaves(&site, 5);
    site.run(&audit).ends(0);
}

#[test]
fn a_tag_has_no_steps() {
    let site = Site::new();
    site.repo.git(&["tag", "v1"]);
    site.run(&["audit", "--branch", "refs/tags/v1"]).ends(2).says("walks the steps of a branch");
}

#[test]
fn no_push_reaches_across_a_change_of_the_policy() {
    let site = Site::new();
    let base = site.repo.git(&["rev-parse", "main"]);
    let policy = String::from_utf8(std::fs::read(site.repo.path().join(".provenance/policy.toml")).unwrap()).unwrap();
    // The first step is half of what was reviewed, and the second changes the policy too.
    let first = commit_on_main(&site, "content/a.md", "draft\n");
    site.repo.write(".provenance/policy.toml", format!("{policy}\n# a remark\n"));
    let last = commit_on_main(&site, "content/a.md", "final\n");
    site.repo.git(&["branch", "--quiet", "topic", &last]);
    site.repo.git(&["reset", "--quiet", "--hard", &base]);
    site.repo.git(&["checkout", "--quiet", "topic"]);
    site.approve("main...topic");
    site.signed("ana", &["review", "main...topic", "--approve", "--answer", "accuracy=pass"]).ends(0);
    site.repo.git(&["checkout", "--quiet", "main"]);
    site.repo.git(&["merge", "--quiet", "--ff-only", "topic"]);
    site.run(&["check", &format!("{base}..{last}"), "--branch", "main"]).ends(0);
    let told = site.run(&["audit"]).ends(1);
    assert!(told.out.contains(&first[..7]), "{}", told.out);
}

#[test]
fn without_a_root_on_the_branch_there_is_no_answer() {
    let site = Site::new();
    land(&site, "one", &[("content/a.md", "1\n")]);
    let root = site.repo.git(&["config", "provenance.root"]);
    site.repo.git(&["config", "--unset", "provenance.root"]);
    site.run(&["audit", "--branch", "main"]).ends(3);
    site.run(&["audit", "--branch", "main", "--root", &root]).ends(0).says("1 step since");
    site.repo.git(&["checkout", "--quiet", "--orphan", "other"]);
    let other = site.commit_by("ana", "another history");
    site.repo.git(&["checkout", "--quiet", "main"]);
    site.run(&["audit", "--branch", "main", "--root", &other]).ends(3).says("untrusted-root");
}

#[test]
fn a_history_that_is_not_all_here_is_undecided() {
    let site = Site::new();
    land(&site, "one", &[("content/a.md", "1\n")]);
    let gone = site.repo.git(&["rev-parse", "HEAD:content/a.md"]);
    land(&site, "two", &[("content/a.md", "2\n")]);
    site.run(&["audit"]).ends(0);
    std::fs::remove_file(site.repo.path().join(".git/objects").join(&gone[..2]).join(&gone[2..])).unwrap();
    site.run(&["audit"]).ends(3).says("undecided-object");
}

#[test]
fn records_may_be_younger_than_the_commit_that_lands() {
    let site = Site::new();
    let base = site.repo.git(&["rev-parse", "main"]);
    // A fast-forward: the commit is older than its review, and no later commit says when it landed.
    site.propose("topic", &[("content/a.md", "1\n")]);
    let later = "2025-06-02T12:00:00Z";
    site.signed("wes", &["declare", "main...topic", "--extent", "none", "--now", later]).ends(0);
    site.signed("ed", &["review", "main...topic", "--approve", "--answer", "accuracy=pass", "--now", later]).ends(0);
    site.repo.git(&["checkout", "--quiet", "main"]);
    site.repo.git(&["merge", "--quiet", "--ff-only", "topic"]);
    site.run(&["check", &format!("{base}..main")]).ends(1).says("future-timestamp");
    site.run(&["audit", "--now", "2025-06-03T12:00:00Z"]).ends(0).says("1 allowed");
    // As of a day before the review there is none yet.
    site.run(&["audit", "--now", "2025-06-01T13:00:00Z"]).ends(1);
}

#[test]
fn a_refusal_says_what_is_wrong_with_a_record_and_not_that_the_commit_is_older() {
    let site = Site::new();
    site.propose("topic", &[("content/a.md", "1\n")]);
    let later = ["--now", "2025-06-02T12:00:00Z"];
    site.signed("wes", &[&["declare", "main...topic", "--extent", "none"], &later[..]].concat()).ends(0);
    let review = ["review", "main...topic", "--approve", "--answer", "accuracy=pass", "--format", "json"];
    let review = site.signed("ed", &[&review[..], &later[..]].concat()).ends(0).json();
    site.repo.git(&["checkout", "--quiet", "main"]);
    site.repo.git(&["merge", "--quiet", "--ff-only", "topic"]);
    let audit = ["audit", "--now", "2025-06-03T12:00:00Z"];
    site.run(&audit).ends(0);
    let record = review["record"].as_str().unwrap();
    site.signed("ed", &[&["revoke", record, "-m", "misread"], &later[..]].concat()).ends(0);
    let told = site.run(&audit).ends(1).says("was revoked by ed");
    assert!(!told.out.contains("future-timestamp"), "{}", told.out);
}

#[test]
fn a_step_with_much_to_say_is_told_in_short() {
    let site = Site::new();
    let files: Vec<(String, String)> = (0..120).map(|at| (format!("content/{at}.md"), format!("{at}\n"))).collect();
    files.iter().for_each(|(path, text)| site.repo.write(path, text));
    let step = site.commit_by("wes", "much");
    let json = site.run(&["audit", "--format", "json"]).ends(1).json();
    let findings = json["reports"][0]["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 101);
    assert_eq!(json["reports"][0]["changes"].as_array().unwrap().len(), 100);
    let told = site.run(&["audit"]).ends(1).says("more findings of this step");
    assert!(told.out.contains(&format!("..{step}` lists all of them")), "{}", told.out);
}

#[test]
fn a_step_is_audited_with_all_that_was_signed_of_it_one_by_one() {
    let site = Site::new();
    let pages: Vec<String> = (10..30).map(|n| format!("content/{n}.md")).collect();
    let files: Vec<(&str, &str)> = pages.iter().map(|page| (page.as_str(), "new\n")).collect();
    site.propose("topic", &files);
    for (n, page) in (10..30).zip(&pages) {
        let now = format!("2025-05-{n}T12:00:00Z");
        let signed = |who: &str, verb: &[&str]| {
            site.signed(who, &[verb, &["--branch", "main", "--now", &now, page]].concat()).ends(0);
        };
        signed("wes", &["declare", "main...topic", "--extent", "none"]);
        signed("ed", &["review", "main...topic", "--approve", "--answer", "accuracy=pass"]);
    }
    site.repo.git(&["branch", "--force", "main", "topic"]);
    site.run(&["audit", "--now", "2025-07-01T00:00:00Z"]).ends(0).says("1 allowed");
}
