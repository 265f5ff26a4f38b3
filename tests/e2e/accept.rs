//! `policy accept`: who accepts what, in exactly which bytes.

use crate::ceremony::on_terminal_as;
use crate::company_site::{company, company_with};

#[test]
fn a_person_accepts_every_document_as_it_is_published() {
    let site = company();
    let signed = site.signed("wes", &["policy", "accept", "--yes", "--format", "json"]).ends(0).json();
    let signed = signed.as_array().unwrap();
    assert_eq!(signed.len(), 2);
    assert!(signed.iter().all(|one| one["kind"] == "acceptance" && one["person"] == "wes" && one["notes"] == 1));
    let log = site.run(&["log", "--person", "wes", "--format", "json"]).ends(0).json();
    let of = |id: &str| log.as_array().unwrap().iter().find(|one| one["statement"]["predicate"]["id"] == id).unwrap();
    let predicate = &of("ai-policy")["statement"]["predicate"];
    let blob = site.repo.git(&["rev-parse", "main:AI-POLICY.md"]);
    assert_eq!(predicate["document"]["path"], "AI-POLICY.md");
    assert_eq!(predicate["document"]["gitBlob"], blob.as_str());
    assert_eq!(of("ai-policy")["statement"]["subject"][0]["digest"]["gitBlob"], blob.as_str());
    site.run(&["log", "--person", "wes"]).ends(0).says("wes accepted privacy (PRIVACY.md, sha256 ");
    // Once is enough, for this version.
    let again = site.signed("wes", &["policy", "accept", "--yes", "--format", "json"]).ends(0);
    assert_eq!(again.says("has accepted privacy in this version already").json(), serde_json::json!([]));
    site.repo.write("AI-POLICY.md", "We answer for what we publish, all of us.\n");
    site.repo.commit("new version");
    let again = site.signed("wes", &["policy", "accept", "ai-policy", "--yes", "--format", "json"]).ends(0).json();
    assert_eq!(again["kind"], "acceptance");
}

#[test]
fn what_was_taken_back_is_open_again() {
    let site = company();
    let signed = site.signed("ed", &["policy", "accept", "privacy", "--yes", "--format", "json"]).ends(0).json();
    site.signed("ed", &["revoke", signed["record"].as_str().unwrap(), "-m", "not read to the end"]).ends(0);
    site.run(&["log", "--person", "ed"]).ends(0).says("revoked by ed").says("not read to the end");
    let later = ["policy", "accept", "privacy", "--yes", "--now", "2025-06-01T13:00:00Z"];
    site.signed("ed", &later).ends(0).says("ed accepted privacy");
}

#[test]
fn refuses_what_could_not_count() {
    let site = company();
    let accept = |who: &str, id: &str| site.signed(who, &["policy", "accept", id, "--yes"]);
    accept("wes", "nda").ends(2).says("`nda` is no document of the policy, which has ai-policy, privacy");
    accept("bot", "privacy").ends(1).says("bot is an agent, and only a human of the roster can accept a document");
    accept("ci", "privacy").ends(1).says("ci is a service");
    accept("eve", "privacy").ends(1).says("is nobody's in .provenance/people.toml");
    let agent = [("CLAUDECODE", "1")];
    site.run_with(&["policy", "accept", "--yes"], &agent, "").ends(1).says("a coding agent runs this");
    let shown = site.signed("wes", &["policy", "accept", "ai-policy"]).ends(2);
    shown.says("ai-policy: AI usage policy").says("read it with: git show").says("say --yes");
    site.repo.git(&["rm", "--quiet", "PRIVACY.md"]);
    site.repo.commit("no privacy");
    accept("wes", "privacy").ends(2).says("document `privacy` is PRIVACY.md, and refs/heads/main has no file there");
    assert!(!site.repo.try_git(&["rev-parse", "--verify", "refs/notes/provenance"]).status.success());
}

#[test]
fn a_policy_without_documents_has_nothing_to_accept() {
    let site = crate::site::Site::new();
    site.signed("wes", &["policy", "accept"]).ends(2).says("the policy has no document to accept");
    site.run(&["log", "--person", "zoe"]).ends(2).says("`zoe` is not in .provenance/people.toml");
    site.run(&["log", "--person", "wes"]).ends(0).says("no records");
}

#[test]
fn a_terminal_shows_the_document_and_asks_for_a_yes() {
    let site = company();
    let Some(ran) = on_terminal_as(&site, "wes", "policy accept", "yes\nno\n") else { return };
    ran.ends(1)
        .says("ai-policy: AI usage policy")
        .says("wes, do you accept it? [yes/N]")
        .says("wes accepted ai-policy")
        .says("not signed: privacy is not accepted");
}

#[test]
fn ten_thousand_people_are_no_hindrance() {
    let many: String = (0..10_000)
        .map(|n| format!("[person.p{n}]\nname = \"P {n}\"\nkind = \"human\"\nsupervisor = \"ana\"\n"))
        .collect();
    let site = company_with(&many);
    let start = std::time::Instant::now();
    site.signed("wes", &["policy", "accept", "privacy", "--yes"]).ends(0);
    site.signed("tia", &["train", "p9999", "ai-basics"]).ends(0);
    site.run(&["log", "--person", "p9999"]).ends(0).says("tia confirmed p9999 in course ai-basics");
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
