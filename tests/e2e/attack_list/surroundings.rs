//! Attacks by what surrounds a check: environment, configuration, other users, other tools, the screen.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use provenance_test_support::{Repo, object_format};

use super::{LEDGER, RULES, Reviewed, allows, good_and_evil, has_error, refuses};
use crate::server::{fix_clock, push, server};
use crate::site::{POLICY, Ran, Site, run_in};

/// A program that leaves a trace when it is run, and says that all is well.
fn canary(site: &Site) -> String {
    let path = site.repo.home().join("canary");
    std::fs::write(&path, format!("#!/bin/sh\ntouch {}\nexit 0\n", trace(site).display())).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

fn trace(site: &Site) -> std::path::PathBuf {
    site.repo.home().join("trace")
}

/// Variables that git, or a program of git's, takes for something; `@` stands for what the test makes.
const VARIABLES: [(&str, &str); 36] = [
    ("GIT_DIR", "@git-dir"),
    ("GIT_COMMON_DIR", "@git-dir"),
    ("GIT_WORK_TREE", "/nowhere"),
    ("GIT_INDEX_FILE", "/nowhere"),
    ("GIT_OBJECT_DIRECTORY", "@objects"),
    ("GIT_ALTERNATE_OBJECT_DIRECTORIES", "@objects"),
    ("GIT_QUARANTINE_PATH", "@objects"),
    ("GIT_NAMESPACE", "x"),
    ("GIT_REPLACE_REF_BASE", "refs/heads/"),
    ("GIT_NO_REPLACE_OBJECTS", "0"),
    ("GIT_DEFAULT_HASH", "sha256"),
    ("GIT_CEILING_DIRECTORIES", "/"),
    ("GIT_TRACE", "@trace"),
    ("GIT_TRACE2_EVENT", "@trace"),
    ("GIT_CONFIG_COUNT", "3"),
    ("GIT_CONFIG_KEY_0", "core.fsmonitor"),
    ("GIT_CONFIG_VALUE_0", "@program"),
    ("GIT_CONFIG_KEY_1", "provenance.root"),
    ("GIT_CONFIG_VALUE_1", "@evil"),
    ("GIT_CONFIG_KEY_2", "gpg.ssh.program"),
    ("GIT_CONFIG_VALUE_2", "@program"),
    ("GIT_CONFIG_PARAMETERS", "'provenance.root=0'"),
    ("GIT_CONFIG", "/nowhere"),
    ("GIT_EXTERNAL_DIFF", "@program"),
    ("GIT_PAGER", "@program"),
    ("PAGER", "@program"),
    ("GIT_EDITOR", "@program"),
    ("EDITOR", "@program"),
    ("GIT_SSH_COMMAND", "@program"),
    ("GIT_ASKPASS", "@program"),
    ("GIT_PROXY_COMMAND", "@program"),
    ("GIT_EXEC_PATH", "/nowhere"),
    ("GIT_REFLOG_ACTION", "x"),
    ("GIT_ATTR_SOURCE", "evil"),
    ("GIT_LITERAL_PATHSPECS", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
];

/// S01
#[test]
fn no_variable_of_git_leads_the_check_elsewhere() {
    let site = good_and_evil();
    let other = Site::new();
    other.propose("evil", &[("content/c.md", "x\n")]);
    let made = [
        ("@git-dir", other.repo.git_dir().display().to_string()),
        ("@objects", other.repo.git_dir().join("objects").display().to_string()),
        ("@trace", trace(&site).display().to_string()),
        ("@program", canary(&site)),
        ("@evil", site.repo.rev("evil")),
    ];
    let value = |text: &'static str| made.iter().find(|(name, _)| *name == text).map_or(text, |(_, value)| value);
    let variables = VARIABLES.map(|(name, text)| (name, value(text)));
    let check = |range: &str, environment: &[(&str, &str)]| {
        site.run_with(&["check", range, "--format", "json"], environment, "")
    };
    for one in variables {
        has_error(check("main..evil", &[one]).ends(1), "missing-review");
    }
    has_error(check("main..evil", &variables).ends(1), "missing-review");
    check("main..good", &variables).ends(0);
    assert!(!trace(&site).exists());
}

/// Keys of the configuration that name a program.
const PROGRAMS: [&str; 26] = [
    "core.fsmonitor",
    "core.sshCommand",
    "core.pager",
    "core.editor",
    "core.askPass",
    "core.gitProxy",
    "core.alternateRefsCommand",
    "gpg.program",
    "gpg.ssh.program",
    "gpg.ssh.defaultKeyCommand",
    "diff.external",
    "diff.x.command",
    "diff.x.textconv",
    "merge.x.driver",
    "filter.x.clean",
    "filter.x.smudge",
    "filter.x.process",
    "credential.helper",
    "uploadpack.packObjectsHook",
    "sequence.editor",
    "pager.check",
    "interactive.diffFilter",
    "trailer.x.command",
    "trailer.x.cmd",
    "alias.notes",
    "alias.provenance",
];

/// What reads, each with what it reads.
const READS: [&[&str]; 12] = [
    &["check", "main..evil"],
    &["check", "main..good"],
    &["status", "main...evil"],
    &["log", "main...good"],
    &["show", "good:content/b.md"],
    &["policy", "lint"],
    &["policy", "coverage"],
    &["people"],
    &["tools"],
    &["trust"],
    &["report"],
    &["key", "show"],
];

/// S01, K15. Reading and signing runs no program that a repository's configuration, attributes or hooks name.
#[test]
fn nothing_in_a_repository_makes_us_run_a_program() {
    let site = good_and_evil();
    let program = canary(&site);
    for folder in ["hooks", "info"] {
        std::fs::create_dir_all(site.repo.git_dir().join(folder)).unwrap();
    }
    for key in PROGRAMS {
        site.repo.git(&["config", key, &program]);
    }
    for hook in ["reference-transaction", "post-index-change", "pre-commit", "post-checkout", "fsmonitor-watchman"] {
        std::fs::copy(&program, site.repo.git_dir().join("hooks").join(hook)).unwrap();
    }
    for attributes in ["* diff=x\n", "* filter=x merge=x\n"] {
        std::fs::write(site.repo.git_dir().join("info/attributes"), attributes).unwrap();
        std::fs::write(site.repo.path().join(".gitattributes"), attributes).unwrap();
        site.signed("wes", &["declare", "main...evil", "--extent", "none", "-m", attributes.trim()]).ends(0);
        site.signed("ed", &["review", "main...evil", "--reject", "-m", attributes.trim()]).ends(0);
        for verb in READS {
            let ran = site.run(verb);
            assert!(!ran.err.contains("panicked") && !trace(&site).exists(), "{verb:?}: {ran:?}");
        }
    }
    refuses(&site, "main..evil", "rejected");
    allows(&site, "main..good");
    // The trap works: git itself steps on it.
    site.repo.try_git(&["status"]);
    assert!(trace(&site).exists());
}

/// S03. What is in another user's folder is not opened, and cannot say itself that it may be.
#[test]
fn a_repository_of_another_user_is_not_opened() {
    let site = good_and_evil();
    site.repo.git(&["config", "safe.directory", "*"]);
    allows(&site, "main..good");
    if !chown(site.repo.path(), "12345") {
        eprintln!("skipped: only root can give a folder away");
        return;
    }
    site.run(&["check", "main..good"]).ends(3).says("belongs to another user");
    site.run(&["check", "main..evil"]).ends(3);
    chown(site.repo.path(), "0");
    allows(&site, "main..good");
}

fn chown(folder: &Path, owner: &str) -> bool {
    let ran = std::process::Command::new("chown")
        .arg("-R")
        .arg(owner)
        .arg(folder)
        .stderr(std::process::Stdio::null())
        .status();
    ran.is_ok_and(|status| status.success())
}

/// S06
#[test]
fn a_repository_of_two_kinds_of_ids_is_not_decided_on() {
    let site = good_and_evil();
    let other = if object_format() == "sha256" { "sha1" } else { "sha256" };
    site.repo.git(&["config", "core.repositoryFormatVersion", "1"]);
    for (key, value) in [("extensions.compatObjectFormat", other), ("extensions.unheardOf", "true")] {
        let file = site.repo.git_dir().join("config");
        let before = std::fs::read_to_string(&file).unwrap();
        let (section, name) = key.split_once('.').unwrap();
        std::fs::write(&file, format!("{before}[{section}]\n\t{name} = {value}\n")).unwrap();
        site.run(&["check", "main..good"]).ends(3).says(&name.to_lowercase());
        site.run(&["check", "main..evil"]).ends(3);
        std::fs::write(&file, before).unwrap();
    }
    allows(&site, "main..good");
}

/// S08, S10
#[test]
fn a_push_past_the_clients_hook_and_in_parts_is_judged_as_one() {
    let site = good_and_evil();
    let server = server(&site);
    let published = server.rev("main");
    site.run(&["hook", "install"]).ends(0);
    fix_clock(&site.repo.git_dir());
    push(&site, &["--no-verify", "evil:main"]).ends(1).says("missing-review");
    // One ref that may not move keeps all others of the push from moving, asked for together or not.
    for atomic in ["--atomic", "--no-atomic"] {
        push(&site, &["--no-verify", atomic, "good:refs/heads/else", LEDGER, "evil:main"])
            .ends(1)
            .says("missing-review");
        assert!(server.try_git(&["rev-parse", "--verify", "--quiet", "else"]).stdout.is_empty());
        assert!(server.try_git(&["rev-parse", "--verify", "--quiet", LEDGER]).stdout.is_empty());
    }
    assert_eq!(server.rev("main"), published);
    push(&site, &["--no-verify", "good:main"]).ends(1).says("missing-review");
    push(&site, &["--no-verify", "good:main", LEDGER]).ends(0);
}

/// S11, S13. Where text of a repository is shown, nothing of it steers a terminal, and JSON gives it back as it was. Other formats of the
/// report are not written yet.
#[test]
fn names_and_words_of_others_steer_no_screen_and_break_no_json() {
    let evil = "\u{1b}[2J\u{1b}]52;c;eA==\u{7}\u{202e}\u{9b}1A\"<x>&'`$(x)%0A::error::";
    let site = Site::new();
    site.repo.git(&["checkout", "--quiet", "-B", "topic", "main"]);
    let path = format!("content/{}.md", evil.replace('/', ""));
    site.repo.write(&path, "x\n");
    site.repo.git(&["add", "--all"]);
    let author = "e\u{1b}[31mve\u{202e} <eve@example.com>";
    site.repo.git(&["commit", "--quiet", "--author", author, "-m", evil]);
    site.approve("main...topic");
    let key = site.key("ed");
    let more = [
        "review",
        "main...topic",
        "--approve",
        "--answer",
        "accuracy=pass",
        "-m",
        evil,
        "--key",
        key.to_str().unwrap(),
    ];
    let shown = [
        site.run(&more),
        site.run(&["check", "main...topic"]),
        site.run(&["status", "main...topic"]),
        site.run(&["log", "main...topic"]),
        site.run(&["show", &format!("topic:{path}")]),
        site.run(&["check", "main...topic", "--explain", &path]),
        site.run(&["report"]),
        site.run(&["check", "main...topic", "--format", "json"]),
        site.run(&["check", evil]),
    ];
    for ran in &shown {
        let controls = |text: &str| text.chars().any(|c| (c.is_control() && c != '\n' && c != '\t') || c == '\u{202e}');
        assert!(!controls(&ran.out) && !controls(&ran.err), "{ran:?}");
        assert!(!format!("{}\n{}", ran.out, ran.err).lines().any(|line| line.starts_with("::")), "{ran:?}");
    }
    let report = shown[7].json();
    let told: provenance_core::path::RepoPath = report["changes"][0]["path"].as_str().unwrap().parse().unwrap();
    assert_eq!(told.as_bytes(), path.as_bytes());
}

/// P11. `check` judges OLD by what OLD says, as its caller wants it; whether that history is the true one only a pin can say. Where one is
/// pinned, a substitute decides nothing; without one a state without a policy does not either, and a server takes nothing.
#[test]
fn a_substitute_repository_is_found_out_by_the_pin() {
    let honest = good_and_evil();
    let root = honest.repo.rev("main");
    let fake = Site::new();
    fake.repo.write(RULES, POLICY.replace("declaration = \"required\"", "declaration = \"optional\""));
    fake.repo.git(&["commit", "--quiet", "--amend", "--all", "--no-edit"]);
    fake.repo.git(&["config", "provenance.root", &root]);
    fake.propose("evil", &[("log/x", "x\n")]);
    for range in ["main..evil", "main...evil"] {
        has_error(super::check(&fake, range).ends(3), "untrusted-root");
    }
    fake.repo.git(&["config", "--unset", "provenance.root"]);
    has_error(fake.run(&["check", "main..evil", "--root", &root, "--format", "json"]).ends(3), "untrusted-root");
    allows(&honest, "main..good");
}

/// S01.a: alternates, an index over packs and lists of commit-graphs that somebody forged.
#[test]
fn files_of_a_foreign_object_store_vouch_for_nothing() {
    let reviewed = Reviewed::new();
    let site = &reviewed.site;
    let other = Repo::new();
    let objects = other.git_dir().join("objects");
    std::fs::create_dir_all(site.repo.git_dir().join("objects/info")).unwrap();
    std::fs::write(site.repo.git_dir().join("objects/info/alternates"), format!("{}\n/nowhere\n", objects.display()))
        .unwrap();
    allows(site, "main...topic");
    for name in ["pack/multi-pack-index", "info/packs", "info/commit-graphs/commit-graph-chain"] {
        let file = site.repo.git_dir().join("objects").join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "forged\n").unwrap();
    }
    allows(site, "main...topic");
    site.propose("evil", &[("content/c.md", "nobody read this\n")]);
    refuses(site, "main...evil", "missing-review");
    let ran: Ran = run_in(&other, &["check"], &[], "");
    ran.ends(3);
}
