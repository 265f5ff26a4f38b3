//! What a client is told of the content that was made for it.

use serde_json::{Value, json};

use super::{POLICY, codes, declare, json_of, publish, published, report};
use crate::site::Site;

const ANNEX: [&str; 4] = ["--profile", "client-annex", "--client", "zenithco"];
const CLAUSE: &str = "# AI\n\nWe say where <b>AI</b> took part.\n\n| forged | row |\n";

/// The company with a clause in its contract.
fn contracted() -> Site {
    let site = published();
    let policy = POLICY.replace("[client.zenithco]\n", "[client.zenithco]\ndisclosure = \"clients/zenith.md\"\n");
    site.repo.write(".provenance/policy.toml", policy);
    site.repo.write("clients/zenith.md", CLAUSE);
    site.repo.commit("name the clause");
    site
}

fn deliverable(value: &Value, path: &str) -> Value {
    let all = value["annex"]["deliverables"].as_array().unwrap();
    all.iter().find(|it| it["path"] == path).unwrap().clone()
}

#[test]
fn an_annex_has_the_clause_and_each_deliverable_with_use_reviewer_and_date() {
    let site = contracted();
    let value = json_of(&site, &ANNEX);
    let annex = &value["annex"];
    assert_eq!(
        (&annex["client"], &annex["name"], &annex["complete"]),
        (&json!("zenithco"), &json!("Zenith AG"), &json!(1))
    );
    let blob = site.repo.git(&["rev-parse", "main:clients/zenith.md"]);
    let clause = &annex["clause"];
    assert_eq!((&clause["path"], &clause["text"]), (&json!("clients/zenith.md"), &json!(CLAUSE)));
    assert_eq!(clause["entry"]["gitBlob"], json!(blob));
    let file = deliverable(&value, "content/zenith/z.md");
    let blob = site.repo.git(&["rev-parse", "main:content/zenith/z.md"]);
    assert_eq!((&file["entry"]["gitBlob"], &file["extent"]), (&json!(blob), &json!("generated")));
    assert_eq!((&file["tools"], &file["missing"]), (&json!(["writer"]), &json!([])));
    assert_eq!((&file["reviewer"], &file["reviewerName"]), (&json!("qxed"), &json!("Yorick")));
    assert_eq!(file["reviewedAt"], "2025-06-01T13:30:00Z");
    assert_eq!(annex["deliverables"].as_array().unwrap().len(), 1);
    let markdown = report(&site, &[&ANNEX[..], &["--format", "markdown"]].concat()).ends(0);
    markdown
        .says("Client: Zenith AG (zenithco)")
        .says("The clause on AI use, clients/zenith.md, SHA-256 ")
        .says("\n> \\# AI\n>\n> We say where \\<b\\>AI\\</b\\> took part.\n>\n> \\| forged \\| row \\|\n")
        .says("| writer | 2025-06-01T12:00:00Z | qxed | Yorick | 2025-06-01T13:30:00Z |  |\n")
        .says("Nothing is missing of 1 of 1.");
    let csv = report(&site, &[&ANNEX[..], &["--format", "csv"]].concat()).ends(0).out;
    assert!(csv.starts_with("path,git id,sha256,AI use,tools,"), "{csv}");
    assert_eq!(csv.lines().count(), 2);
    report(&site, &ANNEX).ends(0).says("annex of client zenithco: 1 deliverable, nothing is missing of 1\n");
}

#[test]
fn a_deliverable_says_what_is_not_on_record() {
    let site = contracted();
    site.propose("more", &[("content/zenith/y.md", "nobody said\n"), ("content/zenith/z.md", "edited\n")]);
    declare(&site, "wes", "main...more", &["content/zenith/z.md", "--extent", "none"]);
    publish(&site, "more");
    let value = json_of(&site, &ANNEX);
    assert_eq!((&value["annex"]["complete"], codes(&value)[0].as_str()), (&json!(0), "error T3 missing-declaration"));
    let unsaid = deliverable(&value, "content/zenith/y.md");
    assert_eq!((&unsaid["extent"], &unsaid["missing"]), (&Value::Null, &json!(["declaration", "review"])));
    // What AI made is still in what a human edited and nobody has reviewed.
    let edited = deliverable(&value, "content/zenith/z.md");
    assert_eq!((&edited["extent"], &edited["missing"]), (&json!("generated"), &json!(["review"])));
    assert_eq!(edited["declared"], true);
    report(&site, &[&ANNEX[..], &["--check"]].concat())
        .ends(1)
        .says("have no declaration that stands: content/zenith/y.md");
    report(&site, &[&ANNEX[..], &["--format", "csv"]].concat())
        .ends(0)
        .says("not declared,,,,,,\"declaration; review\"\r\n");
}

#[test]
fn an_annex_is_of_a_client_of_the_policy() {
    let site = published();
    report(&site, &["--profile", "client-annex"]).ends(2).says("needs --client ID");
    report(&site, &["--client", "zenithco"]).ends(2).says("--client is of --profile client-annex");
    report(&site, &["--profile", "client-annex", "--client", "acme"])
        .ends(2)
        .says("policy.toml has no client `acme`")
        .says("it has zenithco");
    report(&site, &["--format", "csv", "--section", "annex"]).ends(2).says("needs --profile client-annex");
    // Without a clause the annex says so.
    assert_eq!(json_of(&site, &ANNEX)["annex"]["clause"], Value::Null);
    report(&site, &[&ANNEX[..], &["--format", "markdown"]].concat())
        .ends(0)
        .says("The policy names no clause on AI use.");
    let policy = POLICY.replace("[client.zenithco]\n", "[client.zenithco]\ndisclosure = \"clients/gone.md\"\n");
    site.repo.write(".provenance/policy.toml", policy);
    site.repo.commit("name a clause that is not there");
    let ran = report(&site, &[&ANNEX[..], &["--format", "markdown"]].concat()).ends(0);
    ran.says("The clause on AI use, clients/gone.md, is not there.");
}

#[test]
fn an_anonymous_annex_names_nobody() {
    let site = contracted();
    for form in ["json", "csv", "markdown", "human"] {
        let out = report(&site, &[&ANNEX[..], &["--anonymous", "--format", form]].concat()).ends(0).out;
        let named = ["zenithco", "Zenith AG", "qxed", "Yorick", "took part."].into_iter().find(|it| out.contains(it));
        assert_eq!(named, None, "{form}\n{out}");
    }
    let value = json_of(&site, &[&ANNEX[..], &["--anonymous"]].concat());
    assert_eq!(value["annex"]["client"], "client-1");
    let reviewer = value["annex"]["deliverables"][0]["reviewer"].clone();
    assert!(value["people"].as_array().unwrap().iter().any(|person| person["id"] == reviewer), "{reviewer}");
}
