//! IPTC digital source types.

use super::Claim;

/// The terms that say something of AI. `None`: the term says neither that AI took part nor that it
/// did not.
const TERMS: &[(&str, Option<Claim>)] = &[
    ("trainedAlgorithmicMedia", Some(Claim::AiGenerated)),
    ("trainedAlgorithmicData", Some(Claim::AiGenerated)),
    ("compositeWithTrainedAlgorithmicMedia", Some(Claim::AiAssisted)),
    ("compositeSynthetic", Some(Claim::Ai)),
    ("digitalCapture", Some(Claim::NotAi)),
    ("computationalCapture", None),
    ("digitalCreation", Some(Claim::NotAi)),
    ("humanEdits", Some(Claim::NotAi)),
    ("negativeFilm", Some(Claim::NotAi)),
    ("positiveFilm", Some(Claim::NotAi)),
    ("print", Some(Claim::NotAi)),
    ("algorithmicMedia", None),
    ("algorithmicallyEnhanced", None),
    ("composite", None),
    ("compositeCapture", None),
    ("dataDrivenMedia", None),
    ("screenCapture", None),
    ("virtualRecording", None),
    // Retired.
    ("minorHumanEdits", Some(Claim::NotAi)),
    ("digitalArt", Some(Claim::NotAi)),
    ("softwareImage", None),
];
/// What stands before a term in a URI, after `http://` or `https://`.
const BASES: [&str; 3] = ["cv.iptc.org/newscodes/digitalsourcetype/", "c2pa.org/digitalsourcetype/", "schema.org/"];

/// What a value says, by its URI under either scheme or by the bare term; `None` when the term is
/// not known.
pub(super) fn claim(value: &str) -> Option<Option<Claim>> {
    let value = value.trim();
    let bare = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://")).unwrap_or(value);
    let term = BASES.iter().find_map(|base| bare.strip_prefix(base)).unwrap_or(bare);
    let same = |known: &str| term.eq_ignore_ascii_case(known);
    // schema.org: `TrainedAlgorithmicMediaDigitalSource`.
    let schema = |known: &str| {
        let end = term.len().checked_sub("DigitalSource".len());
        end.and_then(|end| term.get(..end)).is_some_and(|head| head.eq_ignore_ascii_case(known))
    };
    TERMS.iter().find(|(known, _)| same(known) || schema(known)).map(|(_, claim)| *claim)
}

/// The terms of AI whose URIs stand in these bytes, each once.
pub(super) fn in_bytes(bytes: &[u8]) -> Vec<(&'static str, Claim)> {
    let mut found = Vec::new();
    for base in BASES.iter().take(2).map(|base| base.as_bytes()) {
        let mut rest = bytes;
        while let Some(at) = super::find(rest, base) {
            rest = &rest[at + base.len()..];
            // What follows in CBOR may look like a letter: the longest known term is the one.
            let here = TERMS.iter().filter(|(term, _)| rest.starts_with(term.as_bytes()));
            if let Some((term, Some(claim))) = here.max_by_key(|(term, _)| term.len())
                && claim.is_ai()
                && !found.contains(&(*term, *claim))
            {
                found.push((*term, *claim));
            }
        }
    }
    found
}
