//! Which records were taken back, as the gate sees it: by their signer or an admin, and the revocation was not
//! revoked itself. It takes less to block than to lift.

use std::collections::HashMap;

use super::facts::Mark;
use crate::gate::Rosters;
use crate::id::{BlobId, RecordId};
use crate::name::{PersonId, Role};
use crate::policy::ADMIN;
use crate::statement::Revocation;

/// Revocations of revocations are followed this deep; digests allow no circle.
const MAX_DEPTH: usize = 64;

/// Every revocation, by the line that it names.
#[derive(Debug, Default)]
pub(super) struct Revocations {
    by_line: HashMap<BlobId, Vec<Known>>,
}

#[derive(Debug)]
struct Known {
    mark: Mark,
    names: Option<RecordId>,
    /// Whether the signer counts today.
    lifts: bool,
}

impl Revocations {
    pub(super) fn add(&mut self, mark: Mark, revocation: &Revocation, lifts: bool) {
        let known = Known { mark, names: revocation.record, lifts };
        self.by_line.entry(revocation.envelope).or_default().push(known);
    }

    /// Whether nobody who may took a record back. `lifts` says that taking it back lifts what it blocked.
    pub(super) fn stands(&self, rosters: Rosters<'_>, mark: &Mark, lifts: bool) -> bool {
        !self.revoked(rosters, mark, lifts, 0)
    }

    fn revoked(&self, rosters: Rosters<'_>, mark: &Mark, lifts: bool, depth: usize) -> bool {
        let known = self.by_line.get(&mark.blob).map(Vec::as_slice).unwrap_or_default();
        known.iter().any(|known| {
            let names_it = known.names.is_none_or(|record| record == mark.record);
            let by = &known.mark.signer;
            let may = *by == mark.signer || is_admin(rosters, by, lifts);
            let counts = names_it && may && (known.lifts || !lifts);
            counts && (depth == MAX_DEPTH || !self.revoked(rosters, &known.mark, !lifts, depth + 1))
        })
    }
}

/// Whether a person is an admin, as far as this effect asks for it.
pub(super) fn is_admin(rosters: Rosters<'_>, person: &PersonId, lifts: bool) -> bool {
    ADMIN.parse::<Role>().is_ok_and(|admin| {
        if lifts {
            rosters.active_human(person) && rosters.holds(person, &admin)
        } else {
            rosters.human_somewhere(person) && rosters.holds_somewhere(person, &admin)
        }
    })
}
