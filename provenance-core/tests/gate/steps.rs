//! Several landings in one push.

use provenance_core::finding::Code;

use crate::world::{A, B, World, allowed, refused};

#[test]
fn accepts_several_landings_each_of_which_passes_by_itself() {
    let mut w = World::new();
    let one = w.commit(w.root(), &[(A, "ONE\n2\n3\n4\n5\n6\n7\n")]);
    w.cover(w.root(), one);
    let two = w.commit(w.root(), &[(A, "1\n2\n3\n4\n5\n6\nSEVEN\n")]);
    w.cover(w.root(), two);
    let landed_one = w.commit(w.root(), &[(A, "ONE\n2\n3\n4\n5\n6\n7\n")]);
    let landed_two = w.commit(landed_one, &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n")]);
    allowed(&w.update(w.root(), landed_two));
}

#[test]
fn refuses_several_landings_when_one_was_not_reviewed() {
    let mut w = World::new();
    let one = w.commit(w.root(), &[(B, "one\n")]);
    w.cover(w.root(), one);
    let sneaked = w.commit(one, &[(B, "two\n")]);
    refused(&w.update(w.root(), sneaked), &[(Code::MissingReview, B), (Code::MissingDeclaration, B)]);
    let back = w.commit(sneaked, &[(B, "one\n")]);
    // The net change was reviewed; what came and went in between is not published by it.
    allowed(&w.update(w.root(), back));
}

#[test]
fn all_steps_are_judged_under_the_policy_at_old() {
    let mut w = World::new();
    let policy = ".provenance/policy.toml";
    let weaker = w.commit(w.root(), &[(policy, "weaker\n")]);
    w.declare("wes", w.root(), weaker);
    w.approve("ana", w.root(), weaker);
    let sneaked = w.commit(weaker, &[(B, "two\n")]);
    refused(&w.update(w.root(), sneaked), &[(Code::MissingReview, B), (Code::MissingDeclaration, B)]);
}
