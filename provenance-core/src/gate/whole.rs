//! Wholeness: whether the other changes of a reviewed set land too, or have landed.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::book::{Book, Item, Node};
use super::chain::Freshness;
use super::chains::chains;
use super::evidence::{Known, for_all};
use super::signer::Fault;
use super::standing::Effect;
use super::{Judge, Span};
use crate::entry::Change;
use crate::finding::Code;
use crate::id::CommitId;
use crate::path::RepoPath;
use crate::statement::{Decision, Review, Scope};

/// How many missing paths a message names.
const NAMED: usize = 3;

impl<'a> Judge<'a> {
    /// Why the review's set is only partly there; none where it is whole.
    pub(super) fn partial(&self, span: &Span<'a>, path: &RepoPath, review: &Item<'a, Review>) -> Known<Option<Fault>> {
        if review.record.scope == Scope::Each {
            return Ok(None);
        }
        let missing = self.missing(span, review)?;
        let missing: Vec<&RepoPath> = missing.iter().filter(|other| *other != path).collect();
        if missing.is_empty() {
            return Ok(None);
        }
        let named: Vec<String> = missing.iter().take(NAMED).map(ToString::to_string).collect();
        let more = missing.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = format!(
            "{} approved this together with {}{more}, which does not land",
            review.statement().signed_by().person,
            named.join(", ")
        );
        Ok(Some(Fault::new(Code::PartialChangeSet, message)))
    }

    /// The paths of a review's set whose changes do not land. It is the same for every path of the
    /// set, so it is found out once.
    fn missing(&self, span: &Span<'a>, review: &Item<'a, Review>) -> Known<Rc<BTreeSet<RepoPath>>> {
        let key = (review.id(), span.tip, span.new, span.branch.clone());
        self.missing.of(key, || {
            // What lies around a move of one path says nothing of the others.
            let span = Span { around: Rc::default(), ..span.clone() };
            let missing = for_all(&review.record.changes, |change| {
                Ok((!self.lands(&span, review, change)?).then(|| change.path().clone()))
            });
            Ok(missing?.into_iter().flatten().collect())
        })
    }

    fn lands(&self, span: &Span<'a>, review: &Item<'a, Review>, change: &Change) -> Known<bool> {
        for state in &span.finals {
            if self.lands_in(span, *state, review, change)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn lands_in(&self, span: &Span<'a>, state: CommitId, review: &Item<'a, Review>, change: &Change) -> Known<bool> {
        let held = self.ask.entry_at(state, change.path())?;
        if held == change.after() {
            return Ok(true);
        }
        Ok(self.landed_and_moved_on(span, (state, review.record.base), change, held)?
            || self.without_effect(change, held)?
            || self.amended(span, state, review, change, held)?)
    }

    /// Whether an approved chain leads from the change's entry after to what is held.
    fn landed_and_moved_on(
        &self,
        span: &Span<'a>,
        (state, since): (CommitId, CommitId),
        change: &Change,
        held: Node,
    ) -> Known<bool> {
        let path = change.path();
        let Some(book) = Book::leading(self, &span.branch, path, change.after(), held)? else { return Ok(false) };
        let requirements = self.requirements_between(path, change.after(), held);
        for chain in chains(&self.plausible(&book, &requirements), change.after(), held, 4) {
            if self
                .judge_chain(span, path, &requirements, &book, &chain, Freshness::Landed { state, since })?
                .faults
                .is_empty()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether merging the change into what is held would leave it as it is.
    fn without_effect(&self, change: &Change, held: Node) -> Known<bool> {
        let (Some(before), Some(after), Some(held)) = (change.before(), change.after(), held) else { return Ok(false) };
        if ![before, after, held].iter().all(|entry| entry.mode().is_file()) || held.mode() != after.mode() {
            return Ok(false);
        }
        if !self.are_genuine([before, after, held])? {
            return Ok(false);
        }
        let merges = self.ask.merge(before.id(), held.id(), after.id())?;
        Ok(merges.results.iter().any(|result| result.clean.is_some_and(|merged| merged.id == held.id())))
    }

    /// Whether a later review of the same person completes this one and says anew what becomes of
    /// the path.
    fn amended(
        &self,
        span: &Span<'a>,
        state: CommitId,
        review: &Item<'a, Review>,
        change: &Change,
        held: Node,
    ) -> Known<bool> {
        let path = change.path();
        let (before, after) = (change.before(), change.after());
        // Many reviews of a path may start from one entry.
        let mut book = self.book_between(span, path, before, held)?;
        if !book.has(after) {
            book = Rc::new(Book::read(self, &span.branch, path, &[before, after], &[held])?);
        }
        let signer = &review.statement().signed_by().person;
        let amending = book.amending(review).filter(|later| {
            later.record.decision == Decision::Approve
                && self.rosters().valid_signer(later.statement()).is_ok_and(|person| person.id() == signer)
        });
        let lands = for_all(self.newest_of_each(amending), |later| {
            if self.revoker(later, Effect::Blocks)?.is_some() || self.superseded(&book, later) {
                return Ok(false);
            }
            Ok(held == later.change.after()
                || self.landed_and_moved_on(span, (state, later.record.base), later.change, held)?)
        })?;
        Ok(lands.contains(&true))
    }
}
