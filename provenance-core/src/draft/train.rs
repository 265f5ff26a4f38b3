//! Training: what somebody has learned, on a trainer's, a supervisor's or their own word.

use super::accept::Offer;
use super::{Desk, DraftError, known};
use crate::key::Fingerprint;
use crate::name::{Ident, PersonId, ToolId};
use crate::policy::company::Course;
use crate::statement::{Lesson, Predicate, SignedBy, Statement, Training};
use crate::time::Day;

/// What is to be put on record.
#[derive(Debug, Clone)]
pub struct Learned {
    /// Who has learned it.
    pub person: PersonId,
    /// What.
    pub subject: Subject,
    /// The last day it counts, where that is before the policy's.
    pub until: Option<Day>,
    /// What else there is to say.
    pub note: Option<String>,
}

/// What somebody has learned.
#[derive(Debug, Clone)]
pub enum Subject {
    /// Modules of a course; none named means all.
    Course(Ident, Vec<Ident>),
    /// A tool, from its document.
    Tool(ToolId),
    /// A document of the policy; none named means the only one.
    Policy(Option<Ident>),
}

impl Desk<'_> {
    /// The training record, signed by whom the policy lets confirm it.
    ///
    /// # Errors
    /// [`DraftError::Request`] with the values that would do; [`DraftError::NotAllowed`] where the
    /// signer may not confirm it.
    pub fn training(&self, learned: Learned, key: &Fingerprint) -> Result<Statement, DraftError> {
        let signer = self.signer(key)?;
        let Learned { person, subject, until, note } = learned;
        self.known_human(&person)?;
        if let Some(day) = until {
            self.not_over("the last day", day)?;
        }
        let lesson = match subject {
            Subject::Course(course, modules) => self.course(course, modules, &person, until, key)?,
            Subject::Tool(tool) => self.tool_known(tool, &person, &signer)?,
            Subject::Policy(document) => self.policy_known(document.as_ref(), &person, key)?,
        };
        let repository = self.policy.repository().to_owned();
        let training = Training { repository, signer, completed_at: self.now, person, lesson, until, note };
        Ok(Statement::new(Predicate::Training(training))?)
    }

    /// Whether this person is the only unretired human who can confirm the course, so that their own
    /// word for themselves counts.
    pub fn is_sole_trainer(&self, person: &PersonId, course: &Ident) -> bool {
        let course = self.policy.company().courses.get(course);
        course.is_some_and(|course| self.holders(&course.trainers).as_slice() == [person])
    }

    fn course(
        &self,
        id: Ident,
        named: Vec<Ident>,
        person: &PersonId,
        until: Option<Day>,
        key: &Fingerprint,
    ) -> Result<Lesson, DraftError> {
        let courses = &self.policy.company().courses;
        let Some(course) = courses.get(&id) else {
            let listed = known(courses.keys());
            return Err(DraftError::Request(format!("`{id}` is no course of the policy, which has {listed}")));
        };
        if let Some(unknown) = named.iter().find(|module| !course.modules.contains(module)) {
            let listed = known(&course.modules);
            return Err(DraftError::Request(format!("`{unknown}` is no module of course `{id}`, which has {listed}")));
        }
        let last = self.now.day().plus_days(i32::from(course.valid_days));
        if let Some(day) = until.filter(|day| *day > last) {
            let days = course.valid_days;
            return Err(DraftError::Request(format!(
                "course `{id}` is valid for {days} days, until {last} at most, and the last day would be {day}"
            )));
        }
        self.may_confirm(&id, course, person, key)?;
        let done = |module: &&Ident| named.is_empty() || named.contains(module);
        Ok(Lesson::Course { modules: course.modules.iter().filter(done).cloned().collect(), course: id })
    }

    fn may_confirm(&self, id: &Ident, course: &Course, person: &PersonId, key: &Fingerprint) -> Result<(), DraftError> {
        let signer = self.human(key, "confirm training")?.id();
        let others: Vec<&PersonId> = self.holders(&course.trainers).into_iter().filter(|it| *it != person).collect();
        let who = || {
            format!(
                "{} (role {})",
                known(&others),
                course.trainers.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" or ")
            )
        };
        if !self.holds_one(signer, &course.trainers) {
            return Err(DraftError::NotAllowed(format!("{signer} cannot confirm course `{id}`, but {} can", who())));
        }
        if signer == person && !others.is_empty() {
            return Err(DraftError::NotAllowed(format!(
                "nobody confirms their own training while somebody else can: {} can confirm course `{id}`",
                who()
            )));
        }
        Ok(())
    }

    fn tool_known(&self, id: ToolId, person: &PersonId, signer: &SignedBy) -> Result<Lesson, DraftError> {
        if signer.person != *person {
            return Err(DraftError::NotAllowed(format!(
                "that {person} knows tool `{id}` is {person}'s own word: {person} runs `git provenance train --tool {id}`"
            )));
        }
        let tools = self.policy.tools();
        let Some(tool) = tools.get(&id) else {
            let listed = known(tools.iter().map(|(id, _)| id));
            return Err(DraftError::Request(format!("tool `{id}` is not in tools.toml, which has {listed}")));
        };
        let Some(path) = &tool.document else {
            return Err(DraftError::Request(format!(
                "tool `{id}` has no document: an admin adds `document = \"PATH\"` to [tool.{id}] in .provenance/tools.toml"
            )));
        };
        Ok(Lesson::Tool { document: self.document_at(path, &format!("the document of tool `{id}`"))?, tool: id })
    }

    fn policy_known(&self, named: Option<&Ident>, person: &PersonId, key: &Fingerprint) -> Result<Lesson, DraftError> {
        let signer = self.human(key, "confirm that somebody knows the policy")?.id();
        let offers = self.offers(named)?;
        let [Offer { id, document, .. }] = offers.as_slice() else {
            let listed = known(offers.iter().map(|offer| &offer.id));
            return Err(DraftError::Request(format!(
                "say which document with --knows-policy: the policy has {listed}"
            )));
        };
        let supervisor = self.policy.roster().person(person).and_then(|found| found.supervisor());
        match supervisor {
            Some(supervisor) if supervisor == signer => {
                Ok(Lesson::Policy { id: id.clone(), document: document.clone() })
            }
            Some(supervisor) => Err(DraftError::NotAllowed(format!(
                "that {person} knows the policy is confirmed by {supervisor}, their supervisor, and not by {signer}"
            ))),
            None => Err(DraftError::NotAllowed(format!(
                "people.toml names no supervisor of {person}: an admin adds `supervisor = \"{signer}\"` to [person.{person}]"
            ))),
        }
    }
}
