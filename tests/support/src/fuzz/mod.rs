//! The readers of foreign bytes, and the laws that hold for each whatever the bytes are.
//!
//! A [`Target`] is a plain function that panics where a law is broken. The fuzzers in `fuzz/` drive it, guided
//! by coverage, for as long as one likes; [`Target::smoke`] drives it with its seeds and a bounded number of
//! changes to them, the same in every run, as a part of the ordinary tests.
//!
//! A new reader is a line in `reads` of a target, or a target of its own: a file here, a line in [`TARGETS`],
//! a program in `fuzz/fuzz_targets`. `provenance-core/tests/fuzz_smoke.rs` finds readers that no target has.

mod envelope;
mod image;
mod keys;
mod merge;
mod mutate;
mod notes;
mod pack;
mod page;
mod policy;
mod records;
mod seeds;
mod signals;
mod sshsig;
mod statement;
mod trailers;
mod values;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::Random;

/// A reader, or a few that read the same bytes, with what must hold of them.
#[derive(Debug)]
pub struct Target {
    /// The name: of the fuzzer, its corpus and its file here.
    pub name: &'static str,
    /// The functions of the core that read the bytes, as `module::function`.
    pub reads: &'static [&'static str],
    /// Feeds the readers, and panics where a law is broken.
    pub run: fn(&[u8]),
    /// Bytes to begin with: well-formed ones, and near misses.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// What the format is made of.
    pub tokens: &'static [&'static str],
}

/// Every target.
pub const TARGETS: [&Target; 12] = [
    &envelope::TARGET,
    &statement::TARGET,
    &policy::TARGET,
    &notes::TARGET,
    &pack::TARGET,
    &keys::TARGET,
    &sshsig::TARGET,
    &records::TARGET,
    &trailers::TARGET,
    &image::TARGET,
    &page::TARGET,
    &merge::TARGET,
];

/// Feeds one target's readers; what the programs in `fuzz/fuzz_targets` do.
///
/// # Panics
/// Where a law is broken, or there is no such target.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("the target is in the list");
    (target.run)(bytes);
}

impl Target {
    /// Feeds the seeds, then so many changes of them, the same in every run.
    ///
    /// # Panics
    /// Where a law is broken; the bytes are said on stderr.
    pub fn smoke(&self, changes: usize) {
        let seeds = (self.seeds)();
        assert!(!seeds.is_empty(), "{} has no seeds", self.name);
        seeds.iter().for_each(|seed| self.try_run(seed));
        let mut random = Random(20_261_124);
        for _ in 0..changes {
            self.try_run(&mutate::changed(&seeds, self.tokens, &mut random));
        }
    }

    #[expect(clippy::print_stderr, reason = "a failure says what it failed on")]
    fn try_run(&self, bytes: &[u8]) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (self.run)(bytes))) {
            eprintln!("{} breaks a law on b\"{}\"", self.name, bytes.escape_ascii());
            resume_unwind(panic);
        }
    }
}
