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

/// H06.b
#[test]
fn a_mark_in_an_image_is_read_however_xml_writes_it() {
    let site = Site::new();
    let term = |term: &str| format!("http://cv.iptc.org/newscodes/digitalsourcetype/{term}");
    let made = term("trainedAlgorithmicMedia");
    for (value, passes) in [
        (format!("<![CDATA[{made}]]>"), false),
        (format!("<rdf:Bag><rdf:li>{}</rdf:li></rdf:Bag>", made.replace("trained", "&#116;rained")), false),
        (format!("<rdf:Bag><rdf:li>{}</rdf:li></rdf:Bag>", term("digitalCapture")), true),
    ] {
        let image = format!("<svg><metadata><p:DigitalSourceType>{value}</p:DigitalSourceType></metadata></svg>");
        site.propose("topic", &[("content/b.svg", &image)]);
        site.signed("wes", &["declare", "main...topic", "--extent", "none"]).ends(0);
        reviewed(&site);
        let checked = site.run(&["check", "main...topic"]).ends(i32::from(!passes));
        assert_eq!(checked.out.contains("undeclared-ai"), !passes, "{}", checked.out);
    }
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

#[test]
fn marks_suggest_a_declaration_that_the_writer_confirms() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "two\nlines\n"), ("content/c.md", "by hand\n")]);
    let head = {
        site.repo.git(&["commit", "--quiet", "--amend", "-m", "propose\n\nAssisted-by: Writer:opus-4 [drafts]"]);
        site.repo.rev("HEAD")
    };
    site.signed("wes", &["declare", "--from-signals", "--confirm", "no-client-data"])
        .ends(2)
        .says("not on a terminal")
        .says(&head[..12]);
    let suggested = ["declare", "--from-signals", "--yes", "--confirm", "no-client-data", "--format", "json"];
    let signed = site.signed("wes", &suggested).ends(0).json();
    assert_eq!(signed["kind"], "declaration");
    assert_eq!(signed["paths"].as_array().unwrap().len(), 2);
    reviewed(&site);
    let report = site.run(&["check", "main...topic", "--format", "json"]).ends(0).json();
    assert_eq!(report["changes"][0]["ai"]["extent"], "assisted");
    assert_eq!(report["changes"][0]["ai"]["tools"][0], "writer:opus-4");
}

#[test]
fn nothing_is_suggested_without_a_mark_and_no_tool_is_made_up() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "two\nlines\n")]);
    site.signed("wes", &["declare", "--from-signals", "--yes"]).ends(2).says("no mark of AI was found");
    site.repo.git(&["commit", "--quiet", "--amend", "-m", "x\n\nCo-authored-by: Cursor <cursoragent@cursor.com>"]);
    site.signed("wes", &["declare", "--from-signals", "--yes"]).ends(2).says("no tool of tools.toml").says("--tool ID");
    let named =
        ["declare", "--from-signals", "--yes", "--tool", "writer", "--model", "opus-4", "--confirm", "no-client-data"];
    site.signed("wes", &named).ends(0).says("AI: assisted with writer (opus-4)");
}

#[test]
fn history_becomes_unsigned_evidence_that_the_gate_never_reads() {
    let site = Site::new();
    let head = site.propose("topic", &[("content/b.md", "two\nlines\n")]);
    site.repo.git_with(&["notes", "--ref", "ai", "add", "-F", "-", &head], NOTE);
    let imported = site.run(&["import", "--from", "git-ai", "--format", "json"]).ends(0).json();
    assert_eq!((imported["read"].as_u64(), imported["signals"].as_u64()), (Some(1), Some(1)));
    let kept = site.repo.git(&["notes", "--ref", "provenance-imported", "show", &head]);
    let line: serde_json::Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(
        (&line["source"], &line["tool"], &line["path"]),
        (&"git-ai".into(), &"cursor".into(), &"content/b.md".into())
    );
    // A note of what is no commit here is none of this history.
    for id in [site.repo.rev(&format!("{head}:content/b.md")), provenance_test_support::id_of('7')] {
        let blob = site.repo.git_with(&["hash-object", "-w", "--stdin"], NOTE);
        let stream = format!(
            "commit refs/notes/ai\ncommitter x <x@example.com> 0 +0000\ndata 0\n{}M 644 {blob} {id}\n",
            "from refs/notes/ai^0\n"
        );
        site.repo.fast_import(stream);
    }
    site.run(&["import", "--from", "git-ai"]).ends(0).says("1 signal of 1 commit").says("it is no commit that is here");
    // The same again adds nothing.
    let again = site.run(&["import", "--from", "git-ai", "--format", "json"]).ends(0).json();
    assert_eq!(again["notes"], 0);
    site.repo.git(&["checkout", "--quiet", "main"]);
    site.repo.write("content/a.md", "x\n");
    site.commit_by("wes", "x\n\nCo-authored-by: Claude <noreply@anthropic.com>");
    site.run(&["import", "--from", "trailers"]).ends(0).says("1 signal of 1 commit, unsigned");
    site.repo.write("trace.json", "{\"version\": \"0.1.0\", \"vcs\": {\"revision\": \"nonsense\"}, \"files\": []}");
    site.run(&["import", "--from", "agent-trace", "trace.json"]).ends(2).says("is no full commit id");
    site.run(&["import", "--from", "agent-trace"]).ends(2).says("name one");
    let before = site.repo.git(&["rev-list", "--count", "refs/notes/provenance-imported"]);
    assert_eq!(before, "2");
    site.repo.git(&["update-ref", "-d", "refs/notes/ai"]);
    site.run(&["check", "main...topic"]).ends(1).says("missing-declaration");
}
