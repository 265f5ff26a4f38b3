//! What became of records: whether their signer or an admin revoked them, whether their signer
//! superseded them. For readers: the gate judges by itself.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::{Desk, DraftError};
use crate::gate::{Content, FiledLine};
use crate::gather::Gatherer;
use crate::id::{BlobId, ObjectId, RecordId};
use crate::ledger::{Ledger, places};
use crate::name::PersonId;
use crate::policy::KeyState;
use crate::statement::{Predicate, Revocation};

/// How many revocations of revocations are followed.
const MAX_DEPTH: usize = 8;

/// The records around some others that say what became of them.
#[derive(Debug, Default)]
pub struct Fates {
    around: Vec<Arc<FiledLine>>,
    /// The revocations among them, by the line that they revoke.
    revoking: HashMap<BlobId, Vec<Arc<FiledLine>>>,
}

/// A revocation that stands.
#[derive(Debug, Clone, Copy)]
pub struct Revoked<'f> {
    /// The revocation's id.
    pub record: RecordId,
    /// What it says.
    pub revocation: &'f Revocation,
}

impl Desk<'_> {
    /// What became of the records on these lines.
    ///
    /// # Errors
    /// [`DraftError`] when the ledger cannot be read.
    pub fn fates<'l>(&self, lines: impl IntoIterator<Item = &'l Arc<FiledLine>>) -> Result<Fates, DraftError> {
        let (ring, ledger) = (self.ring(), Ledger::open(self.repository)?);
        self.fates_by(&Gatherer::new(self.repository, &ledger, &ring), lines)
    }

    /// The same, by a gatherer with the keys of this desk, which does not try again what it has tried.
    ///
    /// # Errors
    /// As [`Desk::fates`].
    pub fn fates_by<'l>(
        &self,
        gatherer: &Gatherer<'_>,
        lines: impl IntoIterator<Item = &'l Arc<FiledLine>>,
    ) -> Result<Fates, DraftError> {
        let mut ids: BTreeSet<ObjectId> = BTreeSet::new();
        for line in lines {
            ids.insert(line.blob().0);
            if let Content::Record(record) = line.content() {
                ids.extend(places(self.repository, record.statement()));
            }
        }
        let mut around = Vec::new();
        let mut asked = BTreeSet::new();
        for _ in 0..MAX_DEPTH {
            let open: Vec<ObjectId> = ids.difference(&asked).copied().collect();
            if open.is_empty() {
                break;
            }
            let found = gatherer.records(&open)?;
            asked.extend(open);
            // A revocation may be revoked in its turn.
            ids.extend(found.iter().map(|line| line.blob().0));
            around.extend(found);
        }
        let mut revoking: HashMap<BlobId, Vec<Arc<FiledLine>>> = HashMap::new();
        for line in &around {
            if let Content::Record(found) = line.content()
                && let Predicate::Revocation(revocation) = found.statement().predicate()
            {
                revoking.entry(revocation.envelope).or_default().push(Arc::clone(line));
            }
        }
        Ok(Fates { around, revoking })
    }

    /// The revocation by which a record no longer counts.
    pub fn revoked<'f>(&self, fates: &'f Fates, line: &FiledLine) -> Option<Revoked<'f>> {
        self.revoked_at_depth(fates, line, 0)
    }

    fn revoked_at_depth<'f>(&self, fates: &'f Fates, line: &FiledLine, depth: usize) -> Option<Revoked<'f>> {
        let Content::Record(record) = line.content() else { return None };
        let signer = &record.statement().signed_by().person;
        fates.revoking.get(&line.blob())?.iter().find_map(|other| {
            let Content::Record(found) = other.content() else { return None };
            let Predicate::Revocation(revocation) = found.statement().predicate() else { return None };
            let may = revocation.signer.person == *signer || self.is_admin(&revocation.signer.person);
            let counts = may && self.is_valid(found.statement().signed_by());
            let undone = depth < MAX_DEPTH && self.revoked_at_depth(fates, other, depth + 1).is_some();
            (counts && !undone).then_some(Revoked { record: found.id(), revocation })
        })
    }

    /// The review by which the record's signer superseded it.
    pub fn superseded(&self, fates: &Fates, line: &FiledLine) -> Option<RecordId> {
        let Content::Record(record) = line.content() else { return None };
        let signer: &PersonId = &record.statement().signed_by().person;
        fates.around.iter().find_map(|other| {
            let Content::Record(found) = other.content() else { return None };
            let Predicate::Review(review) = found.statement().predicate() else { return None };
            let names = review.signer.person == *signer && review.supersedes.contains(&record.id());
            (names && self.is_valid(&review.signer) && self.revoked(fates, other).is_none()).then(|| found.id())
        })
    }

    /// The revocations among them that stand.
    pub fn revocations<'f>(&self, fates: &'f Fates, lines: &[Arc<FiledLine>]) -> Vec<&'f Arc<FiledLine>> {
        let ids: BTreeSet<RecordId> =
            lines.iter().filter_map(|line| self.revoked(fates, line)).map(|revoked| revoked.record).collect();
        let is_one =
            |line: &Arc<FiledLine>| matches!(line.content(), Content::Record(found) if ids.contains(&found.id()));
        let mut seen = BTreeSet::new();
        fates.around.iter().filter(|line| is_one(line) && seen.insert(line.blob())).collect()
    }

    fn is_valid(&self, signer: &crate::statement::SignedBy) -> bool {
        self.policies().all(|policy| {
            policy
                .roster()
                .by_key(&signer.key)
                .is_some_and(|(person, key)| *person.id() == signer.person && key.state_at(self.now) == KeyState::Valid)
        })
    }
}
