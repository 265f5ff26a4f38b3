//! Attacks on the ledger: where records stand, what stands beside them, and what is taken away.

use std::collections::BTreeMap;

use provenance_core::envelope::pae;
use provenance_core::key::Signer as _;

use super::{
    LEDGER, PEOPLE, RULES, Reviewed, STATEMENT, allows, line, person, rebuild, refuses, seal, signer, text, undecided,
};
use crate::server::{push, server};
use crate::site::{POLICY, Site};

/// N01. Here, without a server's guard, a ledger that lost an approval allows less. Of one that lost a rejection nothing is left to see:
/// `status` and `sync` put back what was dropped in this clone.
#[test]
fn a_ledger_that_was_put_back_allows_no_more_than_it_holds() {
    let reviewed = Reviewed::new();
    let site = &reviewed.site;
    let approved = site.repo.rev(LEDGER);
    site.repo.git(&["config", "core.logAllRefUpdates", "always"]);
    let reject = ["review", "main...topic", "--reject", "-m", "no"];
    site.signed("ana", &reject).ends(0);
    refuses(site, "main...topic", "rejected");
    let rejected = site.repo.rev(LEDGER);
    for ledger in [format!("{approved}~1"), format!("{approved}~2")] {
        site.repo.try_git(&["update-ref", LEDGER, &ledger]);
        if site.repo.rev(LEDGER) != rejected {
            refuses(site, "main...topic", "missing-review");
        }
    }
    site.repo.git(&["update-ref", "-d", LEDGER]);
    refuses(site, "main...topic", "missing-review");
    site.repo.git(&["update-ref", LEDGER, &rejected]);
    refuses(site, "main...topic", "rejected");
    site.repo.git(&["update-ref", LEDGER, &approved]);
    site.run(&["status", "main...topic"]).ends(0);
    refuses(site, "main...topic", "rejected");
}

/// N05, N08
#[test]
fn debris_in_a_note_hides_no_record_and_is_none() {
    let reviewed = Reviewed::new();
    let (good, declared) = (reviewed.review.as_bytes(), reviewed.declaration.as_bytes());
    let pretty = serde_json::to_string_pretty(&serde_json::from_slice::<serde_json::Value>(good).unwrap()).unwrap();
    let crlf = [good, b"\r\n"].concat();
    for junk in [
        &b"\0\0\0\xff\xfe binary \x80"[..],
        &good[..good.len() / 2],
        &good[1..],
        b"\xef\xbb\xbf",
        b"{}\n[]\nnull\n\"\"\n{\"envelope\":\"\"}\n{\"envelope\":1}",
        pretty.as_bytes(),
        &[good, b" "].concat(),
        &crlf,
    ] {
        // Alone it is no review; before, between and behind the good lines it does no harm.
        reviewed.note([junk, b"\n", declared, b"\n"].concat());
        refuses(&reviewed.site, "main...topic", "missing-review");
        reviewed.note([junk, b"\n", declared, b"\n\n\n", junk, b"\n", good, b"\n", junk].concat());
        allows(&reviewed.site, "main...topic");
    }
    // One line of sixteen megabytes.
    let long = vec![b'x'; 16 << 20];
    reviewed.note([&long[..], b"\n", declared, b"\n", good, b"\n"].concat());
    allows(&reviewed.site, "main...topic");
    for empty in [&b""[..], b"\n", b"\n\n\n"] {
        reviewed.note(empty);
        refuses(&reviewed.site, "main...topic", "missing-review");
    }
    // The last line without its newline is a line.
    reviewed.note([declared, b"\n", good].concat());
    allows(&reviewed.site, "main...topic");
}

/// N06. No number of lines makes the gate stop reading: time grows with the size of the note, and no faster.
#[test]
fn five_thousand_lines_of_junk_change_no_verdict() {
    let reviewed = Reviewed::new();
    let eve = signer(&reviewed.site, "eve");
    let (statement, ed) = (reviewed.statement(), signer(&reviewed.site, "ed").public_key().fingerprint().to_string());
    let sig = eve.sign(&pae(b"{}")).unwrap();
    let forged = |at: usize| line(STATEMENT, format!("{statement}{}", " ".repeat(at)).as_bytes(), &ed, &sig);
    let mut junk: String = (0..5_000).map(|at| format!("junk {at}\n")).collect();
    junk.extend((0..100).map(|at| forged(at) + "\n"));
    let (declared, good) = (&reviewed.declaration, &reviewed.review);
    reviewed.note(format!("{junk}{declared}\n"));
    refuses(&reviewed.site, "main...topic", "missing-review");
    reviewed.note(format!("{junk}{declared}\n{good}\n"));
    allows(&reviewed.site, "main...topic");
}

/// N10. The name of the ledger is fixed; what it leads to is what counts.
#[test]
fn no_other_ref_and_no_other_kind_of_object_is_the_ledger() {
    let reviewed = Reviewed::new();
    let site = &reviewed.site;
    let ledger = site.repo.rev(LEDGER);
    site.repo.git(&["update-ref", "-d", LEDGER]);
    for elsewhere in [
        "refs/notes/commits",
        "refs/notes/Provenance",
        "refs/notes/provenance2",
        "refs/heads/provenance",
        "refs/tags/notes/provenance",
        "refs/remotes/origin/notes/provenance",
        "refs/heads/refs/notes/provenance",
    ] {
        site.repo.git(&["update-ref", elsewhere, &ledger]);
        site.repo.git(&["config", "core.notesRef", elsewhere]);
        site.repo.git(&["config", "--add", "notes.displayRef", elsewhere]);
        let named = [("GIT_NOTES_REF", elsewhere), ("GIT_NOTES_DISPLAY_REF", elsewhere)];
        super::has_error(
            site.run_with(&["check", "main...topic", "--format", "json"], &named, "").ends(1),
            "missing-review",
        );
        site.repo.git(&["update-ref", "-d", elsewhere]);
    }
    let file = site.repo.git_dir().join(LEDGER);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    for (target, code) in [("topic", 1), ("topic:content/b.md", 3), ("topic^{tree}", 3)] {
        std::fs::write(&file, site.repo.rev(target) + "\n").unwrap();
        assert_eq!(super::check(site, "main...topic").code, code, "{target}");
    }
    std::fs::write(&file, "ref: refs/heads/topic\n").unwrap();
    assert_eq!(super::check(site, "main...topic").code, 1);
    std::fs::write(&file, "nonsense\n").unwrap();
    assert_eq!(super::check(site, "main...topic").code, 3);
    std::fs::write(&file, ledger + "\n").unwrap();
    allows(site, "main...topic");
}

/// N03, N11
#[test]
fn what_is_no_note_in_the_tree_of_notes_is_passed_over() {
    let reviewed = Reviewed::new();
    let site = &reviewed.site;
    let id = site.repo.rev("topic:content/b.md");
    let note = format!("{}\n{}\n", reviewed.declaration, reviewed.review).into_bytes();
    let (head, tail) = id.split_at(2);
    for path in [
        format!("{id}.txt"),
        format!("notes/{id}"),
        format!("{head}/{head}/{tail}"),
        id.to_uppercase(),
        format!("{}/{}", &id[..4], &id[4..]),
        format!("{}/{}", &id[..3], &id[3..]),
        format!("{id}/{id}"),
        id[..id.len() - 1].to_owned(),
        format!("{id}0"),
        "README".to_owned(),
    ] {
        rebuild(&site.repo, &BTreeMap::from([(path.clone(), note.clone())]));
        refuses(site, "main...topic", "missing-review");
        let honest = format!("{head}/{tail}");
        if !path.starts_with(&format!("{honest}/")) {
            rebuild(&site.repo, &BTreeMap::from([(path, b"x\n".to_vec()), (honest, note.clone())]));
            allows(site, "main...topic");
        }
    }
    // A submodule in the place of a note is none, and hides none of another fan-out.
    rebuild(&site.repo, &BTreeMap::from([(format!("{head}/{tail}"), note)]));
    let (main, tree) = (site.repo.rev("main"), site.repo.git(&["ls-tree", LEDGER]));
    let made = site.repo.git_with(&["mktree"], format!("{tree}\n160000 commit {main}\t{id}\n"));
    let commit = site.repo.commit_tree(&made, &[], 1_750_000_000);
    site.repo.git(&["update-ref", LEDGER, &commit]);
    allows(site, "main...topic");
}

/// N13
#[test]
fn nobody_lets_themselves_in_with_what_they_sign() {
    let site = Site::new();
    let server = server(&site);
    let published = server.rev("main");
    let eve = person(&site, "eve", "human", "\"admin\", \"security\", \"editor\"");
    let all = [
        (PEOPLE, text(&site, PEOPLE) + &eve),
        (RULES, POLICY.replace("count = 2", "count = 1")),
        ("content/b.md", "hers\n".into()),
    ];
    site.propose("own", &all.each_ref().map(|(path, text)| (*path, text.as_str())));
    // By the roster that she brings, she may sign.
    let shown = Reviewed::new();
    let statement = super::in_the_name_of(&site, "eve", &shown.statement());
    let ids = ["own:content/b.md", "main:content/b.md", "own:.provenance/people.toml"].map(|rev| site.repo.rev(rev));
    let review = seal(&site, "eve", statement) + "\n";
    rebuild(&site.repo, &ids.into_iter().map(|id| (id, review.clone().into_bytes())).collect());
    refuses(&site, "main..own", "missing-review").says("people.toml").says("content/b.md");
    push(&site, &["own:main", LEDGER]).ends(1).says("missing-review").says("unknown-key");
    push(&site, &["own:main"]).ends(1).says("missing-review");
    push(&site, &[LEDGER]).ends(1).says("unknown-key");
    assert_eq!(server.rev("main"), published);
    site.propose("honest", &[("content/b.md", "B\n")]);
    site.repo.git(&["update-ref", "-d", LEDGER]);
    site.approve("main...honest");
    push(&site, &["honest:main", LEDGER]).ends(0);
}

/// N06.a: a pointer that leads nowhere, to itself or to another note's line blocks, since it may hide a rejection.
#[test]
fn a_pointer_that_leads_nowhere_allows_nothing() {
    let reviewed = Reviewed::new();
    let site = &reviewed.site;
    let main = site.repo.rev("main:content/a.md");
    for target in [provenance_test_support::id_of('1'), main] {
        let pointer = format!("{{\"envelope\":\"{target}\"}}");
        reviewed.lines(&[&reviewed.review, &pointer]);
        undecided(site, "main...topic", "dangling-pointer");
    }
    reviewed.allows(&[&reviewed.review]);
}
