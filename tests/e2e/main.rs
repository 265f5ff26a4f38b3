//! End to end: the binary, in hermetic repositories, seen as its users see it.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a failure is a panic, and what is skipped is said")]

mod accept;
mod adopt;
mod agents;
mod attack_list;
mod attacks;
mod audit;
mod bounds;
mod branches;
mod ceremony;
mod channel;
mod clause_by_clause;
mod client_names;
mod clones;
mod commands;
mod company_site;
mod company_story;
mod conformance;
mod details;
mod faults;
mod formats;
mod hardware;
mod history;
mod incident;
mod inputs;
mod ledger;
mod paths;
mod push;
mod report;
mod safety;
mod server;
mod signals;
mod site;
mod story;
mod train;
mod transitions;
mod upkeep;
mod verbs;
mod waive;
