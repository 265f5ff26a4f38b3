//! Junk beside honest records: it hides nothing and costs little.

use provenance_core::finding::Code;
use provenance_core::id::CommitId;
use provenance_core::key::Signer;
use provenance_core::statement::{Predicate, Review};

use crate::world::{A, B, World, allowed, key, refused};

/// Somebody signs approvals that lead from one version to another by many detours.
fn detours(w: &mut World, who: &str, from: CommitId, to: CommitId, count: usize) {
    for number in 0..count {
        let detour = w.commit(from, &[(A, &format!("detour {number}\n"))]);
        w.approve(who, from, detour);
        w.approve(who, detour, to);
    }
}

#[test]
fn detours_by_those_who_cannot_review_hide_no_honest_chain() {
    let mut w = World::new();
    let middle = w.commit(w.root(), &[(A, "middle\n")]);
    let head = w.commit(middle, &[(A, "head\n")]);
    w.cover(w.root(), middle);
    w.declare("wes", middle, head);
    let stacked = Review { base: w.root(), ..w.approval("ed", middle, head) };
    w.file("ed", Predicate::Review(stacked));
    // An agent, a writer without the role, and a key that is revoked.
    let public = key("eva").public_key().to_string();
    let root = w.root();
    for who in ["bot", "wes", "eva"] {
        detours(&mut w, who, root, head, 70);
    }
    w.people = w.people.replace(
        &format!("\"{public}\""),
        &format!("{{ public = \"{public}\", revoked = 2025-01-01, because = \"stolen\" }}"),
    );
    let squashed = w.commit(w.root(), &[(A, "head\n")]);
    allowed(&w.update(w.root(), squashed));
}

#[test]
fn a_long_line_of_declarations_is_read_to_its_end() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "head\n")]);
    w.cover(w.root(), head);
    let mut from = head;
    for number in 0..300 {
        let to = w.commit(from, &[(A, &format!("version {number}\n"))]);
        let declaration = w.declaration("wes", from, to);
        w.file("wes", Predicate::Declaration(declaration));
        from = to;
    }
    allowed(&w.update(w.root(), head));
}

/// Eva signs reviews that leave the checklist open, from each of some versions to each other and on to one.
fn maze(w: &mut World, to: CommitId, versions: usize) {
    let root = w.root();
    let through: Vec<CommitId> = (0..versions).map(|n| w.commit(root, &[(B, &format!("{n}\n"))])).collect();
    for from in through.iter().chain([&root]) {
        for onward in through.iter().chain([&to]).filter(|onward| *onward != from) {
            let open = Review { answers: Vec::new(), base: root, ..w.approval("eva", *from, *onward) };
            w.file("eva", Predicate::Review(open));
        }
    }
}

#[test]
fn a_maze_of_approvals_approves_nothing_and_hides_no_honest_one() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.declare("wes", w.root(), head);
    let root = w.root();
    maze(&mut w, head, 8);
    refused(&w.update(root, head), &[(Code::IncompleteChecklist, B)]);
    w.approve("ed", root, head);
    allowed(&w.update(root, head));
}
