//! Which records were taken back: by their signer or an admin, and the revocation was not revoked itself. Whose word
//! has which effect is the gate's rule (`gate::effect`).

use std::collections::HashMap;

use super::facts::Mark;
use crate::gate::{Effect, MAX_DEPTH, Rosters, names_record};
use crate::id::{BlobId, RecordId};
use crate::statement::Revocation;

/// Every revocation, by the line that it names.
#[derive(Debug, Default)]
pub(super) struct Revocations {
    by_line: HashMap<BlobId, Vec<Known>>,
}

#[derive(Debug)]
struct Known {
    mark: Mark,
    names: Option<RecordId>,
    /// Whether the signer counts today. One whose key is revoked is not kept at all.
    lifts: bool,
}

impl Revocations {
    pub(super) fn add(&mut self, mark: Mark, revocation: &Revocation, lifts: bool) {
        let known = Known { mark, names: revocation.record, lifts };
        self.by_line.entry(revocation.envelope).or_default().push(known);
    }

    /// Whether nobody who may took a record back, `effect` being what that would do.
    pub(super) fn stands(&self, rosters: Rosters<'_>, mark: &Mark, effect: Effect) -> bool {
        !self.revoked(rosters, mark, effect, 0)
    }

    fn revoked(&self, rosters: Rosters<'_>, mark: &Mark, effect: Effect, depth: usize) -> bool {
        let known = self.by_line.get(&mark.blob).map(Vec::as_slice).unwrap_or_default();
        known.iter().any(|known| {
            let by = &known.mark.signer;
            let may = *by == mark.signer || rosters.is_admin(by, effect);
            let has_effect = effect == Effect::Blocks || known.lifts;
            let counts = names_record(known.names, Some(mark.record)) && may && has_effect;
            counts && (depth == MAX_DEPTH || !self.revoked(rosters, &known.mark, effect.opposite(), depth + 1))
        })
    }
}
