//! Walks over history against `git rev-list`, `git merge-base`, and the graph itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use provenance_core::git::Repository;
use provenance_core::id::CommitId;
use provenance_test_support::{Random, Repo, START};

use crate::{id, open};

/// How the commits of a graph are dated.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Dates {
    /// No commit is older than its parents; many are of the same second.
    Honest,
    /// At random, from the epoch to the far future.
    Lying,
}

/// A graph whose parents are known without asking anybody.
struct Graph {
    repo: Repo,
    commits: Vec<CommitId>,
    parents: BTreeMap<CommitId, Vec<CommitId>>,
}

impl Graph {
    fn random(repo: Repo, seed: u64, size: usize, dates: Dates) -> Self {
        let mut random = Random(seed);
        let mut stream = String::new();
        let mut parents = Vec::new();
        for n in 0..size {
            let date = match dates {
                Dates::Honest => START + (n as i64 / 4) * 60,
                Dates::Lying => random.below(4_000_000_000) as i64,
            };
            let some = pick_parents(&mut random, n);
            write!(stream, "commit refs/heads/c{n}\nmark :{}\ncommitter A <a> {date} +0000\n", n + 1).unwrap();
            write!(stream, "data {}\n{n}\n", n.to_string().len()).unwrap();
            for (i, parent) in some.iter().enumerate() {
                writeln!(stream, "{} :{}", if i == 0 { "from" } else { "merge" }, parent + 1).unwrap();
            }
            parents.push(some);
        }
        repo.fast_import(stream);
        let commits: Vec<CommitId> = (0..size).map(|n| id(&repo.rev(&format!("refs/heads/c{n}")))).collect();
        let parents = parents.iter().enumerate();
        let parents = parents.map(|(n, some)| (commits[n], some.iter().map(|p| commits[*p]).collect())).collect();
        Self { repo, commits, parents }
    }

    /// Everything that can be reached, the commit among it.
    fn reachable(&self, from: CommitId) -> BTreeSet<CommitId> {
        let mut seen = BTreeSet::from([from]);
        let mut todo = vec![from];
        while let Some(commit) = todo.pop() {
            todo.extend(self.parents[&commit].iter().copied().filter(|parent| seen.insert(*parent)));
        }
        seen
    }

    /// What git lists, as a set.
    fn git(&self, args: &[&str]) -> BTreeSet<CommitId> {
        self.repo.git(args).lines().map(id).collect()
    }

    fn pairs(&self, seed: u64, count: usize) -> Vec<(CommitId, CommitId)> {
        let mut random = Random(seed);
        let mut one = || self.commits[random.below(self.commits.len())];
        (0..count).map(|_| (one(), one())).collect()
    }
}

/// Mostly recent commits, sometimes several, sometimes none.
fn pick_parents(random: &mut Random, n: usize) -> Vec<usize> {
    if n == 0 || random.below(15) == 0 {
        return Vec::new();
    }
    let count = [1, 1, 1, 2, 2, 3][random.below(6)];
    let mut parents: Vec<usize> = Vec::new();
    for _ in 0..count {
        let parent = n - 1 - random.below(n.min(6));
        if !parents.contains(&parent) {
            parents.push(parent);
        }
    }
    parents
}

fn graphs() -> Vec<(Graph, Dates)> {
    let mut graphs = Vec::new();
    for (seed, dates) in [(1, Dates::Honest), (2, Dates::Lying), (3, Dates::Lying)] {
        graphs.push((Graph::random(Repo::new(), seed, 60, dates), dates));
        graphs.push((Graph::random(Repo::sha256(), seed + 10, 40, dates), dates));
    }
    graphs
}

#[test]
fn reads_parents_tree_and_message_as_git_shows_them() {
    for (graph, _) in graphs() {
        let git = open(&graph.repo);
        for commit in &graph.commits {
            assert_eq!(git.parents(*commit).unwrap(), graph.parents[commit]);
            assert_eq!(git.first_parent(*commit).unwrap(), graph.parents[commit].first().copied());
        }
        let tip = *graph.commits.last().unwrap();
        let read = git.commit(tip).unwrap();
        let shown = graph.repo.git(&["log", "-1", "--format=%T %an %ae %ct %s", &tip.to_string()]);
        let said = String::from_utf8(read.message).unwrap();
        let committer = read.committer;
        assert_eq!(shown, format!("{} {} {} {} {said}", read.tree, committer.name, committer.email, committer.seconds));
    }
}

#[test]
fn finds_the_merge_bases_that_git_finds() {
    for (graph, dates) in graphs() {
        let git = open(&graph.repo);
        for (one, other) in graph.pairs(5, 40) {
            let bases = git.merge_bases(one, other).unwrap();
            let distinct: BTreeSet<CommitId> = bases.iter().copied().collect();
            assert_eq!(distinct.len(), bases.len(), "each once");
            let output = graph.repo.try_git(&["merge-base", "--all", &one.to_string(), &other.to_string()]);
            let expected = String::from_utf8(output.stdout).unwrap().lines().map(id).collect();
            assert_eq!(distinct, expected, "{one} {other} {dates:?}");
        }
    }
}

#[test]
fn tells_ancestors_as_git_does() {
    for (graph, dates) in graphs() {
        let git = open(&graph.repo);
        for (one, other) in graph.pairs(6, 40) {
            let asked = ["merge-base", "--is-ancestor", &one.to_string(), &other.to_string()];
            let expected = graph.repo.try_git(&asked).status.success();
            assert_eq!(git.is_ancestor(one, other).unwrap(), expected, "{one} {other} {dates:?}");
            assert!(git.is_ancestor(one, one).unwrap());
        }
    }
}

#[test]
fn lists_the_new_commits_that_git_lists_where_dates_are_honest() {
    for (graph, _) in graphs().into_iter().filter(|(_, dates)| *dates == Dates::Honest) {
        let git = open(&graph.repo);
        for ((new, old), (another, _)) in graph.pairs(7, 80).into_iter().zip(graph.pairs(8, 80)) {
            let expected = graph.git(&["rev-list", &new.to_string(), &format!("^{old}")]);
            assert_eq!(new_commits(&git, new, &[old]), expected, "{new} ^{old}");
            let expected = graph.git(&["rev-list", &new.to_string(), &format!("^{old}"), &format!("^{another}")]);
            assert_eq!(new_commits(&git, new, &[old, another]), expected, "{new} ^{old} ^{another}");
        }
    }
}

#[test]
fn misses_no_new_commit_where_dates_lie() {
    for (graph, _) in graphs() {
        let git = open(&graph.repo);
        for (new, old) in graph.pairs(8, 60) {
            let (from_new, from_old) = (graph.reachable(new), graph.reachable(old));
            let found = new_commits(&git, new, &[old]);
            let truth: BTreeSet<CommitId> = from_new.difference(&from_old).copied().collect();
            assert!(found.is_superset(&truth), "{new} ^{old}");
            assert!(found.is_subset(&from_new), "{new} ^{old}");
            assert_eq!(new_commits(&git, new, &[]), from_new, "all that can be reached");
        }
    }
}

fn new_commits(git: &Repository, new: CommitId, old: &[CommitId]) -> BTreeSet<CommitId> {
    let found = git.new_commits(new, old).unwrap();
    let distinct: BTreeSet<CommitId> = found.iter().copied().collect();
    assert_eq!(distinct.len(), found.len(), "each once");
    distinct
}

#[test]
fn walks_first_parents_as_git_does() {
    for (graph, _) in graphs() {
        let git = open(&graph.repo);
        for until in graph.commits.iter().copied() {
            let chain = graph.repo.git(&["rev-list", "--first-parent", &until.to_string()]);
            let mut chain: Vec<CommitId> = chain.lines().map(id).collect();
            chain.reverse();
            let (root, steps) = (chain[0], &chain[1..]);
            let length = steps.len();
            assert_eq!(git.first_parent_steps(root, until, length).unwrap().as_deref(), Some(steps));
            assert_eq!(git.first_parent_steps(until, until, 0).unwrap(), Some(vec![]));
            if length > 0 {
                assert_eq!(git.first_parent_steps(root, until, length - 1).unwrap(), None, "beyond the limit");
            }
            let beside = graph.commits.iter().find(|commit| !chain.contains(commit));
            if let Some(beside) = beside {
                assert_eq!(git.first_parent_steps(*beside, until, 1000).unwrap(), None, "not on the chain");
            }
        }
    }
}

/// What we say of a graph's history.
fn answers(graph: &Graph) -> Vec<String> {
    let git = open(&graph.repo);
    let mut answers = Vec::new();
    for (one, other) in graph.pairs(9, 30) {
        answers.push(format!("{:?}", git.parents(one).unwrap()));
        answers.push(format!("{:?}", git.merge_bases(one, other).unwrap()));
        answers.push(format!("{:?}", new_commits(&git, one, &[other])));
        answers.push(format!("{:?}", git.is_ancestor(one, other).unwrap()));
        let tree = |commit| git.tree_of(commit).unwrap();
        answers.push(format!("{:?}", git.diff_trees(Some(tree(one)), Some(tree(other))).unwrap()));
    }
    answers
}

/// A tip that git can be lied to about, and another commit.
fn deceived(deceive: impl FnOnce(&Graph, &str, &str)) {
    let graph = Graph::random(Repo::new(), 21, 40, Dates::Honest);
    let tip = graph.commits.iter().max_by_key(|commit| graph.reachable(**commit).len()).unwrap().to_string();
    let other = graph.commits[0].to_string();
    let told_before = graph.repo.git(&["rev-list", &tip]);
    let before = answers(&graph);
    deceive(&graph, &tip, &other);
    assert_ne!(graph.repo.git(&["rev-list", &tip]), told_before, "git is deceived, so the test proves something");
    assert_eq!(answers(&graph), before);
}

#[test]
fn is_not_deceived_by_replace_refs() {
    deceived(|graph, tip, other| drop(graph.repo.git(&["replace", "-f", tip, other])));
}

#[test]
fn is_not_deceived_by_replaced_trees_and_blobs() {
    let repo = Repo::new();
    repo.write("a", "honest\n");
    let commit = repo.commit("a");
    repo.write("a", "forged\n");
    let forged = repo.commit("b");
    let before = open(&repo).slot_at(id(&commit), &id("a")).unwrap().unwrap();
    repo.git(&["replace", &repo.rev(&format!("{commit}^{{tree}}")), &repo.rev(&format!("{forged}^{{tree}}"))]);
    repo.git(&["replace", &before.id.to_string(), &repo.rev(&format!("{forged}:a"))]);
    assert_eq!(repo.git(&["show", &format!("{commit}:a")]), "forged", "git is deceived");
    let git = open(&repo);
    let slot = git.slot_at(id(&commit), &id("a")).unwrap().unwrap();
    assert_eq!(slot, before);
    assert_eq!(git.blob(provenance_core::id::BlobId(slot.id), 100).unwrap(), b"honest\n");
}

#[test]
fn is_not_deceived_by_grafts() {
    deceived(|graph, tip, other| graph.repo.write(".git/info/grafts", format!("{tip} {other}\n")));
}

#[test]
fn is_not_deceived_by_a_forged_shallow_file() {
    deceived(|graph, tip, _| graph.repo.write(".git/shallow", format!("{tip}\n")));
}

#[test]
fn answers_the_same_with_a_commit_graph() {
    let graph = Graph::random(Repo::new(), 22, 40, Dates::Lying);
    let before = answers(&graph);
    graph.repo.git(&["commit-graph", "write", "--reachable"]);
    graph.repo.git(&["repack", "-a", "-d", "-q"]);
    assert_eq!(answers(&graph), before);
}

#[test]
fn names_the_way_out_of_a_shallow_clone() {
    let repo = Repo::new();
    let commits: Vec<String> = (0..4).map(|n| repo.commit(&format!("c{n}"))).collect();
    let shallow = repo.clone_with(&["--depth=2"]);
    let git = open(&shallow);
    assert!(git.is_shallow());
    let tip: CommitId = id(&commits[3]);
    assert_eq!(git.first_parent_steps(id(&commits[2]), tip, 10).unwrap(), Some(vec![tip]));
    let cut = git.commit(id(&commits[1])).unwrap_err();
    assert!(cut.to_string().contains("git fetch --unshallow"), "{cut}");
    assert!(git.new_commits(tip, &[]).unwrap_err().to_string().contains("git fetch --unshallow"));
    assert!(git.first_parent_steps(id(&commits[0]), tip, 10).is_err());
    assert!(git.is_ancestor(id(&commits[0]), tip).is_err(), "an answer that needs what was cut off is none");
    shallow.git(&["fetch", "--quiet", "--unshallow"]);
    assert_eq!(open(&shallow).new_commits(tip, &[]).unwrap().len(), 4);
}

#[test]
fn names_the_way_out_of_a_partial_clone() {
    let repo = Repo::new();
    repo.write("a", "one\n");
    repo.commit("a");
    let blob = repo.rev("HEAD:a");
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let partial = repo.clone_with(&["--filter=blob:none", "--no-checkout"]);
    let error = open(&partial).blob(id(&blob), 100).unwrap_err().to_string();
    assert!(error.contains("git fetch --refetch --no-filter"), "{error}");
    partial.git(&["fetch", "--quiet", "--refetch", "--no-filter"]);
    assert_eq!(open(&partial).blob(id(&blob), 100).unwrap(), b"one\n");
}
