//! Standing at its edges: superseding, revoking, and rejections that must not be dodged.

use provenance_core::entry::Mode;
use provenance_core::finding::Code;
use provenance_core::key::Signer;
use provenance_core::statement::{Decision, Predicate, Review, Revocation};

use crate::world::{A, B, World, allowed, key, refused};

#[test]
fn a_rejection_blocks_whatever_time_it_states_and_though_its_key_has_expired() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.cover(w.root(), head);
    allowed(&w.update(w.root(), head));
    let rejection = Review {
        decision: Decision::Reject,
        reviewed_at: "2030-01-01T00:00:00Z".parse().unwrap(),
        ..w.approval("eva", w.root(), head)
    };
    w.file("eva", Predicate::Review(rejection));
    refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
    let public = key("eva").public_key().to_string();
    w.people = w.people.replace(
        &format!("keys = [\"{public}\"]"),
        &format!("keys = [{{ public = \"{public}\", until = 2025-05-31 }}]"),
    );
    refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
}

#[test]
fn a_review_is_superseded_by_id_and_never_by_clock() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.declare("wes", w.root(), head);
    let review = w.approve("ed", w.root(), head);
    let other = w.commit(w.root(), &[(B, "other\n")]);
    let unrelated =
        Review { reviewed_at: "2025-06-01T12:04:00Z".parse().unwrap(), ..w.approval("ed", w.root(), other) };
    w.file("ed", Predicate::Review(unrelated.clone()));
    allowed(&w.update(w.root(), head));
    let earlier = "2020-01-01T00:00:00Z".parse().unwrap();
    let superseding = Review { supersedes: vec![review], reviewed_at: earlier, ..unrelated };
    w.file("ed", Predicate::Review(superseding));
    refused(&w.update(w.root(), head), &[(Code::MissingReview, B)]);
}

#[test]
fn a_superseding_review_is_found_in_the_book_of_the_path_alone() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "a2\n"), (B, "b2\n")]);
    w.declare("wes", w.root(), head);
    let both = Review { scope: provenance_core::statement::Scope::Each, ..w.approval("ed", w.root(), head) };
    let both = w.file("ed", Predicate::Review(both));
    let other = w.commit(w.root(), &[(B, "b3\n")]);
    let superseding = Review { supersedes: vec![both], ..w.approval("ed", w.root(), other) };
    w.file("ed", Predicate::Review(superseding));
    refused(&w.update(w.root(), head), &[(Code::MissingReview, B)]);
}

#[test]
fn a_superseding_review_is_found_at_either_end_of_the_change_and_no_further_on() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.declare("wes", w.root(), head);
    let review = w.approve("ed", w.root(), head);
    let later = w.commit(head, &[(B, "later\n")]);
    let latest = w.commit(later, &[(B, "latest\n")]);
    w.approve("ed", head, later);
    let from = |w: &World, old, new| Review { supersedes: vec![review], ..w.approval("ed", old, new) };
    let beyond = from(&w, later, latest);
    w.file("ed", Predicate::Review(beyond));
    allowed(&w.update(w.root(), head));
    let at_its_end = from(&w, head, later);
    w.file("ed", Predicate::Review(at_its_end));
    refused(&w.update(w.root(), head), &[(Code::MissingReview, B)]);
}

#[test]
fn a_rejected_deletion_of_a_later_version_blocks_no_earlier_deletion() {
    let mut w = World::new();
    let deleted = w.commit_by("wes", w.root(), &[(B, None)]);
    w.cover(w.root(), deleted);
    let again = w.commit(deleted, &[(B, "again\n")]);
    w.cover(deleted, again);
    let gone = w.commit_by("wes", again, &[(B, None)]);
    w.reject("eva", again, gone);
    allowed(&w.update(w.root(), deleted));
    w.cover(again, gone);
    refused(&w.update(again, gone), &[(Code::Rejected, B)]);
}

#[test]
fn a_rejection_binds_the_mode() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.cover(w.root(), head);
    let executable = w.chmod(head, B, Mode::Executable);
    w.reject("eva", w.root(), executable);
    allowed(&w.update(w.root(), head));
    w.cover(w.root(), executable);
    refused(&w.update(w.root(), executable), &[(Code::Rejected, B)]);
}

#[test]
fn a_revocation_for_another_repository_or_of_another_record_is_none() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.declare("wes", w.root(), head);
    let review = w.approve("ed", w.root(), head);
    let other = w.approve("eva", w.root(), head);
    let sound = w.revocation("ed", review);
    for wrong in [
        Revocation { repository: "acme/other".into(), ..sound.clone() },
        Revocation { record: Some(other), ..sound.clone() },
    ] {
        w.file("ed", Predicate::Revocation(wrong));
    }
    w.revoke("eva", other);
    allowed(&w.update(w.root(), head));
    w.file("ed", Predicate::Revocation(sound));
    refused(&w.update(w.root(), head), &[(Code::Revoked, B)]);
}

#[test]
fn revocations_of_revocations_are_followed_64_deep() {
    let revoked_times = |depth: usize| {
        let mut w = World::new();
        let head = w.commit(w.root(), &[(B, "new\n")]);
        w.declare("wes", w.root(), head);
        let mut last = w.approve("ed", w.root(), head);
        for _ in 0..depth {
            last = w.revoke("ed", last);
        }
        w.update(w.root(), head)
    };
    refused(&revoked_times(63), &[(Code::Revoked, B)]);
    allowed(&revoked_times(64));
    // Beyond that they stand: the 66th does not take back the 65th.
    refused(&revoked_times(66), &[(Code::Revoked, B)]);
}
