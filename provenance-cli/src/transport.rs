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

/// The ref under which a remote's ledger is kept. No two remotes have the same: what cannot stand in
/// one component of a ref's name, and what escapes it, is written as `%` and two hexadecimal digits.
pub(crate) fn tracking_ref(remote: &str) -> Result<RefName, CliError> {
    let mut folder = String::new();
    let mut before = '.';
    for (at, c) in remote.char_indices() {
        // A component neither begins with a dot, nor has two in a row, nor ends with one or `.lock`.
        let fits = match c {
            '.' => before != '.' && !matches!(&remote[at..], "." | ".lock"),
            _ => c.is_ascii_alphanumeric() || c == '-' || c == '_',
        };
        if fits {
            folder.push(c);
        } else {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|byte| folder.push_str(&format!("%{byte:02X}")));
        }
        before = c;
    }
    let name = format!("refs/notes/remotes/{folder}/provenance");
    name.parse().map_err(|_| CliError::usage(format!("`{remote}` is no name of a remote")))
}

/// Lets a plain `git fetch` bring every remote's ledger along, and a plain `git notes merge` join it
/// line by line. Returns the remotes.
pub(crate) fn set_refspecs(repository: &Repository) -> Result<Vec<String>, CliError> {
    let remotes = repository.remotes()?;
    for remote in &remotes {
        let key = format!("remote.{remote}.fetch");
        let refspec = format!("+{LEDGER_REF}*:{}*", tracking_ref(remote)?);
        if !repository.config_all(&key)?.contains(&refspec) {
            repository.add_config(&key, &refspec)?;
        }
    }
    let (key, strategy) = ("notes.provenance.mergestrategy", "cat_sort_uniq");
    if repository.config(key)?.as_deref() != Some(strategy) {
        repository.set_config("notes.provenance.mergeStrategy", strategy)?;
    }
    Ok(remotes)
}

/// Fetches a remote's ledger into its tracking ref; a remote without a ledger leaves none.
pub(crate) fn fetch(repository: &Repository, remote: &str) -> Result<(), CliError> {
    let tracking = tracking_ref(remote)?;
    let stem = tracking.as_str().trim_end_matches("provenance");
    // A pattern does not fail where nothing matches, and prunes what is gone.
    let refspec = format!("+{LEDGER_REF}*:{stem}provenance*");
    // Without `--refmap=` git also moves what the clone's own refspecs name for it, as `+refs/notes/*:refs/notes/*` our ledger.
    let options = ["--quiet", "--no-tags", "--prune", "--refmap=", "--no-write-fetch-head", "--no-recurse-submodules"];
    run(repository, &[&["fetch"], &options[..], &["--", remote, &refspec]].concat())
}

/// Pushes a commit as the remote's ledger, never by force; says whether the remote took it.
pub(crate) fn push(repository: &Repository, remote: &str, commit: CommitId) -> Result<Result<(), String>, CliError> {
    let refspec = format!("{commit}:{LEDGER_REF}");
    match run(repository, &["push", "--quiet", "--no-verify", "--no-recurse-submodules", "--", remote, &refspec]) {
        Ok(()) => Ok(Ok(())),
        Err(error) => Ok(Err(error.message)),
    }
}

fn run(repository: &Repository, arguments: &[&str]) -> Result<(), CliError> {
    let mut command = Command::new("git");
    // `--no-verify` leaves out one hook, and there are more: `reference-transaction` sees every ref that a fetch moves.
    let settings = ["-c", "core.hooksPath=/dev/null", "-c", "fetch.writeCommitGraph=false"];
    command.arg("--git-dir").arg(repository.git_dir()).args(settings).args(arguments);
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| CliError::failed(format!("cannot run git: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(CliError::failed(format!("git {} ended with {}: {}", arguments[0], output.status, said.trim())))
}

#[cfg(test)]
mod tests {
    use super::tracking_ref;

    #[test]
    fn no_two_remotes_share_a_tracking_ref() {
        let names =
            ["a-b", "a/b", "a%2Fb", "a_b", "a.b", "a..b", "a.b.", ".a.b", "a", "a.", "a.lock", "a.locks", "\u{e9}"];
        let refs: std::collections::BTreeSet<String> =
            names.iter().map(|name| tracking_ref(name).unwrap().to_string()).collect();
        assert_eq!(refs.len(), names.len(), "{refs:?}");
        assert_eq!(tracking_ref("origin").unwrap().as_str(), "refs/notes/remotes/origin/provenance");
        assert_eq!(tracking_ref("a/b").unwrap().as_str(), "refs/notes/remotes/a%2Fb/provenance");
    }
}
