//! Attacks by dates that a commit states of itself, where something is published by what an audit of the branch says.

use provenance_test_support::run;

use super::{LEDGER, PEOPLE, land, text, with_policy};
use crate::server::{push, server};
use crate::site::{Ran, Site};

const FEBRUARY: (i64, &str) = (1_738_368_000, "2025-02-01T00:00:00Z");
const APRIL: (i64, &str) = (1_743_465_600, "2025-04-01T00:00:00Z");
const MAY: (i64, &str) = (1_746_835_200, "2025-05-10T00:00:00Z");

fn signed_at(site: &Site, now: &str, who: &str, words: &[&str]) {
    let mut command = site.repo.command(env!("CARGO_BIN_EXE_git-provenance"));
    command.args(["--now", now]).args(words).arg("--key").arg(site.key(who));
    Ran::of(run(command, b"")).ends(0);
}

/// A step of that date on top of main with these files, that Wes declared and somebody approved then.
fn step(site: &Site, (seconds, now): (i64, &str), files: &[(&str, &str)], by: &str) -> String {
    let main = site.repo.rev("main");
    site.propose("step", files);
    let step = site.repo.commit_tree(&site.repo.rev("step^{tree}"), &[&main], seconds);
    site.repo.git(&["branch", "--quiet", "--force", "dated", &step]);
    let range = ["main...dated", "--branch", "refs/heads/main"];
    signed_at(site, now, "wes", &[&["declare"], &range[..], &["--extent", "none"]].concat());
    signed_at(site, now, by, &[&["review"], &range[..], &["--approve", "--answer", "accuracy=pass"]].concat());
    step
}

/// R05.d. A push may leave behind a step that nobody judged, with any date: it is as old as what it follows, and a key that is revoked
/// before it in history never counted. What counted when it was published still does.
#[test]
fn no_ref_begins_at_a_step_that_says_it_is_older_than_what_it_follows() {
    for (kind, code) in [("revoked", "revoked-key"), ("expired", "unknown-key"), ("retired", "unknown-key")] {
        let site =
            with_policy("[\"refs/heads/main\"]", "[\"refs/heads/main\", \"refs/heads/release\", \"refs/tags/v2\"]");
        let server = server(&site);
        let early = step(&site, FEBRUARY, &[("content/b.md", "B\n")], "ed");
        land(&site, &early);
        let key = format!("[\"{}\"]", site.public("ed"));
        let mut entry = match kind {
            "revoked" => {
                key.replace("[\"", "[{ public = \"").replace("\"]", "\", revoked = 2025-05-01, because = \"lost\" }]")
            }
            "expired" => key.replace("[\"", "[{ public = \"").replace("\"]", "\", until = 2025-04-30 }]"),
            _ => format!("{key}\nretired = 2025-04-30"),
        };
        entry.push('\n');
        let left = step(&site, MAY, &[(PEOPLE, &text(&site, PEOPLE).replace(&format!("{key}\n"), &entry))], "ana");
        push(&site, &[&format!("{early}:main"), LEDGER]).ends(0);
        push(&site, &[&format!("{left}:main"), LEDGER]).ends(0);
        land(&site, &left);
        let evil = step(&site, APRIL, &[("content/c.md", "only Ed's key read this\n")], "ed");
        push(&site, &[&format!("{evil}:main"), LEDGER]).ends(1).says(code);
        let back = site.repo.commit_tree(&site.repo.rev(&format!("{left}^{{tree}}")), &[&evil], APRIL.0 + 60);
        push(&site, &[&format!("{back}:main"), LEDGER]).ends(0);
        for name in ["refs/tags/v2", "refs/heads/release"] {
            push(&site, &[&format!("{evil}:{name}")]).ends(1).says("rewound-branch").says(code);
            assert!(server.try_git(&["rev-parse", "--verify", "--quiet", name]).stdout.is_empty());
            push(&site, &[&format!("{early}:{name}")]).ends(0);
        }
    }
}
