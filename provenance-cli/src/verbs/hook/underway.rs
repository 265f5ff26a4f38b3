//! Pushes that are under way: git has begun to judge them, and has not moved all of their refs.
//!
//! Git moves the refs of a push one after the other, some thousand of them in minutes, and asks no hook again. What a push was
//! free to move when it was judged another may list as a publish ref before it is moved. So each push notes, before it is
//! judged, which refs it moves and which names it lists, and then looks for the notes of others: of two at once one at
//! least sees the other, and is refused. A note ends with the process of git's that the hooks of a push have in common.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use provenance_core::finding::{Code, Finding};
use provenance_core::git::Repository;
use provenance_core::hook::Update;
use provenance_core::path::RefName;
use serde::{Deserialize, Serialize};

use crate::error::CliError;

/// How long a push may take where nothing says whether a process still runs.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

/// What a push does that another may not do meanwhile.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    /// The refs that really move.
    moves: BTreeSet<RefName>,
    /// The names that it puts on the list of publish refs.
    lists: BTreeSet<RefName>,
}

/// Notes a push, and says what keeps it from being judged now, if anything does.
pub(super) fn enter(
    repository: &Repository,
    updates: &[Update],
    lists: BTreeSet<RefName>,
) -> Result<Option<Finding>, CliError> {
    let moves = updates.iter().map(|update| repository.moved_ref(&update.name)).collect::<Result<_, _>>()?;
    let (own, folder) = (Note { moves, lists }, folder(repository));
    let path = write(&folder, &own).map_err(|error| {
        CliError::failed(format!("cannot write to {}: {error}", folder.display()))
            .hint("whoever runs the server lets the hook write there")
    })?;
    for (other, note) in notes(&folder)? {
        if other == path {
            continue;
        }
        if !is_under_way(&other) {
            remove(&other)?;
        } else if let Some(name) = clash(&own, &note).or_else(|| clash(&note, &own)) {
            let message = format!("one of two pushes that are under way lists {name}, and the other moves it");
            let hint =
                format!("push again in a while; if {} stays, whoever runs the server removes it", other.display());
            return Ok(Some(Finding::error(Code::UndecidedHistory, message).hint(hint)));
        }
    }
    Ok(None)
}

/// Takes the note of this push away: it is refused, or done.
pub(super) fn leave(repository: &Repository) -> Result<(), CliError> {
    let own = push();
    let mut files = notes(&folder(repository))?.into_iter().map(|(path, _)| path);
    files.by_ref().filter(|path| push_of(path) == Some(own)).try_for_each(|path| remove(&path))
}

fn folder(repository: &Repository) -> PathBuf {
    repository.common_dir().join("provenance").join("underway")
}

/// The process that runs the hooks of this push; where a script is between, it says which.
fn push() -> u32 {
    let said = std::env::var(super::PUSH).ok().and_then(|id| id.parse().ok());
    #[cfg(unix)]
    let parent = std::os::unix::process::parent_id();
    #[cfg(not(unix))]
    let parent = std::process::id();
    said.unwrap_or(parent)
}

fn push_of(note: &Path) -> Option<u32> {
    note.file_name()?.to_str()?.split('-').next()?.parse().ok()
}

/// Writes a note under a name that no other has, whole before it is seen.
fn write(folder: &Path, note: &Note) -> std::io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let name = format!("{}-{}-{}", push(), std::process::id(), since.as_nanos());
    let (partial, path) = (folder.join(format!(".{name}")), folder.join(name));
    fs::write(&partial, serde_json::to_vec(note)?)?;
    fs::rename(&partial, &path)?;
    Ok(path)
}

/// The notes that are there. What is none, or went meanwhile, is passed over.
fn notes(folder: &Path) -> Result<Vec<(PathBuf, Note)>, CliError> {
    let Ok(files) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut notes = Vec::new();
    for file in files {
        let path = file?.path();
        let note = push_of(&path).and_then(|_| fs::read(&path).ok());
        notes.extend(note.and_then(|bytes| Some((path, serde_json::from_slice(&bytes).ok()?))));
    }
    Ok(notes)
}

fn remove(note: &Path) -> Result<(), CliError> {
    match fs::remove_file(note) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Whether the push of a note may still move a ref.
fn is_under_way(note: &Path) -> bool {
    let processes = Path::new("/proc");
    if processes.join("self").exists() {
        return push_of(note).is_some_and(|push| processes.join(push.to_string()).exists());
    }
    let age = note.metadata().and_then(|about| about.modified()).ok().and_then(|time| time.elapsed().ok());
    age.is_none_or(|age| age < PATIENCE)
}

/// A name that one push lists and another moves.
fn clash<'n>(lister: &'n Note, mover: &'n Note) -> Option<&'n RefName> {
    lister.lists.intersection(&mover.moves).next()
}
