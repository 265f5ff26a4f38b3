//! `git fetch` and `git push` of the ledger: the only times this program starts git.
//!
//! Remotes are named as configured or given by git itself; refs are constants or ids of ours. No
//! value can become an option: each stands behind `--`.

use std::process::{Command, Stdio};

use provenance_core::git::Repository;
use provenance_core::id::CommitId;
use provenance_core::ledger::LEDGER_REF;
use provenance_core::path::RefName;

use crate::error::CliError;

/// The ref under which a remote's ledger is kept.
pub(crate) fn tracking_ref(remote: &str) -> Result<RefName, CliError> {
    let safe: String =
        remote.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    let name = format!("refs/notes/remotes/{}/provenance", safe.trim_matches('.'));
    name.parse().map_err(|_| CliError::usage(format!("`{remote}` is no name of a remote")))
}

/// Fetches a remote's ledger into its tracking ref; a remote without a ledger leaves none.
pub(crate) fn fetch(repository: &Repository, remote: &str) -> Result<(), CliError> {
    let tracking = tracking_ref(remote)?;
    let stem = tracking.as_str().trim_end_matches("provenance");
    // A pattern does not fail where nothing matches, and prunes what is gone.
    let refspec = format!("+{LEDGER_REF}*:{stem}provenance*");
    run(repository, &["fetch", "--quiet", "--no-tags", "--prune", "--no-write-fetch-head", "--", remote, &refspec])
        .map(drop)
}

/// Pushes a commit as the remote's ledger, never by force; says whether the remote took it.
pub(crate) fn push(repository: &Repository, remote: &str, commit: CommitId) -> Result<Result<(), String>, CliError> {
    let refspec = format!("{commit}:{LEDGER_REF}");
    match run(repository, &["push", "--quiet", "--no-verify", "--", remote, &refspec]) {
        Ok(()) => Ok(Ok(())),
        Err(error) => Ok(Err(error.message)),
    }
}

fn run(repository: &Repository, arguments: &[&str]) -> Result<(), CliError> {
    let mut command = Command::new("git");
    command.arg("--git-dir").arg(repository.git_dir()).args(["-c", "fetch.writeCommitGraph=false"]).args(arguments);
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| CliError::failed(format!("cannot run git: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(CliError::failed(format!("git {} ended with {}: {}", arguments[0], output.status, said.trim())))
}
