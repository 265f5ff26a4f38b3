//! Attacks on who counts: one person as two, a contributor as a stranger, a decision that is none.

use super::{
    BY_AI, PEOPLE, Reviewed, allows, in_the_name_of, person, pinned, rebuild, refuses, seal, text, with_policy,
};
use crate::site::Site;

/// A site where three editors must approve: Ana, Ed and Eve.
fn three() -> Site {
    let site = with_policy("roles = [\"editor\"] }", "roles = [\"editor\"], count = 3 }");
    let eve = person(&site, "eve", "human", "\"editor\"");
    site.repo.write(PEOPLE, text(&site, PEOPLE) + &eve);
    pinned(site)
}

/// T05
#[test]
fn two_reviewers_who_take_turns_are_two() {
    let reviewed = Reviewed::of(three());
    let by = |who: &str, scope: &str| {
        let statement = reviewed.statement().replace("\"scope\":\"set\"", &format!("\"scope\":\"{scope}\""));
        seal(&reviewed.site, who, in_the_name_of(&reviewed.site, who, &statement))
    };
    let [ed, ana, ed_again, ana_again] =
        [("ed", "set"), ("ana", "set"), ("ed", "each"), ("ana", "each")].map(|(who, scope)| by(who, scope));
    reviewed.refuses(&[&ed, &ana, &ed_again], "insufficient-reviews");
    reviewed.refuses(&[&ana_again, &ed, &ana, &ed_again], "insufficient-reviews");
    reviewed.allows(&[&ed, &ana, &ed_again, &by("eve", "set")]);
}

/// T08
#[test]
fn the_author_approves_with_no_second_key_of_theirs() {
    let site = Site::new();
    // Wes is an editor, and Eve's key is his other one.
    let people = text(&site, PEOPLE).replace("roles = [\"writer\"]", "roles = [\"writer\", \"editor\"]");
    let people = people.replace(&site.public("wes"), &format!("{}\", \"{}", site.public("wes"), site.public("eve")));
    site.repo.write(PEOPLE, people);
    let reviewed = Reviewed::of(pinned(site));
    let own = in_the_name_of(&reviewed.site, "eve", &reviewed.statement())
        .replace("\"person\":\"eve\"", "\"person\":\"wes\"");
    reviewed.refuses(&[&seal(&reviewed.site, "eve", own)], "self-review");
    reviewed.allows(&[&reviewed.review]);
}

/// A site where a file by some author waits for a review by Ed, and nobody has declared it.
fn authored(author: &str) -> Site {
    let site = with_policy("declaration = \"required\"", "declaration = \"optional\"");
    site.repo.git(&["checkout", "--quiet", "-B", "topic", "main"]);
    site.repo.write("content/b.md", "B\n");
    site.repo.write(".mailmap", "Wes <wes@example.com> <ed@example.com>\nWes <wes@example.com> ed <ed@example.com>\n");
    site.repo.git(&["add", "--all"]);
    let mut commit = site.repo.command("git");
    commit.args(["commit", "--quiet", "--author", author, "-m", "propose"]);
    commit.env("GIT_COMMITTER_NAME", "wes").env("GIT_COMMITTER_EMAIL", "wes@example.com");
    assert!(commit.status().unwrap().success());
    site
}

/// That Ed's review of what this author wrote is refused with this code.
#[track_caller]
fn ed_may_not_review(author: &str, code: &str) {
    let site = authored(author);
    let reviewed = reviews_alone(&site);
    let ed = seal(&site, "ed", in_the_name_of(&site, "ed", &reviewed));
    file(&site, &[ed]);
    refuses(&site, "main...topic", code).says("content/b.md");
}

/// The statement of Ana's review of main...topic, which the command signs.
fn reviews_alone(site: &Site) -> String {
    site.signed("ana", &["review", "main...topic", "--approve", "--separate", "--answer", "accuracy=pass"]).ends(0);
    let log = site.run(&["log", "main...topic", "content/b.md", "--format", "json"]).ends(0).json();
    log.as_array().unwrap()[0]["statement"].to_string()
}

/// Makes these lines the notes of everything on the topic.
fn file(site: &Site, lines: &[String]) {
    let ids = ["main:content/b.md", "topic:content/b.md", "topic:.mailmap"].map(|id| site.repo.rev(id));
    let note = lines.iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes();
    rebuild(&site.repo, &ids.into_iter().map(|id| (id, note.clone())).collect());
}

/// T10, T11. A name in a commit that nobody answers for keeps its bearer from reviewing; one that leads to nobody asks for
/// one reviewer more.
#[test]
fn no_mailmap_and_no_spelling_of_an_address_makes_the_author_another() {
    ed_may_not_review("ed <ed@example.com>", "self-review");
    ed_may_not_review("Ed <ED@Example.COM>", "self-review");
    ed_may_not_review("ed < ed@example.com >", "self-review");
    for stranger in [
        "ed <ed+work@example.com>",
        "ed <éd@example.com>",
        "e\u{301}d <e\u{301}d@example.com>",
        "ed <\u{435}d@example.com>",
        "ed <>",
    ] {
        ed_may_not_review(stranger, "insufficient-reviews");
    }
    // A declaration answers for whose work it is: then the one review is enough.
    let site = authored("ed <ed+work@example.com>");
    site.approve("main...topic");
    allows(&site, "main...topic");
}

/// T13
#[test]
fn whoever_pushes_to_somebodys_branch_is_a_contributor_of_it() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "by wes\n")]);
    site.signed("wes", &["declare", "main...topic", "--extent", "none"]).ends(0);
    site.repo.write("content/b.md", "by wes and ed\n");
    site.commit_by("ed", "a small fix");
    let review = ["review", "main...topic", "--approve", "--answer", "accuracy=pass"];
    // Wes' declaration covers what he wrote and not the fix.
    site.signed("ed", &review).ends(1).says("self-review");
    refuses(&site, "main...topic", "missing-review");
    site.signed("wes", &["declare", "main...topic", "--extent", "none"]).ends(0);
    site.signed("ed", &review).ends(1).says("self-review");
    site.signed("ana", &review).ends(0);
    allows(&site, "main...topic");
    // What Ed signs all the same does not count.
    let log = site.run(&["log", "main...topic", "--format", "json"]).ends(0).json();
    let ana = log.as_array().unwrap().iter().find(|record| record["kind"] == "review").unwrap();
    let lines: Vec<String> = log
        .as_array()
        .unwrap()
        .iter()
        .filter(|record| record["kind"] == "declaration")
        .map(|record| seal(&site, "wes", record["statement"].to_string()))
        .collect();
    let forged = seal(&site, "ed", in_the_name_of(&site, "ed", &ana["statement"].to_string()));
    let all = [lines, vec![forged]].concat().join("\n") + "\n";
    let ids = ["main:content/b.md", "topic~1:content/b.md", "topic:content/b.md"].map(|id| site.repo.rev(id));
    rebuild(&site.repo, &ids.into_iter().map(|id| (id, all.clone().into_bytes())).collect());
    refuses(&site, "main...topic", "self-review");
}

/// T13.b. What a merge holds of its own, or a commit without parents, is its author's work: the writer's declaration names them.
#[test]
fn what_is_slipped_into_a_merge_has_its_author() {
    let review = ["review", "main...topic", "--approve", "--answer", "accuracy=pass"];
    let declared = |site: &Site| {
        site.signed("wes", &["declare", "main...topic", "--extent", "none"]).ends(0);
        site.signed("ed", &review)
    };
    let merging = |site: &Site, arm: &str| {
        site.repo.git(&["checkout", "--quiet", "topic"]);
        site.repo.git(&["merge", "--quiet", "--no-commit", "--no-ff", "--allow-unrelated-histories", arm]);
    };
    for slipped in [true, false] {
        let site = Site::new();
        site.propose("topic", &[("content/b.md", "by wes\n")]);
        site.propose("side", &[("content/c.md", "by wes too\n")]);
        merging(&site, "side");
        if slipped {
            site.repo.write("content/b.md", "by wes and ed\n");
        }
        site.commit_by("ed", "merge side");
        let ran = declared(&site);
        if slipped {
            ran.ends(1).says("self-review");
            site.signed("ana", &review).ends(0);
        } else {
            // Who merges and adds nothing may review.
            ran.ends(0);
        }
        allows(&site, "main...topic");
    }
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "by wes\n")]);
    site.repo.git(&["checkout", "--quiet", "--orphan", "apart"]);
    site.repo.git(&["rm", "-rfq", "."]);
    site.repo.write("content/c.md", "by ed\n");
    site.commit_by("ed", "apart");
    merging(&site, "apart");
    site.commit_by("wes", "merge what is apart");
    declared(&site).ends(1).says("self-review content/c.md");
    site.signed("ana", &review).ends(0);
    allows(&site, "main...topic");
}

/// T15. For every policy: who runs an agent answers for its work, and does not review it.
#[test]
fn the_operator_of_an_agent_does_not_review_its_work() {
    let site = Site::new();
    let people = text(&site, PEOPLE).replace("operators = [\"wes\"]", "operators = [\"ed\"]");
    site.repo.write(PEOPLE, people);
    let site = pinned(site);
    site.repo.git(&["checkout", "--quiet", "-B", "topic", "main"]);
    site.repo.write("content/b.md", "B\n");
    site.commit_by("bot", "written by a machine");
    site.signed("bot", &[&["declare", "main...topic"], &BY_AI[..]].concat()).ends(0);
    let review = ["review", "main...topic", "--approve", "--answer", "accuracy=pass"];
    site.signed("ed", &review).ends(1).says("self-review");
    refuses(&site, "main...topic", "missing-review");
    site.signed("ana", &review).ends(0);
    allows(&site, "main...topic");
}

/// T16
#[test]
fn two_of_one_group_are_not_one_of_each() {
    let roles = "reviews = [{ roles = [\"editor\"] }, { roles = [\"legal\"] }]";
    let site = with_policy("reviews = [{ roles = [\"editor\"] }]", roles);
    let lea = person(&site, "eve", "human", "\"legal\"");
    site.repo.write(PEOPLE, text(&site, PEOPLE) + &lea);
    let reviewed = Reviewed::of(pinned(site));
    let by = |who: &str| seal(&reviewed.site, who, in_the_name_of(&reviewed.site, who, &reviewed.statement()));
    reviewed.refuses(&[&by("ed"), &by("ana")], "wrong-role");
    reviewed.refuses(&[&by("eve")], "wrong-role");
    reviewed.allows(&[&by("ed"), &by("eve")]);
}

/// T18
#[test]
fn a_rejection_or_a_remark_is_no_approval() {
    let reviewed = Reviewed::new();
    let good = reviewed.statement();
    let signed = |statement: String| seal(&reviewed.site, "ed", statement);
    let reject = signed(good.replace("\"decision\":\"approve\"", "\"decision\":\"reject\""));
    reviewed.refuses(&[&reject], "rejected");
    reviewed.refuses(&[&reject, &reviewed.review], "rejected");
    let words = ["comment", "none", "APPROVE", "approved", "", "approve "];
    let lines = words.map(|word| signed(good.replace("\"decision\":\"approve\"", &format!("\"decision\":\"{word}\""))));
    reviewed.ignores_all(&lines, "bad-signature");
    reviewed.ignores(&signed(good.replace("\"decision\":\"approve\",", "")), "bad-signature");
    // An answer that fails, and one that is missing.
    reviewed.refuses(&[&signed(good.replace("\"result\":\"pass\"", "\"result\":\"fail\""))], "failed-checklist");
    reviewed.refuses(&[&signed(good.replace("\"id\":\"accuracy\"", "\"id\":\"other\""))], "incomplete-checklist");
    reviewed.allows(&[&signed(good)]);
}
