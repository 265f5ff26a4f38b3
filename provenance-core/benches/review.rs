//! One review of many files: from the range to the moved ref of the ledger.
//!
//! `cargo bench -p provenance-core --bench review`; `PROVENANCE_BENCH_DIR=DIR` keeps what was made.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "it prints figures, and a failure is a panic")]

mod floor;

use std::path::Path;
use std::time::{Duration, Instant};

use git2::build::TreeUpdateBuilder;
use git2::{FileMode, Oid};
use provenance_core::draft::Desk;
use provenance_core::draft::client_names::ClientNames;
use provenance_core::draft::review::Verdict;
use provenance_core::draft::span::{Paths, Selection};
use provenance_core::git::Repository;
use provenance_core::id::Sha256Digest;
use provenance_core::key::Signer as _;
use provenance_core::ledger::LEDGER_REF;
use provenance_core::statement::{Ceremony, Decision, Scope};
use provenance_test_support::bench::{Figures, Folder, HEAD_BRANCH, MAIN, NOW, Site, signer};

const RUNS: usize = 7;
const FILES: usize = 500;

fn main() {
    let Some(mut figures) = Figures::asked() else { return };
    let folder = Folder::new();
    for notes in [1_000, 100_000] {
        let site = Site { notes, commits: 50, files: FILES, reviewed: false }.repository(&folder);
        let (mut ours, mut floors) = (Vec::new(), Vec::new());
        for run in 0..RUNS {
            let scratch = folder.scratch(&site, &format!("review-{notes}-{run}"));
            let ledger = floor::open(&scratch).refname_to_id(LEDGER_REF).unwrap();
            ours.push(timed(|| review(&scratch)));
            floors.push(timed(|| by_hand(&scratch, ledger)));
            std::fs::remove_dir_all(&scratch).unwrap();
        }
        [&mut ours, &mut floors].iter_mut().for_each(|times| times.sort_unstable());
        let (ours, floor) = (ours[RUNS / 2], floors[RUNS / 2]);
        let what = format!("review {FILES} files beside {notes} notes, against hashing + signature + tree entries");
        figures.times(what, ours, floor, Some(2.0));
        figures.times("the same, against one second", ours, Duration::from_secs(1), Some(1.0));
    }
    println!("{}", figures.table());
}

fn timed(deed: impl FnOnce()) -> Duration {
    let start = Instant::now();
    deed();
    start.elapsed()
}

fn review(path: &Path) {
    let repository = Repository::discover(path).unwrap();
    let commit = |name: &str| repository.resolve(name).unwrap().commit;
    let desk = Desk::at(&repository, MAIN.parse().unwrap(), NOW.parse().unwrap()).unwrap();
    let span = desk.span(Selection::Proposal(commit(MAIN), commit(HEAD_BRANCH)), &Paths::default()).unwrap();
    let ed = signer(2);
    let key = ed.public_key().fingerprint();
    let person = desk.person(&key).unwrap().id().clone();
    assert_eq!(desk.ineligible(&span, &person).unwrap(), Vec::new());
    let verdict = Verdict {
        findings: Vec::new(),
        decision: Decision::Approve,
        scope: Scope::Set,
        answers: Vec::new(),
        comment: None,
        ceremony: Ceremony::Options,
    };
    let statement = desk.review(&span, verdict, &key).unwrap();
    assert_eq!(desk.file(&statement, &ed, &ClientNames::default()).unwrap().notes, 2 * FILES + 2);
}

/// Hashes both ends of each change, signs once, and writes the tree with an entry for each of them.
fn by_hand(path: &Path, ledger: Oid) {
    let repository = floor::open(path);
    let odb = repository.odb().unwrap();
    let tree = |name: &str| repository.revparse_single(&format!("{name}^{{tree}}")).unwrap().id();
    let mut trees = floor::Trees::new(&repository);
    let mut ends = Vec::new();
    trees.ends(tree(MAIN), tree(HEAD_BRANCH), &mut ends);
    assert_eq!(ends.len(), 2 * FILES);
    let mut payload = Vec::new();
    for id in &ends {
        payload.extend_from_slice(Sha256Digest::of(odb.read(*id).unwrap().data()).to_string().as_bytes());
    }
    payload.extend_from_slice(&signer(2).sign(&payload).unwrap());
    repository.blob(&payload).unwrap();
    let pointer = repository.blob(b"{\"envelope\":\"somewhere\"}\n").unwrap();
    let root = repository.find_commit(ledger).unwrap().tree().unwrap();
    let mut update = TreeUpdateBuilder::new();
    for id in &ends {
        update.upsert(placed(&repository, &root, &id.to_string()), pointer, FileMode::Blob);
    }
    update.create_updated(&repository, &root).unwrap();
}

/// The path of a note, as deep as the ledger's own trees go.
fn placed(repository: &git2::Repository, root: &git2::Tree<'_>, name: &str) -> String {
    let subtree = |tree: &git2::Tree<'_>, pair: &str| tree.get_name(pair)?.to_object(repository).ok()?.into_tree().ok();
    let (first, second, rest) = (&name[..2], &name[2..4], &name[4..]);
    match subtree(root, first).and_then(|tree| subtree(&tree, second)) {
        Some(_) => format!("{first}/{second}/{rest}"),
        None => format!("{first}/{second}{rest}"),
    }
}
