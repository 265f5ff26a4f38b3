//! Transitions of one branch that are judged again: many, by whoever knows that they lie on the chain of
//! the pinned root.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::authority::{self, Authority, States};
use super::promoted::Promoted;
use super::transition::{Start, broken, kept};
use super::{PolicyAt, Stop, case, policy_at, report_of};
use crate::finding::{Code, Finding};
use crate::gate::{KeyRing, Promotion};
use crate::gather::{ForeignMarks, Gatherer, Shared, decide};
use crate::git::{ReadError, Repository, TreeEntry};
use crate::id::{CommitId, Sha256Digest};
use crate::key::Fingerprint;
use crate::ledger::Ledger;
use crate::path::RefName;
use crate::policy::{FOLDER, Policy};
use crate::report::{Report, Transition, TransitionKind, Verdict};
use crate::time::Timestamp;

/// So many later times are tried, and the ends of so many days.
const MAX_TIMES: usize = 16;
/// So many more, of each key in turn.
const MAX_IN_TURN: usize = 32;

/// How the dates of commits are taken, which nobody has proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dates {
    /// As they stand.
    Stated,
    /// A step is none older than those before it, and a key that the authority has revoked by now never counted: for a
    /// verdict by which something is published.
    InOrder,
}

/// What was read last of policies, since neighbours share theirs.
pub(crate) struct Replay<'r> {
    repository: &'r Repository,
    ledger: &'r Ledger<'r>,
    branch: RefName,
    /// Where trust starts.
    root: CommitId,
    /// The clock: no step is judged as of a later time.
    now: Timestamp,
    dates: Dates,
    shared: Option<&'r Shared>,
    foreign: Rc<ForeignMarks<'r>>,
    policy: RefCell<Option<(Folder, Held)>>,
    authority: RefCell<Option<(Sha256Digest, Option<Rc<Authority>>)>>,
    /// The authority's states by date, and what was read last of one.
    states: RefCell<Option<States>>,
    past: RefCell<Option<(Folder, Rc<Authority>)>>,
    ring: RefCell<Option<(Policies, Rc<Ring>)>>,
    promoted: RefCell<Promoted>,
}

/// What a commit holds as the policy's folder.
type Folder = Option<TreeEntry>;

/// The digests of a policy and of the authority's.
type Policies = (Sha256Digest, Option<Sha256Digest>);

/// The keys of some policies.
struct Ring {
    keys: KeyRing,
    digest: Sha256Digest,
}

/// A policy, or why there is none.
#[derive(Clone)]
enum Held {
    Sound(Rc<Policy>),
    Not(Rc<PolicyAt>),
}

impl<'r> Replay<'r> {
    /// A replay of steps of `branch` with the records of this ledger.
    pub(crate) fn new(
        repository: &'r Repository,
        ledger: &'r Ledger<'r>,
        (branch, root): (RefName, CommitId),
        now: Timestamp,
    ) -> Self {
        Self {
            repository,
            ledger,
            branch,
            root,
            now,
            dates: Dates::Stated,
            shared: None,
            foreign: Rc::new(ForeignMarks::open(repository)),
            policy: RefCell::default(),
            authority: RefCell::default(),
            states: RefCell::default(),
            past: RefCell::default(),
            ring: RefCell::default(),
            promoted: RefCell::default(),
        }
    }

    /// The same, sharing what was found out with other replays of the branch.
    pub(crate) fn sharing(self, shared: &'r Shared) -> Self {
        Self { shared: Some(shared), ..self }
    }

    /// The same, taking the dates of commits so.
    pub(crate) fn dating(self, dates: Dates) -> Self {
        Self { dates, ..self }
    }

    /// The report on the transition from a state to the last of the `steps` after it, as of that step's
    /// committer date, or `since` where that is later; or, where it is refused then, as of the first of the times that its
    /// records state at which it is allowed. Who pushes without a new commit publishes later than the date says.
    pub(crate) fn judge(&self, from: CommitId, steps: &[CommitId], since: Option<Timestamp>) -> Report {
        self.judged(from, steps, since).unwrap_or_else(|stop| {
            let finding = match stop {
                Stop::Finding(finding) => *finding,
                Stop::Request(error) => Finding::error(Code::UndecidedPolicy, crate::finding::causes(&error)),
            };
            let new = steps.last().copied().unwrap_or(from);
            let (kind, branch) = (TransitionKind::Update, self.branch.clone());
            let transition = Transition { repository: String::new(), branch, kind, old: from, new, steps: 0 };
            report_of(transition, finding)
        })
    }

    /// Whether a step changes any file of the policy.
    ///
    /// # Errors
    /// [`ReadError`] when a tree on the way cannot be read.
    pub(crate) fn moves_policy(&self, parent: CommitId, step: CommitId) -> Result<bool, ReadError> {
        Ok(self.folder(parent)? != self.folder(step)?)
    }

    fn folder(&self, commit: CommitId) -> Result<Folder, ReadError> {
        let root = self.repository.tree(self.repository.tree_of(commit)?)?;
        Ok(root.get(FOLDER.as_bytes()).map(|entry| entry.to_owned()))
    }

    fn judged(&self, from: CommitId, steps: &[CommitId], since: Option<Timestamp>) -> Result<Report, Stop> {
        let new = steps.last().copied().unwrap_or(from);
        let policy = match self.held(from)? {
            Held::Sound(policy) => policy,
            Held::Not(found) => return Err(no_policy(&found, from).into()),
        };
        let findings = match self.held(new)? {
            Held::Sound(_) => Vec::new(),
            Held::Not(found) => kept(&found, new).into_iter().collect(),
        };
        let (kind, other_bases, steps) = (TransitionKind::Update, Vec::new(), steps.to_vec());
        let start = Start { policy, kind, from, other_bases, tip: from, new, steps, findings };
        let dated = Timestamp::from_seconds(self.repository.seconds(new)?).unwrap_or(self.now);
        let now = since.map_or(dated, |since| since.max(dated)).min(self.now);
        self.in_time(&start, now)
    }

    /// Nobody says when a step was published, only when it was made. Of reports that do not allow it the first is
    /// given to which no record is of the future: another would hide what is wrong with that record.
    fn in_time(&self, start: &Start, dated: Timestamp) -> Result<Report, Stop> {
        let (mut told, mut times, mut at): (Option<Report>, _, _) = (None, vec![dated], 0);
        while at < times.len() {
            let authority = self.authority(&start.policy, times[at])?;
            let policies = (&*start.policy, authority.as_deref().map(|it| &it.policy));
            let promotions = self.promotions(policies, start)?;
            let parties = (self.branch.clone(), authority.as_deref(), promotions);
            let mut case = case(self.repository, start, parties, &[], times[at])?;
            let ring = self.ring(policies.0, policies.1);
            let gatherer = Gatherer::new(self.repository, self.ledger, &ring.keys).reading(&self.foreign);
            let gatherer = match self.shared {
                Some(shared) => gatherer.sharing(ring.digest, shared),
                None => gatherer,
            };
            loop {
                case.now = times[at];
                let report = decide(&case, &gatherer);
                if report.verdict == Verdict::Allowed {
                    return Ok(report);
                }
                if at == 0 {
                    times.extend(later_times(&gatherer.stated_times(), dated, self.now));
                }
                at += 1;
                told = Some(told.filter(|told| !is_of_the_future(told)).unwrap_or(report));
                let Some(next) = times.get(at) else { break };
                if !is_same(&self.authority(&start.policy, *next)?, &authority) {
                    break;
                }
            }
        }
        Ok(told.expect("one time at least was looked at"))
    }

    fn promotions(&self, policies: (&Policy, Option<&Policy>), start: &Start) -> Result<Vec<Promotion>, Stop> {
        self.promoted.borrow_mut().between(self.repository, policies, &self.branch, (start.tip, start.new))
    }

    fn held(&self, commit: CommitId) -> Result<Held, ReadError> {
        let folder = self.folder(commit)?;
        if let Some((known, held)) = &*self.policy.borrow()
            && *known == folder
        {
            return Ok(held.clone());
        }
        let held = match policy_at(self.repository, commit)? {
            PolicyAt::Sound(mut policy) => {
                // The step that would count this key comes after the one that revoked it, whatever its date says.
                policy.revoke_for_good(self.now);
                Held::Sound(Rc::from(policy))
            }
            found => Held::Not(Rc::new(found)),
        };
        *self.policy.borrow_mut() = Some((folder, held.clone()));
        Ok(held)
    }

    fn ring(&self, policy: &Policy, authority: Option<&Policy>) -> Rc<Ring> {
        let policies = (policy.digest(), authority.map(Policy::digest));
        if let Some((known, ring)) = &*self.ring.borrow()
            && *known == policies
        {
            return Rc::clone(ring);
        }
        let keys = KeyRing::of(std::iter::once(policy).chain(authority));
        let ring = Rc::new(Ring { digest: keys.digest(), keys });
        *self.ring.borrow_mut() = Some((policies, Rc::clone(&ring)));
        ring
    }

    /// The authority that has a say over the branch: its tip, or as of a past day its state then.
    fn authority(&self, policy: &Policy, time: Timestamp) -> Result<Option<Rc<Authority>>, Stop> {
        let Some(present) = self.present_authority(policy)? else { return Ok(None) };
        match self.dates {
            Dates::InOrder => Ok(Some(present)),
            Dates::Stated => self.past_authority(present, time).map(Some),
        }
    }

    fn present_authority(&self, policy: &Policy) -> Result<Option<Rc<Authority>>, Stop> {
        if let Some((known, found)) = &*self.authority.borrow()
            && *known == policy.digest()
        {
            return Ok(found.clone());
        }
        let mut found = authority::over(self.repository, policy, &self.branch)?;
        if self.dates == Dates::InOrder {
            found.iter_mut().for_each(|it| it.policy.revoke_for_good(self.now));
        }
        let found = found.map(Rc::new);
        *self.authority.borrow_mut() = Some((policy.digest(), found.clone()));
        Ok(found)
    }

    /// The authority as it was; as it is, where it had no policy then that can be read.
    fn past_authority(&self, present: Rc<Authority>, time: Timestamp) -> Result<Rc<Authority>, Stop> {
        let mut states = self.states.borrow_mut();
        let states = match &mut *states {
            Some(states) if states.tip == present.tip => states,
            states => states.insert(States::of(self.repository, present.tip, self.root)?),
        };
        let Some(state) = states.at(time).filter(|state| *state != present.tip) else { return Ok(present) };
        let folder = self.folder(state)?;
        let mut past = self.past.borrow_mut();
        let found = match &*past {
            Some((_, known)) if known.tip == state => return Ok(Rc::clone(known)),
            Some((known, found)) if *known == folder => found.at(state, found.policy.clone()),
            _ => match policy_at(self.repository, state)? {
                PolicyAt::Sound(policy) => present.at(state, *policy),
                PolicyAt::Broken(_) | PolicyAt::Absent => return Ok(present),
            },
        };
        let found = Rc::new(found);
        *past = Some((folder, Rc::clone(&found)));
        Ok(found)
    }
}

/// The times as of which a step is judged that its date does not allow: of those that its records state the earliest, the last of
/// each of the earliest days, and the last of all; what rests on days is the same at the end of one. Anybody of the roster can state
/// any number of times, so some more are of each key in turn, which nobody else can crowd out.
fn later_times(
    stated: &BTreeMap<Fingerprint, BTreeSet<Timestamp>>,
    dated: Timestamp,
    now: Timestamp,
) -> BTreeSet<Timestamp> {
    let later = |times: &BTreeSet<Timestamp>| -> Vec<Timestamp> {
        times.iter().copied().filter(|time| *time > dated && *time <= now).collect()
    };
    let all = later(&stated.values().flatten().copied().collect());
    let earliest = all.iter().take(MAX_TIMES).chain(ends_of_days(&all).take(MAX_TIMES)).chain(all.last());
    let mut found: BTreeSet<Timestamp> = earliest.copied().collect();
    let by_key = stated.values().map(|times| {
        let times = later(times);
        times.first().into_iter().chain(times.last()).chain(ends_of_days(&times)).copied().collect::<Vec<_>>()
    });
    let by_key: Vec<Vec<Timestamp>> = by_key.collect();
    let in_turn = (0..MAX_IN_TURN).flat_map(|turn| by_key.iter().filter_map(move |times| times.get(turn)));
    found.extend(in_turn.take(MAX_IN_TURN));
    found
}

/// The last of the times of each day; the times are in order.
fn ends_of_days(times: &[Timestamp]) -> impl Iterator<Item = &Timestamp> {
    times.chunk_by(|one, next| one.day() == next.day()).filter_map(<[Timestamp]>::last)
}

fn is_same(one: &Option<Rc<Authority>>, other: &Option<Rc<Authority>>) -> bool {
    one.as_ref().map(Rc::as_ptr) == other.as_ref().map(Rc::as_ptr)
}

fn is_of_the_future(report: &Report) -> bool {
    report.findings.iter().any(|finding| finding.code == Code::FutureTimestamp)
}

fn no_policy(found: &PolicyAt, commit: CommitId) -> Finding {
    match found {
        PolicyAt::Broken(error) => broken(commit, error),
        _ => Finding::error(Code::UndecidedPolicy, format!("{commit} has no policy")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::FileSigner;

    #[test]
    fn no_key_crowds_out_the_times_of_another() {
        let time = |day: i64, second: i64| Timestamp::from_seconds(1_700_000_000 + day * 86_400 + second).unwrap();
        let key = |seed: u8| {
            use crate::key::Signer as _;
            FileSigner::from_seed(&[seed; 32], "key").unwrap().public_key().fingerprint()
        };
        let junk: BTreeSet<Timestamp> = (1..50).flat_map(|day| (0..50).map(move |second| time(day, second))).collect();
        let honest = BTreeSet::from([time(45, 7), time(46, 7), time(60, 0)]);
        let stated = BTreeMap::from([(key(1), junk.clone()), (key(2), honest.clone())]);
        let found = later_times(&stated, time(0, 0), time(50, 0));
        assert!(found.contains(&time(45, 7)) && found.contains(&time(46, 7)) && !found.contains(&time(60, 0)));
        assert!(found.len() <= 2 * MAX_TIMES + 1 + MAX_IN_TURN);
        let alone = later_times(&BTreeMap::from([(key(1), junk)]), time(0, 0), time(50, 0));
        for expected in [time(1, 0), time(1, 15), time(16, 49), time(49, 49)] {
            assert!(found.contains(&expected) && alone.contains(&expected), "{expected}");
        }
        let many = (0..100).map(|seed| (key(seed), honest.clone())).collect();
        assert_eq!(later_times(&many, time(0, 0), time(50, 0)).len(), 2);
    }
}
