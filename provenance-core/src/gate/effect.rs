//! Effect: what it does to take a record back, and whose word has it. The gate and the survey go by this alone; how
//! each finds revocations is its own affair, since the gate asks for evidence line by line and the survey has it all.

use super::Rosters;
use crate::id::RecordId;
use crate::name::{PersonId, Role};
use crate::policy::{ADMIN, Person};
use crate::statement::Statement;

/// What it does to take a record back. It takes less to block than to lift: a record that blocks may
/// be by a retired person or an expired key, one that lifts must count today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Something that was approved no longer is.
    Blocks,
    /// Something that blocked no longer does.
    Lifts,
}

impl Effect {
    /// What it does to take that back in turn.
    pub(crate) fn opposite(self) -> Self {
        match self {
            Self::Blocks => Self::Lifts,
            Self::Lifts => Self::Blocks,
        }
    }
}

/// Revocations of revocations are followed this deep; digests allow no circle.
pub(crate) const MAX_DEPTH: usize = 64;

/// Whether a revocation that names this record, or none, is of a record with this id, or of a line that has none.
pub(crate) fn names_record(named: Option<RecordId>, record: Option<RecordId>) -> bool {
    match (named, record) {
        (Some(named), Some(record)) => named == record,
        _ => true,
    }
}

impl<'a> Rosters<'a> {
    /// Who signed, if their signature can have this effect.
    pub(crate) fn signer_with(self, effect: Effect, statement: &Statement) -> Option<&'a Person> {
        match effect {
            Effect::Blocks => self.unrevoked_signer(statement).ok(),
            Effect::Lifts => self.active_signer(statement).ok(),
        }
    }

    /// Whether the person holds the role `admin`, as far as this effect asks for it.
    pub(crate) fn is_admin(self, person: &PersonId, effect: Effect) -> bool {
        ADMIN.parse::<Role>().is_ok_and(|admin| match effect {
            Effect::Blocks => self.human_somewhere(person) && self.holds_somewhere(person, &admin),
            Effect::Lifts => self.active_human(person) && self.holds(person, &admin),
        })
    }
}
