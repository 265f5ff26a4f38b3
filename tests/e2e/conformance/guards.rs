//! What a server's hook lets into the ledger (G20.5 to G20.7).

use serde_json::json;

use super::case::Case;
use super::hooks::{landed, with_eve};
use super::pushes::{PROPOSED, Server};
use super::world::{LEDGER, MAIN, POLICY, World, put};

const B: &str = "content/b.md";

pub(super) fn cases() -> Vec<Case> {
    [sound(), unsound(), large(), lost(), rosters(), released()].into_iter().flatten().collect()
}

/// A server with a reviewed topic whose ledger it has.
fn world() -> (World, Server) {
    let world = landed(POLICY);
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.approve("main", "topic");
    let server = world.server();
    (world, server)
}

/// The proposed ledger has more; it is declined with these errors.
fn declined(more: impl Fn(&World, &str), name: &'static str, shows: &str, errors: &[&str]) -> Case {
    let (world, server) = world();
    more(&world, &world.repo.rev("topic:content/b.md"));
    world.propose_ledger();
    world.second(name, "G20.6", shows).push(&server, &[(PROPOSED, LEDGER)], 1, errors)
}

fn rejection(world: &World) -> String {
    let draft = world.review("ed", "main", "topic").reject().set("head", json!(world.repo.rev("topic")));
    draft.seal(&draft.payload())
}

fn ends(world: &World) -> [String; 2] {
    ["main:content/b.md", "topic:content/b.md"].map(|name| world.repo.rev(name))
}

/// The proposed ledger has more; it is taken.
fn accepted(more: impl Fn(&World), name: &'static str, clauses: &str, shows: &str) -> Case {
    let (world, server) = world();
    more(&world);
    world.propose_ledger();
    world.second(name, clauses, shows).accepts(&server, &[(PROPOSED, LEDGER)])
}

fn sound() -> Vec<Case> {
    let whole = |world: &World| {
        ends(world).iter().for_each(|place| world.file(place, rejection(world)));
        world.file(&world.repo.rev("topic"), rejection(world));
    };
    let revoked = |world: &World| {
        let record = world.review("eva", "main", "topic").file();
        world.revocation("eva", &record).file();
    };
    let accepted_document = |world: &World| drop(world.acceptance("wes", "terms", "main:content/a.md").file());
    vec![
        accepted(
            whole,
            "ledger-with-more-records",
            "G20.6",
            "Each new line stands under everything that it names; the head may have a review too.",
        ),
        accepted(
            revoked,
            "ledger-with-a-revocation",
            "G20.6 R10.4",
            "A revocation stands under the line that it revokes.",
        ),
        accepted(
            accepted_document,
            "ledger-with-an-acceptance",
            "G20.6 R10.11",
            "What is about a person stands under the person's topic.",
        ),
    ]
}

fn unsound() -> Vec<Case> {
    let (world, server) = self::world();
    world.file(&world.repo.rev("topic:content/b.md"), format!("{{\"envelope\":\"{}\"}}", "1".repeat(40)));
    world.propose_ledger();
    let dangling = world
        .second("ledger-with-a-dangling-pointer", "G20.6 G18.1", "Nor a pointer to what is not there.")
        .push(&server, &[(PROPOSED, LEDGER)], 3, &["dangling-pointer"]);
    let malformed = ["malformed-record"];
    let stranger = |world: &World, _: &str| drop(world.review("mallory", "main", "topic").file());
    let misfiled = |world: &World, _: &str| {
        ends(world).iter().for_each(|place| world.file(place, rejection(world)));
        world.file(&world.repo.rev("main:content/a.md"), rejection(world));
    };
    let document = |world: &World, _: &str| {
        let draft = world.acceptance("wes", "terms", "main:content/a.md");
        world.file(&world.repo.rev("main:content/a.md"), draft.seal(&draft.payload()));
    };
    vec![
        declined(
            |world, place| world.file(place, "not a record"),
            "ledger-with-debris",
            "What is no envelope is not let in.",
            &malformed,
        ),
        declined(stranger, "ledger-with-a-strangers-record", "Nor is a record by nobody's key.", &["unknown-key"]),
        declined(
            misfiled,
            "ledger-with-a-misfiled-record",
            "Nor one that stands in a note that it does not name.",
            &malformed,
        ),
        declined(
            |world, place| world.file(place, rejection(world)),
            "ledger-with-a-record-half-filed",
            "Nor one that does not stand under everything it names.",
            &malformed,
        ),
        declined(
            document,
            "ledger-with-an-acceptance-at-the-document",
            "Nor an acceptance under its document.",
            &malformed,
        ),
        dangling,
        declined(
            |world, _| world.file("README", "hello"),
            "ledger-with-another-file",
            "Nor a file that is no note.",
            &malformed,
        ),
    ]
}

/// Ed's rejection with a comment of so many bytes, under its own id and behind pointers, or whole where it belongs.
fn large() -> Vec<Case> {
    let of = |bytes: usize, whole: bool| {
        move |world: &World| {
            let draft = world.review("ed", "main", "topic").reject().set("comment", json!("x".repeat(bytes)));
            let line = draft.seal(&draft.payload());
            let blob = world.repo.git_with(&["hash-object", "--stdin"], format!("{line}\n"));
            if !whole {
                world.file(&blob, &line);
            }
            let filed = if whole { line } else { format!("{{\"envelope\":\"{blob}\"}}") };
            ends(world).iter().for_each(|place| world.file(place, &filed));
        }
    };
    let malformed = ["malformed-record"];
    vec![
        accepted(
            of(20_000, false),
            "ledger-with-a-large-record",
            "G20.6 R10.6",
            "A line of more than 16,384 bytes stands once, and pointers to it where it belongs.",
        ),
        declined(
            |world, _| of(20_000, true)(world),
            "ledger-with-a-large-record-whole",
            "It is not copied into every note.",
            &malformed,
        ),
        declined(
            |world, _| of(100, false)(world),
            "ledger-with-a-small-record-behind-pointers",
            "A shorter one stands where it belongs itself.",
            &malformed,
        ),
    ]
}

fn lost() -> Vec<Case> {
    let (world, server) = world();
    let place = world.repo.rev("topic:content/b.md");
    let lines = world.ledger.borrow_mut().remove(&place).expect("it has records");
    world.propose_ledger();
    let rewound = ["ledger-rewound"];
    let note = world
        .second("ledger-that-loses-a-note", "G20.6", "No record is lost from one ledger to the next.")
        .push(&server, &[(PROPOSED, LEDGER)], 1, &rewound);
    let branch = world
        .second(
            "branch-with-a-ledger-that-loses-a-note",
            "G20.5",
            "The present ledger counts for the branch, and the push is refused for its own.",
        )
        .push(&server, &[("topic", MAIN), (PROPOSED, LEDGER)], 1, &rewound);
    let rest = lines.iter().skip(1).cloned().collect();
    world.ledger.borrow_mut().insert(place.clone(), rest);
    world.propose_ledger();
    let line = world.second("ledger-that-loses-a-line", "G20.6", "Nor is one line of a note.").push(
        &server,
        &[(PROPOSED, LEDGER)],
        1,
        &rewound,
    );
    world.ledger.borrow_mut().insert(place, lines);
    world.review("eva", "main", "topic").file();
    world.write_notes(PROPOSED, None);
    let unrelated = world
        .second(
            "ledger-of-another-history",
            "G20.5",
            "A ledger that does not contain the present one is not its successor, whatever it holds.",
        )
        .push(&server, &[(PROPOSED, LEDGER)], 1, &rewound);
    vec![note, line, branch, unrelated]
}

/// Only the roster at release has Eve.
fn released() -> Vec<Case> {
    let world = landed(&POLICY.replace("/main\"]", "/main\", \"refs/heads/release\"]"));
    world.commit("release", "main", &[put(".provenance/people.toml", with_eve())]);
    world.write_ledger();
    let server = world.server();
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.review("eve", "main", "topic").file();
    world.propose_ledger();
    let known = world
        .second("ledger-and-the-roster-of-a-release", "G20.7", "The rosters at the tips of all publish refs count.")
        .accepts(&server, &[(PROPOSED, LEDGER)]);
    let unheard = world
        .second("ledger-and-a-roster-elsewhere-for-main", "G20.7 G1.7", "Being in the ledger fills no seat on main.")
        .push(
            &server,
            &[("topic", MAIN), (PROPOSED, LEDGER)],
            1,
            &["missing-review content/b.md", "missing-declaration content/b.md"],
        );
    vec![known, unheard]
}

/// Eve comes with a roster: of main, or of a ref that is not published.
fn rosters() -> Vec<Case> {
    let world = landed(POLICY);
    world.write_ledger();
    let server = world.server();
    world.commit("roster", "main", &[put(".provenance/people.toml", with_eve())]);
    world.declaration("wes", "main", "roster").file();
    world.review("ana", "main", "roster").file();
    world.commit("draft", "roster", &[put(B, "B\n")]);
    world.review("eve", "roster", "draft").set("scope", json!("each")).file();
    world.propose_ledger();
    vec![
        world
            .second(
                "ledger-and-the-roster-it-needs",
                "G20.7",
                "A roster that this push publishes counts for its ledger.",
            )
            .accepts(&server, &[("roster", MAIN), (PROPOSED, LEDGER)]),
        world.second("ledger-and-a-roster-of-a-draft", "G20.7", "The roster of another ref vouches for nobody.").push(
            &server,
            &[("roster", "refs/heads/roster"), (PROPOSED, LEDGER)],
            1,
            &["unknown-key"],
        ),
    ]
}
