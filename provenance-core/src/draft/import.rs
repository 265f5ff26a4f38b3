//! Import: what other tools said of AI in a history, kept as unsigned evidence.
//!
//! One line of JSON for each signal, filed under its commit in [`IMPORTED_REF`]. Nobody signed it: the
//! gate never reads that ref, and reports show what is in it apart. A mark's own text is not kept, and
//! no prompt and no transcript ever was.

use serde::Serialize;

use super::DraftError;
use crate::git::{ObjectKind, Repository};
use crate::id::{CommitId, ObjectId};
use crate::ledger::{Additions, IMPORTED_REF, Ledger};
use crate::path::{RefName, RepoPath};
use crate::signal::{MAX_INPUT, Place, Reading, Signal, agent_trace, git_ai, trailers};

/// How many problems are kept in words.
const MAX_PROBLEMS: usize = 100;
/// Once so many signals were found nothing more is read: a note has room for thousands, and may lie under every commit.
const MAX_FOUND: usize = 1_000_000;

/// What was found and is to be written.
#[derive(Debug, Default)]
pub struct Imported {
    /// The lines, by commit.
    pub additions: Additions,
    /// How many commits, notes or records were read.
    pub read: usize,
    /// How many signals were found in them.
    pub signals: usize,
    /// What could not be read, the first hundred.
    pub problems: Vec<String>,
    /// How many more could not be read.
    pub more_problems: usize,
}

/// One signal, as it is kept.
#[derive(Serialize)]
struct Line<'s> {
    source: &'static str,
    commit: CommitId,
    path: Option<&'s RepoPath>,
    claim: &'static str,
    tool: Option<&'s str>,
    model: Option<&'s str>,
}

impl Imported {
    /// The marks in the messages and authors of every commit that a tip reaches.
    ///
    /// # Errors
    /// [`DraftError`] when history cannot be walked.
    pub fn from_trailers(repository: &Repository, tip: CommitId) -> Result<Self, DraftError> {
        let mut all = Self::default();
        for id in repository.new_commits(tip, &[])? {
            if all.leaves_out(id, MAX_FOUND) {
                continue;
            }
            let commit = repository.commit(id)?;
            let author = trailers::read_author(&commit.author.name, &commit.author.email);
            all.add(repository, id, &Reading::join([trailers::read(&commit.message), author]));
        }
        Ok(all)
    }

    /// The notes of git-ai in `refs/notes/ai`, of commits that are here; a note of anything else is a problem.
    ///
    /// # Errors
    /// [`DraftError`] when the ref or a commit cannot be read.
    pub fn from_git_ai(repository: &Repository) -> Result<Self, DraftError> {
        Self::from_git_ai_up_to(repository, MAX_FOUND)
    }

    fn from_git_ai_up_to(repository: &Repository, limit: usize) -> Result<Self, DraftError> {
        let notes = Ledger::open_ref(repository, &"refs/notes/ai".parse().expect("a well-formed ref name"))?;
        let mut all = Self::default();
        for (id, blobs) in notes.all()? {
            let commit = CommitId(id);
            if all.leaves_out(commit, limit) {
                continue;
            }
            if !matches!(repository.header(&id)?, Some((ObjectKind::Commit, _))) {
                all.problem(format!("the note of {id}: it is no commit that is here"));
                continue;
            }
            for blob in blobs {
                match repository.blob(blob, MAX_INPUT as u64) {
                    Ok(bytes) => all.add(repository, commit, &git_ai::read(&bytes)),
                    Err(error) => all.problem(format!("the note of {id}: {}", crate::finding::causes(&error))),
                }
            }
        }
        Ok(all)
    }

    /// One agent-trace record, which names its commit.
    ///
    /// # Errors
    /// [`DraftError::Request`] where it names none that is here.
    pub fn from_agent_trace(repository: &Repository, record: &[u8]) -> Result<Self, DraftError> {
        let missing = || DraftError::Request("the record names no commit in `vcs.revision`".to_owned());
        let revision = agent_trace::revision(record).ok_or_else(missing)?;
        let wrong = || DraftError::Request(format!("`{}` is no full commit id", revision.escape_debug()));
        let id: ObjectId = revision.parse().map_err(|_| wrong())?;
        repository.commit(CommitId(id))?;
        let mut all = Self::default();
        all.add(repository, CommitId(id), &agent_trace::read(record));
        Ok(all)
    }

    /// Where the lines go.
    pub fn target() -> RefName {
        IMPORTED_REF.parse().expect("the constant is a well-formed ref name")
    }

    fn add(&mut self, repository: &Repository, commit: CommitId, reading: &Reading) {
        self.read += 1;
        for signal in &reading.signals {
            let line = serde_json::to_vec(&line(commit, signal)).expect("string keys only, written to memory");
            self.additions.add_line(repository, commit.0, &line);
            self.signals += 1;
        }
        reading.problems.iter().for_each(|problem| self.problem(format!("{commit}: {problem}")));
    }

    /// Whether a commit is not read, since so many signals were found already; that is a problem.
    fn leaves_out(&mut self, commit: CommitId, limit: usize) -> bool {
        let is_full = self.signals >= limit;
        if is_full {
            self.problem(format!("{commit}: {limit} signals were found before it, and no more are read"));
        }
        is_full
    }

    fn problem(&mut self, problem: String) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        } else {
            self.more_problems += 1;
        }
    }
}

fn line(commit: CommitId, signal: &Signal) -> Line<'_> {
    Line {
        source: signal.source.as_str(),
        commit,
        path: match &signal.place {
            Place::Path(path) => Some(path),
            _ => None,
        },
        claim: signal.claim.as_str(),
        tool: signal.tool.as_deref(),
        model: signal.model.as_deref(),
    }
}

#[cfg(test)]
mod tests {
    use provenance_test_support::Repo;

    use super::*;

    #[test]
    fn no_more_is_read_once_enough_was_found() {
        let repo = Repo::new();
        for text in ["one", "two", "three"] {
            let note = format!("{text}.md\n  h_1 1\n---\n{{\"schema_version\":\"authorship/3.0.0\"}}");
            let commit = repo.commit(text);
            repo.git_with(&["notes", "--ref", "ai", "add", "-F", "-", &commit], note);
        }
        let repository = Repository::discover(repo.path()).unwrap();
        let found = |limit| {
            let found = Imported::from_git_ai_up_to(&repository, limit).unwrap();
            (found.signals, found.additions.len(), found.problems.iter().filter(|it| it.contains("no more")).count())
        };
        assert_eq!(found(3), (3, 3, 0));
        assert_eq!(found(1), (1, 1, 2));
    }
}
