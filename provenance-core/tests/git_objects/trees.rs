//! Trees and their comparison against `git diff-tree` and `git ls-tree`.

use std::collections::BTreeMap;

use provenance_core::entry::{Mode, Slot};
use provenance_core::git::{PathTrie, RawChange};
use provenance_core::id::TreeId;
use provenance_core::path::RepoPath;
use provenance_test_support::{Random, Repo};

use crate::{both_formats, id, open};

/// Components that git sorts in surprising ways, some of them not UTF-8.
const NAMES: [&[u8]; 12] =
    [b"a", b"a.x", b"a-b", b"a0", b"a ", b"B", b"b", b"caf\xe9", b"\xff\xfe", "ü".as_bytes(), b"\"q\"", b"tab\there"];
const MODES: [&str; 5] = ["100644", "100644", "100755", "120000", "160000"];

type Files = BTreeMap<Vec<u8>, (&'static str, String)>;

/// Paths with a mode and an id each, none of them inside another.
fn random_files(random: &mut Random, blobs: &[String]) -> Files {
    let mut files = Files::new();
    for _ in 0..random.below(25) {
        let depth = 1 + random.below(3);
        let path = (0..depth).map(|_| NAMES[random.below(NAMES.len())]).collect::<Vec<_>>().join(&b'/');
        add(&mut files, path, MODES[random.below(MODES.len())], &blobs[random.below(blobs.len())]);
    }
    files
}

/// Adds a file in place of the files and folders that it cannot stand beside.
fn add(files: &mut Files, path: Vec<u8>, mode: &'static str, blob: &str) {
    let inside = |inner: &[u8], outer: &[u8]| inner.starts_with(outer) && inner.get(outer.len()) == Some(&b'/');
    files.retain(|other, _| !inside(other, &path) && !inside(&path, other));
    files.insert(path, (mode, blob.to_owned()));
}

/// The files after some edits: new content, another mode, a file where a folder was.
fn edited(random: &mut Random, files: &Files, blobs: &[String]) -> Files {
    let mut after: Files = files.iter().filter(|_| random.below(4) > 0).map(|(p, f)| (p.clone(), f.clone())).collect();
    for (path, file) in random_files(random, blobs) {
        add(&mut after, path, file.0, &file.1);
    }
    for file in after.values_mut() {
        if random.below(6) == 0 {
            file.0 = MODES[random.below(MODES.len())];
        }
    }
    after
}

fn write_tree(repo: &Repo, files: &Files) -> String {
    repo.git(&["read-tree", "--empty"]);
    let mut lines = Vec::new();
    for (path, (mode, blob)) in files {
        lines.extend_from_slice(format!("{mode} {blob}\t").as_bytes());
        lines.extend_from_slice(path);
        lines.push(0);
    }
    repo.git_with(&["update-index", "-z", "--index-info"], lines);
    repo.git(&["write-tree", "--missing-ok"])
}

fn slot(mode: &str, blob: &str) -> Option<Slot> {
    (mode != "000000").then(|| Slot { mode: mode.parse::<Mode>().unwrap(), id: id(blob) })
}

/// What `git diff-tree` says, in order of paths.
fn oracle(repo: &Repo, before: &str, after: &str) -> Vec<RawChange> {
    let raw = repo.git_bytes(&["diff-tree", "-r", "--no-renames", "--raw", "-z", "--no-abbrev", before, after], b"");
    let fields: Vec<&[u8]> = raw.split(|byte| *byte == 0).collect();
    let changes = fields.chunks_exact(2).map(|pair| {
        let words: Vec<&str> = std::str::from_utf8(pair[0]).unwrap().trim_start_matches(':').split(' ').collect();
        let path = RepoPath::from_bytes(pair[1]).unwrap();
        RawChange { path, before: slot(words[0], words[2]), after: slot(words[1], words[3]) }
    });
    let mut changes: Vec<RawChange> = changes.collect();
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

fn blobs(repo: &Repo) -> Vec<String> {
    (0..4).map(|n| repo.hash_object("blob", format!("{n}\n"))).collect()
}

#[test]
fn finds_the_changes_that_git_finds() {
    for repo in both_formats() {
        let (blobs, empty) = (blobs(&repo), repo.hash_object("tree", b""));
        let mut random = Random(1);
        let mut seen = 0;
        for _ in 0..25 {
            let files = random_files(&mut random, &blobs);
            let before = write_tree(&repo, &files);
            let after = write_tree(&repo, &edited(&mut random, &files, &blobs));
            let git = open(&repo);
            let (left, right): (TreeId, TreeId) = (id(&before), id(&after));
            let expected = oracle(&repo, &before, &after);
            seen += expected.len();
            assert_eq!(git.diff_trees(Some(left), Some(right)).unwrap(), expected, "{before} {after}");
            assert_eq!(git.diff_trees(None, Some(right)).unwrap(), oracle(&repo, &empty, &after), "from nothing");
            assert_eq!(git.diff_trees(Some(left), None).unwrap(), oracle(&repo, &before, &empty), "to nothing");
            assert_eq!(git.diff_trees(Some(left), Some(left)).unwrap(), [], "no change");
            let some: Vec<RepoPath> = expected.iter().step_by(2).map(|change| change.path.clone()).collect();
            let mut narrowed = git.diff_paths(Some(left), Some(right), &PathTrie::of(&some)).unwrap();
            narrowed.sort_by(|a, b| a.path.cmp(&b.path));
            assert_eq!(narrowed, expected.into_iter().step_by(2).collect::<Vec<_>>(), "some paths alone");
        }
        assert!(seen > 200, "the trees must differ to prove anything: {seen}");
    }
}

#[test]
fn finds_a_file_where_a_folder_was() {
    for repo in both_formats() {
        let blobs = blobs(&repo);
        let files = |paths: &[&str]| {
            write_tree(&repo, &paths.iter().map(|p| (p.as_bytes().to_vec(), ("100644", blobs[0].clone()))).collect())
        };
        let (before, after) = (files(&["a.x", "a/b", "a/c/d", "z"]), files(&["a", "a.x/y", "z"]));
        let changes = open(&repo).diff_trees(Some(id(&before)), Some(id(&after))).unwrap();
        assert_eq!(changes, oracle(&repo, &before, &after));
        let paths: Vec<String> = changes.iter().map(|change| change.path.to_string()).collect();
        assert_eq!(paths, ["a", "a.x", "a.x/y", "a/b", "a/c/d"]);
    }
}

#[test]
fn reads_the_slot_that_git_lists() {
    for repo in both_formats() {
        let blobs = blobs(&repo);
        let mut random = Random(7);
        let files = random_files(&mut random, &blobs);
        assert!(files.len() > 5);
        let tree: TreeId = id(&write_tree(&repo, &files));
        let git = open(&repo);
        for (path, (mode, blob)) in &files {
            let path = RepoPath::from_bytes(path.as_slice()).unwrap();
            assert_eq!(git.slot_in(tree, &path).unwrap(), slot(mode, blob));
            let below = RepoPath::from_bytes([path.as_bytes(), b"/below"].concat()).unwrap();
            assert_eq!(git.slot_in(tree, &below).unwrap(), None, "nothing is inside a file");
            if let Some(cut) = path.as_bytes().iter().position(|byte| *byte == b'/') {
                let folder = RepoPath::from_bytes(&path.as_bytes()[..cut]).unwrap();
                assert_eq!(git.slot_in(tree, &folder).unwrap(), None, "a folder is no entry");
            }
        }
    }
}

#[test]
fn finds_a_change_of_mode_alone() {
    let repo = Repo::new();
    let blob = repo.hash_object("blob", "x");
    let tree = |mode| write_tree(&repo, &Files::from([(b"f".to_vec(), (mode, blob.clone()))]));
    let trees: Vec<String> = ["100644", "100755", "120000", "160000"].into_iter().map(tree).collect();
    for before in &trees {
        for after in trees.iter().filter(|after| *after != before) {
            let changes = open(&repo).diff_trees(Some(id(before)), Some(id(after))).unwrap();
            assert_eq!(changes, oracle(&repo, before, after));
            assert_eq!(changes.len(), 1);
        }
    }
}

#[test]
fn takes_a_group_writable_file_for_a_plain_one_as_git_does() {
    let repo = Repo::new();
    let blob = repo.hash_object("blob", "x");
    let raw = |mode: &str| {
        let blob = id::<provenance_core::id::BlobId>(&blob);
        repo.hash_object("tree", [mode.as_bytes(), b" f\0", blob.0.as_bytes()].concat())
    };
    let (old, plain) = (raw("100664"), raw("100644"));
    assert_ne!(old, plain);
    assert_eq!(open(&repo).diff_trees(Some(id(&old)), Some(id(&plain))).unwrap(), []);
}
