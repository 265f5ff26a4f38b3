//! Opening a repository, and why it cannot be done.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Once;

use git2::{ErrorCode, RepositoryOpenFlags};

use super::packed::{Packs, Reader};
use super::{Cause, Repository, Tree, cache};
use crate::id::ObjectFormat;

/// Why a repository cannot be opened, with a way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Neither the directory nor one above it is a git repository.
    #[error("{} is not in a git repository: run git-provenance inside one, or name it with -C", .0.display())]
    NotFound(PathBuf),
    /// The refs are stored as reftable, which libgit2 does not read.
    #[error(
        "{}: git-provenance cannot read reftable repositories yet: run `git refs migrate --ref-format=files` \
         (where there are reflogs, with git 2.48 or later)",
        .0.display()
    )]
    Reftable(PathBuf),
    /// A partial clone of the old kind, which libgit2 does not open.
    #[error(
        "{}: git-provenance cannot open a clone with extensions.partialClone: run `git fetch --refetch --no-filter`, \
         then `git config --unset extensions.partialClone`",
        .0.display()
    )]
    PartialClone(PathBuf),
    /// The repository has an extension that changes what its bytes mean and that we do not know.
    #[error(
        "{}: git-provenance does not know the repository extension `{name}`: use a clone without it",
        path.display()
    )]
    Extension {
        /// The repository.
        path: PathBuf,
        /// The configuration key, such as `extensions.compatobjectformat`.
        name: String,
    },
    /// Another user owns the repository.
    #[error(
        "{} belongs to another user, and its configuration is not to be trusted unasked: if you trust it, run \
         `git config --global --add safe.directory {}`",
        .0.display(), .0.display()
    )]
    Owner(PathBuf),
    /// The quarantine is no directory, or its path is not UTF-8.
    #[error("the quarantine {} is not a directory of objects", .0.display())]
    Quarantine(PathBuf),
    /// Anything else: a damaged configuration, a permission, a format version.
    #[error("{} cannot be opened as a git repository", path.display())]
    Other {
        /// The repository.
        path: PathBuf,
        /// What libgit2 said.
        #[source]
        source: Cause,
    },
}

impl Repository {
    /// The repository that `dir` is in: at `dir` or above it, as git looks for it (up to the file
    /// system's boundary), bare, with a `.git` directory or with a `.git` file. `GIT_DIR` and the
    /// like are not read.
    ///
    /// # Errors
    /// [`OpenError`], each with its cause and a way out.
    pub fn discover(dir: &Path) -> Result<Self, OpenError> {
        open(dir, RepositoryOpenFlags::empty())
    }

    /// The repository with exactly this git directory, reading also the objects in `quarantine`
    /// (the directory that git names to a pre-receive hook in `GIT_QUARANTINE_PATH`). What is
    /// written goes to the repository's own object directory, never to the quarantine. It is
    /// [served](Repository::is_served).
    ///
    /// # Errors
    /// [`OpenError`], each with its cause and a way out.
    pub fn open_git_dir(git_dir: &Path, quarantine: Option<&Path>) -> Result<Self, OpenError> {
        let mut repository = open(git_dir, RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::NO_DOTGIT)?;
        repository.served = true;
        if let Some(dir) = quarantine {
            repository.add_quarantine(dir)?;
            repository.quarantine = Some(dir.to_owned());
            let packs = repository.packed.borrow().packs().and(dir);
            repository.packed = RefCell::new(Reader::of(packs));
        }
        Ok(repository)
    }

    /// The work tree of another repository that this one lies in as a folder like any other. Whoever may commit there
    /// can have made it, configuration and all. What a `.git` leads to is none: git takes in no such name.
    pub fn enclosing_work_tree(&self) -> Option<PathBuf> {
        if self.work_dir().and_then(at).is_some_and(|own| same(own.path(), self.inner.path())) {
            return None;
        }
        let here = self.git_dir().canonicalize().ok()?;
        here.ancestors().skip(1).find_map(|folder| {
            let work_tree = at(folder)?.workdir()?.canonicalize().ok()?;
            let mut names = here.strip_prefix(&work_tree).ok()?.iter();
            (!names.any(|name| name.eq_ignore_ascii_case(".git"))).then_some(work_tree)
        })
    }

    /// How to open this repository again, in another thread.
    pub fn opener(&self) -> Opener {
        Opener {
            git_dir: self.git_dir().to_owned(),
            quarantine: self.quarantine.clone(),
            served: self.served,
            packs: self.packed.borrow().packs(),
        }
    }

    fn add_quarantine(&self, dir: &Path) -> Result<(), OpenError> {
        let text = dir.to_str().filter(|_| dir.is_dir()).ok_or_else(|| OpenError::Quarantine(dir.to_owned()))?;
        let added = self.inner.odb().and_then(|odb| odb.add_disk_alternate(text));
        added.map_err(|source| OpenError::Other { path: dir.to_owned(), source: source.into() })
    }
}

/// The repository at exactly this folder.
fn at(folder: &Path) -> Option<git2::Repository> {
    let no_ceilings: [&OsStr; 0] = [];
    git2::Repository::open_ext(folder, RepositoryOpenFlags::NO_SEARCH, no_ceilings).ok()
}

fn same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Opens a repository once more.
#[derive(Debug, Clone)]
pub struct Opener {
    git_dir: PathBuf,
    quarantine: Option<PathBuf>,
    served: bool,
    packs: Packs,
}

#[cfg(test)]
impl Repository {
    /// The same, remembering next to nothing of what it reads.
    pub(crate) fn forgetting(mut self, bytes: usize) -> Self {
        self.trees = RefCell::new(cache::Weighed::new(bytes, Tree::footprint));
        self.contents = RefCell::new(cache::Weighed::new(bytes, Vec::len));
        self.commits = RefCell::new(cache::Weighed::new(bytes, Vec::len));
        self.links = RefCell::new(cache::Bounded::new(2));
        self.digests = RefCell::new(cache::Bounded::new(2));
        self
    }
}

impl Opener {
    /// The repository, for a thread that reads along while others do: it remembers less than one that is
    /// [discovered](Repository::discover).
    ///
    /// # Errors
    /// [`OpenError`], as when it was opened first.
    pub fn open(&self) -> Result<Repository, OpenError> {
        let mut repository = Repository::open_git_dir(&self.git_dir, self.quarantine.as_deref())?;
        repository.served = self.served;
        repository.trees = RefCell::new(cache::Weighed::new(8 << 20, Tree::footprint));
        repository.contents = RefCell::new(cache::Weighed::new(2 << 20, Vec::len));
        repository.links = RefCell::new(cache::Bounded::new(10_000));
        repository.digests = RefCell::new(cache::Bounded::new(10_000));
        repository.packed = RefCell::new(Reader::of_many(self.packs.clone()));
        Ok(repository)
    }
}

fn open(path: &Path, flags: RepositoryOpenFlags) -> Result<Repository, OpenError> {
    configure();
    let no_ceilings: [&OsStr; 0] = [];
    let inner = git2::Repository::open_ext(path, flags, no_ceilings).map_err(|error| explain(path, error))?;
    let format = match inner.object_format() {
        git2::ObjectFormat::Sha1 => ObjectFormat::Sha1,
        git2::ObjectFormat::Sha256 => ObjectFormat::Sha256,
    };
    let packs = Packs::of(&inner.commondir().join("objects"), format);
    Ok(Repository {
        served: inner.is_bare(),
        quarantine: None,
        inner,
        format,
        trees: RefCell::new(cache::Weighed::new(16 << 20, Tree::footprint)),
        contents: RefCell::new(cache::Weighed::new(16 << 20, Vec::len)),
        links: RefCell::new(cache::Bounded::new(200_000)),
        commits: RefCell::new(cache::Weighed::new(256 << 10, Vec::len)),
        digests: RefCell::new(cache::Bounded::new(50_000)),
        packed: RefCell::new(Reader::of(packs)),
    })
}

/// Settings of libgit2 that hold for the whole process. Its object cache would grow to 256 MiB
/// beside our own bounded ones; the check of every object's hash is its default, and said here
/// because everything rests on it.
fn configure() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        git2::opts::enable_caching(false);
        git2::opts::strict_hash_verification(true);
    });
}

fn explain(path: &Path, error: git2::Error) -> OpenError {
    let path = path.to_owned();
    match error.code() {
        ErrorCode::NotFound => return OpenError::NotFound(path),
        ErrorCode::Owner => return OpenError::Owner(owned_path(error.message()).unwrap_or(path)),
        _ => {}
    }
    let Some(name) = error.message().strip_prefix("unsupported extension name ").map(str::to_owned) else {
        return OpenError::Other { path, source: error.into() };
    };
    match name.as_str() {
        "extensions.refstorage" => OpenError::Reftable(path),
        "extensions.partialclone" => OpenError::PartialClone(path),
        _ => OpenError::Extension { path, name },
    }
}

/// The directory that libgit2 would have liked to be ours.
fn owned_path(message: &str) -> Option<PathBuf> {
    let rest = message.strip_prefix("repository path '")?;
    Some(PathBuf::from(rest.strip_suffix("' is not owned by current user")?))
}
