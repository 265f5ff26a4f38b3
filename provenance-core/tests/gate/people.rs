//! Whose work it is, and whose signature counts.

use provenance_core::finding::Code;
use provenance_core::statement::{Author, Declaration, Predicate, Review};

use crate::world::{A, World, allowed, key, notes, person, refused};

#[test]
fn refuses_a_review_by_the_declared_author() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.declare("ed", w.root(), head);
    w.approve("ed", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::SelfReview, A)]);
    w.approve("eva", w.root(), head);
    allowed(&w.update(w.root(), head));
}

#[test]
fn refuses_a_review_by_somebody_the_declaration_names_by_person_or_address() {
    for author in [Author::person("ed".parse().unwrap()), Author::outside("Ed".into(), "ED@example.com".into())] {
        let mut w = World::new();
        let head = w.commit(w.root(), &[(A, "new\n")]);
        let declaration = Declaration { authors: vec![author], ..w.declaration("wes", w.root(), head) };
        w.file("wes", Predicate::Declaration(declaration));
        w.approve("ed", w.root(), head);
        refused(&w.update(w.root(), head), &[(Code::SelfReview, A)]);
    }
}

#[test]
fn refuses_a_review_by_the_operator_of_the_agent_that_declared() {
    let mut w = World::new();
    w.people = w.people.replace("operators = [\"wes\"]", "operators = [\"ed\"]");
    let head = w.commit(w.root(), &[(A, "new\n")]);
    let declaration = w.ai("bot", w.root(), head);
    w.file("bot", Predicate::Declaration(declaration));
    w.approve("ed", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::SelfReview, A)]);
    w.approve("eva", w.root(), head);
    allowed(&w.update(w.root(), head));
}

#[test]
fn where_nobody_answered_for_the_work_commits_count_and_one_more_is_needed() {
    let mut w = World::new();
    w.policy = w.policy.replace("declaration = \"required\"\n", "");
    let head = w.commit_by("ed", w.root(), &[(A, Some("new\n"))]);
    w.approve("ed", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::SelfReview, A)]);
    w.approve("eva", w.root(), head);
    let report = w.update(w.root(), head);
    refused(&report, &[(Code::SelfReview, A), (Code::InsufficientReviews, A)]);
    let missing = report.findings.iter().find(|found| found.code == Code::InsufficientReviews).unwrap();
    let hint = missing.hint.as_deref().unwrap();
    assert!(hint.starts_with("the writer runs `git provenance declare ") && hint.contains("; or "), "{hint}");
    w.approve("ana", w.root(), head);
    allowed(&w.update(w.root(), head));
}

#[test]
fn a_service_settles_nothing() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.declare("ci", w.root(), head);
    w.approve("ed", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::InsufficientReviews, A)]);
    w.declare("wes", w.root(), head);
    allowed(&w.update(w.root(), head));
}

#[test]
fn a_maintainer_may_squash_what_they_reviewed_and_not_review_their_own_fix() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.cover(w.root(), head);
    let squashed = w.commit_by("ed", w.root(), &[(A, Some("new\n"))]);
    allowed(&w.update(w.root(), squashed));
    let fixed = w.commit_by("ed", head, &[(A, Some("newer\n"))]);
    let declaration =
        Declaration { authors: vec![Author::person("ed".parse().unwrap())], ..w.declaration("ed", head, fixed) };
    w.file("ed", Predicate::Declaration(declaration));
    let review = Review { base: w.root(), ..w.approval("ed", head, fixed) };
    w.file("ed", Predicate::Review(review));
    refused(&w.update(w.root(), fixed), &[(Code::SelfReview, A)]);
}

#[test]
fn refuses_agents_services_and_the_retired_as_reviewers() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.declare("wes", w.root(), head);
    w.approve("bot", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::NotHuman, A)]);
    w.approve("ed", w.root(), head);
    allowed(&w.update(w.root(), head));
    w.people = w.people.replace("[person.ed]\n", "[person.ed]\nretired = 2025-05-31\n");
    refused(&w.update(w.root(), head), &[(Code::NotHuman, A), (Code::UnknownKey, A)]);
    w.people = w.people.replace("2025-05-31", "2025-06-01");
    allowed(&w.update(w.root(), head));
}

#[test]
fn an_unknown_key_is_a_note_and_counts_for_nothing() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.declare("wes", w.root(), head);
    let review = Review { signer: World::signer("stranger"), ..w.approval("ed", w.root(), head) };
    w.file("stranger", Predicate::Review(review));
    let report = w.update(w.root(), head);
    refused(&report, &[(Code::MissingReview, A)]);
    notes(&report, Code::UnknownKey);
    w.people.push_str(&person("stranger", "human", "\"editor\"", ""));
    allowed(&w.update(w.root(), head));
}

#[test]
fn a_record_that_names_another_person_than_its_key_counts_for_nothing() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.declare("wes", w.root(), head);
    let mut signer = World::signer("wes");
    signer.person = "ed".parse().unwrap();
    let review = Review { signer, ..w.approval("ed", w.root(), head) };
    w.file("wes", Predicate::Review(review));
    refused(&w.update(w.root(), head), &[(Code::UnknownKey, A)]);
}

#[test]
fn keys_count_on_their_days_and_never_once_revoked() {
    use provenance_core::key::Signer;
    let public = key("ed").public_key().to_string();
    let with = |validity: &str| {
        let mut w = World::new();
        w.people = w
            .people
            .replace(&format!("keys = [\"{public}\"]"), &format!("keys = [{{ public = \"{public}\", {validity} }}]"));
        let head = w.commit(w.root(), &[(A, "new\n")]);
        w.cover(w.root(), head);
        w.update(w.root(), head)
    };
    allowed(&with("from = 2025-06-01, until = 2025-06-01"));
    refused(&with("from = 2025-06-02"), &[(Code::UnknownKey, A)]);
    refused(&with("until = 2025-05-31"), &[(Code::UnknownKey, A)]);
    refused(&with("revoked = 2025-06-01, because = \"stolen\""), &[(Code::RevokedKey, A)]);
}

#[test]
fn what_a_reviewer_did_and_undid_before_or_after_is_not_their_work_between() {
    let mut w = World::new();
    let next = w.commit(w.root(), &[(A, "next\n")]);
    w.declare("wes", w.root(), next);
    w.approve("ed", w.root(), next);
    allowed(&w.update(w.root(), next));
    let (tried, draft) = (w.commit(next, &[(A, "tried\n")]), w.commit(w.root(), &[(A, "draft\n")]));
    w.declare("ed", next, tried);
    w.declare("ed", tried, next);
    allowed(&w.update(w.root(), next));
    w.declare("ed", w.root(), draft);
    w.declare("ed", draft, w.root());
    allowed(&w.update(w.root(), next));
    // What leads all the way is.
    w.declare("ed", draft, next);
    refused(&w.update(w.root(), next), &[(Code::SelfReview, A)]);
}
