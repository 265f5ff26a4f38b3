//! What a server's hook does with a push: the refs that are there, the objects that come, and the lines git gives.

use super::case::{Bundle, Case, Open, updating};
use super::world::{LEDGER, MAIN, World};

/// Where a ledger that is proposed stands in the world of a case.
pub(super) const PROPOSED: &str = "refs/proposed/provenance";

/// A server: what it has before the push.
pub(super) struct Server {
    repository: Bundle,
    tips: Vec<String>,
}

impl World {
    /// The world as it is now, ledger included, is what the server has.
    pub(super) fn server(&self) -> Server {
        self.write_ledger();
        let repository = self.bundle();
        let tips = repository.refs.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
        Server { repository, tips }
    }

    /// All records of now, as a ledger that follows the server's.
    pub(super) fn propose_ledger(&self) {
        let there = self.repo.try_git(&["rev-parse", "--verify", "--quiet", LEDGER]).status.success();
        self.write_notes(PROPOSED, there.then_some(LEDGER));
    }

    /// The line of an update: from what the server's ref holds to what this name stands for; `-` is nothing.
    fn update(&self, server: &Server, new: &str, name: &str) -> String {
        let nothing = "0".repeat(self.root.len());
        let there = server.repository.refs.lines().find_map(|line| line.strip_suffix(name)?.strip_suffix(' '));
        let new = if new == "-" { nothing.clone() } else { self.repo.rev(&named(new)) };
        format!("{} {new} {name}\n", there.unwrap_or(&nothing))
    }

    /// A bundle of what the server does not have, if it lacks anything.
    fn brought(&self, server: &Server, names: &[String]) -> Option<Bundle> {
        let not: Vec<String> = server.tips.iter().map(|tip| format!("^{tip}")).collect();
        let lacks = |name: &&String| {
            let words = [&["rev-list", "--objects", "--max-count=1", name.as_str()][..], &words(&not)].concat();
            !self.repo.git(&words).is_empty()
        };
        let names: Vec<String> = names.iter().filter(lacks).cloned().collect();
        if names.is_empty() {
            return None;
        }
        let refs: String = names.iter().map(|name| format!("{} {name}\n", self.repo.rev(name))).collect();
        let bytes = updating().then(|| self.bundled(&[words(&names), words(&not)].concat()));
        Some(Bundle { file: "push.bundle", refs, bytes })
    }
}

fn words(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

/// A short name is a branch's.
fn named(name: &str) -> String {
    if name.starts_with("refs/") { name.to_owned() } else { format!("refs/heads/{name}") }
}

impl Open<'_> {
    /// What the hook says of a push: a name of what is pushed and the ref that it is pushed to, each.
    pub(super) fn push(self, server: &Server, updates: &[(&str, &str)], exit: u8, findings: &[&str]) -> Case {
        let lines: String = updates.iter().map(|(new, name)| self.world.update(server, new, name)).collect();
        self.push_lines(server, updates, &lines, exit, findings)
    }

    /// The same with other lines on stdin.
    pub(super) fn push_lines(
        self,
        server: &Server,
        updates: &[(&str, &str)],
        lines: &str,
        exit: u8,
        findings: &[&str],
    ) -> Case {
        let mut names: Vec<String> = updates.iter().filter(|(new, _)| *new != "-").map(|(new, _)| named(new)).collect();
        names.sort();
        names.dedup();
        let brought = self.world.brought(server, &names);
        let bundles = [server.repository.clone()].into_iter().chain(brought).collect();
        let severity = if exit == 0 { "" } else { "error " };
        let findings: Vec<String> = findings.iter().map(|finding| format!("{severity}{finding}")).collect();
        self.end("", exit, &findings, Some(lines.to_owned()), bundles)
    }

    /// The push is accepted.
    pub(super) fn accepts(self, server: &Server, updates: &[(&str, &str)]) -> Case {
        self.push(server, updates, 0, &[])
    }

    /// What becomes of main is refused with these errors.
    pub(super) fn declines(self, server: &Server, new: &str, errors: &[&str]) -> Case {
        self.push(server, &[(new, MAIN)], 1, errors)
    }
}
