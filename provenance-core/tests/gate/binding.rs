//! What a signature does when its key has expired or its signer has retired: it still binds and
//! blocks, and it lifts and answers nothing.

use provenance_core::finding::Code;
use provenance_core::id::CommitId;
use provenance_core::key::Signer;
use provenance_core::statement::{Author, Declaration, Predicate, Review};

use crate::world::{A, B, World, allowed, branch, key, refused};

/// The key of somebody is valid until the end of May; the clock says June.
fn expire(w: &mut World, who: &str) {
    let public = key(who).public_key().to_string();
    w.people = w.people.replace(
        &format!("keys = [\"{public}\"]"),
        &format!("keys = [{{ public = \"{public}\", until = 2025-05-31 }}]"),
    );
}

fn retire(w: &mut World, who: &str) {
    w.people = w.people.replace(&format!("[person.{who}]\n"), &format!("[person.{who}]\nretired = 2025-05-31\n"));
}

/// A change that Ed approved and Eva rejected.
fn rejected() -> (World, provenance_core::id::RecordId, CommitId) {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.cover(w.root(), head);
    let rejection = w.reject("eva", w.root(), head);
    (w, rejection, head)
}

fn supersede(w: &mut World, rejection: provenance_core::id::RecordId, head: CommitId) {
    let own = Review { supersedes: vec![rejection], ..w.approval("eva", w.root(), head) };
    w.file("eva", Predicate::Review(own));
}

#[test]
fn an_expired_key_or_a_retired_person_lifts_no_rejection() {
    for end in [expire, retire] {
        let (mut w, rejection, head) = rejected();
        supersede(&mut w, rejection, head);
        allowed(&w.update(w.root(), head));
        end(&mut w, "eva");
        refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
        let (mut w, rejection, head) = rejected();
        w.revoke("eva", rejection);
        allowed(&w.update(w.root(), head));
        end(&mut w, "eva");
        refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
    }
}

#[test]
fn a_superseding_review_from_the_future_lifts_nothing_yet() {
    let (mut w, rejection, head) = rejected();
    let later = "2030-01-01T00:00:00Z".parse().unwrap();
    let own = Review { supersedes: vec![rejection], reviewed_at: later, ..w.approval("eva", w.root(), head) };
    w.file("eva", Predicate::Review(own));
    refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
}

#[test]
fn a_revoked_approval_stays_revoked_when_the_revoker_is_gone() {
    for end in [expire, retire] {
        let mut w = World::new();
        let head = w.commit(w.root(), &[(B, "new\n")]);
        w.declare("wes", w.root(), head);
        let review = w.approve("ed", w.root(), head);
        allowed(&w.update(w.root(), head));
        w.revoke("al", review);
        refused(&w.update(w.root(), head), &[(Code::Revoked, B)]);
        end(&mut w, "al");
        refused(&w.update(w.root(), head), &[(Code::Revoked, B)]);
    }
}

#[test]
fn a_retired_persons_declaration_answers_for_nothing() {
    let mut w = World::new();
    let head = w.commit_by("ed", w.root(), &[(B, Some("new\n"))]);
    w.approve("ed", w.root(), head);
    w.approve("eva", w.root(), head);
    w.approve("ana", w.root(), head);
    w.declare("wes", w.root(), head);
    allowed(&w.update(w.root(), head));
    // Without an answer, whom commits name is a contributor, and one more reviewer is needed.
    retire(&mut w, "wes");
    refused(&w.update(w.root(), head), &[(Code::MissingDeclaration, B)]);
    let mut w = World::new();
    let head = w.commit_by("ed", w.root(), &[(B, Some("new\n"))]);
    w.approve("ed", w.root(), head);
    w.declare("wes", w.root(), head);
    allowed(&w.update(w.root(), head));
    retire(&mut w, "wes");
    refused(&w.update(w.root(), head), &[(Code::SelfReview, B), (Code::MissingDeclaration, B)]);
}

#[test]
fn whose_work_it_is_outlives_the_key_that_said_so() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    let shared =
        Declaration { authors: vec![Author::person("ed".parse().unwrap())], ..w.declaration("al", w.root(), head) };
    w.file("al", Predicate::Declaration(shared));
    w.cover(w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::SelfReview, B)]);
    expire(&mut w, "al");
    refused(&w.update(w.root(), head), &[(Code::SelfReview, B)]);
    w.approve("eva", w.root(), head);
    allowed(&w.update(w.root(), head));
}

#[test]
fn that_ai_took_part_outlives_the_key_that_said_so() {
    let mut w = World::new();
    w.policy = w.policy.replace("declaration = \"required\"\n", "declaration = \"required\"\nai = \"forbidden\"\n");
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.cover(w.root(), head);
    allowed(&w.update(w.root(), head));
    let declared = w.ai("bot", w.root(), head);
    w.file("bot", Predicate::Declaration(declared));
    refused(&w.update(w.root(), head), &[(Code::AiForbidden, B)]);
    expire(&mut w, "bot");
    refused(&w.update(w.root(), head), &[(Code::AiForbidden, B)]);
}

#[test]
fn a_rejection_stands_when_only_the_authority_took_the_role_away() {
    let mut w = World::new();
    w.branch = "release";
    let head = w.commit(w.root(), &[(A, "new\n")]);
    let on_release = |review: Review| Review { branches: vec![branch("release")], ..review };
    let declaration = Declaration { branches: vec![branch("release")], ..w.declaration("wes", w.root(), head) };
    w.file("wes", Predicate::Declaration(declaration));
    let approval = on_release(w.approval("ed", w.root(), head));
    w.file("ed", Predicate::Review(approval));
    w.authority = Some((w.policy.clone(), w.people.clone()));
    allowed(&w.update(w.root(), head));
    let rejection = Review {
        decision: provenance_core::statement::Decision::Reject,
        ..on_release(w.approval("eva", w.root(), head))
    };
    w.file("eva", Predicate::Review(rejection));
    refused(&w.update(w.root(), head), &[(Code::Rejected, A)]);
    let demoted = w
        .people
        .replace("emails = [\"eva@example.com\"]\nroles = [\"editor\"]", "emails = [\"eva@example.com\"]\nroles = []");
    w.authority = Some((w.policy.clone(), demoted));
    refused(&w.update(w.root(), head), &[(Code::Rejected, A)]);
}

#[test]
fn that_ai_took_part_in_a_merge_outlives_the_key_too() {
    let mut w = World::new();
    w.policy = w.policy.replace("declaration = \"required\"\n", "declaration = \"required\"\nai = \"forbidden\"\n");
    let topic = w.commit(w.root(), &[(A, "ONE\n2\n3\n4\n5\n6\n7\n")]);
    w.cover(w.root(), topic);
    let tip = w.commit(w.root(), &[(A, "1\n2\n3\n4\n5\n6\nSEVEN\n")]);
    let merged = w.merge(&[tip, topic], &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n")]);
    allowed(&w.update(tip, merged));
    let declared = w.ai("al", tip, merged);
    w.file("al", Predicate::Declaration(declared));
    refused(&w.update(tip, merged), &[(Code::AiForbidden, A)]);
    expire(&mut w, "al");
    refused(&w.update(tip, merged), &[(Code::AiForbidden, A)]);
}
