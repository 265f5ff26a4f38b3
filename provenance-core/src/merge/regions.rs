//! Two edits of one base laid side by side: each region of the base that either of them touches.

use std::ops::Range;

use super::diff::Span;

/// A place in the merge. Spans of the two edits that overlap or touch are in one region.
pub(super) struct Region {
    /// The lines of our side there.
    pub(super) ours: Range<usize>,
    /// The lines of their side there.
    pub(super) theirs: Range<usize>,
    /// Which of our spans are in it.
    pub(super) our_spans: Range<usize>,
    /// Which of their spans are in it.
    pub(super) their_spans: Range<usize>,
}

/// The regions of two edits, in order.
pub(super) fn regions(ours: &[Span], theirs: &[Span]) -> Vec<Region> {
    let (mut ours, mut theirs) = (Side::new(ours), Side::new(theirs));
    let mut regions = Vec::new();
    while let Some(start) = [ours.start(), theirs.start()].into_iter().flatten().min() {
        let (our_start, their_start) = (ours.line(start), theirs.line(start));
        let (our_first, their_first) = (ours.at, theirs.at);
        let mut end = start;
        loop {
            let before = (ours.at, theirs.at);
            end = ours.take_touching(end);
            end = theirs.take_touching(end);
            if before == (ours.at, theirs.at) {
                break;
            }
        }
        regions.push(Region {
            ours: our_start..ours.line(end),
            theirs: their_start..theirs.line(end),
            our_spans: our_first..ours.at,
            their_spans: their_first..theirs.at,
        });
    }
    regions
}

/// How far one edit has been read.
struct Side<'s> {
    spans: &'s [Span],
    at: usize,
}

impl<'s> Side<'s> {
    fn new(spans: &'s [Span]) -> Self {
        Self { spans, at: 0 }
    }

    /// Where the next span starts in the base.
    fn start(&self) -> Option<usize> {
        self.spans.get(self.at).map(|span| span.base.start)
    }

    /// Reads the next span if it overlaps or touches what ends here; where that ends then.
    fn take_touching(&mut self, end: usize) -> usize {
        match self.spans.get(self.at) {
            Some(span) if span.base.start <= end => {
                self.at += 1;
                end.max(span.base.end)
            }
            _ => end,
        }
    }

    /// The line of this side that stands for a line of the base behind every span read so far.
    fn line(&self, base_line: usize) -> usize {
        let read = self.at.checked_sub(1).and_then(|last| self.spans.get(last));
        read.map_or(base_line, |span| span.side.end + (base_line - span.base.end))
    }
}
