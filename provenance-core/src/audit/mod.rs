//! `audit`: whether every step of a publish branch since the pinned root was allowed.
//!
//! Each step of the first-parent chain is judged as a transition of its own, under the policy of the state
//! before it, with the records of today's ledger (`steps`: on all cores, some at a time, so that the memory
//! it takes does not grow with history). Where single steps were never published by themselves, a push of
//! several is looked for that is allowed (`pushes`). Nobody signed when a step was published: the times
//! are those of commits and records, and unproven.

mod beginning;
#[cfg(test)]
mod laws;
mod pushes;
mod steps;

pub use beginning::{check, unpublished};

use crate::check::{Dates, not_on_chain};
use crate::finding::{Code, Finding};
use crate::gather::{Bounds, Shared};
use crate::git::{OpenError, ReadError, Repository, cores};
use crate::id::CommitId;
use crate::ledger::{self, Ledger};
use crate::path::RefName;
use crate::report::{AUDIT_SCHEMA, Audit, Verdict};
use crate::time::Timestamp;

/// What to audit.
#[derive(Debug, Clone)]
pub struct Request {
    /// The publish branch.
    pub branch: RefName,
    /// Its newest step.
    pub tip: CommitId,
    /// The commit where trust starts; it is not judged itself.
    pub root: CommitId,
    /// The clock: nothing is judged as of a later time.
    pub now: Timestamp,
}

/// What an audit works with. Its answer does not depend on it.
#[derive(Debug, Clone, Copy)]
struct Means {
    /// At most so many cores judge steps.
    cores: usize,
    /// Neighbouring steps that one core takes at a time.
    run: usize,
    /// How much of what steps share is remembered.
    bounds: Bounds,
}

impl Default for Means {
    fn default() -> Self {
        Self { cores: cores(), run: 256, bounds: Bounds::default() }
    }
}

fn begun(request: &Request, ledger: &Ledger<'_>) -> Audit {
    Audit {
        schema: AUDIT_SCHEMA.to_owned(),
        verdict: Verdict::Allowed,
        branch: request.branch.clone(),
        root: request.root,
        tip: request.tip,
        ledger: ledger.commit(),
        steps: 0,
        allowed: 0,
        together: 0,
        refused: 0,
        undecided: 0,
        pushes: Vec::new(),
        reports: Vec::new(),
        findings: Vec::new(),
    }
}

/// The verdict of it all. A step that nobody judged is none that is allowed.
fn concluded(mut audit: Audit) -> Audit {
    let judged = audit.allowed + audit.together + audit.refused + audit.undecided;
    if judged != audit.steps {
        let message = format!("{judged} of {} steps could be judged: the others cannot be read any more", audit.steps);
        audit.findings.push(Finding::error(Code::UndecidedHistory, message).hint("look for damage with `git fsck`"));
    }
    audit.verdict = match (Verdict::of(&audit.findings), audit.undecided, audit.refused) {
        (Verdict::Allowed, 0, 0) => Verdict::Allowed,
        (Verdict::Allowed, 0, _) => Verdict::Refused,
        (Verdict::Allowed, ..) => Verdict::Undecided,
        (found, ..) => found,
    };
    audit
}

/// Why there is no audit at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The repository could not be opened once more, for another core.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The ledger could not be read.
    #[error(transparent)]
    Ledger(#[from] ledger::ReadError),
}

/// Judges every step of a branch after the root. What cannot be read is undecided in the answer, and a root
/// that is not on the branch's first-parent chain is `untrusted-root`.
///
/// # Errors
/// [`AuditError`] when repository or ledger cannot be opened.
pub fn audit(repository: &Repository, request: &Request) -> Result<Audit, AuditError> {
    audit_by(Means::default(), repository, (request, Dates::Stated))
}

/// The same by these means, taking the dates of commits so.
fn audit_by(means: Means, repository: &Repository, (request, dates): (&Request, Dates)) -> Result<Audit, AuditError> {
    let ledger = Ledger::open(repository)?;
    let mut audit = begun(request, &ledger);
    match steps::Runs::between(repository, (request.root, request.tip), means.run) {
        Ok(Some(runs)) => {
            audit.steps = runs.steps;
            let shared = Shared::of(request.tip, means.bounds);
            let mut pushes = pushes::Pushes::new(repository, &ledger, (request, dates), audit).sharing(&shared);
            let take = |step| pushes.take(step);
            let done = (means.cores, &runs, &shared);
            steps::judge(&repository.opener(), ledger.commit(), (request, dates), done, take)?;
            audit = pushes.finish();
            free_beside(shared);
        }
        Ok(None) => audit.findings.push(not_on_chain(request.root, request.tip)),
        Err(error) => audit.findings.push(unread(&error)),
    }
    Ok(concluded(audit))
}

/// Frees what the steps shared while the answer is given: it took a thirtieth of the time of an audit.
fn free_beside(shared: Shared) {
    // Where no thread can be had it is freed here, with the closure.
    drop(std::thread::Builder::new().spawn(move || drop(shared)));
}

fn unread(error: &ReadError) -> Finding {
    Finding::error(crate::check::code_of(error), crate::finding::causes(error))
}
