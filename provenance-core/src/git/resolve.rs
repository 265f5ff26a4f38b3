//! What a person types for a commit: an id, a ref, and steps back from it. Nothing that could mean
//! two things is taken.

use git2::ErrorCode;

use super::object::{ObjectKind, ReadError};
use super::{Head, RefError, Repository, from_oid};
use crate::id::{CommitId, ObjectId};
use crate::path::RefName;

/// How many tags may lead to a tag to a commit.
const MAX_TAGS: usize = 16;
/// The largest tag object that is read, in bytes.
const MAX_TAG: u64 = 16 << 20;

/// How much of FETCH_HEAD is read: its first id stands at the start, in bytes.
const MAX_FETCH_LINE: u64 = 128;

/// Why a text names no commit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// There is nothing of this name.
    #[error("`{0}` is no commit, branch or tag of this repository")]
    Unknown(String),
    /// The name means several things.
    #[error("`{text}` is ambiguous: it could be {}", candidates.join(" or "))]
    Ambiguous {
        /// What was given.
        text: String,
        /// What it could mean.
        candidates: Vec<String>,
    },
    /// HEAD is on a branch without commits.
    #[error("{0} has no commit yet")]
    Unborn(RefName),
    /// The commit has fewer parents.
    #[error("`{0}` goes back further than the history does")]
    NoParent(String),
    /// A ref could not be read.
    #[error(transparent)]
    Ref(#[from] RefError),
    /// An object could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// A commit, and the ref that was named for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The commit.
    pub commit: CommitId,
    /// The ref, where the text was one and nothing more.
    pub name: Option<RefName>,
}

impl Repository {
    /// The commit that a person names: a full or abbreviated id, a full or short ref name, a remote (its HEAD), `HEAD`,
    /// `@` or `FETCH_HEAD` (its first line), followed by any of `~`, `~N`, `^`, `^N`. Parents are those of the raw commits.
    ///
    /// # Errors
    /// [`ResolveError`] when the text names nothing, or several things.
    pub fn resolve(&self, text: &str) -> Result<Resolved, ResolveError> {
        let cut = text.find(['~', '^']).unwrap_or(text.len());
        let (name, steps) = text.split_at(cut);
        let (id, found) = self.named(name, text)?;
        let mut commit = self.peel(id, text)?;
        if steps.is_empty() {
            return Ok(Resolved { commit, name: found });
        }
        for step in parse_steps(steps).ok_or_else(|| ResolveError::Unknown(text.to_owned()))? {
            let parents = self.links(commit)?.parents.clone();
            let parent = match step {
                0 => Some(commit),
                nth => parents.get(nth - 1).copied(),
            };
            commit = parent.ok_or_else(|| ResolveError::NoParent(text.to_owned()))?;
        }
        Ok(Resolved { commit, name: None })
    }

    /// The commit with this id, or that a tag with this id leads to.
    ///
    /// # Errors
    /// [`ResolveError`] when it is neither.
    pub fn peel_to_commit(&self, id: ObjectId) -> Result<CommitId, ResolveError> {
        self.peel(id, &id.to_string())
    }

    /// What the annotated tag with this id says it is called; `None` where the id is no tag's, or it does not say.
    ///
    /// # Errors
    /// [`ReadError`] when the object is missing, damaged or too large.
    pub fn try_find_tag_name(&self, id: ObjectId) -> Result<Option<Vec<u8>>, ReadError> {
        if !matches!(self.header(&id)?, Some((ObjectKind::Tag, _))) {
            return Ok(None);
        }
        self.expect_object(ObjectKind::Tag, &id, MAX_TAG, |data| {
            let header = data.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty());
            header.filter_map(|line| line.strip_prefix(b"tag ")).next().map(<[u8]>::to_vec)
        })
    }

    fn named(&self, name: &str, text: &str) -> Result<(ObjectId, Option<RefName>), ResolveError> {
        if let Ok(id) = name.parse::<ObjectId>()
            && id.format() == self.format
        {
            return Ok((id, None));
        }
        if name == "HEAD" || name == "@" {
            return match self.head()? {
                Some(Head::Branch(branch, id)) => Ok((id, Some(branch))),
                Some(Head::Detached(id)) => Ok((id, None)),
                Some(Head::Unborn(branch)) => Err(ResolveError::Unborn(branch)),
                None => Err(ResolveError::Unknown(text.to_owned())),
            };
        }
        // Whoever gives a full name means that ref, whatever `refs/tags/refs/heads/main` there is.
        if let Ok(full) = name.parse::<RefName>()
            && let Some(target) = self.try_find_ref(&full)?
        {
            return Ok((target.id, Some(target.symbolic.unwrap_or(full))));
        }
        let mut found: Vec<(ObjectId, Option<RefName>, String)> = Vec::new();
        if name == "FETCH_HEAD"
            && let Some(id) = self.fetch_head()
        {
            found.push((id, None, "what was last fetched".to_owned()));
        }
        let rules =
            [("refs/heads/", ""), ("refs/tags/", ""), ("refs/remotes/", ""), ("refs/", ""), ("refs/remotes/", "/HEAD")];
        for (prefix, suffix) in rules {
            let Ok(full) = format!("{prefix}{name}{suffix}").parse::<RefName>() else { continue };
            if let Some(target) = self.try_find_ref(&full)? {
                found.push((target.id, Some(target.symbolic.unwrap_or_else(|| full.clone())), full.to_string()));
            }
        }
        if let Some(id) = self.abbreviated(name, text)? {
            found.push((id, None, format!("object {id}")));
        }
        match found.as_slice() {
            [] => Err(ResolveError::Unknown(text.to_owned())),
            [(id, name, _)] => Ok((*id, name.clone())),
            several => Err(ResolveError::Ambiguous {
                text: text.to_owned(),
                candidates: several.iter().map(|(_, _, what)| what.clone()).collect(),
            }),
        }
    }

    /// The first id that the last `git fetch` left.
    fn fetch_head(&self) -> Option<ObjectId> {
        let mut line = Vec::new();
        let file = std::fs::File::open(self.git_dir().join("FETCH_HEAD")).ok()?;
        std::io::Read::read_to_end(&mut std::io::Read::take(file, MAX_FETCH_LINE), &mut line).ok()?;
        let id = line.split(|byte| *byte == b'\t').next()?;
        std::str::from_utf8(id).ok()?.parse::<ObjectId>().ok().filter(|id| id.format() == self.format)
    }

    fn abbreviated(&self, name: &str, text: &str) -> Result<Option<ObjectId>, ResolveError> {
        let is_hex =
            (4..self.format.id_len() * 2).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex {
            return Ok(None);
        }
        let refused = |source: git2::Error| RefError::Failed {
            deed: "cannot look up",
            name: name.to_owned(),
            source: source.into(),
        };
        let odb = self.inner.odb().map_err(refused)?;
        let short = git2::Oid::from_str_ext(name, super::to_format(self.format)).map_err(refused)?;
        match odb.exists_prefix(short, name.len()) {
            Ok(oid) => Ok(Some(from_oid(oid))),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) if error.code() == ErrorCode::Ambiguous => {
                Err(ResolveError::Ambiguous { text: text.to_owned(), candidates: vec!["several objects".to_owned()] })
            }
            Err(error) => Err(refused(error).into()),
        }
    }

    /// Follows annotated tags to the commit.
    fn peel(&self, mut id: ObjectId, text: &str) -> Result<CommitId, ResolveError> {
        for _ in 0..MAX_TAGS {
            match self.header(&id)? {
                Some((ObjectKind::Commit, _)) => return Ok(CommitId(id)),
                Some((ObjectKind::Tag, _)) => {}
                Some((found, _)) => return Err(ReadError::Kind { id, expected: ObjectKind::Commit, found }.into()),
                None => return Err(self.missing(ObjectKind::Commit, &id).into()),
            }
            let target = self.expect_object(ObjectKind::Tag, &id, MAX_TAG, |data| {
                let line = data.split(|byte| *byte == b'\n').next()?;
                std::str::from_utf8(line.strip_prefix(b"object ")?).ok()?.parse::<ObjectId>().ok()
            })?;
            id = target
                .filter(|target| target.format() == self.format)
                .ok_or_else(|| ResolveError::Unknown(text.to_owned()))?;
        }
        Err(ResolveError::Unknown(text.to_owned()))
    }
}

/// The parents to take, one by one: 1 for the first, 0 for the commit itself.
fn parse_steps(mut text: &str) -> Option<Vec<usize>> {
    let mut steps = Vec::new();
    while let Some((sign, rest)) = text.split_at_checked(1) {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: usize = if digits == 0 { 1 } else { rest[..digits].parse().ok()? };
        match sign {
            "~" if count <= 1_000_000 => steps.extend(std::iter::repeat_n(1, count)),
            "^" => steps.push(count),
            _ => return None,
        }
        text = &rest[digits..];
    }
    text.is_empty().then_some(steps)
}
