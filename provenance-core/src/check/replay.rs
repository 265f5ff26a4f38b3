//! Transitions of one branch that are judged again: many, by whoever knows that they lie on the chain of
//! the pinned root.

use std::cell::RefCell;
use std::rc::Rc;

use super::transition::{Start, broken, kept};
use super::{PolicyAt, Stop, authority, case, policy_at, report_of};
use crate::entry::Slot;
use crate::finding::{Code, Finding};
use crate::gate::{Case, KeyRing};
use crate::gather::{Gatherer, Tried, decide};
use crate::git::{ReadError, Repository};
use crate::id::{CommitId, Sha256Digest};
use crate::ledger::Ledger;
use crate::path::RefName;
use crate::policy::{FILES, FOLDER, Policy};
use crate::report::{Report, TransitionKind, Verdict};
use crate::time::Timestamp;

/// So many later times are tried.
const MAX_TIMES: usize = 16;

/// What was read last of policies, since neighbours share theirs.
pub(crate) struct Replay<'r> {
    repository: &'r Repository,
    ledger: &'r Ledger<'r>,
    branch: RefName,
    /// The clock: no step is judged as of a later time.
    now: Timestamp,
    tried: Option<&'r Tried>,
    policy: RefCell<Option<(Files, Held)>>,
    authority: RefCell<Option<(Sha256Digest, Option<Rc<Policy>>)>>,
}

/// A policy, or why there is none.
#[derive(Clone)]
enum Held {
    Sound(Rc<Policy>),
    Not(Rc<PolicyAt>),
}

/// What a commit holds at the paths of the policy.
type Files = [Option<Slot>; FILES.len()];

impl<'r> Replay<'r> {
    /// A replay of steps of `branch` with the records of this ledger.
    pub(crate) fn new(repository: &'r Repository, ledger: &'r Ledger<'r>, branch: RefName, now: Timestamp) -> Self {
        let (policy, authority) = (RefCell::default(), RefCell::default());
        Self { repository, ledger, branch, now, tried: None, policy, authority }
    }

    /// The same, sharing verified records with other replays.
    pub(crate) fn sharing(self, tried: &'r Tried) -> Self {
        Self { tried: Some(tried), ..self }
    }

    /// The report on the transition from a state to the last of the `steps` after it, as of that step's
    /// committer date; or, where it is refused then, as of the first of the times that its records state at
    /// which it is allowed. Who pushes without a new commit publishes later than the date says.
    pub(crate) fn judge(&self, from: CommitId, steps: &[CommitId]) -> Report {
        self.judged(from, steps).unwrap_or_else(|stop| {
            let finding = match stop {
                Stop::Finding(finding) => *finding,
                Stop::Request(error) => Finding::error(Code::UndecidedPolicy, crate::finding::causes(&error)),
            };
            let new = steps.last().copied().unwrap_or(from);
            report_of(
                &super::Request {
                    range: super::Range::Update { old: Some(from), new },
                    branch: Some(self.branch.clone()),
                    named: Vec::new(),
                    via: Vec::new(),
                    root: None,
                    now: self.now,
                },
                finding,
            )
        })
    }

    /// Whether a step changes any file of the policy.
    ///
    /// # Errors
    /// [`ReadError`] when a tree on the way cannot be read.
    pub(crate) fn moves_policy(&self, parent: CommitId, step: CommitId) -> Result<bool, ReadError> {
        let held = |commit| -> Result<_, ReadError> {
            let root = self.repository.tree(self.repository.tree_of(commit)?)?;
            Ok(root.get(FOLDER.as_bytes()).map(|entry| entry.to_owned()))
        };
        Ok(held(parent)? != held(step)?)
    }

    fn judged(&self, from: CommitId, steps: &[CommitId]) -> Result<Report, Stop> {
        let new = steps.last().copied().unwrap_or(from);
        let policy = match self.held(from)? {
            Held::Sound(policy) => policy,
            Held::Not(found) => return Err(no_policy(&found, from).into()),
        };
        let authority = self.authority(&policy)?;
        let findings = match self.held(new)? {
            Held::Sound(_) => Vec::new(),
            Held::Not(found) => kept(&found, new).into_iter().collect(),
        };
        let (kind, other_bases, steps) = (TransitionKind::Update, Vec::new(), steps.to_vec());
        let start = Start { policy, kind, from, other_bases, tip: from, new, steps, findings };
        let dated = Timestamp::from_seconds(self.repository.commit(new)?.committer.seconds);
        let now = dated.unwrap_or(self.now).min(self.now);
        let case = case(self.repository, &start, (self.branch.clone(), authority.as_deref()), &[], now)?;
        let ring = KeyRing::of(std::iter::once(&*start.policy).chain(authority.as_deref()));
        let gatherer = Gatherer::new(self.repository, self.ledger, &ring);
        Ok(self.in_time(
            case,
            &match self.tried {
                Some(tried) => gatherer.sharing(ring.digest(), tried),
                None => gatherer,
            },
        ))
    }

    /// Nobody says when a step was published, only when it was made.
    fn in_time(&self, mut case: Case<'_>, gatherer: &Gatherer<'_>) -> Report {
        let first = decide(&case, gatherer);
        if first.verdict == Verdict::Allowed {
            return first;
        }
        let times = gatherer.stated_times().into_iter().filter(|time| *time > case.now && *time <= self.now);
        for time in times.take(MAX_TIMES).collect::<Vec<_>>() {
            case.now = time;
            let later = decide(&case, gatherer);
            if later.verdict == Verdict::Allowed {
                return later;
            }
        }
        first
    }

    fn held(&self, commit: CommitId) -> Result<Held, ReadError> {
        let mut files = Files::default();
        for (slot, file) in files.iter_mut().zip(FILES) {
            *slot =
                self.repository.slot_at(commit, &file.parse().expect("the policy's files have well-formed paths"))?;
        }
        if let Some((known, held)) = &*self.policy.borrow()
            && *known == files
        {
            return Ok(held.clone());
        }
        let held = match policy_at(self.repository, commit)? {
            PolicyAt::Sound(policy) => Held::Sound(Rc::from(policy)),
            found => Held::Not(Rc::new(found)),
        };
        *self.policy.borrow_mut() = Some((files, held.clone()));
        Ok(held)
    }

    fn authority(&self, policy: &Policy) -> Result<Option<Rc<Policy>>, Stop> {
        if let Some((known, found)) = &*self.authority.borrow()
            && *known == policy.digest()
        {
            return Ok(found.clone());
        }
        let found = authority::policy(self.repository, policy, &self.branch)?.map(Rc::new);
        *self.authority.borrow_mut() = Some((policy.digest(), found.clone()));
        Ok(found)
    }
}

fn no_policy(found: &PolicyAt, commit: CommitId) -> Finding {
    match found {
        PolicyAt::Broken(error) => broken(commit, error),
        _ => Finding::error(Code::UndecidedPolicy, format!("{commit} has no policy")),
    }
}
