//! Nothing is signed that was not meant or could not pass, and no text of others forges what is shown.

use crate::site::{Site, run_in};

#[test]
fn a_full_ref_name_is_that_ref_whatever_tags_there_are() {
    let site = Site::new();
    let head = site.propose("topic", &[("content/b.md", "B\n")]);
    site.repo.git(&["update-ref", "refs/tags/refs/heads/main", &head]);
    site.run(&["check", "refs/heads/main...topic"]).ends(1).says("missing-review content/b.md");
    site.run(&["check", "main...topic"]).ends(1);
    site.repo.git(&["tag", "main", "topic"]);
    site.run(&["check", "main...topic"]).ends(2).says("refs/heads/main or refs/tags/main");
}

#[test]
fn what_was_fetched_last_can_be_named() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    let clone = site.repo.clone_with(&["--branch=main"]);
    run_in(&clone, &["check", "main...FETCH_HEAD"], &[], "").ends(2).says("`FETCH_HEAD` is no commit");
    clone.git(&["fetch", "--quiet", "origin", "topic"]);
    run_in(&clone, &["check", "main...FETCH_HEAD"], &[], "").ends(1).says("missing-review content/b.md");
}
