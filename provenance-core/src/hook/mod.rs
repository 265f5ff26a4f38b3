//! The server's hook: all ref updates of one push, judged together before any ref moves.
//!
//! The ledger's proposed value counts for the branches that are pushed with it, if the
//! [guard](crate::ledger::guard) accepts it. A ref that is symbolic is judged as the ref it leads
//! to. Refs that no policy publishes are none of the hook's business.

use std::collections::BTreeSet;

use crate::check::{CheckError, PolicyAt, Range, Request, check, default_policy, find_branch, policy_at};
use crate::finding::{Code, Finding, Severity, causes};
use crate::gate::KeyRing;
use crate::git::Repository;
use crate::id::{CommitId, ObjectId};
use crate::ledger::guard::guard;
use crate::ledger::{self, Ledger, ledger_ref};
use crate::path::RefName;
use crate::policy::Policy;
use crate::report::{Report, Verdict};
use crate::time::Timestamp;

/// One ref of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The ref as it was pushed.
    pub name: RefName,
    /// What it is; `None` where it is not there.
    pub old: Option<ObjectId>,
    /// What it would be; `None` where it would be deleted.
    pub new: Option<ObjectId>,
}

/// What is to be said of a push.
#[derive(Debug)]
pub struct Judged {
    /// A report for every publish ref that is pushed.
    pub reports: Vec<Report>,
    /// What is wrong beside them: with the ledger, with deletions, with what cannot be decided.
    pub findings: Vec<Finding>,
}

impl Judged {
    /// The verdict on the whole push.
    pub fn verdict(&self) -> Verdict {
        let own = Verdict::of(&self.findings);
        let verdicts: Vec<Verdict> = self.reports.iter().map(|report| report.verdict).chain([own]).collect();
        if verdicts.contains(&Verdict::Undecided) {
            Verdict::Undecided
        } else if verdicts.contains(&Verdict::Refused) {
            Verdict::Refused
        } else {
            Verdict::Allowed
        }
    }
}

/// Judges a push. The repository must be able to read the pushed objects.
///
/// # Errors
/// [`CheckError`] when refs cannot be read: the push must be refused.
pub fn judge_push(
    repository: &Repository,
    updates: &[Update],
    root: Option<CommitId>,
    now: Timestamp,
) -> Result<Judged, CheckError> {
    let mut judged = Judged { reports: Vec::new(), findings: Vec::new() };
    let updates = resolve(repository, updates, &mut judged.findings)?;
    let policy = default_policy(repository, root)?;
    let ledger = judged.ledger(repository, &updates, policy.as_ref())?;
    for update in updates.iter().filter(|update| update.name != ledger_ref()) {
        match publishes(repository, policy.as_ref(), update) {
            Published::No => {}
            Published::Yes => judged.branch(repository, ledger.as_ref(), update, root, now)?,
            Published::Unknown(finding) => judged.findings.push(*finding),
        }
    }
    Ok(judged)
}

/// The updates by the refs that really move. Two that move the same ref are refused.
fn resolve(
    repository: &Repository,
    updates: &[Update],
    findings: &mut Vec<Finding>,
) -> Result<Vec<Update>, CheckError> {
    let mut seen = BTreeSet::new();
    let mut resolved = Vec::new();
    for update in updates {
        let target = repository.try_find_ref(&update.name)?.and_then(|target| target.symbolic);
        let name = target.unwrap_or_else(|| update.name.clone());
        if !seen.insert(name.clone()) {
            findings.push(Finding::error(Code::UndecidedHistory, format!("the push moves {name} twice")));
        }
        resolved.push(Update { name, ..update.clone() });
    }
    Ok(resolved)
}

/// Whether a ref is guarded.
enum Published {
    Yes,
    No,
    Unknown(Box<Finding>),
}

fn publishes(repository: &Repository, policy: Option<&Policy>, update: &Update) -> Published {
    if policy.is_some_and(|policy| policy.branches().contains(&update.name)) {
        return Published::Yes;
    }
    let own = update.old.map(|old| policy_at(repository, CommitId(old)));
    let listed = |policy: &Policy| policy.branches().contains(&update.name);
    match own {
        Some(Ok(PolicyAt::Sound(own))) if listed(&own) => Published::Yes,
        _ if policy.is_some() || !update.name.as_str().starts_with("refs/heads/") => Published::No,
        _ => unruled(repository, update),
    }
}

/// A branch on a server that has no policy yet: the default branch is judged from the pinned root;
/// nothing says that any other is not published.
fn unruled(repository: &Repository, update: &Update) -> Published {
    let default = match repository.head() {
        Ok(Some(crate::git::Head::Branch(name, _) | crate::git::Head::Unborn(name))) => name,
        _ => update.name.clone(),
    };
    if update.name == default {
        return Published::Yes;
    }
    let message = format!("{default} has no readable policy, so nothing says whether {} is published", update.name);
    let hint = format!("push {default} with its policy first; HEAD of this repository must name the publish branch");
    Published::Unknown(Box::new(Finding::error(Code::UndecidedPolicy, message).hint(hint)))
}

impl Judged {
    /// The ledger that counts for this push: the proposed one if it is sound, else the present one.
    fn ledger<'r>(
        &mut self,
        repository: &'r Repository,
        updates: &[Update],
        policy: Option<&Policy>,
    ) -> Result<Option<Ledger<'r>>, CheckError> {
        let Some(update) = updates.iter().find(|update| update.name == ledger_ref()) else {
            return Ok(self.readable(Ledger::open(repository)));
        };
        let Some(new) = update.new else {
            let message = "the push would delete the ledger, refs/notes/provenance";
            self.findings.push(Finding::error(Code::LedgerRewound, message));
            return Ok(self.readable(Ledger::open(repository)));
        };
        let ring = ring(repository, updates, policy)?;
        match guard(repository, update.old.map(CommitId), CommitId(new), &ring) {
            Ok(found) => {
                let sound = found.iter().all(|finding| finding.severity != Severity::Error);
                self.findings.extend(found);
                let counts = if sound { Some(CommitId(new)) } else { update.old.map(CommitId) };
                Ok(self.readable(Ledger::at(repository, counts)))
            }
            Err(error) => {
                self.unreadable(&error);
                Ok(None)
            }
        }
    }

    fn readable<'r>(&mut self, ledger: Result<Ledger<'r>, ledger::ReadError>) -> Option<Ledger<'r>> {
        ledger.map_err(|error| self.unreadable(&error)).ok()
    }

    fn unreadable(&mut self, error: &ledger::ReadError) {
        self.findings.push(Finding::error(Code::UndecidedObject, causes(error)));
    }

    fn branch(
        &mut self,
        repository: &Repository,
        ledger: Option<&Ledger<'_>>,
        update: &Update,
        root: Option<CommitId>,
        now: Timestamp,
    ) -> Result<(), CheckError> {
        let Some(new) = update.new else {
            let message = format!("{} is a publish ref and would be deleted", update.name);
            self.findings.push(
                Finding::error(Code::BranchDeleted, message)
                    .hint("an admin takes it out of `branches` in policy.toml first"),
            );
            return Ok(());
        };
        let Some(ledger) = ledger else { return Ok(()) };
        let peel = |id: ObjectId| repository.peel_to_commit(id);
        let (old, new) = match (update.old.map(peel).transpose(), peel(new)) {
            (Ok(old), Ok(new)) => (old, new),
            (Err(error), _) | (_, Err(error)) => {
                self.findings.push(Finding::error(Code::UndecidedObject, causes(&error)));
                return Ok(());
            }
        };
        let request = Request {
            range: Range::Update { old, new },
            branch: Some(update.name.clone()),
            named: Vec::new(),
            via: Vec::new(),
            root,
            now,
        };
        self.reports.push(check(repository, ledger, &request)?);
        Ok(())
    }
}

/// Everybody's keys in the published rosters, and in those that this push would publish.
fn ring(repository: &Repository, updates: &[Update], policy: Option<&Policy>) -> Result<KeyRing, CheckError> {
    let mut policies: Vec<Policy> = policy.cloned().into_iter().collect();
    let mut commits: Vec<CommitId> = Vec::new();
    for branch in policy.map(|policy| policy.branches().to_vec()).unwrap_or_default() {
        commits.extend(find_branch(repository, &branch)?);
    }
    let branches = updates.iter().filter(|update| update.name != ledger_ref());
    commits.extend(branches.flat_map(|update| update.old.into_iter().chain(update.new)).map(CommitId));
    for commit in commits {
        if let Ok(PolicyAt::Sound(policy)) = policy_at(repository, commit) {
            policies.push(*policy);
        }
    }
    Ok(KeyRing::of(&policies))
}
