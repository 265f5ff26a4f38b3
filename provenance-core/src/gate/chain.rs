//! Chains: whether every edge of a chain has its full quorum of reviews that count.

use std::collections::{BTreeMap, BTreeSet};

use super::book::{Book, Edges, Item, Node};
use super::derive::Derivation;
use super::evidence::{Known, for_all};
use super::people::{Work, contributors};
use super::signer::Fault;
use super::standing::Effect;
use super::{Judge, Span};
use crate::finding::Code;
use crate::id::{CommitId, RecordId};
use crate::name::{Ident, PersonId, Role};
use crate::path::{RefName, RepoPath};
use crate::policy::seats::{Seats, empty_seats, seats};
use crate::policy::{Activity, AnswerNeed, Presence, Requirements};
use crate::statement::{Answer, AnswerResult, Ceremony, Extent, Review};

/// How many reviews of one change are tried of one person.
const MAX_OF_ONE_PERSON: usize = 16;

/// How fresh the reviews of a chain must be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Freshness<'d> {
    /// The path has not moved since, but along the chain; and the set is whole.
    Moves,
    /// The change has been waiting to land since, and merges cleanly at every step; and the set
    /// is whole.
    Derived(&'d Derivation),
    /// It was judged when it landed: its base is a step of the branch that leads to `state`, and the
    /// path did not move from there to `since`, the base of the set it is to complete.
    Landed { state: CommitId, since: CommitId },
    /// It only becomes reachable, as a part of history that the branch never shows.
    Reachable,
}

/// What became of a chain.
#[derive(Debug, Clone, Default)]
pub(super) struct ChainVerdict<'a> {
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<Fault>,
    pub(super) reviewers: BTreeSet<PersonId>,
    pub(super) records: BTreeSet<RecordId>,
    /// What the reviews that count lead to.
    pub(super) entered: Vec<Node>,
    /// The branch whose reviews it rests on, where it passes by a promotion.
    pub(super) promoted: Option<RefName>,
    pub(super) works: Vec<Work<'a>>,
}

/// The edge that is judged, with what is known of the work on it.
pub(super) struct Edge<'e, 'a> {
    pub(super) span: &'e Span<'a>,
    pub(super) path: &'e RepoPath,
    requirements: &'e Requirements,
    book: &'e Book<'a>,
    chain: &'e [Node],
    ends: (Node, Node),
    work: &'e Work<'a>,
    sole_admin: Option<PersonId>,
}

impl<'a> Judge<'a> {
    /// The approved edges whose reviewers could fill every seat, were all their reviews to count. No
    /// other edge is part of a chain that passes, whatever is filed beside it.
    pub(super) fn plausible(&self, book: &Book<'a>, requirements: &Requirements) -> Edges {
        let mut reviewers: BTreeMap<(Node, Node), BTreeSet<PersonId>> = BTreeMap::new();
        for item in book.approvals() {
            if let Ok(person) = self.rosters().active_signer(item.statement())
                && self.rosters().human(person.id())
            {
                reviewers.entry(item.ends()).or_default().insert(person.id().clone());
            }
        }
        let seats = seats(requirements, false);
        let holds = |person: &PersonId, role: &Role| self.rosters().holds(person, role);
        let mut edges = Edges::new();
        for ((from, to), persons) in reviewers {
            let persons: Vec<PersonId> = persons.into_iter().collect();
            if seats.iter().all(|rule| empty_seats(rule, &persons, holds).is_empty()) {
                edges.entry(from).or_default().insert(to);
            }
        }
        edges
    }

    /// Judges every edge of a chain.
    pub(super) fn judge_chain(
        &self,
        span: &Span<'a>,
        path: &RepoPath,
        requirements: &Requirements,
        book: &Book<'a>,
        chain: &[Node],
        freshness: Freshness<'_>,
    ) -> Known<ChainVerdict<'a>> {
        let works = self.work(span, path, book, chain)?;
        let contributors = contributors(&works);
        let sole_admin = self.sole_admin(path);
        let mut verdict = ChainVerdict::default();
        for rejections in for_all(&chain[1..], |node| self.rejections(book, *node, requirements, &contributors))? {
            verdict.faults.extend(rejections.iter().map(|(person, record)| rejected(person, *record)));
        }
        let edges = works.iter().zip(chain.windows(2)).map(|(work, ends)| Edge {
            span,
            path,
            requirements,
            book,
            chain,
            ends: (ends[0], ends[1]),
            work,
            sole_admin: sole_admin.clone(),
        });
        for judged in for_all(edges, |edge| self.judge_edge(&edge, freshness))? {
            verdict.faults.extend(judged.faults);
            verdict.warnings.extend(judged.warnings);
            verdict.reviewers.extend(judged.reviewers);
            verdict.records.extend(judged.records);
            verdict.entered.extend(judged.entered);
        }
        verdict.works = works;
        Ok(verdict)
    }

    fn judge_edge(&self, edge: &Edge<'_, 'a>, freshness: Freshness<'_>) -> Known<ChainVerdict<'a>> {
        let approvals = edge.book.approvals_of(edge.ends);
        let judged =
            for_all(self.newest_of_each(approvals), |item| Ok((item, self.review_fault(edge, item, freshness)?)))?;
        let mut verdict = ChainVerdict::default();
        let mut faults = Vec::new();
        for (item, fault) in judged {
            let person = item.statement().signed_by().person.clone();
            match fault {
                None => {
                    verdict.warnings.extend(self.sole_admin_warning(edge, &person));
                    verdict.warnings.extend(self.unfit_reviewer(edge, &person)?);
                    let signed = (person.clone(), item.record.reviewed_at);
                    self.counted.borrow_mut().insert(item.id(), signed);
                    verdict.entered.push(item.change.after());
                    verdict.reviewers.insert(person);
                    verdict.records.insert(item.id());
                }
                Some(fault) => faults.push(fault),
            }
        }
        let persons: Vec<PersonId> = verdict.reviewers.iter().cloned().collect();
        let one_more = !edge.work.answered && edge.sole_admin.is_none();
        let short: Vec<Fault> = seats(edge.requirements, one_more)
            .iter()
            .flat_map(|rule| self.seat_faults(rule, &persons, one_more))
            .collect();
        let unseated = edge.requirements.quorums().is_empty() && persons.is_empty();
        if unseated && short.is_empty() {
            // Where no rule asks for a review, an edge is still approved by somebody who counts, or not at all.
            verdict.faults = faults;
            verdict.faults.push(Fault::new(Code::MissingReview, "nobody whose review counts has approved this change"));
        } else if !short.is_empty() {
            verdict.faults = faults;
            if !persons.is_empty() || verdict.faults.is_empty() {
                verdict.faults.extend(short);
            }
        }
        Ok(verdict)
    }

    /// Of each person whose signature counts the newest reviews; and those of nobody, which are told
    /// at a glance. To judge one may take the books of all that it speaks of, and anybody of the
    /// roster can sign any number of them.
    pub(super) fn newest_of_each<'i>(
        &self,
        reviews: impl Iterator<Item = &'i Item<'a, Review>>,
    ) -> Vec<&'i Item<'a, Review>>
    where
        'a: 'i,
    {
        let mut tried = Vec::new();
        let mut of_each: BTreeMap<&PersonId, Vec<_>> = BTreeMap::new();
        for item in reviews {
            match self.rosters().valid_signer(item.statement()) {
                Ok(person) => of_each.entry(person.id()).or_default().push(item),
                Err(_) => tried.push(item),
            }
        }
        for mut of_one in of_each.into_values() {
            of_one.sort_by_key(|item| std::cmp::Reverse((item.record.reviewed_at, item.id())));
            tried.extend(of_one.into_iter().take(MAX_OF_ONE_PERSON));
        }
        tried
    }

    /// Why a review does not count for its edge; the first reason found.
    fn review_fault(
        &self,
        edge: &Edge<'_, 'a>,
        item: &Item<'a, Review>,
        freshness: Freshness<'_>,
    ) -> Known<Option<Fault>> {
        if let Some(fault) = self.signer_fault(edge, item) {
            return Ok(Some(fault));
        }
        let person = &item.statement().signed_by().person;
        if self.superseded(edge.book, item) {
            return Ok(Some(Fault::new(Code::MissingReview, format!("{person} has taken their approval back"))));
        }
        if let Some(revoker) = self.revoker(item, Effect::Blocks)? {
            let message = format!("{person}'s review {} was revoked by {revoker}", item.id().short());
            return Ok(Some(Fault::new(Code::Revoked, message)));
        }
        if let Some(fault) = presence_fault(edge.requirements, item)
            .or_else(|| self.incompetent(edge.requirements, person))
            .or_else(|| self.checklist_fault(edge.requirements, item))
        {
            return Ok(Some(fault));
        }
        if let Some(fault) = self.unfit_reviewer(edge, person)?.into_iter().find(|fault| self.refuses(fault)) {
            return Ok(Some(fault));
        }
        let stale = match freshness {
            Freshness::Moves => self.stale(edge.span, edge.path, edge.chain, item)?,
            Freshness::Derived(derivation) => self.derivation_stale(edge.span, edge.path, derivation, item)?,
            Freshness::Reachable => return Ok(None),
            Freshness::Landed { state, since } => return self.never_there(edge, state, since, item),
        };
        match stale {
            Some(fault) => Ok(Some(fault)),
            None => self.partial(edge.span, edge.path, item),
        }
    }

    fn signer_fault(&self, edge: &Edge<'_, 'a>, item: &Item<'a, Review>) -> Option<Fault> {
        let person = match self.rosters().valid_signer(item.statement()) {
            Ok(person) => person.id(),
            Err(fault) => return Some(fault),
        };
        if !self.rosters().human(person) {
            return Some(Fault::new(Code::NotHuman, format!("{person} is not a human and cannot review")));
        }
        if !self.rosters().active_human(person) {
            return Some(Fault::new(Code::UnknownKey, format!("{person} has retired")));
        }
        let own = edge.work.contributors.contains(person) && edge.sole_admin.as_ref() != Some(person);
        own.then(|| Fault::new(Code::SelfReview, format!("{person} contributed to this change and cannot review it")))
    }

    /// What the policy asks of reviewers of AI-made work and this one lacks.
    fn unfit_reviewer(&self, edge: &Edge<'_, 'a>, person: &PersonId) -> Known<Vec<Fault>> {
        let by_ai = edge.work.declarations.iter().any(|item| self.extent(item) != Extent::None);
        if by_ai { self.unfit(person, Activity::Review) } else { Ok(Vec::new()) }
    }

    /// The competence that a rule asks for and a reviewer lacks.
    fn incompetent(&self, requirements: &Requirements, person: &PersonId) -> Option<Fault> {
        let has = |wanted: &&Ident| !self.rosters().competent(person, wanted);
        let lacking: Vec<&str> = requirements.competence().iter().filter(has).map(Ident::as_str).collect();
        (!lacking.is_empty()).then(|| {
            Fault::new(
                Code::WrongRole,
                format!("the rule asks for competence {}, which {person} lacks", lacking.join(", ")),
            )
        })
    }

    fn checklist_fault(&self, requirements: &Requirements, item: &Item<'a, Review>) -> Option<Fault> {
        let person = &item.statement().signed_by().person;
        let answers = &item.record.answers;
        let answer = |id: &Ident| answers.iter().find(|answer| answer.id == *id);
        let listed = |wanted: Option<AnswerResult>| -> Vec<&str> {
            let has = |id: &&Ident| answer(id).map(|answer| answer.result) == wanted;
            requirements.checklist().iter().filter(has).map(|id| id.as_str()).collect()
        };
        let (failed, open) = (listed(Some(AnswerResult::Fail)), listed(None));
        if !failed.is_empty() {
            let message = format!("{person}'s review answers `fail` to {}", failed.join(", "));
            return Some(Fault::new(Code::FailedChecklist, message));
        }
        if !open.is_empty() {
            let message = format!("{person}'s review leaves {} unanswered", open.join(", "));
            return Some(Fault::new(Code::IncompleteChecklist, message));
        }
        let lacks = |id: &Ident| {
            let answer = answer(id).filter(|answer| answer.result == AnswerResult::Pass)?;
            let need = self.rosters().answer_needs(id).find(|need| !has_what(answer, *need))?;
            Some(format!("the {} to {id}", need.as_str()))
        };
        let lacking: Vec<String> = requirements.checklist().iter().filter_map(lacks).collect();
        (!lacking.is_empty()).then(|| {
            let message = format!("{person}'s review lacks {}", lacking.join(", "));
            Fault::new(Code::IncompleteChecklist, message)
        })
    }

    fn seat_faults(&self, rule: &Seats, persons: &[PersonId], one_more: bool) -> Vec<Fault> {
        let holds = |person: &PersonId, role: &Role| self.rosters().holds(person, role);
        let empty = empty_seats(rule, persons, holds);
        if empty.is_empty() {
            return Vec::new();
        }
        let wanted: BTreeSet<&str> = empty.iter().flat_map(|roles| roles.iter().map(Role::as_str)).collect();
        let wanted: Vec<&str> = wanted.into_iter().collect();
        let whom = if wanted.is_empty() { "a human".to_owned() } else { format!("role {}", wanted.join(" or ")) };
        let unfit = !persons.is_empty()
            && !wanted.is_empty()
            && !persons.iter().any(|person| empty.iter().any(|roles| roles.iter().any(|role| holds(person, role))));
        let code = if unfit { Code::WrongRole } else { Code::InsufficientReviews };
        let names: Vec<&str> = persons.iter().map(PersonId::as_str).collect();
        let count = match names.as_slice() {
            [] => "none counts".to_owned(),
            [only] => format!("only {only} counts"),
            [others @ .., last] => format!("only {} and {last} count", others.join(", ")),
        };
        let why = if one_more { ", one of them because nobody has declared whose work it is" } else { "" };
        let total = rule.seats.len();
        let message = format!(
            "rule `{}` asks for {total} review(s){why}: {} more by {whom} needed, {count}",
            rule.rule,
            empty.len()
        );
        let anybody = empty.iter().any(|roles| roles.is_empty());
        let roles = if anybody { BTreeSet::new() } else { empty.iter().copied().flatten().cloned().collect() };
        vec![Fault::new(code, message).for_seats(roles, persons, one_more && empty.len() == 1)]
    }

    pub(super) fn sole_admin(&self, path: &RepoPath) -> Option<PersonId> {
        let sole = |policy: &crate::policy::Policy| {
            policy.roster().sole_admin(self.case.now).map(|person| person.id().clone())
        };
        let admin = crate::policy::is_protected(path).then(|| sole(self.case.policy)).flatten()?;
        let agreed = self.case.authority.is_none_or(|authority| sole(authority.policy).as_ref() == Some(&admin));
        agreed.then_some(admin)
    }

    fn sole_admin_warning(&self, edge: &Edge<'_, 'a>, person: &PersonId) -> Option<Fault> {
        let own = edge.sole_admin.as_ref() == Some(person) && edge.work.contributors.contains(person);
        let own = own || (edge.sole_admin.as_ref() == Some(person) && !edge.work.answered);
        own.then(|| {
            let message = format!("{person} is the only admin and reviewed their own change of the policy");
            Fault::new(Code::SoleAdmin, message)
        })
    }
}

fn rejected(person: &PersonId, record: RecordId) -> Fault {
    Fault::new(Code::Rejected, format!("{person} rejected this version (record {})", record.short()))
}

fn presence_fault(requirements: &Requirements, item: &Item<'_, Review>) -> Option<Fault> {
    let proved = Presence::of(item.verified.proof().presence, item.record.ceremony == Ceremony::Terminal);
    let wanted = requirements.presence();
    (proved < wanted).then(|| {
        let person = &item.statement().signed_by().person;
        Fault::new(
            Code::PresenceRequired,
            format!("the rule asks for presence `{wanted}`, {person}'s signature proves `{proved}`"),
        )
    })
}

/// Whether an answer has what its item needs beside the result.
fn has_what(answer: &Answer, need: AnswerNeed) -> bool {
    match need {
        AnswerNeed::Note => answer.note.as_ref().is_some_and(|note| !note.trim().is_empty()),
        AnswerNeed::Sources => !answer.sources.is_empty(),
    }
}
