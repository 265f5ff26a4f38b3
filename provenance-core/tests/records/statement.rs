//! Strict JSON, statements and predicates (R5, R8, R9).

use crate::{accepts, edited, judge, payload, refuses};

const KINDS: [&str; 3] = ["declaration", "review", "revocation"];

#[test]
fn a_payload_is_one_json_value_with_nothing_behind_it() {
    for kind in KINDS {
        let text = payload(kind);
        for good in [text.clone(), format!(" \n{text}\t\r\n"), text.replace("\":\"", "\" : \"")] {
            assert!(judge(good.as_bytes()).is_ok(), "R5.2 {kind}");
        }
        for wrong in [format!("{text}{{}}"), format!("{text},"), format!("\u{feff}{text}"), format!("[{text}]")] {
            assert!(judge(wrong.as_bytes()).is_err(), "R5.1, R5.2, R5.5 {kind}: {}", &wrong[..4]);
        }
    }
    accepts("R5.1", "review", "reads well", "\\ud83d\\ude00");
    refuses("R5.1", "review", "reads well", "\\ud83d");
}

#[test]
fn no_object_has_a_member_twice_at_any_depth() {
    accepts("R5.3", "review", r#""scope":"set""#, r#""scope":"set","Scope":"each""#);
    refuses("R5.3", "review", r#""scope":"set""#, r#""scope":"set","scope":"set""#);
    refuses("R5.3", "review", r#""scope":"set""#, r#""scope":"set","\u0073cope":"set""#);
    refuses("R5.3", "review", r#""scope":"set""#, r#""scope":"set","later":[{"a":1,"a":2}]"#);
}

#[test]
fn values_nest_32_deep() {
    let nested = |depth: usize| format!(r#""scope":"set","later":{}{}"#, "[".repeat(depth), "]".repeat(depth));
    // The statement and the predicate are two levels.
    accepts("R5.4", "review", r#""scope":"set""#, &nested(30));
    refuses("R5.4", "review", r#""scope":"set""#, &nested(31));
}

#[test]
fn an_object_is_an_object_and_a_string_a_string() {
    let signer = r#""signer":{"person":"ana","key":"SHA256:1Lt0B6m58n9i5yp9hABit7qhCJ/7aR7kRxt8QRziO8k"}"#;
    refuses("R5.5", "review", signer, r#""signer":["ana","SHA256:1Lt0B6m58n9i5yp9hABit7qhCJ/7aR7kRxt8QRziO8k"]"#);
    refuses("R5.5", "review", r#""scope":"set""#, r#""scope":{"set":null}"#);
    refuses("R5.5", "review", r#""comment":"reads well""#, r#""comment":7"#);
    accepts("R5.6", "review", r#""scope":"set""#, r#""scope":"set","later":1e308"#);
    refuses("R5.6", "review", r#""scope":"set""#, r#""scope":"set","later":1e309"#);
}

#[test]
fn unknown_members_are_passed_over_where_the_format_may_grow_and_nowhere_else() {
    for (kind, at) in [
        ("review", r#"{"_type""#),
        ("review", r#"{"name":"vendor/module""#),
        ("review", r#"{"repository""#),
        ("review", r#"{"person""#),
        ("review", r#"{"id""#),
        ("declaration", r#"{"extent""#),
        ("declaration", r#"{"person":"ana"}"#),
        ("revocation", r#"{"repository""#),
    ] {
        accepts("R5.7", kind, at, &at.replacen('{', r#"{"later":[1],"#, 1));
    }
    for at in [r#"{"gitCommit""#, r#"{"mode""#, r#"{"path":"vendor/module""#] {
        refuses("R5.7", "review", at, &at.replacen('{', r#"{"later":[1],"#, 1));
    }
}

#[test]
fn null_leaves_out_an_optional_member_and_no_array() {
    accepts("R5.8", "review", r#""comment":"reads well""#, r#""comment":null"#);
    accepts("R5.8", "review", r#""head":"0707070707070707070707070707070707070707""#, r#""head":null"#);
    accepts("R9.1", "review", r#""comment":"reads well","#, "");
    accepts("R9.1", "declaration", r#""confirmations":["no-client-data"],"#, "");
    refuses("R5.8", "declaration", r#""confirmations":["no-client-data"]"#, r#""confirmations":null"#);
    refuses("R5.8", "review", r#""scope":"set""#, r#""scope":null"#);
}

#[test]
fn a_statement_names_its_type_and_one_of_three_kinds() {
    for kind in KINDS {
        refuses("R8", kind, "https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1");
        refuses("R9", kind, &format!("predicate/{kind}/v1"), &format!("predicate/{kind}/v2"));
        assert!(judge(payload(kind).as_bytes()).is_ok());
    }
    // A kind cannot be read as another.
    refuses("R9", "review", "predicate/review/v1", "predicate/declaration/v1");
}

#[test]
fn the_subjects_are_those_of_the_predicate_in_its_order() {
    assert!(judge(payload("review").as_bytes()).is_ok());
    let name = r#"{"name":"content/a.md","#;
    refuses("R8.2", "review", name, r#"{"name":"content/b.md","#);
    let digest = r#"{"name":"vendor/module","digest":{"gitCommit":"0505050505050505050505050505050505050505"}}"#;
    refuses("R8.2", "review", &format!(",{digest}"), "");
    refuses("R8.2", "review", digest, &format!("{digest},{digest}"));
    refuses("R8.2", "review", digest, &digest.replace("05\"}", "06\"}"));
    refuses("R8.1", "review", digest, &digest.replace("gitCommit", "sha1"));
    refuses("R8.1", "review", digest, r#""vendor/module""#);
    let text = payload("review");
    let (start, end) = (text.find(r#"{"name":"#).unwrap(), text.find(r#"],"predicateType""#).unwrap());
    let subjects: Vec<&str> = text[start..end].split(r#",{"name":"#).collect();
    let swapped =
        format!(r#"{{"name":{},{},{{"name":{},{{"name":{}"#, subjects[1], subjects[0], subjects[2], subjects[3]);
    assert!(judge(text.replace(&text[start..end], &swapped).as_bytes()).unwrap_err().contains("subjects"));
    // A revocation's subject is the line that it revokes.
    refuses("R8.2", "revocation", r#""name":"envelope""#, r#""name":"line""#);
    refuses("R8.2", "revocation", r#""gitBlob":"08"#, r#""gitBlob":"09"#);
}

#[test]
fn the_signer_is_the_key_that_signed() {
    let own = "SHA256:1Lt0B6m58n9i5yp9hABit7qhCJ/7aR7kRxt8QRziO8k";
    let other = "SHA256:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
    for kind in KINDS {
        assert!(edited(kind, own, own).is_ok());
        assert!(edited(kind, own, other).unwrap_err().contains("names key SHA256:AQEB"), "R8.3 {kind}");
    }
}

#[test]
fn required_members_are_required() {
    for (kind, members) in [
        ("review", &["repository", "reviewedAt", "decision", "base", "scope", "ceremony"][..]),
        ("declaration", &["repository", "declaredAt", "extent", "digitalSourceType"]),
        ("revocation", &["repository", "revokedAt", "envelope", "because"]),
    ] {
        for member in members {
            let text = payload(kind);
            // In the predicate, not among the subjects.
            let start = text.rfind(&format!("\"{member}\":\"")).unwrap();
            let end = start + member.len() + 4 + text[start + member.len() + 4..].find('"').unwrap() + 1;
            let without = format!("{}{}", &text[..start], text[end..].trim_start_matches(','));
            let without = without.replace(",}", "}");
            let error = judge(without.as_bytes()).unwrap_err();
            assert!(error.contains("missing field"), "R9.1 {kind} without {member}: {error}");
        }
    }
    for (kind, array) in [("review", "branches"), ("declaration", "branches"), ("declaration", "authors")] {
        let text = payload(kind);
        let start = text.find(&format!("\"{array}\":[")).unwrap();
        let end = start + text[start..].find("],").unwrap() + 2;
        assert!(judge(text.replace(&text[start..end], "").as_bytes()).is_err(), "R9.1 {kind} without {array}");
        let empty = format!("\"{array}\":[],");
        assert!(judge(text.replace(&text[start..end], &empty).as_bytes()).is_err(), "R9.4 {kind}: empty {array}");
    }
}

#[test]
fn the_extent_the_source_type_and_the_tool_agree() {
    let none = r#""ai":{"extent":"none","digitalSourceType":"http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation"}"#;
    let text = payload("declaration");
    let ai = &text[text.find(r#""ai":"#).unwrap()..text.find(r#","authors""#).unwrap()];
    accepts("R9.5", "declaration", ai, none);
    let composite = ai
        .replace("generated", "assisted")
        .replace("/trainedAlgorithmicMedia", "/compositeWithTrainedAlgorithmicMedia");
    accepts("R9.5", "declaration", ai, &composite);
    for wrong in [
        ai.replace("generated", "assisted"),
        ai.replace("generated", "partly"),
        ai.replace("http:", "https:"),
        ai.replace(r#""tool":"claude-code","#, ""),
        none.replace("\"}", "\",\"tool\":\"claude-code\"}"),
    ] {
        refuses("R9.5", "declaration", ai, &wrong);
    }
}

#[test]
fn an_author_is_a_person_or_a_name_with_an_address() {
    let author = r#"{"name":"Zoë","email":"zoe@example.org"}"#;
    accepts("R9.6", "declaration", author, r#"{"person":"bob"}"#);
    for wrong in [
        r#"{}"#,
        r#"{"name":"Zoë"}"#,
        r#"{"email":"zoe@example.org"}"#,
        r#"{"person":"bob","name":"Bob"}"#,
        r#"{"person":"bob","email":"bob@example.org"}"#,
    ] {
        refuses("R9.6", "declaration", author, wrong);
    }
}

#[test]
fn a_review_decides_and_answers_each_item_once() {
    accepts("R9.7", "review", r#""decision":"approve""#, r#""decision":"reject""#);
    refuses("R9.7", "review", r#""decision":"approve""#, r#""decision":"maybe""#);
    accepts("R9.7", "review", r#""scope":"set""#, r#""scope":"each""#);
    refuses("R9.7", "review", r#""scope":"set""#, r#""scope":"some""#);
    accepts("R9.7", "review", r#""ceremony":"terminal""#, r#""ceremony":"options""#);
    refuses("R9.7", "review", r#""ceremony":"terminal""#, r#""ceremony":"touch""#);
    let answer = r#"{"id":"accuracy","result":"n/a","note":"no claims"}"#;
    accepts("R9.8", "review", answer, &format!(r#"{answer},{{"id":"bias","result":"fail"}}"#));
    refuses("R9.8", "review", answer, &format!(r#"{answer},{{"id":"accuracy","result":"pass"}}"#));
    refuses("R9.8", "review", r#""result":"n/a""#, r#""result":"NotApplicable""#);
    refuses("R9.8", "review", r#""id":"accuracy""#, r#""id":"Accuracy""#);
}

#[test]
fn a_revocation_gives_a_reason_and_names_the_record_whole_or_not() {
    accepts("R9.9", "revocation", "misread the source", &"a".repeat(1024));
    for wrong in [" \\n ", "", "a\\u0000", &"a".repeat(1025)] {
        refuses("R9.9", "revocation", "misread the source", wrong);
    }
    let record = r#","record":"70ce871f8a3d3fb449bc3c3ace6547cef02dfc74ffe48d912532a724bfdbe5b9""#;
    refuses("R9.9", "revocation", record, "");
    let text = payload("revocation").replace(record, "");
    let sha256 = "c73b73af8851e9e91bc6b4dc12e7dace0a2bfb931c1d0b8b36ef367319f58cd1";
    let neither =
        text.replace(&format!(r#","sha256":"{sha256}""#), "").replace(&format!(r#","envelopeSha256":"{sha256}""#), "");
    assert!(judge(neither.as_bytes()).is_ok());
}
