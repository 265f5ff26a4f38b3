//! Tests of loading and of what rules add up to.

use super::*;
use crate::entry::{Change, Entry};
use crate::id::{BlobId, ObjectId};
use crate::key::{FileSigner, PublicKey};
use crate::time::Timestamp;

fn key(seed: u8) -> String {
    use crate::key::Signer;
    FileSigner::from_seed(&[seed; 32], "").unwrap().public_key().to_string()
}

fn people() -> String {
    format!(
        r#"
[person.ana]
name = "Ana"
kind = "human"
emails = ["Ana@Example.com"]
roles = ["admin", "security"]
keys = ["{}"]
[person.bob]
name = "Bob"
kind = "human"
roles = ["editor"]
keys = [{{ public = "{}", from = 2026-01-01, until = 2026-12-31 }}]
[person.bot]
name = "Bot"
kind = "agent"
operators = ["bob"]
"#,
        key(1),
        key(2)
    )
}

const POLICY: &str = r#"version = 1
repository = "acme/website"
branches = ["refs/heads/main", "refs/tags/v1"]

[[rule]]
name = "content"
paths = ["content/**"]
except = ["content/raw/**"]
reviews = [{ roles = ["editor"] }]
declaration = "required"
checklist = ["accuracy"]
[[rule]]
name = "legal"
paths = ["content/legal/**"]
reviews = [{ count = 2 }]
presence = "touch"
ai = "forbidden"
[[exempt]]
paths = ["log/**", "content/**"]
reason = "generated"
[checklist.accuracy]
question = "Checked?"
[use.drafting]
title = "Drafting"
[use.hiring]
title = "Hiring"
restricted = true
"#;

const TOOLS: &str = r#"[tool.writer]
name = "Writer"
status = "approved"
models = ["opus-*"]
uses = ["drafting"]
approved-until = 2026-11-30
"#;

fn files(people: &str, policy: &str, tools: &str) -> PolicyFiles {
    PolicyFiles::of(people, policy, Some(tools))
}

fn sound() -> Policy {
    Policy::load(&files(&people(), POLICY, TOOLS)).unwrap()
}

fn refusal(people: &str, policy: &str, tools: &str) -> String {
    Policy::load(&files(people, policy, tools)).unwrap_err().to_string()
}

fn change(path: &str, mode: Mode) -> Change {
    let id = BlobId(ObjectId::from_bytes(&[7; 20]).unwrap());
    let entry = Entry::blob(mode, id, Sha256Digest::of(b"x")).unwrap();
    Change::new(path.parse().unwrap(), None, Some(entry)).unwrap()
}

fn needs(path: &str) -> Requirements {
    let policy = sound();
    policy.requirements(policy.authority(), &change(path, Mode::Regular))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn rules_add_up_and_the_strictest_wins() {
    let legal = needs("content/legal/a.md");
    assert_eq!(legal.quorums().len(), 2);
    assert_eq!(legal.presence(), Presence::Touch);
    assert!(!legal.ai_allowed() && legal.declaration_required());
    let content = needs("content/a.md");
    assert_eq!(content.quorums()[0].rule, "content");
    assert!(content.ai_allowed() && content.presence() == Presence::Any);
}

#[test]
fn a_path_without_a_rule_needs_one_human() {
    for path in ["README", "content/raw/x", "Content/a.md"] {
        let needed = if path == "content/raw/x" { continue } else { needs(path) };
        assert_eq!(needed.quorums(), [Quorum { rule: "default".into(), roles: vec![], count: 1 }], "{path}");
    }
}

#[test]
fn an_exemption_lifts_the_default_and_nothing_else() {
    assert!(needs("log/a").is_exempt());
    assert!(needs("content/raw/x").is_exempt());
    assert!(!needs("content/a.md").is_exempt());
    assert!(!needs("README").is_exempt());
    let policy = sound();
    for mode in [Mode::Executable, Mode::Symlink] {
        assert!(!policy.requirements(policy.authority(), &change("log/a", mode)).is_exempt());
    }
    assert!(!policy.strictest(&"log/a".parse().unwrap()).is_exempt());
}

#[test]
fn the_policy_needs_an_admin_and_the_tools_need_security() {
    let role = |path| needs(path).quorums()[0].roles[0].to_string();
    assert_eq!(role(".provenance/policy.toml"), "admin");
    assert_eq!(role(".provenance/tools.toml"), "security");
    assert_eq!(role(".Provenance/tools.toml"), "admin");
    let loose = POLICY.replace("log/**", "**");
    let policy = Policy::load(&files(&people(), &loose, TOOLS)).unwrap();
    assert!(!policy.requirements(policy.authority(), &change(".provenance/policy.toml", Mode::Regular)).is_exempt());
}

#[test]
fn says_where_a_problem_is() {
    let cases = [
        (
            POLICY.replace("presence = \"touch\"", "presense = \"touch\""),
            ".provenance/policy.toml:16: unknown field `presense`",
        ),
        (
            POLICY.replace("checklist = [\"accuracy\"]", "checklist = [\"bias\"]"),
            ".provenance/policy.toml:11: `bias` is not defined",
        ),
        (
            POLICY.replace("count = 2", "count = 3"),
            "policy.toml:15: nobody can satisfy rule `legal`: it asks for 3 humans, people.toml has 2",
        ),
        (POLICY.replace("\"legal\"", "\"content\""), "policy.toml:13: the rule name `content` is taken"),
        (POLICY.replace("content/raw/**", "content/raw/"), "policy.toml:8: `content/raw/` matches no file"),
        (POLICY.replace("version = 1", "version = 2"), "policy.toml:1: version 2 is unknown, expected 1"),
        (POLICY.replace("refs/heads/main", "main"), "policy.toml:3: `main` is not a full ref name"),
        (POLICY.replace("reason = \"generated\"", "reason = \" \""), "policy.toml:20: an exemption needs a reason"),
        (POLICY.replace("[use.drafting]", "[use.hiring]"), "policy.toml:"),
    ];
    for (policy, expected) in cases {
        let text = refusal(&people(), &policy, TOOLS);
        assert!(text.contains(expected), "{expected}\n{text}");
    }
}

#[test]
fn says_each_problem_on_one_line() {
    let people = people().replace("Ana@Example.com", "a\\r\\n::stop-commands::x");
    let policy = POLICY.replace("content/raw/**", "a**\\n::error::b");
    let told = refusal(&people, &policy, "");
    assert!(told.contains("`a\\r\\n::stop-commands::x` is no e-mail address"), "{told}");
    assert!(told.contains("in `a**\\n::error::b`, `**` must stand alone"), "{told}");
    assert!(told.lines().all(|line| line.starts_with(FOLDER)), "{told}");
    let long = POLICY.replace("content/raw/**", &"x\\u0001".repeat(400)).replace("version = 1", &"v".repeat(1 << 20));
    assert!(refusal(&people, &long, "").lines().all(|line| line.len() < 16 << 10));
}

/// What was quadratic took hours.
#[test]
fn hostile_files_take_no_more_time_than_their_size() {
    let many = |text: &str, count: usize| text.repeat(count);
    let emails = people().replace("\"Ana@Example.com\"", &many("\"a\",\n", 20_000));
    assert_eq!(refusal(&emails, POLICY, "").lines().count(), 39_999);
    let branches = POLICY.replace("\"refs/tags/v1\"", &many("\"refs/tags/v1\",", 20_000));
    assert_eq!(refusal(&people(), &branches, "").lines().count(), 1, "said once of one line");
    let patterns = POLICY.replace("\"content/raw/**\"", &many("\"a\",", 200_000));
    assert!(refusal(&people(), &patterns, "").contains("the file has more than 10000 patterns"));
    let persons: String = (0..5_000).map(|n| format!("[person.a{n}]\nname = \"A\"\nkind = \"human\"\n")).collect();
    let reviews = many("[[rule]]\nname = \"a\"\npaths = [\"*\"]\nreviews = [{ roles = [\"x\"], count = 64 }]\n", 5_000);
    assert!(refusal(&(people() + &persons), &(POLICY.to_owned() + &reviews), "").contains("people.toml has 0"));
    let seats = POLICY.replace("{ roles = [\"editor\"] }", &many("{ count = 64 },", 20_000));
    assert!(refusal(&(people() + &persons), &seats, "").contains("in all reviews together, found 1280000"));
}

#[test]
fn refuses_a_roster_that_means_two_things() {
    let twice = people().replace(&key(2), &key(1));
    assert!(refusal(&twice, POLICY, TOOLS).contains("is ana's already"));
    let device = PublicKey::from_sk_ed25519(*key(1).parse::<PublicKey>().unwrap().point(), "ssh:").unwrap();
    let disguised = people().replace(&key(2), &device.to_string());
    assert!(refusal(&disguised, POLICY, TOOLS).contains("is ana's already"));
    let address = people().replace("name = \"Bob\"", "name = \"Bob\"\nemails = [\"ana@example.COM\"]");
    assert!(refusal(&address, POLICY, TOOLS).contains("is ana's already"));
    let no_admin = people().replace("\"admin\", ", "");
    assert!(refusal(&no_admin, POLICY, TOOLS).contains("nobody could approve a change of the policy"));
    let operator = people().replace("operators = [\"bob\"]", "operators = [\"cy\"]");
    assert!(refusal(&operator, POLICY, TOOLS).contains("operator `cy` is no human"));
    let quoted_date = people().replace("2026-01-01", "\"2026-01-01\"");
    assert!(refusal(&quoted_date, POLICY, TOOLS).contains("expected a date without time"));
}

#[test]
fn refuses_missing_and_unreadable_files() {
    let sound = files(&people(), POLICY, TOOLS);
    let missing = PolicyFiles { people: None, ..sound.clone() };
    assert_eq!(Policy::load(&missing).unwrap_err().to_string(), ".provenance/people.toml: the file is missing");
    let binary = PolicyFiles { policy: Some(vec![b'#', 0xff]), ..sound.clone() };
    assert!(Policy::load(&binary).unwrap_err().to_string().contains("not UTF-8 after byte 1"));
    let large = PolicyFiles { policy: Some(vec![b'#'; MAX_FILE as usize + 1]), ..sound.clone() };
    assert!(Policy::load(&large).unwrap_err().to_string().contains("more than"));
    assert!(Policy::load(&PolicyFiles { tools: None, ..sound }).is_ok());
    assert!(
        Policy::load(&files(&people(), &format!("x = {}1{}", "[".repeat(50_000), "]".repeat(50_000)), TOOLS)).is_err()
    );
}

#[test]
fn keys_count_on_their_days() {
    let policy = sound();
    let bob = policy.roster().person(&"bob".parse().unwrap()).unwrap();
    let state = |time| bob.keys()[0].state_at(at(time));
    assert_eq!(state("2025-12-31T23:59:59Z").to_string(), "is not valid before 2026-01-01");
    assert_eq!(state("2026-12-31T23:59:59Z"), KeyState::Valid);
    assert_eq!(state("2027-01-01T00:00:00Z").to_string(), "expired after 2026-12-31");
    let stolen = people().replace("until = 2026-12-31", "revoked = 2026-05-01, because = \"stolen\"");
    let policy = Policy::load(&files(&stolen, POLICY, TOOLS)).unwrap();
    let key = &policy.roster().person(&"bob".parse().unwrap()).unwrap().keys()[0];
    assert_eq!(key.state_at(at("2026-04-30T00:00:00Z")), KeyState::Valid);
    assert_eq!(key.state_at(at("2026-05-01T00:00:00Z")).to_string(), "is revoked since 2026-05-01: stolen");
    assert!(refusal(&stolen.replace(", because = \"stolen\"", ""), POLICY, TOOLS).contains("without the other"));
}

#[test]
fn tools_are_approved_by_model_use_and_day() {
    let policy = sound();
    let now = at("2026-11-30T23:00:00Z");
    let drafting: Ident = "drafting".parse().unwrap();
    let writer = "writer".parse().unwrap();
    let judge =
        |model, use_case, now| policy.tools().judge(&writer, model, None, use_case, now).map_err(|e| e.to_string());
    assert_eq!(judge(Some("opus-4"), Some(&drafting), now), Ok(()));
    assert_eq!(
        judge(Some("haiku"), Some(&drafting), now).unwrap_err(),
        "model `haiku` is not approved for tool `writer`, expected `opus-*`"
    );
    assert!(judge(None, Some(&drafting), now).unwrap_err().contains("(none declared)"));
    assert!(judge(Some("opus-4"), None, now).unwrap_err().starts_with("use case"));
    assert!(
        judge(Some("opus-4"), Some(&drafting), at("2026-12-01T00:00:00Z")).unwrap_err().contains("ended on 2026-11-30")
    );
    let other = policy.tools().judge(&"other".parse().unwrap(), None, None, None, now);
    assert_eq!(other.unwrap_err().to_string(), "tool `other` is not in tools.toml, which has `writer`");
    let restricted = TOOLS.replace("\"drafting\"", "\"hiring\"");
    assert!(refusal(&people(), POLICY, &restricted).contains("tools.toml:5: use case `hiring` is restricted"));
}

#[test]
fn the_starter_policy_loads_and_asks_for_a_review() {
    let keys = vec![key(1).parse().unwrap()];
    let admin =
        Admin { id: "ana.ruiz".parse().unwrap(), name: "Ana \"A\" Ruiz".into(), email: "ana@example.com".into(), keys };
    let starter = Starter {
        repository: "acme/site".into(),
        branch: "refs/heads/main".parse().unwrap(),
        baseline: Some(crate::id::CommitId(ObjectId::from_bytes(&[1; 20]).unwrap())),
        admins: vec![admin],
    };
    let made = starter.files();
    let policy = Policy::load(&files(&made.people, &made.policy, &made.tools)).unwrap();
    assert_eq!(policy.repository(), "acme/site");
    assert_eq!(policy.baseline(), starter.baseline);
    let needed = policy.requirements(policy.authority(), &change("index.md", Mode::Regular));
    assert!(needed.declaration_required() && needed.quorums()[0].roles[0].as_str() == "editor");
}

#[test]
fn the_digest_is_that_of_sha256sum() {
    let files = files(&people(), POLICY, TOOLS);
    let line = |bytes: &Option<Vec<u8>>, name| format!("{}  {name}\n", Sha256Digest::of(bytes.as_ref().unwrap()));
    let listing = line(&files.people, FILES[0]) + &line(&files.policy, FILES[1]) + &line(&files.tools, FILES[2]);
    assert_eq!(sound().digest(), Sha256Digest::of(listing.as_bytes()));
}

#[test]
fn a_link_in_the_place_of_a_folder_needs_what_the_folder_needs() {
    let policy = sound();
    let roles = |path: &str, mode: Mode| -> Vec<String> {
        let needs = policy.requirements(policy.authority(), &change(path, mode));
        needs.quorums().iter().map(|quorum| quorum.rule.clone()).collect()
    };
    assert!(roles("content", Mode::Symlink).contains(&"content".to_owned()));
    assert!(!roles("content", Mode::Regular).contains(&"content".to_owned()));
    assert!(!roles("contents", Mode::Symlink).contains(&"content".to_owned()));
    let text = POLICY.to_owned() + "[use.advice]\ntitle = \"Advice\"\nrestricted = true\npaths = [\"legal/**\"]\n";
    let policy = Policy::load(&files(&people(), &text, TOOLS)).unwrap();
    let restricted = |path: &str, mode: Mode| {
        let needs = policy.requirements(policy.authority(), &change(path, mode));
        assert!(needs.restricted().is_none() || needs.declaration_required());
        needs.restricted().map(|(id, _)| id.to_string())
    };
    let advice = Some("advice".to_owned());
    assert_eq!([restricted("legal/a.md", Mode::Regular), restricted("legal", Mode::Symlink)], [advice.clone(), advice]);
    assert_eq!([restricted("legal", Mode::Regular), restricted("illegal", Mode::Symlink)], [None, None]);
    let below = |pattern: &str, path: &str| Pattern::new(pattern).unwrap().reaches_below(&path.parse().unwrap());
    assert!(below("legal/eu/*.md", "legal") && below("legal/eu/*.md", "legal/eu") && below("*.md", "x"));
    assert!(below("**/x", "a/b") && below("a/*/c", "a/b") && !below("legal/eu/*.md", "legal/us"));
    assert!(!below("/legal", "legal/x") && !below("/legal", "legal"));
}
