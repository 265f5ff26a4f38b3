//! `check`: whether a transition of a publish branch is allowed.
//!
//! [`check`](crate::audit::check) reads what the gate needs to begin (the policy at OLD, the steps, the changes), puts
//! it into a [`Case`] and lets [`gather`](crate::gather) and the [gate] do the rest.
//! What it finds on the way is a finding of the report: a rewound branch, a removed policy, an
//! object that cannot be read.

mod at;
mod authority;
mod changes;
mod history;
mod promoted;
mod replay;
mod since;
mod tag;
mod transition;

pub use at::{PolicyAt, policy_at, policy_files_at, texts_at};
pub use authority::{default_branches, default_listing, default_policy, default_policy_and_way, find_branch};
pub use changes::change_set;
pub(crate) use replay::{Dates, Replay};
pub use since::{Since, in_force_since};
pub(crate) use transition::not_on_chain;
pub use transition::{ROOT_CONFIG, pinned_root};

use std::collections::BTreeSet;

use authority::Authority;
use promoted::Promoted;

use crate::entry::Change;
use crate::finding::{Code, Finding, causes};
use crate::gate::{self, Case, KeyRing, Promotion};
use crate::gather::{Gatherer, decide};
use crate::git::{ObjectKind, ReadError, RefError, Repository};
use crate::id::CommitId;
use crate::ledger::Ledger;
use crate::path::RefName;
use crate::policy::{History, Policy};
use crate::report::{Report, Transition, TransitionKind};
use crate::time::Timestamp;

/// How many commits are looked at as the reviewed side of a merge.
const MAX_HINTS: usize = 64;

/// What to check.
#[derive(Debug, Clone)]
pub struct Request {
    /// From where to where.
    pub range: Range,
    /// The publish branch, if the caller names it.
    pub branch: Option<RefName>,
    /// Refs that the range was named by; the first that is a publish branch is taken for it.
    pub named: Vec<RefName>,
    /// Commits that may be the reviewed side of a merge.
    pub via: Vec<CommitId>,
    /// The pinned commit where trust starts.
    pub root: Option<CommitId>,
    /// The clock.
    pub now: Timestamp,
}

/// From where to where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// `OLD..NEW`: the ref is OLD (`None`: there is no such ref yet) and becomes NEW.
    Update {
        /// The state replaced.
        old: Option<CommitId>,
        /// The state proposed.
        new: CommitId,
    },
    /// `BASE...HEAD`: what HEAD would bring to BASE.
    Proposal {
        /// The base's tip.
        base: CommitId,
        /// The commit proposed.
        head: CommitId,
    },
}

/// Why there is no report: the request itself is wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The branch is not guarded.
    #[error("{branch} is no publish branch: policy.toml lists {}", listed(.known))]
    NotPublished {
        /// What was asked for.
        branch: RefName,
        /// The publish branches.
        known: Vec<RefName>,
    },
    /// Several branches are guarded, and none was named.
    #[error("several publish branches, {}: say which with --branch", listed(.known))]
    WhichBranch {
        /// The publish branches.
        known: Vec<RefName>,
    },
    /// A ref could not be read.
    #[error(transparent)]
    Ref(#[from] RefError),
}

fn listed(branches: &[RefName]) -> String {
    branches.iter().map(RefName::as_str).collect::<Vec<_>>().join(", ")
}

/// Why a case could not be put together.
enum Stop {
    /// The request is wrong.
    Request(CheckError),
    /// The gate cannot decide, or refuses before it looks at a single change.
    Finding(Box<Finding>),
}

impl From<CheckError> for Stop {
    fn from(error: CheckError) -> Self {
        Self::Request(error)
    }
}

impl From<RefError> for Stop {
    fn from(error: RefError) -> Self {
        Self::Request(error.into())
    }
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        Self::Finding(Box::new(Finding::error(code_of(&error), causes(&error))))
    }
}

/// The code of what cannot be read: a commit that is not here is history that cannot be walked.
pub(crate) fn code_of(error: &ReadError) -> Code {
    match error {
        ReadError::Missing { kind: ObjectKind::Commit, .. } => Code::UndecidedHistory,
        _ => Code::UndecidedObject,
    }
}

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Self::Finding(Box::new(finding))
    }
}

/// Judges the range of a transition with the records of this ledger.
///
/// Of a ref that is not there yet it does not ask whether the state it begins at was published by itself, or a push
/// brought it and took it back: [`check`](crate::audit::check) does.
///
/// # Errors
/// [`CheckError`] when the request is wrong. What keeps the gate from deciding is a finding of the
/// report, whose verdict is then `undecided`.
pub(crate) fn check_range(
    repository: &Repository,
    ledger: &Ledger<'_>,
    request: &Request,
) -> Result<Report, CheckError> {
    match judged(repository, ledger, request) {
        Ok(report) => Ok(report),
        Err(Stop::Request(error)) => Err(error),
        Err(Stop::Finding(finding)) => Ok(report_of(asked(request), *finding)),
    }
}

fn judged(repository: &Repository, ledger: &Ledger<'_>, request: &Request) -> Result<Report, Stop> {
    if let Some(tag) = request.branch.as_ref().filter(|branch| branch.is_tag()) {
        return tag::tagged(repository, request, tag);
    }
    transition::origin(repository, request)?
        .rooted(repository, |origin| judged_from(repository, ledger, request, origin))
}

fn judged_from(
    repository: &Repository,
    ledger: &Ledger<'_>,
    request: &Request,
    origin: transition::Origin,
) -> Result<Report, Stop> {
    let start = transition::start(repository, request, origin)?;
    let policy = &*start.policy;
    let branch = match publish_branch(policy, request) {
        // The authority may have begun to publish a branch whose own policy is older.
        Err(CheckError::NotPublished { branch, .. })
            if default_policy(repository, request.root)?.is_some_and(|policy| policy.branches().contains(&branch)) =>
        {
            branch
        }
        found => found?,
    };
    let authority = authority::over(repository, policy, &branch)?;
    let policies = (policy, authority.as_ref().map(|it| &it.policy));
    let promotions = Promoted::default().between(repository, policies, &branch, (start.tip, start.new))?;
    let case = case(repository, &start, (branch, authority.as_ref(), promotions), &request.via, request.now)?;
    let ring = KeyRing::of(std::iter::once(policy).chain(authority.as_ref().map(|it| &it.policy)));
    Ok(decide(&case, &Gatherer::new(repository, ledger, &ring)))
}

/// The case of a transition of a branch, with the authority's policy where that is another branch, and what is
/// promoted to it.
fn case<'a>(
    repository: &Repository,
    start: &'a transition::Start,
    (branch, authority, promotions): (RefName, Option<&'a Authority>, Vec<Promotion>),
    via: &[CommitId],
    now: Timestamp,
) -> Result<Case<'a>, Stop> {
    let policy = &*start.policy;
    let authority = authority.map(|it| gate::Authority { policy: &it.policy, tip: it.tip });
    let (changes, mut findings) = moved(repository, start)?;
    findings.extend(start.findings.iter().cloned());
    let everything =
        std::iter::once(policy).chain(authority.map(|it| it.policy)).any(|it| it.history() == History::EveryCommit);
    let brought = match everything {
        true => history::brought(repository, start, &promotions, &mut findings)?,
        false => Vec::new(),
    };
    Ok(Case {
        policy,
        authority,
        promotions,
        brought,
        hints: hints(repository, &start.steps, via)?,
        branch,
        kind: start.kind,
        start: start.from,
        tip: start.tip,
        new: start.new,
        steps: start.steps.clone(),
        changes,
        findings,
        now,
    })
}

/// What moves, and what of it cannot be read.
fn moved(repository: &Repository, start: &transition::Start) -> Result<(Vec<Change>, Vec<Finding>), Stop> {
    let (mut changes, mut findings) = changes::entries(repository, start.from, start.new)?;
    for base in &start.other_bases {
        let (more, found) = changes::entries(repository, *base, start.new)?;
        changes::join(repository, start.tip, &mut changes, more)?;
        findings.extend(found);
    }
    if !start.other_bases.is_empty() {
        let bases = [&[start.from], start.other_bases.as_slice()].concat();
        changes::drop_published(repository, start.tip, &bases, &mut changes)?;
    }
    if start.kind == TransitionKind::Proposal {
        changes::drop_landed(repository, start.tip, &mut changes)?;
    }
    Ok((changes, findings))
}

/// The authority's policy and tip, which binds `branch` beside the branch's own `policy`; none where `branch` is
/// the authority itself.
///
/// # Errors
/// [`Finding`] where the authority's branch or policy cannot be read: nothing can be said then.
pub(crate) fn authority_policy(
    repository: &Repository,
    policy: &Policy,
    branch: &RefName,
) -> Result<Option<(Policy, CommitId)>, Box<Finding>> {
    let found = authority::over(repository, policy, branch);
    found.map(|found| found.map(|it| (it.policy, it.tip))).map_err(|stop| match stop {
        Stop::Finding(finding) => finding,
        Stop::Request(error) => Box::new(Finding::error(Code::UndecidedPolicy, causes(&error))),
    })
}

/// The publish branch a request is about.
///
/// # Errors
/// [`CheckError`] when it is none, or could be several.
pub fn publish_branch(policy: &Policy, request: &Request) -> Result<RefName, CheckError> {
    let known = policy.branches();
    if let Some(branch) = &request.branch {
        let listed = known.contains(branch);
        let refused = || CheckError::NotPublished { branch: branch.clone(), known: known.to_vec() };
        return if listed { Ok(branch.clone()) } else { Err(refused()) };
    }
    let named = request.named.iter().map(untracked).find(|name| known.contains(name));
    match (named, known) {
        (Some(branch), _) => Ok(branch),
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(CheckError::WhichBranch { known: known.to_vec() }),
    }
}

/// The branch that a remote-tracking ref follows; any other ref is itself.
pub fn untracked(name: &RefName) -> RefName {
    let tracked = name.as_str().strip_prefix("refs/remotes/").and_then(|rest| rest.split_once('/'));
    tracked.and_then(|(_, branch)| format!("refs/heads/{branch}").parse().ok()).unwrap_or_else(|| name.clone())
}

/// The commits that may be the reviewed side of a merge: what the caller names, then the further parents of the steps
/// that are merges, the newest step's first; each once. Each is looked at for every path, and a commit may have any number.
fn hints(repository: &Repository, steps: &[CommitId], via: &[CommitId]) -> Result<Vec<CommitId>, ReadError> {
    let (mut hints, mut seen) = (Vec::new(), BTreeSet::new());
    let mut add = |commits: &[CommitId]| {
        let new = commits.iter().copied().filter(|commit| seen.insert(*commit));
        hints.extend(new.take(MAX_HINTS - hints.len()));
        hints.len() < MAX_HINTS
    };
    if add(via) {
        for step in steps.iter().rev() {
            if !add(repository.parents(*step)?.get(1..).unwrap_or_default()) {
                break;
            }
        }
    }
    Ok(hints)
}

/// What a request asks about, as far as it says.
fn asked(request: &Request) -> Transition {
    let branch = request.branch.clone().or_else(|| request.named.first().cloned());
    let (kind, old, new) = match request.range {
        Range::Update { old, new } => (TransitionKind::Update, old.unwrap_or(new), new),
        Range::Proposal { base, head } => (TransitionKind::Proposal, base, head),
    };
    let branch = branch.unwrap_or_else(|| "refs/heads/HEAD".parse().expect("a well-formed ref name"));
    Transition { repository: String::new(), branch, kind, old, new, steps: 0 }
}

/// The report where one finding says it all.
fn report_of(transition: Transition, finding: Finding) -> Report {
    Report::new(transition, None, Vec::new(), vec![finding])
}
