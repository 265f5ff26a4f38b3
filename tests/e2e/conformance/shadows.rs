//! Refs that git takes for a publish ref (G20.3, G20.9).

use super::case::Case;
use super::hooks::landed;
use super::pushes::PROPOSED;
use super::world::{LEDGER, MAIN, POLICY, World, put};

const B: &str = "content/b.md";
const SHADOW: [&str; 1] = ["undecided-history"];

pub(super) fn cases() -> Vec<Case> {
    [branches(), listed()].into_iter().flatten().collect()
}

fn with(listed: &str) -> String {
    POLICY.replace("/main\"]", &format!("/main\", \"{listed}\"]"))
}

fn branches() -> Vec<Case> {
    let world = landed(&with("refs/tags/v1.0"));
    let server = world.server();
    world.commit("topic", "main", &[put(B, "B\n")]);
    let taken = world
        .fourth(
            "push-of-a-branch-named-as-a-published-tag",
            "G20.3",
            "`git clone --branch` and `git switch` take a branch before a tag of its name.",
        )
        .push(&server, &[("topic", "refs/heads/v1.0")], 3, &SHADOW);
    let free = world
        .fourth("push-of-a-branch-of-another-name", "G20.3", "No publish tag has this name.")
        .accepts(&server, &[("topic", "refs/heads/v2.0")]);
    vec![taken, free]
}

/// A policy that lists a branch for releases, approved by an admin.
fn list(world: &World) {
    world.commit("list", "main", &[put(".provenance/policy.toml", with("refs/heads/release"))]);
    world.declaration("wes", "main", "list").file();
    world.review("ana", "main", "list").file();
    world.propose_ledger();
}

fn listed() -> Vec<Case> {
    let updates = [("list", MAIN), (PROPOSED, LEDGER)];
    let ready = landed(POLICY);
    ready.commit("topic", "main", &[put(B, "B\n")]);
    ready.repo.git(&["update-ref", "refs/tags/release", "refs/heads/topic"]);
    let server = ready.server();
    list(&ready);
    let refused = ready
        .fourth("push-that-lists-what-a-tag-lies-ready-for", "G20.9", "Git would show the tag in the branch's place.")
        .push(&server, &updates, 3, &SHADOW);
    let world = landed(POLICY);
    let server = world.server();
    list(&world);
    let allowed = world
        .fourth("push-that-lists-a-free-name", "G20.9", "Nothing is there that git takes for it.")
        .accepts(&server, &updates);
    vec![refused, allowed]
}
