//! What the policy asks of people: acceptance, training, competence.

use provenance_core::finding::Code;
use provenance_core::id::CommitId;
use provenance_core::statement::{Declaration, Lesson, Predicate, Review};

use crate::world::{A, AI_POLICY, POLICY, World, allowed, branch, person, refused, warned};

const COMPANY: &str = r#"
[document.ai-policy]
path = "AI-POLICY.md"
accepted-by = ["ai", "review"]
[course.ai-basics]
modules = ["technical", "ethics"]
required-for = ["ai", "review"]
valid-days = 365
"#;

/// A world whose company asks for acceptance and training, a change by AI that Wes declared and Ed
/// approved, and its ends.
fn company() -> (World, [CommitId; 2]) {
    let mut w = World::new();
    w.policy = format!("{POLICY}{COMPANY}");
    w.people.push_str(&person("tina", "human", "\"trainer\"", ""));
    let root = w.root();
    let old = w.commit(root, &[(AI_POLICY, "We answer for what we publish.\n")]);
    let new = w.commit(old, &[(A, "by a machine\n")]);
    let declaration = w.ai("wes", old, new);
    w.file("wes", Predicate::Declaration(declaration));
    w.approve("ed", old, new);
    (w, [old, new])
}

fn train_all(w: &mut World, when: &str) {
    for who in ["wes", "ed"] {
        w.train("tina", who, World::course(&["technical", "ethics"]), when);
    }
}

const LATELY: &str = "2025-05-01T09:00:00Z";

#[test]
fn refuses_ai_use_and_its_review_by_the_untrained_and_those_who_did_not_accept() {
    let (mut w, [old, new]) = company();
    let untrained = [(Code::PolicyNotAccepted, A), (Code::Untrained, A)];
    refused(&w.update(old, new), &untrained);
    w.accept("wes", old);
    w.accept("ed", old);
    refused(&w.update(old, new), &[(Code::Untrained, A)]);
    w.train("tina", "wes", World::course(&["technical"]), LATELY);
    w.train("tina", "ed", World::course(&["technical", "ethics"]), LATELY);
    refused(&w.update(old, new), &[(Code::Untrained, A)]);
    w.train("tina", "wes", World::course(&["ethics"]), LATELY);
    allowed(&w.update(old, new));
}

#[test]
fn a_service_that_declares_ai_use_spares_nobody_what_is_asked_of_those_who_use_it() {
    let (mut w, [old, _]) = company();
    w.accept("ed", old);
    w.accept("eva", old);
    for who in ["ed", "eva"] {
        w.train("tina", who, World::course(&["technical", "ethics"]), LATELY);
    }
    let by_machine = w.commit(old, &[(A, "by a machine, too\n")]);
    let declaration = w.ai("ci", old, by_machine);
    w.file("ci", Predicate::Declaration(declaration));
    w.approve("ed", old, by_machine);
    w.approve("eva", old, by_machine);
    refused(&w.update(old, by_machine), &[(Code::PolicyNotAccepted, A), (Code::Untrained, A)]);
    // Who used it says so beside the service.
    w.accept("wes", old);
    w.train("tina", "wes", World::course(&["technical", "ethics"]), LATELY);
    let declaration = w.ai("wes", old, by_machine);
    w.file("wes", Predicate::Declaration(declaration));
    allowed(&w.update(old, by_machine));
}

#[test]
fn asks_nothing_of_people_where_no_ai_took_part() {
    let (mut w, [old, _]) = company();
    let new = w.commit(old, &[(A, "by hand\n")]);
    w.cover(old, new);
    allowed(&w.update(old, new));
}

#[test]
fn training_ends_and_a_trainers_leaving_or_expired_key_does_not_end_it() {
    let (mut w, [old, new]) = company();
    w.accept("wes", old);
    w.accept("ed", old);
    train_all(&mut w, "2024-05-31T09:00:00Z");
    let report = w.update(old, new);
    refused(&report, &[(Code::Untrained, A)]);
    assert!(report.findings[0].message.contains("ended on 2025-05-31"), "{}", report.findings[0].message);
    train_all(&mut w, "2024-06-02T09:00:00Z");
    allowed(&w.update(old, new));
    w.people = w.people.replace("name = \"tina\"", "name = \"tina\"\nretired = 2024-12-31");
    w.people.push_str(&person("theo", "human", "\"trainer\"", ""));
    allowed(&w.update(old, new));
    w.people = w.people.replace("retired = 2024-12-31", "retired = 2024-06-01");
    refused(&w.update(old, new), &[(Code::Untrained, A)]);
}

#[test]
fn a_revoked_key_or_record_trains_nobody() {
    let (mut w, [old, new]) = company();
    w.accept("wes", old);
    w.accept("ed", old);
    w.train("tina", "ed", World::course(&["technical", "ethics"]), LATELY);
    let trained = w.train("tina", "wes", World::course(&["technical", "ethics"]), LATELY);
    allowed(&w.update(old, new));
    w.revoke("tina", trained);
    refused(&w.update(old, new), &[(Code::Untrained, A)]);
}

#[test]
fn only_a_trainer_confirms_and_not_themselves_while_there_is_another() {
    let (mut w, [old, new]) = company();
    w.accept("wes", old);
    w.accept("ed", old);
    w.train("tina", "ed", World::course(&["technical", "ethics"]), LATELY);
    w.train("wes", "wes", World::course(&["technical", "ethics"]), LATELY);
    w.train("ana", "wes", World::course(&["technical", "ethics"]), LATELY);
    refused(&w.update(old, new), &[(Code::Untrained, A)]);
    w.people = w.people.replace("[\"writer\"]", "[\"writer\", \"trainer\"]");
    refused(&w.update(old, new), &[(Code::Untrained, A)]);
    w.people = w.people.replace("[\"trainer\"]", "[\"coach\"]");
    w.train("wes", "ed", World::course(&["technical", "ethics"]), LATELY);
    allowed(&w.update(old, new));
}

#[test]
fn an_acceptance_is_of_the_version_in_force_and_the_one_before_holds_in_its_grace() {
    let (mut w, [old, _]) = company();
    train_all(&mut w, LATELY);
    w.accept("wes", old);
    w.accept("ed", old);
    let revised = w.commit(old, &[(AI_POLICY, "Revised.\n")]);
    let new = w.commit(revised, &[(A, "by a machine\n")]);
    let declaration = w.ai("wes", revised, new);
    w.file("wes", Predicate::Declaration(declaration));
    w.approve("ed", revised, new);
    refused(&w.update(revised, new), &[(Code::PolicyNotAccepted, A)]);
    w.policy = w.policy.replace("path = \"AI-POLICY.md\"", "path = \"AI-POLICY.md\"\ngrace-days = 14");
    w.since = Some("2025-05-18T10:00:00Z");
    warned(&w.update(revised, new), Code::PolicyNotAccepted);
    w.since = Some("2025-05-17T10:00:00Z");
    refused(&w.update(revised, new), &[(Code::PolicyNotAccepted, A)]);
    w.since = None;
    refused(&w.update(revised, new), &[(Code::PolicyNotAccepted, A)]);
    w.accept("wes", revised);
    w.accept("ed", revised);
    allowed(&w.update(revised, new));
}

#[test]
fn nobody_accepts_for_somebody_else() {
    let (mut w, [old, new]) = company();
    train_all(&mut w, LATELY);
    w.accept("ana", old);
    w.accept("ed", old);
    refused(&w.update(old, new), &[(Code::PolicyNotAccepted, A)]);
    w.accept("wes", old);
    allowed(&w.update(old, new));
}

#[test]
fn an_agents_operator_is_asked_for_it() {
    let (mut w, [old, _]) = company();
    w.accept("ed", old);
    train_all(&mut w, LATELY);
    let new = w.commit(old, &[(A, "by a bot\n")]);
    let declaration = w.ai("bot", old, new);
    w.file("bot", Predicate::Declaration(declaration));
    w.approve("ed", old, new);
    refused(&w.update(old, new), &[(Code::PolicyNotAccepted, A)]);
    w.accept("wes", old);
    allowed(&w.update(old, new));
}

#[test]
fn severity_decides_whether_it_refuses() {
    let (mut w, [old, new]) = company();
    let policy = w.policy.clone();
    w.policy = format!("{policy}[severity]\nAc1 = \"warning\"\nTr1 = \"warning\"\n");
    let report = w.update(old, new);
    allowed(&report);
    warned(&report, Code::Untrained);
    warned(&report, Code::PolicyNotAccepted);
    w.policy = format!("{policy}[severity]\nAc1 = \"off\"\nTr1 = \"off\"\n");
    assert!(w.update(old, new).findings.is_empty());
}

#[test]
fn a_tools_document_is_acknowledged_in_its_version() {
    let mut w = World::new();
    w.tools.push_str("document = \"tools/writer.md\"\n");
    let root = w.root();
    let old = w.commit(root, &[("tools/writer.md", "# Writer\n")]);
    let new = w.commit(old, &[(A, "by a machine\n")]);
    let declaration = w.ai("wes", old, new);
    w.file("wes", Predicate::Declaration(declaration));
    w.approve("ed", old, new);
    warned(&w.update(old, new), Code::Untrained);
    w.policy.push_str("[severity]\nTr2 = \"error\"\n");
    refused(&w.update(old, new), &[(Code::Untrained, A)]);
    let document = w.document(old, "tools/writer.md");
    w.train("wes", "wes", Lesson::Tool { tool: "writer".parse().unwrap(), document }, LATELY);
    allowed(&w.update(old, new));
}

/// A change by AI on release, whose own policy asks nothing of people; the authority, at `tip`, asks it.
fn on_release() -> (World, CommitId, [CommitId; 2]) {
    let (mut w, [old, _]) = company();
    let tip = w.commit(old, &[(AI_POLICY, "Revised.\n")]);
    w.branch = "release";
    let new = w.commit(old, &[(A, "by a machine, for release\n")]);
    let here = vec![branch("release")];
    let declaration = Declaration { branches: here.clone(), ..w.ai("wes", old, new) };
    w.file("wes", Predicate::Declaration(declaration));
    let review = Review { branches: here, ..w.approval("ed", old, new) };
    w.file("ed", Predicate::Review(review));
    w.authority = Some((w.policy.clone(), w.people.clone()));
    w.authority_tip = Some(tip);
    w.policy = POLICY.to_owned();
    (w, tip, [old, new])
}

#[test]
fn what_the_authority_asks_of_people_is_asked_on_every_branch() {
    let (mut w, tip, [old, new]) = on_release();
    refused(&w.update(old, new), &[(Code::PolicyNotAccepted, A), (Code::Untrained, A)]);
    train_all(&mut w, LATELY);
    // The version that the authority's tip holds, whatever the branch still has.
    w.accept("wes", old);
    w.accept("ed", old);
    let report = w.update(old, new);
    refused(&report, &[(Code::PolicyNotAccepted, A)]);
    let hint = report.findings[0].hint.as_deref().unwrap();
    assert!(hint.ends_with("`git provenance policy accept ai-policy --branch main`"), "{hint}");
    w.accept("wes", tip);
    w.accept("ed", tip);
    allowed(&w.update(old, new));
    // And what the branch's own policy asks.
    let asking = w.authority.take().unwrap();
    w.authority = Some((POLICY.to_owned(), asking.1));
    w.policy = asking.0.replace("ai-basics", "law");
    refused(&w.update(old, new), &[(Code::Untrained, A)]);
    w.policy = POLICY.to_owned();
    allowed(&w.update(old, new));
}

#[test]
fn a_rule_may_ask_for_competence() {
    let mut w = World::new();
    w.policy =
        w.policy.replace("declaration = \"required\"", "declaration = \"required\"\ncompetence = [\"medicine\"]");
    let new = w.commit(w.root(), &[(A, "a dose\n")]);
    w.cover(w.root(), new);
    refused(&w.update(w.root(), new), &[(Code::WrongRole, A)]);
    w.people = w.people.replace("name = \"ed\"", "name = \"ed\"\ncompetence = [\"medicine\", \"german\"]");
    allowed(&w.update(w.root(), new));
}

#[test]
fn records_about_people_that_count_for_nothing_train_nobody_and_hide_no_training() {
    let (mut w, [old, _]) = company();
    let names: Vec<String> = (0..60).map(|n| format!("content/{n}.md")).collect();
    let edits: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), name.as_str())).collect();
    let new = w.commit(old, &edits);
    let declaration = w.ai("wes", old, new);
    w.file("wes", Predicate::Declaration(declaration));
    w.approve("ed", old, new);
    for n in 0..60 {
        for who in ["wes", "ed"] {
            w.train("bot", who, World::course(&["technical", "ethics"]), &format!("2025-05-01T09:00:{n:02}Z"));
            w.accept(who, old);
        }
    }
    let untrained: Vec<(Code, &str)> = names.iter().map(|name| (Code::Untrained, name.as_str())).collect();
    refused(&w.update(old, new), &untrained);
    train_all(&mut w, LATELY);
    allowed(&w.update(old, new));
}
