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
mod between;
mod book;
mod burst;
mod case;
mod chain;
mod chains;
mod cover;
mod derive;
mod effect;
mod eligible;
mod evidence;
mod fresh;
mod hints;
mod history;
mod incident;
mod label;
mod marks;
mod memo;
mod moves;
mod onward;
mod outside;
mod path;
mod people;
mod person;
mod record;
mod scan;
mod signer;
mod standing;
mod starts;
mod tool;
mod turns;
mod waive;
mod whole;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

pub use case::{Authority, Brought, Case, Promotion};
pub use eligible::may_review;
pub use evidence::{
    Answer, Evidence, Identity, Mark, Marks, MergeResult, MergedBlob, Merges, Move, Moves, Part, Question, Shown,
};
pub use record::{Content, FiledLine, KeyRing};

pub(crate) use effect::{Effect, MAX_DEPTH, names_record};
pub(crate) use incident::is_no_earlier;
pub(crate) use person::{is_version, last_day};
pub(crate) use signer::Rosters;

use book::{Book, Item, Node};
use burst::Counted;
use cover::Cover;
use evidence::{Inquiry, Stop};
use fresh::Passed;
use marks::Marked;
use memo::Memo;
use signer::Fault;

use crate::entry::{Change, Entry};
use crate::finding::{Code, Finding};
use crate::id::{CommitId, RecordId};
use crate::name::{PersonId, ToolId};
use crate::path::{RefName, RepoPath};
use crate::policy::{Activity, Clause, Level, Policy, Requirements};
use crate::report::{ChangeStatus, JudgedChange, Report, Transition, TransitionKind};
use crate::statement::Declaration;

/// A report, or what must be known first.
#[derive(Debug)]
pub enum Outcome {
    /// The gate's answer.
    Report(Box<Report>),
    /// What it still has to know; never empty.
    Questions(BTreeSet<Question>),
}

/// So many books are kept from one changed path to the next.
const MAX_BOOKS: usize = 4096;

/// Of so many bases what a path passed since is kept from one changed path to the next.
const MAX_PASSED: usize = 256;

/// Judges a case on the evidence so far.
pub fn judge(case: &Case<'_>, evidence: &Evidence) -> Outcome {
    let judge = Judge::new(case, evidence);
    let mut changes = Vec::new();
    let mut findings = case.findings.clone();
    for change in &case.changes {
        judge.books.bound(MAX_BOOKS);
        judge.passed.bound(MAX_PASSED);
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
    findings.extend(judge.judge_history());
    findings.extend(judge.bursts());
    findings.extend(judge.contradictions());
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
    /// The paths of reviewed sets that do not land.
    missing: Memo<SetInSpan, BTreeSet<RepoPath>>,
    /// The books of paths from one entry to another.
    books: Memo<(RefName, RepoPath, Node, Node), Book<'a>>,
    /// What paths passed on a branch from one step to another, where they moved along approved edges alone.
    passed: Memo<(RefName, RepoPath, CommitId, CommitId), Option<Passed>>,
    /// What keeps people from using AI or reviewing it.
    unfit: Memo<(PersonId, Activity), Vec<Fault>>,
    /// What keeps people from using a tool.
    unacquainted: Memo<(PersonId, ToolId), BTreeSet<Fault>>,
    /// The approvals that counted so far.
    counted: RefCell<Counted>,
    /// What marks say of the changes judged so far.
    marked: RefCell<Vec<Marked>>,
}

/// A review and the span it is judged in: its tip, its end and its branch.
type SetInSpan = (RecordId, CommitId, CommitId, RefName);

/// A stretch of history that a change is judged over.
#[derive(Debug, Clone)]
struct Span<'a> {
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
    /// Where one move of several is judged alone: all of them.
    around: Rc<Around<'a>>,
    /// Which move it is.
    at: usize,
}

/// The moves of a path of which one is judged alone.
#[derive(Debug, Default)]
struct Around<'a> {
    /// What the path held before the first move and after each.
    nodes: Vec<Node>,
    /// Every declaration between these.
    declarations: BTreeMap<RecordId, Item<'a, Declaration>>,
    /// Which of the moves these cover.
    cover: Rc<Cover<'a>>,
}

impl Around<'_> {
    /// Whether a chain is just this move.
    fn has(&self, at: usize, chain: &[Node]) -> bool {
        self.nodes.get(at..at + 2) == Some(chain)
    }

    /// What the path held before and after both ends of a move.
    fn beside(&self, at: usize) -> (&[Node], &[Node]) {
        (self.nodes.get(..at).unwrap_or_default(), self.nodes.get(at + 2..).unwrap_or_default())
    }
}

impl<'a> Judge<'a> {
    fn new(case: &'a Case<'a>, evidence: &'a Evidence) -> Self {
        Self {
            case,
            ask: Inquiry::of(evidence),
            remarks: RefCell::default(),
            missing: Memo::default(),
            books: Memo::default(),
            passed: Memo::default(),
            unfit: Memo::default(),
            unacquainted: Memo::default(),
            counted: RefCell::default(),
            marked: RefCell::default(),
        }
    }

    fn rosters(&self) -> Rosters<'a> {
        Rosters { policy: self.case.policy, authority: self.case.authority.map(|it| it.policy), now: self.case.now }
    }

    /// The policies that bind, each with the tip that has it.
    fn ruling(&self) -> impl Iterator<Item = (&'a Policy, CommitId)> + use<'a> {
        let case = self.case;
        std::iter::once((case.policy, case.tip)).chain(case.authority.map(|it| (it.policy, it.tip)))
    }

    /// Says what breaks a clause and refuses nothing; nothing where the clause is off.
    fn remark_warning(&self, fault: &Fault, clause: Clause, path: &RepoPath) {
        if self.rosters().level(clause) != Level::Off {
            let warning = Finding::warning(fault.code, format!("{} ({clause})", fault.message)).at(path);
            self.remark(match &fault.way_out {
                Some(way_out) => warning.hint(way_out),
                None => warning,
            });
        }
    }

    fn remark(&self, finding: Finding) {
        self.remarks.borrow_mut().insert(finding);
    }

    fn whole_span(&self) -> Span<'a> {
        let case = self.case;
        let finals = match case.kind {
            TransitionKind::Update => vec![case.new],
            // What the base has gained meanwhile will be there as well.
            TransitionKind::Proposal => vec![case.new, case.tip],
        };
        let (old, branch, around) = (case.tip, case.branch.clone(), Rc::default());
        Span { old, new: case.new, tip: case.tip, branch, finals, around, at: 0 }
    }

    /// One move of several on a branch. A set is whole only in NEW: what a step brought and a later
    /// one took back unseen has not landed.
    fn move_span(&self, branch: &RefName, step: &Move, around: &Rc<Around<'a>>, at: usize) -> Span<'a> {
        Span {
            old: step.parent,
            new: step.step,
            tip: step.parent,
            branch: branch.clone(),
            finals: vec![self.case.new],
            around: Rc::clone(around),
            at,
        }
    }

    fn requirements(&self, change: &Change) -> Requirements {
        let own = self.case.policy.requirements(&self.case.branch, change);
        match self.case.authority {
            Some(authority) => own.join(authority.policy.requirements(&self.case.branch, change)),
            None => own,
        }
    }

    fn requirements_between(&self, path: &RepoPath, before: Option<Entry>, after: Option<Entry>) -> Requirements {
        let change = Change::new(path.clone(), before, after);
        change.map_or_else(|unchanged| self.case.policy.strictest(&unchanged.0), |change| self.requirements(&change))
    }
}
