//! Attacks by refs whose names git takes for something else: for a publish ref, or for the commit that somebody is about to review.

use provenance_test_support::Repo;

use super::{LEDGER, RULES, ana_approves, good_and_evil, with_policy};
use crate::ceremony::on_terminal_as;
use crate::server::{push, server};
use crate::site::{POLICY, Site};

/// What git shows of a page by the short name of a branch.
fn shown(server: &Repo, name: &str) -> String {
    server.git(&["show", &format!("{name}:content/b.md")])
}

/// G10.f. Of the refs that end in a name git takes one right below `refs/` first: before a tag, and before the branch.
#[test]
fn a_push_makes_no_ref_that_is_taken_for_a_publish_ref() {
    let site =
        with_policy("[\"refs/heads/main\"]", "[\"refs/heads/main\", \"refs/heads/release/1\", \"refs/tags/v/2\"]");
    site.propose("evil", &[("content/b.md", "nobody read this\n")]);
    let server = server(&site);
    push(&site, &["main:refs/heads/release/1", "main:refs/tags/v/2"]).ends(0);
    for (shadow, name) in [("refs/release/1", "release/1"), ("refs/v/2", "v/2")] {
        push(&site, &[&format!("evil:{shadow}")])
            .ends(1)
            .says("undecided-history")
            .says(&format!("takes `{name}` for"));
        assert_eq!(shown(&server, name), "b");
        // One that was there before is deleted.
        server.git(&["update-ref", shadow, "main"]);
        push(&site, &[&format!(":{shadow}")]).ends(0);
    }
    push(&site, &["evil:refs/release/2", "evil:refs/other/release/1"]).ends(0);
    assert_eq!(shown(&server, "release/1"), "b");
}

/// H08.b. Git takes a shortened id for the tag of that name, where there is one. The command that the reviewer is told reads what is signed.
#[test]
fn a_reviewer_is_told_how_to_read_what_they_sign_and_no_tag_of_that_name() {
    let site = good_and_evil();
    let short = &site.repo.rev("evil")[..12];
    site.repo.git(&["tag", short, "good"]);
    assert!(!site.repo.git(&["diff", "main", short]).contains("nobody read this"), "git takes it for the tag");
    let approve = "review main...evil --approve --answer accuracy=pass";
    let Some(ran) = on_terminal_as(&site, "ed", approve, "\n\ny\n") else { return };
    let ran = ran.ends(0);
    let told = ran.err.lines().chain(ran.out.lines()).find_map(|line| line.trim().strip_prefix("read them with: git "));
    let words: Vec<&str> = told.expect("it says how to read the changes").split_whitespace().collect();
    assert!(site.repo.git(&words).contains("nobody read this"), "{words:?}");
}

/// G10.g. `git clone --branch`, `git checkout` and `git switch` take a branch before a tag of the same name.
#[test]
fn a_push_makes_no_branch_that_is_taken_for_a_published_tag() {
    let site = with_policy(
        "[\"refs/heads/main\"]",
        "[\"refs/heads/main\", \"refs/tags/v/2\", \"refs/tags/both\", \"refs/heads/both\"]",
    );
    site.propose("evil", &[("content/b.md", "nobody read this\n")]);
    let server = server(&site);
    let cloned = || {
        let clone = server.clone_with(&["--branch", "v/2"]);
        String::from_utf8(clone.read("content/b.md")).unwrap()
    };
    // Before the tag is there, and after.
    push(&site, &["evil:refs/heads/v/2"]).ends(1).says("undecided-history").says("takes `v/2` for");
    push(&site, &["main:refs/tags/v/2"]).ends(0);
    push(&site, &["evil:refs/heads/v/2"]).ends(1).says("undecided-history").says("refs/tags/v/2 is meant");
    assert_eq!(cloned(), "b\n");
    // One that was there before is deleted; a branch that is guarded itself may have the name.
    server.git(&["update-ref", "refs/heads/v/2", "main"]);
    push(&site, &[":refs/heads/v/2"]).ends(0);
    push(&site, &["main:refs/tags/both", "main:refs/heads/both", "evil:refs/heads/v/3"]).ends(0);
    assert_eq!(cloned(), "b\n");
}

/// G10.h. What lies ready is looked for when the name is listed.
#[test]
fn no_name_is_listed_that_git_takes_for_something_that_lies_ready() {
    let site = Site::new();
    site.propose("evil", &[("content/b.md", "nobody read this\n")]);
    let server = server(&site);
    push(&site, &["evil:refs/tags/release", "evil:refs/heads/v2"]).ends(0);
    site.repo.git(&["checkout", "--quiet", "-B", "list", "main"]);
    let listed = "[\"refs/heads/main\", \"refs/heads/release\", \"refs/tags/v2\"]";
    site.repo.write(RULES, POLICY.replace("[\"refs/heads/main\"]", listed));
    site.commit_by("wes", "list them");
    ana_approves(&site, "main...list");
    let list = ["list:main", LEDGER];
    push(&site, &list)
        .ends(1)
        .says("refs/tags/release is what git takes `release` for")
        .says("refs/heads/v2 is what git takes `v2` for");
    push(&site, &[":refs/tags/release"]).ends(0);
    push(&site, &list).ends(1).says("refs/heads/v2 is what");
    // Git may take only half of a push.
    push(&site, &["list:main", LEDGER, ":refs/heads/v2"]).ends(1).says("undecided-history");
    push(&site, &[":refs/heads/v2"]).ends(0);
    push(&site, &["list:main", LEDGER, "evil:refs/heads/v2"]).ends(1).says("undecided-history");
    push(&site, &list).ends(0);
    assert_eq!(server.rev("main"), site.repo.rev("list"));
}
