//! Ledgers that were accepted and may still be lost.
//!
//! Git tells no hook whether a push is atomic, and tells post-receive only of the refs that did move.
//! Where a racing push moved the ledger first, the branch moves and the ledger that vouches for it
//! does not. So pre-receive notes each ledger that it accepts, as an empty file named by its commit,
//! and post-receive joins all that are noted. A file whose commit is not there is of a push whose
//! objects git is about to take in, or of one that came to nothing: it goes after an hour.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Duration;

use provenance_core::git::Repository;
use provenance_core::id::CommitId;
use provenance_core::ledger::{Author, union};

use crate::error::CliError;

/// How long a commit may take from its acceptance until its objects are there.
const PATIENCE: Duration = Duration::from_secs(3600);

fn folder(repository: &Repository) -> PathBuf {
    repository.common_dir().join("provenance").join("pending")
}

/// Notes an accepted ledger, on the disk before this returns.
pub(super) fn note(repository: &Repository, ledger: CommitId) -> Result<(), CliError> {
    let folder = folder(repository);
    let failed = |error: std::io::Error| {
        CliError::failed(format!("cannot write to {}: {error}", folder.display()))
            .hint("whoever runs the server lets the hook write there")
    };
    fs::create_dir_all(&folder).map_err(failed)?;
    let file = File::create(folder.join(ledger.to_string())).map_err(failed)?;
    file.sync_all().and_then(|()| File::open(&folder)?.sync_all()).map_err(failed)
}

/// Joins every noted ledger whose commit is there, and forgets it.
pub(super) fn join_all(repository: &Repository, author: &Author) -> Result<(), CliError> {
    let Ok(files) = fs::read_dir(folder(repository)) else { return Ok(()) };
    let mut failed = None;
    for file in files {
        let file = file?;
        let Some(ledger) = file.file_name().to_str().and_then(|name| name.parse::<CommitId>().ok()) else { continue };
        let settled = if repository.header(&ledger.0)?.is_some() {
            match union::join(repository, ledger, author) {
                Ok(_) => true,
                Err(error) => {
                    failed.get_or_insert(error);
                    false
                }
            }
        } else {
            let age = file.metadata().and_then(|about| about.modified()).ok().and_then(|time| time.elapsed().ok());
            age.is_some_and(|age| age > PATIENCE)
        };
        // Another post-receive may have been faster.
        if settled
            && let Err(error) = fs::remove_file(file.path())
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(error.into());
        }
    }
    failed.map_or(Ok(()), |error| Err(error.into()))
}
