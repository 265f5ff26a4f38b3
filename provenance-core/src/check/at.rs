//! The policy as a commit has it.

use crate::entry::Mode;
use crate::git::{ReadError, Repository};
use crate::id::{BlobId, CommitId};
use crate::path::RepoPath;
use crate::policy::lint::{Texts, documents};
use crate::policy::{FILES, LoadError, MAX_FILE, Policy, PolicyFiles};

/// What a commit has for a policy.
#[derive(Debug)]
pub enum PolicyAt {
    /// None of the policy's files.
    Absent,
    /// Files that are no policy.
    Broken(LoadError),
    /// A policy.
    Sound(Box<Policy>),
}

/// Reads the policy of a commit.
///
/// # Errors
/// [`ReadError`] when the commit, a tree or one of the files cannot be read.
pub fn policy_at(repository: &Repository, commit: CommitId) -> Result<PolicyAt, ReadError> {
    let files = policy_files_at(repository, commit)?;
    if files == PolicyFiles::default() {
        return Ok(PolicyAt::Absent);
    }
    Ok(match Policy::load(&files) {
        Ok(policy) => PolicyAt::Sound(Box::new(policy)),
        Err(error) => PolicyAt::Broken(error),
    })
}

/// The policy's files as a commit has them. What is no regular file, or too large, is bytes that are no policy.
///
/// # Errors
/// As [`policy_at`].
pub fn policy_files_at(repository: &Repository, commit: CommitId) -> Result<PolicyFiles, ReadError> {
    let [people, policy, tools] = FILES.map(|file| file_at(repository, commit, file));
    Ok(PolicyFiles { people: people?, policy: policy?, tools: tools? })
}

/// The documents that [`lint`](crate::policy::lint::lint) reads, as a commit has them. What is no regular
/// file of at most 4 MiB counts as missing.
///
/// # Errors
/// As [`policy_at`].
pub fn texts_at(repository: &Repository, commit: CommitId, policy: &Policy) -> Result<Texts, ReadError> {
    let mut texts = Texts::new();
    for path in documents(policy) {
        let bytes = match repository.slot_at(commit, &path)? {
            Some(slot) if slot.mode.is_file() => match repository.blob(BlobId(slot.id), MAX_FILE) {
                Err(ReadError::TooLarge { .. }) => None,
                read => Some(read?),
            },
            _ => None,
        };
        texts.insert(path, bytes);
    }
    Ok(texts)
}

/// The file's bytes; of what is no regular file, bytes that are no policy.
fn file_at(repository: &Repository, commit: CommitId, file: &str) -> Result<Option<Vec<u8>>, ReadError> {
    let path: RepoPath = file.parse().expect("the policy's files have well-formed paths");
    let Some(slot) = repository.slot_at(commit, &path)? else { return Ok(None) };
    match slot.mode {
        Mode::Regular | Mode::Executable => match repository.blob(BlobId(slot.id), MAX_FILE) {
            Ok(bytes) => Ok(Some(bytes)),
            // Too large is no failure of the repository: it is a policy that nobody can read.
            Err(ReadError::TooLarge { .. }) => Ok(Some(vec![0xff])),
            Err(error) => Err(error),
        },
        Mode::Symlink | Mode::Gitlink => Ok(Some(vec![0xff])),
    }
}
