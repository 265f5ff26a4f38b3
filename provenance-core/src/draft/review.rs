//! Reviews: a person's decision on a span, drafted only where it could count.

use std::collections::BTreeSet;

use super::span::Span;
use super::{Desk, DraftError};
use crate::entry::Entry;
use crate::finding::Finding;
use crate::gate::{Authority, Case, Content};
use crate::gather::{Gatherer, ineligible};
use crate::id::{ObjectId, RecordId};
use crate::key::Fingerprint;
use crate::ledger::Ledger;
use crate::name::{Ident, PersonId};
use crate::policy::AnswerNeed;
use crate::report::TransitionKind;
use crate::statement::{Answer, Ceremony, Decision, Found, Predicate, Review, Scope, Statement};

/// What the reviewer says.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Approve or reject.
    pub decision: Decision,
    /// Whether each change is approved by itself.
    pub scope: Scope,
    /// Answers to the checklist.
    pub answers: Vec<Answer>,
    /// What the reviewer found, and what became of it.
    pub findings: Vec<Found>,
    /// What the reviewer wants to say.
    pub comment: Option<String>,
    /// How the human took part.
    pub ceremony: Ceremony,
}

/// A checklist item that some path of a span asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: Ident,
    /// The question, in plain words.
    pub question: String,
    /// What an answer must have beside its result, by any policy that binds.
    pub needs: Vec<AnswerNeed>,
}

impl Desk<'_> {
    /// The checklist of a span: what any of its paths asks for, each item once.
    pub fn checklist(&self, span: &Span) -> Vec<Item> {
        let ids: BTreeSet<Ident> =
            span.changes.iter().flat_map(|change| self.requirements(change).checklist().clone()).collect();
        let question = |id: &Ident| self.question(id).unwrap_or_default().to_owned();
        let needs = |id: &Ident| {
            let items = self.policies().filter_map(|policy| policy.item(id));
            let needs: BTreeSet<AnswerNeed> = items.flat_map(|item| item.needs.iter().copied()).collect();
            needs.into_iter().collect()
        };
        ids.into_iter().map(|id| Item { question: question(&id), needs: needs(&id), id }).collect()
    }

    /// Why a review of this span by this person would not count, a finding for each such path.
    ///
    /// # Errors
    /// [`DraftError`] when the ledger cannot be read. What keeps the gate from knowing is a finding.
    pub fn ineligible(&self, span: &Span, person: &PersonId) -> Result<Vec<Finding>, DraftError> {
        let (ring, ledger) = (self.ring(), Ledger::open(self.repository)?);
        let case = Case {
            policy: &self.policy,
            authority: self.authority.as_ref().map(|(policy, tip)| Authority { policy, tip: *tip }),
            branch: self.branch.clone(),
            kind: TransitionKind::Proposal,
            start: span.from,
            tip: self.tip,
            new: span.to,
            steps: Vec::new(),
            changes: span.changes.clone(),
            hints: Vec::new(),
            promotions: Vec::new(),
            brought: Vec::new(),
            findings: Vec::new(),
            now: self.now,
        };
        Ok(ineligible(&case, &Gatherer::new(self.repository, &ledger, &ring), person))
    }

    /// The review of a span. An approval supersedes the signer's own rejections of the entries it
    /// approves, and amends the signer's earlier approvals of other versions of its paths.
    ///
    /// # Errors
    /// [`DraftError`]: an answer to an item that does not exist; an approval that fails an item,
    /// leaves one or a finding open, or answers less than the policy wants to know.
    pub fn review(&self, span: &Span, verdict: Verdict, key: &Fingerprint) -> Result<Statement, DraftError> {
        let signer = self.signer(key)?;
        self.check_verdict(span, &verdict)?;
        let earlier = self.own_reviews(span, &signer.person)?;
        let (mut supersedes, mut amends) = (Vec::new(), Vec::new());
        if verdict.decision == Decision::Approve {
            for (id, review) in &earlier {
                match review.decision {
                    Decision::Reject if enters_same(review, span) => supersedes.push(*id),
                    Decision::Approve if replaces(review, span) => amends.push(*id),
                    _ => {}
                }
            }
        }
        let review = Review {
            repository: self.policy.repository().to_owned(),
            branches: vec![self.branch.clone()],
            signer,
            reviewed_at: self.now,
            decision: verdict.decision,
            base: span.base,
            head: Some(span.to),
            scope: verdict.scope,
            answers: verdict.answers,
            findings: verdict.findings,
            comment: verdict.comment,
            ceremony: verdict.ceremony,
            amends,
            supersedes,
            changes: span.changes.clone(),
        };
        Ok(Statement::new(Predicate::Review(review))?)
    }

    /// The person's verified reviews filed under the span's entries, for this branch.
    fn own_reviews(&self, span: &Span, person: &PersonId) -> Result<Vec<(RecordId, Review)>, DraftError> {
        let (ring, ledger) = (self.ring(), Ledger::open(self.repository)?);
        let gatherer = Gatherer::new(self.repository, &ledger, &ring);
        let ids: Vec<ObjectId> =
            span.changes.iter().flat_map(|change| change.ends()).map(|entry: Entry| entry.id()).collect();
        let mut own = Vec::new();
        for line in gatherer.records(&ids)? {
            let Content::Record(verified) = line.content() else { continue };
            let Predicate::Review(review) = verified.statement().predicate() else { continue };
            let here = review.repository == self.policy.repository() && review.branches.contains(&self.branch);
            if here && review.signer.person == *person {
                own.push((verified.id(), review.clone()));
            }
        }
        Ok(own)
    }
}

/// Whether the review decides on a version of a path that the span brings.
fn enters_same(review: &Review, span: &Span) -> bool {
    review
        .changes
        .iter()
        .any(|old| span.changes.iter().any(|new| new.path() == old.path() && new.after() == old.after()))
}

/// Whether the span brings another version of a path than the review decided on.
fn replaces(review: &Review, span: &Span) -> bool {
    review
        .changes
        .iter()
        .any(|old| span.changes.iter().any(|new| new.path() == old.path() && new.after() != old.after()))
}
