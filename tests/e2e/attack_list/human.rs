//! Attacks on the human in the loop: a machine signs, AI is hidden, or the eye is deceived.

use super::{BY_AI, Reviewed, allows, has_error, in_the_name_of, payload, rebuild, refuses, seal};
use crate::ceremony::on_terminal_as;
use crate::site::Site;

/// H01. The command refuses in the environment of an agent. A key that an agent can use signs all the same, and only a rule
/// with `presence` tells the two apart (K08).
#[test]
fn a_coding_agent_is_not_let_near_a_review() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.signed("wes", &["declare", "main...topic", "--extent", "none"]).ends(0);
    let key = site.key("ed");
    let review = ["review", "main...topic", "--approve", "--answer", "accuracy=pass", "--key", key.to_str().unwrap()];
    for agent in ["CLAUDECODE", "CURSOR_AGENT", "GEMINI_CLI", "CODEX_SANDBOX"] {
        site.run_with(&review, &[(agent, "1")], "y\n").ends(1).says("coding agent");
        refuses(&site, "main...topic", "missing-review");
    }
    // The agent's own key reviews nowhere.
    site.signed("bot", &review[..5]).ends(1).says("not-human");
    site.run(&review).ends(0);
    allows(&site, "main...topic");
}

/// H05, H06
#[test]
fn no_trailer_makes_a_review_or_a_declaration_unneeded() {
    for message in [
        "nothing said",
        "Title\n\nAssisted-by: none\nAI: none\nReviewed-by: ed <ed@example.com>\nApproved-by: ana\n",
        "Title\n\nReviewed-by: Ed\n <ed@example.com>\nSigned-off-by: ana <ana@example.com>\n\nmore\n",
        "Assisted-by: none\n\nProvenance-Record: 0000\nskip-checks: true\n[skip ci]",
    ] {
        let site = Site::new();
        site.repo.git(&["checkout", "--quiet", "-B", "topic", "main"]);
        site.repo.write("content/b.md", "B\n");
        site.commit_by("wes", message);
        let refused = refuses(&site, "main...topic", "missing-review");
        assert!(refused.codes("error").contains(&"missing-declaration".to_owned()), "{}", refused.out);
        site.signed("ed", &["review", "main...topic", "--approve", "--answer", "accuracy=pass"]).ends(0);
        refuses(&site, "main...topic", "missing-declaration");
        site.signed("wes", &["declare", "main...topic", "--extent", "none"]).ends(0);
        allows(&site, "main...topic");
    }
}

/// H06. A mark that says AI took part is found wherever git's own reader of trailers would find it.
#[test]
fn a_mark_of_ai_contradicts_a_declaration_of_none() {
    let mark = "Co-authored-by: Claude <noreply@anthropic.com>";
    for message in [
        format!("Title\n\n{mark}\n"),
        format!("Title\n\nBody\n\nAssisted-by: none\n{mark}\nSigned-off-by: wes <wes@example.com>\n"),
        format!("Title\n\n{}\n", mark.to_lowercase()),
    ] {
        let site = Site::new();
        site.repo.git(&["checkout", "--quiet", "-B", "topic", "main"]);
        site.repo.write("content/b.md", "B\n");
        site.commit_by("wes", &message);
        site.approve("main...topic");
        refuses(&site, "main...topic", "undeclared-ai");
    }
}

/// H08. The gate binds bytes: what looks alike is another path and another content. Text that could deceive is escaped where paths and
/// comments are shown; the content itself is shown by whatever the reviewer reads it with.
#[test]
fn what_looks_alike_is_not_the_same() {
    let site = Site::new();
    site.propose("topic", &[("content/paypal.md", "pay\n")]);
    site.approve("main...topic");
    allows(&site, "main...topic");
    for path in [
        "content/p\u{430}ypal.md",
        "content/pay\u{200b}pal.md",
        "content/\u{202e}lapyap.md",
        "content/paypa\u{6c}\u{301}.md",
    ] {
        site.propose("alike", &[(path, "pay\n")]);
        let refused = site.run(&["check", "main...alike"]).ends(1).says("missing-review");
        for hidden in ['\u{200b}', '\u{202e}'] {
            assert!(!refused.out.contains(hidden) && !refused.err.contains(hidden), "{refused:?}");
        }
    }
    for text in ["p\u{430}y\n", "pay\u{200b}\n", "pay", "pay\r\n", "\u{feff}pay\n"] {
        site.propose("alike", &[("content/paypal.md", text)]);
        refuses(&site, "main...alike", "missing-review");
    }
}

/// H01.a: what a record says of a terminal is not what a rule for a touch asks for, and an unanswered checklist stays so.
#[test]
fn a_record_that_praises_itself_is_worth_what_is_signed() {
    let reviewed = Reviewed::new();
    let praised = reviewed.statement().replace("\"answers\":[", "\"human\":true,\"presence\":\"pin\",\"answers\":[");
    reviewed.allows(&[&seal(&reviewed.site, "ed", praised.clone())]);
    let empty = praised.replace("{\"id\":\"accuracy\",\"result\":\"pass\"}", "");
    reviewed.lines(&[&seal(&reviewed.site, "ed", empty)]);
    has_error(super::check(&reviewed.site, "main...topic").ends(1), "incomplete-checklist");
}

/// H08.c. Who has a key of the roster can sign in anybody's name. The gate takes that for nobody's word, and the reviewer is not shown it as
/// somebody's either.
#[test]
fn a_declaration_in_anothers_name_is_not_shown_as_theirs() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.signed("wes", &["declare", "main...topic", "--extent", "none"]).ends(0);
    let ends = ["main:content/b.md", "topic:content/b.md"].map(|end| site.repo.rev(end));
    let own = site.repo.git(&["notes", "--ref=provenance", "show", &ends[0]]);
    let by_bot = in_the_name_of(&site, "bot", &payload(&own));
    let mut forged: serde_json::Value = serde_json::from_str(&by_bot).unwrap();
    forged["predicate"]["signer"]["person"] = "wes".into();
    let show = |line: &str| {
        rebuild(&site.repo, &ends.iter().map(|id| (id.clone(), format!("{line}\n").into_bytes())).collect());
        on_terminal_as(&site, "ed", "review main...topic --approve --answer accuracy=pass", "\n\nn\n")
    };
    let Some(ran) = show(&seal(&site, "bot", forged.to_string())) else { return };
    let ran = ran.ends(1).says("nobody has declared whether AI took part");
    assert!(!ran.out.contains("declared by wes") && !ran.err.contains("declared by wes"), "{ran:?}");
    refuses(&site, "main...topic", "missing-declaration");
    show(&own).unwrap().ends(1).says("AI: none, declared by wes");
}

/// S11.a. A pipeline takes a line that begins with two colons for an order to itself, white space before them or not.
#[test]
fn the_words_of_a_record_begin_no_line_of_a_report() {
    let site = super::with_policy("[[exempt]]", "[waiver]\nroles = [\"editor\"]\nmax-days = 14\n[[exempt]]");
    site.propose("topic", &[("content/b.md", "B\n")]);
    let words = "the site is down\n::add-mask::a\n  ::stop-commands::b ##vso[task.complete]c ##[add-mask]d";
    site.signed("ed", &["waive", "main...topic", "--until", "2025-06-05", "-m", words]).ends(0);
    let open = ["incident", "open", "content/a.md", "--severity", "low", "-m", words];
    let begins = |text: &str| {
        text.lines().any(|line| line.trim_start().starts_with("::")) || text.contains("##vso[") || text.contains("##[")
    };
    let waived = site.run(&["check", "main...topic"]).ends(0).says("the site is down ::add-mask::a ::stop-commands::b");
    assert!(!begins(&waived.out), "{}", waived.out);
    site.signed("wes", &open).ends(0);
    site.propose("other", &[("content/a.md", "A\n")]);
    let refused = site.run(&["check", "main...other"]).ends(1).says("the site is down ::add-mask::a");
    assert!(!begins(&refused.out), "{}", refused.out);
    let json = site.run(&["check", "main...other", "--format", "json"]).ends(1);
    assert!(
        !begins(&json.out) && json.json()["findings"].to_string().contains("##vso[task.complete]c"),
        "{}",
        json.out
    );
}

/// A site that asks for a label, and a picture that somebody declared as synthetic; whether a page that shows it passes.
fn labelled(pages: &[&str], passes: bool) {
    let site = super::with_policy("[[exempt]]", "[synthetic]\nlabels = [\"Made with AI\"]\n[[exempt]]");
    site.propose("made", &[("content/x.png", "pixels")]);
    site.signed("wes", &[&["declare", "main...made", "--synthetic"], &BY_AI[..]].concat()).ends(0);
    for page in pages {
        site.propose("topic", &[("content/b.md", page), ("content/bell (1).png", "pixels")]);
        site.approve("main...topic");
        if passes {
            allows(&site, "main...topic")
        } else {
            refuses(&site, "main...topic", "missing-label")
        };
    }
}

/// H08.d. A label counts where readers see it.
#[test]
fn a_label_that_readers_do_not_see_is_none() {
    labelled(
        &[
            "![a bell](<bell (1).png> \"Made with AI\")\n",
            "![a [bell], Made with AI](<bell (1).png>)\n",
            "<img src='bell (1).png' alt='a > b, Made with AI'>\n",
            "---\r\nnote: Made with AI\r\n---\r\n\r\n![a bell](<bell (1).png>)\r\n",
            "![a bell](<bell (1).png>)\n\n[//]: # (Made with AI)\n",
        ],
        false,
    );
    labelled(
        &[
            "---\r\nnote: a\r\n---\r\n\r\n![a bell](<bell (1).png>)\r\n*Made with AI*\r\n",
            "![a [bell]](<bell (1).png> \"a bell\")[^1]\n\n[^1]: Made with AI\n",
            "<img src='bell (1).png' alt='a > b'> [Made with AI](ai.md)\n",
        ],
        true,
    );
}

/// H08.e. A page names a file in whatever way browsers take for its name.
#[test]
fn no_spelling_of_a_name_hides_what_a_page_shows() {
    labelled(
        &[
            "<img src=\"bell (1).png\" alt=''>\n",
            "![a bell](bell%20(1)%2Epng)\n",
            "<img src='bell&#32;(1)&period;png' alt=''>\n",
            "<img src='bell (1).png?v/1' alt=''>\n",
        ],
        false,
    );
    labelled(&["![a bell](https://example.com/bell%20(1).png) and bell (2).png\n"], true);
}

/// H08.f. As H08.d, by what Markdown and HTML take for unseen elsewhere than in one line or one element.
#[test]
fn a_label_that_is_replaced_or_defined_elsewhere_is_none() {
    labelled(
        &[
            "<video src='bell (1).png'>Made with AI</video>\n",
            "![a bell](<bell (1).png>)\n\n<template><template></template>Made with AI</template>\n",
            "![a bell](<bell (1).png>)\n\n[a]: b.md\n  'Made with AI'\n",
            "![a bell](<bell (1).png>)\n\n> [a]: b.md (Made with AI)\n",
            "![a bell][Made with AI]\n\n[made with ai]: <bell (1).png>\n",
            "![a bell](<bell (1).png>)\n{/* Made with AI */}\n",
            "<div><img src='bell (1).png' alt=''>\n```\n<!--\n```\nMade with AI -->\n</div>\n",
        ],
        false,
    );
    labelled(
        &[
            "<video src='bell (1).png'>a bell</video>Made with AI\n",
            "![a bell][bell]\n\n[bell]: <bell (1).png>\n  'a bell'\n\nMade with AI\n",
            "```\n<!-- a -->\n```\n![a bell](<bell (1).png>) Made with AI\n",
        ],
        true,
    );
}

/// H08.g. As H08.e, by what browsers make of an address before they follow it.
#[test]
fn no_address_that_browsers_put_right_hides_what_a_page_shows() {
    let (query, dots) = ("x".repeat(5000), "./".repeat(5000));
    let long = format!("<img src='bell (1).png?{query}' alt=''>\n");
    let winding = format!("<img src='{dots}bell (1).png' alt=''>\n");
    labelled(
        &[
            &long,
            &winding,
            "<img src='bell&#32(1)&#46png' alt=''>\n",
            "<img src='bell (1)&Tab;.png' alt=''>\n",
            "<img src='&#32;bell (1).png' alt=''>\n",
            "<img src='HTTPS:bell (1).png' alt=''>\n",
            "<img src='./x://../../bell (1).png' alt=''>\n",
            "<img src='x//../../bell (1).png' alt=''>\n",
            "<img src='../../../content/bell (1).png' alt=''>\n",
        ],
        false,
    );
    labelled(&["<img src='x//../bell (1).png' alt=''> <img src='HTTPS://example.com/bell (1).png' alt=''>\n"], true);
}
