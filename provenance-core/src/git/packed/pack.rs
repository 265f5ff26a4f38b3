//! One pack: where its objects lie, by its index, and its bytes, piece by piece (gitformat-pack, "pack-*.pack files").

use std::fs::File;
use std::ops::Range;
use std::path::Path;

use super::super::delta::read_size;
use super::super::object::ObjectKind;
use super::file::read_at;
use super::index::Index;
use crate::id::{ObjectFormat, ObjectId};

/// At least so many bytes are read of a pack: most objects take less, and the next lies behind.
const PIECE: usize = 4 << 10;
/// The longest head of an entry, in bytes: its kind and size, and where or what it is a delta to.
const LONGEST_HEAD: usize = 64;

/// A pack that is open.
pub(super) struct Pack {
    index: Index,
    file: File,
    format: ObjectFormat,
}

/// What a pack holds at a place.
pub(super) struct Entry {
    pub(super) form: Form,
    /// The size of what it holds, in bytes.
    pub(super) size: u64,
    /// Where that begins, deflated.
    data: u64,
}

/// In which form an entry holds its object.
pub(super) enum Form {
    /// As it is.
    Whole(ObjectKind),
    /// As a delta to what the entry at this place holds.
    Delta(u64),
}

impl Pack {
    /// The pack with this index.
    pub(super) fn open(index: &Path, format: ObjectFormat) -> Option<Self> {
        let file = File::open(index.with_extension("pack")).ok()?;
        let mut head = [0; 8];
        let is_pack = read_at(&file, &mut head, 0).ok()? == head.len() && head.starts_with(b"PACK\0\0\0\x02");
        is_pack.then_some(Self { index: Index::open(index, format)?, file, format })
    }

    /// Where the entry of an object begins.
    pub(super) fn find(&self, id: &ObjectId, ids: &mut Vec<u8>) -> Option<u64> {
        self.index.find(id, ids)
    }
}

/// A piece of a pack, and what inflates what is in it.
pub(super) struct Piece {
    pack: usize,
    start: u64,
    /// How many of the bytes are the pack's.
    filled: usize,
    bytes: Vec<u8>,
    inflate: zlib_rs::Inflate,
}

impl Default for Piece {
    fn default() -> Self {
        let (with_header, window_bits) = (true, 15);
        let inflate = zlib_rs::Inflate::new(with_header, window_bits);
        Self { pack: 0, start: 0, filled: 0, bytes: Vec::new(), inflate }
    }
}

impl Piece {
    /// The entry that begins at a place of a pack.
    pub(super) fn entry(&mut self, (number, pack): (usize, &Pack), offset: u64) -> Option<Entry> {
        let head = self.read((number, &pack.file), offset, LONGEST_HEAD)?;
        let head = &self.bytes[head];
        let mut rest = head;
        let (kind, size) = kind_and_size(&mut rest)?;
        let form = match kind {
            1 => Form::Whole(ObjectKind::Commit),
            2 => Form::Whole(ObjectKind::Tree),
            3 => Form::Whole(ObjectKind::Blob),
            4 => Form::Whole(ObjectKind::Tag),
            6 => Form::Delta(offset.checked_sub(distance(&mut rest)?)?),
            7 => {
                let base = ObjectId::from_bytes(rest.split_off(..pack.format.id_len())?)?;
                Form::Delta(pack.find(&base, &mut Vec::new())?)
            }
            _ => return None,
        };
        Some(Entry { form, size, data: offset.checked_add((head.len() - rest.len()) as u64)? })
    }

    /// Inflates what an entry holds, all of it, into `out`, which becomes as long.
    pub(super) fn inflate(&mut self, (number, pack): (usize, &Pack), entry: &Entry, out: &mut Vec<u8>) -> Option<()> {
        let size = usize::try_from(entry.size).ok().filter(|size| *size <= super::MEMORY)?;
        let deflated = self.read((number, &pack.file), entry.data, longest_deflated(size))?;
        out.resize(size, 0);
        self.inflate.reset(true);
        let status = self.inflate.decompress(&self.bytes[deflated], out, zlib_rs::InflateFlush::NoFlush).ok()?;
        (status == zlib_rs::Status::StreamEnd && self.inflate.total_out() == entry.size).then_some(())
    }

    /// Where in this piece a pack's bytes from a place on are: so many or more, and fewer where the pack ends before.
    fn read(&mut self, (number, file): (usize, &File), offset: u64, length: usize) -> Option<Range<usize>> {
        let ahead = offset.checked_sub(self.start).and_then(|ahead| usize::try_from(ahead).ok());
        let known = ahead.filter(|ahead| self.pack == number && ahead.saturating_add(length) <= self.filled);
        if let Some(ahead) = known {
            return Some(ahead..self.filled);
        }
        let length = length.max(PIECE);
        self.bytes.resize(length.max(self.bytes.len()), 0);
        self.filled = 0;
        self.filled = read_at(file, &mut self.bytes[..length], offset).ok()?;
        (self.pack, self.start) = (number, offset);
        Some(0..self.filled)
    }
}

/// The most bytes that so many take where nothing can be told shorter, as zlib reckons it.
fn longest_deflated(size: usize) -> usize {
    size + (size >> 12) + (size >> 14) + (size >> 25) + 64
}

/// The kind of an entry, and a size: four bits of it stand beside the kind, then seven a byte, the lowest first.
fn kind_and_size(rest: &mut &[u8]) -> Option<(u8, u64)> {
    let byte = *rest.split_off_first()?;
    let more = if byte & 0x80 == 0 { 0 } else { read_size(rest, 4)? };
    Some((byte >> 4 & 7, u64::from(byte & 0xf) | more))
}

/// How far before an entry that begins which it is a delta to: seven bits a byte, the highest first, each time one more.
fn distance(rest: &mut &[u8]) -> Option<u64> {
    let mut byte = *rest.split_off_first()?;
    let mut distance = u64::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = *rest.split_off_first()?;
        distance = distance.checked_add(1)?.checked_mul(128)? | u64::from(byte & 0x7f);
    }
    Some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_what_the_file_has() {
        let folder = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..100_000u32).flat_map(u32::to_le_bytes).collect();
        std::fs::write(folder.path().join("a"), &bytes).unwrap();
        let file = File::open(folder.path().join("a")).unwrap();
        let mut piece = Piece::default();
        let mut random = provenance_test_support::Random(7);
        for _ in 0..2000 {
            let (offset, length) = (random.below(bytes.len() + 9000), random.below(20_000));
            let read = piece.read((0, &file), offset as u64, length).unwrap();
            let (read, wanted) = (&piece.bytes[read], bytes.get(offset..).unwrap_or_default());
            assert!(wanted.starts_with(read) && read.len() >= length.min(wanted.len()), "{offset} {length}");
        }
        assert!(piece.read((0, &file), u64::MAX, 10).is_none_or(|read| read.is_empty()));
    }

    #[test]
    fn heads_of_entries() {
        let kind_and_size = |bytes: &[u8]| super::kind_and_size(&mut &bytes[..]);
        assert_eq!(kind_and_size(&[0x35]), Some((3, 5)));
        assert_eq!(kind_and_size(&[0xb5, 0x81, 1]), Some((3, 5 + (1 << 4) + (1 << 11))));
        assert_eq!(kind_and_size(&[0xb5, 0x81]), None);
        assert_eq!(kind_and_size(&[0xff; 20]), None, "more than a number can hold");
        let distance = |bytes: &[u8]| super::distance(&mut &bytes[..]);
        assert_eq!(distance(&[0x7f]), Some(127));
        assert_eq!(distance(&[0x80, 0]), Some(128));
        assert_eq!(distance(&[0xff, 0x7f]), Some(16511));
        assert_eq!((distance(&[0x80]), distance(&[0xff; 20])), (None, None));
    }
}
