//! Which lines a shortest edit changes, found as git finds it: Eugene Myers' "An O(ND) Difference
//! Algorithm and its Variations", the linear-space form, searching from both ends of a box until the
//! two searches meet, with the cut-offs of GNU diff that give up a shortest edit for speed.
//!
//! Only the lines that [`super::discard`] keeps take part. Every tie, bound and cut-off is part of the
//! result: another choice is a different edit, and a merge built on it differs from git's.

use std::ops::Range;

use super::Unmergeable;
use super::discard::{self, Counts, bogus_sqrt};
use super::effort::Effort;
use super::frontier::{Frontier, run_ahead, run_back};
use super::lines::Token;

/// Some lines of a text, and a mark for each that is changed.
pub(super) struct Part<'t> {
    /// The lines.
    pub(super) tokens: &'t [Token],
    /// One mark a line.
    pub(super) changed: &'t mut [bool],
}

impl Part<'_> {
    /// The same part, lent.
    pub(super) fn lend(&mut self) -> Part<'_> {
        Part { tokens: self.tokens, changed: self.changed }
    }

    /// These lines of it.
    pub(super) fn narrow(&mut self, lines: Range<usize>) -> Part<'_> {
        Part { tokens: &self.tokens[lines.clone()], changed: &mut self.changed[lines] }
    }
}

/// Cost from which a search that found a long run looks for a way to stop.
const SEEK_FROM: i32 = 256;
/// Least cost at which any search stops.
const STOP_AT_LEAST: i32 = 256;

/// Marks the changed lines of both parts, whatever was marked before.
///
/// # Errors
/// [`Unmergeable::TooCostly`] when the effort is spent.
pub(super) fn mark(
    mut old: Part<'_>,
    mut new: Part<'_>,
    counts: &mut Counts,
    effort: &mut Effort,
) -> Result<(), Unmergeable> {
    let (kept_old, kept_new) = discard::keep(&mut old, &mut new, counts, effort)?;
    let mut search = Search::new(&kept_old.tokens, &kept_new.tokens);
    let mut boxes = vec![(search.whole(), Exact::No)];
    while let Some((area, exact)) = boxes.pop() {
        let area = search.shrink(area, effort)?;
        if area.old.is_empty() {
            discard::mark_kept(&mut new, &kept_new, &area.new);
        } else if area.new.is_empty() {
            discard::mark_kept(&mut old, &kept_old, &area.old);
        } else {
            let cut = search.split(&area, exact, effort)?;
            boxes.push((Area { old: cut.old..area.old.end, new: cut.new..area.new.end }, cut.above));
            boxes.push((Area { old: area.old.start..cut.old, new: area.new.start..cut.new }, cut.below));
        }
    }
    Ok(())
}

/// A box: these kept lines of one text against those of the other.
pub(super) struct Area {
    pub(super) old: Range<i32>,
    pub(super) new: Range<i32>,
}

/// Whether a search must go on until it finds a shortest edit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exact {
    Yes,
    No,
}

/// Where a box is cut in two, and how each half is searched.
struct Cut {
    old: i32,
    new: i32,
    below: Exact,
    above: Exact,
}

struct Search<'t> {
    old: &'t [Token],
    new: &'t [Token],
    ahead: Frontier,
    back: Frontier,
    stop: i32,
}

impl<'t> Search<'t> {
    fn new(old: &'t [Token], new: &'t [Token]) -> Self {
        let diagonals = old.len() + new.len() + 3;
        let stop = i32::try_from(bogus_sqrt(diagonals)).unwrap_or(i32::MAX).max(STOP_AT_LEAST);
        let (ahead, back) = (Frontier::new(old.len(), new.len()), Frontier::new(old.len(), new.len()));
        Self { old, new, ahead, back, stop }
    }

    fn whole(&self) -> Area {
        let end = |lines: &[Token]| i32::try_from(lines.len()).expect("MAX_LINES fits an i32");
        Area { old: 0..end(self.old), new: 0..end(self.new) }
    }

    /// The box without the lines that are equal at its start and at its end.
    fn shrink(&self, area: Area, effort: &mut Effort) -> Result<Area, Unmergeable> {
        let Area { mut old, mut new } = area;
        let equal = run_ahead(self.old, self.new, (old.start, new.start), (old.end, new.end));
        (old.start, new.start) = (old.start + equal, new.start + equal);
        let equal_end = run_back(self.old, self.new, (old.end, new.end), (old.start, new.start));
        (old.end, new.end) = (old.end - equal_end, new.end - equal_end);
        effort.spend(1 + usize::try_from(equal + equal_end).unwrap_or(0))?;
        Ok(Area { old, new })
    }

    /// A point of the box that a shortest edit passes, or one good enough when that costs too much.
    fn split(&mut self, area: &Area, exact: Exact, effort: &mut Effort) -> Result<Cut, Unmergeable> {
        let odd = ((area.old.start - area.new.start) - (area.old.end - area.new.end)) & 1 != 0;
        self.ahead.start_at(area.old.start, area.new.start);
        self.back.start_at(area.old.end, area.new.end);
        let mut cost = 1;
        loop {
            self.ahead.widen(area, -1);
            let goal = odd.then_some(&self.back);
            let ahead = self.ahead.advance(self.old, self.new, area, goal, effort)?;
            if let Some((old, new)) = ahead.met {
                return Ok(Cut { old, new, below: Exact::Yes, above: Exact::Yes });
            }
            self.back.widen(area, i32::MAX);
            let goal = (!odd).then_some(&self.ahead);
            let back = self.back.retreat(self.old, self.new, area, goal, effort)?;
            if let Some((old, new)) = back.met {
                return Ok(Cut { old, new, below: Exact::Yes, above: Exact::Yes });
            }
            if exact == Exact::No {
                let seek = (ahead.long_run || back.long_run) && cost > SEEK_FROM;
                if let Some(cut) = seek.then(|| self.promising(area, cost)).flatten() {
                    return Ok(cut);
                }
                if cost >= self.stop {
                    return Ok(self.furthest(area));
                }
            }
            cost += 1;
        }
    }

    /// The end of a long run that lies far out for what it cost.
    fn promising(&self, area: &Area, cost: i32) -> Option<Cut> {
        if let Some((old, new)) = self.ahead.promising_ahead(self.old, self.new, area, cost) {
            return Some(Cut { old, new, below: Exact::Yes, above: Exact::No });
        }
        let (old, new) = self.back.promising_back(self.old, self.new, area, cost)?;
        Some(Cut { old, new, below: Exact::No, above: Exact::Yes })
    }

    /// The furthest point that either search has reached.
    fn furthest(&self, area: &Area) -> Cut {
        let (ahead_sum, ahead_old) = self.ahead.furthest_ahead(area);
        let (back_sum, back_old) = self.back.furthest_back(area);
        let left = area.old.end + area.new.end - back_sum;
        if left < ahead_sum - (area.old.start + area.new.start) {
            Cut { old: ahead_old, new: ahead_sum - ahead_old, below: Exact::Yes, above: Exact::No }
        } else {
            Cut { old: back_old, new: back_sum - back_old, below: Exact::No, above: Exact::Yes }
        }
    }
}
