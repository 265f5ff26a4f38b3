//! Pushes, as a server's hook judges them (G20).

use serde_json::json;

use super::case::Case;
use super::pushes::{PROPOSED, Server};
use super::world::{LEDGER, MAIN, POLICY, World, people, person, put};

const B: &str = "content/b.md";
const RELEASE: &str = "refs/heads/release";
const MISSING: [&str; 2] = ["missing-review content/b.md", "missing-declaration content/b.md"];

pub(super) fn cases() -> Vec<Case> {
    [branches(), rewound(), together(), aliases(), refs(), claims(), roots(), tags(), formats(), listed()]
        .into_iter()
        .flatten()
        .collect()
}

/// A server with a reviewed step on main; `topic` follows it, and nobody has reviewed that.
pub(super) fn landed(policy: &str) -> World {
    landed_in("sha1", policy)
}

fn landed_in(format: &str, policy: &str) -> World {
    let world = World::of_format(format, policy, &people());
    world.commit("step", "main", &[put(B, "first\n")]);
    world.approve("main", "step");
    world.point("main", "step");
    world.repo.git(&["update-ref", "-d", "refs/heads/step"]);
    world
}

/// The same, with the topic on its way.
fn world() -> (World, Server) {
    let world = landed(POLICY);
    let server = world.server();
    world.commit("topic", "main", &[put(B, "B\n")]);
    (world, server)
}

fn branches() -> Vec<Case> {
    let (world, server) = world();
    let refused = world
        .second("push-unreviewed", "G20.1", "What nobody has reviewed is not taken.")
        .declines(&server, "topic", &MISSING);
    let draft = world
        .second("push-of-a-draft", "G20.3", "A ref that is not published is free.")
        .accepts(&server, &[("topic", "refs/heads/topic")]);
    world.approve("main", "topic");
    world.propose_ledger();
    let without = world
        .second("push-without-its-ledger", "G20.5", "Records that the server does not have count for nothing.")
        .declines(&server, "topic", &MISSING);
    let with = world
        .second("push-with-its-ledger", "G20.5 G20.6", "With the ledger that brings them it is taken.")
        .accepts(&server, &[("topic", MAIN), (PROPOSED, LEDGER)]);
    let alone = world
        .second("push-of-the-ledger-alone", "G20.6", "A ledger with more records is taken.")
        .accepts(&server, &[(PROPOSED, LEDGER)]);
    let topic = world.repo.rev("topic");
    world.repo.git(&["update-ref", "-d", "refs/heads/topic"]);
    world.repo.git(&["update-ref", "-d", PROPOSED]);
    let server = world.server();
    world.repo.git(&["update-ref", "refs/heads/topic", &topic]);
    let later = world
        .second("push-after-its-ledger", "G20.1 G20.4", "So is the branch once the server has the ledger.")
        .accepts(&server, &[("topic", MAIN)]);
    vec![refused, draft, without, with, alone, later]
}

fn rewound() -> Vec<Case> {
    let (world, server) = world();
    let root = world.root.clone();
    world.repo.git(&["update-ref", "refs/heads/root", &root]);
    let deleted = ["branch-deleted"];
    vec![
        world.second("push-that-rewinds", "G1.2", "A publish branch does not go back to an earlier state.").push(
            &server,
            &[("root", MAIN)],
            1,
            &["rewound-branch", "missing-review", "missing-declaration"],
        ),
        world.second("push-that-deletes-a-branch", "G20.1", "A publish branch is not deleted.").push(
            &server,
            &[("-", MAIN)],
            1,
            &deleted,
        ),
        world.second("push-that-deletes-the-ledger", "G20.6", "Nor is the ledger.").push(
            &server,
            &[("-", LEDGER)],
            1,
            &["ledger-rewound"],
        ),
    ]
}

/// Several refs of one push.
fn together() -> Vec<Case> {
    let (world, server) = world();
    world.commit("draft", "main", &[put("content/draft.md", "draft\n")]);
    let both = world
        .second("push-of-a-draft-and-unreviewed", "G20.1", "All refs of a push are judged together: one refuses all.")
        .push(&server, &[("draft", "refs/heads/draft"), ("topic", MAIN)], 1, &MISSING);
    let two = landed(&POLICY.replace("/main\"]", "/main\", \"refs/heads/release\"]"));
    two.point("release", "main");
    let server = two.server();
    two.commit("topic", "main", &[put(B, "B\n")]);
    two.approve("main", "topic");
    two.propose_ledger();
    let release = two
        .second("push-of-one-good-branch", "G20.1", "What was reviewed for one branch is not taken on two.")
        .push(&server, &[("topic", MAIN), ("topic", RELEASE), (PROPOSED, LEDGER)], 1, &MISSING);
    let one = two
        .second("push-of-a-branch-and-a-draft", "G20.3", "On the one it is, whatever else is free.")
        .accepts(&server, &[("topic", MAIN), ("topic", "refs/heads/elsewhere"), (PROPOSED, LEDGER)]);
    vec![both, release, one]
}

fn aliases() -> Vec<Case> {
    let alias = "git symbolic-ref refs/heads/alias refs/heads/main\n";
    let (world, server) = world();
    let old = world.repo.rev("main");
    let line = |new: &str| format!("{old} {} refs/heads/alias\n", world.repo.rev(new));
    let refused = world
        .second("push-to-a-symbolic-ref", "G20.3", "A symbolic ref is the ref that it leads to.")
        .setup(alias)
        .push_lines(&server, &[("topic", "refs/heads/alias")], &line("topic"), 1, &MISSING);
    world.approve("main", "topic");
    world.propose_ledger();
    let ledger = format!("{} {} {LEDGER}\n", world.repo.rev(LEDGER), world.repo.rev(PROPOSED));
    let updates = [("topic", "refs/heads/alias"), (PROPOSED, LEDGER)];
    let allowed = world
        .second("push-reviewed-to-a-symbolic-ref", "G20.3", "What was reviewed for that ref is taken.")
        .setup(alias)
        .push_lines(&server, &updates, &(line("topic") + &ledger), 0, &[]);
    vec![refused, allowed]
}

/// Names that stand in the way of a guarded ref, or escape it.
fn refs() -> Vec<Case> {
    let (world, server) = world();
    let to = |name: &'static str, case: &'static str, clauses, shows, exit, errors: &[&str]| {
        world.second(case, clauses, shows).push(&server, &[("topic", name)], exit, errors)
    };
    let below = to(
        "refs/heads/main/x",
        "push-below-a-branch",
        "G20.3",
        "A ref below a publish ref would keep it from coming back.",
        1,
        &["branch-deleted"],
    );
    let ledger = to(
        "refs/notes/provenance/x",
        "push-below-the-ledger",
        "G20.3",
        "So would one below the ledger.",
        1,
        &["ledger-rewound"],
    );
    let space = to(
        "refs/namespaces/x/refs/heads/main",
        "push-to-a-namespace",
        "G20.3",
        "Refs of git's namespaces are judged by nobody.",
        3,
        &["undecided-history"],
    );
    let upper = world
        .second(
            "push-in-another-case",
            "G20.3",
            "Where the file system takes both for one, another case is the same ref.",
        )
        .setup("git config core.ignoreCase true\n")
        .push(&server, &[("topic", "refs/heads/MAIN")], 3, &["undecided-history"]);
    let free = world
        .second("push-in-another-case-that-differs", "G20.3", "Elsewhere it is another ref, and free.")
        .setup("git config core.ignoreCase false\n")
        .accepts(&server, &[("topic", "refs/heads/MAIN")]);
    let environment = world
        .second("push-with-a-namespace", "G20.3", "A push into a namespace of git is not judged, and not taken.")
        .env("GIT_NAMESPACE", "x")
        .push(&server, &[("topic", "refs/heads/topic")], 3, &[]);
    vec![below, ledger, space, upper, free, environment]
}

/// What git says of the push.
fn claims() -> Vec<Case> {
    let (world, server) = world();
    world.approve("main", "topic");
    world.propose_ledger();
    let updates = [("topic", MAIN), (PROPOSED, LEDGER)];
    let [old, new] = ["main", "topic"].map(|name| world.repo.rev(name));
    let ledger = format!("{} {} {LEDGER}\n", world.repo.rev(LEDGER), world.repo.rev(PROPOSED));
    let of = |lines: &str, name, clause, shows, findings: &[&str]| {
        world.second(name, clause, shows).push_lines(&server, &updates, lines, 3, findings)
    };
    let root = &world.root;
    let line = format!("{old} {new} {MAIN}\n");
    vec![
        of(
            &format!("{root} {new} {MAIN}\n{ledger}"),
            "push-from-another-old-value",
            "G20.4",
            "The old value is what the ref is, whatever the client says.",
            &["undecided-history"],
        ),
        of(
            (ledger.clone() + &line).trim_end(),
            "push-without-its-last-newline",
            "G20.1",
            "A list of refs that has no end is not whole.",
            &[],
        ),
        of(
            &format!("{line}{old} {new}\n"),
            "push-that-breaks-off",
            "G20.1",
            "Nor is one with a line that breaks off.",
            &[],
        ),
        of(
            &format!("{line}{old} {new} refs/heads/a..b\n"),
            "push-of-a-name-that-is-none",
            "G20.1 R2.5",
            "Nor does a name that is none leave a push.",
            &[],
        ),
        of("", "push-of-nothing", "G20.1", "Where git names no ref nothing is decided.", &[]),
        world.second("push-in-any-order", "G20.5", "The order in which git names the refs plays no part.").push_lines(
            &server,
            &updates,
            &(ledger.clone() + &line),
            0,
            &[],
        ),
    ]
}

fn roots() -> Vec<Case> {
    let (world, server) = world();
    let draft = [("topic", "refs/heads/topic")];
    let unpinned = world
        .second("push-without-a-root", "G20.2", "Without a pinned root nothing is decided, of drafts neither.")
        .root(None)
        .push(&server, &draft, 3, &["untrusted-root"]);
    let nowhere = "1".repeat(40);
    let absent = world
        .second("push-with-a-root-that-is-not-there", "G20.2", "Nor while the root is not there.")
        .root(Some(&nowhere))
        .push(&server, &draft, 3, &["undecided-policy"]);
    let empty = World::new();
    empty.commit_as("wes", "refs/heads/other", &[], &[put("README", "x\n")], "elsewhere");
    empty.repo.git(&["update-ref", "-d", MAIN]);
    let server = empty.server();
    empty.repo.git(&["update-ref", "refs/heads/first", &empty.root]);
    let first = empty
        .second("push-that-brings-the-root", "G20.2 G1.4", "The root may come with the push.")
        .accepts(&server, &[("first", MAIN)]);
    vec![unpinned, absent, first]
}

fn tags() -> Vec<Case> {
    const TAG: &str = "refs/tags/v1.0";
    let world = landed(&POLICY.replace("/main\"]", "/main\", \"refs/tags/v1.0\"]"));
    let server = world.server();
    world.commit("topic", "main", &[put(B, "B\n")]);
    let tag = |name: &str, at: &str| {
        let text = format!(
            "object {}\ntype commit\ntag {name}\ntagger wes <wes@example.com> 1735700000 +0000\n\nx\n",
            world.repo.rev(at)
        );
        let id = world.repo.git_with(&["hash-object", "-t", "tag", "-w", "--stdin"], text);
        world.repo.git(&["update-ref", &format!("refs/tags/pushed/{name}"), &id]);
    };
    tag("v1.0", "main");
    tag("v2.0", "main");
    let push = |new: &str, case, clauses, shows, exit, errors: &[&str]| {
        world.second(case, clauses, shows).push(&server, &[(new, TAG)], exit, errors)
    };
    vec![
        push("main", "push-of-a-tag", "G1.11", "A published tag is made at a published state.", 0, &[]),
        push(
            "refs/tags/pushed/v1.0",
            "push-of-an-annotated-tag",
            "G1.11",
            "Also an annotated one that says its name.",
            0,
            &[],
        ),
        push(
            "refs/tags/pushed/v2.0",
            "push-of-a-tag-of-another-name",
            "G1.11",
            "One that says another name is not taken.",
            1,
            &["rewound-branch"],
        ),
        push(
            "topic",
            "push-of-a-tag-elsewhere",
            "G1.11",
            "Nor one of what nobody has published.",
            1,
            &["rewound-branch"],
        ),
    ]
}

/// A server with SHA-256 ids.
fn formats() -> Vec<Case> {
    let world = landed_in("sha256", POLICY);
    let server = world.server();
    world.commit("topic", "main", &[put(B, "B\n")]);
    let refused = world
        .second("sha256-push-unreviewed", "G20.1", "A server with SHA-256 ids refuses what nobody has reviewed.")
        .declines(&server, "topic", &MISSING);
    world.approve("main", "topic");
    world.propose_ledger();
    let allowed = world
        .second("sha256-push-with-its-ledger", "G20.5", "And takes what comes with its ledger.")
        .accepts(&server, &[("topic", MAIN), (PROPOSED, LEDGER)]);
    vec![refused, allowed]
}

/// A ref that main does not list and that lists itself; and drafts, which come and go.
fn listed() -> Vec<Case> {
    let world = landed(POLICY);
    let own = POLICY.replace("/main\"]", "/main\", \"refs/heads/side\"]");
    world.commit("side", "main", &[put(".provenance/policy.toml", own)]);
    world.commit("draft", "main", &[put("content/draft.md", "draft\n")]);
    let server = world.server();
    world.commit("topic", "side", &[put(B, "B\n")]);
    world.commit("other", "main", &[put("content/draft.md", "another\n")]);
    let side = [("topic", "refs/heads/side")];
    let refused = world
        .second(
            "push-to-a-ref-that-lists-itself",
            "G20.3",
            "A ref that its own policy lists is judged, though main's does not list it.",
        )
        .push(&server, &side, 1, &MISSING);
    let forced = world
        .second("push-that-forces-a-draft", "G20.3", "A draft may be made anew.")
        .accepts(&server, &[("other", "refs/heads/draft")]);
    let gone = world
        .second("push-that-deletes-a-draft", "G20.3", "It may be deleted.")
        .accepts(&server, &[("-", "refs/heads/draft")]);
    world.declaration("wes", "side", "topic").set("branches", json!(["refs/heads/side"])).file();
    world.review("ed", "side", "topic").set("branches", json!(["refs/heads/side"])).file();
    world.propose_ledger();
    let reviewed = world
        .second("push-reviewed-to-a-ref-that-lists-itself", "G20.3", "What was reviewed for it is taken.")
        .accepts(&server, &[("topic", "refs/heads/side"), (PROPOSED, LEDGER)]);
    vec![refused, forced, gone, reviewed]
}

/// A roster that grew by Eve, an editor.
pub(super) fn with_eve() -> String {
    people() + &person("eve", "human", &["editor"], "")
}
