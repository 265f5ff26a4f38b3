//! Objects in packs, read with a limit on memory and without a lock.
//!
//! libgit2 has no read with a limit: each size is asked for first, which finds the object a second time; and all threads share
//! its lock on what is mapped of packs. So packs are read by gix-pack, and what it hands over hashes to its id. What it does
//! not find, or finds too large, too deep or damaged, is read by libgit2, whose word on that is the last.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use gix_pack::Bundle;
use gix_pack::cache::lru::MemoryCappedHashmap;
use gix_pack::data::entry::Header;

use super::object::ObjectKind;
use crate::id::{ObjectFormat, ObjectId};

/// So many objects are read before packs are opened: a short command needs few.
const WORTH_IT: u32 = 64;
/// The most packs that are opened, the largest.
const MAX_PACKS: usize = 32;
/// The most memory an object may take with all it is made from, in bytes: nearly all are small.
const MEMORY: usize = 4 << 20;
/// The longest chain of deltas that is followed: git makes none of more than 50. libgit2 keeps what a longer one passes.
const MAX_CHAIN: usize = 64;
/// Bytes of objects that are kept, since others may be deltas against them.
const KEPT: usize = 4 << 20;

/// The packs of a repository, opened once for all threads when the first of them has read much.
#[derive(Clone)]
pub(super) struct Packs {
    folders: Vec<PathBuf>,
    hash: gix_hash::Kind,
    opened: Arc<OnceLock<Vec<Bundle>>>,
}

impl Packs {
    /// Those in this directory of objects.
    pub(super) fn of(objects: &Path, format: ObjectFormat) -> Self {
        let hash = match format {
            ObjectFormat::Sha1 => gix_hash::Kind::Sha1,
            ObjectFormat::Sha256 => gix_hash::Kind::Sha256,
        };
        Self { folders: vec![objects.join("pack")], hash, opened: Arc::default() }
    }

    /// These, none of them opened yet, and those in another directory of objects.
    pub(super) fn and(mut self, objects: &Path) -> Self {
        self.folders.push(objects.join("pack"));
        Self { opened: Arc::default(), ..self }
    }

    fn opened(&self) -> &[Bundle] {
        self.opened.get_or_init(|| {
            let mut found: Vec<(u64, PathBuf)> = self.folders.iter().flat_map(|folder| indexes(folder)).collect();
            found.sort_unstable();
            let largest = (0..).zip(found.iter().rev().take(MAX_PACKS));
            largest.filter_map(|(number, (_, index))| open(index, self.hash, number)).collect()
        })
    }
}

/// The indexes of the packs in a folder, each with the size of its pack.
fn indexes(folder: &Path) -> Vec<(u64, PathBuf)> {
    // To open what is no file could wait forever.
    let size = |path: &Path| path.metadata().ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
    let paths = std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let indexes = paths.filter(|path| path.extension().is_some_and(|it| it == "idx") && size(path).is_some());
    indexes.filter_map(|path| Some((size(&path.with_extension("pack"))?, path))).collect()
}

fn open(index: &Path, hash: gix_hash::Kind, number: u32) -> Option<Bundle> {
    let mut bundle = catch_unwind(|| Bundle::at(index, hash)).ok()?.ok()?;
    bundle.pack = bundle.pack.with_alloc_limit_bytes(Some(MEMORY));
    // What is kept is told apart by it; gix-pack makes it of the path's CRC-32, and two of these can be made equal.
    bundle.pack.id = number;
    Some(bundle)
}

impl std::fmt::Debug for Packs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packs").field("folders", &self.folders).finish_non_exhaustive()
    }
}

/// Reads objects from packs, for one thread.
pub(super) struct Reader {
    packs: Packs,
    /// How many objects were asked for so far.
    asked: u32,
    /// The pack that had the last object.
    last: usize,
    /// Made when it is needed: it has a window of its own.
    inflate: Option<gix_zlib::Inflate>,
    kept: MemoryCappedHashmap,
    bytes: Vec<u8>,
}

impl Reader {
    pub(super) fn of(packs: Packs) -> Self {
        Self { packs, asked: 0, last: 0, inflate: None, kept: MemoryCappedHashmap::new(KEPT), bytes: Vec::new() }
    }

    /// The packs it reads, for another thread.
    pub(super) fn packs(&self) -> Packs {
        self.packs.clone()
    }

    /// Kind and bytes of an object of at most `cap` bytes, which hash to its id; `None` where libgit2 is to be asked.
    pub(super) fn find(&mut self, id: &ObjectId, cap: u64) -> Option<(ObjectKind, &[u8])> {
        self.asked = self.asked.saturating_add(1);
        if self.asked <= WORTH_IT {
            return None;
        }
        let id = gix_hash::oid::try_from_bytes(id.as_bytes()).ok().filter(|id| id.kind() == self.packs.hash)?;
        // What a stranger made of a pack may be what nobody thought of.
        let kind = catch_unwind(AssertUnwindSafe(|| self.decode(id))).ok().flatten()?;
        (self.bytes.len() as u64 <= cap).then_some((kind, &self.bytes))
    }

    /// Decodes an object and proves that it is the one of this id.
    fn decode(&mut self, id: &gix_hash::oid) -> Option<ObjectKind> {
        let bundles = self.packs.opened();
        let order = (self.last..bundles.len()).chain(0..self.last);
        let (place, index) = order.filter_map(|place| Some((place, bundles.get(place)?.index.lookup(id)?))).next()?;
        self.last = place;
        let bundle = bundles.get(place).filter(|bundle| has_short_chain(bundle, index))?;
        let inflate = self.inflate.get_or_insert_default();
        let found = bundle.get_object_by_index(index, &mut self.bytes, inflate, &mut self.kept);
        let (object, _) = found.ok()?;
        object.verify_checksum(id).ok()?;
        Some(match object.kind {
            gix_object::Kind::Commit => ObjectKind::Commit,
            gix_object::Kind::Tree => ObjectKind::Tree,
            gix_object::Kind::Blob => ObjectKind::Blob,
            gix_object::Kind::Tag => ObjectKind::Tag,
        })
    }
}

/// Whether an object of a pack is at the end of no long chain of deltas.
fn has_short_chain(bundle: &Bundle, index: u32) -> bool {
    let mut offset = bundle.index.pack_offset_at_index(index);
    for _ in 0..=MAX_CHAIN {
        let Ok(entry) = bundle.pack.entry(offset) else { return false };
        let base = match entry.header {
            Header::OfsDelta { base_distance } => entry.checked_base_pack_offset(base_distance),
            Header::RefDelta { base_id } => {
                bundle.index.lookup(base_id).map(|index| bundle.index.pack_offset_at_index(index))
            }
            Header::Commit | Header::Tree | Header::Blob | Header::Tag => return true,
        };
        let Some(base) = base else { return false };
        offset = base;
    }
    false
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use provenance_test_support::{Random, Repo};

    use super::super::{ReadError, Repository};
    use super::*;

    /// A reader that has opened its packs.
    fn reader(repo: &Repo) -> Reader {
        let repository = Repository::discover(repo.path()).unwrap();
        let mut reader = Reader::of(repository.packed.borrow().packs());
        reader.asked = WORTH_IT;
        reader
    }

    /// Versions of a page, each with another line of it, in one pack with chains of so many deltas at most; and what git reads.
    fn packed(repo: &Repo, versions: usize, depth: usize) -> BTreeMap<ObjectId, (String, Vec<u8>)> {
        let mut random = Random(3);
        let mut line = || format!("{:016x} {:016x}\n", random.next_u64(), random.next_u64());
        let mut page: Vec<String> = (0..versions).map(|_| line()).collect();
        let mut stream = String::new();
        for version in 0..versions {
            page[version] = line();
            let (head, page) = ("commit refs/heads/main\ncommitter a <a> 0 +0000\ndata 4\nedit", page.concat());
            stream.push_str(&format!("{head}\nM 644 inline page.md\ndata {}\n{page}\n", page.len()));
        }
        repo.fast_import(stream);
        repo.git(&["tag", "-a", "-m", "one", "v1", "refs/heads/main"]);
        repo.git(&["repack", "-adfq", "--window=10", &format!("--depth={depth}")]);
        let answer = repo.git_bytes(&["cat-file", "--batch-all-objects", "--batch"], "");
        let (mut objects, mut rest) = (BTreeMap::new(), answer.as_slice());
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<&str> = std::str::from_utf8(&rest[..end]).unwrap().split(' ').collect();
            let (bytes, behind) = rest[end + 1..].split_at(line[2].parse().unwrap());
            objects.insert(line[0].parse().unwrap(), (line[1].to_owned(), bytes.to_vec()));
            rest = &behind[1..];
        }
        objects
    }

    #[test]
    fn what_it_reads_is_what_git_reads() {
        for repo in [Repo::new(), Repo::sha256()] {
            let objects = packed(&repo, 40, 50);
            let mut reader = reader(&repo);
            for (id, (kind, bytes)) in &objects {
                let (found, data) = reader.find(id, u64::MAX).unwrap();
                assert_eq!((found.to_string(), data), (kind.clone(), bytes.as_slice()), "{id}");
                assert!(reader.find(id, bytes.len() as u64).is_some());
                assert!(bytes.is_empty() || reader.find(id, bytes.len() as u64 - 1).is_none());
            }
            let kinds: std::collections::BTreeSet<&String> = objects.values().map(|(kind, _)| kind).collect();
            assert_eq!(kinds.len(), 4);
        }
    }

    #[test]
    fn packs_are_opened_when_much_was_read_and_once_for_all_threads() {
        let repo = Repo::new();
        let objects = packed(&repo, 3, 50);
        let repository = Repository::discover(repo.path()).unwrap();
        let id = objects.keys().next().unwrap();
        let opened = || repository.packed.borrow().packs.opened.get().is_some();
        for _ in 0..WORTH_IT {
            assert!(!opened() && repository.try_read(id, 1 << 20).unwrap().is_some());
        }
        assert!(repository.try_read(id, 1 << 20).unwrap().is_some() && opened());
        let again = repository.opener().open().unwrap();
        assert!(again.packed.borrow().packs.opened.get().is_some());
    }

    #[test]
    fn packs_in_quarantine_are_read_too() {
        let (repo, pushed) = (Repo::new(), Repo::new());
        let (here, there) = (packed(&repo, 3, 50), packed(&pushed, 9, 50));
        let repository = Repository::open_git_dir(&repo.git_dir(), Some(&pushed.git_dir().join("objects"))).unwrap();
        let mut reader = Reader::of(repository.opener().open().unwrap().packed.borrow().packs());
        reader.asked = WORTH_IT;
        assert!(here.keys().chain(there.keys()).all(|id| reader.find(id, u64::MAX).is_some()));
        let mut without = self::reader(&repo);
        assert!(there.keys().any(|id| without.find(id, u64::MAX).is_none()));
    }

    #[test]
    fn what_is_not_there_too_large_or_too_deep_is_left_to_libgit2() {
        for repo in [Repo::new(), Repo::sha256()] {
            let large: ObjectId = repo.hash_object("blob", vec![b'x'; 2 * MEMORY]).parse().unwrap();
            repo.git(&["tag", "large", &large.to_string()]);
            let objects = packed(&repo, 150, 150);
            let loose: ObjectId = repo.hash_object("blob", "loose").parse().unwrap();
            let mut reader = reader(&repo);
            assert!(objects.contains_key(&large) && reader.find(&large, u64::MAX).is_none());
            assert!(!objects.contains_key(&loose) && reader.find(&loose, u64::MAX).is_none());
            let other = ObjectId::from_bytes(&vec![1; 52 - loose.as_bytes().len()]).unwrap();
            assert!(reader.find(&other, u64::MAX).is_none());
            let deep = objects.keys().filter(|id| reader.find(id, u64::MAX).is_none()).count();
            assert!(deep > 1 && deep < objects.len() - MAX_CHAIN, "{deep} of {}", objects.len());
            let repository = Repository::discover(repo.path()).unwrap();
            repository.packed.borrow_mut().asked = WORTH_IT;
            for (id, (_, bytes)) in &objects {
                assert_eq!(&repository.try_read(id, u64::MAX).unwrap().unwrap().data, bytes);
            }
            assert!(matches!(repository.try_read(&large, 1 << 20), Err(ReadError::TooLarge { .. })));
            assert_eq!(repository.try_read(&loose, 5).unwrap().unwrap().data, b"loose");
        }
    }

    #[test]
    fn a_damaged_pack_hands_over_nothing_that_is_not_right() {
        let repo = Repo::new();
        let objects = packed(&repo, 3, 50);
        let index = indexes(&repo.git_dir().join("objects/pack")).pop().unwrap().1;
        let folder = tempfile::tempdir().unwrap();
        let files = ["idx", "pack"].map(|kind| fs::read(index.with_extension(kind)).unwrap());
        fs::create_dir(folder.path().join("pack")).unwrap();
        let path = folder.path().join("pack/pack-1.idx");
        let (mut random, mut right) = (Random(1), 0);
        for (kind, at) in (0..2).flat_map(|kind| (0..files[kind].len()).map(move |at| (kind, at))) {
            let mut damaged = files.clone();
            damaged[kind][at] ^= 1 << random.below(8);
            if random.below(20) == 0 {
                damaged[kind].truncate(at);
            }
            // What is mapped is not written over.
            for (extension, bytes) in ["idx", "pack"].iter().zip(&damaged) {
                let _ = fs::remove_file(path.with_extension(extension));
                fs::write(path.with_extension(extension), bytes).unwrap();
            }
            let packs = Packs::of(folder.path(), ObjectFormat::Sha1);
            let mut reader = Reader::of(packs);
            for (id, (kind, bytes)) in &objects {
                // Not through `find`, which would catch a panic.
                let found = reader.decode(gix_hash::oid::try_from_bytes(id.as_bytes()).unwrap());
                assert!(
                    found.is_none_or(|found| found.to_string() == *kind && reader.bytes == *bytes),
                    "{id}, byte {at}"
                );
                right += usize::from(found.is_some());
            }
        }
        assert!(right > files[1].len() * objects.len() / 2, "what is not damaged is found");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_not_waited_for() {
        let repo = Repo::new();
        let objects = packed(&repo, 3, 50);
        let folder = repo.git_dir().join("objects/pack");
        for name in ["pack-a.idx", "pack-b.pack"] {
            assert!(repo.command("mkfifo").arg(folder.join(name)).status().unwrap().success());
        }
        fs::write(folder.join("pack-a.pack"), "").unwrap();
        fs::write(folder.join("pack-b.idx"), "").unwrap();
        assert_eq!(indexes(&folder).len(), 1);
        assert!(reader(&repo).find(objects.keys().next().unwrap(), 1 << 20).is_some());
    }
}
