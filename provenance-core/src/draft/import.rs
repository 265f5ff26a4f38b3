//! Import: what other tools said of AI in a history, kept as unsigned evidence.
//!
//! One line of JSON for each signal, filed under its commit in [`IMPORTED_REF`]. Nobody signed it: the
//! gate never reads that ref, and reports show what is in it apart. A mark's own text is not kept, and
//! no prompt and no transcript ever was.

use serde::Serialize;

use super::DraftError;
use crate::git::Repository;
use crate::id::{CommitId, ObjectId};
use crate::ledger::{Additions, IMPORTED_REF, Ledger};
use crate::path::{RefName, RepoPath};
use crate::signal::{MAX_INPUT, Place, Reading, Signal, agent_trace, git_ai, trailers};

/// How many problems are kept in words.
const MAX_PROBLEMS: usize = 100;

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
            let commit = repository.commit(id)?;
            let author = trailers::read_author(&commit.author.name, &commit.author.email);
            all.add(repository, id, &Reading::join([trailers::read(&commit.message), author]));
        }
        Ok(all)
    }

    /// The notes of git-ai in `refs/notes/ai`, of commits that are here.
    ///
    /// # Errors
    /// [`DraftError`] when the ref cannot be read.
    pub fn from_git_ai(repository: &Repository) -> Result<Self, DraftError> {
        let notes = Ledger::open_ref(repository, &"refs/notes/ai".parse().expect("a well-formed ref name"))?;
        let mut all = Self::default();
        for (id, blobs) in notes.all()? {
            for blob in blobs {
                match repository.blob(blob, MAX_INPUT as u64) {
                    Ok(bytes) => all.add(repository, CommitId(id), &git_ai::read(&bytes)),
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
