//! Union of ledgers: in any order and grouping, and again, it holds the same lines.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use provenance_core::git::{Identity, Repository};
use provenance_core::id::{CommitId, ObjectId};
use provenance_core::ledger::union::join;
use provenance_core::ledger::{Additions, Author, LEDGER_REF, Ledger, append};
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
