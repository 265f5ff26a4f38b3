//! What declarations and reviews say beside the least: data, device, register; notes, sources, findings.

use provenance_core::id::Sha256Digest;
use serde_json::{Value, json};

use crate::ceremony::on_terminal_as;
use crate::company_site::company;
use crate::site::{Ran, Site};

fn proposed() -> Site {
    let site = company();
    site.propose("topic", &[("content/a.md", "A\n")]);
    site
}

fn declare(site: &Site, more: &[&str]) -> Ran {
    site.signed("wes", &[&["declare", "main...topic", "--format", "json"], more].concat())
}

fn predicate(site: &Site) -> Value {
    site.run(&["log", "main...topic", "--format", "json"]).ends(0).json()[0]["statement"]["predicate"].clone()
}

#[test]
fn a_declaration_tells_the_data_the_device_and_the_register_it_saw() {
    let site = proposed();
    let digest = "ab".repeat(32);
    let told = ["--data-class", "published", "--device", "managed", "--synthetic", "--session-digest", &digest];
    declare(&site, &[&["--extent", "generated", "--tool", "writer"], &told[..]].concat()).ends(0);
    let tools = site.repo.git(&["show", "main:.provenance/tools.toml"]) + "\n";
    let seen = Sha256Digest::of(tools.as_bytes()).to_string();
    let details = json!({
        "dataClasses": ["published"], "device": "managed", "toolsSha256": seen, "sessionSha256": digest, "synthetic": true,
    });
    assert_eq!(predicate(&site)["details"], details);
    site.run(&["log", "main...topic"]).ends(0).says("AI: generated with writer, shows something synthetic, 2025-06-01");
}

#[test]
fn the_register_is_named_wherever_a_tool_is_and_nowhere_else() {
    let site = proposed();
    let told = ["--data-class", "published", "--device", "managed", "--now", "2025-06-01T12:00:01Z"];
    declare(&site, &[&["--extent", "assisted", "--tool", "writer"], &told[..]].concat()).ends(0);
    let details = predicate(&site)["details"].clone();
    assert_eq!(details.as_object().unwrap().keys().collect::<Vec<_>>(), ["dataClasses", "device", "toolsSha256"]);
    declare(&site, &["--extent", "none", "--now", "2025-06-01T12:00:02Z"]).ends(0);
    assert_eq!(predicate(&site)["details"], Value::Null);
}

#[test]
fn refuses_details_that_the_policy_does_not_know_or_allow() {
    let site = proposed();
    let told = |more: &[&str]| declare(&site, &[&["--extent", "assisted", "--tool", "writer"], more].concat()).ends(2);
    told(&["--data-class", "secret"]).says("`secret` is no [data-class] of the policy, which has internal, published");
    told(&["--device", "phone"]).says("`phone` is no [device] of the policy, which has managed");
    told(&["--data-class", "internal"])
        .says("data of class `internal` (What only we know) must not go into tool `writer`, only published");
    told(&["--session-digest", "abc"]);
    declare(&site, &["--extent", "none", "--device", "managed"]).ends(2).says("so no data went into one");
    assert!(!site.repo.try_git(&["rev-parse", "--verify", "refs/notes/provenance"]).status.success());
}

#[test]
fn what_the_policy_wants_to_know_of_every_use_is_asked_before_it_is_signed() {
    let site = proposed();
    let use_of_ai = ["--extent", "assisted", "--tool", "writer"];
    declare(&site, &use_of_ai)
        .ends(2)
        .says("--data-class ID says what went into the tool, once for each class: internal, published (Pr1)")
        .says("--device ID says on which class of device it ran: managed (S3)");
    assert!(!site.repo.try_git(&["rev-parse", "--verify", "refs/notes/provenance"]).status.success());
    let told = ["--data-class", "published", "--device", "managed"];
    declare(&site, &[&use_of_ai[..], &told].concat()).ends(0);
    // Where no AI took part there is nothing to say of it.
    declare(&site, &["--extent", "none", "--now", "2025-06-01T12:00:01Z"]).ends(0);
}

#[test]
fn a_reviewer_is_shown_what_was_told_of_the_tool_and_a_tool_is_no_author() {
    let site = company();
    let message = "draft\n\nCo-authored-by: Claude <noreply@anthropic.com>\nCo-authored-by: Jo Lee <jo@example.org>";
    site.repo.git(&["checkout", "--quiet", "-B", "topic", "main"]);
    site.repo.write("content/a.md", "A\n");
    site.commit_by("wes", message);
    let told = ["--data-class", "published", "--device", "managed", "--synthetic"];
    declare(&site, &[&["--extent", "generated", "--tool", "writer"], &told[..]].concat()).ends(0);
    let authors = predicate(&site)["authors"].clone();
    assert_eq!(authors, json!([{ "name": "Jo Lee", "email": "jo@example.org" }, { "person": "wes" }]));
    let typed = "n/a:a table\n\n\na\n\ny\n";
    let Some(ran) = on_terminal_as(&site, "ed", "review main...topic", typed) else { return };
    ran.says("AI: generated with writer, given published, on managed, shows what is not real, declared by wes");
}

fn review(site: &Site, more: &[&str]) -> Ran {
    site.signed("ed", &[&["review", "main...topic", "--format", "json"], more].concat())
}

#[test]
fn an_answer_has_what_its_item_needs() {
    let site = proposed();
    let bare = review(&site, &["--approve"]).ends(2);
    bare.says("--answer accuracy=pass:WHAT|fail|n/a:WHY --source accuracy=WHERE   Are facts checked?")
        .says("--approve --answer accuracy=pass:WHAT --source accuracy=WHERE");
    let short = review(&site, &["--approve", "--answer", "accuracy=pass"]).ends(2);
    short.says("the policy wants to know what was checked").says("--source accuracy=WHERE   the policy wants");
    review(&site, &["--approve", "--answer", "accuracy=pass:figures"]).ends(2).says("--source accuracy=WHERE");
    review(&site, &["--approve", "--source", "accuracy=a book"])
        .ends(2)
        .says("--source accuracy=… belongs to no answer");
    review(&site, &["--approve", "--answer", "accuracy=n/a:a table"]).ends(0);
    let full = ["--answer", "accuracy=pass:figures", "--source", "accuracy=a book", "--source", "accuracy=x=y"];
    review(&site, &[&["--approve", "--now", "2025-06-01T12:00:01Z"], &full[..]].concat()).ends(0);
    let answers = predicate(&site)["answers"].clone();
    assert_eq!(
        answers,
        json!([{ "id": "accuracy", "result": "pass", "note": "figures", "sources": ["a book", "x=y"] }])
    );
}

#[test]
fn findings_are_fixed_or_accepted_before_an_approval() {
    let site = proposed();
    let answer = ["--answer", "accuracy=n/a:a table"];
    let with = |decision: &str, findings: &[&str]| {
        let options: Vec<&str> = findings.iter().flat_map(|text| ["--finding", *text]).collect();
        review(&site, &[&[decision], &answer[..], &options].concat())
    };
    with("--approve", &["bias=open:he for all"]).ends(2).says("the finding of kind `bias` is open: fix it, accept it");
    with("--approve", &["bias=accepted:he for all"]).ends(2).says("is no finding: expected KIND=open:TEXT");
    with("--reject", &["bias=open:he for all"]).ends(0);
    let words = [&["review", "main...topic", "--approve"], &answer[..]].concat();
    let findings = ["--finding", "bias=accepted:he: for all::a quotation", "--finding", "hazard=fixed:a wrong dose"];
    let later = ["--now", "2025-06-01T12:00:01Z"];
    site.signed("ed", &[&words[..], &findings, &later].concat()).ends(0).says("ed approved 1 change with 2 findings");
    let expected = json!([
        { "kind": "bias", "text": "he: for all", "status": "accepted", "because": "a quotation" },
        { "kind": "hazard", "text": "a wrong dose", "status": "fixed" },
    ]);
    assert_eq!(predicate(&site)["findings"], expected);
}

#[test]
fn a_terminal_asks_for_notes_sources_and_findings() {
    let site = proposed();
    let typed = "pass\n\nfigures\na book\nx\n\nbias=gone:x\nbias=fixed:he for all\n\na\nfine\ny\n";
    let Some(ran) = on_terminal_as(&site, "ed", "review main...topic", typed) else { return };
    ran.ends(0)
        .says("accuracy: what was checked?")
        .says("accuracy: checked against what?")
        .says("is no finding")
        .says("accuracy: pass: figures")
        .says("checked against a book")
        .says("finding bias, fixed: he for all");
    assert_eq!(predicate(&site)["answers"][0]["sources"], json!(["a book", "x"]));
    let site = proposed();
    let typed = "n/a:a table\nbias=open:he for all\n\n\ny\n";
    let Some(ran) = on_terminal_as(&site, "ed", "review main...topic", typed) else { return };
    ran.ends(0).says("a finding is open, so this is a rejection").says("ed rejected 1 change with 1 finding");
}
