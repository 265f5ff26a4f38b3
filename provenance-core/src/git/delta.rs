//! Deltas: an object told as pieces of another and what is new, in the form that packs have (gitformat-pack, "Deltified
//! representation").
//!
//! The search is made for many small texts that look alike, such as signed lines in bulk: one base
//! serves many of them, so every place of the base is indexed, and the first match is taken.

/// The shortest piece that is looked for. What copies it takes four bytes or so.
const SHORTEST: usize = 8;
/// The longest piece that one instruction copies, as git writes them.
const LONGEST: usize = 0x1_0000;
/// The longest run of new bytes in one instruction.
const NEW: usize = 0x7f;
/// No place.
const NOWHERE: u32 = u32::MAX;

/// An object that others are told by.
pub(super) struct Base<'b> {
    bytes: &'b [u8],
    /// By the hash of the bytes that begin there: the first such place. Two texts may share a hash.
    places: Vec<u32>,
    /// How many bits of a hash are no index of `places`.
    shift: u32,
}

impl<'b> Base<'b> {
    /// Indexes these bytes; takes 8 to 16 times as much memory as they do. What lies beyond 4 GiB is
    /// not indexed, since a delta cannot name it.
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        let bits = (bytes.len() * 2).next_power_of_two().trailing_zeros().clamp(4, 32);
        let mut base = Self { bytes, places: vec![NOWHERE; 1 << bits], shift: u64::BITS - bits };
        let reachable = bytes.len().min(NOWHERE as usize);
        for at in (0..(reachable + 1).saturating_sub(SHORTEST)).rev() {
            let slot = base.slot(start(bytes, at).expect("so many bytes are left"));
            base.places[slot] = u32::try_from(at).unwrap_or(NOWHERE);
        }
        base
    }

    /// The delta that makes `target` of the base: at most `limit` bytes, or none.
    pub(super) fn delta(&self, target: &[u8], limit: usize) -> Option<Vec<u8>> {
        let mut delta = Vec::with_capacity(limit.min(target.len()) + 16);
        write_size(&mut delta, self.bytes.len());
        write_size(&mut delta, target.len());
        let (mut at, mut new) = (0, 0);
        // Where the base would go on if nothing had been put in or taken out since the last piece.
        let mut next = 0;
        while at < target.len() && delta.len() + at - new <= limit {
            match self.find(target, at, next) {
                Some(place) => {
                    write_new(&mut delta, &target[new..at]);
                    let length = common(&self.bytes[place..], &target[at..]);
                    write_copies(&mut delta, place, length);
                    (at, next) = (at + length, place + length);
                    new = at;
                }
                None => (at, next) = (at + 1, next + 1),
            }
        }
        write_new(&mut delta, &target[new..at]);
        (at == target.len() && delta.len() <= limit).then_some(delta)
    }

    /// A place of the base where as many bytes stand as begin at `at`; `likely` is tried first.
    fn find(&self, target: &[u8], at: usize, likely: usize) -> Option<usize> {
        let wanted = start(target, at)?;
        let stands = |place: &usize| start(self.bytes, *place) == Some(wanted);
        let likely = Some(likely).filter(|place| *place < NOWHERE as usize).filter(stands);
        likely.or_else(|| Some(self.places[self.slot(wanted)] as usize).filter(stands))
    }

    fn slot(&self, start: u64) -> usize {
        // Fibonacci hashing: the upper bits of the product depend on all bytes.
        (start.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize
    }
}

/// The bytes that begin at a place, as a number; none where too few are left.
fn start(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk::<SHORTEST>().map(|found| u64::from_le_bytes(*found))
}

/// How many bytes two texts begin with alike.
fn common(a: &[u8], b: &[u8]) -> usize {
    let words = a.chunks_exact(16).zip(b.chunks_exact(16)).take_while(|(a, b)| a == b).count() * 16;
    words + a[words..].iter().zip(&b[words..]).take_while(|(a, b)| a == b).count()
}

/// A size in seven bits a byte, the lowest first.
fn write_size(delta: &mut Vec<u8>, mut size: usize) {
    while size >= 0x80 {
        delta.push((size & 0x7f) as u8 | 0x80);
        size >>= 7;
    }
    delta.push(size as u8);
}

/// New bytes: each run after its length.
fn write_new(delta: &mut Vec<u8>, new: &[u8]) {
    for run in new.chunks(NEW) {
        delta.push(run.len() as u8);
        delta.extend_from_slice(run);
    }
}

/// A piece of the base: a byte whose bits say which bytes of place and length follow. A length of
/// 0x10000 is written as none.
fn write_copies(delta: &mut Vec<u8>, place: usize, length: usize) {
    for done in (0..length).step_by(LONGEST) {
        let (place, length) = (place + done, (length - done).min(LONGEST) % LONGEST);
        let code = delta.len();
        delta.push(0x80);
        let place = (place as u32).to_le_bytes();
        for (bit, byte) in place.into_iter().chain([length as u8, (length >> 8) as u8]).enumerate() {
            if byte != 0 {
                delta[code] |= 1 << bit;
                delta.push(byte);
            }
        }
    }
}

/// What a delta makes of its base; `None` where it is malformed, of another base, or makes more than `limit` bytes.
pub(super) fn apply(base: &[u8], delta: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut rest = delta;
    let mut size = || usize::try_from(read_size(&mut rest, 0)?).ok();
    let of_this_base = size()? == base.len();
    let length = size().filter(|length| of_this_base && *length <= limit)?;
    let mut made = Vec::with_capacity(length);
    while let Some(code) = rest.split_off_first() {
        let next = match code {
            0 => return None,
            1..=0x7f => rest.split_off(..usize::from(*code))?,
            _ => {
                let place = number(&mut rest, *code, 0..4)?;
                let length = number(&mut rest, *code, 4..7).map(|length| if length == 0 { LONGEST } else { length })?;
                base.get(place..)?.get(..length)?
            }
        };
        if next.len() > length - made.len() {
            return None;
        }
        made.extend_from_slice(next);
    }
    (made.len() == length).then_some(made)
}

/// A number whose bytes are those that these bits of an instruction name, the lowest first.
fn number(rest: &mut &[u8], code: u8, bits: std::ops::Range<u32>) -> Option<usize> {
    let first = bits.start;
    bits.filter(|bit| code & 1 << bit != 0)
        .try_fold(0, |number, bit| Some(number | usize::from(*rest.split_off_first()?) << (8 * (bit - first))))
}

/// A size as [`write_size`] writes it, whose first bit counts `1 << shift`.
pub(super) fn read_size(rest: &mut &[u8], mut shift: u32) -> Option<u64> {
    let mut size = 0;
    loop {
        let byte = *rest.split_off_first()?;
        size |= u64::from(byte & 0x7f).checked_shl(shift)?;
        shift += 7;
        if byte < 0x80 {
            return Some(size);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panic")]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn apply(base: &[u8], delta: &[u8]) -> Vec<u8> {
        super::apply(base, delta, usize::MAX).unwrap()
    }

    fn told(base: &[u8], target: &[u8]) -> Vec<u8> {
        let delta = Base::new(base).delta(target, usize::MAX).unwrap();
        assert!(apply(base, &delta) == target, "a delta made another text");
        delta
    }

    /// Bytes in which nothing stands twice.
    fn noise(length: usize) -> Vec<u8> {
        let mut random = provenance_test_support::Random(length as u64);
        (0..length.div_ceil(8)).flat_map(|_| random.next_u64().to_le_bytes()).take(length).collect()
    }

    #[test]
    fn short_texts() {
        for (base, target) in [("", ""), ("", "a"), ("a", ""), ("abcdefg", "abcdefg"), ("abcdefgh", "abcdefgh")] {
            told(base.as_bytes(), target.as_bytes());
        }
        assert_eq!(told(b"abcdefgh", b"abcdefgh"), [8, 8, 0x90, 8]);
        assert_eq!(told(b"abcdefgh", b"!"), [8, 1, 1, b'!']);
    }

    #[test]
    fn lengths_around_the_longest_piece() {
        for length in [0xff, 0x100, 0xffff, 0x1_0000, 0x1_0001, 0x2_0000, 0x3_0007] {
            let text = noise(length);
            let delta = told(&text, &text);
            assert!(delta.len() < 40, "{length} bytes took {}", delta.len());
        }
    }

    #[test]
    fn texts_longer_than_sixteen_mebibytes() {
        let base = noise((16 << 20) + 0x1_0003);
        let target = [&base[16 << 20..], b"between", &base[..16 << 20], &base[0xff_fff0..]].concat();
        assert!(told(&base, &target).len() < 2000);
    }

    #[test]
    fn a_limit_is_kept() {
        let (base, target) = (noise(1000), noise(900));
        let whole = told(&base, &target).len();
        let base = Base::new(&base);
        assert!(base.delta(&target, whole - 1).is_none() && base.delta(&target, 450).is_none());
        assert_eq!(base.delta(&target, whole).unwrap().len(), whole);
    }

    #[test]
    fn what_is_no_delta_of_a_base_makes_nothing() {
        let whole = [8, 8, 0x90, 8];
        assert_eq!(super::apply(b"abcdefgh", &whole, 8).unwrap(), b"abcdefgh");
        assert!(super::apply(b"abcdefgh", &whole, 7).is_none(), "more than the limit");
        assert!(super::apply(b"abcdefg", &whole, 8).is_none(), "another base");
        for delta in [
            &[][..],
            &[8],
            &[0x88],
            &[8, 8],
            &[8, 8, 0],
            &[8, 8, 0x90],
            &[8, 7, 0x90, 8],
            &[8, 9, 0x90, 8],
            &[8, 8, 0x91, 1, 8],
            &[8, 8, 0x80],
            &[8, 3, 3, b'a', b'b'],
            &[8, 0, 0x90, 8],
            &[0x88, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 8, 0x90, 8],
        ] {
            assert!(super::apply(b"abcdefgh", delta, 100).is_none(), "{delta:?}");
        }
        assert!(super::apply(b"", &[0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], 100).is_none());
    }

    /// Pieces of a base and new bytes in any order.
    fn edits() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
        let piece = (any::<prop::sample::Index>(), 0..200usize, vec(any::<u8>(), 0..200));
        (vec(any::<u8>(), 1..2000), vec(piece, 0..12)).prop_map(|(base, pieces)| {
            let piece = |(from, length, new): (prop::sample::Index, usize, Vec<u8>)| {
                let from = from.index(base.len());
                [&base[from..base.len().min(from + length)], &new].concat()
            };
            let target = pieces.into_iter().flat_map(piece).collect();
            (base, target)
        })
    }

    proptest! {
        #[test]
        fn any_text_is_told_by_any_other(base in vec(any::<u8>(), 0..600), target in vec(any::<u8>(), 0..600)) {
            told(&base, &target);
        }

        #[test]
        fn texts_of_few_letters(base in "[ab]{0,300}", target in "[ab]{0,300}") {
            told(base.as_bytes(), target.as_bytes());
        }

        #[test]
        fn edited_texts((base, target) in edits()) {
            told(&base, &target);
        }
    }
}
