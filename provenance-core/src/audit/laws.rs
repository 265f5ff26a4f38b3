//! Laws of an audit: what steps share, on how many cores, in which order they are judged, what is remembered and how
//! the ledger lies, none of it makes a difference.
//!
//! Histories are made at random ([`provenance_test_support::histories`]). The oracle of each step is the same step,
//! judged alone in a repository that was opened for it; and, as of the time that an audit judges it, `check`.

use std::collections::BTreeSet;
use std::path::Path;

use provenance_test_support::Random;
use provenance_test_support::histories::{History, LIVE, MAIN, Shape, Tally, seeds};

use super::*;
use crate::check::{self, PolicyAt, Range, Replay, policy_at};
use crate::gate::{Content, KeyRing};
use crate::gather::{Gatherer, times_of};
use crate::report::Report;

/// Hardly anything is remembered, so that most is forgotten before it is asked for again.
const FORGETFUL: Bounds = Bounds { lines: 6_000, notes: 400, proofs: 3, moves: 4_000_000 };
/// Nothing is remembered, and the branch is walked.
const NOTHING: Bounds = Bounds { lines: 0, notes: 0, proofs: 0, moves: 0 };

/// A transition: the state before it, and its steps.
type Move = (CommitId, Vec<CommitId>);

/// A branch of a history.
struct Case<'h> {
    history: &'h History,
    seed: u64,
    request: Request,
    /// The first-parent chain, the root first.
    chain: Vec<CommitId>,
    /// Every time that a record states, whoever signed it by whatever roster.
    stated: BTreeSet<Timestamp>,
}

fn opened(path: &Path) -> Repository {
    Repository::discover(path).unwrap()
}

fn stated_times(repository: &Repository, chain: &[CommitId]) -> BTreeSet<Timestamp> {
    let ledger = Ledger::open(repository).unwrap();
    let (mut keys, mut stated) = (BTreeSet::new(), BTreeSet::new());
    for commit in chain {
        let Ok(PolicyAt::Sound(policy)) = policy_at(repository, *commit) else { continue };
        let ring = KeyRing::of([&*policy]);
        if keys.insert(ring.digest()) {
            let gatherer = Gatherer::new(repository, &ledger, &ring);
            let read = gatherer.every_line(|line| {
                if let Content::Record(record) = line.content() {
                    stated.extend(times_of(record.statement()));
                }
            });
            read.unwrap();
        }
    }
    stated
}

impl<'h> Case<'h> {
    fn of(history: &'h History, seed: u64, branch: &str) -> Self {
        let repository = opened(history.path());
        let branch: RefName = branch.parse().unwrap();
        let root = history.root.parse().unwrap();
        let tip = CommitId(repository.try_find_ref(&branch).unwrap().unwrap().id);
        let steps = repository.first_parent_steps(root, tip, usize::MAX).unwrap().unwrap();
        let now: Timestamp = history.now.parse().unwrap();
        // In some, much of it is judged as of a day before it was made.
        let now = if seed % 7 == 3 { now.plus_seconds(-10 * 86_400) } else { now };
        let chain = [vec![root], steps].concat();
        let stated = stated_times(&repository, &chain);
        Self { history, seed, request: Request { branch, tip, root, now }, chain, stated }
    }

    /// Every step by itself, and some pushes of two to four.
    fn moves(&self, random: &mut Random) -> Vec<Move> {
        let push = |from: usize, count: usize| (self.chain[from], self.chain[from + 1..=from + count].to_vec());
        let steps = self.chain.len() - 1;
        let mut moves: Vec<Move> = (0..steps).map(|from| push(from, 1)).collect();
        for count in 2..=4 {
            if steps >= count {
                moves.push(push(random.below(steps - count + 1), count));
            }
        }
        moves
    }

    /// The oracle: a transition judged with nothing that was found out before.
    fn alone(&self, (from, steps): &Move) -> Report {
        let repository = opened(self.history.path());
        let ledger = Ledger::open(&repository).unwrap();
        Replay::new(&repository, &ledger, (self.request.branch.clone(), self.request.root), self.request.now)
            .judge(*from, steps, None)
    }

    fn says(&self, what: &str, of: &Move) -> String {
        format!("seed {}, {} of {}, {} steps after {}", self.seed, what, self.request.branch, of.1.len(), of.0)
    }

    /// By replays that share, asked in any order, one after the other on one thread.
    fn shared(&self, moves: &[Move], alone: &[Report], (bounds, random): (Bounds, &mut Random)) {
        let repositories = [opened(self.history.path()).forgetting(4_000), opened(self.history.path())];
        let ledgers = repositories.each_ref().map(|repository| Ledger::open(repository).unwrap());
        let shared = Shared::of(self.request.tip, bounds);
        let replay = |at: usize| {
            let (branch, root, now) = (self.request.branch.clone(), self.request.root, self.request.now);
            Replay::new(&repositories[at], &ledgers[at], (branch, root), now).sharing(&shared)
        };
        let replays = [replay(0), replay(1)];
        for at in shuffled(moves.len() * 2, random) {
            let (it, alone) = (&moves[at % moves.len()], &alone[at % moves.len()]);
            let report = replays[random.below(2)].judge(it.0, &it.1, None);
            assert_eq!(report, *alone, "{}", self.says("shared", it));
        }
    }

    /// What an audit says where nothing is shared, once its single steps are judged.
    fn expected(&self, alone: &[Report]) -> Audit {
        let repository = opened(self.history.path());
        let ledger = Ledger::open(&repository).unwrap();
        let mut audit = begun(&self.request, &ledger);
        audit.steps = self.chain.len() - 1;
        let replay =
            Replay::new(&repository, &ledger, (self.request.branch.clone(), self.request.root), self.request.now);
        let steps = self.chain.windows(2).zip(alone).map(|(pair, report)| {
            let refusal = (report.verdict != Verdict::Allowed).then(|| Box::new(steps::brief(report.clone())));
            let moves_policy = replay.moves_policy(pair[0], pair[1]).unwrap_or(true);
            steps::Step { parent: pair[0], step: pair[1], since: None, moves_policy, refusal }
        });
        let mut pushes = pushes::Pushes::new(&repository, &ledger, (&self.request, Dates::Stated), audit);
        steps.for_each(|step| pushes.take(step));
        concluded(pushes.finish())
    }

    fn audited(&self, means: Means) -> Audit {
        self.dated(means, Dates::Stated)
    }

    fn dated(&self, means: Means, dates: Dates) -> Audit {
        audit_by(means, &opened(self.history.path()), (&self.request, dates)).unwrap()
    }

    /// The times as of which an audit may judge: the step's date, and those later that any record states.
    fn times(&self, repository: &Repository, new: CommitId) -> Vec<Timestamp> {
        let dated = Timestamp::from_seconds(repository.seconds(new).unwrap()).unwrap().min(self.request.now);
        let later = self.stated.iter().copied().filter(|time| *time > dated && *time <= self.request.now);
        std::iter::once(dated).chain(later).collect()
    }

    /// A branch's newest state at a time, of which none before it is younger, back to the root.
    fn state_at(&self, repository: &Repository, tip: CommitId, time: Timestamp) -> CommitId {
        let (mut chain, mut at) = (vec![tip], tip);
        while at != self.request.root
            && let Some(parent) = repository.first_parent(at).unwrap()
        {
            chain.push(parent);
            at = parent;
        }
        let date = |commit: CommitId| Timestamp::from_seconds(repository.seconds(commit).unwrap()).unwrap();
        let is_past = |state: &&CommitId| date(**state) <= time.max(date(self.request.root));
        let past = chain.iter().rev().take_while(is_past).last();
        let has_policy = |state: &&CommitId| matches!(policy_at(repository, **state), Ok(PolicyAt::Sound(_)));
        past.filter(has_policy).copied().unwrap_or(tip)
    }

    /// `check` with the authority where it was at that time.
    fn check_then(&self, authority: &RefName, request: &check::Request, met: &mut Tally) -> Report {
        let repository = opened(self.history.path());
        let found = repository.try_find_ref(authority).unwrap().filter(|_| *authority != self.request.branch);
        let tip = found.map(|target| CommitId(target.id));
        let moved = |to: CommitId| self.history.set_ref(authority.as_str(), &to.to_string());
        if let Some(tip) = tip {
            let then = self.state_at(&repository, tip, request.now);
            moved(then);
            if then != tip {
                met.add("check: the authority of a past day");
            }
        }
        let report = check::check_range(&repository, &Ledger::open(&repository).unwrap(), request).unwrap();
        tip.into_iter().for_each(moved);
        report
    }

    /// `check` says the same as of one of these times; as of the first of them, where it allows it then.
    fn checked(&self, it: &Move, alone: &Report, met: &mut Tally) {
        let repository = opened(self.history.path());
        // From a state without a policy only the root may follow, and a check says so in other words.
        let Ok(PolicyAt::Sound(policy)) = policy_at(&repository, it.0) else {
            assert_eq!(alone.verdict, Verdict::Undecided, "{}", self.says("broken", it));
            met.add("check: no policy to judge by");
            return;
        };
        let new = *it.1.last().unwrap();
        let mut first = None;
        for (place, now) in self.times(&repository, new).into_iter().enumerate() {
            let range = Range::Update { old: Some(it.0), new };
            let (branch, root) = (Some(self.request.branch.clone()), Some(self.request.root));
            let request = check::Request { range, branch, named: Vec::new(), via: Vec::new(), root, now };
            let report = self.check_then(policy.authority(), &request, met);
            if report == *alone {
                let allowed = first.as_ref().is_none_or(|first: &Report| first.verdict != Verdict::Allowed);
                assert!(allowed, "{}", self.says("check allows it at once", it));
                met.add(if place == 0 { "check: as of the date" } else { "check: as of a later time" });
                return;
            }
            first.get_or_insert(report);
        }
        panic!("{}: {alone:#?}\nbut check says\n{first:#?}", self.says("no check says so", it));
    }
}

/// The one of these whose turn it is.
fn turn<T, const N: usize>(seed: u64, of: [T; N]) -> T {
    let at = usize::try_from(seed % N as u64).unwrap();
    of.into_iter().nth(at).unwrap()
}

fn shuffled(count: usize, random: &mut Random) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    (1..count).for_each(|at| order.swap(at, random.below(at + 1)));
    order
}

/// The audit without the ledger's commit, which each layout has for itself.
fn apart_from_layout(audit: Audit) -> Audit {
    Audit { ledger: None, ..audit }
}

fn hold(case: &Case<'_>, met: &mut Tally) -> Audit {
    let mut random = Random(case.seed);
    let moves = case.moves(&mut random);
    let alone: Vec<Report> = moves.iter().map(|it| case.alone(it)).collect();
    for (it, report) in moves.iter().zip(&alone) {
        met.add(format!("{} of {} steps", report.verdict.as_str(), if it.1.len() == 1 { "one" } else { "several" }));
        report.findings.iter().for_each(|finding| met.add(format!("finding: {}", finding.code)));
        report.changes.iter().for_each(|change| met.add(format!("change: {:?}", change.status)));
        case.checked(it, report, met);
    }
    // What one seed leaves out another has: each takes a part of a second.
    let bounds = turn(case.seed, [Bounds::default(), FORGETFUL, NOTHING]);
    case.shared(&moves, &alone, (bounds, &mut random));
    let expected = case.expected(&alone[..case.chain.len() - 1]);
    let means = |cores, run, bounds| Means { cores, run, bounds };
    let many = [means(3, 1, FORGETFUL), means(2, 2, Bounds::default()), means(4, 1, NOTHING)];
    for means in [means(1, 256, turn(case.seed, [Bounds::default(), NOTHING])), turn(case.seed, many)] {
        assert_eq!(case.audited(means), expected, "seed {}, {} by {means:?}", case.seed, case.request.branch);
    }
    // What is the latest date so far does not depend on where a core begins either.
    let [one, others] = [means(1, 256, Bounds::default()), turn(case.seed, many)];
    let [one, others] = [one, others].map(|means| case.dated(means, Dates::InOrder));
    assert_eq!(one, others, "seed {}, {} with dates in order", case.seed, case.request.branch);
    if one != expected {
        met.add("audit: dates in order make a difference");
    }
    met.add(format!("audit: {}", expected.verdict.as_str()));
    expected.pushes.iter().for_each(|push| met.add(format!("audit: a push of {} steps", push.steps)));
    expected
}

fn history(seed: u64) -> Tally {
    let mut met = Tally::default();
    let history = History::new(seed);
    met.join(history.met().clone());
    for branch in [MAIN, LIVE] {
        let case = Case::of(&history, seed, branch);
        let expected = apart_from_layout(hold(&case, &mut met));
        let shape = turn(seed / 2, [Shape::Scattered, Shape::Pairs, Shape::Deep]);
        met.add(format!("ledger: {shape:?}"));
        history.lay_out(shape);
        let audit = apart_from_layout(case.audited(Means { cores: 2, run: 3, bounds: FORGETFUL }));
        assert_eq!(audit, expected, "seed {seed}, {branch} as {shape:?}");
        history.lay_out(Shape::Flat);
    }
    if seed.is_multiple_of(8) {
        let case = Case::of(&history, seed, LIVE);
        let loose = case.audited(Means::default());
        history.pack();
        assert_eq!(case.audited(Means::default()), loose, "seed {seed}, packed");
        met.add("packed");
    }
    met
}

#[test]
#[expect(clippy::print_stderr, reason = "what the histories are made of is to be seen")]
fn an_audit_says_of_each_step_what_is_said_of_it_alone() {
    let seeds = seeds(12);
    let met = std::sync::Mutex::new((seeds.clone(), Tally::default()));
    std::thread::scope(|scope| {
        for _ in 0..cores() {
            scope.spawn(|| {
                while let Some(seed) = { met.lock().unwrap().0.next() } {
                    let found = history(seed);
                    met.lock().unwrap().1.join(found);
                }
            });
        }
    });
    let (_, met) = met.into_inner().unwrap();
    eprintln!("{seeds:?}:\n{met}");
    for what in [
        "allowed of one steps",
        "refused of one steps",
        "undecided of one steps",
        "check: as of the date",
        "check: as of a later time",
        "check: the authority of a past day",
        "change: Reviewed",
        "deed: promoted",
        "landed: by a merge",
        "packed",
    ] {
        assert!(seeds.end - seeds.start < 12 || met.of(what) > 0, "no history has: {what}");
    }
}
