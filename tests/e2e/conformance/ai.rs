//! Declarations of AI use, marks that contradict them, and checklists.

use serde_json::{Value, json};

use super::case::Case;
use super::world::{MAIN, POLICY, World, put};

const B: &str = "content/b.md";

pub(super) fn cases() -> Vec<Case> {
    [tools(), uses(), several(), marks(), checklists()].into_iter().flatten().collect()
}

/// A reviewed topic that Wes declared to be made with AI.
fn generated(more: &Value) -> World {
    let world = World::new();
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.declaration("wes", "main", "topic").ai("generated", more).file();
    world.review("ed", "main", "topic").file();
    world
}

fn tools() -> Vec<Case> {
    let refused = |more: Value, name, shows| {
        generated(&more).case(name, "G17.2", shows).refuses("main...topic", &["unapproved-tool content/b.md"])
    };
    vec![
        generated(&json!({}))
            .case("ai-by-approved-tool", "G17.2", "Content that an approved tool made passes with its review.")
            .allows("main...topic", &[]),
        refused(
            json!({ "tool": "other" }),
            "ai-by-unlisted-tool",
            "A tool that is not in the register is not approved.",
        ),
        refused(json!({ "tool": "asked" }), "ai-by-requested-tool", "A tool that is only asked for is not approved."),
        refused(json!({ "tool": "old" }), "ai-by-tool-of-yesterday", "An approval ends with its last day."),
        refused(
            json!({ "model": "gpt-9" }),
            "ai-by-unlisted-model",
            "A tool is approved for the models that it lists.",
        ),
        refused(json!({ "model": null }), "ai-without-model", "Where models are listed a declaration names one."),
    ]
}

fn uses() -> Vec<Case> {
    let none = World::new();
    none.commit("topic", "main", &[put(B, "B\n")]);
    none.declaration("wes", "main", "topic").ai("assisted", &json!({})).without("confirmations").file();
    none.review("ed", "main", "topic").file();
    let policy = POLICY.replace("declaration = \"required\"", "declaration = \"required\"\nai = \"forbidden\"");
    let forbidden = World::ruled_by(&policy);
    forbidden.commit("topic", "main", &[put(B, "B\n")]);
    forbidden.approve("main", "topic");
    let human = forbidden
        .case("no-ai-where-forbidden", "G17.2", "Where AI is forbidden what no AI took part in passes.")
        .allows("main...topic", &[]);
    forbidden.declaration("eva", "main", "topic").ai("assisted", &json!({})).file();
    vec![
        generated(&json!({ "useCase": "drafting" }))
            .case("ai-for-a-known-use", "G17.2", "A use case of the policy that is not restricted is allowed.")
            .allows("main...topic", &[]),
        generated(&json!({ "useCase": "legal-advice" }))
            .case("ai-for-a-restricted-use", "G17.2", "A restricted use case is refused, reviewed or not.")
            .refuses("main...topic", &["restricted-use content/b.md"]),
        none.case("ai-without-confirmation", "G17.2", "Every confirmation that a rule asks for is given.")
            .refuses("main...topic", &["missing-confirmation content/b.md"]),
        human,
        forbidden
            .case("ai-where-forbidden", "G17.2", "One declaration of AI use is enough where AI is forbidden.")
            .refuses("main...topic", &["ai-forbidden content/b.md"]),
    ]
}

fn several() -> Vec<Case> {
    let world = World::new();
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.approve("main", "topic");
    let honest = world.declaration("wes", "main", "topic").ai("generated", &json!({ "tool": "other" })).file();
    let both = world
        .case("declarations-differ", "G17.2", "Where declarations differ, the one that says more is judged.")
        .refuses("main...topic", &["unapproved-tool content/b.md"]);
    world.revocation("wes", &honest).file();
    let revoked = world
        .case("wrong-declaration-revoked", "G17.3", "A declaration that was wrong is revoked by its signer.")
        .allows("main...topic", &[]);
    let none = World::new();
    none.commit("topic", "main", &[put(B, "B\n")]);
    none.declaration("bot", "main", "topic").file();
    none.review("ed", "main", "topic").file();
    let agent = none
        .case("agent-declares-no-ai", "G17.2", "What an agent declares is at least assisted, whatever it says.")
        .refuses("main...topic", &["unapproved-tool content/b.md", "missing-confirmation content/b.md"]);
    vec![both, revoked, agent]
}

fn marks() -> Vec<Case> {
    let marked = |message: &str, extent: &str| {
        let world = World::new();
        world.commit_as("wes", "refs/heads/topic", &["main"], &[put(B, "B\n")], message);
        let declaration = world.declaration("wes", "main", "topic");
        if extent == "none" { declaration } else { declaration.ai(extent, &json!({})) }.file();
        world.review("ed", "main", "topic").file();
        world
    };
    let trailer = "edit\n\nCo-authored-by: Claude <noreply@anthropic.com>\n";
    let undeclared = marked(trailer, "none");
    let case = undeclared
        .case(
            "trailer-contradicts-declaration",
            "G17.4",
            "A commit that names a tool contradicts a declaration of none.",
        )
        .refuses("main...topic", &["undeclared-ai content/b.md"]);
    undeclared.commit("squash", "main", &[put(B, "B\n")]);
    vec![
        case,
        marked(trailer, "assisted")
            .case("trailer-bears-out-declaration", "G17.4", "It bears out a declaration of AI use.")
            .allows("main...topic", &[]),
        marked("edit\n\nAssisted-by: none\n", "generated")
            .case(
                "trailer-lowers-nothing",
                "G17.5",
                "A trailer that denies AI use changes nothing of what was declared.",
            )
            .allows("main...topic", &[]),
        marked("edit\n\nReviewed-by: Ed <ed@example.com>\n", "none")
            .case("trailer-of-a-person", "G17.4", "A trailer that names a person is no mark of AI.")
            .allows("main...topic", &[]),
    ]
}

fn checklists() -> Vec<Case> {
    let answered = |answers: Value| {
        let world = World::new();
        world.commit("topic", "main", &[put(B, "B\n")]);
        world.declaration("wes", "main", "topic").set("branches", json!([MAIN])).file();
        world.review("ed", "main", "topic").set("answers", answers).file();
        world
    };
    let fail = answered(json!([{ "id": "accuracy", "result": "fail" }]));
    let failed = fail
        .case("checklist-failed", "G7.1", "An item that was answered with fail keeps the review from counting.")
        .refuses("main...topic", &["failed-checklist content/b.md"]);
    fail.review("eva", "main", "topic").file();
    vec![
        failed,
        fail.case("checklist-failed-and-passed", "G7.4", "A fail refuses nothing where another review suffices.")
            .allows("main...topic", &[]),
        answered(json!([]))
            .case("checklist-unanswered", "G7.1", "An item that was not answered keeps the review from counting.")
            .refuses("main...topic", &["incomplete-checklist content/b.md"]),
        answered(json!([{ "id": "accuracy", "result": "n/a" }, { "id": "other", "result": "fail" }]))
            .case("checklist-not-applicable", "G7.3", "An answer of n/a is an answer; other items play no part.")
            .allows("main...topic", &[]),
    ]
}
