//! The layers: a module uses lower ranks only, and git2 and zlib are named in one place.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

use std::path::{Path, PathBuf};

/// The modules, by rank.
const RANKS: [&[&str]; 8] = [
    &["id", "entry", "path", "name", "time", "json", "markup"],
    &["key", "merge", "page", "statement", "finding", "report", "signal"],
    &["envelope", "policy"],
    &["gate", "account", "schema"],
    &["git"],
    &["ledger"],
    &["gather"],
    &["audit", "check", "draft", "hook", "survey"],
];
/// Uses within a rank that are meant: of the values among each other, of reports and findings, and
/// of what callers call.
const SIDEWAYS: [(&str, &str); 14] = [
    ("entry", "id"),
    ("entry", "path"),
    ("path", "id"),
    ("name", "id"),
    ("time", "id"),
    ("statement", "key"),
    ("report", "finding"),
    ("report", "statement"),
    ("schema", "account"),
    ("audit", "check"),
    ("draft", "check"),
    ("survey", "draft"),
    ("hook", "audit"),
    ("hook", "check"),
];
/// What would let shallow files, grafts or libgit2's own opinions into a verdict.
const BANNED: [&str; 9] = [
    "parent_ids",
    "parent_id(",
    "revwalk",
    "inner.merge_base",
    "graph_descendant_of",
    "revparse",
    "diff_tree_to_tree",
    "merge_file",
    "find_note",
];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn files() -> Vec<(String, String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&src, &mut found);
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
            let module = name.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            // Documentation may name what it likes.
            let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            (module, name, code.join("\n"))
        })
        .collect()
}

fn rank(module: &str) -> Option<usize> {
    RANKS.iter().position(|modules| modules.contains(&module))
}

/// The modules of the crate that a text names.
fn used(code: &str) -> Vec<String> {
    let names = |rest: &str| {
        rest.chars().take_while(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '_').collect::<String>()
    };
    code.match_indices("crate::")
        .map(|(at, found)| names(&code[at + found.len()..]))
        .filter(|name| rank(name).is_some())
        .collect()
}

#[test]
fn modules_use_lower_ranks_only() {
    let (mut wrong, mut seen) = (Vec::new(), Vec::new());
    for (module, name, code) in files().into_iter().filter(|(module, ..)| module != "lib") {
        let own = rank(&module).unwrap_or_else(|| panic!("{name} has no rank"));
        for other in used(&code).into_iter().filter(|other| *other != module) {
            let theirs = rank(&other).unwrap();
            let meant = SIDEWAYS.iter().find(|pair| **pair == (module.as_str(), other.as_str()));
            seen.extend(meant);
            let meant = meant.is_some();
            if theirs > own || (theirs == own && !meant) {
                wrong.push(format!("{name} (rank {own}) uses {other} (rank {theirs})"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let unused = SIDEWAYS.iter().filter(|pair| !seen.contains(*pair)).collect::<Vec<_>>();
    assert!(unused.is_empty(), "no longer used: {unused:?}");
}

#[test]
fn git2_is_named_in_one_place_and_never_walks_history() {
    for (module, name, code) in files() {
        let named = ["git2", "zlib_rs", "flate2"].iter().find(|library| code.contains(**library));
        assert!(module == "git" || named.is_none(), "{name} names {named:?}");
        for banned in BANNED {
            assert!(!code.contains(banned), "{name} has {banned}");
        }
    }
}

#[test]
fn the_core_starts_no_process_and_reads_no_clock_network_or_environment() {
    for (_, name, code) in files() {
        for banned in
            ["std::process", "std::net", "std::env", "SystemTime::now", "Timestamp::now", "Instant::now", "getrandom"]
        {
            assert!(!code.contains(banned), "{name} has {banned}");
        }
    }
}
