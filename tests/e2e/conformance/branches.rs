//! Several publish branches: promotion, new branches, tags, the authority.

use serde_json::json;

use super::case::Case;
use super::world::{MAIN, POLICY, World, put};

const B: &str = "content/b.md";
pub(super) const RELEASE: &str = "refs/heads/release";
const TAG: &str = "refs/tags/v1.0";
const NULL: &str = "0000000000000000000000000000000000000000";
const MISSING: [&str; 2] = ["missing-review content/b.md", "missing-declaration content/b.md"];

pub(super) fn cases() -> Vec<Case> {
    [promoted(), cherry_picked(), taken_back(), started(), tags(), authority()].into_iter().flatten().collect()
}

pub(super) fn policy() -> String {
    POLICY.replace("/main\"]", "/main\", \"refs/heads/release\", \"refs/tags/v1.0\"]")
}

/// Release at the root; main has landed a reviewed change.
pub(super) fn landed(promote: bool) -> World {
    let rule = "\n[[promote]]\nfrom = \"refs/heads/main\"\nto = \"refs/heads/release\"\n";
    let world = World::ruled_by(&if promote { policy() + rule } else { policy() });
    world.point("release", "main");
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.approve("main", "topic");
    world.point("main", "topic");
    world
}

fn promoted() -> Vec<Case> {
    let world = landed(true);
    world.commit("own", "release", &[put("log/x", "x\n")]);
    world.commit_as("wes", "refs/heads/merge", &["own", "main"], &[put(B, "B\n")], "merge");
    let forward = world
        .case("promoted-fast-forward", "G15.1", "With a promotion rule what was reviewed on main may go to release.")
        .branch(RELEASE)
        .allows("release..main", &[]);
    let merge = world
        .case("promoted-by-merge", "G15.1", "Also by a merge into a release with commits of its own.")
        .branch(RELEASE)
        .allows("own..merge", &[]);
    world.declaration("wes", "release", "main").set("branches", json!([RELEASE])).file();
    world.review("eva", "release", "main").set("branches", json!([RELEASE])).reject().file();
    let rejected = world
        .case("promoted-and-rejected", "G15.4", "A rejection that names release blocks what is promoted.")
        .branch(RELEASE)
        .refuses("release..main", &["rejected content/b.md"]);
    let plain = landed(false)
        .case("not-promoted", "G15.1", "Without a promotion rule it is not reviewed for release.")
        .branch(RELEASE)
        .refuses("release..main", &MISSING);
    vec![forward, merge, rejected, plain]
}

fn cherry_picked() -> Vec<Case> {
    let world = landed(true);
    world.commit("pick", "release", &[put(B, "B\n")]);
    let picked = world
        .case(
            "cherry-pick-with-promotion-rule",
            "G15.1",
            "A cherry-pick does not bring the step of main: nothing is promoted.",
        )
        .branch(RELEASE)
        .refuses("release..pick", &MISSING);
    world.declaration("wes", "release", "pick").set("branches", json!([RELEASE])).file();
    world.review("ed", "release", "pick").set("branches", json!([RELEASE])).file();
    let reviewed = world
        .case("cherry-pick-reviewed-for-release", "G4.1", "A cherry-pick that was reviewed for release is allowed.")
        .branch(RELEASE)
        .allows("release..pick", &[]);
    vec![picked, reviewed]
}

fn taken_back() -> Vec<Case> {
    let world = landed(true);
    world.commit("back", "main", &[put(B, "b\n")]);
    world.commit("again", "back", &[put(B, "B\n")]);
    let shows = "What release has held and taken back is not promoted again by the same reviews.";
    vec![world.case("promoted-again-after-taken-back", "G15.3", shows).branch(RELEASE).refuses("back..again", &MISSING)]
}

fn started() -> Vec<Case> {
    let world = landed(true);
    world.repo.git(&["update-ref", "-d", RELEASE]);
    world.commit("evil", "main", &[put(B, "evil\n")]);
    let to = |commit: &str| format!("{NULL}..{}", world.repo.rev(commit));
    vec![
        world
            .case("branch-starts-at-published-state", "G1.4", "A branch may start at any state of the authority.")
            .branch(RELEASE)
            .allows(&to("main"), &["note nothing-to-check"]),
        world
            .case("branch-starts-at-older-state", "G1.4", "Also at an older one.")
            .branch(RELEASE)
            .allows(&to("main~1"), &["note nothing-to-check"]),
        world
            .case("branch-starts-with-more", "G1.4", "What it has beyond that is judged.")
            .branch(RELEASE)
            .refuses(&to("evil"), &MISSING),
    ]
}

fn tags() -> Vec<Case> {
    let world = landed(true);
    world.commit("evil", "main", &[put(B, "evil\n")]);
    let [old, new, evil] = ["main~1", "main", "evil"].map(|name| world.repo.rev(name));
    let tag = |name, shows| world.case(name, "G1.11", shows).branch(TAG);
    vec![
        tag("tag-at-published-state", "A tag may be made at a published state.").allows(&format!("{NULL}..{new}"), &[]),
        tag("tag-at-older-state", "Also at an older one.").allows(&format!("{NULL}..{old}"), &[]),
        tag("tag-at-unpublished-state", "A tag at what no branch has published is refused.")
            .refuses(&format!("{NULL}..{evil}"), &["rewound-branch"]),
        tag("tag-moved", "A tag never moves, even between published states.")
            .refuses(&format!("{old}..{new}"), &["rewound-branch"]),
        tag("tag-proposed", "A tag is no end of a proposal.")
            .undecided(&format!("{old}...{new}"), &["undecided-history"]),
    ]
}

fn authority() -> Vec<Case> {
    let world = World::ruled_by(&policy());
    let roster =
        String::from_utf8(world.repo.git_bytes(&["cat-file", "blob", "main:.provenance/people.toml"], b"")).unwrap();
    let key = super::keys::Key::of("ed").public();
    let revoked = roster.replace(
        &format!("\"{key}\""),
        &format!("{{ public = \"{key}\", revoked = 2025-05-01, because = \"stolen\" }}"),
    );
    world.point("release", "main");
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.declaration("wes", "main", "topic").set("branches", json!([MAIN, RELEASE])).file();
    world.review("ed", "main", "topic").set("branches", json!([MAIN, RELEASE])).file();
    let valid = world
        .case("key-valid-at-the-authority", "G1.7", "On another branch a key counts that both rosters have as valid.")
        .branch(RELEASE)
        .allows("release...topic", &[]);
    world.commit("roster", "main", &[put(".provenance/people.toml", revoked)]);
    world.point("main", "roster");
    let stolen = world
        .case("key-revoked-at-the-authority", "G1.7", "A key that the authority's tip has as revoked counts nowhere.")
        .branch(RELEASE)
        .refuses("release...topic", &["revoked-key content/b.md"]);
    let gone = world
        .case("authority-not-here", "G1.6", "Without the authority nothing is decided about another branch.")
        .branch(RELEASE)
        .setup("git update-ref -d refs/heads/main\n")
        .undecided("release...topic", &["undecided-policy"]);
    vec![valid, stolen, gone]
}
