//! A small publisher: Ana (admin, editor), Ed (editor), Wes (writer) and a bot that Wes operates.

use std::path::PathBuf;
use std::process::{Output, Stdio};

use provenance_core::key::{Signer, generate};
use provenance_test_support::Repo;

/// The clock of every command.
pub(crate) const NOW: &str = "2025-06-01T12:00:00Z";

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }

    /// That stdout or stderr has this text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.out.contains(text) || self.err.contains(text), "no `{text}` in\n{}\n{}", self.out, self.err);
        self
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out, self.err))
    }

    /// The codes of the findings of a severity.
    pub(crate) fn codes(&self, severity: &str) -> Vec<String> {
        let findings = self.json()["findings"].as_array().cloned().unwrap_or_default();
        let wanted = findings.into_iter().filter(|finding| finding["severity"] == severity);
        wanted.map(|finding| finding["code"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// The publisher's repository.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) repo: Repo,
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::in_repo(Repo::new())
    }

    /// A repository with a policy, its first step pinned.
    pub(crate) fn in_repo(repo: Repo) -> Self {
        let site = Self { repo };
        for (name, seed) in [("ana", 1u8), ("ed", 2), ("wes", 3), ("bot", 4), ("eve", 5)] {
            let made = generate([seed; 64], name, None).unwrap();
            std::fs::write(site.key(name), made.private.as_bytes()).unwrap();
            std::fs::write(site.key(name).with_extension("pub"), &made.public).unwrap();
        }
        site.repo.write(".provenance/people.toml", site.people());
        site.repo.write(".provenance/policy.toml", POLICY);
        site.repo.write(".provenance/tools.toml", TOOLS);
        site.repo.write("content/a.md", "one\ntwo\nthree\nfour\nfive\nsix\nseven\n");
        site.repo.write("content/b.md", "b\n");
        let root = site.repo.commit("policy");
        site.repo.git(&["config", "provenance.root", &root]);
        site
    }

    pub(crate) fn key(&self, name: &str) -> PathBuf {
        self.repo.home().join(name)
    }

    pub(crate) fn public(&self, name: &str) -> String {
        let bytes = std::fs::read(self.key(name)).unwrap();
        provenance_core::key::PrivateKey::parse(&bytes).unwrap().signer().unwrap().public_key().to_string()
    }

    fn people(&self) -> String {
        let person = |id: &str, kind: &str, roles: &str, more: &str| {
            let key = self.public(id);
            format!(
                "[person.{id}]\nname = \"{id}\"\nkind = \"{kind}\"\nemails = [\"{id}@example.com\"]\nroles = [{roles}]\nkeys = [\"{key}\"]\n{more}\n"
            )
        };
        [
            person("ana", "human", "\"admin\", \"security\", \"editor\"", ""),
            person("ed", "human", "\"editor\"", ""),
            person("wes", "human", "\"writer\"", ""),
            person("bot", "agent", "", "operators = [\"wes\"]"),
        ]
        .concat()
    }

    /// Runs the binary in the repository.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, &[], "")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)], input: &str) -> Ran {
        run_in(&self.repo, arguments, environment, input)
    }

    /// Runs a verb that signs with somebody's key.
    pub(crate) fn signed(&self, who: &str, arguments: &[&str]) -> Ran {
        let key = self.key(who);
        self.run(&[arguments, &["--key", key.to_str().unwrap()]].concat())
    }

    /// Commits an edit by Wes on a new branch from main, and returns the commit.
    pub(crate) fn propose(&self, branch: &str, files: &[(&str, &str)]) -> String {
        self.repo.git(&["checkout", "--quiet", "-B", branch, "main"]);
        for (path, text) in files {
            self.repo.write(path, text);
        }
        self.commit_by("wes", "propose")
    }

    pub(crate) fn commit_by(&self, who: &str, message: &str) -> String {
        self.repo.git(&["add", "--all"]);
        let author = format!("{who} <{who}@example.com>");
        let (name, email) = (format!("user.name={who}"), format!("user.email={who}@example.com"));
        let mut command = self.repo.command("git");
        command.args(["-c", &name, "-c", &email, "commit", "--quiet", "--author", &author, "-m", message]);
        command.env("GIT_COMMITTER_NAME", who).env("GIT_COMMITTER_EMAIL", format!("{who}@example.com"));
        assert!(command.status().unwrap().success());
        self.repo.git(&["rev-parse", "HEAD"])
    }

    /// Wes declares, Ed approves.
    #[track_caller]
    pub(crate) fn approve(&self, range: &str) {
        self.signed("wes", &["declare", range, "--extent", "none"]).ends(0);
        self.signed("ed", &["review", range, "--approve", "--answer", "accuracy=pass"]).ends(0);
    }
}

/// Runs the binary in any repository.
pub(crate) fn run_in(repo: &Repo, arguments: &[&str], environment: &[(&str, &str)], input: &str) -> Ran {
    let mut command = repo.command(env!("CARGO_BIN_EXE_git-provenance"));
    command.args(["--now", NOW]).args(arguments).envs(environment.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A program that does not read its input may have ended already.
    let _ = std::io::Write::write_all(&mut stdin, input.as_bytes());
    drop(stdin);
    Ran::of(child.wait_with_output().unwrap())
}

pub(crate) const POLICY: &str = r#"version = 1
repository = "acme/site"
branches = ["refs/heads/main"]

[[rule]]
name = "content"
paths = ["content/**"]
reviews = [{ roles = ["editor"] }]
declaration = "required"
checklist = ["accuracy"]
confirm = ["no-client-data"]

[[exempt]]
paths = ["log/**"]
reason = "written by a machine that is itself reviewed"

[checklist.accuracy]
question = "Are facts checked?"
[confirmation.no-client-data]
statement = "No client data was put into the prompt."
[use.drafting]
title = "Drafting"
[use.legal-advice]
title = "Legal advice"
restricted = true
"#;

const TOOLS: &str = r#"[tool.writer]
name = "Writer"
status = "approved"
models = ["opus-*"]
"#;
