//! Keys and their days, people who left, clocks, and proof that a human was there.

use serde_json::json;

use super::case::Case;
use super::keys::Key;
use super::world::{POLICY, World, people, put};

const B: &str = "content/b.md";

pub(super) fn cases() -> Vec<Case> {
    [days(), leaving(), clocks(), strangers(), presence()].into_iter().flatten().collect()
}

/// A topic that Wes declared and Ed reviewed, with this in place of Ed's key in the roster.
fn with_key(more: &str) -> World {
    let key = Key::of("ed").public();
    let roster = people().replace(&format!("\"{key}\""), &format!("{{ public = \"{key}\", {more} }}"));
    with_people(&roster)
}

fn with_people(roster: &str) -> World {
    let world = World::with(POLICY, roster);
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.approve("main", "topic");
    world
}

fn days() -> Vec<Case> {
    let nobody = ["unknown-key content/b.md"];
    let case = |world: World, name, shows, errors: &[&str]| {
        let case = world.case(name, "G3.2", shows);
        if errors.is_empty() { case.allows("main...topic", &[]) } else { case.refuses("main...topic", errors) }
    };
    vec![
        case(with_key("until = 2025-05-31"), "expired-key", "A key counts to the end of its last day.", &nobody),
        case(with_key("until = 2025-06-01"), "key-on-its-last-day", "On its last day a key counts.", &[]),
        case(with_key("from = 2025-06-02"), "key-not-yet-valid", "A key does not count before its first day.", &nobody),
        case(
            with_key("from = 2025-06-01"),
            "key-on-its-first-day",
            "On its first day a key counts, whatever time the record states.",
            &[],
        ),
        case(
            with_key("revoked = 2025-06-01, because = \"stolen\""),
            "revoked-key",
            "A revoked key counts for nothing, whenever its holder says that it signed.",
            &["revoked-key content/b.md"],
        ),
        case(
            with_key("revoked = 2025-06-02, because = \"rotated\""),
            "key-revoked-tomorrow",
            "A key counts until the day from which it is revoked.",
            &[],
        ),
    ]
}

fn leaving() -> Vec<Case> {
    let retired = |day: &str| {
        let head = "[person.ed]\n";
        with_people(&people().replace(head, &format!("{head}retired = {day}\n")))
    };
    vec![
        retired("2025-05-31")
            .case("retired-reviewer", "G3.4 G7.1", "The reviews of somebody who has left do not count.")
            .refuses("main...topic", &["unknown-key content/b.md"]),
        retired("2025-06-01")
            .case("reviewer-on-the-last-day", "G3.4", "They count on the last day.")
            .allows("main...topic", &[]),
    ]
}

fn clocks() -> Vec<Case> {
    let at = |time: &str| {
        let world = World::new();
        world.commit("topic", "main", &[put(B, "B\n")]);
        world.declaration("wes", "main", "topic").file();
        world.review("ed", "main", "topic").set("reviewedAt", json!(time)).file();
        world
    };
    vec![
        at("2025-06-01T12:05:01Z")
            .case("time-in-the-future", "G3.3", "A time more than 300 seconds ahead of the clock is refused.")
            .refuses("main...topic", &["future-timestamp content/b.md"]),
        at("2025-06-01T12:05:00Z")
            .case("clock-a-little-ahead", "G3.3", "300 seconds are borne with.")
            .allows("main...topic", &[]),
        at("1999-01-01T00:00:00Z")
            .case("time-long-ago", "G3.3", "A stated time decides nothing else.")
            .allows("main...topic", &[]),
    ]
}

fn strangers() -> Vec<Case> {
    let declared = || {
        let world = World::new();
        world.commit("topic", "main", &[put(B, "B\n")]);
        world.declaration("wes", "main", "topic").file();
        world
    };
    let (stranger, mask, other) = (declared(), declared(), declared());
    stranger.review("eve", "main", "topic").file();
    mask.review("ed", "main", "topic").by(Key::of("eve")).file();
    other.review("ed", "main", "topic").by(Key::of("wes")).file();
    let missing = ["missing-review content/b.md"];
    vec![
        stranger
            .case("review-by-stranger", "R11.3", "A review by a key that is nobody's is none.")
            .refuses("main...topic", &missing),
        mask.case("stranger-names-editor", "R11.3", "Nor is one that names an editor.")
            .refuses("main...topic", &missing),
        other
            .case(
                "key-of-another-person",
                "G3.1",
                "A record that names one person and is signed with another's key counts for nothing.",
            )
            .refuses("main...topic", &["unknown-key content/b.md"]),
    ]
}

fn presence() -> Vec<Case> {
    let desk = |asked: &str, flags: Option<u8>, ceremony: &str| {
        let policy = POLICY
            .replace("checklist = [\"accuracy\"]", &format!("checklist = [\"accuracy\"]\npresence = \"{asked}\""));
        let own = format!("\"{}\"", Key::of("ed").public());
        let both = format!("{own}, \"{}\"", Key::device("ed-device", 1).public());
        let world = World::with(&policy, &people().replace(&own, &both));
        world.commit("topic", "main", &[put(B, "B\n")]);
        world.declaration("wes", "main", "topic").file();
        let review = world.review("ed", "main", "topic").set("ceremony", json!(ceremony));
        if let Some(flags) = flags { review.by(Key::device("ed-device", flags)) } else { review }.file();
        world
    };
    let no = ["presence-required content/b.md"];
    let refused = |world: World, name, shows| world.case(name, "G7.2 R7.7", shows).refuses("main...topic", &no);
    let allowed = |world: World, name, shows| world.case(name, "G7.2 R7.7", shows).allows("main...topic", &[]);
    vec![
        refused(
            desk("touch", None, "terminal"),
            "touch-asked-of-a-file",
            "A key in a file proves no touch, whatever the record says.",
        ),
        refused(desk("touch", Some(0), "terminal"), "touch-not-given", "A device that was not touched proves none."),
        allowed(desk("touch", Some(1), "options"), "touch-given", "The flags of the signature prove a touch."),
        refused(desk("pin", Some(1), "options"), "pin-not-given", "A touch is less than a PIN."),
        allowed(desk("pin", Some(5), "options"), "pin-given", "The flags of the signature prove a PIN."),
        allowed(desk("touch", Some(5), "options"), "pin-is-a-touch", "A PIN is more than a touch."),
        refused(
            desk("terminal", None, "options"),
            "terminal-asked",
            "Options of a command are no ceremony on a terminal.",
        ),
        allowed(desk("terminal", None, "terminal"), "terminal-said", "For a terminal the record's word is taken."),
    ]
}
