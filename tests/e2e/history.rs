//! `history = "every-commit"`, as a writer, a reviewer and a pipeline live it.

use crate::site::{POLICY, Site};

fn strict_site() -> Site {
    let site = Site::new();
    site.repo
        .write(".provenance/policy.toml", POLICY.replace("version = 1", "version = 1\nhistory = \"every-commit\""));
    let root = site.commit_by("ana", "judge every commit");
    site.repo.git(&["config", "provenance.root", &root]);
    site
}

#[test]
fn each_commit_is_declared_reviewed_and_judged() {
    let site = strict_site();
    let slip = site.propose("topic", &[("content/b.md", "a client's name\n")]);
    site.repo.write("content/b.md", "b\n");
    site.repo.write("content/a.md", "1\n");
    site.commit_by("wes", "take it back");
    let refused = site.run(&["check", "main...topic", "--format", "json"]).ends(1);
    assert!(refused.out.contains(&format!("commit {}, which becomes reachable", &slip[..12])), "{}", refused.out);
    // One command each signs both commits.
    let declared = site.signed("wes", &["declare", "--extent", "none", "--format", "json"]).ends(0).json();
    assert_eq!(declared.as_array().unwrap().len(), 2);
    assert_eq!(declared[0]["paths"][0], "content/b.md");
    site.run(&["check", "main...topic"]).ends(1).says("missing-review").says(&slip[..12]);
    site.signed("ed", &["review", "--approve", "--answer", "accuracy=pass"]).ends(0).says("ed approved 2 changes");
    site.run(&["check", "main...topic"]).ends(0);
    site.repo.git(&["checkout", "--quiet", "main"]);
    let old = site.repo.git(&["rev-parse", "main"]);
    site.repo.git(&["merge", "--quiet", "--no-ff", "-m", "merge", "topic"]);
    site.run(&["check", &format!("{old}..main")]).ends(0);
}

#[test]
fn a_squash_needs_one_review_and_a_merge_of_the_same_is_refused() {
    let site = strict_site();
    site.propose("topic", &[("content/b.md", "a client's name\n")]);
    site.repo.write("content/b.md", "clean\n");
    site.commit_by("wes", "take it back");
    let old = site.repo.git(&["rev-parse", "main"]);
    site.repo.git(&["checkout", "--quiet", "main"]);
    site.repo.git(&["merge", "--quiet", "--squash", "topic"]);
    let squashed = site.commit_by("ana", "squash");
    site.signed("wes", &["declare", &squashed, "--extent", "none"]).ends(0);
    site.signed("ed", &["review", &squashed, "--branch", "main", "--approve", "--answer", "accuracy=pass"]).ends(0);
    site.run(&["check", &format!("{old}..{squashed}")]).ends(0);
    site.repo.git(&["reset", "--quiet", "--hard", &old]);
    site.repo.git(&["merge", "--quiet", "--no-ff", "-m", "merge", "topic"]);
    site.run(&["check", &format!("{old}..main")]).ends(1).says("which becomes reachable");
}
