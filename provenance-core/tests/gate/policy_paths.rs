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

/// Ana's own change of a file of the policy, which she alone approves; Al has retired.
fn by_the_sole_admin(name: &str, declared: bool) -> (World, provenance_core::id::CommitId) {
    let mut w = World::new();
    w.people = w.people.replace("[person.al]\n", "[person.al]\nretired = 2025-01-01\n");
    let head = w.commit_by("ana", w.root(), &[(name, Some("x\n"))]);
    if declared {
        w.declare("ana", w.root(), head);
    }
    w.approve("ana", w.root(), head);
    (w, head)
}

#[test]
fn the_sole_admin_needs_no_further_reviewer_where_nobody_declared() {
    let (w, head) = by_the_sole_admin(PEOPLE, false);
    let report = w.update(w.root(), head);
    allowed(&report);
    assert_eq!(codes(&report, Severity::Warning), [(Code::SoleAdmin, PEOPLE.to_owned())]);
    let mut two = w.clone();
    two.people = two.people.replace("retired = 2025-01-01\n", "");
    refused(&two.update(two.root(), head), &[(Code::SelfReview, PEOPLE)]);
}

#[test]
fn the_state_of_the_other_admins_keys_plays_no_part() {
    use provenance_core::key::Signer;
    let (mut w, head) = by_the_sole_admin(PEOPLE, true);
    allowed(&w.update(w.root(), head));
    let public = crate::world::key("al").public_key().to_string();
    w.people = w.people.replace("retired = 2025-01-01\n", "").replace(
        &format!("\"{public}\""),
        &format!("{{ public = \"{public}\", revoked = 2025-01-01, because = \"lost\" }}"),
    );
    refused(&w.update(w.root(), head), &[(Code::SelfReview, PEOPLE)]);
}

#[test]
fn for_the_sole_admin_everything_else_still_holds() {
    let (mut w, head) = by_the_sole_admin(TOOLS, true);
    allowed(&w.update(w.root(), head));
    let ed = w.people.clone();
    w.people = ed
        .replace("\"admin\", \"security\", \"editor\"", "\"admin\"")
        .replace("[\"editor\"]", "[\"editor\", \"security\"]");
    refused(&w.update(w.root(), head), &[(Code::WrongRole, TOOLS)]);
    w.people = ed;
    w.policy = w.policy.replace(
        "[[exempt]]",
        "[[rule]]\nname = \"own\"\npaths = [\".provenance/**\"]\nreviews = [{ roles = [\"editor\"], count = 2 }]\n[[exempt]]",
    );
    refused(&w.update(w.root(), head), &[(Code::InsufficientReviews, TOOLS)]);
    w.approve("ed", w.root(), head);
    allowed(&w.update(w.root(), head));
}
