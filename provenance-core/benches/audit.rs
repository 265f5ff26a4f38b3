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
        let records = records();
        let [ours, walk, compare, notes, parse, verify, contents] = alternate(
            RUNS,
            [
                &mut || audit_once(&path, steps),
                &mut || assert_eq!(Floor::of(&path).chain.len(), steps + 1),
                &mut || Floor::of(&path).compare(),
                &mut || Floor::of(&path).notes(),
                &mut || records.iter().cycle().take(2 * steps).for_each(Record::parse),
                &mut || records.iter().cycle().take(2 * steps).for_each(Record::verify),
                &mut || Floor::of(&path).contents(),
            ],
        );
        // The first three walk first, and all are measured on one core.
        let cores = u32::try_from(std::thread::available_parallelism().map_or(1, usize::from)).unwrap();
        let parts = [walk, compare - walk, notes - walk, parse, verify, contents - walk];
        let floors = sum(&parts[..5]) / cores;
        for (name, time) in ["walk", "compare", "notes", "parse", "signatures", "contents"].iter().zip(parts) {
            println!("floor of {steps} steps, on one core: {name} {:.0} ms", millis(time));
        }
        let what = format!("audit of {steps} steps, against walk + compare + notes + parse + signatures");
        figures.times(what, ours, floors, Some(1.25));
        figures.times("the same, with the SHA-256 of both ends of each change", ours, floors + parts[5] / cores, None);
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
