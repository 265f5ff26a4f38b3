//! Nothing is signed that was not meant or could not pass, and no text of others forges what is shown.

use std::os::unix::fs::PermissionsExt as _;

use provenance_test_support::Repo;

use crate::site::{POLICY, Site, run_in};

const GENERATED: [&str; 7] = ["declare", "--extent", "generated", "--tool", "writer", "--model", "opus-4"];

#[test]
fn refuses_a_private_key_that_is_not_the_one_named() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    // The public key of wes in a file that only by its name belongs to ana.
    std::fs::copy(site.key("wes.pub"), site.key("ana.v1")).unwrap();
    site.signed("ana.v1", &["declare", "--extent", "none"]).ends(3).says("no agent is running");
    std::fs::copy(site.key("wes.pub"), site.key("ana.pub")).unwrap();
    site.signed("ana.pub", &["declare", "--extent", "none"]).ends(3).says("holds another key");
    std::fs::copy(site.key("wes"), site.key("ana.v2")).unwrap();
    std::fs::copy(site.key("wes.pub"), site.key("ana.v2.pub")).unwrap();
    site.signed("ana.v2.pub", &["declare", "--extent", "none"]).ends(0).says("wes declared");
}

#[test]
fn refuses_a_key_that_is_no_file_instead_of_waiting() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    let pipe = site.key("pipe");
    assert!(site.repo.command("mkfifo").arg(&pipe).status().unwrap().success());
    for key in [pipe.to_str().unwrap(), "/dev/zero", "/"] {
        site.run(&["declare", "--extent", "none", "--key", key]).ends(3).says("is no regular file");
        site.run(&["key", "show", "--key", key]).ends(3).says("is no regular file");
    }
    std::os::unix::fs::symlink(site.key("wes"), site.key("link")).unwrap();
    site.signed("link", &["declare", "--extent", "none"]).ends(0);
}

#[test]
fn text_of_records_forges_no_line() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.signed("wes", &["declare", "--extent", "none"]).ends(0);
    let forged = "fine\n0123456789ab ana approved 1 change\u{9b}2J\u{2028}x\u{ad}\u{e0041}";
    let shown = "fine\\n0123456789ab ana approved 1 change\\u{9b}2J\\u{2028}x\\u{ad}\\u{e0041}";
    let review = ["review", "--reject", "-m", forged, "--format", "json"];
    let id = site.signed("ed", &review).ends(0).json()["record"].as_str().unwrap().to_owned();
    site.run(&["log"]).ends(0).says(shown);
    let json = site.run(&["log", "--format", "json"]).ends(0);
    assert!(json.out.contains("change\\u009b2J\\u2028x\\u00ad\\udb40\\udc41"), "{}", json.out);
    let comments = json.json().as_array().unwrap().clone();
    assert!(comments.iter().any(|record| record["statement"]["predicate"]["comment"] == forged));
    site.signed("ed", &["revoke", &id, "-m", forged]).ends(0).says(shown);
    let refused = site.run(&["check"]).ends(1);
    assert!(!refused.out.lines().any(|line| line.starts_with("0123456789ab")), "{}", refused.out);
}

#[test]
fn refuses_a_policy_folder_that_leads_out_of_the_work_tree() {
    let site = Site::new();
    let outside = site.repo.home().join("outside");
    std::fs::rename(site.repo.path().join(".provenance"), &outside).unwrap();
    std::os::unix::fs::symlink(&outside, site.repo.path().join(".provenance")).unwrap();
    let before = std::fs::read(outside.join("people.toml")).unwrap();
    let add = ["people", "add", "zoe", "--name", "Zoe"];
    for arguments in [&add[..], &["tools", "request", "x"], &["policy", "lint"]] {
        site.run(arguments).ends(3).says(".provenance is a symbolic link");
    }
    assert_eq!(std::fs::read(outside.join("people.toml")).unwrap(), before);
    let empty = Repo::new();
    std::os::unix::fs::symlink(&outside, empty.path().join(".provenance")).unwrap();
    run_in(&empty, &["init"], &[], "").ends(3).says(".provenance is a symbolic link");
}

#[test]
fn an_edited_policy_file_keeps_its_mode() {
    let site = Site::new();
    let file = site.repo.path().join(".provenance/people.toml");
    for mode in [0o644, 0o664] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        site.run(&["people", "add", &format!("zoe-{mode}"), "--name", "Zoe"]).ends(0);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, mode);
    }
    site.repo.remove(".provenance/tools.toml");
    site.run(&["tools", "request", "drawer"]).ends(0);
    let made = site.repo.path().join(".provenance/tools.toml");
    assert_eq!(std::fs::metadata(made).unwrap().permissions().mode() & 0o777, 0o644);
}

#[test]
fn a_full_ref_name_is_that_ref_whatever_tags_there_are() {
    let site = Site::new();
    let head = site.propose("topic", &[("content/b.md", "B\n")]);
    site.repo.git(&["update-ref", "refs/tags/refs/heads/main", &head]);
    site.run(&["check", "refs/heads/main...topic"]).ends(1).says("missing-review content/b.md");
    site.run(&["check", "main...topic"]).ends(1);
    site.repo.git(&["tag", "main", "topic"]);
    site.run(&["check", "main...topic"]).ends(2).says("refs/heads/main or refs/tags/main");
}

#[test]
fn what_was_fetched_last_can_be_named() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    let clone = site.repo.clone_with(&["--branch=main"]);
    run_in(&clone, &["check", "main...FETCH_HEAD"], &[], "").ends(2).says("`FETCH_HEAD` is no commit");
    clone.git(&["fetch", "--quiet", "origin", "topic"]);
    run_in(&clone, &["check", "main...FETCH_HEAD"], &[], "").ends(1).says("missing-review content/b.md");
}

#[test]
fn refuses_a_declaration_that_could_not_pass_and_says_all_that_is_missing() {
    let site = Site::new();
    let strict = format!("{POLICY}\n[[rule]]\nname = \"law\"\npaths = [\"content/law/**\"]\nai = \"forbidden\"\n");
    site.repo.write(".provenance/policy.toml", strict);
    let root = site.repo.commit("law");
    site.repo.git(&["config", "provenance.root", &root]);
    site.propose("topic", &[("content/b.md", "B\n"), ("content/law/c.md", "c\n")]);
    let nothing = || assert!(!site.repo.try_git(&["rev-parse", "--verify", "refs/notes/provenance"]).status.success());
    site.signed("wes", &["declare", "--extent", "generated"])
        .ends(2)
        .says("this declaration would not pass")
        .says("needs --tool ID; approved: writer")
        .says("no AI may take part in content/law/c.md")
        .says("--confirm no-client-data   No client data was put into the prompt.");
    site.signed("wes", &["declare", "--extent", "assisted", "--tool", "writer", "content/b.md"])
        .ends(2)
        .says("expected `opus-*`")
        .says("--confirm no-client-data");
    site.signed("wes", &GENERATED).ends(2).says("--confirm no-client-data").says("content/law/c.md");
    nothing();
    // No AI needs nothing of this, and AI with all of it is taken.
    site.signed("wes", &["declare", "--extent", "none", "content/law"]).ends(0);
    let rest = ["--confirm", "no-client-data", "content/b.md"];
    site.signed("wes", &[&GENERATED[..], &rest].concat()).ends(0);
}

#[test]
fn an_agent_among_the_authors_is_ai() {
    let site = Site::new();
    site.repo.git(&["checkout", "--quiet", "-B", "topic", "main"]);
    site.repo.write("content/b.md", "B\n");
    site.commit_by("wes", "Write\n\nCo-authored-by: bot <bot@example.com>");
    site.signed("wes", &["declare", "--extent", "none"]).ends(2).says("bot is an agent and took part");
    site.signed("wes", &[&GENERATED[..], &["--confirm", "no-client-data"]].concat()).ends(0);
}

/// A branch `release` whose own policy asks for nothing but a review, while main's asks for more.
fn lax_release() -> Site {
    let site = Site::new();
    let both = POLICY.replace("[\"refs/heads/main\"]", "[\"refs/heads/main\", \"refs/heads/release\"]");
    site.repo.write(".provenance/policy.toml", &both);
    let root = site.repo.commit("two branches");
    site.repo.git(&["config", "provenance.root", &root]);
    site.repo.git(&["checkout", "--quiet", "-b", "release"]);
    let start = both.find("[[rule]]").unwrap();
    let lax = format!(
        "{}[[rule]]\nname = \"lax\"\npaths = [\"**\"]\nexcept = [\".provenance/**\"]\nreviews = [{{ roles = [\"writer\"] }}]\n[use.drafting]\ntitle = \"Drafting\"\n",
        &both[..start]
    );
    site.repo.write(".provenance/policy.toml", lax);
    site.repo.commit("lax");
    site.repo.git(&["checkout", "--quiet", "-b", "topic"]);
    site.repo.write("content/b.md", "B\n");
    site.commit_by("wes", "propose");
    site
}

#[test]
fn the_authoritys_rules_bind_what_is_signed_for_another_branch() {
    let site = lax_release();
    let range = ["release...topic", "--branch", "release"];
    site.run(&["policy", "explain", "content/b.md", "--branch", "release"])
        .ends(0)
        .says("rule `lax` applies")
        .says("rule `content` (authority) applies")
        .says("checklist accuracy: Are facts checked?")
        .says("AI use must confirm no-client-data: No client data was put into the prompt.");
    site.signed("wes", &[&GENERATED[..], &range].concat()).ends(2).says("--confirm no-client-data");
    site.signed("wes", &[&GENERATED[..], &["--confirm", "no-client-data"], &range].concat()).ends(0);
    site.signed("ed", &[&["review", "--approve"], &range[..]].concat())
        .ends(2)
        .says("--answer accuracy=pass|fail|n/a:WHY   Are facts checked?");
    site.signed("ed", &[&["review", "--approve", "--answer", "accuracy=pass"], &range[..]].concat()).ends(0);
    site.run(&["check", "release...topic", "--branch", "release"]).ends(1).says("lax");
    // Gone from the authority's roster: no signature of theirs counts on any branch.
    site.repo.git(&["checkout", "--quiet", "main"]);
    let people = String::from_utf8(site.repo.read(".provenance/people.toml")).unwrap();
    let revoked = people.replace(
        &format!("keys = [\"{}\"]", site.public("ed")),
        &format!("keys = [{{ public = \"{}\", revoked = 2025-05-01, because = \"stolen\" }}]", site.public("ed")),
    );
    site.repo.write(".provenance/people.toml", revoked);
    site.repo.commit("ed's key");
    site.signed("ed", &[&["review", "--reject"], &range[..]].concat()).ends(1).says("is revoked since");
}
