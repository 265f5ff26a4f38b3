//! The policy's files, clause by clause: each problem of `docs/spec/policy.md` P8 keeps a policy that
//! is otherwise sound from loading, and is told with file and line.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

use provenance_core::entry::{Change, Entry, Mode};
use provenance_core::id::{BlobId, ObjectId, Sha256Digest};
use provenance_core::key::{FileSigner, Signer};
use provenance_core::policy::{MAX_FILE, Policy, PolicyFiles, Presence, Requirements};

fn key(seed: u8) -> String {
    FileSigner::from_seed(&[seed; 32], "").unwrap().public_key().to_string()
}

/// A sound policy.
fn sound() -> [String; 3] {
    let people = format!(
        r#"[person.ana]
name = "Ana"
kind = "human"
emails = ["ana@example.com"]
roles = ["admin", "security"]
keys = ["{}"]
[person."bob.lee"]
name = "Bob"
kind = "human"
roles = ["editor"]
keys = [{{ public = "{}", from = 2026-01-01, until = 2026-12-31 }}]
[person.bot]
name = "Bot"
kind = "agent"
operators = ["bob.lee"]
"#,
        key(1),
        key(2)
    );
    let policy = r#"version = 1
repository = "acme/website"
branches = ["refs/heads/main", "refs/heads/release", "refs/tags/v1"]
review-max-steps = 500
[[rule]]
name = "content"
paths = ["content/**"]
except = ["content/raw/**"]
reviews = [{ roles = ["editor"] }, {}]
presence = "any"
ai = "allowed"
declaration = "optional"
checklist = ["accuracy"]
confirm = ["no-client-data"]
[[exempt]]
paths = ["log/**"]
reason = "generated"
[[promote]]
from = "refs/heads/main"
to = "refs/heads/release"
[checklist.accuracy]
question = "Checked?"
[confirmation.no-client-data]
statement = "No client data."
[use.drafting]
title = "Drafting"
[use.hiring]
title = "Hiring"
restricted = true
"#;
    let tools = "[tool.writer]\nname = \"Writer\"\nstatus = \"approved\"\nuses = [\"drafting\"]\n";
    [people, policy.to_owned(), tools.to_owned()]
}

fn load([people, policy, tools]: &[String; 3]) -> Result<Policy, String> {
    Policy::load(&PolicyFiles::of(people, policy, Some(tools))).map_err(|error| error.to_string())
}

/// The sound policy with one text put in another's place, in whichever file has it.
fn edited(from: &str, to: &str) -> Result<Policy, String> {
    let files = sound();
    assert!(files.iter().any(|file| file.contains(from)), "no `{from}` in the sound policy");
    load(&files.map(|file| file.replacen(from, to, 1)))
}

#[track_caller]
fn refuses(clause: &str, from: &str, to: &str, expected: &str) {
    let error = edited(from, to).err().unwrap_or_else(|| panic!("{clause}: `{from}` → `{to}` is accepted"));
    assert!(error.contains(expected), "{clause}: no `{expected}` in\n{error}");
    let (file, rest) = error.split_once(':').unwrap();
    assert!(file.starts_with(".provenance/") && file.ends_with(".toml"), "{error}");
    assert!(rest.starts_with(' ') || rest.split(':').next().unwrap().parse::<usize>().is_ok(), "{error}");
}

#[track_caller]
fn accepts(clause: &str, from: &str, to: &str) -> Policy {
    edited(from, to).unwrap_or_else(|error| panic!("{clause}: `{from}` → `{to}` is refused:\n{error}"))
}

#[test]
fn a_file_has_at_most_4_mib() {
    let files = sound();
    let padded = |len: usize| {
        let mut files = files.clone();
        files[1] = format!("{}#{}", files[1], "x".repeat(len - files[1].len() - 1));
        load(&files)
    };
    let most = usize::try_from(MAX_FILE).unwrap();
    assert_eq!(most, 4_194_304);
    assert!(padded(most).is_ok());
    assert!(padded(most + 1).unwrap_err().contains("the file has 4194305 bytes"));
}

#[test]
fn every_problem_is_reported_in_the_order_of_files_and_lines() {
    let mut files = sound();
    files[0] = files[0].replace("ana@example.com", "ana");
    files[1] = files[1].replace("version = 1", "version = 2").replace("\"generated\"", "\"\"");
    files[2] = files[2].replace("drafting", "hiring");
    let error = load(&files).unwrap_err();
    let places: Vec<&str> = error.lines().map(|line| line.split(": ").next().unwrap()).collect();
    let expected = ["people.toml:4", "policy.toml:1", "policy.toml:17", "tools.toml:4"];
    assert_eq!(places, expected.map(|place| format!(".provenance/{place}")));
    assert!(load(&sound()).is_ok());
}

#[test]
fn unknown_keys_duplicates_and_other_types_are_problems_in_every_table() {
    for header in [
        "[person.ana]\n",
        "{ public",
        "version = 1\n",
        "[[rule]]\n",
        "{ roles = ",
        "[[exempt]]\n",
        "[[promote]]\n",
        "[checklist.accuracy]\n",
        "[confirmation.no-client-data]\n",
        "[use.drafting]\n",
        "[tool.writer]\n",
    ] {
        let with = match header.strip_prefix('{') {
            Some(rest) => format!("{{ later = 1, {}", rest.trim_start()),
            None if header == "version = 1\n" => "later = 1\nversion = 1\n".to_owned(),
            None => format!("{header}later = 1\n"),
        };
        refuses("P1.3", header, &with, "unknown field `later`");
    }
    for (from, to) in [
        ("version = 1", "version = \"1\""),
        ("repository = \"acme/website\"", "repository = 7"),
        ("version = 1", "version = 1\nversion = 1"),
        ("[use.hiring]", "[use.drafting]"),
        ("emails = [\"ana@example.com\"]", "emails = \"ana@example.com\""),
        ("restricted = true", "restricted = \"yes\""),
    ] {
        refuses("P1.3", from, to, "");
    }
}

#[test]
fn names_are_plain_and_days_are_bare() {
    accepts("P1.4", "[use.drafting]", "[use.editing]\ntitle = \"x\"\n[use.drafting]");
    accepts("P1.4", "\"security\"]", "\"security\", \"a.b-c_d0\"]");
    for name in ["Editor", "-x", "two words", ""] {
        refuses("P1.4", "\"security\"]", &format!("\"security\", \"{name}\"]"), "");
    }
    refuses("P1.4", "[use.hiring]", "[use.Hiring]", "");
    accepts("P1.5", "until = 2026-12-31", "until = 2026-01-01");
    for day in ["\"2026-12-31\"", "2026-12-31T00:00:00Z", "2026-02-30"] {
        refuses("P1.5", "2026-12-31", day, "");
    }
}

#[test]
fn required_keys_are_required_and_lists_may_be_left_out() {
    for key in [
        "version = 1\n",
        "repository = \"acme/website\"\n",
        "name = \"content\"\n",
        "paths = [\"content/**\"]\n",
        "reason = \"generated\"\n",
        "from = \"refs/heads/main\"\n",
        "question = \"Checked?\"\n",
        "statement = \"No client data.\"\n",
        "title = \"Drafting\"\n",
        "name = \"Ana\"\n",
        "kind = \"human\"\n",
        "status = \"approved\"\n",
        "name = \"Writer\"\n",
    ] {
        refuses("P1.6", key, "", "missing field");
    }
    refuses("P1.6", "public = ", "because = ", "");
    for key in [
        "review-max-steps = 500\n",
        "except = [\"content/raw/**\"]\n",
        "reviews = [{ roles = [\"editor\"] }, {}]\n",
        "presence = \"any\"\n",
        "ai = \"allowed\"\n",
        "declaration = \"optional\"\n",
        "checklist = [\"accuracy\"]\n",
        "confirm = [\"no-client-data\"]\n",
        "emails = [\"ana@example.com\"]\n",
        "operators = [\"bob.lee\"]\n",
        "restricted = true\n",
        "uses = [\"drafting\"]\n",
    ] {
        accepts("P1.6", key, "");
    }
}

#[test]
fn the_top_level_says_what_is_guarded() {
    refuses("P2.1", "version = 1", "version = 2", "version 2 is unknown, expected 1");
    accepts("P2.1", "acme/website", &"a".repeat(200));
    for name in ["", "two words", "a\\u0001b", &"a".repeat(201)] {
        refuses("P2.1", "acme/website", name, "1 to 200");
    }
    let branches = r#"["refs/heads/main", "refs/heads/release", "refs/tags/v1"]"#;
    refuses("P2.1", branches, "[]", "at least one publish branch");
    refuses("P2.1", "refs/tags/v1", "refs/heads/main", "is listed twice");
    refuses("P2.1", "refs/tags/v1", "refs/notes/x", "is neither a branch nor a tag");
    refuses("P2.1", "[\"refs/heads/main\", ", "[\"refs/tags/v0\", \"refs/heads/main\", ", "cannot be a tag");
    refuses("P2.1", "refs/tags/v1", "v1", "");
    accepts("P2.1", "version = 1", &format!("version = 1\nbaseline = \"{}\"", "1".repeat(40)));
    refuses("P2.1", "version = 1", "version = 1\nbaseline = \"1111\"", "");
    for steps in [1, 1_000_000] {
        assert_eq!(accepts("P2.1", "= 500", &format!("= {steps}")).review_max_steps(), steps);
    }
    for steps in ["0", "1000001"] {
        refuses("P2.1", "= 500", &format!("= {steps}"), "expected 1 to 1000000 steps");
    }
    assert_eq!(accepts("P2.1", "review-max-steps = 500\n", "").review_max_steps(), 1000);
}

#[test]
fn a_rule_has_a_name_of_its_own_and_paths_and_known_ids() {
    for taken in ["default", "built-in"] {
        refuses("P2.2", "\"content\"", &format!("\"{taken}\""), "is taken");
    }
    let second = "[[rule]]\nname = \"content\"\npaths = [\"x\"]\n[[exempt]]";
    refuses("P2.2", "[[exempt]]", second, "the rule name `content` is taken");
    accepts("P2.2", "[[exempt]]", &second.replace("content", "other"));
    refuses("P2.2", "paths = [\"content/**\"]", "paths = []", "`paths` names no path");
    refuses("P2.4", "paths = [\"log/**\"]", "paths = []", "`paths` names no path");
    refuses(
        "P2.2",
        "checklist = [\"accuracy\"]",
        "checklist = [\"bias\"]",
        "`bias` is not defined: add [checklist.bias]",
    );
    refuses("P2.2", "confirm = [\"no-client-data\"]", "confirm = [\"x\"]", "`x` is not defined: add [confirmation.x]");
    refuses("P2.2", "presence = \"any\"", "presence = \"often\"", "");
    refuses("P2.2", "ai = \"allowed\"", "ai = \"some\"", "");
    refuses("P2.2", "declaration = \"optional\"", "declaration = \"maybe\"", "");
    refuses("P2.6", "question = \"Checked?\"", "question = \" \"", "a checklist item needs a question");
    refuses("P2.4", "reason = \"generated\"", "reason = \" \"", "an exemption needs a reason");
}

#[test]
fn a_quorum_can_be_filled_by_different_persons_of_the_roster() {
    for count in ["0", "65"] {
        refuses("P2.3", "{}]", &format!("{{ count = {count} }}]"), "expected 1 to 64 persons");
    }
    // Bob on the editor's seat, Ana on the other: nobody is left for a third.
    refuses("P2.3", "{}]", "{ count = 2 }]", "people.toml lacks 1");
    refuses("P2.3", "{}]", "{ roles = [\"editor\"] }]", "people.toml lacks 1");
    accepts("P2.3", "{}]", "{ roles = [\"admin\"], count = 1 }]");
    refuses("P2.3", "{}]", "{ roles = [\"lawyer\"] }]", "humans with role lawyer, people.toml has 0");
}

#[test]
fn a_promotion_is_between_two_listed_branches() {
    refuses("P2.5", "to = \"refs/heads/release\"", "to = \"refs/heads/main\"", "a branch is not promoted to itself");
    refuses("P2.5", "to = \"refs/heads/release\"", "to = \"refs/heads/x\"", "is no publish branch of this policy");
    refuses("P2.5", "to = \"refs/heads/release\"", "to = \"refs/tags/v1\"", "is no publish branch of this policy");
    let main = "refs/heads/main".parse().unwrap();
    assert_eq!(
        load(&sound()).unwrap().promoted_to(&"refs/heads/release".parse().unwrap()).collect::<Vec<_>>(),
        [&main]
    );
}

#[test]
fn an_address_and_a_key_belong_to_one_person() {
    let bob = "name = \"Bob\"";
    accepts("P3.1", bob, "name = \"Bob\"\nemails = [\"bob@example.com\"]");
    refuses("P3.1", bob, "name = \"Bob\"\nemails = [\"ANA@example.com\"]", "is ana's already");
    for address in ["ana", "<ana@example.com>", "a b@example.com"] {
        refuses("P3.1", "ana@example.com", address, "is no e-mail address");
    }
    refuses("P3.2", &key(2), &key(1), "is ana's already");
    refuses("P3.2", &key(2), "ssh-rsa AAAA", "bob.lee's key");
    accepts("P3.2", &key(2), &format!("{} bob@laptop", key(2)));
    refuses("P3.1", "operators = [\"bob.lee\"]", "operators = [\"bot\"]", "operator `bot` is no human");
    refuses("P3.1", bob, "name = \"Bob\"\noperators = [\"ana\"]", "only an agent has operators");
    refuses("P3.1", "kind = \"agent\"", "kind = \"robot\"", "");
}

#[test]
fn a_key_has_its_days_in_order_and_a_reason_where_it_is_revoked() {
    refuses("P3.2", "until = 2026-12-31", "until = 2025-12-31", "is valid until 2025-12-31 but only from 2026-01-01");
    accepts("P3.2", "until = 2026-12-31", "revoked = 2026-12-31, because = \"lost\"");
    for half in ["revoked = 2026-12-31", "because = \"lost\""] {
        refuses("P3.2", "until = 2026-12-31", half, "without the other");
    }
}

#[test]
fn somebody_can_change_the_policy_and_the_tools() {
    refuses("P3.3", "\"admin\", \"security\"", "\"security\"", "nobody could approve a change of the policy");
    refuses("P3.3", "\"admin\", \"security\"", "\"admin\"", "nobody could approve a change of tools.toml");
    accepts("P3.3", "\"editor\"]\nkeys", "\"editor\", \"admin\", \"security\"]\nkeys");
}

#[test]
fn who_can_fill_a_seat_is_judged_by_retired_alone() {
    // Any `retired` day takes a person out, in the far future too.
    refuses("P8.1", "name = \"Bob\"", "name = \"Bob\"\nretired = 2999-01-01", "nobody can satisfy rule `content`");
    // Keys and their days play no part.
    accepts("P8.1", "until = 2026-12-31", "revoked = 2020-01-01, because = \"lost\"");
    accepts("P8.1", &format!("keys = [\"{}\"]\n", key(1)), "");
}

#[test]
fn a_tool_is_approved_for_use_cases_that_there_are() {
    refuses("P4.1", "uses = [\"drafting\"]", "uses = [\"poetry\"]", "use case `poetry` is not in policy.toml");
    refuses("P4.1", "uses = [\"drafting\"]", "uses = [\"hiring\"]", "is restricted in policy.toml");
    refuses("P4.1", "status = \"approved\"", "status = \"fine\"", "");
    let more = "vendor = \"V\"\nmodels = [\"a-*\"]\nversions = [\"1.?\"]\napproved-until = 2027-06-30\n\
        data-classes = [\"public\"]\ncapabilities = [\"c\"]\nlimits = [\"l\"]\nnote = \"n\"\n";
    let policy = accepts("P4.1", "status = \"approved\"\n", &format!("status = \"approved\"\n{more}"));
    let now = "2027-06-30T23:59:59Z".parse().unwrap();
    let writer = "writer".parse().unwrap();
    let drafting = "drafting".parse().unwrap();
    let judge = |model, version, use_case| policy.tools().judge(&writer, model, version, use_case, now);
    assert!(judge(Some("a-4"), Some("1.2"), Some(&drafting)).is_ok());
    // What the tool lists must be said.
    assert!(judge(None, Some("1.2"), Some(&drafting)).is_err());
    assert!(judge(Some("a-4"), None, Some(&drafting)).is_err());
    assert!(judge(Some("a-4"), Some("1.2"), None).is_err());
    assert!(judge(Some("a-4"), Some("1.22"), Some(&drafting)).is_err());
    assert!(policy.tools().judge(&writer, Some("a-4"), Some("1.2"), Some(&drafting), now.plus_seconds(1)).is_err());
    for status in ["requested", "retired"] {
        let policy = accepts("P4.1", "\"approved\"", &format!("\"{status}\""));
        assert!(policy.tools().judge(&writer, None, None, Some(&drafting), now).is_err(), "{status}");
    }
}

#[test]
fn patterns_that_could_be_misread_are_problems() {
    for pattern in ["", "/", "!a", "a/", "a**b", "a//b", "./a", "a/..", "[a", "[]", "[!a]", "[{]", "[+-9]", "a\\\\"] {
        refuses("P5.2", "\"content/**\"", &format!("\"{pattern}\""), "");
    }
    accepts("P5.2", "\"content/**\"", &format!("\"{}\"", "a".repeat(1024)));
    refuses("P5.2", "\"content/**\"", &format!("\"{}\"", "a".repeat(1025)), "");
}

#[test]
fn a_file_has_at_most_ten_thousand_patterns() {
    let many = |count: usize| format!("\"content/**\"{}", ", \"a\"".repeat(count));
    accepts("P5.3", "\"content/**\"", &many(9_900));
    refuses("P5.3", "\"content/**\"", &many(10_000), "the file has more than 10000 patterns");
}

fn needs(policy: &Policy, path: &str, mode: Mode) -> Requirements {
    let entry = |n: u8| {
        let id = BlobId(ObjectId::from_bytes(&[n; 20]).unwrap());
        Entry::blob(mode, id, Sha256Digest::of(&[n])).unwrap()
    };
    let change = Change::new(path.parse().unwrap(), Some(entry(1)), Some(entry(2))).unwrap();
    policy.requirements(policy.authority(), &change)
}

#[test]
fn rules_match_by_paths_without_except_and_a_bare_presence_is_a_demand() {
    let policy = load(&sound()).unwrap();
    let rules =
        |path| needs(&policy, path, Mode::Regular).quorums().iter().map(|it| it.rule.clone()).collect::<Vec<_>>();
    assert_eq!(rules("content/a.md"), ["content", "content"]);
    assert_eq!(rules("content/raw/a.md"), ["default"]);
    assert_eq!(rules("log/x"), [] as [&str; 0]);
    // To leave out `presence` is not to write `any`: with it the exemption has no effect.
    let rule = "[[rule]]\nname = \"log\"\npaths = [\"log/**\"]\n";
    for (more, exempt) in [
        ("", true),
        ("ai = \"forbidden\"\ndeclaration = \"required\"\nconfirm = [\"no-client-data\"]\n", true),
        ("presence = \"any\"\n", false),
        ("checklist = [\"accuracy\"]\n", false),
        ("reviews = [{}]\n", false),
    ] {
        let policy = accepts("P6.5", "[[exempt]]", &format!("{rule}{more}[[exempt]]"));
        let needed = needs(&policy, "log/x", Mode::Regular);
        assert_eq!(needed.is_exempt(), exempt, "{more}");
        assert_eq!(needed.quorums().is_empty(), exempt, "{more}");
        assert_eq!(needed.presence(), Presence::Any);
    }
    assert!(!needs(&policy, "log/x", Mode::Executable).is_exempt());
}

#[test]
fn rules_add_to_the_built_in_one_and_never_drop_it() {
    let loose =
        "[[rule]]\nname = \"own\"\npaths = [\".provenance/**\"]\nreviews = [{ roles = [\"editor\"] }]\n[[exempt]]";
    let policy = accepts("P6.4", "[[exempt]]", loose);
    let needed = |path| needs(&policy, path, Mode::Regular);
    let seats: Vec<(String, Vec<String>)> = needed(".provenance/tools.toml")
        .quorums()
        .iter()
        .map(|quorum| (quorum.rule.clone(), quorum.roles.iter().map(ToString::to_string).collect()))
        .collect();
    let seat = |rule: &str, role: &str| (rule.to_owned(), vec![role.to_owned()]);
    assert_eq!(seats.iter().collect::<std::collections::BTreeSet<_>>().len(), 2);
    assert!(seats.contains(&seat("own", "editor")) && seats.contains(&seat("built-in", "security")), "{seats:?}");
    let plain = load(&sound()).unwrap();
    assert_eq!(needs(&plain, ".provenance/policy.toml", Mode::Regular).quorums().len(), 1);
    assert_eq!(needs(&plain, "docs/.provenance", Mode::Regular).quorums()[0].rule, "default");
}
