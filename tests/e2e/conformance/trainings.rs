//! Who declares or reviews what AI made is trained and competent; how strictly a clause is taken.

use serde_json::json;

use super::case::Case;
use super::world::{POLICY, World, people, person, policy, put};

const B: &str = "content/b.md";
const RELEASE: &str = "refs/heads/release";
const UNTRAINED: [&str; 1] = ["untrained content/b.md"];
const BOTH: [&str; 2] = ["technical", "ethics"];

pub(super) fn cases() -> Vec<Case> {
    [courses(), days(), trainers(), competences(), severities(), levels(), unreadable()].into_iter().flatten().collect()
}

/// A reviewed topic that Wes made with AI, under a policy with a course that counts 90 days.
fn world(activity: &str, trainers: &str) -> World {
    let course = format!(
        "[course.basics]\ntitle = \"Basics\"\nmodules = [\"technical\", \"ethics\"]\nrequired-for = [\"{activity}\"]\nvalid-days = 90\ntrainers = [\"{trainers}\"]\n"
    );
    let roster = people() + &person("tom", "human", &["teacher"], "");
    let world = World::with(&policy("", &course), &roster);
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.made_with_ai("topic", &json!({}));
    world
}

fn courses() -> Vec<Case> {
    let world_of_ai = world("ai", "teacher");
    let missing = world_of_ai
        .second(
            "declarer-not-trained",
            "G22.4",
            "Who declares AI use has completed the courses that the policy asks for.",
        )
        .refuses("main...topic", &UNTRAINED);
    world_of_ai.training("tom", "wes", &BOTH[..1]).file();
    let half = world_of_ai
        .second("half-a-course", "G22.4", "One module of two is no course.")
        .refuses("main...topic", &UNTRAINED);
    world_of_ai.training("tom", "wes", &BOTH[1..]).file();
    let parts = world_of_ai
        .second("course-in-two-parts", "G22.4 R9.14", "Records of the parts make the whole.")
        .allows("main...topic", &["never untrained"]);
    let reviewers = world("review", "teacher");
    let reviewer = reviewers
        .second("reviewer-not-trained", "G22.1", "A review by somebody who is not trained does not count.")
        .refuses("main...topic", &UNTRAINED);
    reviewers.training("tom", "ed", &BOTH).file();
    let trained =
        reviewers.second("reviewer-trained", "G22.1", "By somebody who is it does.").allows("main...topic", &[]);
    let other = world("ai", "teacher");
    let lesson = json!({ "kind": "course", "course": "other", "modules": BOTH });
    other.training("tom", "wes", &[]).set("lesson", lesson).file();
    let course = other
        .second("trained-in-another-course", "G22.4", "Another course is another course.")
        .refuses("main...topic", &UNTRAINED);
    vec![missing, half, parts, reviewer, trained, course]
}

fn days() -> Vec<Case> {
    let on = |at: &str, until: Option<&str>| {
        let world = world("ai", "teacher");
        let record = world.training("tom", "wes", &BOTH).set("completedAt", json!(at));
        match until {
            Some(day) => record.set("until", json!(day)).file(),
            None => record.file(),
        };
        world
    };
    vec![
        on("2025-03-03T12:00:00Z", None)
            .second("training-on-its-last-day", "G22.4", "Ninety days after, training still counts.")
            .allows("main...topic", &[]),
        on("2025-03-02T12:00:00Z", None)
            .second("training-over", "G22.4", "A day later it is over.")
            .refuses("main...topic", &UNTRAINED),
        on("2025-05-01T12:00:00Z", Some("2025-05-31"))
            .second("training-until-yesterday", "G22.4", "A record may end before the policy's days do.")
            .refuses("main...topic", &UNTRAINED),
        on("2025-05-01T12:00:00Z", Some("2025-06-01"))
            .second("training-until-today", "G22.4", "Its own last day counts.")
            .allows("main...topic", &[]),
    ]
}

fn trainers() -> Vec<Case> {
    let by = |who: &str, role: &str| {
        let world = world("ai", role);
        world.training(who, "wes", &BOTH).file();
        world
    };
    vec![
        by("ed", "teacher")
            .second("trained-by-no-trainer", "G22.4", "Only a trainer says that somebody is trained.")
            .refuses("main...topic", &UNTRAINED),
        by("wes", "editor")
            .second("trained-by-oneself-without-the-role", "G22.4", "Nobody says so of themselves without the role.")
            .refuses("main...topic", &UNTRAINED),
        by("wes", "writer")
            .second("only-trainer-trains-oneself", "G22.4", "The only trainer may.")
            .allows("main...topic", &[]),
        two_trainers(),
    ]
}

fn two_trainers() -> Case {
    let course = "[course.basics]\ntitle = \"Basics\"\nmodules = [\"technical\"]\nrequired-for = [\"ai\"]\nvalid-days = 90\ntrainers = [\"writer\"]\n";
    let world = World::with(&policy("", course), &(people() + &person("tom", "human", &["writer"], "")));
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.made_with_ai("topic", &json!({}));
    world.training("wes", "wes", &["technical"]).file();
    world
        .second("trainer-trains-oneself", "G22.4", "One of two trainers is trained by the other.")
        .refuses("main...topic", &UNTRAINED)
}

fn competences() -> Vec<Case> {
    let roster = people().replace(
        &person("eva", "human", &["editor"], ""),
        &person("eva", "human", &["editor"], "competence = [\"de\"]\n"),
    );
    let world = World::with(&policy("competence = [\"de\"]", ""), &roster);
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.approve("main", "topic");
    let without = world
        .second(
            "reviewer-without-competence",
            "G22.6",
            "Where a rule names a competence the reviewer has it, AI or not.",
        )
        .refuses("main...topic", &["wrong-role content/b.md"]);
    world.review("eva", "main", "topic").file();
    let with = world
        .second("reviewer-with-competence", "G22.6 P3.1", "By somebody who has it the review counts.")
        .allows("main...topic", &[]);
    vec![without, with]
}

/// A release whose policy takes B3 so, and the authority at main whose tip does so.
fn severities() -> Vec<Case> {
    let of = |level: &str| {
        let branches = POLICY.replace("/main\"]", "/main\", \"refs/heads/release\"]");
        format!("{branches}\n[severity]\nB3 = \"{level}\"\n")
    };
    let world = |own: &str, authority: &str| {
        let world = World::ruled_by(&of(own));
        world.point("release", "main");
        world.publish(&[put(".provenance/policy.toml", of(authority) + "\n")]);
        world.commit("topic", "release", &[put(B, "![](bell.png)\n")]);
        world.declaration("wes", "release", "topic").set("branches", json!([RELEASE])).file();
        world.review("ed", "release", "topic").set("branches", json!([RELEASE])).file();
        world
    };
    let refused = ["missing-alt-text content/b.md"];
    vec![
        world("off", "error")
            .second(
                "severity-at-the-authority",
                "G22.7",
                "The authority's policy takes a clause more strictly: it binds.",
            )
            .branch(RELEASE)
            .refuses("release...topic", &refused),
        world("error", "off")
            .second("severity-at-the-branch", "G22.7", "So does the branch's own.")
            .branch(RELEASE)
            .refuses("release...topic", &refused),
        world("off", "off")
            .second("severity-off-at-both", "G22.7", "Where both leave it out it is not looked at.")
            .branch(RELEASE)
            .allows("release...topic", &["never missing-alt-text"]),
        world("off", "warning")
            .second("severity-warning-at-the-authority", "G22.7", "A warning is stricter than nothing.")
            .branch(RELEASE)
            .allows("release...topic", &["warning missing-alt-text content/b.md"]),
    ]
}

/// A clause about tools that a policy takes as a warning.
fn levels() -> Vec<Case> {
    let of = |level: &str| {
        let world = World::ruled_by(&policy("", &format!("[severity]\nS2 = \"{level}\"\n")));
        world.commit("topic", "main", &[put(B, "B\n")]);
        world.made_with_ai("topic", &json!({ "tool": "other" }));
        world
    };
    vec![
        of("warning")
            .second("severity-of-tools-as-a-warning", "G22.7", "What a policy takes as a warning refuses nothing.")
            .allows("main...topic", &["warning unapproved-tool content/b.md"]),
        of("off")
            .second("severity-of-tools-off", "G22.7", "What it leaves out is not said.")
            .allows("main...topic", &["never unapproved-tool"]),
    ]
}

/// Policies that nobody can be judged by.
fn unreadable() -> Vec<Case> {
    let case = |line: &str, entries: &str, name, clauses, shows| {
        let world = World::ruled_by(&policy(line, entries));
        world.commit("topic", "main", &[put("log/x", "x\n")]);
        world.second(name, clauses, shows).undecided("main...topic", &["undecided-policy"])
    };
    let course =
        "[course.basics]\ntitle = \"Basics\"\nmodules = [\"technical\"]\nvalid-days = 90\ntrainers = [\"dean\"]\n";
    let accountable = "[[accountable]]\nperson = \"ci\"\ntitle = \"Machine\"\ncontact = \"ci@example.com\"\n";
    vec![
        case(
            "",
            "[severity]\nA3 = \"off\"\n",
            "severity-off-for-human-review",
            "P2.14",
            "Human review is never switched off.",
        ),
        case(
            "",
            "[severity]\nA1 = \"warning\"\n",
            "severity-warning-for-humans",
            "P2.14",
            "Nor that humans answer only a warning.",
        ),
        case(
            "",
            "[severity]\nX9 = \"off\"\n",
            "severity-of-no-clause",
            "P2.14",
            "A clause that does not exist has no severity.",
        ),
        case(
            "",
            "[waiver]\nroles = [\"dean\"]\nmax-days = 7\n",
            "waiver-by-a-role-of-nobody",
            "P2.13 P2.6",
            "A role that waives is held by somebody.",
        ),
        case("", course, "trainer-role-of-nobody", "P2.8", "So is a role that trains."),
        case("", accountable, "accountable-machine", "P2.9", "Who answers for content is a human."),
        case("scans = [\"links\"]", "", "scan-not-defined", "P2.2", "A scan that a rule asks for is defined."),
    ]
}
