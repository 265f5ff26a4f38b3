//! Clauses about people, and how deviations are handled: acceptance, training, waivers, drafts.

use super::gate::{LATER, allowed, check, declare, finds, made_with_ai, policy, refused, rule};
use crate::site::Site;

#[test]
fn ac1_and_ac2_the_policy_in_force_is_accepted() {
    let site = made_with_ai();
    site.repo.git(&["checkout", "--quiet", "main"]);
    site.repo.write("AI-POLICY.md", "We answer.\n");
    site.repo.commit("the document");
    rule(&site, "", "[document.ai-policy]\npath = \"AI-POLICY.md\"\naccepted-by = [\"ai\", \"review\"]");
    refused(&site, "policy-not-accepted", "(Ac1)");
    for who in ["wes", "ed"] {
        site.signed(who, &["policy", "accept", "--yes"]).ends(0);
    }
    allowed(&site);
    policy(&site, "AI-POLICY.md", "We answer.", "We answer for all of it.");
    refused(&site, "policy-not-accepted", "(Ac2)");
    for who in ["wes", "ed"] {
        site.signed(who, &[&["policy", "accept", "--yes"], &LATER[..]].concat()).ends(0);
    }
    allowed(&site);
}

#[test]
fn tr1_and_tr5_who_makes_or_reviews_it_is_trained_and_stays_so() {
    let site = made_with_ai();
    let course = "[course.basics]\nmodules = [\"technical\", \"ethics\"]\nrequired-for = [\"ai\", \"review\"]\n";
    rule(&site, "", &format!("{course}valid-days = 30\ntrainers = [\"admin\"]"));
    refused(&site, "untrained", "(Tr1)");
    for who in ["wes", "ed"] {
        site.signed("ana", &["train", who, "basics"]).ends(0);
    }
    allowed(&site);
    let later = site.run(&["check", "main...topic", "--now", "2025-07-15T12:00:00Z"]);
    later.ends(1).says("untrained").says("(Tr5)");
}

#[test]
fn tr2_who_uses_a_tool_knows_the_tool() {
    let site = made_with_ai();
    site.repo.git(&["checkout", "--quiet", "main"]);
    site.repo.write("ai-tools/writer.md", "# Writer\n");
    site.repo.commit("the tool's document");
    let tools = ".provenance/tools.toml";
    policy(&site, tools, "status = \"approved\"", "status = \"approved\"\ndocument = \"ai-tools/writer.md\"");
    finds(&site, 0, "warning", "untrained", "(Tr2)");
    rule(&site, "", "[severity]\nTr2 = \"error\"");
    refused(&site, "untrained", "(Tr2)");
    site.signed("wes", &["train", "--tool", "writer"]).ends(0);
    allowed(&site);
}

#[test]
fn ac3_a_waiver_passes_until_its_day() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    declare(&site, &[]).ends(0);
    rule(&site, "", "[waiver]\nroles = [\"admin\"]\nmax-days = 14");
    refused(&site, "missing-review", "");
    site.signed("ana", &["waive", "main...topic", "--until", "2025-06-03", "-m", "the flood"]).ends(0);
    allowed(&site);
    site.run(&["check", "main...topic", "--now", "2025-06-04T12:00:00Z"]).ends(1).says("expired-waiver");
}

#[test]
fn ac4_drafts_are_never_blocked() {
    let site = Site::new();
    let server = site.repo.clone_with(&["--bare"]);
    site.repo.git(&["remote", "add", "origin", server.path().to_str().unwrap()]);
    site.propose("topic", &[("content/b.md", "a draft that nobody has seen\n")]);
    site.run(&["hook", "install"]).ends(0);
    site.repo.git(&["push", "--quiet", "origin", "topic"]);
    assert_eq!(server.rev("refs/heads/topic"), site.repo.rev("topic"));
    // On its way to main every finding says what would put it right.
    let findings = check(&site).ends(1).json()["findings"].as_array().unwrap().clone();
    assert!(findings.iter().all(|it| it["hint"].as_str().is_some_and(|hint| hint.contains("git provenance"))));
}
