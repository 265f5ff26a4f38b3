//! An audit: every step of a long history judged again.
//!
//! `cargo bench -p provenance-core --bench audit [10000-steps] [100000-steps]`; `PROVENANCE_BENCH_DIR=DIR` keeps what was made,
//! `PROVENANCE_BENCH_MILLION=1` audits also a million steps.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "it prints figures, and a failure is a panic")]

mod floor;

use std::path::Path;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use provenance_core::audit::{Request, audit};
use provenance_core::check::pinned_root;
use provenance_core::envelope::{Envelope, pae};
use provenance_core::git::Repository;
use provenance_core::id::Sha256Digest;
use provenance_core::ledger::LEDGER_REF;
use provenance_core::report::Verdict;
use provenance_test_support::bench::{Figures, Folder, MAIN, NOW, alternate, history, millis, sum};

const RUNS: usize = 3;

fn main() {
    let Some(mut figures) = Figures::asked() else { return };
    let folder = Folder::new();
    let mut sizes = vec![10_000, 100_000];
    sizes.extend(std::env::var_os("PROVENANCE_BENCH_MILLION").map(|_| 1_000_000));
    for steps in sizes.into_iter().filter(|steps| figures.wants(&format!("{steps}-steps"))).collect::<Vec<_>>() {
        let path = history(&folder, steps);
        let [ours, walk, compare, notes, verify, contents] = alternate(
            RUNS,
            [
                &mut || audit_once(&path, steps),
                &mut || assert_eq!(Floor::of(&path).chain.len(), steps + 1),
                &mut || Floor::of(&path).compare(),
                &mut || Floor::of(&path).notes(),
                &mut || verify(2 * steps),
                &mut || Floor::of(&path).contents(),
            ],
        );
        // Each of these walks first, and all but the signatures are measured on one core.
        let cores = u32::try_from(std::thread::available_parallelism().map_or(1, usize::from)).unwrap();
        let parts = [walk, compare - walk, notes - walk, verify, contents - walk];
        let floors = sum(&parts[..4]) / cores;
        for (name, time) in ["walk", "compare", "notes", "signatures", "contents"].iter().zip(parts) {
            println!("floor of {steps} steps, on one core: {name} {:.0} ms", millis(time));
        }
        let what = format!("audit of {steps} steps, against walk + compare + notes + signatures");
        figures.times(what, ours, floors, Some(1.25));
        figures.times("the same, with the SHA-256 of both ends of each change", ours, floors + parts[4] / cores, None);
    }
    println!("{}", figures.table());
}

fn audit_once(path: &Path, steps: usize) {
    let repository = Repository::discover(path).unwrap();
    let request = Request {
        branch: MAIN.parse().unwrap(),
        tip: repository.resolve(MAIN).unwrap().commit,
        root: pinned_root(&repository).unwrap().unwrap(),
        now: NOW.parse().unwrap(),
    };
    let audit = audit(&repository, &request).unwrap();
    assert_eq!((audit.verdict, audit.allowed), (Verdict::Allowed, steps), "{:?}", audit.reports.first());
}

/// What an audit cannot do without, by itself and on one core.
struct Floor {
    repository: git2::Repository,
    /// Commits and their trees, newest first.
    chain: Vec<(git2::Oid, git2::Oid)>,
}

impl Floor {
    fn of(path: &Path) -> Self {
        let repository = floor::open(path);
        let tip = repository.refname_to_id(MAIN).unwrap();
        let chain = floor::chain(&repository.odb().unwrap(), tip, usize::MAX);
        Self { repository, chain }
    }

    fn ends(&self, mut each: impl FnMut(&[git2::Oid])) {
        for run in self.chain.windows(2).collect::<Vec<_>>().chunks(256) {
            let mut trees = floor::Trees::new(&self.repository);
            for pair in run {
                let mut ends = Vec::new();
                trees.ends(pair[1].1, pair[0].1, &mut ends);
                each(&ends);
            }
        }
    }

    fn compare(&self) {
        let mut changes = 0;
        self.ends(|ends| changes += ends.len());
        assert_eq!(changes, 2 * (self.chain.len() - 1));
    }

    /// The notes of both ends of each change, and those of its records, which may be revoked.
    fn notes(&self) {
        let commit = self.repository.refname_to_id(LEDGER_REF).unwrap();
        let odb = self.repository.odb().unwrap();
        let root = floor::chain(&odb, commit, 1)[0].1;
        let mut steps = self.chain.windows(2);
        while steps.len() > 0 {
            let mut trees = floor::Trees::new(&self.repository);
            for pair in steps.by_ref().take(256) {
                let mut ends = Vec::new();
                trees.ends(pair[1].1, pair[0].1, &mut ends);
                ends.iter().for_each(|end| assert!(trees.note(root, &end.to_string()) > 0));
                ends.iter().for_each(|end| {
                    assert_eq!(trees.note(root, &Sha256Digest::of(end.as_bytes()).to_string()[..40]), 0)
                });
            }
        }
    }

    fn contents(&self) {
        let odb = self.repository.odb().unwrap();
        let mut bytes = 0u64;
        self.ends(|ends| {
            for end in ends {
                bytes += u64::from(Sha256Digest::of(odb.read(*end).unwrap().data()).as_bytes()[0]);
            }
        });
        assert!(bytes > 0);
    }
}

/// Strict verification of so many records, on one core.
fn verify(count: usize) {
    let (_, line) = provenance_test_support::bench::notes(1).remove(0);
    let bytes = pae(Envelope::parse(line.trim_ascii_end()).unwrap().payload());
    let key = SigningKey::from_bytes(&[9; 32]);
    let (key, signature): (VerifyingKey, Signature) = (key.verifying_key(), key.sign(&bytes));
    assert!((0..count).all(|_| key.verify_strict(&bytes, &signature).is_ok()));
}
