//! Bad input: each has a message that names the thing and the next step, the right exit code, and
//! nothing is lost.

use provenance_test_support::Repo;

use crate::site::{Site, run_in};

#[test]
fn no_repository_and_no_policy() {
    run_in(&Repo::empty_folder(), &["check"], &[], "").ends(3).says("is not in a git repository").says("-C");
    let empty = Repo::new();
    run_in(&empty, &["check"], &[], "").ends(3).says("git provenance init");
    run_in(&empty, &["check", "HEAD"], &[], "").ends(2).says("has no commit yet");
    run_in(&empty, &["status"], &[], "").ends(3);
}

#[test]
fn a_broken_policy_blocks_and_says_where() {
    let site = Site::new();
    site.propose("topic", &[(".provenance/policy.toml", "version = 1\nnonsense = 2\n")]);
    let refused = site.run(&["check", "main...topic", "--format", "json"]).ends(1);
    assert!(refused.codes("error").contains(&"policy-removed".to_owned()));
    site.repo.git(&["branch", "--force", "main", "topic"]);
    site.repo.git(&["checkout", "--quiet", "-b", "next"]);
    site.repo.write("content/b.md", "B\n");
    site.commit_by("wes", "next");
    site.run(&["check", "main...next", "--branch", "main"])
        .ends(3)
        .says("undecided-policy")
        .says(".provenance/policy.toml:2");
    site.signed("wes", &["declare", "main...next", "--branch", "main", "--extent", "none"])
        .ends(3)
        .says("cannot be read");
}

#[test]
fn a_removed_policy_is_refused_whoever_approves() {
    let site = Site::new();
    site.repo.git(&["checkout", "--quiet", "-B", "topic", "main"]);
    site.repo.git(&["rm", "-r", "--quiet", ".provenance"]);
    site.commit_by("wes", "no more policy");
    site.signed("wes", &["declare", "main...topic", "--branch", "main", "--extent", "none"]).ends(0);
    site.signed("ana", &["review", "main...topic", "--branch", "main", "--approve"]).ends(0);
    site.run(&["check", "main...topic"]).ends(1).says("policy-removed");
}

#[test]
fn unknown_and_ambiguous_ranges_are_usage() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.run(&["check", "main...nowhere"]).ends(2).says("`nowhere` is no commit, branch or tag");
    site.run(&["check", "main~99..topic"]).ends(2).says("goes back further");
    site.run(&["check", "topic..main"]).ends(2).says("`topic...main`");
    site.repo.git(&["tag", "main", "topic"]);
    site.run(&["check", "main...topic"]).ends(2).says("refs/heads/main or refs/tags/main");
    site.run(&["check", "refs/heads/main...topic"]).ends(1);
    site.run(&["check", "refs/heads/main...topic", "--branch", "other"])
        .ends(2)
        .says("refs/heads/other is no publish branch");
    site.repo.write("content/x", "x");
    site.signed("wes", &["declare", "HEAD", "content", "--extent", "none"]).ends(0);
    site.run(&["check", "refs/heads/main..refs/heads/main"]).ends(0).says("nothing-to-check");
    site.signed("wes", &["declare", "refs/heads/main..refs/heads/main", "--extent", "none"])
        .ends(2)
        .says("changes nothing to sign");
}

#[test]
fn detached_head_bare_repository_and_worktree_work() {
    let site = Site::new();
    let head = site.propose("topic", &[("content/b.md", "B\n")]);
    site.repo.git(&["checkout", "--quiet", "--detach", &head]);
    site.approve("main...HEAD");
    site.run(&["check"]).ends(0);
    let worktree = site.repo.home().join("worktree");
    site.repo.git(&["worktree", "add", "--quiet", "--detach", worktree.to_str().unwrap(), &head]);
    site.run(&["-C", worktree.to_str().unwrap(), "check"]).ends(0);
    let bare = site.repo.clone_with(&["--mirror"]);
    run_in(&bare, &["check", "main...topic"], &[], "").ends(0);
    run_in(&bare, &["policy", "lint"], &[], "").ends(2).says("--rev");
    run_in(&bare, &["policy", "lint", "--rev", "main"], &[], "").ends(1).says("error A1: nobody is named");
    run_in(&bare, &["init"], &[], "").ends(2).says("in a clone");
}

#[test]
fn shallow_and_partial_clones_say_what_to_fetch() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.repo.write("content/b.md", "BB\n");
    site.commit_by("wes", "second");
    site.approve("main...topic");
    let shallow = site.repo.clone_with(&["--depth=1", "--branch=topic"]);
    shallow.git(&[
        "fetch",
        "--quiet",
        "--depth=1",
        "origin",
        "main:main",
        "refs/notes/provenance:refs/notes/provenance",
    ]);
    run_in(&shallow, &["check", "main...topic"], &[], "")
        .ends(3)
        .says("undecided-history")
        .says("git fetch --unshallow");
    site.repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let partial = site.repo.clone_with(&["--filter=blob:none", "--no-checkout", "--branch=topic"]);
    let answered = run_in(&partial, &["check", "origin/main...topic"], &[], "").ends(3);
    assert!(answered.err.contains("--refetch") || answered.out.contains("--refetch"), "{answered:?}");
}

#[test]
fn a_pinned_root_that_is_not_here_is_said_and_nobody_is_told_to_begin_anew() {
    let site = Site::new();
    site.repo.commit("more");
    let shallow = site.repo.clone_with(&["--depth=1", "--branch=main"]);
    shallow.git(&["config", "provenance.root", &site.repo.rev("main~1")]);
    for words in [&["status"][..], &["audit"], &["log"], &["declare", "--extent", "none"], &["report"]] {
        let ran = run_in(&shallow, words, &[], "").ends(3).says("the root that is pinned here cannot be read");
        assert!(ran.err.contains("git fetch --unshallow") && !ran.err.contains("provenance init"), "{ran:?}");
    }
    shallow.git(&["fetch", "--quiet", "--unshallow"]);
    run_in(&shallow, &["status"], &[], "").ends(0);
    shallow.git(&["config", "provenance.root", &provenance_test_support::id_of('1')]);
    run_in(&shallow, &["status"], &[], "").ends(3).says("git provenance trust COMMIT");
    // Where no root is pinned and there is no policy, there is one to be made.
    run_in(&Repo::new(), &["status"], &[], "").ends(3).says("git provenance init");
}

#[test]
fn a_parent_that_is_not_here_is_said_in_the_report_of_either_range() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    let (tree, nowhere) = (site.repo.rev("topic^{tree}"), provenance_test_support::id_of('1'));
    let who = "Wes <wes@example.com> 1735700000 +0000";
    let text = format!("tree {tree}\nparent {nowhere}\nauthor {who}\ncommitter {who}\n\nedit\n");
    let orphan = site.repo.hash_object("commit", text);
    for dots in ["..", "..."] {
        let range = format!("main{dots}{orphan}");
        let ran = site.run(&["check", &range, "--branch", "main", "--format", "json"]).ends(3);
        assert_eq!(ran.codes("error"), ["undecided-history"], "{range}");
    }
    site.run(&["declare", &format!("main..{orphan}"), "--extent", "none"]).ends(3).says("is not in this repository");
}

#[test]
fn a_reftable_repository_is_refused_with_the_way_out() {
    let repo = Repo::empty_folder();
    let made = repo.try_git(&["init", "--quiet", "--ref-format=reftable", "."]);
    if !made.status.success() {
        eprintln!("skipped: this git has no reftable");
        return;
    }
    run_in(&repo, &["check"], &[], "").ends(3).says("git refs migrate --ref-format=files");
}

#[test]
fn corrupt_notes_block_or_are_passed_over() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    let blob = site.repo.git(&["rev-parse", "topic:content/b.md"]);
    // A line that is no record: said, and the honest records beside it still count.
    site.repo.git(&["notes", "--ref=provenance", "append", "-m", "hello there", &blob]);
    let allowed = site.run(&["check", "main...topic", "--format", "json"]).ends(0);
    assert_eq!(allowed.codes("note"), ["malformed-record"]);
    // A pointer that leads nowhere could hide a rejection.
    let nowhere = provenance_test_support::id_of('1');
    site.repo.git(&["notes", "--ref=provenance", "append", "-m", &format!("{{\"envelope\":\"{nowhere}\"}}"), &blob]);
    site.run(&["check", "main...topic"])
        .ends(3)
        .says("dangling-pointer")
        .says(&format!("git provenance revoke {nowhere}"));
    site.signed("ed", &["revoke", &nowhere, "-m", "lost"]).ends(2).says("only an admin");
    site.signed("ana", &["revoke", &nowhere, "-m", "lost for good"]).ends(0);
    site.run(&["check", "main...topic"]).ends(0);
    // A ledger whose tree is gone cannot be decided on.
    let tree = site.repo.git(&["rev-parse", "refs/notes/provenance^{tree}"]);
    std::fs::remove_file(site.repo.git_dir().join("objects").join(&tree[..2]).join(&tree[2..])).unwrap();
    site.run(&["check", "main...topic"]).ends(3).says(&tree);
}

#[test]
fn an_unwritable_ref_is_a_failure_and_loses_nothing() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    let before = site.repo.git(&["rev-parse", "refs/notes/provenance"]);
    std::fs::write(site.repo.git_dir().join("refs/notes/provenance.lock"), "").unwrap();
    site.signed("ed", &["review", "main...topic", "--reject"]).ends(3).says("provenance.lock");
    assert_eq!(site.repo.git(&["rev-parse", "refs/notes/provenance"]), before);
    site.run(&["check", "main...topic"]).ends(0);
}

#[test]
fn modes_links_submodules_and_strange_paths_are_judged() {
    let site = Site::new();
    site.repo.git(&["checkout", "--quiet", "-B", "topic", "main"]);
    std::os::unix::fs::symlink("a.md", site.repo.path().join("content/link")).unwrap();
    let odd: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"content/\xff\n.md");
    site.repo.write(odd, "odd\n");
    let commit = site.repo.git(&["rev-parse", "main"]);
    site.repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},content/sub")]);
    std::fs::create_dir_all(site.repo.path().join("content/sub")).unwrap();
    std::fs::set_permissions(
        site.repo.path().join("content/a.md"),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
    site.repo.git(&["add", "content/link", "content/a.md"]);
    let mut add = site.repo.command("git");
    assert!(add.arg("add").arg(odd).status().unwrap().success());
    site.repo.git(&["commit", "--quiet", "-m", "odd things"]);
    let refused = site.run(&["check", "main...topic", "--format", "json"]).ends(1).json();
    let paths: Vec<&str> =
        refused["changes"].as_array().unwrap().iter().map(|change| change["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["content/a.md", "content/link", "content/sub", "\"content/\\377\\n.md\""]);
    site.approve("main...topic");
    site.run(&["check", "main...topic"]).ends(0);
    // Exemption is for plain files alone.
    site.repo.git(&["checkout", "--quiet", "-B", "log", "main"]);
    site.repo.write("log/x", "x\n");
    site.commit_by("wes", "log");
    site.run(&["check", "main...log"]).ends(0).says("exempt");
    std::os::unix::fs::symlink("/etc/passwd", site.repo.path().join("log/y")).unwrap();
    site.commit_by("wes", "link");
    site.run(&["check", "main...log"]).ends(1).says("missing-review log/y");
}

#[test]
fn hostile_text_does_not_reach_the_terminal() {
    let site = Site::new();
    site.propose("topic", &[("content/\u{1b}[2Jevil\u{202e}.md", "x\n")]);
    let refused = site.run(&["check", "main...topic"]).ends(1);
    assert!(!refused.out.contains('\u{1b}') && !refused.out.contains('\u{202e}'), "{}", refused.out);
}
