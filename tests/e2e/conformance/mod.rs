//! Makes the cases of `tests/conformance`, compares them with what is published there, and runs them.
//!
//! `UPDATE_CONFORMANCE=1 cargo test --test e2e conformance::` writes cases that are not there yet. It changes none: a
//! published case stays what it is, and other behaviour is another case.

mod acceptances;
mod ai;
mod bound;
mod branches;
mod case;
mod chains;
mod envelopes;
mod formats;
mod guards;
mod hooks;
mod hostile;
mod incidents;
mod keys;
mod ledgers;
mod limits;
mod malformed;
mod merges;
mod pages;
mod policies;
mod pushes;
mod raw;
mod records;
mod registers;
mod rejections;
mod runner;
mod scans;
mod seats;
mod sets;
mod shadows;
mod signers;
mod topics;
mod trainings;
mod waivers;
mod ways;
mod world;

use std::collections::BTreeSet;
use std::fs;

use provenance_test_support::Repo;

use case::Case;

/// Every family of cases.
const FAMILIES: &[fn() -> Vec<Case>] = &[
    acceptances::cases,
    ai::cases,
    branches::cases,
    bound::cases,
    chains::cases,
    envelopes::cases,
    formats::cases,
    guards::cases,
    hooks::cases,
    hostile::cases,
    incidents::cases,
    ledgers::cases,
    limits::cases,
    malformed::cases,
    merges::cases,
    pages::cases,
    policies::cases,
    registers::cases,
    rejections::cases,
    scans::cases,
    seats::cases,
    sets::cases,
    shadows::cases,
    signers::cases,
    trainings::cases,
    waivers::cases,
    ways::cases,
];

#[test]
fn the_published_cases_are_the_ones_made_here() {
    let repo = Repo::empty_folder();
    let cases: Vec<Case> = std::thread::scope(|scope| {
        let running: Vec<_> = FAMILIES.iter().map(|family| scope.spawn(family)).collect();
        running.into_iter().flat_map(|family| family.join().unwrap()).collect()
    });
    if case::updating() {
        cases.iter().for_each(Case::write);
    }
    let mut wrong: Vec<String> = cases.iter().filter_map(|case| case.differs(|words| repo.git(words))).collect();
    let made: BTreeSet<String> = cases.iter().map(|case| case.name.to_owned()).collect();
    assert_eq!(made.len(), cases.len(), "two cases have one name");
    let there = fs::read_dir(case::folder().join("cases")).unwrap();
    let there: BTreeSet<String> = there.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    wrong.extend(there.difference(&made).map(|name| format!("{name}: nothing makes it")));
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
    let allowing = cases.iter().filter(|case| case.text.contains("\nexit 0\n")).count();
    assert!(allowing * 3 >= cases.len(), "{allowing} of {} cases allow", cases.len());
}
