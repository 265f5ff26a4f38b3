//! Questions: the verdict depends on the answers alone, and what cannot be answered blocks.

use proptest::prelude::*;
use provenance_core::finding::Code;
use provenance_core::gate::Question;
use provenance_core::report::Verdict;
use provenance_core::statement::{Predicate, Review};

use crate::world::{A, B, World, allowed, path, undecided};

#[test]
fn the_verdict_does_not_depend_on_how_evidence_was_batched() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "ONE\n2\n3\n4\n5\n6\n7\n"), (B, "b2\n")]);
    w.cover(w.root(), head);
    let meanwhile = w.commit(w.root(), &[(A, "1\n2\n3\n4\n5\n6\nSEVEN\n")]);
    w.cover(w.root(), meanwhile);
    let merged = w.merge(&[meanwhile, head], &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n"), (B, "b2\n")]);
    let at_once = w.update(meanwhile, merged);
    w.batch = 1;
    assert_eq!(at_once, w.update(meanwhile, merged));
    allowed(&at_once);
}

#[test]
fn what_cannot_be_answered_blocks() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.cover(w.root(), head);
    let note = w.slot(head, &path(B)).unwrap().id;
    w.blocked = vec![Question::Lines(note)];
    undecided(&w.update(w.root(), head), Code::UndecidedObject);
    // Where the branch has moved on since, whether the path did is asked.
    let tip = w.commit(w.root(), &[(A, "uno\n2\n3\n4\n5\n6\n7\n")]);
    let landed = w.commit(tip, &[(B, "new\n")]);
    w.blocked = Vec::new();
    allowed(&w.update(tip, landed));
    w.blocked = vec![Question::Moves { since: w.root(), until: tip, path: path(B), limit: 1000 }];
    undecided(&w.update(tip, landed), Code::UndecidedObject);
}

#[test]
fn a_proposal_predicts_its_landing() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(A, "ONE\n2\n3\n4\n5\n6\n7\n")]);
    w.cover(w.root(), head);
    let tip = w.commit(w.root(), &[(A, "1\n2\n3\n4\n5\n6\nSEVEN\n")]);
    w.cover(w.root(), tip);
    allowed(&w.proposal(w.root(), tip, head));
    let conflicting = w.commit(tip, &[(A, "uno\n2\n3\n4\n5\n6\nSEVEN\n")]);
    w.cover(tip, conflicting);
    assert_eq!(w.proposal(w.root(), conflicting, head).verdict, Verdict::Refused);
    // The branch has merged the publish branch itself.
    let merged = w.merge(&[head, tip], &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n")]);
    allowed(&w.proposal(tip, tip, merged));
}

/// What may lie in a ledger: for each of three heads, who signed what.
#[derive(Debug, Clone)]
enum Deed {
    Approve(usize, usize, usize),
    Declare(usize, usize, usize),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = (0..4usize, 0..4usize, 0..4usize, any::<bool>());
    prop::collection::vec(
        deed.prop_map(
            |(who, from, to, approve)| {
                if approve { Deed::Approve(who, from, to) } else { Deed::Declare(who, from, to) }
            },
        ),
        0..10,
    )
}

/// Deeds, and the same in another order.
fn shuffled() -> impl Strategy<Value = (Vec<Deed>, Vec<Deed>)> {
    deeds().prop_flat_map(|deeds| (Just(deeds.clone()), Just(deeds).prop_shuffle()))
}

fn world(deeds: &[Deed]) -> (World, Vec<provenance_core::id::CommitId>) {
    let mut w = World::new();
    let mut states = vec![w.root()];
    for n in 1..4 {
        let last = states[n - 1];
        states.push(w.commit(last, &[(B, &format!("{n}\n"))]));
    }
    for deed in deeds {
        let (Deed::Approve(who, from, to) | Deed::Declare(who, from, to)) = deed;
        if from == to {
            continue;
        }
        let who = ["ed", "eva", "wes", "bot"][*who];
        match deed {
            Deed::Approve(..) => {
                let review = Review { base: w.root(), ..w.approval(who, states[*from], states[*to]) };
                w.file(who, Predicate::Review(review));
            }
            Deed::Declare(..) if who == "bot" => {
                let declaration = w.ai(who, states[*from], states[*to]);
                w.file(who, Predicate::Declaration(declaration));
            }
            Deed::Declare(..) => drop(w.declare(who, states[*from], states[*to])),
        }
    }
    (w, states)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Approvals only add up: with one fewer, nothing that was refused becomes allowed.
    #[test]
    fn dropping_an_approval_never_turns_refused_into_allowed(deeds in deeds(), dropped in 0..10usize) {
        let (all, states) = world(&deeds);
        if all.update(states[0], states[3]).verdict == Verdict::Refused {
            let fewer: Vec<Deed> = deeds.iter().enumerate()
                .filter(|(i, deed)| *i != dropped || !matches!(deed, Deed::Approve(..)))
                .map(|(_, deed)| deed.clone()).collect();
            let (fewer, states) = world(&fewer);
            prop_assert_eq!(fewer.update(states[0], states[3]).verdict, Verdict::Refused);
        }
    }

    /// Rules add up: with one more, nothing that was refused becomes allowed.
    #[test]
    fn adding_a_rule_never_turns_refused_into_allowed(deeds in deeds(), rule in 0..6usize) {
        let (mut w, states) = world(&deeds);
        let before = w.update(states[0], states[3]).verdict;
        let demand = [
            "reviews = [{ roles = [\"editor\"], count = 2 }]",
            "reviews = [{ roles = [\"writer\"] }]",
            "ai = \"forbidden\"",
            "declaration = \"optional\"",
            "presence = \"any\"",
            "checklist = [\"bias\"]",
        ][rule];
        w.policy.push_str(&format!("[[rule]]\nname = \"more\"\npaths = [\"**\"]\n{demand}\n"));
        if before == Verdict::Refused {
            prop_assert_eq!(w.update(states[0], states[3]).verdict, Verdict::Refused);
        }
    }

    /// What the gate asks may be answered in one batch or in any number of them.
    #[test]
    fn the_verdict_does_not_depend_on_the_batches_of_any_evidence(deeds in deeds(), batch in 1..5usize) {
        let (mut w, states) = world(&deeds);
        let at_once = w.update(states[0], states[3]);
        w.batch = batch;
        prop_assert_eq!(at_once, w.update(states[0], states[3]));
    }

    /// The order in which records were written, and lines that are none, change nothing.
    #[test]
    fn the_verdict_does_not_depend_on_order_or_debris((deeds, shuffled) in shuffled()) {
        let (one, states) = world(&deeds);
        let (mut other, _) = world(&shuffled);
        let report = one.update(states[0], states[3]);
        prop_assert_eq!(&report, &other.update(states[0], states[3]));
        let note = other.slot(states[3], &path(B)).unwrap().id;
        other.note(note, b"debris".to_vec());
        prop_assert_eq!(report.verdict, other.update(states[0], states[3]).verdict);
    }
}
