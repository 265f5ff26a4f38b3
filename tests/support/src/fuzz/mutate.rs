//! Small changes to bytes, as fuzzers make them.

use crate::Random;

/// Longer than this no change makes them.
const MAX_LEN: usize = 64 << 10;

/// One of the seeds with one to four changes.
pub(super) fn changed(seeds: &[Vec<u8>], tokens: &[&str], random: &mut Random) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(4) {
        change(&mut bytes, seeds, tokens, random);
        bytes.truncate(MAX_LEN);
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], tokens: &[&str], random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let end = at + random.below(bytes.len() - at + 1);
    match random.below(7) {
        0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        1 if at < bytes.len() => bytes[at] = [0, 0x7f, 0x80, 0xff, b'"', b'\n', b'0'][random.below(7)],
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(at..end)),
        4 => {
            let again = bytes[at..end].to_vec();
            drop(bytes.splice(end..end, again));
        }
        5 => {
            let other = &seeds[random.below(seeds.len())];
            let from = random.below(other.len() + 1);
            drop(bytes.splice(at.., other[from..].iter().copied()));
        }
        _ if !tokens.is_empty() => {
            let token = tokens[random.below(tokens.len())];
            let until = if random.below(2) == 0 { at } else { end.min(at + token.len()) };
            drop(bytes.splice(at..until, token.bytes()));
        }
        _ => {}
    }
}
