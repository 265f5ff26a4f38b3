//! Single commits that become reachable (`history = "every-commit"`).

use provenance_core::finding::Code;
use provenance_core::id::CommitId;
use provenance_core::statement::{Predicate, Review};

use crate::world::{A, B, World, allowed, commit_id, refused};

fn every_commit() -> World {
    let mut w = World::new();
    w.policy = w.policy.replace("version = 1", "version = 1\nhistory = \"every-commit\"");
    w
}

/// Covers one commit of a branch that left main at `base`.
fn cover_on(w: &mut World, base: CommitId, from: CommitId, to: CommitId) {
    w.declare("wes", from, to);
    let review = Review { base, ..w.approval("ed", from, to) };
    w.file("ed", Predicate::Review(review));
}

#[test]
fn refuses_what_came_and_went_in_between_and_allows_it_once_reviewed() {
    let mut w = every_commit();
    let secret = w.commit(w.root(), &[(B, "a client's name\n")]);
    let end = w.commit(secret, &[(B, "b\n"), (A, "1\n")]);
    w.cover(w.root(), end);
    refused(&w.update(w.root(), end), &[(Code::MissingReview, B), (Code::MissingDeclaration, B)]);
    w.cover(w.root(), secret);
    w.cover(secret, end);
    allowed(&w.update(w.root(), end));
}

#[test]
fn allows_reviews_of_each_commit_and_refuses_one_of_the_whole() {
    let mut w = every_commit();
    let one = w.commit(w.root(), &[(B, "one\n")]);
    let two = w.commit(one, &[(B, "two\n")]);
    w.cover(w.root(), two);
    // `two` itself was approved, but as a change of another version than the commit has before it.
    let codes: Vec<Code> = w.update(w.root(), two).findings.iter().map(|finding| finding.code).collect();
    assert!(codes.contains(&Code::MissingReview), "{codes:?}");
    w.cover(w.root(), one);
    w.cover(one, two);
    allowed(&w.update(w.root(), two));
    allowed(&w.proposal(w.root(), w.root(), two));
}

#[test]
fn a_squashed_landing_leaves_the_commits_behind() {
    let mut w = every_commit();
    let one = w.commit(w.root(), &[(B, "one\n")]);
    let two = w.commit(one, &[(B, "two\n")]);
    w.cover(w.root(), two);
    let squashed = w.commit(w.root(), &[(B, "two\n")]);
    allowed(&w.update(w.root(), squashed));
}

#[test]
fn a_clean_merge_is_no_commit_to_review_and_an_edited_one_is() {
    let mut w = every_commit();
    let change = w.commit(w.root(), &[(A, "ONE\n2\n3\n4\n5\n6\n7\n")]);
    w.cover(w.root(), change);
    let main = w.commit(w.root(), &[(A, "1\n2\n3\n4\n5\n6\nSEVEN\n")]);
    let updated = w.merge(&[change, main], &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n")]);
    let more = w.commit(updated, &[(B, "more\n")]);
    cover_on(&mut w, main, updated, more);
    let landed = w.merge(&[main, more], &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n"), (B, "more\n")]);
    allowed(&w.update(main, landed));

    let edited = w.merge(&[change, main], &[(A, "ONE\n2\n3\nedited\n5\n6\nSEVEN\n")]);
    let mended = w.commit(edited, &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n")]);
    let landed = w.merge(&[main, mended], &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n")]);
    refused(&w.update(main, landed), &[(Code::MissingReview, A), (Code::MissingDeclaration, A)]);
}

#[test]
fn a_rejected_version_blocks_though_it_was_mended_and_reviews_do_not_grow_stale() {
    let mut w = every_commit();
    let one = w.commit(w.root(), &[(B, "one\n")]);
    let two = w.commit(one, &[(B, "two\n")]);
    w.cover(w.root(), one);
    let root = w.root();
    cover_on(&mut w, root, one, two);
    let rejection = w.reject("eva", w.root(), one);
    refused(&w.update(w.root(), two), &[(Code::Rejected, B)]);
    w.revoke("eva", rejection);
    allowed(&w.update(w.root(), two));
}

/// A branch of so many commits of one file, of which those after the first few were not reviewed.
fn branch_of(commits: usize, reviewed: usize) -> (World, CommitId) {
    let mut w = every_commit();
    let mut last = w.root();
    for n in 0..commits {
        let next = w.commit(last, &[(B, &format!("{n}\n"))]);
        if n < reviewed {
            cover_on(&mut w, commit_id(0), last, next);
        }
        last = next;
    }
    let root = w.root();
    cover_on(&mut w, root, root, last);
    (w, last)
}

#[test]
fn after_a_hundred_commits_that_fail_no_more_are_judged() {
    let asked = |commits: usize| {
        let (w, last) = branch_of(commits, 0);
        let report = w.update(w.root(), last);
        refused(&report, &[(Code::MissingReview, B), (Code::MissingDeclaration, B)]);
        (report.findings.iter().any(|finding| finding.message.ends_with("were not judged")), w.asked.get())
    };
    let ((none, _), (left, few), (_, many)) = (asked(190), asked(300), asked(600));
    assert!(!none && left && many <= few + 8, "{few} questions about 300 commits, {many} about 600");
}

#[test]
fn commits_that_were_reviewed_are_judged_to_the_last() {
    let (w, last) = branch_of(200, 200);
    allowed(&w.update(w.root(), last));
    let (w, last) = branch_of(200, 199);
    refused(&w.update(w.root(), last), &[(Code::MissingReview, B), (Code::MissingDeclaration, B)]);
}
