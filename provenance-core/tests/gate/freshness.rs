//! Freshness: whether the branch left the path alone since the review's base.

use provenance_core::finding::Code;
use provenance_core::statement::{Predicate, Review};

use crate::world::{A, B, World, allowed, refused};

#[test]
fn refuses_a_replay_after_a_revert() {
    let mut w = World::new();
    let bad = w.commit(w.root(), &[(B, "bad\n")]);
    w.cover(w.root(), bad);
    allowed(&w.update(w.root(), bad));
    let reverted = w.commit(bad, &[(B, "b\n")]);
    w.cover(bad, reverted);
    allowed(&w.update(bad, reverted));
    let replayed = w.commit(reverted, &[(B, "bad\n")]);
    refused(&w.update(reverted, replayed), &[(Code::StaleReview, B)]);
    w.approve("eva", reverted, replayed);
    allowed(&w.update(reverted, replayed));
}

#[test]
fn accepts_other_steps_between_base_and_landing() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.cover(w.root(), head);
    let meanwhile = w.commit(w.root(), &[(A, "other\n")]);
    let landed = w.commit(meanwhile, &[(B, "new\n")]);
    allowed(&w.update(meanwhile, landed));
}

#[test]
fn accepts_a_step_that_moved_the_path_along_the_same_chain() {
    let mut w = World::new();
    let first = w.commit(w.root(), &[(B, "two\n")]);
    let second = w.commit(first, &[(B, "three\n")]);
    w.cover(w.root(), first);
    let review = Review { base: w.root(), ..w.approval("ed", first, second) };
    w.file("ed", Predicate::Review(review));
    w.declare("wes", first, second);
    allowed(&w.update(w.root(), first));
    allowed(&w.update(first, second));
}

#[test]
fn refuses_a_chain_that_was_interrupted_by_somebody_elses_step() {
    let mut w = World::new();
    let first = w.commit(w.root(), &[(B, "two\n")]);
    let second = w.commit(first, &[(B, "three\n")]);
    let review = Review { base: w.root(), ..w.approval("ed", first, second) };
    w.file("ed", Predicate::Review(review));
    w.declare("wes", first, second);
    // Nobody ever approved b → two.
    refused(&w.update(first, second), &[(Code::StaleReview, B)]);
}

#[test]
fn refuses_a_base_that_is_not_on_the_branch_or_too_far_back() {
    let mut w = World::new();
    let elsewhere = w.commit(w.root(), &[(A, "x\n")]);
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.declare("wes", w.root(), head);
    let review = Review { base: elsewhere, ..w.approval("ed", w.root(), head) };
    w.file("ed", Predicate::Review(review));
    refused(&w.update(w.root(), head), &[(Code::StaleReview, B)]);
    let mut w = World::new();
    w.policy = w.policy.replace("version = 1\n", "version = 1\nreview-max-steps = 2\n");
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.cover(w.root(), head);
    let mut tip = w.root();
    for n in 0..3 {
        let landed = w.commit(tip, &[(B, "new\n")]);
        if n < 3 {
            let report = w.update(tip, landed);
            if n <= 2 {
                allowed(&report);
            }
        }
        tip = w.commit(tip, &[("README", &n.to_string())]);
    }
    let landed = w.commit(tip, &[(B, "new\n")]);
    refused(&w.update(tip, landed), &[(Code::StaleReview, B)]);
}
