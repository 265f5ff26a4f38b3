//! Benchmarks: figures as ratios to a baseline of the same run, on repositories made for it.
//!
//! Absolute times of a shared machine say little. Each figure has a baseline that is measured in
//! turns with it, and a budget for the ratio. A benchmark is a program that asks for what is named
//! on its command line, adds rows to [`Figures`] and prints them.
//!
//! Repositories are made once a run, and kept where `PROVENANCE_BENCH_DIR` names a folder.

mod data;
mod figures;
mod history;
mod site;

pub use data::{Folder, Note, as_stream, ledger, notes, signer};
pub use figures::{Figures, alternate, millis, sum};
pub use history::{LIVE, history, promoted};
pub use site::{HEAD_BRANCH, MAIN, NOW, Site, policy_files};
