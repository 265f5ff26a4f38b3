//! Ways around what a waiver does not cover.

use provenance_core::finding::Code;
use provenance_core::gate::Promotion;
use provenance_core::id::CommitId;
use provenance_core::statement::{Declaration, Predicate, Review, ScanResult};

use crate::world::{A, POLICY, World, allowed, branch, refused};

const WAIVERS: &str = "[waiver]\nroles = [\"incident-commander\"]\nmax-days = 14\n";
const UNTIL: &str = "2025-06-10";

/// A world in which Ed may waive.
fn with_commander() -> World {
    let mut w = World::new();
    w.policy.push_str(WAIVERS);
    w.people = w.people.replacen("roles = [\"editor\"]", "roles = [\"editor\", \"incident-commander\"]", 1);
    w
}

#[test]
fn a_rejected_version_is_not_waived_as_the_end_of_a_merge() {
    let mut w = with_commander();
    let root = w.root();
    let topic = w.commit(root, &[(A, "ONE\n2\n3\n4\n5\n6\n7\n")]);
    w.cover(root, topic);
    let meanwhile = w.commit(root, &[(A, "1\n2\n3\n4\n5\n6\nSEVEN\n")]);
    w.cover(root, meanwhile);
    let merged = w.commit(meanwhile, &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n")]);
    let evil = w.commit(meanwhile, &[(A, "evil\n")]);
    w.waive("ed", [meanwhile, evil], UNTIL);
    let rejection = w.reject("eva", meanwhile, evil);
    refused(&w.update(meanwhile, evil), &[(Code::Rejected, A)]);
    // It draws a way from a merge that is approved to what was rejected.
    w.declare("bot", merged, evil);
    refused(&w.update(meanwhile, evil), &[(Code::Rejected, A)]);
    w.revoke("eva", rejection);
    allowed(&w.update(meanwhile, evil));
}

/// Two steps of main, by one review each; release asks for two, and Ed may waive there.
fn half_promoted() -> (World, [CommitId; 3]) {
    half_promoted_by("wes")
}

/// The same, with the second commit by somebody.
fn half_promoted_by(author: &str) -> (World, [CommitId; 3]) {
    let mut w = with_commander();
    let root = w.root();
    let first = w.commit(root, &[(A, "two\n")]);
    w.approve("ed", root, first);
    let second = w.commit_by(author, first, &[(A, Some("three\n"))]);
    w.approve("eva", first, second);
    w.branch = "release";
    w.policy =
        w.policy.replace("reviews = [{ roles = [\"editor\"] }]", "reviews = [{ roles = [\"editor\"], count = 2 }]");
    w.promotions = vec![Promotion { from: branch("main"), since: root, until: second }];
    w.waive("ed", [root, second], UNTIL);
    (w, [root, first, second])
}

#[test]
fn a_promotion_that_fails_hides_no_contributor_from_a_waiver() {
    let short = [(Code::InsufficientReviews, A), (Code::MissingDeclaration, A)];
    // Of the whole, where it goes to; or of the step that is not the one whose faults are told.
    for (from, of) in [(0, "release"), (1, "main")] {
        let (mut w, steps) = half_promoted();
        allowed(&w.update(steps[0], steps[2]));
        let own = Declaration { branches: vec![branch(of)], ..w.declaration("ed", steps[from], steps[2]) };
        w.file("ed", Predicate::Declaration(own));
        refused(&w.update(steps[0], steps[2]), &short);
    }
}

#[test]
fn whom_commits_of_a_promotion_name_waives_nothing_where_nobody_answers_for_the_step() {
    let with = |author: &str, declares: &str| {
        let (mut w, [root, first, second]) = half_promoted_by(author);
        let own = Declaration { branches: vec![branch("main")], ..w.declaration(declares, first, second) };
        w.file(declares, Predicate::Declaration(own));
        w.update(root, second)
    };
    refused(&with("ed", "ci"), &[(Code::InsufficientReviews, A), (Code::MissingDeclaration, A)]);
    allowed(&with("wes", "ci"));
    // Who answers for it says whose work it is.
    allowed(&with("ed", "wes"));
}

#[test]
fn who_declared_a_step_far_from_the_one_that_failed_waives_nothing() {
    let with = |declares: &str| {
        let mut w = with_commander();
        let mut chain = vec![w.root()];
        for n in 0..40 {
            chain.push(w.commit(chain[n], &[(A, &format!("step {n}\n"))]));
        }
        w.declare(declares, chain[38], chain[39]);
        w.waive("ed", [chain[0], chain[40]], UNTIL);
        w.update(chain[0], chain[40])
    };
    allowed(&with("wes"));
    refused(&with("ed"), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
}

#[test]
fn who_declared_a_part_of_a_reviewed_step_waives_nothing_of_the_others() {
    let with = |declares: &str| {
        let mut w = with_commander();
        let root = w.root();
        let first = w.commit(root, &[(A, "two\n")]);
        let second = w.commit(first, &[(A, "three\n")]);
        // It passes by two reviews, with a version between them that no step had.
        let between = w.commit(first, &[(A, "between\n")]);
        for (from, to) in [(first, between), (between, second)] {
            let review = Review { base: first, ..w.approval("eva", from, to) };
            w.file("eva", Predicate::Review(review));
        }
        w.declare(declares, first, between);
        w.waive("ed", [root, second], UNTIL);
        w.update(root, second)
    };
    allowed(&with("wes"));
    refused(&with("ed"), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
}

#[test]
fn a_promotion_that_fails_hides_no_ai_from_a_waiver() {
    let (mut w, [root, _, second]) = half_promoted();
    w.declare("wes", root, second);
    w.policy = w.policy.replace("declaration = \"required\"", "declaration = \"required\"\nai = \"forbidden\"");
    allowed(&w.update(root, second));
    let declaration = Declaration { branches: vec![branch("release")], ..w.ai("wes", root, second) };
    w.file("wes", Predicate::Declaration(declaration));
    refused(&w.update(root, second), &[(Code::AiForbidden, A)]);
}

#[test]
fn a_branch_lets_nobody_waive_what_the_authority_does_not() {
    let mut w = with_commander();
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "hot fix\n")]));
    w.branch = "release";
    w.waive("ed", [root, new], UNTIL);
    let missing = [(Code::MissingReview, A), (Code::MissingDeclaration, A)];
    w.authority = Some((w.policy.replace(WAIVERS, ""), w.people.clone()));
    refused(&w.update(root, new), &missing);
    w.authority = Some((w.policy.replace("max-days = 14", "max-days = 3"), w.people.clone()));
    refused(&w.update(root, new), &missing);
    w.authority = Some((w.policy.replace("\"incident-commander\"", "\"admin\""), w.people.clone()));
    refused(&w.update(root, new), &missing);
    w.authority = Some((w.policy.clone(), w.people.clone()));
    allowed(&w.update(root, new));
}

const ANSWERS: &str =
    "[[accountable]]\nperson = \"PERSON\"\ntitle = \"Editor in chief\"\ncontact = \"x@example.com\"\n";

#[test]
fn who_answers_on_a_branch_alone_closes_no_incident_there() {
    let mut w = World::new();
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "right\n")]));
    w.cover(root, new);
    let incident = w.open("wes", A);
    w.close("ed", A, incident);
    let policy = |person: &str| format!("{}{}", POLICY, ANSWERS.replace("PERSON", person));
    w.policy = policy("ed");
    allowed(&w.update(root, new));
    for (authority, allows) in [(policy("eva"), false), (POLICY.to_owned(), false), (policy("ed"), true)] {
        w.authority = Some((authority, w.people.clone()));
        let report = w.update(root, new);
        if allows { allowed(&report) } else { refused(&report, &[(Code::OpenIncident, A)]) }
    }
}

#[test]
fn steps_that_fail_hide_no_contributor_and_no_ai_from_a_waiver() {
    let short = [(Code::MissingReview, A), (Code::MissingDeclaration, A)];
    for forbids in [false, true] {
        let mut w = with_commander();
        let root = w.root();
        let first = w.commit(root, &[(A, "two\n")]);
        let second = w.commit(first, &[(A, "three\n")]);
        w.waive("ed", [root, second], UNTIL);
        allowed(&w.update(root, second));
        // Declared is the one step, and nobody has declared the other, so not the whole either.
        if forbids {
            w.policy = w.policy.replace("declaration = \"required\"", "declaration = \"required\"\nai = \"forbidden\"");
            let declaration = w.ai("wes", root, first);
            w.file("wes", Predicate::Declaration(declaration));
            refused(&w.update(root, second), &[(Code::AiForbidden, A)]);
        } else {
            w.declare("ed", root, first);
            refused(&w.update(root, second), &short);
        }
    }
}

#[test]
fn a_scan_that_failed_is_not_waived_and_one_that_is_missing_is() {
    let mut w = with_commander();
    w.policy = w.policy.replace("declaration = \"required\"", "declaration = \"required\"\nscans = [\"links\"]");
    w.policy.push_str("[scan.links]\ntitle = \"Dead links\"\n");
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "two\n")]));
    w.cover(root, new);
    refused(&w.update(root, new), &[(Code::MissingScan, A)]);
    w.waive("ed", [root, new], UNTIL);
    allowed(&w.update(root, new));
    let failed = w.scan("wes", [root, new], ScanResult::Fail);
    refused(&w.update(root, new), &[(Code::MissingScan, A)]);
    w.revoke("wes", failed);
    allowed(&w.update(root, new));
}

#[test]
fn what_came_and_went_in_between_is_waived_commit_by_commit() {
    let mut w = with_commander();
    w.policy = w.policy.replace("version = 1", "version = 1\nhistory = \"every-commit\"");
    let root = w.root();
    let first = w.commit(root, &[(A, "two\n")]);
    let second = w.commit(first, &[(A, "three\n")]);
    let missing = [(Code::MissingReview, A), (Code::MissingDeclaration, A)];
    w.waive("ed", [root, second], UNTIL);
    refused(&w.update(root, second), &missing);
    w.waive("ed", [root, first], UNTIL);
    refused(&w.update(root, second), &missing);
    w.waive("ed", [first, second], UNTIL);
    let report = w.update(root, second);
    allowed(&report);
    let told = |text: &str| report.findings.iter().any(|finding| finding.message.contains(text));
    assert!(told("which becomes reachable: nobody has reviewed this change (waived by ed"), "{:?}", report.findings);
    // No more than of any change what somebody rejected.
    w.reject("eva", root, first);
    refused(&w.update(root, second), &[(Code::Rejected, A)]);
}

#[test]
fn many_declared_steps_are_waived_in_few_rounds() {
    let with = |declares: &str| {
        let mut w = with_commander();
        let mut chain = vec![w.root()];
        for n in 0..80 {
            chain.push(w.commit(chain[n], &[(A, &format!("step {n}\n"))]));
            w.declare(if n == 40 { declares } else { "wes" }, chain[n], chain[n + 1]);
        }
        w.waive("ed", [chain[0], chain[80]], UNTIL);
        (w.update(chain[0], chain[80]), w.rounds.get())
    };
    let (report, rounds) = with("wes");
    allowed(&report);
    // Followed from both ends, the declarations would be asked for in forty.
    assert!(rounds < 20, "{rounds} rounds");
    refused(&with("ed").0, &[(Code::MissingReview, A)]);
}
