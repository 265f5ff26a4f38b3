//! Readers of other tools' marks of AI: what is a mark, what is none, and hostile bytes.

#![allow(clippy::unwrap_used, reason = "a test fails by panic")]

mod hostile;
mod image;
mod page;
mod records;
mod trailers;

use std::path::{Path, PathBuf};

use provenance_core::signal::{Claim, Reading};

/// The folder of foreign vectors; `None`, said on stderr, when this checkout has none.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn vectors() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors/foreign");
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: no vectors at {}", path.display());
    None
}

/// What a reading claims, as `claim tool model`.
fn told(reading: &Reading) -> Vec<String> {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    reading.signals.iter().map(|s| format!("{} {} {}", s.claim, text(&s.tool), text(&s.model))).collect()
}

fn claims(reading: &Reading) -> Vec<Claim> {
    reading.signals.iter().map(|signal| signal.claim).collect()
}
