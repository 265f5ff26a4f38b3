//! Pushes that come another way: twice, by other names, of what is no commit.

use super::case::Case;
use super::hooks::landed;
use super::pushes::{PROPOSED, Server};
use super::raw::Raw;
use super::world::{LEDGER, MAIN, POLICY, World, put};

const B: &str = "content/b.md";
const DRAFT: &str = "refs/heads/draft";

pub(super) fn cases() -> Vec<Case> {
    [twice(), values(), folders(), kinds(), trees()].into_iter().flatten().collect()
}

/// A server, and a reviewed topic whose ledger comes with it.
fn world(policy: &str) -> (World, Server) {
    let world = landed(policy);
    let server = world.server();
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.approve("main", "topic");
    world.propose_ledger();
    (world, server)
}

fn twice() -> Vec<Case> {
    let (world, server) = world(POLICY);
    let [old, new] = ["main", "topic"].map(|name| world.repo.rev(name));
    let ledger = format!("{} {}", world.repo.rev(LEDGER), world.repo.rev(PROPOSED));
    let updates = [("topic", MAIN), (PROPOSED, LEDGER)];
    let both = format!("{old} {new} {MAIN}\n{old} {new} refs/heads/alias\n{ledger} {LEDGER}\n");
    let alias = format!("{old} {new} {MAIN}\n{ledger} refs/heads/records\n");
    let link = |name: &str, to: &str| format!("git symbolic-ref {name} {to}\n");
    vec![
        world
            .second(
                "push-of-a-ref-and-its-symbolic-ref",
                "G20.4",
                "A push that moves one ref twice says of one that it goes two ways.",
            )
            .setup(&link("refs/heads/alias", MAIN))
            .push_lines(&server, &updates, &both, 3, &["undecided-history"]),
        world
            .second(
                "push-of-the-ledger-by-a-symbolic-ref",
                "G20.3 G20.5",
                "A symbolic ref that leads to the ledger is the ledger.",
            )
            .setup(&link("refs/heads/records", LEDGER))
            .push_lines(&server, &updates, &alias, 0, &[]),
    ]
}

/// Old values of refs that are free.
fn values() -> Vec<Case> {
    let world = landed(POLICY);
    world.commit("draft", "main", &[put(B, "draft\n")]);
    let server = world.server();
    world.commit("topic", "main", &[put(B, "B\n")]);
    let nothing = "0".repeat(40);
    let [draft, new] = ["draft", "topic"].map(|name| world.repo.rev(name));
    let of = |old: &str, name, shows, exit, errors: &[&str]| {
        let line = format!("{old} {new} {DRAFT}\n");
        world.second(name, "G20.4", shows).push_lines(&server, &[("topic", DRAFT)], &line, exit, errors)
    };
    let late = ["undecided-history"];
    vec![
        of(&nothing, "push-that-makes-what-is-there", "A ref that is there is not made, though it is free.", 3, &late),
        of(&draft, "push-from-the-old-value", "From the value that it has it moves.", 0, &[]),
    ]
}

/// A ref that stands where a guarded one is to go.
fn folders() -> Vec<Case> {
    let (world, server) = world(&POLICY.replace("/main\"]", "/main\", \"refs/heads/releases/1\"]"));
    let to = |name: &'static str, case, shows, exit, errors: &[&str]| {
        world.second(case, "G20.3", shows).push(&server, &[("topic", name)], exit, errors)
    };
    vec![
        to(
            "refs/heads/releases",
            "push-above-a-branch",
            "A ref that has a publish ref below it would keep that from being made.",
            1,
            &["branch-deleted"],
        ),
        to("refs/heads/releases/2", "push-beside-a-branch", "One beside it is free.", 0, &[]),
    ]
}

/// What a publish branch is to become is a file; a tag that leads to the commit.
fn kinds() -> Vec<Case> {
    let (world, server) = world(POLICY);
    let ledger = format!("{} {} {LEDGER}\n", world.repo.rev(LEDGER), world.repo.rev(PROPOSED));
    let (old, file) = (world.repo.rev("main"), world.repo.rev("topic:content/b.md"));
    let lines = format!("{old} {file} {MAIN}\n{ledger}");
    let updates = [("topic", MAIN), (PROPOSED, LEDGER)];
    vec![
        world
            .second("push-of-a-file-as-a-branch", "G18.2 G20.1", "A branch does not become a file, reviewed or not.")
            .push_lines(&server, &updates, &lines, 3, &["undecided-object"]),
    ]
}

/// Trees that git would not write, on a publish branch and on a draft.
fn trees() -> Vec<Case> {
    let world = landed(POLICY);
    let server = world.server();
    world.commit("evil", "main", &[put(B, "evil\n")]);
    let [a, b] = ["main:content/a.md", "main:content/b.md"].map(|name| world.repo.rev(name));
    let mut raw = Raw::of_server(&world);
    let content = raw.tree(&[("100644", "..", &a), ("100644", "a.md", &a), ("100644", "b.md", &b)]);
    let (old, new) = (world.repo.rev("main"), raw.landing(&content));
    let nothing = "0".repeat(40);
    let of = |line: String, name, shows, exit, errors: &[&str]| {
        world.second(name, "G18.2 G20.3", shows).setup(&raw.script).push_lines(
            &server,
            &[("evil", MAIN)],
            &line,
            exit,
            errors,
        )
    };
    vec![
        of(
            format!("{old} {new} {MAIN}\n"),
            "push-of-a-tree-with-dot-dot",
            "A tree that git would not write is not taken on a publish branch.",
            3,
            &["undecided-object"],
        ),
        of(
            format!("{nothing} {new} {DRAFT}\n"),
            "push-of-a-draft-with-dot-dot",
            "What is free is not looked into: git's own checks are for that.",
            0,
            &[],
        ),
    ]
}
