//! Trees of notes: the raw bytes of a tree, and the ledgers that trees make.
//!
//! A ledger is spelt as lines of `MODE PATH NOTE`, two ledgers with a line between them, so that the fuzzer changes
//! names, depths and modes rather than hashes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use provenance_core::entry::{Mode, Slot};
use provenance_core::git::{Batch, CommitDraft, Identity, Repository, Tree, TreeEntry};
use provenance_core::id::{CommitId, ObjectFormat, ObjectId, TreeId};
use provenance_core::ledger::union::{missing, on_top};
use provenance_core::ledger::{Additions, Author, Ledger, Lines};

use super::{Target, seeds};
use crate::Repo;

pub(super) const TARGET: Target = Target {
    name: "notes",
    reads: &[
        "git::tree::parse",
        "ledger::read::all",
        "ledger::read::notes",
        "ledger::read::lines",
        "ledger::union::missing",
    ],
    run,
    seeds: samples,
    tokens: &[
        "\n=====\n",
        "\nf ",
        "\nx ",
        "\nl ",
        "\ng ",
        " a",
        " b\\n",
        "\\n",
        "/",
        "00",
        "ff",
        "11/",
        "0000000000000000000000000000000000000000",
        "11111111111111111111111111111111111111",
        "AB",
        "100644 ",
        "100664 ",
        "040000 ",
        "40000 ",
        "120000 ",
        "160000 ",
        "a\0",
        "a.x\0",
        "01234567890123456789",
        "0",
        "\0",
    ],
};

const DIVIDER: &str = "\n=====\n";
/// More notes and deeper folders than these are not made.
const MAX_NOTES: usize = 200;
const MAX_DEPTH: usize = 40;
/// A folder that stands in more places ends a listing.
const MAX_PLACES: usize = 16;
/// So many runs share a repository, whose objects are then thrown away.
const RUNS: usize = 1000;

fn run(bytes: &[u8]) {
    for format in [ObjectFormat::Sha1, ObjectFormat::Sha256] {
        tree(bytes, format);
    }
    let text = String::from_utf8_lossy(bytes);
    let (left, right) = text.split_once(DIVIDER).unwrap_or((&text, ""));
    with_scratch(|repository| ledgers(repository, &Folder::of(left), &Folder::of(right)));
}

/// What is accepted is sorted and written again reads the same, byte for byte unless a mode has an old spelling.
fn tree(bytes: &[u8], format: ObjectFormat) {
    let Ok(tree) = Tree::parse(bytes, format) else { return };
    let written = tree.to_bytes();
    assert_eq!(Tree::parse(&written, format).as_ref(), Ok(&tree), "what is written reads the same");
    let names: Vec<&[u8]> = tree.entries().map(|entry| entry.name).collect();
    assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "names are distinct and in order");
    for entry in tree.entries() {
        assert_eq!(tree.get(entry.name), Some(entry));
        assert!(entry.tree().is_some() != entry.slot().is_some());
    }
    let old_mode = bytes.windows(7).any(|window| window == b"100664 " || window[0] == b'0');
    assert!(old_mode || written == bytes, "a tree has one spelling");
}

/// What a folder of a tree holds.
#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Folder {
    files: BTreeMap<String, (Mode, Vec<u8>)>,
    folders: BTreeMap<String, Folder>,
}

/// The lines under each id.
type Filed = BTreeMap<String, BTreeSet<Vec<u8>>>;

impl Folder {
    /// The tree that a text spells.
    fn of(text: &str) -> Self {
        let mut root = Self::default();
        for line in text.lines().take(MAX_NOTES) {
            let mut words = line.splitn(3, ' ');
            let (Some(mode), Some(path), Some(note)) = (words.next(), words.next(), words.next()) else { continue };
            let mode = match mode {
                "f" => Mode::Regular,
                "x" => Mode::Executable,
                "l" => Mode::Symlink,
                "g" => Mode::Gitlink,
                _ => continue,
            };
            root.add(path, mode, note.replace("\\n", "\n").into_bytes());
        }
        root.without_empty()
    }

    fn add(&mut self, path: &str, mode: Mode, note: Vec<u8>) {
        let names: Vec<&str> = path.split('/').collect();
        if names.len() > MAX_DEPTH || names.iter().any(|name| name.is_empty() || name.contains('\0')) {
            return;
        }
        let Some((file, folders)) = names.split_last() else { return };
        let mut folder = self;
        for name in folders {
            if folder.files.contains_key(*name) {
                return;
            }
            folder = folder.folders.entry((*name).to_owned()).or_default();
        }
        if !folder.folders.contains_key(*file) {
            folder.files.insert((*file).to_owned(), (mode, note));
        }
    }

    /// Without folders in which nothing came to lie.
    fn without_empty(mut self) -> Self {
        self.folders = self.folders.into_iter().map(|(name, folder)| (name, folder.without_empty())).collect();
        self.folders.retain(|_, folder| !folder.files.is_empty() || !folder.folders.is_empty());
        self
    }

    /// The lines that git finds: under each full name of an id, at any cut into pairs of digits.
    fn filed(&self) -> Filed {
        let mut filed = Filed::new();
        self.collect("", &mut filed);
        filed
    }

    fn collect(&self, prefix: &str, filed: &mut Filed) {
        let digits = 40 - prefix.len();
        let is_hex = |name: &str| name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        for (name, (mode, note)) in &self.files {
            if name.len() == digits && is_hex(name) && *mode != Mode::Gitlink {
                let lines = note.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
                filed.entry(format!("{prefix}{name}")).or_default().extend(lines.map(<[u8]>::to_vec));
            }
        }
        for (name, folder) in &self.folders {
            if name.len() == 2 && is_hex(name) && digits > 2 {
                folder.collect(&format!("{prefix}{name}"), filed);
            }
        }
    }

    /// Every folder in it; the same one in two places stands twice.
    fn all(&self) -> Vec<&Self> {
        let below = self.folders.values().flat_map(Self::all);
        std::iter::once(self).chain(below).collect()
    }

    /// Whether some folder stands in more places than a listing bears.
    fn is_everywhere(&self) -> bool {
        let mut places: BTreeMap<&Self, usize> = BTreeMap::new();
        self.all().into_iter().for_each(|folder| *places.entry(folder).or_default() += 1);
        places.into_values().any(|count| count > MAX_PLACES)
    }

    fn write(&self, batch: &mut Batch<'_>) -> TreeId {
        let gitlink = ObjectId::from_bytes(&[7; 20]).expect("20 bytes are an id");
        let mut entries = Vec::new();
        for (name, (mode, note)) in &self.files {
            let blob = batch.blob(note).expect("bytes can be hashed");
            let id = if *mode == Mode::Gitlink { gitlink } else { blob.0 };
            entries.push(TreeEntry::leaf(name.clone().into(), Slot { mode: *mode, id }));
        }
        for (name, folder) in &self.folders {
            entries.push(TreeEntry::subtree(name.clone().into(), folder.write(batch)));
        }
        batch.tree(entries).expect("bytes can be hashed")
    }
}

fn author() -> Author {
    let identity = Identity { name: "a".into(), email: "a@example.com".into(), seconds: 0 };
    Author { identity, message: "union".into() }
}

fn commit(repository: &Repository, folder: &Folder) -> CommitId {
    let mut batch = Batch::new(repository);
    let tree = folder.write(&mut batch);
    batch.flush().expect("objects can be written");
    let author = author();
    let draft = CommitDraft { tree, parents: Vec::new(), author: author.identity, message: author.message };
    repository.write_commit(&draft).expect("a commit can be written")
}

/// Listing and looking up find what git would; what one ledger lacks of another, added, makes the union.
fn ledgers(repository: &Repository, left: &Folder, right: &Folder) {
    if left.is_everywhere() || right.is_everywhere() {
        return;
    }
    let [here, there] = [left, right].map(|folder| {
        let commit = commit(repository, folder);
        let ledger = Ledger::at(repository, Some(commit)).expect("the trees are well-formed");
        finds(&ledger, &folder.filed());
        ledger
    });
    let lacking = missing(repository, &here, &there).expect("the trees are well-formed");
    let union = on_top(repository, here.commit(), &lacking, &author()).expect("objects can be written");
    let mut expected = left.filed();
    // A note without lines has nothing to add.
    for (id, lines) in right.filed().into_iter().filter(|(_, lines)| !lines.is_empty()) {
        expected.entry(id).or_default().extend(lines);
    }
    let every_folder = || left.all().into_iter().chain(right.all());
    let distinct: BTreeSet<&Folder> = every_folder().collect();
    // A folder that stands in several places holds no honest notes, and is not gone through twice.
    if distinct.len() == every_folder().count() {
        finds(&Ledger::at(repository, union).expect("it was just written"), &expected);
    } else {
        within(&lacking, &expected);
    }
}

fn texts(lines: Lines) -> BTreeSet<Vec<u8>> {
    lines.into_values().collect()
}

fn finds(ledger: &Ledger<'_>, expected: &Filed) {
    let all = ledger.all().expect("the trees are well-formed");
    let ids: Vec<String> = all.keys().map(ObjectId::to_string).collect();
    assert_eq!(ids, expected.keys().cloned().collect::<Vec<_>>(), "the ids that have notes");
    for (id, blobs) in all {
        let (mut listed, mut found) = (blobs, ledger.notes(&id).expect("the trees are well-formed"));
        listed.sort();
        found.sort();
        assert_eq!(listed, found, "listing and looking up {id} agree");
        let lines = texts(ledger.lines(&id).expect("the blobs are there"));
        assert_eq!(Some(&lines), expected.get(&id.to_string()), "the lines of {id}");
    }
}

fn within(additions: &Additions, expected: &Filed) {
    for (id, lines) in additions.iter() {
        let expected = expected.get(&id.to_string()).expect("only what is there is missing");
        assert!(texts(lines.clone()).is_subset(expected), "lines of {id} that nobody wrote");
    }
}

thread_local! {
    static SCRATCH: RefCell<Option<(Repo, Repository, usize)>> = const { RefCell::new(None) };
}

/// A repository to write into, new from time to time.
fn with_scratch(run: impl FnOnce(&Repository)) {
    SCRATCH.with_borrow_mut(|scratch| {
        if scratch.as_ref().is_none_or(|(.., runs)| *runs == RUNS) {
            let repo = Repo::init(&["--bare", "--object-format=sha1"]);
            let repository = Repository::open_git_dir(repo.path(), None).expect("a new repository opens");
            *scratch = Some((repo, repository, 0));
        }
        let (_, repository, runs) = scratch.as_mut().expect("it was just made");
        *runs += 1;
        run(repository);
    });
}

fn samples() -> Vec<Vec<u8>> {
    let id = "0123456789abcdef0123456789abcdef01234567";
    let fanned = format!("{}/{}", &id[..2], &id[2..]);
    let deep = format!("{}/{}/{}", &id[..2], &id[2..4], &id[4..]);
    let entry = |mode: &str, name: &str| [mode.as_bytes(), b" ", name.as_bytes(), &[0], &[7; 20]].concat();
    let tree = [entry("100644", "a.x"), entry("40000", "a"), entry("100664", "a0"), entry("160000", "c")].concat();
    let crowd: String = (0..32).map(|n| format!("f {:x}{n:039x} line {n}\n", n % 16)).collect();
    [
        vec![tree, entry("120000", "0123456789012345678901234567890123456789")],
        seeds::texts(&[
            &format!("f {id} a\\nb\nf {fanned} b\\nc\nx {deep} d\ng {fanned}0 e\nl 00/README f{DIVIDER}f {fanned} a\\n\\nz\nf x y"),
            &format!("{crowd}{DIVIDER}f {fanned} a\n"),
            &format!("f 00/{} a\nf 11/{} a{DIVIDER}f ab a\nf {fanned} ", "1".repeat(38), "1".repeat(38)),
        ]),
    ]
    .concat()
}
