//! Attacks on an audit, and on what one branch takes from another: history that is told otherwise afterwards.

use super::{BY_AI, LEDGER, POLICY, RULES, allows, ana_approves, has_error, land, pinned, refuses, text};
use crate::server::{push, server};
use crate::site::{Ran, Site};

/// A site with a reviewed step, one that nobody reviewed, and a reviewed one again; and the three.
fn published() -> (Site, [String; 3]) {
    let site = Site::new();
    site.propose("one", &[("content/a.md", "1\n")]);
    ana_approves(&site, "main...one");
    land(&site, "one");
    site.repo.write("content/c.md", "nobody read this\n");
    let evil = site.commit_by("wes", "past the gate");
    site.propose("two", &[("content/b.md", "2\n")]);
    ana_approves(&site, "main...two");
    let one = site.repo.rev("one");
    land(&site, "two");
    let two = site.repo.rev("two");
    (site, [one, evil, two])
}

fn audit(site: &Site, more: &[&str]) -> Ran {
    site.run(&[&["audit", "--branch", "main", "--format", "json"], more].concat())
}

#[track_caller]
fn finds(ran: Ran, evil: &str) {
    let json = ran.ends(1).json();
    assert_eq!(json["refused"], 1, "{json}");
    assert_eq!(json["reports"][0]["transition"]["new"], evil);
    assert_eq!(json["reports"][0]["findings"][0]["code"], "missing-review");
}

/// G06.b. Nothing that git reads beside the commits themselves tells an audit another history.
#[test]
fn an_audit_walks_the_commits_as_they_are() {
    let (site, [one, evil, two]) = published();
    finds(audit(&site, &[]), &evil);
    // The step is replaced by its parent, the tip by one that leaves the step out, its page by a reviewed one.
    let without = site.repo.commit_tree(&site.repo.rev("main^{tree}"), &[&one], 1_750_000_000);
    for (name, by) in [(&evil, &one), (&two, &without)] {
        site.repo.git(&["replace", name, by]);
        finds(audit(&site, &[]), &evil);
        site.repo.git(&["replace", "-d", name]);
    }
    let [page, other] = [format!("{evil}:content/c.md"), "main:content/b.md".to_owned()].map(|rev| site.repo.rev(&rev));
    site.repo.git(&["replace", &page, &other]);
    finds(audit(&site, &[]), &evil);
    let info = site.repo.git_dir().join("info");
    std::fs::create_dir_all(&info).unwrap();
    std::fs::write(info.join("grafts"), format!("{two} {one}\n")).unwrap();
    std::fs::write(site.repo.git_dir().join("shallow"), format!("{two}\n")).unwrap();
    finds(audit(&site, &[]), &evil);
    let named = [("GIT_GRAFT_FILE", info.join("grafts").display().to_string())];
    let named = named.each_ref().map(|(name, value)| (*name, value.as_str()));
    finds(site.run_with(&["audit", "--branch", "main", "--format", "json"], &named, ""), &evil);
}

/// P11.a. Who moves the pin moves where trust starts: what is before it is not claimed, and the answer says from where it speaks.
#[test]
fn an_audit_speaks_from_its_root_and_of_no_other_history() {
    let (site, [one, evil, two]) = published();
    let root = site.repo.git(&["config", "provenance.root"]);
    for (pin, steps) in [(&evil, 1), (&two, 0)] {
        let json = audit(&site, &["--root", pin]).ends(0).json();
        assert_eq!((&json["root"], &json["steps"]), (&pin.as_str().into(), &steps.into()));
    }
    // The branch rewritten so that the step is gone, or its page came with a reviewed one; and a root that is no step of it.
    land(&site, &one);
    site.propose("three", &[("content/b.md", "3\n")]);
    ana_approves(&site, "main...three");
    let rewritten = site.repo.rev("three");
    land(&site, &rewritten);
    let json = audit(&site, &[]).ends(0).json();
    assert_eq!((&json["tip"], &json["steps"]), (&rewritten.as_str().into(), &2.into()));
    for gone in [&evil, &two] {
        has_error(audit(&site, &["--root", gone]).ends(3), "untrusted-root");
    }
    let squashed = site.repo.commit_tree(&site.repo.rev(&format!("{two}^{{tree}}")), &[&one], 1_750_000_000);
    site.repo.git(&["update-ref", "refs/heads/main", &squashed]);
    finds(audit(&site, &[]), &squashed);
    // A server lets nobody rewrite it.
    site.repo.git(&["checkout", "--quiet", "--force", "-B", "main", &root]);
    let server = server(&site);
    push(&site, &["one:main", LEDGER]).ends(0);
    push(&site, &[&format!("{rewritten}:main")]).ends(0);
    push(&site, &["--force", &format!("{squashed}:main")]).ends(1).says("rewound-branch");
    assert_eq!(server.rev("main"), rewritten);
}

/// G06.c. The order in which a merge has its parents says what the branch was: an audit follows the first.
#[test]
fn a_step_hidden_behind_a_merge_is_still_audited_for_what_it_brings() {
    let (site, [one, evil, _]) = published();
    for parents in [[&one, &evil], [&evil, &one]] {
        let tree = site.repo.rev(&format!("{evil}^{{tree}}"));
        let merge = site.repo.commit_tree(&tree, &[parents[0], parents[1]], 1_750_000_000);
        site.repo.git(&["update-ref", "refs/heads/main", &merge]);
        let told = if parents[0] == &one { &merge } else { &evil };
        finds(audit(&site, &[]), told);
    }
}

/// P15.a. On each branch the policy is its own files: a link between branches makes none, whatever it leads to.
#[test]
fn a_policy_that_another_branch_links_to_is_none() {
    let site = Site::new();
    site.repo.write(RULES, POLICY.replace("[\"refs/heads/main\"]", "[\"refs/heads/main\", \"refs/heads/release\"]"));
    let site = pinned(site);
    site.repo.git(&["branch", "--quiet", "release", "main"]);
    let on_release = |range: &str| site.run(&["check", range, "--branch", "refs/heads/release", "--format", "json"]);
    let lax = text(&site, RULES).replace("declaration = \"required\"\n", "");
    site.propose("link", &[("content/policy.toml", &lax)]);
    for target in ["../content/policy.toml", "policy.toml", "/dev/null", "../../main/.provenance/policy.toml"] {
        site.repo.remove(RULES);
        std::os::unix::fs::symlink(target, site.repo.path().join(RULES)).unwrap();
        let linked = site.commit_by("wes", "one policy for all");
        has_error(on_release(&format!("release..{linked}")).ends(1), "policy-removed");
        refuses(&site, &format!("main..{linked}"), "policy-removed");
        // Nor by a merge that takes the link from one side.
        site.repo.git(&["checkout", "--quiet", "--force", "--detach", "release"]);
        site.repo.merge(&[&linked], "take it");
        has_error(on_release("release..HEAD").ends(1), "policy-removed");
        site.repo.git(&["checkout", "--quiet", "--force", "link"]);
    }
    // Once it stands on a branch, by somebody with the server in hand, nothing is decided there.
    site.repo.git(&["update-ref", "refs/heads/release", "link"]);
    let more = site.repo.commit_tree(&site.repo.rev("main^{tree}"), &[&site.repo.rev("link")], 1_750_000_000);
    has_error(on_release(&format!("release..{more}")).ends(3), "undecided-policy");
    site.propose("fine", &[("content/b.md", "B\n")]);
    ana_approves(&site, "main...fine");
    allows(&site, "main..fine");
    // The authority without a policy decides for no branch.
    let main = site.repo.rev("main");
    site.repo.git(&["update-ref", "refs/heads/main", "link"]);
    has_error(on_release(&format!("{main}..fine")).ends(3), "undecided-policy");
}

/// G33.s. As G33.q, where the review counts no longer at the newest time, since the reviewer has left.
#[test]
fn no_days_on_which_others_sign_keep_an_audit_from_a_review_by_somebody_who_left() {
    let site = Site::new();
    let people = text(&site, ".provenance/people.toml");
    let key = format!("keys = [\"{}\"]", site.public("ed"));
    let ended = format!("keys = [{{ public = \"{}\", until = 2025-06-05 }}]", site.public("ed"));
    assert!(people.contains(&key));
    site.repo.write(".provenance/people.toml", people.replace(&key, &ended));
    let site = pinned(site);
    site.propose("other", &[("content/a.md", "not that\n")]);
    let of_bot = |now: &str| {
        let declare = ["declare", "main...other", "--branch", "refs/heads/main", "--now", now];
        site.signed("bot", &[&declare[..], &BY_AI].concat()).ends(0);
    };
    (1..=20).for_each(|day| of_bot(&format!("2025-05-{day:02}T12:00:00Z")));
    of_bot("2025-07-01T12:00:00Z");
    site.propose("one", &[("content/a.md", "1\n")]);
    let branch = ["--branch", "refs/heads/main", "--now", "2025-06-01T12:00:00Z"];
    site.signed("wes", &[&["declare", "main...one", "--extent", "none"], &branch[..]].concat()).ends(0);
    let approve = ["review", "main...one", "--approve", "--answer", "accuracy=pass"];
    site.signed("ed", &[&approve[..], &branch[..]].concat()).ends(0);
    land(&site, "one");
    let later = ["--now", "2025-08-01T12:00:00Z"];
    audit(&site, &later).ends(0);
    let evil = site.propose("evil", &[("content/c.md", "nobody read this\n")]);
    land(&site, "evil");
    finds(audit(&site, &later), &evil);
}

/// G33.q. Anybody of the roster, an agent too, can state any number of times between the step's date and that of its review.
#[test]
fn no_number_of_times_that_others_state_keeps_an_audit_from_the_review() {
    let site = Site::new();
    site.propose("other", &[("content/a.md", "not that\n")]);
    let days = (1..=20).map(|day| format!("2025-05-{day:02}T12:00:00Z"));
    let seconds = (10..30).map(|second| format!("2025-05-31T12:00:{second}Z"));
    for now in days.chain(seconds) {
        let declare = ["declare", "main...other", "--branch", "refs/heads/main", "--now", &now];
        site.signed("bot", &[&declare[..], &BY_AI].concat()).ends(0);
    }
    site.propose("one", &[("content/a.md", "1\n")]);
    ana_approves(&site, "main...one");
    land(&site, "one");
    audit(&site, &[]).ends(0);
    let evil = site.propose("evil", &[("content/c.md", "nobody read this\n")]);
    land(&site, "evil");
    finds(audit(&site, &[]), &evil);
}
