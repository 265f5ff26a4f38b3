//! What a release check refuses, and what it lets pass.

use serde_json::{Value, json};

use super::{DISCLOSURE, POLICY, codes, json_of, publish, published, report, started};

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
