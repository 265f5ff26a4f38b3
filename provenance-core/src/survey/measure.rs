//! Measures: what the claims of public statements are measured by, recomputed from the records.

use std::collections::BTreeSet;

use super::facts::Facts;
use super::people::users;
use super::tip::{File, Tip};
use crate::account::{ClaimFigures, PersonFigures, Share, StatementFigures};
use crate::draft::{Desk, DraftError};
use crate::finding::on_one_line;
use crate::name::{Ident, PersonId};
use crate::path::RepoPath;
use crate::policy::Activity;
use crate::policy::company::{Claim, Measure};
use crate::policy::coverage::is_on;
use crate::policy::is_protected;
use crate::statement::Extent;

/// The largest statement whose words are looked for, in bytes.
const MAX_STATEMENT: u64 = 4 << 20;

/// What measures are taken from. Always everything that is published, whatever range the report is limited to.
struct Measuring<'a> {
    desk: &'a Desk<'a>,
    facts: &'a Facts,
    tip: &'a Tip,
    people: &'a [PersonFigures],
}

/// Every public statement with its claims.
pub(super) fn statements(
    desk: &Desk<'_>,
    facts: &Facts,
    tip: &Tip,
    people: &[PersonFigures],
) -> Result<Vec<StatementFigures>, DraftError> {
    let measuring = Measuring { desk, facts, tip, people };
    let mut all = Vec::new();
    for (id, statement) in &desk.policy().company().statements {
        let file = tip.files.get(&statement.path);
        // What is no file, or too large, has no words.
        let text = file.map(|file| file.text_in(desk, MAX_STATEMENT)).transpose()?.flatten();
        let text = on_one_line(&text.unwrap_or_default());
        all.push(StatementFigures {
            id: id.clone(),
            path: statement.path.clone(),
            published: file.is_some(),
            reviewed: file.is_some_and(File::is_reviewed),
            claims: statement.claims.iter().map(|claim| measuring.claim(claim, &text)).collect(),
        });
    }
    Ok(all)
}

impl Measuring<'_> {
    fn claim(&self, claim: &Claim, text: &str) -> ClaimFigures {
        let share = self.share(claim.measure);
        ClaimFigures {
            text: Some(claim.text.clone()),
            in_file: text.contains(&on_one_line(&claim.text)),
            measure: claim.measure.as_str().to_owned(),
            share,
            at_least: claim.at_least.0,
            holds: share.is_at_least(claim.at_least),
        }
    }

    fn share(&self, measure: Measure) -> Share {
        match measure {
            Measure::HumanReviewed => self.of_files(|_, file| file.is_reviewed()),
            Measure::Declared => self.of_files(|_, file| file.declared().is_some()),
            Measure::BiasReviewed => self.of_files(|path, file| self.is_bias_reviewed(path, file)),
            Measure::Confirmed => self.confirmed(),
            Measure::Trained => self.trained(),
        }
    }

    /// The share of the files that hold: of the content, not of the policy's own files, which nobody reads.
    fn of_files(&self, holds: impl Fn(&RepoPath, &File) -> bool) -> Share {
        let content = self.tip.files.iter().filter(|(path, _)| !is_protected(path));
        let changed = content.filter(|(_, file)| !file.is_unchanged());
        let (mut count, mut of) = (0, 0);
        for (path, file) in changed {
            of += 1;
            count += usize::from(holds(path, file));
        }
        Share::of(count, of)
    }

    /// Whether a review answers every item on bias that is asked for at the path, and some is.
    fn is_bias_reviewed(&self, path: &RepoPath, file: &File) -> bool {
        let needs = self.desk.policy().strictest(path);
        let items: Vec<&Ident> = needs.checklist().iter().filter(|id| is_on(id, "bias")).collect();
        let answers = |at: &usize| items.iter().all(|item| self.facts.reviews[*at].passed.contains(item));
        file.is_reviewed() && !items.is_empty() && file.approvals.iter().any(answers)
    }

    /// Declarations of AI use in what is published that give every confirmation asked for there.
    fn confirmed(&self) -> Share {
        let mut asked: std::collections::BTreeMap<usize, BTreeSet<Ident>> = std::collections::BTreeMap::new();
        for (path, file) in &self.tip.files {
            let of_ai = file.declarations.iter().filter(|at| self.facts.declarations[**at].extent != Extent::None);
            for at in of_ai {
                let needs = self.desk.policy().strictest(path);
                asked.entry(*at).or_default().extend(needs.confirm().iter().cloned());
            }
        }
        let given = |(at, asked): &(&usize, &BTreeSet<Ident>)| {
            asked.iter().all(|id| self.facts.declarations[**at].confirmations.contains(id))
        };
        Share::of(asked.iter().filter(given).count(), asked.len())
    }

    /// Who reviewed or used AI for what is published, and has completed every course that asks for it; where none
    /// does, nobody has.
    fn trained(&self) -> Share {
        let mut of: BTreeSet<(PersonId, Activity)> = BTreeSet::new();
        for file in self.tip.files.values() {
            let reviewers = file.approvals.iter().map(|at| &self.facts.reviews[*at].mark.signer);
            of.extend(reviewers.map(|person| (person.clone(), Activity::Review)));
            let ai = file.declarations.iter().map(|at| &self.facts.declarations[*at]);
            let ai = ai.filter(|it| it.extent != Extent::None);
            of.extend(ai.flat_map(|it| users(self.desk, it)).map(|person| (person, Activity::Ai)));
        }
        let persons: BTreeSet<&PersonId> = of.iter().map(|(person, _)| person).collect();
        let figures = |id: &PersonId| {
            let at = self.people.binary_search_by(|person| person.id.cmp(id)).ok()?;
            self.people.get(at).filter(|person| !person.retired)
        };
        let present: Vec<&PersonFigures> = persons.into_iter().filter_map(figures).collect();
        let trained = present.iter().filter(|person| {
            let activities = of.range((person.id.clone(), Activity::Ai)..=(person.id.clone(), Activity::Review));
            activities.map(|(_, activity)| *activity).all(|activity| self.is_trained(person, activity))
        });
        Share::of(trained.count(), present.len())
    }

    fn is_trained(&self, person: &PersonFigures, activity: Activity) -> bool {
        let courses = self.desk.policy().company().courses.iter();
        let asked: Vec<&Ident> =
            courses.filter(|(_, course)| course.required_for.contains(&activity)).map(|(id, _)| id).collect();
        let complete = |id: &&Ident| person.courses.iter().any(|it| it.id == **id && it.missing.is_empty());
        !asked.is_empty() && asked.iter().all(complete)
    }
}
