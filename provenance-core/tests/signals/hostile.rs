//! Bytes that mean harm, and laws that hold for any.

use proptest::prelude::*;
use provenance_core::signal::{
    MAX_RAW, MAX_SIGNALS, Problem, Reading, agent_trace, agentblame, entire, front_matter, git_ai, git_ai_legacy,
    image, trailers,
};

type Reader = fn(&[u8]) -> Reading;
const READERS: [Reader; 8] = [
    trailers::read,
    git_ai::read,
    git_ai_legacy::read,
    agent_trace::read,
    agentblame::read,
    entire::read,
    image::read,
    front_matter::read,
];

/// What marks are made of, and bytes that break them.
const PIECES: &[&[u8]] = &[
    b"Co-authored-by: ",
    b"Assisted-by: ",
    b"AI-Assisted: ",
    b"Claude Opus 4.7",
    b"<noreply@anthropic.com>",
    b"yes",
    b"Generated with [",
    b"\n",
    b"\n\n",
    b"\r",
    b" ",
    b"\t",
    b"  s_00000000000001 1-3\n",
    b"a.md\n",
    b"\"",
    b"---\n",
    b"{\"schema_version\":\"authorship/3.0.0\"}",
    b"```\n",
    b"> ",
    b"\xff",
    b"\0",
    b"\xc3",
    b"\xc3\xa9",
    b".",
    b"-",
    b"\x89PNG\r\n\x1a\n",
    b"\0\0\0\x10iTXtXML:com.adobe.xmp\0\0\0\0\0",
    b"<svg ",
    b"DigitalSourceType='",
    b"'>",
    b"/",
    b"<meta name=ai-disclosure content=",
    b"ai-assisted",
    b"=",
    b"<!--",
    b"<",
    b"\xff\xd8",
    b"\xff\xe1\0\x20",
    b"JP",
    b"RIFF\0\0\0\0WEBP",
    b"XMP \x08\0\0\0",
    b"4.6",
    b"gpt",
    b"(",
    b"\\n",
    b"\xe2\x80\x94",
];

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => proptest::sample::select(PIECES).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..12),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn trailer() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(
        &[
            "Co-authored-by: Claude Opus 4.6 <noreply@anthropic.com>",
            "Co-Authored-By: Claude Opus 4.6 (1M context) <noreply@anthropic.com>",
            "Assisted-by: Cursor:claude-opus-4-6",
            "AI-assisted: no",
            "Co-authored-by: Jane <jane@example.com>",
            "Signed-off-by: Jane <jane@example.com>",
            "Entire-Checkpoint: ffd2a5cf8a87",
        ][..],
    )
}

proptest! {
    #[test]
    fn no_reader_panics_and_every_mark_is_short(bytes in pieces()) {
        for read in READERS {
            let reading = read(&bytes);
            for signal in &reading.signals {
                prop_assert!(signal.raw.chars().count() <= MAX_RAW);
            }
            prop_assert_eq!(Reading::join([reading.clone(), reading.clone()]), reading);
        }
    }

    #[test]
    fn repeating_trailers_changes_nothing(lines in proptest::collection::vec(trailer(), 1..6), times in 2..9_usize) {
        let block = format!("{}\n", lines.join("\n"));
        let once = trailers::read(format!("a\n\n{block}").as_bytes());
        let often = trailers::read(format!("a\n\n{}", block.repeat(times)).as_bytes());
        prop_assert_eq!(once, often);
    }

    #[test]
    fn a_name_with_a_persons_address_is_a_person(name in "[A-Z][a-z]{2,9} [A-Z][a-z]{2,9}") {
        let message = format!("a\n\nCo-authored-by: {name} <claude@example.com>\n");
        prop_assert_eq!(trailers::read(message.as_bytes()), Reading::default());
    }
}

#[test]
fn takes_any_size_in_one_pass() {
    let line = vec![b'a'; 50 << 20];
    assert_eq!(trailers::read(&line), Reading::default());
    let lines = [b"a\n\n".to_vec(), b"x: y\n ".repeat(1 << 20)].concat();
    assert_eq!(trailers::read(&lines), Reading::default());
    let tags = [b"<svg ".to_vec(), b"<a b='\"<!-".repeat(100_000)].concat();
    image::read(&tags);
    front_matter::read(&b"<script></script <".repeat(100_000));
    git_ai::read(&[b"\"".to_vec(), b"a\n\"".repeat(1 << 20)].concat());
}

#[test]
fn keeps_a_bounded_number_of_signals_and_says_so() {
    let mut message = "a\n\n".to_owned();
    for number in 0..MAX_SIGNALS + 5 {
        message.push_str(&format!("Assisted-by: agent{number}:model-{number}\n"));
    }
    let reading = trailers::read(message.as_bytes());
    assert_eq!(reading.signals.len(), MAX_SIGNALS);
    assert!(matches!(reading.problems[..], [Problem::Cut { .. }]));
}

#[test]
fn keeps_a_short_part_of_a_long_mark() {
    let message = format!("a\n\nAssisted-by: Cursor ({})\n", "x".repeat(100_000));
    assert_eq!(trailers::read(message.as_bytes()).signals[0].raw.chars().count(), MAX_RAW);
}

#[test]
fn reads_marks_among_bytes_that_are_no_text() {
    let message = b"\xff\xfe\0\n\n\xff\nAssisted-by: Cursor\n\0\n";
    assert_eq!(trailers::read(message).signals.len(), 1);
}
