//! The pure three-way merge: for two texts with a common base, the bytes that git's merge writes.
//!
//! Each side is compared with the base, line by line, into spans of replaced lines. Spans of both
//! sides that overlap or touch form one region. A region that only one side touches takes that side's
//! lines; one where both sides have the same lines takes those; any other is a conflict. That is what
//! `git merge` and `git merge-file` do, so equality with git is equality of the comparison: a merge
//! can be clean with other bytes under another diff. Hence each [`Algorithm`] is git's own in every
//! choice it makes, down to its cut-offs.
//!
//! Attributes, merge drivers, renames, line-ending conversion and whitespace options play no part.
//!
//! The inputs are hostile. At most 64 MiB and 4 Mi lines (of all texts together) and some 10⁹
//! elementary steps are spent on a call; above that the answer is [`Unmergeable`], always for the same
//! inputs. Nothing recurses.
//!
//! ```
//! use provenance_core::merge::{Algorithm, Merged, merge};
//!
//! let merged = merge(b"a\nb\nc\n", b"A\nb\nc\n", b"a\nb\nC\n", Algorithm::Histogram);
//! assert_eq!(merged, Merged::Clean(b"A\nb\nC\n".to_vec()));
//! ```

mod diff;
mod discard;
mod effort;
mod frontier;
mod held;
mod histogram;
mod lines;
mod myers;
mod regions;
mod slide;

use std::ops::Range;

use effort::Effort;
use lines::{Text, Texts};
use regions::{Region, regions};

pub use held::{Presence, held, is_lost};

/// A way to compare two texts. Each makes other merges in rare cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// `--diff-algorithm=myers`, called `default` too.
    Myers,
    /// `--diff-algorithm=histogram`, the default of `git merge`, before git 2.54.
    Histogram,
    /// The same in git 2.54 and later, where lines that were moved beside changed ones are compared again.
    HistogramRediff,
}

impl Algorithm {
    /// Every algorithm that a merge by git may have used without being told to.
    pub const ALL: [Self; 3] = [Self::Myers, Self::Histogram, Self::HistogramRediff];
}

/// What merging gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// The merged bytes.
    Clean(Vec<u8>),
    /// Both sides changed the same place, or places that touch, in different ways.
    Conflict,
    /// No merge was made.
    Unmergeable(Unmergeable),
}

/// Why texts cannot be merged or compared here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unmergeable {
    /// One has a NUL among its first 8000 bytes, where git takes it for binary.
    #[error("a binary file has no text merge")]
    Binary,
    /// Together they have more than 64 MiB.
    #[error("the files are together larger than {} bytes", lines::MAX_BYTES)]
    TooLarge,
    /// Together they have more than 4 Mi lines.
    #[error("the files have together more than {} lines", lines::MAX_LINES)]
    TooManyLines,
    /// Comparing them takes more steps than a call may take.
    #[error("comparing the files takes too many steps")]
    TooCostly,
    /// The comparison did not reproduce the text; a defect of this module.
    #[error("the comparison of the files does not reproduce them")]
    Inconsistent,
}

/// The three-way merge of two texts with their base, as git makes it with this algorithm.
///
/// Where one side is the base, or both sides are equal, that decides, whatever the bytes are; git
/// decides this before it looks into files.
pub fn merge(base: &[u8], ours: &[u8], theirs: &[u8], algorithm: Algorithm) -> Merged {
    if base == ours || ours == theirs {
        return Merged::Clean(theirs.to_vec());
    }
    if base == theirs {
        return Merged::Clean(ours.to_vec());
    }
    match Sides::compare(base, ours, theirs, algorithm) {
        Ok(sides) => sides.merge(),
        Err(reason) => Merged::Unmergeable(reason),
    }
}

/// Lines that one text has in place of lines of its base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk<'a> {
    /// The replaced lines, counted from 0; empty where lines are only inserted, before that line.
    pub base_lines: Range<usize>,
    /// The bytes in their place; empty where lines are only deleted.
    pub replacement: &'a [u8],
}

/// The hunks by which a text differs from its base, in order, none touching the next. A line includes its newline:
/// to add or drop the newline at the end of the file replaces the last line.
///
/// # Errors
/// [`Unmergeable`] when the texts are binary, or too large or too costly to compare.
pub fn hunks<'a>(base: &'a [u8], side: &'a [u8], algorithm: Algorithm) -> Result<Vec<Hunk<'a>>, Unmergeable> {
    let Texts { texts: [base, side], distinct } = lines::number([base, side])?;
    let spans = diff::spans(&base.tokens, &side.tokens, distinct, algorithm, &mut Effort::new())?;
    let hunk = |span: diff::Span| Hunk { replacement: side.slice(&span.side), base_lines: span.base };
    Ok(spans.into_iter().map(hunk).collect())
}

/// Two sides compared with their base.
struct Sides<'a> {
    base: Text<'a>,
    ours: Text<'a>,
    theirs: Text<'a>,
    our_spans: Vec<diff::Span>,
    their_spans: Vec<diff::Span>,
    regions: Vec<Region>,
}

impl<'a> Sides<'a> {
    fn compare(base: &'a [u8], ours: &'a [u8], theirs: &'a [u8], algorithm: Algorithm) -> Result<Self, Unmergeable> {
        let Texts { texts: [base, ours, theirs], distinct } = lines::number([base, ours, theirs])?;
        let mut effort = Effort::new();
        let our_spans = diff::spans(&base.tokens, &ours.tokens, distinct, algorithm, &mut effort)?;
        let their_spans = diff::spans(&base.tokens, &theirs.tokens, distinct, algorithm, &mut effort)?;
        let regions = regions(&our_spans, &their_spans);
        Ok(Self { base, ours, theirs, our_spans, their_spans, regions })
    }

    fn merge(&self) -> Merged {
        let (mut bytes, mut copied) = (Vec::new(), 0);
        for region in self.regions.iter().filter(|region| !region.their_spans.is_empty()) {
            if region.our_spans.is_empty() {
                bytes.extend_from_slice(self.ours.slice(&(copied..region.ours.start)));
                bytes.extend_from_slice(self.theirs.slice(&region.theirs));
                copied = region.ours.end;
            } else if !self.agree(region) {
                return Merged::Conflict;
            }
        }
        bytes.extend_from_slice(self.ours.slice(&(copied..self.ours.tokens.len())));
        Merged::Clean(bytes)
    }

    /// Whether both sides have the same lines in a region.
    fn agree(&self, region: &Region) -> bool {
        self.ours.tokens.get(region.ours.clone()) == self.theirs.tokens.get(region.theirs.clone())
    }
}
