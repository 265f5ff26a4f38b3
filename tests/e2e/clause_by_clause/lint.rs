//! Clauses that `policy lint` holds: on a policy that is sound one thing is changed, and the clause is named.

use provenance_core::key::generate;
use provenance_test_support::Repo;

use crate::site::run_in;

const POLICY: &str = ".provenance/policy.toml";
const PEOPLE: &str = ".provenance/people.toml";
const TOOLS: &str = ".provenance/tools.toml";

const TOOL: &str = r#"[tool.writer]
name = "Writer"
status = "approved"
data-classes = ["public"]
document = "ai-tools/writer.md"
processor-agreement = "DPA of 2025"
retention = "30 days"
region = "EU"
trains-on-input = false
"#;

/// A company that has taken the template and has a tool approved: its policy is sound.
fn company() -> Repo {
    let repo = Repo::new();
    for (name, seed) in [("ana", 1u8), ("ed", 2)] {
        let made = generate([seed; 64], name, None).unwrap();
        std::fs::write(repo.home().join(name).with_extension("pub"), &made.public).unwrap();
    }
    let key = |name: &str| repo.home().join(name).with_extension("pub").to_str().unwrap().to_owned();
    let (ana, ed) = (key("ana"), key("ed"));
    let admins =
        ["--admin", "Ana Ruiz <ana@example.com>", "--key", &ana, "--admin", "Ed Novak <ed@example.com>", "--key", &ed];
    let template = ["init", "--template", "responsible-ai", "--repository", "acme/website", "--company", "Acme Press"];
    run_in(&repo, &[&template[..], &["--tool", "writer=Writer"], &admins].concat(), &[], "").ends(0);
    repo.write(TOOLS, TOOL);
    repo
}

/// The clauses that the linter names, each with how it takes them.
fn broken(repo: &Repo) -> Vec<String> {
    let ran = run_in(repo, &["policy", "lint", "--format", "json"], &[], "");
    let problems = ran.json()["problems"].as_array().unwrap().clone();
    let told =
        problems.iter().map(|it| format!("{} {}", it["severity"].as_str().unwrap(), it["clause"].as_str().unwrap()));
    let told: Vec<String> = told.collect();
    assert_eq!(ran.code, i32::from(told.iter().any(|it| it.starts_with("error"))), "{told:?}");
    told
}

/// A file of the policy with one text for another.
fn edit(repo: &Repo, path: &str, from: &str, to: &str) {
    let text = String::from_utf8(repo.read(path)).unwrap();
    assert!(text.contains(from), "{path} has no `{from}`");
    repo.write(path, text.replacen(from, to, 1));
}

#[test]
fn each_clause_is_named_when_it_is_broken_and_not_before() {
    let repo = company();
    assert_eq!(broken(&repo), [""; 0]);
    for (expected, path, from, to) in [
        ("error P1", POLICY, "approved-by = [\"legal\"", "approved-by = [\"trainer\", \"legal\""),
        ("error P2", "AI-POLICY.md", "Acme Press", "[Company Name]"),
        ("error T2", POLICY, "path = \"ai-statement.md\"", "path = \"nowhere.md\""),
        ("error T3", POLICY, "[waiver]", "[client.bolt]\nname = \"Bolt\"\npaths = [\"bolt/**\"]\n[waiver]"),
        ("error S1", TOOLS, TOOL, ""),
        (
            "error S4",
            TOOLS,
            "status = \"approved\"",
            "status = \"requested\"\nrequested-on = 2025-05-01\nanswered-on = 2025-05-02",
        ),
        ("error Pr2", TOOLS, "region = \"EU\"\n", ""),
        ("error Pr4", TOOLS, "[\"public\"]", "[\"public\", \"internal\"]"),
        ("warning Se2", TOOLS, "status = \"approved\"", "status = \"requested\"\nrequested-on = 2025-05-01"),
        ("warning Tr3", PEOPLE, "\nsupervisor =", "\n# supervisor ="),
        ("error Tr4", "ai-tools/writer.md", "Limits", "Praise"),
    ] {
        let before = repo.read(path);
        edit(&repo, path, from, to);
        if expected == "error Pr4" {
            edit(&repo, path, "trains-on-input = false", "trains-on-input = true");
        }
        let told = broken(&repo);
        assert!(told.contains(&expected.to_owned()), "{expected}: {told:?}");
        repo.write(path, before);
    }
    assert_eq!(broken(&repo), [""; 0]);
}

#[test]
fn somebody_answers_for_what_is_published() {
    let repo = company();
    let text = String::from_utf8(repo.read(POLICY)).unwrap();
    let (before, rest) = text.split_once("[[accountable]]").unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    repo.write(POLICY, format!("{before}\n{after}"));
    assert_eq!(broken(&repo), ["error A1"]);
}

#[test]
fn what_ai_is_not_used_for_is_decided() {
    let repo = company();
    let text = String::from_utf8(repo.read(POLICY)).unwrap();
    let text = text.replace("restricted = true", "restricted = false").replace("clause = \"R2\"", "clause = \"T3\"");
    repo.write(POLICY, text);
    assert_eq!(broken(&repo), ["warning R2"]);
}
