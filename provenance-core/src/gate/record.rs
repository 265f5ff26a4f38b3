//! Filed lines: what a line of a note is, once its signature was tried with the one key it names.

use std::collections::BTreeMap;

use crate::envelope::{Envelope, Line, Verified};
use crate::id::{BlobId, RecordId, Sha256Digest};
use crate::key::{Proof, PublicKey};
use crate::policy::Policy;

/// The keys that signatures are tried with: everybody's in some rosters, valid or not.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    keys: BTreeMap<String, PublicKey>,
}

impl KeyRing {
    /// The keys in the rosters of these policies.
    pub fn of<'a>(policies: impl IntoIterator<Item = &'a Policy>) -> Self {
        let mut ring = Self::default();
        for policy in policies {
            for key in policy.roster().public_keys() {
                ring.keys.insert(key.fingerprint().to_string(), key.clone());
            }
        }
        ring
    }

    /// SHA-256 over the keys: rings of one digest try signatures alike.
    pub(crate) fn digest(&self) -> Sha256Digest {
        let fingerprints: Vec<&str> = self.keys.keys().map(String::as_str).collect();
        Sha256Digest::of(fingerprints.join("\n").as_bytes())
    }
}

/// A line of a note, with the blob id of the line itself.
#[derive(Debug)]
pub struct FiledLine {
    blob: BlobId,
    /// Bytes of the line without its newline.
    len: usize,
    content: Content,
}

/// What a filed line holds.
#[derive(Debug)]
#[non_exhaustive]
pub enum Content {
    /// A record whose signature verifies.
    Record(Box<Verified>),
    /// The envelope is filed under this blob id.
    Pointer(BlobId),
    /// An envelope whose key is in no roster.
    UnknownKey {
        /// The record's id.
        record: RecordId,
        /// The key id it names.
        keyid: String,
    },
    /// An envelope by a known key that proves nothing.
    Bad {
        /// The record's id.
        record: RecordId,
        /// Why.
        reason: String,
    },
    /// No envelope.
    Void {
        /// Why.
        reason: String,
    },
}

impl FiledLine {
    /// Reads a line (without its newline) and tries its signature with the one key of the ring
    /// that it names. `blob` is the git blob id of the line with its newline. Never fails: what is
    /// wrong with the line is part of the answer.
    pub fn read(line: &[u8], blob: BlobId, ring: &KeyRing) -> Self {
        Self::read_again(line, blob, ring, None)
    }

    /// The same for a line whose signature was tried with these keys before, and what it proved then.
    pub(crate) fn read_again(line: &[u8], blob: BlobId, ring: &KeyRing, proved: Option<Proof>) -> Self {
        let verify = |envelope: Envelope, key| match proved {
            Some(proof) => envelope.proved(key, proof),
            None => envelope.verify(key),
        };
        let content = match Line::parse(line) {
            Line::Pointer(id) => Content::Pointer(id),
            Line::Void(error) => Content::Void { reason: error.to_string() },
            Line::Envelope(envelope) => {
                let record = envelope.record_id();
                match ring.keys.get(envelope.keyid()) {
                    None => Content::UnknownKey { record, keyid: envelope.keyid().chars().take(80).collect() },
                    Some(key) => match verify(envelope, key) {
                        Ok(verified) => Content::Record(Box::new(verified)),
                        Err(error) => Content::Bad { record, reason: error.to_string() },
                    },
                }
            }
        };
        Self { blob, len: line.len(), content }
    }

    /// The git blob id of the line with its newline.
    pub fn blob(&self) -> BlobId {
        self.blob
    }

    /// Its length in bytes, without the newline.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// What the line holds.
    pub fn content(&self) -> &Content {
        &self.content
    }
}
