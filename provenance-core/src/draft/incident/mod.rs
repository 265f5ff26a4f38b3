//! Incidents: opened by anybody of the roster, given to an owner, corrected by a change, closed by
//! whoever answers for the path.

mod state;

use super::span::{Paths, Selection, short};
use super::{Desk, DraftError};
use crate::entry::Slot;
use crate::finding::{Code, Finding, on_one_line};
use crate::gate::Content;
use crate::id::RecordId;
use crate::key::Fingerprint;
use crate::name::PersonId;
use crate::path::RepoPath;
use crate::policy::Clause;
use crate::statement::{Harm, Incident, IncidentStep, Predicate, Statement};
use crate::time::Day;

pub use state::{Closed, Correction, State};

/// What is said of an incident that is opened.
#[derive(Debug, Clone)]
pub struct Opening {
    /// How bad it is.
    pub severity: Harm,
    /// What happened.
    pub summary: String,
    /// Who owns it.
    pub owner: Option<PersonId>,
    /// The day by which it is to be put right.
    pub due: Option<Day>,
}

impl Desk<'_> {
    /// Opens an incident at a path, which may be gone already.
    ///
    /// # Errors
    /// [`DraftError::Request`]: the path was never on the branch, the owner is no human of the roster,
    /// the day is over.
    pub fn opened(&self, path: RepoPath, opening: Opening, key: &Fingerprint) -> Result<Statement, DraftError> {
        let slot = self.repository.slot_at(self.tip, &path)?;
        if slot.is_none() && !self.was_there(&path)? {
            let tip = short(self.tip);
            return Err(DraftError::Request(format!(
                "{path} is not in {} at {tip}, and no step of it before had it",
                self.branch
            )));
        }
        self.owner_and_day(opening.owner.as_ref(), opening.due)?;
        let Opening { severity, summary, owner, due } = opening;
        let entry = slot.map(|slot| self.repository.entry(slot)).transpose()?;
        self.step(path, IncidentStep::Open { entry, severity, summary, owner, due }, key)
    }

    /// Gives an open incident to an owner.
    ///
    /// # Errors
    /// [`DraftError::Request`]: it is closed, the owner is no human of the roster, the day is over.
    pub fn assigned(
        &self,
        incident: &State,
        owner: PersonId,
        due: Option<Day>,
        key: &Fingerprint,
    ) -> Result<Statement, DraftError> {
        not_closed(incident)?;
        self.owner_and_day(Some(&owner), due)?;
        self.step(incident.path.clone(), IncidentStep::Assign { incident: incident.incident, owner, due }, key)
    }

    /// Says that the selection's change of the incident's path puts it right.
    ///
    /// # Errors
    /// [`DraftError::Request`] for a closed incident; as [`Desk::span`] where the path does not change.
    pub fn corrected(
        &self,
        incident: &State,
        selection: Selection,
        notice: Option<String>,
        key: &Fingerprint,
    ) -> Result<Statement, DraftError> {
        not_closed(incident)?;
        let path = &incident.path;
        let span = self.span(selection, &Paths::default())?;
        let change = span.changes.into_iter().find(|change| change.path() == path);
        let change = change.ok_or_else(|| {
            DraftError::Request(format!(
                "{}..{} does not change {path}, where incident {} is open",
                short(span.from),
                short(span.to),
                incident.incident.short()
            ))
        })?;
        self.step(path.clone(), IncidentStep::Correct { incident: incident.incident, change, notice }, key)
    }

    /// Closes an incident.
    ///
    /// # Errors
    /// [`DraftError::NotAllowed`] by anybody but who answers for the path, or where nobody does an admin;
    /// [`DraftError::Request`] where it is closed already.
    pub fn closed(&self, incident: &State, outcome: String, key: &Fingerprint) -> Result<Statement, DraftError> {
        not_closed(incident)?;
        let path = &incident.path;
        let person = self.human(key, "close an incident")?.id();
        if !self.closes(person, path) {
            let who = match self.policy.company().accountable_for(path) {
                Some(entry) => format!("{} ({}), who answers for {path}, can", entry.person, entry.title),
                None => format!("an admin can, since no [[accountable]] of the policy covers {path}"),
            };
            let incident = incident.incident.short();
            return Err(DraftError::NotAllowed(format!("{person} cannot close incident {incident}: {who}")));
        }
        self.step(path.clone(), IncidentStep::Close { incident: incident.incident, outcome }, key)
    }

    /// Whether this person closes incidents at a path.
    pub(super) fn closes(&self, person: &PersonId, path: &RepoPath) -> bool {
        match self.policy.company().accountable_for(path) {
            Some(entry) => entry.person == *person,
            None => self.is_admin(person),
        }
    }

    /// The incident that the record with this id, or its start, opened.
    ///
    /// # Errors
    /// [`DraftError::Request`] where that record opens no incident, or no longer counts.
    pub fn find_incident(&self, prefix: &str) -> Result<State, DraftError> {
        let found = self.find_record(prefix)?;
        let Some(found) = found else {
            return Err(DraftError::Request(format!(
                "no record starts with {prefix}: `git provenance incident list` shows incidents, `git provenance sync` fetches them"
            )));
        };
        let Content::Record(record) = found.line.content() else {
            return Err(DraftError::Request(format!("record {prefix} does not verify, so it opens no incident")));
        };
        let id = record.id().short();
        let wrong = match record.statement().predicate() {
            Predicate::Incident(incident) => match incident.step.incident() {
                None => return self.known_incident(record.id(), incident),
                Some(other) => format!("record {id} is a step of incident {}: name that", other.short()),
            },
            _ => format!("record {id} is of kind {} and opens no incident", record.statement().kind_name()),
        };
        Err(DraftError::Request(wrong))
    }

    /// The incidents that are open at a path which holds this, if that is not what puts them right: for whoever would pass it on.
    ///
    /// # Errors
    /// [`DraftError`] when the ledger cannot be read.
    pub fn uncorrected(&self, path: &RepoPath, held: Option<Slot>) -> Result<Vec<Finding>, DraftError> {
        let Some(severity) = self.rosters().level(Clause::A5).severity() else { return Ok(Vec::new()) };
        let topic = crate::statement::Topic::path(self.policy.repository(), path);
        let mut open = self.states(&self.about(&[topic])?)?;
        let corrects = |it: &Correction| it.change.after().map(|entry| entry.slot()) == held;
        open.retain(|state| {
            state.path == *path && state.closed.is_none() && !state.correction.as_ref().is_some_and(corrects)
        });
        let finding = |state: State| {
            let (id, harm) = (state.incident.short(), state.severity.as_str());
            let message =
                format!("incident {id} ({harm}) is open here: {} ({})", on_one_line(&state.summary), Clause::A5);
            let hint = format!(
                "put it right, or if it is over, who answers for the path runs `git provenance incident close {id} -m OUTCOME`"
            );
            Finding { severity, ..Finding::error(Code::OpenIncident, message).at(path).hint(hint) }
        };
        Ok(open.into_iter().map(finding).collect())
    }

    fn known_incident(&self, id: RecordId, opened: &Incident) -> Result<State, DraftError> {
        let topic = crate::statement::Topic::path(self.policy.repository(), &opened.path);
        let states = self.states(&self.about(&[topic])?)?;
        let state = states.into_iter().find(|state| state.incident == id);
        state.ok_or_else(|| {
            DraftError::Request(format!(
                "incident {} does not count here: it was revoked, its key was, or it is of another repository or branch than {}",
                id.short(),
                self.branch
            ))
        })
    }

    fn was_there(&self, path: &RepoPath) -> Result<bool, DraftError> {
        let mut step = self.repository.first_parent(self.tip)?;
        while let Some(commit) = step {
            if self.repository.slot_at(commit, path)?.is_some() {
                return Ok(true);
            }
            step = self.repository.first_parent(commit)?;
        }
        Ok(false)
    }

    fn owner_and_day(&self, owner: Option<&PersonId>, due: Option<Day>) -> Result<(), DraftError> {
        if let Some(owner) = owner {
            let person = self.known_human(owner)?;
            if let Some(day) = person.retired().filter(|_| person.is_retired_at(self.now)) {
                return Err(DraftError::Request(format!("{owner} has retired on {day} and cannot own an incident")));
            }
        }
        due.map_or(Ok(()), |day| self.not_over("the day by which it is due,", day))
    }

    fn step(&self, path: RepoPath, step: IncidentStep, key: &Fingerprint) -> Result<Statement, DraftError> {
        let incident = Incident {
            repository: self.policy.repository().to_owned(),
            branches: vec![self.branch.clone()],
            signer: self.signer(key)?,
            noted_at: self.now,
            path,
            step,
        };
        Ok(Statement::new(Predicate::Incident(incident))?)
    }
}

fn not_closed(incident: &State) -> Result<(), DraftError> {
    match &incident.closed {
        None => Ok(()),
        Some(closed) => Err(DraftError::Request(format!(
            "incident {} was closed by {} on {} (record {})",
            incident.incident.short(),
            closed.by,
            closed.at.day(),
            closed.record.short()
        ))),
    }
}
