//! Starts: the entries that a derivation may begin at, those first that could still pass.
//!
//! A branch that has changed a file a thousand times has a thousand entries that reviews start from, and nearly all
//! of these reviews have landed. What has landed does not land again, so where there are more than a few, only those
//! starts are kept from which something leads that the branch has not held since.

use std::collections::{BTreeMap, BTreeSet};

use super::book::{Book, Item, Node};
use super::evidence::{Known, for_all};
use super::{Judge, Span};
use crate::entry::{Entry, Slot};
use crate::path::RepoPath;
use crate::statement::{Decision, Predicate, Review, Statement};

/// How many reviews are followed back from a hinted commit's entry.
const MAX_BACK: usize = 4;
/// So many starts are tried whatever has landed since, if only to say why none passes.
const FEW: usize = 8;
/// How many starts are tried.
const MAX_STARTS: usize = 64;

/// Where candidates come from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sources {
    Hints,
    Past,
}

/// An entry that a derivation may begin at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start<'a> {
    pub(super) x: Entry,
    /// What the branch has held since it held this for the last time: what leads to one of these has landed.
    pub(super) landed: &'a [Option<Slot>],
}

impl<'a> Judge<'a> {
    /// Entries that approved changes start from: those that lead to a hinted commit's, or all that the path held
    /// lately, newest first.
    pub(super) fn starts(&self, span: &Span<'a>, path: &RepoPath, sources: Sources) -> Known<Vec<Start<'a>>> {
        match sources {
            Sources::Hints => self.hinted_starts(span, path),
            Sources::Past => self.past_starts(span, path),
        }
    }

    fn hinted_starts(&self, span: &Span<'a>, path: &RepoPath) -> Known<Vec<Start<'a>>> {
        let reviewed = for_all(&self.case.hints, |commit| self.ask.entry_at(*commit, path))?;
        let mut found = BTreeSet::new();
        let mut ends: BTreeSet<Node> = reviewed.into_iter().filter(Option::is_some).collect();
        for _ in 0..MAX_BACK {
            let before = for_all(ends, |node| {
                let book = Book::read(self, &span.branch, path, &[], &[node])?;
                let leading = book.approvals().filter(|it| it.change.after() == node && self.may_count(it.statement()));
                Ok(leading.map(|it: &Item<'a, Review>| it.change.before()).collect::<Vec<Node>>())
            })?;
            ends = before.into_iter().flatten().filter(|it| !found.contains(it)).collect();
            found.extend(ends.iter().copied());
        }
        let files: Vec<Entry> = found.into_iter().flatten().filter(|entry| entry.mode().is_file()).collect();
        if files.len() <= FEW {
            return Ok(files.into_iter().map(|x| Start { x, landed: &[] }).collect());
        }
        // No review of what the path never held has a base that counts.
        let past = self.ask.past(span.tip, path, self.case.policy.review_max_steps())?;
        let places: BTreeMap<Option<Slot>, usize> = past.iter().enumerate().map(|(at, slot)| (*slot, at)).collect();
        let held: BTreeSet<usize> = files.iter().filter_map(|x| places.get(&Some(x.slot())).copied()).collect();
        let held = held.into_iter().filter_map(|at| Some((past[at]?, &past[..at])));
        let starts = for_all(held.take(MAX_STARTS), |(slot, landed)| {
            let x = self.ask.entry(Some(slot))?.filter(|x| files.contains(x));
            Ok(x.map(|x| Start { x, landed }))
        })?;
        Ok(starts.into_iter().flatten().collect())
    }

    fn past_starts(&self, span: &Span<'a>, path: &RepoPath) -> Known<Vec<Start<'a>>> {
        let past = self.ask.past(span.tip, path, self.case.policy.review_max_steps())?;
        let onward = for_all(past, |slot| match slot.filter(|slot| slot.mode.is_file()) {
            Some(slot) => self.approved_from(span, path, slot),
            None => Ok(BTreeSet::new()),
        })?;
        let mut starts = Vec::new();
        for (at, leads_on) in lead_on(past, &onward).into_iter().enumerate() {
            let tried = !onward[at].is_empty() && (starts.len() < FEW || leads_on);
            if let Some(slot) = past[at].filter(|_| tried && starts.len() < MAX_STARTS) {
                starts.push((slot, if starts.len() < FEW { &[][..] } else { &past[..at] }));
            }
        }
        let starts = for_all(starts, |(slot, landed)| Ok(self.ask.entry(Some(slot))?.map(|x| Start { x, landed })))?;
        Ok(starts.into_iter().flatten().collect())
    }

    /// What approvals that could count lead to from an entry of the path.
    fn approved_from(&self, span: &Span<'a>, path: &RepoPath, slot: Slot) -> Known<BTreeSet<Option<Slot>>> {
        let records = self.records_under(slot.id)?.into_iter().map(|(_, verified)| verified.statement());
        let onward = records.filter_map(|statement| {
            let Predicate::Review(review) = statement.predicate() else { return None };
            let here = review.decision == Decision::Approve
                && statement.repository() == self.case.policy.repository()
                && statement.branches().contains(&span.branch)
                && self.may_count(statement);
            let change = if here { statement.change_of(path)? } else { return None };
            let starts_here = change.before().is_some_and(|entry| entry.slot() == slot);
            starts_here.then(|| change.after().map(|entry| entry.slot()))
        });
        Ok(onward.collect())
    }

    /// Whether a review by this signer could count for a seat.
    fn may_count(&self, statement: &Statement) -> bool {
        self.rosters().active_signer(statement).is_ok_and(|person| self.rosters().human(person.id()))
    }
}

/// For each entry of the past, newest first, whether approved changes lead from it to something that was not held
/// after it, through nothing but what was.
fn lead_on(past: &[Option<Slot>], onward: &[BTreeSet<Option<Slot>>]) -> Vec<bool> {
    let places: BTreeMap<Option<Slot>, usize> = past.iter().enumerate().map(|(at, slot)| (*slot, at)).collect();
    let mut lead = Vec::with_capacity(past.len());
    for (at, ends) in onward.iter().enumerate() {
        let leads = ends.iter().any(|end| match places.get(end) {
            Some(later) if *later < at => lead[*later],
            _ => true,
        });
        lead.push(leads);
    }
    lead
}
