//! What who may push and nothing else can cost others: pushes that change nothing are allowed, and leave something behind. They
//! publish nothing; a new review, or whoever runs the server, makes good for each.

use super::{LEDGER, RULES, ana_approves, land, pinned, text, with_policy};
use crate::server::{push, server};
use crate::site::Site;

/// G13.a. A step that is brought and taken back has moved the path all the same.
#[test]
fn a_push_that_takes_back_what_it_brings_makes_reviews_stale() {
    let site = Site::new();
    let server = server(&site);
    site.propose("topic", &[("content/b.md", "B\n")]);
    ana_approves(&site, "main...topic");
    site.repo.git(&["checkout", "--quiet", "-B", "noise", "main"]);
    let held = text(&site, "content/b.md");
    for text in ["noise\n", &held] {
        site.repo.write("content/b.md", text);
        site.commit_by("wes", "noise");
    }
    push(&site, &["noise:main"]).ends(0).says("nothing-to-check");
    land(&site, "noise");
    site.repo.merge(&["topic"], "land");
    push(&site, &["main", LEDGER]).ends(1).says("stale-review content/b.md");
    site.repo.git(&["branch", "--quiet", "--force", "published", "noise"]);
    site.signed("ana", &["review", "published..main", "--approve", "--answer", "accuracy=pass"]).ends(0);
    push(&site, &["main", LEDGER]).ends(0);
    assert_eq!(server.rev("main"), site.repo.rev("main"));
}

/// G13.b. A merge that takes nothing uses up what it could have promoted.
#[test]
fn a_merge_that_takes_nothing_uses_a_promotion_up() {
    let promote = "\n[[promote]]\nfrom = \"refs/heads/main\"\nto = \"refs/heads/release\"\n";
    let site = with_policy("[\"refs/heads/main\"]", "[\"refs/heads/main\", \"refs/heads/release\"]");
    site.repo.write(RULES, text(&site, RULES) + promote);
    let site = pinned(site);
    let server = server(&site);
    push(&site, &["main:release"]).ends(0);
    let release = site.repo.rev("main");
    site.propose("topic", &[("content/b.md", "B\n")]);
    ana_approves(&site, "main...topic");
    push(&site, &["topic:main", LEDGER]).ends(0);
    let merge = |tree: &str, first: &str| {
        let tree = site.repo.rev(&format!("{tree}^{{tree}}"));
        site.repo.commit_tree(&tree, &[first, &site.repo.rev("topic")], 1_750_000_000)
    };
    let (taken, nothing) = (merge("topic", &release), merge(&release, &release));
    push(&site, &[&format!("{nothing}:release")]).ends(0).says("nothing-to-check");
    push(&site, &[&format!("{}:release", merge("topic", &nothing))]).ends(1).says("missing-review content/b.md");
    // Without it the same content is promoted.
    server.git(&["update-ref", "refs/heads/release", &release]);
    push(&site, &[&format!("{taken}:release")]).ends(0);
}

/// H06.a. Notes of other tools are free refs: one that says AI took part stands against a declaration of none.
#[test]
fn a_note_of_another_tool_holds_a_declaration_up_until_it_is_gone() {
    let site = Site::new();
    let server = server(&site);
    let topic = site.propose("topic", &[("content/b.md", "B\n")]);
    ana_approves(&site, "main...topic");
    let attested = r#"{"schema_version":"authorship/3.0.0","prompts":{"abc":{"agent_id":{"tool":"claude"}}}}"#;
    let note = format!("content/b.md\n  abc 1-1\n---\n{attested}");
    site.repo.git(&["notes", "--ref=ai", "add", "-m", &note, &topic]);
    push(&site, &["refs/notes/ai"]).ends(0);
    push(&site, &["topic:main", LEDGER]).ends(1).says("undeclared-ai content/b.md").says("git-ai note");
    push(&site, &[":refs/notes/ai"]).ends(0);
    push(&site, &["topic:main", LEDGER]).ends(0);
    assert_eq!(server.rev("main"), topic);
}
