//! Git: objects, raw history, tree comparison, refs. The only part that names git2.
//!
//! A [`Repository`] is opened once per thread. Its model:
//!
//! - **Objects are bytes.** Most are read from packs here and the others by libgit2; all prove that they hash to their id;
//!   commits, trees and tags are parsed here. So replace refs, grafts, shallow files, commit-graphs
//!   and mailmaps have no say in what a commit's parents or a tree's entries are.
//! - **History is walked by us** ([`Repository::new_commits`], [`Repository::merge_bases`] and
//!   others), over raw parents. A commit's date only orders the work, it never decides a result.
//! - **Trees are compared by us**, as a merge of sorted entries that skips equal ids: no rename
//!   guessing, no attributes, no text.
//! - **Refs are full names**, moved by compare-and-swap ([`Repository::swap_ref`]). Only
//!   [`Repository::resolve`] takes what a person types, and refuses what could mean two things.
//! - **Absence has a reason**: [`ReadError::Missing`] says whether the clone is shallow or partial,
//!   and which command fetches the rest.
//!
//! Nothing here starts a process or reads the network. libgit2 itself reads HOME to find the global
//! configuration (`safe.directory`, and what [`Repository::config`] is asked for), and nothing else
//! of the environment: not `GIT_DIR`, object directories, alternates, namespaces or ceilings.
//!
//! ```no_run
//! use provenance_core::git::Repository;
//!
//! let repository = Repository::discover(".".as_ref())?;
//! let tip = repository.resolve("refs/heads/main")?.commit;
//! for commit in repository.new_commits(tip, &[])? {
//!     println!("{commit}");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod ahead;
mod cache;
mod commit;
mod compare;
mod config;
mod delta;
mod edit;
mod history;
mod object;
mod open;
mod pack;
mod packed;
mod reflog;
mod refs;
mod resolve;
mod tree;
mod write;

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use crate::id::{ObjectFormat, ObjectId, Sha256Digest};

pub(crate) use ahead::cores;
pub(crate) use cache::{Bounded, Weighed};
pub use commit::{Commit, Signature};
pub use compare::{PathTrie, RawChange};
pub use config::ConfigError;
pub use edit::{Edit, EditError};
pub use object::{Clone as CloneKind, MAX_BLOB, Object, ObjectKind, ReadError};
pub use open::{OpenError, Opener};
pub use packed::read_packed;
pub use reflog::RefLog;
pub use refs::{Head, RefError, RefTarget, Swap};
pub use resolve::{ResolveError, Resolved};
pub use tree::{ParseTreeError, Tree, TreeEntry};
pub use write::{Batch, CommitDraft, Identity, WriteError};

/// A repository, to be used by one thread.
///
/// It may be sent to another thread; for several threads open it several times.
pub struct Repository {
    inner: git2::Repository,
    served: bool,
    quarantine: Option<PathBuf>,
    format: ObjectFormat,
    trees: RefCell<cache::Weighed<Tree>>,
    contents: RefCell<cache::Weighed<Vec<u8>>>,
    links: RefCell<cache::Bounded<std::sync::Arc<commit::Links>>>,
    /// The bytes of commits that were walked over last.
    commits: RefCell<cache::Weighed<Vec<u8>>>,
    digests: RefCell<cache::Bounded<Sha256Digest>>,
    packed: RefCell<packed::Reader>,
}

impl Repository {
    /// The git directory: of a linked worktree, the worktree's own.
    pub fn git_dir(&self) -> &Path {
        self.inner.path()
    }

    /// The git directory that all worktrees share; it holds objects, branches and configuration.
    pub fn common_dir(&self) -> &Path {
        self.inner.commondir()
    }

    /// The root of the working tree; `None` where the repository is bare.
    pub fn work_dir(&self) -> Option<&Path> {
        self.inner.workdir()
    }

    /// Whether the repository has no working tree.
    pub fn is_bare(&self) -> bool {
        self.inner.is_bare()
    }

    /// Whether its own branches are the published ones: it is bare, or a server's hook opened it. In
    /// a clone, what was fetched of a branch is closer to what is published than the local branch.
    pub fn is_served(&self) -> bool {
        self.served
    }

    /// The format of its object ids.
    pub fn format(&self) -> ObjectFormat {
        self.format
    }

    /// Whether the repository says that its history was cut off (`git clone --depth`). It decides
    /// nothing but the text of [`ReadError::Missing`].
    pub fn is_shallow(&self) -> bool {
        self.inner.is_shallow()
    }
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repository").field("git_dir", &self.git_dir()).finish_non_exhaustive()
    }
}

/// What libgit2 said, behind a trait so that its types stay here.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// libgit2's form of an id.
fn to_oid(id: &ObjectId) -> Result<git2::Oid, git2::Error> {
    git2::Oid::from_bytes(id.as_bytes())
}

/// Our form of an id.
fn from_oid(oid: git2::Oid) -> ObjectId {
    ObjectId::from_bytes(oid.as_bytes()).expect("libgit2 has ids of 20 and 32 bytes only")
}

/// libgit2's form of an object format.
fn to_format(format: ObjectFormat) -> git2::ObjectFormat {
    match format {
        ObjectFormat::Sha1 => git2::ObjectFormat::Sha1,
        ObjectFormat::Sha256 => git2::ObjectFormat::Sha256,
    }
}
