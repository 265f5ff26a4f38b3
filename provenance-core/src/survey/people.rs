//! People: what is on record of each, and what the policy asks for besides.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{DeclarationFact, Facts, Kept};
use super::tip::Tip;
use crate::account::{Acceptance, Confirmation, CourseFigures, Expiry, Gap, PersonFigures, ToolKnown, Version};
use crate::draft::{Desk, DraftError};
use crate::entry::Entry;
use crate::gate::{is_version, last_day};
use crate::name::{Ident, PersonId, ToolId};
use crate::path::RepoPath;
use crate::policy::company::Course;
use crate::policy::lint::unsupervised;
use crate::policy::{Activity, Clause, Person, PersonKind};
use crate::statement::{Document, Extent, Lesson, Training};
use crate::time::Day;

/// What the figures of everybody need, found out once.
struct Desks<'a> {
    desk: &'a Desk<'a>,
    facts: &'a Facts,
    /// The documents of the policy and its tools, as they are in force.
    in_force: BTreeMap<RepoPath, Option<Entry>>,
    /// Whom nobody supervises although somebody should; the head of the company is none of them.
    unsupervised: BTreeSet<PersonId>,
    active: Active,
}

/// Who does what by records that stand.
#[derive(Debug, Default)]
pub(super) struct Active {
    pub(super) ai: BTreeMap<PersonId, BTreeSet<ToolId>>,
    pub(super) review: BTreeSet<PersonId>,
}

impl Active {
    fn of(desk: &Desk<'_>, facts: &Facts) -> Self {
        let mut active = Self::default();
        for declaration in facts.declarations.iter().filter(|it| it.declares() && it.extent != Extent::None) {
            for person in users(desk, declaration) {
                active.ai.entry(person).or_default().extend(declaration.tool.clone());
            }
        }
        let approvals = facts.reviews.iter().filter(|review| review.approves());
        active.review = approvals.map(|review| review.mark.signer.clone()).collect();
        active
    }

    fn does(&self, person: &PersonId) -> Vec<Activity> {
        let ai = self.ai.contains_key(person).then_some(Activity::Ai);
        ai.into_iter().chain(self.review.contains(person).then_some(Activity::Review)).collect()
    }
}

/// The humans who used AI by a declaration: its signer, or an agent's operators.
pub(super) fn users(desk: &Desk<'_>, declaration: &DeclarationFact) -> Vec<PersonId> {
    let (signer, rosters) = (&declaration.mark.signer, desk.rosters());
    if rosters.human_somewhere(signer) {
        return vec![signer.clone()];
    }
    let operators: BTreeSet<&PersonId> = rosters.operators(signer).collect();
    operators.into_iter().filter(|person| rosters.active_human(person)).cloned().collect()
}

/// The figures of everybody in the roster.
pub(super) fn figures(desk: &Desk<'_>, facts: &Facts, tip: &Tip) -> Result<Vec<PersonFigures>, DraftError> {
    let policy = desk.policy();
    let documents = policy.company().documents.values().map(|document| &document.path);
    let tools = policy.tools().iter().filter_map(|(_, tool)| tool.document.as_ref());
    let mut in_force = BTreeMap::new();
    for path in documents.chain(tools) {
        let slot = tip.files.get(path).map(super::tip::File::slot);
        in_force.insert(path.clone(), slot.map(|slot| desk.repository().entry(slot)).transpose()?);
    }
    let humans = policy.roster().iter().filter(|person| person.is_human() && !person.is_retired_at(desk.now()));
    // Who works alone answers for themselves.
    let alone = humans.take(2).count() < 2;
    let unsupervised = if alone { Vec::new() } else { unsupervised(policy) };
    let unsupervised = unsupervised.into_iter().map(|person| person.id().clone()).collect();
    let active = Active::of(desk, facts);
    let desks = Desks { desk, facts, in_force, unsupervised, active };
    Ok(policy.roster().iter().map(|person| desks.person(person)).collect())
}

impl Desks<'_> {
    fn person(&self, person: &Person) -> PersonFigures {
        let id = person.id();
        let courses = self.courses(id);
        let expiring = courses.iter().filter_map(|it| Some((it.until?, it.id.clone())));
        let kind = match person.kind() {
            PersonKind::Human => "human",
            PersonKind::Agent => "agent",
            PersonKind::Service => "service",
        };
        let mut figures = PersonFigures {
            id: id.clone(),
            name: Some(person.name().to_owned()),
            kind: kind.to_owned(),
            roles: person.roles().to_vec(),
            retired: person.is_retired_at(self.desk.now()),
            joined: person.joined(),
            supervisor: person.supervisor().cloned(),
            activities: self.active.does(id),
            documents: self.documents(id),
            expires_next: expiring.min().map(|(on, course)| Expiry { course, on }),
            courses,
            tools: self.tools(id),
            confirmation: self.confirmation(person),
            gaps: Vec::new(),
        };
        if person.is_human() && !figures.retired {
            figures.gaps = self.gaps(&figures);
        }
        figures
    }

    fn version(&self, document: &Document) -> Version {
        let in_force = self.in_force.get(&document.path).and_then(Option::as_ref);
        if in_force.is_some_and(|entry| is_version(document, entry)) { Version::InForce } else { Version::Earlier }
    }

    fn documents(&self, person: &PersonId) -> Vec<Acceptance> {
        let mut best: BTreeMap<&Ident, Acceptance> = BTreeMap::new();
        let own = self.facts.acceptances.get(person).into_iter().flatten().filter(|kept| kept.mark.stands);
        for Kept { says, mark } in own {
            let known = self.desk.policy().company().documents.get(&says.id);
            let same_path = known.is_some_and(|document| document.path == says.document.path);
            let version = if same_path { self.version(&says.document) } else { Version::Earlier };
            let found = Acceptance {
                id: says.id.clone(),
                version,
                accepted_at: says.accepted_at,
                sha256: says.document.sha256,
                key: Some(says.signer.key.clone()),
                record: Some(mark.record),
            };
            if best.get(&says.id).is_none_or(|old| (old.version, old.accepted_at) <= (version, says.accepted_at)) {
                best.insert(&says.id, found);
            }
        }
        best.into_values().collect()
    }

    fn trainings(&self, person: &PersonId) -> impl Iterator<Item = &Training> {
        let all = self.facts.training.get(person).into_iter().flatten();
        all.filter(|kept| kept.mark.stands).map(|kept| &kept.says)
    }

    fn courses(&self, person: &PersonId) -> Vec<CourseFigures> {
        let courses = self.desk.policy().company().courses.iter();
        courses.filter_map(|(id, course)| self.course(person, id, course)).collect()
    }

    /// How far somebody is through a course, as the gate counts it; none where nothing is on record.
    fn course(&self, person: &PersonId, id: &Ident, course: &Course) -> Option<CourseFigures> {
        let (rosters, now) = (self.desk.rosters(), self.desk.now());
        let (mut any, mut over) = (false, false);
        let mut until: BTreeMap<&Ident, Day> = BTreeMap::new();
        for training in self.trainings(person) {
            let Lesson::Course { course: named, modules } = &training.lesson else { continue };
            if named != id || !rosters.may_confirm(training, course) {
                continue;
            }
            any = true;
            let last = last_day(training, course.valid_days);
            if now > last.end() {
                over = true;
                continue;
            }
            for module in course.modules.iter().filter(|module| modules.contains(module)) {
                let known = until.entry(module).or_insert(last);
                *known = last.max(*known);
            }
        }
        let (done, missing): (Vec<&Ident>, Vec<&Ident>) =
            course.modules.iter().partition(|module| until.contains_key(module));
        let complete = missing.is_empty();
        any.then(|| CourseFigures {
            id: id.clone(),
            modules: done.into_iter().cloned().collect(),
            missing: missing.into_iter().cloned().collect(),
            until: until.values().min().copied().filter(|_| complete),
            expired: over && !complete,
        })
    }

    fn tools(&self, person: &PersonId) -> Vec<ToolKnown> {
        let mut best: BTreeMap<&ToolId, ToolKnown> = BTreeMap::new();
        for training in self.trainings(person) {
            let Lesson::Tool { tool, document } = &training.lesson else { continue };
            let registered = self.desk.policy().tools().get(tool).and_then(|tool| tool.document.as_ref());
            let same_path = registered == Some(&document.path);
            let version = if same_path { self.version(document) } else { Version::Earlier };
            let found = ToolKnown { id: tool.clone(), version, acknowledged_at: training.completed_at };
            if best.get(tool).is_none_or(|old| old.version <= version) {
                best.insert(tool, found);
            }
        }
        best.into_values().collect()
    }

    /// The newest word of whoever is their supervisor now.
    fn confirmation(&self, person: &Person) -> Option<Confirmation> {
        let by_supervisor = |training: &&Training| Some(&training.signer.person) == person.supervisor();
        let found = self.trainings(person.id()).filter(by_supervisor).filter_map(|training| match &training.lesson {
            Lesson::Policy { id, document } => Some(Confirmation {
                by: training.signer.person.clone(),
                document: id.clone(),
                version: self.version(document),
                confirmed_at: training.completed_at,
            }),
            _ => None,
        });
        found.last()
    }

    fn gaps(&self, person: &PersonFigures) -> Vec<Gap> {
        let company = self.desk.policy().company();
        let asked = |of: &[Activity]| of.iter().any(|activity| person.activities.contains(activity));
        let mut gaps = Vec::new();
        for (id, document) in company.documents.iter().filter(|(_, it)| !it.accepted_by.is_empty()) {
            let found = person.documents.iter().find(|it| it.id == *id);
            if found.is_none_or(|it| it.version != Version::InForce) {
                let clause = if found.is_some() { Clause::Ac2 } else { Clause::Ac1 };
                gaps.push(Gap { clause, what: format!("document {id}"), asked: asked(&document.accepted_by) });
            }
        }
        for (id, course) in company.courses.iter().filter(|(_, it)| !it.required_for.is_empty()) {
            let found = person.courses.iter().find(|it| it.id == *id);
            if found.is_none_or(|it| !it.missing.is_empty()) {
                let expired = found.is_some_and(|it| it.expired);
                let clause = if expired { Clause::Tr5 } else { Clause::Tr1 };
                gaps.push(Gap { clause, what: format!("course {id}"), asked: asked(&course.required_for) });
            }
        }
        for tool in self.active.ai.get(&person.id).into_iter().flatten() {
            let has_document = self.desk.policy().tools().get(tool).is_some_and(|tool| tool.document.is_some());
            let knows = person.tools.iter().any(|known| known.id == *tool && known.version == Version::InForce);
            if has_document && !knows {
                gaps.push(Gap { clause: Clause::Tr2, what: format!("tool {tool}"), asked: true });
            }
        }
        let supervised = person.supervisor.is_some() || self.unsupervised.contains(&person.id);
        if !company.documents.is_empty() && person.confirmation.is_none() && supervised {
            gaps.push(Gap { clause: Clause::Tr3, what: "confirmation by the supervisor".to_owned(), asked: true });
        }
        gaps
    }
}
