//! A company adopts an AI usage policy: what is in force, since when, and the template for it.

use crate::site::{POLICY, Site};

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
    let ran = crate::site::run_in(&shallow, &["policy", "coverage", "--rev", "HEAD", "--format", "json"], &[], "");
    let json = ran.ends(0).json();
    assert_eq!(row(&json, "T1")["status"], "in-force");
    assert_eq!(row(&json, "T1")["since"], serde_json::Value::Null);
}
