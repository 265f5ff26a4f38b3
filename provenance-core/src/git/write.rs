//! Writing objects: few as loose files, many as one pack.

use std::collections::HashSet;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use git2::{ObjectType, OdbLookupFlags, OdbPackwriter};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::tree::{TreeEntry, tree_bytes};
use super::{Cause, Repository, from_oid, to_format, to_oid};
use crate::id::{BlobId, CommitId, ObjectFormat, ObjectId, TreeId};

/// More objects than this are written as one pack.
const PACK_ABOVE: usize = 200;

/// Objects could not be written; nothing refers to those that were.
#[derive(Debug, thiserror::Error)]
#[error("cannot write objects: {source}")]
pub struct WriteError {
    #[source]
    source: Cause,
}

impl From<git2::Error> for WriteError {
    fn from(source: git2::Error) -> Self {
        Self { source: source.into() }
    }
}

/// Who writes, and when, as git commits say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// Seconds since the epoch.
    pub seconds: i64,
}

/// A commit to be written.
#[derive(Debug, Clone)]
pub struct CommitDraft {
    /// Its tree.
    pub tree: TreeId,
    /// Its parents.
    pub parents: Vec<CommitId>,
    /// Author and committer.
    pub author: Identity,
    /// Its message.
    pub message: String,
}

impl Repository {
    /// Writes a commit; moves no ref.
    ///
    /// # Errors
    /// [`WriteError`] when the object cannot be stored.
    pub fn write_commit(&self, draft: &CommitDraft) -> Result<CommitId, WriteError> {
        let clean = |text: &str| text.chars().filter(|c| !matches!(c, '<' | '>' | '\n' | '\0')).collect::<String>();
        let who =
            format!("{} <{}> {} +0000", clean(&draft.author.name), clean(&draft.author.email), draft.author.seconds);
        let mut text = format!("tree {}\n", draft.tree);
        for parent in &draft.parents {
            text.push_str(&format!("parent {parent}\n"));
        }
        text.push_str(&format!("author {who}\ncommitter {who}\n\n{}\n", draft.message.trim_end().replace('\0', "")));
        Ok(CommitId(from_oid(self.inner.odb()?.write(ObjectType::Commit, text.as_bytes())?)))
    }
}

/// Objects that are written together, by [`Batch::flush`]: until then they have an id and no place.
pub struct Batch<'r> {
    repository: &'r Repository,
    objects: Vec<(ObjectId, ObjectType, Vec<u8>)>,
}

impl<'r> Batch<'r> {
    /// An empty batch.
    pub fn new(repository: &'r Repository) -> Self {
        Self { repository, objects: Vec::new() }
    }

    /// Adds a blob and returns its id.
    ///
    /// # Errors
    /// [`WriteError`] when the bytes cannot be hashed.
    pub fn blob(&mut self, bytes: &[u8]) -> Result<BlobId, WriteError> {
        self.add(ObjectType::Blob, bytes.to_vec()).map(BlobId)
    }

    /// Adds a tree of these entries, in any order, and returns its id.
    ///
    /// # Errors
    /// [`WriteError`] when the bytes cannot be hashed.
    pub fn tree(&mut self, entries: Vec<TreeEntry>) -> Result<TreeId, WriteError> {
        self.add(ObjectType::Tree, tree_bytes(entries)).map(TreeId)
    }

    fn add(&mut self, kind: ObjectType, bytes: Vec<u8>) -> Result<ObjectId, WriteError> {
        let id = from_oid(git2::Oid::hash_object_ext(kind, &bytes, to_format(self.repository.format))?);
        self.objects.push((id, kind, bytes));
        Ok(id)
    }

    /// Writes every object that is not in the repository yet.
    ///
    /// # Errors
    /// [`WriteError`]; some objects may have been written, and nothing refers to them.
    pub fn flush(self) -> Result<(), WriteError> {
        let odb = self.repository.inner.odb()?;
        // Once: a look-up by itself would look for new packs whenever an object is not there.
        odb.refresh()?;
        let mut new = Vec::new();
        let mut seen = HashSet::new();
        for (id, kind, bytes) in self.objects {
            let oid = to_oid(&id)?;
            if seen.insert(id) && !odb.exists_ext(oid, OdbLookupFlags::NO_REFRESH) {
                new.push((oid, kind, bytes));
            }
        }
        if new.len() <= PACK_ABOVE {
            for (_, kind, bytes) in &new {
                odb.write(*kind, bytes)?;
            }
            return Ok(());
        }
        self.repository.write_pack(&new)
    }
}

impl Repository {
    /// Writes objects as one pack, without deltas: to look for those takes many times as long as all
    /// the rest, and git does it whenever it repacks.
    fn write_pack(&self, objects: &[(git2::Oid, ObjectType, Vec<u8>)]) -> Result<(), WriteError> {
        let odb = self.inner.odb()?;
        let mut pack = Pack { writer: odb.packwriter()?, checksum: Checksum::new(self.format) };
        let fill = |pack: &mut Pack<'_>| -> std::io::Result<()> {
            let count = u32::try_from(objects.len()).map_err(std::io::Error::other)?;
            pack.write(b"PACK\0\0\0\x02")?;
            pack.write(&count.to_be_bytes())?;
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
            for (_, kind, bytes) in objects {
                encoder.write_all(bytes)?;
                pack.write(&pack_header(*kind, bytes.len()))?;
                pack.write(&encoder.reset(Vec::new())?)?;
            }
            pack.finish()
        };
        fill(&mut pack).map_err(|error| WriteError { source: error.into() })?;
        pack.writer.commit()?;
        odb.refresh()?;
        Ok(())
    }
}

/// A pack on its way to the object database, which indexes it and checks every object.
struct Pack<'o> {
    writer: OdbPackwriter<'o>,
    checksum: Checksum,
}

impl Pack<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.checksum.update(bytes);
        self.writer.write_all(bytes)
    }

    fn finish(&mut self) -> std::io::Result<()> {
        self.writer.write_all(&self.checksum.finish())
    }
}

/// What a pack ends with: the hash of all before it.
enum Checksum {
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Checksum {
    fn new(format: ObjectFormat) -> Self {
        match format {
            ObjectFormat::Sha1 => Self::Sha1(Sha1::new()),
            ObjectFormat::Sha256 => Self::Sha256(Sha256::new()),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(hash) => hash.update(bytes),
            Self::Sha256(hash) => hash.update(bytes),
        }
    }

    fn finish(&mut self) -> Vec<u8> {
        match self {
            Self::Sha1(hash) => hash.finalize_reset().to_vec(),
            Self::Sha256(hash) => hash.finalize_reset().to_vec(),
        }
    }
}

/// What stands before an object in a pack: its kind and size, in seven bits a byte but for the first.
fn pack_header(kind: ObjectType, size: usize) -> Vec<u8> {
    let kind = match kind {
        ObjectType::Commit => 1,
        ObjectType::Tree => 2,
        ObjectType::Tag => 4,
        ObjectType::Blob | ObjectType::Any => 3,
    };
    let mut header = vec![kind << 4 | (size & 0x0f) as u8];
    let mut rest = size >> 4;
    while rest > 0 {
        *header.last_mut().expect("it has a first byte") |= 0x80;
        header.push((rest & 0x7f) as u8);
        rest >>= 7;
    }
    header
}
