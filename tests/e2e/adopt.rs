//! A company adopts an AI usage policy: what is in force, since when, and the template for it.

use provenance_core::key::generate;
use provenance_core::policy::Clause;
use provenance_test_support::Repo;

use crate::site::{POLICY, Ran, Site, run_in};

/// Commits the working tree on this day, whatever the clock of other commits.
fn commit_on(site: &Site, seconds: i64) -> String {
    site.repo.git(&["add", "--all", "."]);
    let tree = site.repo.git(&["write-tree"]);
    let commit = site.repo.commit_tree(&tree, &["HEAD"], seconds);
    site.repo.git(&["update-ref", "refs/heads/main", &commit]);
    commit
}

fn row(json: &serde_json::Value, id: &str) -> serde_json::Value {
    let rows = json["clauses"].as_array().unwrap();
    rows.iter().find(|row| row["id"] == id).unwrap().clone()
}

const DAY: i64 = 86_400;
/// 2025-03-01T00:00:00Z.
const MARCH: i64 = 1_740_787_200;

#[test]
fn a_clause_is_in_force_since_the_step_that_brought_it_back() {
    let site = Site::new();
    let course = "[course.ai-basics]\nmodules = [\"technical\"]\nrequired-for = [\"ai\"]\nvalid-days = 365\ntrainers = [\"admin\"]\n";
    let with = format!("{POLICY}\n{course}");
    site.repo.write(".provenance/policy.toml", &with);
    commit_on(&site, MARCH);
    site.repo.write(".provenance/policy.toml", POLICY);
    commit_on(&site, MARCH + DAY);
    site.repo.write(".provenance/policy.toml", &with);
    let back = commit_on(&site, MARCH + 2 * DAY);
    site.repo.write(".provenance/policy.toml", with.replace("365", "200"));
    commit_on(&site, MARCH + 3 * DAY);
    site.repo.write("content/b.md", "other\n");
    commit_on(&site, MARCH + 4 * DAY);
    let json = site.run(&["policy", "coverage", "--format", "json"]).ends(0).json();
    let trained = row(&json, "Tr1");
    assert_eq!(
        (&trained["status"], &trained["since"], &trained["step"]),
        (&"in-force".into(), &"2025-03-03".into(), &back.into())
    );
    assert_eq!(row(&json, "Tr5")["by"][0], "[course.ai-basics] valid 200 days");
    assert_eq!(row(&json, "T1")["since"], "2025-01-01");
    assert_eq!(row(&json, "P1")["since"], serde_json::Value::Null);
    site.run(&["policy", "coverage"]).ends(0).says("Tr1  in-force  error    2025-03-03 who makes or reviews");
    let before = site.run(&["policy", "coverage", "--rev", "HEAD~3", "--format", "json"]).ends(0).json();
    assert_eq!(row(&before, "Tr1")["status"], "missing");
}

#[test]
fn history_that_is_cut_off_gives_no_day() {
    let site = Site::new();
    site.repo.write("content/b.md", "other\n");
    site.repo.commit("more");
    let shallow = site.repo.clone_with(&["--depth=1"]);
    let ran = run_in(&shallow, &["policy", "coverage", "--rev", "HEAD", "--format", "json"], &[], "");
    let json = ran.ends(0).json();
    assert_eq!(row(&json, "T1")["status"], "in-force");
    assert_eq!(row(&json, "T1")["since"], serde_json::Value::Null);
}

/// An empty repository, and keys for Ana and Ed beside it.
fn company() -> Repo {
    let repo = Repo::new();
    for (name, seed) in [("ana", 1u8), ("ed", 2)] {
        let made = generate([seed; 64], name, None).unwrap();
        std::fs::write(repo.home().join(name), made.private.as_bytes()).unwrap();
        std::fs::write(repo.home().join(name).with_extension("pub"), &made.public).unwrap();
    }
    repo.git(&["config", "provenance.signingKey", repo.home().join("ana").to_str().unwrap()]);
    repo
}

const ANA: [&str; 4] = ["--admin", "Ana Ruiz <ana@example.com>", "--key", "ana.pub"];
const ED: [&str; 4] = ["--admin", "Ed Novak <ed@example.com>", "--key", "ed.pub"];

fn adopt(repo: &Repo, more: &[&str]) -> Ran {
    let words = ["init", "--template", "responsible-ai", "--repository", "acme/website"];
    let key = |word: &&str| word.ends_with(".pub").then(|| repo.home().join(word).to_str().unwrap().to_owned());
    let words: Vec<String> =
        words.iter().chain(more).map(|word| key(word).unwrap_or_else(|| (*word).to_owned())).collect();
    run_in(repo, &words.iter().map(String::as_str).collect::<Vec<_>>(), &[], "")
}

fn text(repo: &Repo, path: &str) -> String {
    String::from_utf8(repo.read(path)).unwrap()
}

#[test]
fn a_company_that_takes_the_template_has_every_clause_in_force() {
    let repo = company();
    let more = [&ANA[..], &ED, &["--company", "Acme Press", "--tool", "writer=Writer", "--commit"]].concat();
    let said = adopt(&repo, &more).ends(0);
    assert!(said.out.contains("wrote ai-tools/writer.md") && !said.err.contains("warning"), "{}", said.err);
    let lint = run_in(&repo, &["policy", "lint", "--format", "json"], &[], "").ends(0).json();
    assert_eq!(lint, serde_json::json!({ "sound": true, "problems": [] }));
    let coverage = run_in(&repo, &["policy", "coverage", "--format", "json"], &[], "").ends(0).json();
    for row in coverage["clauses"].as_array().unwrap() {
        assert_eq!(row["status"], "in-force", "{row}");
        assert_eq!(row["since"], crate::site::NOW[..10], "{row}");
    }
    assert_eq!(coverage["clauses"].as_array().unwrap().len(), 39);
    // The documents come as every change does: the root has none of them.
    assert_eq!(repo.git(&["ls-tree", "-r", "--name-only", "HEAD"]).lines().count(), 3);
    run_in(&repo, &["policy", "lint", "--rev", "HEAD"], &[], "").ends(1).says("error Ac1: AI-POLICY.md");
    repo.git(&["checkout", "--quiet", "-b", "adopt"]);
    repo.commit("Adopt the AI policy");
    run_in(&repo, &["declare", "--extent", "none"], &[], "").ends(0);
    run_in(&repo, &["status"], &[], "").ends(0).says("ed (role editor or legal or people or security)");
    for (name, path) in [("policy_document", "AI-POLICY.md"), ("policy_toml", ".provenance/policy.toml")] {
        insta::assert_snapshot!(name, text(&repo, path));
    }
}

#[test]
fn every_clause_is_named_in_the_policy_document() {
    let repo = company();
    adopt(&repo, &[&ANA[..], &["--company", "Acme Press"]].concat()).ends(0);
    let document = text(&repo, "AI-POLICY.md");
    let words: Vec<&str> = document.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    for clause in Clause::ALL {
        assert!(words.contains(&clause.as_str()), "{clause} is not in AI-POLICY.md");
    }
}

#[test]
fn one_person_with_every_role_is_told_that_this_is_a_weak_start() {
    let repo = company();
    let said = adopt(&repo, &[&ANA[..], &["--company", "Acme Press"]].concat()).ends(0);
    said.says("ana alone is legal, security and people").says("with one person nothing can be published");
    run_in(&repo, &["policy", "lint"], &[], "").ends(0).says("warning Tr3: ana has no `supervisor`");
    assert!(text(&repo, ".provenance/policy.toml").contains("name = \"no-ai-yet\""));
}

#[test]
fn teams_and_restricted_uses_are_the_companys_own() {
    let repo = company();
    let teams = ["--team", "legal=Lea <lea@example.com>", "--team", "people=ed", "--accountable", "lea@example.com"];
    let uses = ["--restricted", "Hiring=hr/**,jobs/*.md", "--restricted", "Prices"];
    let date = ["--date", "2027-01-31", "--title", "Editor in chief", "--contact", "+1 555 0100"];
    let more = [&ANA[..], &ED, &["--company", "Acme \"Press\" @date@"], &teams, &uses, &date].concat();
    adopt(&repo, &more).ends(0).says("lea has no key yet and cannot sign: git provenance people add lea --key");
    run_in(&repo, &["policy", "lint"], &[], "").ends(1).says("AI-POLICY.md:1: error P2: `@date@`");
    let people = text(&repo, ".provenance/people.toml");
    assert!(people.contains(
        "[person.lea]\nname = \"Lea\"\nkind = \"human\"\nemails = [\"lea@example.com\"]\nroles = [\"legal\"]\n"
    ));
    assert!(people.contains("roles = [\"admin\", \"security\", \"editor\", \"trainer\"]\nsupervisor = \"lea\""));
    let policy = text(&repo, ".provenance/policy.toml");
    assert!(policy.contains("[use.hiring]\ntitle = \"Hiring\"\nrestricted = true\npaths = [\"hr/**\", \"jobs/*.md\"]"));
    assert!(policy.contains("Decided on 2027-01-31: AI is not used for: Hiring; Prices."));
    assert!(text(&repo, "ai-statement.md").contains("Editorially responsible: Lea, Editor in chief, +1 555 0100."));
}

#[test]
fn a_company_may_decide_to_restrict_nothing() {
    let repo = company();
    adopt(&repo, &[&ANA[..], &["--company", "Acme", "--restricted", "none"]].concat()).ends(0);
    let json = run_in(&repo, &["policy", "lint", "--format", "json"], &[], "").ends(0).json();
    assert_eq!(json["problems"].as_array().unwrap().iter().map(|it| &it["clause"]).collect::<Vec<_>>(), ["Tr3"]);
}

#[test]
fn refuses_to_start_from_too_little_or_over_what_is_there() {
    let repo = company();
    adopt(&repo, &ANA).ends(2).says("the template needs the company's name");
    let with = |more: &[&str]| adopt(&repo, &[&ANA[..], &["--company", "Acme"], more].concat());
    with(&["--team", "legal"]).ends(2).says("`legal` is not ROLE=WHO");
    with(&["--team", "legal=zoe"]).ends(2).says("`zoe` is nobody: expected ana, or 'Name <email>'");
    with(&["--team", "admin=ana"]).ends(2).says("admins are named with --admin");
    with(&["--restricted", "Hiring", "--restricted", "hiring!"]).ends(2).says("two restricted uses");
    with(&["--restricted", "Hiring=hr/"]).ends(2).says("would not load");
    run_in(&repo, &["init", "--company", "Acme"], &[], "").ends(2).says("--template");
    repo.write("ai-statement.md", "mine\n");
    with(&[]).ends(2).says("ai-statement.md is there already");
    assert!(!repo.path().join(".provenance").exists());
    repo.remove("ai-statement.md");
    with(&[]).ends(0);
    with(&[]).ends(2).says("is there already");
}

/// The first day: documents published, everybody trained and agreed, a tool approved, an article made with it.
#[test]
fn ten_minutes_lead_from_nothing_to_an_article_made_with_ai() {
    let repo = company();
    let ed = repo.home().join("ed");
    let run = |words: &[&str]| run_in(&repo, words, &[], "").ends(0);
    let by_ed = |words: &[&str]| run(&[words, &["--key", ed.to_str().unwrap()]].concat());
    let answers = ["accuracy=pass:read", "bias=pass:read", "hazards=pass:none", "privacy=pass", "accessibility=pass"];
    let values = ["honesty=pass", "customers-first=pass", "human-judgment=pass"];
    let approval: Vec<&str> = answers.iter().chain(&values).flat_map(|answer| ["--answer", answer]).collect();
    let approve = [&["review", "--approve", "--yes", "--source", "accuracy=the register"], &approval[..]].concat();
    adopt(&repo, &[&ANA[..], &ED, &["--company", "Acme Press", "--tool", "writer", "--commit"]].concat()).ends(0);

    let start = |branch: &str| repo.git(&["checkout", "--quiet", "-b", branch]);
    let land = |branch: &str| {
        run(&["check"]).says("allowed");
        repo.git(&["checkout", "--quiet", "main"]);
        repo.git(&["merge", "--quiet", "--ff-only", branch]);
    };
    start("adopt");
    repo.commit("Adopt the AI policy");
    run(&["declare", "--extent", "none"]);
    by_ed(&approve);
    land("adopt");
    run(&["policy", "lint", "--rev", "main"]).says("the policy is sound");

    start("tool");
    let privacy = ["--agreement", "DPA", "--retention", "30 days", "--region", "EU", "--trains-on-input", "false"];
    run(&[&["tools", "approve", "writer", "--use", "drafting", "--data-class", "public"], &privacy[..]].concat());
    run(&["policy", "lint"]).says("the policy is sound");
    repo.commit("Approve a tool");
    run(&["declare", "--extent", "none"]);
    by_ed(&["review", "--approve", "--yes"]);
    land("tool");

    start("article");
    repo.write("article.md", "Bicycles roll.\n");
    repo.commit("Say it");
    let confirmed = ["no-client-data", "no-personal-data", "no-secrets"].map(|id| ["--confirm", id]).concat();
    let declare = ["declare", "--extent", "assisted", "--tool", "writer", "--use-case", "drafting"];
    run(&[&declare, &confirmed[..], &["--data-class", "public", "--device", "company"]].concat());
    by_ed(&approve);
    run_in(&repo, &["check"], &[], "").ends(1).says("untrained").says("policy-not-accepted");
    run(&["train", "ed", "ai-basics"]);
    by_ed(&["train", "ana", "ai-basics"]);
    run(&["policy", "accept", "--yes"]);
    by_ed(&["policy", "accept", "--yes"]);
    run(&["train", "--tool", "writer"]);
    let report = run(&["check", "--format", "json"]).json();
    assert_eq!(report["findings"], serde_json::json!([]));
}
