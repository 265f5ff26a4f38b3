//! A publish branch of many steps, each declared and approved by records of its own.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use provenance_core::entry::{Change, Entry, Mode};
use provenance_core::git::Repository;
use provenance_core::id::{CommitId, Sha256Digest};
use provenance_core::ledger::Additions;
use provenance_core::time::Timestamp;

use super::data::{Folder, signer};
use super::site::{FILES, MAIN, Stream, add_records, page_path, policy_files, write};

/// So many steps are made at a time.
const CHUNK: usize = 50_000;
/// Bytes of a page, about.
const PAGE: usize = 500;

/// Where what stands on [`MAIN`] is promoted to.
pub const LIVE: &str = "refs/heads/live";

/// A publish branch of `steps` steps after its root, each changing one page of 2,000.
///
/// # Panics
/// When it cannot be made.
pub fn history(folder: &Folder, steps: usize) -> PathBuf {
    folder.repository(&format!("history-{steps}"), |path| {
        make(folder, path, steps, &policy_files());
        folder.git(path, &["repack", "-adq"], b"");
    })
}

/// The same with a second branch, [`LIVE`], to which each step was promoted by a merge of its own.
///
/// # Panics
/// When it cannot be made.
pub fn promoted(folder: &Folder, steps: usize) -> PathBuf {
    folder.repository(&format!("promoted-{steps}"), |path| {
        let [policy, people] = policy_files();
        let policy = policy.replace(&format!("[\"{MAIN}\"]"), &format!("[\"{MAIN}\", \"{LIVE}\"]"));
        let promote = format!("\n[[promote]]\nfrom = \"{MAIN}\"\nto = \"{LIVE}\"\n");
        make(folder, path, steps, &[policy + &promote, people]);
        let chain = folder.git(path, &["log", "--reverse", "--first-parent", "--format=%H %T %ct", MAIN], b"");
        let mut parent = None;
        let mut stream = String::new();
        for line in chain.lines() {
            let [commit, tree, when] = [0, 1, 2].map(|at| line.split(' ').nth(at).expect("three words a line"));
            let Some(parent) = parent.replace(LIVE) else {
                stream.push_str(&format!("reset {LIVE}\nfrom {commit}\n\n"));
                continue;
            };
            stream.push_str(&format!(
                "commit {parent}\ncommitter ana <ana@example.com> {when} +0000\ndata 7\npromote\n\
                 merge {commit}\nM 040000 {tree} \n"
            ));
        }
        folder.git(path, &["fast-import", "--quiet", "--date-format=raw"], stream.as_bytes());
        folder.git(path, &["repack", "-adq"], b"");
    })
}

fn make(folder: &Folder, path: &Path, steps: usize, policy: &[String; 2]) {
    let mut stream = Stream::new(30, PAGE);
    let mut pages = HashMap::new();
    begin(&mut stream, &mut pages, policy);
    let mut parent = import(folder, path, &mut stream)[0];
    folder.git(path, &["config", "provenance.root", &parent.to_string()], b"");
    for first in (0..steps).step_by(CHUNK) {
        // Each stream goes on from the branch as it is.
        let tip = format!("{MAIN}^0");
        let mut edit = |at| edit(&mut stream, &mut pages, (at == first).then_some(tip.as_str()));
        let edits: Vec<Edit> = (first..steps.min(first + CHUNK)).map(&mut edit).collect();
        let commits = import(folder, path, &mut stream);
        assert_eq!(commits.len(), edits.len());
        parent = file_records(path, parent, &commits, &edits);
    }
}

/// One step: what it changes, and when.
struct Edit {
    page: usize,
    before: String,
    after: String,
    time: Timestamp,
}

fn begin(stream: &mut Stream, pages: &mut HashMap<usize, String>, [policy, people]: &[String; 2]) {
    stream.commit(MAIN, "ana", None);
    stream.file(".provenance/policy.toml", policy);
    stream.file(".provenance/people.toml", people);
    pages.extend((0..FILES).map(|page| (page, stream.page(page))));
}

fn edit(stream: &mut Stream, pages: &mut HashMap<usize, String>, from: Option<&str>) -> Edit {
    let when = stream.commit(MAIN, "wes", from);
    // A prime, so that neighbours are in other folders.
    let page = usize::try_from(when / 30 * 7 % 1999).expect("it is small");
    let after = stream.page(page);
    let before = pages.insert(page, after.clone()).expect("every page is there");
    Edit { page, before, after, time: Timestamp::from_seconds(when).expect("a time of this century") }
}

/// Imports what the stream has and empties it; its commits, in order.
fn import(folder: &Folder, path: &Path, stream: &mut Stream) -> Vec<CommitId> {
    let marks = path.join(".git/marks");
    let bytes = std::mem::take(&mut stream.bytes);
    let export = format!("--export-marks={}", marks.display());
    folder.git(path, &["fast-import", "--quiet", "--date-format=raw", &export], &bytes);
    let text = std::fs::read_to_string(&marks).expect("git wrote it");
    let mut found: Vec<(u64, CommitId)> = text
        .lines()
        .filter_map(|line| line.strip_prefix(':')?.split_once(' '))
        .map(|(mark, id)| (mark.parse().expect("a number"), id.parse().expect("an id")))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, id)| id).collect()
}

/// Declares and approves every step; the newest of them.
fn file_records(path: &Path, mut parent: CommitId, commits: &[CommitId], edits: &[Edit]) -> CommitId {
    let repository = Repository::discover(path).expect("git made it");
    let (wes, ed) = (signer(3), signer(2));
    let mut additions = Additions::new();
    let entry = |text: &str| {
        let digest = Sha256Digest::of(text.as_bytes());
        Entry::blob(Mode::Regular, repository.hash_blob(text.as_bytes()), digest).expect("a plain file")
    };
    for (commit, edit) in commits.iter().zip(edits) {
        let page = page_path(edit.page).parse().expect("a plain path");
        let change = Change::new(page, Some(entry(&edit.before)), Some(entry(&edit.after))).expect("it changed");
        add_records(&repository, &mut additions, [&wes, &ed], (parent, edit.time), &change);
        parent = *commit;
    }
    write(&repository, &additions);
    parent
}
