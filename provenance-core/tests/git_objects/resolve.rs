//! What a person types, against `git rev-parse`.

use provenance_core::git::ResolveError;
use provenance_test_support::Repo;

use crate::{both_formats, open, told};

/// A merge on `main`, with a side branch and tags.
fn story(repo: &Repo) {
    repo.commit("one");
    repo.git(&["checkout", "--quiet", "-b", "side/branch"]);
    repo.commit("side");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.commit("two");
    repo.merge(&["side/branch"], "merge");
    repo.git(&["tag", "light"]);
    repo.git(&["tag", "-a", "-m", "annotated", "v1", "main~1"]);
    repo.git(&["tag", "-a", "-m", "a tag of a tag", "v1-again", "v1"]);
    repo.git(&["update-ref", "refs/remotes/origin/main", "main~1"]);
}

fn resolved(repo: &Repo, text: &str) -> String {
    let found = open(repo).resolve(text);
    found.unwrap_or_else(|error| panic!("{text}: {}", told(&error))).commit.to_string()
}

#[test]
fn resolves_what_git_resolves() {
    for repo in both_formats() {
        story(&repo);
        let full = repo.rev("HEAD");
        let texts = [
            "HEAD",
            "@",
            "main",
            "heads/main",
            "refs/heads/main",
            "side/branch",
            "light",
            "v1",
            "refs/tags/v1",
            "v1-again",
            "origin/main",
            "remotes/origin/main",
            "HEAD~",
            "HEAD~1",
            "HEAD^",
            "HEAD^0",
            "HEAD^1",
            "HEAD^2",
            "HEAD~2",
            "HEAD^2~1",
            "HEAD^^",
            "HEAD~1^0~1",
            "main^2^",
            "v1~1",
            "v1^0",
            "@~0",
            &full,
            &full[..4],
            &full[..12],
        ];
        for text in texts {
            assert_eq!(resolved(&repo, text), repo.rev(&format!("{text}^{{commit}}")), "{text}");
        }
        let annotated = repo.rev("v1");
        assert_ne!(annotated, repo.rev("v1^{commit}"));
        assert_eq!(resolved(&repo, &annotated), repo.rev("v1^{commit}"), "the id of a tag object");
    }
}

#[test]
fn names_the_ref_that_was_meant() {
    let repo = Repo::new();
    story(&repo);
    let git = open(&repo);
    let name = |text: &str| git.resolve(text).unwrap().name.map(|name| name.to_string());
    assert_eq!(name("HEAD").as_deref(), Some("refs/heads/main"));
    assert_eq!(name("main").as_deref(), Some("refs/heads/main"));
    assert_eq!(name("v1").as_deref(), Some("refs/tags/v1"));
    assert_eq!(name("origin/main").as_deref(), Some("refs/remotes/origin/main"));
    assert_eq!(name("main~1"), None);
    assert_eq!(name(&repo.rev("main")), None);
    repo.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(open(&repo).resolve("HEAD").unwrap().name, None);
}

#[test]
fn refuses_a_tag_that_shadows_a_branch() {
    for repo in both_formats() {
        story(&repo);
        repo.git(&["tag", "main", "HEAD~1"]);
        let error = open(&repo).resolve("main").unwrap_err();
        let ResolveError::Ambiguous { candidates, .. } = &error else { panic!("{error}") };
        assert_eq!(candidates, &["refs/heads/main", "refs/tags/main"]);
        assert!(matches!(open(&repo).resolve("main~1"), Err(ResolveError::Ambiguous { .. })));
        assert_eq!(resolved(&repo, "refs/heads/main"), repo.rev("refs/heads/main"), "a full name is not ambiguous");
    }
}

#[test]
fn a_remote_is_its_head_and_no_tag_is_taken_for_it() {
    let repo = Repo::new();
    story(&repo);
    repo.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    assert_eq!(resolved(&repo, "origin"), repo.rev("origin/main"));
    assert_eq!(open(&repo).resolve("origin").unwrap().name.unwrap().as_str(), "refs/remotes/origin/main");
    repo.git(&["tag", "origin", "HEAD"]);
    assert!(matches!(open(&repo).resolve("origin"), Err(ResolveError::Ambiguous { .. })));
}

#[test]
fn refuses_a_branch_named_like_an_abbreviated_id() {
    let repo = Repo::new();
    story(&repo);
    let short = repo.rev("HEAD")[..7].to_owned();
    repo.git(&["update-ref", &format!("refs/heads/{short}"), "HEAD~1"]);
    assert!(matches!(open(&repo).resolve(&short), Err(ResolveError::Ambiguous { .. })));
}

#[test]
fn refuses_an_abbreviation_of_several_objects() {
    let repo = Repo::new();
    story(&repo);
    let stream: String = (0..2000).map(|n| format!("blob\ndata {}\n{n}\n", n.to_string().len())).collect();
    repo.fast_import(stream);
    let all = repo.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]);
    let mut prefixes: Vec<&str> = all.lines().map(|id| &id[..4]).collect();
    prefixes.sort_unstable();
    let twice = prefixes.windows(2).find(|pair| pair[0] == pair[1]).expect("2,000 ids collide in 16 bits")[0];
    assert!(matches!(open(&repo).resolve(twice), Err(ResolveError::Ambiguous { .. })));
}

#[test]
fn refuses_what_names_nothing() {
    for repo in both_formats() {
        story(&repo);
        let git = open(&repo);
        let null = "0".repeat(repo.rev("HEAD").len());
        for text in [
            "",
            "nothing",
            "refs/heads/nothing",
            "HEAD~9",
            "HEAD^3",
            "HEAD^{tree}",
            "HEAD@{1}",
            "HEAD:",
            "..",
            "-x",
            &null,
        ] {
            assert!(git.resolve(text).is_err(), "{text}");
        }
        assert!(matches!(git.resolve("HEAD~9"), Err(ResolveError::NoParent(_))));
        for text in [
            "HEAD~99999999999999999999",
            "HEAD~x",
            "HEAD^-",
            "HEAD~é",
            "HEAD^\u{1f600}",
            "é",
            "\0",
            "main\n",
            "HEAD~1\u{301}",
        ] {
            assert!(git.resolve(text).is_err(), "{text:?}");
        }
        let tree = repo.rev("HEAD^{tree}");
        assert!(told(&git.resolve(&tree).unwrap_err()).contains("is a tree, expected a commit"));
    }
}

#[test]
fn says_that_a_branch_has_no_commit() {
    let repo = Repo::new();
    let error = open(&repo).resolve("HEAD").unwrap_err();
    assert_eq!(error.to_string(), "refs/heads/main has no commit yet");
}

#[test]
fn steps_over_a_replaced_parent() {
    let repo = Repo::new();
    story(&repo);
    let parent = repo.rev("HEAD^2");
    repo.git(&["replace", "--graft", "HEAD"]);
    assert!(!repo.try_git(&["rev-parse", "--verify", "HEAD^2"]).status.success(), "git is deceived");
    assert_eq!(resolved(&repo, "HEAD^2"), parent);
}
