//! One case: what the runner needs, as the files of its folder.

use std::fs;
use std::path::{Path, PathBuf};

use super::world::{MAIN, World};

/// A case as it is made.
pub(super) struct Case {
    pub(super) name: &'static str,
    /// The text of the file `case`.
    pub(super) text: String,
    pub(super) setup: Option<String>,
    /// `ID REF` of every ref, sorted.
    pub(super) refs: String,
    /// The repository, kept until its bundle is written.
    bundle: Option<Vec<u8>>,
}

/// A case that lacks its command or its verdict.
pub(super) struct Open<'a> {
    world: &'a World,
    name: &'static str,
    head: String,
    tail: String,
    branch: String,
    root: Option<String>,
    setup: Option<String>,
}

/// Where new cases are written to; none where cases are only compared.
pub(super) fn updating() -> bool {
    std::env::var_os("UPDATE_CONFORMANCE").is_some()
}

pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance")
}

impl World {
    /// A case of what is in this world now: its name, the clauses that it holds, and what it shows.
    pub(super) fn case(&self, name: &'static str, clauses: &str, shows: &str) -> Open<'_> {
        let head = format!("# {shows}\n{}since 1\nnow 2025-06-01T12:00:00Z\n", lines("clause", clauses.split(' ')));
        let (branch, root) = (MAIN.to_owned(), Some(self.root.clone()));
        Open { world: self, name, head, tail: String::new(), branch, root, setup: None }
    }
}

impl<'a> Open<'a> {
    /// What becomes of another publish branch than main.
    pub(super) fn branch(mut self, name: &str) -> Self {
        name.clone_into(&mut self.branch);
        self
    }

    /// With another root pinned, or none.
    pub(super) fn root(mut self, root: Option<&str>) -> Self {
        self.root = root.map(str::to_owned);
        self
    }

    pub(super) fn env(mut self, name: &str, value: &str) -> Self {
        self.tail += &format!("env {name}={value}\n");
        self
    }

    pub(super) fn via(mut self, commit: &str) -> Self {
        self.tail += &format!("via {commit}\n");
        self
    }

    /// With what a bundle cannot hold: lines for a POSIX shell in the repository.
    pub(super) fn setup(mut self, script: &str) -> Self {
        self.setup = Some(script.to_owned());
        self
    }

    /// Allowed, with these findings among others: each a severity, a code and perhaps a path.
    pub(super) fn allows(self, range: &str, findings: &[&str]) -> Case {
        self.close(range, 0, findings)
    }

    /// Refused with exactly these errors: each a code and perhaps a path.
    pub(super) fn refuses(self, range: &str, errors: &[&str]) -> Case {
        self.close(range, 1, &errors.iter().map(|error| format!("error {error}")).collect::<Vec<_>>())
    }

    /// Undecided with exactly these errors.
    pub(super) fn undecided(self, range: &str, errors: &[&str]) -> Case {
        self.close(range, 3, &errors.iter().map(|error| format!("error {error}")).collect::<Vec<_>>())
    }

    /// No verdict, since the command line means nothing.
    pub(super) fn usage(self, range: &str) -> Case {
        self.close(range, 2, &[] as &[&str])
    }

    fn close(self, range: &str, exit: u8, findings: &[impl AsRef<str>]) -> Case {
        self.world.write_ledger();
        let root = self.root.as_ref().map(|root| format!("root {root}\n")).unwrap_or_default();
        let command = format!("range {}\nbranch {}\n", full(range), self.branch);
        let findings: String = findings.iter().map(|finding| format!("{}\n", finding.as_ref())).collect();
        let exit = format!("exit {exit}\n");
        let text = [&self.head, &root, &self.tail, &command, &exit, &findings].map(String::as_str);
        let refs = self.world.repo.git(&["for-each-ref", "--format=%(objectname) %(refname)"]);
        let bundle = updating().then(|| self.bundle());
        let setup = self.setup.map(|script| format!("# What the bundle cannot hold.\n{script}"));
        Case { name: self.name, text: text.concat(), setup, refs, bundle }
    }

    /// Of every ref by its full name; HEAD is none.
    fn bundle(&self) -> Vec<u8> {
        let file = self.world.repo.home().join("bundle");
        let create = ["--no-replace-objects", "bundle", "create", "--quiet", "--version=2"];
        self.world.repo.git(&[create.as_slice(), &[file.to_str().unwrap(), "--glob=refs/*"]].concat());
        fs::read(file).unwrap()
    }
}

/// A range of short names of branches, with full ones. Full names and ids are left as they are.
fn full(range: &str) -> String {
    let dots = if range.contains("...") { "..." } else { ".." };
    let name = |end: &str| {
        let id = end.len() >= 40 && end.bytes().all(|byte| byte.is_ascii_hexdigit());
        if id || end.starts_with("refs/") || end.starts_with('=') {
            end.trim_start_matches('=').to_owned()
        } else {
            format!("refs/heads/{end}")
        }
    };
    range.split(dots).map(name).collect::<Vec<_>>().join(dots)
}

fn lines<'a>(word: &str, values: impl Iterator<Item = &'a str>) -> String {
    values.map(|value| format!("{word} {value}\n")).collect()
}

impl Case {
    /// Writes the case if there is none of its name: a published case is never edited.
    pub(super) fn write(&self) {
        let folder = folder().join("cases").join(self.name);
        if let (false, Some(bundle)) = (folder.exists(), &self.bundle) {
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("case"), &self.text).unwrap();
            fs::write(folder.join("repository.bundle"), bundle).unwrap();
            if let Some(setup) = &self.setup {
                fs::write(folder.join("setup"), setup).unwrap();
            }
        }
    }

    /// Why the case in its folder is not this one.
    pub(super) fn differs(&self, git: impl Fn(&[&str]) -> String) -> Option<String> {
        let folder = folder().join("cases").join(self.name);
        let read = |name: &str| fs::read_to_string(folder.join(name)).ok();
        if read("case").as_deref() != Some(&self.text) {
            return Some(format!("{}: its file `case` should be\n{}", self.name, self.text));
        }
        if read("setup") != self.setup {
            return Some(format!("{}: its file `setup` should be {:?}", self.name, self.setup));
        }
        let heads = git(&["bundle", "list-heads", folder.join("repository.bundle").to_str().unwrap()]);
        let sort = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        (sort(&heads) != sort(&self.refs)).then(|| format!("{}: its refs should be\n{}", self.name, self.refs))
    }
}
