//! Envelopes, lines and what they are worth (R6, R10.7, R11).

use provenance_core::envelope::{Envelope, Line, MAX_LINE, ParseError, pae, pae_of};
use provenance_core::finding::Code;
use provenance_core::gate::{Content, FiledLine, KeyRing};
use provenance_core::id::{BlobId, ObjectId};
use provenance_core::key::Signer;
use provenance_core::policy::{Policy, PolicyFiles};

use crate::{golden, key, payload, seal};

const REVIEW: &str = "review";

#[track_caller]
fn void(line: &str) -> ParseError {
    Envelope::parse(line.as_bytes()).unwrap_err()
}

#[test]
fn a_line_has_the_one_form_of_its_envelope() {
    let line = golden(REVIEW);
    assert!(Envelope::parse(line.as_bytes()).is_ok());
    for wrong in [
        format!(" {line}"),
        format!("{line} "),
        line.replace("\":\"", "\": \""),
        line.replacen('{', r#"{"later":1,"#, 1),
        line.replacen(r#"{"keyid""#, r#"{"later":1,"keyid""#, 1),
        line.replace("in-toto", "in\\u002dtoto"),
    ] {
        assert!(matches!(void(&wrong), ParseError::Form), "{}", &wrong[..60]);
    }
    let parts = line.split_once(r#","payload":"#).unwrap();
    let reordered = format!(r#"{{"payload":{},"payloadType""#, parts.1.split_once(",\"sig").unwrap().0);
    let reordered =
        format!("{}:\"application/vnd.in-toto+json\",\"sig{}", reordered, parts.1.split_once(",\"sig").unwrap().1);
    assert!(matches!(void(&reordered), ParseError::Form), "{reordered}");
}

#[test]
fn a_line_has_at_most_64_mib() {
    assert_eq!(MAX_LINE, 67_108_864);
    let long = vec![b' '; MAX_LINE + 1];
    assert!(matches!(Envelope::parse(&long), Err(ParseError::TooLong(_))));
    assert!(matches!(Envelope::parse(&long[..MAX_LINE]), Err(ParseError::Form)));
}

#[test]
fn the_payload_type_is_that_of_in_toto() {
    let line = golden(REVIEW);
    for wrong in ["application/vnd.in-toto+JSON", "application/json", ""] {
        let other = line.replace("application/vnd.in-toto+json", wrong);
        assert!(matches!(void(&other), ParseError::Form), "{wrong}");
    }
}

#[test]
fn there_is_exactly_one_signature() {
    let line = golden(REVIEW);
    let start = line.find(r#"{"keyid""#).unwrap();
    let one = &line[start..line.len() - 2];
    let with = |signatures: &str| format!("{}{signatures}]}}", &line[..start]);
    assert!(Envelope::parse(with(one).as_bytes()).is_ok());
    assert!(matches!(void(&with("")), ParseError::Form));
    assert!(matches!(void(&with(&format!("{one},{one}"))), ParseError::Form));
    assert!(matches!(void(&with(&one.replace("\"keyid\"", "\"key\""))), ParseError::Form));
}

#[test]
fn base64_is_standard_padded_and_canonical() {
    let line = seal(br#"{"a":"??>>"}"#);
    assert!(line.contains("Pz8+PiJ9") && Envelope::parse(line.as_bytes()).is_ok());
    let sig_end = line.len() - 4;
    assert!(line.is_char_boundary(sig_end) && &line[sig_end - 2..sig_end] == "==");
    for wrong in [
        line.replace("Pz8+PiJ9", "Pz8-PiJ9"),
        line.replace("Pz8+PiJ9", "Pz8+ PiJ9"),
        line.replace("==\"", "\""),
        line.replace("==\"", "=\""),
        line.replace("Pz8+PiJ9", "Pz8+PiJ9=="),
    ] {
        assert!(matches!(void(&wrong), ParseError::Base64(_)), "{wrong}");
    }
    // The unused bits of the last character are zero.
    let last = line.as_bytes()[sig_end - 3];
    assert!(b"AQgw".contains(&last));
    let stray = format!("{}{}{}", &line[..sig_end - 3], char::from(last + 1), &line[sig_end - 2..]);
    assert!(matches!(void(&stray), ParseError::Base64("sig")));
}

#[test]
fn the_signature_covers_the_payload_bytes_with_their_type_and_lengths() {
    assert_eq!(pae(b"{\"\xc3\xa9\"}"), b"DSSEv1 28 application/vnd.in-toto+json 6 {\"\xc3\xa9\"}");
    assert_eq!(pae_of("", b""), b"DSSEv1 0  0 ");
    let text = payload(REVIEW);
    assert!(Envelope::parse(seal(text.as_bytes()).as_bytes()).unwrap().verify(key().public_key()).is_ok());
    // The same statement in other bytes needs its own signature.
    let other = seal(text.replace("\":\"", "\": \"").as_bytes());
    let (sound, other) = (golden(REVIEW), other);
    let payload_of = |line: &str| line.split('"').nth(7).unwrap().to_owned();
    let mixed = sound.replace(&payload_of(&sound), &payload_of(&other));
    assert!(Envelope::parse(mixed.as_bytes()).unwrap().verify(key().public_key()).is_err());
}

#[test]
fn a_pointer_has_one_form() {
    let id = "9".repeat(40);
    let pointer = |line: String| matches!(Line::parse(line.as_bytes()), Line::Pointer(_));
    assert!(pointer(format!(r#"{{"envelope":"{id}"}}"#)));
    for wrong in [
        format!(r#" {{"envelope":"{id}"}}"#),
        format!(r#"{{"envelope": "{id}"}}"#),
        format!(r#"{{"envelope":"{id}"}} "#),
        format!(r#"{{"envelope":"{id}","later":1}}"#),
        format!(r#"{{"envelope":"{id}","envelope":"{id}"}}"#),
        format!(r#"["{id}"]"#),
        format!(r#"{{"envelope":"{}"}}"#, &id[1..]),
        r#"{"envelope":null}"#.to_owned(),
    ] {
        assert!(!pointer(wrong.clone()), "{wrong}");
    }
}

/// The keys of the golden roster, which has the golden key; or of nobody.
fn ring(known: bool) -> KeyRing {
    let file = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1").join(name);
        Some(std::fs::read(path).unwrap())
    };
    let files = PolicyFiles { people: file("people.toml"), policy: file("policy.toml"), tools: file("tools.toml") };
    let policy = Policy::load(&files).unwrap();
    if known { KeyRing::of([&policy]) } else { KeyRing::default() }
}

fn worth(line: &str, known: bool) -> FiledLine {
    FiledLine::read(line.as_bytes(), BlobId(ObjectId::from_bytes(&[1; 20]).unwrap()), &ring(known))
}

#[test]
fn a_line_is_worth_what_the_first_rule_says() {
    let line = golden(REVIEW);
    assert!(matches!(worth(&line, true).content(), Content::Record(_)), "R11.6");
    assert!(matches!(worth(&line, false).content(), Content::UnknownKey { .. }), "R11.3");
    let pointer = format!(r#"{{"envelope":"{}"}}"#, "9".repeat(40));
    assert!(matches!(worth(&pointer, true).content(), Content::Pointer(_)), "R11.1");
    assert!(matches!(worth("hello", false).content(), Content::Void { .. }), "R11.2");
    let at = line.find("\"sig\":\"").unwrap() + 7;
    let flipped = if line.as_bytes()[at] == b'A' { "B" } else { "A" };
    let forged = format!("{}{flipped}{}", &line[..at], &line[at + 1..]);
    assert!(matches!(worth(&forged, true).content(), Content::Bad { .. }), "R11.4");
    assert!(matches!(worth(&seal(b"{}"), true).content(), Content::Bad { .. }), "R11.5");
    // Only a pointer can block; the rest are remarks.
    assert!(Code::DanglingPointer.is_undecided());
    assert!(![Code::MalformedRecord, Code::UnknownKey, Code::BadSignature].iter().any(|code| code.is_undecided()));
}

#[test]
fn no_second_key_is_tried() {
    let line = golden(REVIEW);
    let own = "SHA256:1Lt0B6m58n9i5yp9hABit7qhCJ/7aR7kRxt8QRziO8k";
    let other = line.replace(own, "SHA256:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE");
    assert!(matches!(worth(&other, true).content(), Content::UnknownKey { .. }));
    assert!(matches!(worth(&line, true).content(), Content::Record(_)));
}
