//! Waivers: what may pass until a day although reviews or declarations are missing. They never cover
//! the policy's own paths, a rejection, or a rule that something must not be done at all.

use std::collections::BTreeSet;

use super::Judge;
use super::book::{Book, Item};
use super::evidence::{Known, for_all};
use super::signer::Fault;
use super::standing::Effect;
use crate::entry::Change;
use crate::finding::{Code, on_one_line};
use crate::name::PersonId;
use crate::policy::company::Waivers;
use crate::policy::is_protected;
use crate::statement::{Term, Waiver};
use crate::time::Day;

/// What waivers make of the faults of a change.
#[derive(Default)]
pub(super) struct Waived {
    /// What is said and no longer refuses.
    pub(super) warnings: Vec<Fault>,
    /// What still refuses.
    pub(super) faults: Vec<Fault>,
    /// Whether some waiver took effect.
    pub(super) by_waiver: bool,
}

/// What is missing and may be waived: reviews that are not there or do not count, declarations, scans. One that failed
/// is not missing.
fn may_be_waived(fault: &Fault) -> bool {
    let failed = fault.code == Code::MissingScan && fault.record.is_some();
    !failed
        && matches!(
            fault.code,
            Code::MissingReview
                | Code::SelfReview
                | Code::InsufficientReviews
                | Code::WrongRole
                | Code::PresenceRequired
                | Code::StaleReview
                | Code::PartialChangeSet
                | Code::MissingDeclaration
                | Code::MissingConfirmation
                | Code::IncompleteChecklist
                | Code::Revoked
                | Code::UnknownKey
                | Code::RevokedKey
                | Code::NotHuman
                | Code::FutureTimestamp
                | Code::Untrained
                | Code::PolicyNotAccepted
                | Code::MissingScan
        )
}

impl<'a> Judge<'a> {
    /// Applies the waivers of a change to its faults.
    pub(super) fn waive(
        &self,
        change: &Change,
        faults: BTreeSet<Fault>,
        contributors: &BTreeSet<PersonId>,
    ) -> Known<Waived> {
        let mut waived = Waived::default();
        if faults.is_empty() {
            return Ok(waived);
        }
        let path = change.path();
        let granted = self.waivers_of(change, contributors)?;
        let today = self.case.now.day();
        let mut in_force = None;
        for item in granted {
            let Term::Granted { from, until } = item.record.term else { continue };
            let who = &item.statement().signed_by().person;
            if is_protected(path) {
                let message = format!("{who}'s waiver does not hold: the policy itself is never waived");
                waived.warnings.push(Fault::new(Code::ExpiredWaiver, message));
            } else if today > until {
                let message = format!("{who}'s waiver of this change ended on {until}");
                waived.faults.push(Fault::new(Code::ExpiredWaiver, message));
            } else if let Some(from) = from.filter(|from| today < *from) {
                let message = format!("{who}'s waiver of this change begins on {from}");
                waived.faults.push(Fault::new(Code::ExpiredWaiver, message));
            } else {
                in_force = Some(format!("waived by {who} until {until}: {}", on_one_line(&item.record.because)));
            }
        }
        if let Some(words) = in_force {
            waived.faults.clear();
            let (covered, left): (Vec<Fault>, Vec<Fault>) = faults.into_iter().partition(may_be_waived);
            waived.by_waiver = !covered.is_empty();
            let say = |fault: Fault| Fault { message: format!("{} ({words})", fault.message), ..fault };
            waived.warnings.extend(covered.into_iter().map(say));
            waived.faults.extend(left);
        } else {
            waived.faults.extend(faults);
        }
        Ok(waived)
    }

    /// Whether somebody who may has waived what this change lacks, where they did not contribute to it.
    pub(super) fn has_waiver(&self, change: &Change) -> Known<bool> {
        Ok(!self.waivers_of(change, &BTreeSet::new())?.is_empty())
    }

    /// The waivers of exactly this change that stand, by those who may grant them and are none of these.
    fn waivers_of(&self, change: &Change, contributors: &BTreeSet<PersonId>) -> Known<Vec<Item<'a, Waiver>>> {
        let ends = (change.before(), change.after());
        let book = Book::read(self, &self.case.branch, change.path(), &[ends.0], &[ends.1])?;
        let exact = book.waivers.values().filter(|item| item.ends() == ends);
        let granted = for_all(exact, |item| Ok(self.granted(item, &book, contributors)?.copied()))?;
        Ok(granted.into_iter().flatten().collect())
    }

    /// The days of a waiver by somebody who may grant it: a human who holds the role in every roster,
    /// did not contribute, and does not grant more days than the policy lets them.
    fn granted<'b>(
        &self,
        item: &'b Item<'a, Waiver>,
        book: &Book<'a>,
        contributors: &BTreeSet<PersonId>,
    ) -> Known<Option<&'b Item<'a, Waiver>>> {
        let Term::Granted { until, .. } = item.record.term else { return Ok(None) };
        let person = match self.rosters().active_signer(item.statement()) {
            Ok(person) => person.id(),
            Err(fault) => {
                self.remark_fault(item.change.path(), &fault);
                return Ok(None);
            }
        };
        if let Some(why) = self.may_not_waive(item.record, person, until, contributors) {
            let message = format!("{person}'s waiver {} does not count: {why}", item.id().short());
            self.remark_fault(item.change.path(), &Fault::new(Code::ExpiredWaiver, message));
            return Ok(None);
        }
        let settled = book.settling(item).any(|later| {
            self.rosters().is_past(later.statement())
                && self.rosters().unrevoked_signer(later.statement()).is_ok_and(|by| self.settles(by.id()))
        });
        let stands = self.revoker(item, Effect::Blocks)?.is_none() && !settled;
        Ok(stands.then_some(item))
    }

    /// Whether some policy that binds lets the person waive: it takes less to end a waiver than to grant one.
    fn settles(&self, person: &PersonId) -> bool {
        self.waiving().any(|waivers| waivers.is_some_and(|waivers| self.holds_one(person, waivers)))
    }

    fn holds_one(&self, person: &PersonId, waivers: &Waivers) -> bool {
        waivers.roles.iter().any(|role| self.rosters().holds(person, role))
    }

    /// Who may waive, by each policy that binds.
    fn waiving(&self) -> impl Iterator<Item = Option<&'a Waivers>> {
        self.case.policies().map(|policy| policy.company().waivers.as_ref())
    }

    fn may_not_waive(
        &self,
        waiver: &Waiver,
        person: &PersonId,
        until: Day,
        contributors: &BTreeSet<PersonId>,
    ) -> Option<String> {
        for waivers in self.waiving() {
            let Some(waivers) = waivers else {
                return Some("the policy lets nobody waive anything".to_owned());
            };
            if !self.rosters().active_human(person) || !self.holds_one(person, waivers) {
                let roles: Vec<&str> = waivers.roles.iter().map(crate::name::Role::as_str).collect();
                return Some(format!("only a human with role {} may", roles.join(" or ")));
            }
            let last = waiver.waived_at.day().plus_days(i32::from(waivers.max_days));
            if until > last {
                let days = waivers.max_days;
                return Some(format!("it ends on {until}, and the policy lets it last {days} days, to {last}"));
            }
        }
        contributors.contains(person).then(|| "they contributed to the change".to_owned())
    }
}
