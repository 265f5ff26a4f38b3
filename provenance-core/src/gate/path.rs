//! One path: its net change, else a derived one, else step by step.

use std::collections::BTreeSet;

use super::book::{Book, Node};
use super::chain::{ChainVerdict, Freshness};
use super::chains::chains;
use super::evidence::{Known, Move, Moves, Question, for_all};
use super::marks::content_marks;
use super::people::{Work, contributors};
use super::signer::Fault;
use super::{Judge, Promotion, Span};
use crate::entry::{Change, Slot};
use crate::finding::{Code, Finding};
use crate::page;
use crate::policy::{Clause, Level, Requirements, is_protected};
use crate::report::{ChangeStatus, JudgedChange, TransitionKind};
use crate::statement::{Decision, Topic};

/// How many chains are tried between two entries.
pub(super) const MAX_CHAINS: usize = 64;
/// How many chains that cannot pass are looked at to say why.
pub(super) const MAX_EXPLAINED: usize = 4;

/// What became of one change.
pub(super) struct PathVerdict<'a> {
    pub(super) status: ChangeStatus,
    pub(super) chain: ChainVerdict<'a>,
}

impl<'a> Judge<'a> {
    /// Judges one net change: the line of the report, and its findings.
    pub(super) fn judge_change(&self, change: &Change) -> Known<(JudgedChange, Vec<Finding>)> {
        let requirements = self.requirements(change);
        // What hangs on nothing else is asked at once: each round judges everything anew.
        self.ask_ahead(change, &requirements);
        let alone = self.faults_of_content(change, &requirements);
        let verdict = self.verdict(change, &requirements)?;
        let path = change.path();
        let works = &verdict.chain.works;
        let contributors = contributors(works);
        let judged = self.judge_ai(path, &requirements, works);
        let of_work = self.faults_of_work(change, &requirements, &verdict.chain);
        let judged = judged?;
        let mut faults: BTreeSet<Fault> = verdict.chain.faults.into_iter().chain(judged.faults).collect();
        faults.extend(of_work?);
        faults.extend(alone?);
        let (refusing, mut warnings): (BTreeSet<Fault>, BTreeSet<Fault>) =
            faults.into_iter().partition(|fault| self.refuses(fault));
        let waived = self.waive(change, refusing, &contributors)?;
        warnings.extend(verdict.chain.warnings.into_iter().chain(waived.warnings));
        let status = match verdict.status {
            ChangeStatus::Unreviewed if waived.by_waiver && waived.faults.is_empty() => ChangeStatus::Waived,
            status => status,
        };
        let error = |fault: &Fault| {
            let finding = Finding::error(fault.code, said(fault)).at(path);
            let hint = self.hint(fault, change, &requirements, &contributors);
            hint.into_iter().fold(finding, Finding::hint)
        };
        let mut findings: Vec<Finding> = waived.faults.iter().map(error).collect();
        findings.extend(warnings.iter().map(|fault| {
            let finding = Finding::warning(fault.code, said(fault)).at(path);
            fault.way_out.iter().fold(finding, |finding, hint| finding.hint(hint.clone()))
        }));
        let unnamed: BTreeSet<_> = verdict.chain.works.iter().flat_map(|work| &work.unnamed).collect();
        findings.extend(unnamed.into_iter().filter(|_| status != ChangeStatus::Unreviewed).map(|person| {
            let message = format!("commits name {person}, and no declaration of this change does");
            Finding::note(Code::UndeclaredAuthor, message).at(path)
        }));
        let mut records = verdict.chain.records;
        records.extend(verdict.chain.works.iter().flat_map(|work| work.declarations.iter().map(|item| item.id())));
        let line = JudgedChange {
            path: path.clone(),
            status,
            reviewers: verdict.chain.reviewers.into_iter().collect(),
            ai: judged.ai,
            records: records.into_iter().collect(),
        };
        Ok((line, findings))
    }

    /// What the content lacks, whoever made and reviewed it.
    fn faults_of_content(&self, change: &Change, requirements: &Requirements) -> Known<Vec<Fault>> {
        let (unlabelled, unscanned) = (self.unlabelled(change), self.unscanned(change, requirements));
        let alt_text = self.without_alt_text(change, requirements)?;
        Ok(alt_text.into_iter().chain(unlabelled?).chain(unscanned?).collect())
    }

    /// What is wrong with the people behind a change, or with what it leaves open. Notes the marks of AI.
    fn faults_of_work(
        &self,
        change: &Change,
        requirements: &Requirements,
        chain: &ChainVerdict<'a>,
    ) -> Known<Vec<Fault>> {
        let outsiders = self.outsiders(change, &chain.works);
        let uncorrected = self.uncorrected(change, chain);
        self.look_for_marks(change, requirements, &chain.works)?;
        Ok(outsiders?.into_iter().chain(uncorrected?).collect())
    }

    /// Asks already what will be asked of a change whatever its records say.
    fn ask_ahead(&self, change: &Change, requirements: &Requirements) {
        let (old, new, path) = (self.case.tip, self.case.new, change.path());
        self.ask.ahead(Question::Identities { old, new, path: path.clone() });
        if self.looks_for_marks(requirements) {
            self.ask.ahead(Question::Marks { old, new, path: path.clone() });
            // A page is small, and mostly declared to be without AI; an image is read only where that is so.
            let page = change.after().filter(|entry| entry.mode().is_file() && page::kind_of(path).is_some());
            page.into_iter().for_each(|page| self.ask.ahead(content_marks(path, page)));
        }
        if self.rosters().level(Clause::A5) != Level::Off {
            self.ask.ahead(Question::Topic(Topic::path(self.case.policy.repository(), path)));
        }
    }

    fn verdict(&self, change: &Change, requirements: &Requirements) -> Known<PathVerdict<'a>> {
        let whole = self.whole_span();
        let net = self.judge_move(&whole, change, requirements)?;
        if net.status != ChangeStatus::Unreviewed || self.case.kind == TransitionKind::Proposal {
            return self.or_promoted(change, requirements, net);
        }
        match self.step_by_step(change, requirements)? {
            Some(stepwise) if stepwise.status != ChangeStatus::Unreviewed => Ok(stepwise),
            stepwise => {
                // Whose work the steps are is asked all the same, by whoever waives what the whole lacks.
                let works = stepwise.into_iter().flat_map(|failed| failed.chain.works).filter_map(Work::if_any);
                let mut net = net;
                net.chain.works.extend(works);
                self.or_promoted(change, requirements, net)
            }
        }
    }

    /// Judges the change between two states: an approved chain, or a derived merge.
    pub(super) fn judge_move(
        &self,
        span: &Span<'a>,
        change: &Change,
        requirements: &Requirements,
    ) -> Known<PathVerdict<'a>> {
        let path = change.path();
        let book = Book::read(self, &span.branch, path, &[change.before()], &[change.after()])?;
        if requirements.is_exempt() {
            return self.exempt(span, change, requirements, &book);
        }
        let (before, after) = (change.before(), change.after());
        book.approvals_of((before, after)).for_each(|item| self.ask.ahead(Question::Lines(item.blob.0)));
        let mut reviewed = chains(&self.plausible(&book, requirements), before, after, MAX_CHAINS);
        if reviewed.is_empty() {
            // None of these can pass, but they tell why.
            reviewed = chains(&book.approved(), before, after, MAX_EXPLAINED);
        }
        let direct = self.best_chain(span, path, requirements, &book, &reviewed, Freshness::Moves)?;
        if direct.faults.is_empty() {
            return Ok(PathVerdict { status: ChangeStatus::Reviewed, chain: direct });
        }
        let derived = match self.case.kind {
            TransitionKind::Update => self.derive(span, change, requirements, &book)?,
            TransitionKind::Proposal => match self.predict_merge(span, change, requirements, &book)? {
                Some(landing) => Some(landing),
                // The branch proposed may have merged the publish branch already.
                None => self.derive(span, change, requirements, &book)?,
            },
        };
        match derived {
            Some(chain) if chain.faults.is_empty() => Ok(PathVerdict { status: ChangeStatus::Merged, chain }),
            derived => {
                let chain = match derived.filter(|_| reviewed.is_empty()) {
                    Some(chain) => chain,
                    None if reviewed.is_empty() => self.unreviewed(span, change, requirements, &book)?,
                    None => direct,
                };
                Ok(PathVerdict { status: ChangeStatus::Unreviewed, chain })
            }
        }
    }

    pub(super) fn exempt(
        &self,
        span: &Span<'a>,
        change: &Change,
        requirements: &Requirements,
        book: &Book<'a>,
    ) -> Known<PathVerdict<'a>> {
        let works = self.work(span, change.path(), book, &[change.before(), change.after()])?;
        let contributors = contributors(&works);
        let rejections = self.rejections(book, change.after(), requirements, &contributors)?;
        let faults: Vec<Fault> = rejections
            .iter()
            .map(|(person, record)| {
                Fault::new(Code::Rejected, format!("{person} rejected this version (record {})", record.short()))
            })
            .collect();
        let status = if faults.is_empty() { ChangeStatus::Exempt } else { ChangeStatus::Unreviewed };
        Ok(PathVerdict { status, chain: ChainVerdict { faults, works, ..ChainVerdict::default() } })
    }

    /// The verdict on a change that no chain of reviews spans.
    pub(super) fn unreviewed(
        &self,
        span: &Span<'a>,
        change: &Change,
        requirements: &Requirements,
        book: &Book<'a>,
    ) -> Known<ChainVerdict<'a>> {
        let works = self.work(span, change.path(), book, &[change.before(), change.after()])?;
        let contributors = contributors(&works);
        let mut faults: Vec<Fault> = self
            .rejections(book, change.after(), requirements, &contributors)?
            .iter()
            .map(|(person, record)| {
                Fault::new(Code::Rejected, format!("{person} rejected this version (record {})", record.short()))
            })
            .collect();
        faults.extend(self.mismatched(change, book));
        if faults.is_empty() {
            faults.push(Fault::new(Code::MissingReview, missing_message(change, book)));
        }
        Ok(ChainVerdict { faults, works, ..ChainVerdict::default() })
    }

    /// Approvals that name the right git ids with another SHA-256.
    fn mismatched(&self, change: &Change, book: &Book<'a>) -> Vec<Fault> {
        let slots = |(before, after): (Node, Node)| (before.map(|entry| entry.slot()), after.map(|entry| entry.slot()));
        let wanted = (change.before(), change.after());
        book.approvals()
            .filter(|item| item.ends() != wanted && slots(item.ends()) == slots(wanted))
            .map(|item| {
                let message = format!(
                    "{}'s review {} names this version with another SHA-256 than its content has",
                    item.statement().signed_by().person,
                    item.id().short()
                );
                Fault::new(Code::DigestMismatch, message)
            })
            .collect()
    }

    /// The verdict so far, or where it fails the one by reviews on a branch that is promoted here.
    fn or_promoted(
        &self,
        change: &Change,
        requirements: &Requirements,
        net: PathVerdict<'a>,
    ) -> Known<PathVerdict<'a>> {
        if net.status != ChangeStatus::Unreviewed || is_protected(change.path()) {
            return Ok(net);
        }
        let mut tried = None;
        for promotion in &self.case.promotions {
            let Some(moves) = self.promoted_moves(change, promotion)? else { continue };
            let promoted = self.judge_moves(change, requirements, &promotion.from, moves)?;
            let Some(mut verdict) = promoted else { continue };
            if verdict.status == ChangeStatus::Unreviewed {
                tried = tried.or(Some(verdict));
                continue;
            }
            if let Some(works) = self.unless_rejected_here(change, requirements, moves)? {
                verdict.chain.works.extend(works);
                verdict.chain.promoted = Some(promotion.from.clone());
                return Ok(verdict);
            }
        }
        // That nobody reviewed it here says less than what keeps the reviews over there from counting.
        let unheard = net.chain.faults.iter().all(|fault| fault.code == Code::MissingReview);
        let Some(mut tried) = tried.filter(|_| unheard) else { return Ok(net) };
        tried.chain.works.extend(net.chain.works.into_iter().filter_map(Work::if_any));
        Ok(tried)
    }

    /// The moves on a promoted branch that make up a change here; none where they do not, or where this branch has held
    /// what they lead to: what was taken back here does not come again by the same reviews, in however many pushes.
    fn promoted_moves(&self, change: &Change, promotion: &Promotion) -> Known<Option<&'a [Move]>> {
        let limit = self.case.policy.review_max_steps();
        let path = change.path();
        let Moves::Known(moves) = self.ask.moves(promotion.since, promotion.until, path, limit)? else {
            return Ok(None);
        };
        let (before, after) = (slot_of(change.before()), slot_of(change.after()));
        let makes_it_up =
            moves.first().zip(moves.last()).is_some_and(|(first, last)| first.before == before && last.after == after);
        if !makes_it_up {
            return Ok(None);
        }
        // Without a limit: steps that change nothing are anybody's to push.
        let held_before = self.ask.ever_held(self.case.tip, path, after)?;
        Ok((!held_before).then_some(moves))
    }

    /// The declarations of the whole that name the judged branch; none where a rejection names it, of what a promotion would bring.
    fn unless_rejected_here(
        &self,
        change: &Change,
        requirements: &Requirements,
        moves: &[Move],
    ) -> Known<Option<Vec<Work<'a>>>> {
        let entered: Vec<Node> = for_all(moves, |step| self.node(step.after))?.into_iter().flatten().collect();
        let book = Book::read(self, &self.case.branch, change.path(), &[change.before()], &entered)?;
        // What was declared of the whole may lead on from what a step brought, and that book ends there.
        let span = self.whole_span();
        let whole = self.book_between(&span, change.path(), change.before(), change.after())?;
        let works = self.work(&span, change.path(), &whole, &[change.before(), change.after()])?;
        let contributors = contributors(&works);
        let found = for_all(entered, |node| self.rejections(&book, node, requirements, &contributors))?;
        let rejected = found.iter().any(|rejections| !rejections.is_empty());
        Ok((!rejected).then(|| works.into_iter().filter_map(Work::if_any).collect()))
    }
}

fn slot_of(node: Node) -> Option<Slot> {
    node.map(|entry| entry.slot())
}

fn missing_message(change: &Change, book: &Book<'_>) -> String {
    let to_here: BTreeSet<&str> = book
        .reviews
        .values()
        .filter(|item| item.record.decision == Decision::Approve && item.change.after() == change.after())
        .map(|item| item.statement().signed_by().person.as_str())
        .collect();
    let from_here: BTreeSet<&str> = book
        .reviews
        .values()
        .filter(|item| item.record.decision == Decision::Approve && item.change.before() == change.before())
        .map(|item| item.statement().signed_by().person.as_str())
        .collect();
    let join = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(", ");
    if !to_here.is_empty() {
        format!("reviewed by {} as a change of another version than the branch holds", join(to_here))
    } else if !from_here.is_empty() {
        format!("{} reviewed a change to another version than this", join(from_here))
    } else {
        "nobody has reviewed this change".to_owned()
    }
}

/// What is wrong, with the clause it breaks.
fn said(fault: &Fault) -> String {
    fault.clause.map_or_else(|| fault.message.clone(), |clause| format!("{} ({clause})", fault.message))
}
