//! How incidents stand: each record that opened one, with the steps that count since.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::draft::{Desk, DraftError};
use crate::entry::Change;
use crate::envelope::Line;
use crate::gate::{Content, FiledLine, is_no_earlier};
use crate::id::{BlobId, RecordId};
use crate::ledger::{Ledger, lines_of};
use crate::name::PersonId;
use crate::path::RepoPath;
use crate::statement::{Harm, Incident, IncidentStep, Kind, Predicate};
use crate::time::{Day, Timestamp};

/// How an incident stands.
#[derive(Debug, Clone)]
pub struct State {
    /// Its id: the record that opened it.
    pub incident: RecordId,
    /// The path whose content did harm.
    pub path: RepoPath,
    /// How bad it is.
    pub severity: Harm,
    /// What happened.
    pub summary: String,
    /// Who opened it.
    pub opened_by: PersonId,
    /// When.
    pub opened_at: Timestamp,
    /// Who owns it now.
    pub owner: Option<PersonId>,
    /// The day by which it is to be put right.
    pub due: Option<Day>,
    /// The newest correction.
    pub correction: Option<Correction>,
    /// That it is over.
    pub closed: Option<Closed>,
}

/// The change that puts an incident right.
#[derive(Debug, Clone)]
pub struct Correction {
    /// The record that says so.
    pub record: RecordId,
    /// Who signed it.
    pub by: PersonId,
    /// The change.
    pub change: Change,
    /// What readers are told.
    pub notice: Option<String>,
    /// Whether the branch's tip has what the change brings.
    pub published: bool,
}

/// How an incident ended.
#[derive(Debug, Clone)]
pub struct Closed {
    /// The record that says so.
    pub record: RecordId,
    /// Who signed it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: String,
}

impl State {
    /// Whether it is open, and was to be put right before this moment.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.closed.is_none() && self.due.is_some_and(|due| now > due.end())
    }

    /// `open`, `corrected` (by a change that is published) or `closed`.
    pub fn name(&self) -> &'static str {
        match (&self.closed, &self.correction) {
            (Some(_), _) => "closed",
            (None, Some(correction)) if correction.published => "corrected",
            _ => "open",
        }
    }
}

/// A step and the record that says it, in the order of the times that are stated.
type Steps<'l> = BTreeMap<(Timestamp, RecordId), &'l Incident>;

impl Desk<'_> {
    /// Every incident of this repository and branch, by path, then by when it was opened.
    ///
    /// Paths may be gone, and where their records lie follows from the path alone, so the whole ledger
    /// is walked: every note is read once, and signatures are tried of records on incidents only.
    ///
    /// # Errors
    /// [`DraftError`] when the ledger cannot be read.
    pub fn incidents(&self) -> Result<Vec<State>, DraftError> {
        let (ring, ledger) = (self.ring(), Ledger::open(self.repository)?);
        let mut seen: HashSet<BlobId> = HashSet::new();
        let mut lines = Vec::new();
        for note in ledger.all()?.into_values().flatten() {
            for (blob, text) in lines_of(self.repository, note)? {
                if seen.insert(blob) && may_be_incident(&text) {
                    lines.push(Arc::new(FiledLine::read(&text, blob, &ring)));
                }
            }
        }
        self.states(&lines)
    }

    /// How the incidents stand that these lines open.
    pub(crate) fn states(&self, lines: &[Arc<FiledLine>]) -> Result<Vec<State>, DraftError> {
        let fates = self.fates(lines)?;
        let mut steps = Steps::new();
        for line in lines {
            let Content::Record(record) = line.content() else { continue };
            let Predicate::Incident(incident) = record.statement().predicate() else { continue };
            let here = incident.repository == self.policy.repository() && incident.branches.contains(&self.branch);
            if here && self.is_unrevoked(&incident.signer) && self.revoked(&fates, line).is_none() {
                steps.insert((incident.noted_at, record.id()), incident);
            }
        }
        let mut states: BTreeMap<RecordId, State> = BTreeMap::new();
        for ((_, id), incident) in &steps {
            states.extend(opened(*id, incident).map(|state| (*id, state)));
        }
        for ((at, record), incident) in &steps {
            let state = incident.step.incident().and_then(|id| states.get_mut(&id));
            if let Some(state) = state.filter(|state| state.path == incident.path) {
                self.advance(state, *record, *at, incident)?;
            }
        }
        let mut states: Vec<State> = states.into_values().collect();
        states.sort_by(|a, b| (&a.path, a.opened_at, a.incident).cmp(&(&b.path, b.opened_at, b.incident)));
        Ok(states)
    }

    fn advance(&self, state: &mut State, record: RecordId, at: Timestamp, step: &Incident) -> Result<(), DraftError> {
        let by = step.signer.person.clone();
        match &step.step {
            IncidentStep::Assign { owner, due, .. } => {
                state.owner = Some(owner.clone());
                state.due = due.or(state.due);
            }
            IncidentStep::Correct { change, notice, .. } => {
                let tip = self.repository.slot_at(self.tip, change.path())?;
                let published = tip == change.after().map(|entry| entry.slot());
                let (change, notice) = (change.clone(), notice.clone());
                state.correction = Some(Correction { record, by, change, notice, published });
            }
            IncidentStep::Close { outcome, .. }
                if self.closes(&by, &step.path) && is_no_earlier(at, state.opened_at) =>
            {
                state.closed = Some(Closed { record, by, at, outcome: outcome.clone() });
            }
            _ => {}
        }
        Ok(())
    }
}

fn opened(id: RecordId, incident: &Incident) -> Option<State> {
    let IncidentStep::Open { severity, summary, owner, due, .. } = &incident.step else { return None };
    Some(State {
        incident: id,
        path: incident.path.clone(),
        severity: *severity,
        summary: summary.clone(),
        opened_by: incident.signer.person.clone(),
        opened_at: incident.noted_at,
        owner: owner.clone(),
        due: *due,
        correction: None,
        closed: None,
    })
}

/// Whether a line can be a record on an incident. Cheap: a payload that has the type's URI in plain, or
/// has escapes, by which it may be spelled in another way.
fn may_be_incident(text: &[u8]) -> bool {
    let Line::Envelope(envelope) = Line::parse(text) else { return false };
    let (payload, uri) = (envelope.payload(), Incident::PREDICATE_TYPE.as_bytes());
    payload.contains(&b'\\') || payload.windows(uri.len()).any(|window| window == uri)
}
