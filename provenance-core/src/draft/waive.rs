//! Waivers: what may pass without its reviews or declarations, for some days and for a reason; and the
//! word on how that ended.

use std::sync::Arc;

use super::revoke::Found;
use super::span::Span;
use super::{Desk, DraftError, known};
use crate::entry::Change;
use crate::finding::Code;
use crate::gate::{Content, FiledLine};
use crate::gather::Gatherer;
use crate::id::ObjectId;
use crate::key::Fingerprint;
use crate::ledger::Ledger;
use crate::name::{PersonId, Role};
use crate::path::RepoPath;
use crate::policy::is_protected;
use crate::statement::{Decision, Predicate, Review, Statement, Term, Waiver};
use crate::time::Day;

/// For which days, and why.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The first day; at once where it is left out.
    pub from: Option<Day>,
    /// The last day.
    pub until: Day,
    /// Why.
    pub because: String,
}

impl Desk<'_> {
    /// The waiver of what is missing of a span.
    ///
    /// # Errors
    /// [`DraftError::NotAllowed`] where the policy lets nobody waive, or not this person, not these paths,
    /// or not against a rejection; [`DraftError::Request`] for days that are none.
    pub fn waiver(&self, span: &Span, grant: Grant, key: &Fingerprint) -> Result<Statement, DraftError> {
        self.check_days(&grant)?;
        let person = self.may_waive(key)?;
        self.may_be_waived(span, &person)?;
        let Grant { from, until, because } = grant;
        self.signed_waiver(Term::Granted { from, until }, because, span.changes.clone(), key)
    }

    /// The word on how a waiver ended, by somebody who may waive.
    ///
    /// # Errors
    /// [`DraftError::Request`] where the record grants no waiver; as [`Desk::waiver`] by whom it is signed.
    pub fn settled(&self, found: &Found, because: String, key: &Fingerprint) -> Result<Statement, DraftError> {
        let Content::Record(record) = found.line.content() else {
            return Err(DraftError::Request("the record does not verify, so it waives nothing".to_owned()));
        };
        let id = record.id();
        let waiver = match record.statement().predicate() {
            Predicate::Waiver(waiver) if matches!(waiver.term, Term::Granted { .. }) => waiver,
            _ => {
                let kind = record.statement().kind_name();
                return Err(DraftError::Request(format!("record {} is of kind {kind} and grants nothing", id.short())));
            }
        };
        if waiver.repository != self.policy.repository() || !waiver.branches.contains(&self.branch) {
            return Err(DraftError::Request(format!("waiver {} is not for {}", id.short(), self.branch)));
        }
        self.may_waive(key)?;
        self.signed_waiver(Term::Settled { waiver: id }, because, waiver.changes.clone(), key)
    }

    fn signed_waiver(
        &self,
        term: Term,
        because: String,
        changes: Vec<Change>,
        key: &Fingerprint,
    ) -> Result<Statement, DraftError> {
        let waiver = Waiver {
            repository: self.policy.repository().to_owned(),
            branches: vec![self.branch.clone()],
            signer: self.signer(key)?,
            waived_at: self.now,
            term,
            because,
            changes,
        };
        Ok(Statement::new(Predicate::Waiver(waiver))?)
    }

    /// The person, if every policy that binds lets them waive.
    fn may_waive(&self, key: &Fingerprint) -> Result<PersonId, DraftError> {
        let person = self.human(key, "sign a waiver")?.id().clone();
        for policy in self.policies() {
            let Some(waivers) = &policy.company().waivers else {
                return Err(DraftError::NotAllowed(
                    "nothing can be waived: .provenance/policy.toml has no [waiver] with roles and max-days".to_owned(),
                ));
            };
            if !self.holds_one(&person, &waivers.roles) {
                let roles = waivers.roles.iter().map(Role::as_str).collect::<Vec<_>>().join(" or ");
                return Err(DraftError::NotAllowed(format!(
                    "{person} cannot sign a waiver, but {} (role {roles}) can",
                    known(self.holders(&waivers.roles))
                )));
            }
        }
        Ok(person)
    }

    fn check_days(&self, grant: &Grant) -> Result<(), DraftError> {
        let today = self.now.day();
        self.not_over("the last day", grant.until)?;
        if let Some(from) = grant.from {
            self.not_over("the first day", from)?;
            if grant.until < from {
                return Err(DraftError::Request(format!(
                    "it would end on {}, before it begins on {from}",
                    grant.until
                )));
            }
        }
        let longest =
            self.policies().filter_map(|policy| policy.company().waivers.as_ref()).map(|it| it.max_days).min();
        // The first day counts.
        let last = |days: u16| grant.from.unwrap_or(today).plus_days(i32::from(days) - 1);
        match longest {
            Some(days) if grant.until > last(days) => Err(DraftError::Request(format!(
                "a waiver lasts {days} days at most, until {}, and this one would until {}",
                last(days),
                grant.until
            ))),
            _ => Ok(()),
        }
    }

    /// Whether a person may waive what is missing of these changes.
    fn may_be_waived(&self, span: &Span, person: &PersonId) -> Result<(), DraftError> {
        let protected: Vec<&RepoPath> =
            span.changes.iter().map(Change::path).filter(|path| is_protected(path)).collect();
        if !protected.is_empty() {
            return Err(DraftError::NotAllowed(format!(
                "the policy itself is never waived: leave out {}, by naming the other paths",
                known(protected)
            )));
        }
        let own = self.ineligible(span, person)?.into_iter().filter(|finding| finding.code == Code::SelfReview);
        let own: Vec<String> = own.filter_map(|finding| finding.path.map(|path| path.to_string())).collect();
        if !own.is_empty() {
            return Err(DraftError::NotAllowed(format!(
                "{person} contributed to {} and cannot waive what is missing of it",
                own.join(", ")
            )));
        }
        match self.rejection(span)? {
            Some((line, review, path)) => {
                let Content::Record(record) = line.content() else { return Ok(()) };
                Err(DraftError::NotAllowed(format!(
                    "{} rejected {path} (record {}), and a rejection cannot be waived",
                    review.signer.person,
                    record.id().short()
                )))
            }
            None => Ok(()),
        }
    }

    /// A rejection that stands of one of the versions that a span brings, by somebody who can review it.
    fn rejection(&self, span: &Span) -> Result<Option<(Arc<FiledLine>, Review, RepoPath)>, DraftError> {
        let (ring, ledger) = (self.ring(), Ledger::open(self.repository)?);
        let ids: Vec<ObjectId> = span.changes.iter().flat_map(Change::ends).map(|entry| entry.id()).collect();
        let lines = Gatherer::new(self.repository, &ledger, &ring).records(&ids)?;
        let fates = self.fates(&lines)?;
        for line in &lines {
            let Content::Record(record) = line.content() else { continue };
            let Predicate::Review(review) = record.statement().predicate() else { continue };
            let here = review.repository == self.policy.repository() && review.branches.contains(&self.branch);
            let stands = self.is_unrevoked(&review.signer)
                && self.revoked(&fates, line).is_none()
                && self.superseded(&fates, line).is_none();
            if !here || review.decision != Decision::Reject || !stands {
                continue;
            }
            let enters = |change: &&Change| {
                let same = |old: &Change| old.path() == change.path() && old.after() == change.after();
                review.changes.iter().any(same) && self.can_review(&review.signer.person, change)
            };
            if let Some(change) = span.changes.iter().find(enters) {
                return Ok(Some((Arc::clone(line), review.clone(), change.path().clone())));
            }
        }
        Ok(None)
    }

    fn can_review(&self, person: &PersonId, change: &Change) -> bool {
        let human = self.policy.roster().person(person).is_some_and(|found| found.is_human());
        let needs = self.requirements(change);
        let fits = |roles: &[Role]| roles.is_empty() || self.holds_one(person, roles);
        human && (needs.quorums().is_empty() || needs.quorums().iter().any(|quorum| fits(&quorum.roles)))
    }
}
