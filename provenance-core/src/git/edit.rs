//! Making commits without a working tree: edits of a tree, and the index brought along.

use std::collections::BTreeMap;
use std::path::Path;

use super::object::ReadError;
use super::tree::TreeEntry;
use super::write::{Batch, WriteError};
use super::{OpenError, Repository};
use crate::entry::{Mode, Slot};
use crate::id::TreeId;
use crate::path::RepoPath;

/// Why a tree could not be edited.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// A tree could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An object could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// What becomes of a path: new content with its mode, or nothing.
pub type Edit = Option<(Mode, Vec<u8>)>;

impl Repository {
    /// Makes a new repository with a working tree, on this branch (a short name).
    ///
    /// # Errors
    /// [`OpenError::Other`] when it cannot be made there.
    pub fn init(dir: &Path, branch: &str) -> Result<Self, OpenError> {
        let mut options = git2::RepositoryInitOptions::new();
        options.initial_head(branch).external_template(false).no_reinit(true);
        git2::Repository::init_opts(dir, &options)
            .map_err(|source| OpenError::Other { path: dir.to_owned(), source: source.into() })?;
        Self::discover(dir)
    }

    /// Writes the tree that edits make of another (`None`: the empty one). Folders that become
    /// empty vanish.
    ///
    /// # Errors
    /// [`EditError`] when a tree on the way cannot be read, or an object not be written.
    pub fn edit_tree(&self, base: Option<TreeId>, edits: &BTreeMap<RepoPath, Edit>) -> Result<TreeId, EditError> {
        let mut batch = Batch::new(self);
        let edits: Vec<(&[u8], &Edit)> = edits.iter().map(|(path, edit)| (path.as_bytes(), edit)).collect();
        let tree = match self.edit_level(&mut batch, base, &edits)? {
            Some(tree) => tree,
            None => batch.tree(Vec::new())?,
        };
        batch.flush()?;
        Ok(tree)
    }

    fn edit_level(
        &self,
        batch: &mut Batch<'_>,
        base: Option<TreeId>,
        edits: &[(&[u8], &Edit)],
    ) -> Result<Option<TreeId>, EditError> {
        let old = base.map(|id| self.tree(id)).transpose()?.unwrap_or_default();
        let mut entries: BTreeMap<Vec<u8>, TreeEntry> =
            old.entries().map(|entry| (entry.name.to_vec(), entry.to_owned())).collect();
        let mut folders: BTreeMap<&[u8], Vec<(&[u8], &Edit)>> = BTreeMap::new();
        for (path, edit) in edits {
            match path.iter().position(|byte| *byte == b'/') {
                Some(slash) => folders.entry(&path[..slash]).or_default().push((&path[slash + 1..], edit)),
                None => match edit {
                    Some((mode, bytes)) => {
                        let slot = Slot { mode: *mode, id: batch.blob(bytes)?.0 };
                        entries.insert(path.to_vec(), TreeEntry::leaf(path.to_vec(), slot));
                    }
                    None => drop(entries.remove(*path)),
                },
            }
        }
        for (name, inside) in folders {
            let below = entries.get(name).and_then(TreeEntry::tree);
            match self.edit_level(batch, below, &inside)? {
                Some(tree) => drop(entries.insert(name.to_vec(), TreeEntry::subtree(name.to_vec(), tree))),
                None => drop(entries.remove(name)),
            }
        }
        if entries.is_empty() {
            return Ok(None);
        }
        Ok(Some(batch.tree(entries.into_values().collect())?))
    }

    /// Brings the index up to date with some files of the working tree.
    ///
    /// # Errors
    /// [`WriteError`] when the index cannot be read or written.
    pub fn stage(&self, paths: &[RepoPath]) -> Result<(), WriteError> {
        let mut index = self.inner.index()?;
        for path in paths {
            index.add_path(Path::new(&*String::from_utf8_lossy(path.as_bytes())))?;
        }
        Ok(index.write()?)
    }
}
