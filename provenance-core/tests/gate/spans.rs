//! Spans: in which states a reviewed set may be whole.

use provenance_core::finding::Code;
use provenance_core::gate::Promotion;

use crate::world::{A, B, World, allowed, branch, refused};

#[test]
fn a_proposal_may_complete_a_set_that_the_base_holds_the_rest_of() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "a2\n"), (B, "b2\n"), ("README", "r2\n")]);
    w.cover(w.root(), head);
    let half = w.commit(w.root(), &[(A, "a2\n"), ("README", "r2\n")]);
    refused(&w.proposal(w.root(), w.root(), half), &[(Code::PartialChangeSet, A), (Code::PartialChangeSet, "README")]);
    let base = w.commit(w.root(), &[(B, "b2\n")]);
    allowed(&w.proposal(w.root(), base, half));
}

#[test]
fn an_update_completes_no_set_whose_rest_it_takes_back() {
    let mut w = World::new();
    let set = w.commit(w.root(), &[(A, "a2\n"), ("log/x", "x\n")]);
    w.cover(w.root(), set);
    let old = w.commit(w.root(), &[("log/x", "x\n")]);
    allowed(&w.update(old, set));
    let taking_back = w.commit(old, &[(A, "a2\n"), ("log/x", "y\n")]);
    refused(&w.update(old, taking_back), &[(Code::PartialChangeSet, A)]);
}

#[test]
fn a_set_of_which_a_later_step_takes_half_back_has_not_landed() {
    let mut w = World::new();
    let set = w.commit(w.root(), &[(A, "a2\n"), ("log/x", "x\n")]);
    w.cover(w.root(), set);
    let kept = w.commit(set, &[("log/z", "z\n")]);
    allowed(&w.update(w.root(), kept));
    let taken_back = w.commit(set, &[("log/x", "y\n")]);
    refused(&w.update(w.root(), taken_back), &[(Code::PartialChangeSet, A)]);
}

#[test]
fn a_promoted_set_may_be_whole_at_the_newest_promoted_step() {
    let mut w = World::new();
    let set = w.commit(w.root(), &[(A, "a2\n"), (B, "b2\n")]);
    w.cover(w.root(), set);
    let first = w.commit(w.root(), &[(A, "a2\n")]);
    let second = w.commit(first, &[(B, "b2\n")]);
    w.branch = "release";
    w.promotions = vec![Promotion { from: branch("main"), since: w.root(), until: second }];
    allowed(&w.update(w.root(), second));
    w.promotions = vec![Promotion { from: branch("main"), since: w.root(), until: first }];
    assert_eq!(w.update(w.root(), first).verdict, provenance_core::report::Verdict::Refused);
}

#[test]
fn names_three_of_the_paths_that_are_missing_and_counts_the_rest() {
    let mut w = World::new();
    let others = ["content/1", "content/2", "content/3", "content/4", "content/5"];
    let mut edits = vec![(A, "a2\n")];
    edits.extend(others.map(|other| (other, "new\n")));
    let set = w.commit(w.root(), &edits);
    w.cover(w.root(), set);
    allowed(&w.update(w.root(), set));
    let half = w.commit(w.root(), &[(A, "a2\n")]);
    let report = w.update(w.root(), half);
    refused(&report, &[(Code::PartialChangeSet, A)]);
    let said = &report.findings[0].message;
    assert_eq!(said, "ed approved this together with content/1, content/2, content/3 and 2 more, which does not land");
}
