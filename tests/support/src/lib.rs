//! Hermetic repositories for the tests: git itself is the oracle, and nothing of the machine shows.
//!
//! A [`Repo`] is a repository in a temporary folder that goes when the value does. Every command
//! that it runs has an empty environment but for `PATH`: HOME is a folder of its own, there is no
//! system and no global configuration, names and dates are fixed, and the language is C. Each
//! commit is a minute after the one before, so ids are the same in every run.
//!
//! Helpers panic where git fails, and say what it said: a test has nothing else to do about it.
//!
//! ```
//! use provenance_test_support::Repo;
//!
//! let repo = Repo::new();
//! repo.write("a.md", "one\n");
//! let first = repo.commit("add a");
//! assert_eq!(repo.git(&["rev-parse", "HEAD"]), first);
//! ```

pub mod bench;
pub mod fuzz;
pub mod histories;

use std::ffi::OsStr;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tempfile::TempDir;

/// The first commit's date, in seconds since the epoch: 2025-01-01T00:00:00Z.
pub const START: i64 = 1_735_689_600;

/// A repository in a temporary folder.
///
/// It may be used by several threads; the order of their commits' dates is then open.
#[derive(Debug)]
pub struct Repo {
    /// Shared by a repository and its clones: the last of them removes it.
    root: Arc<TempDir>,
    dir: PathBuf,
    clock: AtomicI64,
}

impl Default for Repo {
    fn default() -> Self {
        Self::new()
    }
}

impl Repo {
    /// An empty repository with a working tree, SHA-1 ids (or those of the format that the variable
    /// `PROVENANCE_TEST_OBJECT_FORMAT` names) and the unborn branch `main`.
    pub fn new() -> Self {
        Self::init(&[])
    }

    /// As [`Repo::new`], with SHA-256 ids.
    pub fn sha256() -> Self {
        Self::init(&["--object-format=sha256"])
    }

    /// As [`Repo::new`], without a working tree.
    pub fn bare() -> Self {
        Self::init(&["--bare"])
    }

    /// What `git init` makes with these further options.
    pub fn init(options: &[&str]) -> Self {
        let repo = Self::empty_folder();
        let format = format!("--object-format={}", object_format());
        repo.git(&[&["init", "--quiet", "--initial-branch=main", &format], options, &["."]].concat());
        repo.quiet();
        repo
    }

    /// A folder that is no repository; [`Repo::git`] runs in it all the same.
    pub fn empty_folder() -> Self {
        let root = Arc::new(TempDir::new().expect("a temporary folder can be made"));
        let repo = Self { dir: root.path().join("repo"), root, clock: AtomicI64::new(START) };
        fs::create_dir_all(&repo.dir).expect("a folder can be made in a new folder");
        fs::create_dir_all(repo.home()).expect("a folder can be made in a new folder");
        repo
    }

    /// A clone with these further options of `git clone`, over the transport protocol (so that
    /// `--depth` and `--filter` work). It stands beside this one; its `origin` is this one.
    pub fn clone_with(&self, options: &[&str]) -> Self {
        let dir = (1..).map(|n| self.root.path().join(format!("clone{n}"))).find(|dir| !dir.exists());
        let dir = dir.expect("some number is free");
        fs::create_dir(&dir).expect("the name is free");
        let clone =
            Self { root: Arc::clone(&self.root), dir, clock: AtomicI64::new(self.clock.load(Ordering::SeqCst)) };
        let url = format!("file://{}", self.dir.display());
        clone.git(&[&["clone", "--quiet"], options, &[&url, "."]].concat());
        clone.quiet();
        clone
    }

    /// No upkeep behind a test's back.
    fn quiet(&self) {
        self.git(&["config", "gc.auto", "0"]);
        self.git(&["config", "maintenance.auto", "false"]);
    }

    /// The root of the working tree; of a bare repository, the git directory.
    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// The git directory.
    pub fn git_dir(&self) -> PathBuf {
        let dot_git = self.dir.join(".git");
        if dot_git.exists() { dot_git } else { self.dir.clone() }
    }

    /// The folder that commands have for HOME; empty at first.
    pub fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// A command in this repository with the hermetic environment. To be run by the caller, who
    /// may add to it.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let date = format!("{} +0000", self.clock.load(Ordering::SeqCst));
        command.current_dir(&self.dir).env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.env("HOME", self.home()).env("XDG_CONFIG_HOME", self.home().join("xdg"));
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_ATTR_NOSYSTEM", "1");
        command.env("GIT_AUTHOR_NAME", "Ana Ruiz").env("GIT_AUTHOR_EMAIL", "ana@example.com");
        command.env("GIT_COMMITTER_NAME", "Ana Ruiz").env("GIT_COMMITTER_EMAIL", "ana@example.com");
        command.env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date);
        command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_EDITOR", "true").env("LC_ALL", "C").env("TZ", "UTC");
        command.stdin(Stdio::null());
        command
    }

    /// Commits of these dates, in seconds, each with the one before it as its parent, of a tree without entries.
    ///
    /// # Panics
    /// When git does not.
    pub fn dated_chain(&self, dates: &[i64]) -> Vec<String> {
        let tree = self.git_with(&["mktree"], "");
        let mut chain: Vec<String> = Vec::new();
        for date in dates {
            let parents: Vec<&str> = chain.last().map(String::as_str).into_iter().collect();
            let commit = self.commit_tree(&tree, &parents, *date);
            chain.push(commit);
        }
        chain
    }

    /// What `git` with these arguments answers on stdout, without the newlines at its end.
    ///
    /// # Panics
    /// When git fails, or its answer is not UTF-8.
    pub fn git(&self, args: &[&str]) -> String {
        self.git_with(args, b"")
    }

    /// As [`Repo::git`], with this input on stdin.
    ///
    /// # Panics
    /// As [`Repo::git`].
    pub fn git_with(&self, args: &[&str], input: impl AsRef<[u8]>) -> String {
        let text = String::from_utf8(self.git_bytes(args, input)).expect("git answers with text");
        text.trim_end_matches('\n').to_owned()
    }

    /// As [`Repo::git_with`], with the bytes of the answer as they are.
    ///
    /// # Panics
    /// When git fails.
    pub fn git_bytes(&self, args: &[&str], input: impl AsRef<[u8]>) -> Vec<u8> {
        let output = self.try_git_with(args, input);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {} failed: {said}", args.join(" "));
        output.stdout
    }

    /// What became of `git` with these arguments.
    pub fn try_git(&self, args: &[&str]) -> Output {
        self.try_git_with(args, b"")
    }

    /// As [`Repo::try_git`], with this input on stdin.
    pub fn try_git_with(&self, args: &[&str], input: impl AsRef<[u8]>) -> Output {
        let mut command = self.command("git");
        command.args(args);
        run(command, input.as_ref())
    }

    /// Writes a file of the working tree, with the folders it needs.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.dir.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).expect("a folder of the working tree can be made");
        }
        fs::write(&path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// The bytes of a file of the working tree.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn read(&self, path: impl AsRef<Path>) -> Vec<u8> {
        let path = self.dir.join(path);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Removes a file or folder of the working tree.
    ///
    /// # Panics
    /// When it is not there.
    pub fn remove(&self, path: impl AsRef<Path>) {
        let path = self.dir.join(path);
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// Commits the working tree as it is, changed or not, a minute after the commit before.
    /// Returns the commit's id.
    pub fn commit(&self, message: &str) -> String {
        self.tick();
        self.git(&["add", "--all", "."]);
        self.git(&["commit", "--quiet", "--allow-empty", "--no-verify", "-m", message]);
        self.rev("HEAD")
    }

    /// Merges these commits into HEAD with a merge commit, whatever could be fast-forwarded.
    /// Returns the merge's id.
    ///
    /// # Panics
    /// On a conflict.
    pub fn merge(&self, others: &[&str], message: &str) -> String {
        self.tick();
        self.git(&[&["merge", "--quiet", "--no-ff", "--no-verify", "-m", message], others].concat());
        self.rev("HEAD")
    }

    /// Writes a commit object of a tree with these parents and this date; no ref moves. Returns
    /// its id.
    pub fn commit_tree(&self, tree: &str, parents: &[&str], seconds: i64) -> String {
        let mut command = self.command("git");
        let date = format!("{seconds} +0000");
        command.env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date).args(["commit-tree", "-m", "c", tree]);
        command.args(parents.iter().flat_map(|parent| ["-p", parent]));
        let output = run(command, b"");
        assert!(output.status.success(), "git commit-tree failed: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("an id is text").trim_end().to_owned()
    }

    /// The id that `git rev-parse` gives for a text.
    pub fn rev(&self, text: &str) -> String {
        self.git(&["rev-parse", "--verify", "--quiet", "--end-of-options", text])
    }

    /// Stores an object with exactly these bytes, well-formed or not, and returns its id.
    pub fn hash_object(&self, kind: &str, bytes: impl AsRef<[u8]>) -> String {
        self.git_with(&["hash-object", "-t", kind, "-w", "--literally", "--stdin"], bytes)
    }

    /// Feeds a stream to `git fast-import`.
    pub fn fast_import(&self, stream: impl AsRef<[u8]>) {
        self.git_with(&["fast-import", "--quiet", "--force", "--date-format=raw"], stream);
    }

    /// Moves the clock that dates commits by a minute, and returns its time in seconds.
    pub fn tick(&self) -> i64 {
        self.clock.fetch_add(60, Ordering::SeqCst) + 60
    }
}

/// The format of ids that repositories have where a test does not say: `sha1`, or what the variable
/// `PROVENANCE_TEST_OBJECT_FORMAT` names.
pub fn object_format() -> String {
    std::env::var("PROVENANCE_TEST_OBJECT_FORMAT").unwrap_or_else(|_| "sha1".to_owned())
}

/// An id of that format that is this digit all over.
pub fn id_of(digit: char) -> String {
    let digits = if object_format() == "sha256" { 64 } else { 40 };
    std::iter::repeat_n(digit, digits).collect()
}

/// Starts a command. A program that was just written may still be open for writing in what another test has forked.
fn start(command: &mut Command) -> Child {
    loop {
        match command.spawn() {
            Ok(child) => return child,
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => std::thread::yield_now(),
            Err(error) => panic!("cannot start {command:?}: {error}"),
        }
    }
}

/// Runs a command with this input, and takes all it says.
///
/// # Panics
/// When it cannot be started.
pub fn run(mut command: Command, input: &[u8]) -> Output {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.stdin(if input.is_empty() { Stdio::null() } else { Stdio::piped() });
    let mut child = start(&mut command);
    if input.is_empty() {
        return child.wait_with_output().expect("a child that was started ends");
    }
    let mut stdin = child.stdin.take().expect("it was asked for");
    // From a thread, since a command may answer before it has read everything. A command that
    // does not read its input closes it: no failure of ours.
    std::thread::scope(|scope| {
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().expect("a started command can be waited for")
    })
}

/// Pseudo-random numbers that are the same in every run (SplitMix64).
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The next number below a bound, which must not be 0.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next_u64() % bound as u64).expect("it is below a usize")
    }
}
