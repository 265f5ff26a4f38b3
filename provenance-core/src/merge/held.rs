//! Whether a text holds the changes that another text makes to their common base.

use std::collections::HashSet;
use std::ops::Range;

use super::diff::Span;
use super::effort::Effort;
use super::lines::Token;
use super::{Algorithm, Sides, Unmergeable};

/// How a text stands to one hunk of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It has the hunk: it made the same replacement, or one of the same effect (a line inserted among equal
    /// lines is one insertion wherever a comparison puts it), or has in the whole region the lines that the change has.
    Held,
    /// It has the base's lines there.
    Absent,
    /// It changed the place, or one that touches it, in another way. A merge conflicts there.
    Overlapped,
}

/// For each hunk of the change from `base` to `theirs`, in order, how `side` stands to it.
///
/// The answers are as many as [`super::hunks`] of that change has, whatever `side` is. Where the merge of
/// the three is clean no answer is [`Presence::Overlapped`], and the hunks that it takes from `theirs` are
/// [`Presence::Absent`] unless one of the same effect stands elsewhere in `side`.
///
/// # Errors
/// [`Unmergeable`] when the texts are binary, or too large or too costly to compare.
pub fn held(base: &[u8], side: &[u8], theirs: &[u8], algorithm: Algorithm) -> Result<Vec<Presence>, Unmergeable> {
    let sides = Sides::compare(base, side, theirs, algorithm)?;
    let mut effort = Effort::new();
    let ours = sides.our_spans.iter().map(|span| Effect::of(span, &sides.base.tokens, &sides.ours.tokens, &mut effort));
    let ours = ours.collect::<Result<HashSet<_>, _>>()?;
    let mut answers = Vec::with_capacity(sides.their_spans.len());
    for region in &sides.regions {
        let agreed = !region.our_spans.is_empty() && sides.agree(region);
        for span in &sides.their_spans[region.their_spans.clone()] {
            let effect = Effect::of(span, &sides.base.tokens, &sides.theirs.tokens, &mut effort)?;
            answers.push(match () {
                () if agreed || ours.contains(&effect) => Presence::Held,
                () if region.our_spans.is_empty() => Presence::Absent,
                () => Presence::Overlapped,
            });
        }
    }
    Ok(answers)
}

/// Whether a change was lost on the way from a step to a later one: some hunk that the step held, or
/// touched, the later text does not hold. Both are what [`held`] gives for the same base, change and
/// algorithm; answers of different number count as lost.
pub fn is_lost(step: &[Presence], later: &[Presence]) -> bool {
    step.len() != later.len()
        || step.iter().zip(later).any(|(step, later)| *step != Presence::Absent && *later != Presence::Held)
}

/// One replacement by its effect alone: two are equal exactly if each alone makes the same text of the base.
#[derive(PartialEq, Eq, Hash)]
struct Effect {
    /// The replaced lines: as few as can be, and as far down as they can be said to be.
    base: Range<usize>,
    /// The lines in their place.
    lines: Vec<Token>,
}

impl Effect {
    fn of(span: &Span, base: &[Token], side: &[Token], effort: &mut Effort) -> Result<Self, Unmergeable> {
        let after = base.len() - span.base.end;
        let made = Made { base, span, lines: &side[span.side.clone()] };
        let mut start = span.base.start;
        while start < base.len().min(made.len()) && base[start] == made.line(start) {
            effort.spend(1)?;
            start += 1;
        }
        let mut end = after.min(base.len() - start).min(made.len() - start);
        while end < (base.len() - start).min(made.len() - start)
            && base[base.len() - end - 1] == made.line(made.len() - end - 1)
        {
            effort.spend(1)?;
            end += 1;
        }
        let lines = (start..made.len() - end).map(|line| made.line(line)).collect();
        Ok(Self { base: start..base.len() - end, lines })
    }
}

/// The text that one replacement alone makes of the base.
struct Made<'t> {
    base: &'t [Token],
    span: &'t Span,
    lines: &'t [Token],
}

impl Made<'_> {
    fn len(&self) -> usize {
        self.base.len() - self.span.base.len() + self.lines.len()
    }

    fn line(&self, at: usize) -> Token {
        match at.checked_sub(self.span.base.start) {
            None => self.base[at],
            Some(below) => match below.checked_sub(self.lines.len()) {
                None => self.lines[below],
                Some(below) => self.base[self.span.base.end + below],
            },
        }
    }
}
