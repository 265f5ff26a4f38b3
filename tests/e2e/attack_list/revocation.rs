//! Attacks on time and on what no longer counts.

use super::{PEOPLE, Reviewed, allows, ana_approves, has_error, in_the_name_of, land, refuses, seal, text};
use crate::site::{Ran, Site};

/// The roster with Ed's key revoked from a day on.
fn revoked(site: &Site) -> String {
    let key = site.public("ed");
    let entry = format!("{{ public = \"{key}\", revoked = 2025-05-01, because = \"stolen\" }}");
    text(site, PEOPLE).replace(&format!("\"{key}\""), &entry)
}

/// R01, R03. A record of a revoked key is good again for nobody: somebody else reviews anew, or Ed with another key.
#[test]
fn no_date_that_a_record_states_is_before_a_revocation() {
    let reviewed = Reviewed::new();
    let site = &reviewed.site;
    let topic = site.repo.rev("topic");
    site.propose("people", &[(PEOPLE, &revoked(site))]);
    ana_approves(site, "main...people");
    allows(site, "main..people");
    land(site, "people");
    site.repo.git(&["branch", "--force", "topic", &topic]);
    for day in ["2025-06-01", "2025-04-01", "2020-01-01", "1970-01-01", "0000-01-01"] {
        let dated = reviewed.statement().replace("2025-06-01", day);
        reviewed.lines(&[&seal(site, "ed", dated)]);
        refuses(site, "main...topic", "revoked-key");
    }
    let ana = seal(site, "ana", in_the_name_of(site, "ana", &reviewed.statement()));
    reviewed.lines(&[&reviewed.review, &ana]);
    allows(site, "main...topic");
}

/// R05. `check` trusts the OLD that it is given; the server's hook takes it from its refs. A roster that puts the key back is a change
/// like any other.
#[test]
fn a_revoked_key_comes_back_by_no_older_roster() {
    let site = Site::new();
    let before = text(&site, PEOPLE);
    site.propose("people", &[(PEOPLE, &revoked(&site))]);
    ana_approves(&site, "main...people");
    land(&site, "people");
    site.propose("back", &[(PEOPLE, &before), ("content/b.md", "B\n")]);
    refuses(&site, "main..back", "missing-review").says("people.toml");
    // A branch from before the revocation is judged by the roster that is published.
    site.repo.git(&["checkout", "--quiet", "-B", "old", "main~1"]);
    site.repo.write("content/b.md", "B\n");
    site.commit_by("wes", "from an older state");
    site.signed("wes", &["declare", "main...old", "--branch", "main", "--extent", "none"]).ends(0);
    let review = ["review", "main...old", "--branch", "main", "--approve", "--answer", "accuracy=pass"];
    site.signed("ed", &review).ends(1).says("is revoked since");
    refuses(&site, "main...old", "missing-review");
    site.signed("ana", &review).ends(0);
    allows(&site, "main...old");
}

/// R06. A stated time decides nothing but that it is not to come: one before its own base is not looked at.
#[test]
fn a_review_of_tomorrow_does_not_count_today() {
    let reviewed = Reviewed::new();
    let at = |time: &str| {
        let dated = reviewed.statement().replace("2025-06-01T12:00:00Z", time);
        assert!(dated.contains(time));
        seal(&reviewed.site, "ed", dated)
    };
    for time in ["2025-06-01T12:05:01Z", "2026-01-01T00:00:00Z", "9999-12-30T00:00:00Z"] {
        reviewed.refuses(&[&at(time)], "future-timestamp");
    }
    let none = [
        "2025-06-01T12:00:60Z",
        "2025-06-01T12:00:00+00:00",
        "2025-02-30T12:00:00Z",
        "-001-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
    ];
    reviewed.ignores_all(&none.map(at), "bad-signature");
    for time in ["2025-06-01T12:05:00Z", "1999-01-01T00:00:00Z", "0000-01-01T00:00:00Z"] {
        reviewed.allows(&[&at(time)]);
    }
}

/// R08. The clock decides which keys, people and tools count now, and no more. One that is behind makes every record one of the future;
/// one that is ahead revives no key.
#[test]
fn a_wrong_clock_lets_nothing_pass_that_was_signed_after_it() {
    let reviewed = Reviewed::new();
    let at = |now: &str| {
        let mut command = reviewed.site.repo.command(env!("CARGO_BIN_EXE_git-provenance"));
        command.args(["--now", now, "check", "main...topic", "--format", "json"]);
        Ran::of(provenance_test_support::run(command, b""))
    };
    at("2025-06-01T12:00:00Z").ends(0);
    at("2055-06-01T12:00:00Z").ends(0);
    for early in ["2025-06-01T11:00:00Z", "2005-06-01T12:00:00Z", "1970-01-01T00:00:00Z"] {
        has_error(at(early).ends(1), "future-timestamp");
    }
    // Once a key is revoked, no later clock makes it good.
    let site = &reviewed.site;
    let topic = site.repo.rev("topic");
    land(site, "main");
    site.repo.write(PEOPLE, revoked(site));
    site.repo.commit("the key is stolen");
    site.repo.git(&["branch", "--force", "topic", &topic]);
    for now in ["2025-06-01T12:00:00Z", "2055-06-01T12:00:00Z"] {
        has_error(at(now).ends(1), "revoked-key");
    }
}
