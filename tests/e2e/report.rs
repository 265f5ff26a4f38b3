//! `report`: what the records show, and what a release check refuses.

use provenance_core::key::generate;
use serde_json::{Value, json};

use crate::site::{Ran, Site};

/// Nine days after what everybody signed.
const LATER: &str = "2025-06-10T12:00:00Z";

/// Ids, names, addresses and offices that occur in no other word.
const PRIVATE: [&str; 16] = [
    "qxana",
    "qxed",
    "qxwes",
    "qxtia",
    "qxbot",
    "Zora",
    "Yorick",
    "Wenzel",
    "Tilda",
    "qx.example",
    "Quxmeister",
    "zenithco",
    "Zenith AG",
    "ssh-ed25519",
    "SHA256:",
    "said in words",
];

const POLICY: &str = r#"version = 1
repository = "acme/site"
branches = ["refs/heads/main"]

[[rule]]
name = "content"
paths = ["content/**"]
reviews = [{ roles = ["editor"] }]
declaration = "required"
checklist = ["accuracy", "bias"]
confirm = ["no-client-data"]

[checklist.accuracy]
question = "Are facts checked?"
[checklist.bias]
question = "Is it free of bias?"
[confirmation.no-client-data]
statement = "No client data was put into the prompt."

[document.ai-policy]
path = "AI-POLICY.md"
accepted-by = ["ai"]
[course.ai-basics]
modules = ["technical", "ethics"]
required-for = ["ai", "review"]
valid-days = 365

[[accountable]]
person = "qxana"
title = "Quxmeister"
contact = "desk@qx.example"
paths = ["content/**"]

[client.zenithco]
name = "Zenith AG"
paths = ["content/zenith/**"]

[statement.site]
path = "DISCLOSURE.md"
[[statement.site.claims]]
text = "a human has reviewed every piece"
measure = "human-reviewed"
at-least = 100
[[statement.site.claims]]
text = "free of bias"
measure = "bias-reviewed"
at-least = 50
[[statement.site.claims]]
text = "no client data"
measure = "confirmed"
at-least = 100
[[statement.site.claims]]
text = "by people who are trained"
measure = "trained"
at-least = 100

[waiver]
roles = ["lead"]
max-days = 7
[data-class.published]
title = "What is published already"
public = true
"#;

const TOOLS: &str = r#"[tool.writer]
name = "Writer"
status = "approved"
approved-from = 2025-01-01
approved-until = 2026-12-31
data-classes = ["published"]
trains-on-input = false
requested-by = "qxwes"
requested-on = 2025-01-01
answered-on = 2025-01-08
[tool.drawer]
name = "Drawer"
status = "requested"
requested-by = "qxwes"
requested-on = 2025-05-31
"#;

const DISCLOSURE: &str = "A human has reviewed every piece.\n\nAnd indeed a human\nhas reviewed every piece, free of bias, no client data, by people who are trained.\n";

fn people(site: &Site) -> String {
    let person = |id: &str, name: &str, key: &str, kind: &str, roles: &str, more: &str| {
        let key = site.public(key);
        format!(
            "[person.{id}]\nname = \"{name}\"\nkind = \"{kind}\"\nemails = [\"{id}@qx.example\"]\nroles = [{roles}]\nkeys = [\"{key}\"]\n{more}\n"
        )
    };
    let all = "\"admin\", \"security\", \"editor\", \"lead\"";
    [
        person("qxana", "Zora", "ana", "human", all, ""),
        person("qxed", "Yorick", "ed", "human", "\"editor\"", "supervisor = \"qxana\"\ncompetence = [\"en\"]"),
        person("qxwes", "Wenzel", "wes", "human", "\"writer\"", "supervisor = \"qxana\"\njoined = 2025-01-01"),
        person("qxtia", "Tilda", "tia", "human", "\"trainer\"", "supervisor = \"qxana\"\njoined = 2025-05-20"),
        person("qxbot", "Bot", "bot", "agent", "", "operators = [\"qxwes\"]"),
    ]
    .concat()
}

/// A company at its first step.
fn started() -> Site {
    let site = Site::new();
    let made = generate([7; 64], "tia", None).unwrap();
    std::fs::write(site.key("tia"), made.private.as_bytes()).unwrap();
    site.repo.write(".provenance/people.toml", people(&site));
    site.repo.write(".provenance/policy.toml", POLICY);
    site.repo.write(".provenance/tools.toml", TOOLS);
    site.repo.write("AI-POLICY.md", "We answer for what we publish.\n");
    let root = site.repo.commit("company policy");
    site.repo.git(&["config", "provenance.root", &root]);
    site
}

const GENERATED: [&str; 10] = [
    "--extent",
    "generated",
    "--tool",
    "writer",
    "--model",
    "opus-1",
    "--data-class",
    "published",
    "--confirm",
    "no-client-data",
];

fn declare(site: &Site, who: &str, range: &str, more: &[&str]) {
    site.signed(who, &[&["declare", range], more].concat()).ends(0);
}

fn review(site: &Site, who: &str, range: &str, more: &[&str]) {
    let answers = ["--answer", "accuracy=pass", "--answer", "bias=pass", "-m", "said in words", "--now"];
    let words = [&["review", range, "--approve"], more, &answers, &["2025-06-01T13:30:00Z"]].concat();
    site.signed(who, &words).ends(0);
}

fn publish(site: &Site, branch: &str) {
    site.repo.git(&["checkout", "--quiet", "-B", "main", branch]);
}

/// The same company once Wes has published three files that he let a tool write and Ed has reviewed.
fn published() -> Site {
    let site = started();
    let files = [("DISCLOSURE.md", DISCLOSURE), ("content/new.md", "new\n"), ("content/zenith/z.md", "for a client\n")];
    site.propose("topic", &files);
    declare(&site, "wes", "main...topic", &GENERATED);
    review(&site, "ed", "main...topic", &[]);
    publish(&site, "topic");
    site.signed("wes", &["policy", "accept", "ai-policy", "--yes"]).ends(0);
    for (who, person) in [("tia", "qxwes"), ("tia", "qxed")] {
        site.signed(who, &["train", person, "ai-basics", "-m", "said in words"]).ends(0);
    }
    for person in ["qxwes", "qxed"] {
        site.signed("ana", &["train", person, "--knows-policy"]).ends(0);
    }
    site
}

fn report(site: &Site, more: &[&str]) -> Ran {
    let clock: &[&str] = if more.contains(&"--now") { &[] } else { &["--now", LATER] };
    site.run(&[&["report"], clock, more].concat())
}

fn json_of(site: &Site, more: &[&str]) -> Value {
    let value = report(site, &[&["--format", "json"], more].concat()).ends(0).json();
    let schema = site.run(&["policy", "schema", "company-report"]).ends(0).json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let problems: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(problems.is_empty(), "{problems:?}\n{value:#}");
    value
}

fn codes(value: &Value) -> Vec<String> {
    let findings = value["findings"].as_array().unwrap();
    findings.iter().map(|it| format!("{} {} {}", it["severity"], it["clause"], it["code"]).replace('"', "")).collect()
}

#[test]
fn a_company_that_does_what_it_says_passes_the_release_check() {
    let site = published();
    let value = json_of(&site, &["--check"]);
    assert_eq!(codes(&value), Vec::<String>::new());
    let total = &value["coverage"]["total"];
    // What the pinned root holds was there before.
    assert_eq!((&total["files"], &total["unchanged"], &total["reviewed"]), (&json!(9), &json!(6), &json!(3)));
    assert_eq!(total["declared"], json!({ "none": 0, "assisted": 0, "generated": 3 }));
    assert_eq!(total["reviewedShare"], json!({ "count": 3, "of": 3, "percent": 100.0 }));
    let client = &value["coverage"]["clients"][0];
    assert_eq!((&client["name"], &client["counts"]["files"]), (&json!("zenithco"), &json!(1)));
    let claims = value["statements"][0]["claims"].as_array().unwrap();
    assert!(claims.iter().all(|claim| claim["holds"] == true && claim["inFile"] == true), "{claims:#?}");
    let shares: Vec<_> = claims.iter().map(|claim| claim["share"]["of"].clone()).collect();
    assert_eq!(shares, [json!(3), json!(3), json!(1), json!(2)]);
    let writer = value["tools"].as_array().unwrap().iter().find(|tool| tool["id"] == "writer").unwrap();
    assert_eq!(writer["models"], json!([{ "model": "opus-1", "declarations": 1, "files": 3 }]));
    assert_eq!((&writer["daysToAnswer"], &writer["trainsOnInput"]), (&json!(7), &json!(false)));
    assert_eq!(writer["declaredDataClasses"], json!({ "published": 1 }));
    let drawer = value["tools"].as_array().unwrap().iter().find(|tool| tool["id"] == "drawer").unwrap();
    assert_eq!((&drawer["requestOpen"], &drawer["daysToAnswer"]), (&json!(true), &json!(10)));
    let reviewer = &value["reviews"]["reviewers"][0];
    assert_eq!((&reviewer["person"], &reviewer["approvals"]), (&json!("qxed"), &json!(1)));
    assert_eq!((&reviewer["medianSeconds"], &reviewer["competence"]), (&json!(5400), &json!(["en"])));
    assert_eq!(value["unsigned"]["signals"], 0);
    report(&site, &["--check"]).ends(0).says("no findings").says("reviewed 3 of 3 (100 %)");
}

#[test]
fn people_have_what_is_on_record_and_what_is_missing() {
    let site = published();
    let value = json_of(&site, &[]);
    let of = |id: &str| value["people"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap().clone();
    let wes = of("qxwes");
    assert_eq!(wes["activities"], json!(["ai"]));
    assert_eq!(wes["documents"][0]["version"], "in-force");
    assert_eq!(wes["courses"][0]["until"], "2026-06-01");
    assert_eq!(wes["expiresNext"], json!({ "course": "ai-basics", "on": "2026-06-01" }));
    assert_eq!(wes["confirmation"]["by"], "qxana");
    assert_eq!(wes["gaps"], json!([]));
    let gaps =
        |id: &str| -> Vec<Value> { of(id)["gaps"].as_array().unwrap().iter().map(|it| it["clause"].clone()).collect() };
    // Nobody stands above Ana, and Tia has been here for three weeks.
    assert_eq!(gaps("qxana"), [json!("Ac1"), json!("Tr1")]);
    assert_eq!(gaps("qxtia"), [json!("Ac1"), json!("Tr1"), json!("Tr3")]);
    assert_eq!(gaps("qxbot"), Vec::<Value>::new());
    let totals = &value["peopleTotals"];
    assert_eq!((&totals["humans"], &totals["trained"], &totals["confirmed"]), (&json!(4), &json!(2), &json!(2)));
    let late = json_of(&site, &["--now", "2025-06-20T00:00:00Z"]);
    assert_eq!(codes(&late), ["warning Tr3 untrained"]);
    report(&site, &["--check", "--now", "2025-06-20T00:00:00Z"]).ends(0).says("qxana has not confirmed that qxtia");
    // Another version, and a course that is over.
    site.repo.write("AI-POLICY.md", "We answer for all of it.\n");
    site.repo.commit("new version");
    let value = json_of(&site, &["--now", "2026-07-01T00:00:00Z"]);
    let wes = value["people"].as_array().unwrap().iter().find(|it| it["id"] == "qxwes").unwrap().clone();
    assert_eq!(wes["documents"][0]["version"], "earlier");
    assert_eq!((&wes["courses"][0]["expired"], &wes["courses"][0]["until"]), (&json!(true), &Value::Null));
    let asked: Vec<_> =
        wes["gaps"].as_array().unwrap().iter().map(|it| (it["clause"].clone(), it["asked"].clone())).collect();
    assert_eq!(asked, [(json!("Ac2"), json!(true)), (json!("Tr5"), json!(true))]);
}

#[test]
fn a_statement_that_says_more_than_the_records_show_fails_the_release() {
    let site = published();
    site.propose("unseen", &[("content/zenith/y.md", "nobody looked\n")]);
    publish(&site, "unseen");
    let value = json_of(&site, &[]);
    assert_eq!(codes(&value), ["error T3 missing-declaration", "error T4 statement-unproved"]);
    assert_eq!(
        value["findings"][1]["message"],
        "statement `site` claims \"a human has reviewed every piece\" with human-reviewed at 100 % or more, and the records show 75 % (3 of 4) (T4)"
    );
    let holds: Vec<_> =
        value["statements"][0]["claims"].as_array().unwrap().iter().map(|it| it["holds"].clone()).collect();
    assert_eq!(holds, [json!(false), json!(true), json!(true), json!(true)]);
    let clause = |id: &str| value["clauses"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap().clone();
    assert_eq!((&clause("T4")["findings"], &clause("T4")["level"]), (&json!(1), &json!("error")));
    assert_eq!(clause("T2")["findings"], 0);
    report(&site, &["--check"]).ends(1).says("statement-unproved");
    report(&site, &[]).ends(0);
    report(&site, &["--check", "--format", "csv", "--section", "findings"]).ends(1);
    // The company may take a clause less strictly.
    let relaxed = format!("{POLICY}\n[severity]\nT4 = \"warning\"\nT3 = \"off\"\n");
    site.repo.write(".provenance/policy.toml", relaxed);
    site.repo.commit("relax");
    report(&site, &["--check"]).ends(0).says("warning statement-unproved");
}

#[test]
fn a_statement_is_published_reviewed_and_has_the_words() {
    let site = started();
    assert_eq!(codes(&json_of(&site, &["--now", "2025-06-01T12:00:00Z"]))[0], "error T2 statement-unproved");
    report(&site, &["--check"]).ends(1).says("statement `site` is not published (T2)");
    site.repo.write("DISCLOSURE.md", DISCLOSURE.replace("free of bias", "fair"));
    site.repo.commit("unreviewed");
    let ran = report(&site, &["--check"]).ends(1);
    ran.says("no review of the present bytes of statement `site`").says("does not have the words of the claim");
}

#[test]
fn a_rejection_a_revocation_and_ones_own_approval_leave_nothing_reviewed() {
    let site = published();
    let reviewed = |site: &Site| json_of(site, &[])["coverage"]["total"]["reviewed"].clone();
    assert_eq!(reviewed(&site), 3);
    let rejected = site
        .signed("ana", &["review", "main~1..main", "--reject", "content/new.md", "--format", "json"])
        .ends(0)
        .json();
    assert_eq!(reviewed(&site), 2);
    site.signed("ana", &["revoke", rejected["record"].as_str().unwrap(), "-m", "misread"]).ends(0);
    assert_eq!(reviewed(&site), 3);
    let log = site.run(&["log", "main~1..main", "--format", "json"]).ends(0).json();
    let approved = log
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["kind"] == "review" && one["statement"]["predicate"]["decision"] == "approve");
    site.signed("ed", &["revoke", approved.unwrap()["record"].as_str().unwrap(), "-m", "said in words"]).ends(0);
    let value = json_of(&site, &[]);
    assert_eq!(value["coverage"]["total"]["reviewed"], 0);
    assert_eq!(value["ledger"]["revoked"], 2);
    let reviewers = value["reviews"]["reviewers"].as_array().unwrap();
    let of = |id: &str| reviewers.iter().find(|it| it["person"] == id).unwrap();
    assert_eq!((&of("qxed")["revoked"], &of("qxana")["rejections"]), (&json!(1), &json!(1)));
    assert_eq!(of("qxana")["rejectRate"], json!({ "count": 1, "of": 1, "percent": 100.0 }));
}

#[test]
fn incidents_and_waivers_that_were_left_are_found() {
    let site = published();
    let open = |path: &str, more: &[&str]| {
        let words =
            [&["incident", "open", path, "--severity", "high", "-m", "said in words", "--format", "json"], more];
        site.signed("wes", &words.concat()).ends(0).json()["record"].as_str().unwrap().to_owned()
    };
    let unowned = open("content/new.md", &[]);
    open("content/a.md", &["--owner", "qxed", "--due", "2025-06-05"]);
    let over = open("content/b.md", &["--owner", "qxed"]);
    let at = "2025-06-04T12:00:00Z";
    site.signed("ana", &["incident", "close", &over, "-m", "said in words", "--now", at]).ends(0);
    site.propose("urgent", &[("content/a.md", "A\n")]);
    let waive = |until: &str| {
        let words = ["waive", "main...urgent", "-m", "said in words", "--until", until, "--format", "json"];
        site.signed("ana", &words).ends(0).json()["record"].as_str().unwrap().to_owned()
    };
    let (left, settled) = (waive("2025-06-03"), waive("2025-06-04"));
    waive("2025-06-07");
    site.signed("ana", &["waive", "--settle", &settled, "-m", "said in words"]).ends(0);
    let now = ["--now", "2025-06-06T12:00:00Z"];
    let value = json_of(&site, &now);
    assert_eq!(codes(&value), ["error A5 overdue-incident", "error A5 overdue-incident", "warning Ac3 expired-waiver"]);
    let incidents = value["incidents"].as_array().unwrap();
    let of = |path: &str| incidents.iter().find(|it| it["path"] == path).unwrap();
    assert_eq!((&of("content/new.md")["id"], &of("content/new.md")["owner"]), (&json!(unowned), &Value::Null));
    assert_eq!((&of("content/a.md")["overdue"], &of("content/a.md")["days"]), (&json!(true), &json!(5)));
    assert_eq!((&of("content/b.md")["state"], &of("content/b.md")["days"]), (&json!("closed"), &json!(3)));
    let states: Vec<_> = value["waivers"].as_array().unwrap().iter().map(|it| it["state"].clone()).collect();
    assert_eq!(states.iter().filter(|state| **state == "left-open").count(), 1);
    assert_eq!(states.iter().filter(|state| **state == "settled").count(), 1);
    assert_eq!(states.iter().filter(|state| **state == "in-force").count(), 1);
    assert!(value["findings"][2]["message"].as_str().unwrap().contains(&left[..12]));
    report(&site, &["--check", now[0], now[1]]).ends(1).says("is open, owned by nobody");
    // Whoever owns it and has time left is asked for nothing.
    let assign = ["incident", "assign", &unowned, "--owner", "qxed", "--due", "2025-06-30"];
    site.signed("ana", &assign).ends(0);
    assert_eq!(codes(&json_of(&site, &now)).len(), 2);
}

#[test]
fn nobody_is_named_in_an_anonymous_report() {
    let site = published();
    let open = ["incident", "open", "content/a.md", "--severity", "low", "-m", "said in words", "--owner", "qxed"];
    site.signed("wes", &open).ends(0);
    site.propose("urgent", &[("content/zenith/a.md", "A\n")]);
    site.signed("ana", &["waive", "main...urgent", "-m", "said in words", "--until", "2025-06-03"]).ends(0);
    publish(&site, "urgent");
    let records = site.run(&["log", "main~2..main", "--format", "json"]).ends(0).json();
    let ids: Vec<String> =
        records.as_array().unwrap().iter().map(|it| it["record"].as_str().unwrap()[..12].to_owned()).collect();
    let secret = |text: &str| PRIVATE.iter().map(|it| (*it).to_owned()).chain(ids.clone()).find(|it| text.contains(it));
    let plain = report(&site, &["--format", "json", "--profile", "eu-art50"]).ends(0).out;
    for known in PRIVATE.iter().filter(|it| !["ssh-ed25519", "SHA256:", "Zenith AG"].contains(*it)) {
        assert!(plain.contains(known), "{known} is not even in the open report");
    }
    let hidden = ["--anonymous", "--profile", "eu-art50"];
    let late = ["--now", "2025-07-01T00:00:00Z"];
    let forms: Vec<Vec<&str>> = [vec!["--format", "json"], vec!["--format", "markdown"], vec![]]
        .into_iter()
        .chain(
            [
                "findings",
                "coverage",
                "statements",
                "people",
                "tools",
                "reviews",
                "incidents",
                "waivers",
                "unsigned",
                "clauses",
                "art50",
            ]
            .map(|section| vec!["--format", "csv", "--section", section]),
        )
        .chain(["people", "incidents", "waivers"].map(|section| vec!["--format", "markdown", "--section", section]))
        .collect();
    for form in forms {
        let ran = report(&site, &[&hidden[..], &late, &form].concat()).ends(0);
        let told = secret(&ran.out).or_else(|| secret(&ran.err));
        assert_eq!(told, None, "{form:?}\n{}", ran.out);
    }
    let value = json_of(&site, &[&hidden[..], &late].concat());
    assert!(value["anonymous"] == true && value["findings"].to_string().contains("person-"));
    let reviewer = value["art50"]["files"][0]["reviewer"].as_str().unwrap();
    let person = value["people"].as_array().unwrap().iter().find(|it| it["id"] == reviewer).unwrap();
    assert_eq!(person["activities"], json!(["review"]));
}

#[test]
fn evidence_by_file_says_what_is_missing() {
    let site = published();
    let value = json_of(&site, &["--profile", "eu-art50"]);
    let files = value["art50"]["files"].as_array().unwrap();
    assert_eq!((files.len(), &value["art50"]["complete"]), (3, &json!(2)));
    assert!(value["art50"]["note"].as_str().unwrap().ends_with("This is no legal advice."));
    let of = |path: &str| files.iter().find(|it| it["path"] == path).unwrap();
    let file = of("content/new.md");
    let blob = site.repo.git(&["rev-parse", "main:content/new.md"]);
    assert_eq!((&file["entry"]["gitBlob"], &file["extent"]), (&json!(blob), &json!("generated")));
    assert_eq!((&file["reviewer"], &file["reviewerName"]), (&json!("qxed"), &json!("Yorick")));
    assert_eq!((&file["competence"], &file["reviewIsLast"]), (&json!(["en"]), &json!(true)));
    assert_eq!(
        (&file["accountableTitle"], &file["accountableContact"]),
        (&json!("Quxmeister"), &json!("desk@qx.example"))
    );
    assert_eq!(file["missing"], json!([]));
    assert_eq!(of("DISCLOSURE.md")["missing"], json!(["accountable"]));
    // A human edits it and says so: AI took part all the same, and nobody has reviewed the new text.
    site.propose("edit", &[("content/new.md", "newer\n")]);
    declare(&site, "wes", "main...edit", &["--extent", "none"]);
    publish(&site, "edit");
    let value = json_of(&site, &["--profile", "eu-art50"]);
    let files = value["art50"]["files"].as_array().unwrap();
    let file = files.iter().find(|it| it["path"] == "content/new.md").unwrap();
    assert_eq!((&file["extent"], &file["missing"]), (&json!("generated"), &json!(["review"])));
    let csv = report(&site, &["--profile", "eu-art50", "--format", "csv"]).ends(0).out;
    assert_eq!(csv.lines().count(), 4);
    assert!(csv.starts_with("path,git id,sha256,extent,"), "{csv}");
    report(&site, &["--profile", "eu-art50", "--format", "markdown"]).ends(0).says("This is no legal advice.");
}

#[test]
fn hostile_texts_stay_in_their_cells() {
    let site = started();
    let formula = "=HYPERLINK(\"http://evil\",\"x\") | <img src=x>\nforged,line";
    let open = |path: &str| {
        site.signed("wes", &["incident", "open", path, "--severity", "low", "-m", formula, "--owner", "qxed"]).ends(0)
    };
    open("content/a.md");
    let csv = report(&site, &["--format", "csv", "--section", "incidents"]).ends(0).out;
    assert_eq!(csv.lines().count(), 2);
    assert!(csv.contains(",\"'=HYPERLINK(\"\"http://evil\"\",\"\"x\"\") | <img src=x>\\nforged,line\","), "{csv}");
    assert!(csv.ends_with("\r\n"));
    let markdown = report(&site, &["--format", "markdown", "--section", "incidents"]).ends(0).out;
    assert!(markdown.contains("\\| \\<img src=x\\>\\\\nforged"), "{markdown}");
    assert!(!markdown.contains("http://evil"));
    let escapes = "\u{1b}[2J\u{202e}";
    site.signed("wes", &["incident", "open", "content/b.md", "--severity", "low", "-m", escapes]).ends(0);
    for form in
        [vec!["--format", "json"], vec!["--format", "csv", "--section", "incidents"], vec!["--format", "markdown"]]
    {
        let out = report(&site, &form).ends(0).out;
        assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{form:?}");
    }
}

#[test]
fn what_does_not_verify_counts_for_nothing_and_is_counted() {
    let site = published();
    let blob = site.repo.git(&["rev-parse", "main:content/new.md"]);
    let note = site.repo.git(&["notes", "--ref=provenance", "show", &blob]);
    let forged = note.lines().find(|line| line.contains("keyid")).unwrap().replacen("\"sig\":\"", "\"sig\":\"AAAA", 1);
    let more = format!("{note}\n{forged}\nno record at all\n");
    site.repo.git(&["notes", "--ref=provenance", "add", "-f", "-m", &more, &blob]);
    let value = json_of(&site, &[]);
    assert_eq!((&value["ledger"]["bad"], &value["ledger"]["void"]), (&json!(2), &json!(2)));
    assert_eq!(value["coverage"]["total"]["reviewed"], 3);
    // Whose key is revoked has said nothing.
    let people = people(&site);
    let key = site.public("ed");
    let gone = format!("keys = [{{ public = \"{key}\", revoked = 2025-06-02, because = \"stolen\" }}]");
    site.repo.write(".provenance/people.toml", people.replace(&format!("keys = [\"{key}\"]"), &gone));
    site.repo.commit("revoke a key");
    let value = json_of(&site, &[]);
    assert_eq!(value["coverage"]["total"]["reviewed"], 0);
    assert_eq!(value["ledger"]["signerVoid"], 1);
    // Who left has reviewed what they reviewed.
    let left = people.replace("competence = [\"en\"]", "competence = [\"en\"]\nretired = 2025-06-05");
    site.repo.write(".provenance/people.toml", left);
    site.repo.commit("somebody leaves");
    assert_eq!(json_of(&site, &[])["coverage"]["total"]["reviewed"], 3);
}

#[test]
fn unsigned_evidence_is_counted_apart() {
    let site = published();
    let head = site.repo.rev("HEAD");
    let line = |source: &str| {
        format!(
            "{{\"source\":\"{source}\",\"commit\":\"{head}\",\"path\":null,\"claim\":\"assisted\",\"tool\":\"Claude\",\"model\":null}}"
        )
    };
    let note = format!("{}\n{}\nnot json\n", line("git-ai"), line("trailer"));
    site.repo.git(&["notes", "--ref=provenance-imported", "add", "-m", &note, &head]);
    let value = json_of(&site, &[]);
    let unsigned = &value["unsigned"];
    assert_eq!(
        (&unsigned["label"], &unsigned["signals"], &unsigned["unreadable"]),
        (&json!("unsigned"), &json!(2), &json!(1))
    );
    assert_eq!(unsigned["bySource"], json!({ "git-ai": 1, "trailer": 1 }));
    assert_eq!(unsigned["byTool"], json!([{ "tool": "Claude", "model": null, "signals": 2 }]));
    assert_eq!(value["coverage"]["total"]["declared"]["generated"], 3);
}

#[test]
fn a_range_limits_coverage_and_reviews() {
    let site = published();
    let quarter = site.repo.rev("main");
    site.propose("next", &[("content/a.md", "A\n")]);
    declare(&site, "wes", "main...next", &["--extent", "none"]);
    review(&site, "ana", "main...next", &[]);
    publish(&site, "next");
    let value = json_of(&site, &[&format!("{quarter}..main")]);
    assert_eq!(value["coverage"]["total"]["files"], 1);
    assert_eq!(value["coverage"]["total"]["declared"]["none"], 1);
    assert_eq!(value["reviews"]["totals"]["approvals"], 1);
    assert_eq!(value["reviews"]["reviewers"][0]["person"], "qxana");
    // Claims are of all that is published.
    assert_eq!(value["statements"][0]["claims"][0]["share"]["of"], 4);
}

#[test]
fn a_form_that_is_none_is_a_matter_of_usage() {
    let site = started();
    report(&site, &["--format", "csv"]).ends(2).says("needs --section");
    report(&site, &["--section", "people"]).ends(2);
    report(&site, &["--format", "csv", "--section", "art50"]).ends(2).says("needs --profile eu-art50");
    site.run(&["people", "--format", "csv"]).ends(2).says("are of `report` alone");
    report(&site, &["--format", "yaml"]).ends(2);
}

#[test]
fn what_git_merged_of_a_reviewed_change_is_reviewed() {
    let site = published();
    let text = |first: &str, last: &str| format!("{first}\ntwo\nthree\nfour\nfive\nsix\n{last}\n");
    site.propose("one", &[("content/a.md", &text("ONE", "seven"))]);
    site.propose("other", &[("content/a.md", &text("one", "SEVEN"))]);
    for branch in ["one", "other"] {
        declare(&site, "wes", &format!("main...{branch}"), &GENERATED);
        review(&site, "ed", &format!("main...{branch}"), &[]);
    }
    publish(&site, "one");
    site.repo.merge(&["other"], "merge");
    assert_eq!(site.repo.read("content/a.md"), text("ONE", "SEVEN").into_bytes());
    let value = json_of(&site, &["--profile", "eu-art50"]);
    let total = &value["coverage"]["total"];
    assert_eq!((&total["reviewed"], &total["merged"], &total["neither"]), (&json!(4), &json!(1), &json!(0)));
    assert_eq!(codes(&value), Vec::<String>::new());
    // It is no review of exactly these words.
    let files = value["art50"]["files"].as_array().unwrap();
    let file = files.iter().find(|it| it["path"] == "content/a.md").unwrap();
    assert_eq!((&file["extent"], &file["missing"]), (&json!("generated"), &json!(["exact-review"])));
    // One word by hand is no merge.
    site.repo.write("content/a.md", text("ONE", "SEVEN!"));
    site.repo.commit("by hand");
    assert_eq!(json_of(&site, &[])["coverage"]["total"]["neither"], 1);
}
