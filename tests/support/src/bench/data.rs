//! Folders, and ledgers in bulk.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use provenance_core::entry::{Change, Entry, Mode};
use provenance_core::envelope::Envelope;
use provenance_core::id::{BlobId, CommitId, ObjectFormat, ObjectId, Sha256Digest};
use provenance_core::key::{FileSigner, Signer as _};
use provenance_core::statement::{Ceremony, Decision, Predicate, Review, Scope, SignedBy, Statement};

use crate::{Random, Repo, START, run};

/// Where repositories are made.
#[derive(Debug)]
pub struct Folder {
    /// Its own HOME, and the place of what is not kept.
    shell: Repo,
    kept: Option<PathBuf>,
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

impl Folder {
    /// The folder that `PROVENANCE_BENCH_DIR` names, else one that goes when the value does.
    pub fn new() -> Self {
        Self { shell: Repo::empty_folder(), kept: std::env::var_os("PROVENANCE_BENCH_DIR").map(PathBuf::from) }
    }

    /// The repository of this name; made by `make` where it is not there yet.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn repository(&self, name: &str, make: impl FnOnce(&Path)) -> PathBuf {
        let path = self.kept.as_deref().unwrap_or(self.shell.path()).join(name);
        if path.exists() {
            return path;
        }
        // Under another name first: one that was given up half way is never taken for whole.
        let new = path.with_extension("new");
        let _ = std::fs::remove_dir_all(&new);
        std::fs::create_dir_all(&new).expect("a folder for a repository can be made");
        self.git(&new, &["init", "--quiet", "--initial-branch=main", "."], b"");
        self.git(&new, &["config", "gc.auto", "0"], b"");
        make(&new);
        std::fs::rename(&new, &path).expect("a new folder can be renamed");
        path
    }

    /// A copy of a repository, to be written to; it goes when the value does.
    ///
    /// # Panics
    /// When it cannot be copied.
    pub fn scratch(&self, of: &Path, name: &str) -> PathBuf {
        let path = self.shell.path().join(name);
        let mut command = self.command(self.shell.path(), "cp");
        command.arg("-r").arg(of).arg(&path);
        let output = run(command, b"");
        assert!(output.status.success(), "cp failed: {}", String::from_utf8_lossy(&output.stderr));
        path
    }

    /// What git answers in a repository, with nothing of the machine's configuration.
    ///
    /// # Panics
    /// When git fails.
    pub fn git(&self, repository: &Path, arguments: &[&str], input: &[u8]) -> String {
        let mut command = self.command(repository, "git");
        command.args(arguments);
        let output = run(command, input);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {} failed: {said}", arguments.join(" "));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// A command in a repository with the hermetic environment.
    pub fn command(&self, repository: &Path, program: impl AsRef<std::ffi::OsStr>) -> std::process::Command {
        let mut command = self.shell.command(program);
        command.current_dir(repository);
        command
    }
}

/// A note to be: the id it is filed under, and its bytes.
pub type Note = (ObjectId, Vec<u8>);

/// The key of a person who is only here to have signed much.
///
/// # Panics
/// Never: the seed makes a sound key.
pub fn signer(seed: u8) -> FileSigner {
    FileSigner::from_seed(&[seed; 32], "bench").expect("the seed makes a sound key")
}

/// Notes under ids of no object here, each one signed review of one change; the same in every run.
///
/// # Panics
/// Never: the statements are well-formed.
pub fn notes(count: usize) -> Vec<Note> {
    let (mut random, signer) = (Random(count as u64), signer(77));
    let filed = |index: usize, random: &mut Random| {
        let path = format!("content/section-{:02}/page-{index:06}.md", index % 64);
        let (before, after) = (entry(random), entry(random));
        let change = Change::new(path.parse().expect("a plain path"), Some(before), Some(after));
        let review = review(&signer, commit(random), change.expect("two entries differ"));
        let mut line = Envelope::seal(&review, &signer).expect("a well-formed review is sealed");
        line.push(b'\n');
        (after.id(), line)
    };
    (0..count).map(|index| filed(index, &mut random)).collect()
}

fn review(signer: &FileSigner, base: CommitId, change: Change) -> Statement {
    let review = Review {
        findings: Vec::new(),
        repository: "acme/other".to_owned(),
        branches: vec!["refs/heads/main".parse().expect("a well-formed name")],
        signer: SignedBy {
            person: "somebody".parse().expect("a well-formed id"),
            key: signer.public_key().fingerprint(),
        },
        reviewed_at: "2025-02-01T12:00:00Z".parse().expect("a well-formed time"),
        decision: Decision::Approve,
        base,
        head: None,
        scope: Scope::Each,
        answers: Vec::new(),
        comment: None,
        ceremony: Ceremony::Options,
        amends: Vec::new(),
        supersedes: Vec::new(),
        changes: vec![change],
    };
    Statement::new(Predicate::Review(review)).expect("a well-formed review")
}

fn entry(random: &mut Random) -> Entry {
    let sha256 = Sha256Digest::of(&random.next_u64().to_be_bytes());
    Entry::blob(Mode::Regular, BlobId(object(random)), sha256).expect("a regular file has a digest")
}

fn commit(random: &mut Random) -> CommitId {
    CommitId(object(random))
}

fn object(random: &mut Random) -> ObjectId {
    let bytes: Vec<u8> = (0..3).flat_map(|_| random.next_u64().to_be_bytes()).collect();
    ObjectId::from_bytes(&bytes[..ObjectFormat::Sha1.id_len()]).expect("twenty bytes are an id")
}

/// The notes as a stream for `git fast-import`, in the order they are given, with the fan-out that
/// git would choose for so many of them.
pub fn as_stream(notes: &[Note]) -> Vec<u8> {
    let names: Vec<String> = notes.iter().map(|(id, _)| id.to_string()).collect();
    let crowded = crowded(&names);
    let mut stream =
        format!("commit refs/notes/provenance\ncommitter bench <bench@example.com> {START} +0000\ndata 5\nnotes\n")
            .into_bytes();
    for (name, (_, bytes)) in names.iter().zip(notes) {
        let path = placed(&crowded, name);
        stream.extend_from_slice(format!("M 100644 inline {path}\ndata {}\n", bytes.len()).as_bytes());
        stream.extend_from_slice(bytes);
        stream.push(b'\n');
    }
    stream
}

/// The beginnings of names under which git fans out: each next digit has more than one note.
fn crowded(names: &[String]) -> HashSet<&str> {
    let mut all = HashSet::new();
    for length in (0..).step_by(2) {
        let mut digits: HashMap<&str, [u32; 16]> = HashMap::new();
        for name in names.iter().filter(|name| length == 0 || all.contains(&name[..length - 2])) {
            let digit = usize::from_str_radix(&name[length..=length], 16).expect("an id is hexadecimal");
            digits.entry(&name[..length]).or_default()[digit] += 1;
        }
        let found = digits.into_iter().filter(|(_, counts)| counts.iter().all(|count| *count > 1));
        let before = all.len();
        all.extend(found.map(|(prefix, _)| prefix));
        if all.len() == before {
            break;
        }
    }
    all
}

fn placed(crowded: &HashSet<&str>, name: &str) -> String {
    let (mut at, mut path) = (0, String::new());
    while crowded.contains(&name[..at]) {
        path.push_str(&name[at..at + 2]);
        path.push('/');
        at += 2;
    }
    path.push_str(&name[at..]);
    path
}

/// A repository with nothing but a ledger of so many notes, written by git and packed as a clone has it.
pub fn ledger(folder: &Folder, count: usize) -> (PathBuf, Vec<Note>) {
    let notes = notes(count);
    let path = folder.repository(&format!("ledger-{count}"), |path| {
        folder.git(path, &["fast-import", "--quiet"], &as_stream(&notes));
        folder.git(path, &["repack", "-adfq"], b"");
    });
    (path, notes)
}
