//! Attacks by what comes in one push, or in two at the same time: records that block, people who leave, refs beside each other.

use provenance_test_support::{Repo, id_of};

use super::{LEDGER, PEOPLE, RULES, allows, ana_approves, pinned, refuses, text, with_policy};
use crate::push::hook;
use crate::server::{push, server};
use crate::site::{POLICY, Ran, Site};

/// A site whose topic is approved, its server, and the ledger that approves it.
fn approved() -> (Site, Repo, String) {
    let site = Site::new();
    let server = server(&site);
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    let ledger = site.repo.rev(LEDGER);
    (site, server, ledger)
}

/// The refs of a server, each with what it is at.
fn refs(server: &Repo) -> String {
    server.git(&["for-each-ref", "--format=%(refname) %(objectname)"])
}

/// The id of the record that a command signed.
fn record(site: &Site, who: &str, arguments: &[&str]) -> String {
    let json = site.signed(who, &[arguments, &["--format", "json"]].concat()).ends(0).json();
    json["record"].as_str().unwrap().to_owned()
}

/// S08.a
#[test]
fn a_rejection_counts_for_the_push_it_comes_with_and_for_all_that_follow() {
    let (site, server, approved) = approved();
    site.signed("ana", &["review", "main...topic", "--reject", "-m", "no"]).ends(0);
    let rejected = site.repo.rev(LEDGER);
    let before = refs(&server);
    for atomic in ["--atomic", "--no-atomic"] {
        for order in [["topic:main", LEDGER], [LEDGER, "topic:main"]] {
            push(&site, &[&[atomic], &order[..]].concat()).ends(1).says("rejected content/b.md");
        }
    }
    assert_eq!(refs(&server), before);
    push(&site, &[LEDGER]).ends(0);
    // With the ledger from before it, which grew on without it, and as one that contains it and says less.
    site.repo.git(&["update-ref", LEDGER, &approved]);
    site.signed("wes", &["declare", "main...topic", "--extent", "none", "-m", "again"]).ends(0);
    let forked = site.repo.rev(LEDGER);
    let tree = site.repo.rev(&format!("{forked}^{{tree}}"));
    let parents = [[rejected.as_str(), forked.as_str()], [forked.as_str(), rejected.as_str()]];
    let joined = parents.map(|parents| site.repo.commit_tree(&tree, &parents, 1_750_000_000));
    for ledger in [&approved, &forked, &joined[0], &joined[1]] {
        for atomic in ["--atomic", "--no-atomic"] {
            push(&site, &[atomic, "topic:main", &format!("+{ledger}:{LEDGER}")])
                .ends(1)
                .says("ledger-rewound")
                .says("rejected content/b.md");
        }
    }
    push(&site, &["topic:main"]).ends(1).says("rejected content/b.md");
    assert_eq!(server.rev(LEDGER), rejected);
    // Both joined, and taken back by who rejected it.
    site.run(&["sync"]).ends(0);
    site.signed("ana", &["review", "main...topic", "--approve", "--answer", "accuracy=pass"]).ends(0);
    push(&site, &["--atomic", "topic:main", LEDGER]).ends(0);
    assert_eq!(server.rev("main"), site.repo.rev("topic"));
}

/// S08.b
#[test]
fn an_approval_that_is_revoked_in_the_same_push_is_none() {
    for who in ["ed", "ana"] {
        let site = Site::new();
        let server = server(&site);
        site.propose("topic", &[("content/b.md", "B\n")]);
        site.signed("wes", &["declare", "main...topic", "--extent", "none"]).ends(0);
        let approve = ["review", "main...topic", "--approve", "--answer", "accuracy=pass"];
        let review = record(&site, "ed", &approve);
        allows(&site, "main..topic");
        site.signed(who, &["revoke", &review, "-m", "for the wrong page"]).ends(0);
        let before = refs(&server);
        for atomic in ["--atomic", "--no-atomic"] {
            push(&site, &[atomic, "topic:main", LEDGER]).ends(1).says("revoked content/b.md");
        }
        assert_eq!(refs(&server), before);
        push(&site, &[LEDGER]).ends(0);
        push(&site, &["topic:main"]).ends(1).says("revoked content/b.md");
        // The same words again are the same record; others are another.
        site.signed("ed", &[&approve[..], &["-m", "the right page"]].concat()).ends(0);
        push(&site, &["topic:main", LEDGER]).ends(0);
    }
}

/// S08.c
#[test]
fn nothing_of_a_push_lands_beside_what_is_refused() {
    let site = with_policy("[\"refs/heads/main\"]", "[\"refs/heads/main\", \"refs/heads/release\", \"refs/tags/v2\"]");
    let server = server(&site);
    server.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
    site.propose("good", &[("content/b.md", "B\n")]);
    ana_approves(&site, "main...good");
    site.propose("evil", &[("content/c.md", "nobody read this\n")]);
    push(&site, &["good:refs/heads/there"]).ends(0);
    let before = refs(&server);
    for (refused, code) in [
        ("evil:refs/heads/release", "missing-review content/c.md"),
        ("evil:refs/tags/v2", "rewound-branch"),
        // Git says no hook whether the branch will have moved first.
        ("good:refs/tags/v2", "rewound-branch"),
        ("evil:refs/heads/release/x", "branch-deleted"),
        ("evil:refs/heads/alias", "moves refs/heads/main twice"),
        ("good:refs/heads/alias", "moves refs/heads/main twice"),
        ("evil:refs/notes/provenance/x", "ledger-rewound"),
    ] {
        for atomic in ["--atomic", "--no-atomic"] {
            push(&site, &[atomic, "good:main", LEDGER, "evil:refs/heads/else", ":refs/heads/there", refused])
                .ends(1)
                .says(code);
            assert_eq!(refs(&server), before, "{refused}");
        }
    }
    push(&site, &["good:main", LEDGER, "evil:refs/heads/else", ":refs/heads/there"]).ends(0);
    push(&site, &["good:refs/tags/v2", "good:refs/heads/release"]).ends(0);
}

/// S08.d. Two pushes that overlap end as if one had come after the other, and no record of either is lost.
#[test]
fn a_rejection_that_races_the_branch_is_never_lost() {
    for _ in 0..3 {
        let (site, server, approved) = approved();
        site.repo.git(&["branch", "approved", &approved]);
        site.signed("ana", &["review", "main...topic", "--reject", "-m", "no"]).ends(0);
        let (main, rejected) = (server.rev("main"), site.repo.rev(LEDGER));
        let refspec = format!("approved:{LEDGER}");
        let (branch, ledger) = std::thread::scope(|scope| {
            let branch = scope.spawn(|| push(&site, &["topic:main", &refspec]));
            let ledger = scope.spawn(|| push(&site, &[LEDGER]));
            (branch.join().unwrap(), ledger.join().unwrap())
        });
        let moved = server.rev("main") != main;
        assert!(moved || branch.code == 1, "{branch:?}");
        if ledger.code != 0 {
            // It lost the race for the ref's lock or value, and says so to whoever pushed it.
            push(&site, &[LEDGER]).ends(0);
        }
        hook(&server, "post-receive", &format!("{main} {main} refs/heads/x\n")).ends(0);
        assert!(server.try_git(&["merge-base", "--is-ancestor", &rejected, LEDGER]).status.success());
        if !moved {
            push(&site, &["topic:main"]).ends(1).says("rejected content/b.md");
        }
        server.git(&["fsck", "--strict"]);
    }
}

/// The roster without Ed: retired, with a revoked key, and without a line of his.
fn without_ed(site: &Site) -> [(&'static str, String); 3] {
    let (people, key) = (text(site, PEOPLE), format!("\"{}\"", site.public("ed")));
    let entry = people.split("\n\n").find(|entry| entry.contains("[person.ed]")).unwrap().to_owned();
    let revoked = format!("{{ public = {key}, revoked = 2025-05-01, because = \"stolen\" }}");
    [
        ("retired", people.replace(&entry, &format!("{}\nretired = 2025-05-01", entry.trim_end()))),
        ("revoked", people.replace(&key, &revoked)),
        ("removed", people.replace(&entry, "")),
    ]
}

/// R05.a. What blocks is judged by the roster that is published, until the other one is.
#[test]
fn who_leaves_the_roster_with_a_push_still_blocks_what_comes_with_it() {
    let rosters = without_ed(&Site::new());
    for (how, people) in rosters {
        let site = Site::new();
        let server = server(&site);
        site.propose("topic", &[(PEOPLE, &people)]);
        ana_approves(&site, "main...topic");
        site.repo.git(&["branch", "roster"]);
        site.repo.write("content/b.md", "B\n");
        site.commit_by("wes", "and what Ed rejected");
        site.signed("wes", &["declare", "main...topic", "--extent", "none", "content/b.md"]).ends(0);
        let approve = ["review", "main...topic", "--approve", "--answer", "accuracy=pass", "content/b.md"];
        site.signed("ana", &approve).ends(0);
        allows(&site, "main..topic");
        let unseen = site.repo.rev(LEDGER);
        site.signed("ed", &["review", "main...topic", "--reject", "-m", "no", "content/b.md"]).ends(0);
        refuses(&site, "main..topic", "rejected");
        push(&site, &["topic:main", LEDGER]).ends(1).says("rejected content/b.md");
        // Squashed, and in the other order.
        let squashed = site.repo.commit_tree(&site.repo.rev("topic^{tree}"), &[&site.repo.rev("main")], 1_750_000_000);
        push(&site, &[&format!("{squashed}:main"), LEDGER]).ends(1).says("rejected content/b.md");
        push(&site, &[LEDGER]).ends(0);
        assert_ne!(server.rev(LEDGER), unseen);
        // Published first, by those who may: who has only retired still blocks, and no revoked key does, nor nobody.
        push(&site, &["roster:main"]).ends(0);
        let ran = push(&site, &["topic:main"]);
        match how {
            "retired" => drop(ran.ends(1).says("rejected content/b.md")),
            _ => drop(ran.ends(0)),
        }
    }
}

/// R05.b
#[test]
fn who_leaves_the_authoritys_roster_with_a_push_still_blocks_on_the_other_branch() {
    let both = POLICY.replace("[\"refs/heads/main\"]", "[\"refs/heads/main\", \"refs/heads/release\"]");
    for (_, people) in without_ed(&Site::new()) {
        let site = Site::new();
        site.repo.write(super::RULES, &both);
        let site = pinned(site);
        let _server = server(&site);
        push(&site, &["main:release"]).ends(0);
        site.repo.git(&["branch", "--quiet", "release", "main"]);
        site.propose("topic", &[("content/b.md", "B\n")]);
        let on_release = ["--branch", "refs/heads/release"];
        let signed = |who: &str, arguments: &[&str]| site.signed(who, &[arguments, &on_release].concat()).ends(0);
        signed("wes", &["declare", "release...topic", "--extent", "none"]);
        signed("ana", &["review", "release...topic", "--approve", "--answer", "accuracy=pass"]);
        signed("ed", &["review", "release...topic", "--reject", "-m", "no"]);
        site.propose("roster", &[(PEOPLE, &people)]);
        ana_approves(&site, "main...roster");
        push(&site, &["roster:main", "topic:release", LEDGER]).ends(1).says("rejected content/b.md");
        // After it he is still in the roster of the branch itself.
        push(&site, &["roster:main", LEDGER]).ends(0);
        let ran = push(&site, &["topic:release"]);
        if people.contains("revoked = ") {
            ran.ends(0)
        } else {
            ran.ends(1).says("rejected content/b.md")
        };
    }
}

/// S08.e. Options of a push reach the hook as text that nobody reads.
#[test]
fn options_of_a_push_lead_the_hook_nowhere() {
    let (site, server, _) = approved();
    server.git(&["config", "receive.advertisePushOptions", "true"]);
    let elsewhere = Repo::bare();
    let dir = elsewhere.path().display().to_string();
    let options = [
        format!("GIT_DIR={dir}"),
        format!("GIT_QUARANTINE_PATH={dir}/objects"),
        "GIT_NAMESPACE=x".to_owned(),
        "--now=1970-01-01T00:00:00Z".to_owned(),
        "ci.skip".to_owned(),
    ];
    let options: Vec<&str> = options.iter().flat_map(|option| ["-o", option.as_str()]).collect();
    let main = server.rev("main");
    push(&site, &[&options[..], &["topic:main"]].concat()).ends(1).says("missing-review content/b.md");
    assert_eq!(server.rev("main"), main);
    push(&site, &[&options[..], &["topic:main", LEDGER]].concat()).ends(0);
}

/// G10.i. Git moves the refs of a push one after the other, and asks nobody again: a name that is listed meanwhile was free when the push was judged.
#[test]
fn no_name_is_listed_while_a_push_is_under_way_that_moves_it() {
    let site = Site::new();
    site.propose("evil", &[("content/b.md", "nobody read this\n")]);
    let server = server(&site);
    push(&site, &["evil"]).ends(0);
    site.repo.git(&["checkout", "--quiet", "-B", "list", "main"]);
    let listed = "[\"refs/heads/main\", \"refs/heads/release\", \"refs/tags/v2\"]";
    site.repo.write(RULES, POLICY.replace("[\"refs/heads/main\"]", listed));
    site.commit_by("wes", "list them");
    ana_approves(&site, "main...list");
    push(&site, &["list", LEDGER]).ends(0);
    let [main, list, evil] = ["main", "list", "evil"].map(|name| server.rev(name));
    let none = id_of('0');
    let listing = format!("{main} {list} refs/heads/main\n");
    let before = |update: &str| hook(&server, "pre-receive", update);
    // The hooks of this test have one parent, as those of one push have.
    let done = || hook(&server, "post-receive", &format!("{none} {evil} refs/heads/junk\n")).ends(0);
    for name in ["refs/heads/release", "refs/tags/v2", "refs/heads/v2", "refs/tags/release"] {
        let moving = format!("{none} {evil} refs/heads/junk\n{none} {evil} {name}\n");
        let clash = format!("one of two pushes that are under way lists {name}");
        before(&moving).ends(0);
        run_by_another(&server, &listing).ends(3).says(&clash);
        done();
        run_by_another(&server, &moving).ends(0);
        // Who pushed has gone.
        before(&listing).ends(0);
        run_by_another(&server, &moving).ends(3).says(&clash);
        run_by_another(&server, &format!("{none} {evil} refs/heads/other\n")).ends(0);
        done();
    }
    // A symbolic ref is what it leads to.
    server.git(&["symbolic-ref", "refs/heads/release", "refs/heads/real"]);
    before(&format!("{none} {evil} refs/heads/real\n")).ends(0);
    run_by_another(&server, &listing).ends(3).says("lists refs/heads/real");
    done();
    server.git(&["symbolic-ref", "--delete", "refs/heads/release"]);
    // What was refused is in nobody's way.
    let moving = format!("{none} {evil} refs/heads/release\n");
    before(&format!("{main} {evil} refs/heads/main\n{moving}")).ends(1);
    run_by_another(&server, &listing).ends(0);
}

/// The server's hook as git runs it for another push, by a process that ends with it.
fn run_by_another(server: &Repo, updates: &str) -> Ran {
    let script = server.git_dir().join("hooks/pre-receive");
    let mut command = server.command("sh");
    command.args(["-c", "\"$0\"; exit $?", script.to_str().unwrap()]).env("GIT_DIR", server.git_dir());
    Ran::of(provenance_test_support::run(command, updates.as_bytes()))
}
