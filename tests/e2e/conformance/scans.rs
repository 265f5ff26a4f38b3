//! Scans, bursts of approvals, answers that need a note or sources.

use serde_json::{Value, json};

use super::case::Case;
use super::records::Draft;
use super::world::{MAIN, POLICY, World, delete, policy, put, seven};

const B: &str = "content/b.md";
const MISSING: [&str; 1] = ["missing-scan content/b.md"];

pub(super) fn cases() -> Vec<Case> {
    [results(), of_what(), merged(), bursts(), answers()].into_iter().flatten().collect()
}

fn world() -> World {
    let world = World::ruled_by(&policy("scans = [\"links\"]", "[scan.links]\ntitle = \"Dead links\"\n"));
    world.commit("topic", "main", &[put(B, "B\n")]);
    world
}

fn approved() -> World {
    let world = world();
    world.approve("main", "topic");
    world
}

fn scan<'a>(world: &'a World, who: &str, result: &str) -> Draft<'a> {
    let more = json!({
        "branches": [MAIN], "scannedAt": "2025-05-30T08:00:00Z", "check": "links", "program": "links 1.0",
        "result": result, "changes": world.changes("main", "topic"),
    });
    world.draft("scan", who, more)
}

fn results() -> Vec<Case> {
    let world = approved();
    let missing = world
        .second("scan-missing", "G25.1", "A scan that a rule asks for is there.")
        .refuses("main...topic", &MISSING);
    let pass = scan(&world, "ci", "pass").file();
    let passed = world
        .second("scan-passed", "G25.1 R9.20", "A service's scan that passed is one.")
        .allows("main...topic", &["never missing-scan"]);
    scan(&world, "ana", "fail").file();
    let both = world
        .second("scan-passed-and-failed", "G25.1", "One that failed counts against all that passed.")
        .refuses("main...topic", &MISSING);
    let warned = approved();
    scan(&warned, "ci", "warn").file();
    let failed = approved();
    let fail = scan(&failed, "ci", "fail").file();
    failed.revocation("ci", &fail).file();
    scan(&failed, "ci", "pass").file();
    let gone = approved();
    scan(&gone, "ci", "pass").file();
    gone.revocation("ci", &pass).file();
    vec![
        missing,
        passed,
        both,
        warned.second("scan-with-warnings", "G25.1", "One with warnings is one too.").allows("main...topic", &[]),
        failed
            .second("scan-failed-and-revoked", "G25.1", "A failed one that its signer took back is none.")
            .allows("main...topic", &[]),
        gone.second("scan-revoked", "G25.1", "Nor is one that passed and was taken back.")
            .refuses("main...topic", &MISSING),
    ]
}

fn of_what() -> Vec<Case> {
    let other = approved();
    scan(&other, "ci", "pass").set("check", json!("spelling")).file();
    let version = world();
    scan(&version, "ci", "pass").file();
    version.commit("topic", "main", &[put(B, "C\n")]);
    version.approve("main", "topic");
    let stranger = approved();
    scan(&stranger, "mallory", "pass").file();
    let bare = world();
    bare.declaration("wes", "main", "topic").file();
    scan(&bare, "ed", "pass").file();
    let gone = world();
    gone.commit("topic", "main", &[delete(B)]);
    gone.approve("main", "topic");
    vec![
        other
            .second("scan-of-another-check", "G25.1", "Another check is another scan.")
            .refuses("main...topic", &MISSING),
        version
            .second("scan-of-another-version", "G25.1", "A scan is of the entry after.")
            .refuses("main...topic", &MISSING),
        stranger
            .second("scan-by-a-stranger", "G25.1", "A scan by nobody's key is none.")
            .refuses("main...topic", &MISSING),
        bare.second("scan-fills-no-seat", "G25.1", "A scan is no review, whoever signed it.")
            .refuses("main...topic", &["missing-review content/b.md"]),
        gone.second("scan-of-a-deletion", "G25.1", "A deletion needs none.").allows("main...topic", &[]),
    ]
}

/// Two approvals by Ed, so many minutes apart, where more than one in ten minutes is a burst.
fn bursts() -> Vec<Case> {
    let apart = |later: &str, entries: &str| {
        let world = World::ruled_by(&policy("", entries));
        world.commit("topic", "main", &[put(B, "B\n"), put("content/a.md", "A\n")]);
        world.declaration("wes", "main", "topic").file();
        for (at, time) in ["2025-05-30T10:00:00Z", later].into_iter().enumerate() {
            let changes = json!([world.changes("main", "topic").remove(at)]);
            world.review("ed", "main", "topic").set("changes", changes).set("reviewedAt", json!(time)).file();
        }
        world
    };
    let burst = "[burst]\nreviews = 1\nminutes = 10\n";
    let strict = format!("{burst}[severity]\nA2 = \"error\"\n");
    vec![
        apart("2025-05-30T10:05:00Z", burst)
            .second("burst-of-approvals", "G25.2", "Many approvals in a short time are said.")
            .allows("main...topic", &["warning review-burst"]),
        apart("2025-05-30T11:05:00Z", burst)
            .second("approvals-with-time-between", "G25.2", "As many in a longer time are not.")
            .allows("main...topic", &["never review-burst"]),
        apart("2025-05-30T10:05:00Z", "")
            .second("two-approvals-are-no-burst", "G25.2", "Where the policy does not say, it takes more than twenty.")
            .allows("main...topic", &["never review-burst"]),
        apart("2025-05-30T10:05:00Z", &strict)
            .second("burst-as-an-error", "G25.2 G22.7", "A policy may refuse them.")
            .refuses("main...topic", &["review-burst"]),
    ]
}

fn answers() -> Vec<Case> {
    let answered = |answer: Value| {
        let needs = POLICY.replace(
            "question = \"Are facts checked?\"",
            "question = \"Are facts checked?\"\nneeds = [\"note\", \"sources\"]",
        );
        let world = World::ruled_by(&needs);
        world.commit("topic", "main", &[put(B, "B\n")]);
        world.declaration("wes", "main", "topic").file();
        world.review("ed", "main", "topic").set("answers", json!([answer])).file();
        world
    };
    let refused = ["incomplete-checklist content/b.md"];
    let (note, sources) = ("every figure", json!(["the register"]));
    vec![
        answered(json!({ "id": "accuracy", "result": "pass", "note": note, "sources": sources }))
            .second("answer-with-note-and-sources", "G25.3 R9.8", "An item may ask what was checked, and against what.")
            .allows("main...topic", &[]),
        answered(json!({ "id": "accuracy", "result": "pass" }))
            .second("answer-without-note-and-sources", "G25.3", "A bare pass does not answer it.")
            .refuses("main...topic", &refused),
        answered(json!({ "id": "accuracy", "result": "pass", "note": note }))
            .second("answer-without-sources", "G25.3", "Nor does a note alone.")
            .refuses("main...topic", &refused),
        answered(json!({ "id": "accuracy", "result": "n/a" }))
            .second("answer-not-applicable-needs-nothing", "G25.3", "What does not apply needs neither.")
            .allows("main...topic", &[]),
    ]
}

/// A clean merge is another content than what was scanned.
fn merged() -> Vec<Case> {
    const A: &str = "content/a.md";
    let world = world();
    world.commit("topic", "main", &[put(A, seven(&[1]))]);
    world.approve("main", "topic");
    scan(&world, "ci", "pass").file();
    world.publish(&[put(A, seven(&[7]))]);
    world.commit_as("wes", "refs/heads/merge", &["main", "topic"], &[put(A, seven(&[1, 7]))], "merge");
    let missing = world
        .second("scan-of-one-side-of-a-merge", "G25.1 G13.1", "A clean merge needs no review of its own, and a scan.")
        .refuses("main..merge", &["missing-scan content/a.md"]);
    let changes = json!(world.changes("main", "merge"));
    scan(&world, "ci", "pass").set("changes", changes).file();
    let scanned =
        world.second("scan-of-a-merge", "G25.1 G13.1", "With one of what it is it passes.").allows("main..merge", &[]);
    vec![missing, scanned]
}
