//! Objects as bytes: reading them, and why that can fail.
//!
//! An object that is read hashes to its id, which is checked each time. Sizes are known before
//! anything is inflated, or what is inflated is limited; and capped.

use std::fmt;
use std::sync::Arc;

use git2::{ErrorCode, ObjectType, OdbObject};

use super::{Cause, Repository, to_format, to_oid};
use crate::entry::{Entry, Mode, Slot};
use crate::id::{BlobId, CommitId, ObjectId, Sha256Digest};

/// The largest blob whose content is ever hashed or read: 2 GiB.
pub const MAX_BLOB: u64 = 2 << 30;
/// A larger blob is not kept after its content was hashed, in bytes.
pub(super) const KEPT_BLOB: usize = 256 << 10;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// A commit.
    Commit,
    /// A tree.
    Tree,
    /// A blob.
    Blob,
    /// An annotated tag.
    Tag,
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
            Self::Tag => "tag",
        })
    }
}

/// An object's kind and its raw bytes, without git's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The kind.
    pub kind: ObjectKind,
    /// The bytes.
    pub data: Vec<u8>,
}

/// What a repository lacks by the way it was cloned; its `Display` is the way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clone {
    /// History was cut off.
    pub shallow: bool,
    /// Objects were left out.
    pub partial: bool,
}

impl fmt::Display for Clone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.shallow, self.partial) {
            (true, false) => "this clone is shallow: run `git fetch --unshallow`",
            (false, true) => "this clone is partial: run `git fetch --refetch --no-filter`",
            (true, true) => {
                "this clone is shallow and partial: run `git fetch --unshallow`, then `git fetch --refetch --no-filter`"
            }
            (false, false) => "fetch it, or look for damage with `git fsck`",
        })
    }
}

/// Why something could not be read from the object database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The object is not here.
    #[error("{kind} {id} is not in this repository; {clone}")]
    Missing {
        /// What it should be.
        kind: ObjectKind,
        /// Its id.
        id: ObjectId,
        /// What kind of clone the repository is.
        clone: Clone,
    },
    /// The object is of another kind.
    #[error("{id} is a {found}, expected a {expected}")]
    Kind {
        /// Its id.
        id: ObjectId,
        /// What it should be.
        expected: ObjectKind,
        /// What it is.
        found: ObjectKind,
    },
    /// The object's bytes are not of their kind's form.
    #[error("{kind} {id} is malformed: {reason}")]
    Malformed {
        /// What it should be.
        kind: ObjectKind,
        /// Its id.
        id: ObjectId,
        /// What is wrong.
        reason: String,
    },
    /// The object's bytes cannot be had: damaged, or the storage failed.
    #[error("object {id} cannot be read")]
    Unreadable {
        /// Its id.
        id: ObjectId,
        /// What libgit2 said.
        #[source]
        source: Cause,
    },
    /// A limit was reached, which may be an attack: reading stopped.
    #[error("{what} of {id} exceed the limit of {limit}")]
    TooLarge {
        /// What there is too much of, in plural.
        what: &'static str,
        /// Where.
        id: ObjectId,
        /// How much would do.
        limit: u64,
    },
}

impl Repository {
    /// The object with this id, of at most `cap` bytes; `None` when it is not in the repository.
    ///
    /// # Errors
    /// [`ReadError::Unreadable`] when it is there and damaged, [`ReadError::TooLarge`] above `cap`.
    pub fn try_read(&self, id: &ObjectId, cap: u64) -> Result<Option<Object>, ReadError> {
        self.with_object(id, cap, |kind, data| Object { kind, data: data.to_vec() })
    }

    /// Kind and size in bytes of the object with this id; `None` when it is not in the repository.
    /// The content is neither read nor checked against its hash.
    ///
    /// # Errors
    /// [`ReadError::Unreadable`] when it is there and damaged.
    pub fn header(&self, id: &ObjectId) -> Result<Option<(ObjectKind, u64)>, ReadError> {
        if id.format() != self.format || id.is_null() {
            return Ok(None);
        }
        let unreadable = |source: git2::Error| ReadError::Unreadable { id: *id, source: source.into() };
        let odb = self.inner.odb().map_err(unreadable)?;
        match odb.read_header(to_oid(id).map_err(unreadable)?) {
            Ok((size, kind)) => Ok(Some((object_kind(id, kind)?, u64::try_from(size).unwrap_or(u64::MAX)))),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// The content of a blob of at most `cap` bytes.
    ///
    /// # Errors
    /// [`ReadError::Missing`], [`ReadError::Kind`], [`ReadError::TooLarge`], [`ReadError::Unreadable`].
    pub fn blob(&self, id: BlobId, cap: u64) -> Result<Vec<u8>, ReadError> {
        let known = self.contents.borrow_mut().find(&id.0);
        match known {
            Some(content) if content.len() as u64 <= cap => Ok(content.to_vec()),
            _ => self.expect_object(ObjectKind::Blob, &id.0, cap, <[u8]>::to_vec),
        }
    }

    /// The entry for what a tree says at a path: adds SHA-256 of the blob's content. Of a gitlink
    /// nothing is read.
    ///
    /// The content is held once, in libgit2's buffer, and hashed there; a blob above [`MAX_BLOB`]
    /// is refused before it is inflated. Digests are remembered, some ten thousand of them; and small
    /// contents for a while, since what a page says and shows is asked next.
    ///
    /// # Errors
    /// As [`Repository::blob`].
    pub fn entry(&self, slot: Slot) -> Result<Entry, ReadError> {
        if slot.mode == Mode::Gitlink {
            return Ok(Entry::gitlink(CommitId(slot.id)));
        }
        let known = self.digests.borrow_mut().find(&slot.id);
        let digest = match known {
            Some(digest) => digest,
            None => {
                let read = |content: &[u8]| {
                    if content.len() <= KEPT_BLOB {
                        self.contents.borrow_mut().insert(slot.id, &Arc::new(content.to_vec()));
                    }
                    Sha256Digest::of(content)
                };
                let digest = self.expect_object(ObjectKind::Blob, &slot.id, MAX_BLOB, read)?;
                self.digests.borrow_mut().insert(slot.id, digest);
                digest
            }
        };
        Ok(Entry::blob(slot.mode, BlobId(slot.id), digest).expect("a gitlink was answered above"))
    }

    /// The id these bytes have as a blob in this repository; nothing is written.
    pub fn hash_blob(&self, bytes: &[u8]) -> BlobId {
        let oid = git2::Oid::hash_object_ext(ObjectType::Blob, bytes, to_format(self.format));
        BlobId(super::from_oid(oid.expect("hashing bytes in memory as a blob cannot fail")))
    }

    /// What `read` makes of the object's bytes, which must be there and of this kind.
    pub(super) fn expect_object<T>(
        &self,
        expected: ObjectKind,
        id: &ObjectId,
        cap: u64,
        read: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, ReadError> {
        let result = self.with_object(id, cap, |found, data| match found == expected {
            true => Ok(read(data)),
            false => Err(ReadError::Kind { id: *id, expected, found }),
        })?;
        result.unwrap_or_else(|| Err(self.missing(expected, id)))
    }

    /// The error for an object that should be here.
    pub(super) fn missing(&self, kind: ObjectKind, id: &ObjectId) -> ReadError {
        let clone = Clone { shallow: self.is_shallow(), partial: self.is_partial() };
        ReadError::Missing { kind, id: *id, clone }
    }

    fn with_object<T>(
        &self,
        id: &ObjectId,
        cap: u64,
        read: impl FnOnce(ObjectKind, &[u8]) -> T,
    ) -> Result<Option<T>, ReadError> {
        if let Ok(mut packed) = self.packed.try_borrow_mut()
            && let Some((kind, data)) = packed.find(id, cap)
        {
            return Ok(Some(read(kind, data)));
        }
        let Some((_, size)) = self.header(id)? else { return Ok(None) };
        if size > cap {
            return Err(ReadError::TooLarge { what: "the bytes", id: *id, limit: cap });
        }
        let unreadable = |source: git2::Error| ReadError::Unreadable { id: *id, source: source.into() };
        let odb = self.inner.odb().map_err(unreadable)?;
        let object: OdbObject<'_> = odb.read(to_oid(id).map_err(unreadable)?).map_err(unreadable)?;
        Ok(Some(read(object_kind(id, object.kind())?, object.data())))
    }

    /// Whether some remote of this clone has promised objects that are not here.
    fn is_partial(&self) -> bool {
        let promises = || -> Result<bool, git2::Error> {
            let config = self.inner.config()?;
            let mut entries = config.entries(Some(r"^remote\..*\.promisor$"))?;
            Ok(entries.next().is_some())
        };
        promises().unwrap_or(false)
    }
}

fn object_kind(id: &ObjectId, kind: ObjectType) -> Result<ObjectKind, ReadError> {
    match kind {
        ObjectType::Commit => Ok(ObjectKind::Commit),
        ObjectType::Tree => Ok(ObjectKind::Tree),
        ObjectType::Blob => Ok(ObjectKind::Blob),
        ObjectType::Tag => Ok(ObjectKind::Tag),
        ObjectType::Any => Err(ReadError::Unreadable { id: *id, source: "it has no known kind".into() }),
    }
}
