//! What a company's policy has people sign (R9.10 to R9.20).

use crate::{accepts, edited, payload, refuses};

/// That each required member is required, and read by its name alone.
#[track_caller]
fn required(clause: &str, kind: &str, members: &[&str]) {
    for member in members {
        refuses(clause, kind, &format!("\"{member}\":"), &format!("\"{member}x\":"));
    }
}

#[test]
fn days_are_dates_that_exist() {
    for wrong in ["2027-02-30", "2027-6-30", "20270630", "2027-06-30T00:00:00Z", "", "2027-13-01"] {
        refuses("R2.10", "training-course", "2027-06-30", wrong);
    }
    accepts("R2.10", "training-course", "2027-06-30", "2028-02-29");
}

#[test]
fn details_of_a_declaration_are_ids_and_digests() {
    let with = |details: &str| edited("declaration", r#""changes":["#, &format!(r#""details":{details},"changes":["#));
    let digest = "ab".repeat(32);
    let all = format!(
        r#"{{"dataClasses":["public"],"device":"managed","toolsSha256":"{digest}","sessionSha256":"{digest}","synthetic":true,"later":1}}"#
    );
    assert!(with(&all).is_ok() && with("{}").is_ok(), "R9.10");
    for wrong in [
        r#"{"dataClasses":"public"}"#,
        r#"{"device":"Managed"}"#,
        r#"{"toolsSha256":"ab"}"#,
        r#"{"synthetic":1}"#,
        "[]",
    ] {
        assert!(with(wrong).is_err(), "R9.10 {wrong}");
    }
}

#[test]
fn findings_have_a_status_and_what_is_accepted_a_reason() {
    let with = |findings: &str| edited("review", r#""scope":"#, &format!(r#""findings":[{findings}],"scope":"#));
    for good in [
        r#"{"kind":"bias","text":"he for all","status":"fixed"}"#,
        r#"{"kind":"bias","text":"he for all","status":"accepted","because":"a quotation","later":1}"#,
    ] {
        assert!(with(good).is_ok(), "R9.11 {good}");
    }
    for wrong in [
        r#"{"kind":"bias","text":"x","status":"open"}"#,
        r#"{"kind":"bias","text":"x","status":"accepted"}"#,
        r#"{"kind":"bias","text":"x","status":"accepted","because":" "}"#,
        r#"{"kind":"bias","text":"x","status":"gone"}"#,
        r#"{"kind":"bias","status":"fixed"}"#,
        r#"{"text":"x","status":"fixed"}"#,
    ] {
        assert!(with(wrong).is_err(), "R9.11 {wrong}");
    }
    let source = r#""id":"accuracy","sources":["a book"],"#;
    accepts("R9.8", "review", r#""id":"accuracy","#, source);
    refuses("R9.8", "review", r#""id":"accuracy","#, &source.replace("a book", ""));
}

#[test]
fn an_acceptance_names_its_document_and_nothing_else_is_its_subject() {
    required("R9.13", "acceptance", &["acceptedAt", "id", "document"]);
    required("R9.12", "acceptance", &["path"]);
    refuses("R9.12", "acceptance", r#""document":{"#, r#""document":{"later":1,"#);
    refuses("R8.2", "acceptance", r#""subject":[{"name":"AI-POLICY.md""#, r#""subject":[{"name":"OTHER.md""#);
    refuses("R8.2", "acceptance", r#""document":{"path":"AI-POLICY.md""#, r#""document":{"path":"OTHER.md""#);
    accepts("R9.2", "acceptance", r#""id":"ai-policy""#, r#""later":1,"id":"other""#);
}

#[test]
fn a_lesson_is_signed_by_whom_it_may() {
    required("R9.14", "training-course", &["completedAt", "lesson"]);
    required("R9.15", "training-course", &["course", "modules"]);
    refuses("R9.15", "training-course", r#"["technical","ethics"]"#, "[]");
    refuses("R9.15", "training-course", r#""kind":"course""#, r#""kind":"lecture""#);
    refuses("R9.15", "training-course", r#""lesson":{"kind":"course","#, r#""lesson":{"#);
    refuses("R5.5", "training-course", &lesson(), r#"["course","ai-basics",["technical","ethics"]]"#);
    // The golden signer is ana: a tool is known on one's own word, the policy on somebody else's.
    refuses("R9.15", "training-tool", r#"person":"ana","lesson""#, r#"person":"ed","lesson""#);
    refuses("R9.15", "training-policy", "ed", "ana");
    // The subject is the topic of the person.
    refuses("R8.2", "training-course", r#""person":"ed""#, r#""person":"wes""#);
    refuses("R8.2", "training-course", r#""name":"person ed""#, r#""name":"person wes""#);
}

/// A document in a lesson is read as strictly as one in an acceptance.
#[test]
fn an_array_is_no_document_wherever_it_stands() {
    for kind in ["acceptance", "training-tool", "training-policy"] {
        let text = payload(kind);
        let start = text.find(r#""document":"#).unwrap() + r#""document":"#.len();
        let end = start + text[start..].find('}').unwrap() + 1;
        let (document, array) = (&text[start..end], text[start..end].replace('{', "[").replace('}', "]"));
        let values = array.replace(r#""path":"#, "").replace(r#""gitBlob":"#, "").replace(r#""sha256":"#, "");
        refuses("R5.5", kind, document, &values);
    }
}

fn lesson() -> String {
    r#"{"kind":"course","course":"ai-basics","modules":["technical","ethics"]}"#.to_owned()
}

#[test]
fn an_incident_goes_in_steps() {
    for kind in ["incident-open", "incident-assign", "incident-correct", "incident-close"] {
        required("R9.16", kind, &["branches", "notedAt", "path", "step", "action"]);
        refuses("R9.16", kind, r#""branches":["refs/heads/main"]"#, r#""branches":[]"#);
    }
    required("R9.17", "incident-open", &["severity", "summary"]);
    refuses("R5.5", "incident-open", r#""severity":"high""#, r#""severity":{"high":null}"#);
    refuses("R9.17", "incident-open", r#""severity":"high""#, r#""severity":"grave""#);
    refuses("R9.17", "incident-open", "a wrong dose", " ");
    accepts("R9.17", "incident-open", r#""owner":"ana","due":"2026-12-01""#, r#""later":1"#);
    required("R9.17", "incident-assign", &["incident", "owner"]);
    required("R9.17", "incident-correct", &["incident", "change"]);
    required("R9.17", "incident-close", &["incident", "outcome"]);
    refuses("R9.17", "incident-close", "corrected, readers told", "");
    refuses("R9.17", "incident-close", r#""action":"close""#, r#""action":"reopen""#);
    // A correction is of the incident's path.
    refuses("R9.17", "incident-correct", r#""path":"content/a.md","step""#, r#""path":"content/b.md","step""#);
    // The subject is the entry, the correction, or the topic of the path.
    refuses("R8.2", "incident-assign", r#""name":"path content/a.md""#, r#""name":"content/a.md""#);
    refuses("R8.2", "incident-open", r#""name":"content/a.md""#, r#""name":"path content/a.md""#);
    let array =
        r#""step":["close","d4191834714542dcf3e5d8a6ab386c9b72259430730157b6e5c76469cbb6a622","x"],"later":{"a":1,"#;
    refuses("R5.5", "incident-close", r#""step":{"#, array);
}

#[test]
fn a_waiver_has_a_reason_and_days_in_order() {
    required("R9.18", "waiver-granted", &["branches", "waivedAt", "term", "because", "changes"]);
    refuses("R9.18", "waiver-granted", "the site is down", " ");
    required("R9.19", "waiver-granted", &["kind", "until"]);
    required("R9.19", "waiver-settled", &["waiver"]);
    refuses("R9.19", "waiver-granted", r#""until":"2026-11-30""#, r#""until":"2026-11-23""#);
    accepts("R9.19", "waiver-granted", r#""until":"2026-11-30""#, r#""until":"2026-11-24""#);
    accepts("R9.19", "waiver-granted", r#""from":"2026-11-24","#, "");
    refuses("R9.19", "waiver-granted", r#""kind":"granted""#, r#""kind":"forever""#);
    refuses(
        "R5.5",
        "waiver-granted",
        r#"{"kind":"granted","from":"2026-11-24","until":"2026-11-30"}"#,
        r#"["granted","2026-11-24","2026-11-30"]"#,
    );
}

#[test]
fn a_scan_has_a_check_a_program_and_a_result() {
    required("R9.20", "scan", &["branches", "scannedAt", "check", "program", "result", "changes"]);
    refuses("R9.20", "scan", r#""result":"warn""#, r#""result":"n/a""#);
    refuses("R9.20", "scan", "lychee 0.20", "");
    refuses("R9.20", "scan", r#""check":"links""#, r#""check":"Links""#);
    accepts("R9.20", "scan", r#","summary":"one redirect""#, "");
}
