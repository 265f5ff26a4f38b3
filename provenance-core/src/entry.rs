//! Entries and changes: what a tree holds at a path, and how that moves.
//!
//! An [`Entry`] binds mode, git id and SHA-256; a [`Slot`] is what a tree alone says, mode and git
//! id. A [`Change`] is a path with the entry before (or none) and the entry after (or none). All
//! comparison is of these values: no rename guessing, no attributes, no text diff.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{BlobId, CommitId, ObjectId, Sha256Digest, text_serde};
use crate::path::RepoPath;

/// The text is none of git's four file modes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a mode: expected 100644, 100755, 120000 or 160000")]
pub struct ParseModeError(String);

/// The kind of thing at a path.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// `100644`, a file.
    Regular,
    /// `100755`, an executable file.
    Executable,
    /// `120000`, a symbolic link.
    Symlink,
    /// `160000`, a submodule's commit.
    Gitlink,
}

impl Mode {
    /// Git's octal text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "100644",
            Self::Executable => "100755",
            Self::Symlink => "120000",
            Self::Gitlink => "160000",
        }
    }

    /// Whether it is a file with content that lines can be merged in.
    pub fn is_file(self) -> bool {
        matches!(self, Self::Regular | Self::Executable)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Mode {
    type Err = ParseModeError;

    fn from_str(text: &str) -> Result<Self, ParseModeError> {
        [Self::Regular, Self::Executable, Self::Symlink, Self::Gitlink]
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .ok_or_else(|| ParseModeError(text.chars().take(20).collect()))
    }
}

text_serde!(Mode, "git file mode", "^(100644|100755|120000|160000)$");

/// What a tree says of a path: mode and git id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot {
    /// The kind.
    pub mode: Mode,
    /// The blob, or for a gitlink the commit.
    pub id: ObjectId,
}

/// Mode, git id and SHA-256 of the content at a path; a gitlink has no content.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Entry {
    slot: Slot,
    sha256: Option<Sha256Digest>,
}

impl Entry {
    /// The entry of a blob; `None` when the mode is a gitlink's.
    pub fn blob(mode: Mode, id: BlobId, sha256: Sha256Digest) -> Option<Self> {
        (mode != Mode::Gitlink).then_some(Self { slot: Slot { mode, id: id.0 }, sha256: Some(sha256) })
    }

    /// The entry of a submodule's commit.
    pub fn gitlink(id: CommitId) -> Self {
        Self { slot: Slot { mode: Mode::Gitlink, id: id.0 }, sha256: None }
    }

    /// Mode and git id.
    pub fn slot(&self) -> Slot {
        self.slot
    }

    /// The mode.
    pub fn mode(&self) -> Mode {
        self.slot.mode
    }

    /// The git id: of the blob, or of a gitlink's commit.
    pub fn id(&self) -> ObjectId {
        self.slot.id
    }

    /// SHA-256 of the content; `None` for a gitlink alone.
    pub fn sha256(&self) -> Option<Sha256Digest> {
        self.sha256
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.slot.mode, self.slot.id)
    }
}

/// The JSON form: `mode` with `gitBlob` and `sha256`, or with `gitCommit` alone.
#[derive(Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Entry")]
struct WireEntry {
    mode: Mode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    git_blob: Option<BlobId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    git_commit: Option<CommitId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<Sha256Digest>,
}

impl Serialize for Entry {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let gitlink = self.mode() == Mode::Gitlink;
        let wire = WireEntry {
            mode: self.mode(),
            git_blob: (!gitlink).then_some(BlobId(self.id())),
            git_commit: gitlink.then_some(CommitId(self.id())),
            sha256: self.sha256,
        };
        wire.serialize(out)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let wire = WireEntry::deserialize(input)?;
        let entry = match (wire.git_blob, wire.git_commit, wire.sha256) {
            (Some(id), None, Some(sha256)) => Self::blob(wire.mode, id, sha256),
            (None, Some(id), None) if wire.mode == Mode::Gitlink => Some(Self::gitlink(id)),
            _ => None,
        };
        entry.ok_or_else(|| {
            serde::de::Error::custom("an entry has gitBlob and sha256, or mode 160000 and gitCommit alone")
        })
    }
}

impl schemars::JsonSchema for Entry {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Entry".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        WireEntry::json_schema(generator)
    }
}

/// Both ends of a change are the same, or there are none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the change of {0} changes nothing")]
pub struct NoChangeError(pub RepoPath);

/// A path moving from one entry (or none) to another (or none).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
pub struct Change {
    path: RepoPath,
    before: Option<Entry>,
    after: Option<Entry>,
}

impl Change {
    /// The change of a path between two ends.
    ///
    /// # Errors
    /// [`NoChangeError`] when the ends are equal.
    pub fn new(path: RepoPath, before: Option<Entry>, after: Option<Entry>) -> Result<Self, NoChangeError> {
        if before == after { Err(NoChangeError(path)) } else { Ok(Self { path, before, after }) }
    }

    /// The path.
    pub fn path(&self) -> &RepoPath {
        &self.path
    }

    /// The entry before; `None` where the change adds the path.
    pub fn before(&self) -> Option<Entry> {
        self.before
    }

    /// The entry after; `None` where the change deletes the path.
    pub fn after(&self) -> Option<Entry> {
        self.after
    }

    /// The ends that exist: before, then after.
    pub fn ends(&self) -> impl Iterator<Item = Entry> {
        self.before.into_iter().chain(self.after)
    }
}

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        // Both ends must be written out: `null` where there is none, never left away.
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            path: RepoPath,
            #[serde(deserialize_with = "Option::deserialize")]
            before: Option<Entry>,
            #[serde(deserialize_with = "Option::deserialize")]
            after: Option<Entry>,
        }
        let wire = Wire::deserialize(input)?;
        Self::new(wire.path, wire.before, wire.after).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(n: u8) -> Entry {
        let id = ObjectId::from_bytes(&[n; 20]).unwrap();
        Entry::blob(Mode::Regular, BlobId(id), Sha256Digest::of(&[n])).unwrap()
    }

    #[test]
    fn an_entry_says_its_kind_of_id() {
        let link = Entry::gitlink(CommitId(ObjectId::from_bytes(&[7; 20]).unwrap()));
        for entry in [blob(1), link] {
            let text = serde_json::to_string(&entry).unwrap();
            assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), entry);
        }
        let id = "07".repeat(20);
        for text in [
            format!(r#"{{"mode":"100644","gitCommit":"{id}"}}"#),
            format!(r#"{{"mode":"100644","gitBlob":"{id}"}}"#),
            format!(r#"{{"mode":"160000","gitBlob":"{id}","sha256":"{}"}}"#, "0".repeat(64)),
        ] {
            assert!(serde_json::from_str::<Entry>(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn refuses_a_change_that_changes_nothing_or_leaves_an_end_unsaid() {
        let path: RepoPath = "a".parse().unwrap();
        assert!(Change::new(path.clone(), Some(blob(1)), Some(blob(1))).is_err());
        assert!(Change::new(path.clone(), None, None).is_err());
        let change = Change::new(path, None, Some(blob(1))).unwrap();
        let text = serde_json::to_string(&change).unwrap();
        assert_eq!(serde_json::from_str::<Change>(&text).unwrap(), change);
        let unsaid = text.replace(r#""before":null,"#, "");
        assert!(serde_json::from_str::<Change>(&unsaid).is_err());
    }
}
