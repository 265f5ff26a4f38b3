//! What the policy says of the company: each table of `docs/spec/policy.md` P2.7 to P2.14 is read strictly,
//! and what breaks it is told with file and line.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

use provenance_core::policy::company::{Activity, Authors, ChannelKind, Measure};
use provenance_core::policy::{AnswerNeed, Clause, Level, Policy, PolicyFiles};

const PEOPLE: &str = r#"[person.ana]
name = "Ana"
kind = "human"
roles = ["admin", "security", "trainer", "legal"]
[person.ed]
name = "Ed"
kind = "human"
supervisor = "ana"
joined = 2026-01-01
competence = ["german"]
[person.bot]
name = "Bot"
kind = "agent"
operators = ["ed"]
"#;
const POLICY: &str = r#"version = 1
repository = "acme/website"
branches = ["refs/heads/main"]
authors = "roster"
[[rule]]
name = "content"
paths = ["content/**"]
checklist = ["accuracy"]
scans = ["links"]
competence = ["german"]
[checklist.accuracy]
question = "Checked?"
needs = ["note", "sources"]
[use.hiring]
title = "Hiring"
restricted = true
paths = ["hr/**"]
[principle.honesty]
statement = "It deceives nobody."
[document.ai-policy]
path = "AI-POLICY.md"
accepted-by = ["ai", "review"]
grace-days = 14
approved-by = ["legal"]
[course.ai-basics]
modules = ["technical", "ethics"]
required-for = ["ai"]
valid-days = 365
[[accountable]]
person = "ana"
title = "Publisher"
contact = "ana@example.com"
[[accountable]]
person = "ed"
title = "News editor"
contact = "ed@example.com"
paths = ["news/**"]
[client.acme]
name = "Acme"
paths = ["clients/acme/**"]
disclosure = "clients/acme/ai.md"
[channel.letters]
kind = "send"
[statement.site]
path = "ai.md"
claims = [{ text = "Reviewed.", measure = "human-reviewed", at-least = 99.5 }]
[data-class.public]
title = "Public"
public = true
[device.laptop]
title = "Laptop"
[scan.links]
title = "Links"
[decision.uses]
text = "Decided."
clause = "R2"
[waiver]
roles = ["admin"]
max-days = 14
[burst]
reviews = 5
minutes = 2
[severity]
Tr2 = "error"
B3 = "off"
[do-not-train]
paths = ["content/**"]
site-root = "static"
"#;
const TOOLS: &str = r#"[tool.writer]
name = "Writer"
status = "approved"
data-classes = ["public"]
paths = ["content/**"]
approved-from = 2026-01-01
approved-until = 2026-12-31
requested-by = "ed"
trains-on-input = false
"#;

fn edited(from: &str, to: &str) -> Result<Policy, String> {
    assert!([PEOPLE, POLICY, TOOLS].iter().any(|text| text.contains(from)), "no `{from}`");
    let [people, policy, tools] = [PEOPLE, POLICY, TOOLS].map(|text| text.replacen(from, to, 1));
    Policy::load(&PolicyFiles::of(&people, &policy, Some(&tools))).map_err(|error| error.to_string())
}

#[track_caller]
fn refuses(from: &str, to: &str, expected: &str) {
    let error = edited(from, to).err().unwrap_or_else(|| panic!("`{from}` → `{to}` is accepted"));
    assert!(error.contains(expected), "no `{expected}` in\n{error}");
}

#[track_caller]
fn accepts(from: &str, to: &str) -> Policy {
    edited(from, to).unwrap_or_else(|error| panic!("`{from}` → `{to}` is refused:\n{error}"))
}

fn sound() -> Policy {
    accepts("version = 1", "version = 1")
}

#[test]
fn a_principle_is_a_question_of_every_checklist() {
    let policy = sound();
    let needs = policy.strictest(&"content/a.md".parse().unwrap());
    assert_eq!(needs.checklist().iter().map(ToString::to_string).collect::<Vec<_>>(), ["accuracy", "honesty"]);
    assert_eq!(policy.question(&"honesty".parse().unwrap()), Some("It deceives nobody."));
    assert!(policy.strictest(&"other.md".parse().unwrap()).checklist().is_empty());
    refuses("statement = \"It deceives nobody.\"", "statement = \" \"", "policy.toml:19: `statement` is empty");
    refuses("[principle.honesty]", "[principle.accuracy]", "policy.toml:18: `accuracy` is a checklist item already");
    accepts("checklist = [\"accuracy\"]", "checklist = [\"honesty\"]");
}

#[test]
fn content_that_no_model_is_to_be_trained_on_has_paths() {
    let policy = sound();
    let asked = policy.company().do_not_train.as_ref().unwrap();
    assert!(
        asked.paths.contains(&"content/a.png".parse().unwrap()) && !asked.paths.contains(&"b.png".parse().unwrap())
    );
    assert_eq!(asked.site_root.as_ref().map(ToString::to_string).as_deref(), Some("static"));
    let entry = "[do-not-train]\npaths = [\"content/**\"]\nsite-root = \"static\"\n";
    assert!(accepts(entry, "").company().do_not_train.is_none());
    accepts(entry, "[do-not-train]\npaths = [\"content/**\"]\n");
    let no_paths = entry.replace("\"content/**\"", "");
    refuses(entry, &no_paths, ": `paths` names no path");
    refuses(entry, &entry.replace("content/**", "/"), "policy.toml:");
    refuses(entry, &entry.replace("paths", "path"), "unknown field `path`");
    refuses(entry, &entry.replace("\"static\"", "\"../x\""), "policy.toml:");
}

#[test]
fn a_document_is_accepted_and_a_course_completed_by_those_who_do_something() {
    let policy = sound();
    let document = &policy.company().documents[&"ai-policy".parse().unwrap()];
    assert_eq!((document.accepted_by.as_slice(), document.grace_days), (&[Activity::Ai, Activity::Review][..], 14));
    let course = &policy.company().courses[&"ai-basics".parse().unwrap()];
    assert_eq!(course.trainers.iter().map(|role| role.as_str()).collect::<Vec<_>>(), ["trainer"]);
    refuses("accepted-by = [\"ai\", \"review\"]", "accepted-by = [\"all\"]", "policy.toml:22: unknown variant `all`");
    refuses("grace-days = 14", "grace-days = 3651", "policy.toml:23: expected 0 to 3650 days, found 3651");
    refuses("approved-by = [\"legal\"]", "approved-by = [\"people\"]", "policy.toml:24: nobody can approve document");
    refuses(
        "modules = [\"technical\", \"ethics\"]",
        "modules = []",
        "policy.toml:26: course `ai-basics` has no modules",
    );
    refuses("valid-days = 365", "valid-days = 0", "policy.toml:28: expected 1 to 3650 days, found 0");
    refuses(
        "valid-days = 365",
        "valid-days = 365\ntrainers = [\"people\"]",
        "policy.toml:29: nobody can confirm course",
    );
    accepts("valid-days = 365", "valid-days = 3650\ntrainers = [\"people\", \"admin\"]");
    accepts("grace-days = 14\n", "");
}

#[test]
fn the_last_entry_that_covers_a_path_says_who_answers() {
    let policy = sound();
    let who = |path: &str| policy.company().accountable_for(&path.parse().unwrap()).unwrap().person.to_string();
    assert_eq!([who("news/a.md"), who("other/a.md")], ["ed", "ana"]);
    refuses("person = \"ed\"\ntitle", "person = \"bot\"\ntitle", "policy.toml:34: `bot` is no human of the roster");
    refuses("title = \"News editor\"", "title = \"\"", "policy.toml:35: `title` is empty");
    refuses("contact = \"ed@example.com\"\n", "", "missing field `contact`");
    accepts("paths = [\"news/**\"]\n", "");
}

#[test]
fn a_client_has_content_and_a_channel_a_way_out() {
    let policy = sound();
    let of = |path: &str| policy.company().clients_of(&path.parse().unwrap()).count();
    assert_eq!([of("clients/acme/a.md"), of("clients/b.md")], [1, 0]);
    assert_eq!(policy.company().channels[&"letters".parse().unwrap()].kind, ChannelKind::Send);
    refuses("name = \"Acme\"", "name = \" \"", "policy.toml:39: `name` is empty");
    refuses("paths = [\"clients/acme/**\"]", "paths = []", "policy.toml:38: `paths` names no path");
    refuses("kind = \"send\"", "kind = \"mail\"", "unknown variant `mail`");
    accepts("kind = \"send\"", "kind = \"publish\"\npaths = [\"news/**\"]");
    accepts("disclosure = \"clients/acme/ai.md\"\n", "");
}

#[test]
fn a_claim_names_its_words_a_measure_and_a_share() {
    let policy = sound();
    let claims = &policy.company().statements[&"site".parse().unwrap()].claims;
    assert_eq!((claims[0].measure, claims[0].at_least.0), (Measure::HumanReviewed, 99.5));
    refuses("at-least = 99.5", "at-least = 100.5", "policy.toml:46: `at-least` is 100.5, expected a share of 0 to 100");
    refuses("at-least = 99.5", "at-least = -1.0", "expected a share of 0 to 100 percent");
    refuses("text = \"Reviewed.\"", "text = \"\"", "policy.toml:46: `claims` is empty");
    refuses("human-reviewed", "reviewed", "unknown variant `reviewed`");
    for measure in [Measure::Declared, Measure::BiasReviewed, Measure::Confirmed, Measure::Trained] {
        accepts("human-reviewed", measure.as_str());
    }
    accepts("at-least = 99.5", "at-least = 100");
}

#[test]
fn classes_scans_and_decisions_have_their_texts() {
    let policy = sound();
    assert!(policy.company().data_classes[&"public".parse().unwrap()].public);
    assert!(!policy.company().devices[&"laptop".parse().unwrap()].allowed);
    refuses("[data-class.public]\ntitle = \"Public\"\n", "[data-class.public]\n", "missing field `title`");
    refuses("text = \"Decided.\"", "text = \"\"", "policy.toml:55: `text` is empty");
    refuses("clause = \"R2\"", "clause = \"R9\"", "unknown variant `R9`");
    refuses("[scan.links]", "[scan.other]", "policy.toml:9: `links` is not defined: add [scan.links]");
    refuses("[data-class.public]", "[data-class.open]", "tools.toml:4: data class `public` is not in policy.toml");
    accepts("title = \"Laptop\"", "title = \"Laptop\"\nallowed = true");
}

#[test]
fn waivers_bursts_and_authors_have_their_bounds() {
    let company = sound().company().clone();
    assert_eq!((company.authors, company.burst.reviews, company.burst.minutes), (Authors::Roster, 5, 2));
    assert_eq!(company.waivers.map(|waiver| waiver.max_days), Some(14));
    refuses("max-days = 14", "max-days = 0", "policy.toml:59: expected 1 to 3650 days, found 0");
    refuses("[waiver]\nroles = [\"admin\"]", "[waiver]\nroles = []", "nobody can sign a waiver");
    refuses(
        "[waiver]\nroles = [\"admin\"]",
        "[waiver]\nroles = [\"people\"]",
        "policy.toml:58: nobody can sign a waiver",
    );
    refuses("minutes = 2", "minutes = 0", "policy.toml:60: `reviews` and `minutes` are at least 1");
    refuses("authors = \"roster\"", "authors = \"people\"", "unknown variant `people`");
    let plain = accepts("[burst]\nreviews = 5\nminutes = 2\n", "").company().burst;
    assert_eq!((plain.reviews, plain.minutes), (20, 10));
    assert_eq!(accepts("authors = \"roster\"\n", "").company().authors, Authors::Anyone);
}

#[test]
fn a_clause_is_taken_as_the_policy_says_but_the_gate_is_never_off() {
    let levels = sound().company().levels.clone();
    let taken = [Clause::Tr2, Clause::B3, Clause::Tr1, Clause::A2].map(|clause| levels.of(clause));
    assert_eq!(taken, [Level::Error, Level::Off, Level::Error, Level::Warning]);
    refuses(
        "Tr2 = \"error\"",
        "A3 = \"warning\"",
        "policy.toml:64: A3 is what the gate is for: it cannot be `warning`",
    );
    refuses("Tr2 = \"error\"", "A1 = \"off\"", "A1 is what the gate is for");
    refuses("Tr2 = \"error\"", "Tr9 = \"error\"", "unknown variant `Tr9`");
    refuses("Tr2 = \"error\"", "Tr2 = \"note\"", "unknown variant `note`");
    accepts("Tr2 = \"error\"", "A3 = \"error\"");
}

#[test]
fn rules_items_uses_persons_and_tools_say_more_where_the_company_asks() {
    let policy = sound();
    let needs = policy.strictest(&"content/a.md".parse().unwrap());
    assert_eq!((needs.scans().len(), needs.competence().len()), (1, 1));
    let item = policy.item(&"accuracy".parse().unwrap()).unwrap();
    assert_eq!(item.needs, [AnswerNeed::Note, AnswerNeed::Sources]);
    let at = |path: &str| policy.strictest(&path.parse().unwrap()).restricted().map(|(id, _)| id.to_string());
    assert_eq!([at("hr/a.md"), at("content/a.md")], [Some("hiring".to_owned()), None]);
    refuses("needs = [\"note\", \"sources\"]", "needs = [\"link\"]", "unknown variant `link`");
    refuses("paths = [\"hr/**\"]", "paths = [\"hr/\"]", "policy.toml:17:");
    refuses("supervisor = \"ana\"", "supervisor = \"ed\"", "people.toml:8: supervisor `ed` is no other human");
    refuses("supervisor = \"ana\"", "supervisor = \"bot\"", "people.toml:8: supervisor `bot` is no other human");
    refuses("requested-by = \"ed\"", "requested-by = \"zoe\"", "tools.toml:8: `zoe` is nobody of the roster");
    refuses(
        "approved-until = 2026-12-31",
        "approved-until = 2025-12-31",
        "tools.toml:7: it is approved until 2025-12-31",
    );
    accepts("approved-until = 2026-12-31", "approved-until = 2026-01-01");
}
