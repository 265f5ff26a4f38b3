//! Verdicts: what findings amount to, and how they are ordered.

use provenance_core::finding::{Code, Finding, Severity};
use provenance_core::gate::Question;
use provenance_core::report::{Report, Verdict};

use crate::world::{A, B, World, allowed, codes, path, refused};

const UNDECIDED: [Code; 5] =
    [Code::UndecidedPolicy, Code::UndecidedObject, Code::UndecidedHistory, Code::DanglingPointer, Code::UntrustedRoot];

#[test]
fn an_error_refuses_or_leaves_undecided_by_its_code_and_a_remark_does_neither() {
    for code in Code::ALL {
        let expected = if UNDECIDED.contains(code) { Verdict::Undecided } else { Verdict::Refused };
        assert_eq!(Verdict::of(&[Finding::error(*code, "")]), expected, "{code}");
        assert_eq!(Verdict::of(&[Finding::warning(*code, ""), Finding::note(*code, "")]), Verdict::Allowed, "{code}");
    }
    let both = [Finding::error(Code::MissingReview, ""), Finding::error(Code::UndecidedObject, "")];
    assert_eq!(Verdict::of(&both), Verdict::Undecided);
    assert_eq!(Verdict::of(&[]), Verdict::Allowed);
}

#[test]
fn what_cannot_be_found_out_for_one_path_hides_no_finding_of_another() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n"), (B, "new\n")]);
    w.declare("wes", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::MissingReview, A), (Code::MissingReview, B)]);
    w.blocked = vec![Question::Lines(w.slot(w.root(), &path(A)).unwrap().id)];
    let report = w.update(w.root(), head);
    assert_eq!(report.verdict, Verdict::Undecided);
    let found = codes(&report, Severity::Error);
    assert_eq!(found, [(Code::MissingReview, B.to_owned()), (Code::UndecidedObject, A.to_owned())]);
    assert_eq!(report.changes.len(), 2);
}

#[test]
fn findings_are_sorted_and_said_once() {
    let w = World::new();
    let base = w.update(w.root(), w.root());
    allowed(&base);
    let at = |finding: Finding, name: &str| finding.at(&path(name));
    let expected = [
        at(Finding::error(Code::MissingReview, "m"), "a"),
        at(Finding::error(Code::MissingReview, "m"), "b"),
        at(Finding::error(Code::StaleReview, "m"), "a"),
        at(Finding::warning(Code::SoleAdmin, "m"), "a"),
        at(Finding::note(Code::MissingReview, "m"), "a"),
    ];
    let mut shuffled: Vec<Finding> = expected.iter().rev().chain(&expected).cloned().collect();
    shuffled.swap(0, 3);
    let report = Report::new(base.transition.clone(), None, Vec::new(), shuffled);
    assert_eq!(report.findings, expected);
    assert_eq!(report.verdict, Verdict::Refused);
}

#[test]
fn a_report_names_the_policy_of_the_branch_itself() {
    let mut w = World::new();
    let own = w.update(w.root(), w.root()).policy;
    assert!(own.is_some());
    w.branch = "release";
    w.authority = Some((w.policy.replace("reason = \"generated\"", "reason = \"another\""), w.people.clone()));
    assert_eq!(w.update(w.root(), w.root()).policy, own);
    w.policy = w.policy.replace("reason = \"generated\"", "reason = \"another\"");
    assert_ne!(w.update(w.root(), w.root()).policy, own);
}
