//! The gate: checking a proposal, and verifying its records.
//!
//! `cargo bench -p provenance-core --bench gate [check] [verify]`; `PROVENANCE_BENCH_DIR=DIR` keeps
//! what was made, `PROVENANCE_BENCH_MILLION=1` checks also with a million notes.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "it prints figures, and a failure is a panic")]

mod floor;

use std::path::{Path, PathBuf};
use std::time::Duration;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use git2::Oid;
use provenance_core::audit::check;
use provenance_core::check::{Range, Request, change_set, pinned_root};
use provenance_core::envelope::{Envelope, pae};
use provenance_core::gate::{FiledLine, KeyRing};
use provenance_core::git::Repository;
use provenance_core::id::{BlobId, ObjectId, Sha256Digest};
use provenance_core::key::{Signer as _, sshsig};
use provenance_core::ledger::{LEDGER_REF, Ledger};
use provenance_core::policy::{Policy, PolicyFiles};
use provenance_core::report::Verdict;
use provenance_test_support::bench::{
    Figures, Folder, HEAD_BRANCH, MAIN, NOW, Site, alternate, millis, notes, policy_files, signer, sum,
};

const RUNS: usize = 15;
/// The proposal.
const COMMITS: usize = 50;
const FILES: usize = 200;

fn main() {
    let Some(mut figures) = Figures::asked() else { return };
    let folder = Folder::new();
    if figures.wants("check") {
        checking(&folder, &mut figures);
    }
    if figures.wants("verify") {
        verifying(&folder, &mut figures);
    }
    println!("{}", figures.table());
}

fn site(folder: &Folder, notes: usize) -> PathBuf {
    Site { notes, commits: COMMITS, files: FILES, reviewed: true }.repository(folder)
}

fn checking(folder: &Folder, figures: &mut Figures) {
    let (small, large) = (site(folder, 1_000), site(folder, 100_000));
    let work = Work::of(&large);
    let [in_small, in_large, walk, compare, notes, verify, contents] = alternate(
        RUNS,
        [
            &mut || check_once(&small),
            &mut || check_once(&large),
            &mut || work.walk(),
            &mut || work.compare(),
            &mut || work.read_notes(),
            &mut || work.verify(),
            &mut || work.hash_contents(),
        ],
    );
    figures.times("check, 100000 notes against 1000", in_large, in_small, Some(1.3));
    let floors = sum(&[walk, compare, notes, verify]);
    figures.times("check, 100000 notes, against walk + compare + notes + signatures", in_large, floors, Some(1.5));
    figures.times("the same, with the SHA-256 of both ends of each change", in_large, floors + contents, Some(1.5));
    let named =
        [("walk", walk), ("compare", compare), ("notes", notes), ("signatures", verify), ("contents", contents)];
    for (name, time) in named {
        println!("floor: {name} {:.2} ms", millis(time));
    }
    if std::env::var_os("PROVENANCE_BENCH_MILLION").is_some() {
        let million = site(folder, 1_000_000);
        let [small, million] = alternate(RUNS, [&mut || check_once(&small), &mut || check_once(&million)]);
        figures.times("check, 1000000 notes against 1000", million, small, Some(1.5));
    }
}

fn check_once(path: &Path) {
    let repository = Repository::discover(path).unwrap();
    let ledger = Ledger::open(&repository).unwrap();
    let commit = |name: &str| repository.resolve(name).unwrap().commit;
    let request = Request {
        range: Range::Proposal { base: commit(MAIN), head: commit(HEAD_BRANCH) },
        branch: Some(MAIN.parse().unwrap()),
        named: Vec::new(),
        via: Vec::new(),
        root: pinned_root(&repository).unwrap(),
        now: NOW.parse().unwrap(),
    };
    let report = check(&repository, &ledger, &request).unwrap();
    assert_eq!(report.verdict, Verdict::Allowed, "{:?}", report.findings);
    assert_eq!(report.changes.len(), FILES);
}

/// What a check cannot do without, by itself.
struct Work {
    path: PathBuf,
    main: Oid,
    head: Oid,
    /// Both ends of each change.
    contents: Vec<Oid>,
    /// What notes are asked for: of both ends, and of each line, which may be revoked.
    asked: Vec<String>,
    signed: Vec<(VerifyingKey, Vec<u8>, Signature)>,
}

impl Work {
    fn of(path: &Path) -> Self {
        let repository = Repository::discover(path).unwrap();
        let ledger = Ledger::open(&repository).unwrap();
        let commit = |name: &str| repository.resolve(name).unwrap().commit;
        let (main, head) = (commit(MAIN), commit(HEAD_BRANCH));
        let changes = change_set(&repository, main, head).unwrap();
        let contents: Vec<ObjectId> = changes.iter().flat_map(|change| change.ends()).map(|end| end.id()).collect();
        let mut lines = std::collections::BTreeMap::new();
        contents.iter().for_each(|id| lines.extend(ledger.lines(id).unwrap()));
        assert_eq!(lines.len(), 2 * FILES);
        let signed = lines.values().map(|line| signed_again(line)).collect();
        let asked = contents.iter().copied().chain(lines.keys().map(|line| line.0));
        let asked = asked.map(|id| id.to_string()).collect();
        let oid = |id: &ObjectId| Oid::from_bytes(id.as_bytes()).unwrap();
        let contents = contents.iter().map(oid).collect();
        Self { path: path.to_owned(), main: oid(&main.0), head: oid(&head.0), contents, asked, signed }
    }

    /// Opens the repository and reads the proposal's commits and those from its base to the pinned
    /// root, which must be on the base's chain.
    fn walk(&self) {
        let repository = floor::open(&self.path);
        let chain = floor::chain(&repository.odb().unwrap(), self.head, usize::MAX);
        assert_eq!(chain[COMMITS].0, self.main);
    }

    /// Compares both ends, and each commit with its parent: who made a change is asked of every one.
    fn compare(&self) {
        let repository = floor::open(&self.path);
        let chain = floor::chain(&repository.odb().unwrap(), self.head, COMMITS + 1);
        let mut trees = floor::Trees::new(&repository);
        let steps: usize = chain.windows(2).map(|pair| trees.changes(pair[1].1, pair[0].1)).sum();
        assert_eq!(steps, FILES);
        assert_eq!(trees.changes(chain[COMMITS].1, chain[0].1), FILES);
    }

    fn read_notes(&self) {
        let repository = floor::open(&self.path);
        let commit = repository.refname_to_id(LEDGER_REF).unwrap();
        let root = floor::chain(&repository.odb().unwrap(), commit, 1)[0].1;
        let mut trees = floor::Trees::new(&repository);
        let read = self.asked.iter().filter(|name| trees.note(root, name) > 0).count();
        assert_eq!(read, self.contents.len());
    }

    fn verify(&self) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for part in self.signed.chunks(self.signed.len().div_ceil(cores)) {
                scope.spawn(move || {
                    assert!(part.iter().all(|(key, bytes, signature)| key.verify_strict(bytes, signature).is_ok()));
                });
            }
        });
    }

    fn hash_contents(&self) {
        let repository = floor::open(&self.path);
        let odb = repository.odb().unwrap();
        let digests: Vec<Sha256Digest> =
            self.contents.iter().map(|id| Sha256Digest::of(odb.read(*id).unwrap().data())).collect();
        assert_eq!(digests.len(), self.contents.len());
    }
}

/// The bytes that a line's signature is over, signed once more by a key at hand.
fn signed_again(line: &[u8]) -> (VerifyingKey, Vec<u8>, Signature) {
    let key = SigningKey::from_bytes(&[9; 32]);
    let bytes = pae(Envelope::parse(line).unwrap().payload());
    let signature = key.sign(&bytes);
    (key.verifying_key(), bytes, signature)
}

/// One line from its bytes to a record that counts, against one run of `ssh-keygen -Y verify`.
fn verifying(folder: &Folder, figures: &mut Figures) {
    const LINES: usize = 1000;
    let lines: Vec<Vec<u8>> = notes(LINES).into_iter().map(|(_, line)| line.trim_ascii_end().to_vec()).collect();
    let ring = KeyRing::of([&policy_with(77)]);
    let blob = BlobId(ObjectId::from_bytes(&[1; 20]).unwrap());
    let read = || {
        let record = |line: &Vec<u8>| FiledLine::read(line, blob, &ring);
        assert!(lines.iter().all(|line| matches!(record(line).content(), provenance_core::gate::Content::Record(_))));
    };
    let files = SshFiles::of(folder, &lines[0]);
    let strict: Vec<_> = lines.iter().map(|line| signed_again(line)).collect();
    let [ours, floor] = alternate(
        RUNS,
        [&mut || read(), &mut || assert!(strict.iter().all(|(key, bytes, sig)| key.verify_strict(bytes, sig).is_ok()))],
    );
    let ssh = alternate(RUNS, [&mut || files.verify(folder)])[0];
    let each = |time: Duration| time / u32::try_from(LINES).unwrap();
    figures.times("verify one record, against `ssh-keygen -Y verify`", each(ours), ssh, Some(0.01));
    figures.times("verify one record, against its strict signature alone", each(ours), each(floor), None);
}

/// The usual policy, with somebody's key instead of Wes's.
fn policy_with(seed: u8) -> Policy {
    let [policy, people] = policy_files();
    let people = people.replace(&signer(3).public_key().to_string(), &signer(seed).public_key().to_string());
    Policy::load(&PolicyFiles::of(&people, &policy, None)).unwrap()
}

/// The same statement, signed as `ssh-keygen -Y sign` does it.
struct SshFiles {
    message: Vec<u8>,
    folder: PathBuf,
}

impl SshFiles {
    fn of(folder: &Folder, line: &[u8]) -> Self {
        let key = signer(77);
        let message = pae(Envelope::parse(line).unwrap().payload());
        let data = sshsig::signed_data(&message, sshsig::Hash::Sha512);
        let blob = sshsig::wrap(key.public_key(), &key.sign(&data).unwrap());
        let path = folder.repository("empty", |_| ());
        std::fs::write(path.join("allowed"), format!("wes {}\n", key.public_key())).unwrap();
        std::fs::write(path.join("signature"), sshsig::armor(&blob)).unwrap();
        Self { message, folder: path }
    }

    fn verify(&self, folder: &Folder) {
        let mut command = folder.command(&self.folder, "ssh-keygen");
        command.args(["-Y", "verify", "-f", "allowed", "-I", "wes", "-n", "git-provenance", "-s", "signature"]);
        let output = provenance_test_support::run(command, &self.message);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}
