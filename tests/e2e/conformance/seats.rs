//! Who reviews whose work: quorums, roles, contributors, agents.

use serde_json::json;

use super::case::Case;
use super::keys::Key;
use super::world::{POLICY, World, people, person_with, put};

const B: &str = "content/b.md";

pub(super) fn cases() -> Vec<Case> {
    [quorums(), roles(), undeclared(), own_work(), committed(), agents()].into_iter().flatten().collect()
}

fn topic(policy: &str, people: &str, path: &str) -> World {
    let world = World::with(policy, people);
    world.commit("topic", "main", &[put(path, "B\n")]);
    world
}

fn quorums() -> Vec<Case> {
    let two = POLICY.replace("[\"editor\"] }]", "[\"editor\"], count = 2 }]");
    let both = format!("\"{}\", \"{}\"", Key::of("ed").public(), Key::of("ed-two").public());
    let people = people().replace(&format!("\"{}\"", Key::of("ed").public()), &both);
    let world = topic(&two, &people, B);
    world.approve("main", "topic");
    let one = world
        .case("one-of-two-reviews", "G11.2", "A rule asks for two editors, and one has reviewed.")
        .refuses("main...topic", &["insufficient-reviews content/b.md"]);
    world.review("ed", "main", "topic").by(Key::of("ed-two")).file();
    let keys = world
        .case("two-keys-of-one-person", "G11.2", "Two keys of one person are one reviewer.")
        .refuses("main...topic", &["insufficient-reviews content/b.md"]);
    world.review("eva", "main", "topic").file();
    let two = world.case("two-reviews", "G11.2", "Two editors have reviewed.").allows("main...topic", &[]);
    vec![one, keys, two]
}

fn roles() -> Vec<Case> {
    let legal = format!(
        "{POLICY}\n[[rule]]\nname = \"terms\"\npaths = [\"content/terms.md\"]\nreviews = [{{ roles = [\"legal\"] }}]\n"
    );
    let world = topic(&legal, &people(), "content/terms.md");
    world.approve("main", "topic");
    let editor = world
        .case("wrong-role", "G11.4 P6.2", "Two rules match, and nobody with the role of the second has reviewed.")
        .refuses("main...topic", &["wrong-role content/terms.md"]);
    world.review("lee", "main", "topic").file();
    let both =
        world.case("both-roles", "P6.2", "Each of two rules that match has its reviewer.").allows("main...topic", &[]);
    let free = topic(POLICY, &people(), "README");
    free.declaration("wes", "main", "topic").file();
    let none = free
        .case("path-without-rule", "P6.3", "A path that no rule matches still needs one human.")
        .refuses("main...topic", &["missing-review README"]);
    free.review("lee", "main", "topic").file();
    let any = free.case("path-without-rule-reviewed", "P6.3", "Any human may review it.").allows("main...topic", &[]);
    vec![editor, both, none, any]
}

fn undeclared() -> Vec<Case> {
    let world = topic(POLICY, &people(), "README");
    world.review("ed", "main", "topic").file();
    let one = world
        .case(
            "undeclared-and-one-review",
            "G11.3",
            "Where nobody declared whose work it is, one more review is needed.",
        )
        .refuses("main...topic", &["insufficient-reviews README"]);
    world.review("lee", "main", "topic").file();
    let two = world
        .case("undeclared-and-two-reviews", "G11.3", "Two reviews make up for a declaration.")
        .allows("main...topic", &[]);
    let service = topic(POLICY, &people(), "README");
    service.declaration("ci", "main", "topic").file();
    service.review("ed", "main", "topic").file();
    let ci = service
        .case("declared-by-service", "G6.4", "A declaration by a service does not settle whose work it is.")
        .refuses("main...topic", &["insufficient-reviews README"]);
    vec![one, two, ci]
}

fn own_work() -> Vec<Case> {
    let own = ["self-review content/b.md"];
    let signed = topic(POLICY, &people(), B);
    signed.declaration("ed", "main", "topic").file();
    signed.review("ed", "main", "topic").file();
    let mut cases = vec![
        signed
            .case("self-review", "G6.3 G7.1", "Who declared the work does not review it.")
            .refuses("main...topic", &own),
    ];
    signed.review("eva", "main", "topic").file();
    cases.push(
        signed
            .case("self-review-and-another", "G7.4", "A self-review counts for nothing and refuses nothing.")
            .allows("main...topic", &[]),
    );
    let named = topic(POLICY, &people(), B);
    named.declaration("wes", "main", "topic").set("authors", json!([{ "person": "wes" }, { "person": "ed" }])).file();
    named.review("ed", "main", "topic").file();
    cases.push(
        named
            .case("self-review-by-co-author", "G6.3", "Nor does anybody whom the declaration names.")
            .refuses("main...topic", &own),
    );
    let address = topic(POLICY, &people(), B);
    let outsider = json!([{ "name": "Edward", "email": "ED@Example.com" }]);
    address.declaration("wes", "main", "topic").set("authors", outsider).file();
    address.review("ed", "main", "topic").file();
    cases.push(
        address
            .case(
                "self-review-by-address",
                "G6.3 G6.7",
                "An outsider by an address of the roster is that person, in any case.",
            )
            .refuses("main...topic", &own),
    );
    cases
}

fn committed() -> Vec<Case> {
    let fixed = |people: &str| {
        let world = World::with(POLICY, people);
        world.commit("draft", "main", &[put("README", "B\n")]);
        world.commit_as("ed", "refs/heads/topic", &["draft"], &[put("README", "BB\n")], "fix");
        world.commit_as("ed", "refs/heads/squash", &["main"], &[put("README", "BB\n")], "squash");
        world
    };
    let world = fixed(&people());
    world.review("ed", "main", "topic").file();
    world.review("lee", "main", "topic").file();
    let mut cases = vec![
        world
            .case(
                "reviewer-pushed-a-fix",
                "G6.5",
                "Where nobody declared, who committed to the branch contributed to it.",
            )
            .refuses("main...topic", &["insufficient-reviews README", "self-review README"]),
    ];
    let mapped = World::new();
    let mailmap = put(".mailmap", "Wes <wes@example.com> <ed@example.com>\n");
    mapped.commit_as("ed", "refs/heads/topic", &["main"], &[put("README", "B\n"), mailmap], "edit");
    mapped.review("ed", "main", "topic").set("scope", json!("each")).file();
    mapped.review("lee", "main", "topic").set("scope", json!("each")).file();
    cases.push(
        mapped
            .case("mailmap-names-another", "G6.7", "A mailmap does not make somebody else of an author.")
            .refuses("main...topic", &["insufficient-reviews", "self-review README", "self-review .mailmap"]),
    );
    let squash = fixed(&people());
    squash.declaration("wes", "main", "squash").file();
    squash.review("ed", "main", "squash").file();
    cases.push(
        squash
            .case(
                "squash-by-the-reviewer",
                "G6.6",
                "Who squashed declared work did not contribute by that; it is noted.",
            )
            .allows("main..squash", &["note undeclared-author README"]),
    );
    cases
}

fn agents() -> Vec<Case> {
    let bot = person_with("bot", "agent", &[], &format!("\"{}\"", Key::of("bot").public()), "operators = [\"ed\"]\n");
    let old = person_with("bot", "agent", &[], &format!("\"{}\"", Key::of("bot").public()), "operators = [\"wes\"]\n");
    let world = topic(POLICY, &people().replace(&old, &bot), B);
    world.declaration("bot", "main", "topic").ai("generated", &json!({})).file();
    world.review("ed", "main", "topic").file();
    let operator = world
        .case("review-by-the-operator", "G6.3", "Who operates the agent does not review what it made.")
        .refuses("main...topic", &["self-review content/b.md"]);
    world.review("eva", "main", "topic").file();
    let other = world.case("review-of-agents-work", "G6.4", "Another editor does.").allows("main...topic", &[]);
    let reviewer = |who: &str| {
        let world = topic(POLICY, &people(), B);
        world.declaration("wes", "main", "topic").file();
        world.review(who, "main", "topic").file();
        world
    };
    let not = ["not-human content/b.md"];
    let (agent, service) = (reviewer("bot"), reviewer("ci"));
    vec![
        operator,
        other,
        agent.case("review-by-agent", "G7.1", "An agent does not review.").refuses("main...topic", &not),
        service.case("review-by-service", "G7.1", "A service does not review.").refuses("main...topic", &not),
    ]
}
