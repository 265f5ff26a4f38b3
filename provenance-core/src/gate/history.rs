//! History: what single commits bring that become reachable with NEW (`history = "every-commit"`).
//!
//! Such a commit is no state of the branch, so a review of it is neither stale nor half a set: it is
//! enough that people who count approved, at this path, what the commit holds there.

use std::collections::BTreeSet;

use super::book::Book;
use super::case::Brought;
use super::chain::{ChainVerdict, Freshness};
use super::chains::chains;
use super::evidence::{Known, Stop, for_all};
use super::path::{MAX_CHAINS, MAX_EXPLAINED};
use super::people::contributors;
use super::signer::Fault;
use super::turns::in_turns;
use super::waive::Waived;
use super::{Judge, Span};
use crate::entry::Change;
use crate::finding::{Code, Finding, Severity};
use crate::path::RepoPath;
use crate::policy::Requirements;

/// How much of what commits bring is judged in the first turn.
const FIRST_BROUGHT: usize = 64;
/// After so many failures no more is judged: it takes as long for each, and to push them nobody has to sign anything.
const MAX_FAILED: usize = 100;

impl<'a> Judge<'a> {
    /// What is wrong with what single commits bring, the first failures.
    pub(super) fn judge_history(&self) -> Vec<Finding> {
        let (mut findings, mut failed, mut left, mut open) = (Vec::new(), 0, self.case.brought.len(), false);
        for now in in_turns(&self.case.brought, FIRST_BROUGHT) {
            for brought in now {
                match self.judge_brought(brought) {
                    Ok(found) => {
                        failed += usize::from(found.iter().any(|finding| finding.severity == Severity::Error));
                        findings.extend(found);
                    }
                    Err(Stop::Open) => open = true,
                    Err(Stop::Undecided(finding)) => {
                        failed += 1;
                        findings.push(finding.at(brought.ways[0].path()));
                    }
                }
            }
            left -= now.len();
            if open {
                return findings;
            }
            if failed >= MAX_FAILED && left > 0 {
                let message = format!("{left} more changes that commits bring were not judged");
                findings.push(Finding::note(Code::MissingReview, message));
                return findings;
            }
        }
        findings
    }

    /// What is wrong with what one commit brings: nothing, or what somebody waived, where its change against one of
    /// its parents passes; else the findings of the change against the first.
    fn judge_brought(&self, brought: &Brought) -> Known<Vec<Finding>> {
        let judged = for_all(&brought.ways, |change| self.judge_way(change))?;
        let (short, path) = (&brought.commit.to_string()[..12], brought.ways[0].path());
        let said = |fault: &Fault| format!("commit {short}, which becomes reachable: {}", fault.message);
        let passing = judged.iter().filter(|way| way.faults.is_empty());
        if let Some(waived) = passing.min_by_key(|way| way.warnings.len()) {
            return Ok(waived.warnings.iter().map(|it| Finding::warning(it.code, said(it)).at(path)).collect());
        }
        let finding =
            |fault: &Fault| Finding::error(fault.code, said(fault)).at(path).hint(way_out(short, fault.code, path));
        Ok(judged.first().map(|way| way.faults.iter().map(finding).collect()).unwrap_or_default())
    }

    fn judge_way(&self, change: &Change) -> Known<Waived> {
        let requirements = self.requirements(change);
        let chain = self.way(change, &requirements)?;
        let judged = self.judge_ai(change.path(), &requirements, &chain.works)?;
        let faults = chain.faults.into_iter().chain(judged.faults);
        let refusing: BTreeSet<Fault> = faults.filter(|fault| self.refuses(fault)).collect();
        self.waive(change, refusing, &contributors(&chain.works))
    }

    fn way(&self, change: &Change, requirements: &Requirements) -> Known<ChainVerdict<'a>> {
        let span: Span<'a> = self.whole_span();
        let (path, before, after) = (change.path(), change.before(), change.after());
        let book = Book::read(self, &span.branch, path, &[before], &[after])?;
        if requirements.is_exempt() {
            return Ok(self.exempt(&span, change, requirements, &book)?.chain);
        }
        let mut reviewed = chains(&self.plausible(&book, requirements), before, after, MAX_CHAINS);
        if reviewed.is_empty() {
            reviewed = chains(&book.approved(), before, after, MAX_EXPLAINED);
        }
        let direct = self.best_chain(&span, path, requirements, &book, &reviewed, Freshness::Reachable)?;
        if direct.faults.is_empty() {
            return Ok(direct);
        }
        match self.derive(&span, change, requirements, &book)? {
            Some(derived) if derived.faults.is_empty() => Ok(derived),
            _ if reviewed.is_empty() => self.unreviewed(&span, change, requirements, &book),
            _ => Ok(direct),
        }
    }
}

/// The command that mends it, by itself or by leaving the commit out.
fn way_out(commit: &str, code: Code, path: &RepoPath) -> String {
    let verb = match code {
        Code::MissingDeclaration => "the writer runs `git provenance declare",
        _ => "a reviewer runs `git provenance review",
    };
    format!("{verb} {commit} -- {path}`; or the branch is landed as one squashed commit, which leaves {commit} behind")
}
