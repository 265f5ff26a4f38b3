//! Attacks on tags that are publish refs, and on new publish branches: made where nothing was published, by objects that lead astray.

use provenance_test_support::{Repo, id_of};

use super::{LEDGER, PEOPLE, RULES, ana_approves, land, person, pinned, text, with_policy};
use crate::push::hook;
use crate::server::{push, server};
use crate::site::Site;

/// A site whose policy guards main, release and one tag.
fn with_tag() -> Site {
    with_policy("[\"refs/heads/main\"]", "[\"refs/heads/main\", \"refs/heads/release\", \"refs/tags/v2\"]")
}

/// A tag object that says this name and leads to this object; returns its id.
fn tag(repo: &Repo, name: &str, kind: &str, target: &str) -> String {
    let text =
        format!("object {target}\ntype {kind}\ntag {name}\ntagger Ana Ruiz <ana@example.com> 0 +0000\n\n{name}\n");
    repo.hash_object("tag", text)
}

fn push_tag(site: &Site, id: &str) -> crate::site::Ran {
    push(site, &[&format!("{id}:refs/tags/v2")])
}

/// G38.b
#[test]
fn a_tag_of_a_tag_leads_to_what_was_published_or_nowhere() {
    let site = with_tag();
    site.propose("evil", &[("content/c.md", "nobody read this\n")]);
    let server = server(&site);
    push(&site, &["evil"]).ends(0);
    let main = site.repo.rev("main");
    for (lied, rev, code) in [
        ("tree", "main^{tree}", "undecided-object"),
        ("commit", "main^{tree}", "undecided-object"),
        ("blob", "main:content/a.md", "undecided-object"),
        ("commit", "main:content/a.md", "undecided-object"),
        ("commit", "evil", "rewound-branch"),
        ("blob", "evil", "rewound-branch"),
    ] {
        let target = site.repo.rev(rev);
        // Some of them no client of git's would send.
        let inner = tag(&server, "v2", lied, &target);
        for id in [target, inner.clone(), tag(&server, "v2", "tag", &inner)] {
            let ran = hook(&server, "pre-receive", &format!("{} {id} refs/tags/v2\n", id_of('0')));
            assert!([1, 3].contains(&ran.code) && ran.err.contains(code), "{lied} {rev}: {ran:?}");
        }
    }
    // Tags without end.
    let mut chain = tag(&site.repo, "v2", "commit", &main);
    for _ in 0..20 {
        chain = tag(&site.repo, "v2", "tag", &chain);
    }
    push_tag(&site, &chain).ends(1).says("undecided-object");
    // The outer tag is the one that has the name; under another name it is refused whatever is in it.
    let renamed = tag(&site.repo, "v9", "tag", &tag(&site.repo, "v2", "commit", &main));
    push_tag(&site, &renamed).ends(1).says("says it is v9");
    assert!(server.try_git(&["rev-parse", "--verify", "--quiet", "refs/tags/v2"]).stdout.is_empty());
    let plain = tag(&site.repo, "v2", "commit", &main);
    push_tag(&site, &plain).ends(0);
    push(&site, &["--force", &format!("{}:refs/tags/v2", tag(&site.repo, "v2", "tag", &plain))])
        .ends(1)
        .says("never moves");
    assert_eq!(server.rev("refs/tags/v2"), plain);
}

/// G38.c. What is in a tag of a tag is another tag's text, and says nothing of this one: it leads to what was published.
#[test]
fn a_tag_may_hold_a_tag_of_another_name_at_what_was_published() {
    let site = with_tag();
    let server = server(&site);
    let inner = tag(&site.repo, "v1", "commit", &site.repo.rev("main"));
    push_tag(&site, &inner).ends(1).says("says it is v1");
    let outer = tag(&site.repo, "v2", "tag", &inner);
    push_tag(&site, &outer).ends(0);
    assert_eq!(server.rev("refs/tags/v2^{commit}"), site.repo.rev("main"));
}

/// G38.d
#[test]
fn a_branch_or_a_ledger_is_no_tag() {
    let site = with_tag();
    let server = server(&site);
    site.propose("good", &[("content/b.md", "B\n")]);
    ana_approves(&site, "main...good");
    let (main, good) = (server.rev("main"), site.repo.rev("good"));
    push(&site, &[&format!("{}:refs/heads/main", tag(&site.repo, "main", "commit", &good)), LEDGER]).ends(1);
    assert_eq!(server.rev("main"), main);
    let ledger = tag(&site.repo, "provenance", "commit", &site.repo.rev(LEDGER));
    push(&site, &[&format!("{ledger}:{LEDGER}")]).ends(1).says("undecided-object");
    push(&site, &["good:main", LEDGER]).ends(0);
}

/// G38.e, G15.a. Of several steps that are pushed at once only the last is published: what one of them brings and the next takes back was
/// judged by nobody.
#[test]
fn no_tag_and_no_branch_begins_at_a_step_that_was_pushed_over() {
    let site = with_tag();
    let server = server(&site);
    site.propose("topic", &[("content/c.md", "nobody read this\n")]);
    site.repo.remove("content/c.md");
    site.repo.write("content/b.md", "B\n");
    site.commit_by("wes", "not that");
    ana_approves(&site, "main...topic");
    push(&site, &["topic:main", LEDGER]).ends(0);
    let pushed_over = site.repo.rev("topic~1");
    push(&site, &[&format!("{pushed_over}:refs/tags/v2")]).ends(1).says("rewound-branch");
    push(&site, &[&format!("{pushed_over}:refs/heads/release")]).ends(1);
    assert!(server.try_git(&["rev-parse", "--verify", "--quiet", "refs/heads/release"]).stdout.is_empty());
    // Later states do not make it one.
    land(&site, "topic");
    site.propose("more", &[("content/b.md", "BB\n")]);
    ana_approves(&site, "main...more");
    push(&site, &["more:main", LEDGER]).ends(0);
    push(&site, &[&format!("{pushed_over}:refs/tags/v2")]).ends(1).says("rewound-branch");
    push(&site, &[&format!("{pushed_over}:refs/heads/release")]).ends(1);
    // What was published earlier may be tagged, and branched from, later.
    push(&site, &["topic:refs/tags/v2", "topic:refs/heads/release"]).ends(0);
}

/// G38.e. The twin on a branch with promoted steps and steps of its own: each of its states was published.
#[test]
fn an_earlier_state_of_a_branch_that_others_are_promoted_to_may_be_tagged() {
    let promote = "\n[[promote]]\nfrom = \"refs/heads/main\"\nto = \"refs/heads/release\"\n";
    let site = with_tag();
    site.repo.write(RULES, text(&site, RULES) + promote);
    let site = pinned(site);
    let server = server(&site);
    push(&site, &["main:release"]).ends(0);
    site.repo.git(&["branch", "--quiet", "release", "main"]);
    let mut states = Vec::new();
    for version in ["1", "2"] {
        site.propose("topic", &[("content/b.md", version)]);
        ana_approves(&site, "main...topic");
        push(&site, &["topic:main", LEDGER]).ends(0);
        land(&site, "topic");
        site.repo.git(&["checkout", "--quiet", "release"]);
        site.repo.merge(&["main"], "promote");
        push(&site, &["release"]).ends(0);
        states.push(site.repo.rev("release"));
        site.repo.write("content/c.md", version);
        site.commit_by("wes", "a fix for release");
        let branch = ["--branch", "refs/heads/release"];
        site.signed("wes", &[&["declare", "HEAD", "--extent", "none"], &branch[..]].concat()).ends(0);
        let review = ["review", "HEAD", "--approve", "--answer", "accuracy=pass"];
        site.signed("ana", &[&review[..], &branch].concat()).ends(0);
        push(&site, &["release", LEDGER]).ends(0);
        states.push(site.repo.rev("release"));
    }
    for state in &states {
        push(&site, &[&format!("{state}:refs/tags/v2")]).ends(0);
        server.git(&["update-ref", "-d", "refs/tags/v2"]);
    }
    let unread = site.repo.commit_tree(&site.repo.rev("main^{tree}"), &[&states[1]], 1_750_000_000);
    push(&site, &[&format!("{unread}:refs/tags/v2")]).ends(1).says("rewound-branch");
}

/// G38.f. Without a root no audit says that an earlier step was published by itself: not that it was, and not that it was not.
#[test]
fn without_a_root_a_ref_begins_where_a_branch_is_now() {
    let site = with_tag();
    site.propose("topic", &[("content/c.md", "nobody read this\n")]);
    site.repo.remove("content/c.md");
    site.repo.write("content/b.md", "B\n");
    site.commit_by("wes", "not that");
    ana_approves(&site, "main...topic");
    land(&site, "topic");
    let check = |rev: &str, name: &str| {
        let range = format!("{}..{}", id_of('0'), site.repo.rev(rev));
        site.run(&["check", &range, "--branch", name, "--format", "json"])
    };
    for name in ["refs/tags/v2", "refs/heads/release"] {
        super::has_error(check("main~1", name).ends(1), "rewound-branch");
        check("main~2", name).ends(0);
    }
    site.repo.git(&["config", "--unset", "provenance.root"]);
    for name in ["refs/tags/v2", "refs/heads/release"] {
        for rev in ["main~1", "main~2"] {
            super::has_error(check(rev, name).ends(3), "untrusted-root");
        }
        check("main", name).ends(0);
    }
}

/// G18.a. A publish branch, or the ledger, that is itself a symbolic ref on the server, after a rename for one: what it leads to is guarded.
#[test]
fn what_a_publish_ref_leads_to_is_guarded_by_both_names() {
    let site = with_tag();
    let server = server(&site);
    server.git(&["update-ref", "refs/heads/trunk", "main"]);
    server.git(&["symbolic-ref", "refs/heads/main", "refs/heads/trunk"]);
    server.git(&["symbolic-ref", LEDGER, "refs/notes/records"]);
    site.propose("evil", &[("content/c.md", "nobody read this\n")]);
    site.propose("good", &[("content/b.md", "B\n")]);
    ana_approves(&site, "main...good");
    let published = server.rev("main");
    for name in ["trunk", "main"] {
        push(&site, &[&format!("evil:{name}")]).ends(1).says("missing-review content/c.md");
        push(&site, &[&format!(":{name}")]).ends(1);
        push(&site, &["--force", &format!("evil~1^{{tree}}:{name}")]).ends(1);
    }
    for name in ["refs/notes/records", LEDGER] {
        push(&site, &[&format!("evil:{name}")]).ends(1).says("is no note");
    }
    assert_eq!(server.rev("main"), published);
    // Release moves along where it leads to main, and nobody approved anything for it.
    server.git(&["symbolic-ref", "refs/heads/release", "refs/heads/main"]);
    push(&site, &["good:trunk", &format!("{LEDGER}:refs/notes/records")])
        .ends(1)
        .says("release")
        .says("missing-review");
    server.git(&["symbolic-ref", "--delete", "refs/heads/release"]);
    push(&site, &["good:trunk", &format!("{LEDGER}:refs/notes/records")]).ends(0);
    assert_eq!(server.rev("main"), site.repo.rev("good"));
    assert_eq!(server.rev(LEDGER), site.repo.rev(LEDGER));
}

/// The policy with one more publish ref, proposed, declared and approved by an admin: the branch `listing`.
fn list(site: &Site, name: &str, more: &[(&str, &str)]) {
    let listed = text(site, RULES).replace("\"refs/heads/main\"", &format!("\"refs/heads/main\", \"{name}\""));
    site.propose("listing", &[&[(RULES, listed.as_str())], more].concat());
    ana_approves(site, "main...listing");
}

/// G10.b. Who may push makes any ref that nobody guards yet: what stands there is published the moment it is listed.
#[test]
fn no_ref_is_listed_where_something_unpublished_waits() {
    for name in ["refs/heads/next", "refs/tags/v3"] {
        let site = Site::new();
        let server = server(&site);
        let evil = site.propose("evil", &[("content/c.md", "nobody read this\n")]);
        push(&site, &[&format!("evil:{name}")]).ends(0);
        list(&site, name, &[]);
        let main = server.rev("main");
        push(&site, &["listing:main", LEDGER]).ends(1).says("rewound-branch").says(name);
        // Nor where it comes, or goes, with the same push: git may do half of it.
        push(&site, &["listing:main", LEDGER, &format!(":{name}")]).ends(1).says("rewound-branch");
        push(&site, &[&format!(":{name}")]).ends(0);
        for order in [["listing:main", &format!("evil:{name}")], [&format!("evil:{name}"), "listing:main"]] {
            push(&site, &[&order[..], &[LEDGER]].concat()).ends(1).says("rewound-branch");
        }
        assert_eq!(server.rev("main"), main);
        // At what is published, or is by this push, or nowhere yet.
        push(&site, &[&format!("main:{name}")]).ends(0);
        push(&site, &["listing:main", LEDGER]).ends(0);
        push(&site, &["--force", &format!("evil:{name}")]).ends(1);
        assert_ne!(server.rev(name), evil);
    }
}

/// G10.c. The branch that is listed first says whose keys count: it is taken over by no branch that lay ready.
#[test]
fn no_branch_that_lay_ready_becomes_the_authority() {
    let site = Site::new();
    let server = server(&site);
    let eve = text(&site, PEOPLE) + &person(&site, "eve", "human", "\"admin\", \"editor\"");
    let rules = text(&site, RULES);
    let own = rules.replace("\"refs/heads/main\"", "\"refs/heads/trunk\", \"refs/heads/main\"");
    site.propose("trunk", &[(PEOPLE, &eve), (RULES, &own)]);
    push(&site, &["trunk"]).ends(0);
    site.propose("listing", &[(RULES, &own)]);
    ana_approves(&site, "main...listing");
    push(&site, &["listing:main", LEDGER]).ends(1).says("rewound-branch").says("refs/heads/trunk");
    // It lists itself, so no push deletes it: whoever runs the server does.
    push(&site, &[":trunk"]).ends(1).says("branch-deleted");
    server.git(&["update-ref", "-d", "refs/heads/trunk"]);
    push(&site, &["listing:main", "listing:trunk", LEDGER]).ends(0);
    assert_eq!(server.rev("trunk"), server.rev("main"));
    push(&site, &["--force", "trunk"]).ends(1);
}
