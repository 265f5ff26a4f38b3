//! Moves: a path that several steps have moved, judged step by step.

use std::rc::Rc;

use super::book::{Book, Node};
use super::chain::ChainVerdict;
use super::evidence::{Known, Move, Moves, Question, for_all};
use super::path::PathVerdict;
use super::people::Work;
use super::turns::in_turns;
use super::{Around, Judge};
use crate::entry::Change;
use crate::path::{RefName, RepoPath};
use crate::policy::Requirements;
use crate::report::ChangeStatus;

/// How many moves are judged in the first turn. Where one fails, the next turn is not looked at, but where somebody has waived the
/// change.
const FIRST_MOVES: usize = 16;

impl<'a> Judge<'a> {
    /// Judges every step that moved the path as its own transition; none where there are no several.
    pub(super) fn step_by_step(&self, change: &Change, requirements: &Requirements) -> Known<Option<PathVerdict<'a>>> {
        if self.case.steps.len() < 2 {
            return Ok(None);
        }
        let limit = u32::try_from(self.case.steps.len()).unwrap_or(u32::MAX);
        let path = change.path();
        let Moves::Known(moves) = self.ask.moves(self.case.start, self.case.new, path, limit)? else { return Ok(None) };
        if moves.len() < 2 && !moves.iter().any(|step| step.parent != self.case.start) {
            return Ok(None);
        }
        self.judge_moves(change, requirements, &self.case.branch, moves)
    }

    /// Asks for what lies under all that the steps made of a path: edges that lead from one to the next would be asked for one
    /// by one, each in a round of its own that judges everything anew.
    pub(super) fn ask_of_steps_ahead(&self, path: &RepoPath) {
        let limit = u32::try_from(self.case.steps.len()).unwrap_or(u32::MAX);
        if limit > 1
            && let Ok(Moves::Known(moves)) = self.ask.moves(self.case.start, self.case.new, path, limit)
        {
            moves.iter().filter_map(|step| step.after).for_each(|slot| self.ask.ahead(Question::Lines(slot.id)));
        }
    }

    /// Judges moves one by one, with the declarations of all; the first that fails, else all together. None where an object is gone.
    pub(super) fn judge_moves(
        &self,
        change: &Change,
        requirements: &Requirements,
        branch: &RefName,
        moves: &[Move],
    ) -> Known<Option<PathVerdict<'a>>> {
        let path = change.path();
        let slots = moves.first().map(|step| step.before).into_iter().chain(moves.iter().map(|step| step.after));
        let nodes = for_all(slots, |slot| self.node(slot))?;
        let Some(nodes) = nodes.into_iter().collect::<Option<Vec<Node>>>() else { return Ok(None) };
        let (starts, ends) = (&nodes[..nodes.len().saturating_sub(1)], nodes.get(1..).unwrap_or_default());
        let declarations = Book::read(self, branch, path, starts, ends)?.declarations;
        let cover = Rc::new(self.cover_of(&declarations, &nodes)?);
        let around = Rc::new(Around { nodes, declarations, cover });
        let judge_one = |(at, step): &(usize, &Move)| {
            let (at, step) = (*at, *step);
            let (before, after) = (around.nodes[at], around.nodes[at + 1]);
            let Ok(moved) = Change::new(path.clone(), before, after) else { return Ok(None) };
            self.judge_move(&self.move_span(branch, step, &around, at), &moved, requirements).map(Some)
        };
        // Whoever waives what one lacks must have contributed to none, and then all are looked at.
        let first = if self.has_waiver(change)? { moves.len() } else { FIRST_MOVES };
        let moves: Vec<(usize, &Move)> = moves.iter().enumerate().collect();
        let mut judged = Vec::new();
        for now in in_turns(&moves, first) {
            let more = for_all(now, judge_one)?;
            let Some(more) = more.into_iter().collect::<Option<Vec<PathVerdict<'a>>>>() else { return Ok(None) };
            judged.extend(more);
            if let Some(at) = judged.iter().position(|verdict| verdict.status == ChangeStatus::Unreviewed) {
                let mut failed = judged.swap_remove(at);
                let others = judged.into_iter().flat_map(|verdict| verdict.chain.works);
                failed.chain.works.extend(others.filter_map(Work::if_any));
                return Ok(Some(failed));
            }
        }
        Ok(Some(together(judged)))
    }
}

/// The verdict on moves that all pass.
fn together(judged: Vec<PathVerdict<'_>>) -> PathVerdict<'_> {
    let mut all = PathVerdict { status: ChangeStatus::Exempt, chain: ChainVerdict::default() };
    for verdict in judged {
        all.status = weaker(all.status, verdict.status);
        all.chain.warnings.extend(verdict.chain.warnings);
        all.chain.reviewers.extend(verdict.chain.reviewers);
        all.chain.records.extend(verdict.chain.records);
        all.chain.entered.extend(verdict.chain.entered);
        all.chain.works.extend(verdict.chain.works);
    }
    all
}

fn weaker(a: ChangeStatus, b: ChangeStatus) -> ChangeStatus {
    match (a, b) {
        (ChangeStatus::Merged, _) | (_, ChangeStatus::Merged) => ChangeStatus::Merged,
        (ChangeStatus::Reviewed, _) | (_, ChangeStatus::Reviewed) => ChangeStatus::Reviewed,
        _ => a,
    }
}
