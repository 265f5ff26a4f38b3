//! Who declares or reviews what AI made has accepted the policy's documents.

use serde_json::json;

use super::case::Case;
use super::keys::Key;
use super::world::{POLICY, TOOLS, World, delete, people, person_with, policy, put};

const B: &str = "content/b.md";
const DOCUMENT: &str = "main:AI-POLICY.md";
const NOT: [&str; 1] = ["policy-not-accepted content/b.md"];

pub(super) fn cases() -> Vec<Case> {
    [declarers(), reviewers(), versions(), grace(), signers(), agents()].into_iter().flatten().collect()
}

/// A document that whoever does this has accepted.
pub(super) fn document(activity: &str, more: &str) -> String {
    format!("[document.ai-policy]\npath = \"AI-POLICY.md\"\naccepted-by = [\"{activity}\"]\n{more}")
}

/// A reviewed topic that Wes made with AI, under a policy with a document.
fn world(policy: &str, roster: &str) -> World {
    let world = World::with(policy, roster);
    world.publish(&[put("AI-POLICY.md", "We answer for it.\n")]);
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.made_with_ai("topic", &json!({}));
    world
}

fn asked_of(activity: &str) -> World {
    world(&policy("", &document(activity, "")), &people())
}

fn declarers() -> Vec<Case> {
    let world = asked_of("ai");
    let missing = world
        .second("document-not-accepted", "G22.3", "Who declares AI use has accepted the documents of the policy.")
        .refuses("main...topic", &NOT);
    world.acceptance("wes", "other", DOCUMENT).file();
    let id = world
        .second("accepted-under-another-id", "G22.3", "An acceptance names the document by its id.")
        .refuses("main...topic", &NOT);
    let accepted = world.acceptance("wes", "ai-policy", DOCUMENT).file();
    let allowed = world
        .second("document-accepted", "G22.3 R9.13 R10.11", "Once they have, it passes.")
        .allows("main...topic", &["never policy-not-accepted"]);
    world.revocation("wes", &accepted).file();
    let revoked = world
        .second("acceptance-revoked", "G22.2", "What its signer took back is no acceptance.")
        .refuses("main...topic", &NOT);
    let human = asked_of("ai");
    human.commit("topic", "main", &[put(B, "by hand\n")]);
    human.approve("main", "topic");
    let by_hand = human
        .second("nothing-accepted-without-ai", "G22.1", "Where no AI took part nothing is asked of people.")
        .allows("main...topic", &["never policy-not-accepted"]);
    let others = asked_of("ai");
    let accepted = others.acceptance("wes", "ai-policy", DOCUMENT).file();
    others.revocation("ed", &accepted).file();
    let by_another = others
        .second("acceptance-revoked-by-another", "G22.2", "Others cannot take it back.")
        .allows("main...topic", &[]);
    others.revocation("ana", &accepted).file();
    let by_admin = others.second("acceptance-revoked-by-admin", "G22.2", "An admin can.").refuses("main...topic", &NOT);
    vec![missing, id, allowed, revoked, by_hand, by_another, by_admin]
}

fn reviewers() -> Vec<Case> {
    let world = asked_of("review");
    let missing = world
        .second(
            "reviewer-accepted-nothing",
            "G22.1",
            "A review of AI-made work by somebody who accepted nothing does not count.",
        )
        .refuses("main...topic", &NOT);
    world.acceptance("eva", "ai-policy", DOCUMENT).file();
    world.review("eva", "main", "topic").file();
    let other = world
        .second("another-reviewer-accepted", "G22.1 G7.4", "It refuses nothing where another's review suffices.")
        .allows("main...topic", &[]);
    vec![missing, other]
}

fn versions() -> Vec<Case> {
    let world = asked_of("ai");
    world.acceptance("wes", "ai-policy", DOCUMENT).file();
    world.publish(&[put("AI-POLICY.md", "We answer for all of it.\n")]);
    let other = world
        .second("other-version-accepted", "G22.3", "The acceptance of another version than the branch holds is none.")
        .refuses("main...topic", &NOT);
    world.acceptance("wes", "ai-policy", DOCUMENT).file();
    let again = world
        .second("version-accepted-again", "G22.3", "The new version is accepted anew.")
        .allows("main...topic", &[]);
    let gone = asked_of("ai");
    gone.acceptance("wes", "ai-policy", DOCUMENT).file();
    gone.publish(&[delete("AI-POLICY.md")]);
    let nobody = gone
        .second("accepted-document-is-gone", "G22.3", "A document that the branch does not hold is accepted by nobody.")
        .refuses("main...topic", &NOT);
    vec![other, again, nobody]
}

/// The document came in force on 2025-01-01: 151 days before the clock.
fn grace() -> Vec<Case> {
    let within = |days: u32| world(&policy("", &document("ai", &format!("grace-days = {days}\n"))), &people());
    let severity = |level: &str| {
        let entries = document("ai", &format!("[severity]\nAc1 = \"{level}\"\n"));
        world(&policy("", &entries), &people())
    };
    vec![
        within(151)
            .second("acceptance-in-grace", "G22.3", "Within the days of grace it is only asked for.")
            .allows("main...topic", &["warning policy-not-accepted"]),
        within(150)
            .second("acceptance-after-grace", "G22.3", "The day after, it is missing.")
            .refuses("main...topic", &NOT),
        severity("warning")
            .second("acceptance-as-a-warning", "G22.7 P2.14", "A policy may take the clause as a warning.")
            .allows("main...topic", &["warning policy-not-accepted"]),
        severity("off")
            .second("acceptance-switched-off", "G22.7 P2.14", "Or not look at it.")
            .allows("main...topic", &["never policy-not-accepted"]),
        severity("error")
            .second("acceptance-as-an-error", "G22.7 P2.14", "Or say what is so without it.")
            .refuses("main...topic", &NOT),
    ]
}

fn signers() -> Vec<Case> {
    let with_old = |key: &str| {
        let new = format!("\"{}\"", Key::of("wes").public());
        let old = format!("{{ public = \"{}\", {key} }}", Key::of("wes-old").public());
        let keys = person_with("wes", "human", &["writer"], &format!("{new}, {old}"), "");
        let roster = people().replace(&super::world::person("wes", "human", &["writer"], ""), &keys);
        let world = world(&policy("", &document("ai", "")), &roster);
        world.acceptance("wes", "ai-policy", DOCUMENT).by(Key::of("wes-old")).file();
        world
    };
    let revoked = "from = 2024-01-01, revoked = 2025-05-01, because = \"stolen\"";
    let future = asked_of("ai");
    let later = json!("2025-06-01T13:00:00Z");
    future.acceptance("wes", "ai-policy", DOCUMENT).set("acceptedAt", later).file();
    let borrowed = asked_of("ai");
    borrowed.acceptance("ana", "ai-policy", DOCUMENT).file();
    vec![
        with_old("until = 2025-04-30")
            .second("accepted-with-a-key-that-expired", "G22.2", "What somebody accepted outlives their key.")
            .allows("main...topic", &[]),
        with_old("until = 2025-03-31")
            .second("accepted-after-the-key-expired", "G22.2", "The key was valid at the time that the record states.")
            .refuses("main...topic", &NOT),
        with_old(revoked)
            .second("accepted-with-a-revoked-key", "G22.2", "A revoked key has accepted nothing.")
            .refuses("main...topic", &NOT),
        future
            .second("accepted-in-the-future", "G22.2", "Nor has somebody who will have.")
            .refuses("main...topic", &NOT),
        borrowed
            .second("accepted-by-another-person", "G22.3", "Everybody accepts for themselves.")
            .refuses("main...topic", &NOT),
    ]
}

fn agents() -> Vec<Case> {
    let world = World::with(&policy("", &document("ai", "")), &people());
    world.publish(&[put("AI-POLICY.md", "We answer for it.\n")]);
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.declaration("bot", "main", "topic").ai("generated", &json!({})).file();
    world.review("ed", "main", "topic").file();
    let missing = world
        .second("operator-accepted-nothing", "G22.1", "For an agent it is asked of who operates it.")
        .refuses("main...topic", &NOT);
    world.acceptance("wes", "ai-policy", DOCUMENT).file();
    let accepted =
        world.second("operator-accepted", "G22.1", "The operator's acceptance is enough.").allows("main...topic", &[]);
    vec![missing, accepted, two_operators(), tool_document("warning"), tool_document("error"), acknowledged()]
}

fn two_operators() -> Case {
    let roster = people().replace("operators = [\"wes\"]", "operators = [\"wes\", \"eva\"]");
    let world = World::with(&policy("", &document("ai", "")), &roster);
    world.publish(&[put("AI-POLICY.md", "We answer for it.\n")]);
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.declaration("bot", "main", "topic").ai("generated", &json!({})).file();
    world.review("ed", "main", "topic").file();
    world.acceptance("eva", "ai-policy", DOCUMENT).file();
    world
        .second("one-of-two-operators-accepted", "G22.1", "Of several operators one who has accepted is enough.")
        .allows("main...topic", &[])
}

/// A world whose tool has a document, and a policy that takes Tr2 so.
fn tool(level: &str) -> World {
    let world = World::ruled_by(&format!("{POLICY}\n[severity]\nTr2 = \"{level}\"\n"));
    let tools = TOOLS.replacen("status = \"approved\"", "status = \"approved\"\ndocument = \"tools/writer.md\"", 1);
    world.publish(&[put(".provenance/tools.toml", tools), put("tools/writer.md", "# Writer\n")]);
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.made_with_ai("topic", &json!({}));
    world
}

fn tool_document(level: &str) -> Case {
    let world = tool(level);
    if level == "error" {
        return world
            .second("tool-not-known", "G22.5 G22.7", "Where the policy says so, who uses a tool has read its document.")
            .refuses("main...topic", &["untrained content/b.md"]);
    }
    world
        .second("tool-not-known-is-a-warning", "G22.5", "Else it is said that they have not.")
        .allows("main...topic", &["warning untrained content/b.md"])
}

fn acknowledged() -> Case {
    let world = tool("error");
    let lesson = json!({ "kind": "tool", "tool": "writer", "document": world.document("main:tools/writer.md") });
    world.training("wes", "wes", &[]).set("lesson", lesson).file();
    world
        .second("tool-known", "G22.5 R9.15", "Their own record that they have is enough.")
        .allows("main...topic", &["never untrained"])
}
