//! Eligibility: whether somebody's review of a change set could count, before they sign one.

use std::collections::BTreeSet;

use super::book::Book;
use super::evidence::{Known, Stop};
use super::signer::Fault;
use super::{Case, Evidence, Judge, Question};
use crate::entry::Change;
use crate::finding::{Code, Finding};
use crate::name::PersonId;
use crate::policy::Requirements;

/// Why this person's review of some of the case's changes would not count, a finding for each such
/// path; or what must be known first. The person's key is not asked about.
///
/// # Errors
/// The questions that are still open.
pub fn may_review(case: &Case<'_>, evidence: &Evidence, person: &PersonId) -> Result<Vec<Finding>, BTreeSet<Question>> {
    let judge = Judge::new(case, evidence);
    let mut findings = Vec::new();
    for change in &case.changes {
        match judge.ineligible(change, person) {
            Ok(Some(fault)) => findings.push(Finding::error(fault.code, fault.message).at(change.path())),
            Ok(None) | Err(Stop::Open) => {}
            Err(Stop::Undecided(finding)) => findings.push(finding.at(change.path())),
        }
    }
    let open = judge.ask.into_open();
    if open.is_empty() { Ok(findings) } else { Err(open) }
}

impl Judge<'_> {
    fn ineligible(&self, change: &Change, person: &PersonId) -> Known<Option<Fault>> {
        let rosters = self.rosters();
        if !rosters.human(person) {
            return Ok(Some(Fault::new(Code::NotHuman, format!("{person} is not a human and cannot review"))));
        }
        if !rosters.active_human(person) {
            return Ok(Some(Fault::new(Code::UnknownKey, format!("{person} has retired"))));
        }
        let requirements = self.requirements(change);
        if let Some(fault) = self.unseated(&requirements, person) {
            return Ok(Some(fault));
        }
        let (span, path) = (self.whole_span(), change.path());
        let book = Book::read(self, &span.branch, path, &[change.before()], &[change.after()])?;
        let works = self.work(&span, path, &book, &[change.before(), change.after()])?;
        let own = works.iter().any(|work| work.contributors.contains(person))
            && self.sole_admin(path).as_ref() != Some(person);
        Ok(own
            .then(|| Fault::new(Code::SelfReview, format!("{person} contributed to this change and cannot review it"))))
    }

    /// Whether no rule has a seat that the person could fill.
    fn unseated(&self, requirements: &Requirements, person: &PersonId) -> Option<Fault> {
        let quorums = requirements.quorums();
        let fits = |roles: &[crate::name::Role]| {
            roles.is_empty() || roles.iter().any(|role| self.rosters().holds(person, role))
        };
        if quorums.is_empty() || quorums.iter().any(|quorum| fits(&quorum.roles)) {
            return None;
        }
        let wanted: BTreeSet<&str> =
            quorums.iter().flat_map(|quorum| quorum.roles.iter().map(crate::name::Role::as_str)).collect();
        let wanted: Vec<&str> = wanted.into_iter().collect();
        Some(Fault::new(
            Code::WrongRole,
            format!("the rules ask for role {}, and {person} does not hold it", wanted.join(" or ")),
        ))
    }
}
