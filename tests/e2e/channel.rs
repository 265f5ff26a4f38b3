//! What leaves by another way than a branch: newsletters, deliverables.

use crate::site::{POLICY, Site};

const CHANNELS: &str =
    "[channel.send]\nkind = \"send\"\npaths = [\"content/**\"]\n[channel.site]\nkind = \"publish\"\n";

fn site() -> Site {
    let site = Site::new();
    site.repo.write(".provenance/policy.toml", format!("{POLICY}{CHANNELS}"));
    let root = site.commit_by("ana", "channels");
    site.repo.git(&["config", "provenance.root", &root]);
    site
}

#[test]
fn what_is_sent_is_what_was_reviewed_byte_for_byte() {
    let site = site();
    site.propose("topic", &[("content/letter.md", "Dear readers\n"), ("content/draft.md", "not yet\n")]);
    let send = ["check", "--channel", "send", "content/letter.md"];
    site.run(&send).ends(1).says("missing-review").says("content/letter.md");
    let letter = "content/letter.md";
    site.signed("wes", &["declare", letter, "--extent", "none"]).ends(0);
    site.signed("ed", &["review", letter, "--approve", "--answer", "accuracy=pass"]).ends(0);
    // The draft beside it is nobody's business.
    let report = site.run(&[&send[..], &["--format", "json"]].concat()).ends(0).json();
    assert_eq!(report["changes"].as_array().unwrap().len(), 1);
    site.repo.write("content/letter.md", "Dear readers!\n");
    site.run(&send).ends(1).says("nobody has reviewed these");
    site.repo.remove("content/letter.md");
    site.run(&send).ends(1).says("it cannot be read");
}

/// B05.a. What a commit in the branch's history held and the branch never showed is not what it has published.
#[test]
fn what_a_commit_in_between_held_is_not_sent_as_published() {
    let site = site();
    let letter = "content/letter.md";
    site.propose("topic", &[(letter, "nobody read this\n")]);
    site.repo.write(letter, "Dear readers\n");
    site.commit_by("wes", "not that");
    site.approve("main...topic");
    site.run(&["check", "main..topic"]).ends(0);
    site.repo.git(&["checkout", "--quiet", "-B", "main", "topic"]);
    let send = ["check", "--channel", "send", letter, "content/a.md"];
    site.run(&send).ends(0).says("what the branch has published");
    site.repo.git(&["checkout", "--quiet", "main~1"]);
    site.run(&send).ends(1).says("missing-review content/letter.md").says("another version than the branch shows");
    // A branch from there that took the branch in since.
    site.repo.git(&["merge", "--quiet", "main"]);
    site.run(&send).ends(0);
}

#[test]
fn what_the_branch_has_published_may_be_sent_and_nothing_outside_of_the_channel() {
    let site = site();
    site.run(&["check", "--channel", "send", "content/a.md", "content/b.md"])
        .ends(0)
        .says("what the branch has published");
    site.repo.write("README.md", "x\n");
    site.commit_by("wes", "readme");
    site.run(&["check", "--channel", "send", "README.md"]).ends(1).says("nothing at this path leaves");
    site.run(&["check", "--channel", "post", "content/a.md"]).ends(2).says("which has send, site");
    site.run(&["check", "--channel", "site", "content/a.md"]).ends(2).says("leaves by the branch");
    site.run(&["check", "--channel", "send"]).ends(2).says("name the files");
    site.run(&["check", "main", "topic"]).ends(2).says("one range is checked");
}

/// B05.b. What the branch shows, and somebody has said does harm, is not sent on; its correction is.
#[test]
fn what_does_harm_is_not_sent_though_the_branch_has_published_it() {
    let site = site();
    let letter = "content/a.md";
    let send = ["check", "--channel", "send", letter, "content/b.md"];
    let open = ["incident", "open", letter, "--severity", "high", "-m", "it gives away a name"];
    let open = [&open[..], &["--format", "json"]].concat();
    let opened = site.signed("ed", &open).ends(0).json()["record"].as_str().unwrap().to_owned();
    site.run(&send).ends(1).says("open-incident content/a.md").says("it gives away a name");
    site.run(&["check", "--channel", "send", "content/b.md"]).ends(0);
    site.propose("topic", &[(letter, "no name\n")]);
    site.approve("main...topic");
    site.run(&send).ends(1).says("open-incident content/a.md");
    site.signed("ed", &["incident", "correct", &opened, "main...topic"]).ends(0);
    site.run(&send).ends(0);
    // Also once the branch shows it.
    site.repo.git(&["checkout", "--quiet", "-B", "main", "topic"]);
    site.run(&send).ends(0).says("what the branch has published");
    site.repo.git(&["checkout", "--quiet", "-B", "main", "main~1"]);
    site.signed("ana", &["incident", "close", &opened, "-m", "nobody was named"]).ends(0);
    site.run(&send).ends(0).says("what the branch has published");
}
