//! Where a transition starts, what it may do to a ref, and which branches have a say.

use provenance_test_support::Repo;

use crate::site::{POLICY, Site, run_in};

const NULL: &str = "0000000000000000000000000000000000000000";

/// A site whose policy guards main, release and a tag; what was reviewed on main may go to release.
fn with_release() -> Site {
    let site = Site::new();
    let branches = r#"branches = ["refs/heads/main", "refs/heads/release", "refs/tags/v1.0"]"#;
    let policy = POLICY.replace(r#"branches = ["refs/heads/main"]"#, branches);
    let promote = "\n[[promote]]\nfrom = \"refs/heads/main\"\nto = \"refs/heads/release\"\n";
    site.repo.write(".provenance/policy.toml", policy + promote);
    site.repo.git(&["commit", "--quiet", "--amend", "--all", "--no-edit"]);
    site.repo.git(&["config", "provenance.root", &site.repo.rev("HEAD")]);
    site
}

/// Lands a reviewed change on main, and returns what main was before.
fn land(site: &Site, text: &str) -> String {
    let old = site.repo.rev("main");
    site.propose("topic", &[("content/b.md", text)]);
    site.signed("wes", &["declare", "main...topic", "--branch", "main", "--extent", "none"]).ends(0);
    let review = ["review", "main...topic", "--branch", "main", "--approve", "--answer", "accuracy=pass"];
    site.signed("ed", &review).ends(0);
    site.repo.git(&["branch", "--quiet", "--force", "main", "topic"]);
    old
}

#[test]
fn refuses_a_graft_and_judges_its_changes_nevertheless() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.repo.git(&["checkout", "--quiet", "main"]);
    site.repo.write("README", "r\n");
    site.commit_by("wes", "meanwhile");
    site.repo.git(&["checkout", "--quiet", "topic"]);
    site.repo.merge(&["main"], "the wrong way round");
    let refused = site.run(&["check", "main..topic", "--branch", "main", "--format", "json"]).ends(1);
    assert_eq!(refused.codes("error"), ["missing-review", "missing-declaration", "rewound-branch"]);
    site.repo.git(&["checkout", "--quiet", "-B", "landing", "main"]);
    site.repo.merge(&["topic"], "the right way round");
    site.approve("main...topic");
    site.run(&["check", "main..landing", "--branch", "main"]).ends(0);
    site.run(&["check", "main..topic", "--branch", "main"]).ends(1).says("rewound-branch");
}

#[test]
fn from_a_state_without_a_policy_only_the_pinned_root_follows() {
    let repo = Repo::new();
    repo.write("index.md", "hello\n");
    let bare = repo.commit("before any policy");
    let site = Site::in_repo(repo);
    let root = site.repo.rev("main");
    let check = |range: &str, more: &[&str]| site.run(&[&["check", range, "--branch", "main"], more].concat());
    check(&format!("{bare}..{root}"), &[]).ends(0);
    // What follows the root is judged from there.
    let evil = site.propose("evil", &[("content/b.md", "evil\n")]);
    check(&format!("{bare}..{evil}"), &[]).ends(1).says("missing-review content/b.md");
    // Another root does not lie between the two, or nothing says where trust starts.
    check(&format!("{bare}..{root}"), &["--root", &evil]).ends(3).says("untrusted-root");
    check(&format!("{bare}..{evil}"), &["--root", &bare]).ends(3).says("has no policy");
    site.repo.git(&["config", "--unset", "provenance.root"]);
    check(&format!("{bare}..{root}"), &[]).ends(3).says("no root is pinned");
}

#[test]
fn a_new_branch_starts_at_a_published_state_or_at_the_root() {
    let site = with_release();
    let published = site.repo.rev("main");
    let check = |new: &str| site.run(&["check", &format!("{NULL}..{new}"), "--branch", "refs/heads/release"]);
    check(&published).ends(0).says("nothing-to-check");
    let topic = site.propose("topic", &[("content/b.md", "B\n")]);
    check(&topic).ends(1).says("missing-review content/b.md");
    site.repo.git(&["checkout", "--quiet", "--orphan", "elsewhere"]);
    let orphan = site.commit_by("wes", "another history");
    check(&orphan).ends(1).says("rewound-branch");
}

#[test]
fn a_tag_is_made_at_a_published_state_and_never_moves() {
    let site = with_release();
    let old = land(&site, "B\n");
    let new = site.repo.rev("main");
    let check = |range: String| site.run(&["check", &range, "--branch", "refs/tags/v1.0"]);
    check(format!("{NULL}..{new}")).ends(0);
    check(format!("{NULL}..{old}")).ends(0);
    let proposed = site.propose("evil", &[("content/b.md", "evil\n")]);
    check(format!("{NULL}..{proposed}")).ends(1).says("which no publish branch has published");
    check(format!("{old}..{new}")).ends(1).says("never moves");
    check(format!("{old}...{new}")).ends(3).says("undecided-history");
}

#[test]
fn what_was_reviewed_on_main_may_go_to_release_once() {
    let site = with_release();
    let old = land(&site, "B\n");
    let new = site.repo.rev("main");
    site.repo.git(&["branch", "release", &old]);
    let check = |range: &str| site.run(&["check", range, "--branch", "release"]);
    check(&format!("{old}..{new}")).ends(0).says("reviewed   content/b.md by ed");
    // A step that OLD has already promotes nothing again.
    site.repo.git(&["checkout", "--quiet", "-B", "release", &new]);
    site.repo.git(&["revert", "--no-edit", "HEAD"]);
    let reverted = site.repo.rev("HEAD");
    site.repo.write("content/b.md", "B\n");
    let again = site.commit_by("wes", "again");
    check(&format!("{reverted}..{again}")).ends(1).says("missing-review content/b.md");
}

#[test]
fn a_branch_is_not_judged_without_the_authority() {
    let site = with_release();
    site.repo.git(&["branch", "release", "main"]);
    land(&site, "B\n");
    let clone = site.repo.clone_with(&["--branch=release", "--single-branch"]);
    let check = ["check", "HEAD", "--branch", "release"];
    run_in(&clone, &check, &[], "").ends(3).says("undecided-policy").says("the authority branch refs/heads/main");
    clone.git(&["fetch", "--quiet", "origin", "main:refs/remotes/origin/main"]);
    let root = site.repo.rev("release");
    let judged = ["check", "origin/main..origin/main", "--branch", "release", "--root", &root];
    run_in(&clone, &judged, &[], "").ends(0);
}

#[test]
fn ends_without_common_history_are_not_decided_on() {
    let site = Site::new();
    site.repo.git(&["checkout", "--quiet", "--orphan", "elsewhere"]);
    site.commit_by("wes", "another history");
    site.run(&["check", "main...elsewhere"]).ends(3).says("undecided-history").says("no commit in common");
    site.propose("topic", &[("log/x", "x\n")]);
    site.run(&["check", "main...topic"]).ends(0);
}

/// The command of `docs/spec/policy.md` P9.1.
const DIGEST: &str = r#"for f in people policy tools; do
  git cat-file -e "$COMMIT:.provenance/$f.toml" 2>/dev/null || continue
  printf '%s  %s\n' "$(git cat-file blob "$COMMIT:.provenance/$f.toml" | sha256sum | cut -d' ' -f1)" ".provenance/$f.toml"
done | sha256sum"#;

#[test]
fn a_reports_digest_is_what_sha256sum_prints_of_the_policy() {
    assert!(include_str!("../../docs/spec/policy.md").contains(DIGEST));
    let site = Site::new();
    site.propose("topic", &[("log/x", "x\n"), (".provenance/tools.toml", "")]);
    let digest = |commit: &str| {
        let output = site.repo.command("sh").args(["-c", DIGEST]).env("COMMIT", commit).output().unwrap();
        String::from_utf8(output.stdout).unwrap()[..64].to_owned()
    };
    let report = site.run(&["check", "main...topic", "--format", "json"]).json();
    assert_eq!(report["policy"], digest("main"));
    assert_ne!(report["policy"], digest("topic"));
}
