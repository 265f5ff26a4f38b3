//! Texts that are parsed once: ids, paths, refs, times.

use std::fmt::Display;
use std::str::FromStr;

use provenance_core::entry::Mode;
use provenance_core::id::{CommitId, ObjectId, RecordId, Sha256Digest};
use provenance_core::key::Fingerprint;
use provenance_core::name::PersonId;
use provenance_core::path::{RefName, RepoPath, quote};
use provenance_core::time::{Day, Timestamp};

use super::seeds;

/// Every value has one text: what is accepted is written as it was.
pub(super) fn laws(text: &str) {
    one_text::<ObjectId>(text);
    one_text::<CommitId>(text);
    one_text::<RecordId>(text);
    one_text::<Sha256Digest>(text);
    one_text::<Fingerprint>(text);
    one_text::<PersonId>(text);
    one_text::<RefName>(text);
    one_text::<Mode>(text);
    one_text::<Day>(text);
    one_text::<Timestamp>(text);
    one_text::<RepoPath>(text);
    path(text.as_bytes());
    if let Ok(time) = text.parse::<Timestamp>() {
        assert!(Timestamp::from_seconds(time.seconds()) == Some(time) && time <= time.day().end());
    }
}

fn one_text<T: FromStr + Display>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string(), text, "a value has one text");
    }
}

/// Every path has a text, which reads back and is safe to print.
fn path(bytes: &[u8]) {
    if let Ok(path) = RepoPath::from_bytes(bytes) {
        let text = path.to_string();
        assert_eq!(text.parse::<RepoPath>().ok().as_ref(), Some(&path), "{text} reads back");
        assert!(!text.bytes().any(|byte| byte < 0x20 || byte == 0x7f), "{text:?} prints safely");
    }
    assert!(quote(bytes).len() <= 4 * bytes.len() + 2);
}

pub(super) fn samples() -> Vec<Vec<u8>> {
    seeds::texts(&[
        "docs/\u{e9}/a b.md",
        "\"a\\tb\\\\\\\"\\377\\001\"",
        "\"a\\3 7\"",
        "a/../b",
        ".GIT/config",
        "refs/heads/a/b",
        "refs/tags/v1.0",
        "refs/heads/a.lock",
        "2026-11-23T07:00:00Z",
        "0000-01-01T00:00:00Z",
        "9999-12-30T23:59:59Z",
        "2026-02-28",
        "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
        "120000",
        "ana.ruiz-2",
    ])
}
