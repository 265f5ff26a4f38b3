//! Change sets that were reviewed as one.

use serde_json::json;

use super::case::Case;
use super::world::{World, put, seven};

const B: &str = "content/b.md";

fn a() -> super::world::Edit {
    put("content/a.md", seven(&[1]))
}

pub(super) fn cases() -> Vec<Case> {
    [halves(), amended(), taken_back()].into_iter().flatten().collect()
}

fn halves() -> Vec<Case> {
    let world = World::new();
    world.commit("topic", "main", &[a(), put(B, "B\n")]);
    world.approve("main", "topic");
    world.commit("half", "main", &[a()]);
    world.commit("rest", "half", &[put(B, "B\n")]);
    let mut cases = vec![
        world.case("whole-set", "G9.1", "A set that was reviewed as one may land as one.").allows("main...topic", &[]),
        world
            .case("half-a-set", "G9.1", "Half of a set that was reviewed as one is refused.")
            .refuses("main...half", &["partial-change-set content/a.md"]),
        world
            .case("set-in-two-steps", "G9.3 G14.3", "A set may land in several commits of one push.")
            .allows("main..rest", &[]),
        world
            .case("rest-of-a-set", "G9.2", "The rest of a set may follow where the other half is published.")
            .allows("half..rest", &[]),
    ];
    world.review("ed", "main", "topic").set("scope", json!("each")).file();
    cases.push(
        world
            .case("half-of-separate-changes", "G9.1", "Changes that were reviewed each by itself may land apart.")
            .allows("main...half", &[]),
    );
    cases
}

fn amended() -> Vec<Case> {
    let world = World::new();
    world.commit("topic", "main", &[a(), put(B, "B\n")]);
    let whole = world.approve("main", "topic");
    world.commit("better", "topic", &[put(B, "better\n")]);
    world.commit("piece", "main", &[put(B, "better\n")]);
    world.declaration("wes", "main", "piece").file();
    world.review("ed", "main", "piece").file();
    let mut cases = vec![
        world
            .case(
                "set-with-another-piece",
                "G9.2",
                "A review of another version of one piece does not complete the set.",
            )
            .refuses("main...better", &["partial-change-set content/a.md"]),
    ];
    world.review("ed", "main", "piece").set("amends", json!([whole.id])).file();
    cases.push(
        world
            .case("amended-set", "G9.2", "A later review by the same person may replace one piece of a set.")
            .allows("main...better", &[]),
    );
    cases
}

fn taken_back() -> Vec<Case> {
    let world = World::new();
    world.commit("topic", "main", &[a(), put(B, "B\n")]);
    world.approve("main", "topic");
    world.commit("first", "main", &[a()]);
    world.commit("second", "first", &[put("content/a.md", seven(&[])), put(B, "B\n")]);
    let shows = "A set of which one step brings half and the next takes it back has not landed.";
    let refused = world
        .case("half-brought-and-taken-back", "G14.3", shows)
        .refuses("main..second", &["partial-change-set content/b.md"]);
    world.commit("back", "first", &[put("content/a.md", seven(&[]))]);
    world.declaration("wes", "first", "back").file();
    world.review("ed", "first", "back").set("base", json!(world.root)).file();
    let shows = "Where a review takes the half back, it has landed and was replaced.";
    vec![refused, world.case("half-taken-back-by-review", "G9.2", shows).allows("main..second", &[])]
}
