//! Waivers: who may grant one, when it holds, and what it never covers.

use serde_json::{Value, json};

use super::case::Case;
use super::records::{Draft, Record};
use super::world::{MAIN, World, people, person, policy, put};

const B: &str = "content/b.md";
const MISSING: [&str; 2] = ["missing-review content/b.md", "missing-declaration content/b.md"];
const EXPIRED: [&str; 3] = ["expired-waiver content/b.md", MISSING[0], MISSING[1]];
const WAIVER: &str = "[waiver]\nroles = [\"legal\", \"writer\"]\nmax-days = 14\n";

pub(super) fn cases() -> Vec<Case> {
    [granted(), ended(), kinds(), never(), policies()].into_iter().flatten().collect()
}

fn world(line: &str, entries: &str) -> World {
    let world = World::ruled_by(&policy(line, &format!("{WAIVER}{entries}")));
    world.commit("topic", "main", &[put(B, "B\n")]);
    world
}

fn waiver<'a>(world: &'a World, who: &str, term: Value) -> Draft<'a> {
    let more = json!({
        "branches": [MAIN], "waivedAt": "2025-05-25T10:00:00Z", "term": term, "because": "the site is down",
        "changes": world.changes("main", "topic"),
    });
    world.draft("waiver", who, more)
}

/// Lee waives until the end of June 3.
fn until_tuesday(world: &World) -> Record {
    waiver(world, "lee", json!({ "kind": "granted", "until": "2025-06-03" })).file()
}

fn granted() -> Vec<Case> {
    let of = |who: &str, term: Value| {
        let world = world("", "");
        waiver(&world, who, term).file();
        world
    };
    let own = of("wes", json!({ "kind": "granted", "until": "2025-06-03" }));
    own.declaration("wes", "main", "topic").file();
    let other = world("", "");
    until_tuesday(&other);
    other.commit("topic", "main", &[put(B, "C\n")]);
    vec![
        own.second("waived-by-who-made-it", "G24.1", "Who contributed to a change does not waive its review.")
            .refuses("main...topic", &MISSING[..1]),
        of("lee", json!({ "kind": "granted", "until": "2025-06-08" }))
            .second("waived-for-the-most-days", "G24.1", "A waiver may last as long as the policy says.")
            .allows("main...topic", &["warning missing-review content/b.md"]),
        of("lee", json!({ "kind": "granted", "until": "2025-06-09" }))
            .second("waived-for-too-long", "G24.1", "One that lasts longer is none.")
            .refuses("main...topic", &MISSING),
        of("lee", json!({ "kind": "granted", "from": "2025-06-01", "until": "2025-06-03" }))
            .second("waived-from-today", "G24.2 G24.3", "A waiver holds from its first day.")
            .allows("main...topic", &["warning missing-review content/b.md"]),
        of("lee", json!({ "kind": "granted", "from": "2025-06-02", "until": "2025-06-03" }))
            .second("waived-from-tomorrow", "G24.3", "Before that day it is as one that is over.")
            .refuses("main...topic", &EXPIRED),
        other
            .second("waived-other-version", "G24.1", "A waiver is of exactly one change.")
            .refuses("main...topic", &MISSING),
    ]
}

fn ended() -> Vec<Case> {
    let revoked = |who: &str| {
        let world = world("", "");
        let record = until_tuesday(&world);
        world.revocation(who, &record).file();
        world
    };
    let settled = |who: &str, at: &str| {
        let world = world("", "");
        let record = until_tuesday(&world);
        let settled = waiver(&world, who, json!({ "kind": "settled", "waiver": record.id }));
        settled.set("waivedAt", json!(at)).file();
        world
    };
    let still = ["warning missing-review content/b.md"];
    vec![
        revoked("ana")
            .second("waiver-revoked-by-admin", "G24.1", "A waiver ends when an admin revokes it.")
            .refuses("main...topic", &MISSING),
        revoked("lee")
            .second("waiver-revoked-by-its-signer", "G24.1", "Or its signer.")
            .refuses("main...topic", &MISSING),
        revoked("ed")
            .second("waiver-revoked-by-another", "G24.1", "Nobody else ends it so.")
            .allows("main...topic", &still),
        settled("wes", "2025-05-26T10:00:00Z")
            .second("waiver-settled", "G24.1 R9.19", "Or when somebody who may waive settles it.")
            .refuses("main...topic", &MISSING),
        settled("ed", "2025-05-26T10:00:00Z")
            .second("waiver-settled-by-another", "G24.1", "Not when anybody else does.")
            .allows("main...topic", &still),
        settled("wes", "2025-06-01T13:00:00Z")
            .second("waiver-settled-later", "G24.1", "Nor before the time that the settlement states.")
            .allows("main...topic", &still),
    ]
}

/// What is missing for AI-made work is waived too.
fn kinds() -> Vec<Case> {
    let document = "[document.ai-policy]\npath = \"AI-POLICY.md\"\naccepted-by = [\"ai\"]\n";
    let scan = "[scan.links]\ntitle = \"Dead links\"\n";
    let asked = world("scans = [\"links\"]", &format!("{document}{scan}"));
    asked.made_with_ai("topic", &json!({}));
    let refused = asked
        .second("acceptance-and-scan-missing", "G22.3 G25.1", "An acceptance and a scan are missing.")
        .refuses("main...topic", &["policy-not-accepted content/b.md", "missing-scan content/b.md"]);
    until_tuesday(&asked);
    let waived = asked
        .second("acceptance-and-scan-waived", "G24.2", "A waiver lets that pass, and it is said.")
        .allows("main...topic", &["warning policy-not-accepted content/b.md", "warning missing-scan content/b.md"]);
    vec![refused, waived]
}

fn never() -> Vec<Case> {
    let stays = |line: &str, more: &Value, name, shows, code: &str| {
        let world = world(line, "");
        world.declaration("wes", "main", "topic").ai("generated", more).file();
        until_tuesday(&world);
        world.second(name, "G24.2", shows).refuses("main...topic", &[&format!("{code} {B}")])
    };
    let failed = world("", "");
    failed.declaration("wes", "main", "topic").file();
    failed.review("ed", "main", "topic").set("answers", json!([{ "id": "accuracy", "result": "fail" }])).file();
    until_tuesday(&failed);
    let open = world("", "");
    let step = json!({ "action": "open", "severity": "low", "summary": "a wrong word" });
    open.incident("ed", B, step).file();
    until_tuesday(&open);
    vec![
        stays(
            "ai = \"forbidden\"",
            &json!({}),
            "waived-and-ai-forbidden",
            "Where AI is forbidden it stays so.",
            "ai-forbidden",
        ),
        stays(
            "",
            &json!({ "tool": "asked" }),
            "waived-and-tool-asked-for",
            "No tool is approved by a waiver.",
            "unapproved-tool",
        ),
        stays(
            "",
            &json!({ "useCase": "legal-advice" }),
            "waived-and-restricted",
            "Nor a use allowed.",
            "restricted-use",
        ),
        failed
            .second("waived-and-failed", "G24.2", "What a reviewer failed is not waived.")
            .refuses("main...topic", &["failed-checklist content/b.md"]),
        open.second("waived-and-incident-open", "G24.2", "Nor is an open incident.")
            .refuses("main...topic", &["open-incident content/b.md"]),
    ]
}

fn policies() -> Vec<Case> {
    const FILE: &str = ".provenance/people.toml";
    let world = World::ruled_by(&policy("", WAIVER));
    world.commit("topic", "main", &[put(FILE, people() + &person("eve", "human", &["admin"], ""))]);
    until_tuesday(&world);
    let refused = world
        .second("policy-change-waived", "G24.4", "A change of the policy is never waived.")
        .refuses("main...topic", &[&format!("missing-review {FILE}")]);
    world.declaration("wes", "main", "topic").file();
    world.review("ana", "main", "topic").file();
    let reviewed = world
        .second("policy-change-waived-and-reviewed", "G24.4", "With its review it passes.")
        .allows("main...topic", &[]);
    vec![refused, reviewed]
}
