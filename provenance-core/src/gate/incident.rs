//! Incidents: while one is open at a path, only what puts it right may change the path.

use std::collections::BTreeMap;

use super::Judge;
use super::book::Node;
use super::chain::ChainVerdict;
use super::evidence::{Known, for_all};
use super::record::FiledLine;
use super::signer::{CLOCK_SKEW, Fault};
use super::standing::Effect;
use crate::entry::Change;
use crate::envelope::Verified;
use crate::finding::{Code, on_one_line};
use crate::id::RecordId;
use crate::name::PersonId;
use crate::path::{RefName, RepoPath};
use crate::policy::{ADMIN, Clause, Level};
use crate::statement::{Harm, Incident, IncidentStep, Predicate, Topic};
use crate::time::Timestamp;

/// Records of incidents, by the incident that each speaks of: its own, or the one it corrects or closes.
type ByIncident<'n, 'a> = BTreeMap<RecordId, Vec<&'n Noted<'a>>>;

/// A record of an incident.
struct Noted<'a> {
    line: &'a FiledLine,
    verified: &'a Verified,
    incident: &'a Incident,
}

impl Noted<'_> {
    fn incident(&self) -> RecordId {
        match &self.incident.step {
            IncidentStep::Open { .. } => self.verified.id(),
            IncidentStep::Assign { incident, .. }
            | IncidentStep::Correct { incident, .. }
            | IncidentStep::Close { incident, .. } => *incident,
        }
    }
}

/// Whether the time that a closing record states can be after the opening, by two clocks. Who closed an incident may have left
/// since, and nobody who left before it was opened closes it with an older date.
pub(crate) fn is_no_earlier(closed: Timestamp, opened: Timestamp) -> bool {
    closed.plus_seconds(CLOCK_SKEW) >= opened
}

impl<'a> Judge<'a> {
    /// The open incidents of a path that a change does not put right: on the branch, and where it passes by a promotion
    /// on the branch that it comes from. What the reviews it rests on lead to is looked at too: a correction that was
    /// merged with what the branch gained is one still.
    pub(super) fn uncorrected(&self, change: &Change, chain: &ChainVerdict<'a>) -> Known<Vec<Fault>> {
        if self.rosters().level(Clause::A5) == Level::Off {
            return Ok(Vec::new());
        }
        let path = change.path();
        let entered = &chain.entered;
        let noted = self.noted(path, chain.promoted.as_ref())?;
        let mut of_each = ByIncident::new();
        noted.iter().for_each(|record| of_each.entry(record.incident()).or_default().push(record));
        let of = |incident: RecordId| of_each.get(&incident).into_iter().flatten();
        let open = for_all(&noted, |record| self.still_open(record, &of_each, path))?;
        let uncorrected = for_all(open.into_iter().flatten(), |open| {
            let corrections = of(open.0).filter(|record| self.corrects(record, open.0, change.after(), entered));
            let standing = for_all(corrections, |record| self.stands(record, Effect::Blocks))?;
            Ok((!standing.contains(&true)).then_some(open))
        })?;
        let is_here =
            |id: RecordId| of(id).any(|it| it.verified.id() == id && it.incident.branches.contains(&self.case.branch));
        let fault = |(incident, harm, summary): (RecordId, Harm, &str)| {
            let from = chain.promoted.as_ref().filter(|_| !is_here(incident)).map(RefName::short);
            let place = from.map_or_else(|| "here".to_owned(), |from| format!("on {from}"));
            let id = incident.short();
            let message = format!(
                "incident {id} ({}) is open {place}: {summary}; this change is not its correction",
                harm.as_str(),
                summary = on_one_line(summary)
            );
            let fault = Fault::new(Code::OpenIncident, message).against(Clause::A5).of(incident);
            match from {
                None => fault,
                Some(from) => fault.way_out(format!(
                    "promote what puts it right, which `git provenance incident correct {id} RANGE --branch {from}` names; if the \
                     incident is over, who answers for the path runs `git provenance incident close {id} -m OUTCOME --branch {from}`"
                )),
            }
        };
        Ok(uncorrected.into_iter().flatten().map(fault).collect())
    }

    fn noted(&self, path: &RepoPath, promoted: Option<&RefName>) -> Known<Vec<Noted<'a>>> {
        let topic = Topic::path(self.case.policy.repository(), path);
        let records = self.records_of(topic)?.into_iter();
        let here = records.filter_map(|(line, verified)| {
            let Predicate::Incident(incident) = verified.statement().predicate() else { return None };
            let concerns = |branch: &RefName| incident.branches.contains(branch);
            let here = incident.repository == self.case.policy.repository()
                && (concerns(&self.case.branch) || promoted.is_some_and(concerns))
                && incident.path == *path;
            here.then_some(Noted { line, verified, incident })
        });
        Ok(here.collect())
    }

    /// The incident that a record opened and nothing has closed since.
    fn still_open(
        &self,
        record: &Noted<'a>,
        of_each: &ByIncident<'_, 'a>,
        path: &RepoPath,
    ) -> Known<Option<(RecordId, Harm, &'a str)>> {
        let IncidentStep::Open { severity, summary, .. } = &record.incident.step else { return Ok(None) };
        let Ok(opener) = self.rosters().unrevoked_signer(record.verified.statement()) else { return Ok(None) };
        if !self.rosters().is_past(record.verified.statement()) {
            return Ok(None);
        }
        let id = record.verified.id();
        let of_this = of_each.get(&id).into_iter().flatten();
        let opened = record.incident.noted_at;
        let closing = of_this.filter(|later| {
            matches!(&later.incident.step, IncidentStep::Close { .. }) && is_no_earlier(later.incident.noted_at, opened)
        });
        let closed = for_all(closing, |later| {
            let Ok(person) = self.rosters().signer_then(later.verified.statement()) else { return Ok(false) };
            Ok(self.may_close(person.id(), path) && self.stands(later, Effect::Blocks)?)
        })?;
        let opener = opener.id();
        let may = |judge: &Self, person: &PersonId| person == opener || judge.is_admin(person, Effect::Lifts);
        let revoked = self.revoked_by(record.line.blob(), Some(id), Effect::Lifts, may)?;
        let open = revoked.is_none() && !closed.contains(&true);
        Ok(open.then_some((id, *severity, summary.as_str())))
    }

    /// Whether a person may say that an incident is over, by every policy that binds: who answers for the
    /// path; an admin, where it names nobody.
    fn may_close(&self, person: &PersonId, path: &RepoPath) -> bool {
        let mut policies = self.case.policies();
        policies.all(|policy| match policy.company().accountable_for(path) {
            Some(accountable) => accountable.person == *person,
            None => {
                ADMIN.parse().is_ok_and(|admin| self.rosters().human(person) && self.rosters().holds(person, &admin))
            }
        })
    }

    /// Whether a record names the change as what puts an incident right.
    fn corrects(&self, record: &Noted<'a>, id: RecordId, after: Node, entered: &[Node]) -> bool {
        let IncidentStep::Correct { incident, change, .. } = &record.incident.step else { return false };
        *incident == id
            && self.rosters().active_signer(record.verified.statement()).is_ok()
            && (change.after() == after || entered.contains(&change.after()))
    }

    fn stands(&self, record: &Noted<'a>, effect: Effect) -> Known<bool> {
        let signer = &record.verified.statement().signed_by().person;
        let may = |judge: &Self, person: &PersonId| person == signer || judge.is_admin(person, effect);
        Ok(self.revoked_by(record.line.blob(), Some(record.verified.id()), effect, may)?.is_none())
    }
}
