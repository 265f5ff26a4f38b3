//! The same report without anybody's name: persons become `person-1` and so on, clients `client-1`, incidents
//! `incident-1`; record ids, by which the ledger would tell the signer, and whatever people wrote are left out.

use std::collections::HashMap;

use super::{CompanyReport, UnsignedTool};
use crate::id::Sha256Digest;
use crate::name::PersonId;

/// Persons by their ids, each with the one it is shown as.
struct Masks {
    shown: HashMap<PersonId, PersonId>,
}

impl Masks {
    /// Masks for everybody in the report, in an order that tells nothing of their ids.
    fn of(report: &CompanyReport) -> Self {
        let named = report.waivers.iter().flat_map(|it| std::iter::once(&it.by).chain(&it.settled_by));
        let named = named.chain(report.incidents.iter().flat_map(|it| std::iter::once(&it.opened_by).chain(&it.owner)));
        let named = named.chain(report.people.iter().map(|person| &person.id));
        let named = named.chain(report.tools.iter().filter_map(|tool| tool.requested_by.as_ref()));
        let salted = |id: &PersonId| (Sha256Digest::of(format!("{} {id}", report.policy).as_bytes()), id.clone());
        let mut order: Vec<(Sha256Digest, PersonId)> = named.map(salted).collect();
        order.sort();
        order.dedup();
        let shown = order.into_iter().enumerate().map(|(n, (_, id))| (id, mask(n + 1))).collect();
        Self { shown }
    }

    fn hide(&self, person: &mut PersonId) {
        *person = self.shown.get(person).cloned().unwrap_or_else(|| mask(0));
    }

    fn hide_all<'p>(&self, persons: impl IntoIterator<Item = &'p mut PersonId>) {
        persons.into_iter().for_each(|person| self.hide(person));
    }
}

fn mask(number: usize) -> PersonId {
    format!("person-{number}").parse().expect("letters, a dash and digits are a name")
}

impl CompanyReport {
    /// The report without names, with its findings in the same terms.
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        let masks = Masks::of(&self);
        self.anonymous = true;
        self.hide_people(&masks);
        self.hide_log(&masks);
        self.hide_annex(&masks);
        self.hide_sheet(&masks);
        for (number, client) in self.coverage.clients.iter_mut().enumerate() {
            client.name = format!("client-{}", number + 1);
        }
        for statement in &mut self.statements {
            statement.claims.iter_mut().for_each(|claim| claim.text = None);
        }
        for tool in &mut self.tools {
            masks.hide_all(&mut tool.requested_by);
            tool.models.clear();
        }
        self.unsigned.by_tool = Vec::<UnsignedTool>::new();
        for file in self.art50.iter_mut().flat_map(|art50| &mut art50.files) {
            masks.hide_all(file.reviewer.iter_mut().chain(&mut file.accountable));
            (file.reviewer_name, file.accountable_name) = (None, None);
            (file.accountable_title, file.accountable_contact) = (None, None);
        }
        self.judged()
    }

    /// Before the clients of the coverage have lost their ids.
    fn hide_annex(&mut self, masks: &Masks) {
        let Some(annex) = &mut self.annex else { return };
        let at = self.coverage.clients.iter().position(|client| client.name == annex.client);
        annex.client = at.map_or_else(|| "client".to_owned(), |at| format!("client-{}", at + 1));
        annex.name = None;
        annex.clause.iter_mut().for_each(|clause| clause.text = None);
        for deliverable in &mut annex.deliverables {
            masks.hide_all(&mut deliverable.reviewer);
            deliverable.reviewer_name = None;
        }
    }

    fn hide_people(&mut self, masks: &Masks) {
        for person in &mut self.people {
            person.name = None;
            person.documents.iter_mut().for_each(|own| (own.key, own.record) = (None, None));
            masks.hide(&mut person.id);
            masks.hide_all(person.supervisor.iter_mut().chain(person.confirmation.iter_mut().map(|it| &mut it.by)));
        }
        self.people.sort_by_key(|person| number(&person.id));
        self.reviews.reviewers.iter_mut().for_each(|reviewer| masks.hide(&mut reviewer.person));
        self.reviews.reviewers.sort_by_key(|reviewer| number(&reviewer.person));
    }

    /// The sheet keeps its lines, each under a mask and without what tells the signer.
    fn hide_sheet(&mut self, masks: &Masks) {
        for document in self.acceptance.iter_mut().flat_map(|sheet| &mut sheet.documents) {
            for line in &mut document.people {
                masks.hide(&mut line.person);
                (line.name, line.key, line.record) = (None, None, None);
            }
            document.people.sort_by_key(|line| number(&line.person));
        }
    }

    fn hide_log(&mut self, masks: &Masks) {
        for (at, incident) in self.incidents.iter_mut().enumerate() {
            incident.id = format!("incident-{}", at + 1);
            masks.hide(&mut incident.opened_by);
            masks.hide_all(&mut incident.owner);
            (incident.summary, incident.notice, incident.outcome) = (None, None, None);
        }
        for waiver in &mut self.waivers {
            waiver.record = None;
            masks.hide(&mut waiver.by);
            masks.hide_all(&mut waiver.settled_by);
            (waiver.because, waiver.outcome) = (None, None);
        }
    }
}

/// The number of a mask, by which rows are in order.
fn number(mask: &PersonId) -> usize {
    mask.as_str().rsplit('-').next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}
