//! What a review is bound to, and how reviewed changes add up: squash, rebase, stacks, gaps, reverts.

use serde_json::json;

use super::case::Case;
use super::world::{POLICY, World, delete, put, put_as, seven};

const B: &str = "content/b.md";

pub(super) fn cases() -> Vec<Case> {
    [basics(), composition(), stacks(), reverts(), binding(), modes(), elsewhere()].into_iter().flatten().collect()
}

fn basics() -> Vec<Case> {
    let world = World::new();
    let topic = world.commit("topic", "main", &[put(B, "B\n")]);
    let missing = ["missing-review content/b.md", "missing-declaration content/b.md"];
    let mut cases = vec![
        world
            .case("unreviewed-change", "G5.1 G17.1", "A change without any record is refused.")
            .refuses("main...topic", &missing),
        world
            .case("empty-range", "G18.4", "A range without changes is allowed, and it says that nothing was reviewed.")
            .allows("main..main", &["note nothing-to-check"]),
        world
            .case("range-backwards", "G1.2", "OLD..NEW where OLD is no ancestor of NEW is no range that can be meant.")
            .usage("topic..main"),
        world
            .case(
                "root-not-in-history",
                "G1.4",
                "With a pinned root that the branch does not contain nothing is decided.",
            )
            .root(Some(&topic))
            .undecided("main...topic", &["untrusted-root"]),
    ];
    world.declaration("wes", "main", "topic").file();
    cases.push(
        world
            .case("declared-and-unreviewed", "G5.1", "A declaration is no review.")
            .refuses("main...topic", &missing[..1]),
    );
    world.review("ed", "main", "topic").file();
    world.commit("rebased", "main", &[put(B, "B\n")]);
    world.commit("more", "topic", &[put(B, "B!\n")]);
    cases.extend([
        world
            .case("reviewed-change", "G5.2", "A declared change that an editor has approved is allowed.")
            .allows("main...topic", &[]),
        world
            .case("reviewed-fast-forward", "G1.1 G5.2", "The branch may be moved to the reviewed commit itself.")
            .allows("main..topic", &[]),
        world
            .case(
                "reviewed-other-commit",
                "G5.2",
                "A review is of content: another commit with the same change is allowed.",
            )
            .allows("main..rebased", &[]),
        world
            .case("edited-after-review", "G5.1", "One byte that was added after the review is refused.")
            .refuses("main...more", &missing),
    ]);
    cases
}

fn composition() -> Vec<Case> {
    let world = World::new();
    world.commit("one", "main", &[put("content/a.md", seven(&[1]))]);
    world.commit("two", "one", &[put("content/a.md", seven(&[1, 2]))]);
    world.commit("b", "main", &[put(B, "B\n")]);
    world.commit("gone", "main", &[delete(B)]);
    world.approve("main", "one");
    world.declaration("wes", "one", "two").file();
    world.review("ed", "one", "two").set("base", json!(world.root)).file();
    world.approve("main", "b");
    world.approve("main", "gone");
    world.commit("squash", "main", &[put("content/a.md", seven(&[1, 2]))]);
    world.commit("both", "main", &[put("content/a.md", seven(&[1])), put(B, "B\n")]);
    world.commit("more", "both", &[put("content/c.md", "c\n")]);
    let c = ["missing-review content/c.md", "missing-declaration content/c.md"];
    vec![
        world
            .case(
                "chain-squashed",
                "G5.1",
                "Two reviewed changes of one file, one after the other, may land as one commit.",
            )
            .allows("main..squash", &[]),
        world
            .case("two-changes-one-commit", "G5.2", "Two changes that were reviewed apart may land as one commit.")
            .allows("main..both", &[]),
        world
            .case(
                "one-path-too-many",
                "G1.3",
                "A commit of reviewed changes and one more is refused for that one alone.",
            )
            .refuses("main..more", &c),
        world.case("reviewed-deletion", "G5.2", "A reviewed deletion is allowed.").allows("main...gone", &[]),
    ]
}

fn stacks() -> Vec<Case> {
    let world = World::new();
    world.commit("one", "main", &[put(B, "first\n")]);
    world.commit("two", "one", &[put(B, "second\n")]);
    world.commit("other", "main", &[put(B, "first!\n")]);
    world.approve("main", "one");
    world.declaration("wes", "one", "two").file();
    world.review("ed", "one", "two").set("base", json!(world.root)).file();
    world.commit("landed-one", "main", &[put(B, "first\n")]);
    world.commit("landed-two", "landed-one", &[put(B, "second\n")]);
    let moved = world.case(
        "stack-lands-one-by-one",
        "G8.3",
        "The second of two stacked reviews stays fresh when the first lands.",
    );
    let mut cases = vec![
        moved.allows("landed-one..landed-two", &[]),
        world
            .case("stack-lands-at-once", "G5.1 G14.1", "Both stacked changes may land in one push of two commits.")
            .allows("main..landed-two", &[]),
    ];
    let gap = World::new();
    gap.commit("one", "main", &[put(B, "first\n")]);
    gap.commit("other", "main", &[put(B, "first!\n")]);
    gap.commit("two", "other", &[put(B, "second\n")]);
    gap.approve("main", "one");
    gap.review("ed", "other", "two").set("base", json!(gap.root)).file();
    gap.commit("squash", "main", &[put(B, "second\n")]);
    gap.declaration("wes", "main", "squash").file();
    cases.push(
        gap.case("chain-with-gap", "G5.1", "Reviews of A to B and of B' to C are no review of A to C.")
            .refuses("main..squash", &["missing-review content/b.md"]),
    );
    cases
}

fn reverts() -> Vec<Case> {
    let world = World::new();
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.approve("main", "topic");
    world.commit("landed", "main", &[put(B, "B\n")]);
    world.commit("reverted", "landed", &[put(B, "b\n")]);
    world.approve("landed", "reverted");
    world.commit("again", "reverted", &[put(B, "B\n")]);
    let mut cases = vec![
        world
            .case("reviewed-revert", "G8.2", "A change may be taken back by a reviewed one.")
            .allows("landed..reverted", &[]),
        world
            .case("replayed-after-revert", "G8.3", "What was taken back is not put in again by its old review.")
            .refuses("reverted..again", &["stale-review content/b.md"]),
    ];
    world.review("ed", "reverted", "again").file();
    cases.push(
        world
            .case("reviewed-again-after-revert", "G8.2", "What was taken back may be put in by a new review.")
            .allows("reverted..again", &[]),
    );
    cases
}

fn binding() -> Vec<Case> {
    let world = World::new();
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.approve("main", "topic");
    world.commit("copy", "main", &[put("content/c.md", "B\n")]);
    world.commit("case", "main", &[put("content/B.md", "B\n")]);
    world.commit("moved", "main", &[put(B, "other\n")]);
    world.approve("main", "moved");
    world.commit("over", "moved", &[put(B, "B\n")]);
    world.declaration("wes", "moved", "over").file();
    let missing = |path: &str| [format!("missing-review {path}"), format!("missing-declaration {path}")];
    let [copy, case] = ["content/c.md", "content/B.md"].map(missing);
    vec![
        world
            .case("copied-to-other-path", "G4.1", "A review of one path is none of the same content at another.")
            .refuses("main...copy", &copy.each_ref().map(String::as_str)),
        world
            .case("path-in-other-case", "G4.1 R3.1", "Paths that differ in case are two paths.")
            .refuses("main...case", &case.each_ref().map(String::as_str)),
        world
            .case(
                "other-version-before",
                "G7.1",
                "A review binds what was replaced: over another version it is worth nothing.",
            )
            .refuses("moved..over", &["missing-review content/b.md"]),
    ]
}

fn modes() -> Vec<Case> {
    let world = World::new();
    world.commit("topic", "main", &[put("content/run", "B\n")]);
    world.approve("main", "topic");
    world.commit("executable", "main", &[put_as("100755", "content/run", "B\n")]);
    world.commit("link", "main", &[put_as("120000", "content/run", "B\n")]);
    let missing = ["missing-review content/run", "missing-declaration content/run"];
    let mut cases = vec![
        world
            .case("mode-made-executable", "G4.2", "A review of a file is none of the same content as a program.")
            .refuses("main...executable", &missing),
        world
            .case("file-made-link", "G4.2", "A review of a file is none of the same content as a symbolic link.")
            .refuses("main...link", &missing),
    ];
    world.approve("main", "executable");
    world.approve("main", "link");
    world.commit("module", "main", &[put_as("160000", "content/module", &world.root)]);
    world.approve("main", "module");
    cases.extend([
        world.case("reviewed-executable", "G4.2", "A reviewed program is allowed.").allows("main...executable", &[]),
        world.case("reviewed-link", "G4.2", "A reviewed symbolic link is allowed.").allows("main...link", &[]),
        world
            .case("reviewed-submodule", "G4.2 R4.1", "A reviewed submodule is allowed; it has its commit's id alone.")
            .allows("main...module", &[]),
    ]);
    cases
}

fn elsewhere() -> Vec<Case> {
    let world = World::ruled_by(&POLICY.replace("/main\"]", "/main\", \"refs/heads/release\"]"));
    world.point("release", "main");
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.declaration("wes", "main", "topic").set("branches", json!(["refs/heads/main", "refs/heads/release"])).file();
    world.review("ed", "main", "topic").set("repository", json!("acme/other")).file();
    let missing = ["missing-review content/b.md"];
    let mut cases = vec![
        world
            .case("review-of-other-repository", "G4.1", "A review that names another repository is worth nothing.")
            .refuses("main...topic", &missing),
    ];
    world.review("ed", "main", "topic").file();
    cases.push(
        world
            .case("review-for-other-branch", "G4.1", "A review for one branch is worth nothing on another.")
            .branch("refs/heads/release")
            .refuses("release...topic", &missing),
    );
    world.review("ed", "main", "topic").set("branches", json!(["refs/heads/main", "refs/heads/release"])).file();
    cases.push(
        world
            .case("review-for-two-branches", "G4.1", "A review may name several branches.")
            .branch("refs/heads/release")
            .allows("release...topic", &[]),
    );
    cases
}
