//! The ways a change may pass, their order, and the one finding of a review that does not count.

use provenance_core::finding::{Code, Severity};
use provenance_core::report::{ChangeStatus, Report};
use provenance_core::statement::{Answer, AnswerResult, Ceremony, Predicate, Review};

use crate::world::{A, B, World, allowed, refused};

#[test]
fn the_first_way_that_passes_is_taken() {
    let mut w = World::new();
    let log = w.commit(w.root(), &[("log/x", "x\n")]);
    w.cover(w.root(), log);
    assert_eq!(w.update(w.root(), log).changes[0].status, ChangeStatus::Exempt);
    let topic = w.commit(w.root(), &[(A, "ONE\n2\n3\n4\n5\n6\n7\n")]);
    w.cover(w.root(), topic);
    let meanwhile = w.commit(w.root(), &[(A, "1\n2\n3\n4\n5\n6\nSEVEN\n")]);
    w.cover(w.root(), meanwhile);
    let merged = w.merge(&[meanwhile, topic], &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n")]);
    assert_eq!(w.update(meanwhile, merged).changes[0].status, ChangeStatus::Merged);
    w.cover(meanwhile, merged);
    assert_eq!(w.update(meanwhile, merged).changes[0].status, ChangeStatus::Reviewed);
    let neither = w.commit(meanwhile, &[(A, "x\n")]);
    let report = w.update(meanwhile, neither);
    refused(&report, &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
    assert_eq!(report.changes[0].status, ChangeStatus::Unreviewed);
}

#[test]
fn an_exempt_change_is_declared_nevertheless() {
    let mut w = World::new();
    let rule = "[[rule]]\nname = \"log\"\npaths = [\"log/**\"]\ndeclaration = \"required\"\nai = \"forbidden\"\n";
    w.policy = w.policy.replace("[[exempt]]", &format!("{rule}[[exempt]]"));
    let head = w.commit(w.root(), &[("log/x", "x\n")]);
    refused(&w.update(w.root(), head), &[(Code::MissingDeclaration, "log/x")]);
    w.declare("wes", w.root(), head);
    let report = w.update(w.root(), head);
    allowed(&report);
    assert_eq!(report.changes[0].status, ChangeStatus::Exempt);
    let declaration = w.ai("wes", w.root(), head);
    w.file("wes", Predicate::Declaration(declaration));
    refused(&w.update(w.root(), head), &[(Code::AiForbidden, "log/x")]);
}

#[test]
fn shows_the_findings_of_the_chain_with_the_fewest_faults() {
    let mut w = World::new();
    let first = w.commit(w.root(), &[(A, "two\n")]);
    let second = w.commit(first, &[(A, "three\n")]);
    w.declare("wes", w.root(), second);
    for (who, from, to) in [("ana", w.root(), second), ("ed", w.root(), first), ("eva", first, second)] {
        let open = Review { answers: Vec::new(), base: w.root(), ..w.approval(who, from, to) };
        w.file(who, Predicate::Review(open));
    }
    let report = w.update(w.root(), second);
    refused(&report, &[(Code::IncompleteChecklist, A)]);
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    assert_eq!(errors.map(|it| it.message.as_str()).collect::<Vec<_>>(), ["ana's review leaves accuracy unanswered"]);
    w.approve("eva", w.root(), second);
    allowed(&w.update(w.root(), second));
}

#[test]
fn refuses_a_chain_one_edge_of_which_lacks_its_quorum() {
    let mut w = World::new();
    w.policy = w.policy.replace("roles = [\"editor\"] }", "roles = [\"editor\"], count = 2 }");
    let first = w.commit(w.root(), &[(A, "two\n")]);
    let second = w.commit(first, &[(A, "three\n")]);
    w.declare("wes", w.root(), second);
    for (who, from, to) in [("ed", w.root(), first), ("eva", w.root(), first), ("ed", first, second)] {
        let review = Review { base: w.root(), ..w.approval(who, from, to) };
        w.file(who, Predicate::Review(review));
    }
    refused(&w.update(w.root(), second), &[(Code::InsufficientReviews, A)]);
    let review = Review { base: w.root(), ..w.approval("eva", first, second) };
    w.file("eva", Predicate::Review(review));
    allowed(&w.update(w.root(), second));
}

/// The reasons of G7.1 that one review by an editor can have at once, in their order.
const REASONS: [Code; 10] = [
    Code::FutureTimestamp,
    Code::UnknownKey, // retired
    Code::SelfReview,
    Code::MissingReview, // superseded
    Code::Revoked,
    Code::PresenceRequired,
    Code::FailedChecklist,
    Code::IncompleteChecklist,
    Code::StaleReview,
    Code::PartialChangeSet,
];

/// A change whose one review has every reason from the `first` on.
fn with_reasons_from(first: usize) -> Report {
    let mut w = World::new();
    w.policy =
        w.policy.replace("checklist = [\"accuracy\"]", "checklist = [\"accuracy\", \"bias\"]\npresence = \"terminal\"");
    if first <= 1 {
        w.people = w.people.replace("[person.ed]\n", "[person.ed]\nretired = 2025-05-31\n");
    }
    let elsewhere = w.commit(w.root(), &[("README", "x\n")]);
    let head = w.commit(w.root(), &[(A, "a2\n"), (B, "b2\n")]);
    w.declare("wes", w.root(), head);
    if first <= 2 {
        w.declare("ed", w.root(), head);
    }
    let answer = |id: &str, result| Answer { sources: Vec::new(), id: id.parse().unwrap(), result, note: None };
    let mut answers =
        vec![answer("accuracy", if first <= 6 { AnswerResult::Fail } else { AnswerResult::NotApplicable })];
    answers.extend((first > 7).then(|| answer("bias", AnswerResult::Pass)));
    let review = Review {
        reviewed_at: if first == 0 { "2030-01-01T00:00:00Z".parse().unwrap() } else { w.time() },
        ceremony: if first <= 5 { Ceremony::Options } else { Ceremony::Terminal },
        base: if first <= 8 { elsewhere } else { w.root() },
        answers,
        ..w.approval("ed", w.root(), head)
    };
    let id = w.file("ed", Predicate::Review(review));
    if first <= 3 {
        let other = w.commit(w.root(), &[(A, "other\n")]);
        let later = Review { supersedes: vec![id], ..w.approval("ed", w.root(), other) };
        w.file("ed", Predicate::Review(later));
    }
    if first <= 4 {
        w.revoke("ed", id);
    }
    let landed = if first <= 9 { w.commit(w.root(), &[(A, "a2\n")]) } else { head };
    w.update(w.root(), landed)
}

#[test]
fn the_first_reason_why_a_review_does_not_count_is_its_finding() {
    for (first, code) in REASONS.into_iter().enumerate() {
        refused(&with_reasons_from(first), &[(code, A)]);
    }
    allowed(&with_reasons_from(REASONS.len()));
}
