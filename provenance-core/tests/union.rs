//! Union of ledgers: in any order and grouping, and again, it holds the same lines. And trees that no union makes.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use provenance_core::git::{self, Identity, Repository};
use provenance_core::id::{CommitId, ObjectId};
use provenance_core::ledger::union::join;
use provenance_core::ledger::{Additions, AppendError, Author, LEDGER_REF, Ledger, ReadError, append};
use provenance_test_support::Repo;

/// Which line lies under which id.
type Filed = Vec<(u8, u8)>;

fn author() -> Author {
    let identity = Identity { name: "a".into(), email: "a@example.com".into(), seconds: 0 };
    Author { identity, message: "join".into() }
}

/// A scratch repository whose ledger is set and read.
struct Scratch {
    repo: Repo,
    repository: Repository,
}

impl Scratch {
    fn new() -> Self {
        let repo = Repo::init(&["--bare", "--object-format=sha1"]);
        let repository = Repository::open_git_dir(repo.path(), None).unwrap();
        Self { repo, repository }
    }

    /// Points the ledger somewhere, or nowhere.
    fn set(&self, to: Option<CommitId>) {
        match to {
            Some(commit) => self.repo.git(&["update-ref", LEDGER_REF, &commit.to_string()]),
            None => self.repo.git(&["update-ref", "-d", LEDGER_REF]),
        };
    }

    /// A ledger of its own history with these lines.
    fn ledger(&self, filed: &Filed) -> Option<CommitId> {
        self.set(None);
        let mut additions = Additions::new();
        for (id, line) in filed {
            let id = ObjectId::from_bytes(&[*id; 20]).unwrap();
            additions.add_line(&self.repository, id, format!("line {line}").as_bytes());
        }
        append(&self.repository, &additions, &author()).unwrap().commit
    }

    /// The union of two ledgers.
    fn union(&self, one: Option<CommitId>, other: Option<CommitId>) -> Option<CommitId> {
        self.set(one);
        match other {
            Some(other) => join(&self.repository, other, &author()).unwrap(),
            None => one,
        }
    }

    fn lines(&self, ledger: Option<CommitId>) -> BTreeMap<ObjectId, BTreeSet<Vec<u8>>> {
        let ledger = Ledger::at(&self.repository, ledger).unwrap();
        let ids = ledger.all().unwrap().into_keys();
        ids.map(|id| (id, ledger.lines(&id).unwrap().into_values().collect())).collect()
    }
}

/// A ledger of trees that each hold the one below 256 times: together 256 to the 19th notes.
fn bomb(repo: &Repo) -> CommitId {
    let blob = repo.git_with(&["hash-object", "-w", "--stdin"], "boom\n");
    let mut tree = repo.git_with(&["mktree"], format!("100644 blob {blob}\tff\n"));
    for _ in 0..19 {
        let entries: String = (0..256).map(|i| format!("040000 tree {tree}\t{i:02x}\n")).collect();
        tree = repo.git_with(&["mktree"], entries);
    }
    repo.commit_tree(&tree, &[], provenance_test_support::START).parse().unwrap()
}

#[test]
fn takes_no_world_of_notes_in() {
    let scratch = Scratch::new();
    let ours = scratch.ledger(&vec![(1, 1)]);
    let error = join(&scratch.repository, bomb(&scratch.repo), &author()).unwrap_err();
    assert!(matches!(error, AppendError::Read(ReadError::Object(git::ReadError::TooLarge { .. }))), "{error:?}");
    assert_eq!(Ledger::open(&scratch.repository).unwrap().commit(), ours);
}

#[test]
fn a_copy_of_a_folder_keeps_no_line_from_a_join() {
    let scratch = Scratch::new();
    let theirs = scratch.ledger(&vec![(0x11, 1)]).unwrap();
    let blob = scratch.repo.git(&["ls-tree", "--object-only", &theirs.to_string()]);
    let folder = scratch.repo.git_with(&["mktree"], format!("100644 blob {blob}\t{}\n", "11".repeat(19)));
    let below = scratch.repo.git_with(&["mktree"], format!("040000 tree {folder}\tff\n"));
    for copy in [format!("{folder}\tee"), format!("{folder}\t00"), format!("{below}\tff"), format!("{below}\t00")] {
        let tree = scratch.repo.git_with(&["mktree"], format!("040000 tree {folder}\t11\n040000 tree {copy}\n"));
        let other = scratch.repo.commit_tree(&tree, &[], provenance_test_support::START).parse().unwrap();
        let ours = scratch.ledger(&vec![(0x22, 2)]);
        let lines = scratch.lines(scratch.union(ours, Some(other)));
        assert!([0x11, 0x22].iter().all(|id| lines.contains_key(&ObjectId::from_bytes(&[*id; 20]).unwrap())), "{copy}");
    }
}

#[test]
fn refuses_to_list_the_world_of_notes_that_a_few_trees_make() {
    let scratch = Scratch::new();
    let ledger = Ledger::at(&scratch.repository, Some(bomb(&scratch.repo))).unwrap();
    let error = ledger.all().unwrap_err();
    assert!(matches!(error, ReadError::Object(git::ReadError::TooLarge { what: "the places", .. })), "{error:?}");
    // What is asked for by its id is found as ever.
    assert_eq!(ledger.lines(&ObjectId::from_bytes(&[0xff; 20]).unwrap()).unwrap().len(), 1);
}

fn filed() -> impl Strategy<Value = Filed> {
    // Few ids and lines, so that ledgers share some; enough that some fan out.
    prop::collection::vec((any::<u8>(), 0..4u8), 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn union_is_commutative_associative_and_idempotent(a in filed(), b in filed(), c in filed()) {
        let scratch = Scratch::new();
        let [a, b, c] = [&a, &b, &c].map(|filed| scratch.ledger(filed));
        let (ab, ba, bc) = (scratch.union(a, b), scratch.union(b, a), scratch.union(b, c));
        prop_assert_eq!(scratch.lines(ab), scratch.lines(ba));
        prop_assert_eq!(scratch.lines(scratch.union(ab, c)), scratch.lines(scratch.union(a, bc)));
        prop_assert_eq!(scratch.lines(scratch.union(a, a)), scratch.lines(a));
        prop_assert_eq!(scratch.lines(scratch.union(ab, b)), scratch.lines(ab));
        // Nothing of either is missing, and nothing else is there.
        let mut both = scratch.lines(a);
        for (id, lines) in scratch.lines(b) {
            both.entry(id).or_default().extend(lines);
        }
        prop_assert_eq!(scratch.lines(ab), both);
        scratch.repo.git(&["fsck", "--strict"]);
    }
}
