//! Merges: clean ones of reviewed sides, and all that looks like one.

use serde_json::json;

use super::case::Case;
use super::world::{MAIN, World, put, seven};

const A: &str = "content/a.md";
const MISSING: [&str; 2] = ["missing-review content/a.md", "missing-declaration content/a.md"];

pub(super) fn cases() -> Vec<Case> {
    [clean(), conflicts(), landed_before(), queue(), shapes(), histories()].into_iter().flatten().collect()
}

/// Main at `moved` has a reviewed change of the last line; `topic` is a reviewed change of the first.
fn two_sides() -> World {
    let world = World::new();
    world.commit("topic", "main", &[put(A, seven(&[1]))]);
    world.commit("moved", "main", &[put(A, seven(&[7]))]);
    world.approve("main", "topic");
    world.approve("main", "moved");
    world
}

fn clean() -> Vec<Case> {
    let world = two_sides();
    let merged = [put(A, seven(&[1, 7]))];
    world.commit_as("wes", "refs/heads/merge", &["moved", "topic"], &merged, "merge");
    world.commit("squash", "moved", &merged);
    world.commit("edited", "moved", &[put(A, seven(&[1, 4, 7]))]);
    world.commit_as("wes", "refs/heads/edited-merge", &["moved", "topic"], &[put(A, seven(&[1, 4, 7]))], "merge");
    vec![
        world
            .case(
                "clean-merge-commit",
                "G13.3",
                "A clean merge of a reviewed branch with what was published meanwhile is allowed.",
            )
            .allows("moved..merge", &[]),
        world
            .case("clean-squash-merge", "G13.2", "The same content as one commit without a second parent is allowed.")
            .allows("moved..squash", &[]),
        world
            .case("clean-rebase-proposed", "G13.7", "A reviewed branch that was rebased cleanly may be proposed.")
            .allows("moved...squash", &[]),
        world
            .case(
                "behind-and-proposed",
                "G13.7",
                "A reviewed branch may be proposed where the publish branch has moved the file.",
            )
            .allows("moved...topic", &[]),
        world
            .case("squash-with-one-more-line", "G13.8", "A clean merge with one more change by hand is refused.")
            .refuses("moved..edited", &MISSING),
        world
            .case("merge-with-one-more-line", "G13.8", "A merge commit with one more change by hand is refused.")
            .refuses("moved..edited-merge", &MISSING),
        world
            .case(
                "via-names-nothing-reviewed",
                "G13.2",
                "A hint decides nothing: the commit that it names is not reviewed.",
            )
            .via("refs/heads/edited")
            .refuses("moved..edited", &MISSING),
        world
            .case("via-names-the-branch", "G13.2", "A hint may name the reviewed side.")
            .via("refs/heads/topic")
            .allows("moved..squash", &[]),
    ]
}

fn conflicts() -> Vec<Case> {
    let world = World::new();
    world.commit("topic", "main", &[put(A, seven(&[1]))]);
    world.commit("moved", "main", &[put(A, seven(&[]).replace("one", "uno"))]);
    world.approve("main", "topic");
    world.approve("main", "moved");
    let resolved = [put(A, seven(&[]).replace("one", "UNO"))];
    world.commit_as("wes", "refs/heads/merge", &["moved", "topic"], &resolved, "merge");
    let mut cases = vec![
        world
            .case("conflict-resolved", "G13.8", "A conflict that somebody resolved needs a review of its own.")
            .refuses("moved..merge", &MISSING),
    ];
    world.approve("moved", "merge");
    cases.push(
        world
            .case("conflict-resolved-and-reviewed", "G13.8", "A reviewed resolution is allowed.")
            .allows("moved..merge", &[]),
    );
    cases
}

fn landed_before() -> Vec<Case> {
    let world = World::new();
    world.commit("topic", "main", &[put(A, seven(&[1]))]);
    world.approve("main", "topic");
    world.commit("landed", "main", &[put(A, seven(&[1]))]);
    world.commit("back", "landed", &[put(A, seven(&[7]))]);
    world.approve("landed", "back");
    world.commit_as("wes", "refs/heads/again", &["back", "topic"], &[put(A, seven(&[1, 7]))], "merge");
    world.declaration("wes", "back", "again").file();
    vec![
        world
            .case(
                "merged-after-taken-back",
                "G13.4",
                "What was landed and taken back is not merged in again by its old review.",
            )
            .refuses("back..again", &["stale-review content/a.md"]),
    ]
}

fn queue() -> Vec<Case> {
    let world = two_sides();
    world.commit("other", "main", &[put("content/b.md", "B\n")]);
    world.approve("main", "other");
    world.commit("first", "main", &[put(A, seven(&[7]))]);
    world.commit("second", "first", &[put("content/b.md", "B\n")]);
    world.commit("third", "second", &[put(A, seven(&[1, 7]))]);
    world.commit("fourth", "third", &[put("content/c.md", "c\n")]);
    world.commit("undone", "main", &[put(A, seven(&[4]))]);
    world.commit("redone", "undone", &[put(A, seven(&[1]))]);
    vec![
        world
            .case("queue-of-reviewed-changes", "G14.1", "A merge queue may push several reviewed changes at once.")
            .allows("main..third", &[]),
        world
            .case("queue-with-one-unreviewed", "G14.1", "One change of a queue that nobody reviewed is refused.")
            .refuses("main..fourth", &["missing-review content/c.md", "missing-declaration content/c.md"]),
        world
            .case(
                "unreviewed-step-between",
                "G2.1",
                "A step that the next replaces by what was reviewed is no change of the whole.",
            )
            .allows("main..redone", &[]),
    ]
}

fn shapes() -> Vec<Case> {
    let world = two_sides();
    world.commit("other", "main", &[put("content/b.md", "B\n")]);
    world.approve("main", "other");
    world.commit("unread", "main", &[put("content/c.md", "c\n")]);
    let both = || [put(A, seven(&[1])), put("content/b.md", "B\n")];
    let merge = |at: &str, parents: &[&str], more: &[&str]| {
        let mut edits = Vec::from(both());
        edits.extend(more.iter().map(|path| put(path, "c\n")));
        world.commit_as("wes", &format!("refs/heads/{at}"), parents, &edits, "merge");
    };
    merge("octopus", &["main", "topic", "other"], &[]);
    merge("octopus-with-unread", &["main", "topic", "other", "unread"], &["content/c.md"]);
    merge("evil", &["main", "topic", "other"], &["content/evil.md"]);
    vec![
        world
            .case("octopus-of-reviewed", "G1.3", "A merge of two reviewed branches at once is allowed.")
            .allows("main..octopus", &[]),
        world
            .case(
                "octopus-with-one-unreviewed",
                "G1.3",
                "A merge of three branches, one of them unreviewed, is refused for that.",
            )
            .refuses("main..octopus-with-unread", &["missing-review content/c.md", "missing-declaration content/c.md"]),
        world
            .case(
                "merge-adds-what-no-parent-has",
                "G1.3",
                "A file that only the merge commit brings is a change like any other.",
            )
            .refuses("main..evil", &["missing-review content/evil.md", "missing-declaration content/evil.md"]),
    ]
}

fn histories() -> Vec<Case> {
    let world = two_sides();
    world.commit_as("wes", "refs/heads/backwards", &["topic", "moved"], &[put(A, seven(&[1, 7]))], "merge");
    world.commit_as("wes", "refs/heads/forwards", &["moved", "topic"], &[put(A, seven(&[1, 7]))], "merge");
    let stranger = [put(".provenance/policy.toml", "version = 1\n"), put("content/x.md", "x\n")];
    world.commit_as("eve", "refs/heads/stranger", &[], &stranger, "another history");
    world.commit_as("wes", "refs/heads/joined", &["main", "stranger"], &[put("content/x.md", "x\n")], "join");
    let same = world.case(
        "unrelated-history-unchanged",
        "G1.2",
        "A merge of another history that changes nothing brings nothing to judge.",
    );
    world.commit_as("wes", "refs/heads/nothing", &["main", "stranger"], &[], "join");
    world.approve("moved", "forwards");
    vec![
        same.allows("main..nothing", &["note nothing-to-check"]),
        world
            .case(
                "merge-the-wrong-way-round",
                "G1.2",
                "NEW's first parents must lead to OLD, whatever else contains it.",
            )
            .refuses("moved..backwards", &["rewound-branch"]),
        world
            .case("merge-the-right-way-round", "G1.2", "The same content with OLD as the first parent is allowed.")
            .allows("moved..forwards", &[]),
        world
            .case("unrelated-history-merged", "G1.6", "The policy of another history that is merged has no say.")
            .refuses("main..joined", &["missing-review content/x.md", "missing-declaration content/x.md"]),
        world
            .case("no-common-history", "G1.1", "A proposal without a common history is not decided on.")
            .undecided("main...stranger", &["undecided-history"]),
        {
            world
                .review("ed", "main", "topic")
                .set("base", json!(world.repo.rev("stranger")))
                .set("branches", json!([MAIN]))
                .file();
            world.commit("mine", "main", &[put("content/m.md", "m\n")]);
            world.declaration("wes", "main", "mine").file();
            world.review("ed", "main", "mine").set("base", json!(world.repo.rev("stranger"))).file();
            world
                .case("base-of-another-history", "G8.1", "A review whose base is no step of the branch is not fresh.")
                .refuses("main...mine", &["stale-review content/m.md"])
        },
    ]
}
