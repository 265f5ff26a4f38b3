//! `git check-attr` as the judge of patterns: what it matches a rule matches, and nothing else.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

use std::collections::BTreeSet;

use provenance_core::path::RepoPath;
use provenance_core::policy::Pattern;
use provenance_test_support::{Random, Repo};

const PARTS: [&str; 10] = ["a", "b", "ab", "*", "?", "**", "*.md", "[a-b]", "a*", "a\\*"];
const NAMES: [&str; 9] = ["a", "b", "ab", "abc", "A", ".a", "x.md", "a*", "-"];

/// Up to three of these, joined by slashes.
fn joined(random: &mut Random, parts: &[&str]) -> String {
    let count = 1 + random.below(3);
    (0..count).map(|_| parts[random.below(parts.len())]).collect::<Vec<_>>().join("/")
}

/// The pairs of a path and the number of a pattern that git finds to match.
fn matched_by_git(patterns: &[String], paths: &BTreeSet<String>) -> BTreeSet<(String, usize)> {
    let repo = Repo::new();
    let lines: String = patterns.iter().enumerate().map(|(n, pattern)| format!("{pattern} p{n}\n")).collect();
    repo.write(".gitattributes", lines);
    let input: String = paths.iter().map(|path| format!("{path}\0")).collect();
    let answer = String::from_utf8(repo.git_bytes(&["check-attr", "-z", "-a", "--stdin"], input)).unwrap();
    let fields: Vec<&str> = answer.split_terminator('\0').collect();
    let set = fields.chunks(3).filter(|fields| fields[1].starts_with('p') && fields[2] == "set");
    set.map(|fields| (fields[0].to_owned(), fields[1][1..].parse().unwrap())).collect()
}

#[test]
fn matches_what_git_matches_and_nothing_else() {
    let mut random = Random(20_261_123);
    let mut patterns: Vec<String> = (0..400)
        .map(|_| format!("{}{}", ["", "/"][random.below(2)], joined(&mut random, &PARTS)))
        .filter(|pattern| Pattern::new(pattern).is_ok())
        .collect();
    patterns.sort();
    patterns.dedup();
    let paths: BTreeSet<String> = (0..300).map(|_| joined(&mut random, &NAMES)).collect();
    let by_git = matched_by_git(&patterns, &paths);
    let mut ours = BTreeSet::new();
    for (n, text) in patterns.iter().enumerate() {
        let pattern = Pattern::new(text).unwrap();
        for path in paths.iter().filter(|path| pattern.matches(&path.parse::<RepoPath>().unwrap())) {
            ours.insert((path.clone(), n));
        }
    }
    assert!(patterns.len() > 100 && by_git.len() > 1000, "too little was tried");
    let differ: Vec<String> =
        ours.symmetric_difference(&by_git).map(|(path, n)| format!("{} {path}", patterns[*n])).collect();
    assert!(differ.is_empty(), "{differ:#?}");
}
