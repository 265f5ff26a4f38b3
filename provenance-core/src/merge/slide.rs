//! Slides groups of changed lines to where git puts them.
//!
//! A group of lines that ends as the line before it ends can move up by one line and leave an edit of
//! equal effect, and so down. Groups that touch on the way become one. A group goes down as far as it
//! can, or to the last place where it stands beside changed lines of the other text. (git's indent
//! heuristic plays no part in merges.)

use super::Unmergeable;
use super::discard::Counts;
use super::effort::Effort;
use super::myers::{self, Part};

/// Slides the groups of `part`; `other` is the other text of the edit. With `Some`, as git does for
/// the histogram algorithm since 2.54, a group that moved beside changed lines is compared with them again.
///
/// # Errors
/// [`Unmergeable::TooCostly`] when the effort is spent.
pub(super) fn slide(
    part: Part<'_>,
    other: Part<'_>,
    mut compare_again: Option<&mut Counts>,
    effort: &mut Effort,
) -> Result<(), Unmergeable> {
    let (mut group, mut beside) = (Group::first(part), Group::first(other));
    loop {
        if !group.is_empty() {
            let was = (group.start, group.end);
            settle(&mut group, &mut beside, effort)?;
            if let Some(counts) = &mut compare_again
                && !beside.is_empty()
                && was != (group.start, group.end)
            {
                myers::mark(group.lend(), beside.lend(), counts, effort)?;
            }
        }
        match (group.next(effort)?, beside.next(effort)?) {
            (true, true) => {}
            (false, false) => return Ok(()),
            _ => return Err(Unmergeable::Inconsistent),
        }
    }
}

/// Moves one group to its place, taking in those it meets.
fn settle(group: &mut Group<'_>, beside: &mut Group<'_>, effort: &mut Effort) -> Result<(), Unmergeable> {
    let (mut highest_end, mut aligned);
    loop {
        let size = group.len();
        while group.slide_up(effort)? {
            beside.step(Group::previous, effort)?;
        }
        highest_end = group.end;
        aligned = !beside.is_empty();
        while group.slide_down(effort)? {
            beside.step(Group::next, effort)?;
            aligned |= !beside.is_empty();
        }
        if size == group.len() {
            break;
        }
    }
    if group.end != highest_end && aligned {
        while beside.is_empty() {
            if !group.slide_up(effort)? {
                return Err(Unmergeable::Inconsistent);
            }
            beside.step(Group::previous, effort)?;
        }
    }
    Ok(())
}

/// A run of changed lines, perhaps empty, between two lines that are not changed.
struct Group<'t> {
    part: Part<'t>,
    start: usize,
    end: usize,
}

impl<'t> Group<'t> {
    fn first(part: Part<'t>) -> Self {
        let end = part.changed.iter().take_while(|changed| **changed).count();
        Self { part, start: 0, end }
    }

    fn is_empty(&self) -> bool {
        self.start == self.end
    }

    fn len(&self) -> usize {
        self.end - self.start
    }

    fn lend(&mut self) -> Part<'_> {
        self.part.narrow(self.start..self.end)
    }

    /// Goes on to the next or previous group, which must be there: one text has as many as the other.
    fn step(
        &mut self,
        to: impl FnOnce(&mut Self, &mut Effort) -> Result<bool, Unmergeable>,
        effort: &mut Effort,
    ) -> Result<(), Unmergeable> {
        if to(self, effort)? { Ok(()) } else { Err(Unmergeable::Inconsistent) }
    }

    /// Goes on to the next group; false at the end.
    fn next(&mut self, effort: &mut Effort) -> Result<bool, Unmergeable> {
        if self.end == self.part.changed.len() {
            return Ok(false);
        }
        self.start = self.end + 1;
        self.end = self.start;
        self.take_in_below(effort)?;
        Ok(true)
    }

    /// Goes back to the previous group; false at the start.
    fn previous(&mut self, effort: &mut Effort) -> Result<bool, Unmergeable> {
        if self.start == 0 {
            return Ok(false);
        }
        self.end = self.start - 1;
        self.start = self.end;
        self.take_in_above(effort)?;
        Ok(true)
    }

    /// Moves the group up by a line and takes in the group it meets; false if it cannot move.
    fn slide_up(&mut self, effort: &mut Effort) -> Result<bool, Unmergeable> {
        let tokens = self.part.tokens;
        if self.start == 0 || tokens[self.start - 1] != tokens[self.end - 1] {
            return Ok(false);
        }
        self.start -= 1;
        self.end -= 1;
        self.part.changed[self.start] = true;
        self.part.changed[self.end] = false;
        self.take_in_above(effort)?;
        Ok(true)
    }

    /// Moves the group down by a line and takes in the group it meets; false if it cannot move.
    fn slide_down(&mut self, effort: &mut Effort) -> Result<bool, Unmergeable> {
        let tokens = self.part.tokens;
        if self.end == tokens.len() || tokens[self.start] != tokens[self.end] {
            return Ok(false);
        }
        self.part.changed[self.start] = false;
        self.part.changed[self.end] = true;
        self.start += 1;
        self.end += 1;
        self.take_in_below(effort)?;
        Ok(true)
    }

    fn take_in_above(&mut self, effort: &mut Effort) -> Result<(), Unmergeable> {
        let above = self.part.changed[..self.start].iter().rev().take_while(|changed| **changed).count();
        self.start -= above;
        effort.spend(above + 1)
    }

    fn take_in_below(&mut self, effort: &mut Effort) -> Result<(), Unmergeable> {
        let below = self.part.changed[self.end..].iter().take_while(|changed| **changed).count();
        self.end += below;
        effort.spend(below + 1)
    }
}
