//! Real landings: for the latest merged pull requests of a public repository, a declaration and a
//! review of the pull request's change set must let what really landed pass, and nothing else.
//!
//! `LANDINGS=/path/to/repo.git cargo test --release --test landings -- --ignored --nocapture`
//!
//! The repository must have its pull requests' heads as `refs/pull/N/head`. It is never written to:
//! a scratch clone borrows its objects. For each landing S on P, a policy is put on top of P, the
//! pull request is declared and reviewed against that, and S, with the policy kept, is checked;
//! then S with one byte, one mode, one extra file and one missing file, each of which must fail.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failure is a panic, and figures are printed")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use provenance_core::check::change_set;
use provenance_core::entry::{Change, Mode};
use provenance_core::git::{CommitDraft, Edit, Identity, Repository};
use provenance_core::id::{BlobId, CommitId};
use provenance_core::key::{FileSigner, Signer, generate};
use provenance_core::path::RepoPath;

/// The binary under test; `BINARY` names another one.
fn binary() -> PathBuf {
    std::env::var_os("BINARY").map_or_else(|| env!("CARGO_BIN_EXE_git-provenance").into(), PathBuf::from)
}

struct Bench {
    dir: tempfile::TempDir,
    repository: Repository,
    policy: BTreeMap<RepoPath, Edit>,
}

#[derive(Debug, Default)]
struct Tally {
    landings: usize,
    allowed: usize,
    refused: Vec<String>,
    mutants: usize,
    escaped: Vec<String>,
    statuses: BTreeMap<String, usize>,
}

#[test]
#[ignore = "needs a public repository with its pull requests: LANDINGS=PATH"]
fn landings_pass_as_reviewed_and_in_no_other_form() {
    let source = std::env::var("LANDINGS").expect("LANDINGS names a repository");
    let wanted: usize = std::env::var("COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(100);
    let bench = Bench::borrow(Path::new(&source));
    let mut tally = Tally::default();
    let mut at = bench.repository.resolve("HEAD").unwrap().commit;
    let mut landings = Vec::new();
    while landings.len() < wanted {
        let Some(parent) = bench.repository.first_parent(at).unwrap() else { break };
        landings.extend(bench.pull_request(at).map(|head| (parent, at, head)));
        at = parent;
    }
    // Oldest first, as they happened: a later review is not there yet.
    for (parent, step, head) in landings.into_iter().rev() {
        bench.land(parent, step, head, &mut tally);
    }
    println!(
        "{} landings, {} allowed, {} mutants, {} escaped",
        tally.landings,
        tally.allowed,
        tally.mutants,
        tally.escaped.len()
    );
    println!("{:?}", tally.statuses);
    tally.refused.iter().chain(&tally.escaped).for_each(|line| println!("{line}"));
    assert!(tally.escaped.is_empty(), "mutants passed");
    assert!(tally.landings > 0 && tally.refused.is_empty(), "landings were refused");
}

impl Bench {
    fn borrow(source: &Path) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let scratch = dir.path().join("scratch.git");
        git(&["clone", "--quiet", "--bare", "--shared", source.to_str().unwrap(), scratch.to_str().unwrap()]);
        git(&[
            "-C",
            scratch.to_str().unwrap(),
            "fetch",
            "--quiet",
            source.to_str().unwrap(),
            "+refs/pull/*/head:refs/pull/*/head",
        ]);
        git(&["-C", scratch.to_str().unwrap(), "update-ref", "refs/heads/publish", "HEAD"]);
        let keys = [("writer", 1), ("editor", 2)].map(|(name, seed)| {
            let made = generate([seed; 64], name, None).unwrap();
            std::fs::write(dir.path().join(name), made.private.as_bytes()).unwrap();
            made.signer
        });
        let repository = Repository::open_git_dir(&scratch, None).unwrap();
        Self { policy: policy(&keys), dir, repository }
    }

    fn key(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(binary());
        command.arg("-C").arg(self.repository.git_dir()).args(arguments).env_clear().env("HOME", self.dir.path());
        command.output().unwrap()
    }

    /// The head of the pull request that a step's subject names.
    fn pull_request(&self, step: CommitId) -> Option<CommitId> {
        let commit = self.repository.commit(step).unwrap();
        let subject = String::from_utf8_lossy(&commit.message).lines().next().unwrap_or_default().to_owned();
        let number: String = match subject.strip_prefix("Merge pull request #") {
            Some(rest) => rest.chars().take_while(char::is_ascii_digit).collect(),
            None => subject.trim_end().strip_suffix(')')?.rsplit_once("(#")?.1.to_owned(),
        };
        let name = format!("refs/pull/{number}/head").parse().ok()?;
        self.repository.try_find_ref(&name).unwrap().map(|target| CommitId(target.id))
    }

    fn commit(&self, tree_of: CommitId, parents: Vec<CommitId>, extra: &[(RepoPath, Edit)]) -> CommitId {
        let mut edits = self.policy.clone();
        edits.extend(extra.iter().cloned());
        let tree = self.repository.edit_tree(Some(self.repository.tree_of(tree_of).unwrap()), &edits).unwrap();
        let author = Identity { name: "Writer".into(), email: "writer@example.com".into(), seconds: 1_700_000_000 };
        self.repository.write_commit(&CommitDraft { tree, parents, author, message: "landing".into() }).unwrap()
    }

    fn land(&self, parent: CommitId, step: CommitId, head: CommitId, tally: &mut Tally) {
        let base = self.commit(parent, vec![parent], &[]);
        git(&[
            "-C",
            self.repository.git_dir().to_str().unwrap(),
            "update-ref",
            "refs/heads/publish",
            &base.to_string(),
        ]);
        let range = format!("{base}...{head}");
        let signed = |verb: &[&str], key: &str| {
            let key = self.key(key);
            let mut arguments = verb.to_vec();
            arguments.extend(["--branch", "publish", "--key", key.to_str().unwrap()]);
            self.run(&arguments)
        };
        let declared = signed(&["declare", &range, "--extent", "none"], "writer");
        if !declared.status.success() {
            // The pull request brings nothing that the branch does not have.
            return;
        }
        let reviewed = signed(&["review", &range, "--approve"], "editor");
        assert!(reviewed.status.success(), "{}", String::from_utf8_lossy(&reviewed.stderr));
        let others: Vec<CommitId> = self.repository.parents(step).unwrap().into_iter().skip(1).collect();
        let parents: Vec<CommitId> = [base].into_iter().chain(others).collect();
        let changes = change_set(&self.repository, parent, step).unwrap();
        let landed = self.commit(step, parents.clone(), &[]);
        tally.landings += 1;
        let what = |note: &str| format!("{note}: step {step}, head {head}");
        let (allowed, text) = self.check(base, landed);
        if allowed {
            tally.allowed += 1;
            let report: serde_json::Value = serde_json::from_str(&text).unwrap();
            for change in report["changes"].as_array().unwrap() {
                *tally.statuses.entry(change["status"].as_str().unwrap().to_owned()).or_default() += 1;
            }
        } else {
            tally.refused.push(format!("{}\n{text}", what("refused")));
            return;
        }
        for (name, edits) in self.mutations(&changes) {
            let mutant = self.commit(step, parents.clone(), &edits);
            tally.mutants += 1;
            if self.check(base, mutant).0 {
                tally.escaped.push(what(name));
            }
        }
    }

    fn check(&self, old: CommitId, new: CommitId) -> (bool, String) {
        let range = format!("{old}..{new}");
        let root = old.to_string();
        let output = self.run(&["check", &range, "--branch", "publish", "--root", &root, "--format", "json"]);
        (output.status.code() == Some(0), String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// One byte, one mode, one extra file, one dropped change.
    fn mutations(&self, changes: &[Change]) -> Vec<(&'static str, Vec<(RepoPath, Edit)>)> {
        let mut mutations =
            vec![("extra file", vec![("zz-extra.txt".parse().unwrap(), Some((Mode::Regular, b"extra\n".to_vec())))])];
        let content = |entry: provenance_core::entry::Entry| self.repository.blob(BlobId(entry.id()), 1 << 30).unwrap();
        let file = changes.iter().find_map(|change| {
            let after = change.after().filter(|entry| entry.mode().is_file())?;
            Some((change.path().clone(), after))
        });
        if let Some((path, after)) = file {
            let mut bytes = content(after);
            match bytes.last_mut() {
                Some(last) => *last ^= 1,
                None => bytes.push(b'x'),
            }
            mutations.push(("one byte", vec![(path.clone(), Some((after.mode(), bytes)))]));
            let mode = if after.mode() == Mode::Regular { Mode::Executable } else { Mode::Regular };
            mutations.push(("one mode", vec![(path, Some((mode, content(after))))]));
        }
        if let [first, _, ..] = changes {
            let before = first
                .before()
                .filter(|entry| entry.mode() != Mode::Gitlink)
                .map(|entry| (entry.mode(), content(entry)));
            mutations.push(("one dropped", vec![(first.path().clone(), before)]));
        }
        mutations
    }
}

fn policy(keys: &[FileSigner; 2]) -> BTreeMap<RepoPath, Edit> {
    let people = format!(
        "[person.writer]\nname = \"Writer\"\nkind = \"human\"\nemails = [\"writer@example.com\"]\nkeys = [\"{}\"]\n\
         [person.editor]\nname = \"Editor\"\nkind = \"human\"\nroles = [\"admin\", \"security\", \"editor\"]\nkeys = [\"{}\"]\n",
        keys[0].public_key(),
        keys[1].public_key()
    );
    let policy = "version = 1\nrepository = \"bench\"\nbranches = [\"refs/heads/publish\"]\n\
                  [[rule]]\nname = \"all\"\npaths = [\"**\"]\nreviews = [{ roles = [\"editor\"] }]\ndeclaration = \"required\"\n";
    [(".provenance/people.toml", people), (".provenance/policy.toml", policy.to_owned())]
        .into_iter()
        .map(|(path, text)| (path.parse().unwrap(), Some((Mode::Regular, text.into_bytes()))))
        .collect()
}

fn git(arguments: &[&str]) {
    let status = Command::new("git").args(arguments).env("GIT_CONFIG_GLOBAL", "/dev/null").status().unwrap();
    assert!(status.success(), "git {arguments:?}");
}
