//! Attacks by refs whose names git takes for a publish ref.

use provenance_test_support::Repo;

use super::with_policy;
use crate::server::{push, server};

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
    push(&site, &["evil:refs/release/2", "evil:refs/heads/v/2", "evil:refs/other/release/1"]).ends(0);
    assert_eq!(shown(&server, "release/1"), "b");
}
