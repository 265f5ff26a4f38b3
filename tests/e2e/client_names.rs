//! The list of client names: no record tells one, whoever signs it, and no message either.

use crate::ceremony::on_terminal_as;
use crate::company_site::company;
use crate::site::{Ran, Site};

const LIST: &str = "# whom nobody may know\nZenith\n\nBlue  Heron\n";

fn listed() -> Site {
    let site = company();
    let file = site.repo.home().join("clients.txt");
    std::fs::write(&file, LIST).unwrap();
    site.repo.git(&["config", "provenance.clientNames", file.to_str().unwrap()]);
    site.propose("topic", &[("content/zenith.md", "A\n")]);
    site
}

/// That it was refused, saying where and not whom.
#[track_caller]
fn refused(ran: Ran, field: &str, line: u32) {
    let ran = ran.ends(1).says(&format!("`{field}` (line {line} of the list)"));
    let told = format!("{}{}", ran.out, ran.err).to_lowercase();
    assert!(!told.contains("zenith") && !told.contains("heron"), "{told}");
}

#[test]
fn no_text_of_any_record_names_a_client() {
    let site = listed();
    let sign = |who: &str, words: &[&str]| site.signed(who, words);
    let declare = ["declare", "main...topic", "--extent", "none", "-m"];
    refused(sign("wes", &[&declare[..], &["for ZENITH's site"]].concat()), "contribution", 2);
    let approve = ["review", "main...topic", "--approve", "--answer"];
    refused(sign("ed", &[&approve[..], &["accuracy=n/a:the blue heron said so"]].concat()), "answers[0].note", 4);
    let full =
        [&approve[..], &["accuracy=pass:x", "--source", "accuracy=a book", "--source", "accuracy=zenith.example"]];
    refused(sign("ed", &full.concat()), "answers[0].sources[1]", 2);
    let found = [&approve[..], &["accuracy=n/a:x", "--finding", "bias=fixed:zenith"]].concat();
    refused(sign("ed", &found), "findings[0].text", 2);
    let reject = ["review", "main...topic", "--reject", "-m", "zenith and blue\nheron"];
    let both = sign("ed", &reject).says("`comment` (line 4 of the list)");
    refused(both, "comment", 2);
    let open = ["incident", "open", "content/a.md", "--severity", "low", "-m", "zenith"];
    refused(sign("wes", &open), "step.summary", 2);
    refused(sign("tia", &["train", "wes", "ai-basics", "-m", "at zenith"]), "note", 2);
    refused(sign("ed", &["waive", "main...topic", "--until", "2025-06-02", "-m", "zenith waits"]), "because", 2);
    let scan = ["scan", "main...topic", "--check", "links", "--result", "pass", "--program", "zenith 1"];
    refused(sign("ci", &scan), "program", 2);
    let json = sign("wes", &[&declare[..], &["zenith", "--format", "json"]].concat()).ends(1).json();
    assert_eq!(json["error"]["exit"], 1);
    assert!(!site.repo.try_git(&["rev-parse", "--verify", "refs/notes/provenance"]).status.success());
    let accepted = sign("wes", &["policy", "accept", "privacy", "--yes", "--format", "json"]).ends(0).json();
    refused(sign("wes", &["revoke", accepted["record"].as_str().unwrap(), "-m", "zenith"]), "because", 2);
}

#[test]
fn paths_and_longer_words_are_no_client() {
    let site = listed();
    let words = ["declare", "main...topic", "--extent", "none", "-m", "at the zeniths, blue herons, bluer heron"];
    site.signed("wes", &words).ends(0).says("wes declared 1 change");
}

#[test]
fn on_a_terminal_it_is_refused_before_the_last_question() {
    let site = listed();
    let typed = "n/a:x\n\na\nfor zenith\n";
    let Some(ran) = on_terminal_as(&site, "ed", "review main...topic", typed) else { return };
    ran.ends(1).says("not signed: a client would be named in `comment` (line 2 of the list)");
}

#[test]
fn nothing_is_signed_without_the_list_that_is_configured() {
    let site = listed();
    let declare = || site.signed("wes", &["declare", "main...topic", "--extent", "none"]);
    let set = |file: &str| drop(site.repo.git(&["config", "provenance.clientNames", file]));
    set("/nowhere/clients.txt");
    declare().ends(3).says("not signed: the list of client names, /nowhere/clients.txt, cannot be read");
    set("clients.txt");
    declare().ends(3).says("is not named by its whole path");
    let inside = site.repo.path().join("clients.txt");
    std::fs::write(&inside, LIST).unwrap();
    set(inside.to_str().unwrap());
    declare().ends(3).says("is in the work tree, where it could be committed");
    std::fs::write(&inside, b"\xff\xfe").unwrap();
    let home = site.repo.home().join("odd.txt");
    std::fs::rename(inside, &home).unwrap();
    set("~/odd.txt");
    declare().ends(3).says("is not UTF-8");
    assert!(!site.repo.try_git(&["rev-parse", "--verify", "refs/notes/provenance"]).status.success());
    // Who only reads needs no list.
    site.run(&["log", "main...topic"]).ends(0);
    let own = site.repo.git_dir().join("client-names");
    std::fs::write(&own, LIST).unwrap();
    set(own.to_str().unwrap());
    declare().ends(0);
}
