//! The policy's own paths, exemptions, modes.

use provenance_core::entry::Mode;
use provenance_core::finding::{Code, Severity};
use provenance_core::report::ChangeStatus;

use crate::world::{World, allowed, codes, refused};

const PEOPLE: &str = ".provenance/people.toml";
const TOOLS: &str = ".provenance/tools.toml";

#[test]
fn the_policy_needs_an_admin_and_the_tools_need_security() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(PEOPLE, "x\n")]);
    w.cover(w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::WrongRole, PEOPLE)]);
    w.approve("al", w.root(), head);
    allowed(&w.update(w.root(), head));
    w.people = w.people.replace("roles = [\"admin\", \"security\"]", "roles = [\"admin\"]");
    let head = w.commit(w.root(), &[(TOOLS, "x\n")]);
    w.cover(w.root(), head);
    w.approve("al", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::WrongRole, TOOLS)]);
    w.approve("ana", w.root(), head);
    allowed(&w.update(w.root(), head));
}

#[test]
fn an_admin_does_not_approve_their_own_change_of_the_policy() {
    let mut w = World::new();
    let head = w.commit_by("ana", w.root(), &[(PEOPLE, Some("x\n"))]);
    w.declare("ana", w.root(), head);
    w.approve("ana", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::SelfReview, PEOPLE)]);
}

#[test]
fn the_sole_admins_own_review_counts_and_is_said() {
    let mut w = World::new();
    w.people = w.people.replace("[person.al]\n", "[person.al]\nretired = 2025-01-01\n");
    let head = w.commit_by("ana", w.root(), &[(PEOPLE, Some("x\n"))]);
    w.declare("ana", w.root(), head);
    w.approve("ana", w.root(), head);
    let report = w.update(w.root(), head);
    allowed(&report);
    assert_eq!(codes(&report, Severity::Warning), [(Code::SoleAdmin, PEOPLE.to_owned())]);
    // Elsewhere it does not.
    let head = w.commit_by("ana", w.root(), &[("content/a.md", Some("x\n"))]);
    w.declare("ana", w.root(), head);
    w.approve("ana", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::SelfReview, "content/a.md")]);
}

#[test]
fn look_alikes_of_the_policy_are_protected() {
    for name in [".Provenance/people.toml", ".provenance./x", ".prov\u{200c}enance/policy.toml", "PROVEN~1/x"] {
        let mut w = World::new();
        let head = w.commit(w.root(), &[(name, "x\n")]);
        w.cover(w.root(), head);
        refused(&w.update(w.root(), head), &[(Code::WrongRole, name)]);
    }
}

#[test]
fn an_exemption_lifts_the_default_for_plain_files_alone() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[("log/x", "x\n")]);
    let report = w.update(w.root(), head);
    allowed(&report);
    assert_eq!(report.changes[0].status, ChangeStatus::Exempt);
    for mode in [Mode::Executable, Mode::Symlink] {
        let changed = w.chmod(head, "log/x", mode);
        let report = w.update(w.root(), changed);
        assert!(codes(&report, Severity::Error).iter().any(|(code, _)| *code == Code::MissingReview), "{mode}");
        let back = w.chmod(changed, "log/x", Mode::Regular);
        let report = w.update(changed, back);
        assert!(codes(&report, Severity::Error).iter().any(|(code, _)| *code == Code::MissingReview), "{mode}");
    }
}

#[test]
fn a_mode_alone_is_a_change_that_needs_review() {
    let mut w = World::new();
    let head = w.chmod(w.root(), "content/a.md", Mode::Executable);
    assert_ne!(w.update(w.root(), head).verdict, provenance_core::report::Verdict::Allowed);
    w.cover(w.root(), head);
    allowed(&w.update(w.root(), head));
}
