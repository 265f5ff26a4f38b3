//! People, and a report without their names.

use serde_json::{Value, json};

use super::{PRIVATE, codes, json_of, publish, published, report};

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
