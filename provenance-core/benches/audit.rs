//! An audit: every step of a long history judged again.
//!
//! `cargo bench -p provenance-core --bench audit [10000-steps] [100000-steps] [promoted]`; `PROVENANCE_BENCH_DIR=DIR` keeps what was made,
//! `PROVENANCE_BENCH_MILLION=1` audits also a million steps.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "it prints figures, and a failure is a panic")]

mod floor;

use std::path::Path;

use base64::Engine as _;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use provenance_core::audit::{Request, audit};
use provenance_core::check::pinned_root;
use provenance_core::envelope::{Envelope, pae};
use provenance_core::git::Repository;
use provenance_core::id::Sha256Digest;
use provenance_core::ledger::LEDGER_REF;
use provenance_core::report::Verdict;
use provenance_test_support::bench::{Figures, Folder, LIVE, MAIN, NOW, alternate, history, millis, promoted, sum};

const RUNS: usize = 3;

fn main() {
    let Some(mut figures) = Figures::asked() else { return };
    let folder = Folder::new();
    let mut sizes = vec![10_000, 100_000];
    sizes.extend(std::env::var_os("PROVENANCE_BENCH_MILLION").map(|_| 1_000_000));
    for steps in sizes.into_iter().filter(|steps| figures.wants(&format!("{steps}-steps"))).collect::<Vec<_>>() {
        let path = history(&folder, steps);
        let (records, chain) = (records(), chain(&path));
        let ends = Floor::of(&path).ends(&chain);
        let compare = || on_all_cores(steps, |part| drop(Floor::of(&path).ends(&chain[part.start..=part.end])));
        let notes = || on_all_cores(steps, |part| Floor::of(&path).notes(&ends[2 * part.start..2 * part.end]));
        let of_records = |run: fn(&Record)| {
            on_all_cores(2 * steps, |part| records.iter().cycle().take(part.len()).for_each(run));
        };
        let [ours, walk, compare, notes, parse, verify, contents] = alternate(
            RUNS,
            [
                &mut || audit_once(&path, steps),
                &mut || assert_eq!(self::chain(&path).len(), steps + 1),
                &mut || compare(),
                &mut || notes(),
                &mut || of_records(Record::parse),
                &mut || of_records(Record::verify),
                &mut || on_all_cores(ends.len(), |part| Floor::of(&path).contents(&ends[part])),
            ],
        );
        let parts = [walk, compare, notes, parse, verify, contents];
        let floors = sum(&parts[..5]);
        for (name, time) in ["walk", "compare", "notes", "parse", "signatures", "contents"].iter().zip(parts) {
            println!("floor of {steps} steps, on all cores: {name} {:.0} ms", millis(time));
        }
        let what = format!("audit of {steps} steps, against walk + compare + notes + parse + signatures");
        figures.times(what, ours, floors, Some(1.25));
        figures.times("the same, with the SHA-256 of both ends of each change", ours, floors + contents, None);
    }
    if figures.wants("promoted") {
        promotions(&folder, &mut figures);
    }
    println!("{}", figures.table());
}

/// Twice as many promotions should take twice as long.
fn promotions(folder: &Folder, figures: &mut Figures) {
    let (few, many) = (promoted(folder, 2_000), promoted(folder, 4_000));
    let [few, many] = alternate(RUNS, [&mut || audit_of(&few, LIVE, 2_000), &mut || audit_of(&many, LIVE, 4_000)]);
    figures.times("audit of 4000 promotions, against twice one of 2000", many, few * 2, Some(1.25));
}

fn audit_once(path: &Path, steps: usize) {
    audit_of(path, MAIN, steps);
}

fn audit_of(path: &Path, branch: &str, steps: usize) {
    let repository = Repository::discover(path).unwrap();
    let request = Request {
        branch: branch.parse().unwrap(),
        tip: repository.resolve(branch).unwrap().commit,
        root: pinned_root(&repository).unwrap().unwrap(),
        now: NOW.parse().unwrap(),
    };
    let audit = audit(&repository, &request).unwrap();
    assert_eq!((audit.verdict, audit.allowed), (Verdict::Allowed, steps), "{:?}", audit.reports.first());
}

/// A commit and its tree.
type Step = (git2::Oid, git2::Oid);

/// The first-parent chain, newest step first.
fn chain(path: &Path) -> Vec<Step> {
    let repository = floor::open(path);
    let tip = repository.refname_to_id(MAIN).unwrap();
    floor::chain(&repository.odb().unwrap(), tip, usize::MAX)
}

/// Gives each core a part of so many things, which follow each other.
fn on_all_cores(count: usize, run: impl Fn(std::ops::Range<usize>) + Sync) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for core in 0..cores {
            let run = &run;
            scope.spawn(move || run(core * count / cores..(core + 1) * count / cores));
        }
    });
}

/// What an audit cannot do without, each by itself.
struct Floor {
    repository: git2::Repository,
}

impl Floor {
    fn of(path: &Path) -> Self {
        Self { repository: floor::open(path) }
    }

    /// Both ends of what each step changes, by comparing trees.
    fn ends(&self, chain: &[Step]) -> Vec<git2::Oid> {
        let mut ends = Vec::new();
        for run in chain.windows(2).collect::<Vec<_>>().chunks(256) {
            let mut trees = floor::Trees::new(&self.repository);
            run.iter().for_each(|pair| trees.ends(pair[1].1, pair[0].1, &mut ends));
        }
        assert_eq!(ends.len(), 2 * (chain.len() - 1));
        ends
    }

    /// The notes of both ends of each change, and those of its records, which may be revoked.
    fn notes(&self, ends: &[git2::Oid]) {
        let commit = self.repository.refname_to_id(LEDGER_REF).unwrap();
        let root = floor::chain(&self.repository.odb().unwrap(), commit, 1)[0].1;
        for ends in ends.chunks(512) {
            let mut trees = floor::Trees::new(&self.repository);
            ends.iter().for_each(|end| assert!(trees.note(root, &end.to_string()) > 0));
            ends.iter().for_each(|end| {
                assert_eq!(trees.note(root, &Sha256Digest::of(end.as_bytes()).to_string()[..40]), 0);
            });
        }
    }

    /// The SHA-256 of both ends.
    fn contents(&self, ends: &[git2::Oid]) {
        let odb = self.repository.odb().unwrap();
        let digest = |end: &git2::Oid| u64::from(Sha256Digest::of(odb.read(*end).unwrap().data()).as_bytes()[0]);
        assert!(ends.iter().map(digest).sum::<u64>() > 0);
    }
}

/// A signed record: its line, and what its strict verification takes.
struct Record {
    line: Vec<u8>,
    key: VerifyingKey,
    bytes: Vec<u8>,
    signature: Signature,
}

/// Some records, of which no two are alike: a processor learns how to verify one that comes again and again.
fn records() -> Vec<Record> {
    let key = SigningKey::from_bytes(&[9; 32]);
    let record = |(_, line): (_, Vec<u8>)| {
        let bytes = pae(Envelope::parse(line.trim_ascii_end()).unwrap().payload());
        let signature: Signature = key.sign(&bytes);
        Record { line: line.trim_ascii_end().to_vec(), key: key.verifying_key(), bytes, signature }
    };
    provenance_test_support::bench::notes(1000).into_iter().map(record).collect()
}

/// An envelope and a statement as `serde_json` reads them, strings borrowed where it can.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sealed<'a> {
    payload_type: &'a str,
    payload: &'a str,
    signatures: [serde_json::Value; 1],
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    predicate_type: &'a str,
    predicate: provenance_core::statement::Review,
}

impl Record {
    fn verify(&self) {
        assert!(self.key.verify_strict(&self.bytes, &self.signature).is_ok());
    }

    fn parse(&self) {
        let sealed: Sealed<'_> = serde_json::from_slice(&self.line).unwrap();
        let payload = base64::engine::general_purpose::STANDARD.decode(sealed.payload).unwrap();
        let wire: Wire<'_> = serde_json::from_slice(&payload).unwrap();
        let known = !sealed.payload_type.is_empty() && !wire.predicate_type.is_empty() && !sealed.signatures.is_empty();
        assert!(known && wire.predicate.changes.len() == 1);
        assert_ne!(Sha256Digest::of(&payload), Sha256Digest::of(&pae(&payload)));
    }
}
