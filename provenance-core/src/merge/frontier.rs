//! How far one of the two searches of [`super::myers`] has come: for each diagonal (line of the old
//! text minus line of the new) the line of the old text it reached.

use super::Unmergeable;
use super::effort::Effort;
use super::lines::Token;
use super::myers::Area;

/// Equal lines in a row that make a run long, which hints at a good place to cut.
pub(super) const LONG_RUN: i32 = 20;
/// How many times its cost a point must lie out to be promising.
const WORTH: i32 = 4;

/// The reach on each diagonal, and the range of diagonals in use.
pub(super) struct Frontier {
    reach: Vec<i32>,
    /// Where diagonal 0 is in `reach`.
    zero: i32,
    /// The diagonal that the search started on.
    middle: i32,
    low: i32,
    high: i32,
}

/// What one round of a search found.
pub(super) struct Round {
    /// Where it met the other search, as lines of old and new.
    pub(super) met: Option<(i32, i32)>,
    /// Whether a diagonal went on for a long run.
    pub(super) long_run: bool,
}

/// How many lines are equal from one point on, before the other point.
pub(super) fn run_ahead(old: &[Token], new: &[Token], from: (i32, i32), to: (i32, i32)) -> i32 {
    let (old, new) = (between(old, from.0, to.0), between(new, from.1, to.1));
    length(old.iter().zip(new))
}

/// How many lines are equal before one point, down to the other point.
pub(super) fn run_back(old: &[Token], new: &[Token], from: (i32, i32), to: (i32, i32)) -> i32 {
    let (old, new) = (between(old, to.0, from.0), between(new, to.1, from.1));
    length(old.iter().rev().zip(new.iter().rev()))
}

/// The tokens from one place to another; none where there are no such places.
fn between(tokens: &[Token], from: i32, to: i32) -> &[Token] {
    let place = |at: i32| usize::try_from(at).unwrap_or(usize::MAX);
    tokens.get(place(from)..place(to)).unwrap_or_default()
}

fn length<'t>(pairs: impl Iterator<Item = (&'t Token, &'t Token)>) -> i32 {
    i32::try_from(pairs.take_while(|(old, new)| old == new).count()).unwrap_or(i32::MAX)
}

impl Frontier {
    /// A frontier for texts of these lengths.
    pub(super) fn new(old_len: usize, new_len: usize) -> Self {
        let zero = i32::try_from(new_len + 1).expect("MAX_LINES fits an i32");
        Self { reach: vec![0; old_len + new_len + 3], zero, middle: 0, low: 0, high: 0 }
    }

    /// Starts over at a point.
    pub(super) fn start_at(&mut self, old: i32, new: i32) {
        self.middle = old - new;
        (self.low, self.high) = (self.middle, self.middle);
        self.set(self.middle, old);
    }

    /// Takes in one more diagonal on each side, or gives one up where the box ends, so that every
    /// second diagonal is looked at. Behind a new outermost one stands a value that never wins.
    pub(super) fn widen(&mut self, area: &Area, never: i32) {
        if self.low > area.old.start - area.new.end {
            self.low -= 1;
            self.set(self.low - 1, never);
        } else {
            self.low += 1;
        }
        if self.high < area.old.end - area.new.start {
            self.high += 1;
            self.set(self.high + 1, never);
        } else {
            self.high -= 1;
        }
    }

    /// One step from the start of the box towards its end on every diagonal.
    pub(super) fn advance(
        &mut self,
        old: &[Token],
        new: &[Token],
        area: &Area,
        goal: Option<&Self>,
        effort: &mut Effort,
    ) -> Result<Round, Unmergeable> {
        let mut long_run = false;
        for diagonal in self.diagonals() {
            let (lower, upper) = (self.at(diagonal - 1), self.at(diagonal + 1));
            let from = if lower >= upper { lower + 1 } else { upper };
            let run = run_ahead(old, new, (from, from - diagonal), (area.old.end, area.new.end));
            effort.spend(1 + usize::try_from(run).unwrap_or(0))?;
            long_run |= run > LONG_RUN;
            let reached = from + run;
            self.set(diagonal, reached);
            if goal.is_some_and(|goal| goal.spans(diagonal) && goal.at(diagonal) <= reached) {
                return Ok(Round { met: Some((reached, reached - diagonal)), long_run });
            }
        }
        Ok(Round { met: None, long_run })
    }

    /// One step from the end of the box towards its start on every diagonal.
    pub(super) fn retreat(
        &mut self,
        old: &[Token],
        new: &[Token],
        area: &Area,
        goal: Option<&Self>,
        effort: &mut Effort,
    ) -> Result<Round, Unmergeable> {
        let mut long_run = false;
        for diagonal in self.diagonals() {
            let (lower, upper) = (self.at(diagonal - 1), self.at(diagonal + 1));
            let from = if lower < upper { lower } else { upper - 1 };
            let run = run_back(old, new, (from, from - diagonal), (area.old.start, area.new.start));
            effort.spend(1 + usize::try_from(run).unwrap_or(0))?;
            long_run |= run > LONG_RUN;
            let reached = from - run;
            self.set(diagonal, reached);
            if goal.is_some_and(|goal| goal.spans(diagonal) && reached <= goal.at(diagonal)) {
                return Ok(Round { met: Some((reached, reached - diagonal)), long_run });
            }
        }
        Ok(Round { met: None, long_run })
    }

    /// The best point of a search ahead that ends a long run and lies far out for what it cost.
    pub(super) fn promising_ahead(&self, old: &[Token], new: &[Token], area: &Area, cost: i32) -> Option<(i32, i32)> {
        let (mut best, mut found) = (0, None);
        for diagonal in self.diagonals() {
            let (i, j) = (self.at(diagonal), self.at(diagonal) - diagonal);
            let gain = (i - area.old.start) + (j - area.new.start) - (diagonal - self.middle).abs();
            if gain > WORTH * cost
                && gain > best
                && (area.old.start + LONG_RUN..area.old.end).contains(&i)
                && (area.new.start + LONG_RUN..area.new.end).contains(&j)
                && run_back(old, new, (i, j), (i - LONG_RUN, j - LONG_RUN)) == LONG_RUN
            {
                (best, found) = (gain, Some((i, j)));
            }
        }
        found
    }

    /// The same for a search back.
    pub(super) fn promising_back(&self, old: &[Token], new: &[Token], area: &Area, cost: i32) -> Option<(i32, i32)> {
        let (mut best, mut found) = (0, None);
        for diagonal in self.diagonals() {
            let (i, j) = (self.at(diagonal), self.at(diagonal) - diagonal);
            let gain = (area.old.end - i) + (area.new.end - j) - (diagonal - self.middle).abs();
            if gain > WORTH * cost
                && gain > best
                && (area.old.start + 1..=area.old.end - LONG_RUN).contains(&i)
                && (area.new.start + 1..=area.new.end - LONG_RUN).contains(&j)
                && run_ahead(old, new, (i, j), (i + LONG_RUN, j + LONG_RUN)) == LONG_RUN
            {
                (best, found) = (gain, Some((i, j)));
            }
        }
        found
    }

    /// The greatest sum of lines that a search ahead reached within the box, and the old line there.
    pub(super) fn furthest_ahead(&self, area: &Area) -> (i32, i32) {
        let mut best = (-1, -1);
        for diagonal in self.diagonals() {
            let i = self.at(diagonal).min(area.old.end).min(area.new.end + diagonal);
            let sum = i + (i - diagonal);
            if best.0 < sum {
                best = (sum, i);
            }
        }
        best
    }

    /// The least sum of lines that a search back reached within the box, and the old line there.
    pub(super) fn furthest_back(&self, area: &Area) -> (i32, i32) {
        let mut best = (i32::MAX, i32::MAX);
        for diagonal in self.diagonals() {
            let i = self.at(diagonal).max(area.old.start).max(area.new.start + diagonal);
            let sum = i + (i - diagonal);
            if sum < best.0 {
                best = (sum, i);
            }
        }
        best
    }

    /// The diagonals of this round, from the highest down.
    fn diagonals(&self) -> impl Iterator<Item = i32> + use<> {
        (self.low..=self.high).rev().step_by(2)
    }

    fn spans(&self, diagonal: i32) -> bool {
        (self.low..=self.high).contains(&diagonal)
    }

    fn at(&self, diagonal: i32) -> i32 {
        self.reach[self.place(diagonal)]
    }

    fn set(&mut self, diagonal: i32, old: i32) {
        let place = self.place(diagonal);
        self.reach[place] = old;
    }

    /// A diagonal's place: each is at least minus the length of new minus one, at most that of old
    /// plus one.
    fn place(&self, diagonal: i32) -> usize {
        usize::try_from(diagonal + self.zero).expect("diagonals are bounded by the lengths of the texts")
    }
}
