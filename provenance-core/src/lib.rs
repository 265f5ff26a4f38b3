//! Signed provenance records in git notes, and the gate that judges them.
//!
//! Modules have ranks and use lower ranks only (`tests/layers.rs` holds it):
//!
//! 0. [`id`], [`entry`], [`path`], [`name`], [`time`], [`json`]: checked values
//! 1. [`key`], [`merge`], [`page`], [`statement`], [`finding`], [`report`], [`signal`]
//! 2. [`envelope`], [`policy`]
//! 3. [`gate`], [`account`], [`schema`]
//! 4. `git`: the only part that names git2 (feature `git`, as everything above it)
//! 5. `ledger`
//! 6. `gather`
//! 7. `check`, `audit`, `draft`, `hook`, `survey`: what callers call

// rank 0
pub mod entry;
pub mod id;
pub mod json;
mod markup;
pub mod name;
pub mod path;
pub mod time;
// rank 1
pub mod finding;
pub mod key;
pub mod merge;
pub mod page;
pub mod report;
pub mod signal;
pub mod statement;
// rank 2
pub mod envelope;
pub mod policy;
// rank 3
pub mod account;
pub mod gate;
pub mod schema;
// rank 4
#[cfg(feature = "git")]
pub mod git;
// rank 5
#[cfg(feature = "git")]
pub mod ledger;
// rank 6
#[cfg(feature = "git")]
pub mod gather;
// rank 7
#[cfg(feature = "git")]
pub mod audit;
#[cfg(feature = "git")]
pub mod check;
#[cfg(feature = "git")]
pub mod draft;
#[cfg(feature = "git")]
pub mod hook;
#[cfg(feature = "git")]
pub mod survey;
