//! Limits: up to them everything is judged, beyond them less is approved and never more.

use provenance_core::finding::Code;
use provenance_core::id::CommitId;
use provenance_core::statement::{Predicate, Review, Scope, SignedBy};

use crate::world::{A, B, World, allowed, refused, undecided};

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
    let mut w = World::new();
    let head = w.commit(w.root(), &[("README", "new\n")]);
    w.cover(w.root(), head);
    // What leads nowhere is read only where it is less than what leads here.
    let more = |w: &mut World, n: usize| {
        let (there, from) = (format!("to {n}\n"), format!("from {n}\n"));
        let (there, from) = (w.commit(w.root(), &[("README", &there)]), w.commit(w.root(), &[("README", &from)]));
        w.declare("wes", w.root(), there);
        w.declare("wes", from, head);
    };
    // Both ends of the change are versions too.
    (2..4096).for_each(|n| more(&mut w, n));
    allowed(&w.update(w.root(), head));
    more(&mut w, 4096);
    undecided(&w.update(w.root(), head), Code::UndecidedObject);
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

/// A review of an hour ago, and so many of today in which the same person answers nothing.
fn worse_later(w: &mut World, who: &str, sound: Review, worse: usize) {
    for n in 0..worse {
        let open = Review { answers: Vec::new(), comment: Some(n.to_string()), ..sound.clone() };
        w.file(who, Predicate::Review(open));
    }
    let hour_ago = Review { reviewed_at: w.time().plus_seconds(-3600), ..sound };
    w.file(who, Predicate::Review(hour_ago));
}

#[test]
fn the_newest_16_reviews_of_one_person_are_tried_for_a_change() {
    let with = |worse: usize| {
        let mut w = World::new();
        let head = w.commit(w.root(), &[(B, "new\n")]);
        w.declare("wes", w.root(), head);
        let sound = w.approval("ed", w.root(), head);
        worse_later(&mut w, "ed", sound, worse);
        w.update(w.root(), head)
    };
    allowed(&with(15));
    refused(&with(16), &[(Code::IncompleteChecklist, B)]);
}

#[test]
fn reviews_of_others_and_in_anothers_name_leave_ones_own_among_the_newest() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.declare("wes", w.root(), head);
    let (sound, evas) = (w.approval("ed", w.root(), head), w.approval("eva", w.root(), head));
    worse_later(&mut w, "eva", evas.clone(), 40);
    for n in 0..40 {
        let in_eds_name = SignedBy { person: sound.signer.person.clone(), ..evas.signer.clone() };
        let forged = Review { signer: in_eds_name, comment: Some(n.to_string()), ..sound.clone() };
        w.file("eva", Predicate::Review(forged));
    }
    worse_later(&mut w, "ed", sound, 15);
    allowed(&w.update(w.root(), head));
}

#[test]
fn the_newest_16_reviews_that_amend_one_are_tried() {
    let with = |others: usize| {
        let mut w = World::new();
        let set = w.commit(w.root(), &[(A, "a2\n"), (B, "b2\n")]);
        let landed = w.commit(w.root(), &[(A, "a2\n"), (B, "b3\n")]);
        w.declare("wes", w.root(), landed);
        let first = w.approve("ed", w.root(), set);
        let amending = |w: &World, to| Review {
            amends: vec![first],
            scope: Scope::Each,
            changes: w.changes(w.root(), to),
            ..w.approval("ed", w.root(), to)
        };
        let only = w.commit(w.root(), &[(B, "b3\n")]);
        let hour_ago = w.time().plus_seconds(-3600);
        let sound = Review { reviewed_at: hour_ago, ..amending(&w, only) };
        w.file("ed", Predicate::Review(sound));
        for n in 0..others {
            let other = w.commit(w.root(), &[(B, &format!("other {n}\n"))]);
            let other = amending(&w, other);
            w.file("ed", Predicate::Review(other));
        }
        w.update(w.root(), landed)
    };
    allowed(&with(15));
    refused(&with(16), &[(Code::PartialChangeSet, A)]);
}
