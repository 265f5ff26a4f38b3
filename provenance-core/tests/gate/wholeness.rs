//! Wholeness: whether the other changes of a reviewed set land too.

use provenance_core::finding::Code;
use provenance_core::statement::{Predicate, Review, Scope};

use crate::world::{A, B, World, allowed, refused};

#[test]
fn refuses_half_of_a_set() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "a2\n"), (B, "b2\n")]);
    w.cover(w.root(), head);
    allowed(&w.update(w.root(), head));
    let half = w.commit(w.root(), &[(A, "a2\n")]);
    refused(&w.update(w.root(), half), &[(Code::PartialChangeSet, A)]);
}

#[test]
fn accepts_half_of_a_set_that_was_approved_separately() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "a2\n"), (B, "b2\n")]);
    w.declare("wes", w.root(), head);
    let review = Review { scope: Scope::Each, ..w.approval("ed", w.root(), head) };
    w.file("ed", Predicate::Review(review));
    let half = w.commit(w.root(), &[(A, "a2\n")]);
    allowed(&w.update(w.root(), half));
}

#[test]
fn accepts_a_set_whose_other_half_has_landed_and_moved_on() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "a2\n"), (B, "b2\n")]);
    w.declare("wes", w.root(), head);
    w.approve("ed", w.root(), head);
    let later = w.commit(head, &[(B, "b3\n")]);
    w.declare("wes", head, later);
    let review = Review { base: w.root(), ..w.approval("ed", head, later) };
    w.file("ed", Predicate::Review(review));
    allowed(&w.update(w.root(), later));
}

#[test]
fn refuses_a_set_whose_other_half_moved_on_by_nobodys_approval() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "a2\n"), ("log/x", "x\n")]);
    w.cover(w.root(), head);
    let other = w.commit(w.root(), &[(A, "a2\n"), ("log/x", "y\n")]);
    refused(&w.update(w.root(), other), &[(Code::PartialChangeSet, A)]);
}

#[test]
fn refuses_a_set_whose_other_half_is_undone_by_a_review_of_the_future() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "a2\n"), (B, "b2\n")]);
    w.cover(w.root(), head);
    let undone = w.commit(head, &[(B, "b\n")]);
    w.cover(head, undone);
    let half = w.commit(w.root(), &[(A, "a2\n")]);
    refused(&w.update(w.root(), half), &[(Code::PartialChangeSet, A)]);
    // Once both have landed, the set has.
    allowed(&w.update(head, undone));
}

#[test]
fn refuses_a_set_whose_other_half_was_approved_the_other_way_long_ago() {
    let mut w = World::new();
    let there = w.commit(w.root(), &[(B, "there\n")]);
    w.cover(w.root(), there);
    allowed(&w.update(w.root(), there));
    let back = w.commit(there, &[(A, "a2\n"), (B, "b\n")]);
    w.cover(there, back);
    allowed(&w.update(there, back));
    // b → there was approved and has landed: it does not say that the way back has.
    let half = w.commit(there, &[(A, "a2\n")]);
    refused(&w.update(there, half), &[(Code::PartialChangeSet, A)]);
    // Approved anew, together with the change it takes back, it does.
    let review = Review { base: there, ..w.approval("ed", back, half) };
    w.file("ed", Predicate::Review(review));
    allowed(&w.update(there, half));
}

#[test]
fn accepts_a_set_that_a_later_review_amends() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "a2\n"), (B, "b2\n")]);
    w.declare("wes", w.root(), head);
    let first = w.approve("ed", w.root(), head);
    let other = w.commit(w.root(), &[(B, "b3\n")]);
    w.declare("wes", w.root(), other);
    let landed = w.commit(w.root(), &[(A, "a2\n"), (B, "b3\n")]);
    w.approve("eva", w.root(), other);
    refused(&w.update(w.root(), landed), &[(Code::PartialChangeSet, A)]);
    let amending = Review { amends: vec![first], ..w.approval("ed", w.root(), other) };
    let amending = w.file("ed", Predicate::Review(amending));
    allowed(&w.update(w.root(), landed));
    // What it says instead must land, and stand.
    let half = w.commit(w.root(), &[(A, "a2\n")]);
    refused(&w.update(w.root(), half), &[(Code::PartialChangeSet, A)]);
    w.revoke("ed", amending);
    refused(&w.update(w.root(), landed), &[(Code::PartialChangeSet, A)]);
}

#[test]
fn nobody_elses_review_amends_a_set() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "a2\n"), (B, "b2\n")]);
    w.declare("wes", w.root(), head);
    let first = w.approve("ed", w.root(), head);
    let other = w.commit(w.root(), &[(B, "b3\n")]);
    w.declare("wes", w.root(), other);
    let amending = Review { amends: vec![first], ..w.approval("eva", w.root(), other) };
    w.file("eva", Predicate::Review(amending));
    let landed = w.commit(w.root(), &[(A, "a2\n"), (B, "b3\n")]);
    refused(&w.update(w.root(), landed), &[(Code::PartialChangeSet, A)]);
}

#[test]
fn accepts_a_set_whose_other_change_would_merge_without_effect() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "ONE\n2\n3\n4\n5\n6\n7\n"), (B, "b2\n")]);
    w.cover(w.root(), head);
    // Somebody else landed the same first line, with more.
    let meanwhile = w.commit(w.root(), &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n")]);
    let landed = w.commit(meanwhile, &[(B, "b2\n")]);
    allowed(&w.update(meanwhile, landed));
}

#[test]
fn refuses_a_set_whose_other_change_would_merge_with_effect_or_into_another_mode() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "ONE\n2\n3\n4\n5\n6\n7\n"), (B, "b2\n")]);
    w.cover(w.root(), head);
    let without = w.commit(w.root(), &[(A, "1\n2\n3\n4\n5\n6\nSEVEN\n")]);
    let landed = w.commit(without, &[(B, "b2\n")]);
    refused(&w.update(without, landed), &[(Code::PartialChangeSet, B)]);
    let with = w.commit(w.root(), &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n")]);
    let executable = w.chmod(with, A, provenance_core::entry::Mode::Executable);
    let landed = w.commit(executable, &[(B, "b2\n")]);
    refused(&w.update(executable, landed), &[(Code::PartialChangeSet, B)]);
}
