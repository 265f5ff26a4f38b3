//! The policy linter: whether a policy that loads keeps the clauses of an AI usage policy that no
//! single change can break, as far as its files and documents tell.
//!
//! [`lint`] is a pure function: the texts of the documents that the policy names are an argument
//! ([`documents`] says which), and so is the clock. What it finds never makes a policy unreadable. Each
//! problem is as severe as the policy takes its clause; a clause that is `off` is silent.
//!
//! ```
//! use provenance_core::policy::{Clause, Policy, PolicyFiles, lint};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let people = "[person.ana]\nname = \"Ana\"\nkind = \"human\"\nroles = [\"admin\", \"security\"]\n";
//! let policy = "version = 1\nrepository = \"acme/site\"\nbranches = [\"refs/heads/main\"]\n";
//! let files = PolicyFiles::of(people, policy, None);
//! let now = "2026-11-23T07:00:00Z".parse()?;
//! let problems = lint::lint(&Policy::load(&files)?, &files, &lint::Texts::new(), now);
//! assert!(problems.iter().any(|problem| problem.clause == Clause::A1));
//! # Ok(())
//! # }
//! ```

mod company;
mod markdown;
mod placeholder;
mod tools;

pub(super) use company::unasked_roles;
pub(crate) use company::unsupervised;
pub(crate) use markdown::points;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::problem::{Source, Step, printable};
use super::tools::ToolStatus;
use super::{Clause, FILES, Policy, PolicyFiles};
use crate::finding::Severity;
use crate::path::RepoPath;
use crate::time::Timestamp;

/// The documents' bytes; `None` for a file that there is not.
pub type Texts = BTreeMap<RepoPath, Option<Vec<u8>>>;

/// Something that breaks a clause.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The file, from the repository's root.
    pub file: String,
    /// The line, counted from 1; none where the problem has no place.
    pub line: Option<usize>,
    /// The clause.
    pub clause: Clause,
    /// How much it weighs: as the policy takes the clause.
    pub severity: Severity,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = if self.severity == Severity::Error { "error" } else { "warning" };
        match self.line {
            Some(line) => write!(f, "{}:{line}: {severity} {}: {}", self.file, self.clause, self.message),
            None => write!(f, "{}: {severity} {}: {}", self.file, self.clause, self.message),
        }
    }
}

/// The files that a policy names and [`lint`] reads: documents, statements, disclosures, tools' documents.
pub fn documents(policy: &Policy) -> BTreeSet<RepoPath> {
    let company = policy.company();
    let documents = company.documents.values().map(|document| &document.path);
    let statements = company.statements.values().map(|statement| &statement.path);
    let disclosures = company.clients.values().filter_map(|client| client.disclosure.as_ref());
    let tools = policy.tools().iter().filter_map(|(_, tool)| tool.document.as_ref());
    documents.chain(statements).chain(disclosures).chain(tools).cloned().collect()
}

/// Every problem, in order of file and line.
///
/// `files` are those that `policy` was loaded from; a document that `texts` lacks counts as missing.
pub fn lint(policy: &Policy, files: &PolicyFiles, texts: &Texts, now: Timestamp) -> Vec<Problem> {
    let mut lint = Lint { policy, sources: sources(files), texts, now, problems: Vec::new() };
    placeholder::check(&mut lint);
    tools::check(&mut lint);
    company::check(&mut lint);
    let mut problems = lint.problems;
    problems.sort();
    problems.dedup();
    problems
}

/// Whether AI may take part anywhere: no rule for every path forbids it.
pub(super) fn allows_ai(policy: &Policy) -> bool {
    !policy.rules().iter().any(|rule| rule.ai_forbidden && rule.paths.is_everything())
}

/// The texts of the policy's files, in the order of [`FILES`].
fn sources(files: &PolicyFiles) -> [Source<'_>; 3] {
    fn text(bytes: &Option<Vec<u8>>) -> &str {
        bytes.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
    let [people, policy, tools] = FILES;
    [
        Source::new(people, text(&files.people)),
        Source::new(policy, text(&files.policy)),
        Source::new(tools, text(&files.tools)),
    ]
}

/// One of the policy's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum File {
    People = 0,
    Policy = 1,
    Tools = 2,
}

/// A policy while it is looked through.
struct Lint<'a> {
    policy: &'a Policy,
    sources: [Source<'a>; 3],
    texts: &'a Texts,
    now: Timestamp,
    problems: Vec<Problem>,
}

impl<'a> Lint<'a> {
    /// Notes a problem with what stands at a place of one of the policy's files.
    fn problem(&mut self, clause: Clause, file: File, place: &[Step<'_>], message: impl Into<String>) {
        let line = self.sources[file as usize].line(place);
        self.note(clause, FILES[file as usize].to_owned(), line, message.into());
    }

    /// Notes a problem with a line of a document.
    fn note(&mut self, clause: Clause, file: String, line: Option<usize>, message: String) {
        let Some(severity) = self.policy.company().levels.of(clause).severity() else { return };
        self.problems.push(Problem { file, line, clause, severity, message: printable(&message) });
    }

    /// The text of a document; none where the file is missing. Bytes that are no UTF-8 are replaced.
    fn text(&self, path: &RepoPath) -> Option<std::borrow::Cow<'a, str>> {
        let texts: &'a Texts = self.texts;
        texts.get(path).and_then(Option::as_deref).map(String::from_utf8_lossy)
    }
}

/// Whether the tool may be used, as far as its status tells.
fn is_approved(status: ToolStatus) -> bool {
    status == ToolStatus::Approved
}
