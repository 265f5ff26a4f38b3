//! Attacks on history and trees: what is published is hidden in the shape of commits, refs and objects.

use super::{POLICY, allows, good_and_evil, land, pinned, refuses, undecided};
use crate::server::{push, server};
use crate::site::{Site, run_in};

/// G01
#[test]
fn a_merge_that_holds_more_than_its_parents_is_judged_for_it() {
    let site = good_and_evil();
    site.repo.git(&["checkout", "--quiet", "-B", "merged", "main"]);
    site.repo.merge(&["good"], "an honest merge");
    allows(&site, "main..merged");
    site.repo.write("content/evil.md", "in neither parent\n");
    site.repo.git(&["add", "--all"]);
    site.repo.git(&["commit", "--quiet", "--amend", "--no-edit"]);
    assert_eq!(site.repo.git(&["diff-tree", "-r", "--no-commit-id", "merged"]), "");
    refuses(&site, "main..merged", "missing-review").says("content/evil.md");
    // And a merge that quietly takes a reviewed file back.
    site.repo.git(&["checkout", "--quiet", "-B", "landed", "main"]);
    site.repo.merge(&["good"], "an honest merge");
    land(&site, "landed");
    site.repo.git(&["checkout", "--quiet", "-B", "reverts", "main"]);
    site.repo.git(&["merge", "--quiet", "--no-ff", "--no-commit", "evil"]);
    site.repo.remove("content/c.md");
    site.repo.write("content/b.md", "b\n");
    site.commit_by("ana", "merge");
    refuses(&site, "main..reverts", "missing-review").says("content/b.md");
}

/// G03
#[test]
fn an_octopus_is_judged_for_all_its_arms() {
    let site = good_and_evil();
    site.propose("other", &[("content/d.md", "D\n")]);
    site.approve("main...other");
    let octopus = |arms: &[&str]| {
        site.repo.git(&["checkout", "--quiet", "-B", "octopus", "main"]);
        site.repo.merge(arms, "all at once");
    };
    octopus(&["good", "other", "evil"]);
    refuses(&site, "main..octopus", "missing-review").says("content/c.md");
    octopus(&["good", "other"]);
    allows(&site, "main..octopus");
    // An arm whose content is left out publishes nothing, unless every commit is asked for.
    site.repo.git(&["checkout", "--quiet", "-B", "ours", "octopus"]);
    site.repo.git(&["merge", "--quiet", "--strategy=ours", "-m", "without it", "evil"]);
    allows(&site, "main..ours");
    let strict = Site::new();
    strict.repo.write(super::RULES, POLICY.replace("version = 1\n", "version = 1\nhistory = \"every-commit\"\n"));
    let strict = pinned(strict);
    strict.propose("evil", &[("content/c.md", "nobody read this\n")]);
    strict.repo.git(&["checkout", "--quiet", "-B", "ours", "main"]);
    strict.repo.git(&["merge", "--quiet", "--no-ff", "--strategy=ours", "-m", "without it", "evil"]);
    refuses(&strict, "main..ours", "missing-review").says("content/c.md");
}

/// G06. A graft is not refused: it is never read. Neither is a file of grafts that the environment names.
#[test]
fn a_forged_ancestry_makes_no_commit_published() {
    let site = good_and_evil();
    let [main, evil] = ["main", "evil"].map(|rev| site.repo.rev(rev));
    let info = site.repo.git_dir().join("info");
    std::fs::create_dir_all(&info).unwrap();
    // Main is made a child of the evil commit, and the evil one a root.
    let grafts = info.join("grafts");
    std::fs::write(&grafts, format!("{main} {evil}\n{evil}\n")).unwrap();
    let graph = site.repo.git_dir().join("objects/info/commit-graph");
    std::fs::create_dir_all(graph.parent().unwrap()).unwrap();
    for bytes in [&b""[..], b"CGPH\x01\x01\x03\x00 and nothing of it", &[0xff; 4096]] {
        std::fs::write(&graph, bytes).unwrap();
        refuses(&site, "main..evil", "missing-review");
        allows(&site, "main..good");
    }
    std::fs::write(site.repo.git_dir().join("shallow"), format!("{evil}\n{main}\n")).unwrap();
    let named = [("GIT_GRAFT_FILE", grafts.to_str().unwrap()), ("GIT_SHALLOW_FILE", grafts.to_str().unwrap())];
    let check = |range: &str| site.run_with(&["check", range, "--format", "json"], &named, "");
    super::has_error(check("main..evil").ends(1), "missing-review");
    check("main..good").ends(0);
}

/// G08
#[test]
fn a_path_that_cannot_be_read_is_not_skipped() {
    let site = good_and_evil();
    site.repo.git(&["checkout", "--quiet", "evil"]);
    let lost = |rev: &str| {
        let id = site.repo.rev(rev);
        let file = site.repo.git_dir().join("objects").join(&id[..2]).join(&id[2..]);
        let bytes = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        undecided(&site, "main..evil", "undecided-object").says(&id);
        // Nor is one whose bytes are another's.
        let other = site.repo.rev("main:content/a.md");
        std::fs::copy(site.repo.git_dir().join("objects").join(&other[..2]).join(&other[2..]), &file).unwrap();
        site.run(&["check", "main..evil"]).ends(3);
        std::fs::remove_file(&file).unwrap();
        std::fs::write(&file, bytes).unwrap();
    };
    lost("evil:content/c.md");
    lost("evil:content");
    refuses(&site, "main..evil", "missing-review");
}

/// G10, G11
#[test]
fn a_name_that_shadows_another_makes_no_empty_range() {
    let site = good_and_evil();
    let clone = site.repo.clone_with(&["--branch=evil"]);
    let [main, evil] = ["origin/main", "HEAD"].map(|rev| clone.rev(rev));
    clone.git(&["config", "provenance.root", &main]);
    let check =
        |range: &[&str]| run_in(&clone, &[&["check"], range, &["--branch", "refs/heads/main"]].concat(), &[], "");
    let honest = || {
        check(&["origin/main..HEAD"]).ends(1).says("missing-review content/c.md");
    };
    honest();
    for name in
        ["refs/tags/origin/main", "refs/heads/origin/main", "refs/origin/main", "refs/tags/refs/remotes/origin/main"]
    {
        clone.git(&["update-ref", name, &evil]);
        let shadowed = check(&["origin/main..HEAD"]);
        assert!([1, 2].contains(&shadowed.code), "{name}: {shadowed:?}");
        check(&[]).ends(1).says("missing-review content/c.md");
        check(&["refs/remotes/origin/main..HEAD"]).ends(1).says("missing-review content/c.md");
        clone.git(&["update-ref", "-d", name]);
    }
    // Branches that are called as a commit's id, or as its beginning.
    clone.git(&["update-ref", &format!("refs/heads/{main}"), &evil]);
    check(&[&format!("{main}..HEAD")]).ends(1).says("missing-review content/c.md");
    clone.git(&["update-ref", &format!("refs/heads/{}", &main[..12]), &evil]);
    let shadowed = check(&[&format!("{}..HEAD", &main[..12])]);
    assert!([1, 2].contains(&shadowed.code), "{shadowed:?}");
    clone.git(&["update-ref", "refs/heads/HEAD", &main]);
    let shadowed = check(&["origin/main..HEAD"]);
    assert!([1, 2].contains(&shadowed.code), "{shadowed:?}");
    honest();
}

/// G13. That nothing changes is allowed and said, and is no review.
#[test]
fn an_empty_range_is_said_to_be_one() {
    let site = good_and_evil();
    let ran = allows(&site, "main..main");
    assert_eq!(ran.codes("note"), ["nothing-to-check"]);
    assert_eq!(ran.json()["changes"].as_array().unwrap().len(), 0);
    let steps = site.repo.git(&["commit-tree", "-p", "main", "-m", "empty", "main^{tree}"]);
    assert_eq!(allows(&site, &format!("main..{steps}")).codes("note"), ["nothing-to-check"]);
}

/// G15, G16, G18
#[test]
fn a_publish_branch_that_is_gone_comes_back_as_what_was_published() {
    let site = good_and_evil();
    let server = server(&site);
    site.repo.git(&["checkout", "--quiet", "-B", "next", "good"]);
    push(&site, &["good:main", super::LEDGER]).ends(0);
    push(&site, &["--force", "main:main"]).ends(1).says("rewound-branch");
    push(&site, &["--delete", "main"]).ends(1).says("branch-deleted");
    push(&site, &["--force", "evil:main"]).ends(1).says("rewound-branch");
    // By whoever has the server in hand.
    server.git(&["update-ref", "-d", "refs/heads/main"]);
    push(&site, &["evil:main"]).ends(1).says("missing-review");
    site.repo.git(&["checkout", "--quiet", "--orphan", "other"]);
    site.commit_by("eve", "another history");
    push(&site, &["other:main"]).ends(1);
    assert!(server.try_git(&["rev-parse", "--verify", "--quiet", "main"]).stdout.is_empty());
    push(&site, &["good:main"]).ends(0);
}

/// G20, G21. An exemption says that no review is needed at its paths, wherever the content was before: a copy into an exempt path
/// passes. What was guarded does not leave unseen.
#[test]
fn a_move_is_a_deletion_and_an_addition() {
    let site = good_and_evil();
    site.repo.git(&["checkout", "--quiet", "-B", "moved", "main"]);
    site.repo.git(&["mv", "content/a.md", "README.md"]);
    site.commit_by("wes", "a rename");
    let refused = refuses(&site, "main..moved", "missing-review").says("content/a.md").says("README.md");
    assert_eq!(refused.json()["changes"].as_array().unwrap().len(), 2);
    std::fs::create_dir_all(site.repo.path().join("log")).unwrap();
    site.repo.git(&["mv", "README.md", "log/a.md"]);
    site.commit_by("wes", "to where nobody looks");
    let refused = refuses(&site, "main..moved", "missing-review").says("content/a.md");
    assert!(!refused.codes("error").is_empty() && refused.out.contains("exempt"));
    site.approve("main...moved");
    allows(&site, "main..moved");
    site.propose("copy", &[("log/c.md", "nobody read this\n")]);
    allows(&site, "main..copy");
}

/// G23
#[test]
fn the_same_bytes_are_another_thing_under_another_mode() {
    let site = Site::new();
    site.propose("file", &[("content/link", "a.md")]);
    site.approve("main...file");
    allows(&site, "main..file");
    for mode in ["120000", "100755", "160000"] {
        site.repo.git(&["checkout", "--quiet", "--force", "-B", "other", "main"]);
        let id = if mode == "160000" { site.repo.rev("main") } else { site.repo.rev("file:content/link") };
        site.repo.git(&["update-index", "--add", "--cacheinfo", &format!("{mode},{id},content/link")]);
        site.repo.git(&["commit", "--quiet", "-m", "another mode"]);
        refuses(&site, "main..other", "missing-review").says("content/link");
    }
}

/// G25
#[test]
fn attributes_hide_nothing_and_need_a_review_themselves() {
    let site = Site::new();
    site.propose(
        "attributes",
        &[(".gitattributes", "* -diff -text binary filter=x export-ignore merge=ours linguist-generated\n")],
    );
    refuses(&site, "main..attributes", "missing-review").says(".gitattributes");
    site.signed("ed", &["review", "main...attributes", "--approve"]).ends(0);
    site.signed("ana", &["review", "main...attributes", "--approve"]).ends(0);
    allows(&site, "main..attributes");
    land(&site, "attributes");
    site.propose("evil", &[("content/b.md", "nobody\r\nread this $Id$\n")]);
    refuses(&site, "main..evil", "missing-review").says("content/b.md");
    site.approve("main...evil");
    allows(&site, "main..evil");
}

/// A commit on main whose tree has these raw bytes.
fn with_tree(site: &Site, bytes: Vec<u8>) -> String {
    let tree = site.repo.hash_object("tree", bytes);
    site.repo.commit_tree(&tree, &[&site.repo.rev("main")], 1_750_000_000)
}

fn entry(site: &Site, mode: &str, name: &str, rev: &str) -> Vec<u8> {
    let id = site.repo.rev(rev);
    let id: Vec<u8> = (0..id.len()).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).unwrap()).collect();
    [mode.as_bytes(), b" ", name.as_bytes(), b"\0", &id].concat()
}

/// G26, G28. Mode 100664 is what git once wrote and still takes for 100644: it is judged as that.
#[test]
fn a_tree_that_git_would_not_write_is_not_decided_on() {
    let site = Site::new();
    let entry = |mode: &str, name: &str, rev: &str| entry(&site, mode, name, rev);
    let policy = || entry("40000", ".provenance", "main:.provenance");
    let content = |name: &str| entry("40000", name, "main:content");
    let blob = |mode: &str, name: &str| entry(mode, name, "main:content/a.md");
    for bytes in [
        [policy(), blob("100644", "content"), content("content")].concat(),
        [policy(), blob("100644", "a"), blob("100644", "a"), content("content")].concat(),
        [policy(), policy(), content("content")].concat(),
        [content("content"), policy()].concat(),
        [policy(), blob("100666", "a"), content("content")].concat(),
        [policy(), blob("100600", "a"), content("content")].concat(),
        [policy(), blob("0", "a"), content("content")].concat(),
        [policy(), blob("100644", "a/b"), content("content")].concat(),
        [policy(), blob("100644", "."), content("content")].concat(),
        [blob("100644", ".."), policy(), content("content")].concat(),
        [blob("100644", ".GIT"), policy(), content("content")].concat(),
        [policy(), content("content"), b"100644 cut".to_vec()].concat(),
    ] {
        let commit = with_tree(&site, bytes);
        undecided(&site, &format!("main..{commit}"), "undecided-object");
    }
    let odd = with_tree(&site, [policy(), blob("100664", "a"), content("content")].concat());
    refuses(&site, &format!("main..{odd}"), "missing-review");
    let same = with_tree(&site, [policy(), content("content")].concat());
    allows(&site, &format!("main..{same}"));
}

/// G30, G31
#[test]
fn paths_that_no_line_and_no_text_can_hold_are_judged_as_they_are() {
    use std::os::unix::ffi::OsStrExt as _;
    let site = Site::new();
    site.repo.git(&["checkout", "--quiet", "-B", "odd", "main"]);
    let main = site.repo.rev("main:content/a.md");
    let paths =
        [format!("content/x\n{main} blob 6").into_bytes(), b"content/bad\xff".to_vec(), b"content/bad\xfe".to_vec()];
    for path in &paths {
        site.repo.write(std::ffi::OsStr::from_bytes(path), "nobody read this\n");
    }
    site.commit_by("wes", "odd");
    let report = refuses(&site, "main..odd", "missing-review").json();
    assert_eq!(report["changes"].as_array().unwrap().len(), paths.len());
    // A review of one of two names that read alike is none of the other.
    site.approve("main...odd");
    allows(&site, "main..odd");
    site.repo.git(&["checkout", "--quiet", "-B", "other", "main"]);
    site.repo.write(std::ffi::OsStr::from_bytes(b"content/bad\xfd"), "nobody read this\n");
    site.commit_by("wes", "odd");
    refuses(&site, "main..other", "missing-review");
}

/// G33. The bomb of few trees is in `git_objects::hostile`.
#[test]
fn trees_without_end_are_not_decided_on_and_cost_little() {
    let site = Site::new();
    let (main, blob) = (site.repo.rev("main"), site.repo.rev("main:content/a.md"));
    let deep = vec!["d"; 3_000].join("/");
    let stream = format!(
        "commit refs/heads/deep\ncommitter x <x@example.com> 0 +0000\ndata 0\nfrom {main}\nM 100644 {blob} {deep}\n"
    );
    site.repo.fast_import(stream);
    undecided(&site, "main..deep", "undecided-object").says("exceed the limit");
}

/// G35, G36. Signatures of commits are not read: no record is in them, good or bad.
#[test]
fn odd_commits_are_judged_by_what_they_hold() {
    let site = good_and_evil();
    let raw = |rev: &str| String::from_utf8(site.repo.git_bytes(&["cat-file", "commit", rev], "")).unwrap();
    let odd = |text: String| site.repo.hash_object("commit", text);
    let signature = "gpgsig -----BEGIN SSH SIGNATURE-----\n U1NIU0lH\n -----END SSH SIGNATURE-----\n";
    for change in [
        |text: &str, _: &str| {
            format!("{text}\0\nCo-authored-by: ed <ed@example.com>\nReviewed-by: ed <ed@example.com>\n")
        },
        |text: &str, signature: &str| text.replacen("\n\n", &format!("\n{signature}{signature}\n"), 1),
        |text: &str, _: &str| text.replacen("\n\n", "\nencoding UTF-7\n\n", 1),
        |text: &str, _: &str| {
            text.replacen("+0000\ncommitter", "+0000\nauthor ana <ana@example.com> 0 +0000\ncommitter", 1)
        },
        |text: &str, _: &str| {
            text.split("author ").next().unwrap().to_owned()
                + "author wes <wes@example.com> 100000000000000 +0000\ncommitter wes <wes@example.com> -1 +99999\n\nx"
        },
    ] {
        let [good, evil] = ["good", "evil"].map(|rev| odd(change(&raw(rev), signature)));
        refuses(&site, &format!("main..{evil}"), "missing-review");
        allows(&site, &format!("main..{good}"));
    }
    // What is no commit at all.
    for text in ["", "tree x\n", "author x\n"] {
        let none = odd(text.to_owned());
        let ran = super::check(&site, &format!("main..{none}"));
        assert!([2, 3].contains(&ran.code), "{ran:?}");
    }
}

/// G38
#[test]
fn a_published_tag_is_what_it_says_and_stays_so() {
    let site = Site::new();
    site.repo.write(super::RULES, POLICY.replace("[\"refs/heads/main\"]", "[\"refs/heads/main\", \"refs/tags/v2\"]"));
    let site = pinned(site);
    site.propose("evil", &[("content/c.md", "nobody read this\n")]);
    let server = server(&site);
    let tag = |name: &str, message: &str, commit: &str| {
        site.repo.git(&["tag", "--force", "-a", "-m", message, name, commit]);
        site.repo.rev(name)
    };
    // An honest tag of an earlier version, which may be signed, under the name of another.
    let earlier = tag("v1", "version 1", "main");
    push(&site, &[&format!("{earlier}:refs/tags/v2")]).ends(1).says("rewound-branch").says("says it is v1");
    tag("v2", "version 2", "evil");
    push(&site, &["refs/tags/v2"]).ends(1).says("which no publish branch has published");
    let good = tag("v2", "version 2", "main");
    push(&site, &["refs/tags/v2"]).ends(0);
    for other in ["main", "evil", &tag("v2", "says something else", "main")] {
        push(&site, &["--force", &format!("{other}:refs/tags/v2")]).ends(1).says("never moves");
    }
    push(&site, &["--delete", "refs/tags/v2"]).ends(1).says("branch-deleted");
    assert_eq!(server.rev("v2"), good);
}
