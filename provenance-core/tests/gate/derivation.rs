//! Derived changes: clean merges of what was approved.

use provenance_core::entry::Mode;
use provenance_core::finding::Code;
use provenance_core::id::CommitId;
use provenance_core::report::ChangeStatus;
use provenance_core::statement::{Predicate, Review};

use crate::world::{A, World, allowed, refused};

const TOP: &str = "ONE\n2\n3\n4\n5\n6\n7\n";
const BOTTOM: &str = "1\n2\n3\n4\n5\n6\nSEVEN\n";
const BOTH: &str = "ONE\n2\n3\n4\n5\n6\nSEVEN\n";

/// A topic that changes the top was approved; meanwhile the bottom has landed.
fn waiting() -> (World, CommitId, CommitId) {
    let mut w = World::new();
    let topic = w.commit(w.root(), &[(A, TOP)]);
    w.cover(w.root(), topic);
    let meanwhile = w.commit(w.root(), &[(A, BOTTOM)]);
    w.cover(w.root(), meanwhile);
    (w, topic, meanwhile)
}

#[test]
fn accepts_a_clean_merge_commit_and_a_squash_without_hint() {
    let (mut w, topic, meanwhile) = waiting();
    let merged = w.merge(&[meanwhile, topic], &[(A, BOTH)]);
    let report = w.update(meanwhile, merged);
    allowed(&report);
    assert_eq!(report.changes[0].status, ChangeStatus::Merged);
    let squashed = w.commit(meanwhile, &[(A, BOTH)]);
    allowed(&w.update(meanwhile, squashed));
    w.hints = vec![topic];
    allowed(&w.update(meanwhile, squashed));
}

#[test]
fn refuses_one_byte_of_hand_editing_and_half_a_merge() {
    let (mut w, topic, meanwhile) = waiting();
    let edited = w.merge(&[meanwhile, topic], &[(A, &BOTH.replace('4', "4!"))]);
    refused(&w.update(meanwhile, edited), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
    let undone = w.merge(&[meanwhile, topic], &[(A, TOP)]);
    assert_ne!(w.update(meanwhile, undone).verdict, provenance_core::report::Verdict::Allowed);
}

#[test]
fn refuses_a_merge_of_what_nobody_approved() {
    let mut w = World::new();
    let topic = w.commit(w.root(), &[(A, TOP)]);
    w.declare("wes", w.root(), topic);
    let meanwhile = w.commit(w.root(), &[(A, BOTTOM)]);
    w.cover(w.root(), meanwhile);
    let merged = w.merge(&[meanwhile, topic], &[(A, BOTH)]);
    refused(&w.update(meanwhile, merged), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
}

#[test]
fn refuses_a_merge_once_the_change_has_landed_and_was_reverted() {
    let (mut w, topic, meanwhile) = waiting();
    let merged = w.merge(&[meanwhile, topic], &[(A, BOTH)]);
    allowed(&w.update(meanwhile, merged));
    let reverted = w.commit(merged, &[(A, BOTTOM)]);
    w.cover(merged, reverted);
    allowed(&w.update(merged, reverted));
    let again = w.commit(reverted, &[(A, BOTH)]);
    let report = w.update(reverted, again);
    assert!(report.findings.iter().any(|finding| finding.code == Code::StaleReview), "{:#?}", report.findings);
}

#[test]
fn refuses_a_merge_after_a_conflicting_step() {
    let (mut w, topic, meanwhile) = waiting();
    let conflicting = w.commit(meanwhile, &[(A, "uno\n2\n3\n4\n5\n6\nSEVEN\n")]);
    w.cover(meanwhile, conflicting);
    let back = w.commit(conflicting, &[(A, BOTTOM)]);
    w.cover(conflicting, back);
    let merged = w.merge(&[back, topic], &[(A, BOTH)]);
    let report = w.update(back, merged);
    assert!(report.findings.iter().any(|finding| finding.code == Code::StaleReview), "{:#?}", report.findings);
}

#[test]
fn accepts_a_derived_change_of_a_chain() {
    let (mut w, topic, meanwhile) = waiting();
    let second = w.commit(topic, &[(A, "ONE\nTWO\n3\n4\n5\n6\n7\n")]);
    w.declare("wes", topic, second);
    let review = Review { base: w.root(), ..w.approval("ed", topic, second) };
    w.file("ed", Predicate::Review(review));
    let merged = w.commit(meanwhile, &[(A, "ONE\nTWO\n3\n4\n5\n6\nSEVEN\n")]);
    allowed(&w.update(meanwhile, merged));
}

#[test]
fn refuses_a_rejected_result_of_a_merge() {
    let (mut w, topic, meanwhile) = waiting();
    let merged = w.merge(&[meanwhile, topic], &[(A, BOTH)]);
    w.reject("eva", meanwhile, merged);
    refused(&w.update(meanwhile, merged), &[(Code::Rejected, A)]);
}

#[test]
fn nothing_in_the_policy_is_derived_by_merging() {
    let mut w = World::new();
    let name = ".provenance/policy.toml";
    let start = w.commit(w.root(), &[(name, "1\n2\n3\n4\n5\n6\n7\n")]);
    let topic = w.commit(start, &[(name, TOP)]);
    w.declare("wes", start, topic);
    w.approve("ana", start, topic);
    let meanwhile = w.commit(start, &[(name, BOTTOM)]);
    w.declare("wes", start, meanwhile);
    w.approve("ana", start, meanwhile);
    let merged = w.merge(&[meanwhile, topic], &[(name, BOTH)]);
    refused(&w.update(meanwhile, merged), &[(Code::MissingReview, name)]);
}

#[test]
fn links_are_never_derived() {
    let mut w = World::new();
    let link = |w: &mut World, parent, text: &str| {
        let commit = w.commit(parent, &[(A, text)]);
        w.chmod(commit, A, Mode::Symlink)
    };
    let root = w.root();
    let start = link(&mut w, root, "1\n2\n3\n4\n5\n6\n7\n");
    let topic = link(&mut w, start, TOP);
    w.cover(start, topic);
    let meanwhile = link(&mut w, start, BOTTOM);
    w.cover(start, meanwhile);
    let merged = link(&mut w, meanwhile, BOTH);
    refused(&w.update(meanwhile, merged), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
}

#[test]
fn the_mode_is_merged_likewise() {
    let mut w = World::new();
    let edited = w.commit(w.root(), &[(A, TOP)]);
    let topic = w.chmod(edited, A, Mode::Executable);
    w.cover(w.root(), topic);
    let meanwhile = w.commit(w.root(), &[(A, BOTTOM)]);
    w.cover(w.root(), meanwhile);
    let plain = w.commit(meanwhile, &[(A, BOTH)]);
    refused(&w.update(meanwhile, plain), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
    let executable = w.chmod(plain, A, Mode::Executable);
    allowed(&w.update(meanwhile, executable));
}

#[test]
fn approved_changes_may_lead_on_from_a_merge() {
    let (mut w, topic, meanwhile) = waiting();
    let merged = w.commit(meanwhile, &[(A, BOTH)]);
    let edited = w.commit(merged, &[(A, "ONE\n2\n3\nFOUR\n5\n6\nSEVEN\n")]);
    w.hints = vec![topic];
    refused(&w.update(meanwhile, edited), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
    w.declare("wes", merged, edited);
    let review = Review { base: meanwhile, ..w.approval("ed", merged, edited) };
    w.file("ed", Predicate::Review(review));
    allowed(&w.update(meanwhile, edited));
}

/// Two topics that wait for the same file, and the state that has both: first one, then the other.
fn two_topics() -> (World, CommitId, CommitId) {
    let (mut w, _, meanwhile) = waiting();
    let middle = w.commit(w.root(), &[(A, "1\n2\n3\nFOUR\n5\n6\n7\n")]);
    w.cover(w.root(), middle);
    let first = w.commit(meanwhile, &[(A, BOTH)]);
    let second = w.commit(first, &[(A, "ONE\n2\n3\nFOUR\n5\n6\nSEVEN\n")]);
    (w, meanwhile, second)
}

#[test]
fn one_change_has_one_derived_edge_and_steps_have_one_each() {
    let (mut w, meanwhile, both) = two_topics();
    let report = w.update(meanwhile, both);
    allowed(&report);
    assert_eq!(report.changes[0].status, ChangeStatus::Merged);
    let squashed = w.commit(meanwhile, &[(A, "ONE\n2\n3\nFOUR\n5\n6\nSEVEN\n")]);
    refused(&w.update(meanwhile, squashed), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
}

#[test]
fn a_proposal_is_not_judged_step_by_step() {
    let (w, meanwhile, both) = two_topics();
    allowed(&w.update(meanwhile, both));
    refused(&w.proposal(meanwhile, meanwhile, both), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
}
