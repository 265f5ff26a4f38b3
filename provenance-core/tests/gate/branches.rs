//! Several publish branches: the authority binds, and reviews may be promoted.

use provenance_core::finding::Code;
use provenance_core::gate::Promotion;
use provenance_core::statement::{Predicate, Review};

use crate::world::{A, World, allowed, branch, refused};

/// A change that was reviewed and landed on main, now brought to release by a merge.
fn promoted() -> (World, provenance_core::id::CommitId) {
    let mut w = World::new();
    let landed = w.commit(w.root(), &[(A, "new\n")]);
    w.cover(w.root(), landed);
    w.branch = "release";
    (w, landed)
}

#[test]
fn refuses_reviews_that_name_another_branch_unless_they_are_promoted() {
    let (mut w, landed) = promoted();
    refused(&w.update(w.root(), landed), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
    w.promotions = vec![Promotion { from: branch("main"), since: w.root(), until: landed, taken: w.root() }];
    allowed(&w.update(w.root(), landed));
}

#[test]
fn a_promotion_is_judged_under_the_rules_of_its_target() {
    let (mut w, landed) = promoted();
    w.promotions = vec![Promotion { from: branch("main"), since: w.root(), until: landed, taken: w.root() }];
    w.policy =
        w.policy.replace("reviews = [{ roles = [\"editor\"] }]", "reviews = [{ roles = [\"editor\"], count = 2 }]");
    assert_ne!(w.update(w.root(), landed).verdict, provenance_core::report::Verdict::Allowed);
    w.approve("eva", w.root(), landed);
    allowed(&w.update(w.root(), landed));
}

#[test]
fn a_rejection_on_the_target_stops_a_promotion() {
    let (mut w, landed) = promoted();
    w.promotions = vec![Promotion { from: branch("main"), since: w.root(), until: landed, taken: w.root() }];
    let mut rejection = w.approval("eva", w.root(), landed);
    rejection.decision = provenance_core::statement::Decision::Reject;
    rejection.branches = vec![branch("release")];
    w.file("eva", Predicate::Review(rejection));
    assert_ne!(w.update(w.root(), landed).verdict, provenance_core::report::Verdict::Allowed);
}

#[test]
fn persons_and_keys_must_be_valid_at_the_authority_too() {
    let mut w = World::new();
    w.branch = "release";
    let head = w.commit(w.root(), &[(A, "new\n")]);
    let mut declaration = w.declaration("wes", w.root(), head);
    declaration.branches = vec![branch("release")];
    w.file("wes", Predicate::Declaration(declaration));
    let review = Review { branches: vec![branch("release")], ..w.approval("ed", w.root(), head) };
    w.file("ed", Predicate::Review(review));
    w.authority = Some((w.policy.clone(), w.people.clone()));
    allowed(&w.update(w.root(), head));
    let without = w.people.replace("[person.ed]\n", "[person.ed]\nretired = 2025-01-01\n");
    w.authority = Some((w.policy.clone(), without));
    refused(&w.update(w.root(), head), &[(Code::UnknownKey, A)]);
}

#[test]
fn the_rules_of_the_authority_bind_too() {
    let mut w = World::new();
    w.branch = "release";
    let head = w.commit(w.root(), &[(A, "new\n")]);
    let mut declaration = w.declaration("wes", w.root(), head);
    declaration.branches = vec![branch("release")];
    w.file("wes", Predicate::Declaration(declaration));
    let review = Review { branches: vec![branch("release")], ..w.approval("ed", w.root(), head) };
    w.file("ed", Predicate::Review(review));
    let stricter = w.policy.replace("checklist = [\"accuracy\"]", "checklist = [\"accuracy\", \"bias\"]");
    w.authority = Some((stricter, w.people.clone()));
    refused(&w.update(w.root(), head), &[(Code::IncompleteChecklist, A)]);
    let exempting = w.policy.replace("\"log/**\"", "\"log/**\", \"README\"");
    let log = w.commit(w.root(), &[("log/x", "x\n")]);
    w.authority = Some((exempting, w.people.clone()));
    allowed(&w.update(w.root(), log));
    w.authority = Some((w.policy.replace("\"log/**\"", "\"nothing/**\""), w.people.clone()));
    refused(&w.update(w.root(), log), &[(Code::MissingReview, "log/x")]);
}
