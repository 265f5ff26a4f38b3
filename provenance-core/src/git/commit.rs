//! Commits, parsed from their bytes as git parses them: neither grafts, replace refs, shallow files
//! nor mailmaps have a say.

use std::sync::Arc;

use super::Repository;
use super::object::{ObjectKind, ReadError};
use crate::id::{CommitId, ObjectId, TreeId};

/// The largest commit object that is read, in bytes.
const MAX_COMMIT: u64 = 64 << 20;

/// A larger commit is not kept after it was walked over, in bytes.
const KEPT_COMMIT: usize = 4 << 10;

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: CommitId,
    /// Its tree.
    pub tree: TreeId,
    /// Its parents, in order.
    pub parents: Vec<CommitId>,
    /// Who wrote it, unproven.
    pub author: Signature,
    /// Who committed it, unproven.
    pub committer: Signature,
    /// The message's bytes.
    pub message: Vec<u8>,
}

/// A name, address and time as a commit states them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signature {
    /// The name; bytes that are not UTF-8 are replaced.
    pub name: String,
    /// The address.
    pub email: String,
    /// Seconds since the epoch; 0 where they cannot be read.
    pub seconds: i64,
}

/// What history is made of.
#[derive(Debug)]
pub(super) struct Links {
    pub(super) tree: TreeId,
    pub(super) parents: Vec<CommitId>,
    /// The committer's date: it orders work and decides nothing.
    pub(super) seconds: i64,
}

impl Repository {
    /// The commit with this id.
    ///
    /// # Errors
    /// [`ReadError`] when it is missing, no commit, malformed or larger than 64 MiB.
    pub fn commit(&self, id: CommitId) -> Result<Commit, ReadError> {
        let walked = self.commits.borrow_mut().find(&id.0);
        let parsed = match walked {
            Some(data) => parse(id, &data),
            None => self.expect_object(ObjectKind::Commit, &id.0, MAX_COMMIT, |data| parse(id, data))?,
        };
        parsed.ok_or_else(|| malformed(id))
    }

    /// The committer's date of a commit, in seconds since the epoch; 0 where it cannot be read.
    ///
    /// # Errors
    /// As [`Repository::commit`].
    pub(crate) fn seconds(&self, id: CommitId) -> Result<i64, ReadError> {
        Ok(self.links(id)?.seconds)
    }

    pub(super) fn links(&self, id: CommitId) -> Result<Arc<Links>, ReadError> {
        if let Some(links) = self.links.borrow_mut().find(&id.0) {
            return Ok(links);
        }
        let parsed = self.expect_object(ObjectKind::Commit, &id.0, MAX_COMMIT, |data| {
            // Who walks over a stretch of history often asks next what its commits say.
            if data.len() <= KEPT_COMMIT {
                self.commits.borrow_mut().insert(id.0, &Arc::new(data.to_vec()));
            }
            parse_links(id, data)
        })?;
        let links = Arc::new(parsed.ok_or_else(|| malformed(id))?);
        self.links.borrow_mut().insert(id.0, Arc::clone(&links));
        Ok(links)
    }
}

fn malformed(id: CommitId) -> ReadError {
    let reason = "its header is not that of a commit".to_owned();
    ReadError::Malformed { kind: ObjectKind::Commit, id: id.0, reason }
}

fn parse(id: CommitId, data: &[u8]) -> Option<Commit> {
    let (tree, parents, mut rest) = parse_ids(id, data)?;
    let (mut author, mut committer) = (Signature::default(), Signature::default());
    while let Some((line, behind)) = take_line(rest) {
        rest = behind;
        if line.is_empty() {
            break;
        }
        if let Some(text) = line.strip_prefix(b"author ") {
            author = signature(text);
        } else if let Some(text) = line.strip_prefix(b"committer ") {
            committer = signature(text);
        }
    }
    Some(Commit { id, tree, parents, author, committer, message: rest.to_vec() })
}

/// The part of a commit that history is made of; long walks read nothing else of it.
fn parse_links(id: CommitId, data: &[u8]) -> Option<Links> {
    let (tree, parents, mut rest) = parse_ids(id, data)?;
    let mut seconds = 0;
    while let Some((line, behind)) = take_line(rest) {
        rest = behind;
        if line.is_empty() {
            break;
        }
        if let Some(text) = line.strip_prefix(b"committer ") {
            seconds = signature(text).seconds;
        }
    }
    Some(Links { tree, parents, seconds })
}

/// The tree, the parents, and the bytes behind them.
fn parse_ids(id: CommitId, data: &[u8]) -> Option<(TreeId, Vec<CommitId>, &[u8])> {
    let (line, mut rest) = take_line(data)?;
    let tree = TreeId(header_id(line, b"tree ")?);
    let mut parents = Vec::new();
    while rest.starts_with(b"parent ") {
        let (line, behind) = take_line(rest)?;
        parents.push(CommitId(header_id(line, b"parent ")?));
        rest = behind;
    }
    let foreign = tree.0.format() != id.0.format() || parents.iter().any(|parent| parent.0.format() != id.0.format());
    (!foreign).then_some((tree, parents, rest))
}

fn take_line(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = data.iter().position(|byte| *byte == b'\n')?;
    Some((&data[..end], &data[end + 1..]))
}

fn header_id(line: &[u8], key: &[u8]) -> Option<ObjectId> {
    std::str::from_utf8(line.strip_prefix(key)?).ok()?.parse().ok()
}

/// `Name <address> seconds zone`; what cannot be read is left empty.
fn signature(text: &[u8]) -> Signature {
    let text = String::from_utf8_lossy(text);
    let Some((name, rest)) = text.split_once('<') else {
        return Signature { name: text.trim().to_owned(), ..Signature::default() };
    };
    let (email, time) = rest.rsplit_once('>').unwrap_or((rest, ""));
    let seconds = time.split_whitespace().next().and_then(|seconds| seconds.parse().ok()).unwrap_or(0);
    Signature { name: name.trim().to_owned(), email: email.trim().to_owned(), seconds }
}
