//! Pushes of several steps: what was rebased or pushed commit by commit is reviewed as a whole, and its
//! single steps were never published by themselves.

use super::Request;
use super::steps::Step;
use crate::check::{Dates, Replay};
use crate::finding::{Code, Finding};
use crate::gather::Shared;
use crate::git::Repository;
use crate::id::CommitId;
use crate::ledger::Ledger;
use crate::report::{Audit, Push, Verdict};

/// The most steps of one push.
const MAX_PUSH: usize = 64;
/// So many pushes are tried in one audit: each takes as long as a check of it.
const MAX_TRIES: usize = 10_000;

/// Steps in order, of which some wait for those that were pushed with them.
pub(super) struct Pushes<'r> {
    replay: Replay<'r>,
    audit: Audit,
    /// The oldest is not allowed by itself; with the others it is not allowed so far.
    waiting: Vec<Step>,
    tries: usize,
}

impl<'r> Pushes<'r> {
    pub(super) fn new(
        repository: &'r Repository,
        ledger: &'r Ledger<'r>,
        (request, dates): (&Request, Dates),
        audit: Audit,
    ) -> Self {
        let replay = Replay::new(repository, ledger, (request.branch.clone(), request.root), request.now).dating(dates);
        Self { replay, audit, waiting: Vec::new(), tries: 0 }
    }

    /// The same, sharing what was found out with others who judge steps of the branch.
    pub(super) fn sharing(self, shared: &'r Shared) -> Self {
        Self { replay: self.replay.sharing(shared), ..self }
    }

    /// Takes the next step.
    pub(super) fn take(&mut self, step: Step) {
        let mut todo = vec![step];
        while let Some(step) = todo.pop() {
            if self.waiting.is_empty() && step.refusal.is_none() {
                self.audit.allowed += 1;
                continue;
            }
            // A policy binds from the step that brings it, so no push is judged across one.
            let alone = self.moves_policy(&step) || self.waiting.len() == MAX_PUSH || self.tries == MAX_TRIES;
            if !alone {
                self.waiting.push(step);
                if self.waiting.len() > 1 {
                    self.try_together();
                }
                continue;
            }
            if self.waiting.is_empty() {
                self.fails(step);
                continue;
            }
            todo.push(step);
            todo.extend(self.give_up().into_iter().rev());
        }
    }

    /// The audit of all steps.
    pub(super) fn finish(mut self) -> Audit {
        while !self.waiting.is_empty() {
            let rest = self.give_up();
            rest.into_iter().for_each(|step| self.take(step));
        }
        if self.tries == MAX_TRIES {
            let message = format!("{MAX_TRIES} pushes of several steps were looked at, and no more will be");
            let hint = "check what is refused as it was pushed: `git provenance check OLD..NEW`";
            self.audit.findings.push(Finding::note(Code::UndecidedHistory, message).hint(hint));
        }
        self.audit
    }

    /// The oldest step that waits is not allowed, whatever it was pushed with; those that waited with it.
    fn give_up(&mut self) -> Vec<Step> {
        let mut steps = std::mem::take(&mut self.waiting).into_iter();
        if let Some(first) = steps.next() {
            self.fails(first);
        }
        steps.collect()
    }

    fn fails(&mut self, step: Step) {
        if let Some(report) = step.refusal {
            self.audit.fails(*report);
        }
    }

    fn try_together(&mut self) {
        self.tries += 1;
        let steps: Vec<CommitId> = self.waiting.iter().map(|step| step.step).collect();
        let (old, new) = (self.waiting[0].parent, steps[steps.len() - 1]);
        let since = self.waiting.last().and_then(|step| step.since);
        if self.replay.judge(old, &steps, since).verdict == Verdict::Allowed {
            self.audit.passes(Push { old, new, steps: steps.len() });
            self.waiting.clear();
        }
    }

    fn moves_policy(&self, step: &Step) -> bool {
        match step.refusal {
            Some(_) => step.moves_policy,
            None => self.replay.moves_policy(step.parent, step.step).unwrap_or(true),
        }
    }
}
