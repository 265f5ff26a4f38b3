//! Marks of AI that nobody signed, in a real repository.

use crate::site::Site;

const NOTE: &str = "content/b.md\n  s_0123456789abcd::t_0123456789abcd 1-2\n---\n{\n  \"schema_version\": \"authorship/3.0.0\",\n  \
    \"base_commit_sha\": \"\",\n  \"sessions\": {\"s_0123456789abcd\": {\"agent_id\": {\"tool\": \"cursor\", \"id\": \"x\", \"model\": \"gpt-5\"}}}\n}\n";

fn reviewed(site: &Site) {
    site.signed("ed", &["review", "main...topic", "--approve", "--answer", "accuracy=pass"]).ends(0);
}

#[test]
fn marks_in_commits_notes_and_content_contradict_none() {
    let site = Site::new();
    let head = site.propose("topic", &[("content/b.md", "two\nlines\n")]);
    site.signed("wes", &["declare", "main...topic", "--extent", "none"]).ends(0);
    reviewed(&site);
    site.run(&["check", "main...topic"]).ends(0);
    site.repo.git_with(&["notes", "--ref", "ai", "add", "-F", "-", &head], NOTE);
    let noted = site.run(&["check", "main...topic", "--format", "json"]).ends(1);
    assert_eq!(noted.codes("error"), ["undeclared-ai"], "{}", noted.out);
    assert!(noted.out.contains("cursor"), "{}", noted.out);
    site.repo.git(&["update-ref", "-d", "refs/notes/ai"]);
    site.run(&["check", "main...topic"]).ends(0);

    site.repo.git(&["commit", "--quiet", "--amend", "-m", "propose\n\nCo-authored-by: Copilot <copilot@github.com>"]);
    site.run(&["check", "main...topic"]).ends(1).says("undeclared-ai").says("--from-signals");

    site.propose("topic", &[("content/b.md", "---\nai_disclosure_level: fully_autonomous\n---\ntext\n")]);
    site.signed("wes", &["declare", "main...topic", "--extent", "none"]).ends(0);
    reviewed(&site);
    site.run(&["check", "main...topic"]).ends(1).says("undeclared-ai").says("the content (front-matter)");
}

#[test]
fn a_note_that_cannot_be_read_is_said_and_blocks_nothing() {
    let site = Site::new();
    let head = site.propose("topic", &[("content/b.md", "two\nlines\n")]);
    site.signed("wes", &["declare", "main...topic", "--extent", "none"]).ends(0);
    reviewed(&site);
    site.repo.git_with(&["notes", "--ref", "ai", "add", "-F", "-", &head], "content/b.md\n---\n{");
    let checked = site.run(&["check", "main...topic", "--format", "json"]).ends(0);
    assert_eq!(checked.codes("note"), ["undeclared-ai"]);
    let big = "x".repeat(9 << 20);
    site.repo.git_with(&["notes", "--ref", "ai", "add", "-f", "-F", "-", &head], big);
    site.run(&["check", "main...topic"]).ends(0).says("a mark cannot be read");
}
