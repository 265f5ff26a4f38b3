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
    /// The lines of a push, as git gives them to a hook.
    pub(super) push: Option<String>,
    pub(super) bundles: Vec<Bundle>,
}

/// A bundle of a case.
#[derive(Clone)]
pub(super) struct Bundle {
    pub(super) file: &'static str,
    /// `ID REF` of every ref in it.
    pub(super) refs: String,
    /// Its bytes, kept until it is written.
    pub(super) bytes: Option<Vec<u8>>,
}

/// A case that lacks its command or its verdict.
pub(super) struct Open<'a> {
    pub(super) world: &'a World,
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
        self.case_since(1, name, clauses, shows)
    }

    /// A case that the second version of the suite brought.
    pub(super) fn second(&self, name: &'static str, clauses: &str, shows: &str) -> Open<'_> {
        self.case_since(2, name, clauses, shows)
    }

    /// A case that the third version of the suite brought.
    pub(super) fn third(&self, name: &'static str, clauses: &str, shows: &str) -> Open<'_> {
        self.case_since(3, name, clauses, shows)
    }

    /// A case that the fourth version of the suite brought.
    pub(super) fn fourth(&self, name: &'static str, clauses: &str, shows: &str) -> Open<'_> {
        self.case_since(4, name, clauses, shows)
    }

    /// A case that the fifth version of the suite brought.
    pub(super) fn fifth(&self, name: &'static str, clauses: &str, shows: &str) -> Open<'_> {
        self.case_since(5, name, clauses, shows)
    }

    fn case_since(&self, version: u8, name: &'static str, clauses: &str, shows: &str) -> Open<'_> {
        let clauses = lines("clause", clauses.split(' '));
        let head = format!("# {shows}\n{clauses}since {version}\nnow 2025-06-01T12:00:00Z\n{}", self.format_line());
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
        let command = format!("range {}\nbranch {}\n", full(range), self.branch);
        let repository = self.world.bundle();
        self.end(&command, exit, findings, None, vec![repository])
    }

    /// The case, with its command and what is expected.
    pub(super) fn end(
        self,
        command: &str,
        exit: u8,
        findings: &[impl AsRef<str>],
        push: Option<String>,
        bundles: Vec<Bundle>,
    ) -> Case {
        let root = self.root.as_ref().map(|root| format!("root {root}\n")).unwrap_or_default();
        let findings: String = findings.iter().map(|finding| format!("{}\n", finding.as_ref())).collect();
        let exit = format!("exit {exit}\n");
        let text = [&self.head, &root, &self.tail, command, &exit, &findings].map(AsRef::<str>::as_ref);
        let setup = self.setup.map(|script| format!("# What the bundle cannot hold.\n{script}"));
        Case { name: self.name, text: text.concat(), setup, push, bundles }
    }
}

impl World {
    /// What a case says of its ids, where they are no SHA-1.
    fn format_line(&self) -> &'static str {
        if self.root.len() == 64 { "format sha256\n" } else { "" }
    }

    /// The repository: every ref by its full name; HEAD is none.
    pub(super) fn bundle(&self) -> Bundle {
        let refs = self.repo.git(&["for-each-ref", "--format=%(objectname) %(refname)"]);
        Bundle { file: "repository.bundle", refs, bytes: updating().then(|| self.bundled(&["--glob=refs/*"])) }
    }

    /// A bundle of what these words of `git rev-list` name.
    pub(super) fn bundled(&self, words: &[&str]) -> Vec<u8> {
        let file = self.repo.home().join("bundle");
        let version = if self.root.len() == 64 { "--version=3" } else { "--version=2" };
        let create = ["--no-replace-objects", "bundle", "create", "--quiet", version, file.to_str().unwrap()];
        self.repo.git(&[&create, words].concat());
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
        if folder.exists() {
            return;
        }
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in self.texts() {
            if let Some(text) = text {
                fs::write(folder.join(name), text).unwrap();
            }
        }
        for bundle in &self.bundles {
            fs::write(folder.join(bundle.file), bundle.bytes.as_ref().expect("cases are written")).unwrap();
        }
    }

    fn texts(&self) -> [(&'static str, Option<&String>); 3] {
        [("case", Some(&self.text)), ("setup", self.setup.as_ref()), ("push", self.push.as_ref())]
    }

    /// Why the case in its folder is not this one.
    pub(super) fn differs(&self, git: impl Fn(&[&str]) -> String) -> Option<String> {
        let folder = folder().join("cases").join(self.name);
        for (name, text) in self.texts() {
            if fs::read_to_string(folder.join(name)).ok().as_ref() != text {
                return Some(format!("{}: its file `{name}` should be\n{}", self.name, text.map_or("", |it| it)));
            }
        }
        let there = fs::read_dir(&folder)
            .unwrap()
            .filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "bundle"));
        if there.count() != self.bundles.len() {
            return Some(format!("{}: it should have {} bundles", self.name, self.bundles.len()));
        }
        self.bundles.iter().find_map(|bundle| {
            let heads = git(&["bundle", "list-heads", folder.join(bundle.file).to_str().unwrap()]);
            let sort = |text: &str| {
                let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
                lines.sort();
                lines
            };
            let refs = &bundle.refs;
            (sort(&heads) != sort(refs))
                .then(|| format!("{}: refs of its {} should be\n{refs}", self.name, bundle.file))
        })
    }
}
