//! The gate: a pure function of policy, change set, evidence and clock.
//!
//! [`judge`] looks at a [`Case`] on the [`Evidence`] so far and answers either with a [`Report`] or
//! with the set of [`Question`]s it still has. The caller gathers their answers in one batch and
//! asks again; verdicts do not depend on how the evidence was batched.
//!
//! A change passes if a chain of approved edges leads from its entry before to its entry after,
//! each edge with its full quorum of reviews that are fresh, whole and standing (`chain`, `fresh`,
//! `whole`, `standing`); or if it is the clean merge of such a change (`derive`); or if every step
//! that moved the path passes by itself (`path`). Then what was declared of AI is judged (`ai`).
//! Clauses are those of `docs/spec/gate.md`.

mod ai;
mod book;
mod case;
mod chain;
mod derive;
mod eligible;
mod evidence;
mod fresh;
mod path;
mod people;
mod record;
mod signer;
mod standing;
mod whole;

use std::cell::RefCell;
use std::collections::BTreeSet;

pub use case::{Case, Promotion};
pub use eligible::may_review;
pub use evidence::{Answer, Evidence, Identity, MergeResult, MergedBlob, Merges, Move, Moves, Part, Question};
pub use record::{Content, FiledLine, KeyRing};

use evidence::{Inquiry, Stop};
use signer::Rosters;

use crate::entry::{Change, Entry};
use crate::finding::{Code, Finding};
use crate::id::CommitId;
use crate::path::{RefName, RepoPath};
use crate::policy::Requirements;
use crate::report::{ChangeStatus, JudgedChange, Report, Transition, TransitionKind};

/// A report, or what must be known first.
#[derive(Debug)]
pub enum Outcome {
    /// The gate's answer.
    Report(Box<Report>),
    /// What it still has to know; never empty.
    Questions(BTreeSet<Question>),
}

/// Judges a case on the evidence so far.
pub fn judge(case: &Case<'_>, evidence: &Evidence) -> Outcome {
    let judge = Judge { case, ask: Inquiry::of(evidence), remarks: RefCell::default() };
    let mut changes = Vec::new();
    let mut findings = case.findings.clone();
    for change in &case.changes {
        match judge.judge_change(change) {
            Ok((line, found)) => {
                changes.push(line);
                findings.extend(found);
            }
            Err(Stop::Open) => {}
            Err(Stop::Undecided(finding)) => {
                changes.push(undecided(change.path()));
                findings.push(if finding.path.is_none() { finding.at(change.path()) } else { *finding });
            }
        }
    }
    let open = judge.ask.into_open();
    if !open.is_empty() {
        return Outcome::Questions(open);
    }
    if case.changes.is_empty() && case.findings.is_empty() {
        findings.push(Finding::note(Code::NothingToCheck, "the range changes nothing, so nothing was reviewed"));
    }
    findings.extend(judge.remarks.into_inner());
    let transition = Transition {
        repository: case.policy.repository().to_owned(),
        branch: case.branch.clone(),
        kind: case.kind,
        old: case.tip,
        new: case.new,
        steps: case.steps.len(),
    };
    Outcome::Report(Box::new(Report::new(transition, Some(case.policy.digest()), changes, findings)))
}

fn undecided(path: &RepoPath) -> JudgedChange {
    JudgedChange {
        path: path.clone(),
        status: ChangeStatus::Unreviewed,
        reviewers: Vec::new(),
        ai: None,
        records: Vec::new(),
    }
}

/// The gate at work on one case.
struct Judge<'a> {
    case: &'a Case<'a>,
    ask: Inquiry<'a>,
    remarks: RefCell<BTreeSet<Finding>>,
}

/// A stretch of history that a change is judged over.
#[derive(Debug, Clone)]
struct Span {
    /// Commits reachable from here are published.
    old: CommitId,
    /// The state proposed.
    new: CommitId,
    /// The published state that freshness is judged against.
    tip: CommitId,
    /// The branch that reviews must name.
    branch: RefName,
    /// States in any of which a reviewed set may be whole.
    finals: Vec<CommitId>,
}

impl<'a> Judge<'a> {
    fn rosters(&self) -> Rosters<'a> {
        Rosters { policy: self.case.policy, authority: self.case.authority, now: self.case.now }
    }

    fn remark(&self, finding: Finding) {
        self.remarks.borrow_mut().insert(finding);
    }

    fn whole_span(&self) -> Span {
        let case = self.case;
        let finals = match case.kind {
            TransitionKind::Update => vec![case.new],
            // What the base has gained meanwhile will be there as well.
            TransitionKind::Proposal => vec![case.new, case.tip],
        };
        Span { old: case.tip, new: case.new, tip: case.tip, branch: case.branch.clone(), finals }
    }

    fn step_span(&self, step: &Move) -> Span {
        Span {
            old: step.parent,
            new: step.step,
            tip: step.parent,
            branch: self.case.branch.clone(),
            finals: vec![step.step, self.case.new],
        }
    }

    fn promoted_span(&self, step: &Move, promotion: &Promotion) -> Span {
        Span {
            old: step.parent,
            new: step.step,
            tip: step.parent,
            branch: promotion.from.clone(),
            finals: vec![step.step, promotion.until],
        }
    }

    fn requirements(&self, change: &Change) -> Requirements {
        let own = self.case.policy.requirements(&self.case.branch, change);
        match self.case.authority {
            Some(authority) => own.join(authority.requirements(&self.case.branch, change)),
            None => own,
        }
    }

    fn requirements_between(&self, path: &RepoPath, before: Option<Entry>, after: Option<Entry>) -> Requirements {
        let change = Change::new(path.clone(), before, after);
        change.map_or_else(|unchanged| self.case.policy.strictest(&unchanged.0), |change| self.requirements(&change))
    }
}
