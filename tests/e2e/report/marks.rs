//! Do-not-train marks of what is published.

use serde_json::{Value, json};

use super::{POLICY, codes, json_of, published, report};
use crate::site::Site;

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\"><metadata><rdf:Description plus:DataMining=\"http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING\"/></metadata></svg>";
const HTML: &str = "<html><head><meta name=\"tdm-reservation\" content=\"1\"></head></html>";

/// The company with a policy on do-not-train marks, and files that carry them or not.
fn asked(entry: &str, files: &[(&str, &str)]) -> Site {
    let site = published();
    site.repo.write(".provenance/policy.toml", format!("{POLICY}\n{entry}"));
    for (path, text) in files {
        site.repo.write(path, text);
    }
    site.repo.commit("ask for marks");
    site
}

fn of_pr4(value: &Value) -> Vec<Value> {
    let findings = value["findings"].as_array().unwrap();
    findings.iter().filter(|it| it["clause"] == "Pr4").cloned().collect()
}

const PICTURES: &str = "[do-not-train]\npaths = [\"pictures/**\"]\n";

#[test]
fn images_pages_and_a_site_say_that_nobody_trains_on_them() {
    let files = [("pictures/a.svg", SVG), ("pictures/a.html", HTML), ("pictures/data.csv", "1\n")];
    let value = json_of(&asked(PICTURES, &files), &[]);
    let marks = &value["marks"];
    let one = json!({ "files": 1, "marked": 1 });
    assert_eq!((&marks["images"], &marks["pages"], &marks["other"]), (&one, &one, &json!(1)));
    assert_eq!((&marks["unmarked"], &marks["site"]), (&json!([]), &json!([])));
    assert_eq!(of_pr4(&value), Vec::<Value>::new());
    // Markdown has the word of the site, wherever its root is.
    let entry = "[do-not-train]\npaths = [\"content/**\"]\nsite-root = \"static\"\n";
    for (path, text) in [
        ("static/robots.txt", "User-agent: *\nDisallow: /\n"),
        ("static/ai.txt", "User-Agent: *\nDisallow: /\n"),
        ("static/.well-known/tdmrep.json", "[{\"location\": \"/\", \"tdm-reservation\": 1}]"),
    ] {
        let value = json_of(&asked(entry, &[(path, text)]), &[]);
        assert_eq!(value["marks"]["site"], json!([{ "path": path, "whole": true, "open": [] }]));
        assert_eq!(value["marks"]["pages"]["files"], value["marks"]["pages"]["marked"]);
        assert_eq!(of_pr4(&value), Vec::<Value>::new());
    }
}

#[test]
fn what_carries_no_mark_is_said() {
    let files = [
        ("pictures/a.svg", "<svg></svg>"),
        ("pictures/b.png", "no image"),
        ("pictures/c.html", "<html></html>"),
        ("pictures/d.md", "words\n"),
        ("pictures/e.svg", SVG),
        ("robots.txt", "User-agent: GPTBot\nDisallow: /\n"),
    ];
    let site = asked(PICTURES, &files);
    let value = json_of(&site, &[]);
    let marks = &value["marks"];
    assert_eq!((&marks["images"], &marks["pages"]["marked"]), (&json!({ "files": 3, "marked": 1 }), &json!(0)));
    assert_eq!((&marks["site"][0]["whole"], &marks["site"][0]["open"][0]), (&json!(false), &json!("ClaudeBot")));
    let found = &of_pr4(&value)[0];
    assert_eq!((&found["severity"], &found["code"]), (&json!("warning"), &json!("missing-do-not-train")));
    assert_eq!(
        found["message"],
        "4 of 5 published images and pages that no model is to be trained on carry no mark of it: pictures/a.svg, pictures/b.png, pictures/c.html and 1 more (Pr4)"
    );
    report(&site, &[]).ends(0).says("do-not-train marks: 1 of 3 images, 0 of 2 pages\n");
    let csv = report(&site, &["--format", "csv", "--section", "marks"]).ends(0).out;
    assert!(csv.contains("images,,3,1\r\n") && csv.contains("unmarked,pictures/b.png,1,0\r\n"), "{csv}");
    assert!(csv.contains("site,robots.txt,,\"no (lets in ClaudeBot; "), "{csv}");
    // An image has to say it itself, since others copy it without the site.
    site.repo.write("robots.txt", "User-agent: *\nDisallow: /\n");
    site.repo.commit("shut the site");
    let value = json_of(&site, &[]);
    assert_eq!(value["marks"]["unmarked"], json!(["pictures/a.svg", "pictures/b.png"]));
}

#[test]
fn it_is_a_warning_or_off_and_only_where_the_policy_asks() {
    assert_eq!(json_of(&published(), &[]).get("marks"), None);
    let gone = asked(PICTURES, &[]);
    let value = json_of(&gone, &[]);
    assert_eq!(codes(&value), ["warning Pr4 missing-do-not-train"]);
    report(&gone, &["--check"]).ends(0).says("no published file is in the paths of [do-not-train] (Pr4)");
    let off = asked(&format!("{PICTURES}[severity]\nPr4 = \"off\"\n"), &[("pictures/b.png", "no image")]);
    assert_eq!(of_pr4(&json_of(&off, &[])), Vec::<Value>::new());
}
