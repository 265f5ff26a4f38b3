//! Where a ref begins: a tag, or a new publish branch, at a state that was published by itself.
//!
//! Of several steps that are pushed at once only the last is judged, and what one brings and the next takes
//! back nobody need have reviewed. So a state that no branch shows now is one that was published only if
//! the steps up to it pass as an audit judges them: the last of them ends a push that was allowed.

use std::collections::HashSet;

use super::{AuditError, Request, audit, unread};
use crate::check::{self, CheckError, Range, default_policy, find_branch};
use crate::finding::{Code, Finding, causes};
use crate::git::{ReadError, RefError, Repository};
use crate::id::CommitId;
use crate::ledger::Ledger;
use crate::path::RefName;
use crate::policy::Policy;
use crate::report::{Audit, Report, Verdict};
use crate::time::Timestamp;

/// The report of [`check`](check::check), refused where the ref is new and begins at a state that was
/// only pushed over.
///
/// # Errors
/// [`CheckError`], as `check` has it.
pub fn check_beginning(
    repository: &Repository,
    ledger: &Ledger<'_>,
    request: &check::Request,
) -> Result<Report, CheckError> {
    let report = check::check(repository, ledger, request)?;
    let (Range::Update { old: None, .. }, Some(root), Verdict::Allowed) = (request.range, request.root, report.verdict)
    else {
        return Ok(report);
    };
    let Some(policy) = default_policy(repository, Some(root))? else { return Ok(report) };
    let state = State { repository, policy: &policy, at: report.transition.old, root, now: request.now };
    let fault = match state.fault(&report.transition.branch) {
        Ok(fault) => fault,
        Err(Stop::Ref(error)) => return Err(error.into()),
        Err(Stop::Finding(finding)) => Some(*finding),
    };
    let Some(fault) = fault else { return Ok(report) };
    let findings = [report.findings, vec![fault]].concat();
    Ok(Report::new(report.transition, report.policy, report.changes, findings))
}

enum Stop {
    Ref(RefError),
    Finding(Box<Finding>),
}

impl From<RefError> for Stop {
    fn from(error: RefError) -> Self {
        Self::Ref(error)
    }
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        Self::Finding(Box::new(unread(&error)))
    }
}

impl From<AuditError> for Stop {
    fn from(error: AuditError) -> Self {
        Self::Finding(Box::new(Finding::error(Code::UndecidedHistory, causes(&error))))
    }
}

/// A state on the chain of some publish branch.
struct State<'s> {
    repository: &'s Repository,
    policy: &'s Policy,
    at: CommitId,
    root: CommitId,
    now: Timestamp,
}

impl State<'_> {
    /// Why no publish branch has published it; a branch begins at a state of the authority.
    fn fault(&self, begins: &RefName) -> Result<Option<Finding>, Stop> {
        let authority = self.policy.authority();
        let branches = self.policy.branches().iter().filter(|branch| !branch.is_tag());
        let mut fault = None;
        for branch in branches.filter(|branch| begins.is_tag() || *branch == authority) {
            match self.fault_on(branch)? {
                Some(Passed::By(found)) => fault = Some(found),
                Some(Passed::Published) => return Ok(None),
                None => {}
            }
        }
        Ok(fault)
    }

    /// Whether this branch has published it; `None` where it is not on its chain.
    fn fault_on(&self, branch: &RefName) -> Result<Option<Passed>, Stop> {
        let Some(tip) = find_branch(self.repository, branch)? else { return Ok(None) };
        if self.repository.first_parent_steps(self.at, tip, usize::MAX)?.is_none() {
            return Ok(None);
        }
        if self.at == tip || self.repository.first_parent_steps(self.at, self.root, usize::MAX)?.is_some() {
            return Ok(Some(Passed::Published));
        }
        let start = self.start(branch)?;
        let parted = State { at: start, ..*self };
        if start != self.root
            && let Some(Passed::By(fault)) = parted.fault_on(self.policy.authority())?
        {
            return Ok(Some(Passed::By(fault)));
        }
        let request = Request { branch: branch.clone(), tip: self.at, root: start, now: self.now };
        let audit = audit(self.repository, &request)?;
        Ok(Some(match audit.verdict {
            Verdict::Allowed => Passed::Published,
            verdict => Passed::By(passed_over(&audit, verdict)),
        }))
    }

    /// Where the steps begin that are the branch's own: the root, or the newest state of the authority among them.
    fn start(&self, branch: &RefName) -> Result<CommitId, Stop> {
        let authority = self.policy.authority();
        if branch == authority {
            return Ok(self.root);
        }
        let mut states = HashSet::new();
        let mut at = find_branch(self.repository, authority)?;
        while let Some(state) = at {
            states.insert(state);
            at = self.repository.first_parent(state)?;
        }
        let mut at = self.at;
        while at != self.root && !states.contains(&at) {
            match self.repository.first_parent(at)? {
                Some(parent) => at = parent,
                None => return Ok(self.root),
            }
        }
        Ok(at)
    }
}

/// How a state is on the chain of a branch.
enum Passed {
    /// The branch has shown it, or shows it.
    Published,
    /// Some step up to it is not allowed.
    By(Finding),
}

fn passed_over(audit: &Audit, verdict: Verdict) -> Finding {
    let code = if verdict == Verdict::Refused { Code::RewoundBranch } else { Code::UndecidedHistory };
    let reason = audit.reports.first().and_then(|report| Some((report.transition.new, report.findings.first()?)));
    let reason = match (reason, audit.findings.first()) {
        (Some((step, finding)), _) => format!(": at the step {step} an audit finds {}", finding.code),
        (None, Some(finding)) => format!(": {}", finding.message),
        (None, None) => String::new(),
    };
    let message = format!("{} is on the chain of {}, and was not published by itself{reason}", audit.tip, audit.branch);
    let hint = format!("begin at a state that was pushed as such, such as where {} is now", audit.branch);
    Finding::error(code, message).hint(hint)
}
