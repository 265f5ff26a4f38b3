//! The pure gate, judged on worlds made of values: no repository, no git, no clock.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

mod ai;
mod binding;
mod branches;
mod derivation;
mod freshness;
mod junk;
mod people;
mod policy_paths;
mod questions;
mod records;
mod rejections;
mod reviews;
mod split;
mod steps;
mod wholeness;
mod world;
