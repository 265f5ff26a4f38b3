//! What the authority refuses on every branch: tools, people's courses, promotions that ended, incidents.

use serde_json::{Value, json};

use super::branches::{self, RELEASE};
use super::case::Case;
use super::world::{TOOLS, World, put};

const B: &str = "content/b.md";
const COURSE: &str = "\n[course.basics]\ntitle = \"Basics\"\nmodules = [\"technical\"]\nvalid-days = 90\nrequired-for = [\"ai\"]\ntrainers = [\"admin\"]\n";

pub(super) fn cases() -> Vec<Case> {
    [tools(), courses(), promotions(), incidents()].into_iter().flatten().collect()
}

/// A topic for release that Wes made with AI and Ed reviewed; main has moved on to another file of its policy.
fn made_with_ai(file: &str, text: &str) -> World {
    let world = World::ruled_by(&branches::policy());
    world.point("release", "main");
    world.commit("topic", "release", &[put(B, "B\n")]);
    let declaration = world.declaration("wes", "release", "topic").ai("generated", &json!({}));
    declaration.set("branches", json!([RELEASE])).file();
    world.review("ed", "release", "topic").set("branches", json!([RELEASE])).file();
    world.publish(&[put(file, text)]);
    world
}

fn tools() -> Vec<Case> {
    let of = |tools: &str| made_with_ai(".provenance/tools.toml", tools);
    let retired = TOOLS.replacen("status = \"approved\"", "status = \"retired\"", 1);
    let other = TOOLS.replacen("[tool.writer]", "[tool.scribe]", 1);
    vec![
        of(&retired)
            .third(
                "tool-retired-at-the-authority",
                "G1.6 G17.2",
                "A tool that the authority refuses is refused on every branch.",
            )
            .branch(RELEASE)
            .refuses("release...topic", &["unapproved-tool content/b.md"]),
        of(&other)
            .third(
                "tool-unknown-to-the-authority",
                "G1.6 G17.2",
                "One that it does not list is for the branch to approve.",
            )
            .branch(RELEASE)
            .allows("release...topic", &[]),
    ]
}

fn courses() -> Vec<Case> {
    let world = made_with_ai(".provenance/policy.toml", &(branches::policy() + COURSE));
    vec![
        world
            .third(
                "course-of-the-authority",
                "G1.6 G22.5",
                "What the authority asks of people is asked on every branch.",
            )
            .branch(RELEASE)
            .refuses("release...topic", &["untrained content/b.md"]),
    ]
}

fn promotions() -> Vec<Case> {
    let world = branches::landed(true);
    world.publish(&[put(".provenance/policy.toml", branches::policy())]);
    let missing = ["missing-review content/b.md", "missing-declaration content/b.md"];
    vec![
        world
            .third(
                "promotion-ended-at-the-authority",
                "G15.1",
                "A promotion holds only where the authority has it as well.",
            )
            .branch(RELEASE)
            .refuses("release..topic", &missing),
    ]
}

fn incidents() -> Vec<Case> {
    let world = branches::landed(true);
    let entry = world.entry("100644", &world.repo.rev("main:content/b.md"));
    let harm =
        json!({ "action": "open", "entry": entry, "severity": "high", "summary": "a wrong dose", "owner": "wes" });
    let incident = world.incident("ed", B, harm).file();
    let open = world
        .third("promoted-with-an-open-incident", "G23.2 G15.4", "What did harm on main is promoted to no other branch.")
        .branch(RELEASE)
        .refuses("release..main", &["open-incident content/b.md"]);
    let change: Option<Value> = world.changes("release", "main").into_iter().find(|change| change["path"] == B);
    world
        .incident(
            "wes",
            B,
            json!({ "action": "correct", "incident": incident.id, "change": change, "notice": "right" }),
        )
        .file();
    let corrected = world
        .third("promoted-correction", "G23.2 G15.4", "Its correction is.")
        .branch(RELEASE)
        .allows("release..main", &["never open-incident"]);
    vec![open, corrected]
}
