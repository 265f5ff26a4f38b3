//! One path: its net change, else a derived one, else step by step.

use std::collections::BTreeSet;

use super::book::{Book, Node};
use super::chain::{ChainVerdict, Freshness};
use super::evidence::{Known, Move, Moves, for_all};
use super::signer::Fault;
use super::{Judge, Span};
use crate::entry::Change;
use crate::finding::{Code, Finding};
use crate::policy::{Requirements, is_protected};
use crate::report::{ChangeStatus, JudgedChange, TransitionKind};
use crate::statement::Decision;

/// How many chains are tried between two entries.
const MAX_CHAINS: usize = 64;

/// What became of one change.
pub(super) struct PathVerdict<'a> {
    pub(super) status: ChangeStatus,
    pub(super) chain: ChainVerdict<'a>,
}

impl<'a> Judge<'a> {
    /// Judges one net change: the line of the report, and its findings.
    pub(super) fn judge_change(&self, change: &Change) -> Known<(JudgedChange, Vec<Finding>)> {
        let requirements = self.requirements(change);
        let verdict = self.verdict(change, &requirements)?;
        let path = change.path();
        let passed = verdict.status != ChangeStatus::Unreviewed;
        let (ai_faults, ai) = self.judge_ai(&requirements, &verdict.chain.works);
        let errors: BTreeSet<Fault> = verdict.chain.faults.into_iter().chain(ai_faults).collect();
        let hint = |fault: &Fault| self.hint(fault.code, &requirements);
        let mut findings: Vec<Finding> = errors
            .iter()
            .map(|fault| Finding::error(fault.code, fault.message.clone()).at(path).hint(hint(fault)))
            .collect();
        let warnings: BTreeSet<Fault> = verdict.chain.warnings.into_iter().collect();
        findings.extend(warnings.into_iter().map(|fault| Finding::warning(fault.code, fault.message).at(path)));
        let unnamed: BTreeSet<_> = verdict.chain.works.iter().flat_map(|work| &work.unnamed).collect();
        findings.extend(unnamed.into_iter().filter(|_| passed).map(|person| {
            let message = format!("commits name {person}, and no declaration of this change does");
            Finding::note(Code::UndeclaredAuthor, message).at(path)
        }));
        let mut records = verdict.chain.records;
        records.extend(verdict.chain.works.iter().flat_map(|work| work.declarations.iter().map(|item| item.id())));
        let line = JudgedChange {
            path: path.clone(),
            status: verdict.status,
            reviewers: verdict.chain.reviewers.into_iter().collect(),
            ai,
            records: records.into_iter().collect(),
        };
        Ok((line, findings))
    }

    fn verdict(&self, change: &Change, requirements: &Requirements) -> Known<PathVerdict<'a>> {
        let whole = self.whole_span();
        let net = self.judge_move(&whole, change, requirements)?;
        if net.status != ChangeStatus::Unreviewed || self.case.kind == TransitionKind::Proposal {
            return self.or_promoted(change, requirements, net);
        }
        match self.step_by_step(change, requirements)? {
            Some(stepwise) => Ok(stepwise),
            None => self.or_promoted(change, requirements, net),
        }
    }

    /// Judges the change between two states: an approved chain, or a derived merge.
    fn judge_move(&self, span: &Span, change: &Change, requirements: &Requirements) -> Known<PathVerdict<'a>> {
        let path = change.path();
        let book = Book::read(self, &span.branch, path, &[change.before()], &[change.after()])?;
        if requirements.is_exempt() {
            return self.exempt(span, change, requirements, &book);
        }
        let chains = book.chains(change.before(), change.after(), MAX_CHAINS);
        let direct = self.best_chain(span, path, requirements, &book, &chains, Freshness::Moves)?;
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
                let chain = if chains.is_empty() { derived } else { None };
                let chain = match chain {
                    Some(chain) => chain,
                    None if chains.is_empty() => self.unreviewed(span, change, requirements, &book)?,
                    None => direct,
                };
                Ok(PathVerdict { status: ChangeStatus::Unreviewed, chain })
            }
        }
    }

    fn exempt(
        &self,
        span: &Span,
        change: &Change,
        requirements: &Requirements,
        book: &Book<'a>,
    ) -> Known<PathVerdict<'a>> {
        let works = self.work(span, change.path(), book, &[change.before(), change.after()])?;
        let contributors = works.iter().flat_map(|work| work.contributors.iter().cloned()).collect();
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
    fn unreviewed(
        &self,
        span: &Span,
        change: &Change,
        requirements: &Requirements,
        book: &Book<'a>,
    ) -> Known<ChainVerdict<'a>> {
        let works = self.work(span, change.path(), book, &[change.before(), change.after()])?;
        let contributors = works.iter().flat_map(|work| work.contributors.iter().cloned()).collect();
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

    /// Judges every step that moved the path as its own transition; none where that does not help.
    fn step_by_step(&self, change: &Change, requirements: &Requirements) -> Known<Option<PathVerdict<'a>>> {
        if self.case.steps.len() < 2 {
            return Ok(None);
        }
        let limit = u32::try_from(self.case.steps.len()).unwrap_or(u32::MAX);
        let path = change.path();
        let Moves::Known(moves) = self.ask.moves(self.case.start, self.case.new, path, limit)? else { return Ok(None) };
        if moves.len() < 2 && !moves.iter().any(|step| step.parent != self.case.start) {
            return Ok(None);
        }
        let spans = moves.iter().map(|step| (self.step_span(step), step));
        self.judge_moves(change, requirements, spans.collect())
    }

    /// Judges moves one by one, each in its span; none unless all pass.
    fn judge_moves(
        &self,
        change: &Change,
        requirements: &Requirements,
        moves: Vec<(Span, &Move)>,
    ) -> Known<Option<PathVerdict<'a>>> {
        let path = change.path();
        let judged = for_all(moves, |(span, step)| {
            let (Some(before), Some(after)) = (self.node(step.before)?, self.node(step.after)?) else {
                return Ok(None);
            };
            let Ok(moved) = Change::new(path.clone(), before, after) else { return Ok(None) };
            self.judge_move(&span, &moved, requirements).map(Some)
        })?;
        let mut all = PathVerdict { status: ChangeStatus::Exempt, chain: ChainVerdict::default() };
        for verdict in judged {
            let Some(verdict) = verdict.filter(|verdict| verdict.status != ChangeStatus::Unreviewed) else {
                return Ok(None);
            };
            all.status = weaker(all.status, verdict.status);
            all.chain.warnings.extend(verdict.chain.warnings);
            all.chain.reviewers.extend(verdict.chain.reviewers);
            all.chain.records.extend(verdict.chain.records);
            all.chain.works.extend(verdict.chain.works);
        }
        Ok(Some(all))
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
        for promotion in &self.case.promotions {
            let limit = self.case.policy.review_max_steps();
            let Moves::Known(moves) = self.ask.moves(promotion.since, promotion.until, change.path(), limit)? else {
                continue;
            };
            let ends = moves.first().zip(moves.last());
            let spans_it = ends.is_some_and(|(first, last)| {
                first.before == change.before().map(|entry| entry.slot())
                    && last.after == change.after().map(|entry| entry.slot())
            });
            if !spans_it {
                continue;
            }
            let spans = moves.iter().map(|step| (self.promoted_span(step, promotion), step)).collect();
            let promoted = self.judge_moves(change, requirements, spans)?;
            if let Some(verdict) = promoted
                && self.rejected_here(change, requirements, moves)?.is_empty()
            {
                return Ok(verdict);
            }
        }
        Ok(net)
    }

    /// Rejections that name the judged branch itself, of anything a promotion would bring to it.
    fn rejected_here(
        &self,
        change: &Change,
        requirements: &Requirements,
        moves: &[Move],
    ) -> Known<Vec<(crate::name::PersonId, crate::id::RecordId)>> {
        let entered: Vec<Node> = for_all(moves, |step| self.node(step.after))?.into_iter().flatten().collect();
        let book = Book::read(self, &self.case.branch, change.path(), &[change.before()], &entered)?;
        let works = self.work(&self.whole_span(), change.path(), &book, &[change.before(), change.after()])?;
        let contributors = works.iter().flat_map(|work| work.contributors.iter().cloned()).collect();
        let found = for_all(entered, |node| self.rejections(&book, node, requirements, &contributors))?;
        Ok(found.into_iter().flatten().collect())
    }

    fn hint(&self, code: Code, requirements: &Requirements) -> String {
        let range = match self.case.kind {
            TransitionKind::Update => format!("{}..{}", short(&self.case.start), short(&self.case.new)),
            TransitionKind::Proposal => format!("{}...{}", short(&self.case.tip), short(&self.case.new)),
        };
        match code {
            Code::MissingDeclaration
            | Code::MissingConfirmation
            | Code::UnapprovedTool
            | Code::RestrictedUse
            | Code::AiForbidden => format!("the writer runs `git provenance declare {range}` with what is true"),
            Code::Rejected => {
                "fix what was rejected; the reviewer takes it back with `git provenance review --approve`".to_owned()
            }
            Code::PartialChangeSet => {
                format!("land the whole set, or have its reviewer run `git provenance review {range}` again")
            }
            _ => format!("{} runs `git provenance review {range}`", who(requirements)),
        }
    }
}

/// Who could review under these requirements, in words.
fn who(requirements: &Requirements) -> String {
    let roles: BTreeSet<&str> =
        requirements.quorums().iter().flat_map(|quorum| quorum.roles.iter().map(crate::name::Role::as_str)).collect();
    if roles.is_empty() {
        return "a human of the roster who did not contribute".to_owned();
    }
    let roles: Vec<&str> = roles.into_iter().collect();
    format!("a human with role {} who did not contribute", roles.join(" or "))
}

fn short(commit: &crate::id::CommitId) -> String {
    commit.to_string()[..12].to_owned()
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

fn weaker(a: ChangeStatus, b: ChangeStatus) -> ChangeStatus {
    match (a, b) {
        (ChangeStatus::Merged, _) | (_, ChangeStatus::Merged) => ChangeStatus::Merged,
        (ChangeStatus::Reviewed, _) | (_, ChangeStatus::Reviewed) => ChangeStatus::Reviewed,
        _ => a,
    }
}
