//! Policy files: people, policy and tools, parted by a line.

use provenance_core::entry::{Change, Entry, Mode};
use provenance_core::id::{BlobId, ObjectId, Sha256Digest};
use provenance_core::path::RepoPath;
use provenance_core::policy::lint::{self, Texts};
use provenance_core::policy::{FILES, LoadError, MAX_FILE, Pattern, Policy, PolicyFiles};
use provenance_core::time::Timestamp;

use super::{Target, seeds};

pub(super) const TARGET: Target = Target {
    name: "policy",
    reads: &["policy::load::load", "policy::pattern::new", "policy::lint::lint"],
    run,
    seeds: samples,
    tokens: &[
        "\n=====\n",
        "version = 1\n",
        "repository = \"a\"\n",
        "branches = [\"refs/heads/main\"]\n",
        "[[rule]]\n",
        "name = \"a\"\n",
        "paths = [\"**\"]\n",
        "except = [\"*.md\"]\n",
        "reviews = [{ roles = [\"editor\"], count = 2 }]\n",
        "ai = \"forbidden\"\n",
        "declaration = \"required\"\n",
        "presence = \"touch\"\n",
        "[[exempt]]\n",
        "reason = \"a\"\n",
        "[checklist.a]\n",
        "question = \"a\"\n",
        "[confirmation.a]\n",
        "statement = \"a\"\n",
        "[person.ana]\n",
        "kind = \"human\"\n",
        "roles = [\"admin\", \"security\"]\n",
        "[[person.ana.keys]]\n",
        "emails = [\"a@b.c\"]\n",
        "[tool.a]\n",
        "uses = [\"a\"]\n",
        "[use.a]\n",
        "restricted = true\n",
        "[[promote]]\n",
        "from = \"refs/heads/main\"\n",
        "2026-11-23",
        "'''",
        "\"\"\"",
        "\\u00e9",
        "0x10",
        "inf",
        "#",
        "=",
        ".",
        "[",
        "]",
        "{",
        "}",
        ",",
        "**",
        "[a-z]",
        "\\*",
        "!",
        "/",
    ],
};

/// Messages quote short parts of files.
const MAX_MESSAGE: usize = 16 << 10;
/// The line between two files.
const DIVIDER: &[u8] = b"\n=====\n";

fn run(bytes: &[u8]) {
    let files = files(bytes);
    match Policy::load(&files) {
        Ok(policy) => accepted(&files, &policy),
        Err(error) => refused(&files, &error),
    }
    pattern(bytes.rsplit(|byte| *byte == b'\n').next().unwrap_or_default());
}

/// People, policy and tools, as far as there are parts.
fn files(bytes: &[u8]) -> PolicyFiles {
    let mut rest = Some(bytes);
    let mut next = || {
        let part = rest.take()?;
        let end = part.windows(DIVIDER.len()).position(|window| window == DIVIDER);
        rest = end.map(|end| &part[end + DIVIDER.len()..]);
        // The newline before the divider ends the part.
        Some(end.map_or(part, |end| &part[..end + 1]).to_vec())
    };
    PolicyFiles { people: next(), policy: next(), tools: next() }
}

/// A policy is the same twice, a comment is no part of it, and no file takes away what is built in.
fn accepted(files: &PolicyFiles, policy: &Policy) {
    let again = Policy::load(files).expect("what loads once loads again");
    assert_eq!(format!("{again:?}"), format!("{policy:?}"));
    let mut commented = files.clone();
    commented.policy.iter_mut().for_each(|text| text.extend(b"\n# a comment\n"));
    if commented.policy.as_ref().is_some_and(|text| text.len() as u64 <= MAX_FILE) {
        let commented = Policy::load(&commented).expect("a comment at the end is one");
        assert_ne!(commented.digest(), policy.digest(), "every byte counts for the digest");
        assert_eq!(commented.rules().len(), policy.rules().len());
    }
    assert!(policy.branches().contains(policy.authority()) && !policy.authority().is_tag());
    for name in FILES.iter().copied().chain([".provenance/x", "content/a.md", "a"]) {
        needs_a_human(policy, &name.parse().expect("the name is a path"));
    }
    let now: Timestamp = "2026-11-23T07:00:00Z".parse().expect("the text is a time");
    let texts: Texts = lint::documents(policy).into_iter().map(|path| (path, Some(b"# A\n\n[x]\n".to_vec()))).collect();
    for problem in lint::lint(policy, files, &texts, now) {
        assert!(problem.line.is_none_or(|line| line > 0));
        is_one_line(&problem.message);
    }
}

/// One human review at least, unless the path is exempt; an admin's or security's for the policy itself.
fn needs_a_human(policy: &Policy, path: &RepoPath) {
    let id = |byte| BlobId(ObjectId::from_bytes(&[byte; 20]).expect("20 bytes are an id"));
    let blob = |byte| Entry::blob(Mode::Regular, id(byte), Sha256Digest::of(&[byte]));
    let change = Change::new(path.clone(), blob(1), blob(2)).expect("the ends differ");
    let needs = policy.requirements(policy.authority(), &change);
    assert!(needs.is_exempt() || !needs.quorums().is_empty(), "{path} needs nobody");
    assert!(!policy.strictest(path).is_exempt() && !policy.strictest(path).quorums().is_empty());
    if path.is_under(".provenance") {
        assert!(!needs.is_exempt() && needs.quorums().iter().any(|quorum| quorum.rule == "built-in"));
    }
}

/// Every problem has its file and a line that is there; the same each time.
fn refused(files: &PolicyFiles, error: &LoadError) {
    assert_eq!(Policy::load(files).err().as_ref(), Some(error), "reading is the same twice");
    assert!(!error.problems().is_empty());
    for problem in error.problems() {
        let at = FILES.iter().position(|file| *file == problem.file).expect("the file is one of the three");
        let bytes = [&files.people, &files.policy, &files.tools][at].as_deref().unwrap_or_default();
        let lines = 1 + bytes.iter().filter(|byte| **byte == b'\n').count();
        assert!(problem.line.is_none_or(|line| (1..=lines).contains(&line)), "{problem} of {lines} lines");
        is_one_line(&problem.message);
    }
}

/// A message is one line: what a file quotes cannot begin another.
fn is_one_line(message: &str) {
    assert!(!message.is_empty() && !message.contains(['\n', '\r']) && message.len() <= MAX_MESSAGE, "{message:?}");
}

/// The last line as a pattern: without wildcards it matches the path that it spells, where it is one, and nothing else.
fn pattern(line: &[u8]) {
    let Ok(text) = std::str::from_utf8(line) else { return };
    let Ok(pattern) = Pattern::new(text) else { return };
    assert_eq!(pattern.as_str(), text);
    let plain = !text.contains(['*', '?', '[', '\\']);
    let Ok(path) = RepoPath::from_bytes(text.strip_prefix('/').unwrap_or(text)) else { return };
    if plain {
        assert!(pattern.matches(&path), "{text} matches itself");
        let longer = RepoPath::from_bytes(format!("{}x", String::from_utf8_lossy(path.as_bytes())));
        assert!(longer.is_ok_and(|longer| !pattern.matches(&longer)), "{text} matches nothing longer");
    }
}

fn samples() -> Vec<Vec<u8>> {
    let golden = ["people.toml", "policy.toml", "tools.toml"].map(seeds::golden).join(DIVIDER);
    let people = "[person.ana]\nname = \"Ana\"\nkind = \"human\"\nroles = [\"admin\", \"security\", \"editor\"]\n";
    let policy = "version = 1\nrepository = \"acme/site\"\nbranches = [\"refs/heads/main\", \"refs/tags/v1\"]\n\
                  [[rule]]\nname = \"a\"\npaths = [\"content/**/[a-c]?.md\"]\nexcept = [\"/x\"]\nreviews = [{ roles = [\"editor\"] }]\n\
                  ai = \"forbidden\"\n[[exempt]]\npaths = [\"log/**\"]\nreason = \"generated\"\n[use.code]\ntitle = \"Code\"\n";
    let tools = "[tool.claude-code]\nname = \"Claude Code\"\nuses = [\"code\"]\n";
    let lines =
        policy.replace("/x", "a**\\n::b").replace("[[exempt]]", "[[rule]]\nname = \"a\"\npaths = []\n[[exempt]]");
    let texts = [
        format!("{people}\n=====\n{policy}\n=====\n{tools}"),
        format!("{people}emails = [\"\\r\\n\"]\n=====\n{lines}"),
        people.to_owned(),
        "/content/a.md".to_owned(),
        "docs/**/[a-z]?{b}*.md".to_owned(),
    ];
    [vec![golden, responsible()], texts.map(String::into_bytes).to_vec()].concat()
}

/// The templates that `init` fills in: near misses, since their blanks are left.
fn responsible() -> Vec<u8> {
    [
        include_bytes!("../../../../provenance-core/src/policy/responsible/people.toml").as_slice(),
        include_bytes!("../../../../provenance-core/src/policy/responsible/policy.toml"),
        include_bytes!("../../../../provenance-core/src/policy/responsible/tools.toml"),
    ]
    .join(DIVIDER)
}
