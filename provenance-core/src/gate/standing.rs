//! Standing: whether a record still counts, or was revoked or superseded; and rejections.

use std::collections::{BTreeMap, BTreeSet};

use super::Judge;
use super::book::{Book, Item, Node};
pub(super) use super::effect::Effect;
use super::effect::{MAX_DEPTH, names_record};
use super::evidence::{Known, for_all};
use super::record::Content;
use super::turns::in_turns;
use crate::id::{BlobId, RecordId};
use crate::name::{PersonId, Role};
use crate::policy::Requirements;
use crate::statement::{Predicate, Review};

/// How many rejections of one person are looked at in the first turn.
const FIRST_REJECTIONS: usize = 16;

impl<'a> Judge<'a> {
    /// The person whose standing revocation names this line, if `may` lets them revoke it. Taking a
    /// revocation back has the opposite effect of the revocation.
    pub(super) fn revoked_by(
        &self,
        blob: BlobId,
        record: Option<RecordId>,
        effect: Effect,
        may: impl Fn(&Self, &PersonId) -> bool,
    ) -> Known<Option<PersonId>> {
        self.revoked_at_depth(blob, record, effect, &may, 0)
    }

    fn revoked_at_depth(
        &self,
        blob: BlobId,
        record: Option<RecordId>,
        effect: Effect,
        may: &dyn Fn(&Self, &PersonId) -> bool,
        depth: usize,
    ) -> Known<Option<PersonId>> {
        let lines = self.ask.lines(blob.0)?;
        let candidates = lines.iter().filter_map(|line| {
            let Content::Record(verified) = line.content() else { return None };
            let Predicate::Revocation(revocation) = verified.statement().predicate() else { return None };
            let names_it = revocation.envelope == blob && names_record(revocation.record, record);
            let here = revocation.repository == self.case.policy.repository();
            let person = self.rosters().signer_with(effect, verified.statement())?;
            (names_it && here && may(self, person.id())).then(|| (line.blob(), verified.id(), person.id().clone()))
        });
        let standing = for_all(candidates, |(line, id, signer)| {
            if depth == MAX_DEPTH {
                return Ok(Some(signer));
            }
            let opposite = effect.opposite();
            let same_or_admin = |judge: &Self, person: &PersonId| *person == signer || judge.is_admin(person, opposite);
            let undone = self.revoked_at_depth(line, Some(id), opposite, &same_or_admin, depth + 1)?;
            Ok(undone.is_none().then_some(signer.clone()))
        })?;
        Ok(standing.into_iter().flatten().next())
    }

    /// Whether the person holds the role `admin`, as far as this effect asks for it.
    pub(super) fn is_admin(&self, person: &PersonId, effect: Effect) -> bool {
        self.rosters().is_admin(person, effect)
    }

    /// Who revoked this record, its signer or an admin; none while it stands.
    pub(super) fn revoker<P>(&self, item: &Item<'a, P>, effect: Effect) -> Known<Option<PersonId>> {
        let signer = &item.statement().signed_by().person;
        let may = |judge: &Self, person: &PersonId| person == signer || judge.is_admin(person, effect);
        self.revoked_by(item.blob, Some(item.id()), effect, may)
    }

    /// The standing rejections that block a chain from entering `node`, one of each person: who, and their record.
    ///
    /// For a deletion (`node` is none) every rejected change that ends in none blocks.
    pub(super) fn rejections(
        &self,
        book: &Book<'a>,
        node: Node,
        requirements: &Requirements,
        contributors: &BTreeSet<PersonId>,
    ) -> Known<Vec<(PersonId, RecordId)>> {
        let mut of_each: BTreeMap<&PersonId, Vec<&Item<'a, Review>>> = BTreeMap::new();
        for item in book.rejections_of(node) {
            if let Ok(person) = self.rosters().unrevoked_signer(item.statement())
                && self.rosters().human_somewhere(person.id())
                && self.may_reject(person.id(), requirements)
            {
                of_each.entry(person.id()).or_default().push(item);
            }
        }
        let standing = for_all(of_each, |(person, items)| {
            let found = self.first_standing(book, person, &items, contributors)?;
            Ok(found.map(|record| (person.clone(), record)))
        })?;
        Ok(standing.into_iter().flatten().collect())
    }

    /// The first of one person's rejections that stands. There may be any number, asked about for each chain, and one is enough.
    fn first_standing(
        &self,
        book: &Book<'a>,
        person: &PersonId,
        items: &[&Item<'a, Review>],
        contributors: &BTreeSet<PersonId>,
    ) -> Known<Option<RecordId>> {
        for now in in_turns(items, FIRST_REJECTIONS) {
            let standing = for_all(now, |item| {
                if self.lifted_by_superseding(book, item)? {
                    return Ok(None);
                }
                let lifted = self.revoked_by(item.blob, Some(item.id()), Effect::Lifts, |judge, revoker| {
                    revoker == person || (judge.is_admin(revoker, Effect::Lifts) && !contributors.contains(revoker))
                })?;
                Ok(lifted.is_none().then(|| item.id()))
            })?;
            if let Some(found) = standing.into_iter().flatten().next() {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Whether a later review of the same person takes this approval back, by its id. The later one
    /// must be signed with a key that a roster gives that person: what it says of its signer proves
    /// nothing. That it was revoked itself does not bring the approval back.
    pub(super) fn superseded(&self, book: &Book<'a>, item: &Item<'a, Review>) -> bool {
        let signer = &item.statement().signed_by().person;
        book.superseding(item)
            .any(|later| self.rosters().unrevoked_signer(later.statement()).is_ok_and(|person| person.id() == signer))
    }

    /// Whether a later review of the same person takes this rejection back, counts today and stands.
    fn lifted_by_superseding(&self, book: &Book<'a>, item: &Item<'a, Review>) -> Known<bool> {
        let signer = &item.statement().signed_by().person;
        let counting = book
            .superseding(item)
            .filter(|later| self.rosters().active_signer(later.statement()).is_ok_and(|person| person.id() == signer));
        let standing = for_all(counting, |later| Ok(self.revoker(later, Effect::Blocks)?.is_none()))?;
        Ok(standing.contains(&true))
    }

    fn may_reject(&self, person: &PersonId, requirements: &Requirements) -> bool {
        let quorums = requirements.quorums();
        let holds = |role: &Role| self.rosters().holds_somewhere(person, role);
        quorums.is_empty() || quorums.iter().any(|quorum| quorum.roles.is_empty() || quorum.roles.iter().any(holds))
    }
}
