//! `waive` and `scan`: what is let through, by whom and until when; what a program found.

use serde_json::json;

use crate::company_site::company;
use crate::site::{Ran, Site};

fn proposed() -> Site {
    let site = company();
    site.propose("topic", &[("content/a.md", "A\n"), ("content/b.md", "B\n")]);
    site
}

fn waive(site: &Site, who: &str, more: &[&str]) -> Ran {
    site.signed(who, &[&["waive", "main...topic", "-m", "the site is down", "--format", "json"], more].concat())
}

#[test]
fn who_holds_the_role_waives_for_some_days() {
    let site = proposed();
    let signed = waive(&site, "ed", &["--until", "2025-06-07", "content/a.md"]).ends(0).json();
    assert_eq!((&signed["kind"], &signed["paths"]), (&json!("waiver"), &json!(["content/a.md"])));
    let log = site.run(&["log", "main...topic", "--format", "json"]).ends(0).json();
    let predicate = &log[0]["statement"]["predicate"];
    assert_eq!(predicate["term"], json!({ "kind": "granted", "until": "2025-06-07" }));
    assert_eq!(
        (&predicate["because"], &predicate["branches"]),
        (&json!("the site is down"), &json!(["refs/heads/main"]))
    );
    // Waivers may overlap: each is a record, and each is settled by itself.
    let later = waive(&site, "ana", &["--from", "2025-06-03", "--until", "2025-06-09"]).ends(0).json();
    assert_eq!(later["paths"], json!(["content/a.md", "content/b.md"]));
    let settle = |who: &str, record: &str| site.signed(who, &["waive", "--settle", record, "-m", "reviewed after all"]);
    settle("wes", later["record"].as_str().unwrap()).ends(1).says("but ana, ed (role lead) can");
    settle("ed", later["record"].as_str().unwrap()).ends(0).says("ed settled waiver");
    let log = site.run(&["log", "main...topic"]).ends(0);
    log.says("ana waived what is missing of 2 changes from 2025-06-03 until 2025-06-09, 2025-06-01T12:00:00Z: the site is down")
        .says("of 2 changes, 2025-06-01T12:00:00Z: reviewed after all");
}

#[test]
fn refuses_whom_and_what_the_policy_does_not_let_through() {
    let site = proposed();
    waive(&site, "wes", &["--until", "2025-06-07"])
        .ends(1)
        .says("wes cannot sign a waiver, but ana, ed (role lead) can");
    waive(&site, "ci", &["--until", "2025-06-07"]).ends(1).says("ci is a service");
    waive(&site, "bot", &["--until", "2025-06-07"]).ends(1).says("bot is an agent");
    let agent = [("CODEX_SANDBOX", "1")];
    let key = site.key("ed");
    let words = ["waive", "main...topic", "-m", "x", "--until", "2025-06-07", "--key", key.to_str().unwrap()];
    site.run_with(&words, &agent, "").ends(1).says("a waiver is a human's signature");
    // A contributor never.
    site.signed("wes", &["declare", "main...topic", "--extent", "none", "--author", "ana"]).ends(0);
    waive(&site, "ana", &["--until", "2025-06-07"]).ends(1).says("ana contributed to content/a.md, content/b.md");
    // The policy itself never.
    site.propose("rules", &[(".provenance/tools.toml", "# none\n"), ("content/a.md", "A\n")]);
    let rules = site.signed("ed", &["waive", "main...rules", "-m", "x", "--until", "2025-06-07"]).ends(1);
    rules.says("the policy itself is never waived: leave out .provenance/tools.toml");
    site.signed("ed", &["waive", "main...rules", "-m", "x", "--until", "2025-06-07", "content/a.md"]).ends(0);
}

#[test]
fn refuses_against_a_rejection_until_it_is_taken_back() {
    let site = proposed();
    let rejected = site.signed("ana", &["review", "main...topic", "--reject", "--format", "json"]).ends(0).json();
    waive(&site, "ed", &["--until", "2025-06-07"]).ends(1).says("ana rejected content/a.md").says("cannot be waived");
    site.signed("ana", &["revoke", rejected["record"].as_str().unwrap(), "-m", "misread"]).ends(0);
    waive(&site, "ed", &["--until", "2025-06-07"]).ends(0);
}

#[test]
fn refuses_days_that_are_none() {
    let site = proposed();
    waive(&site, "ed", &[]).ends(2);
    waive(&site, "ed", &["--until", "2025-05-31"]).ends(2).says("the last day 2025-05-31 is over: today is 2025-06-01");
    waive(&site, "ed", &["--from", "2025-05-30", "--until", "2025-06-02"])
        .ends(2)
        .says("the first day 2025-05-30 is over");
    waive(&site, "ed", &["--from", "2025-06-05", "--until", "2025-06-04"])
        .ends(2)
        .says("it would end on 2025-06-04, before it begins on 2025-06-05");
    waive(&site, "ed", &["--until", "2025-06-08"]).ends(2).says("lasts 7 days at most, until 2025-06-07");
    waive(&site, "ed", &["--until", "2025-06-07", "-m", "twice"]).ends(2);
    let signed = site.signed("ed", &["waive", "main...topic", "-m", " ", "--until", "2025-06-02"]).ends(2);
    signed.says("it gives no reason");
    assert!(!site.repo.try_git(&["rev-parse", "--verify", "refs/notes/provenance"]).status.success());
}

#[test]
fn refuses_where_the_policy_has_no_waivers_and_to_settle_what_is_none() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    let words = ["waive", "main...topic", "-m", "x", "--until", "2025-06-02"];
    site.signed("ana", &words).ends(1).says("nothing can be waived: .provenance/policy.toml has no [waiver]");
    let site = proposed();
    site.signed("ed", &["waive", "--settle", "123456", "-m", "x"]).ends(2).says("no record starts with 123456");
    let declared =
        site.signed("wes", &["declare", "main...topic", "--extent", "none", "--format", "json"]).ends(0).json();
    let record = declared["record"].as_str().unwrap();
    site.signed("ed", &["waive", "--settle", record, "-m", "x"])
        .ends(2)
        .says("is of kind declaration and grants nothing");
}

#[test]
fn a_service_signs_what_its_program_found() {
    let site = proposed();
    let scan = |more: &[&str]| {
        site.signed("ci", &[&["scan", "main...topic", "--program", "lychee 0.20", "--format", "json"], more].concat())
    };
    let signed = scan(&["--check", "links", "--result", "warn", "-m", "one redirect", "content/b.md"]).ends(0).json();
    assert_eq!((&signed["kind"], &signed["person"], &signed["notes"]), (&json!("scan"), &json!("ci"), &json!(2)));
    site.run(&["log", "main...topic"])
        .ends(0)
        .says("ci scanned 1 change for links with lychee 0.20: warn, 2025-06-01T12:00:00Z: one redirect");
    scan(&["--check", "spelling", "--result", "pass"])
        .ends(2)
        .says("`spelling` is no [scan] of the policy, which has links");
    scan(&["--check", "links", "--result", "fine"]).ends(2);
    let words = ["scan", "main...topic", "--program", "", "--check", "links", "--result", "pass"];
    site.signed("ci", &words).ends(2).says("program must be 1 to 1024 bytes");
    site.signed("eve", &["scan", "main...topic", "--program", "x", "--check", "links", "--result", "pass"]).ends(1);
}

#[test]
fn a_step_that_was_published_by_a_waiver_of_a_later_day_is_audited_as_of_that_day() {
    let site = proposed();
    let base = site.repo.git(&["rev-parse", "main"]);
    waive(&site, "ed", &["--from", "2025-06-03", "--until", "2025-06-07"]).ends(0);
    let check = |day: &str| site.run(&["check", &format!("{base}..topic"), "--branch", "main", "--now", day]);
    check("2025-06-02T23:59:59Z").ends(1).says("begins on 2025-06-03");
    check("2025-06-03T00:00:00Z").ends(0);
    site.repo.git(&["branch", "--force", "main", "topic"]);
    let audit = |day: &str| site.run(&["audit", "--now", day]);
    audit("2025-06-02T23:59:59Z").ends(1);
    audit("2025-07-01T00:00:00Z").ends(0).says("1 allowed");
}
