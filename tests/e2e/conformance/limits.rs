//! Limits beyond which less is approved.

use serde_json::{Value, json};

use super::case::Case;
use super::world::{POLICY, World, put};

const B: &str = "content/b.md";

pub(super) fn cases() -> Vec<Case> {
    [steps(), chains()].into_iter().flatten().collect()
}

/// A reviewed topic, and so many steps of main since; reviews reach two steps back.
fn behind(steps: usize) -> World {
    let policy = POLICY.replace("version = 1\n", "version = 1\nreview-max-steps = 2\n");
    let world = World::ruled_by(&policy);
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.approve("main", "topic");
    for step in 0..steps {
        world.publish(&[put("log/x", format!("{step}\n"))]);
    }
    world.commit("squash", "main", &[put(B, "B\n")]);
    world
}

fn steps() -> Vec<Case> {
    vec![
        behind(2)
            .second(
                "base-two-steps-back",
                "G8.1 G19 P2.1",
                "A review counts while its base is within the policy's steps.",
            )
            .allows("main..squash", &[]),
        behind(3)
            .second("base-three-steps-back", "G8.1 G19 P2.1", "One step further it is stale.")
            .refuses("main..squash", &["stale-review content/b.md"]),
    ]
}

/// A file that took so many reviewed changes to become what it is; Wes declared all of it at once.
fn chain(length: usize) -> World {
    let world = World::new();
    let mut on = "main".to_owned();
    let mut changes: Vec<Value> = Vec::new();
    for version in 0..length {
        let next = world.commit("topic", &on, &[put(B, format!("version {version}\n"))]);
        changes.extend(world.changes(&on, &next));
        on = next;
    }
    world.declaration("wes", "main", "topic").file();
    let base = world.repo.rev("main");
    for change in changes {
        world.review("ed", "main", "topic").set("base", json!(base)).set("changes", json!([change])).file();
    }
    world
}

fn chains() -> Vec<Case> {
    vec![
        chain(64).second("chain-of-64", "G5.3 G19", "A chain has up to 64 edges.").allows("main...topic", &[]),
        chain(65)
            .second("chain-of-65", "G5.3 G19", "A longer one is as if it were not there.")
            .refuses("main...topic", &["missing-review content/b.md"]),
    ]
}
