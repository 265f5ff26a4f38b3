//! Persons: whether somebody has accepted the policy's documents and completed its courses.
//!
//! What a record confirms is judged as of the time it states, by a signer who counted then and whose
//! key nobody revoked since: people leave, keys are rotated, and what somebody learned stays learned
//! until the policy says otherwise. A revocation of the record ends it.

use std::collections::BTreeSet;

use super::Judge;
use super::evidence::{Known, for_all};
use super::signer::{Fault, Rosters};
use super::standing::Effect;
use crate::entry::Entry;
use crate::envelope::Verified;
use crate::finding::Code;
use crate::id::CommitId;
use crate::name::{Ident, PersonId, ToolId};
use crate::policy::company::{Course, PolicyDocument};
use crate::policy::{Activity, Clause, Level, Policy};
use crate::statement::{Acceptance, Document, Lesson, Predicate, Topic, Training};
use crate::time::Day;

/// A record about a person.
struct About<'a>(&'a Verified);

impl<'a> About<'a> {
    fn acceptance(&self) -> Option<&'a Acceptance> {
        match self.0.statement().predicate() {
            Predicate::Acceptance(acceptance) => Some(acceptance),
            _ => None,
        }
    }

    fn training(&self) -> Option<&'a Training> {
        match self.0.statement().predicate() {
            Predicate::Training(training) => Some(training),
            _ => None,
        }
    }
}

impl<'a> Judge<'a> {
    /// What keeps a person from doing this as each policy that binds asks, by clauses that are not off. It is the same for
    /// every change, and anybody of the roster can file any number of records about anybody, so it is found out once.
    pub(super) fn unfit(&self, person: &PersonId, activity: Activity) -> Known<Vec<Fault>> {
        let found = self.unfit.of((person.clone(), activity), || self.found_unfit(person, activity))?;
        Ok(found.to_vec())
    }

    fn found_unfit(&self, person: &PersonId, activity: Activity) -> Known<Vec<Fault>> {
        let mut faults = Vec::new();
        for found in for_all(self.ruling(), |ruling| self.unfit_by(ruling, person, activity))? {
            for fault in found {
                if !faults.contains(&fault) {
                    faults.push(fault);
                }
            }
        }
        Ok(self.taken_seriously(faults))
    }

    fn unfit_by(
        &self,
        (policy, tip): (&'a Policy, CommitId),
        person: &PersonId,
        activity: Activity,
    ) -> Known<Vec<Fault>> {
        let company = policy.company();
        let documents = company.documents.iter().filter(|(_, document)| document.accepted_by.contains(&activity));
        let courses = company.courses.iter().filter(|(_, course)| course.required_for.contains(&activity));
        let faults = for_all(documents, |(id, document)| self.not_accepted(person, activity, (id, document), tip));
        let untrained = for_all(courses, |(id, course)| self.untrained(person, activity, id, course));
        Ok(faults?.into_iter().chain(untrained?).flatten().collect())
    }

    /// Leaves out what breaks a clause that is off.
    pub(super) fn taken_seriously(&self, faults: Vec<Fault>) -> Vec<Fault> {
        let counts = |fault: &Fault| fault.clause.is_none_or(|clause| self.rosters().level(clause) != Level::Off);
        faults.into_iter().filter(counts).collect()
    }

    /// Whether a fault refuses, and is not only said.
    pub(super) fn refuses(&self, fault: &Fault) -> bool {
        fault.clause.is_none_or(|clause| self.rosters().level(clause) == Level::Error)
    }

    /// The standing records about a person, by signers who counted when they signed.
    fn about(&self, person: &PersonId) -> Known<Vec<About<'a>>> {
        let topic = Topic::person(self.case.policy.repository(), person);
        let records = for_all(self.records_of(topic)?, |(line, verified)| {
            let statement = verified.statement();
            let here = statement.repository() == self.case.policy.repository();
            if !here || self.rosters().signer_then(statement).is_err() {
                return Ok(None);
            }
            let signer = &statement.signed_by().person;
            let may = |judge: &Self, revoker: &PersonId| revoker == signer || judge.is_admin(revoker, Effect::Blocks);
            let revoked = self.revoked_by(line.blob(), Some(verified.id()), Effect::Blocks, may)?;
            Ok(revoked.is_none().then_some(About(verified)))
        })?;
        Ok(records.into_iter().flatten().collect())
    }

    fn not_accepted(
        &self,
        person: &PersonId,
        activity: Activity,
        (id, document): (&Ident, &PolicyDocument),
        tip: CommitId,
    ) -> Known<Option<Fault>> {
        let in_force = self.ask.entry_at(tip, &document.path)?;
        let Some(in_force) = in_force else {
            let message = format!("document `{id}` is not at {}, so nobody can have accepted it", document.path);
            return Ok(Some(Fault::new(Code::PolicyNotAccepted, message).against(Clause::Ac2)));
        };
        let records = self.about(person)?;
        let mut own =
            records.iter().filter_map(About::acceptance).filter(|it| it.id == *id && it.signer.person == *person);
        if own.clone().any(|acceptance| is_version(&acceptance.document, &in_force)) {
            return Ok(None);
        }
        let earlier = own.next().is_some();
        let clause = if earlier { Clause::Ac2 } else { Clause::Ac1 };
        let what = if earlier { "accepted an earlier version of" } else { "not accepted" };
        let say = |grace: String| {
            let message = format!("{person} {} and has {what} `{id}` ({}){grace}", activity.deed(), document.path);
            Fault::new(Code::PolicyNotAccepted, message)
        };
        let branch = self
            .case
            .authority
            .map(|authority| if tip == self.case.tip { &self.case.branch } else { authority.policy.authority() });
        let branch = branch.map_or_else(String::new, |branch| format!(" --branch {}", branch.short()));
        let hint = format!("{person} reads it and runs `git provenance policy accept {id}{branch}`");
        let grace = i32::from(document.grace_days);
        if grace > 0 {
            let oldest = self.case.now.plus_seconds(-86_400 * i64::from(grace + 1));
            let since = self.ask.since(tip, &document.path, oldest)?;
            let last = since.map(|since| since.day().plus_days(grace));
            if let Some(last) = last.filter(|last| self.case.now <= last.end()) {
                let fault = say(format!("; this version may be accepted until {last}"));
                self.remark_warning(&fault.way_out(hint), clause, &document.path);
                return Ok(None);
            }
        }
        Ok(Some(say(String::new()).against(clause).way_out(hint)))
    }

    fn untrained(&self, person: &PersonId, activity: Activity, id: &Ident, course: &Course) -> Known<Option<Fault>> {
        let records = self.about(person)?;
        let mut open: BTreeSet<&Ident> = course.modules.iter().collect();
        let mut expired: Option<Day> = None;
        for training in records.iter().filter_map(About::training).filter(|it| it.person == *person) {
            let Lesson::Course { course: named, modules } = &training.lesson else { continue };
            if named != id || !self.rosters().may_confirm(training, course) {
                continue;
            }
            let last = last_day(training, course.valid_days);
            if self.case.now > last.end() {
                expired = expired.max(Some(last));
            } else {
                open.retain(|module| !modules.contains(*module));
            }
        }
        if open.is_empty() {
            return Ok(None);
        }
        let open: Vec<&str> = open.into_iter().map(Ident::as_str).collect();
        let (clause, why) = match expired {
            Some(last) => (Clause::Tr5, format!("training in `{id}` ended on {last}")),
            None => (Clause::Tr1, format!("training in `{id}` lacks {}", open.join(", "))),
        };
        let message = format!("{person} {} and their {why}", activity.deed());
        let roles: Vec<&str> = course.trainers.iter().map(crate::name::Role::as_str).collect();
        let hint = format!("somebody with role {} runs `git provenance train {person} {id}`", roles.join(" or "));
        Ok(Some(Fault::new(Code::Untrained, message).against(clause).way_out(hint)))
    }

    /// Whether a person has acknowledged the document of a tool, as it is in force by each policy that binds.
    pub(super) fn unacquainted(&self, person: &PersonId, tool: &ToolId) -> Known<BTreeSet<Fault>> {
        let found = self.unacquainted.of((person.clone(), tool.clone()), || {
            let faults = for_all(self.ruling(), |ruling| self.unacquainted_by(ruling, person, tool))?;
            Ok(faults.into_iter().flatten().collect())
        })?;
        Ok(BTreeSet::clone(&found))
    }

    fn unacquainted_by(
        &self,
        (policy, tip): (&'a Policy, CommitId),
        person: &PersonId,
        tool: &ToolId,
    ) -> Known<Option<Fault>> {
        let Some(path) = policy.tools().get(tool).and_then(|tool| tool.document.clone()) else {
            return Ok(None);
        };
        let Some(in_force) = self.ask.entry_at(tip, &path)? else { return Ok(None) };
        let records = self.about(person)?;
        let knows = records.iter().filter_map(About::training).any(|training| match &training.lesson {
            Lesson::Tool { tool: named, document } => {
                named == tool && training.person == *person && is_version(document, &in_force)
            }
            _ => false,
        });
        let message = format!("{person} uses `{tool}` and has not acknowledged its document {path} as it is in force");
        let hint = format!("{person} reads it and runs `git provenance train --tool {tool}`");
        let fault = (!knows).then(|| Fault::new(Code::Untrained, message).against(Clause::Tr2).way_out(hint));
        Ok(fault.filter(|_| self.rosters().level(Clause::Tr2) != Level::Off))
    }
}

impl Rosters<'_> {
    /// Whether a signer may confirm a course: a trainer, of somebody else; of themselves while nobody
    /// else could.
    pub(crate) fn may_confirm(self, training: &Training, course: &Course) -> bool {
        let signer = &training.signer.person;
        let is_trainer = |person: &PersonId| course.trainers.iter().any(|role| self.holds(person, role));
        let others = self.policy.roster().iter().map(crate::policy::Person::id);
        let mut others = others.filter(|other| *other != signer && self.active_human(other));
        self.human(signer) && is_trainer(signer) && (*signer != training.person || !others.any(is_trainer))
    }
}

/// Whether a record names exactly this version of a document.
pub(crate) fn is_version(document: &Document, in_force: &Entry) -> bool {
    document.git_blob.0 == in_force.id() && Some(document.sha256) == in_force.sha256()
}

/// The last day on which a training counts.
pub(crate) fn last_day(training: &Training, valid_days: u16) -> Day {
    let by_policy = training.completed_at.day().plus_days(i32::from(valid_days));
    training.until.map_or(by_policy, |until| until.min(by_policy))
}
