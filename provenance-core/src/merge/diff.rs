//! The edit from one text to another, as git has it in a merge: which lines each algorithm marks,
//! slid into place, as a list of spans.

use std::ops::Range;

use super::discard::Counts;
use super::effort::Effort;
use super::lines::Token;
use super::myers::{self, Part};
use super::{Algorithm, Unmergeable, histogram, slide};

/// Lines of the base and the lines that stand in their place; one of the two may be empty. Between two
/// spans of an edit stands at least one line that both texts have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) base: Range<usize>,
    pub(super) side: Range<usize>,
}

/// The spans of the edit from `base` to `side`, in order. `distinct` is above every token.
///
/// # Errors
/// [`Unmergeable::TooCostly`] when the effort is spent.
pub(super) fn spans(
    base: &[Token],
    side: &[Token],
    distinct: usize,
    algorithm: Algorithm,
    effort: &mut Effort,
) -> Result<Vec<Span>, Unmergeable> {
    let (mut removed, mut added) = (vec![false; base.len()], vec![false; side.len()]);
    let mut counts = Counts::new(distinct);
    let mut old = Part { tokens: base, changed: &mut removed };
    let mut new = Part { tokens: side, changed: &mut added };
    match algorithm {
        Algorithm::Myers => myers::mark(old.lend(), new.lend(), &mut counts, effort)?,
        Algorithm::Histogram | Algorithm::HistogramRediff => {
            histogram::mark(old.lend(), new.lend(), distinct, &mut counts, effort)?;
        }
    }
    let mut again = (algorithm == Algorithm::HistogramRediff).then_some(&mut counts);
    slide::slide(old.lend(), new.lend(), again.as_deref_mut(), effort)?;
    slide::slide(new, old, again, effort)?;
    script(base, side, &removed, &added)
}

/// The spans that the marks make. That they turn one text into the other is checked here: whatever
/// went before, lines that are not marked are equal.
fn script(base: &[Token], side: &[Token], removed: &[bool], added: &[bool]) -> Result<Vec<Span>, Unmergeable> {
    let (mut spans, mut old, mut new) = (Vec::new(), 0, 0);
    loop {
        let span = Span { base: old..run_end(removed, old), side: new..run_end(added, new) };
        (old, new) = (span.base.end, span.side.end);
        if !(span.base.is_empty() && span.side.is_empty()) {
            spans.push(span);
        }
        match (base.get(old), side.get(new)) {
            (None, None) => return Ok(spans),
            (Some(a), Some(b)) if a == b => (old, new) = (old + 1, new + 1),
            _ => return Err(Unmergeable::Inconsistent),
        }
    }
}

/// Where the run of marks that starts here ends.
fn run_end(marks: &[bool], start: usize) -> usize {
    start + marks[start..].iter().take_while(|mark| **mark).count()
}
