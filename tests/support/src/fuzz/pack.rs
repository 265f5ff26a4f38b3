//! Packs and their indexes: a letter for the format of ids, the index's length in four bytes, the index, the pack.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use provenance_core::git::read_packed;
use provenance_core::id::{ObjectFormat, ObjectId};

use super::Target;
use crate::{Random, Repo};

pub(super) const TARGET: Target = Target {
    name: "pack",
    reads: &["git::packed::read_packed"],
    run,
    seeds: samples,
    tokens: &["PACK\0\0\0\x02", "\0\0\0\x02", "\0\0\0\0", "\x7f\x7f\x7f\x7f", "x\x01", "\x01", "\0"],
};

/// What the seeds hold, by format.
struct Known {
    samples: Vec<Vec<u8>>,
    objects: BTreeMap<ObjectId, Vec<u8>>,
    folder: tempfile::TempDir,
}

thread_local! {
    static KNOWN: OnceCell<Known> = const { OnceCell::new() };
}

fn with_known<T>(work: impl FnOnce(&Known) -> T) -> T {
    KNOWN.with(|known| work(known.get_or_init(Known::new)))
}

fn samples() -> Vec<Vec<u8>> {
    with_known(|known| known.samples.clone())
}

/// What is handed over is what git reads in the pack that was changed.
fn run(bytes: &[u8]) {
    let Some(([letter, length @ ..], rest)) = bytes.split_first_chunk::<5>() else { return };
    let format = if letter % 2 == 0 { ObjectFormat::Sha1 } else { ObjectFormat::Sha256 };
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX).min(rest.len());
    let (index, pack) = rest.split_at(length);
    with_known(|known| {
        let folder = known.folder.path().join("pack");
        for (name, bytes) in [("a.idx", index), ("a.pack", pack)] {
            fs::write(folder.join(name), bytes).expect("a file of a folder of one's own is written");
        }
        let ids: Vec<ObjectId> = known.objects.keys().copied().filter(|id| id.format() == format).collect();
        let read = || read_packed(known.folder.path(), format, &ids);
        let objects = read();
        for (id, object) in ids.iter().zip(&objects) {
            let found = object.as_ref().map(|object| [object.kind.to_string().as_bytes(), &object.data].concat());
            assert!(found.is_none_or(|found| found == known.objects[id]), "{id} is another object");
        }
        let is_whole = known.samples.iter().any(|sample| sample == bytes);
        assert!(!is_whole || objects.iter().all(Option::is_some), "a whole pack lacks objects");
        assert_eq!(objects, read(), "reading again finds something else");
    });
}

impl Known {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        fs::create_dir(folder.path().join("pack")).expect("a folder can be made");
        let mut known = Self { samples: Vec::new(), objects: BTreeMap::new(), folder };
        for (letter, repo) in [(b'0', Repo::init(&["--object-format=sha1"])), (b'1', Repo::sha256())] {
            known.add(letter, &repo);
        }
        known
    }

    /// Versions of a page, packed with deltas by place, with deltas by id, and without.
    fn add(&mut self, letter: u8, repo: &Repo) {
        let mut random = Random(3);
        let (mut page, mut stream) = (String::new(), String::new());
        for _ in 0..6 {
            writeln!(page, "{:016x} {:016x}", random.next_u64(), random.next_u64()).expect("a string grows");
            let head = "commit refs/heads/main\ncommitter a <a> 0 +0000\ndata 4\nedit";
            write!(stream, "{head}\nM 644 inline page.md\ndata {}\n{page}\n", page.len()).expect("a string grows");
        }
        repo.fast_import(stream);
        for by in ["repack.useDeltaBaseOffset=true", "repack.useDeltaBaseOffset=false", "pack.depth=0"] {
            repo.git(&["-c", by, "repack", "-adfq"]);
            let folder = repo.git_dir().join("objects/pack");
            let file = |kind: &str| {
                let files = fs::read_dir(&folder).expect("git made it").filter_map(|entry| Some(entry.ok()?.path()));
                let found = files.into_iter().find(|path| path.extension().is_some_and(|it| it == kind));
                fs::read(found.expect("git made one")).expect("it can be read")
            };
            let (index, pack) = (file("idx"), file("pack"));
            let length = u32::try_from(index.len()).expect("it is small").to_be_bytes();
            self.samples.push([&[letter], length.as_slice(), &index, &pack].concat());
        }
        let listed = repo.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)"]);
        for (id, kind) in listed.lines().filter_map(|line| line.split_once(' ')) {
            let bytes = repo.git_bytes(&["cat-file", kind, id], "");
            self.objects.insert(id.parse().expect("git says ids"), [kind.as_bytes(), &bytes].concat());
        }
    }
}
