//! Single steps, judged on all cores: history is cut into runs of neighbouring steps, each core opens the
//! repository for itself and takes the oldest run that nobody has, and the answers are put in order again.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, mpsc};

use super::{AuditError, Request};
use crate::check::{Dates, Replay};
use crate::finding::Finding;
use crate::gather::Shared;
use crate::git::{Opener, ReadError, Repository};
use crate::id::CommitId;
use crate::ledger::Ledger;
use crate::report::{ChangeStatus, Report, Verdict};
use crate::time::Timestamp;

/// So many runs may be taken before the oldest of them is handed over, for each core: what waits is held.
const AHEAD: usize = 8;

/// So many changes and findings of one report are kept.
const MAX_LINES: usize = 100;

/// One step that was judged by itself.
pub(super) struct Step {
    pub(super) parent: CommitId,
    pub(super) step: CommitId,
    /// The latest date of the steps before it, where dates are taken in order.
    pub(super) since: Option<Timestamp>,
    /// Whether it changes the policy.
    pub(super) moves_policy: bool,
    /// The report where it is not allowed.
    pub(super) refusal: Option<Box<Report>>,
}

/// A first-parent chain, cut into runs: of each only where it ends is kept.
pub(super) struct Runs {
    /// The root, then the newest step of each run, oldest first.
    ends: Vec<CommitId>,
    /// The latest date of all that comes before each run, the root among it.
    since: Vec<Option<Timestamp>>,
    pub(super) steps: usize,
    /// The most steps of a run.
    length: usize,
}

impl Runs {
    /// The runs of so many steps after `root` up to `tip`; `None` where the root is not on the chain.
    ///
    /// # Errors
    /// [`ReadError`] when a commit on the way is missing or malformed.
    pub(super) fn between(
        repository: &Repository,
        (root, tip): (CommitId, CommitId),
        length: usize,
    ) -> Result<Option<Self>, ReadError> {
        let (mut ends, mut latest, mut steps, mut at) = (Vec::new(), Vec::new(), 0, tip);
        while at != root {
            if steps % length == 0 {
                ends.push(at);
                latest.push(None);
            }
            steps += 1;
            latest[(steps - 1) / length] = latest[(steps - 1) / length].max(date(repository, at)?);
            match repository.first_parent(at)? {
                Some(parent) => at = parent,
                None => return Ok(None),
            }
        }
        ends.push(root);
        ends.reverse();
        latest.push(date(repository, root)?);
        latest.reverse();
        let mut since = None;
        let since = latest.into_iter().map(|date| {
            since = since.max(date);
            since
        });
        Ok(Some(Self { ends, since: since.collect(), steps, length }))
    }

    fn count(&self) -> usize {
        self.ends.len() - 1
    }
}

/// The committer's date; none where it is no time.
fn date(repository: &Repository, commit: CommitId) -> Result<Option<Timestamp>, ReadError> {
    Ok(Timestamp::from_seconds(repository.seconds(commit)?))
}

/// Judges every step of the runs and hands the answers over, oldest step first.
///
/// # Errors
/// [`AuditError`] when a core cannot open the repository.
pub(super) fn judge(
    opener: &Opener,
    ledger: Option<CommitId>,
    (request, dates): (&Request, Dates),
    (cores, runs, shared): (usize, &Runs, &Shared),
    mut hand_over: impl FnMut(Step),
) -> Result<(), AuditError> {
    let cores = cores.min(runs.count());
    let queue = &Queue::new(cores * AHEAD);
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel::<(usize, Vec<Step>)>();
        let start = |_| {
            let sender = sender.clone();
            scope.spawn(move || work(opener, ledger, (request, dates), runs, (queue, shared), &sender))
        };
        let workers: Vec<_> = (0..cores).map(start).collect();
        drop(sender);
        let (mut waiting, mut due) = (BTreeMap::new(), 0);
        for (index, steps) in receiver {
            waiting.insert(index, steps);
            while let Some(steps) = waiting.remove(&due) {
                steps.into_iter().for_each(&mut hand_over);
                due += 1;
                queue.permit();
            }
        }
        workers.into_iter().try_for_each(|worker| worker.join().expect("judging a step does not panic"))
    })
}

/// Which run is next, and whether it may be taken already.
struct Queue {
    next: AtomicUsize,
    permits: Mutex<usize>,
    permitted: Condvar,
}

impl Queue {
    fn new(permits: usize) -> Self {
        Self { next: AtomicUsize::new(0), permits: Mutex::new(permits), permitted: Condvar::new() }
    }

    fn take(&self) -> usize {
        let permits = self.permits.lock().expect("counting does not panic");
        let mut permits = self.permitted.wait_while(permits, |permits| *permits == 0).expect("counting does not panic");
        *permits -= 1;
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    fn permit(&self) {
        *self.permits.lock().expect("counting does not panic") += 1;
        self.permitted.notify_one();
    }
}

/// Takes runs until none is left.
fn work(
    opener: &Opener,
    ledger: Option<CommitId>,
    (request, dates): (&Request, Dates),
    runs: &Runs,
    (queue, shared): (&Queue, &Shared),
    sender: &mpsc::Sender<(usize, Vec<Step>)>,
) -> Result<(), AuditError> {
    let repository = opener.open()?;
    let ledger = Ledger::at(&repository, ledger)?;
    let replay = Replay::new(&repository, &ledger, (request.branch.clone(), request.root), request.now);
    let replay = replay.sharing(shared).dating(dates);
    loop {
        let index = queue.take();
        let Some(&[from, until]) = runs.ends.get(index..).and_then(|ends| ends.first_chunk()) else {
            return Ok(());
        };
        let since = runs.since[index].filter(|_| dates == Dates::InOrder);
        if sender.send((index, run(&repository, &replay, (from, until, runs.length), since))).is_err() {
            return Ok(());
        }
    }
}

/// Judges a run; `since` is the latest date of what comes before it, where dates are taken in order.
fn run(
    repository: &Repository,
    replay: &Replay<'_>,
    (from, until, length): (CommitId, CommitId, usize),
    mut since: Option<Timestamp>,
) -> Vec<Step> {
    // The chain was walked before; steps that cannot be read any more are missed when all are counted.
    let steps = repository.first_parent_steps(from, until, length).ok().flatten().unwrap_or_default();
    let mut parent = from;
    let mut judged = Vec::with_capacity(steps.len());
    for step in steps {
        let report = replay.judge(parent, &[step], since);
        let refusal = (report.verdict != Verdict::Allowed).then(|| Box::new(brief(report)));
        // What cannot be read is not passed over either.
        let moves_policy = refusal.is_some() && replay.moves_policy(parent, step).unwrap_or(true);
        judged.push(Step { parent, step, since, moves_policy, refusal });
        since = since.map(|since| date(repository, step).ok().flatten().map_or(since, |date| date.max(since)));
        parent = step;
    }
    judged
}

/// A report that is short enough to be one of many: errors come first among its findings.
pub(super) fn brief(mut report: Report) -> Report {
    if report.changes.len() > MAX_LINES {
        report.changes.retain(|change| change.status == ChangeStatus::Unreviewed);
        report.changes.truncate(MAX_LINES);
    }
    if report.findings.len() > MAX_LINES {
        let left_out = report.findings.split_off(MAX_LINES);
        let range = format!("{}..{}", report.transition.old, report.transition.new);
        let hint = format!("`git provenance check {range}` lists all of them");
        let message = format!("and {} more findings of this step", left_out.len());
        report.findings.push(Finding::note(left_out[0].code, message).hint(hint));
    }
    report
}

#[cfg(test)]
mod tests {
    use provenance_test_support::Repo;

    use super::*;

    #[test]
    fn a_run_begins_with_the_latest_date_of_all_before_it_however_long_runs_are() {
        let repo = Repo::new();
        let dates = [5, 9, 1, 7, 8, 10, 2, 3, 11].map(|day| 1_700_000_000 + day * 86_400);
        let chain: Vec<CommitId> = repo.dated_chain(&dates).iter().map(|commit| commit.parse().unwrap()).collect();
        let repository = Repository::discover(repo.path()).unwrap();
        for length in 1..=9 {
            let runs = Runs::between(&repository, (chain[0], chain[8]), length).unwrap().unwrap();
            assert_eq!((runs.ends[0], runs.steps), (chain[0], 8));
            for (end, since) in runs.ends.iter().zip(&runs.since) {
                let place = chain.iter().position(|commit| commit == end).unwrap();
                let latest = dates[..=place].iter().max().copied();
                assert_eq!(*since, latest.and_then(Timestamp::from_seconds), "runs of {length}, up to {place}");
            }
        }
    }
}
