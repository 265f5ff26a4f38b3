//! Attacks by branches that begin at an older state of the authority, whose policy is laxer than the present one.

use super::{BY_AI, LEDGER, POLICY, RULES, ana_approves, land, pinned, text};
use crate::server::{push, server};
use crate::site::{Ran, Site};

const DRAFTS: &str = "refs/heads/drafts";
const RELEASE: &str = "refs/heads/release";
const TOOLS: &str = ".provenance/tools.toml";

/// A site that lists two more branches and has more rules, its root pinned.
fn listing(branches: &[&str], more: &str) -> Site {
    let site = Site::new();
    let list = branches.iter().map(|name| format!(", \"{name}\"")).collect::<String>();
    site.repo.write(RULES, POLICY.replace("[\"refs/heads/main\"]", &format!("[\"refs/heads/main\"{list}]")) + more);
    pinned(site)
}

/// Publishes other policy files on main, approved by an admin.
fn rule(site: &Site, files: &[(&str, &str)]) {
    site.propose("rules", files);
    ana_approves(site, "main...rules");
    push(site, &["rules:main", LEDGER]).ends(0);
    land(site, "rules");
}

/// Begins a branch at a state, as everybody sees it.
fn begin(site: &Site, branch: &str, at: &str) {
    push(site, &[&format!("{at}:{branch}")]).ends(0);
    site.repo.git(&["fetch", "--quiet", "origin"]);
}

fn signed(site: &Site, who: &str, branch: &str, words: &[&str]) -> Ran {
    site.signed(who, &[words, &["--branch", branch]].concat())
}

const APPROVE: [&str; 5] = ["review", "HEAD", "--approve", "--answer", "accuracy=pass"];

/// Wes declares that AI made what HEAD brings to release.
fn declared(site: &Site) -> Ran {
    signed(site, "wes", RELEASE, &[&["declare", "HEAD"], &BY_AI[..]].concat())
}

/// A page on top of a state, made by AI as its declaration says, that Ed approved for release.
fn by_ai(site: &Site, on: &str) {
    site.repo.git(&["checkout", "--quiet", "--force", "-B", "ai", on]);
    site.repo.write("content/c.md", "by a machine\n");
    site.commit_by("wes", "by a machine");
    declared(site).ends(0);
    signed(site, "ed", RELEASE, &APPROVE).ends(0);
}

/// P01.b, P01.c. A listed branch that is not there yet begins at any published state, also at one before a tool was retired or a course asked for.
#[test]
fn no_branch_that_begins_before_a_tool_was_retired_or_a_course_was_asked_for_escapes_either() {
    let course = "\n[course.basics]\ntitle = \"Basics\"\nmodules = [\"all\"]\nrequired-for = [\"ai\", \"review\"]\nvalid-days = 90\ntrainers = [\"admin\"]\n";
    for (file, code) in [(TOOLS, "unapproved-tool"), (RULES, "untrained")] {
        let site = listing(&[RELEASE], "");
        let server = server(&site);
        let root = site.repo.rev("main");
        site.repo.git(&["branch", "--quiet", "release", "main"]);
        by_ai(&site, &root);
        site.repo.git(&["checkout", "--quiet", "main"]);
        let stricter =
            if file == TOOLS { text(&site, TOOLS).replace("approved", "retired") } else { text(&site, RULES) + course };
        rule(&site, &[(file, &stricter)]);
        begin(&site, RELEASE, &root);
        let refused = push(&site, &["ai:release", LEDGER]).ends(1).says(&format!("{code} content/c.md"));
        if file == TOOLS {
            refused.says("at main, tool `writer` is retired");
        }
        assert_eq!(server.rev("release"), root);
        if file == TOOLS {
            // Nor is it signed for any more.
            site.repo.git(&["checkout", "--quiet", "ai"]);
            declared(&site).ends(2).says("retired");
        } else {
            for who in ["wes", "ed"] {
                site.signed("ana", &["train", who, "basics"]).ends(0);
            }
            push(&site, &["ai:release", LEDGER]).ends(0);
        }
    }
}

/// B15.g. What was approved for drafts is promoted only while the authority says so too.
#[test]
fn no_branch_that_begins_before_a_promotion_ended_takes_part_in_it() {
    let promote = format!("\n[[promote]]\nfrom = \"{DRAFTS}\"\nto = \"{RELEASE}\"\n");
    let site = listing(&[RELEASE, DRAFTS], &promote);
    let server = server(&site);
    let root = site.repo.rev("main");
    begin(&site, DRAFTS, &root);
    site.propose("topic", &[("content/c.md", "a draft\n")]);
    signed(&site, "wes", DRAFTS, &["declare", "HEAD", "--extent", "none"]).ends(0);
    signed(&site, "ed", DRAFTS, &APPROVE).ends(0);
    push(&site, &["topic:drafts", LEDGER]).ends(0);
    site.repo.git(&["checkout", "--quiet", "main"]);
    let ended = text(&site, RULES).replace(&promote, "");
    rule(&site, &[(RULES, &ended)]);
    begin(&site, RELEASE, &root);
    push(&site, &["topic:release"]).ends(1).says("missing-review content/c.md");
    // As it was before.
    server.git(&["update-ref", "refs/heads/main", &root]);
    push(&site, &["topic:release"]).ends(0);
}
