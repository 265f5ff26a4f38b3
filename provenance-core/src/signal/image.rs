//! Marks of AI inside images: PNG, JPEG, WebP, SVG.
//!
//! Read are XMP (`DigitalSourceType`, `AISystemUsed`, TC260's `AIGC`), PNG text `AIGC`, and C2PA
//! manifests as far as a digital source type or an AI disclosure stands in their bytes. A
//! manifest's signature is not verified. `AIPromptInformation` is never read. Pixels are not
//! looked at.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::notes::fits;
use super::{Agent, Claim, Collector, MAX_INPUT, Problem, Reading, Source, find, jpeg, source_type, xmp};
use crate::markup;

pub(super) const OF: Source = Source::Image;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The signals of an image, each for the whole file. What breaks off is read up to there; metadata
/// that is compressed or too large is a problem, and so is what is none of the four formats.
pub fn read(image: &[u8]) -> Reading {
    collect(image).finish()
}

/// What is gathered of an image.
pub(super) fn collect(image: &[u8]) -> Collector {
    let mut found = Collector::default();
    if let Some(chunks) = image.strip_prefix(PNG) {
        png(&mut found, chunks);
    } else if image.starts_with(b"\xff\xd8") {
        jpeg::read(&mut found, &image[2..]);
    } else if image.starts_with(b"RIFF") && image.get(8..12) == Some(b"WEBP") {
        webp(&mut found, &image[12..]);
    } else if is_svg(image) {
        svg(&mut found, image);
    } else {
        found.malformed(OF, "no PNG, JPEG, WebP or SVG");
    }
    found
}

fn is_svg(image: &[u8]) -> bool {
    let head = image.strip_prefix(b"\xef\xbb\xbf").unwrap_or(image).trim_ascii_start();
    head.starts_with(b"<") && find(&head[..head.len().min(4096)], b"<svg").is_some()
}

fn png(found: &mut Collector, mut rest: &[u8]) {
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let Some((kind, behind)) = behind.split_first_chunk::<4>() else { break };
        let Some(data) = behind.get(..length) else {
            return found.malformed(OF, "a PNG chunk goes beyond the end");
        };
        match kind {
            b"tEXt" | b"zTXt" | b"iTXt" => png_text(found, kind, data),
            b"caBX" => manifest(found, data),
            b"IEND" => return,
            _ => {}
        }
        rest = behind.get(length + 4..).unwrap_or_default();
    }
    found.malformed(OF, "a PNG without its end");
}

/// Reads XMP and `AIGC`; any other text may be a prompt and is left alone.
fn png_text(found: &mut Collector, kind: &[u8; 4], data: &[u8]) {
    let keyword = data.split(|byte| *byte == 0).next().unwrap_or_default();
    if keyword == b"Raw profile type xmp" {
        return found.malformed(OF, "XMP that a PNG has as a raw profile is not read");
    }
    if keyword != b"XML:com.adobe.xmp" && keyword != b"AIGC" {
        return;
    }
    let rest = data.get(keyword.len() + 1..).unwrap_or_default();
    let text = match (kind, rest) {
        (b"tEXt", text) => text,
        // A flag, a method, a language, a keyword in that language.
        (b"iTXt", [0, _, rest @ ..]) => rest.splitn(3, |byte| *byte == 0).nth(2).unwrap_or_default(),
        _ => return found.malformed(OF, "compressed text in a PNG is not read"),
    };
    if keyword == b"AIGC" {
        xmp::aigc(found, &String::from_utf8_lossy(&text[..text.len().min(MAX_INPUT)]));
    } else if fits(found, OF, text) {
        xmp::read(found, text);
    }
}

fn webp(found: &mut Collector, mut rest: &[u8]) {
    while let Some((kind, behind)) = rest.split_first_chunk::<4>() {
        let Some((length, behind)) = behind.split_first_chunk::<4>() else { break };
        let length = u32::from_le_bytes(*length) as usize;
        let Some(data) = behind.get(..length) else {
            return found.malformed(OF, "a WebP chunk goes beyond the end");
        };
        match kind {
            b"XMP " if fits(found, OF, data) => xmp::read(found, data),
            b"C2PA" => manifest(found, data),
            _ => {}
        }
        rest = behind.get(length + length % 2..).unwrap_or_default();
    }
}

fn svg(found: &mut Collector, image: &[u8]) {
    if !fits(found, OF, image) {
        return;
    }
    xmp::read(found, image);
    let text = String::from_utf8_lossy(image);
    for tag in markup::tags(&text, &["script", "style"]).filter(|tag| tag.name == "c2pa:manifest") {
        let packed: String = tag.text.chars().filter(|c| !c.is_whitespace()).collect();
        match STANDARD.decode(packed) {
            Ok(bytes) => manifest(found, &bytes),
            Err(_) => found.malformed(OF, "a C2PA manifest that is no base64"),
        }
    }
}

/// Adds what stands in the bytes of a C2PA manifest store. A store may hold manifests of the
/// images that this one was made from: a source type in any of them counts.
pub(super) fn manifest(found: &mut Collector, store: &[u8]) {
    if !fits(found, OF, store) {
        return;
    }
    let terms = source_type::in_bytes(store);
    let disclosed = find(store, b"c2pa.ai-disclosure").is_some();
    for (term, claim) in &terms {
        xmp::add(found, *claim, Agent::default(), &format!("C2PA digitalSourceType: {term}"));
    }
    if disclosed {
        xmp::add(found, Claim::Ai, Agent::default(), "C2PA assertion: c2pa.ai-disclosure");
    }
    if find(store, b"brob").is_some() {
        found.problem(Problem::Malformed {
            of: OF,
            what: "compressed parts of a C2PA manifest are not read".to_owned(),
        });
    }
}
