//! Rejections and revocations: what stands in the way, and who can take it away.

use provenance_core::finding::Code;
use provenance_core::id::{ObjectId, RecordId};
use provenance_core::statement::{Decision, Predicate, Review};

use crate::world::{A, B, World, allowed, refused};

fn rejected() -> (World, RecordId, provenance_core::id::CommitId) {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.cover(w.root(), head);
    let rejection = w.reject("eva", w.root(), head);
    (w, rejection, head)
}

#[test]
fn refuses_an_entry_that_somebody_with_the_role_rejected() {
    let (w, _, head) = rejected();
    refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
}

#[test]
fn a_rejection_by_somebody_without_the_role_or_no_human_blocks_nothing() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.cover(w.root(), head);
    w.reject("wes", w.root(), head);
    w.reject("bot", w.root(), head);
    allowed(&w.update(w.root(), head));
}

#[test]
fn a_rejection_blocks_when_its_signer_has_retired_and_not_when_the_key_is_revoked() {
    use provenance_core::key::Signer;
    let (mut w, _, head) = rejected();
    w.people = w.people.replace("[person.eva]\n", "[person.eva]\nretired = 2025-01-01\n");
    refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
    let public = crate::world::key("eva").public_key().to_string();
    w.people = w.people.replace(
        &format!("\"{public}\""),
        &format!("{{ public = \"{public}\", revoked = 2025-01-01, because = \"stolen\" }}"),
    );
    allowed(&w.update(w.root(), head));
}

#[test]
fn its_signer_supersedes_it_by_id_and_nobody_else_does() {
    let (mut w, rejection, head) = rejected();
    let by_another = Review { supersedes: vec![rejection], ..w.approval("ed", w.root(), head) };
    w.file("ed", Predicate::Review(by_another));
    refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
    w.approve("eva", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
    let own =
        Review { supersedes: vec![rejection], comment: Some("convinced".into()), ..w.approval("eva", w.root(), head) };
    w.file("eva", Predicate::Review(own));
    allowed(&w.update(w.root(), head));
}

#[test]
fn a_record_that_only_says_it_is_hers_lifts_nothing() {
    let (mut w, rejection, head) = rejected();
    let mut signer = World::signer("bot");
    signer.person = "eva".parse().unwrap();
    let forged = Review { supersedes: vec![rejection], signer, ..w.approval("eva", w.root(), head) };
    w.file("bot", Predicate::Review(forged));
    refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
}

#[test]
fn a_superseding_review_that_is_revoked_lifts_nothing() {
    let (mut w, rejection, head) = rejected();
    let own = Review { supersedes: vec![rejection], ..w.approval("eva", w.root(), head) };
    let own = w.file("eva", Predicate::Review(own));
    allowed(&w.update(w.root(), head));
    w.revoke("eva", own);
    refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
}

#[test]
fn an_admin_who_is_no_contributor_revokes_it() {
    let (mut w, rejection, head) = rejected();
    w.revoke("wes", rejection);
    w.revoke("ed", rejection);
    refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
    w.revoke("al", rejection);
    allowed(&w.update(w.root(), head));
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.declare("ana", w.root(), head);
    w.approve("ed", w.root(), head);
    let rejection = w.reject("eva", w.root(), head);
    w.revoke("ana", rejection);
    refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
}

#[test]
fn a_rejection_blocks_what_enters_the_entry_and_never_what_starts_there() {
    let mut w = World::new();
    let first = w.commit(w.root(), &[(B, "two\n")]);
    let second = w.commit(first, &[(B, "three\n")]);
    w.cover(w.root(), first);
    w.declare("wes", first, second);
    let review = Review { base: w.root(), ..w.approval("ed", first, second) };
    w.file("ed", Predicate::Review(review));
    w.reject("eva", w.root(), first);
    refused(&w.update(w.root(), second), &[(Code::Rejected, B)]);
    allowed(&w.update(first, second));
}

#[test]
fn a_rejected_deletion_blocks_deletions() {
    let mut w = World::new();
    let head = w.commit_by("wes", w.root(), &[(B, None)]);
    w.cover(w.root(), head);
    allowed(&w.update(w.root(), head));
    w.reject("eva", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
}

#[test]
fn a_rejection_blocks_an_exempt_change_too() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[("log/x", "x\n")]);
    allowed(&w.update(w.root(), head));
    w.reject("eva", w.root(), head);
    refused(&w.update(w.root(), head), &[(Code::Rejected, "log/x")]);
}

#[test]
fn refuses_a_revoked_review_and_a_superseded_one() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "new\n")]);
    w.declare("wes", w.root(), head);
    let review = w.approve("ed", w.root(), head);
    w.revoke("eva", review);
    allowed(&w.update(w.root(), head));
    let revocation = w.revoke("ed", review);
    refused(&w.update(w.root(), head), &[(Code::Revoked, A)]);
    // Taking the revocation back lets it stand again.
    w.revoke("ed", revocation);
    allowed(&w.update(w.root(), head));
    let other = w.commit(w.root(), &[(A, "other\n")]);
    let second = Review { decision: Decision::Reject, supersedes: vec![review], ..w.approval("ed", w.root(), other) };
    w.file("ed", Predicate::Review(second));
    refused(&w.update(w.root(), head), &[(Code::MissingReview, A)]);
}

#[test]
fn a_pointer_that_leads_nowhere_blocks_until_an_admin_settles_it() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.cover(w.root(), head);
    let place = w.slot(head, &crate::world::path(B)).unwrap().id;
    let nowhere = provenance_core::id::BlobId(ObjectId::from_bytes(&[9; 20]).unwrap());
    w.pointer(place, nowhere);
    crate::world::undecided(&w.update(w.root(), head), Code::DanglingPointer);
    let settle = |who: &str, w: &World| provenance_core::statement::Revocation {
        repository: "acme/site".into(),
        signer: World::signer(who),
        revoked_at: w.time(),
        envelope: nowhere,
        envelope_sha256: None,
        record: None,
        because: "lost for good".into(),
    };
    let by_editor = settle("ed", &w);
    w.file("ed", Predicate::Revocation(by_editor));
    crate::world::undecided(&w.update(w.root(), head), Code::DanglingPointer);
    let by_admin = settle("al", &w);
    w.file("al", Predicate::Revocation(by_admin));
    allowed(&w.update(w.root(), head));
}

#[test]
fn a_rejection_behind_a_pointer_blocks() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.cover(w.root(), head);
    let review = Review { decision: Decision::Reject, ..w.approval("eva", w.root(), head) };
    let (line, _) = World::line("eva", Predicate::Review(review));
    let blob = crate::world::line_blob(&line);
    w.note(blob.0, line);
    let place = w.slot(head, &crate::world::path(B)).unwrap().id;
    w.pointer(place, blob);
    refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
}

/// So many rejections of one change by one person, who takes the first of them back.
fn often_rejected(times: usize, taken_back: usize) -> (World, provenance_core::id::CommitId) {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.cover(w.root(), head);
    for n in 0..times {
        let review = w.approval("eva", w.root(), head);
        let (decision, comment) = (Decision::Reject, Some(n.to_string()));
        let rejection = w.file("eva", Predicate::Review(Review { decision, comment, answers: Vec::new(), ..review }));
        if n < taken_back {
            w.revoke("eva", rejection);
        }
    }
    (w, head)
}

#[test]
fn of_one_persons_many_rejections_each_must_be_taken_back() {
    for (taken_back, allows) in [(0, false), (39, false), (40, true)] {
        let (w, head) = often_rejected(40, taken_back);
        let report = w.update(w.root(), head);
        if allows { allowed(&report) } else { refused(&report, &[(Code::Rejected, B)]) }
    }
}

#[test]
fn one_rejection_that_stands_is_enough_however_many_there_are() {
    let asked = |times: usize| {
        let (w, head) = often_rejected(times, 0);
        refused(&w.update(w.root(), head), &[(Code::Rejected, B)]);
        w.asked.get()
    };
    let (few, many) = (asked(40), asked(120));
    assert_eq!(few, many, "questions about 40 rejections, and about 120");
}
