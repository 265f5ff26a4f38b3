//! One change split into several steps, or brought by another branch: nothing is forgotten on the way.

use provenance_core::entry::Mode;
use provenance_core::finding::Code;
use provenance_core::gate::Promotion;
use provenance_core::id::CommitId;
use provenance_core::report::ChangeStatus;
use provenance_core::statement::{Author, Declaration, Predicate};

use crate::world::{A, B, World, allowed, branch, refused};

/// A path that moves twice, each move reviewed by Ed and declared by Wes, with a declaration of the
/// whole by somebody.
fn in_two_steps(whole: impl Fn(&World, CommitId, CommitId) -> (&'static str, Declaration)) -> (World, CommitId) {
    let mut w = World::new();
    let one = w.commit(w.root(), &[(B, "one\n")]);
    let two = w.commit(one, &[(B, "two\n")]);
    let (signer, declaration) = whole(&w, w.root(), two);
    w.file(signer, Predicate::Declaration(declaration));
    w.cover(w.root(), one);
    w.cover(one, two);
    (w, two)
}

#[test]
fn who_declared_the_whole_reviews_no_part_of_it() {
    let shared = |w: &World, from, to| {
        let authors = vec![Author::person("ed".parse().unwrap())];
        ("al", Declaration { authors, ..w.declaration("al", from, to) })
    };
    let (mut w, two) = in_two_steps(shared);
    refused(&w.update(w.root(), two), &[(Code::SelfReview, B)]);
    let squashed = w.commit(w.root(), &[(B, "two\n")]);
    refused(&w.update(w.root(), squashed), &[(Code::SelfReview, B)]);
    let (w, two) = in_two_steps(|w, from, to| ("al", w.declaration("al", from, to)));
    allowed(&w.update(w.root(), two));
}

#[test]
fn ai_that_was_declared_of_the_whole_took_part_in_every_step() {
    let (mut w, two) = in_two_steps(|w, from, to| ("bot", w.ai("bot", from, to)));
    allowed(&w.update(w.root(), two));
    w.policy = w.policy.replace("declaration = \"required\"\n", "declaration = \"required\"\nai = \"forbidden\"\n");
    refused(&w.update(w.root(), two), &[(Code::AiForbidden, B)]);
}

#[test]
fn a_set_of_which_half_is_taken_back_unseen_has_not_landed() {
    let mut w = World::new();
    let both = w.commit(w.root(), &[(A, "new\n"), (B, "new\n")]);
    w.cover(w.root(), both);
    let empty = w.commit(w.root(), &[]);
    let landed = w.commit(empty, &[(A, "new\n"), (B, "new\n")]);
    allowed(&w.update(w.root(), landed));
    let half = w.commit(landed, &[(B, "b\n")]);
    refused(&w.update(w.root(), half), &[(Code::PartialChangeSet, A)]);
    // Taken back by review, it has landed and moved on.
    w.cover(landed, half);
    allowed(&w.update(w.root(), half));
}

/// A change that was reviewed on main and is brought to release by a merge.
fn promoted(before: &[(&str, &str)]) -> (World, CommitId, CommitId) {
    let mut w = World::new();
    let landed = w.commit(w.root(), &[(A, "new\n"), (B, "new\n")]);
    w.cover(w.root(), landed);
    let tip = w.commit(w.root(), before);
    w.branch = "release";
    w.promotions = vec![Promotion { from: branch("main"), since: w.root(), until: landed }];
    (w, tip, landed)
}

#[test]
fn a_promotion_brings_whole_sets_only() {
    let (mut w, tip, landed) = promoted(&[]);
    let whole = w.merge(&[tip, landed], &[(A, "new\n"), (B, "new\n")]);
    allowed(&w.update(tip, whole));
    let half = w.merge(&[tip, landed], &[(A, "new\n")]);
    refused(&w.update(tip, half), &[(Code::PartialChangeSet, A)]);
}

#[test]
fn a_promotion_does_not_bring_again_what_was_taken_back() {
    let (mut w, _, landed) = promoted(&[]);
    let had = w.commit(w.root(), &[(A, "new\n"), (B, "new\n")]);
    let back = w.commit(had, &[(A, "1\n2\n3\n4\n5\n6\n7\n"), (B, "b\n")]);
    let again = w.merge(&[back, landed], &[(A, "new\n"), (B, "new\n")]);
    assert_ne!(w.update(back, again).verdict, provenance_core::report::Verdict::Allowed);
    let other = w.commit(w.root(), &[("README", "other\n")]);
    let first = w.merge(&[other, landed], &[(A, "new\n"), (B, "new\n")]);
    allowed(&w.update(other, first));
}

#[test]
fn nor_in_two_pushes_of_which_the_first_is_harmless() {
    let mut w = World::new();
    let harmless = w.commit(w.root(), &[("log/x", "x\n")]);
    let landed = w.commit(harmless, &[(A, "new\n")]);
    w.cover(harmless, landed);
    let had = w.commit(w.root(), &[(A, "new\n")]);
    let back = w.commit(had, &[(A, "1\n2\n3\n4\n5\n6\n7\n")]);
    let first = w.merge(&[back, harmless], &[("log/x", "x\n")]);
    let second = w.merge(&[first, landed], &[(A, "new\n")]);
    w.branch = "release";
    w.promotions = vec![Promotion { from: branch("main"), since: harmless, until: landed }];
    assert_ne!(w.update(first, second).verdict, provenance_core::report::Verdict::Allowed);
}

#[test]
fn a_promotion_that_fails_says_why() {
    let (mut w, tip, landed) = promoted(&[]);
    let whole = w.merge(&[tip, landed], &[(A, "new\n"), (B, "new\n")]);
    w.policy = w.policy.replace("checklist = [\"accuracy\"]", "checklist = [\"accuracy\", \"bias\"]");
    refused(&w.update(tip, whole), &[(Code::IncompleteChecklist, A), (Code::IncompleteChecklist, B)]);
}

#[test]
fn accepts_a_mode_that_merges_with_other_content() {
    let mut w = World::new();
    let topic = w.chmod(w.root(), A, Mode::Executable);
    w.cover(w.root(), topic);
    let meanwhile = w.commit(w.root(), &[(A, "1\n2\n3\n4\n5\n6\nSEVEN\n")]);
    w.cover(w.root(), meanwhile);
    let merged = w.chmod(meanwhile, A, Mode::Executable);
    let report = w.update(meanwhile, merged);
    allowed(&report);
    assert_eq!(report.changes[0].status, ChangeStatus::Merged);
    allowed(&w.proposal(w.root(), meanwhile, topic));
}

#[test]
fn refuses_a_mode_that_was_landed_and_taken_back() {
    let mut w = World::new();
    let new = "ONE\n2\n3\n4\n5\n6\n7\n";
    let topic = w.commit(w.root(), &[(A, new)]);
    let topic = w.chmod(topic, A, Mode::Executable);
    w.cover(w.root(), topic);
    let had = w.chmod(w.root(), A, Mode::Executable);
    let back = w.chmod(had, A, Mode::Regular);
    let other = w.commit(back, &[(A, "1\n2\n3\n4\n5\n6\nSEVEN\n")]);
    let merged = w.commit(other, &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n")]);
    let merged = w.chmod(merged, A, Mode::Executable);
    assert_ne!(w.update(other, merged).verdict, provenance_core::report::Verdict::Allowed);
    // Without the taking back it is the clean merge.
    let other = w.commit(w.root(), &[(A, "1\n2\n3\n4\n5\n6\nSEVEN\n")]);
    let merged = w.commit(other, &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n")]);
    let merged = w.chmod(merged, A, Mode::Executable);
    allowed(&w.update(other, merged));
}
