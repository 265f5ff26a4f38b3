//! Where a line stands: fan-out, pointers, wrong notes, a ledger that is not all there.

use serde_json::json;

use super::case::Case;
use super::hostile::missing;
use super::world::{LEDGER, World, put};

const B: &str = "content/b.md";

pub(super) fn cases() -> Vec<Case> {
    [fan_out(), misfiled(), pointers(), lost()].into_iter().flatten().collect()
}

fn declared() -> World {
    let world = World::new();
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.declaration("wes", "main", "topic").file();
    world
}

fn fanned(id: &str, pairs: usize) -> String {
    let (mut place, mut rest) = (String::new(), id);
    for _ in 0..pairs {
        place += &format!("{}/", &rest[..2]);
        rest = &rest[2..];
    }
    place + rest
}

fn fan_out() -> Vec<Case> {
    let world = declared();
    let review = world.review("ed", "main", "topic");
    let (line, id) = (review.seal(&review.payload()), world.repo.rev("topic:content/b.md"));
    world.file(&fanned(&id, 1), &line);
    let one = world
        .case(
            "review-at-another-fan-out",
            "R10.5",
            "The note of an object may stand in two places; its lines are the union.",
        )
        .allows("main...topic", &[]);
    let no = world.review("eva", "main", "topic").reject();
    world.file(&fanned(&id, 2), no.seal(&no.payload()));
    let two = world
        .case("rejection-at-another-fan-out", "R10.5", "A rejection in the second place counts as well.")
        .refuses("main...topic", &["rejected content/b.md"]);
    vec![one, two]
}

fn misfiled() -> Vec<Case> {
    let world = declared();
    let review = world.review("ed", "main", "topic");
    let line = review.seal(&review.payload());
    for place in [world.repo.rev("topic"), world.repo.rev("main:content/a.md"), "b.md".to_owned(), "zz/zz".to_owned()] {
        world.file(&place, &line);
    }
    let wrong = world
        .case("review-in-other-notes", "G4.1 R10.3", "A review that stands in notes of other objects is not found.")
        .refuses("main...topic", &["missing-review content/b.md"]);
    let ends = declared();
    let review = ends.review("ed", "main", "topic");
    ends.file(&ends.repo.rev("main:content/b.md"), review.seal(&review.payload()));
    let before = ends
        .case("review-at-one-end", "G4.1", "A review that only the note of the entry before has is found.")
        .allows("main...topic", &[]);
    vec![wrong, before]
}

fn pointers() -> Vec<Case> {
    let world = declared();
    let review = world.review("ed", "main", "topic");
    let line = review.seal(&review.payload());
    let blob = world.repo.git_with(&["hash-object", "--stdin"], format!("{line}\n"));
    world.file(&blob, &line);
    world.file(&world.repo.rev("topic:content/b.md"), format!("{{\"envelope\":\"{blob}\"}}"));
    let followed = world
        .case("pointer-to-a-review", "R10.7", "A pointer is worth the line that it leads to.")
        .allows("main...topic", &[]);
    let nowhere = "1".repeat(40);
    world.file(&world.repo.rev("topic:content/b.md"), format!("{{\"envelope\":\"{nowhere}\"}}"));
    let dangling = world
        .case("dangling-pointer", "G4.4", "A pointer that leads nowhere may hide a rejection: nothing is decided.")
        .undecided("main...topic", &["dangling-pointer content/b.md"]);
    let lost = json!({ "revokedAt": "2025-05-31T10:00:00Z", "envelope": nowhere, "because": "lost for good" });
    world.draft("revocation", "ed", lost.clone()).file();
    let editor = world
        .case("dangling-pointer-revoked-by-editor", "G4.4", "Only an admin settles it.")
        .undecided("main...topic", &["dangling-pointer content/b.md"]);
    world.draft("revocation", "ana", lost).file();
    let admin = world
        .case(
            "dangling-pointer-revoked-by-admin",
            "G4.4",
            "Once an admin has revoked the id, the pointer is passed over.",
        )
        .allows("main...topic", &[]);
    vec![followed, dangling, editor, admin]
}

fn lost() -> Vec<Case> {
    let world = declared();
    world.review("ed", "main", "topic").file();
    world.write_ledger();
    let tree = world.repo.rev(&format!("{LEDGER}^{{tree}}"));
    let note = world.repo.rev(&format!("{LEDGER}:{}", world.repo.rev("topic:content/b.md")));
    vec![
        world
            .case("ledger-tree-missing", "G18.2", "A ledger whose tree is missing leaves the gate undecided.")
            .setup(&missing(&[&tree]))
            .undecided("main...topic", &["undecided-object"]),
        world
            .case("note-missing", "G18.2", "A note that is missing may hide a rejection: nothing is decided.")
            .setup(&missing(&[&note]))
            .undecided("main...topic", &["undecided-object"]),
    ]
}
