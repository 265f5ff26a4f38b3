//! The ledger: reading some notes, and writing many.
//!
//! `cargo bench -p provenance-core --bench ledger [reading] [writing]`; `PROVENANCE_BENCH_DIR=DIR`
//! keeps what was made, `PROVENANCE_BENCH_MILLION=1` reads also from a million notes.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "it prints figures, and a failure is a panic")]

mod floor;

use std::path::Path;
use std::time::Duration;

use git2::Oid;
use provenance_core::git::{Identity, Repository};
use provenance_core::id::ObjectId;
use provenance_core::ledger::{Additions, Author, LEDGER_REF, Ledger, append};
use provenance_test_support::bench::{Figures, Folder, Note, alternate, as_stream, ledger, notes};

const RUNS: usize = 15;
/// Notes that are written at once.
const WRITTEN: usize = 100_000;

fn main() {
    let Some(mut figures) = Figures::asked() else { return };
    let folder = Folder::new();
    if figures.wants("reading") {
        reading(&folder, &mut figures);
    }
    if figures.wants("writing") {
        writing(&folder, &mut figures);
    }
    println!("{}", figures.table());
}

fn reading(folder: &Folder, figures: &mut Figures) {
    let mut sizes = vec![1_000, 100_000];
    sizes.extend(std::env::var_os("PROVENANCE_BENCH_MILLION").map(|_| 1_000_000));
    for size in sizes {
        let (path, notes) = ledger(folder, size);
        for wanted in [50, 400] {
            let ids: Vec<ObjectId> = notes.iter().step_by(size / wanted).take(wanted).map(|(id, _)| *id).collect();
            let [ours, floor] = alternate(RUNS, [&mut || read_lines(&path, &ids), &mut || read_raw(&path, &ids)]);
            let what = format!("read {wanted} of {size} notes, against raw tree reads");
            figures.times(what, ours, floor, Some(1.5));
            if wanted == 50 {
                let shown = alternate(3, [&mut || show_each(folder, &path, &ids)])[0];
                figures.times(
                    format!("read {wanted} of {size} notes, against `git notes list` for each"),
                    ours,
                    shown,
                    Some(0.1),
                );
            }
        }
    }
}

fn read_lines(path: &Path, ids: &[ObjectId]) {
    let repository = Repository::discover(path).unwrap();
    let ledger = Ledger::open(&repository).unwrap();
    assert!(ids.iter().all(|id| ledger.lines(id).unwrap().len() == 1));
}

fn read_raw(path: &Path, ids: &[ObjectId]) {
    let repository = floor::open(path);
    let root = root(&repository);
    let mut trees = floor::Trees::new(&repository);
    assert!(ids.iter().all(|id| trees.note(root, &id.to_string()) > 0));
}

fn root(repository: &git2::Repository) -> Oid {
    let commit = repository.refname_to_id(LEDGER_REF).unwrap();
    floor::chain(&repository.odb().unwrap(), commit, 1)[0].1
}

/// Git shows no note of an object that is not here, but lists it, finding it in the same way.
fn show_each(folder: &Folder, path: &Path, ids: &[ObjectId]) {
    for id in ids {
        folder.git(path, &["notes", "--ref=provenance", "list", &id.to_string()], b"");
    }
}

fn writing(folder: &Folder, figures: &mut Figures) {
    let notes = notes(WRITTEN);
    let stream = as_stream(&notes);
    let (mut ours, mut git) = (Vec::new(), Vec::new());
    let empty = folder.repository("empty", |_| ());
    for run in 0..3 {
        let (a, b) = (folder.scratch(&empty, &format!("ours-{run}")), folder.scratch(&empty, &format!("git-{run}")));
        ours.push(timed(|| append_all(&a, &notes)));
        git.push(timed(|| drop(folder.git(&b, &["fast-import", "--quiet"], &stream))));
        if run == 0 {
            compare(folder, &a, &b, figures);
        }
        [a, b].iter().for_each(|path| std::fs::remove_dir_all(path).unwrap());
    }
    [&mut ours, &mut git].iter_mut().for_each(|times| times.sort_unstable());
    figures.times(format!("append {WRITTEN} notes, against `git fast-import`"), ours[1], git[1], Some(0.5));
}

fn timed(deed: impl FnOnce()) -> Duration {
    let start = std::time::Instant::now();
    deed();
    start.elapsed()
}

fn append_all(path: &Path, notes: &[Note]) {
    let repository = Repository::discover(path).unwrap();
    let mut additions = Additions::new();
    notes.iter().for_each(|(id, line)| additions.add_line(&repository, *id, line.trim_ascii_end()));
    let identity = Identity { name: "bench".to_owned(), email: String::new(), seconds: 1_735_689_600 };
    append(&repository, &additions, &Author { identity, message: "notes".to_owned() }).unwrap();
}

/// That both wrote the same tree, and how large it is on disk.
fn compare(folder: &Folder, ours: &Path, git: &Path, figures: &mut Figures) {
    let tree = |path: &Path| folder.git(path, &["rev-parse", &format!("{LEDGER_REF}^{{tree}}")], b"");
    assert_eq!(tree(ours), tree(git), "git would have fanned the notes out otherwise");
    let written = disk(&ours.join(".git/objects"));
    folder.git(git, &["repack", "-adfq"], b"");
    let repacked = disk(&git.join(".git/objects"));
    figures.sizes(
        format!("append {WRITTEN} notes, on disk, against git's after repacking"),
        written,
        repacked,
        Some(1.2),
    );
}

fn disk(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| match entry.metadata().unwrap() {
            found if found.is_dir() => disk(&entry.path()),
            found => found.len(),
        })
        .sum()
}
