//! Clauses that `check` holds. Each test signs a change under a policy without the clause, gives the
//! branch one with it, is refused with the clause's name, puts it right, and is allowed.

use crate::site::{Ran, Site};

/// Where the change lies.
const PAGE: &str = "content/b.md";

/// The branch `topic` with one change by Wes.
fn proposed(text: &str) -> Site {
    let site = Site::new();
    site.propose("topic", &[(PAGE, text)]);
    site
}

/// The same, declared as made with the tool `writer` and approved by Ed.
pub(super) fn made_with_ai() -> Site {
    let site = proposed("B\n");
    declare(&site, &[]).ends(0);
    approve(&site, &[]).ends(0);
    check(&site).ends(0);
    site
}

pub(super) fn declare(site: &Site, more: &[&str]) -> Ran {
    let words = ["declare", "main...topic", "--extent", "assisted", "--tool", "writer", "--model", "opus-4"];
    site.signed("wes", &[&words[..], &["--confirm", "no-client-data"], more].concat())
}

pub(super) fn approve(site: &Site, more: &[&str]) -> Ran {
    site.signed("ed", &[&["review", "main...topic", "--approve", "--answer", "accuracy=pass"], more].concat())
}

pub(super) fn check(site: &Site) -> Ran {
    site.run(&["check", "main...topic", "--format", "json"])
}

/// A second later than the clock of the tests, where a record comes after another of the same person.
pub(super) const LATER: [&str; 2] = ["--now", "2025-06-01T12:00:01Z"];

/// Gives main a policy file in which one text stands for another.
pub(super) fn policy(site: &Site, path: &str, from: &str, to: &str) {
    site.repo.git(&["checkout", "--quiet", "main"]);
    let text = String::from_utf8(site.repo.read(path)).unwrap();
    assert!(text.contains(from), "{path} has no `{from}`");
    site.repo.write(path, text.replacen(from, to, 1));
    site.repo.commit("policy");
    site.repo.git(&["checkout", "--quiet", "topic"]);
}

/// Gives main's rule for content one more line, and the policy further entries.
pub(super) fn rule(site: &Site, line: &str, entries: &str) {
    let path = ".provenance/policy.toml";
    policy(site, path, "declaration = \"required\"\n", &format!("declaration = \"required\"\n{line}\n"));
    policy(site, path, "[[exempt]]", &format!("{entries}\n[[exempt]]"));
}

/// That the check ends so, with a finding of this severity, code and clause.
#[track_caller]
pub(super) fn finds(site: &Site, code: i32, severity: &str, finding: &str, clause: &str) {
    let ran = check(site).ends(code);
    let findings = ran.json()["findings"].as_array().unwrap().clone();
    let is_it = |it: &serde_json::Value| {
        it["severity"] == severity && it["code"] == finding && it["message"].as_str().unwrap().contains(clause)
    };
    assert!(findings.iter().any(is_it), "no {severity} {finding} {clause} in {findings:#?}");
}

#[track_caller]
pub(super) fn refused(site: &Site, finding: &str, clause: &str) {
    finds(site, 1, "error", finding, clause);
}

#[track_caller]
pub(super) fn allowed(site: &Site) {
    let ran = check(site);
    assert_eq!(ran.code, 0, "{:#?}", ran.json()["findings"]);
}

#[test]
fn p1_the_policy_is_approved_by_every_team() {
    let site = Site::new();
    let rule = "[[rule]]\nname = \"policy\"\npaths = [\"/AI-POLICY.md\"]\nreviews = [{ roles = [\"editor\"] }, { roles = [\"security\"] }]\n[[exempt]]";
    site.propose("topic", &[("AI-POLICY.md", "We answer.\n")]);
    policy(&site, ".provenance/policy.toml", "[[exempt]]", rule);
    site.signed("wes", &["declare", "main...topic", "--extent", "none"]).ends(0);
    site.signed("ed", &["review", "main...topic", "--approve"]).ends(0);
    refused(&site, "wrong-role", "security");
    site.signed("ana", &["review", "main...topic", "--approve"]).ends(0);
    allowed(&site);
}

#[test]
fn p3_and_e2_every_principle_is_answered() {
    let site = made_with_ai();
    rule(&site, "", "[principle.fairness]\nstatement = \"It is fair.\"");
    refused(&site, "incomplete-checklist", "fairness");
    approve(&site, &[&["--answer", "fairness=pass"], &LATER[..]].concat()).ends(0);
    allowed(&site);
}

#[test]
fn t1_what_ai_made_is_said() {
    let site = proposed("B\n");
    site.repo.git(&["commit", "--quiet", "--amend", "-m", "draft\n\nAssisted-by: Claude:claude-opus-4"]);
    site.approve("main...topic");
    refused(&site, "undeclared-ai", "(T1)");
    declare(&site, &LATER).ends(0);
    approve(&site, &LATER).ends(0);
    allowed(&site);
}

#[test]
fn s2_and_s4_a_tool_is_approved_and_not_only_asked_for() {
    let site = made_with_ai();
    let tools = ".provenance/tools.toml";
    policy(&site, tools, "status = \"approved\"", "status = \"retired\"");
    refused(&site, "unapproved-tool", "(S2)");
    policy(&site, tools, "status = \"retired\"", "status = \"requested\"");
    refused(&site, "unapproved-tool", "(S4)");
    policy(&site, tools, "status = \"requested\"", "status = \"approved\"");
    allowed(&site);
}

#[test]
fn s3_everybody_and_every_device_counts() {
    let site = made_with_ai();
    rule(&site, "", "[device.managed]\ntitle = \"Ours\"\nallowed = true");
    refused(&site, "missing-confirmation", "(S3)");
    withdraw(&site);
    declare(&site, &[&["--device", "managed"], &LATER[..]].concat()).ends(0);
    allowed(&site);
    site.repo.git(&["commit", "--quiet", "--amend", "--no-edit", "--author", "Zoe <zoe@example.org>"]);
    allowed(&site);
    policy(&site, ".provenance/policy.toml", "version = 1", "version = 1\nauthors = \"roster\"");
    refused(&site, "outside-author", "(S3)");
}

/// The record of the change's declaration that stands.
fn declaration(site: &Site) -> String {
    let records = site.run(&["log", "main...topic", "--format", "json"]).ends(0).json();
    let records = records.as_array().unwrap().clone();
    let found = records.iter().rfind(|it| it["kind"] == "declaration" && it["revoked"].is_null());
    found.unwrap()["record"].as_str().unwrap().to_owned()
}

/// Takes the declaration back.
fn withdraw(site: &Site) {
    site.signed("wes", &["revoke", &declaration(site), "-m", "it says too little"]).ends(0);
}

#[test]
fn a1_and_a3_a_human_reviews_and_nobody_else() {
    let site = proposed("B\n");
    declare(&site, &[]).ends(0);
    refused(&site, "missing-review", "");
    site.signed("bot", &["review", "main...topic", "--approve", "--answer", "accuracy=pass"]).says("not-human");
    refused(&site, "missing-review", "");
    approve(&site, &[]).ends(0);
    allowed(&site);
    // A record that a human signed whom the roster now has as a machine.
    let people = ".provenance/people.toml";
    let human = "name = \"ed\"\nkind = \"human\"\nemails = [\"ed@example.com\"]\nroles = [\"editor\"]";
    policy(&site, people, human, "name = \"ed\"\nkind = \"service\"\nemails = [\"ed@example.com\"]\nroles = []");
    refused(&site, "not-human", "");
}

#[test]
fn a2_a_burst_of_approvals_is_said() {
    let site = made_with_ai();
    rule(&site, "", "[burst]\nreviews = 1\nminutes = 10");
    let ran = check(&site).ends(0);
    assert!(!ran.out.contains("review-burst"), "{}", ran.out);
    approve(&site, &LATER).ends(0);
    finds(&site, 0, "warning", "review-burst", "(A2)");
}

#[test]
fn a4_answers_say_what_was_checked_against_what() {
    let site = made_with_ai();
    let needs = "[checklist.accuracy]\nneeds = [\"note\", \"sources\"]";
    policy(&site, ".provenance/policy.toml", "[checklist.accuracy]", needs);
    refused(&site, "incomplete-checklist", "accuracy");
    let answer = ["--answer", "accuracy=pass:every figure", "--source", "accuracy=the register"];
    let review = ["review", "main...topic", "--approve"];
    site.signed("ed", &[&review, &answer[..], &LATER].concat()).ends(0);
    allowed(&site);
}

#[test]
fn a5_only_the_correction_passes_an_open_incident() {
    let site = made_with_ai();
    let words = ["incident", "open", PAGE, "--severity", "high", "-m", "a wrong dose", "--format", "json"];
    let opened = site.signed("ed", &words).ends(0).json();
    refused(&site, "open-incident", "(A5)");
    let id = opened["record"].as_str().unwrap_or_else(|| panic!("{opened}"));
    site.signed("ed", &["incident", "correct", id, "main...topic", "-m", "the right dose"]).ends(0);
    allowed(&site);
}

#[test]
fn r1_some_uses_never_use_ai() {
    let site = made_with_ai();
    rule(&site, "", "[use.contracts]\ntitle = \"Contracts\"\nrestricted = true\npaths = [\"content/b.md\"]");
    refused(&site, "restricted-use", "(R1)");
    site.propose("topic", &[(PAGE, "by hand\n")]);
    site.approve("main...topic");
    allowed(&site);
}

#[test]
fn b1_a_scan_is_asked_for_and_replaces_nobody() {
    let site = made_with_ai();
    rule(&site, "", "[scan.links]\ntitle = \"Dead links\"");
    rule(&site, "scans = [\"links\"]", "");
    refused(&site, "missing-scan", "(B1)");
    let scan = ["scan", "main...topic", "--check", "links", "--program", "lychee 0.15", "--result", "pass"];
    site.signed("ana", &scan).ends(0);
    allowed(&site);
    // The same scan of what no human has reviewed.
    site.propose("topic", &[(PAGE, "B again\n")]);
    declare(&site, &LATER).ends(0);
    site.signed("ana", &[&scan[..], &LATER].concat()).ends(0);
    refused(&site, "missing-review", "");
}

#[test]
fn b2_and_e3_bias_accuracy_and_hazards_are_looked_for() {
    let site = made_with_ai();
    rule(&site, "", "[checklist.bias]\nquestion = \"Fair?\"\n[checklist.hazards]\nquestion = \"Safe?\"");
    let three = "checklist = [\"accuracy\", \"bias\", \"hazards\"]";
    policy(&site, ".provenance/policy.toml", "checklist = [\"accuracy\"]", three);
    refused(&site, "incomplete-checklist", "bias");
    refused(&site, "incomplete-checklist", "hazards");
    approve(&site, &[&["--answer", "bias=pass", "--answer", "hazards=pass"], &LATER[..]].concat()).ends(0);
    allowed(&site);
    let found = ["review", "main...topic", "--reject", "--finding", "bias=open:he for all"];
    site.signed("ana", &[&found[..], &LATER].concat()).ends(0);
    refused(&site, "rejected", "");
}

#[test]
fn b3_an_image_says_what_it_shows() {
    let site = proposed("![](bell.png)\n");
    declare(&site, &[]).ends(0);
    approve(&site, &[]).ends(0);
    finds(&site, 0, "warning", "missing-alt-text", "(B3)");
    rule(&site, "", "[severity]\nB3 = \"error\"");
    refused(&site, "missing-alt-text", "(B3)");
    site.propose("topic", &[(PAGE, "![a bell](bell.png)\n")]);
    declare(&site, &LATER).ends(0);
    approve(&site, &LATER).ends(0);
    allowed(&site);
}

#[test]
fn pr1_what_went_into_the_tool_is_said() {
    let site = made_with_ai();
    rule(&site, "", "[data-class.published]\ntitle = \"Published\"\npublic = true");
    refused(&site, "missing-confirmation", "(Pr1)");
    withdraw(&site);
    declare(&site, &[&["--data-class", "published"], &LATER[..]].concat()).ends(0);
    allowed(&site);
}

#[test]
fn pr3_what_the_policy_wants_confirmed_is_confirmed() {
    let site = made_with_ai();
    rule(&site, "", "[confirmation.no-secrets]\nstatement = \"No secrets.\"");
    let both = "confirm = [\"no-client-data\", \"no-secrets\"]";
    policy(&site, ".provenance/policy.toml", "confirm = [\"no-client-data\"]", both);
    refused(&site, "missing-confirmation", "no-secrets");
    withdraw(&site);
    declare(&site, &[&["--confirm", "no-secrets"], &LATER[..]].concat()).ends(0);
    allowed(&site);
}

#[test]
fn se1_the_list_of_tools_that_was_consulted_was_in_force() {
    let site = proposed("B\n");
    let main = site.repo.rev("main");
    policy(&site, ".provenance/tools.toml", "name = \"Writer\"", "name = \"Another\"");
    declare(&site, &[]).ends(0);
    approve(&site, &[]).ends(0);
    let ran = check(&site).ends(0);
    assert!(!ran.out.contains("unknown-tools-list"), "{}", ran.out);
    // That state of main never was.
    site.repo.git(&["update-ref", "refs/heads/main", &main]);
    finds(&site, 0, "warning", "unknown-tools-list", "(Se1)");
}

#[test]
fn e1_what_is_synthetic_is_labelled() {
    let site = Site::new();
    site.propose("topic", &[(PAGE, "![a bell](bell.png)\n"), ("content/bell.png", "pixels")]);
    declare(&site, &["--synthetic"]).ends(0);
    approve(&site, &[]).ends(0);
    allowed(&site);
    rule(&site, "", "[synthetic]\nlabels = [\"Made with AI\"]");
    refused(&site, "missing-label", "content/bell.png");
    let labelled = "![a bell](bell.png)\n*Made with AI*\n";
    site.propose("topic", &[(PAGE, labelled), ("content/bell.png", "pixels")]);
    declare(&site, &[&["--synthetic"], &LATER[..]].concat()).ends(0);
    approve(&site, &LATER).ends(0);
    allowed(&site);
}
