//! Attacks on what is signed and how it is written: one thing at a time is wrong with a record that else would count.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use provenance_core::envelope::{Envelope, pae, pae_of};
use provenance_core::key::Signer as _;

use super::{Reviewed, STATEMENT, line, payload, seal, signer};

/// E01, E03
#[test]
fn a_statement_of_another_payload_type_is_no_record() {
    let reviewed = Reviewed::new();
    let ed = signer(&reviewed.site, "ed");
    let (payload, keyid) = (reviewed.statement(), ed.public_key().fingerprint().to_string());
    let (mut other, mut shown) = (Vec::new(), Vec::new());
    for kind in ["application/json", "application/vnd.in-toto+json; charset=utf-8", "", "application/vnd.in-totö+json"]
    {
        let sig = ed.sign(&pae_of(kind, payload.as_bytes())).unwrap();
        other.push(line(kind, payload.as_bytes(), &keyid, &sig));
        // Signed as another type and shown as ours.
        shown.push(line(STATEMENT, payload.as_bytes(), &keyid, &sig));
    }
    // Lengths that count something else than bytes, and no encoding at all.
    let odd = payload.replace("\"decision\"", "\"é\":1,\"decision\"");
    let characters = format!("DSSEv1 28 {STATEMENT} {} {odd}", odd.chars().count());
    for signed in [characters.as_bytes(), odd.as_bytes(), &pae(odd.as_bytes())[7..]] {
        shown.push(line(STATEMENT, odd.as_bytes(), &keyid, &ed.sign(signed).unwrap()));
    }
    reviewed.ignores_all(&other, "malformed-record");
    reviewed.ignores_all(&shown, "bad-signature");
    reviewed.allows(&[&seal(&reviewed.site, "ed", &odd)]);
}

/// E05. Of an envelope one spelling is read, so URL-safe base64 is refused as well: a revocation names a line.
#[test]
fn another_spelling_of_a_good_envelope_is_no_record() {
    let reviewed = Reviewed::new();
    // A payload whose base64 ends in padding, and has both characters that differ between the alphabets.
    let padded = (0..64)
        .map(|n| format!("{} {}", reviewed.statement(), " ".repeat(n)))
        .find(|text| STANDARD.encode(text).ends_with("=="));
    let good = seal(&reviewed.site, "ed", padded.unwrap());
    reviewed.allows(&[&good]);
    let (text, sig) = (payload(&good), good.split("\"sig\":\"").nth(1).unwrap().split('"').next().unwrap());
    let raw = STANDARD.decode(sig).unwrap();
    let encoded = STANDARD.encode(&text);
    let bits = encoded.strip_suffix("==").map(|head| format!("{}B==", &head[..head.len() - 1])).unwrap();
    let spellings = [
        good.replace(&encoded, &STANDARD_NO_PAD.encode(&text)),
        good.replace(&encoded, &bits),
        good.replace(&encoded, &format!("{}\\n{}", &encoded[..64], &encoded[64..])),
        good.replace(&encoded, &format!("{} {}", &encoded[..64], &encoded[64..])),
        good.replace(sig, &URL_SAFE.encode(&raw).replace('+', "-")).replace("\"}]}", "\"} ]}"),
        good.replace("{\"payloadType\"", "{\"x\":1,\"payloadType\""),
        good.replace("\"}]}", "\"}]}{}"),
        format!("{good}\r"),
        format!("\u{feff}{good}"),
        format!("[{good}]"),
        good.replace("payloadType", "PayloadType"),
        good.replace("\"payload\":", "\"payload\":\"e30=\",\"payload\":"),
    ];
    assert!(!spellings.contains(&good));
    for spelling in &spellings {
        assert!(Envelope::parse(spelling.as_bytes()).is_err(), "{spelling}");
    }
    reviewed.ignores_all(&spellings, "malformed-record");
    if sig.contains(['+', '/']) {
        reviewed.ignores(&good.replace(sig, &URL_SAFE.encode(&raw)), "malformed-record");
    }
}

/// E06, S15, S16. Verification summaries are not read, nor what another tool states in words like ours.
#[test]
fn a_statement_of_another_kind_satisfies_nothing() {
    let reviewed = Reviewed::new();
    let ours = "https://git-provenance.dev/predicate/review/v1";
    let lines = [
        "https://git-provenance.dev/predicate/review/v2",
        "https://git-provenance.dev/predicate/review/v1/",
        "https://git-provenance.dev/predicate/approval/v1",
        "https://slsa.dev/verification_summary/v1",
        "https://slsa.dev/source_provenance/v1-draft",
        "HTTPS://git-provenance.dev/predicate/review/v1",
        "",
    ]
    .map(|kind| seal(&reviewed.site, "ed", reviewed.statement().replace(ours, kind)));
    reviewed.ignores_all(&lines, "bad-signature");
    let summary = r#"{"_type":"https://in-toto.io/Statement/v1","subject":SUBJECT,
        "predicateType":"https://slsa.dev/verification_summary/v1","predicate":{"verifier":{"id":"https://example.com"},
        "timeVerified":"2025-06-01T12:00:00Z","resourceUri":"git+https://example.com/acme/site",
        "policy":{"uri":"https://example.com/policy"},"verificationResult":"PASSED",
        "verifiedLevels":["SLSA_SOURCE_LEVEL_3","SLSA_SOURCE_LEVEL_2","REVIEWED"]}}"#;
    let statement: serde_json::Value = serde_json::from_str(&reviewed.statement()).unwrap();
    let summary = summary.replace("SUBJECT", &statement["subject"].to_string());
    reviewed.ignores(&seal(&reviewed.site, "ed", summary), "bad-signature");
    // A declaration is no review, whatever it says beside.
    let declaration = payload(&reviewed.declaration).replace("\"authors\"", "\"decision\":\"approve\",\"authors\"");
    reviewed.refuses(&[&seal(&reviewed.site, "wes", declaration)], "missing-review");
}

/// A payload with one text for another.
#[track_caller]
fn replaced(good: &str, from: &str, to: &str) -> String {
    assert!(good.contains(from), "{from}");
    good.replacen(from, to, 1)
}

/// E08, E10, E11
#[test]
fn a_payload_that_means_two_things_is_no_record() {
    let reviewed = Reviewed::new();
    let good = reviewed.statement();
    let with = |from: &str, to: &str| replaced(&good, from, to);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let listed = with("\"signer\":{\"person\":\"ed\",\"key\":", "\"signer\":[\"ed\",");
    let lines = [
        // Twice the same name, anywhere.
        with("\"decision\":\"approve\"", "\"decision\":\"reject\",\"decision\":\"approve\""),
        with("\"decision\"", "\"x\":{\"a\":1,\"a\":2},\"decision\""),
        with("\"decision\"", "\"x\":{\"a\":1,\"\\u0061\":2},\"decision\""),
        // A name in another case is another name, and the one that is needed is missing.
        with("\"decision\"", "\"Decision\""),
        with("\"decision\":\"approve\"", "\"decision\":\"Approve\""),
        with("\"decision\":\"approve\"", "\"decision\":true"),
        // Lists in the place of objects.
        format!("[{good}]"),
        replaced(&listed, "\"},\"reviewedAt\"", "\"],\"reviewedAt\""),
        // Too deep, and a name of a megabyte twice.
        with("\"decision\"", &format!("\"x\":{deep},\"decision\"")),
        with("\"decision\"", &format!("\"{0}\":1,\"{0}\":2,\"decision\"", "k".repeat(1 << 20))),
    ]
    .map(|statement| seal(&reviewed.site, "ed", statement));
    reviewed.ignores_all(&lines, "bad-signature");
    // Much that is unknown, and a decision in capitals beside the one that counts, is passed over.
    let many: String = (0..20_000).map(|n| format!("\"k{n}\":0,")).collect();
    let odd = with("\"decision\"", &format!("{many}\"Decision\":\"reject\",\"decision\""));
    reviewed.allows(&[&seal(&reviewed.site, "ed", odd)]);
}

/// E13
#[test]
fn a_payload_that_is_not_one_text_is_no_record() {
    let reviewed = Reviewed::new();
    let good = reviewed.statement();
    let with = |from: &str, to: &str| replaced(&good, from, to);
    let wide: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut invalid = with("\"decision\"", "\"x\":\"?\",\"decision\"").into_bytes();
    let at = invalid.iter().position(|byte| *byte == b'?').unwrap();
    invalid[at] = 0xff;
    let lines = [
        format!("\u{feff}{good}").into_bytes(),
        format!("{good}{{}}").into_bytes(),
        format!("{good}\0").into_bytes(),
        with("\"person\":\"ed\"", "\"person\":\"ed\\u0000\"").into_bytes(),
        with("\"decision\"", "\"x\":\"\\ud800\",\"decision\"").into_bytes(),
        with("\"decision\"", "\"x\":1e999,\"decision\"").into_bytes(),
        [&[0xff, 0xfe], &wide[..]].concat(),
        wide,
        invalid,
        Vec::new(),
    ]
    .map(|payload| seal(&reviewed.site, "ed", payload));
    reviewed.ignores_all(&lines, "bad-signature");
}

/// B16, B18, B21
#[test]
fn ids_that_are_cut_contradict_or_move_make_no_record() {
    let reviewed = Reviewed::new();
    let good = reviewed.statement();
    let [main, after] = ["main", "topic:content/b.md"].map(|rev| reviewed.site.repo.rev(rev));
    let with = |from: &str, to: &str| replaced(&good, from, to);
    let base = format!("\"base\":\"{main}\"");
    let lines = [
        good.replace(&after, &after[..7]),
        good.replace(&after, &after.to_uppercase()),
        good.replace("\"gitBlob\"", "\"gitCommit\""),
        with("\"digest\":{", &format!("\"digest\":{{\"gitTree\":\"{main}\",")),
        with("\"digest\":{", &format!("\"digest\":{{\"gitCommit\":\"{main}\",")),
        // Subject and entry name different blobs.
        with(&after, &main),
        with(&base, "\"base\":\"HEAD\""),
        with(&base, "\"base\":\"refs/tags/v1\""),
        with(&base, &format!("\"base\":\"{}\"", &main[..12])),
        with("refs/heads/main", "main"),
        with("content/b.md", "content/./b.md"),
    ]
    .map(|statement| seal(&reviewed.site, "ed", statement));
    reviewed.ignores_all(&lines, "bad-signature");
}

/// B03, B16, B18. Sound records that speak of something else.
#[test]
fn a_record_of_another_branch_repository_path_base_or_content_approves_nothing_here() {
    let reviewed = Reviewed::new();
    let good = reviewed.statement();
    let [before, after] = ["main:content/b.md", "topic:content/b.md"].map(|rev| reviewed.site.repo.rev(rev));
    let other = reviewed.site.repo.rev("main:content/a.md");
    for (from, to, code) in [
        ("refs/heads/main", "refs/heads/release", "missing-review"),
        ("acme/site", "acme/site2", "missing-review"),
        ("acme/site", "Acme/site", "missing-review"),
        ("content/b.md", "content/c.md", "missing-review"),
        (&before, &other, "missing-review"),
        ("100644", "100755", "missing-review"),
        (&reviewed.site.repo.rev("main"), &reviewed.site.repo.rev("topic"), "stale-review"),
        (&reviewed.site.repo.rev("main"), &provenance_test_support::id_of('1'), "stale-review"),
        ("\"decision\":\"approve\"", "\"decision\":\"reject\"", "rejected"),
    ] {
        let other = good.replace(from, to);
        assert_ne!(other, good, "{from}");
        reviewed.refuses(&[&seal(&reviewed.site, "ed", other)], code);
    }
    // The right git id with another content's digest: the one that a collision would give.
    let sha256 = |text: &str| provenance_core::id::Sha256Digest::of(text.as_bytes()).to_string();
    let swapped = good.replace(&sha256("B\n"), &sha256("C\n"));
    assert!(swapped != good && swapped.contains(&after));
    reviewed.refuses(&[&seal(&reviewed.site, "ed", swapped)], "digest-mismatch");
}
