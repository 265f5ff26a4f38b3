//! Attacks on promotions and proposals by the shape of history: evil merges, octopus merges, and branches that merged each other.

use super::{POLICY, RULES, ana_approves, has_error, land, pinned};
use crate::site::{Ran, Site};

/// A site where what was reviewed on main may go to release, which stands where main began.
fn with_promotion() -> Site {
    let site = Site::new();
    let branches = POLICY.replace("[\"refs/heads/main\"]", "[\"refs/heads/main\", \"refs/heads/release\"]");
    let promote = "\n[[promote]]\nfrom = \"refs/heads/main\"\nto = \"refs/heads/release\"\n";
    site.repo.write(RULES, branches + promote);
    let site = pinned(site);
    site.repo.git(&["branch", "--quiet", "release", "main"]);
    site
}

/// Publishes a reviewed change on main.
fn publish(site: &Site, files: &[(&str, &str)]) {
    site.propose("topic", files);
    ana_approves(site, "main...topic");
    land(site, "topic");
}

fn on_release(site: &Site, range: &str) -> Ran {
    site.run(&["check", range, "--branch", "refs/heads/release", "--format", "json"])
}

#[track_caller]
fn refused(ran: Ran, path: &str) {
    has_error(ran.ends(1), "missing-review").says(path);
}

/// Merges into a new branch at `base`, changes the merge, and returns it.
fn merge(site: &Site, base: &str, arms: &[&str], files: &[(&str, &str)]) -> String {
    site.repo.git(&["checkout", "--quiet", "--force", "--detach", base]);
    site.repo.merge(arms, "a merge");
    files.iter().for_each(|(path, text)| site.repo.write(path, text));
    site.repo.git(&["add", "--all"]);
    site.repo.git(&["commit", "--quiet", "--amend", "--no-edit"]);
    site.repo.rev("HEAD")
}

const EVIL: (&str, &str) = ("content/evil.md", "nobody read this\n");

/// B15.b
#[test]
fn an_evil_merge_on_the_source_branch_promotes_nothing_it_holds_more() {
    let site = with_promotion();
    site.propose("topic", &[("content/b.md", "B\n")]);
    ana_approves(&site, "main...topic");
    let honest = merge(&site, "main", &["topic"], &[]);
    let evil = merge(&site, "main", &["topic"], &[EVIL]);
    let back = merge(&site, "main", &["topic"], &[("content/a.md", "one\n")]);
    for (step, path) in [(&evil, EVIL.0), (&back, "content/a.md")] {
        // Whoever can move main past its gate gets no further.
        site.repo.git(&["update-ref", "refs/heads/main", step]);
        refused(on_release(&site, &format!("release..{step}")), path);
        refused(on_release(&site, &format!("release..{}", merge(&site, "release", &[step], &[]))), path);
        site.repo.git(&["update-ref", "refs/heads/main", "release"]);
    }
    site.repo.git(&["update-ref", "refs/heads/main", &honest]);
    on_release(&site, &format!("release..{honest}")).ends(0);
    let merged = merge(&site, "release", &[&honest], &[]);
    on_release(&site, &format!("release..{merged}")).ends(0);
    // Nor does the merge that promotes.
    for path in [EVIL, ("content/a.md", "one\n")] {
        let more = merge(&site, "release", &[&honest], &[path]);
        refused(on_release(&site, &format!("release..{more}")), path.0);
    }
}

/// B15.c
#[test]
fn a_step_that_main_pushed_over_is_not_promoted() {
    let site = with_promotion();
    site.propose("topic", &[EVIL]);
    let over = site.repo.rev("topic");
    site.repo.remove(EVIL.0);
    site.repo.write("content/b.md", "B\n");
    site.commit_by("wes", "not that");
    ana_approves(&site, "main...topic");
    super::allows(&site, "main..topic");
    land(&site, "topic");
    refused(on_release(&site, &format!("release..{over}")), EVIL.0);
    refused(on_release(&site, &format!("release..{}", merge(&site, "release", &[&over], &[]))), EVIL.0);
    refused(on_release(&site, &format!("release..{}", merge(&site, "release", &["main"], &[EVIL]))), EVIL.0);
    on_release(&site, "release..main").ends(0);
}

/// B15.h. An incident is opened where somebody came upon the harm: it goes no further from there.
#[test]
fn what_does_harm_on_the_source_branch_is_not_promoted() {
    let site = with_promotion();
    publish(&site, &[("content/b.md", "a wrong dose\n")]);
    let harm = site.repo.rev("main");
    on_release(&site, &format!("release..{harm}")).ends(0);
    let main = ["--branch", "refs/heads/main"];
    let open = ["incident", "open", "content/b.md", "--severity", "high", "-m", "a wrong dose", "--format", "json"];
    let opened = site.signed("wes", &[&open[..], &main].concat()).ends(0).json();
    let incident = opened["record"].as_str().unwrap();
    has_error(on_release(&site, &format!("release..{harm}")).ends(1), "open-incident")
        .says("is open on main: a wrong dose")
        .says("RANGE --branch main");
    site.propose("fix", &[("content/b.md", "the right dose\n")]);
    ana_approves(&site, "main...fix");
    site.signed("wes", &[&["incident", "correct", incident, "main...fix"], &main[..]].concat()).ends(0);
    land(&site, "fix");
    has_error(on_release(&site, &format!("release..{harm}")).ends(1), "open-incident");
    on_release(&site, "release..main").ends(0);
}

/// B15.d
#[test]
fn an_octopus_promotes_the_arm_that_was_published_and_no_other() {
    let site = with_promotion();
    publish(&site, &[("content/b.md", "B\n")]);
    site.repo.git(&["checkout", "--quiet", "-B", "evil", "release"]);
    site.repo.write(EVIL.0, EVIL.1);
    site.commit_by("wes", "unread");
    site.repo.git(&["checkout", "--quiet", "-B", "fix", "release"]);
    site.repo.write("content/c.md", "C\n");
    site.commit_by("wes", "a fix for release");
    let here = ["--branch", "refs/heads/release"];
    site.signed("wes", &[&["declare", "release...fix", "--extent", "none"], &here[..]].concat()).ends(0);
    let review = ["review", "release...fix", "--approve", "--answer", "accuracy=pass"];
    site.signed("ana", &[&review[..], &here].concat()).ends(0);
    for arms in [["main", "fix", "evil"], ["evil", "fix", "main"]] {
        refused(on_release(&site, &format!("release..{}", merge(&site, "release", &arms, &[]))), EVIL.0);
    }
    for arms in [["main", "fix"], ["fix", "main"]] {
        on_release(&site, &format!("release..{}", merge(&site, "release", &arms, &[]))).ends(0);
        refused(on_release(&site, &format!("release..{}", merge(&site, "release", &arms, &[EVIL]))), EVIL.0);
    }
}

/// B15.e. Branches that merged each other: what main took from release it has as its own step, and main's review of that step is asked for.
#[test]
fn branches_that_merged_each_other_promote_only_what_main_published() {
    let site = with_promotion();
    publish(&site, &[("content/b.md", "B\n")]);
    let promoted = merge(&site, "release", &["main"], &[]);
    on_release(&site, &format!("release..{promoted}")).ends(0);
    // Somebody's work on top of release reaches main's history as the second parent of a step that leaves it out, or takes it.
    site.repo.git(&["checkout", "--quiet", "-B", "side", &promoted]);
    site.repo.write(EVIL.0, EVIL.1);
    site.commit_by("eve", "unread");
    site.repo.git(&["update-ref", "refs/heads/release", &promoted]);
    let main = site.repo.rev("main");
    for taken in [true, false] {
        site.repo.git(&["update-ref", "refs/heads/main", &main]);
        site.repo.git(&["checkout", "--quiet", "--force", "--detach", "main"]);
        let strategy = if taken { "ort" } else { "ours" };
        site.repo.git(&["merge", "--quiet", "--no-ff", "--strategy", strategy, "-m", "crossed", "side"]);
        let crossed = site.repo.rev("HEAD");
        site.repo.git(&["update-ref", "refs/heads/main", &crossed]);
        publish(&site, &[("content/c.md", "C\n")]);
        assert!(site.repo.git(&["merge-base", "--all", "release", "main"]).lines().count() >= 1);
        let onward = merge(&site, "release", &["main"], &[]);
        let holds = site.repo.try_git(&["cat-file", "-e", &format!("{onward}:{}", EVIL.0)]).status.success();
        // A merge with a base that already holds the page would not take it out; one without brings it.
        if holds {
            refused(on_release(&site, &format!("release..{onward}")), EVIL.0);
        } else {
            on_release(&site, &format!("release..{onward}")).ends(0);
        }
        let more = merge(&site, "release", &["main"], &[EVIL]);
        refused(on_release(&site, &format!("release..{more}")), EVIL.0);
    }
}

/// Main and a topic that merged each other: each holds `a.md` and `b.md` of both, and they have two merge bases.
fn crossed() -> Site {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    ana_approves(&site, "main...topic");
    let mine = site.repo.rev("topic");
    site.propose("other", &[("content/a.md", "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n")]);
    ana_approves(&site, "main...other");
    land(&site, "other");
    let theirs = site.repo.rev("main");
    let topic = merge(&site, &mine, &[&theirs], &[]);
    let main = merge(&site, "main", &[&mine], &[]);
    super::allows(&site, &format!("main..{main}"));
    land(&site, &main);
    site.repo.git(&["branch", "--quiet", "--force", "topic", &topic]);
    assert_eq!(site.repo.git(&["merge-base", "--all", "main", "topic"]).lines().count(), 2);
    site
}

/// G01.b. A proposal of a branch that main and it merged into each other is judged from both merge bases, and predicts its landing.
#[test]
fn a_crossed_proposal_hides_nothing_between_its_merge_bases() {
    let site = crossed();
    let old = text(&site, "main~2:content/a.md");
    assert_eq!(super::allows(&site, "main...topic").json()["changes"].as_array().unwrap().len(), 0);
    let predicts = |head: &str, path: Option<&str>| {
        let landing = merge(&site, "main", &[head], &[]);
        for range in [format!("main...{head}"), format!("main..{landing}")] {
            match path {
                Some(path) => refused(super::check(&site, &range), path),
                None => drop(super::allows(&site, &range)),
            }
        }
    };
    // In the crossing merge itself, after it, and as an older version that one merge base had.
    let [mine, theirs] = ["topic^1", "topic^2"].map(|rev| site.repo.rev(rev));
    predicts(&merge(&site, &mine, &[&theirs], &[EVIL]), Some(EVIL.0));
    predicts(&merge(&site, &mine, &[&theirs], &[("content/a.md", &old)]), Some("content/a.md"));
    predicts(&merge(&site, &mine, &[&theirs], &[("content/b.md", "b\n")]), Some("content/b.md"));
    site.repo.git(&["checkout", "--quiet", "--force", "-B", "more", "topic"]);
    for (path, text) in [EVIL, ("content/b.md", "b\n"), ("content/a.md", &old)] {
        site.repo.write(path, text);
        let head = site.commit_by("wes", "more");
        predicts(&head, Some(path));
    }
    // An honest one.
    site.repo.git(&["checkout", "--quiet", "--force", "-B", "fine", "topic"]);
    site.repo.write("content/c.md", "C\n");
    site.commit_by("wes", "more");
    ana_approves(&site, "main...fine");
    predicts("fine", None);
}

/// G03.a
#[test]
fn an_octopus_that_is_proposed_is_judged_for_all_its_arms() {
    let site = crossed();
    site.propose("good", &[("content/c.md", "C\n")]);
    ana_approves(&site, "main...good");
    site.repo.git(&["checkout", "--quiet", "-B", "evil", "main"]);
    site.repo.write(EVIL.0, EVIL.1);
    site.commit_by("eve", "unread");
    for arms in [["good", "evil"], ["evil", "good"]] {
        let head = merge(&site, "topic", &arms, &[]);
        refused(super::check(&site, &format!("main...{head}")), EVIL.0);
        refused(super::check(&site, &format!("main..{}", merge(&site, "main", &[&head], &[]))), EVIL.0);
    }
    let head = merge(&site, "topic", &["good"], &[]);
    super::allows(&site, &format!("main...{head}"));
    super::allows(&site, &format!("main..{}", merge(&site, "main", &["topic", "good"], &[])));
}

fn text(site: &Site, rev: &str) -> String {
    site.repo.git(&["cat-file", "blob", rev]) + "\n"
}
