//! Freshness: whether the branch left the path alone since a review's base.

use std::collections::BTreeSet;

use super::book::{Item, Node};
use super::chain::Edge;
use super::chains::chains;
use super::evidence::{Known, Move, Moves, for_all};
use super::signer::Fault;
use super::{Judge, Span};
use crate::entry::Slot;
use crate::finding::Code;
use crate::id::CommitId;
use crate::path::RepoPath;
use crate::statement::Review;

/// What a path held at some steps.
pub(super) type Passed = BTreeSet<Option<Slot>>;

impl<'a> Judge<'a> {
    /// Why a review of an edge of `chain` is stale; none where it is fresh.
    ///
    /// It is fresh while its base is on the branch, at most `review-max-steps` back, and every
    /// step since moved the path only along approved edges towards the chain's start, through
    /// entries that neither they nor the chain hold twice.
    pub(super) fn stale(
        &self,
        span: &Span<'a>,
        path: &RepoPath,
        chain: &[Node],
        review: &Item<'a, Review>,
    ) -> Known<Option<Fault>> {
        let moves = match self.moves_since(span, path, review)? {
            Ok(moves) => moves,
            Err(fault) => return Ok(Some(fault)),
        };
        let Some(last) = moves.last() else { return Ok(None) };
        if last.after == slot(chain[0]) {
            // A maze of approvals has thousands of reviews of one base.
            let key = (span.branch.clone(), path.clone(), review.record.base, span.tip);
            let passed = self.passed.of(key, || self.passed(span, path, moves))?;
            if passed.as_ref().as_ref().is_some_and(|passed| once_each(passed, chain)) {
                return Ok(None);
            }
        }
        Ok(Some(touched(review, last)))
    }

    /// Why a review is not of something that landed on the way to a state, after the base of the set
    /// that it is to complete: its base is no step of the branch, or the path has moved between
    /// both bases. What was approved and landed before says nothing of what the set asks for.
    pub(super) fn never_there(
        &self,
        edge: &Edge<'_, 'a>,
        state: CommitId,
        since: CommitId,
        review: &Item<'a, Review>,
    ) -> Known<Option<Fault>> {
        let limit = self.case.policy.review_max_steps();
        let base = review.record.base;
        let fault = |why: &str| {
            let person = &review.statement().signed_by().person;
            Some(Fault::new(Code::StaleReview, format!("{person}'s review was made at {base}, {why}")))
        };
        if let Moves::Known(moves) = self.ask.moves(base, since, edge.path, limit)? {
            return Ok(if moves.is_empty() { None } else { fault("and the path has moved since") });
        }
        for tip in [state, edge.span.tip] {
            if matches!(self.ask.moves(base, tip, edge.path, limit)?, Moves::Known(_)) {
                return Ok(None);
            }
        }
        Ok(fault("which the branch has not published"))
    }

    /// The moves of the path since the review's base, or why it is out of reach.
    pub(super) fn moves_since(
        &self,
        span: &Span<'a>,
        path: &RepoPath,
        review: &Item<'a, Review>,
    ) -> Known<Result<&'a [Move], Fault>> {
        let limit = self.case.policy.review_max_steps();
        Ok(match self.ask.moves(review.record.base, span.tip, path, limit)? {
            Moves::Known(moves) => Ok(moves),
            Moves::NotOnChain => Err(Fault::new(
                Code::StaleReview,
                format!(
                    "{}'s review names base {}, which is not among the newest {limit} steps of {}",
                    review.statement().signed_by().person,
                    review.record.base,
                    span.branch.short(),
                ),
            )),
        })
    }

    /// What the path held before these moves and after each; none where it held something twice, or a move does not follow
    /// approved edges.
    fn passed(&self, span: &Span<'a>, path: &RepoPath, moves: &[Move]) -> Known<Option<Passed>> {
        let start = moves.first().map(|step| step.before);
        let passed: Passed = start.into_iter().chain(moves.iter().map(|step| step.after)).collect();
        let followed = passed.len() == moves.len() + 1 && self.along_approved(span, path, moves)?;
        Ok(followed.then_some(passed))
    }

    /// Whether every move follows approved edges.
    fn along_approved(&self, span: &Span<'a>, path: &RepoPath, moves: &[Move]) -> Known<bool> {
        let ends = for_all(moves, |step| Ok(self.node(step.before)?.zip(self.node(step.after)?)))?;
        let Some(ends) = ends.into_iter().collect::<Option<Vec<(Node, Node)>>>() else { return Ok(false) };
        let followed = for_all(ends, |(before, after)| {
            let book = self.book_between(span, path, before, after)?;
            let directly = book.approvals_of((before, after)).next().is_some();
            Ok(directly || !chains(&book.approved(), before, after, 1).is_empty())
        })?;
        Ok(!followed.contains(&false))
    }

    /// The node of a slot; none where the object is gone.
    pub(super) fn node(&self, slot: Option<Slot>) -> Known<Option<Node>> {
        let entry = self.ask.entry(slot)?;
        Ok((entry.is_some() || slot.is_none()).then_some(entry))
    }
}

fn slot(node: Node) -> Option<Slot> {
    node.map(|entry| entry.slot())
}

/// Whether no entry occurs twice in the rest of the chain, or in what the path passed on the way to its start.
fn once_each(passed: &Passed, chain: &[Node]) -> bool {
    let ahead: Vec<Option<Slot>> = chain.iter().skip(1).map(|node| slot(*node)).collect();
    let different: BTreeSet<&Option<Slot>> = ahead.iter().collect();
    different.len() == ahead.len() && !ahead.iter().any(|held| passed.contains(held))
}

pub(super) fn touched(review: &Item<'_, Review>, step: &Move) -> Fault {
    Fault::new(
        Code::StaleReview,
        format!(
            "{}'s review was made at {}, and step {} has moved the path since",
            review.statement().signed_by().person,
            review.record.base,
            step.step
        ),
    )
}
