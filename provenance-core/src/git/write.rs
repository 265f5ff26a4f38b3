//! Writing objects: few as loose files, many as one pack.

use std::collections::HashSet;

use git2::{ObjectType, OdbLookupFlags};

use super::tree::{TreeEntry, tree_bytes};
use super::{Cause, Repository, from_oid, to_format, to_oid};
use crate::id::{BlobId, CommitId, ObjectId, TreeId};

/// More objects than this are written as one pack.
const PACK_ABOVE: usize = 200;

/// Objects could not be written; nothing refers to those that were.
#[derive(Debug, thiserror::Error)]
#[error("cannot write objects: {source}")]
pub struct WriteError {
    #[source]
    source: Cause,
}

impl WriteError {
    pub(super) fn of(source: impl Into<Cause>) -> Self {
        Self { source: source.into() }
    }
}

impl From<git2::Error> for WriteError {
    fn from(source: git2::Error) -> Self {
        Self::of(source)
    }
}

/// Who writes, and when, as git commits say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// Seconds since the epoch.
    pub seconds: i64,
}

/// A commit to be written.
#[derive(Debug, Clone)]
pub struct CommitDraft {
    /// Its tree.
    pub tree: TreeId,
    /// Its parents.
    pub parents: Vec<CommitId>,
    /// Author and committer.
    pub author: Identity,
    /// Its message.
    pub message: String,
}

impl Repository {
    /// Writes a commit; moves no ref.
    ///
    /// # Errors
    /// [`WriteError`] when the object cannot be stored.
    pub fn write_commit(&self, draft: &CommitDraft) -> Result<CommitId, WriteError> {
        let clean = |text: &str| text.chars().filter(|c| !matches!(c, '<' | '>' | '\n' | '\0')).collect::<String>();
        let who =
            format!("{} <{}> {} +0000", clean(&draft.author.name), clean(&draft.author.email), draft.author.seconds);
        let mut text = format!("tree {}\n", draft.tree);
        for parent in &draft.parents {
            text.push_str(&format!("parent {parent}\n"));
        }
        text.push_str(&format!("author {who}\ncommitter {who}\n\n{}\n", draft.message.trim_end().replace('\0', "")));
        Ok(CommitId(from_oid(self.inner.odb()?.write(ObjectType::Commit, text.as_bytes())?)))
    }
}

/// Objects that are written together, by [`Batch::flush`]: until then they have an id and no place.
pub struct Batch<'r> {
    repository: &'r Repository,
    objects: Vec<(ObjectId, ObjectType, Vec<u8>)>,
}

impl<'r> Batch<'r> {
    /// An empty batch.
    pub fn new(repository: &'r Repository) -> Self {
        Self { repository, objects: Vec::new() }
    }

    /// Adds a blob and returns its id.
    ///
    /// # Errors
    /// [`WriteError`] when the bytes cannot be hashed.
    pub fn blob(&mut self, bytes: &[u8]) -> Result<BlobId, WriteError> {
        self.add(ObjectType::Blob, bytes.to_vec()).map(BlobId)
    }

    /// Adds a blob whose id is known already, and returns the id. That it is right is checked when the
    /// blob is written: [`Batch::flush`] fails otherwise.
    pub(crate) fn known_blob(&mut self, id: BlobId, bytes: Vec<u8>) -> BlobId {
        self.objects.push((id.0, ObjectType::Blob, bytes));
        id
    }

    /// Adds a tree of these entries, in any order, and returns its id.
    ///
    /// # Errors
    /// [`WriteError`] when the bytes cannot be hashed.
    pub fn tree(&mut self, entries: Vec<TreeEntry>) -> Result<TreeId, WriteError> {
        self.add(ObjectType::Tree, tree_bytes(entries)).map(TreeId)
    }

    fn add(&mut self, kind: ObjectType, bytes: Vec<u8>) -> Result<ObjectId, WriteError> {
        let id = from_oid(git2::Oid::hash_object_ext(kind, &bytes, to_format(self.repository.format))?);
        self.objects.push((id, kind, bytes));
        Ok(id)
    }

    /// Writes every object that is not in the repository yet, and checks that each has its id.
    ///
    /// # Errors
    /// [`WriteError`]; some objects may have been written, and nothing refers to them.
    pub fn flush(self) -> Result<(), WriteError> {
        let odb = self.repository.inner.odb()?;
        // Once: a look-up by itself would look for new packs whenever an object is not there.
        odb.refresh()?;
        let mut new = Vec::new();
        let mut seen = HashSet::new();
        for (id, kind, bytes) in self.objects {
            let oid = to_oid(&id)?;
            if seen.insert(id) && !odb.exists_ext(oid, OdbLookupFlags::NO_REFRESH) {
                new.push((oid, kind, bytes));
            }
        }
        if new.len() > PACK_ABOVE {
            self.repository.write_pack(&new)?;
        }
        for (oid, kind, bytes) in &new {
            let found = match new.len() > PACK_ABOVE {
                true => odb.exists_ext(*oid, OdbLookupFlags::NO_REFRESH),
                false => odb.write(*kind, bytes)? == *oid,
            };
            if !found {
                return Err(WriteError::of(format!("{oid} is not the id of what was written under it")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panic")]
mod tests {
    use provenance_test_support::Repo;

    use super::*;

    #[test]
    fn no_blob_is_written_under_an_id_that_is_not_its_own() {
        for (repo, count) in [Repo::new(), Repo::sha256()].iter().flat_map(|repo| [(repo, 10), (repo, 1000)]) {
            let git = Repository::discover(repo.path()).unwrap();
            let mut batch = Batch::new(&git);
            for index in 0..count {
                batch.blob(format!("{count}: {index}").as_bytes()).unwrap();
            }
            let (true_id, lie) = (git.hash_blob(b"mine"), git.hash_blob(b"another"));
            batch.known_blob(true_id, b"mine".to_vec());
            batch.known_blob(lie, b"a text".to_vec());
            let error = batch.flush().unwrap_err();
            assert!(error.to_string().contains(&lie.to_string()), "{error}");
        }
    }
}
