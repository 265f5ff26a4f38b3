//! The linter, clause by clause: each row has a policy that it refuses and one that it lets pass.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

use provenance_core::finding::Severity;
use provenance_core::path::RepoPath;
use provenance_core::policy::lint::{Problem, Texts, documents, lint};
use provenance_core::policy::{Clause, Policy, PolicyFiles};

/// A policy that keeps every clause the linter knows, and its documents.
const PEOPLE: &str = r#"[person.ana]
name = "Ana"
kind = "human"
roles = ["admin", "security", "editor", "legal", "people", "trainer"]
[person.ed]
name = "Ed"
kind = "human"
roles = ["editor"]
supervisor = "ana"
[person.bot]
name = "Bot"
kind = "agent"
operators = ["ed"]
"#;
const POLICY: &str = r#"version = 1
repository = "acme/website"
branches = ["refs/heads/main"]
[[rule]]
name = "content"
paths = ["**"]
reviews = [{ roles = ["editor"] }]
[[rule]]
name = "policy-legal"
paths = ["/AI-POLICY.md"]
reviews = [{ roles = ["legal"] }]
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
claims = [{ text = "A person reviews everything.", measure = "human-reviewed", at-least = 100.0 }]
[client.acme]
name = "Acme"
paths = ["clients/acme/**"]
disclosure = "clients/acme/ai.md"
[data-class.public]
title = "Public"
public = true
[data-class.client]
title = "Client data"
[use.hiring]
title = "Hiring"
restricted = true
"#;
const TOOLS: &str = r#"[tool.writer]
name = "Writer"
status = "approved"
data-classes = ["public"]
document = "tools/writer.md"
processor-agreement = "DPA of 2026-01-01"
retention = "30 days"
region = "EU"
trains-on-input = true
[tool.painter]
name = "Painter"
status = "requested"
requested-on = 2026-11-20
"#;
const DOCUMENTS: [(&str, &str); 4] = [
    ("AI-POLICY.md", "# AI policy of Acme\n\n- [ ] see [Date](https://example.com) and [Name][1]\n"),
    ("ai.md", "A person\n  reviews everything. Truly.\n"),
    ("clients/acme/ai.md", "We use AI.\n"),
    ("tools/writer.md", "# Capabilities\nDrafts\n### Known limitations\nFacts\n\nUsage guidelines\n---\nCheck.\n"),
];

fn found(from: &str, to: &str) -> Vec<Problem> {
    let replaced = |text: &str| text.replace(from, to);
    let everything = [PEOPLE, POLICY, TOOLS].into_iter().chain(DOCUMENTS.map(|(_, text)| text));
    assert!(from.is_empty() || everything.into_iter().any(|text| text.contains(from)), "no `{from}`");
    let swap = |text: &str| if from.is_empty() { text.to_owned() } else { replaced(text) };
    let bytes = |text: &str| Some(swap(text).into_bytes());
    let files = PolicyFiles::of(&swap(PEOPLE), &swap(POLICY), Some(&swap(TOOLS)));
    let policy = Policy::load(&files).unwrap_or_else(|error| panic!("{error}"));
    let here: Texts = DOCUMENTS.iter().map(|(path, text)| (path.parse().unwrap(), bytes(text))).collect();
    let texts = documents(&policy).into_iter().map(|path| (path.clone(), here.get(&path).cloned().flatten()));
    lint(&policy, &files, &texts.collect(), "2026-11-23T07:00:00Z".parse().unwrap())
}

/// With one text in another's place, exactly this is said, once.
#[track_caller]
fn says(from: &str, to: &str, expected: &str) {
    let problems: Vec<String> = found(from, to).iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].starts_with(expected), "{problems:#?}");
}

#[track_caller]
fn silent(from: &str, to: &str) {
    let problems: Vec<String> = found(from, to).iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn allows_a_policy_that_keeps_every_clause() {
    silent("", "");
}

#[test]
fn names_the_documents_that_it_reads() {
    let files = PolicyFiles::of(PEOPLE, POLICY, Some(TOOLS));
    let paths: Vec<RepoPath> = documents(&Policy::load(&files).unwrap()).into_iter().collect();
    assert_eq!(paths, DOCUMENTS.map(|(path, _)| path.parse().unwrap()));
}

#[test]
fn refuses_placeholders_and_notes_of_a_template() {
    says("AI policy of Acme", "AI policy of [Company Name]", "AI-POLICY.md:1: error P2: `[Company Name]`");
    says("title = \"Publisher\"", "title = \"[Title]\"", ".provenance/policy.toml:14: error P2: `[Title]`");
    says("We use AI.", "Note: this template is a start.", "clients/acme/ai.md:1: error P2: a note of the template");
    silent("We use AI.", "We use [AI](https://example.com/date).");
}

#[test]
fn refuses_an_empty_register_while_ai_is_allowed() {
    let tools = TOOLS;
    says(tools, "", ".provenance/tools.toml: error S1: no AI tool is listed");
    let without = |policy: &str| {
        let files = PolicyFiles::of(PEOPLE, policy, None);
        let policy = Policy::load(&files).unwrap();
        let problems = lint(&policy, &files, &Texts::new(), "2026-11-23T07:00:00Z".parse().unwrap());
        problems.iter().any(|problem| problem.clause == Clause::S1)
    };
    assert!(without(POLICY));
    let forbidden = "paths = [\"**\"]\nexcept = [\".provenance/**\"]\nai = \"forbidden\"";
    assert!(!without(&POLICY.replace("paths = [\"**\"]", forbidden)));
    assert!(without(&POLICY.replace("paths = [\"**\"]", "paths = [\"a/**\"]\nai = \"forbidden\"")));
}

#[test]
fn refuses_a_request_that_was_answered_and_is_still_open() {
    says(
        "requested-on = 2026-11-20",
        "answered-on = 2026-11-21",
        ".provenance/tools.toml:12: error S4: tool `painter`",
    );
    silent("requested-on = 2026-11-20", "requested-on = 2026-11-09");
}

#[test]
fn warns_of_a_request_that_nobody_answers() {
    let line = ".provenance/tools.toml:13: warning Se2: tool `painter` was asked for on 2026-11-08";
    says("requested-on = 2026-11-20", "requested-on = 2026-11-08", line);
    says("requested-on = 2026-11-20\n", "", ".provenance/tools.toml:10: warning Se2: tool `painter` is asked for");
    silent("status = \"requested\"\nrequested-on = 2026-11-20", "status = \"retired\"\nrequested-on = 2026-01-01");
}

#[test]
fn warns_where_nobody_decided_what_ai_is_not_used_for() {
    says("restricted = true\n", "", ".provenance/policy.toml: warning R2: no use is restricted");
    silent("restricted = true\n", "[decision.uses]\nclause = \"R2\"\ntext = \"None is restricted.\"\n");
}

#[test]
fn refuses_an_approved_tool_whose_privacy_nobody_looked_at() {
    says(
        "region = \"EU\"\n",
        "",
        ".provenance/tools.toml:1: error Pr2: tool `writer` is approved, and its entry does not say region",
    );
    let all = found("retention = \"30 days\"\nregion = \"EU\"\ntrains-on-input = true\n", "");
    assert!(all[0].message.ends_with("retention, region, trains-on-input"), "{all:?}");
    silent("region = \"EU\"\n", "region = \"US\"\n");
}

#[test]
fn refuses_a_tool_that_trains_on_more_than_public_data() {
    let line = ".provenance/tools.toml:4: error Pr4: tool `writer` trains on its input and is approved for `client`";
    says("[\"public\"]", "[\"public\", \"client\"]", line);
    let line = ".provenance/tools.toml:8: error Pr4: tool `writer` trains on its input and is approved for any data";
    says("data-classes = [\"public\"]\n", "", line);
    silent(
        "data-classes = [\"public\"]\ndocument = \"tools/writer.md\"\nprocessor-agreement = \"DPA of 2026-01-01\"\nretention = \"30 days\"\nregion = \"EU\"\ntrains-on-input = true",
        "data-classes = [\"client\"]\ndocument = \"tools/writer.md\"\nprocessor-agreement = \"DPA of 2026-01-01\"\nretention = \"30 days\"\nregion = \"EU\"\ntrains-on-input = false",
    );
}

#[test]
fn refuses_a_tool_without_a_document_that_says_what_it_must() {
    says(
        "document = \"tools/writer.md\"\n",
        "",
        ".provenance/tools.toml:1: error Tr4: tool `writer` is approved and has no",
    );
    says("tools/writer.md", "tools/gone.md", ".provenance/tools.toml:5: error Tr4: tools/gone.md");
    says(
        "### Known limitations\n",
        "",
        "tools/writer.md: error Tr4: the document of tool `writer` has no heading that names its limits",
    );
    says(
        "Usage guidelines\n---\nCheck.\n",
        "## GUIDELINES\n",
        "tools/writer.md:6: error Tr4: the document of tool `writer` says nothing",
    );
    silent("# Capabilities\n", "# Limits and capabilities\n");
}

#[test]
fn refuses_a_statement_that_is_gone_or_does_not_say_what_it_claims() {
    says("path = \"ai.md\"", "path = \"gone.md\"", ".provenance/policy.toml:25: error T2: gone.md, statement `site`");
    says("A person\n  reviews", "Nobody\n  reviews", ".provenance/policy.toml:26: error T4: ai.md does not say");
    silent("Truly.", "Truly");
}

#[test]
fn refuses_a_document_that_is_gone() {
    let problems = found("path = \"AI-POLICY.md\"", "path = \"GONE.md\"");
    let told: Vec<_> = problems.iter().map(|problem| (problem.clause, problem.line)).collect();
    assert_eq!(told, [(Clause::Ac1, Some(17)), (Clause::P1, Some(19))]);
}

#[test]
fn refuses_a_document_whose_approval_no_rule_asks_for() {
    let line = ".provenance/policy.toml:19: error P1: document `ai-policy` is to be approved by people";
    says("approved-by = [\"legal\"]", "approved-by = [\"legal\", \"people\"]", line);
    // One of two roles is neither of them.
    says("[{ roles = [\"legal\"] }]", "[{ roles = [\"legal\", \"editor\"] }]", ".provenance/policy.toml:19: error P1");
    silent("approved-by = [\"legal\"]", "approved-by = [\"editor\"]");
}

#[test]
fn refuses_ai_without_a_course() {
    says("required-for = [\"ai\"]", "required-for = [\"review\"]", ".provenance/policy.toml: error Tr1");
    silent("required-for = [\"ai\"]", "required-for = [\"review\", \"ai\"]");
    silent(
        "paths = [\"**\"]\nreviews = [{ roles = [\"editor\"] }]",
        "paths = [\"**\"]\nai = \"forbidden\"\nreviews = [{}]",
    );
}

#[test]
fn refuses_a_policy_that_names_nobody_who_answers() {
    let entry = "[[accountable]]\nperson = \"ana\"\ntitle = \"Publisher\"\ncontact = \"ana@example.com\"\n";
    says(entry, "", ".provenance/policy.toml: error A1: nobody is named");
    silent("title = \"Publisher\"", "title = \"Editor\"");
}

#[test]
fn refuses_a_client_without_disclosure() {
    says("disclosure = \"clients/acme/ai.md\"\n", "", ".provenance/policy.toml:27: error T3: client `acme` has no");
    says("clients/acme/ai.md", "gone.md", ".provenance/policy.toml:30: error T3: gone.md");
    silent("disclosure = \"clients/acme/ai.md\"", "disclosure = \"ai.md\"");
}

#[test]
fn warns_of_people_without_a_supervisor() {
    let both: Vec<_> = found("supervisor = \"ana\"\n", "").iter().map(ToString::to_string).collect();
    assert_eq!(both.len(), 2, "one who supervises nobody is no head: {both:?}");
    assert!(both[0].starts_with(".provenance/people.toml:1: warning Tr3: ana has no `supervisor`"), "{both:?}");
    let third = "supervisor = \"ana\"\n[person.zoe]\nname = \"Zoe\"\nkind = \"human\"\n";
    silent("supervisor = \"ana\"\n", &format!("{third}retired = 2026-01-01\n"));
}

#[test]
fn is_as_strict_as_the_policy_takes_the_clause() {
    let relaxed = |level: &str| found("[use.hiring]", &format!("[severity]\nP2 = \"{level}\"\n[use.hiring]\n# [Date]"));
    assert!(relaxed("off").is_empty());
    assert_eq!(relaxed("warning").iter().map(|it| it.severity).collect::<Vec<_>>(), [Severity::Warning]);
    assert_eq!(relaxed("error").iter().map(|it| it.severity).collect::<Vec<_>>(), [Severity::Error]);
}

#[test]
fn tells_all_problems_at_once_in_order() {
    let both = "ana@example.com\"\n[decision.x]\nclause = \"P2\"\ntext = \"[Date] [Name]\"";
    let problems = found("ana@example.com\"", both);
    let told: Vec<_> = problems.iter().map(|it| (it.file.as_str(), it.line, it.clause)).collect();
    let place = (".provenance/policy.toml", Some(18), Clause::P2);
    assert_eq!(told, [place, place]);
}
