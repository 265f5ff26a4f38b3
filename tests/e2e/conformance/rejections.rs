//! Rejections and revocations: what blocks, and what lifts.

use serde_json::json;

use super::case::Case;
use super::world::{World, people, put};

const B: &str = "content/b.md";
const REJECTED: [&str; 1] = ["rejected content/b.md"];

pub(super) fn cases() -> Vec<Case> {
    [rejected(), lifted(), way_round(), signers(), revoked()].into_iter().flatten().collect()
}

fn reviewed() -> World {
    world_of(&people())
}

fn world_of(people: &str) -> World {
    let world = World::with(super::world::POLICY, people);
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.approve("main", "topic");
    world
}

fn rejected() -> Vec<Case> {
    let world = reviewed();
    world.review("lee", "main", "topic").reject().file();
    let without = world
        .case(
            "rejected-without-the-role",
            "G10.4",
            "A rejection by somebody who holds no role for the path blocks nothing.",
        )
        .allows("main...topic", &[]);
    let no = world.review("eva", "main", "topic").reject().file();
    let mut cases = vec![
        without,
        world
            .case("rejected", "G10.4", "One rejection by an editor outweighs an approval.")
            .refuses("main...topic", &REJECTED),
    ];
    world.review("ana", "main", "topic").set("supersedes", json!([no.id])).file();
    cases.push(
        world
            .case("rejection-superseded-by-another", "G10.2", "Nobody supersedes the rejection of somebody else.")
            .refuses("main...topic", &REJECTED),
    );
    world
        .review("eva", "main", "topic")
        .set("reviewedAt", json!("2025-05-20T10:00:00Z"))
        .set("supersedes", json!([no.id]))
        .file();
    cases.push(
        world
            .case(
                "rejection-superseded",
                "G10.2",
                "Who rejected may approve and supersede by id, whatever the clock said.",
            )
            .allows("main...topic", &[]),
    );
    let unnamed = reviewed();
    unnamed.review("eva", "main", "topic").reject().file();
    unnamed.review("eva", "main", "topic").set("reviewedAt", json!("2025-05-31T10:00:00Z")).file();
    cases.push(
        unnamed
            .case(
                "rejection-approved-later",
                "G10.2",
                "A later approval that does not name the rejection does not lift it.",
            )
            .refuses("main...topic", &REJECTED),
    );
    cases
}

fn lifted() -> Vec<Case> {
    let world = reviewed();
    let no = world.review("eva", "main", "topic").reject().file();
    world.revocation("ed", &no).file();
    let other = world
        .case("rejection-revoked-by-another", "G10.5", "Neither its signer nor an admin: the rejection stands.")
        .refuses("main...topic", &REJECTED);
    world.revocation("ana", &no).file();
    let admin = world
        .case("rejection-revoked-by-admin", "G10.5", "An admin who did not contribute may revoke a rejection.")
        .allows("main...topic", &[]);
    let own = reviewed();
    let authors = json!([{ "person": "wes" }, { "person": "ana" }]);
    own.declaration("wes", "main", "topic").set("authors", authors).file();
    let no = own.review("eva", "main", "topic").reject().file();
    own.revocation("ana", &no).file();
    let contributor = own
        .case(
            "rejection-revoked-by-contributor",
            "G10.5",
            "An admin who contributed does not revoke a rejection of the work.",
        )
        .refuses("main...topic", &REJECTED);
    vec![other, admin, contributor]
}

fn way_round() -> Vec<Case> {
    let world = reviewed();
    world.commit("better", "topic", &[put(B, "better\n")]);
    world.review("eva", "main", "topic").reject().file();
    world.declaration("wes", "topic", "better").file();
    world.review("ed", "topic", "better").set("base", json!(world.root)).file();
    let through = world
        .case("chain-through-rejected", "G10.4", "A chain that passes through a rejected version is blocked.")
        .refuses("main...better", &REJECTED);
    world.approve("main", "better");
    let direct = world
        .case(
            "chain-around-rejected",
            "G10.4",
            "A review of the whole change that does not enter the rejected version passes.",
        )
        .allows("main...better", &[]);
    let deletion = World::new();
    deletion.commit("gone", "main", &[super::world::delete(B)]);
    deletion.approve("main", "gone");
    deletion.review("eva", "main", "gone").reject().file();
    let gone =
        deletion.case("rejected-deletion", "G10.4", "A deletion can be rejected.").refuses("main...gone", &REJECTED);
    vec![through, direct, gone]
}

fn signers() -> Vec<Case> {
    let head = "[person.eva]\n";
    let retired = world_of(&people().replace(head, &format!("{head}retired = 2025-05-31\n")));
    retired.review("eva", "main", "topic").reject().file();
    let key = super::keys::Key::of("eva").public();
    let revoked = people().replace(
        &format!("\"{key}\""),
        &format!("{{ public = \"{key}\", revoked = 2025-05-01, because = \"stolen\" }}"),
    );
    let stolen = world_of(&revoked);
    stolen.review("eva", "main", "topic").reject().file();
    vec![
        retired
            .case("rejected-by-retired", "G10.4", "A rejection outlives its signer's retirement.")
            .refuses("main...topic", &REJECTED),
        stolen
            .case("rejected-by-stolen-key", "G10.4", "A rejection by a revoked key blocks nothing.")
            .allows("main...topic", &[]),
    ]
}

fn revoked() -> Vec<Case> {
    let of = |who: &str| {
        let world = World::new();
        world.commit("topic", "main", &[put(B, "B\n")]);
        let review = world.approve("main", "topic");
        let revocation = world.revocation(who, &review).file();
        (world, revocation)
    };
    let ((own, first), (admin, _), (other, _)) = (of("ed"), of("ana"), of("wes"));
    let gone = ["revoked content/b.md"];
    let mut cases = vec![
        own.case("review-revoked", "G10.1", "A reviewer may take a review back.").refuses("main...topic", &gone),
        admin.case("review-revoked-by-admin", "G10.1", "An admin may revoke a review.").refuses("main...topic", &gone),
        other
            .case("review-revoked-by-another", "G10.1", "A revocation by somebody else counts for nothing.")
            .allows("main...topic", &[]),
    ];
    own.revocation("ed", &first).file();
    cases.push(
        own.case("revocation-revoked", "G10.1", "A revocation that was revoked counts for nothing.")
            .allows("main...topic", &[]),
    );
    let world = World::new();
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.review("ed", "main", "topic").file();
    let declared = world.declaration("wes", "main", "topic").file();
    world.revocation("wes", &declared).file();
    // Nobody has declared it then: the rule asks for one more.
    world.review("eva", "main", "topic").file();
    cases.push(
        world
            .case("declaration-revoked", "G6.1 G17.1", "A declaration that was taken back counts for nothing.")
            .refuses("main...topic", &["missing-declaration content/b.md"]),
    );
    cases
}
