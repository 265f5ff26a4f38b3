//! Standing: whether a record still counts, or was revoked or superseded; and rejections.

use std::collections::BTreeSet;

use super::Judge;
use super::book::{Book, Item, Node};
use super::evidence::{Known, for_all};
use super::record::Content;
use crate::id::{BlobId, RecordId};
use crate::name::{PersonId, Role};
use crate::policy::Requirements;
use crate::statement::{Decision, Predicate, Review, Revocation};

/// Which superseding reviews count: to take an approval back any will do, to lift a rejection only
/// one that was not revoked itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Superseder {
    Any,
    Standing,
}

/// Revocations of revocations are followed this deep; digests allow no circle.
const MAX_DEPTH: usize = 64;

impl<'a> Judge<'a> {
    /// The person whose standing revocation names this line, if `may` lets them revoke it.
    pub(super) fn revoked_by(
        &self,
        blob: BlobId,
        record: Option<RecordId>,
        may: impl Fn(&Self, &PersonId) -> bool,
    ) -> Known<Option<PersonId>> {
        self.revoked_at_depth(blob, record, &may, 0)
    }

    fn revoked_at_depth(
        &self,
        blob: BlobId,
        record: Option<RecordId>,
        may: &dyn Fn(&Self, &PersonId) -> bool,
        depth: usize,
    ) -> Known<Option<PersonId>> {
        let lines = self.ask.lines(blob.0)?;
        let candidates = lines.iter().filter_map(|line| {
            let Content::Record(verified) = line.content() else { return None };
            let Predicate::Revocation(revocation) = verified.statement().predicate() else { return None };
            let names_it = revocation.envelope == blob && names_record(revocation, record);
            let here = revocation.repository == self.case.policy.repository();
            let person = self.rosters().valid_signer(verified.statement()).ok()?;
            (names_it && here && may(self, person.id())).then(|| (line.blob(), verified.id(), person.id().clone()))
        });
        let standing = for_all(candidates, |(line, id, signer)| {
            if depth == MAX_DEPTH {
                return Ok(Some(signer));
            }
            let same_or_admin = |judge: &Self, person: &PersonId| *person == signer || judge.is_admin(person);
            let undone = self.revoked_at_depth(line, Some(id), &same_or_admin, depth + 1)?;
            Ok(undone.is_none().then_some(signer.clone()))
        })?;
        Ok(standing.into_iter().flatten().next())
    }

    /// Whether the person holds the role `admin`.
    pub(super) fn is_admin(&self, person: &PersonId) -> bool {
        let rosters = self.rosters();
        "admin".parse::<Role>().is_ok_and(|admin| rosters.active_human(person) && rosters.holds(person, &admin))
    }

    /// Who revoked this record, its signer or an admin; none while it stands.
    pub(super) fn revoker<P>(&self, item: &Item<'a, P>) -> Known<Option<PersonId>> {
        let signer = &item.statement().signed_by().person;
        self.revoked_by(item.blob, Some(item.id()), |judge, person| person == signer || judge.is_admin(person))
    }

    /// The standing rejections that block a chain from entering `node`: who, and their record.
    ///
    /// For a deletion (`node` is none) every rejected change that ends in none blocks.
    pub(super) fn rejections(
        &self,
        book: &Book<'a>,
        node: Node,
        requirements: &Requirements,
        contributors: &BTreeSet<PersonId>,
    ) -> Known<Vec<(PersonId, RecordId)>> {
        let entering = book
            .reviews
            .values()
            .filter(|item| item.record.decision == Decision::Reject && item.change.after() == node);
        let standing = for_all(entering, |item| {
            let statement = item.statement();
            let Ok(person) = self.rosters().unrevoked_signer(statement) else { return Ok(None) };
            if !self.rosters().human(person.id()) || !self.may_reject(person.id(), requirements) {
                return Ok(None);
            }
            if self.superseded(book, item, Superseder::Standing)? {
                return Ok(None);
            }
            let signer = person.id().clone();
            let lifted = self.revoked_by(item.blob, Some(item.id()), |judge, revoker| {
                *revoker == signer || (judge.is_admin(revoker) && !contributors.contains(revoker))
            })?;
            Ok(lifted.is_none().then(|| (signer.clone(), item.id())))
        })?;
        Ok(standing.into_iter().flatten().collect())
    }

    /// Whether a later review of the same person takes this one back, by its id. The later one must
    /// be signed with a key that the roster gives that person: what it says of its signer proves nothing.
    pub(super) fn superseded(&self, book: &Book<'a>, item: &Item<'a, Review>, which: Superseder) -> Known<bool> {
        let signer = &item.statement().signed_by().person;
        let later = book.reviews.values().filter(|later| {
            later.record.supersedes.contains(&item.id())
                && self.rosters().unrevoked_signer(later.statement()).is_ok_and(|person| person.id() == signer)
        });
        let counts = for_all(later, |later| match which {
            Superseder::Any => Ok(true),
            Superseder::Standing => Ok(self.revoker(later)?.is_none()),
        })?;
        Ok(counts.contains(&true))
    }

    fn may_reject(&self, person: &PersonId, requirements: &Requirements) -> bool {
        let quorums = requirements.quorums();
        let fits = |roles: &[Role]| roles.is_empty() || roles.iter().any(|role| self.rosters().holds(person, role));
        quorums.is_empty() || quorums.iter().any(|quorum| fits(&quorum.roles))
    }
}

fn names_record(revocation: &Revocation, record: Option<RecordId>) -> bool {
    match (revocation.record, record) {
        (Some(named), Some(record)) => named == record,
        _ => true,
    }
}
