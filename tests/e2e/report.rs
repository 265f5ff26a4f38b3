//! `report`: what the records show, and what a release check refuses.

mod acceptance;
mod annex;
mod bill;
mod coverage;
mod forms;
mod marks;
mod people;
mod profiles;
mod release;

use provenance_core::key::generate;
use serde_json::Value;

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
