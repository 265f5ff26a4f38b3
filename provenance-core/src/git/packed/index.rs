//! The index of a pack: where the entry of an object begins (gitformat-pack, "Version 2 pack-*.idx files").

use std::cmp::Ordering;
use std::fs::File;
use std::ops::Range;
use std::path::Path;

use super::file::Bytes;
use crate::id::{ObjectFormat, ObjectId};

/// What a file of version 2 begins with: it could be no number of objects, with which those of version 1 begin.
const MAGIC: [u8; 8] = [0xff, b't', b'O', b'c', 0, 0, 0, 2];
/// Bytes before the ids: what it begins with, and for each first byte how many ids have it or a smaller one.
const HEAD: usize = MAGIC.len() + 4 * 256;
/// So many ids are read at once. Where ids are spread evenly the one that is looked for is nearly always among them.
const AT_ONCE: u32 = 128;
/// So often an id's place is reckoned, before it is looked for as in an index that a stranger made.
const MAX_RECKONED: u32 = 8;
/// Halving ends sooner than this.
const MAX_TRIED: u32 = MAX_RECKONED + u32::BITS;

/// An index that is open.
pub(super) struct Index {
    bytes: Bytes,
    format: ObjectFormat,
    /// For each first byte: how many ids have it or a smaller one.
    fan: [u32; 256],
}

impl Index {
    /// The index in this file, if it is one of version 2 and has room for what it says to hold.
    pub(super) fn open(path: &Path, format: ObjectFormat) -> Option<Self> {
        let bytes = Bytes::of(File::open(path).ok()?)?;
        let mut head = [0; HEAD];
        bytes.read(0, &mut head)?;
        let counts = head.strip_prefix(&MAGIC)?.as_chunks().0;
        let mut fan = [0; 256];
        fan.iter_mut().zip(counts).for_each(|(count, bytes)| *count = u32::from_be_bytes(*bytes));
        let index = Self { bytes, format, fan };
        let trailer = 2 * format.id_len() as u64;
        (index.fan.is_sorted() && index.large_offsets() + trailer <= index.bytes.len()).then_some(index)
    }

    /// Where in the pack the entry of an object begins.
    ///
    /// Ids are spread evenly, so where this one stands is reckoned, and what stands around it is read: a bisection would touch a
    /// dozen pages all over a large index. Of one in which ids are out of order it may miss some.
    pub(super) fn find(&self, id: &ObjectId, ids: &mut Vec<u8>) -> Option<u64> {
        let (wanted, size) = (id.as_bytes(), self.format.id_len());
        let first = usize::from(wanted[0]);
        let mut places = first.checked_sub(1).map_or(0, |before| self.fan[before])..self.fan[first];
        let mut numbers = (u64::from(wanted[0]) << 56)..(u64::from(wanted[0]) << 56 | u64::MAX >> 8);
        for tried in 0..MAX_TRIED {
            let middle = match tried < MAX_RECKONED {
                true => reckoned(number(wanted), &places, &numbers),
                false => u32::midpoint(places.start, places.end),
            };
            let start = middle.saturating_sub(AT_ONCE / 2).max(places.start);
            let end = start.saturating_add(AT_ONCE).min(places.end);
            ids.resize((end - start) as usize * size, 0);
            self.bytes.read(HEAD as u64 + u64::from(start) * size as u64, ids)?;
            let (least, most) = (ids.get(..size)?, ids.get(ids.len() - size..)?);
            if wanted < least {
                (places.end, numbers.end) = (start, number(least));
            } else if wanted > most {
                (places.start, numbers.start) = (end, number(most));
            } else {
                return self.offset(start + place_among(ids, wanted)?);
            }
        }
        None
    }

    /// Where the entry of the object at this place begins: the last bit of four bytes says that they count those of eight.
    fn offset(&self, place: u32) -> Option<u64> {
        let (mut small, mut large) = ([0; 4], [0; 8]);
        self.bytes.read(self.offsets() + 4 * u64::from(place), &mut small)?;
        let small = u32::from_be_bytes(small);
        if small >> 31 == 0 {
            return Some(u64::from(small));
        }
        self.bytes.read(self.large_offsets() + 8 * u64::from(small & u32::MAX >> 1), &mut large)?;
        Some(u64::from_be_bytes(large))
    }

    /// Behind the ids stand as many checksums of four bytes, which nobody needs: what is read hashes to its id.
    fn offsets(&self) -> u64 {
        HEAD as u64 + u64::from(self.fan[255]) * (self.format.id_len() as u64 + 4)
    }

    fn large_offsets(&self) -> u64 {
        self.offsets() + 4 * u64::from(self.fan[255])
    }
}

/// The place of an id among these.
fn place_among(ids: &[u8], wanted: &[u8]) -> Option<u32> {
    let size = wanted.len();
    let mut places = 0..ids.len() / size;
    while !places.is_empty() {
        let middle = usize::midpoint(places.start, places.end);
        match ids[middle * size..][..size].cmp(wanted) {
            Ordering::Equal => return u32::try_from(middle).ok(),
            Ordering::Less => places.start = middle + 1,
            Ordering::Greater => places.end = middle,
        }
    }
    None
}

/// Where among these places a number stands, if the numbers from the first to the last are spread evenly.
fn reckoned(wanted: u64, places: &Range<u32>, numbers: &Range<u64>) -> u32 {
    let [part, whole] = [wanted, numbers.end].map(|it| u128::from(it.saturating_sub(numbers.start)));
    let ahead = part * u128::from(places.end.saturating_sub(places.start)) / (whole + 1);
    u32::try_from(ahead).map_or(places.end, |ahead| places.start.saturating_add(ahead)).min(places.end)
}

/// The first digits of an id.
fn number(id: &[u8]) -> u64 {
    id.first_chunk().map_or(0, |digits| u64::from_be_bytes(*digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index of these ids, each at the offset that is its number; the last beyond what four bytes can say.
    fn index(folder: &Path, ids: &[[u8; 20]]) -> Option<Index> {
        let number = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
        let mut index = MAGIC.to_vec();
        (0..=255).for_each(|first| index.extend(number(ids.iter().filter(|id| id[0] <= first).count())));
        ids.iter().for_each(|id| index.extend(id));
        index.extend(vec![0; 4 * ids.len()]);
        (1..ids.len()).for_each(|place| index.extend(number(place - 1)));
        index.extend(if ids.is_empty() { vec![] } else { vec![0x80, 0, 0, 0] });
        index.extend(if ids.is_empty() { vec![] } else { (1u64 << 40).to_be_bytes().to_vec() });
        index.extend([0; 40]);
        std::fs::write(folder.join("a.idx"), index).unwrap();
        Index::open(&folder.join("a.idx"), ObjectFormat::Sha1)
    }

    fn find(index: &Index, id: &[u8; 20]) -> Option<u64> {
        index.find(&ObjectId::from_bytes(id).unwrap(), &mut Vec::new())
    }

    fn holds(ids: &[[u8; 20]]) {
        let folder = tempfile::tempdir().unwrap();
        let index = index(folder.path(), ids).unwrap();
        for (offset, id) in (0..).zip(ids) {
            let offset = if offset + 1 == ids.len() as u64 { 1 << 40 } else { offset };
            assert_eq!(find(&index, id), Some(offset));
            for (byte, change) in [(19, 1), (8, 1), (0, 0x80)] {
                let mut other = *id;
                other[byte] ^= change;
                assert_eq!(find(&index, &other).is_some(), ids.binary_search(&other).is_ok());
            }
        }
        for id in [[0; 20], [0xff; 20]] {
            assert_eq!(find(&index, &id).is_some(), ids.contains(&id));
        }
    }

    #[test]
    fn ids_are_found_however_they_are_spread() {
        let mut random = provenance_test_support::Random(7);
        let mut even: Vec<[u8; 20]> =
            (0..40_000).map(|_| std::array::from_fn(|_| random.next_u64().to_le_bytes()[0])).collect();
        even.sort_unstable();
        let id = |number: u128| {
            let mut id = [0; 20];
            id[..16].copy_from_slice(&number.to_be_bytes());
            id
        };
        let doubled: Vec<[u8; 20]> = (0..128).map(|bit| id(1 << bit)).collect();
        let dense: Vec<[u8; 20]> = (0..5000).map(id).chain((0..5000).map(|low| id(u128::MAX - 4999 + low))).collect();
        let mut steps: Vec<[u8; 20]> =
            (0..100).flat_map(|bit| (0..400).map(move |low| (1u128 << bit) * 512 + low)).map(id).collect();
        steps.sort_unstable();
        steps.dedup();
        [vec![], vec![[0; 20]], vec![[0xff; 20]], even, doubled, dense, steps].iter().for_each(|ids| holds(ids));
    }

    #[test]
    fn ids_out_of_order_are_missed_and_not_mistaken() {
        let folder = tempfile::tempdir().unwrap();
        let mut ids = vec![[9; 20], [3; 20], [0xff; 20], [0; 20], [9; 20], [1; 20]];
        for _ in 0..2 {
            let index = index(folder.path(), &ids).unwrap();
            for id in &ids {
                let named = |offset: u64| usize::try_from(offset).map_or(ids.len(), |offset| offset.min(ids.len() - 1));
                assert!(find(&index, id).is_none_or(|offset| ids[named(offset)] == *id));
            }
            ids.sort_unstable();
        }
    }

    #[test]
    fn what_is_no_index_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.idx");
        assert!(index(folder.path(), &[[3; 20], [7; 20]]).is_some());
        let whole = std::fs::read(&path).unwrap();
        let opens = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            Index::open(&path, ObjectFormat::Sha1).is_some()
        };
        assert!(opens(&whole));
        assert!(!opens(&whole[..whole.len() - 9]) && !opens(&whole[..HEAD - 1]) && !opens(&[]) && !opens(&whole[8..]));
        for (at, byte) in [(0, 0), (7, 3), (8, 9), (HEAD - 1, 0xff)] {
            let mut changed = whole.clone();
            changed[at] = byte;
            assert!(!opens(&changed), "{at}");
        }
    }
}
