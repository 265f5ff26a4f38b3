//! Floods: many versions and many records of one path cost no more than they must, and hide nothing.

use provenance_core::finding::Code;
use provenance_core::id::CommitId;
use provenance_core::report::ChangeStatus;
use provenance_core::statement::{Predicate, Review};

use crate::world::{A, B, World, allowed, refused};

const UNREVIEWED: [(Code, &str); 2] = [(Code::MissingReview, A), (Code::MissingDeclaration, A)];

/// A topic that changes the top and was approved; after that the bottom has changed so often, each time reviewed.
fn changed_often(times: usize) -> (World, CommitId, CommitId) {
    let mut w = World::new();
    let topic = w.commit(w.root(), &[(A, "ONE\n2\n3\n4\n5\n6\n7\n")]);
    w.cover(w.root(), topic);
    let mut last = w.root();
    for n in 0..times {
        let next = w.commit(last, &[(A, &format!("1\n2\n3\n4\n5\n6\nseven {n}\n"))]);
        w.cover(last, next);
        last = next;
    }
    (w, topic, last)
}

fn merged(w: &mut World, last: CommitId, times: usize) -> CommitId {
    w.commit(last, &[(A, &format!("ONE\n2\n3\n4\n5\n6\nseven {}\n", times - 1))])
}

#[test]
fn a_change_that_nobody_reviewed_is_refused_as_soon_however_often_the_file_has_changed() {
    let rounds = |times: usize| {
        let (mut w, _, last) = changed_often(times);
        let head = w.commit(last, &[(A, "unreviewed\n")]);
        refused(&w.update(last, head), &UNREVIEWED);
        w.rounds.get()
    };
    let (few, many) = (rounds(10), rounds(40));
    assert!(many <= few + 2, "{few} rounds for 10 versions, {many} for 40");
}

#[test]
fn what_waits_since_an_older_version_is_derived_however_often_the_file_has_changed() {
    let (mut w, _, last) = changed_often(40);
    let squashed = merged(&mut w, last, 40);
    let report = w.update(last, squashed);
    allowed(&report);
    assert_eq!(report.changes[0].status, ChangeStatus::Merged);
}

#[test]
fn a_derivation_begins_at_the_newest_64_entries_that_something_leads_on_from() {
    let with = |others: usize| {
        let (mut w, _, mut last) = changed_often(0);
        for n in 0..others {
            last = w.commit(last, &[(A, &format!("1\n2\n3\n4\n5\n6\nseven {n}\n"))]);
            let waiting = w.commit(last, &[(A, &format!("waiting {n}\n"))]);
            w.approve("eva", last, waiting);
        }
        let squashed = merged(&mut w, last, others);
        w.update(last, squashed)
    };
    allowed(&with(63));
    refused(&with(64), &UNREVIEWED);
}

#[test]
fn approvals_towards_what_is_merged_that_begin_nowhere_hide_no_start() {
    let (mut w, topic, last) = changed_often(3);
    for n in 0..80 {
        let nowhere = w.commit(w.root(), &[(A, &format!("nowhere {n}\n"))]);
        w.approve(if n % 2 == 0 { "eva" } else { "bot" }, nowhere, topic);
    }
    let text = "ONE\n2\n3\n4\n5\n6\nseven 2\n";
    let merge = w.merge(&[last, topic], &[(A, text)]);
    w.hints = vec![topic];
    allowed(&w.update(last, merge));
    assert!(w.rounds.get() < 20, "{} rounds", w.rounds.get());
    let edited = w.merge(&[last, topic], &[(A, &text.replace('4', "4!"))]);
    refused(&w.update(last, edited), &UNREVIEWED);
    assert!(w.rounds.get() < 20, "{} rounds", w.rounds.get());
}

/// So many steps of one path.
fn pushed(w: &mut World, steps: usize) -> Vec<CommitId> {
    let mut chain = vec![w.root()];
    for n in 0..steps {
        chain.push(w.commit(chain[n], &[(A, &format!("step {n}\n"))]));
    }
    chain
}

#[test]
fn of_many_steps_that_nobody_reviewed_those_after_the_first_are_not_judged() {
    let asked = |steps: usize| {
        let mut w = World::new();
        let chain = pushed(&mut w, steps);
        refused(&w.update(chain[0], chain[steps]), &UNREVIEWED);
        w.asked.get()
    };
    let (few, many) = (asked(50), asked(100));
    // What each step holds is asked, and the records under it.
    assert!(many <= few + 2 * 50, "{few} questions for 50 steps, {many} for 100");
}

#[test]
fn many_steps_are_judged_to_the_last() {
    let mut w = World::new();
    let chain = pushed(&mut w, 40);
    (0..39).for_each(|at| w.cover(chain[at], chain[at + 1]));
    refused(&w.update(chain[0], chain[40]), &UNREVIEWED);
    w.cover(chain[39], chain[40]);
    allowed(&w.update(chain[0], chain[40]));
}

#[test]
fn sets_of_one_path_that_does_not_land_bring_nothing_and_hide_no_honest_review() {
    let mut w = World::new();
    let names: Vec<String> = (0..8).map(|n| format!("content/{n}.md")).collect();
    let edits: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "new\n")).collect();
    let root = w.root();
    let landed = w.commit(root, &edits);
    w.declare("wes", root, landed);
    for (n, name) in names.iter().enumerate() {
        for k in 0..16 {
            let set = w.commit(root, &[(name, "new\n"), (B, &format!("version {n} {k}\n"))]);
            w.approve("eva", root, set);
        }
    }
    let partial: Vec<(Code, &str)> = names.iter().map(|name| (Code::PartialChangeSet, name.as_str())).collect();
    refused(&w.update(root, landed), &partial);
    w.approve("ed", root, landed);
    allowed(&w.update(root, landed));
}

/// So many versions that nobody publishes, each declared from one state, and some that lead to it.
fn drown(w: &mut World, name: &str, state: CommitId, versions: usize) {
    for n in 0..versions {
        let there = w.commit(state, &[(name, &format!("to {n}\n"))]);
        w.declare("bot", state, there);
        if n % 40 == 0 {
            let from = w.commit(state, &[(name, &format!("from {n}\n"))]);
            w.declare("bot", from, state);
        }
    }
}

#[test]
fn versions_that_lead_elsewhere_do_not_keep_the_policy_from_revoking_their_key() {
    const PEOPLE: &str = ".provenance/people.toml";
    let mut w = World::new();
    let old = w.commit(w.root(), &[(PEOPLE, "bot\n")]);
    drown(&mut w, PEOPLE, old, 4100);
    let head = w.commit(old, &[(PEOPLE, "bot's key is revoked\n")]);
    refused(&w.update(old, head), &[(Code::MissingReview, PEOPLE)]);
    w.cover(old, head);
    w.approve("al", old, head);
    allowed(&w.update(old, head));
}

#[test]
fn versions_that_lead_elsewhere_keep_nobody_from_adding_a_file() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[("content/new.md", "new\n")]);
    for n in 0..100 {
        let other = w.commit(w.root(), &[("content/new.md", &format!("{n}\n"))]);
        w.declare("bot", w.root(), other);
    }
    refused(
        &w.update(w.root(), head),
        &[(Code::MissingReview, "content/new.md"), (Code::MissingDeclaration, "content/new.md")],
    );
    w.cover(w.root(), head);
    allowed(&w.update(w.root(), head));
}

#[test]
fn of_what_approvals_lead_to_a_thousand_entries_are_looked_at() {
    let asked = |approvals: usize| {
        let (mut w, _, last) = changed_often(1);
        for n in 0..approvals {
            let waiting = w.commit(w.root(), &[(A, &format!("waiting {n}\n"))]);
            w.approve("eva", w.root(), waiting);
        }
        let head = w.commit(last, &[(A, "unreviewed\n")]);
        refused(&w.update(last, head), &UNREVIEWED);
        w.asked.get()
    };
    let (few, many) = (asked(1040), asked(1100));
    assert!(few > 1024 && many <= few + 8, "{few} questions about 1040 approvals, {many} about 1100");
}

/// Approvals from one state to another through so many levels of two versions each, four of each edge, all made at one base.
fn levels(w: &mut World, [base, from, to]: [CommitId; 3], levels: usize) {
    let mut level = vec![from];
    for n in 1..=levels {
        let through = |k: usize, w: &mut World| w.commit(from, &[(B, &format!("level {n} {k}\n"))]);
        let next = if n == levels { vec![to] } else { vec![through(0, w), through(1, w)] };
        for (a, b) in level.iter().flat_map(|a| next.iter().map(move |b| (*a, *b))) {
            for k in 0..4 {
                let review = Review { base, comment: Some(k.to_string()), ..w.approval("eva", a, b) };
                w.file("eva", Predicate::Review(review));
            }
        }
        level = next;
    }
}

#[test]
fn what_a_path_passed_since_the_base_of_many_reviews_is_found_out_once() {
    let mut w = World::new();
    let base = w.commit(w.root(), &[(B, "junk\n")]);
    let mut last = base;
    for n in 0..200 {
        last = w.commit(last, &[(B, &format!("junk {n}\n"))]);
    }
    let old = w.commit(last, &[(B, "b\n")]);
    let head = w.commit(old, &[(B, "unreviewed\n")]);
    levels(&mut w, [base, old, head], 32);
    refused(&w.update(old, head), &[(Code::StaleReview, B), (Code::MissingDeclaration, B)]);
}
