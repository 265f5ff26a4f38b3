//! Documents that people accept, acknowledge and confirm, by their exact bytes.

use serde::{Deserialize, Serialize};

use super::{DigestSet, Subject};
use crate::id::{BlobId, Sha256Digest};
use crate::path::RepoPath;

/// A document as one commit of the publish branch has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Document {
    /// Its path.
    pub path: RepoPath,
    /// The git id of its content.
    pub git_blob: BlobId,
    /// SHA-256 of its content.
    pub sha256: Sha256Digest,
}

impl Document {
    pub(super) fn subject(&self) -> Subject {
        let digest = DigestSet { git_blob: Some(self.git_blob), git_commit: None, sha256: Some(self.sha256) };
        Subject { name: self.path.to_string(), digest }
    }
}
