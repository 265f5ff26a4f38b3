//! Several publish branches: the authority binds, and reviews may be promoted.

use provenance_core::finding::Code;
use provenance_core::gate::Promotion;
use provenance_core::statement::{Predicate, Review};

use crate::world::{A, World, allowed, branch, refused};

/// A change that was reviewed and landed on main, now brought to release by a merge.
fn promoted() -> (World, provenance_core::id::CommitId) {
    let mut w = World::new();
    let landed = w.commit(w.root(), &[(A, "new\n")]);
    w.cover(w.root(), landed);
    w.branch = "release";
    (w, landed)
}

#[test]
fn refuses_reviews_that_name_another_branch_unless_they_are_promoted() {
    let (mut w, landed) = promoted();
    refused(&w.update(w.root(), landed), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
    w.promotions = vec![Promotion { from: branch("main"), since: w.root(), until: landed }];
    allowed(&w.update(w.root(), landed));
}

#[test]
fn a_promotion_is_judged_under_the_rules_of_its_target() {
    let (mut w, landed) = promoted();
    w.promotions = vec![Promotion { from: branch("main"), since: w.root(), until: landed }];
    w.policy =
        w.policy.replace("reviews = [{ roles = [\"editor\"] }]", "reviews = [{ roles = [\"editor\"], count = 2 }]");
    assert_ne!(w.update(w.root(), landed).verdict, provenance_core::report::Verdict::Allowed);
    w.approve("eva", w.root(), landed);
    allowed(&w.update(w.root(), landed));
}

#[test]
fn a_rejection_on_the_target_stops_a_promotion() {
    let (mut w, landed) = promoted();
    w.promotions = vec![Promotion { from: branch("main"), since: w.root(), until: landed }];
    let mut rejection = w.approval("eva", w.root(), landed);
    rejection.decision = provenance_core::statement::Decision::Reject;
    rejection.branches = vec![branch("release")];
    w.file("eva", Predicate::Review(rejection));
    assert_ne!(w.update(w.root(), landed).verdict, provenance_core::report::Verdict::Allowed);
}

#[test]
fn persons_and_keys_must_be_valid_at_the_authority_too() {
    let mut w = World::new();
    w.branch = "release";
    let head = w.commit(w.root(), &[(A, "new\n")]);
    let mut declaration = w.declaration("wes", w.root(), head);
    declaration.branches = vec![branch("release")];
    w.file("wes", Predicate::Declaration(declaration));
    let review = Review { branches: vec![branch("release")], ..w.approval("ed", w.root(), head) };
    w.file("ed", Predicate::Review(review));
    w.authority = Some((w.policy.clone(), w.people.clone()));
    allowed(&w.update(w.root(), head));
    let without = w.people.replace("[person.ed]\n", "[person.ed]\nretired = 2025-01-01\n");
    w.authority = Some((w.policy.clone(), without));
    refused(&w.update(w.root(), head), &[(Code::UnknownKey, A)]);
}

#[test]
fn the_rules_of_the_authority_bind_too() {
    let mut w = World::new();
    w.branch = "release";
    let head = w.commit(w.root(), &[(A, "new\n")]);
    let mut declaration = w.declaration("wes", w.root(), head);
    declaration.branches = vec![branch("release")];
    w.file("wes", Predicate::Declaration(declaration));
    let review = Review { branches: vec![branch("release")], ..w.approval("ed", w.root(), head) };
    w.file("ed", Predicate::Review(review));
    let stricter = w.policy.replace("checklist = [\"accuracy\"]", "checklist = [\"accuracy\", \"bias\"]");
    w.authority = Some((stricter, w.people.clone()));
    refused(&w.update(w.root(), head), &[(Code::IncompleteChecklist, A)]);
    let exempting = w.policy.replace("\"log/**\"", "\"log/**\", \"README\"");
    let log = w.commit(w.root(), &[("log/x", "x\n")]);
    w.authority = Some((exempting, w.people.clone()));
    allowed(&w.update(w.root(), log));
    w.authority = Some((w.policy.replace("\"log/**\"", "\"nothing/**\""), w.people.clone()));
    refused(&w.update(w.root(), log), &[(Code::MissingReview, "log/x")]);
}

/// A change on release that Wes declares and Ed approves there.
fn on_release(ai: bool) -> (World, provenance_core::id::CommitId) {
    let mut w = World::new();
    w.branch = "release";
    let head = w.commit(w.root(), &[(A, "new\n")]);
    let mut declaration = if ai { w.ai("wes", w.root(), head) } else { w.declaration("wes", w.root(), head) };
    declaration.branches = vec![branch("release")];
    declaration.ai.use_case = ai.then(|| "drafting".parse().unwrap());
    w.file("wes", Predicate::Declaration(declaration));
    let review = Review { branches: vec![branch("release")], ..w.approval("ed", w.root(), head) };
    w.file("ed", Predicate::Review(review));
    (w, head)
}

#[test]
fn a_use_case_is_one_of_the_branchs_that_no_policy_restricts() {
    let (mut w, head) = on_release(true);
    let policy = w.policy.clone();
    let restricting = policy.replace("title = \"Drafting\"", "title = \"Drafting\"\nrestricted = true");
    let without = policy.replace("[use.drafting]\ntitle = \"Drafting\"\n", "");
    for (own, authority, allows) in [
        (&policy, &policy, true),
        (&policy, &restricting, false),
        (&restricting, &policy, false),
        (&policy, &without, true),
        (&without, &policy, false),
    ] {
        w.policy = own.clone();
        w.authority = Some((authority.clone(), w.people.clone()));
        let report = w.update(w.root(), head);
        if allows { allowed(&report) } else { refused(&report, &[(Code::RestrictedUse, A)]) }
    }
}

#[test]
fn a_tool_that_the_authority_refuses_is_approved_on_no_branch() {
    let (mut w, head) = on_release(true);
    w.authority = Some((w.policy.clone(), w.people.clone()));
    let tools = w.tools.clone();
    let other = tools.replace("[tool.writer]", "[tool.other]");
    for (own, authority, allows) in [
        (&tools, tools.replace("approved", "retired"), false),
        (&tools, tools.clone() + "approved-until = 2025-05-31\n", false),
        (&tools, tools.replace("opus-*", "sonnet-*"), false),
        (&tools, tools.clone() + "paths = [\"docs/**\"]\n", false),
        (&tools, tools.clone(), true),
        // What it does not list is for the branch to say.
        (&tools, other.clone(), true),
        (&other, tools.clone(), false),
    ] {
        (w.tools, w.authority_tools) = (own.clone(), Some(authority));
        let report = w.update(w.root(), head);
        if allows { allowed(&report) } else { refused(&report, &[(Code::UnapprovedTool, A)]) }
    }
}

#[test]
fn data_and_devices_are_asked_for_by_the_authority_too() {
    let (mut w, head) = on_release(true);
    for more in ["[data-class.notes]\ntitle = \"Notes\"\n", "[device.laptop]\ntitle = \"A laptop\"\nallowed = true\n"] {
        w.authority = Some((format!("{}{more}", w.policy), w.people.clone()));
        refused(&w.update(w.root(), head), &[(Code::MissingConfirmation, A)]);
    }
    w.authority = Some((w.policy.clone(), w.people.clone()));
    allowed(&w.update(w.root(), head));
}

#[test]
fn a_rule_of_the_authority_is_named_as_its_own() {
    let (mut w, head) = on_release(false);
    let two = w.policy.replace("roles = [\"editor\"] }", "roles = [\"editor\"], count = 2 }");
    w.authority = Some((two, w.people.clone()));
    let report = w.update(w.root(), head);
    refused(&report, &[(Code::InsufficientReviews, A)]);
    assert!(report.findings[0].message.starts_with("rule `content (authority)` asks for 2"), "{report:#?}");
    w.authority = Some((w.policy.clone(), w.people.clone()));
    allowed(&w.update(w.root(), head));
}

#[test]
fn a_promotion_reaches_as_far_as_its_window() {
    let mut w = World::new();
    let first = w.commit(w.root(), &[(A, "two\n")]);
    w.cover(w.root(), first);
    let second = w.commit(first, &[(A, "three\n")]);
    w.cover(first, second);
    w.branch = "release";
    let window = |since| vec![Promotion { from: branch("main"), since, until: second }];
    w.promotions = window(first);
    refused(&w.update(w.root(), second), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
    w.promotions = window(w.root());
    allowed(&w.update(w.root(), second));
    w.policy = w.policy.replace("version = 1\n", "version = 1\nreview-max-steps = 1\n");
    assert_ne!(w.update(w.root(), second).verdict, provenance_core::report::Verdict::Allowed);
}

#[test]
fn nothing_in_the_policy_is_promoted() {
    let mut w = World::new();
    let name = ".provenance/people.toml";
    let landed = w.commit(w.root(), &[(name, "x\n"), ("README", "x\n")]);
    w.declare("wes", w.root(), landed);
    w.approve("al", w.root(), landed);
    allowed(&w.update(w.root(), landed));
    w.branch = "release";
    w.promotions = vec![Promotion { from: branch("main"), since: w.root(), until: landed }];
    refused(&w.update(w.root(), landed), &[(Code::MissingReview, name)]);
}

#[test]
fn the_sole_admin_is_the_same_in_every_roster() {
    let mut w = World::new();
    let name = ".provenance/people.toml";
    let both = w.people.clone();
    w.people = w.people.replace("[person.al]\n", "[person.al]\nretired = 2025-01-01\n");
    w.branch = "release";
    let head = w.commit_by("ana", w.root(), &[(name, Some("x\n"))]);
    let mut declaration = w.declaration("ana", w.root(), head);
    declaration.branches = vec![branch("release")];
    w.file("ana", Predicate::Declaration(declaration));
    let review = Review { branches: vec![branch("release")], ..w.approval("ana", w.root(), head) };
    w.file("ana", Predicate::Review(review));
    w.authority = Some((w.policy.clone(), w.people.clone()));
    allowed(&w.update(w.root(), head));
    w.authority = Some((w.policy.clone(), both));
    refused(&w.update(w.root(), head), &[(Code::SelfReview, name)]);
}

#[test]
fn what_a_branch_took_back_stays_back_however_many_steps_ago_that_was() {
    let mut w = World::new();
    let (old, new) = ("1\n2\n3\n4\n5\n6\n7\n", "new\n");
    let root = w.root();
    let there = w.commit(root, &[(A, new)]);
    w.cover(root, there);
    let back = w.commit(there, &[(A, old)]);
    w.cover(there, back);
    let again = w.commit(back, &[(A, new)]);
    let review = Review { base: back, ..w.approval("ed", back, again) };
    w.file("ed", Predicate::Review(review));
    w.declare("wes", back, again);
    w.branch = "release";
    w.policy = w.policy.replace("version = 1\n", "version = 1\nreview-max-steps = 3\n");
    let mut release = w.commit(root, &[(A, new)]);
    release = w.commit(release, &[(A, old)]);
    w.promotions = vec![Promotion { from: branch("main"), since: back, until: again }];
    for _ in 0..6 {
        let next = w.merge(&[release, again], &[(A, new)]);
        assert_ne!(w.update(release, next).verdict, provenance_core::report::Verdict::Allowed);
        release = w.commit(release, &[]);
    }
    let untouched = w.commit(root, &[]);
    let next = w.merge(&[untouched, again], &[(A, new)]);
    allowed(&w.update(untouched, next));
}

#[test]
fn ai_that_was_declared_on_the_target_binds_though_it_passed_a_step_of_the_promoted_branch() {
    let mut w = World::new();
    w.policy = w.policy.replace("declaration = \"required\"", "ai = \"forbidden\"");
    let first = w.commit(w.root(), &[(A, "first\n")]);
    let second = w.commit(first, &[(A, "second\n")]);
    w.cover(w.root(), first);
    w.cover(first, second);
    w.branch = "release";
    w.promotions = vec![Promotion { from: branch("main"), since: w.root(), until: second }];
    allowed(&w.update(w.root(), second));
    let (one, two) = (w.commit(first, &[(A, "one\n")]), w.commit(first, &[(A, "two\n")]));
    for (from, to, ai) in [(w.root(), first, false), (first, one, false), (one, two, true), (two, second, false)] {
        let mut declaration = if ai { w.ai("wes", from, to) } else { w.declaration("wes", from, to) };
        declaration.branches = vec![branch("release")];
        w.file("wes", Predicate::Declaration(declaration));
    }
    refused(&w.update(w.root(), second), &[(Code::AiForbidden, A)]);
}
