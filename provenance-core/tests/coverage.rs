//! Coverage: what puts each clause in force, and that without it the clause is missing.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

use provenance_core::policy::coverage::{Status, coverage};
use provenance_core::policy::{Clause, Policy, PolicyFiles};

const PEOPLE: &str = r#"[person.ana]
name = "Ana"
kind = "human"
roles = ["admin", "security", "editor", "legal", "people", "trainer"]
[person.ed]
name = "Ed"
kind = "human"
supervisor = "ana"
"#;
const POLICY: &str = r#"version = 1
repository = "acme/website"
branches = ["refs/heads/main"]
authors = "roster"
[[rule]]
name = "content"
paths = ["**"]
reviews = [{ roles = ["legal"] }]
declaration = "required"
checklist = ["accuracy", "bias", "hazards", "accessibility"]
confirm = ["no-client-data"]
[checklist.accuracy]
question = "Right?"
needs = ["note", "sources"]
[checklist.bias]
question = "Fair?"
[checklist.hazards]
question = "Safe?"
[checklist.accessibility]
question = "For everybody?"
[principle.honesty]
statement = "It deceives nobody."
[confirmation.no-client-data]
statement = "No client data."
[use.hiring]
title = "Hiring"
restricted = true
[[accountable]]
person = "ana"
title = "Publisher"
contact = "ana@example.com"
[document.ai-policy]
path = "AI-POLICY.md"
accepted-by = ["ai"]
approved-by = ["legal"]
[course.ai-basics]
modules = ["technical"]
required-for = ["ai"]
valid-days = 365
[statement.site]
path = "ai.md"
claims = [{ text = "Reviewed.", measure = "human-reviewed", at-least = 100.0 }]
[data-class.public]
title = "Public"
public = true
[device.laptop]
title = "Company laptop"
allowed = true
[decision.clients]
clause = "T3"
text = "There is no client yet."
[synthetic]
labels = ["AI-generated"]
[waiver]
roles = ["admin"]
max-days = 14
"#;
const TOOLS: &str = r#"[tool.writer]
name = "Writer"
status = "approved"
data-classes = ["public"]
document = "tools/writer.md"
processor-agreement = "DPA"
retention = "30 days"
region = "EU"
trains-on-input = true
"#;

fn load(from: &str, to: &str) -> Policy {
    assert!(from.is_empty() || [PEOPLE, POLICY, TOOLS].iter().any(|text| text.contains(from)), "no `{from}`");
    let swap = |text: &str| if from.is_empty() { text.to_owned() } else { text.replace(from, to) };
    let files = PolicyFiles::of(&swap(PEOPLE), &swap(POLICY), Some(&swap(TOOLS)));
    Policy::load(&files).unwrap_or_else(|error| panic!("{from} → {to}: {error}"))
}

fn with(from: &str, to: &str, wanted: Status) -> Vec<&'static str> {
    let covered = coverage(&load(from, to)).into_iter();
    covered.filter(|covered| covered.status == wanted).map(|covered| covered.clause.as_str()).collect()
}

#[test]
fn every_clause_is_in_force_and_says_by_what() {
    let covered = coverage(&load("", ""));
    assert_eq!(covered.iter().map(|it| it.clause).collect::<Vec<_>>(), Clause::ALL);
    for it in &covered {
        assert_eq!(it.status, Status::InForce, "{}", it.clause);
        assert!(!it.by.is_empty() && it.level == it.clause.default_level(), "{it:?}");
    }
    let by = |clause| covered.iter().find(|it| it.clause == clause).unwrap().by.join("; ");
    assert_eq!(by(Clause::T1), "rule content: declaration");
    assert_eq!(by(Clause::Tr5), "[course.ai-basics] valid 365 days");
    assert_eq!(by(Clause::P1), "[document.ai-policy] approved-by legal");
}

#[test]
fn a_clause_is_missing_without_what_holds_it() {
    for (from, to, missing) in [
        ("approved-by = [\"legal\"]", "approved-by = [\"people\"]", &["P1"][..]),
        (
            "[document.ai-policy]\npath = \"AI-POLICY.md\"\naccepted-by = [\"ai\"]\napproved-by = [\"legal\"]\n",
            "",
            &["P1", "P2", "Ac1", "Ac2"],
        ),
        ("accepted-by = [\"ai\"]", "accepted-by = [\"review\"]", &["Ac1", "Ac2"]),
        ("[principle.honesty]\nstatement = \"It deceives nobody.\"\n", "", &["P3", "E1", "E2"]),
        ("declaration = \"required\"", "declaration = \"optional\"", &["T1", "Se1"]),
        ("claims = [{ text = \"Reviewed.\", measure = \"human-reviewed\", at-least = 100.0 }]", "", &["T4"]),
        (
            "[statement.site]\npath = \"ai.md\"\nclaims = [{ text = \"Reviewed.\", measure = \"human-reviewed\", at-least = 100.0 }]\n",
            "",
            &["T2", "T4"],
        ),
        ("clause = \"T3\"", "clause = \"T2\"", &["T3"]),
        ("[decision.clients]", "[client.x]\nname = \"X\"\npaths = [\"x/**\"]\n[decision.clients]", &["T3"]),
        (TOOLS, "", &["S1"]),
        ("authors = \"roster\"\n", "", &["S3"]),
        ("[device.laptop]\ntitle = \"Company laptop\"\nallowed = true\n", "", &["S3"]),
        ("[[accountable]]\nperson = \"ana\"\ntitle = \"Publisher\"\ncontact = \"ana@example.com\"\n", "", &["A1"]),
        ("needs = [\"note\", \"sources\"]\n", "", &["A4"]),
        ("restricted = true\n", "", &["R1", "R2"]),
        (
            "[\"accuracy\", \"bias\", \"hazards\", \"accessibility\"]",
            "[\"accuracy\", \"hazards\", \"accessibility\"]",
            &["B2", "E3"],
        ),
        ("[\"accuracy\", \"bias\", \"hazards\", \"accessibility\"]", "[\"accuracy\", \"bias\", \"hazards\"]", &["B3"]),
        (
            "checklist = [\"accuracy\", \"bias\", \"hazards\", \"accessibility\"]\n",
            "",
            &["P3", "A2", "A4", "B2", "B3", "E1", "E2", "E3"],
        ),
        ("[synthetic]\nlabels = [\"AI-generated\"]\n", "", &["E1"]),
        ("data-classes = [\"public\"]\n", "", &["Pr1", "Pr4"]),
        ("region = \"EU\"\n", "", &["Pr2"]),
        ("confirm = [\"no-client-data\"]\n", "", &["Pr3"]),
        ("public = true\n", "", &["Pr4"]),
        ("required-for = [\"ai\"]", "required-for = [\"review\"]", &["Tr1", "Tr5"]),
        ("document = \"tools/writer.md\"\n", "", &["Tr2", "Tr4"]),
        ("supervisor = \"ana\"\n", "", &["Tr3"]),
        ("[waiver]\nroles = [\"admin\"]\nmax-days = 14\n", "", &["Ac3"]),
    ] {
        assert_eq!(with(from, to, Status::Missing), missing, "{from} → {to}");
    }
}

#[test]
fn a_decision_or_a_rule_may_hold_what_no_entry_does() {
    let decided = with("restricted = true\n", "[decision.uses]\nclause = \"R2\"\ntext = \"None.\"\n", Status::Missing);
    assert_eq!(decided, [""; 0]);
    let forbidden = load(TOOLS, "").tools().iter().count();
    assert_eq!(forbidden, 0);
    let policy = POLICY.replace(
        "[checklist.accuracy]",
        "[[rule]]\nname = \"no-ai\"\npaths = [\"**\"]\nai = \"forbidden\"\n[checklist.accuracy]",
    );
    let covered = coverage(&Policy::load(&PolicyFiles::of(PEOPLE, &policy, None)).unwrap());
    let register = covered.iter().find(|it| it.clause == Clause::S1).unwrap();
    assert_eq!(register.by, ["rule no-ai: ai forbidden"]);
}

#[test]
fn a_clause_that_is_off_is_not_in_force_whatever_stands_elsewhere() {
    let off = with("[waiver]", "[severity]\nTr1 = \"off\"\nB3 = \"warning\"\n[waiver]", Status::Off);
    assert_eq!(off, ["Tr1"]);
}

#[test]
fn every_clause_has_its_row_in_the_page_of_clauses() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/clauses.md");
    let page = std::fs::read_to_string(path).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| id "));
    let rows: Vec<Vec<&str>> = rows.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect();
    assert_eq!(rows.len(), Clause::ALL.len());
    for (clause, row) in Clause::ALL.iter().zip(rows) {
        assert_eq!(row[..2], [clause.as_str(), clause.says()]);
        assert!(row.len() == 5 && row[4].starts_with(clause.default_level().as_str()), "{row:?}");
        assert_eq!(row[2].starts_with("*always*"), BUILT_IN.contains(clause), "{row:?}");
    }
}

/// What is in force under every policy.
const BUILT_IN: [Clause; 7] = [Clause::S2, Clause::S4, Clause::A3, Clause::A5, Clause::B1, Clause::Se2, Clause::Ac4];

#[test]
fn what_is_always_in_force_needs_no_entry() {
    let policy = "version = 1\nrepository = \"acme/website\"\nbranches = [\"refs/heads/main\"]\n";
    let covered = coverage(&Policy::load(&PolicyFiles::of(PEOPLE, policy, None)).unwrap()).into_iter();
    let held: Vec<Clause> =
        covered.filter(|covered| covered.status == Status::InForce).map(|covered| covered.clause).collect();
    // Nobody is approved a tool, so every one has what it needs; and Ana heads the company.
    let vacuous = [Clause::Pr2, Clause::Pr4, Clause::Tr2, Clause::Tr3, Clause::Tr4];
    assert!(held.iter().all(|clause| BUILT_IN.contains(clause) || vacuous.contains(clause)), "{held:?}");
    assert_eq!(held.len(), BUILT_IN.len() + vacuous.len());
}
