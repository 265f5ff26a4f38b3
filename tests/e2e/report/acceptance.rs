//! The sheet of who has accepted which document.

use serde_json::{Value, json};

use super::{POLICY, json_of, published, report};

const SHEET: [&str; 2] = ["--profile", "acceptance"];

fn line(value: &Value, person: &str) -> Value {
    let all = value["acceptance"]["documents"][0]["people"].as_array().unwrap();
    all.iter().find(|it| it["person"] == person).unwrap().clone()
}

#[test]
fn a_sheet_has_who_accepted_which_version_with_which_signature() {
    let site = published();
    let policy = POLICY.replace("path = \"AI-POLICY.md\"\n", "path = \"AI-POLICY.md\"\ntitle = \"How | we use AI\"\n");
    let more = "[document.privacy]\npath = \"PRIVACY.md\"\n";
    site.repo.write(".provenance/policy.toml", format!("{policy}\n{more}"));
    site.repo.commit("a title");
    let value = json_of(&site, &SHEET);
    let documents = value["acceptance"]["documents"].as_array().unwrap();
    // Nobody has to accept the other.
    assert_eq!((documents.len(), &documents[0]["title"]), (1, &json!("How | we use AI")));
    assert_eq!((&documents[0]["accepted"], &documents[0]["acceptedBy"]), (&json!(1), &json!(["ai"])));
    let wes = line(&value, "qxwes");
    assert_eq!((&wes["name"], &wes["version"], &wes["asked"]), (&json!("Wenzel"), &json!("in-force"), &json!(true)));
    assert_eq!(wes["sha256"], documents[0]["entry"]["sha256"]);
    assert!(wes["key"].as_str().unwrap().starts_with("SHA256:"));
    let ed = line(&value, "qxed");
    assert_eq!((&ed["acceptedAt"], &ed["asked"], ed.get("record")), (&Value::Null, &json!(false), None));
    // Agents accept nothing.
    assert_eq!(documents[0]["people"].as_array().unwrap().len(), 4);
    let record = &wes["record"].as_str().unwrap()[..12];
    let sheet = report(&site, &[&SHEET[..], &["--format", "markdown"]].concat()).ends(0);
    sheet
        .says("### How \\| we use AI\n\nAI-POLICY.md, in force as SHA-256 ")
        .says("To be accepted by whoever uses AI. 1 of 4 have.")
        .says("| Yorick | qxed | no |  |  |  |  | .............................. |\n")
        .says("| Wenzel | qxwes | yes | 2025-06-01 | in force | SHA256:")
        .says(&format!(" | {record} |  |\n"))
        .says("A signature on paper is no record");
    let csv = report(&site, &[&SHEET[..], &["--format", "csv"]].concat()).ends(0).out;
    assert!(csv.starts_with("document,title,path,version in force (sha256),name,id,"), "{csv}");
    assert_eq!(csv.lines().count(), 5);
    report(&site, &SHEET).ends(0).says("document ai-policy (AI-POLICY.md): accepted in force by 1 of 4 persons\n");
}

#[test]
fn a_new_version_is_to_be_signed_by_everybody() {
    let site = published();
    let before = line(&json_of(&site, &SHEET), "qxwes")["sha256"].as_str().unwrap().to_owned();
    site.repo.write("AI-POLICY.md", "We answer for all of it.\n");
    site.repo.commit("new version");
    let value = json_of(&site, &SHEET);
    let wes = line(&value, "qxwes");
    assert_eq!((&wes["version"], &wes["sha256"]), (&json!("earlier"), &json!(before)));
    assert_eq!(value["acceptance"]["documents"][0]["accepted"], 0);
    let sheet = report(&site, &[&SHEET[..], &["--format", "markdown"]].concat()).ends(0).out;
    assert!(sheet.contains(&format!("| earlier ({}) |", &before[..12])), "{sheet}");
    assert_eq!(sheet.matches("......").count(), 4 * 5);
    site.repo.git(&["rm", "--quiet", "AI-POLICY.md"]);
    site.repo.commit("gone");
    report(&site, &[&SHEET[..], &["--format", "markdown"]].concat()).ends(0).says("AI-POLICY.md, which is not there.");
}

#[test]
fn an_anonymous_sheet_has_masks_for_names() {
    let site = published();
    let record = line(&json_of(&site, &SHEET), "qxwes")["record"].as_str().unwrap()[..12].to_owned();
    for form in ["json", "csv", "markdown", "human"] {
        let out = report(&site, &[&SHEET[..], &["--anonymous", "--format", form]].concat()).ends(0).out;
        let secret = ["qxwes", "Wenzel", "qxed", "Yorick", "SHA256:", &record];
        assert_eq!(secret.into_iter().find(|it| out.contains(it)), None, "{form}\n{out}");
    }
    let value = json_of(&site, &[&SHEET[..], &["--anonymous"]].concat());
    let people = value["acceptance"]["documents"][0]["people"].as_array().unwrap();
    let accepted = people.iter().find(|it| it["version"] == "in-force").unwrap();
    let who = value["people"].as_array().unwrap().iter().find(|it| it["id"] == accepted["person"]).unwrap();
    assert_eq!(who["activities"], json!(["ai"]));
}
