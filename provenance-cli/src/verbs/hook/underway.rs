//! Pushes that are under way: git has begun to judge them, and has not moved all of their refs.
//!
//! Git moves the refs of a push one after the other, some thousand of them in minutes, and asks no hook again. What a push was
//! free to move when it was judged another may list as a publish ref before it is moved. So each push notes which refs it
//! moves, looks for what others list, and is judged; where it is allowed and lists names, it notes these, too, and looks for
//! others that move them. Each writes before it looks: of two at once one at least sees the other, and is refused. A note
//! ends with the process of git's that the hooks of a push have in common.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use provenance_core::check::CheckError;
use provenance_core::finding::{Code, Finding};
use provenance_core::git::Repository;
use provenance_core::hook::{Judged, Update};
use provenance_core::path::RefName;
use provenance_core::report::Verdict;
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

/// A push that is under way, with its note.
pub(super) struct Underway {
    folder: PathBuf,
    path: PathBuf,
    note: Note,
}

impl Underway {
    /// Notes which refs a push moves.
    pub(super) fn enter(repository: &Repository, updates: &[Update]) -> Result<Self, CliError> {
        let moves = updates.iter().map(|update| repository.moved_ref(&update.name)).collect::<Result<_, _>>()?;
        let folder = folder(repository);
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let path = folder.join(format!("{}-{}-{}", push(), std::process::id(), since.as_nanos()));
        let entered = Self { folder, path, note: Note { moves, lists: BTreeSet::new() } };
        entered.write()?;
        Ok(entered)
    }

    /// Judges the push, unless another lists what it moves. What it lists itself is noted only if it is allowed, so that nobody
    /// keeps others from moving their refs by a policy that nobody approved; then no other may be moving that.
    pub(super) fn judge(&mut self, judge: impl FnOnce() -> Result<Judged, CheckError>) -> Result<Judged, CliError> {
        if let Some(finding) = self.clash(|own, other| first_of_both(&own.moves, &other.lists))? {
            return Ok(Judged { findings: vec![finding], ..Judged::default() });
        }
        let mut judged = judge()?;
        if judged.verdict() == Verdict::Allowed && !judged.lists.is_empty() {
            self.note.lists.clone_from(&judged.lists);
            self.write()?;
            judged.findings.extend(self.clash(|own, other| first_of_both(&own.lists, &other.moves))?);
        }
        Ok(judged)
    }

    /// Writes the note, whole before it is seen.
    fn write(&self) -> Result<(), CliError> {
        write(&self.folder, &self.path, &self.note).map_err(|error| {
            CliError::failed(format!("cannot write to {}: {error}", self.folder.display()))
                .hint("whoever runs the server lets the hook write there")
        })
    }

    /// What keeps the push from going on beside another. Takes the notes of pushes away that have ended.
    fn clash(&self, name: impl Fn(&Note, &Note) -> Option<RefName>) -> Result<Option<Finding>, CliError> {
        for path in notes(&self.folder)?.into_iter().filter(|path| *path != self.path) {
            if !is_under_way(&path) {
                remove(&path)?;
            } else if let Some(name) = read(&path).and_then(|other| name(&self.note, &other)) {
                let note = path.file_name().unwrap_or_default().to_string_lossy();
                let message = format!("one of two pushes that are under way lists {name}, and the other moves it");
                let hint = format!(
                    "push again in a while; if it stays so, whoever runs the server removes provenance/underway/{note} there"
                );
                return Ok(Some(Finding::error(Code::UndecidedHistory, message).hint(hint)));
            }
        }
        Ok(None)
    }
}

fn first_of_both(moves: &BTreeSet<RefName>, lists: &BTreeSet<RefName>) -> Option<RefName> {
    moves.intersection(lists).next().cloned()
}

/// Takes the note of this push away: it is refused, or done.
pub(super) fn leave(repository: &Repository) -> Result<(), CliError> {
    let own = push();
    notes(&folder(repository))?.iter().filter(|path| push_of(path) == Some(own)).try_for_each(|path| remove(path))
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

fn write(folder: &Path, path: &Path, note: &Note) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let partial = folder.join(format!(".{name}"));
    fs::write(&partial, serde_json::to_vec(note)?)?;
    fs::rename(&partial, path)
}

/// The notes that are there.
fn notes(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let files = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        files => files?,
    };
    let mut notes = Vec::new();
    for file in files {
        notes.extend(Some(file?.path()).filter(|path| push_of(path).is_some()));
    }
    Ok(notes)
}

/// What a note says; nothing where it is none, or went meanwhile.
fn read(note: &Path) -> Option<Note> {
    serde_json::from_slice(&fs::read(note).ok()?).ok()
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

#[cfg(test)]
mod tests {
    use super::*;
    use provenance_test_support::Repo;

    fn enter(repository: &Repository, name: &str) -> Underway {
        Underway::enter(repository, &[Update { name: name.parse().unwrap(), old: None, new: None }]).unwrap()
    }

    fn listing(name: &str, findings: Vec<Finding>) -> Judged {
        Judged { lists: BTreeSet::from([name.parse().unwrap()]), findings, ..Judged::default() }
    }

    #[test]
    fn what_is_listed_keeps_others_from_moving_it_once_the_push_is_allowed_and_not_before() {
        let repo = Repo::new();
        let repository = Repository::discover(repo.path()).unwrap();
        let moves = || enter(&repository, "refs/heads/release").judge(|| Ok(Judged::default())).unwrap().verdict();
        let lists = |findings: &[Finding]| {
            let mut lister = enter(&repository, "refs/heads/main");
            lister.judge(|| Ok(listing("refs/heads/release", findings.to_vec()))).unwrap().verdict()
        };
        // What nobody approved stays in nobody's way.
        assert_eq!(lists(&[Finding::error(Code::MissingReview, "nobody has reviewed this")]), Verdict::Refused);
        assert_eq!(moves(), Verdict::Allowed);
        // It is noted what that moves, until it is through.
        assert_eq!(lists(&[]), Verdict::Undecided);
        leave(&repository).unwrap();
        assert_eq!(lists(&[]), Verdict::Allowed);
        assert_eq!(moves(), Verdict::Undecided);
        leave(&repository).unwrap();
        assert_eq!(moves(), Verdict::Allowed);
    }

    #[test]
    fn of_two_pushes_at_once_the_lister_sees_what_began_to_move_while_it_was_judged() {
        let repo = Repo::new();
        let repository = Repository::discover(repo.path()).unwrap();
        let mut lister = enter(&repository, "refs/heads/main");
        let judged = lister.judge(|| {
            let began = enter(&repository, "refs/heads/release").judge(|| Ok(Judged::default())).unwrap();
            assert_eq!(began.verdict(), Verdict::Allowed);
            Ok(listing("refs/heads/release", Vec::new()))
        });
        assert_eq!(judged.unwrap().verdict(), Verdict::Undecided);
    }
}
