//! Repositories with SHA-256 ids: one of each kind of case, since git ids are in every record and every place.

use provenance_core::id::Sha256Digest;
use serde_json::json;

use super::acceptances::document;
use super::case::Case;
use super::world::{LEDGER, POLICY, World, people, policy, put, seven};

const B: &str = "content/b.md";
const MISSING: [&str; 2] = ["missing-review content/b.md", "missing-declaration content/b.md"];

pub(super) fn cases() -> Vec<Case> {
    [plain(), twin(), ledgers(), topics(), merged(), new_branch()].into_iter().flatten().collect()
}

fn world(policy: &str) -> World {
    World::of_format("sha256", policy, &people())
}

fn topic() -> World {
    let world = world(POLICY);
    world.commit("topic", "main", &[put(B, "B\n")]);
    world
}

fn plain() -> Vec<Case> {
    let world = topic();
    let missing = world
        .second("sha256-unreviewed", "R1 G11.5", "In a repository with SHA-256 ids an unreviewed change is refused.")
        .refuses("main...topic", &MISSING);
    world.approve("main", "topic");
    let reviewed = world
        .second("sha256-reviewed", "R1 R2.1", "A reviewed one is allowed.")
        .allows("main...topic", &["never missing-review"]);
    let rejection = world.review("eva", "main", "topic").reject().file();
    let rejected = world
        .second("sha256-rejected", "G10.4", "A rejected one is refused.")
        .refuses("main...topic", &["rejected content/b.md"]);
    world.revocation("eva", &rejection).file();
    let lifted = world
        .second("sha256-rejection-revoked", "G10.5 R10.2 R10.4", "A revocation names the line by its SHA-256 blob id.")
        .allows("main...topic", &[]);
    vec![missing, reviewed, rejected, lifted]
}

/// A review that names the ids of a SHA-1 repository, for the same bytes.
fn twin() -> Vec<Case> {
    let (world, other) = (topic(), World::new());
    other.commit("topic", "main", &[put(B, "B\n")]);
    world.declaration("wes", "main", "topic").file();
    let mut review = world.review("ed", "main", "topic");
    for end in ["before", "after"] {
        let revision = if end == "before" { "main:content/b.md" } else { "topic:content/b.md" };
        review.predicate["changes"][0][end]["gitBlob"] = json!(other.repo.rev(revision));
    }
    let line = review.seal(&review.payload());
    world.file(&world.repo.rev("topic:content/b.md"), line);
    vec![
        world
            .second(
                "sha256-review-of-sha1-ids",
                "R4.1 G7.1",
                "A review of the SHA-1 ids of the same content is of another change.",
            )
            .refuses("main...topic", &MISSING[..1]),
    ]
}

fn ledgers() -> Vec<Case> {
    let world = topic();
    world.declaration("wes", "main", "topic").file();
    let review = world.review("ed", "main", "topic");
    let line = review.seal(&review.payload());
    let id = world.repo.rev("topic:content/b.md");
    world.file(&format!("{}/{}/{}", &id[..2], &id[2..4], &id[4..]), &line);
    let fanned =
        world.second("sha256-fan-out", "R10.5", "The path of a note is made of 64 digits.").allows("main...topic", &[]);
    let no = world.review("eva", "main", "topic").reject();
    let line = no.seal(&no.payload());
    let blob = world.repo.git_with(&["hash-object", "--stdin"], format!("{line}\n"));
    world.file(&blob, &line);
    world.file(&id, format!("{{\"envelope\":\"{blob}\"}}"));
    let pointed = world
        .second("sha256-pointer", "R10.7", "A pointer has a blob id of 64 digits.")
        .refuses("main...topic", &["rejected content/b.md"]);
    world.file(&id, format!("{{\"envelope\":\"{}\"}}", "1".repeat(64)));
    let dangling = world
        .second("sha256-dangling-pointer", "G4.4", "One that leads nowhere leaves the gate undecided.")
        .undecided("main...topic", &["dangling-pointer content/b.md"]);
    let bare = topic();
    bare.approve("main", "topic");
    bare.write_ledger();
    let gone = bare
        .second("sha256-ledger-absent", "G5.1", "Without a ledger nothing was reviewed.")
        .setup(&format!("git update-ref -d {LEDGER}\n"))
        .refuses("main...topic", &MISSING);
    vec![fanned, pointed, dangling, gone]
}

/// The id of a topic is a blob id of the repository's format.
fn topics() -> Vec<Case> {
    let world = world(&policy("", &document("ai", "")));
    world.publish(&[put("AI-POLICY.md", "We answer for it.\n")]);
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.made_with_ai("topic", &json!({}));
    let acceptance = world.acceptance("wes", "ai-policy", "main:AI-POLICY.md");
    let text = "git-provenance topic v1\nrepository acme/site\nperson wes\n";
    let plain = Sha256Digest::of(text.as_bytes()).to_string();
    world.file(&plain, acceptance.seal(&acceptance.payload()));
    let digest = world
        .second("sha256-topic-by-its-digest", "R10.10", "The id of a topic is a git id, not the SHA-256 of its text.")
        .refuses("main...topic", &["policy-not-accepted content/b.md"]);
    acceptance.file();
    let filed = world
        .second("sha256-topic", "R10.10 R10.11", "Records about a person are under the blob id of that text.")
        .allows("main...topic", &[]);
    vec![digest, filed]
}

fn merged() -> Vec<Case> {
    const A: &str = "content/a.md";
    let world = world(POLICY);
    world.commit("topic", "main", &[put(A, seven(&[1]))]);
    world.approve("main", "topic");
    world.publish(&[put(A, seven(&[7]))]);
    let merge = |name: &str, lines: &[usize]| {
        world.commit_as("wes", &format!("refs/heads/{name}"), &["main", "topic"], &[put(A, seven(lines))], "merge")
    };
    merge("merge", &[1, 7]);
    merge("more", &[1, 4, 7]);
    vec![
        world
            .second("sha256-clean-merge", "G13.1", "A clean merge of a reviewed change is allowed.")
            .allows("main..merge", &[]),
        world
            .second("sha256-merge-with-one-more-line", "G13.8", "One line more is not.")
            .refuses("main..more", &["missing-review content/a.md", "missing-declaration content/a.md"]),
    ]
}

fn new_branch() -> Vec<Case> {
    let world = world(&POLICY.replace("/main\"]", "/main\", \"refs/heads/release\"]"));
    world.commit("topic", "main", &[put(B, "B\n")]);
    let nothing = "0".repeat(64);
    let start = |to: &str| format!("{nothing}..{to}");
    vec![
        world
            .second("sha256-branch-starts-at-published-state", "G1.4", "A ref that does not exist yet is 64 zeros.")
            .branch("refs/heads/release")
            .allows(&start("main"), &[]),
        world
            .second("sha256-branch-starts-with-more", "G1.4", "What it starts with beyond a published state is judged.")
            .branch("refs/heads/release")
            .refuses(&start("topic"), &MISSING),
    ]
}
