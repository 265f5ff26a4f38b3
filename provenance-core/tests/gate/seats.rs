//! Seats, checklists and roles where several rules, or none, match.

use provenance_core::finding::Code;
use provenance_core::statement::{Answer, AnswerResult, Decision, Predicate, Review};

use crate::world::{A, World, allowed, refused};

#[test]
fn each_review_answers_the_checklists_of_all_rules() {
    let mut w = World::new();
    let more = "[[rule]]\nname = \"fair\"\npaths = [\"*.md\"]\nchecklist = [\"bias\"]\n[[exempt]]";
    w.policy = w.policy.replace("[[exempt]]", more);
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.cover(w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::IncompleteChecklist, A)]);
    let mut other = w.approval("eva", w.root(), head);
    other.answers[0].id = "bias".parse().unwrap();
    w.file("eva", Predicate::Review(other));
    refused(&w.update(w.root(), head), &[(Code::IncompleteChecklist, A)]);
    let mut review = w.approval("ed", w.root(), head);
    // An answer to something that nobody asked plays no part.
    for (id, result) in [("bias", AnswerResult::Pass), ("nobody-asked", AnswerResult::Fail)] {
        review.answers.push(Answer { sources: Vec::new(), id: id.parse().unwrap(), result, note: None });
    }
    w.file("ed", Predicate::Review(review));
    allowed(&w.update(w.root(), head));
}

#[test]
fn the_further_seat_is_for_the_roles_that_the_rule_names() {
    let mut w = World::new();
    w.policy = w.policy.replace("declaration = \"required\"\n", "");
    let head = w.commit(w.root(), &[(A, "new\n"), ("README", "new\n")]);
    w.approve("ed", w.root(), head);
    w.approve("al", w.root(), head);
    // Where no rule matches any human will do: Ed and Al fill both seats of README.
    refused(&w.update(w.root(), head), &[(Code::InsufficientReviews, A)]);
    w.approve("eva", w.root(), head);
    allowed(&w.update(w.root(), head));
}

#[test]
fn anybody_may_reject_where_no_rule_names_a_role() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[("README", "new\n")]);
    w.cover(w.root(), head);
    allowed(&w.update(w.root(), head));
    let rejection = Review { decision: Decision::Reject, ..w.approval("wes", w.root(), head) };
    w.file("wes", Predicate::Review(rejection));
    refused(&w.update(w.root(), head), &[(Code::Rejected, "README")]);
}

#[test]
fn the_message_says_which_rule_lacks_whom() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.declare("wes", w.root(), head);
    w.approve("al", w.root(), head);
    let report = w.update(w.root(), head);
    refused(&report, &[(Code::WrongRole, A)]);
    let said = &report.findings[0].message;
    assert_eq!(said, "rule `content` asks for 1 review(s): 1 more by role editor needed, only al counts");
}

#[test]
fn the_hint_names_who_could_fill_the_seats_that_stay_empty() {
    let mut w = World::new();
    let safe = "[[rule]]\nname = \"safe\"\npaths = [\"*.md\"]\nreviews = [{ roles = [\"security\"] }]\n[[exempt]]";
    w.policy = w.policy.replace("[[exempt]]", safe);
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.declare("wes", w.root(), head);
    w.approve("ed", w.root(), head);
    w.approve("eva", w.root(), head);
    let report = w.update(w.root(), head);
    refused(&report, &[(Code::WrongRole, A)]);
    let finding = &report.findings[0];
    let said = "rule `safe` asks for 1 review(s): 1 more by role security needed, only ed and eva count";
    assert_eq!(finding.message, said);
    let hint = finding.hint.as_deref().unwrap();
    assert!(hint.starts_with("al or ana (role security) runs `git provenance review "), "{hint}");
}
