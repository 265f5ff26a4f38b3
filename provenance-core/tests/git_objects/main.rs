//! The module `git` against git itself, in repositories of both id formats.

#![allow(clippy::unwrap_used, reason = "a test fails by panic")]

mod history;
mod hostile;
mod open;
mod packs;
mod resolve;
mod trees;

use std::fmt::Write as _;
use std::str::FromStr;

use provenance_core::git::Repository;
use provenance_test_support::Repo;

/// One repository of each id format.
fn both_formats() -> [Repo; 2] {
    [Repo::new(), Repo::sha256()]
}

/// Our view of a test's repository.
fn open(repo: &Repo) -> Repository {
    Repository::discover(repo.path()).unwrap()
}

/// An id that git printed.
fn id<T: FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

/// An error with all its causes.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(text, ": {error}").unwrap();
        cause = error.source();
    }
    text
}
