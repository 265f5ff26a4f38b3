//! Attacks on independence: nothing in a repository or an environment changes what is checked.

use crate::site::Site;

/// A site whose topic is refused, with an honest reviewed twin of its commit.
fn refused() -> (Site, String, String) {
    let site = Site::new();
    let good = site.propose("good", &[("content/b.md", "good\n")]);
    site.approve("main...good");
    let evil = site.propose("evil", &[("content/b.md", "evil\n")]);
    site.run(&["check", "main...evil"]).ends(1);
    (site, good, evil)
}

#[test]
fn replace_refs_grafts_and_shallow_files_have_no_say() {
    let (site, good, evil) = refused();
    site.repo.git(&["replace", &evil, &good]);
    site.run(&["check", "main...evil"]).ends(1).says("missing-review");
    site.repo.git(&["replace", "-d", &evil]);
    let blob = |name: &str| site.repo.git(&["rev-parse", &format!("{name}:content/b.md")]);
    site.repo.git(&["replace", &blob("evil"), &blob("good")]);
    site.run(&["check", "main...evil"]).ends(1);
    std::fs::create_dir_all(site.repo.git_dir().join("info")).unwrap();
    std::fs::write(site.repo.git_dir().join("info/grafts"), format!("{evil} {good}\n")).unwrap();
    site.run(&["check", "main...evil"]).ends(1);
    std::fs::write(site.repo.git_dir().join("shallow"), format!("{evil}\n")).unwrap();
    site.run(&["check", "main...evil"]).ends(1);
}

#[test]
fn environment_and_configuration_have_no_say() {
    let (site, _, evil) = refused();
    let ledger = site.repo.git(&["rev-parse", "refs/notes/provenance"]);
    site.repo.git(&["update-ref", "refs/notes/other", &ledger]);
    site.repo.git(&["config", "core.notesRef", "refs/notes/other"]);
    site.repo.git(&["config", "core.useReplaceRefs", "true"]);
    site.repo.write(".gitattributes", "* -diff merge=ours\n");
    site.repo.write(".mailmap", "Ed <ed@example.com> <wes@example.com>\n");
    let environment = [
        ("GIT_NOTES_REF", "refs/notes/other"),
        ("GIT_DIR", "/nonexistent"),
        ("GIT_OBJECT_DIRECTORY", "/nonexistent"),
        ("GIT_NAMESPACE", "x"),
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "provenance.root"),
        ("GIT_CONFIG_VALUE_0", &evil),
    ];
    site.run_with(&["check", "main...evil"], &environment, "").ends(1).says("missing-review");
    site.run_with(&["check", "main...good"], &environment, "").ends(0);
}

#[test]
fn a_record_of_another_repository_branch_or_path_is_worth_nothing() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "same\n")]);
    site.approve("main...topic");
    site.propose("elsewhere", &[("content/c.md", "same\n")]);
    site.run(&["check", "main...elsewhere"]).ends(1).says("missing-review content/c.md");
    let renamed = crate::site::POLICY.replace("acme/site", "acme/other");
    let other = Site::new();
    other.repo.write(".provenance/policy.toml", renamed);
    other.repo.git(&["commit", "--quiet", "--amend", "--all", "--no-edit"]);
    other.repo.git(&["config", "--unset", "provenance.root"]);
    other.propose("topic", &[("content/b.md", "same\n")]);
    other.repo.git(&[
        "fetch",
        "--quiet",
        site.repo.path().to_str().unwrap(),
        "+refs/notes/provenance:refs/notes/provenance",
    ]);
    other.run(&["check", "main...topic"]).ends(1).says("missing-review");
}

#[test]
fn a_key_that_is_revoked_counts_for_nothing() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    let key = site.public("ed");
    let people = String::from_utf8(site.repo.read(".provenance/people.toml")).unwrap();
    let revoked = people.replace(
        &format!("\"{key}\""),
        &format!("{{ public = \"{key}\", revoked = 2025-05-01, because = \"laptop stolen\" }}"),
    );
    site.propose("people", &[(".provenance/people.toml", &revoked)]);
    site.signed("wes", &["declare", "main...people", "--extent", "none"]).ends(0);
    site.signed("ana", &["review", "main...people", "--approve"]).ends(0);
    site.run(&["check", "main...people"]).ends(0);
    site.repo.git(&["checkout", "--quiet", "main"]);
    site.repo.git(&["merge", "--quiet", "--ff-only", "people"]);
    site.run(&["check", "main...topic"]).ends(1).says("revoked-key").says("laptop stolen");
    site.signed("ed", &["review", "main...topic", "--approve", "--answer", "accuracy=pass"])
        .ends(1)
        .says("is revoked since 2025-05-01");
}

#[test]
fn a_history_without_the_pinned_root_is_not_decided_on() {
    let site = Site::new();
    site.repo.git(&["checkout", "--quiet", "--orphan", "fake"]);
    site.commit_by("wes", "another policy");
    site.repo.git(&["branch", "--force", "main", "fake"]);
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.run(&["check", "main...topic"]).ends(3).says("untrusted-root");
}

#[test]
fn the_pinned_root_is_found_however_far_back_it_is_and_nothing_is_said_before_it_is_missed() {
    let site = Site::new();
    let far = |who: &str| {
        for step in 0..40 {
            site.repo.write("content/a.md", format!("step {step}\n"));
            site.commit_by(who, "a step");
        }
    };
    far("ana");
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.run(&["check", "main...topic"]).ends(1).says("missing-review");
    site.approve("main...topic");
    site.run(&["check", "main...topic"]).ends(0);
    site.repo.git(&["checkout", "--quiet", "--orphan", "fake"]);
    far("wes");
    site.repo.git(&["branch", "--force", "main", "fake"]);
    site.propose("other", &[("content/c.md", "C\n")]);
    for more in [&[][..], &["--branch", "refs/heads/nowhere"]] {
        let missed = site.run(&[&["check", "main...other", "--format", "json"], more].concat()).ends(3);
        assert_eq!(missed.codes("error"), ["untrusted-root"]);
    }
}

/// A branch of the attacker's own with a policy of its own, and HEAD on top of it.
fn pretender(site: &Site) -> String {
    let policy = String::from_utf8(site.repo.read(".provenance/policy.toml")).unwrap();
    let own = policy.replace("refs/heads/main", "refs/heads/evil") + "\n[[exempt]]\npaths = [\"**\"]\nreason = \"x\"\n";
    let own = own.replace("reviews = [{ roles = [\"editor\"] }]\n", "").replace("declaration = \"required\"\n", "");
    site.propose("evil", &[(".provenance/policy.toml", &own)]);
    site.propose("evil-too", &[(".provenance/policy.toml", &own)]);
    site.repo.write("zz/b.md", "evil\n");
    site.commit_by("eve", "nobody read this")
}

#[test]
fn the_policy_of_what_is_checked_out_does_not_choose_the_branch() {
    let site = Site::new();
    pretender(&site);
    // By the evil branch's own policy, the range is allowed; but nobody asked that branch.
    site.run(&["check", "evil...evil-too", "--branch", "evil"]).ends(0);
    site.run(&["check"]).ends(1).says("acme/site main").says("missing-review zz/b.md");
    site.run(&["status"]).ends(0).says("acme/site main");
    let null = provenance_test_support::id_of('0');
    site.run(&["check", &format!("{null}..evil-too"), "--branch", "evil"]).ends(2).says("is no publish branch");
    // Without a root, what was fetched of the usual branches comes before HEAD.
    site.repo.git(&["checkout", "--quiet", "main"]);
    let clone = site.repo.clone_with(&["--branch=evil-too"]);
    crate::site::run_in(&clone, &["check"], &[], "").ends(1).says("acme/site main");
}

#[test]
fn refs_of_remotes_that_are_not_configured_have_no_say() {
    let (site, _, _) = refused();
    // In a clone without the local branch, a fork that sorts first is not asked.
    let clone = site.repo.clone_with(&["--branch=evil"]);
    clone.git(&["branch", "--quiet", "--force", "main", "origin/main"]);
    clone.git(&["config", "provenance.root", &site.repo.git(&["rev-parse", "main"])]);
    clone.git(&["fetch", "--quiet", "origin", "refs/notes/provenance:refs/notes/provenance"]);
    clone.git(&["update-ref", "refs/remotes/a/main", "origin/evil"]);
    crate::site::run_in(&clone, &["check"], &[], "").ends(1).says("missing-review content/b.md");
    clone.git(&["remote", "add", "a", "/nowhere"]);
    clone.git(&["checkout", "--quiet", "--detach", "origin/evil"]);
    clone.git(&["branch", "--quiet", "-D", "main"]);
    crate::site::run_in(&clone, &["check"], &[], "").ends(1).says("missing-review content/b.md");
    crate::site::run_in(&clone, &["check", "--branch", "main"], &[], "").ends(1).says("missing-review content/b.md");
}

#[test]
fn a_proposal_with_two_merge_bases_hides_nothing() {
    let site = Site::new();
    let git = |arguments: &[&str]| site.repo.git(arguments);
    // A side commit adds a file; one that follows it takes it away, and another adds what is exempt.
    site.propose("side", &[("content/evil.md", "nobody read this\n")]);
    git(&["checkout", "--quiet", "-b", "gone"]);
    git(&["rm", "--quiet", "content/evil.md"]);
    site.commit_by("eve", "take it away");
    git(&["checkout", "--quiet", "-b", "log", "side"]);
    site.repo.write("log/x", "x\n");
    site.commit_by("eve", "log");
    git(&["checkout", "--quiet", "main"]);
    site.repo.merge(&["gone"], "nothing");
    let first = git(&["rev-parse", "main"]);
    git(&["merge", "--quiet", "--no-commit", "--no-ff", "log"]);
    git(&["commit", "--quiet", "-m", "log"]);
    // The proposal joins both bases and keeps the file.
    git(&["checkout", "--quiet", "-b", "evil", "log"]);
    git(&["merge", "--quiet", "--strategy=ours", "-m", "both", &first]);
    assert_eq!(git(&["merge-base", "--all", "main", "evil"]).lines().count(), 2);
    site.run(&["check", "main...evil"]).ends(1).says("missing-review content/evil.md");
}

#[test]
fn what_is_proposed_may_be_called_as_it_likes() {
    let site = Site::new();
    let policy = String::from_utf8(site.repo.read(".provenance/policy.toml")).unwrap();
    let two = policy.replace("[\"refs/heads/main\"]", "[\"refs/heads/main\", \"refs/heads/staging\"]");
    site.repo.write(".provenance/policy.toml", two);
    site.repo.git(&["commit", "--quiet", "--amend", "--all", "--no-edit"]);
    let root = site.repo.git(&["rev-parse", "main"]);
    site.repo.git(&["config", "provenance.root", &root]);
    site.propose("staging", &[("content/b.md", "B\n")]);
    site.signed("wes", &["declare", "main...staging", "--branch", "staging", "--extent", "none"]).ends(0);
    let approve = ["review", "main...staging", "--branch", "staging", "--approve", "--answer", "accuracy=pass"];
    site.signed("ed", &approve).ends(0);
    site.run(&["check", "main...staging"]).ends(1).says("acme/site main");
    // Ids name no branch, and neither does where HEAD happens to be.
    site.run(&["check", &format!("{root}...staging")]).ends(2).says("say which with --branch");
    site.run(&["check", &format!("{root}..HEAD")]).ends(2).says("say which with --branch");
    site.run(&["check", "HEAD"]).ends(2).says("say which with --branch");
    site.run(&["check", &format!("{root}..HEAD"), "--branch", "staging"]).ends(0);
}
