//! Evidence file by file.

use serde_json::json;

use super::{declare, json_of, publish, published, report};

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
