//! Objects that git would not write: clear errors, no panic, no endless work.

use provenance_core::git::{ObjectKind, ReadError};
use provenance_core::id::{BlobId, CommitId, ObjectId, TreeId};
use provenance_test_support::Repo;

use crate::{both_formats, id, open, told};

/// A tree object with these entries, in this order.
fn raw_tree(repo: &Repo, entries: &[(&str, &[u8], &str)]) -> TreeId {
    let entry = |(mode, name, target): &(&str, &[u8], &str)| {
        [mode.as_bytes(), b" ", name, b"\0", id::<ObjectId>(target).as_bytes()].concat()
    };
    id(&repo.hash_object("tree", entries.iter().flat_map(entry).collect::<Vec<u8>>()))
}

fn malformed(error: &ReadError, reason: &str) {
    assert!(matches!(error, ReadError::Malformed { kind: ObjectKind::Tree, .. }), "{}", told(error));
    assert!(error.to_string().contains(reason), "{error}");
}

#[test]
fn refuses_trees_that_could_mean_two_things() {
    for repo in both_formats() {
        let (blob, other) = (repo.hash_object("blob", "1"), repo.hash_object("blob", "2"));
        let folder = repo.hash_object("tree", b"");
        let git = open(&repo);
        let refused = |entries: &[(&str, &[u8], &str)], reason: &str| {
            let tree = raw_tree(&repo, entries);
            malformed(&git.tree(tree).unwrap_err(), reason);
            malformed(&git.diff_trees(None, Some(tree)).unwrap_err(), reason);
            malformed(&git.diff_trees(Some(tree), None).unwrap_err(), reason);
            malformed(&git.slot_in(tree, &id("a")).unwrap_err(), reason);
        };
        refused(&[("100644", b"a", &blob), ("100644", b"a", &other)], "out of order");
        refused(&[("100644", b"b", &blob), ("100644", b"a", &other)], "out of order");
        refused(&[("100644", b"a", &blob), ("100644", b"a.x", &blob), ("40000", b"a", &folder)], "stands twice");
        refused(&[("100644", b"", &blob)], "no name");
        refused(&[("100644", b"a/b", &blob)], "slash");
        refused(&[("100600", b"a", &blob)], "unknown mode");
        refused(&[("", b"a", &blob)], "unknown mode");
        refused(&[("777777777777", b"a", &blob)], "no mode");
    }
}

#[test]
fn refuses_cut_off_trees() {
    for repo in both_formats() {
        let git = open(&repo);
        for bytes in
            [&b"1"[..], b"100644", b"100644 ", b"100644 a", b"100644 a\0", b"100644 a\0short", b"\0\0\0\0\0\0\0\0\0"]
        {
            let tree: TreeId = id(&repo.hash_object("tree", bytes));
            assert!(matches!(git.tree(tree), Err(ReadError::Malformed { .. })), "{bytes:?}");
        }
    }
}

#[test]
fn refuses_paths_that_cannot_be_checked_out() {
    for repo in both_formats() {
        let blob = repo.hash_object("blob", "1");
        let git = open(&repo);
        for name in [&b".."[..], b".", b".git", b".GIT"] {
            for path in [&b""[..], b"folder"] {
                let mut tree = raw_tree(&repo, &[("100644", name, &blob)]);
                if !path.is_empty() {
                    tree = raw_tree(&repo, &[("40000", path, &tree.to_string())]);
                }
                malformed(&git.diff_trees(None, Some(tree)).unwrap_err(), "cannot be checked out");
            }
            let inside = raw_tree(&repo, &[("100644", b"hooks", &blob)]);
            let tree = raw_tree(&repo, &[("40000", name, &inside.to_string())]);
            malformed(&git.diff_trees(None, Some(tree)).unwrap_err(), "cannot be checked out");
        }
    }
}

#[test]
fn refuses_two_thousand_nested_folders() {
    for repo in both_formats() {
        let mut tree = raw_tree(&repo, &[("100644", b"a", &repo.hash_object("blob", "1"))]);
        let mut depths = vec![tree];
        for _ in 0..2000 {
            tree = nest(&repo, tree);
            depths.push(tree);
        }
        let git = open(&repo);
        assert_eq!(git.diff_trees(None, Some(depths[500])).unwrap().len(), 1);
        let error = git.diff_trees(None, Some(depths[2000])).unwrap_err();
        assert!(matches!(error, ReadError::TooLarge { .. }), "{error}");
        assert_eq!(git.diff_trees(Some(tree), Some(tree)).unwrap(), [], "equal trees are not read");
    }
}

/// A tree that holds nothing but another.
fn nest(repo: &Repo, tree: TreeId) -> TreeId {
    // Through our own writer: 2,000 processes would take their time.
    let git = open(repo);
    let mut batch = provenance_core::git::Batch::new(&git);
    let outer = batch.tree(vec![provenance_core::git::TreeEntry::subtree(b"d".to_vec(), tree)]).unwrap();
    batch.flush().unwrap();
    outer
}

#[test]
fn refuses_few_trees_that_unfold_into_endless_folders() {
    let repo = Repo::new();
    let mut tree = repo.hash_object("tree", b"");
    for _ in 0..60 {
        tree = raw_tree(&repo, &[("40000", b"a", &tree), ("40000", b"b", &tree)]).to_string();
    }
    let error = open(&repo).diff_trees(None, Some(id(&tree))).unwrap_err();
    assert!(matches!(error, ReadError::TooLarge { .. }), "{error}");
}

#[test]
fn refuses_few_trees_that_unfold_into_endless_files() {
    let repo = Repo::new();
    let mut tree = raw_tree(&repo, &[("100644", b"f", &repo.hash_object("blob", "1"))]).to_string();
    for _ in 0..60 {
        tree = raw_tree(&repo, &[("40000", b"a", &tree), ("40000", b"b", &tree)]).to_string();
    }
    let error = open(&repo).diff_trees(None, Some(id(&tree))).unwrap_err();
    assert!(matches!(error, ReadError::TooLarge { .. }), "{error}");
}

#[test]
fn refuses_objects_of_another_kind() {
    let repo = Repo::new();
    let commit = repo.commit("one");
    let (tree, blob) = (repo.rev("HEAD^{tree}"), repo.hash_object("blob", "1"));
    let git = open(&repo);
    let kind = |error: ReadError| assert!(matches!(error, ReadError::Kind { .. }), "{error}");
    kind(git.commit(id(&tree)).unwrap_err());
    kind(git.tree(id(&blob)).unwrap_err());
    kind(git.blob(id(&commit), 1000).unwrap_err());
    let tree = raw_tree(&repo, &[("40000", b"a", &blob)]);
    kind(git.diff_trees(None, Some(tree)).unwrap_err());
}

#[test]
fn refuses_malformed_commits() {
    for repo in both_formats() {
        let tree = repo.hash_object("tree", b"");
        let other_format = "1".repeat(if tree.len() == 40 { 64 } else { 40 });
        let git = open(&repo);
        for text in [
            String::new(),
            "tree".to_owned(),
            format!("tree {tree}"),
            "tree x\n\n".to_owned(),
            format!("parent {tree}\ntree {tree}\n\n"),
            format!("tree {tree}\nparent 123\n\n"),
            format!("tree {tree}\nparent {other_format}\n\n"),
            format!("tree {other_format}\n\n"),
        ] {
            let commit: CommitId = id(&repo.hash_object("commit", &text));
            let error = git.commit(commit).unwrap_err();
            assert!(matches!(error, ReadError::Malformed { kind: ObjectKind::Commit, .. }), "{text:?}: {error}");
        }
    }
}

#[test]
fn reads_parents_only_from_where_git_reads_them() {
    let repo = Repo::new();
    let (first, tree) = (repo.commit("one"), repo.rev("HEAD^{tree}"));
    let who = "author A <a> 0 +0000\ncommitter A <a> 0 +0000";
    for (text, parents) in [
        (format!("tree {tree}\nparent {first}\n{who}\n\nm\n"), 1),
        (format!("tree {tree}\n{who}\nparent {first}\n\nm\n"), 0),
        (format!("tree {tree}\n{who}\n\nparent {first}\n"), 0),
    ] {
        let commit = repo.hash_object("commit", &text);
        assert_eq!(repo.git(&["rev-list", "--parents", "-1", &commit]).split(' ').count() - 1, parents);
        assert_eq!(open(&repo).parents(id(&commit)).unwrap().len(), parents, "{text}");
    }
}

#[test]
fn refuses_an_object_whose_bytes_are_anothers() {
    for repo in both_formats() {
        let (honest, forged) = (repo.hash_object("blob", "honest"), repo.hash_object("blob", "forged"));
        let file = |id: &str| repo.git_dir().join("objects").join(&id[..2]).join(&id[2..]);
        std::fs::remove_file(file(&honest)).unwrap();
        std::fs::copy(file(&forged), file(&honest)).unwrap();
        let error = open(&repo).blob(id::<BlobId>(&honest), 100).unwrap_err();
        assert!(matches!(error, ReadError::Unreadable { .. }), "{}", told(&error));
    }
}

#[test]
fn refuses_a_blob_above_the_limit_before_reading_it() {
    let repo = Repo::new();
    let blob = id::<BlobId>(&repo.hash_object("blob", vec![b'x'; 1000]));
    let git = open(&repo);
    assert!(matches!(git.blob(blob, 999), Err(ReadError::TooLarge { limit: 999, .. })));
    assert_eq!(git.blob(blob, 1000).unwrap().len(), 1000);
}

#[test]
fn refuses_a_ring_of_tags_and_a_tag_of_a_blob() {
    let repo = Repo::new();
    let blob = repo.hash_object("blob", "1");
    let tag = |target: &str, kind: &str| {
        repo.hash_object("tag", format!("object {target}\ntype {kind}\ntag t\ntagger A <a> 0 +0000\n\nm\n"))
    };
    let git = open(&repo);
    assert!(git.resolve(&tag(&blob, "blob")).is_err());
    assert!(git.resolve(&repo.hash_object("tag", "nothing")).is_err());
    let mut chain = tag(&repo.commit("one"), "commit");
    assert!(git.resolve(&chain).is_ok());
    for _ in 0..40 {
        chain = tag(&chain, "tag");
    }
    assert!(git.resolve(&chain).is_err(), "git follows them for ever");
}
