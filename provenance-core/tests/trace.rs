//! Holds `docs/reference/traceability.md` to the specification and to the sources: every clause, every
//! finding code and every clause of a company's policy has a row, no cell is empty, and each test that is named exists.
//! The table of attacks, `docs/reference/attacks.md`, is held to the tests and to the list of attacks likewise.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use provenance_core::finding::Code;
use provenance_core::policy::Clause;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn page(name: &str) -> String {
    fs::read_to_string(workspace().join("docs").join(name)).unwrap()
}

/// A row of one of the tables: what it is about, and the tests that it names on either side.
struct Row {
    subject: String,
    refuses: Vec<String>,
    allows: Vec<String>,
}

fn rows() -> Vec<Row> {
    let page = page("reference/traceability.md");
    let table = page.lines().filter(|line| line.starts_with('|') && !line.starts_with("|---"));
    let cells = table.map(|line| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>());
    cells
        .filter(|cells| !["clause", "code", ""].contains(&cells[0]))
        .map(|cells| {
            let [subject, _, refuses, allows] = cells[..] else { panic!("a row has four cells: {cells:?}") };
            Row { subject: subject.trim_matches('`').to_owned(), refuses: quoted(refuses), allows: quoted(allows) }
        })
        .collect()
}

/// What stands between backquotes.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The clauses of a page: the numbered ones, and sections that have none.
fn clauses(name: &str) -> BTreeSet<String> {
    let page = page(name);
    let numbered = |text: &str| {
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).unwrap_or(text.len());
        let id = text[..end].trim_end_matches('.');
        let is_id = id.starts_with(['G', 'P', 'R']) && id[1..].starts_with(|c: char| c.is_ascii_digit());
        is_id.then(|| id.to_owned())
    };
    let mut found = BTreeSet::new();
    let mut sections = BTreeSet::new();
    for line in page.lines() {
        if let Some(section) = line.strip_prefix("## ").and_then(numbered) {
            sections.insert(section);
        }
        let starts = ["**", "### ", "| "].iter().filter_map(|start| line.strip_prefix(start));
        found.extend(starts.filter_map(numbered).filter(|id| id.contains('.')));
    }
    let has_clauses = |section: &String| found.iter().any(|id| id.starts_with(&format!("{section}.")));
    let bare: Vec<String> = sections.into_iter().filter(|section| !has_clauses(section)).collect();
    found.extend(bare);
    found
}

/// Every test function of the workspace, by its module's path and its name.
fn tests() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (folder, prefix) in [
        ("provenance-core/src", None),
        ("provenance-core/tests", None),
        ("provenance-cli/src", Some("cli")),
        ("tests", None),
    ] {
        collect(&workspace().join(folder), &prefix.into_iter().collect::<Vec<_>>(), &mut found);
    }
    found
}

fn collect(folder: &Path, modules: &[&str], found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let inner = [modules, &[stem.as_str()]].concat();
        if path.is_dir() {
            collect(&path, &inner, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let module = if ["mod", "main", "lib"].contains(&stem.as_str()) { modules.to_vec() } else { inner };
            let names = test_functions(&fs::read_to_string(&path).unwrap());
            found.extend(names.into_iter().map(|name| [&module[..], &[name.as_str()]].concat().join("::")));
        }
    }
}

/// The functions of a file that stand behind `#[test]`, further attributes between them.
fn test_functions(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut after_test = false;
    for line in source.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("fn ").filter(|_| after_test) {
            names.extend(rest.split(['(', '<']).next().map(str::to_owned));
        }
        after_test = line == "#[test]" || after_test && (line.starts_with("#[") || line.starts_with("//"));
    }
    names
}

#[test]
fn every_clause_and_every_code_has_a_row() {
    let rows: Vec<String> = rows().into_iter().map(|row| row.subject).collect();
    let subjects: BTreeSet<&String> = rows.iter().collect();
    assert_eq!(subjects.len(), rows.len(), "a clause or a code has two rows");
    let pages = ["spec/gate.md", "spec/policy.md", "spec/records.md"].map(clauses);
    assert!(pages.iter().all(|page| page.len() > 30), "the pages were not understood");
    let codes = Code::ALL.iter().map(ToString::to_string);
    let of_policies = Clause::ALL.iter().map(|clause| format!("clause {clause}"));
    let wanted: BTreeSet<String> = pages.into_iter().flatten().chain(codes).chain(of_policies).collect();
    let missing: Vec<&String> = wanted.iter().filter(|id| !subjects.contains(id)).collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
    // `P1`, `P8` and `R8` hold a table beside their clauses; what a server holds has no clauses.
    let extra = |id: &str| ["P1", "P8", "R8"].contains(&id) || id.starts_with('S');
    let unknown: Vec<&&String> = subjects.iter().filter(|id| !wanted.contains(**id) && !extra(id)).collect();
    assert!(unknown.is_empty(), "rows for what there is not: {unknown:?}");
}

#[test]
fn every_test_that_is_named_exists_and_no_cell_is_empty() {
    let tests = tests();
    assert!(tests.contains("trace::every_test_that_is_named_exists_and_no_cell_is_empty"));
    for row in rows() {
        for (side, named) in [("refuses", &row.refuses), ("allows", &row.allows)] {
            assert!(!named.is_empty(), "{}: nothing {side}", row.subject);
            let gone: Vec<&String> = named.iter().filter(|name| !tests.contains(*name)).collect();
            assert!(gone.is_empty(), "{}: {side} names {gone:?}, which is no test", row.subject);
        }
    }
}

#[test]
fn every_code_has_an_entry_in_the_page_of_findings() {
    let page = page("reference/findings.md");
    let entries: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(entries, codes);
}

/// The rows of the table of attacks: id, answer, what stands in the cell of the tests.
fn attacks() -> Vec<[String; 3]> {
    let page = page("reference/attacks.md");
    let table = page.lines().filter(|line| line.starts_with('|') && !line.starts_with("|---"));
    let cells = table.map(|line| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>());
    cells
        .filter(|cells| cells[0] != "id")
        .map(|cells| {
            let [id, _, answer, tests, _] = cells[..] else { panic!("a row has five cells: {cells:?}") };
            [id, answer, tests].map(str::to_owned)
        })
        .collect()
}

#[test]
fn every_attack_names_tests_that_exist_and_codes_that_exist() {
    let (tests, rows) = (tests(), attacks());
    let ids: BTreeSet<&String> = rows.iter().map(|[id, ..]| id).collect();
    assert!(ids.len() == rows.len() && rows.len() > 108, "an attack has two rows, or the page was not understood");
    for [id, answer, named] in &rows {
        let names = quoted(named);
        let gone: Vec<&String> = names.iter().filter(|name| !tests.contains(*name)).collect();
        assert!(gone.is_empty(), "{id} names {gone:?}, which is no test");
        assert!(!names.is_empty() || named.starts_with("none: "), "{id} has no test and does not say why");
        let unknown = quoted(answer).into_iter().find(|code| Code::ALL.iter().all(|known| known.as_str() != code));
        assert_eq!(unknown, None, "{id}");
    }
}

/// The list lies beside the workspace where it is at hand.
#[test]
fn every_attack_of_the_list_has_a_row() {
    let list = workspace().join("../shared/vectors/attacks/attacks.tsv");
    let Ok(list) = fs::read_to_string(list) else { return };
    let rows = attacks();
    let missing: Vec<&str> = list
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').next())
        .filter(|wanted| rows.iter().all(|[id, ..]| id != wanted))
        .collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
}

/// Each test of the list is named by some row.
#[test]
fn every_test_of_an_attack_is_in_the_table() {
    let rows = attacks();
    let acted: Vec<String> = tests().into_iter().filter(|name| name.starts_with("e2e::attack_list::")).collect();
    let unnamed: Vec<&String> =
        acted.iter().filter(|name| rows.iter().all(|[.., named]| !quoted(named).contains(name))).collect();
    assert!(acted.len() > 60 && unnamed.is_empty(), "no row names {unnamed:?}");
}
