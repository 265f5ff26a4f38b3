//! Which lines take part in a search for a shortest edit. As in git, a line that the other text lacks
//! is changed without a search, and so is one that is very frequent there and stands among such lines.

use std::ops::Range;

use super::Unmergeable;
use super::effort::Effort;
use super::lines::Token;
use super::myers::Part;

/// Greatest number of occurrences from which a line can count as frequent.
const FREQUENT: usize = 1024;
/// How far around a frequent line its neighbours count.
const WINDOW: usize = 100;

/// How often each line occurs in two parts; all zero between calls.
pub(super) struct Counts {
    old: Vec<u32>,
    new: Vec<u32>,
}

impl Counts {
    /// Counters for this many different lines.
    pub(super) fn new(distinct: usize) -> Self {
        Self { old: vec![0; distinct], new: vec![0; distinct] }
    }
}

/// The lines of a part that take part.
pub(super) struct Kept {
    /// What they are.
    pub(super) tokens: Vec<Token>,
    /// Where they stand.
    lines: Vec<usize>,
}

/// The lines of both parts that take part; the others are marked as changed or are the equal lines at
/// both ends.
pub(super) fn keep(
    old: &mut Part<'_>,
    new: &mut Part<'_>,
    counts: &mut Counts,
    effort: &mut Effort,
) -> Result<(Kept, Kept), Unmergeable> {
    effort.spend(old.tokens.len() + new.tokens.len())?;
    tally(old.tokens, &mut counts.old);
    tally(new.tokens, &mut counts.new);
    let (start, end) = equal_ends(old.tokens, new.tokens);
    let kept_old = keep_one(old, start, end, &counts.new, effort);
    let kept_new = keep_one(new, start, end, &counts.old, effort);
    forget(old.tokens, &mut counts.old);
    forget(new.tokens, &mut counts.new);
    Ok((kept_old?, kept_new?))
}

/// Marks a range of kept lines as changed.
pub(super) fn mark_kept(part: &mut Part<'_>, kept: &Kept, range: &Range<i32>) {
    for place in range.clone().filter_map(|place| usize::try_from(place).ok()) {
        part.changed[kept.lines[place]] = true;
    }
}

/// A power of two near the square root, by git's rule.
pub(super) fn bogus_sqrt(mut n: usize) -> usize {
    let mut root = 1;
    while n > 0 {
        root <<= 1;
        n >>= 2;
    }
    root
}

fn tally(tokens: &[Token], counts: &mut [u32]) {
    for token in tokens {
        counts[*token as usize] += 1;
    }
}

fn forget(tokens: &[Token], counts: &mut [u32]) {
    for token in tokens {
        counts[*token as usize] = 0;
    }
}

/// How many lines are equal at the start, and how many of the others at the end.
fn equal_ends(old: &[Token], new: &[Token]) -> (usize, usize) {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[start..], &new[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    (start, end)
}

/// What becomes of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The other part lacks it.
    Drop,
    Keep,
    /// Frequent in the other part: its neighbours decide.
    Weigh,
}

fn keep_one(
    part: &mut Part<'_>,
    start: usize,
    end: usize,
    elsewhere: &[u32],
    effort: &mut Effort,
) -> Result<Kept, Unmergeable> {
    part.changed.fill(false);
    let limit = bogus_sqrt(part.tokens.len()).min(FREQUENT);
    let tokens = &part.tokens[start..part.tokens.len() - end];
    let fates: Vec<_> = tokens.iter().map(|token| fate(elsewhere[*token as usize] as usize, limit)).collect();
    let mut kept = Kept { tokens: Vec::new(), lines: Vec::new() };
    for (at, token) in tokens.iter().enumerate() {
        let drop = match fates[at] {
            Fate::Drop => true,
            Fate::Keep => false,
            Fate::Weigh => {
                effort.spend(WINDOW)?;
                stands_among_dropped(&fates, at)
            }
        };
        if drop {
            part.changed[start + at] = true;
        } else {
            kept.tokens.push(*token);
            kept.lines.push(start + at);
        }
    }
    Ok(kept)
}

fn fate(occurrences: usize, limit: usize) -> Fate {
    match occurrences {
        0 => Fate::Drop,
        n if n < limit => Fate::Keep,
        _ => Fate::Weigh,
    }
}

/// Whether the run of lines around a frequent one, up to the nearest kept lines, has dropped lines on
/// both sides, and more than three for every frequent one.
fn stands_among_dropped(fates: &[Fate], at: usize) -> bool {
    let before = neighbours(fates[at.saturating_sub(WINDOW)..at].iter().rev());
    let after = neighbours(fates[at + 1..fates.len().min(at + WINDOW + 1)].iter());
    // The line itself counts once on each side.
    let (dropped, frequent) = (before.0 + after.0, before.1 + after.1 + 2);
    before.0 > 0 && after.0 > 0 && frequent * 4 < frequent + dropped
}

/// How many lines are dropped and how many frequent, up to the first that is kept.
fn neighbours<'f>(fates: impl Iterator<Item = &'f Fate>) -> (usize, usize) {
    fates.take_while(|fate| **fate != Fate::Keep).fold((0, 0), |(dropped, frequent), fate| match fate {
        Fate::Drop => (dropped + 1, frequent),
        _ => (dropped, frequent + 1),
    })
}
