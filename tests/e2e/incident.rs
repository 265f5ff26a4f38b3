//! `incident`: opened by anybody, owned by a human, corrected by a change, closed by who answers.

use serde_json::{Value, json};

use crate::company_site::company;
use crate::site::Site;

fn open(site: &Site, who: &str, path: &str, more: &[&str]) -> String {
    let words = [&["incident", "open", path, "--severity", "high", "-m", "a wrong dose", "--format", "json"], more];
    site.signed(who, &words.concat()).ends(0).json()["record"].as_str().unwrap().to_owned()
}

fn list(site: &Site, more: &[&str]) -> Vec<Value> {
    let words = [&["incident", "list", "--format", "json"], more].concat();
    site.run(&words).ends(0).json().as_array().unwrap().clone()
}

#[test]
fn an_incident_from_its_opening_to_its_end() {
    let site = company();
    let id = open(&site, "ci", "content/a.md", &["--due", "2025-06-02"]);
    let listed = list(&site, &[]);
    assert_eq!(listed.len(), 1);
    let blob = site.repo.git(&["rev-parse", "main:content/a.md"]);
    let expected = json!({
        "incident": id, "path": "content/a.md", "severity": "high", "summary": "a wrong dose", "openedBy": "ci",
        "openedAt": "2025-06-01T12:00:00Z", "owner": null, "due": "2025-06-02", "overdue": false, "state": "open",
        "correction": null, "closed": null,
    });
    assert_eq!(listed[0], expected);
    assert_eq!(list(&site, &["--now", "2025-06-03T00:00:00Z"])[0]["overdue"], true);
    let assign = ["incident", "assign", &id[..12], "--owner", "ed", "--now", "2025-06-01T13:00:00Z"];
    site.signed("wes", &assign).ends(0).says(&format!("wes gave incident {} at content/a.md to ed", &id[..12]));
    let commit = site.propose("fix", &[("content/a.md", "the right dose\n")]);
    let correct = ["incident", "correct", &id[..12], "main...fix", "-m", "we gave a wrong dose"];
    site.signed("wes", &correct).ends(0).says("corrected incident");
    let now = list(&site, &[]);
    assert_eq!(
        (&now[0]["owner"], &now[0]["due"], &now[0]["state"]),
        (&json!("ed"), &json!("2025-06-02"), &json!("open"))
    );
    let change = &now[0]["correction"]["change"];
    assert_eq!((&change["before"]["gitBlob"], &now[0]["correction"]["published"]), (&json!(blob), &json!(false)));
    site.repo.git(&["branch", "--force", "main", &commit]);
    assert_eq!(list(&site, &[])[0]["state"], "corrected");
    // No entry covers the path, so an admin closes it.
    let close = |who: &str| site.signed(who, &["incident", "close", &id, "-m", "corrected"]);
    close("ed").ends(1).says("an admin can, since no [[accountable]] of the policy covers content/a.md");
    close("ci").ends(1).says("ci is a service");
    close("ana").ends(0).says("ana closed incident");
    close("ana").ends(2).says("was closed by ana on 2025-06-01");
    site.signed("wes", &assign).ends(2).says("was closed by ana");
    assert!(list(&site, &[]).is_empty());
    let all = list(&site, &["--all"]);
    assert_eq!((&all[0]["state"], &all[0]["closed"]["outcome"]), (&json!("closed"), &json!("corrected")));
    site.run(&["incident", "list"]).ends(0).says("no open incidents");
    site.run(&["incident", "list", "--all"]).ends(0).says("closed, high, owned by ed, due 2025-06-02");
    // The records of the path are in its log, oldest last.
    let log = site.run(&["log", "fix"]).ends(0);
    log.says("opened an incident at content/a.md (high, due 2025-06-02), 2025-06-01T12:00:00Z: a wrong dose");
}

#[test]
fn two_incidents_at_one_path_are_two() {
    let site = company();
    let first = open(&site, "wes", "content/a.md", &[]);
    let second = open(&site, "ed", "content/a.md", &["--owner", "ana"]);
    let third = open(&site, "ed", "content/b.md", &[]);
    let ids =
        |listed: &[Value]| listed.iter().map(|one| one["incident"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let mut both = ids(&list(&site, &["content/a.md"]));
    both.sort();
    let mut expected = vec![first.clone(), second.clone()];
    expected.sort();
    assert_eq!(both, expected);
    site.signed("ana", &["incident", "close", &first, "-m", "a false alarm"]).ends(0);
    assert_eq!(ids(&list(&site, &[])), [second, third.clone()]);
    // What was revoked was never opened.
    site.signed("ed", &["revoke", &third, "-m", "the wrong path"]).ends(0);
    assert_eq!(list(&site, &["--all", "content/b.md"]), Vec::<Value>::new());
    site.signed("ana", &["incident", "close", &third, "-m", "x"]).ends(2).says("does not count here: it was revoked");
}

#[test]
fn a_path_that_is_gone_has_incidents_and_a_path_that_never_was_has_none() {
    let site = company();
    site.repo.git(&["rm", "--quiet", "content/b.md"]);
    site.repo.commit("gone");
    let id = open(&site, "wes", "content/b.md", &[]);
    let listed = list(&site, &["content"]);
    assert_eq!((listed.len(), &listed[0]["incident"], &listed[0]["path"]), (1, &json!(id), &json!("content/b.md")));
    let typo = ["incident", "open", "content/c.md", "--severity", "low", "-m", "x"];
    site.signed("wes", &typo)
        .ends(2)
        .says("content/c.md is not in refs/heads/main")
        .says("no step of it before had it");
}

#[test]
fn who_answers_for_the_path_closes_its_incidents_and_nobody_else() {
    let site = company();
    let id = open(&site, "wes", "content/news/n.md", &[]);
    let close = |who: &str| site.signed(who, &["incident", "close", &id, "-m", "corrected"]);
    close("ana").ends(1).says("ed (News editor), who answers for content/news/n.md, can");
    close("ed").ends(0).says("ed closed incident");
}

#[test]
fn refuses_what_is_no_incident_and_whom_nobody_knows() {
    let site = company();
    let run = |words: &[&str]| site.signed("wes", &[&["incident"], words].concat());
    run(&["open", "content/a.md", "--severity", "grave", "-m", "x"]).ends(2);
    run(&["open", "content/a.md", "--severity", "low", "-m", " "]).ends(2).says("its summary is empty");
    let of = |more: &[&str]| run(&[&["open", "content/a.md", "--severity", "low", "-m", "x"], more].concat());
    of(&["--owner", "zoe"]).ends(2).says("`zoe` is not in .provenance/people.toml");
    of(&["--owner", "bot"]).ends(2).says("bot is no human");
    of(&["--due", "2025-05-31"]).ends(2).says("is over: today is 2025-06-01");
    site.signed("eve", &["incident", "open", "content/a.md", "--severity", "low", "-m", "x"]).ends(1);
    assert!(!site.repo.try_git(&["rev-parse", "--verify", "refs/notes/provenance"]).status.success());
    run(&["close", "12345", "-m", "x"]).ends(2).says("is no start of a record id");
    run(&["close", "123456", "-m", "x"]).ends(2).says("no record starts with 123456");
    let accepted = site.signed("wes", &["policy", "accept", "privacy", "--yes", "--format", "json"]).ends(0).json();
    run(&["close", accepted["record"].as_str().unwrap(), "-m", "x"])
        .ends(2)
        .says("is of kind acceptance and opens no incident");
    let id = open(&site, "wes", "content/a.md", &[]);
    let step = site.signed("wes", &["incident", "assign", &id, "--owner", "ed", "--format", "json"]).ends(0).json();
    assert_eq!(step["paths"], json!(["content/a.md"]));
    run(&["assign", step["record"].as_str().unwrap(), "--owner", "ed"])
        .ends(2)
        .says(&format!("is a step of incident {}: name that", &id[..12]));
    site.propose("other", &[("content/b.md", "B\n")]);
    run(&["correct", &id, "main...other"]).ends(2).says("does not change content/a.md, where incident");
    site.run(&["incident", "list", "content/a.md"]).ends(0).says("content/a.md: open, high, owned by ed");
}
