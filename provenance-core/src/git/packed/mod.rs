//! Objects in packs, read with a limit on memory and without a lock.
//!
//! libgit2 has no read with a limit: each size is asked for first, which finds the object a second time; and all threads share
//! its lock on what is mapped of packs. So packs are read here, and what is handed over hashes to its
//! id. What is not found, or is too large, too deep or damaged, is read by libgit2, whose word on that is the last.

mod file;
mod index;
mod pack;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

use super::cache::Weighed;
use super::delta;
use super::object::{Object, ObjectKind};
use crate::id::{ObjectFormat, ObjectId};
use pack::{Form, Pack, Piece};

/// So many objects are read before packs are opened: a short command needs few.
const WORTH_IT: u32 = 64;
/// The most packs that are opened, the largest.
const MAX_PACKS: usize = 32;
/// The largest object, and the most that all deltas on the way to it may take, in bytes: nearly all are small.
const MEMORY: usize = 4 << 20;
/// The longest chain of deltas that is followed: git makes none of more than 50. libgit2 keeps what a longer one passes.
const MAX_CHAIN: usize = 64;
/// Bytes of objects that are kept, since others may be deltas against them.
const KEPT: usize = 1 << 20;

/// The packs of a repository, opened once for all threads when the first of them has read much.
#[derive(Clone)]
pub(super) struct Packs {
    folders: Vec<PathBuf>,
    format: ObjectFormat,
    opened: Arc<OnceLock<Arc<[Pack]>>>,
}

impl Packs {
    /// Those in this directory of objects.
    pub(super) fn of(objects: &Path, format: ObjectFormat) -> Self {
        Self { folders: vec![objects.join("pack")], format, opened: Arc::default() }
    }

    /// These, none of them opened yet, and those in another directory of objects.
    pub(super) fn and(mut self, objects: &Path) -> Self {
        self.folders.push(objects.join("pack"));
        Self { opened: Arc::default(), ..self }
    }

    fn opened(&self) -> Arc<[Pack]> {
        let opened = self.opened.get_or_init(|| {
            let mut found: Vec<(u64, PathBuf)> = self.folders.iter().flat_map(|folder| indexes(folder)).collect();
            found.sort_unstable();
            let largest = found.iter().rev().take(MAX_PACKS);
            largest.filter_map(|(_, index)| Pack::open(index, self.format)).collect()
        });
        Arc::clone(opened)
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

impl std::fmt::Debug for Packs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packs").field("folders", &self.folders).finish_non_exhaustive()
    }
}

/// An entry of a pack: the pack's number, and where in it the entry begins.
type Place = (usize, u64);
/// What an entry holds: an object's kind and its bytes.
type Held = (ObjectKind, Vec<u8>);

/// Reads objects from packs, for one thread.
pub(super) struct Reader {
    packs: Packs,
    /// How many objects were asked for so far.
    asked: u32,
    /// The packs that had the last objects.
    recent: [usize; 2],
    /// Made when it is needed: what inflates has a window of its own.
    piece: Option<Box<Piece>>,
    kept: Weighed<Held, Place>,
    bytes: Vec<u8>,
    delta: Vec<u8>,
    /// Ids of an index.
    ids: Vec<u8>,
}

impl Reader {
    pub(super) fn of(packs: Packs) -> Self {
        let kept = Weighed::new(KEPT, |held: &Held| held.1.len());
        Self {
            packs,
            asked: 0,
            recent: [0; 2],
            piece: None,
            kept,
            bytes: Vec::new(),
            delta: Vec::new(),
            ids: Vec::new(),
        }
    }

    /// One that will read much, and opens the packs at once.
    pub(super) fn of_many(packs: Packs) -> Self {
        Self { asked: WORTH_IT, ..Self::of(packs) }
    }

    /// The packs it reads, for another thread.
    pub(super) fn packs(&self) -> Packs {
        self.packs.clone()
    }

    /// Kind and bytes of an object of at most `cap` bytes, which hash to its id; `None` where libgit2 is to be asked.
    pub(super) fn find(&mut self, id: &ObjectId, cap: u64) -> Option<(ObjectKind, &[u8])> {
        self.asked = self.asked.saturating_add(1);
        if self.asked <= WORTH_IT && self.packs.opened.get().is_none() {
            return None;
        }
        if id.format() != self.packs.format {
            return None;
        }
        // What a stranger made of a pack may be what nobody thought of.
        let kind = catch_unwind(AssertUnwindSafe(|| self.decode(id))).ok().flatten()?;
        (self.bytes.len() as u64 <= cap).then_some((kind, &self.bytes))
    }

    /// Decodes an object and proves that it is the one of this id.
    fn decode(&mut self, id: &ObjectId) -> Option<ObjectKind> {
        let packs = self.packs.opened();
        let (number, offset) = self.place(&packs, id)?;
        let kind = self.held(&packs[number], (number, offset))?;
        hashes_to(id, kind, &self.bytes).then_some(kind)
    }

    /// Where an object is. Of the packs that had the last two the smaller is asked first, since its index is at hand.
    fn place(&mut self, packs: &[Pack], id: &ObjectId) -> Option<Place> {
        let [last, before] = self.recent;
        let recent = [Some(last.max(before)), (last != before).then_some(last.min(before))];
        let others = (0..packs.len()).filter(|number| !recent.contains(&Some(*number)));
        let ids = &mut self.ids;
        let found = |number: usize| Some((number, packs.get(number)?.find(id, ids)?));
        let place = recent.into_iter().flatten().chain(others).find_map(found)?;
        if place.0 != last {
            self.recent = [place.0, last];
        }
        Some(place)
    }

    /// Makes `bytes` what an entry holds; its kind.
    fn held(&mut self, pack: &Pack, place: Place) -> Option<ObjectKind> {
        let piece = self.piece.get_or_insert_default();
        let (number, mut offset) = place;
        let (mut deltas, mut memory) = (Vec::new(), 0u64);
        let kind = loop {
            if let Some(known) = self.kept.find(&(number, offset)) {
                self.bytes.clone_from(&known.1);
                break known.0;
            }
            let entry = piece.entry((number, pack), offset)?;
            match entry.form {
                Form::Delta(base) => offset = base,
                Form::Whole(kind) => {
                    piece.inflate((number, pack), &entry, &mut self.bytes)?;
                    if !deltas.is_empty() {
                        self.kept.insert((number, offset), &Arc::new((kind, self.bytes.clone())));
                    }
                    break kind;
                }
            }
            memory = memory.saturating_add(entry.size);
            deltas.push(entry);
            if deltas.len() > MAX_CHAIN || memory > MEMORY as u64 {
                return None;
            }
        };
        let is_delta = !deltas.is_empty();
        while let Some(entry) = deltas.pop() {
            piece.inflate((number, pack), &entry, &mut self.delta)?;
            self.bytes = delta::apply(&self.bytes, &self.delta, MEMORY)?;
        }
        if is_delta {
            self.kept.insert(place, &Arc::new((kind, self.bytes.clone())));
        }
        Some(kind)
    }
}

/// Objects as the packs in a directory of objects have them; each `None` where no pack has it, or has it damaged, larger than
/// 4 MB, or at the end of more than 64 deltas. Nothing but the 32 largest packs is read, of no repository. Each that is
/// handed over hashes to its id.
pub fn read_packed(objects: &Path, format: ObjectFormat, ids: &[ObjectId]) -> Vec<Option<Object>> {
    let mut reader = Reader::of_many(Packs::of(objects, format));
    let mut read = |id| reader.find(id, MEMORY as u64).map(|(kind, data)| Object { kind, data: data.to_vec() });
    ids.iter().map(&mut read).collect()
}

/// Whether an object has this id, and is none of two that were made to have the same.
fn hashes_to(id: &ObjectId, kind: ObjectKind, bytes: &[u8]) -> bool {
    let head = format!("{kind} {}\0", bytes.len());
    match id.format() {
        ObjectFormat::Sha1 => {
            let mut hasher = sha1dc::Hasher::new();
            hasher.update(head.as_bytes());
            hasher.update(bytes);
            hasher.finalize().is_ok_and(|digest| id.as_bytes() == <[u8; 20]>::from(digest))
        }
        ObjectFormat::Sha256 => {
            let digest = Sha256::new().chain_update(head).chain_update(bytes).finalize();
            id.as_bytes() == digest.as_slice()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use provenance_test_support::{Random, Repo};

    use super::super::{ReadError, Repository};
    use super::*;

    /// A reader that opens packs at once.
    fn reader(repo: &Repo) -> Reader {
        let repository = Repository::discover(repo.path()).unwrap();
        Reader::of_many(repository.packed.borrow().packs())
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
        repo.git(&["-c", "pack.threads=1", "repack", "-adfq", "--window=10", &format!("--depth={depth}")]);
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
        let mut reader = Reader::of_many(repository.opener().open().unwrap().packed.borrow().packs());
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
            let deep = objects.keys().filter(|id| self::reader(&repo).find(id, u64::MAX).is_none()).count();
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
                let found = reader.decode(id);
                assert!(
                    found.is_none_or(|found| found.to_string() == *kind && reader.bytes == *bytes),
                    "{id}, byte {at}"
                );
                right += usize::from(found.is_some());
            }
        }
        assert!(right > files[1].len() * objects.len() / 2, "what is not damaged is found");
    }

    #[test]
    fn a_pack_that_is_cut_off_meanwhile_is_left_to_libgit2() {
        let repo = Repo::new();
        let objects = packed(&repo, 40, 50);
        let path = indexes(&repo.git_dir().join("objects/pack")).pop().unwrap().1.with_extension("pack");
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("pack")).unwrap();
        let copy = folder.path().join("pack/pack-1.pack");
        fs::copy(&path, &copy).unwrap();
        fs::copy(path.with_extension("idx"), copy.with_extension("idx")).unwrap();
        let mut reader = Reader::of_many(Packs::of(folder.path(), ObjectFormat::Sha1));
        assert!(objects.keys().all(|id| reader.find(id, u64::MAX).is_some()));
        let mut permissions = fs::metadata(&copy).unwrap().permissions();
        #[allow(clippy::permissions_set_readonly_false, reason = "a copy in a folder of its own")]
        permissions.set_readonly(false);
        fs::set_permissions(&copy, permissions).unwrap();
        fs::File::options().write(true).open(&copy).unwrap().set_len(2000).unwrap();
        let mut other = Reader::of_many(reader.packs());
        let found = objects.keys().filter(|id| other.find(id, u64::MAX).is_some()).count();
        assert!(found > 0 && found < objects.len(), "{found} of {}", objects.len());
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
