//! What was declared of AI, and whether it is allowed.

use provenance_core::finding::Code;
use provenance_core::statement::{Ai, Author, Declaration, Extent, Predicate};

use crate::world::{A, World, allowed, refused};

fn with(edit: impl Fn(&mut Declaration)) -> (World, provenance_core::report::Report) {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    let mut declaration = w.ai("wes", w.root(), head);
    edit(&mut declaration);
    w.file("wes", Predicate::Declaration(declaration));
    w.approve("ed", w.root(), head);
    let report = w.update(w.root(), head);
    (w, report)
}

#[test]
fn refuses_a_change_without_a_declaration() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.approve("ed", w.root(), head);
    w.approve("eva", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::MissingDeclaration, A)]);
    w.declare("wes", w.root(), head);
    allowed(&w.update(w.root(), head));
}

#[test]
fn accepts_an_approved_tool_and_reports_it() {
    let (_, report) = with(|_| {});
    allowed(&report);
    let ai = report.changes[0].ai.clone().unwrap();
    assert_eq!((ai.extent, ai.tools), (Extent::Generated, vec!["writer:opus-4".to_owned()]));
}

#[test]
fn refuses_an_unknown_tool_an_unapproved_model_and_a_tool_that_is_over() {
    refused(&with(|it| it.ai.tool = Some("magic".parse().unwrap())).1, &[(Code::UnapprovedTool, A)]);
    refused(&with(|it| it.ai.model = Some("haiku".into())).1, &[(Code::UnapprovedTool, A)]);
    refused(&with(|it| it.ai.model = None).1, &[(Code::UnapprovedTool, A)]);
    let mut w = World::new();
    w.tools.push_str("approved-until = 2025-05-31\n");
    let head = w.commit(w.root(), &[(A, "new\n")]);
    let declaration = w.ai("wes", w.root(), head);
    w.file("wes", Predicate::Declaration(declaration));
    w.approve("ed", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::UnapprovedTool, A)]);
    w.tools = w.tools.replace("2025-05-31", "2025-06-01");
    allowed(&w.update(w.root(), head));
}

#[test]
fn refuses_a_restricted_use_and_one_nobody_defined() {
    refused(&with(|it| it.ai.use_case = Some("legal-advice".parse().unwrap())).1, &[(Code::RestrictedUse, A)]);
    refused(&with(|it| it.ai.use_case = Some("anything".parse().unwrap())).1, &[(Code::RestrictedUse, A)]);
    allowed(&with(|it| it.ai.use_case = Some("drafting".parse().unwrap())).1);
}

#[test]
fn refuses_ai_where_the_rule_forbids_it() {
    let mut w = World::new();
    w.policy = w.policy.replace("declaration = \"required\"", "declaration = \"required\"\nai = \"forbidden\"");
    let head = w.commit(w.root(), &[(A, "new\n")]);
    let declaration = w.ai("wes", w.root(), head);
    w.file("wes", Predicate::Declaration(declaration));
    w.approve("ed", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::AiForbidden, A)]);
    let mut human = w.clone();
    human.notes.clear();
    human.cover(w.root(), head);
    allowed(&human.update(w.root(), head));
}

#[test]
fn refuses_a_declaration_without_its_confirmations() {
    refused(&with(|it| it.confirmations.clear()).1, &[(Code::MissingConfirmation, A)]);
}

#[test]
fn the_greatest_extent_counts() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    let declaration = w.ai("wes", w.root(), head);
    w.file("wes", Predicate::Declaration(declaration));
    w.cover(w.root(), head);
    let report = w.update(w.root(), head);
    allowed(&report);
    assert_eq!(report.changes[0].ai.as_ref().unwrap().extent, Extent::Generated);
}

#[test]
fn what_an_agent_signs_or_made_is_at_least_assisted() {
    for author in [Author::person("bot".parse().unwrap()), Author::outside("Bot".into(), "bot@example.com".into())] {
        let (_, report) = with(|it| {
            it.ai = Ai::none();
            it.authors = vec![author.clone()];
        });
        refused(&report, &[(Code::UnapprovedTool, A)]);
    }
}

#[test]
fn a_declaration_by_a_key_that_does_not_count_is_none() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.cover(w.root(), head);
    w.approve("eva", w.root(), head);
    use provenance_core::key::Signer;
    let public = crate::world::key("wes").public_key().to_string();
    w.people = w.people.replace(
        &format!("\"{public}\""),
        &format!("{{ public = \"{public}\", revoked = 2025-01-01, because = \"stolen\" }}"),
    );
    refused(&w.update(w.root(), head), &[(Code::MissingDeclaration, A)]);
}

#[test]
fn a_revoked_declaration_is_none() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    let declaration = w.declare("wes", w.root(), head);
    w.approve("ed", w.root(), head);
    w.approve("eva", w.root(), head);
    w.revoke("wes", declaration);
    refused(&w.update(w.root(), head), &[(Code::MissingDeclaration, A)]);
}

#[test]
fn a_declaration_of_the_whole_covers_its_parts() {
    let mut w = World::new();
    let first = w.commit(w.root(), &[(A, "two\n")]);
    let second = w.commit(first, &[(A, "three\n")]);
    w.declare("wes", w.root(), second);
    w.approve("ed", w.root(), first);
    let review = provenance_core::statement::Review { base: w.root(), ..w.approval("ed", first, second) };
    w.file("ed", Predicate::Review(review));
    allowed(&w.update(w.root(), second));
    let mut parts = World::new();
    let first = parts.commit(parts.root(), &[(A, "two\n")]);
    let second = parts.commit(first, &[(A, "three\n")]);
    parts.declare("wes", parts.root(), first);
    parts.approve("ed", parts.root(), second);
    refused(&parts.update(parts.root(), second), &[(Code::MissingDeclaration, A), (Code::InsufficientReviews, A)]);
    parts.declare("wes", first, second);
    allowed(&parts.update(parts.root(), second));
}

#[test]
fn a_wrong_declaration_is_revoked_and_made_anew() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    let mut wrong = w.ai("wes", w.root(), head);
    wrong.ai.tool = Some("magic".parse().unwrap());
    let wrong = w.file("wes", Predicate::Declaration(wrong));
    w.declare("wes", w.root(), head);
    w.approve("ed", w.root(), head);
    // Its review suffices, and so would the second declaration alone.
    let report = w.update(w.root(), head);
    refused(&report, &[(Code::UnapprovedTool, A)]);
    assert_eq!(report.changes[0].status, provenance_core::report::ChangeStatus::Reviewed);
    w.revoke("wes", wrong);
    allowed(&w.update(w.root(), head));
}
