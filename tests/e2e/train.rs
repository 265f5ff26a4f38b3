//! `train`: who may confirm that somebody has learned what.

use crate::company_site::company;

#[test]
fn a_trainer_confirms_a_course_by_default_all_of_it() {
    let site = company();
    let signed =
        site.signed("tia", &["train", "wes", "ai-basics", "-m", "in person", "--format", "json"]).ends(0).json();
    assert_eq!((&signed["kind"], &signed["person"]), (&"training".into(), &"tia".into()));
    site.signed("ana", &["train", "wes", "ai-basics", "--module", "ethics", "--until", "2025-12-31"]).ends(0);
    let log = site.run(&["log", "--person", "wes", "--format", "json"]).ends(0).json();
    let lessons: Vec<_> = log.as_array().unwrap().iter().map(|one| &one["statement"]["predicate"]).collect();
    let of = |who: &str| lessons.iter().find(|lesson| lesson["signer"]["person"] == who).unwrap();
    let all = serde_json::json!({ "kind": "course", "course": "ai-basics", "modules": ["technical", "ethics"] });
    assert_eq!((&of("tia")["lesson"], &of("tia")["note"]), (&all, &"in person".into()));
    assert_eq!(of("ana")["lesson"]["modules"], serde_json::json!(["ethics"]));
    assert_eq!(of("ana")["until"], "2025-12-31");
    site.run(&["log", "--person", "wes"])
        .ends(0)
        .says("tia confirmed wes in course ai-basics (technical, ethics), 2025-06-01T12:00:00Z: in person")
        .says("ana confirmed wes in course ai-basics (ethics) until 2025-12-31");
}

#[test]
fn a_person_acknowledges_a_tool_and_a_supervisor_confirms_the_policy() {
    let site = company();
    site.signed("wes", &["train", "--tool", "writer"]).ends(0).says("wes knows tool writer by docs/writer.md");
    site.signed("wes", &["train", "wes", "--tool", "writer"]).ends(0);
    let known = ["train", "wes", "--knows-policy", "ai-policy", "--format", "json"];
    assert_eq!(site.signed("ana", &known).ends(0).json()["kind"], "training");
    site.run(&["log", "--person", "wes"]).ends(0).says("ana confirmed that wes knows ai-policy");
}

#[test]
fn refuses_with_the_values_that_would_do() {
    let site = company();
    let train = |who: &str, words: &[&str]| site.signed(who, &[&["train"], words].concat());
    train("tia", &["zoe", "ai-basics"]).ends(2).says("`zoe` is not in .provenance/people.toml");
    train("tia", &["bot", "ai-basics"]).ends(2).says("bot is no human");
    train("tia", &["wes", "cooking"]).ends(2).says("`cooking` is no course of the policy, which has ai-basics, law");
    train("tia", &["wes", "ai-basics", "--module", "art"]).ends(2).says("which has technical, ethics");
    train("tia", &["wes", "ai-basics", "--until", "2025-05-31"])
        .ends(2)
        .says("2025-05-31 is over: today is 2025-06-01");
    train("tia", &["wes", "ai-basics", "--until", "2027-01-01"]).ends(2).says("until 2026-06-01 at most");
    train("tia", &["wes", "ai-basics", "--until", "2025-13-01"]).ends(2);
    train("tia", &["wes"]).ends(2);
    train("tia", &["wes", "ai-basics", "--tool", "writer"]).ends(2);
    train("wes", &["wes", "--tool", "chatty"]).ends(2).says("which has drawer, writer");
    train("wes", &["--tool", "drawer"]).ends(2).says("tool `drawer` has no document");
    train("ana", &["wes", "--knows-policy"]).ends(2).says("the policy has ai-policy, privacy");
    train("ana", &["wes", "--knows-policy", "nda"]).ends(2).says("which has ai-policy, privacy");
    assert!(!site.repo.try_git(&["rev-parse", "--verify", "refs/notes/provenance"]).status.success());
}

#[test]
fn refuses_whom_the_policy_does_not_let() {
    let site = company();
    let train = |who: &str, words: &[&str]| site.signed(who, &[&["train"], words].concat()).ends(1);
    train("ed", &["wes", "ai-basics"]).says("ed cannot confirm course `ai-basics`, but ana, tia (role trainer) can");
    train("ci", &["wes", "ai-basics"]).says("ci is a service");
    train("tia", &["tia", "ai-basics"])
        .says("nobody confirms their own training while somebody else can: ana (role trainer)");
    train("ana", &["wes", "--tool", "writer"]).says("wes runs `git provenance train --tool writer`");
    train("tia", &["wes", "--knows-policy", "ai-policy"]).says("confirmed by ana, their supervisor, and not by tia");
    train("ana", &["ed", "--knows-policy", "ai-policy"]).says("names no supervisor of ed");
}

#[test]
fn the_only_trainer_confirms_their_own_course_and_it_is_said() {
    let site = company();
    site.signed("ed", &["train", "ed", "law"])
        .ends(0)
        .says("note: ed is the only one who can confirm course `law`, so their own word counts")
        .says("ed confirmed their own training in course law (copyright)");
}
