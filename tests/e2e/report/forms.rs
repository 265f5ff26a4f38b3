//! Tables, and what is no form of a report.

use super::{report, started};

#[test]
fn hostile_texts_stay_in_their_cells() {
    let site = started();
    let formula = "=HYPERLINK(\"http://evil\",\"x\") | <img src=x>\nforged,line";
    let open = |path: &str| {
        site.signed("wes", &["incident", "open", path, "--severity", "low", "-m", formula, "--owner", "qxed"]).ends(0)
    };
    open("content/a.md");
    let csv = report(&site, &["--format", "csv", "--section", "incidents"]).ends(0).out;
    assert_eq!(csv.lines().count(), 2);
    assert!(csv.contains(",\"'=HYPERLINK(\"\"http://evil\"\",\"\"x\"\") | <img src=x>\\nforged,line\","), "{csv}");
    assert!(csv.ends_with("\r\n"));
    let markdown = report(&site, &["--format", "markdown", "--section", "incidents"]).ends(0).out;
    assert!(markdown.contains("\\| \\<img src=x\\>\\\\nforged"), "{markdown}");
    assert!(!markdown.contains("http://evil"));
    let escapes = "\u{1b}[2J\u{202e}";
    site.signed("wes", &["incident", "open", "content/b.md", "--severity", "low", "-m", escapes]).ends(0);
    for form in
        [vec!["--format", "json"], vec!["--format", "csv", "--section", "incidents"], vec!["--format", "markdown"]]
    {
        let out = report(&site, &form).ends(0).out;
        assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{form:?}");
    }
}

#[test]
fn a_form_that_is_none_is_a_matter_of_usage() {
    let site = started();
    report(&site, &["--format", "csv"]).ends(2).says("needs --section");
    report(&site, &["--section", "people"]).ends(2);
    report(&site, &["--format", "csv", "--section", "art50"]).ends(2).says("needs --profile eu-art50");
    site.run(&["people", "--format", "csv"]).ends(2).says("are of `report` alone");
    report(&site, &["--format", "yaml"]).ends(2);
}
