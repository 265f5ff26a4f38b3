//! Seeds from files: the golden records, and the published vectors where a checkout has them beside it.

use std::fs;
use std::path::{Path, PathBuf};

use provenance_core::envelope::Envelope;

/// The longest file that becomes a seed.
const MAX_LEN: u64 = 64 << 10;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A golden file.
pub(super) fn golden(name: &str) -> Vec<u8> {
    let path = workspace().join("provenance-core/tests/golden/v1").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The golden records, one line each, without newline; in order of their names.
pub(super) fn golden_lines() -> Vec<Vec<u8>> {
    let folder = workspace().join("provenance-core/tests/golden/v1");
    let lines = files(&folder).into_iter().filter(|path| path.extension().is_some_and(|end| end == "jsonl"));
    let lines = lines.map(|path| fs::read(path).expect("a golden file can be read").trim_ascii_end().to_vec());
    lines.collect()
}

/// The golden records' envelopes.
pub(super) fn golden_envelopes() -> Vec<Envelope> {
    golden_lines().iter().map(|line| Envelope::parse(line).expect("a golden line is an envelope")).collect()
}

/// The vectors in a folder of the published ones; none where there are none, or they are large.
pub(super) fn vectors(folder: &str) -> Vec<Vec<u8>> {
    let small =
        |path: &PathBuf| fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MAX_LEN);
    let found = files(&workspace().join("../shared/vectors").join(folder)).into_iter().filter(small);
    found.filter_map(|path| fs::read(path).ok()).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

/// Texts as seeds.
pub(super) fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}
