//! Attacks on the way from the pinned root to the authority, where one branch handed it over to another.

use super::{LEDGER, PEOPLE, RULES, land, person, text, with_policy};
use crate::server::{push, server};
use crate::site::Site;

/// Writes the policy with other publish refs.
fn write_list(site: &Site, branches: &str) {
    let rules = text(site, RULES);
    let start = rules.find("branches = ").unwrap();
    let end = start + rules[start..].find('\n').unwrap();
    site.repo.write(RULES, rules.replace(&rules[start..end], &format!("branches = [{branches}]")));
}

/// The policy with other publish refs, proposed, declared and approved by an admin: the branch `listing`.
fn list(site: &Site, branches: &str) {
    list_on(site, "refs/heads/main", branches);
}

fn list_on(site: &Site, branch: &str, branches: &str) {
    site.repo.git(&["checkout", "--quiet", "main"]);
    write_list(site, branches);
    let rules = text(site, RULES);
    site.repo.git(&["checkout", "--quiet", "."]);
    site.propose("listing", &[(RULES, &rules)]);
    let signed = |who: &str, words: &[&str]| site.signed(who, &[words, &["--branch", branch]].concat()).ends(0);
    signed("wes", &["declare", "main...listing", "--extent", "none"]);
    signed("ana", &["review", "main...listing", "--approve"]);
}

/// A branch with a policy of Eve's own, on top of a commit: the branch `coup`.
fn coup(site: &Site, on: &str, branches: &str) {
    site.repo.git(&["checkout", "--quiet", "-B", "coup", on]);
    write_list(site, branches);
    site.repo.write(PEOPLE, text(site, PEOPLE) + &person(site, "eve", "human", "\"admin\", \"editor\""));
    site.repo.write("content/c.md", "nobody read this\n");
    site.commit_by("wes", "a policy of my own");
}

/// G10.d. A branch that is listed first may begin at any published state: also at one whose policy does not list it.
#[test]
fn no_branch_that_begins_at_an_older_policy_escapes_the_list() {
    let site = Site::new();
    let server = server(&site);
    let root = site.repo.rev("main");
    list(&site, "\"refs/heads/trunk\", \"refs/heads/main\"");
    push(&site, &["listing:main", LEDGER]).ends(0);
    push(&site, &[&format!("{root}:refs/heads/trunk")]).ends(0);
    coup(&site, &root, "\"refs/heads/trunk\"");
    push(&site, &["coup:trunk"]).ends(1).says("missing-review .provenance/policy.toml");
    push(&site, &[":trunk"]).ends(1).says("branch-deleted");
    assert_eq!(server.rev("trunk"), root);
    // The step that handed it over is approved for main; with an approval for trunk it takes it.
    push(&site, &["listing:trunk"]).ends(1).says("missing-review");
    let branch = ["--branch", "refs/heads/trunk"];
    let range = format!("{root}..listing");
    site.signed("wes", &[&["declare", range.as_str(), "--extent", "none"], &branch[..]].concat()).ends(0);
    site.signed("ana", &[&["review", range.as_str(), "--approve"], &branch[..]].concat()).ends(0);
    push(&site, &["listing:trunk", LEDGER]).ends(0);
}

/// P11.b. The branch that the root's policy names leads to the authority, also when nobody lists it any more.
#[test]
fn a_branch_that_handed_the_authority_over_stays_guarded() {
    let site = Site::new();
    let server = server(&site);
    let root = site.repo.rev("main");
    list(&site, "\"refs/heads/trunk\", \"refs/tags/v1\"");
    push(&site, &["listing:main", "listing:trunk", LEDGER]).ends(0);
    let main = server.rev("main");
    coup(&site, &root, "\"refs/heads/main\"");
    push(&site, &["--force", "coup:main"]).ends(1).says("undecided-policy").says("leads from the pinned root");
    push(&site, &[":main"]).ends(1).says("branch-deleted");
    server.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
    push(&site, &["--force", "coup:alias"]).ends(1).says("undecided-policy");
    push(&site, &["coup:refs/heads/main/x"]).ends(1);
    push(&site, &["coup:refs/tags/v1"]).ends(1).says("rewound-branch");
    assert_eq!(server.rev("main"), main);
    push(&site, &["listing:refs/tags/v1"]).ends(0);
    // Once the root is a commit that lists trunk first, main is any branch.
    server.git(&["config", "provenance.root", &main]);
    push(&site, &["--force", "coup:main"]).ends(0);
    push(&site, &["--force", "coup:trunk"]).ends(1).says("rewound-branch");
}

/// R05.c. A branch that took its policy before the authority was handed over is bound by who has it now.
#[test]
fn a_key_that_the_new_authority_revoked_counts_on_no_older_branch() {
    let site = with_policy("[\"refs/heads/main\"]", "[\"refs/heads/main\", \"refs/heads/release\"]");
    let server = server(&site);
    push(&site, &["main:release"]).ends(0);
    site.repo.git(&["branch", "--quiet", "release", "main"]);
    list(&site, "\"refs/heads/trunk\", \"refs/heads/main\", \"refs/heads/release\"");
    push(&site, &["listing:main", "listing:trunk", LEDGER]).ends(0);
    land(&site, "listing");
    site.repo.git(&["checkout", "--quiet", "-B", "fix", "release"]);
    site.repo.write("content/c.md", "a fix\n");
    site.commit_by("wes", "a fix for release");
    let branch = ["--branch", "refs/heads/release"];
    site.signed("wes", &[&["declare", "HEAD", "--extent", "none"], &branch[..]].concat()).ends(0);
    site.signed("ed", &[&["review", "HEAD", "--approve", "--answer", "accuracy=pass"], &branch[..]].concat()).ends(0);
    push(&site, &[LEDGER]).ends(0);
    // Trunk revokes Ed's key, as whoever runs the server sees it.
    site.repo.git(&["checkout", "--quiet", "-B", "stolen", "listing"]);
    let key = format!("\"{}\"", site.public("ed"));
    let revoked = format!("{{ public = {key}, revoked = 2025-01-01, because = \"stolen\" }}");
    let people = text(&site, PEOPLE);
    assert!(people.contains(&key));
    site.repo.write(PEOPLE, people.replace(&key, &revoked));
    site.commit_by("ana", "revoke Ed's key");
    let trunk = ["--branch", "refs/heads/trunk"];
    site.signed("ana", &[&["declare", "HEAD", "--extent", "none"], &trunk[..]].concat()).ends(0);
    site.signed("ana", &[&["review", "HEAD", "--approve"], &trunk[..]].concat()).ends(0);
    let before = server.rev("trunk");
    push(&site, &["stolen:trunk", LEDGER]).ends(0);
    push(&site, &["fix:release"]).ends(1).says("revoked-key content/c.md");
    server.git(&["update-ref", "refs/heads/trunk", &before]);
    push(&site, &["fix:release"]).ends(0);
}

/// G10.e. Whoever takes the authority over brings a list of their own: what it names and nobody listed so far may lie ready too.
#[test]
fn no_branch_that_takes_over_lists_what_lies_ready() {
    let site = with_policy("[\"refs/heads/main\"]", "[\"refs/heads/main\", \"refs/heads/trunk\"]");
    let server = server(&site);
    push(&site, &["main:trunk"]).ends(0);
    site.repo.git(&["fetch", "--quiet", "origin"]);
    // Trunk's list says nothing while main has the authority.
    list_on(&site, "refs/heads/trunk", "\"refs/heads/trunk\", \"refs/heads/main\", \"refs/heads/ready\"");
    push(&site, &["listing:trunk", LEDGER]).ends(0);
    site.propose("evil", &[("content/c.md", "nobody read this\n")]);
    push(&site, &["evil:ready"]).ends(0);
    list(&site, "\"refs/heads/trunk\", \"refs/heads/main\"");
    push(&site, &["listing:main", LEDGER]).ends(1).says("rewound-branch").says("refs/heads/ready");
    push(&site, &[":ready"]).ends(0);
    push(&site, &["listing:main", LEDGER]).ends(0);
    push(&site, &["evil:ready"]).ends(1);
    assert!(server.try_git(&["rev-parse", "--verify", "--quiet", "refs/heads/ready"]).stdout.is_empty());
}

/// P10.a. Where the authority's policy cannot be read any more, by an older program or after an accident, no older one takes its place.
#[test]
fn no_older_policy_stands_in_for_one_that_cannot_be_read() {
    let site = Site::new();
    let server = server(&site);
    list(&site, "\"refs/heads/main\", \"refs/tags/v1\"");
    push(&site, &["listing:main", LEDGER]).ends(0);
    land(&site, "listing");
    let evil = site.propose("evil", &[("content/c.md", "nobody read this\n")]);
    site.propose("broken", &[(RULES, &(text(&site, RULES) + "\nunknown = 1\n"))]);
    push(&site, &["broken"]).ends(0);
    server.git(&["update-ref", "refs/heads/main", "broken"]);
    for moved in [format!("{evil}:refs/tags/v1"), "evil:elsewhere".to_owned()] {
        push(&site, &[&moved]).ends(1).says("undecided-policy");
    }
    site.run(&["check", "main...evil", "--branch", "refs/heads/main"]).ends(1);
    server.git(&["update-ref", "refs/heads/main", "broken~1"]);
    push(&site, &[&format!("{evil}:refs/tags/v1")]).ends(1).says("rewound-branch");
    push(&site, &["evil:elsewhere", "main:refs/tags/v1"]).ends(0);
}
