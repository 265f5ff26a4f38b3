//! The policy guards itself: changes of it, exemptions, waivers, what single commits bring.

use serde_json::json;

use super::case::Case;
use super::world::{POLICY, TOOLS, World, delete, people, person, put, put_as};

const FILE: &str = ".provenance/policy.toml";
const B: &str = "content/b.md";

pub(super) fn cases() -> Vec<Case> {
    [changed(), self_made(), admins(), removed(), unreadable(), exempt(), every(), waived()]
        .into_iter()
        .flatten()
        .collect()
}

fn weaker() -> String {
    POLICY.replace("reviews = [{ roles = [\"editor\"] }]\n", "")
}

fn changed() -> Vec<Case> {
    let world = World::new();
    world.commit("weaker", "main", &[put(FILE, weaker())]);
    world.declaration("wes", "main", "weaker").file();
    world.review("ed", "main", "weaker").file();
    let editor = world
        .case("policy-change-by-editor", "P6.4", "A change of the policy needs an admin, whoever else approves.")
        .refuses("main...weaker", &["wrong-role .provenance/policy.toml"]);
    world.review("ana", "main", "weaker").file();
    let admin = world
        .case("policy-change-by-admin", "P6.4", "An admin's review of another's change is enough.")
        .allows("main...weaker", &["never sole-admin"]);
    let own = World::new();
    own.commit_as("ana", "refs/heads/own", &["main"], &[put(FILE, weaker())], "policy");
    own.declaration("ana", "main", "own").file();
    own.review("ana", "main", "own").file();
    let sole = own
        .case("sole-admin", "G12.2", "The only admin may review their own change of the policy; there is a warning.")
        .allows("main...own", &["warning sole-admin .provenance/policy.toml"]);
    let by_an_editor = |path: &str| {
        let world = World::new();
        world.commit("look", "main", &[put(path, weaker())]);
        world.declaration("wes", "main", "look").file();
        world.review("ed", "main", "look").file();
        world
    };
    let look = by_an_editor(".Provenance/policy.toml");
    let alike = look
        .case("policy-look-alike", "P7.2", "A path that some file system takes for the policy's needs an admin too.")
        .refuses("main...look", &["wrong-role .Provenance/policy.toml"]);
    look.review("ana", "main", "look").file();
    let backslash = by_an_editor(".\\.provenance\\policy.toml")
        .fifth("policy-look-alike-behind-a-backslash", "P7.2", "Where a backslash is a slash this is the policy.")
        .refuses("main...look", &["wrong-role"]);
    let inside = by_an_editor("content\\.provenance\\policy.toml")
        .fifth("policy-look-alike-in-another-folder", "P7.2", "In another folder it is none.")
        .allows("main...look", &[]);
    vec![
        editor,
        admin,
        sole,
        alike,
        backslash,
        inside,
        look.case("policy-look-alike-by-admin", "P7.3", "An admin may approve it.").allows("main...look", &[]),
    ]
}

fn self_made() -> Vec<Case> {
    let world = World::new();
    world.commit("both", "main", &[put(FILE, weaker()), put(B, "B\n")]);
    world.commit("policy", "main", &[put(FILE, weaker())]);
    world.approve("main", "policy");
    world.review("ana", "main", "policy").file();
    let missing = ["missing-review content/b.md", "missing-declaration content/b.md"];
    let weakened = world
        .case("policy-and-content-at-once", "G1.6", "What a push brings is judged by the policy that it replaces.")
        .refuses("main..both", &missing);
    let eve = World::new();
    let roster = people() + &person("eve", "human", &["editor"], "");
    eve.commit("both", "main", &[put(".provenance/people.toml", &roster), put(B, "B\n")]);
    eve.commit("roster", "main", &[put(".provenance/people.toml", &roster)]);
    eve.declaration("wes", "main", "both").file();
    eve.review("ana", "main", "roster").file();
    eve.review("eve", "main", "both").set("scope", json!("each")).file();
    let person = eve
        .case("reviewer-comes-with-the-push", "G1.7", "Whom the push itself adds to the roster reviews nothing of it.")
        .refuses("main..both", &["missing-review content/b.md"]);
    eve.commit("after", "roster", &[put(B, "B\n")]);
    let next = eve
        .case("reviewer-of-the-next-push", "G1.7", "Once the roster is published the same review counts.")
        .allows("roster..after", &[]);
    vec![weakened, person, next]
}

fn admins() -> Vec<Case> {
    let roster = people().replace("\"admin\", \"security\", \"editor\"", "\"admin\", \"editor\"")
        + &person("adam", "human", &["admin"], "")
        + &person("sam", "human", &["security"], "");
    let world = World::with(POLICY, &roster);
    world.commit_as("ana", "refs/heads/own", &["main"], &[put(FILE, weaker())], "policy");
    world.declaration("ana", "main", "own").file();
    world.review("ana", "main", "own").file();
    let own = world
        .case("own-policy-change-of-two-admins", "G12.1", "Where there are two admins none reviews their own change.")
        .refuses("main...own", &["self-review .provenance/policy.toml"]);
    world.review("adam", "main", "own").file();
    let other = world.case("policy-change-by-other-admin", "P6.4", "The other admin does.").allows("main...own", &[]);
    world.commit("tools", "main", &[put(".provenance/tools.toml", TOOLS.replace("opus-*", "*"))]);
    world.declaration("wes", "main", "tools").file();
    world.review("adam", "main", "tools").file();
    let admin = world
        .case("tools-change-by-admin", "P6.4", "A change of the tools needs the role security in place of an admin's.")
        .refuses("main...tools", &["wrong-role .provenance/tools.toml"]);
    world.review("sam", "main", "tools").file();
    let security = world
        .case("tools-change-by-security", "P6.4", "Security approves a tool by a review.")
        .allows("main...tools", &[]);
    vec![own, other, admin, security]
}

fn removed() -> Vec<Case> {
    let gone = |edits: &[super::world::Edit], name, shows| {
        let world = World::new();
        world.commit("topic", "main", edits);
        world.declaration("wes", "main", "topic").file();
        world.review("ana", "main", "topic").file();
        world.case(name, "G1.5", shows).refuses("main...topic", &["policy-removed"])
    };
    vec![
        gone(&[delete(FILE)], "policy-removed", "Nobody can approve that the policy goes."),
        gone(
            &[put(FILE, format!("{POLICY}\nnonsense = 2\n"))],
            "policy-made-unreadable",
            "Nor that it cannot be read afterwards.",
        ),
        gone(
            &[put(FILE, POLICY.replace("\"editor\"] }", "\"editor\"], count = 9 }"))],
            "policy-nobody-can-satisfy",
            "Nor a rule that nobody can satisfy.",
        ),
        gone(&[put_as("120000", FILE, "../elsewhere")], "policy-made-a-link", "Nor that it becomes a symbolic link."),
    ]
}

fn unreadable() -> Vec<Case> {
    let case = |policy: &str, roster: &str, name, clause, shows| {
        let world = World::with(policy, roster);
        world.commit("topic", "main", &[put("log/x", "x\n")]);
        world.case(name, clause, shows).undecided("main...topic", &["undecided-policy"])
    };
    let twice = people() + &person("eve", "human", &["editor"], "").replace("eve@", "ed@");
    let key = super::keys::Key::of("ed").public();
    let shared = people() + &super::world::person_with("eve", "human", &["editor"], &format!("\"{key}\""), "");
    let zero = POLICY.replace("[\"editor\"] }", "[\"editor\"], count = 0 }");
    let cases = [
        case(
            &format!("stricter = true\n{POLICY}"),
            &people(),
            "policy-with-unknown-key",
            "P1.3",
            "A key that is not known may be a stricter rule: nothing is decided.",
        ),
        case(&zero, &people(), "quorum-of-none", "P2.3", "A quorum of nobody is no policy."),
        case(POLICY, &twice, "address-of-two-persons", "P3.1", "An address belongs to one person."),
        case(POLICY, &shared, "key-of-two-persons", "P3.1", "A key belongs to one person."),
    ];
    let world = World::new();
    world.commit_as("wes", "refs/heads/before", &[], &[put(B, "b\n")], "before any policy");
    let files = [put(FILE, POLICY), put(".provenance/people.toml", people()), put(".provenance/tools.toml", TOOLS)];
    let root = world.commit("adopted", "before", &files);
    let first = |name, shows| world.case(name, "G1.4", shows);
    let adopted = [
        first("first-policy-pinned", "From a state without a policy the pinned root may follow.")
            .root(Some(&root))
            .allows("before..adopted", &[]),
        first("first-policy-not-pinned", "Without a pinned root nothing says where trust starts.")
            .root(None)
            .undecided("before..adopted", &["untrusted-root"]),
    ];
    cases.into_iter().chain(adopted).collect()
}

fn exempt() -> Vec<Case> {
    let with = |mode, text: &str| {
        let world = World::new();
        world.commit("topic", "main", &[put_as(mode, "log/x", text)]);
        world
    };
    let missing = ["missing-review log/x"];
    let rejected = with("100644", "x\n");
    rejected.review("ed", "main", "topic").reject().file();
    vec![
        with("100644", "x\n")
            .case("exempt-file", "G16.1 P6.5", "An exempt file needs no review.")
            .allows("main...topic", &[]),
        with("100755", "x\n")
            .case("exempt-path-executable", "P6.5", "A program is never exempt.")
            .refuses("main...topic", &missing),
        with("120000", "/etc/passwd")
            .case("exempt-path-link", "P6.5", "A symbolic link is never exempt.")
            .refuses("main...topic", &missing),
        rejected
            .case("exempt-and-rejected", "G16.1", "What was rejected does not pass by an exemption.")
            .refuses("main...topic", &["rejected log/x"]),
    ]
}

fn every() -> Vec<Case> {
    let world_of = |policy: &str| {
        let world = World::ruled_by(policy);
        world.commit("secret", "main", &[put("content/secret.md", "secret\n")]);
        world.commit("topic", "secret", &[delete("content/secret.md"), put(B, "B\n")]);
        world.commit("squash", "main", &[put(B, "B\n")]);
        world.approve("main", "squash");
        world
    };
    let strict = world_of(&POLICY.replace("version = 1\n", "version = 1\nhistory = \"every-commit\"\n"));
    let secret = ["missing-review content/secret.md", "missing-declaration content/secret.md"];
    vec![
        world_of(POLICY)
            .case("unreviewed-commit-between", "G21.1", "By default what the tip holds is judged.")
            .allows("main..topic", &[]),
        strict
            .case(
                "every-commit-judged",
                "G21.1",
                "With history = every-commit each commit that becomes reachable is judged.",
            )
            .refuses("main..topic", &secret),
        strict
            .case("every-commit-and-squash", "G21.4", "A squash leaves the commits of a branch behind.")
            .allows("main..squash", &[]),
    ]
}

fn waived() -> Vec<Case> {
    let world = |until: &str, who: &str| {
        let world = World::ruled_by(&format!("{POLICY}\n[waiver]\nroles = [\"admin\"]\nmax-days = 14\n"));
        world.commit("topic", "main", &[put(B, "B\n")]);
        let more = json!({
            "branches": ["refs/heads/main"], "waivedAt": "2025-05-25T10:00:00Z", "term": { "kind": "granted", "until": until },
            "because": "the site is down", "changes": world.changes("main", "topic"),
        });
        world.draft("waiver", who, more).file();
        world
    };
    let missing = ["missing-review content/b.md", "missing-declaration content/b.md"];
    let granted = world("2025-06-01", "ana");
    let allowed = granted
        .case("waived", "G24.2", "On its last day a waiver still turns what is missing into warnings.")
        .allows("main...topic", &["warning missing-review content/b.md", "warning missing-declaration content/b.md"]);
    granted.review("eva", "main", "topic").reject().file();
    vec![
        allowed,
        granted
            .case("waived-and-rejected", "G24.2", "What somebody rejected is not waived.")
            .refuses("main...topic", &["rejected content/b.md"]),
        world("2025-05-31", "ana")
            .case("waiver-over", "G24.3", "The day after, it is expired, beside what is missing.")
            .refuses("main...topic", &["expired-waiver content/b.md", missing[0], missing[1]]),
        world("2025-06-01", "ed")
            .case("waived-without-the-role", "G24.1", "A waiver by somebody without the role is none.")
            .refuses("main...topic", &missing),
    ]
}
