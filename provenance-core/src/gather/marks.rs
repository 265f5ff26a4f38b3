//! Marks of AI: in commit messages, in other tools' notes of commits, in content.
//!
//! Nobody signed them and anybody may leave them out, so a note that cannot be read is said and blocks
//! nothing: it is worth as little as one that is not there.

use crate::finding::causes;
use crate::gate::{Mark, Marks};
use crate::git::{Commit, Repository};
use crate::id::{BlobId, CommitId, ObjectId};
use crate::ledger::Ledger;
use crate::path::RepoPath;
use crate::signal::{MAX_INPUT, Place, Reading, agent_trace, agentblame, front_matter, git_ai, image, trailers};

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

    /// What a commit and the notes of it say.
    pub(super) fn of_commit(&self, commit: &Commit) -> (CommitId, Reading, Vec<String>) {
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
                match self.repository.blob(blob, MAX_INPUT as u64) {
                    Ok(bytes) => readings.push(read(&bytes)),
                    Err(error) => refuse(causes(&error)),
                }
            }
        }
        (commit.id, Reading::join(readings), problems)
    }
}

/// What of a commit's reading concerns a path: what speaks of it, and what speaks of no path.
pub(super) fn concerning(path: &RepoPath, (commit, reading, problems): &(CommitId, Reading, Vec<String>)) -> Marks {
    let here = reading.signals.iter().filter(|signal| match &signal.place {
        Place::Path(of) => of == path,
        _ => true,
    });
    let marks = here.map(|signal| Mark { commit: Some(*commit), signal: signal.clone() }).collect();
    let problems =
        problems.iter().cloned().chain(reading.problems.iter().map(|problem| format!("{commit}: {problem}")));
    Marks { marks, problems: problems.collect() }
}

/// What content says of itself, by the reader that its name asks for.
pub(super) fn of_content(repository: &Repository, path: &RepoPath, content: ObjectId) -> Marks {
    let Some(read) = reader_of(path) else { return Marks::default() };
    match repository.blob(BlobId(content), MAX_INPUT as u64) {
        Ok(bytes) => {
            let reading = read(&bytes);
            let marks = reading.signals.into_iter().map(|signal| Mark { commit: None, signal }).collect();
            Marks { marks, problems: reading.problems.iter().map(ToString::to_string).collect() }
        }
        Err(error) => Marks { problems: [causes(&error)].into(), ..Marks::default() },
    }
}

fn reader_of(path: &RepoPath) -> Option<Reader> {
    let name = String::from_utf8_lossy(path.as_bytes()).to_ascii_lowercase();
    let (_, extension) = name.rsplit_once('.')?;
    match extension {
        "png" | "jpg" | "jpeg" | "webp" | "svg" | "gif" | "avif" | "jxl" | "tif" | "tiff" => Some(image::read),
        "md" | "markdown" | "mdx" | "html" | "htm" | "xhtml" => Some(front_matter::read),
        _ => None,
    }
}
