//! Segments of a JPEG that hold metadata.

use super::image::{OF, manifest};
use super::{Collector, MAX_INPUT, Problem, xmp};

const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const MORE_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
/// The digest, the length and the offset before a part of an extended packet.
const MORE_HEAD: usize = 32 + 4 + 4;

/// Adds what the segments before the picture say.
pub(super) fn read(found: &mut Collector, mut rest: &[u8]) {
    let (mut store, mut parts) = (Vec::new(), Vec::new());
    while let Some((kind, data, behind)) = segment(found, rest) {
        match kind {
            0xe1 => match (data.strip_prefix(XMP), data.strip_prefix(MORE_XMP)) {
                (Some(packet), _) => xmp::read(found, packet),
                (_, Some(part)) => parts.extend(part.split_at_checked(MORE_HEAD)),
                _ => {}
            },
            0xeb => {
                let part = jumbf(data, store.is_empty());
                append(found, &mut store, part);
            }
            _ => {}
        }
        rest = behind;
    }
    // In whatever order they come: the digest of the whole is the same, and the offsets say which is first.
    parts.sort_by_key(|(head, _)| (&head[..32], &head[36..]));
    let mut more = Vec::new();
    parts.iter().for_each(|(_, part)| append(found, &mut more, part));
    xmp::read(found, &more);
    manifest(found, &store);
}

/// The next segment: its marker, its data, what is behind it. `None` at the picture or the end.
fn segment<'b>(found: &mut Collector, rest: &'b [u8]) -> Option<(u8, &'b [u8], &'b [u8])> {
    let start = rest.iter().position(|byte| *byte != 0xff)?;
    let (&kind, behind) = rest[start..].split_first()?;
    if start == 0 {
        found.malformed(OF, "a JPEG segment without its marker");
        return None;
    }
    match kind {
        0xd9 | 0xda => return None,
        0x01 | 0xd0..=0xd8 => return Some((kind, &[], behind)),
        _ => {}
    }
    let (length, _) = behind.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let data = behind.get(2..length);
    if data.is_none() {
        found.malformed(OF, "a JPEG segment goes beyond the end");
    }
    Some((kind, data?, behind.get(length..)?))
}

/// The part of a JUMBF box in an APP11 segment. Each begins with `JP`, two numbers, and the box's
/// own length and kind, which only the first keeps.
fn jumbf(data: &[u8], first: bool) -> &[u8] {
    const HEAD: usize = 2 + 2 + 4;
    let head = if first { HEAD } else { HEAD + 8 };
    if data.starts_with(b"JP") { data.get(head..).unwrap_or_default() } else { &[] }
}

fn append(found: &mut Collector, whole: &mut Vec<u8>, part: &[u8]) {
    if whole.len() + part.len() > MAX_INPUT {
        let size = whole.len() + part.len();
        return found.problem(Problem::TooLarge { of: OF, size, limit: MAX_INPUT });
    }
    whole.extend_from_slice(part);
}
