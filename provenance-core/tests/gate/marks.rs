//! Marks of AI that nobody signed, against what was declared.

use provenance_core::finding::Code;
use provenance_core::statement::Predicate;

use crate::world::{A, B, World, allowed, refused, warned};

const BY_CLAUDE: &str = "write\n\nCo-authored-by: Claude Opus 4.7 <noreply@anthropic.com>\n";

#[test]
fn refuses_none_where_the_commit_says_otherwise_and_allows_what_was_declared() {
    let mut w = World::new();
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "text\n")]));
    w.cover(root, new);
    allowed(&w.update(root, new));
    w.messages.insert(new, BY_CLAUDE);
    let report = w.update(root, new);
    refused(&report, &[(Code::UndeclaredAi, A)]);
    assert!(report.findings[0].message.contains("Claude Opus 4.7"), "{}", report.findings[0].message);
    let declaration = w.ai("wes", root, new);
    w.file("wes", Predicate::Declaration(declaration));
    allowed(&w.update(root, new));
}

#[test]
fn a_commits_mark_is_borne_out_by_any_path_that_it_touched() {
    let mut w = World::new();
    let root = w.root();
    let new = w.commit(root, &[(A, "by hand\n"), (B, "by a machine\n")]);
    w.messages.insert(new, BY_CLAUDE);
    let part = |mut declaration: provenance_core::statement::Declaration, at: usize| {
        declaration.changes = vec![declaration.changes.remove(at)];
        declaration
    };
    let by_hand = part(w.declaration("wes", root, new), 0);
    w.file("wes", Predicate::Declaration(by_hand));
    let none_either = part(w.declaration("wes", root, new), 1);
    let wrong = w.file("wes", Predicate::Declaration(none_either));
    w.approve("ed", root, new);
    refused(&w.update(root, new), &[(Code::UndeclaredAi, A), (Code::UndeclaredAi, B)]);
    w.revoke("wes", wrong);
    let by_machine = part(w.ai("wes", root, new), 1);
    w.file("wes", Predicate::Declaration(by_machine));
    allowed(&w.update(root, new));
}

#[test]
fn a_mark_that_says_no_and_one_of_a_person_contradict_nothing() {
    let mut w = World::new();
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "text\n")]));
    w.cover(root, new);
    for message in ["write\n\nAI-Assisted: no\n", "write\n\nAssisted-by: Claude Dupont <claude.dupont@example.com>\n"] {
        w.messages.insert(new, message);
        allowed(&w.update(root, new));
    }
}

#[test]
fn a_missing_declaration_is_said_as_such_and_the_policy_says_how_strict_a_mark_is() {
    let mut w = World::new();
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "text\n")]));
    w.messages.insert(new, BY_CLAUDE);
    w.approve("ed", root, new);
    w.approve("eva", root, new);
    refused(&w.update(root, new), &[(Code::MissingDeclaration, A)]);
    w.declare("wes", root, new);
    refused(&w.update(root, new), &[(Code::UndeclaredAi, A)]);
    w.policy.push_str("[severity]\nT1 = \"warning\"\n");
    let report = w.update(root, new);
    allowed(&report);
    warned(&report, Code::UndeclaredAi);
}

#[test]
fn nothing_is_asked_where_no_rule_asks_about_ai() {
    let mut w = World::new();
    let (root, new) = (w.root(), w.commit(w.root(), &[("README", "text\n")]));
    w.messages.insert(new, BY_CLAUDE);
    w.cover(root, new);
    allowed(&w.update(root, new));
}
