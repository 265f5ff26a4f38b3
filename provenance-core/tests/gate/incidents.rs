//! Incidents, waivers, scans, bursts.

use provenance_core::finding::Code;
use provenance_core::gate::Promotion;
use provenance_core::report::ChangeStatus;
use provenance_core::statement::{Declaration, Harm, IncidentStep, Predicate, Review, ScanResult, Term};

use crate::world::{A, B, World, allowed, branch, refused, warned};

const ANSWERS: &str = "[[accountable]]\nperson = \"eva\"\ntitle = \"Editor in chief\"\ncontact = \"eva@example.com\"\n";

#[test]
fn what_does_harm_where_it_comes_from_is_not_promoted() {
    let mut w = World::new();
    let root = w.root();
    let harm = w.commit(root, &[(A, "a wrong dose\n")]);
    w.cover(root, harm);
    let fixed = w.commit(harm, &[(A, "the right dose\n")]);
    w.cover(harm, fixed);
    w.branch = "release";
    let promote = |w: &mut World, until| {
        w.promotions = vec![Promotion { from: branch("main"), since: root, until }];
        w.update(root, until)
    };
    allowed(&promote(&mut w, harm));
    // It names main.
    let incident = w.open("wes", A);
    refused(&promote(&mut w, harm), &[(Code::OpenIncident, A)]);
    refused(&promote(&mut w, fixed), &[(Code::OpenIncident, A)]);
    w.correct("wes", incident, harm, fixed);
    refused(&promote(&mut w, harm), &[(Code::OpenIncident, A)]);
    allowed(&promote(&mut w, fixed));
    // What was reviewed for release itself does not come from there.
    let own = w.commit(root, &[(A, "for release\n")]);
    let here = vec![branch("release")];
    let declaration = Declaration { branches: here.clone(), ..w.declaration("wes", root, own) };
    w.file("wes", Predicate::Declaration(declaration));
    let review = Review { branches: here, ..w.approval("ed", root, own) };
    w.file("ed", Predicate::Review(review));
    allowed(&w.update(root, own));
    w.close("ana", A, incident);
    allowed(&promote(&mut w, harm));
}

#[test]
fn while_an_incident_is_open_only_its_correction_changes_the_path() {
    let mut w = World::new();
    w.policy.push_str(ANSWERS);
    let new = w.commit(w.root(), &[(A, "right\n")]);
    w.cover(w.root(), new);
    let root = w.root();
    let incident = w.open("wes", A);
    refused(&w.update(root, new), &[(Code::OpenIncident, A)]);
    // What happens at other paths is free.
    let other = w.commit(root, &[(B, "b2\n")]);
    w.cover(root, other);
    allowed(&w.update(root, other));
    w.correct("wes", incident, root, new);
    allowed(&w.update(root, new));
    let next = w.commit(new, &[(A, "and more\n")]);
    w.cover(new, next);
    refused(&w.update(new, next), &[(Code::OpenIncident, A)]);
    // Neither the writer nor an admin says that it is over, where somebody answers for the path.
    w.close("wes", A, incident);
    w.close("ana", A, incident);
    refused(&w.update(new, next), &[(Code::OpenIncident, A)]);
    w.close("eva", A, incident);
    allowed(&w.update(new, next));
}

#[test]
fn two_incidents_of_one_path_are_each_put_right() {
    let mut w = World::new();
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "right\n")]));
    w.cover(root, new);
    let one = w.open("wes", A);
    w.now = "2025-06-01T12:00:01Z";
    let two = w.open("eva", A);
    w.correct("wes", one, root, new);
    let report = w.update(root, new);
    refused(&report, &[(Code::OpenIncident, A)]);
    assert!(report.findings[0].message.contains(&two.short()));
    w.correct("wes", two, root, new);
    allowed(&w.update(root, new));
}

#[test]
fn an_incident_that_its_opener_takes_back_is_none_and_an_admin_closes_where_nobody_answers() {
    let mut w = World::new();
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "right\n")]));
    w.cover(root, new);
    let mistaken = w.open("wes", A);
    w.revoke("eva", mistaken);
    refused(&w.update(root, new), &[(Code::OpenIncident, A)]);
    w.revoke("wes", mistaken);
    allowed(&w.update(root, new));
    w.now = "2025-06-02T12:00:00Z";
    let real = w.open("wes", A);
    refused(&w.update(root, new), &[(Code::OpenIncident, A)]);
    w.close("ana", A, real);
    allowed(&w.update(root, new));
}

#[test]
fn a_correction_stays_one_when_it_is_merged_with_what_the_branch_gained() {
    let mut w = World::new();
    let root = w.root();
    let fix = w.commit(root, &[(A, "ONE\n2\n3\n4\n5\n6\n7\n")]);
    w.cover(root, fix);
    let gained = w.commit(root, &[(A, "1\n2\n3\n4\n5\n6\nSEVEN\n")]);
    let incident = w.open("wes", A);
    let squashed = w.commit(gained, &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n")]);
    refused(&w.update(gained, squashed), &[(Code::OpenIncident, A)]);
    w.correct("wes", incident, root, fix);
    allowed(&w.update(gained, squashed));
}

const WAIVERS: &str = "[waiver]\nroles = [\"incident-commander\"]\nmax-days = 14\n";

fn with_commander() -> World {
    let mut w = World::new();
    w.policy.push_str(WAIVERS);
    w.people = w.people.replacen("roles = [\"editor\"]", "roles = [\"editor\", \"incident-commander\"]", 1);
    w
}

#[test]
fn a_waiver_lets_pass_what_nobody_reviewed_until_its_day() {
    let mut w = with_commander();
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "hot fix\n")]));
    let missing = [(Code::MissingReview, A), (Code::MissingDeclaration, A)];
    refused(&w.update(root, new), &missing);
    // Not by somebody without the role, and not for longer than the policy lets anybody.
    w.waive("eva", [root, new], "2025-06-10");
    w.waive("ed", [root, new], "2025-06-16");
    refused(&w.update(root, new), &missing);
    w.waive("ed", [root, new], "2025-06-15");
    let report = w.update(root, new);
    allowed(&report);
    warned(&report, Code::MissingReview);
    assert_eq!(report.changes[0].status, ChangeStatus::Waived);
    w.now = "2025-06-16T00:00:01Z";
    let [review, declaration] = missing;
    refused(&w.update(root, new), &[review, declaration, (Code::ExpiredWaiver, A)]);
}

#[test]
fn a_waiver_covers_neither_a_rejection_nor_the_policy_nor_the_signers_own_work() {
    let mut w = with_commander();
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "hot fix\n")]));
    w.waive("ed", [root, new], "2025-06-10");
    let rejection = w.reject("eva", root, new);
    refused(&w.update(root, new), &[(Code::Rejected, A)]);
    w.revoke("eva", rejection);
    allowed(&w.update(root, new));

    let policy = ".provenance/policy.toml";
    let weaker = w.commit(root, &[(policy, "weaker\n")]);
    w.waive("ed", [root, weaker], "2025-06-10");
    refused(&w.update(root, weaker), &[(Code::MissingReview, policy)]);

    let own = w.commit_by("ed", root, &[(A, Some("my own\n"))]);
    w.waive("ed", [root, own], "2025-06-10");
    refused(&w.update(root, own), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
}

#[test]
fn a_waiver_covers_exactly_its_change_and_ends_when_it_is_settled_or_taken_back() {
    let mut w = with_commander();
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "hot fix\n")]));
    let waiver = w.waive("ed", [root, new], "2025-06-10");
    let more = w.commit(root, &[(A, "hot fix and more\n")]);
    refused(&w.update(root, more), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
    let settled = w.waiver("ed", [root, new], Term::Settled { waiver });
    refused(&w.update(root, new), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
    w.revoke("ed", waiver);
    let _ = settled;
    refused(&w.update(root, new), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
    w.now = "2025-06-02T12:00:00Z";
    w.waive("ed", [root, new], "2025-06-10");
    allowed(&w.update(root, new));
}

#[test]
fn a_waiver_that_begins_later_is_said() {
    let mut w = with_commander();
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "hot fix\n")]));
    let from = Some("2025-06-03".parse().unwrap());
    w.waiver("ed", [root, new], Term::Granted { from, until: "2025-06-10".parse().unwrap() });
    let codes = [(Code::MissingReview, A), (Code::MissingDeclaration, A), (Code::ExpiredWaiver, A)];
    refused(&w.update(root, new), &codes);
    w.now = "2025-06-03T00:00:00Z";
    allowed(&w.update(root, new));
}

#[test]
fn a_scan_must_have_passed_and_answers_nothing_of_a_review() {
    let mut w = World::new();
    w.policy = w.policy.replace("declaration = \"required\"", "declaration = \"required\"\nscans = [\"links\"]");
    w.policy.push_str("[scan.links]\ntitle = \"Links lead somewhere\"\n");
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "see there\n")]));
    w.declare("wes", root, new);
    w.scan("ci", [root, new], ScanResult::Pass);
    refused(&w.update(root, new), &[(Code::MissingReview, A)]);
    w.approve("ed", root, new);
    allowed(&w.update(root, new));
    w.now = "2025-06-01T13:00:00Z";
    let failed = w.scan("ci", [root, new], ScanResult::Fail);
    refused(&w.update(root, new), &[(Code::MissingScan, A)]);
    w.revoke("ci", failed);
    allowed(&w.update(root, new));
    let next = w.commit(root, &[(A, "see elsewhere\n")]);
    w.cover(root, next);
    refused(&w.update(root, next), &[(Code::MissingScan, A)]);
}

#[test]
fn many_approvals_in_a_short_time_are_said_and_not_refused() {
    let mut w = World::new();
    w.policy.push_str("[burst]\nreviews = 3\nminutes = 10\n");
    let root = w.root();
    let mut tip = root;
    for n in 0..4 {
        let next = w.commit(tip, &[(&format!("content/{n}.md"), "x\n")]);
        w.cover(tip, next);
        tip = next;
    }
    let report = w.update(root, tip);
    allowed(&report);
    warned(&report, Code::ReviewBurst);
    w.policy = w.policy.replace("reviews = 3", "reviews = 4");
    assert!(w.update(root, tip).findings.is_empty());
}

#[test]
fn an_earlier_day_is_judged_without_what_was_signed_later() {
    let mut w = with_commander();
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "hot fix\n")]));
    let waiver = w.waive("ed", [root, new], "2025-06-10");
    w.now = "2025-06-05T12:00:00Z";
    w.waiver("ed", [root, new], Term::Settled { waiver });
    w.open("wes", A);
    let missing = [(Code::MissingReview, A), (Code::MissingDeclaration, A)];
    refused(&w.update(root, new), &[missing[0], missing[1], (Code::OpenIncident, A)]);
    w.now = "2025-06-01T12:00:00Z";
    allowed(&w.update(root, new));
}

#[test]
fn an_incident_stays_closed_when_who_closed_it_leaves_and_not_when_their_key_is_stolen() {
    let mut w = World::new();
    w.policy.push_str(ANSWERS);
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "right\n")]));
    w.cover(root, new);
    let incident = w.open("wes", A);
    w.close("eva", A, incident);
    allowed(&w.update(root, new));
    let people = w.people.clone();
    w.now = "2025-07-01T12:00:00Z";
    w.people = people.replace("name = \"eva\"", "name = \"eva\"\nretired = 2025-06-10");
    allowed(&w.update(root, new));
    let line = format!("keys = [\"{}\"]", provenance_core::key::Signer::public_key(&crate::world::key("eva")));
    let stolen =
        line.replace("[\"", "[{ public = \"").replace("\"]", "\", revoked = 2025-06-20, because = \"stolen\" }]");
    w.people = people.replace(&line, &stolen);
    refused(&w.update(root, new), &[(Code::OpenIncident, A)]);
}

#[test]
fn of_many_incidents_each_is_closed_by_itself() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.cover(w.root(), head);
    let open = |w: &mut World, n: usize| {
        let summary = format!("harm {n}");
        let step = IncidentStep::Open { entry: None, severity: Harm::Low, summary, owner: None, due: None };
        w.incident("bot", A, step)
    };
    let incidents: Vec<_> = (0..100).map(|n| open(&mut w, n)).collect();
    for incident in &incidents[1..] {
        w.close("ana", A, *incident);
    }
    refused(&w.update(w.root(), head), &[(Code::OpenIncident, A)]);
    w.close("ana", A, incidents[0]);
    allowed(&w.update(w.root(), head));
}

#[test]
fn a_correction_that_was_taken_back_puts_nothing_right() {
    let mut w = World::new();
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "worse\n")]));
    w.cover(root, new);
    let incident = w.open("wes", A);
    let correction = w.correct("bot", incident, root, new);
    allowed(&w.update(root, new));
    let taken_back = w.revoke("ana", correction);
    refused(&w.update(root, new), &[(Code::OpenIncident, A)]);
    w.revoke("ana", taken_back);
    allowed(&w.update(root, new));
    w.revoke("bot", correction);
    refused(&w.update(root, new), &[(Code::OpenIncident, A)]);
    // Another one counts beside it.
    w.correct("wes", incident, root, new);
    allowed(&w.update(root, new));
}

#[test]
fn nobody_closes_an_incident_at_a_time_before_it_was_opened() {
    let mut w = World::new();
    w.policy.push_str(ANSWERS);
    let (root, new) = (w.root(), w.commit(w.root(), &[(A, "worse\n")]));
    w.cover(root, new);
    w.people = w.people.replace("name = \"eva\"", "name = \"eva\"\nretired = 2025-06-10");
    w.now = "2025-07-01T12:00:00Z";
    let incident = w.open("wes", A);
    // She has left, and says that she signed it while she was there.
    w.now = "2025-06-05T12:00:00Z";
    w.close("eva", A, incident);
    w.now = "2025-07-01T12:00:00Z";
    refused(&w.update(root, new), &[(Code::OpenIncident, A)]);
    w.people = w.people.replace("\nretired = 2025-06-10", "");
    // Two clocks differ by a little.
    w.now = "2025-07-01T11:55:00Z";
    w.close("eva", A, incident);
    w.now = "2025-07-01T12:00:00Z";
    allowed(&w.update(root, new));
}
