//! The AI tools as a bill of materials after CycloneDX 1.6.

use serde_json::{Value, json};

use super::{LATER, TOOLS, published, report};
use crate::site::Site;

const BILL: [&str; 4] = ["--profile", "cyclonedx", "--format", "json"];

const DOCUMENT: &str = "# Writer\n\n## Intended users\n\nEditors and writers.\n\n## Capabilities\n\n- drafting\n- rewriting\n\n## Limits\n\n1. invents\n   sources\n\n## Bias and other risks\n\nRepeats prejudices.\n\n## Guidelines\n\nCheck it.\n";

fn described() -> Site {
    let site = published();
    let more = "vendor = \"Acme Models\"\nmodels = [\"opus-*\"]\ncapabilities = [\"drafting\"]\nlimits = [\"no dates\"]\ndocument = \"ai tools/writer.md\"\nretention = \"30 days\"\nregion = \"EU\"\n";
    site.repo.write(".provenance/tools.toml", TOOLS.replace("[tool.drawer]", &format!("{more}[tool.drawer]")));
    site.repo.write("ai tools/writer.md", DOCUMENT);
    site.repo.commit("describe the tool");
    site
}

fn tool(bill: &Value, id: &str) -> Value {
    let all = bill["components"].as_array().unwrap();
    all.iter().find(|it| it["bom-ref"] == format!("tool:{id}")).unwrap().clone()
}

fn properties(tool: &Value, name: &str) -> Vec<Value> {
    let all = tool["properties"].as_array().unwrap();
    let named = all.iter().filter(|it| it["name"] == format!("git-provenance:{name}"));
    named.map(|it| it["value"].clone()).collect()
}

#[test]
fn a_bill_has_a_model_card_for_each_tool() {
    let site = described();
    let bill = report(&site, &BILL).ends(0).json();
    assert_eq!(
        (&bill["bomFormat"], &bill["specVersion"], &bill["version"]),
        (&json!("CycloneDX"), &json!("1.6"), &json!(1))
    );
    assert_eq!((bill.get("serialNumber"), &bill["metadata"]["timestamp"]), (None, &json!(LATER)));
    let repository = &bill["metadata"]["component"];
    assert_eq!((&repository["type"], &repository["name"]), (&json!("data"), &json!("acme/site")));
    assert_eq!(repository["version"], site.repo.rev("main"));
    let writer = tool(&bill, "writer");
    assert_eq!((&writer["type"], &writer["name"]), (&json!("machine-learning-model"), &json!("Writer")));
    assert_eq!(writer["supplier"], json!({ "name": "Acme Models" }));
    let document = &writer["externalReferences"][0];
    assert_eq!((&document["type"], &document["url"]), (&json!("documentation"), &json!("ai%20tools/writer.md")));
    assert_eq!(document["hashes"][0]["alg"], "SHA-256");
    let card = &writer["modelCard"];
    assert_eq!(card["modelParameters"], json!({ "task": "drafting" }));
    assert_eq!(
        card["considerations"],
        json!({
            "users": ["Editors and writers."],
            "useCases": ["drafting", "rewriting"],
            "technicalLimitations": ["invents sources", "no dates"],
            "ethicalConsiderations": [{ "name": "Repeats prejudices." }],
        })
    );
    for (name, value) in [
        ("status", "approved"),
        ("approved-from", "2025-01-01"),
        ("approved-until", "2026-12-31"),
        ("answered-on", "2025-01-08"),
        ("retention", "30 days"),
        ("region", "EU"),
        ("trainsOnInput", "false"),
        ("data-class", "published"),
        ("approved-model", "opus-*"),
        ("declarations", "1"),
        ("files", "3"),
        ("declared-model", "opus-1"),
    ] {
        assert_eq!(properties(&writer, name), [json!(value)], "{name}");
    }
    assert_eq!(report(&site, &BILL).ends(0).json(), bill);
}

#[test]
fn what_is_not_known_of_a_tool_is_not_in_its_card() {
    let site = published();
    let bill = report(&site, &BILL).ends(0).json();
    let drawer = tool(&bill, "drawer");
    assert_eq!((drawer.get("modelCard"), drawer.get("supplier"), drawer.get("externalReferences")), (None, None, None));
    assert_eq!(properties(&drawer, "status"), [json!("requested")]);
    assert_eq!(properties(&drawer, "trainsOnInput"), Vec::<Value>::new());
    // A tool that is only declared is one as well.
    let drawer = TOOLS.find("[tool.drawer]").unwrap();
    site.repo.write(".provenance/tools.toml", &TOOLS[drawer..]);
    site.repo.commit("forget the writer");
    let bill = report(&site, &BILL).ends(0).json();
    assert_eq!(properties(&tool(&bill, "writer"), "status"), [json!("unknown")]);
}

#[test]
fn a_document_that_is_gone_has_no_digest() {
    let site = described();
    site.repo.git(&["rm", "--quiet", "ai tools/writer.md"]);
    site.repo.commit("gone");
    let bill = report(&site, &BILL).ends(0).json();
    let writer = tool(&bill, "writer");
    assert_eq!(writer["externalReferences"], json!([{ "url": "ai%20tools/writer.md", "type": "documentation" }]));
    assert_eq!(writer["modelCard"]["considerations"], json!({ "technicalLimitations": ["no dates"] }));
}

#[test]
fn a_bill_is_json_with_its_names() {
    let site = published();
    report(&site, &["--profile", "cyclonedx"]).ends(2).says("--profile cyclonedx is of `--format json`");
    report(&site, &["--profile", "cyclonedx", "--format", "csv"]).ends(2);
    report(&site, &[&BILL[..], &["--anonymous"]].concat()).ends(2).says("cannot be --anonymous");
    // The release check stands beside it.
    site.repo.write("DISCLOSURE.md", "nothing\n");
    site.repo.commit("unreviewed");
    report(&site, &[&BILL[..], &["--check"]].concat()).ends(1);
}
