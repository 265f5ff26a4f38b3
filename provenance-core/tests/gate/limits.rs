//! Limits: up to them everything is judged, beyond them less is approved and never more.

use provenance_core::finding::{Code, Finding};
use provenance_core::id::{CommitId, ObjectId};
use provenance_core::key::Signer as _;
use provenance_core::statement::{Predicate, Review};

use crate::world::{A, B, World, allowed, key, refused, undecided};

/// From one state to another, so many ways in two steps that nobody may take, since their reviews leave
/// the checklist open, and one sound way in three.
fn detours(w: &mut World, name: &str, from: CommitId, to: CommitId, bad: usize) {
    let review = |w: &mut World, from, to, sound: bool| {
        let mut review = Review { base: w.root(), ..w.approval("ed", from, to) };
        if !sound {
            review.answers.clear();
        }
        w.file("ed", Predicate::Review(review));
    };
    for n in 0..bad {
        let through = w.commit(from, &[(name, &format!("through {n}\n"))]);
        review(w, from, through, false);
        review(w, through, to, false);
    }
    let first = w.commit(from, &[(name, "sound 1\n")]);
    let second = w.commit(from, &[(name, "sound 2\n")]);
    for (from, to) in [(from, first), (first, second), (second, to)] {
        review(w, from, to, true);
    }
}

#[test]
fn the_shortest_64_chains_are_tried() {
    let with = |bad: usize| {
        let mut w = World::new();
        let head = w.commit(w.root(), &[(B, "new\n")]);
        w.declare("wes", w.root(), head);
        let root = w.root();
        detours(&mut w, B, root, head, bad);
        w.update(w.root(), head)
    };
    allowed(&with(63));
    refused(&with(64), &[(Code::IncompleteChecklist, B)]);
}

#[test]
fn four_chains_are_tried_from_a_change_to_what_became_of_it() {
    let with = |bad: usize| {
        let mut w = World::new();
        let set = w.commit(w.root(), &[(A, "a2\n"), (B, "b2\n")]);
        w.declare("wes", w.root(), set);
        w.approve("ed", w.root(), set);
        let alone = w.commit(w.root(), &[(B, "b2\n")]);
        let moved_on = w.commit(w.root(), &[(B, "b9\n")]);
        w.declare("wes", alone, moved_on);
        detours(&mut w, B, alone, moved_on, bad);
        let landed = w.commit(w.root(), &[(A, "a2\n"), (B, "b9\n")]);
        w.update(w.root(), landed)
    };
    allowed(&with(3));
    refused(&with(4), &[(Code::PartialChangeSet, A)]);
}

#[test]
fn sixteen_chains_are_tried_in_a_part_of_a_derivation() {
    let with = |bad: usize| {
        let mut w = World::new();
        let topic = w.commit(w.root(), &[(A, "ONE\n2\n3\n4\n5\n6\n7\n")]);
        w.declare("wes", w.root(), topic);
        let root = w.root();
        detours(&mut w, A, root, topic, bad);
        let meanwhile = w.commit(w.root(), &[(A, "1\n2\n3\n4\n5\n6\nSEVEN\n")]);
        w.cover(w.root(), meanwhile);
        let merged = w.merge(&[meanwhile, topic], &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n")]);
        w.update(meanwhile, merged)
    };
    allowed(&with(15));
    refused(&with(16), &[(Code::IncompleteChecklist, A)]);
}

#[test]
fn more_than_4096_versions_of_a_path_are_not_read() {
    let with = |versions: usize| {
        let mut w = World::new();
        let head = w.commit(w.root(), &[("README", "new\n")]);
        w.cover(w.root(), head);
        // Both ends of the change are versions too.
        for n in 2..versions {
            let other = w.commit(w.root(), &[("README", &format!("{n}\n"))]);
            w.declare("wes", w.root(), other);
        }
        w.update(w.root(), head)
    };
    allowed(&with(4096));
    undecided(&with(4097), Code::UndecidedObject);
}

#[test]
fn more_than_8192_records_of_a_path_are_not_read() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[("README", "new\n")]);
    w.cover(w.root(), head);
    let approval = w.approval("eva", w.root(), head);
    let places: Vec<ObjectId> = approval.changes[0].ends().map(|entry| entry.id()).collect();
    // With the declaration and the approval that are there.
    for n in 0..8191 {
        let another = Review { comment: Some(n.to_string()), ..approval.clone() };
        let (line, _) = World::line("eva", Predicate::Review(another));
        places.iter().for_each(|place| w.notes.entry(*place).or_default().push(line.clone()));
    }
    let report = w.update(w.root(), head);
    undecided(&report, Code::UndecidedObject);
    let said = |finding: &Finding| finding.message.ends_with("8191 of those read are signed by eva");
    assert!(report.findings.iter().any(said), "{:?}", report.findings);
    // What is signed by a key that was revoked is not counted.
    let (sound, public) = (w.people.clone(), key("eva").public_key().to_string());
    let revoked = format!("{{ public = \"{public}\", revoked = 2025-01-01, because = \"stolen\" }}");
    w.people = w.people.replace(&format!("\"{public}\""), &revoked);
    allowed(&w.update(w.root(), head));
    w.people = sound;
    places.iter().for_each(|place| drop(w.notes.get_mut(place).unwrap().pop()));
    allowed(&w.update(w.root(), head));
}

#[test]
fn what_became_of_a_path_later_is_no_part_of_its_book() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[("README", "new\n")]);
    w.cover(w.root(), head);
    let mut last = head;
    for n in 0..4096 {
        let next = w.commit(last, &[("README", &format!("{n}\n"))]);
        w.declare("wes", last, next);
        last = next;
    }
    allowed(&w.update(w.root(), head));
}
