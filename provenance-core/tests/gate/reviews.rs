//! Who must review, and what a review must prove.

use provenance_core::finding::{Code, Severity};
use provenance_core::id::CommitId;
use provenance_core::report::ChangeStatus;
use provenance_core::statement::{AnswerResult, Ceremony, Predicate, Review};

use crate::world::{A, B, World, allowed, codes, notes, refused};

#[test]
fn refuses_a_change_nobody_reviewed() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.declare("wes", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::MissingReview, A)]);
}

#[test]
fn accepts_a_change_that_an_editor_reviewed() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.cover(w.root(), head);
    let report = w.update(w.root(), head);
    allowed(&report);
    assert_eq!(report.changes[0].status, ChangeStatus::Reviewed);
    assert_eq!(report.changes[0].reviewers[0].as_str(), "ed");
    assert_eq!(report.changes[0].records.len(), 2);
}

#[test]
fn accepts_an_added_and_a_deleted_file() {
    let mut w = World::new();
    let head = w.commit_by("wes", w.root(), &[(A, None), ("content/c.md", Some("c\n"))]);
    refused(
        &w.update(w.root(), head),
        &[
            (Code::MissingReview, A),
            (Code::MissingDeclaration, A),
            (Code::MissingReview, "content/c.md"),
            (Code::MissingDeclaration, "content/c.md"),
        ],
    );
    w.cover(w.root(), head);
    allowed(&w.update(w.root(), head));
}

#[test]
fn refuses_a_review_of_another_version_or_another_start() {
    let mut w = World::new();
    let reviewed = w.commit(w.root(), &[(A, "new\n")]);
    w.cover(w.root(), reviewed);
    let other = w.commit(w.root(), &[(A, "new!\n")]);
    refused(&w.update(w.root(), other), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
    let started = w.commit(w.root(), &[(A, "different\n")]);
    let elsewhere = w.commit(started, &[(A, "new\n")]);
    refused(&w.update(started, elsewhere), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
}

#[test]
fn refuses_another_mode_and_another_path() {
    let mut w = World::new();
    let reviewed = w.commit(w.root(), &[(A, "new\n")]);
    w.cover(w.root(), reviewed);
    let executable = w.chmod(reviewed, A, provenance_core::entry::Mode::Executable);
    assert!(codes(&w.update(w.root(), executable), Severity::Error).contains(&(Code::MissingReview, A.to_owned())));
    let elsewhere = w.commit(w.root(), &[("content/z.md", "new\n")]);
    assert!(
        codes(&w.update(w.root(), elsewhere), Severity::Error)
            .contains(&(Code::MissingReview, "content/z.md".to_owned()))
    );
}

#[test]
fn accepts_a_chain_of_reviewed_changes() {
    let mut w = World::new();
    let first = w.commit(w.root(), &[(A, "two\n")]);
    let second = w.commit(first, &[(A, "three\n")]);
    w.cover(w.root(), first);
    let review = Review { base: w.root(), ..w.approval("ed", first, second) };
    w.file("ed", Predicate::Review(review));
    w.declare("wes", first, second);
    allowed(&w.update(w.root(), second));
    let squashed = w.commit(w.root(), &[(A, "three\n")]);
    allowed(&w.update(w.root(), squashed));
}

#[test]
fn refuses_a_chain_with_an_edge_nobody_reviewed() {
    let mut w = World::new();
    let first = w.commit(w.root(), &[(A, "two\n")]);
    let second = w.commit(first, &[(A, "three\n")]);
    w.cover(w.root(), first);
    w.declare("wes", first, second);
    refused(&w.update(w.root(), second), &[(Code::MissingReview, A)]);
}

#[test]
fn refuses_too_few_persons_and_counts_persons_not_signatures() {
    let mut w = World::new();
    w.policy =
        w.policy.replace("reviews = [{ roles = [\"editor\"] }]", "reviews = [{ roles = [\"editor\"], count = 2 }]");
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.cover(w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::InsufficientReviews, A)]);
    let again = Review { comment: Some("again".into()), ..w.approval("ed", w.root(), head) };
    w.file("ed", Predicate::Review(again));
    refused(&w.update(w.root(), head), &[(Code::InsufficientReviews, A)]);
    w.approve("eva", w.root(), head);
    allowed(&w.update(w.root(), head));
}

#[test]
fn a_review_counts_in_each_rule() {
    let mut w = World::new();
    w.policy = w.policy.replace(
        "[[exempt]]",
        "[[rule]]\nname = \"all\"\npaths = [\"**\"]\nreviews = [{ roles = [\"editor\", \"admin\"] }]\n[[exempt]]",
    );
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.cover(w.root(), head);
    allowed(&w.update(w.root(), head));
}

#[test]
fn within_a_rule_one_person_fills_one_seat() {
    let mut w = World::new();
    w.policy = w.policy.replace(
        "reviews = [{ roles = [\"editor\"] }]",
        "reviews = [{ roles = [\"editor\"] }, { roles = [\"admin\"] }]",
    );
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.declare("wes", w.root(), head);
    w.approve("ana", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::InsufficientReviews, A)]);
    w.approve("ed", w.root(), head);
    allowed(&w.update(w.root(), head));
}

#[test]
fn refuses_a_reviewer_without_the_role() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.declare("wes", w.root(), head);
    w.approve("al", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::WrongRole, A)]);
    w.approve("ed", w.root(), head);
    allowed(&w.update(w.root(), head));
}

#[test]
fn a_path_without_a_rule_needs_any_human() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[("README", "new\n")]);
    w.declare("ed", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::MissingReview, "README")]);
    w.approve("wes", w.root(), head);
    // Wes is named by the commit, but Ed has answered for the work.
    let report = w.update(w.root(), head);
    allowed(&report);
    notes(&report, Code::UndeclaredAuthor);
}

#[test]
fn refuses_a_signature_that_proves_too_little_presence() {
    let mut w = World::new();
    w.policy = w.policy.replace("declaration = \"required\"", "declaration = \"required\"\npresence = \"terminal\"");
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.cover(w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::PresenceRequired, A)]);
    let review = Review { ceremony: Ceremony::Terminal, ..w.approval("ed", w.root(), head) };
    w.file("ed", Predicate::Review(review));
    allowed(&w.update(w.root(), head));
    w.policy = w.policy.replace("\"terminal\"", "\"touch\"");
    refused(&w.update(w.root(), head), &[(Code::PresenceRequired, A)]);
}

#[test]
fn refuses_an_open_or_failed_checklist() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.declare("wes", w.root(), head);
    let open = Review { answers: Vec::new(), ..w.approval("ed", w.root(), head) };
    w.file("ed", Predicate::Review(open));
    refused(&w.update(w.root(), head), &[(Code::IncompleteChecklist, A)]);
    let mut failed = w.approval("eva", w.root(), head);
    failed.answers[0].result = AnswerResult::Fail;
    w.file("eva", Predicate::Review(failed));
    refused(&w.update(w.root(), head), &[(Code::IncompleteChecklist, A), (Code::FailedChecklist, A)]);
    let mut does_not_apply = w.approval("ana", w.root(), head);
    does_not_apply.answers[0].result = AnswerResult::NotApplicable;
    w.file("ana", Predicate::Review(does_not_apply));
    allowed(&w.update(w.root(), head));
}

#[test]
fn refuses_a_time_in_the_future() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.declare("wes", w.root(), head);
    let later = Review { reviewed_at: "2025-06-01T12:05:01Z".parse().unwrap(), ..w.approval("ed", w.root(), head) };
    w.file("ed", Predicate::Review(later));
    refused(&w.update(w.root(), head), &[(Code::FutureTimestamp, A)]);
    let skewed = Review { reviewed_at: "2025-06-01T12:05:00Z".parse().unwrap(), ..w.approval("eva", w.root(), head) };
    w.file("eva", Predicate::Review(skewed));
    allowed(&w.update(w.root(), head));
}

#[test]
fn refuses_a_record_of_another_repository_or_branch() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.declare("wes", w.root(), head);
    let review = w.approval("ed", w.root(), head);
    w.file("ed", Predicate::Review(Review { repository: "acme/other".into(), ..review.clone() }));
    w.file("ed", Predicate::Review(Review { branches: vec![crate::world::branch("release")], ..review.clone() }));
    refused(&w.update(w.root(), head), &[(Code::MissingReview, B)]);
    w.file("ed", Predicate::Review(review));
    allowed(&w.update(w.root(), head));
}

#[test]
fn says_that_an_empty_range_was_not_reviewed() {
    let w = World::new();
    let report = w.update(w.root(), w.root());
    allowed(&report);
    notes(&report, Code::NothingToCheck);
}

/// A file that is new, and one amendment of it; both as one squashed commit, too.
fn added_and_amended() -> (World, [CommitId; 3]) {
    let mut w = World::new();
    let added = w.commit(w.root(), &[(NEW, "x\n")]);
    let amended = w.commit(added, &[(NEW, "y\n")]);
    let squashed = w.commit_by("wes", w.root(), &[(NEW, Some("y\n"))]);
    (w, [added, amended, squashed])
}

const NEW: &str = "content/new.md";

#[test]
fn a_chain_of_reviews_begins_with_a_file_that_is_new() {
    let (mut w, [added, amended, squashed]) = added_and_amended();
    w.cover(w.root(), added);
    w.declare("wes", added, amended);
    let review = Review { base: w.root(), ..w.approval("ed", added, amended) };
    let review = w.file("ed", Predicate::Review(review));
    allowed(&w.update(w.root(), squashed));
    w.revoke("ed", review);
    refused(&w.update(w.root(), squashed), &[(Code::Revoked, NEW)]);
}

#[test]
fn who_began_a_file_that_is_new_does_not_review_what_became_of_it() {
    let (mut w, [added, amended, squashed]) = added_and_amended();
    w.declare("wes", w.root(), squashed);
    w.approve("ed", w.root(), squashed);
    w.declare("ed", w.root(), added);
    allowed(&w.update(w.root(), squashed));
    w.declare("wes", added, amended);
    refused(&w.update(w.root(), squashed), &[(Code::SelfReview, NEW)]);
    w.approve("eva", w.root(), squashed);
    allowed(&w.update(w.root(), squashed));
}
