//! Derivation: whether a file's new content is exactly the clean merge of an approved change into
//! what the branch has gained since.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::book::{Book, Item, Node};
use super::chain::{ChainVerdict, Freshness};
use super::chains::chains;
use super::evidence::{Known, MergeResult, Merges, Stop, for_all};
use super::fresh::touched;
use super::people::{Work, contributors};
use super::signer::Fault;
use super::starts::{Sources, Start};
use super::turns::in_turns;
use super::{Judge, Span};
use crate::entry::{Change, Entry, Mode, Slot};
use crate::finding::Code;
use crate::id::BlobId;
use crate::merge::is_lost;
use crate::path::RepoPath;
use crate::policy::{Requirements, is_protected};
use crate::statement::Review;

/// How many chains are tried between two entries.
const MAX_CHAINS: usize = 16;
/// How many states of the published side are merged with.
const MAX_SIDES: usize = 8;
/// How many merges are tried from one start.
const MAX_MERGES: usize = 64;
/// How many starts are tried in the first turn.
const FIRST_STARTS: usize = 4;

/// The change X→C that is merged into the published side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Derivation {
    /// What the path held at the review's base.
    pub(super) x: Entry,
    /// What the approved chain leads to.
    pub(super) c: Entry,
}

/// A derivation, the published side it is merged into, and what comes out.
struct Found<'a> {
    derivation: Derivation,
    side: Entry,
    result: Entry,
    /// Where the change ends in something else: the records from what comes out on.
    onward: Option<Rc<Book<'a>>>,
}

impl<'a> Judge<'a> {
    /// The best verdict on the change as a derived one; none where no approved change merges to it.
    pub(super) fn derive(
        &self,
        span: &Span<'a>,
        change: &Change,
        requirements: &Requirements,
        book: &Book<'a>,
    ) -> Known<Option<ChainVerdict<'a>>> {
        let path = change.path();
        let (Some(before), Some(after)) = (change.before(), change.after()) else { return Ok(None) };
        if is_protected(path) || !before.mode().is_file() || !after.mode().is_file() {
            return Ok(None);
        }
        let mut best: Option<ChainVerdict<'a>> = None;
        for sources in [Sources::Hints, Sources::Past] {
            let starts = self.starts(span, path, sources)?;
            for now in in_turns(&starts, FIRST_STARTS) {
                let begin = |start: &Start<'a>| self.derive_from(*start, span, change, requirements, book);
                best = first_passing(best, now, begin)?;
                if best.as_ref().is_some_and(|best| best.faults.is_empty()) {
                    return Ok(best);
                }
            }
        }
        Ok(best)
    }

    /// The same where it begins at one entry.
    fn derive_from(
        &self,
        start: Start<'a>,
        span: &Span<'a>,
        change: &Change,
        requirements: &Requirements,
        book: &Book<'a>,
    ) -> Known<Option<ChainVerdict<'a>>> {
        let merges = self.merges_to(start, change, requirements, span)?;
        first_passing(None, &merges, |found| self.judge_found(span, change, requirements, book, found).map(Some))
    }

    /// A proposal's change, as it will land by a merge into the base's tip.
    pub(super) fn predict_merge(
        &self,
        span: &Span<'a>,
        change: &Change,
        requirements: &Requirements,
        book: &Book<'a>,
    ) -> Known<Option<ChainVerdict<'a>>> {
        let (Some(x), Some(c)) = (change.before(), change.after()) else { return Ok(None) };
        if is_protected(change.path()) || !x.mode().is_file() || !c.mode().is_file() {
            return Ok(None);
        }
        let derivation = Derivation { x, c };
        for chain in chains(&self.plausible(book, requirements), Some(x), Some(c), MAX_CHAINS) {
            let freshness = Freshness::Derived(&derivation);
            let verdict = self.judge_chain(span, change.path(), requirements, book, &chain, freshness)?;
            if verdict.faults.is_empty() {
                return Ok(Some(verdict));
            }
        }
        Ok(None)
    }

    /// Which approved changes from `x` merge, into something the change's chain starts from, to
    /// something it ends in.
    fn merges_to(
        &self,
        Start { x, landed }: Start<'a>,
        change: &Change,
        requirements: &Requirements,
        span: &Span<'a>,
    ) -> Known<Vec<Found<'a>>> {
        let landed: BTreeSet<&Slot> = landed.iter().flatten().collect();
        let file = |node: &Node| node.filter(|entry| entry.mode().is_file());
        let (before, after) = (change.before(), change.after());
        // What the path holds comes first; then what approved changes lead to from there.
        let onward = self.onward(span, change.path(), requirements, before, after)?;
        let held = std::iter::once(&before).chain(onward.iter().filter(|node| **node != before));
        let sides: Vec<Entry> = held.filter_map(file).filter(|side| *side != x).take(MAX_SIDES).collect();
        let reviewed = self.onward(span, change.path(), requirements, Some(x), after)?;
        let reviewed = reviewed.iter().filter_map(file).filter(|c| *c != x && !landed.contains(&c.slot()));
        let pairs = reviewed.flat_map(|c| sides.iter().map(move |side| (c, *side))).take(MAX_MERGES);
        let merged = for_all(pairs, |(c, side)| {
            let results = self.merged(x, side, c)?.into_iter().filter(|result| *result != side);
            for_all(results, |result| {
                let onward = if Some(result) == after {
                    None
                } else {
                    let onward = Book::leading(self, &span.branch, change.path(), Some(result), after)?;
                    let Some(onward) = onward else { return Ok(None) };
                    Some(Rc::new(onward))
                };
                Ok(Some(Found { derivation: Derivation { x, c }, side, result, onward }))
            })
        })?;
        Ok(merged.into_iter().flatten().flatten().collect())
    }

    /// The entries that a clean merge of `x`, `side` and `c` may have.
    fn merged(&self, x: Entry, side: Entry, c: Entry) -> Known<BTreeSet<Entry>> {
        let Some(mode) = merged_mode(x.mode(), side.mode(), c.mode()) else { return Ok(BTreeSet::new()) };
        if !self.are_genuine([x, side, c])? {
            return Ok(BTreeSet::new());
        }
        let merges = self.ask.merge(x.id(), side.id(), c.id())?;
        let clean = merges.results.iter().filter_map(|result| result.clean);
        Ok(clean.filter_map(|blob| Entry::blob(mode, BlobId(blob.id), blob.sha256)).collect())
    }

    /// Whether these entries have the SHA-256 that the content with their git id has. Merges are
    /// made of git ids; what was signed is the content.
    pub(super) fn are_genuine(&self, entries: [Entry; 3]) -> Known<bool> {
        let genuine = for_all(entries, |entry| Ok(self.ask.entry(Some(entry.slot()))? == Some(entry)))?;
        Ok(!genuine.contains(&false))
    }

    /// Judges a path of approved edges to the side, the derived edge, and approved edges onward.
    fn judge_found(
        &self,
        span: &Span<'a>,
        change: &Change,
        requirements: &Requirements,
        book: &Book<'a>,
        found: &Found<'a>,
    ) -> Known<ChainVerdict<'a>> {
        let path = change.path();
        let (x, c) = (Some(found.derivation.x), Some(found.derivation.c));
        let chains_in =
            |book: &Book<'a>, from: Node, to: Node| chains(&self.plausible(book, requirements), from, to, MAX_CHAINS);
        let freshness = Freshness::Derived(&found.derivation);
        let approved = self.book_between(span, path, x, c)?;
        let derived = chains_in(&approved, x, c);
        let mut verdict = self.best_chain(span, path, requirements, &approved, &derived, freshness)?;
        let (side, result) = (Some(found.side), Some(found.result));
        let aside =
            if side == change.before() { None } else { Some(self.book_between(span, path, change.before(), side)?) };
        let onward = found.onward.as_deref().unwrap_or(book);
        for (book, from, to) in
            [(aside.as_deref().unwrap_or(book), change.before(), side), (onward, result, change.after())]
        {
            if from != to {
                let part = chains_in(book, from, to);
                let part = self.best_chain(span, path, requirements, book, &part, Freshness::Moves)?;
                verdict.faults.extend(part.faults);
                verdict.warnings.extend(part.warnings);
                verdict.reviewers.extend(part.reviewers);
                verdict.records.extend(part.records);
                verdict.works.extend(part.works);
            }
        }
        // Where no chain leads on from the merge, what the change ends in was asked about nowhere yet.
        let contributors = contributors(&verdict.works);
        for node in BTreeSet::from([result, change.after()]) {
            for (person, record) in self.rejections(onward, node, requirements, &contributors)? {
                let message = format!("{person} rejected this version (record {})", record.short());
                verdict.faults.push(Fault::new(Code::Rejected, message));
            }
        }
        // What somebody declared of the merge as a whole is no need of it, and binds where it is there.
        let whole = self.work(span, path, book, &[change.before(), change.after()])?;
        verdict.works.extend(whole.into_iter().filter_map(Work::if_any));
        Ok(verdict)
    }

    /// The verdict on the chain with the fewest faults.
    pub(super) fn best_chain(
        &self,
        span: &Span<'a>,
        path: &RepoPath,
        requirements: &Requirements,
        book: &Book<'a>,
        chains: &[Vec<Node>],
        freshness: Freshness<'_>,
    ) -> Known<ChainVerdict<'a>> {
        let mut verdicts = for_all(chains, |chain| self.judge_chain(span, path, requirements, book, chain, freshness))?;
        verdicts.sort_by_key(|verdict| verdict.faults.len());
        Ok(verdicts.into_iter().next().unwrap_or_else(|| ChainVerdict {
            faults: vec![Fault::new(Code::MissingReview, "nobody has reviewed this change")],
            ..ChainVerdict::default()
        }))
    }

    /// Why a review is too old for a derivation; none where the change was still to land at every
    /// step since its base.
    pub(super) fn derivation_stale(
        &self,
        span: &Span<'a>,
        path: &RepoPath,
        derivation: &Derivation,
        review: &Item<'a, Review>,
    ) -> Known<Option<Fault>> {
        let moves = match self.moves_since(span, path, review)? {
            Ok(moves) => moves,
            Err(fault) => return Ok(Some(fault)),
        };
        let now = match moves.last() {
            Some(last) => last.after,
            None => self.ask.entry_at(span.tip, path)?.map(|entry| entry.slot()),
        };
        let at_base = moves.first().map_or(now, |first| first.before);
        if at_base != Some(derivation.x.slot()) {
            let message = format!(
                "{}'s review was made at {}, where the path held another version than the change starts from",
                review.statement().signed_by().person,
                review.record.base
            );
            return Ok(Some(Fault::new(Code::StaleReview, message)));
        }
        let Some(current) = now.filter(|slot| slot.mode.is_file()) else {
            return Ok(moves.last().map(|last| touched(review, last)));
        };
        let merge = |slot: Slot| self.ask.merge(derivation.x.id(), slot.id, derivation.c.id());
        let outcomes = for_all(moves, |step| {
            let Some(slot) = step.after.filter(|slot| slot.mode.is_file()) else { return Ok(false) };
            Ok(derivation.mode_is_to_land(slot, current)
                && still_to_land(derivation, merge(slot)?, slot, merge(current)?))
        })?;
        let failed = moves.iter().zip(outcomes).find(|(_, landable)| !landable);
        Ok(failed.map(|(step, _)| touched(review, step)))
    }
}

impl Derivation {
    /// Whether a change of the mode, if it is one, was not landed at a step and taken back since: a
    /// mode is one more hunk.
    fn mode_is_to_land(&self, step: Slot, now: Slot) -> bool {
        let wanted = self.c.mode();
        self.x.mode() == wanted || step.mode != wanted || now.mode == wanted
    }
}

/// The first of these verdicts that passes, else the one with the fewest faults of them and the best so far. While one is
/// open, what those after it ask is asked as well.
fn first_passing<'a, T>(
    mut best: Option<ChainVerdict<'a>>,
    items: &[T],
    mut judge: impl FnMut(&T) -> Known<Option<ChainVerdict<'a>>>,
) -> Known<Option<ChainVerdict<'a>>> {
    let mut open = false;
    for item in items {
        let verdict = match judge(item) {
            Err(Stop::Open) => {
                open = true;
                continue;
            }
            _ if open => continue,
            verdict => verdict?,
        };
        let faults = |verdict: &Option<ChainVerdict<'a>>| verdict.as_ref().map_or(usize::MAX, |it| it.faults.len());
        if faults(&verdict) < faults(&best) {
            best = verdict;
        }
        if faults(&best) == 0 {
            break;
        }
    }
    if open { Err(Stop::Open) } else { Ok(best) }
}

/// Whether at a step the merge is clean and changes something, and the published side now holds
/// every hunk that the step held.
fn still_to_land(derivation: &Derivation, at_step: &Merges, step: Slot, now: &Merges) -> bool {
    let mode = merged_mode(derivation.x.mode(), step.mode, derivation.c.mode());
    let lands =
        |result: &MergeResult| result.clean.zip(mode).is_some_and(|(blob, mode)| Slot { mode, id: blob.id } != step);
    let kept = |then: &MergeResult, now: &MergeResult| match (&then.held, &now.held) {
        (Some(then), Some(now)) => !is_lost(then, now),
        _ => false,
    };
    at_step.results.iter().all(lands) && at_step.results.iter().zip(&now.results).all(|(then, now)| kept(then, now))
}

fn merged_mode(x: Mode, ours: Mode, theirs: Mode) -> Option<Mode> {
    if ours == theirs || x == theirs {
        Some(ours)
    } else if x == ours {
        Some(theirs)
    } else {
        None
    }
}
