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

/// The root is looked for among so many commits before another core does.
const NEAR: usize = 16;

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

/// The state that a transition starts at.
pub(super) struct Origin {
    state: CommitId,
    policy: Box<Policy>,
    /// The root that has to be on the state's chain.
    root: Option<CommitId>,
}

/// The state that a transition starts at, which has a policy. Whether trust reaches it, [`Origin::rooted`] says.
pub(super) fn origin(repository: &Repository, request: &Request) -> Result<Origin, Stop> {
    let root = request.root;
    let (old, new) = match request.range {
        Range::Update { old: Some(old), new } => (old, new),
        Range::Update { old: None, new } => (first_state(repository, request, new)?, new),
        Range::Proposal { base, head } => (base, head),
    };
    match policy_at(repository, old)? {
        PolicyAt::Sound(policy) => Ok(Origin { state: old, policy, root }),
        PolicyAt::Broken(error) => Err(broken(old, &error).into()),
        PolicyAt::Absent if matches!(request.range, Range::Update { .. }) => {
            let (state, policy) = from_root(repository, root, old, new)?;
            Ok(Origin { state, policy, root: None })
        }
        PolicyAt::Absent => {
            let hint = "run `git provenance init` on the publish branch";
            Err(Finding::error(Code::UndecidedPolicy, format!("{old} has no policy")).hint(hint).into())
        }
    }
}

impl Origin {
    /// What `judge` makes of this state, if the pinned root is on its chain. In a long history that takes longest to find
    /// out, so another core does it meanwhile.
    ///
    /// # Errors
    /// [`Stop`] where the root is not there, whatever `judge` would say; then what `judge` says.
    pub(super) fn rooted<T>(
        self,
        repository: &Repository,
        judge: impl FnOnce(Self) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let (Some(root), state) = (self.root, self.state) else { return judge(self) };
        let follows = |repository: &Repository, limit| {
            repository.first_parent_steps(root, state, limit).map(|steps| steps.is_some())
        };
        if follows(repository, NEAR)? {
            return judge(self);
        }
        let opener = repository.opener();
        std::thread::scope(|scope| {
            let walk = scope.spawn(|| opener.open().ok().map(|again| follows(&again, usize::MAX)));
            let judged = judge(self);
            let found = walk.join().ok().flatten().unwrap_or_else(|| follows(repository, usize::MAX));
            if found? { judged } else { Err(not_on_chain(root, state).into()) }
        })
    }
}

pub(super) fn start(repository: &Repository, request: &Request, origin: Origin) -> Result<Start, Stop> {
    match request.range {
        Range::Update { new, .. } => update(repository, origin, new),
        Range::Proposal { base, head } => proposal(repository, origin, base, head),
    }
}

fn update(repository: &Repository, origin: Origin, new: CommitId) -> Result<Start, Stop> {
    let from = origin.state;
    let mut findings = policy_kept(repository, new)?;
    let steps = match repository.first_parent_steps(from, new, usize::MAX)? {
        Some(steps) => steps,
        None => {
            findings.push(rewound(from, new));
            Vec::new()
        }
    };
    let (policy, kind, other_bases) = (Rc::from(origin.policy), TransitionKind::Update, Vec::new());
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

fn proposal(repository: &Repository, origin: Origin, base: CommitId, head: CommitId) -> Result<Start, Stop> {
    let mut bases = repository.merge_bases(base, head)?.into_iter();
    let Some(from) = bases.next() else {
        let message = format!("{base} and {head} have no commit in common");
        return Err(Finding::error(Code::UndecidedHistory, message).into());
    };
    let steps = repository.first_parent_steps(from, head, usize::MAX)?.unwrap_or_default();
    let findings = policy_kept(repository, head)?;
    let (policy, kind, other_bases) = (Rc::from(origin.policy), TransitionKind::Proposal, bases.collect());
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
