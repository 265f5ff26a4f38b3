//! The pure gate, judged on worlds made of values: no repository, no git, no clock.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

mod ai;
mod around_waivers;
mod binding;
mod branches;
mod company;
mod derivation;
mod floods;
mod freshness;
mod history;
mod incidents;
mod junk;
mod limits;
mod marks;
mod people;
mod policy_paths;
mod presence;
mod questions;
mod records;
mod rejections;
mod reviews;
mod seats;
mod signers;
mod spans;
mod split;
mod standing;
mod steps;
mod tools;
mod verdict;
mod ways;
mod wholeness;
mod world;
