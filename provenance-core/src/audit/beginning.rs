//! Where a ref begins: a tag, or a new publish branch, at a state that was published by itself.
//!
//! Of several steps that are pushed at once only the last is judged, and what one brings and the next takes
//! back nobody need have reviewed. So a state that no branch shows now is one that was published only if
//! the steps up to it pass as an audit judges them: the last of them ends a push that was allowed.

use super::{AuditError, Means, Request, audit_by, unread};
use crate::check::{self, CheckError, Dates, Range, default_policy, find_branch};
use crate::finding::{Code, Finding, causes};
use crate::git::{ReadError, RefError, Repository};
use crate::id::CommitId;
use crate::ledger::Ledger;
use crate::path::RefName;
use crate::policy::Policy;
use crate::report::{Audit, Report, Verdict};
use crate::time::Timestamp;

/// Judges a transition with the records of this ledger: its range, and where the ref is new, whether it begins at a state
/// that was published by itself, and not one that was only pushed over.
///
/// # Errors
/// [`CheckError`] when the request is wrong. What keeps the gate from deciding is a finding of the
/// report, whose verdict is then `undecided`.
pub fn check(repository: &Repository, ledger: &Ledger<'_>, request: &check::Request) -> Result<Report, CheckError> {
    let report = check::check_range(repository, ledger, request)?;
    let (Range::Update { old: None, .. }, Verdict::Allowed) = (request.range, report.verdict) else {
        return Ok(report);
    };
    let (begins, at) = (&report.transition.branch, report.transition.old);
    let fault = match (default_policy(repository, request.root)?, request.root) {
        (Some(policy), Some(root)) => {
            let state = State { repository, policy: &policy, at, root, now: request.now };
            let Known::PassedOver(fault) = state.known(begins)? else { return Ok(report) };
            fault
        }
        (Some(policy), None) if is_shown(repository, &policy, begins, at)? => return Ok(report),
        (Some(_), None) => {
            let message = format!(
                "{begins} would begin at {at}, where no publish branch is now, and without a pinned root nothing says \
                 whether that was published by itself"
            );
            let hint = "pin the commit where trust starts with `git provenance trust COMMIT`";
            Finding::error(Code::UntrustedRoot, message).hint(hint)
        }
        (None, _) => {
            let message =
                format!("no policy says which refs are published, where {} would begin", report.transition.branch);
            Finding::error(Code::UndecidedPolicy, message)
        }
    };
    let findings = [report.findings, vec![fault]].concat();
    Ok(Report::new(report.transition, report.policy, report.changes, findings))
}

/// Whether a publish branch at whose states this ref may begin is there now.
fn is_shown(repository: &Repository, policy: &Policy, begins: &RefName, at: CommitId) -> Result<bool, RefError> {
    for branch in may_begin_on(policy, begins) {
        if find_branch(repository, branch)? == Some(at) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The branches that publish states at which this ref may begin: a tag at those of any, a branch at the authority's.
fn may_begin_on<'p>(policy: &'p Policy, begins: &RefName) -> impl Iterator<Item = &'p RefName> + use<'p> {
    let (authority, tag) = (policy.authority(), begins.is_tag());
    policy.branches().iter().filter(move |branch| !branch.is_tag() && (tag || *branch == authority))
}

/// Why a ref that is at `at`, and that nobody guarded so far, is not at what was published by itself: nothing where it is.
///
/// # Errors
/// [`CheckError`] when refs cannot be read.
pub fn unpublished(
    repository: &Repository,
    policy: &Policy,
    (name, at): (&RefName, CommitId),
    (root, now): (CommitId, Timestamp),
) -> Result<Option<Finding>, CheckError> {
    Ok(match (State { repository, policy, at, root, now }).known(name)? {
        Known::Published => None,
        Known::PassedOver(fault) => Some(fault),
        Known::Elsewhere => {
            let who = if name.is_tag() { "no publish branch" } else { policy.authority().as_str() };
            let message = format!("{at} is a commit that {who} has not published");
            Some(Finding::error(Code::RewoundBranch, message))
        }
    })
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
    /// Whether some publish branch has published it; a branch begins at a state of the authority.
    fn known(&self, begins: &RefName) -> Result<Known, CheckError> {
        match self.on_any(begins) {
            Ok(known) => Ok(known),
            Err(Stop::Ref(error)) => Err(error.into()),
            Err(Stop::Finding(finding)) => Ok(Known::PassedOver(*finding)),
        }
    }

    fn on_any(&self, begins: &RefName) -> Result<Known, Stop> {
        let mut known = Known::Elsewhere;
        for branch in may_begin_on(self.policy, begins) {
            match self.on(branch)? {
                Known::Elsewhere => {}
                Known::Published => return Ok(Known::Published),
                found @ Known::PassedOver(_) => known = found,
            }
        }
        Ok(known)
    }

    /// Whether this branch has published it.
    fn on(&self, branch: &RefName) -> Result<Known, Stop> {
        let Some(tip) = find_branch(self.repository, branch)? else { return Ok(Known::Elsewhere) };
        if self.repository.first_parent_steps(self.at, tip, usize::MAX)?.is_none() {
            return Ok(Known::Elsewhere);
        }
        if self.at == tip || self.repository.first_parent_steps(self.at, self.root, usize::MAX)?.is_some() {
            return Ok(Known::Published);
        }
        let start = self.start(branch)?;
        if start != self.root
            && let found @ Known::PassedOver(_) = self.at(start).on(self.policy.authority())?
        {
            return Ok(found);
        }
        let request = Request { branch: branch.clone(), tip: self.at, root: start, now: self.now };
        let audit = audit_by(Means::default(), self.repository, (&request, Dates::InOrder))?;
        Ok(match audit.verdict {
            Verdict::Allowed => Known::Published,
            verdict => Known::PassedOver(passed_over(&audit, verdict)),
        })
    }

    fn at(&self, at: CommitId) -> Self {
        Self { at, ..*self }
    }

    /// Where the steps begin that are the branch's own: the root, or the newest state of the authority among them.
    fn start(&self, branch: &RefName) -> Result<CommitId, Stop> {
        let authority = self.policy.authority();
        if branch == authority {
            return Ok(self.root);
        }
        let shared = match find_branch(self.repository, authority)? {
            Some(tip) => self.repository.newest_shared_step(self.at, tip)?,
            None => None,
        };
        Ok(shared.unwrap_or(self.root))
    }
}

/// What is known of a state.
enum Known {
    /// A branch shows it, or has shown it.
    Published,
    /// It is on the chain of a branch, and some step up to it is not allowed or not decided.
    PassedOver(Finding),
    /// It is on the chain of none.
    Elsewhere,
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
