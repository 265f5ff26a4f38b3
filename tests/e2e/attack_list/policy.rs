//! Attacks on the policy: what judges a change is never in the change.

use std::os::unix::fs::symlink;

use provenance_core::key::PublicKey;

use super::{
    PEOPLE, RULES, Reviewed, allows, ana_approves, in_the_name_of, land, person, rebuild, refuses, seal, text,
    undecided, with_policy,
};
use crate::site::{POLICY, Site};

/// The rules without anything that they ask of reviewers and writers.
fn loosened() -> String {
    let rules =
        POLICY.replace("reviews = [{ roles = [\"editor\"] }]\n", "").replace("checklist = [\"accuracy\"]\n", "");
    let rules = rules.replace("declaration = \"required\"\n", "");
    rules + "\n[[exempt]]\npaths = [\"content/**\"]\nreason = \"so that it passes\"\n"
}

/// What Ed signs in the place of Ana, in earnest: the command would refuse to.
#[track_caller]
fn ed_approves(site: &Site, range: &str) {
    ana_approves(site, range);
    let log = site.run(&["log", range, "--branch", "refs/heads/main", "--format", "json"]).ends(0).json();
    let review = log.as_array().unwrap().iter().find(|record| record["kind"] == "review").unwrap();
    let line = seal(site, "ed", in_the_name_of(site, "ed", &review["statement"].to_string()));
    let ids = review["statement"]["predicate"]["changes"].as_array().unwrap().iter();
    let ids =
        ids.flat_map(|change| [&change["before"]["gitBlob"], &change["after"]["gitBlob"]]).filter_map(|id| id.as_str());
    rebuild(&site.repo, &ids.map(|id| (id.to_owned(), format!("{line}\n").into_bytes())).collect());
}

/// P01
#[test]
fn a_loosened_policy_does_not_judge_the_push_that_brings_it() {
    let site = Site::new();
    site.propose("loose", &[(RULES, &loosened())]);
    ana_approves(&site, "main...loose");
    site.repo.git(&["checkout", "--quiet", "-b", "evil"]);
    site.repo.write("content/b.md", "nobody read this\n");
    site.commit_by("wes", "and a file");
    refuses(&site, "main..evil", "missing-review").says("content/b.md");
    // The policy alone may go, and what comes after it is judged by it.
    allows(&site, "main..loose");
    land(&site, "loose");
    allows(&site, "main..evil");
}

/// P03. A policy change need not stand alone: it needs its own roles in whatever change set it comes, and one
/// review may approve the set.
#[test]
fn a_policy_among_ordinary_files_needs_its_own_role() {
    let site = Site::new();
    let stricter = POLICY.replace("[use.drafting]", "[use.editing]\ntitle = \"Editing\"\n[use.drafting]");
    site.propose("both", &[(RULES, &stricter), ("content/b.md", "B\n")]);
    ed_approves(&site, "main...both");
    refuses(&site, "main...both", "wrong-role").says(RULES);
    ana_approves(&site, "main...both");
    allows(&site, "main...both");
}

/// P05, P06. Policies have no version numbers. A review approves one change of one content to another: an old
/// policy comes back, and another of the same age goes on top, only by a review of just that.
#[test]
fn an_older_or_a_rival_policy_needs_a_review_of_its_own() {
    let site = Site::new();
    let rules = |name: &str| POLICY.replace("title = \"Drafting\"", &format!("title = \"{name}\""));
    site.propose("one", &[(RULES, &rules("One"))]);
    ana_approves(&site, "main...one");
    site.propose("rival", &[(RULES, &rules("Rival"))]);
    ana_approves(&site, "main...rival");
    allows(&site, "main..rival");
    land(&site, "one");
    site.propose("equivocates", &[(RULES, &rules("Rival"))]);
    refuses(&site, "main..equivocates", "missing-review").says(RULES);
    site.propose("back", &[(RULES, POLICY)]);
    refuses(&site, "main..back", "missing-review").says(RULES);
    ana_approves(&site, "main...back");
    allows(&site, "main..back");
    // And what was taken back does not return by its first review.
    land(&site, "back");
    site.propose("again", &[(RULES, &rules("One"))]);
    refuses(&site, "main..again", "stale-review").says(RULES);
}

/// That a file of the policy with this text is refused though Ana approves it, and decides nothing once it is
/// published all the same.
#[track_caller]
fn is_no_policy(site: &Site, path: &str, text: &str, problem: &str) {
    let published = site.repo.rev("main");
    site.propose("broken", &[(path, text)]);
    ana_approves(site, "main...broken");
    refuses(site, "main..broken", "policy-removed").says(problem);
    land(site, "broken");
    site.propose("next", &[("log/x", "x\n")]);
    undecided(site, "main..next", "undecided-policy").says(problem);
    land(site, &published);
    site.repo.git(&["branch", "--quiet", "-D", "broken", "next"]);
}

/// P08, P10. An unknown key is an error everywhere: it might be what makes a newer policy stricter.
#[test]
fn thresholds_that_nobody_or_anybody_meets_and_unknown_keys_are_no_policy() {
    let site = Site::new();
    let counted =
        |count: &str| POLICY.replace("roles = [\"editor\"] }", &format!("roles = [\"editor\"], count = {count} }}"));
    is_no_policy(&site, RULES, &counted("0"), "policy.toml:8");
    is_no_policy(&site, RULES, &counted("-1"), "policy.toml:8");
    is_no_policy(&site, RULES, &counted("3"), "asks for 3");
    is_no_policy(&site, RULES, &POLICY.replace("[\"editor\"]", "[\"chief\"]"), "chief");
    is_no_policy(
        &site,
        RULES,
        &POLICY.replace("[[rule]]", "must-have-two-keys = true\n\n[[rule]]"),
        "must-have-two-keys",
    );
    is_no_policy(&site, RULES, &POLICY.replace("checklist = [\"acc", "minimum = 2\nchecklist = [\"acc"), "minimum");
    // Two of two editors can be met.
    site.propose("two", &[(RULES, &counted("2"))]);
    ana_approves(&site, "main...two");
    allows(&site, "main..two");
}

/// P18, T03, K01, K13
#[test]
fn keys_that_are_somebody_elses_weak_or_no_keys_are_no_roster() {
    let site = Site::new();
    let people = text(&site, PEOPLE);
    let with = |public: &str| {
        people.clone() + &person(&site, "eve", "human", "\"editor\"").replace(&site.public("eve"), public)
    };
    let ed = site.public("ed");
    is_no_policy(&site, PEOPLE, &with(&ed), "people.toml");
    is_no_policy(&site, PEOPLE, &with(&format!("{ed} another comment")), "people.toml");
    is_no_policy(&site, PEOPLE, &with(&hardware(&ed, "ssh:")), "people.toml");
    // The same key twice for one person is no second person, and no honest roster either.
    is_no_policy(&site, PEOPLE, &people.replace(&ed, &format!("{ed}\", \"{}", hardware(&ed, "ssh:x"))), "people.toml");
    is_no_policy(
        &site,
        PEOPLE,
        &(people.clone() + &person(&site, "eve", "human", "").replace("eve@", "ED@")),
        "people.toml",
    );
    for weak in [
        "00",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ] {
        is_no_policy(&site, PEOPLE, &with(&plain(&point(weak))), "people.toml");
    }
    let certificate = ed.replace("ssh-ed25519 ", "ssh-ed25519-cert-v01@openssh.com ");
    is_no_policy(&site, PEOPLE, &with(&certificate), "people.toml");
    is_no_policy(&site, PEOPLE, &with(&format!("cert-authority {ed}")), "people.toml");
    site.propose("eve", &[(PEOPLE, &with(&site.public("eve")))]);
    ana_approves(&site, "main...eve");
    allows(&site, "main..eve");
}

/// A point from its hexadecimal digits, with zeroes to the end.
fn point(digits: &str) -> [u8; 32] {
    let mut point = [0; 32];
    for (at, byte) in point.iter_mut().enumerate().take(digits.len() / 2) {
        *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap();
    }
    point
}

fn blob(fields: &[&[u8]]) -> String {
    use base64::Engine as _;
    let bytes: Vec<u8> = fields
        .iter()
        .flat_map(|field| [&u32::try_from(field.len()).unwrap().to_be_bytes()[..], *field].concat())
        .collect();
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn plain(point: &[u8; 32]) -> String {
    format!("ssh-ed25519 {}", blob(&[b"ssh-ed25519", point]))
}

/// The point of a plain key, as if it were on a device.
fn hardware(public: &str, application: &str) -> String {
    let wire = public.parse::<PublicKey>().unwrap().to_wire();
    let kind = "sk-ssh-ed25519@openssh.com";
    format!("{kind} {}", blob(&[kind.as_bytes(), &wire[wire.len() - 32..], application.as_bytes()]))
}

/// P13
#[test]
fn an_unrelated_history_brings_neither_its_policy_nor_its_content() {
    let site = Site::new();
    site.repo.git(&["checkout", "--quiet", "--orphan", "other"]);
    site.repo.write(RULES, loosened());
    site.repo.write("content/c.md", "from elsewhere\n");
    site.commit_by("eve", "another root");
    let merge = |strategy: &str| {
        site.repo.git(&["checkout", "--quiet", "-B", "merged", "main"]);
        let options = ["merge", "--quiet", "--no-ff", "--allow-unrelated-histories", "-m", "join"];
        site.repo.git(&[&options[..], &[strategy, "other"]].concat());
    };
    merge("-Xtheirs");
    let refused = refuses(&site, "main..merged", "missing-review");
    refused.says("content/c.md").says("policy.toml");
    undecided(&site, "main...other", "undecided-history");
    // Merged and all of it left out, nothing changes.
    merge("--strategy=ours");
    allows(&site, "main..merged").says("nothing-to-check");
}

/// P15
#[test]
fn a_policy_that_is_no_plain_file_is_none() {
    let site = Site::new();
    let file = site.repo.path().join(RULES);
    let proposed = |site: &Site, what: &str| {
        ana_approves(site, &format!("main...{what}"));
        refuses(site, &format!("main..{what}"), "policy-removed");
    };
    site.propose("link", &[("content/rules.toml", POLICY)]);
    site.repo.remove(RULES);
    symlink("../content/rules.toml", &file).unwrap();
    site.commit_by("wes", "a link");
    proposed(&site, "link");
    site.repo.git(&["checkout", "--quiet", "-B", "gitlink", "main"]);
    let main = site.repo.rev("main");
    site.repo.git(&["update-index", "--cacheinfo", &format!("160000,{main},{RULES}")]);
    site.repo.git(&["commit", "--quiet", "-m", "a submodule"]);
    proposed(&site, "gitlink");
    site.repo.git(&["checkout", "--quiet", "--force", "-B", "folder", "main"]);
    std::fs::rename(site.repo.path().join(".provenance"), site.repo.path().join("content/rules")).unwrap();
    symlink("content/rules", site.repo.path().join(".provenance")).unwrap();
    site.commit_by("wes", "the folder is a link");
    proposed(&site, "folder");
}

/// P16. A look-alike is no policy, and not refused outright: it needs an admin, as the policy itself does.
#[test]
fn a_look_alike_of_the_policy_needs_an_admin_and_rules_nothing() {
    for name in [".Provenance", ".provenance.", ".\u{200b}provenance", "PROVEN~1", "\\.provenance"] {
        let site = Site::new();
        site.propose("twin", &[(&format!("{name}/policy.toml"), &loosened())]);
        ed_approves(&site, "main...twin");
        refuses(&site, "main..twin", "wrong-role").says("policy.toml");
        ana_approves(&site, "main...twin");
        allows(&site, "main..twin");
        land(&site, "twin");
        site.propose("evil", &[("content/b.md", "nobody read this\n")]);
        refuses(&site, "main..evil", "missing-review").says("content/b.md");
    }
}

/// P20
#[test]
fn an_agent_becomes_a_reviewer_by_nobodys_ordinary_review() {
    let site = Site::new();
    let people = text(&site, PEOPLE);
    let promoted = people.replace(
        "kind = \"agent\"\nemails = [\"bot@example.com\"]\nroles = []",
        "kind = \"agent\"\nemails = [\"bot@example.com\"]\nroles = [\"editor\"]",
    );
    assert_ne!(promoted, people);
    site.propose("bot", &[(PEOPLE, &promoted)]);
    ed_approves(&site, "main...bot");
    refuses(&site, "main..bot", "wrong-role").says(PEOPLE);
    ana_approves(&site, "main...bot");
    allows(&site, "main..bot");
    // Whatever its roles, it is no human.
    land(&site, "bot");
    let reviewed = Reviewed::of(site);
    let forged = seal(&reviewed.site, "bot", in_the_name_of(&reviewed.site, "bot", &reviewed.statement()));
    reviewed.refuses(&[&forged], "not-human");
    reviewed.allows(&[&forged, &reviewed.review]);
}

/// P21
#[test]
fn no_spelling_of_a_path_slips_past_the_rules() {
    let site = with_policy("paths = [\"content/**\"]", "paths = [\"content/**\", \"/[a-c].md\", 'st\\*r/*']");
    let odd = [
        "Content/b.md",
        "content\\b.md",
        "content/**",
        "content/[b].md",
        "*.md",
        "b.md",
        "st*r/x",
        "str/x",
        "log",
        "Log/x",
        "log\\x",
        "xlog/x",
        "content/.b",
        ".log/x",
    ];
    let files: Vec<(&str, &str)> = odd.iter().map(|path| (*path, "nobody read this\n")).collect();
    site.propose("evil", &files);
    let report = refuses(&site, "main..evil", "missing-review").json();
    let missing = report["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] == "missing-review");
    assert_eq!(missing.count(), odd.len(), "{report:#}");
    site.propose("log", &[("log/[x]*\\", "exempt\n"), ("log/a/b/..c", "exempt\n")]);
    allows(&site, "main..log");
}

/// P23
#[test]
fn no_cache_is_believed() {
    let site = Site::new();
    site.propose("good", &[("content/b.md", "B\n")]);
    site.approve("main...good");
    let evil = site.propose("evil", &[("content/b.md", "nobody read this\n")]);
    let blob = site.repo.rev("evil:content/b.md");
    for name in
        ["provenance-cache", "provenance/cache", "provenance/verified", "provenance/pending/x", "provenance/healed"]
    {
        let path = site.repo.git_dir().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("{evil} {blob} allowed\n")).unwrap();
    }
    for name in ["refs/local/provenance/cache", "refs/provenance/verified", "refs/notes/provenance-cache"] {
        site.repo.git(&["update-ref", name, &evil]);
    }
    refuses(&site, "main..evil", "missing-review");
    allows(&site, "main..good");
}

/// P21.b. Where a folder of a restricted use would be, a link to what AI made elsewhere needs what the folder needs.
#[test]
fn no_link_takes_the_place_of_a_folder_that_ai_keeps_out_of() {
    let site = super::with_policy("restricted = true\n", "restricted = true\npaths = [\"legal/**\"]\n");
    for (link, passes) in [("legal", false), ("letters", true)] {
        site.repo.git(&["checkout", "--quiet", "-B", "topic", "main"]);
        site.repo.write("drafts/terms.md", "terms\n");
        std::os::unix::fs::symlink("drafts", site.repo.path().join(link)).unwrap();
        site.commit_by("wes", "by the tool");
        let declare = |path| site.signed("wes", &[&["declare", "main...topic", path], &super::BY_AI[..]].concat());
        declare("drafts").ends(0);
        let declared = declare(link);
        for who in ["ed", "ana"] {
            site.signed(who, &["review", "main...topic", "--approve", "--answer", "accuracy=pass"]).ends(0);
        }
        if passes {
            declared.ends(0);
            allows(&site, "main...topic");
        } else {
            declared.ends(2).says("must not use AI");
            refuses(&site, "main...topic", "missing-declaration");
        }
    }
}
