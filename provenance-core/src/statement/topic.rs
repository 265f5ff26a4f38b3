//! Topics: what a record is about where no content is: a person, a path as such.

use std::fmt;

use super::{DigestSet, Subject};
use crate::id::Sha256Digest;
use crate::name::PersonId;
use crate::path::RepoPath;

/// A person or a path that records are about, whatever it holds.
///
/// Records of a topic are filed under the git blob id of its text, which has no other use: three
/// lines, of which the first is `git-provenance topic v1`, the second names the repository.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Topic {
    repository: String,
    about: About,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum About {
    Person(PersonId),
    Path(RepoPath),
}

impl Topic {
    /// A person's training and acceptances.
    pub fn person(repository: &str, person: &PersonId) -> Self {
        Self { repository: repository.to_owned(), about: About::Person(person.clone()) }
    }

    /// Incidents at a path.
    pub fn path(repository: &str, path: &RepoPath) -> Self {
        Self { repository: repository.to_owned(), about: About::Path(path.clone()) }
    }

    /// The bytes whose git blob id records are filed under: three lines, each with its newline.
    pub fn text(&self) -> String {
        format!("git-provenance topic v1\nrepository {}\n{self}\n", self.repository)
    }

    /// The topic as a statement's subject.
    pub(super) fn subject(&self) -> Subject {
        let sha256 = Some(Sha256Digest::of(self.text().as_bytes()));
        Subject { name: self.to_string(), digest: DigestSet { git_blob: None, git_commit: None, sha256 } }
    }
}

/// `person ana`, or `path docs/a.md` with the path as git quotes it.
impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.about {
            About::Person(person) => write!(f, "person {person}"),
            About::Path(path) => write!(f, "path {path}"),
        }
    }
}
