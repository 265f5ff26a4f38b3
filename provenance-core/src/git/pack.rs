//! Writing many objects as one pack.
//!
//! What is written in bulk looks alike, so a blob is stored as a delta against one before it. The
//! objects are cut into chunks, which are told and deflated on all cores and written in order; a
//! chunk refers to nothing outside, so the pack does not depend on how many cores there are.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use flate2::{Compress, Compression, FlushCompress, Status};
use git2::{ObjectType, OdbPackwriter};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::Repository;
use super::delta::Base;
use super::write::WriteError;
use crate::id::ObjectFormat;

/// Objects of a chunk. Each chunk begins with bases of its own, which cost little in so many.
const CHUNK: usize = 2048;
/// Blobs that a chunk's others are told by: some for each form that they may have.
const BASES: usize = 8;
/// A larger blob is neither told by another nor is another told by it, in bytes.
const LARGEST: usize = 64 << 10;

/// What takes fewer bytes, whole or as a delta, is stored and not deflated. What is new in a note is
/// base64, which shrinks by a sixth, and to deflate it took four ninths of the processor time of an
/// append of 100,000 notes; `git repack -F` does it.
const STORED: usize = 1 << 10;

/// An object with its id.
pub(super) type Packed = (git2::Oid, ObjectType, Vec<u8>);

impl Repository {
    /// Writes objects, each of them once, as one pack.
    ///
    /// libgit2 reads the pack as it is written, makes its index of what it finds, and puts both in
    /// place only when all is there.
    ///
    /// # Errors
    /// [`WriteError`] when the pack cannot be written or is not sound; nothing of it is then visible.
    pub(super) fn write_pack(&self, objects: &[Packed]) -> Result<(), WriteError> {
        let odb = self.inner.odb()?;
        let mut pack = Pack { writer: odb.packwriter()?, checksum: Checksum::new(self.format) };
        fill(&mut pack, objects).map_err(WriteError::of)?;
        pack.writer.commit()?;
        odb.refresh()?;
        Ok(())
    }
}

fn fill(pack: &mut Pack<'_>, objects: &[Packed]) -> io::Result<()> {
    let count = u32::try_from(objects.len()).map_err(io::Error::other)?;
    pack.write(&[&b"PACK\0\0\0\x02"[..], &count.to_be_bytes()].concat())?;
    let cores = super::cores();
    std::thread::scope(|scope| {
        // With N cores each has every Nth chunk, and waits when it is one ahead: few are in memory.
        let results: Vec<Receiver<io::Result<Vec<u8>>>> = (0..cores)
            .map(|core| {
                let (send, receive) = sync_channel(1);
                scope.spawn(move || encode_some(objects.chunks(CHUNK).skip(core).step_by(cores), &send));
                receive
            })
            .collect();
        for (index, _) in objects.chunks(CHUNK).enumerate() {
            pack.write(&results[index % cores].recv().map_err(io::Error::other)??)?;
        }
        pack.finish()
    })
}

fn encode_some<'o>(chunks: impl Iterator<Item = &'o [Packed]>, to: &SyncSender<io::Result<Vec<u8>>>) {
    for chunk in chunks {
        // Where nobody listens any more, writing has failed.
        if to.send(Chunk::of(chunk)).is_err() {
            return;
        }
    }
}

/// The bytes of some objects as they stand in a pack.
struct Chunk<'o> {
    bytes: Vec<u8>,
    bases: Vec<(usize, Base<'o>)>,
    deflate: Compress,
    store: Compress,
}

impl<'o> Chunk<'o> {
    fn of(objects: &'o [Packed]) -> io::Result<Vec<u8>> {
        let [deflate, store] = [Compression::fast(), Compression::none()].map(|level| Compress::new(level, true));
        let mut chunk = Self { bytes: Vec::new(), bases: Vec::new(), deflate, store };
        for (_, kind, bytes) in objects {
            match kind {
                ObjectType::Blob if bytes.len() <= LARGEST => chunk.blob(bytes)?,
                _ => chunk.whole(*kind, bytes)?,
            }
        }
        Ok(chunk.bytes)
    }

    /// A blob: told by the base that was of use last, by another, or whole. What none tells in half
    /// its size is a base for what follows.
    fn blob(&mut self, bytes: &'o [u8]) -> io::Result<()> {
        for index in (0..self.bases.len()).rev() {
            let (place, base) = &self.bases[index];
            let (place, delta) = (*place, base.delta(bytes, bytes.len() / 2));
            if let Some(delta) = delta {
                let used = self.bases.remove(index);
                self.bases.push(used);
                return self.told(place, &delta);
            }
        }
        if self.bases.len() == BASES {
            self.bases.remove(0);
        }
        self.bases.push((self.bytes.len(), Base::new(bytes)));
        self.whole(ObjectType::Blob, bytes)
    }

    fn whole(&mut self, kind: ObjectType, bytes: &[u8]) -> io::Result<()> {
        let kind = match kind {
            ObjectType::Commit => 1,
            ObjectType::Tree => 2,
            ObjectType::Tag => 4,
            ObjectType::Blob | ObjectType::Any => 3,
        };
        write_header(&mut self.bytes, kind, bytes.len());
        self.zlib(bytes)
    }

    /// A delta against the object at a place of this chunk.
    fn told(&mut self, place: usize, delta: &[u8]) -> io::Result<()> {
        let back = self.bytes.len() - place;
        write_header(&mut self.bytes, 6, delta.len());
        write_back(&mut self.bytes, back);
        self.zlib(delta)
    }

    /// The zlib stream of some bytes.
    fn zlib(&mut self, bytes: &[u8]) -> io::Result<()> {
        let stream = if bytes.len() < STORED { &mut self.store } else { &mut self.deflate };
        stream.reset();
        loop {
            let rest = bytes.get(stream.total_in() as usize..).unwrap_or_default();
            self.bytes.reserve(rest.len() + 64);
            if stream.compress_vec(rest, &mut self.bytes, FlushCompress::Finish)? == Status::StreamEnd {
                return Ok(());
            }
        }
    }
}

/// What stands before an object in a pack: its kind and size, in seven bits a byte but for the first.
fn write_header(to: &mut Vec<u8>, kind: u8, size: usize) {
    let mut byte = kind << 4 | (size & 0x0f) as u8;
    let mut rest = size >> 4;
    while rest > 0 {
        to.push(byte | 0x80);
        byte = (rest & 0x7f) as u8;
        rest >>= 7;
    }
    to.push(byte);
}

/// How far before an object its base stands: seven bits a byte, the highest first, and one less in
/// each byte but the last.
fn write_back(to: &mut Vec<u8>, back: usize) {
    let mut bytes = vec![(back & 0x7f) as u8];
    let mut rest = back >> 7;
    while rest > 0 {
        rest -= 1;
        bytes.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    to.extend(bytes.into_iter().rev());
}

/// A pack on its way to the object database, which indexes it and checks every object.
struct Pack<'o> {
    writer: OdbPackwriter<'o>,
    checksum: Checksum,
}

impl Pack<'_> {
    /// Writes many objects at once: libgit2 maps the file anew for each write, which took a fifth of
    /// the time when each was an object.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.checksum.update(bytes);
        io::Write::write_all(&mut self.writer, bytes)
    }

    fn finish(&mut self) -> io::Result<()> {
        io::Write::write_all(&mut self.writer, &self.checksum.finish())
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
