//! Incidents and waivers: what went wrong, what was let through, and what became of either.

use std::collections::HashMap;

use super::facts::{Facts, Kept};
use crate::account::{IncidentFigures, WaiverFigures, WaiverState};
use crate::draft::incident::State;
use crate::draft::{Desk, DraftError};
use crate::gate::Content;
use crate::id::RecordId;
use crate::name::PersonId;
use crate::statement::{Term, Waiver};
use crate::time::Timestamp;

/// Every incident, by path and time.
pub(super) fn incidents(desk: &Desk<'_>, facts: &Facts) -> Result<Vec<IncidentFigures>, DraftError> {
    let times: HashMap<RecordId, Timestamp> = facts
        .incidents
        .iter()
        .filter_map(|line| match line.content() {
            Content::Record(record) => Some((record.id(), record.statement().stated_time())),
            _ => None,
        })
        .collect();
    let states = desk.states(&facts.incidents)?;
    Ok(states.into_iter().map(|state| incident(state, &times, desk.now())).collect())
}

fn incident(state: State, times: &HashMap<RecordId, Timestamp>, now: Timestamp) -> IncidentFigures {
    let overdue = state.is_overdue(now);
    let name = state.name().to_owned();
    let correction = state.correction.as_ref();
    let closed_at = state.closed.as_ref().map(|closed| closed.at);
    let seconds = closed_at.unwrap_or(now).seconds() - state.opened_at.seconds();
    IncidentFigures {
        id: state.incident.to_string(),
        state: name,
        severity: state.severity,
        summary: Some(state.summary),
        opened_by: state.opened_by,
        opened_at: state.opened_at,
        owner: state.owner,
        due: state.due,
        overdue,
        corrected_at: correction.and_then(|it| times.get(&it.record).copied()),
        correction: correction.and_then(|it| it.change.after()).map(|entry| entry.id().to_string()),
        notice: correction.and_then(|it| it.notice.clone()),
        closed_at,
        outcome: state.closed.map(|closed| closed.outcome),
        days: seconds.max(0) / 86_400,
        path: state.path,
    }
}

/// Every waiver that somebody granted who may, by time.
pub(super) fn waivers(desk: &Desk<'_>, facts: &Facts) -> Vec<WaiverFigures> {
    let roles = desk.policy().company().waivers.as_ref().map(|waivers| waivers.roles.as_slice()).unwrap_or_default();
    let rosters = desk.rosters();
    let waives = |person: &PersonId| {
        rosters.human_somewhere(person) && roles.iter().any(|role| rosters.holds_somewhere(person, role))
    };
    let may = facts.waivers.iter().filter(|kept| waives(&kept.mark.signer));
    let settled: HashMap<RecordId, &Kept<Waiver>> = may
        .clone()
        .filter(|kept| kept.mark.stands)
        .filter_map(|kept| match kept.says.term {
            Term::Settled { waiver } => Some((waiver, kept)),
            Term::Granted { .. } => None,
        })
        .collect();
    may.filter_map(|kept| waiver(kept, settled.get(&kept.mark.record).copied(), desk.now())).collect()
}

fn waiver(kept: &Kept<Waiver>, settled: Option<&Kept<Waiver>>, now: Timestamp) -> Option<WaiverFigures> {
    let Term::Granted { from, until } = kept.says.term else { return None };
    let state = match settled {
        _ if !kept.mark.stands => WaiverState::Revoked,
        Some(_) => WaiverState::Settled,
        None if now > until.end() => WaiverState::LeftOpen,
        None => WaiverState::InForce,
    };
    Some(WaiverFigures {
        record: Some(kept.mark.record),
        by: kept.mark.signer.clone(),
        waived_at: kept.mark.at,
        from,
        until,
        because: Some(kept.says.because.clone()),
        paths: kept.says.changes.iter().map(|change| change.path().clone()).collect(),
        state,
        settled_by: settled.map(|by| by.mark.signer.clone()),
        outcome: settled.map(|by| by.says.because.clone()),
    })
}
