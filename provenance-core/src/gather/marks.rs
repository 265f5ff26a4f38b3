//! Marks of AI: in commit messages, in other tools' notes of commits, in content.
//!
//! Nobody signed them and anybody may leave them out, so a note that cannot be read is said and blocks
//! nothing: it is worth as little as one that is not there.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use crate::finding::causes;
use crate::gate::{Mark, Marks};
use crate::git::{Commit, Repository};
use crate::id::{BlobId, CommitId, ObjectId};
use crate::ledger::Ledger;
use crate::path::RepoPath;
use crate::signal::{
    MAX_INPUT, Place, Reading, Signal, Source, agent_trace, agentblame, front_matter, git_ai, image, trailers,
};

/// How many marks of AI are kept that one commit, or one content, has of one source for a path. They are all worth the same, and a
/// note has room for thousands, which some other note may have as well.
const KEPT: usize = 16;
/// How many bytes are read of other tools' notes of the commits of one stretch, together: one large note may lie under every commit.
pub(super) const ROOM: u64 = 256 << 20;

/// Reads a note of one format.
type Reader = fn(&[u8]) -> Reading;

/// The notes refs of other tools that are read, where they are there.
const NOTES: [(&str, Reader); 3] = [
    ("refs/notes/ai", git_ai::read),
    ("refs/notes/agent-trace", agent_trace::read),
    ("refs/notes/agentblame", agentblame::read),
];

/// What commits and the notes of other tools say.
pub(crate) struct ForeignMarks<'r> {
    repository: &'r Repository,
    notes: Vec<(&'static str, Reader, Ledger<'r>)>,
    problems: Vec<String>,
}

impl<'r> ForeignMarks<'r> {
    /// The notes refs as they are now.
    pub(crate) fn open(repository: &'r Repository) -> Self {
        let mut found = Self { repository, notes: Vec::new(), problems: Vec::new() };
        for (name, reader) in NOTES {
            let name_of_ref = name.parse().expect("the constants are well-formed ref names");
            let target = match repository.try_find_ref(&name_of_ref) {
                Ok(None) => continue,
                Ok(Some(target)) => Ledger::at(repository, Some(CommitId(target.id))).map_err(|error| causes(&error)),
                Err(error) => Err(causes(&error)),
            };
            match target {
                Ok(notes) => found.notes.push((name, reader, notes)),
                Err(why) => found.problems.push(format!("{name}: {why}")),
            }
        }
        found
    }

    /// What a commit and the notes of it say, of notes as far as there is room.
    pub(super) fn of_commit(&self, commit: &Commit, room: &mut u64) -> (CommitId, Reading, Vec<String>) {
        let mut problems = self.problems.clone();
        let mut readings =
            vec![trailers::read(&commit.message), trailers::read_author(&commit.author.name, &commit.author.email)];
        for (name, read, notes) in &self.notes {
            let mut refuse = |why: String| problems.push(format!("{name} of {}: {why}", commit.id));
            let blobs = notes.notes(&commit.id.0).unwrap_or_else(|error| {
                refuse(causes(&error));
                Vec::new()
            });
            for blob in blobs {
                match self.note(blob, room) {
                    Ok(bytes) => readings.push(read(&bytes)),
                    Err(why) => refuse(why),
                }
            }
        }
        (commit.id, Reading::join(readings), problems)
    }

    fn note(&self, blob: BlobId, room: &mut u64) -> Result<Vec<u8>, String> {
        let size = self.repository.header(&blob.0).map_err(|error| causes(&error))?.map_or(0, |(_, size)| size);
        let Some(left) = room.checked_sub(size) else {
            return Err(format!(
                "the notes of these commits have more than {ROOM} bytes together, and no more are read"
            ));
        };
        *room = left;
        self.repository.blob(blob, MAX_INPUT as u64).map_err(|error| causes(&error))
    }
}

/// What of a commit's reading concerns a path: the marks of AI that speak of it, and those that speak of no path.
pub(super) fn concerning(path: &RepoPath, (commit, reading, problems): &(CommitId, Reading, Vec<String>)) -> Marks {
    let here = reading.signals.iter().filter(|signal| match &signal.place {
        Place::Path(of) => of == path,
        _ => true,
    });
    let marks = kept(here).map(|signal| Mark { commit: Some(*commit), signal: signal.clone() }).collect();
    let problems =
        problems.iter().cloned().chain(reading.problems.iter().map(|problem| format!("{commit}: {problem}")));
    Marks { marks, problems: problems.collect() }
}

/// The marks of AI among these signals, some of each source.
fn kept<'s>(signals: impl Iterator<Item = &'s Signal>) -> impl Iterator<Item = &'s Signal> {
    let mut counts: BTreeMap<Source, usize> = BTreeMap::new();
    signals.filter(|signal| signal.claim.is_ai()).filter(move |signal| {
        let count = counts.entry(signal.source).or_default();
        *count += 1;
        *count <= KEPT
    })
}

/// What contents say of themselves, each read once however many paths have it.
#[derive(Debug, Default)]
pub(super) struct Contents(RefCell<HashMap<(ObjectId, Form), Marks>>);

impl Contents {
    /// The marks of AI of a content, by the reader that the path's name asks for.
    pub(super) fn marks(&self, repository: &Repository, path: &RepoPath, content: ObjectId) -> Marks {
        let Some(form) = form_of(path) else { return Marks::default() };
        let mut known = self.0.borrow_mut();
        known.entry((content, form)).or_insert_with(|| of_content(repository, content, form)).clone()
    }
}

fn of_content(repository: &Repository, content: ObjectId, form: Form) -> Marks {
    match repository.blob(BlobId(content), MAX_INPUT as u64) {
        Ok(bytes) => {
            let reading = match form {
                Form::Image => image::read(&bytes),
                Form::Page => front_matter::read(&bytes),
            };
            let marks = kept(reading.signals.iter()).map(|signal| Mark { commit: None, signal: signal.clone() });
            Marks { marks: marks.collect(), problems: reading.problems.iter().map(ToString::to_string).collect() }
        }
        Err(error) => Marks { problems: [causes(&error)].into(), ..Marks::default() },
    }
}

/// How content is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    Image,
    Page,
}

fn form_of(path: &RepoPath) -> Option<Form> {
    let name = String::from_utf8_lossy(path.as_bytes()).to_ascii_lowercase();
    let (_, extension) = name.rsplit_once('.')?;
    match extension {
        "png" | "jpg" | "jpeg" | "webp" | "svg" | "gif" | "avif" | "jxl" | "tif" | "tiff" => Some(Form::Image),
        "md" | "markdown" | "mdx" | "html" | "htm" | "xhtml" => Some(Form::Page),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panic")]
mod tests {
    use provenance_test_support::Repo;

    use super::*;

    #[test]
    fn of_many_marks_of_a_commit_some_of_each_source_are_kept() {
        let path: RepoPath = "a.md".parse().unwrap();
        let trailers: String = (0..100).map(|at| format!("Assisted-by: tool:m-{at}\n")).collect();
        let entries: String = (0..100).map(|at| format!("  h_{at} 1\n  s_{at} 1\n")).collect();
        let sessions: Vec<String> =
            (0..100).map(|at| format!(r#""s_{at}":{{"agent_id":{{"tool":"t{at}"}}}}"#)).collect();
        let note = |path: &str| {
            let sessions = sessions.join(",");
            format!("{path}\n{entries}---\n{{\"schema_version\":\"authorship/3.0.0\",\"sessions\":{{{sessions}}}}}")
        };
        let commit = CommitId(provenance_test_support::id_of('1').parse().unwrap());
        let of = |note: String| {
            let readings = [trailers::read(format!("x\n\n{trailers}").as_bytes()), git_ai::read(note.as_bytes())];
            let found = concerning(&path, &(commit, Reading::join(readings), Vec::new())).marks;
            let count = |source| found.iter().filter(|mark| mark.signal.source == source).count();
            assert!(found.iter().all(|mark| mark.signal.claim.is_ai()));
            (count(Source::Trailer), count(Source::GitAi))
        };
        assert_eq!((of(note("a.md")), of(note("b.md"))), ((KEPT, KEPT), (KEPT, 0)));
    }

    #[test]
    fn a_content_is_read_once_and_by_the_form_that_each_name_asks_for() {
        let repo = Repo::new();
        let page = "---\nai-disclosure: ai-assisted\n---\n";
        let blob = repo.git_with(&["hash-object", "-w", "--stdin"], page);
        let (repository, contents) = (Repository::discover(repo.path()).unwrap(), Contents::default());
        let content: ObjectId = blob.parse().unwrap();
        let marks = |path: &str| contents.marks(&repository, &path.parse().unwrap(), content);
        let at_first = marks("a.md");
        assert_eq!(at_first.marks.len(), front_matter::read(page.as_bytes()).signals.len());
        assert!(!at_first.marks.is_empty());
        std::fs::remove_file(repo.git_dir().join("objects").join(&blob[..2]).join(&blob[2..])).unwrap();
        assert_eq!((marks("b.html"), contents.0.borrow().len()), (at_first, 1));
        assert!(marks("c.txt").problems.is_empty() && marks("d.png").problems.iter().any(|it| it.contains(&blob)));
    }

    #[test]
    fn notes_are_read_as_far_as_there_is_room() {
        let repo = Repo::new();
        let blob = BlobId(repo.git_with(&["hash-object", "-w", "--stdin"], "a note\n").parse().unwrap());
        let repository = Repository::discover(repo.path()).unwrap();
        let foreign = ForeignMarks::open(&repository);
        let mut room = 20;
        assert!(foreign.note(blob, &mut room).is_ok() && foreign.note(blob, &mut room).is_ok());
        assert!(foreign.note(blob, &mut room).unwrap_err().contains("no more are read"));
        assert_eq!(room, 6);
    }
}
