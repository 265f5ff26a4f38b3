//! Writes the fuzzers' seeds: `seeds FOLDER` makes one folder a target in it, with a dictionary beside.

use std::fs;
use std::io;
use std::path::PathBuf;

use provenance_test_support::fuzz::TARGETS;

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("fuzz/corpus"), PathBuf::from);
    for target in TARGETS {
        let corpus = folder.join(target.name);
        fs::create_dir_all(&corpus)?;
        for (number, seed) in (target.seeds)().iter().enumerate() {
            fs::write(corpus.join(format!("seed-{number:03}")), seed)?;
        }
        let hex = |byte: u8| format!("\\x{byte:02x}");
        let entry = |token: &&str| format!("\"{}\"\n", token.bytes().map(hex).collect::<String>());
        let dictionary: String = target.tokens.iter().map(entry).collect();
        fs::write(folder.join(format!("{}.dict", target.name)), dictionary)?;
    }
    Ok(())
}
