//! Where a transition starts, under which policy, and by which steps it gets to its end.

use std::rc::Rc;

use super::{PolicyAt, Range, Request, Stop, policy_at};
use crate::finding::{Code, Finding};
use crate::git::Repository;
use crate::id::CommitId;
use crate::policy::Policy;
use crate::report::TransitionKind;

/// The configuration key of the pinned root: the full id of a commit.
pub const ROOT_CONFIG: &str = "provenance.root";

/// The start of a transition, read and judged so far.
pub(super) struct Start {
    pub(super) policy: Rc<Policy>,
    pub(super) kind: TransitionKind,
    pub(super) from: CommitId,
    /// Further merge bases of a proposal.
    pub(super) other_bases: Vec<CommitId>,
    pub(super) tip: CommitId,
    pub(super) new: CommitId,
    pub(super) steps: Vec<CommitId>,
    pub(super) findings: Vec<Finding>,
}

/// The root that this repository's configuration pins.
///
/// # Errors
/// [`Finding`] where the configuration cannot be read, or holds no commit id.
pub fn pinned_root(repository: &Repository) -> Result<Option<CommitId>, Box<Finding>> {
    let refused = |message: String| {
        let hint = "run `git provenance trust COMMIT` with the full id of the commit where trust starts";
        Box::new(Finding::error(Code::UntrustedRoot, message).hint(hint))
    };
    let value = repository.config(ROOT_CONFIG).map_err(|error| refused(error.to_string()))?;
    value
        .map(|text| text.parse().map_err(|_| refused(format!("{ROOT_CONFIG} is `{text}`, which is no full commit id"))))
        .transpose()
}

pub(super) fn start(repository: &Repository, request: &Request) -> Result<Start, Stop> {
    match request.range {
        Range::Update { old, new } => update(repository, request, old, new),
        Range::Proposal { base, head } => proposal(repository, request, base, head),
    }
}

fn update(repository: &Repository, request: &Request, old: Option<CommitId>, new: CommitId) -> Result<Start, Stop> {
    let old = match old {
        Some(old) => old,
        None => first_state(repository, request, new)?,
    };
    let (from, policy) = match policy_at(repository, old)? {
        PolicyAt::Sound(policy) => {
            descends_from_root(repository, request.root, old)?;
            (old, policy)
        }
        PolicyAt::Broken(error) => return Err(broken(old, &error).into()),
        PolicyAt::Absent => from_root(repository, request.root, old, new)?,
    };
    let mut findings = policy_kept(repository, new)?;
    let steps = match repository.first_parent_steps(from, new, usize::MAX)? {
        Some(steps) => steps,
        None => {
            findings.push(rewound(from, new));
            Vec::new()
        }
    };
    let (policy, kind, other_bases) = (Rc::from(policy), TransitionKind::Update, Vec::new());
    Ok(Start { policy, kind, from, other_bases, tip: from, new, steps, findings })
}

fn rewound(old: CommitId, new: CommitId) -> Finding {
    let message = format!(
        "{old} is not on the first-parent chain of {new}: the branch would lose it, or be grafted onto another history"
    );
    Finding::error(Code::RewoundBranch, message)
        .hint("merge into the branch (its tip as first parent) or rebase onto it, and never force-push it")
}

/// From a state without a policy only the pinned root may follow.
fn from_root(
    repository: &Repository,
    root: Option<CommitId>,
    old: CommitId,
    new: CommitId,
) -> Result<(CommitId, Box<Policy>), Stop> {
    let Some(root) = root else {
        let message = format!("{old} has no policy, and no root is pinned where trust could start");
        let hint =
            "run `git provenance init`, or pin the commit that brought the policy with `git provenance trust COMMIT`";
        return Err(Finding::error(Code::UntrustedRoot, message).hint(hint).into());
    };
    let follows = repository.first_parent_steps(root, new, usize::MAX)?.is_some()
        && repository.first_parent_steps(old, root, usize::MAX)?.is_some();
    if !follows {
        let message = format!(
            "{old} has no policy, and the pinned root {root} does not lie between it and {new} on the first-parent chain"
        );
        return Err(Finding::error(Code::UntrustedRoot, message).into());
    }
    match policy_at(repository, root)? {
        PolicyAt::Sound(policy) => Ok((root, policy)),
        PolicyAt::Broken(error) => Err(broken(root, &error).into()),
        PolicyAt::Absent => {
            let message = format!("the pinned root {root} has no policy");
            Err(Finding::error(Code::UntrustedRoot, message)
                .hint("pin a commit that has .provenance/policy.toml")
                .into())
        }
    }
}

fn descends_from_root(repository: &Repository, root: Option<CommitId>, old: CommitId) -> Result<(), Stop> {
    let Some(root) = root else { return Ok(()) };
    if repository.first_parent_steps(root, old, usize::MAX)?.is_some() {
        return Ok(());
    }
    Err(not_on_chain(root, old).into())
}

/// Trust starts at a commit that this history does not have among its steps.
pub(crate) fn not_on_chain(root: CommitId, tip: CommitId) -> Finding {
    let message = format!("the pinned root {root} is not on the first-parent chain of {tip}");
    let hint = "if this is another history, pin its own root with `git provenance trust COMMIT`";
    Finding::error(Code::UntrustedRoot, message).hint(hint)
}

/// The state from which a new branch is judged: the newest published state on its chain, of any
/// publish branch there is; else the pinned root.
fn first_state(repository: &Repository, request: &Request, new: CommitId) -> Result<CommitId, Stop> {
    if let Some(state) = newest_published(repository, request, new)? {
        return Ok(state);
    }
    request.root.ok_or_else(|| {
        let message = format!("the branch is new at {new}, which starts at no published state, and no root is pinned");
        let hint = "pin the commit where trust starts with `git provenance trust COMMIT`";
        Stop::from(Finding::error(Code::UntrustedRoot, message).hint(hint))
    })
}

/// The newest commit on the first-parent chain of `new` that the authority has published.
fn newest_published(repository: &Repository, request: &Request, new: CommitId) -> Result<Option<CommitId>, Stop> {
    let Some(authority) = super::authority::find(repository, request.root)? else { return Ok(None) };
    Ok(repository.newest_shared_step(new, authority.tip)?)
}

fn proposal(repository: &Repository, request: &Request, base: CommitId, head: CommitId) -> Result<Start, Stop> {
    let policy = match policy_at(repository, base)? {
        PolicyAt::Sound(policy) => policy,
        PolicyAt::Broken(error) => return Err(broken(base, &error).into()),
        PolicyAt::Absent => {
            let message = format!("{base} has no policy");
            let hint = "run `git provenance init` on the publish branch";
            return Err(Finding::error(Code::UndecidedPolicy, message).hint(hint).into());
        }
    };
    descends_from_root(repository, request.root, base)?;
    let mut bases = repository.merge_bases(base, head)?.into_iter();
    let Some(from) = bases.next() else {
        let message = format!("{base} and {head} have no commit in common");
        return Err(Finding::error(Code::UndecidedHistory, message).into());
    };
    let steps = repository.first_parent_steps(from, head, usize::MAX)?.unwrap_or_default();
    let findings = policy_kept(repository, head)?;
    let (policy, kind, other_bases) = (Rc::from(policy), TransitionKind::Proposal, bases.collect());
    Ok(Start { policy, kind, from, other_bases, tip: base, new: head, steps, findings })
}

pub(super) fn broken(commit: CommitId, error: &crate::policy::LoadError) -> Finding {
    Finding::error(Code::UndecidedPolicy, format!("the policy at {commit} cannot be read:\n{error}"))
        .hint("an admin fixes the files; `git provenance policy lint` checks them")
}

/// Whoever approves it, a policy is never removed or left unreadable.
fn policy_kept(repository: &Repository, new: CommitId) -> Result<Vec<Finding>, Stop> {
    Ok(kept(&policy_at(repository, new)?, new).into_iter().collect())
}

/// What is wrong with the policy that a transition leaves.
pub(super) fn kept(policy: &PolicyAt, new: CommitId) -> Option<Finding> {
    let refused = |message: String| {
        Finding::error(Code::PolicyRemoved, message).hint("`git provenance policy lint` checks the files")
    };
    match policy {
        PolicyAt::Sound(_) => None,
        PolicyAt::Absent => Some(refused(format!("{new} has no policy any more"))),
        PolicyAt::Broken(error) => Some(refused(format!("{new} leaves the policy unreadable:\n{error}"))),
    }
}
