//! Facts: what is kept of each record until everything is counted.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::revoked::Revocations;
use crate::account::LedgerFigures;
use crate::draft::{Desk, DraftError};
use crate::entry::Change;
use crate::gate::{Content, Effect, FiledLine, Rosters};
use crate::gather::Gatherer;
use crate::id::{BlobId, RecordId};
use crate::ledger::Ledger;
use crate::name::{Ident, PersonId, ToolId};
use crate::path::RefName;
use crate::statement::{
    Acceptance, AnswerResult, Author, Decision, Declaration, Extent, Predicate, Review, Statement, Training, Waiver,
};
use crate::time::Timestamp;

/// Which record it is, whose, and whether it stands.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) blob: BlobId,
    pub(super) record: RecordId,
    pub(super) signer: PersonId,
    pub(super) at: Timestamp,
    /// Whether neither the signer nor an admin took it back.
    pub(super) stands: bool,
}

/// The place of a change in [`Facts::changes`].
pub(super) type ChangeNumber = usize;

/// A review by a human.
#[derive(Debug)]
pub(super) struct ReviewFact {
    pub(super) mark: Mark,
    pub(super) decision: Decision,
    /// Whether the signer counted when they say they signed; a rejection blocks all the same.
    pub(super) counted: bool,
    /// Whether the signer counts today.
    pub(super) active: bool,
    /// Checklist items that are answered and did not fail.
    pub(super) passed: Vec<Ident>,
    pub(super) amends: bool,
    pub(super) supersedes: Vec<RecordId>,
    /// Whether a later review of the signer took it back.
    pub(super) superseded: bool,
    pub(super) changes: Vec<ChangeNumber>,
}

/// A declaration.
#[derive(Debug)]
pub(super) struct DeclarationFact {
    pub(super) mark: Mark,
    /// Whether the signer counted when they say they signed. One that does not may still bind: it says whose work
    /// something is, and that AI took part.
    pub(super) counted: bool,
    /// Whether nobody who counts today took it back.
    pub(super) binds: bool,
    pub(super) extent: Extent,
    pub(super) tool: Option<ToolId>,
    pub(super) model: Option<String>,
    pub(super) confirmations: Vec<Ident>,
    pub(super) data_classes: Vec<Ident>,
    /// Whose work it is: the signer, the authors of the roster, the operators of agents among them.
    pub(super) contributors: BTreeSet<PersonId>,
    pub(super) changes: Vec<ChangeNumber>,
}

/// A record of some kind that is kept as it is.
#[derive(Debug)]
pub(super) struct Kept<P> {
    pub(super) mark: Mark,
    pub(super) says: P,
}

/// What is kept of the whole ledger.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Every change that a review or declaration names, each once.
    pub(super) changes: Vec<Arc<Change>>,
    numbers: HashMap<Arc<Change>, ChangeNumber>,
    pub(super) reviews: Vec<ReviewFact>,
    pub(super) declarations: Vec<DeclarationFact>,
    pub(super) acceptances: BTreeMap<PersonId, Vec<Kept<Acceptance>>>,
    pub(super) training: BTreeMap<PersonId, Vec<Kept<Training>>>,
    pub(super) waivers: Vec<Kept<Waiver>>,
    /// The lines of incidents, to be followed as elsewhere.
    pub(super) incidents: Vec<Arc<FiledLine>>,
    pub(super) revocations: Revocations,
    pub(super) ledger: LedgerFigures,
}

impl Facts {
    /// Walks the ledger.
    pub(super) fn collect(desk: &Desk<'_>, ledger: &Ledger<'_>) -> Result<Self, DraftError> {
        let ring = desk.ring();
        let mut facts = Self::default();
        facts.ledger.commit = ledger.commit();
        let mut branches: Vec<RefName> = desk.policy().promoted_to(desk.branch()).cloned().collect();
        branches.push(desk.branch().clone());
        let gatherer = Gatherer::new(desk.repository(), ledger, &ring);
        gatherer.every_line(|line| facts.add(desk, &branches, line))?;
        let figures = &mut facts.ledger;
        figures.void = figures.unknown_key + figures.bad + figures.signer_void;
        Ok(facts)
    }

    fn add(&mut self, desk: &Desk<'_>, branches: &[RefName], line: FiledLine) {
        let statement = match line.content() {
            Content::Record(record) => record.statement(),
            Content::Pointer(_) => return,
            Content::UnknownKey { .. } => return self.ledger.unknown_key += 1,
            _ => return self.ledger.bad += 1,
        };
        let here = |named: &[RefName]| named.is_empty() || named.iter().any(|name| branches.contains(name));
        if statement.repository() != desk.policy().repository() || !here(statement.branches()) {
            self.ledger.elsewhere += 1;
            return;
        }
        let rosters = desk.rosters();
        let counted = rosters.signer_then(statement).is_ok();
        // A rejection, a declaration, a revocation and an incident count while their key is not revoked.
        let unrevoked = rosters.unrevoked_signer(statement).is_ok();
        let kept = unrevoked && self.keep(rosters, &line, statement, counted);
        if kept {
            *self.ledger.records.entry(statement.kind_name().to_owned()).or_default() += 1;
        } else {
            self.ledger.signer_void += 1;
        }
        if kept && matches!(statement.predicate(), Predicate::Incident(_)) {
            self.incidents.push(Arc::new(line));
        }
    }

    /// Keeps what a record says, if its signer may say such a thing.
    fn keep(&mut self, rosters: Rosters<'_>, line: &FiledLine, statement: &Statement, counted: bool) -> bool {
        let Content::Record(record) = line.content() else { return false };
        let mark = Mark {
            blob: line.blob(),
            record: record.id(),
            signer: statement.signed_by().person.clone(),
            at: statement.stated_time(),
            stands: true,
        };
        match statement.predicate() {
            Predicate::Review(review) => {
                let kept = rosters.human_somewhere(&mark.signer) && (counted || review.decision == Decision::Reject);
                if kept {
                    let active = rosters.active_signer(statement).is_ok();
                    self.add_review(mark, review, counted, active);
                }
                return kept;
            }
            Predicate::Declaration(declaration) => self.add_declaration(rosters, mark, declaration, counted),
            Predicate::Revocation(revocation) => {
                let lifts = rosters.active_signer(statement).is_ok();
                self.revocations.add(mark, revocation, lifts);
            }
            Predicate::Incident(_) => {}
            _ if !counted => return false,
            Predicate::Acceptance(it) => {
                self.acceptances.entry(mark.signer.clone()).or_default().push(Kept { mark, says: it.clone() });
            }
            Predicate::Training(it) => {
                self.training.entry(it.person.clone()).or_default().push(Kept { mark, says: it.clone() });
            }
            Predicate::Waiver(it) => self.waivers.push(Kept { mark, says: it.clone() }),
            _ => {}
        }
        true
    }

    fn add_review(&mut self, mark: Mark, review: &Review, counted: bool, active: bool) {
        let passed = review.answers.iter().filter(|answer| answer.result != AnswerResult::Fail);
        let fact = ReviewFact {
            mark,
            decision: review.decision,
            counted,
            active,
            passed: passed.map(|answer| answer.id.clone()).collect(),
            amends: !review.amends.is_empty(),
            supersedes: review.supersedes.clone(),
            superseded: false,
            changes: review.changes.iter().map(|change| self.number(change)).collect(),
        };
        self.reviews.push(fact);
    }

    fn add_declaration(&mut self, rosters: Rosters<'_>, mark: Mark, said: &Declaration, counted: bool) {
        let contributors = contributors(rosters, &mark.signer, &said.authors);
        // What an agent signed or is named in is at least assisted.
        let by_agent = contributors.iter().any(|person| rosters.agent_somewhere(person));
        let extent = if by_agent { said.ai.extent.max(Extent::Assisted) } else { said.ai.extent };
        let fact = DeclarationFact {
            mark,
            counted,
            binds: true,
            extent,
            tool: said.ai.tool.clone(),
            model: said.ai.model.clone(),
            confirmations: said.confirmations.clone(),
            data_classes: said.details.data_classes.clone(),
            contributors,
            changes: said.changes.iter().map(|change| self.number(change)).collect(),
        };
        self.declarations.push(fact);
    }

    fn number(&mut self, change: &Change) -> ChangeNumber {
        if let Some(number) = self.numbers.get(change) {
            return *number;
        }
        let (change, number) = (Arc::new(change.clone()), self.changes.len());
        self.changes.push(Arc::clone(&change));
        self.numbers.insert(change, number);
        number
    }

    /// Finds out which records stand, now that all are known, and puts them in order of their times.
    pub(super) fn settle(&mut self, desk: &Desk<'_>) {
        self.numbers = HashMap::new();
        let (rosters, revocations) = (desk.rosters(), &self.revocations);
        let mut revoked = 0;
        let mut settle = |mark: &mut Mark, effect: Effect| {
            mark.stands = revocations.stands(rosters, mark, effect);
            revoked += usize::from(!mark.stands);
        };
        self.reviews.iter_mut().for_each(|it| match it.decision {
            Decision::Approve => settle(&mut it.mark, Effect::Blocks),
            Decision::Reject => settle(&mut it.mark, Effect::Lifts),
        });
        self.declarations.iter_mut().for_each(|it| {
            it.binds = revocations.stands(rosters, &it.mark, Effect::Lifts);
            settle(&mut it.mark, Effect::Blocks);
        });
        self.acceptances.values_mut().flatten().for_each(|it| settle(&mut it.mark, Effect::Blocks));
        self.training.values_mut().flatten().for_each(|it| settle(&mut it.mark, Effect::Blocks));
        self.waivers.iter_mut().for_each(|it| settle(&mut it.mark, Effect::Blocks));
        self.ledger.revoked = revoked;
        self.supersede();
        self.reviews.sort_by_key(|it| (it.mark.at, it.mark.record));
        self.declarations.sort_by_key(|it| (it.mark.at, it.mark.record));
        self.waivers.sort_by_key(|it| (it.mark.at, it.mark.record));
        self.acceptances.values_mut().for_each(|all| all.sort_by_key(|it| (it.mark.at, it.mark.record)));
        self.training.values_mut().for_each(|all| all.sort_by_key(|it| (it.mark.at, it.mark.record)));
    }

    /// An approval is taken back by any later review of its signer that names it, a rejection by one that counts
    /// today and stands.
    fn supersede(&mut self) {
        let mut named: HashMap<(RecordId, PersonId), bool> = HashMap::new();
        for review in &self.reviews {
            for record in &review.supersedes {
                let lifts = named.entry((*record, review.mark.signer.clone())).or_default();
                *lifts |= review.active && review.mark.stands;
            }
        }
        for review in &mut self.reviews {
            let lifts = named.get(&(review.mark.record, review.mark.signer.clone()));
            review.superseded = match review.decision {
                Decision::Approve => lifts.is_some(),
                Decision::Reject => lifts == Some(&true),
            };
        }
    }
}

impl ReviewFact {
    /// Whether it is an approval that counts and stands.
    pub(super) fn approves(&self) -> bool {
        self.counted && self.decision == Decision::Approve && self.mark.stands && !self.superseded
    }

    /// Whether it is a rejection that stands.
    pub(super) fn rejects(&self) -> bool {
        self.decision == Decision::Reject && self.mark.stands && !self.superseded
    }
}

impl DeclarationFact {
    /// Whether it counts and stands.
    pub(super) fn declares(&self) -> bool {
        self.counted && self.mark.stands
    }
}

fn contributors(rosters: Rosters<'_>, signer: &PersonId, authors: &[Author]) -> BTreeSet<PersonId> {
    let by_email =
        authors.iter().filter_map(|author| author.email.as_deref()).flat_map(|email| rosters.by_email(email));
    let named = authors.iter().filter_map(|author| author.person.as_ref()).chain(by_email);
    let mut all: BTreeSet<PersonId> = named.chain([signer]).cloned().collect();
    let operators: Vec<PersonId> = all.iter().flat_map(|person| rosters.operators(person)).cloned().collect();
    all.extend(operators);
    all
}
