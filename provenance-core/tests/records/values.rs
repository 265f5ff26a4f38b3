//! Simple values, paths and entries (R1 to R4), as a record holds them.

use crate::{accepts, judge, payload, refuses};

const BASE: &str = r#""base":"0606060606060606060606060606060606060606""#;

#[test]
fn text_is_utf_8_and_lengths_count_bytes() {
    let with = |comment: &str| judge(payload("review").replace("reads well", comment).as_bytes());
    assert!(with("lu \u{2014} et approuv\u{e9}").is_ok());
    let mut raw = payload("review").into_bytes();
    let at = raw.windows(10).position(|window| window == b"reads well").unwrap();
    raw[at] = 0xff;
    assert!(judge(&raw).is_err());
    // 65,536 bytes and not characters.
    assert!(with(&"\u{e9}".repeat(32_768)).is_ok());
    assert!(with(&"\u{e9}".repeat(32_769)).is_err());
}

#[test]
fn git_ids_are_whole_and_lower_case() {
    accepts("R2.1", "review", BASE, &format!(r#""base":"{}""#, "6".repeat(64)));
    for wrong in ["06060606", &"A".repeat(40), &"g".repeat(40), &"0".repeat(41), ""] {
        refuses("R2.1", "review", BASE, &format!(r#""base":"{wrong}""#));
    }
}

#[test]
fn digests_and_record_ids_are_64_lower_case_digits() {
    let amended = "8c90591451015625541ebf5dc5203a8a27c89b66d3edfbbcda8e979bf4113326";
    accepts("R2.3", "review", amended, &"0".repeat(64));
    for wrong in [&amended[..40], &amended.to_uppercase(), &format!("{amended}00")] {
        refuses("R2.2", "review", amended, wrong);
    }
    let sha256 = "dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986";
    accepts("R2.2", "review", sha256, &"0".repeat(64));
    refuses("R2.2", "review", sha256, &sha256.to_uppercase());
}

#[test]
fn the_record_id_is_the_digest_of_the_payload_as_received() {
    use provenance_core::id::Sha256Digest;
    let payload = payload("review");
    let id = judge(payload.as_bytes()).unwrap().id();
    assert_eq!(id.to_string(), Sha256Digest::of(payload.as_bytes()).to_string());
    // The same statement in other bytes is another record.
    assert_ne!(judge(payload.replace("\":\"", "\": \"").as_bytes()).unwrap().id(), id);
}

#[test]
fn names_have_1_to_64_plain_characters() {
    let person = |name: &str| format!(r#""person":"{name}""#);
    for good in ["0", "a-b_c.d", &"a".repeat(64)] {
        accepts("R2.4", "review", &person("ana"), &person(good));
    }
    for wrong in ["", "Ana", ".ana", "-ana", "ana ruiz", "\u{e4}na", &"a".repeat(65)] {
        refuses("R2.4", "review", &person("ana"), &person(wrong));
    }
}

#[test]
fn refs_are_full_names() {
    let long = |len: usize| format!("refs/heads/{}", "a".repeat(len - 11));
    for good in ["refs/heads/a/b", "refs/tags/v1", "refs/heads/\u{e9}", &long(1024)] {
        accepts("R2.5", "review", "refs/heads/main", good);
    }
    let wrong = ["main", "refs/main", "refs/heads/", "refs/heads/a..b", "refs/heads/a@{b", "refs/heads/a.", "refs//a"];
    let characters = [" ", "~", "^", ":", "?", "*", "[", "\\\\", "\\u0001"].map(|c| format!("refs/heads/a{c}b"));
    for wrong in wrong.into_iter().chain(characters.iter().map(String::as_str)) {
        refuses("R2.5", "review", "refs/heads/main", wrong);
    }
    refuses("R2.5", "review", "refs/heads/main", "refs/heads/.a");
    refuses("R2.5", "review", "refs/heads/main", "refs/heads/a.lock/b");
    refuses("R2.5", "review", "refs/heads/main", &long(1025));
}

#[test]
fn every_moment_has_one_text() {
    let time = "2026-11-23T08:00:00Z";
    for good in ["0000-01-01T00:00:00Z", "2024-02-29T23:59:59Z"] {
        accepts("R2.6", "review", time, good);
    }
    for wrong in [
        "2026-11-23T08:00:00+00:00",
        "2026-11-23T08:00:00.0Z",
        "2026-11-23 08:00:00Z",
        "2026-11-23t08:00:00Z",
        "2026-11-23T08:00:00z",
        "2026-11-23T08:00:60Z",
        "2026-02-29T08:00:00Z",
        "2026-11-23",
    ] {
        refuses("R2.6", "review", time, wrong);
    }
}

#[test]
fn fingerprints_have_one_text_and_are_the_keys_own() {
    let key = "SHA256:1Lt0B6m58n9i5yp9hABit7qhCJ/7aR7kRxt8QRziO8k";
    accepts("R2.7", "review", key, key);
    for wrong in [&key[7..], &format!("{key}="), "SHA256:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"] {
        refuses("R2.7", "review", key, wrong);
    }
}

#[test]
fn labels_are_1_to_1024_bytes_without_control_characters() {
    for good in ["acme site \u{e9}", &"a".repeat(1024)] {
        accepts("R2.8", "review", "acme/site", good);
        accepts("R2.8", "declaration", "zoe@example.org", good);
        accepts("R2.8", "declaration", "opus-4", good);
    }
    for wrong in ["", "a\\nb", "a\\u0085b", "a\\u0000", &"a".repeat(1025)] {
        refuses("R2.8", "review", "acme/site", wrong);
        refuses("R2.8", "declaration", "zoe@example.org", wrong);
        refuses("R2.8", "declaration", "opus-4", wrong);
    }
}

#[test]
fn free_text_has_at_most_65536_bytes_and_no_nul() {
    for (kind, text) in
        [("review", "reads well"), ("review", "no claims"), ("declaration", "chose one of three drafts")]
    {
        accepts("R2.9", kind, text, "");
        accepts("R2.9", kind, text, &"a".repeat(65_536));
        accepts("R2.9", kind, text, "two\\nlines");
        refuses("R2.9", kind, text, &"a".repeat(65_537));
        refuses("R2.9", kind, text, "a\\u0000b");
    }
}

#[test]
fn paths_have_one_text_each() {
    let path = "\"content/gone.md\"";
    for good in [r#""docs/a b.md""#, r#""docs/é.md""#, r#""\"a\\nb\"""#, r#""\"bad\\377\"""#, r#""\"\\001\"""#] {
        accepts("R3.3", "review", path, good);
    }
    for wrong in [r#""""#, r#""/a""#, r#""a/""#, r#""a//b""#, r#""./a""#, r#""a/..""#, r#""a/.GIT/b""#, r#""a\u0000b""#]
    {
        refuses("R3.1", "review", path, wrong);
    }
    for wrong in [r#""a\nb""#, r#""a\"b""#, r#""a\\b""#, r#""a\u007fb""#] {
        refuses("R3.2", "review", path, wrong);
    }
    for wrong in [r#""\"plain\"""#, r#""\"a\\012b\"""#, r#""\"\\303\\251\"""#, r#""\"a\\q\"""#, r#""\"a""#] {
        refuses("R3.4", "review", path, wrong);
    }
}

#[test]
fn entries_have_the_members_of_their_kind_and_no_other() {
    let file = r#""mode":"100755","gitBlob":"0202020202020202020202020202020202020202","sha256":""#;
    accepts("R4.1", "review", file, &file.replace("100755", "120000"));
    for wrong in ["100664", "40000", "0100755", "160000"] {
        refuses("R4.1", "review", file, &file.replace("100755", wrong));
    }
    refuses("R4.1", "review", file, &format!(r#""size":1,{file}"#));
    refuses("R4.1", "review", file, &file.replace("gitBlob", "gitCommit"));
    let link = r#"{"mode":"160000","gitCommit":"0505050505050505050505050505050505050505"}"#;
    accepts("R4.1", "review", link, link);
    refuses("R4.1", "review", link, &link.replace("160000", "100644"));
    refuses("R4.1", "review", link, &link.replace("\"}", &format!("\",\"sha256\":\"{}\"}}", "0".repeat(64))));
}

#[test]
fn a_change_has_both_ends_written_and_they_differ() {
    let gone = r#""after":null},{"path":"\"content"#;
    accepts("R4.2", "review", gone, gone);
    refuses("R4.2", "review", r#","after":null"#, "");
    refuses("R4.2", "review", gone, &gone.replace("null}", "null,\"renamed\":\"x\"}"));
    let before = r#""before":null,"after":{"mode":"160000","gitCommit":"0505050505050505050505050505050505050505"}"#;
    refuses("R4.2", "review", before, &before.replace("null", &before[22..]));
    refuses("R4.2", "review", before, r#""before":null,"after":null"#);
}

#[test]
fn a_change_set_has_a_change_and_no_path_twice() {
    // The subjects are renamed along, so that the path alone is wrong.
    accepts("R4.3", "review", "content/gone.md", "content/b.md");
    refuses("R4.3", "review", "content/gone.md", "content/a.md");
    let text = payload("review");
    let (start, end) = (text.find(r#""changes":["#).unwrap(), text.len() - 3);
    let none = text.replace(&text[start..=end], r#""changes":[]"#);
    let subjects = none.find(r#""subject":["#).unwrap()..none.find(r#"],"predicateType""#).unwrap();
    let none = none.replace(&none[subjects], r#""subject":["#);
    assert!(judge(none.as_bytes()).unwrap_err().contains("it names no change"));
}
