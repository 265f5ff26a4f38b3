//! The fuzzers' targets, each for a moment: their seeds and some changes to them, the same in every run. And that
//! there is a target for every reader of foreign bytes.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use provenance_test_support::fuzz::TARGETS;

/// Changed seeds a target.
const CHANGES: usize = 250;

/// Public functions that take bytes or texts and are no readers of foreign ones, or are held elsewhere.
const NO_READERS: [(&str, &str); 26] = [
    ("draft::client_names::parse", "the company's own list"),
    ("draft::import::from_agent_trace", "reads with signal::agent_trace::read"),
    ("envelope::pae", "makes bytes"),
    ("envelope::pae_of", "makes bytes"),
    ("git::object::hash_blob", "hashes"),
    ("git::tree::get", "looks up a name"),
    ("git::write::blob", "writes"),
    ("id::$name", "an ObjectId of a kind, by a macro"),
    ("id::from_bytes", "takes any bytes of the right number"),
    ("id::of", "hashes"),
    ("id::of_payload", "hashes"),
    ("key::generate::generate", "makes a key"),
    ("key::private::decrypt", "takes seconds a call by design; what it opens is read as key::private::signer reads it"),
    ("key::private::from_seed", "makes a key"),
    ("key::public::from_ed25519", "a part of key::public::from_wire"),
    ("key::public::from_sk_ed25519", "a part of key::public::from_wire"),
    ("key::sshsig::armor", "makes text, and is read back by key::sshsig::dearmor"),
    ("key::sshsig::signed_data", "makes bytes"),
    ("key::sshsig::wrap", "makes bytes"),
    ("key::agent::sign_request", "makes bytes"),
    ("ledger::append::add_envelope", "writes"),
    ("ledger::append::add_line", "writes"),
    ("name::$name", "PersonId stands for all, by a macro"),
    ("path::is_component", "a part of path::RepoPath"),
    ("path::quote", "makes text, and is read back by path::RepoPath"),
    ("policy::clause::Clause", "a list of names"),
];

#[test]
fn every_target_holds_its_laws() {
    std::thread::scope(|scope| {
        let threads = TARGETS.map(|target| scope.spawn(|| target.smoke(CHANGES)));
        let ends = TARGETS.iter().zip(threads).map(|(target, thread)| (target.name, thread.join()));
        let broken: Vec<&str> = ends.filter(|(_, end)| end.is_err()).map(|(name, _)| name).collect();
        assert!(broken.is_empty(), "{broken:?}");
    });
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn every_target_has_its_fuzzer() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(targets.len(), TARGETS.len(), "names are distinct");
    let manifest = fs::read_to_string(workspace().join("fuzz/Cargo.toml")).unwrap();
    let mut programs = BTreeSet::new();
    for entry in fs::read_dir(workspace().join("fuzz/fuzz_targets")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(fs::read_to_string(&path).unwrap().contains(&format!("run(\"{name}\"")), "{name} runs another target");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is not in fuzz/Cargo.toml");
        programs.insert(name);
    }
    assert_eq!(programs, targets);
}

#[test]
fn every_reader_of_bytes_has_a_target() {
    let functions: Vec<Function> = sources().iter().flat_map(|(module, code)| functions(module, code)).collect();
    let names = |wanted: fn(&Function) -> bool| -> BTreeSet<&str> {
        functions.iter().filter(|function| wanted(function)).map(|function| function.name.as_str()).collect()
    };
    let (all, readers) = (names(|_| true), names(|function| function.reads));
    let held: BTreeSet<&str> = TARGETS.iter().flat_map(|target| target.reads).copied().collect();
    let others: BTreeSet<&str> = NO_READERS.iter().map(|(name, _)| *name).collect();
    let covered: BTreeSet<&str> = held.union(&others).copied().collect();
    assert_eq!(readers.difference(&covered).collect::<Vec<_>>(), Vec::<&&str>::new(), "no target reads these");
    assert_eq!(held.difference(&all).collect::<Vec<_>>(), Vec::<&&str>::new(), "targets read what is not there");
    assert_eq!(others.difference(&readers).collect::<Vec<_>>(), Vec::<&&str>::new(), "exceptions that are none");
    assert_eq!(held.intersection(&others).collect::<Vec<_>>(), Vec::<&&str>::new(), "exceptions that have a target");
}

/// The modules of the core and their code, without tests.
fn sources() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut todo, mut found) = (vec![src.clone()], Vec::new());
    while let Some(folder) = todo.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
                continue;
            }
            let name = path.strip_prefix(&src).unwrap().with_extension("");
            let module = name.to_str().unwrap().replace(['/', '\\'], "::").trim_end_matches("::mod").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            found.push((module, text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned()));
        }
    }
    found
}

/// A public function of the core, or a type that is parsed from text.
struct Function {
    name: String,
    /// Whether it takes bytes, or is named as a reader and takes text.
    reads: bool,
}

fn functions(module: &str, code: &str) -> Vec<Function> {
    let functions = code.split("pub fn ").skip(1).filter_map(|text| {
        let (name, rest) = text.split_once(['(', '<'])?;
        let parameters = rest.split_once(") ").map_or(rest, |(parameters, _)| parameters);
        let named_so = name.starts_with("parse") || name.starts_with("read");
        Some((name, parameters.contains("[u8") || (parameters.contains("&str") && named_so)))
    });
    let parsed = code.split("impl FromStr for ").skip(1).filter_map(|text| text.split_whitespace().next());
    let all = functions.chain(parsed.map(|name| (name, true)));
    all.map(|(name, reads)| Function { name: format!("{module}::{name}"), reads }).collect()
}
