//! Which lines are changed by the histogram algorithm, as JGit and git have it: the longest run of
//! equal lines that holds the rarest line is common, and what lies before and after it is compared in
//! the same way. Where every common line is too frequent, Myers' algorithm decides.
//!
//! Unlike other implementations it does not set equal ends aside first: their lines count.

use std::ops::Range;

use super::Unmergeable;
use super::discard::Counts;
use super::effort::Effort;
use super::lines::Token;
use super::myers::{self, Part};

/// Occurrences up to which a line is rare enough to search by.
const RARE: u32 = 64;
/// No further occurrence of a line.
const NONE: usize = usize::MAX;

/// Marks the changed lines of both parts, none of which may be marked before.
///
/// # Errors
/// [`Unmergeable::TooCostly`] when the effort is spent.
pub(super) fn mark(
    mut old: Part<'_>,
    mut new: Part<'_>,
    distinct: usize,
    counts: &mut Counts,
    effort: &mut Effort,
) -> Result<(), Unmergeable> {
    let mut index = Index::new(old.tokens.len(), distinct);
    let mut areas = vec![(0..old.tokens.len(), 0..new.tokens.len())];
    while let Some((in_old, in_new)) = areas.pop() {
        if in_old.is_empty() || in_new.is_empty() {
            old.changed[in_old].fill(true);
            new.changed[in_new].fill(true);
            continue;
        }
        match index.find_common(old.tokens, new.tokens, &in_old, &in_new, effort)? {
            Common::Nothing => {
                old.changed[in_old].fill(true);
                new.changed[in_new].fill(true);
            }
            Common::Frequent => myers::mark(old.narrow(in_old), new.narrow(in_new), counts, effort)?,
            Common::Run(run) => {
                areas.push((run.old + run.len..in_old.end, run.new + run.len..in_new.end));
                areas.push((in_old.start..run.old, in_new.start..run.new));
            }
        }
    }
    Ok(())
}

/// What two stretches of lines have in common.
enum Common {
    Nothing,
    /// Only lines that are too frequent to search by.
    Frequent,
    Run(Run),
}

/// Equal lines in a row.
struct Run {
    old: usize,
    new: usize,
    len: usize,
}

/// Where each line occurs in a stretch of the old text; empty between searches.
struct Index {
    /// By content: the first line that is it.
    first: Vec<usize>,
    /// By content: how many lines are it.
    count: Vec<u32>,
    /// By line: the next line of equal content.
    next: Vec<usize>,
}

impl Index {
    fn new(lines: usize, distinct: usize) -> Self {
        Self { first: vec![NONE; distinct], count: vec![0; distinct], next: vec![NONE; lines] }
    }

    fn find_common(
        &mut self,
        old: &[Token],
        new: &[Token],
        in_old: &Range<usize>,
        in_new: &Range<usize>,
        effort: &mut Effort,
    ) -> Result<Common, Unmergeable> {
        effort.spend(in_old.len() + in_new.len())?;
        for line in in_old.clone().rev() {
            let token = old[line] as usize;
            self.next[line] = self.first[token];
            self.first[token] = line;
            self.count[token] += 1;
        }
        let found = Finder { index: self, old, new, in_old, in_new, run: None, rarest: RARE + 1 }.find(effort);
        for token in &old[in_old.clone()] {
            self.first[*token as usize] = NONE;
            self.count[*token as usize] = 0;
        }
        found
    }
}

/// One search for the best run.
struct Finder<'s> {
    index: &'s Index,
    old: &'s [Token],
    new: &'s [Token],
    in_old: &'s Range<usize>,
    in_new: &'s Range<usize>,
    /// The best so far.
    run: Option<Run>,
    /// How often its rarest line occurs.
    rarest: u32,
}

impl Finder<'_> {
    fn find(mut self, effort: &mut Effort) -> Result<Common, Unmergeable> {
        let (mut line, mut anything) = (self.in_new.start, false);
        while line < self.in_new.end {
            let count = self.index.count[self.new[line] as usize];
            anything |= count > 0;
            line = if count > 0 && count <= self.rarest { self.try_line(line, effort)? } else { line + 1 };
        }
        Ok(match self.run {
            _ if anything && self.rarest > RARE => Common::Frequent,
            Some(run) => Common::Run(run),
            None => Common::Nothing,
        })
    }

    /// Tries the runs through a line of the new text and each of its occurrences in the old; the next
    /// line to try.
    fn try_line(&mut self, line: usize, effort: &mut Effort) -> Result<usize, Unmergeable> {
        let mut next_line = line + 1;
        let mut occurrence = self.index.first[self.new[line] as usize];
        while occurrence != NONE {
            let (run, rarest) = self.extend(occurrence, line);
            effort.spend(run.len)?;
            let old_end = run.old + run.len;
            next_line = next_line.max(run.new + run.len);
            // A single line counts as no longer than nothing: only its rarity can make it the best.
            let best_len = self.run.as_ref().map_or(1, |best| best.len);
            if run.len > best_len || rarest < self.rarest {
                self.run = Some(run);
                self.rarest = rarest;
            }
            occurrence = self.index.next[occurrence];
            while occurrence != NONE && occurrence < old_end {
                effort.spend(1)?;
                occurrence = self.index.next[occurrence];
            }
        }
        Ok(next_line)
    }

    /// The run of equal lines around a pair of them, and how often its rarest line occurs.
    fn extend(&self, old: usize, new: usize) -> (Run, u32) {
        let before = (self.old[self.in_old.start..old].iter().rev())
            .zip(self.new[self.in_new.start..new].iter().rev())
            .take_while(|(a, b)| a == b)
            .count();
        let after = (self.old[old..self.in_old.end].iter())
            .zip(&self.new[new..self.in_new.end])
            .take_while(|(a, b)| a == b)
            .count();
        let run = Run { old: old - before, new: new - before, len: before + after };
        let lines = &self.old[run.old..run.old + run.len];
        let rarest = lines.iter().map(|token| self.index.count[*token as usize]).min();
        (run, rarest.unwrap_or(0))
    }
}
