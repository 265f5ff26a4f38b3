//! Ranges and paths as they are typed.

use std::ffi::OsString;

use provenance_core::draft::span::{Paths, Selection};
use provenance_core::git::Repository;
use provenance_core::id::{CommitId, ObjectId};
use provenance_core::path::RefName;

use crate::app::App;
use crate::error::CliError;
use crate::paths;

/// A range as typed, its ends resolved.
#[derive(Debug, Clone)]
pub(crate) enum Typed {
    /// `A..B`; A may be all zeros, for a ref that is not there.
    Range(Option<CommitId>, CommitId),
    /// `A...B`
    Proposal(CommitId, CommitId),
    /// A commit against its first parent.
    Commit(CommitId),
}

/// A range and the refs that what it starts from was named by: the published side. What is proposed
/// may be called as it likes.
#[derive(Debug, Clone)]
pub(crate) struct Revision {
    pub(crate) typed: Typed,
    pub(crate) named: Vec<RefName>,
}

/// Reads a range.
pub(crate) fn parse(repository: &Repository, text: &str) -> Result<Revision, CliError> {
    let revision = ends(repository, text)?;
    match revision.typed {
        Typed::Range(Some(old), new) if !repository.is_ancestor(old, new)? => Err(no_move(text)),
        _ => Ok(revision),
    }
}

/// Reads a range for the gate: where its history cannot be walked, the report says so.
pub(crate) fn parse_for_gate(repository: &Repository, text: &str) -> Result<Revision, CliError> {
    let revision = ends(repository, text)?;
    match revision.typed {
        Typed::Range(Some(old), new) if matches!(repository.is_ancestor(old, new), Ok(false)) => Err(no_move(text)),
        _ => Ok(revision),
    }
}

fn ends(repository: &Repository, text: &str) -> Result<Revision, CliError> {
    let split =
        text.split_once("...").map(|ends| (ends, true)).or_else(|| text.split_once("..").map(|ends| (ends, false)));
    let Some(((left, right), proposal)) = split else {
        let found = repository.resolve(text)?;
        let named = found.name.filter(|_| !is_head(text)).into_iter().collect();
        return Ok(Revision { typed: Typed::Commit(found.commit), named });
    };
    let or_head = |text: &str| if text.is_empty() { "HEAD".to_owned() } else { text.to_owned() };
    let (left, right) = (or_head(left), or_head(right));
    let new = repository.resolve(&right)?;
    if left.parse::<ObjectId>().is_ok_and(|id| id.is_null()) && !proposal {
        return Ok(Revision { typed: Typed::Range(None, new.commit), named: new.name.into_iter().collect() });
    }
    let old = repository.resolve(&left)?;
    let named = old.name.filter(|_| !is_head(&left)).into_iter().collect();
    let typed =
        if proposal { Typed::Proposal(old.commit, new.commit) } else { Typed::Range(Some(old.commit), new.commit) };
    Ok(Revision { typed, named })
}

fn no_move(text: &str) -> CliError {
    let or_head = |end: &str| if end.is_empty() { "HEAD".to_owned() } else { end.to_owned() };
    let (left, right) = text.split_once("..").map(|(left, right)| (or_head(left), or_head(right))).unwrap_or_default();
    CliError::usage(format!("`{left}` is not an ancestor of `{right}`, so `{text}` is no move of a branch"))
        .hint(format!("for what `{right}` would bring to `{left}`, write `{left}...{right}`"))
}

/// Whether a revision is named by where HEAD happens to be.
fn is_head(text: &str) -> bool {
    text.starts_with("HEAD") || text.starts_with('@')
}

/// Parts arguments into a range, if the first is one, and paths. What could be both is refused.
pub(crate) fn split(
    app: &App,
    arguments: &[OsString],
    after_dashes: &[OsString],
) -> Result<(Option<Revision>, Paths), CliError> {
    let range = match arguments.first().and_then(|first| first.to_str()) {
        Some(first) if is_range(app, first)? => Some(parse(&app.repository, first)?),
        _ => None,
    };
    let rest = &arguments[usize::from(range.is_some())..];
    let paths = paths::several(app, rest.iter().chain(after_dashes).map(OsString::as_os_str))?;
    Ok((range, paths))
}

fn is_range(app: &App, text: &str) -> Result<bool, CliError> {
    if paths::is_plainly(text) {
        return Ok(false);
    }
    if text.contains("..") && !text.contains('/') {
        return Ok(true);
    }
    let repository = &app.repository;
    let is_path = !repository.is_bare() && app.dir.join(text).symlink_metadata().is_ok();
    let ends = text.split("..").map(|end| end.trim_start_matches('.')).filter(|end| !end.is_empty());
    let is_revision = ends.clone().count() > 0 && ends.clone().all(|end| repository.resolve(end).is_ok());
    match (is_revision, is_path) {
        (true, true) => Err(CliError::usage(format!("`{text}` is a revision and a path"))
            .hint(format!("write `-- {text}` for the path, or the full ref name for the revision"))),
        (false, false) if text.contains("..") => Ok(true),
        (is_revision, _) => Ok(is_revision),
    }
}

/// What a range selects; without one, what HEAD would bring to the branch's tip.
pub(crate) fn selection(
    repository: &Repository,
    range: Option<&Revision>,
    tip: CommitId,
) -> Result<Selection, CliError> {
    Ok(match range.map(|range| &range.typed) {
        Some(Typed::Range(Some(old), new)) => Selection::Range(*old, *new),
        Some(Typed::Range(None, _)) => return Err(CliError::usage("a range here needs a commit on its left side")),
        Some(Typed::Proposal(base, head)) => Selection::Proposal(*base, *head),
        Some(Typed::Commit(commit)) => Selection::Commit(*commit),
        None => Selection::Proposal(tip, repository.resolve("HEAD")?.commit),
    })
}
