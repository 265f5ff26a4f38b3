//! While an incident is open at a path, only its correction passes.

use serde_json::{Value, json};

use super::case::Case;
use super::keys::Key;
use super::records::Record;
use super::world::{POLICY, World, delete, people, person_with, policy, put, seven};

const B: &str = "content/b.md";
const LEE_ANSWERS: &str = "[[accountable]]\nperson = \"lee\"\ntitle = \"Counsel\"\ncontact = \"lee@example.com\"\n";
const OPEN: [&str; 1] = ["open-incident content/b.md"];

pub(super) fn cases() -> Vec<Case> {
    [opened(), taken_back(), closed(), closings(), closed_early(), openers(), several(), merged(), removed()]
        .into_iter()
        .flatten()
        .collect()
}

/// A reviewed topic.
fn world(policy: &str, roster: &str) -> World {
    let world = World::with(policy, roster);
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.approve("main", "topic");
    world
}

fn harm(world: &World) -> Value {
    let entry = world.entry("100644", &world.repo.rev("main:content/b.md"));
    json!({ "action": "open", "entry": entry, "severity": "high", "summary": "a wrong dose", "owner": "wes" })
}

/// Somebody opens an incident.
fn open(world: &World, who: &str) -> Record {
    world.incident(who, B, harm(world)).file()
}

fn correction(world: &World, of: &Record) -> Value {
    let change = world.changes("main", "topic").into_iter().find(|change| change["path"] == B);
    json!({ "action": "correct", "incident": of.id, "change": change, "notice": "the right dose" })
}

fn closing(of: &Record) -> Value {
    json!({ "action": "close", "incident": of.id, "outcome": "put right" })
}

fn opened() -> Vec<Case> {
    let world = world(POLICY, &people());
    let incident = open(&world, "ed");
    let refused = world
        .second("incident-open", "G23.1 R9.16", "While an incident is open at a path no other change of it passes.")
        .refuses("main...topic", &OPEN);
    world.commit("elsewhere", "main", &[put("log/x", "x\n")]);
    let elsewhere = world
        .second("incident-open-elsewhere", "G23.2", "Other paths are not touched by it.")
        .allows("main...elsewhere", &[]);
    world.incident("wes", B, correction(&world, &incident)).file();
    let corrected = world
        .second("incident-corrected", "G23.2 R9.17", "What a record names as its correction passes.")
        .allows("main...topic", &["never open-incident"]);
    world.commit("other", "main", &[put(B, "C\n")]);
    world.approve("main", "other");
    let other = world
        .second("incident-other-than-corrected", "G23.2", "The correction is these bytes and no others.")
        .refuses("main...other", &OPEN);
    let bare = World::new();
    bare.commit("topic", "main", &[put(B, "B\n")]);
    let incident = open(&bare, "ed");
    bare.incident("wes", B, correction(&bare, &incident)).file();
    let unreviewed = bare
        .second("incident-correction-unreviewed", "G23.2", "A correction needs its reviews as any other change.")
        .refuses("main...topic", &["missing-review content/b.md", "missing-declaration content/b.md"]);
    vec![refused, elsewhere, corrected, other, unreviewed]
}

fn taken_back() -> Vec<Case> {
    let world = world(POLICY, &people());
    let incident = open(&world, "ed");
    let correction = world.incident("wes", B, correction(&world, &incident)).file();
    world.revocation("eva", &correction).file();
    let another = world
        .fourth(
            "incident-correction-revoked-by-another",
            "G23.2",
            "A correction is taken back by its signer or an admin only.",
        )
        .allows("main...topic", &["never open-incident"]);
    world.revocation("ana", &correction).file();
    let admin = world
        .fourth("incident-correction-revoked", "G23.2", "One that was taken back puts nothing right.")
        .refuses("main...topic", &OPEN);
    vec![another, admin]
}

/// Lee, who answers for the path, closes by a clock that is behind, or by a date of long ago.
fn closed_early() -> Vec<Case> {
    let of = |at: &str| {
        let world = world(&policy("", LEE_ANSWERS), &people());
        let incident = world.incident("ed", B, harm(&world)).set("notedAt", json!("2025-05-20T10:00:00Z")).file();
        world.incident("lee", B, closing(&incident)).set("notedAt", json!(at)).file();
        world
    };
    vec![
        of("2025-05-20T09:55:00Z")
            .fourth("incident-closed-by-a-slow-clock", "G23.1", "Two clocks may differ by 300 seconds.")
            .allows("main...topic", &["never open-incident"]),
        of("2025-05-20T09:54:59Z")
            .fourth("incident-closed-before-it-was-opened", "G23.1", "Nobody has closed what was not open yet.")
            .refuses("main...topic", &OPEN),
    ]
}

fn closed() -> Vec<Case> {
    let accountable = "[[accountable]]\nperson = \"lee\"\ntitle = \"Counsel\"\ncontact = \"lee@example.com\"\npaths = [\"content/**\"]\n";
    let of = |entries: &str, who: &str| {
        let world = world(&policy("", entries), &people());
        let incident = open(&world, "ed");
        world.incident(who, B, closing(&incident)).file();
        world
    };
    let revoked = world(POLICY, &people());
    let incident = open(&revoked, "ed");
    revoked.revocation("eva", &incident).file();
    let another = revoked
        .second(
            "incident-revoked-by-another",
            "G23.1",
            "That it was opened is taken back by its opener or an admin only.",
        )
        .refuses("main...topic", &OPEN);
    revoked.revocation("ed", &incident).file();
    vec![
        of(accountable, "lee")
            .second("incident-closed-by-who-answers", "G23.1 P2.9", "Who answers for the path closes it.")
            .allows("main...topic", &["never open-incident"]),
        of(accountable, "ana")
            .second("incident-closed-by-another", "G23.1", "Nobody else does, an admin neither.")
            .refuses("main...topic", &OPEN),
        of("", "ana")
            .second("incident-closed-by-an-admin", "G23.1", "Where nobody answers for the path, an admin closes it.")
            .allows("main...topic", &[]),
        of("", "ed")
            .second("incident-closed-by-its-opener", "G23.1", "Who opened it does not.")
            .refuses("main...topic", &OPEN),
        another,
        revoked
            .second("incident-revoked-by-its-opener", "G23.1", "The opener may say that there was none.")
            .allows("main...topic", &[]),
    ]
}

/// A closing by Lee, who answers for the path, with such a roster and time.
fn closings() -> Vec<Case> {
    let of = |more: &str, at: &str| {
        let plain = super::world::person("lee", "human", &["legal"], "");
        let roster = people().replace(&plain, &super::world::person("lee", "human", &["legal"], more));
        let world = world(&policy("", LEE_ANSWERS), &roster);
        let incident = open(&world, "ed");
        world.incident("lee", B, closing(&incident)).set("notedAt", json!(at)).file();
        world
    };
    let off = world(&policy("", "[severity]\nA5 = \"off\"\n"), &people());
    open(&off, "ed");
    vec![
        of("retired = 2025-05-31\n", "2025-05-30T10:00:00Z")
            .second("incident-closed-before-retiring", "G23.1 G22.2", "Who retired since had closed it.")
            .allows("main...topic", &[]),
        of("retired = 2025-05-29\n", "2025-05-30T10:00:00Z")
            .second("incident-closed-after-retiring", "G23.1 G22.2", "Who had retired then had not.")
            .refuses("main...topic", &OPEN),
        of("", "2025-06-01T13:00:00Z")
            .second("incident-closed-in-the-future", "G23.1 G22.2", "A closing that is to come closes nothing yet.")
            .refuses("main...topic", &OPEN),
        off.second("incident-switched-off", "G22.7 P2.14", "A policy may leave incidents out.")
            .allows("main...topic", &["never open-incident"]),
    ]
}

fn openers() -> Vec<Case> {
    let with_key = |key: &str| {
        let keys = format!("{{ public = \"{}\", {key} }}", Key::of("lee").public());
        let plain = super::world::person("lee", "human", &["legal"], "");
        let roster = people().replace(&plain, &person_with("lee", "human", &["legal"], &keys, ""));
        let world = world(POLICY, &roster);
        open(&world, "lee");
        world
    };
    let future = world(POLICY, &people());
    future.incident("ed", B, harm(&future)).set("notedAt", json!("2025-06-01T13:00:00Z")).file();
    let stranger = world(POLICY, &people());
    open(&stranger, "mallory");
    vec![
        with_key("until = 2025-05-30")
            .second("incident-by-an-expired-key", "G23.1 G3.5", "It stays open when the key of who opened it expires.")
            .refuses("main...topic", &OPEN),
        with_key("revoked = 2025-05-31, because = \"stolen\"")
            .second("incident-by-a-revoked-key", "G23.1 G3.5", "A revoked key opens none.")
            .allows("main...topic", &[]),
        future
            .second("incident-in-the-future", "G23.1", "Nor is one open that is said to begin later.")
            .allows("main...topic", &[]),
        stranger
            .second("incident-by-a-stranger", "G23.1 R11.3", "Nor one that somebody outside the roster opened.")
            .allows("main...topic", &[]),
    ]
}

fn several() -> Vec<Case> {
    let world = world(POLICY, &people());
    let one = open(&world, "ed");
    let two = open(&world, "eva");
    world.incident("wes", B, correction(&world, &one)).file();
    let half = world
        .second("incident-one-of-two-corrected", "G23.3", "Of two incidents each needs its correction.")
        .refuses("main...topic", &OPEN);
    world.incident("wes", B, correction(&world, &two)).file();
    vec![
        half,
        world.second("incidents-both-corrected", "G23.3", "One change may correct both.").allows("main...topic", &[]),
    ]
}

/// The correction of one end of `content/a.md` lands after another change of its other end.
fn merged() -> Vec<Case> {
    const A: &str = "content/a.md";
    let world = World::new();
    world.commit("topic", "main", &[put(A, seven(&[1]))]);
    world.approve("main", "topic");
    let step = json!({ "action": "open", "severity": "low", "summary": "a wrong word" });
    let incident = world.incident("ed", A, step).file();
    let change = world.changes("main", "topic").remove(0);
    world.publish(&[put(A, seven(&[7]))]);
    world.commit_as("wes", "refs/heads/merge", &["main", "topic"], &[put(A, seven(&[1, 7]))], "merge");
    let open = world
        .second("incident-and-clean-merge", "G23.2", "A clean merge of what is no correction is none either.")
        .refuses("main..merge", &["open-incident content/a.md"]);
    let step = json!({ "action": "correct", "incident": incident.id, "change": change });
    world.incident("wes", A, step).file();
    let corrected = world
        .second(
            "incident-corrected-by-clean-merge",
            "G23.2 G13.1",
            "A correction stays one when it is merged with what the branch gained.",
        )
        .allows("main..merge", &[]);
    vec![open, corrected]
}

/// The harmful page is taken away.
fn removed() -> Vec<Case> {
    let world = World::new();
    world.commit("topic", "main", &[delete(B)]);
    world.approve("main", "topic");
    let incident = open(&world, "ed");
    let deleted = world
        .second("incident-and-deletion", "G23.2", "To delete the page is a change like any other.")
        .refuses("main...topic", &OPEN);
    world.incident("wes", B, correction(&world, &incident)).file();
    let corrected = world
        .second("incident-corrected-by-deletion", "G23.2 R8.2", "And may be the correction.")
        .allows("main...topic", &[]);
    vec![deleted, corrected]
}
