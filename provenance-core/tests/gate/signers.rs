//! Whose signature counts and whose work it is, beyond the plain cases of `people`.

use provenance_core::finding::{Code, Severity};
use provenance_core::gate::Question;
use provenance_core::key::Signer;
use provenance_core::statement::{Author, Declaration, Predicate};

use crate::world::{A, B, World, allowed, codes, key, notes, path, refused, undecided};

#[test]
fn an_agent_without_a_human_operator_settles_nothing() {
    let mut w = World::new();
    let operated = w.people.clone();
    w.people = w.people.replace("operators = [\"wes\"]", "");
    let head = w.commit(w.root(), &[(A, "new\n")]);
    let declaration = w.ai("bot", w.root(), head);
    w.file("bot", Predicate::Declaration(declaration));
    w.approve("ed", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::InsufficientReviews, A)]);
    w.people = operated;
    allowed(&w.update(w.root(), head));
}

#[test]
fn commits_that_cannot_be_read_matter_only_where_nobody_answered() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.declare("ci", w.root(), head);
    w.approve("ed", w.root(), head);
    w.approve("eva", w.root(), head);
    allowed(&w.update(w.root(), head));
    w.blocked = vec![Question::Identities { old: w.root(), new: head, path: path(A) }];
    undecided(&w.update(w.root(), head), Code::UndecidedObject);
    w.declare("wes", w.root(), head);
    allowed(&w.update(w.root(), head));
}

#[test]
fn an_address_of_nobody_makes_nobody_a_contributor() {
    let with = |email: &str| {
        let mut w = World::new();
        let head = w.commit(w.root(), &[(A, "new\n")]);
        let authors = vec![Author::outside("Ed".into(), email.into())];
        let declaration = Declaration { authors, ..w.declaration("wes", w.root(), head) };
        w.file("wes", Predicate::Declaration(declaration));
        w.approve("ed", w.root(), head);
        w.update(w.root(), head)
    };
    allowed(&with("ed@elsewhere.org"));
    refused(&with("Ed@Example.COM"), &[(Code::SelfReview, A)]);
}

#[test]
fn names_in_commits_are_noted_only_where_the_change_passes() {
    let mut w = World::new();
    let head = w.commit_by("ed", w.root(), &[(A, Some("new\n"))]);
    w.declare("wes", w.root(), head);
    let report = w.update(w.root(), head);
    refused(&report, &[(Code::MissingReview, A)]);
    assert!(codes(&report, Severity::Note).is_empty(), "{:#?}", report.findings);
    w.approve("eva", w.root(), head);
    let report = w.update(w.root(), head);
    allowed(&report);
    notes(&report, Code::UndeclaredAuthor);
    // Whoever is declared is no surprise.
    w.declare("ed", w.root(), head);
    let report = w.update(w.root(), head);
    assert!(codes(&report, Severity::Note).is_empty(), "{:#?}", report.findings);
}

#[test]
fn a_retired_admin_lifts_nothing_and_still_blocks() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.cover(w.root(), head);
    let rejection = w.reject("eva", w.root(), head);
    w.revoke("al", rejection);
    allowed(&w.update(w.root(), head));
    let active = w.people.clone();
    w.people = w.people.replace("[person.al]\n", "[person.al]\nretired = 2025-05-31\n");
    refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
    // What blocks outlives the role: an approval that they had revoked stays revoked.
    w = World::new();
    w.people = active;
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.declare("wes", w.root(), head);
    let review = w.approve("ed", w.root(), head);
    allowed(&w.update(w.root(), head));
    w.revoke("al", review);
    w.people = w.people.replace("[person.al]\n", "[person.al]\nretired = 2025-05-31\n");
    refused(&w.update(w.root(), head), &[(Code::Revoked, B)]);
}

#[test]
fn a_declaration_that_does_not_count_is_noted_and_may_bind() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.cover(w.root(), head);
    let later = Declaration { declared_at: "2030-01-01T00:00:00Z".parse().unwrap(), ..w.ai("wes", w.root(), head) };
    w.file("wes", Predicate::Declaration(later));
    let report = w.update(w.root(), head);
    allowed(&report);
    notes(&report, Code::FutureTimestamp);
    assert_eq!(report.changes[0].ai.as_ref().unwrap().extent, provenance_core::statement::Extent::Generated);
    let public = key("wes").public_key().to_string();
    w.people = w.people.replace(
        &format!("\"{public}\""),
        &format!("{{ public = \"{public}\", revoked = 2025-01-01, because = \"stolen\" }}"),
    );
    let report = w.update(w.root(), head);
    refused(&report, &[(Code::MissingDeclaration, A), (Code::InsufficientReviews, A)]);
    notes(&report, Code::RevokedKey);
}

#[test]
fn says_before_signing_whose_review_could_not_count() {
    let mut w = World::new();
    let head = w.commit_by("wes", w.root(), &[(A, Some("new\n"))]);
    w.declare("eva", w.root(), head);
    assert_eq!(w.may_review("ed", w.root(), head), []);
    assert_eq!(w.may_review("eva", w.root(), head), [Code::SelfReview]);
    assert_eq!(w.may_review("al", w.root(), head), [Code::WrongRole]);
    assert_eq!(w.may_review("bot", w.root(), head), [Code::NotHuman]);
    w.people = w.people.replace("[person.ed]\n", "[person.ed]\nretired = 2025-05-31\n");
    assert_eq!(w.may_review("ed", w.root(), head), [Code::UnknownKey]);
}
