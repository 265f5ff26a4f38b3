//! What counts as reviewed and declared.

use serde_json::json;

use super::{GENERATED, POLICY, codes, declare, json_of, people, publish, published, report, review};
use crate::site::Site;

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

#[test]
fn what_an_exemption_lets_through_is_counted_apart_and_is_not_reviewed() {
    let site = published();
    let exempt = "[[exempt]]\npaths = [\"logs/**\", \"content/**\"]\nreason = \"machines write them\"\n";
    site.repo.write(".provenance/policy.toml", format!("{POLICY}\n{exempt}"));
    // Where a rule asks for a review the exemption has no effect.
    for path in ["logs/a.txt", "logs/b.txt", "content/c.md", "other.md"] {
        site.repo.write(path, "words\n");
    }
    site.repo.commit("exempt");
    let value = json_of(&site, &[]);
    let total = &value["coverage"]["total"];
    assert_eq!((&total["exempt"], &total["reviewed"], &total["neither"]), (&json!(2), &json!(3), &json!(5)));
    assert_eq!(total["reviewedShare"]["of"], 8);
    report(&site, &[]).ends(0).says("neither 5, exempt 2, unchanged ");
    let csv = report(&site, &["--format", "csv", "--section", "coverage"]).ends(0).out;
    assert!(csv.lines().next().unwrap().ends_with(",neither,exempt"), "{csv}");
    assert!(csv.contains("folder,logs,2,0,0,0.0,") || csv.contains("folder,logs,2,0,0,0,"), "{csv}");
}
