//! The runner itself: that it passes with the binary, and that it can fail.

use std::path::{Path, PathBuf};

use provenance_test_support::Repo;

use super::case::folder;
use crate::site::Ran;

/// Runs the runner of this folder with a gate.
fn run(repo: &Repo, runner: &Path, gate: &str, cases: &[&str]) -> Ran {
    let mut command = repo.command(runner);
    command.arg(gate).args(cases);
    Ran::of(provenance_test_support::run(command, b""))
}

/// A gate that is a few lines of shell.
fn gate(repo: &Repo, name: &str, script: &str) -> String {
    let file = repo.home().join(name);
    std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    file.to_str().unwrap().to_owned()
}

fn last(ran: &Ran) -> (usize, usize) {
    let line = ran.out.lines().last().unwrap_or_default();
    let words: Vec<&str> = line.split(' ').collect();
    assert!(matches!(words[..], [_, "passed,", _, "failed"]), "{}", ran.out);
    (words[0].parse().unwrap(), words[2].parse().unwrap())
}

#[test]
fn the_binary_holds_every_case() {
    let ran = run(&Repo::empty_folder(), &folder().join("run"), env!("CARGO_BIN_EXE_git-provenance"), &[]).ends(0);
    assert_eq!(last(&ran).1, 0);
}

/// Cases for gates that are wrong: one of each verdict, in a suite of their own.
fn few(repo: &Repo) -> PathBuf {
    let suite = repo.home().join("suite");
    std::fs::create_dir_all(suite.join("cases")).unwrap();
    for file in ["run", "judge.awk"] {
        std::fs::copy(folder().join(file), suite.join(file)).unwrap();
    }
    for name in ["reviewed-change", "unreviewed-change", "root-not-in-history", "range-backwards"] {
        std::fs::create_dir(suite.join("cases").join(name)).unwrap();
        copy(&suite, name, &["case", "repository.bundle"]);
    }
    suite.join("run")
}

/// A case of a suite of its own has these files of the published one.
fn copy(suite: &Path, name: &str, files: &[&str]) {
    for file in files {
        std::fs::copy(folder().join("cases").join(name).join(file), suite.join("cases").join(name).join(file)).unwrap();
    }
}

#[test]
fn a_gate_that_always_says_the_same_fails() {
    let repo = Repo::empty_folder();
    let runner = few(&repo);
    let say = |verdict: &str, errors: &str, code: u8| {
        format!("echo '{{\"verdict\":\"{verdict}\",\"findings\":[{errors}]}}'\nexit {code}")
    };
    let missing = r#"{"severity":"error","code":"missing-review","path":"content/b.md"},{"severity":"error","code":"missing-declaration","path":"content/b.md"}"#;
    let another = format!(r#"{missing},{{"severity":"error","code":"rewound-branch"}}"#);
    for (name, script, passed) in [
        ("allows", say("allowed", "", 0), 1),
        ("refuses", say("refused", "", 1), 0),
        ("guesses", say("refused", missing, 1), 1),
        ("contradicts", say("allowed", "", 1), 0),
        ("silent", "exit 0".to_owned(), 0),
        ("silent-refusal", "exit 1".to_owned(), 0),
        ("usage", "exit 2".to_owned(), 1),
        ("breaks-off", "printf '{\"verdict\":\"allowed\",\"findings\":['".to_owned(), 0),
        ("refuses-for-more", say("refused", &another, 1), 0),
        ("killed", "kill -9 $$".to_owned(), 0),
    ] {
        let ran = run(&repo, &runner, &gate(&repo, name, &script), &[]).ends(1);
        assert_eq!(last(&ran), (passed, 4 - passed), "{name}: {}", ran.out);
        assert_eq!(ran.out.matches("FAIL ").count(), 4 - passed, "{name}: {}", ran.out);
        assert!(ran.out.contains("expected exit ") && ran.out.contains("; found exit "), "{name}: {}", ran.out);
    }
}

/// Two pushes for hooks that are wrong: one that is taken, and one that is not.
fn pushes(repo: &Repo) -> PathBuf {
    let runner = few(repo);
    let suite = runner.parent().unwrap();
    std::fs::remove_dir_all(suite.join("cases")).unwrap();
    for name in ["push-with-its-ledger", "push-unreviewed"] {
        std::fs::create_dir_all(suite.join("cases").join(name)).unwrap();
        copy(suite, name, &["case", "repository.bundle", "push", "push.bundle"]);
    }
    runner
}

#[test]
fn a_hook_is_called_as_git_calls_it_and_judged_by_all_its_reports() {
    let repo = Repo::empty_folder();
    let runner = pushes(&repo);
    let say = |verdict: &str, code: u8| format!("echo '{verdict}'\nexit {code}");
    let finding = |code: &str| format!(r#"{{"severity":"error","code":"{code}","path":"content/b.md"}}"#);
    let missing = [finding("missing-review"), finding("missing-declaration")].join(",");
    let report =
        |errors: &str| format!(r#"{{"verdict":"refused","reports":[{{"findings":[{errors}]}}],"findings":[]}}"#);
    // What is pushed can be read in quarantine and is not in the repository.
    let honest = r#"[ "$1 $2 $3 $4 $5" = "hook pre-receive --format json --now" ] || exit 9
while read -r old new ref; do
  git cat-file -e "$new" || exit 8
  GIT_OBJECT_DIRECTORY=objects git cat-file -e "$new" 2>/dev/null && exit 7
done
"#;
    for (name, script, passed) in [
        ("takes", honest.to_owned() + &say(r#"{"verdict":"allowed","reports":[],"findings":[]}"#, 0), 1),
        ("declines", honest.to_owned() + &say(&report(&missing), 1), 1),
        ("declines-for-less", say(&report(&finding("missing-review")), 1), 0),
        ("declines-for-more", say(&report(&format!("{missing},{}", finding("rejected"))), 1), 0),
        ("cannot-read", say("", 3), 0),
    ] {
        let ran = run(&repo, &runner, &gate(&repo, name, &script), &[]).ends(1);
        assert_eq!(last(&ran), (passed, 2 - passed), "{name}: {}", ran.out);
    }
    assert_eq!(last(&run(&repo, &runner, env!("CARGO_BIN_EXE_git-provenance"), &[]).ends(0)), (2, 0));
}

#[test]
fn a_missing_binary_an_empty_suite_and_a_broken_case_fail() {
    let repo = Repo::empty_folder();
    let runner = few(&repo);
    let binary = env!("CARGO_BIN_EXE_git-provenance");
    assert_eq!(last(&run(&repo, &runner, binary, &[]).ends(0)), (4, 0));
    assert_eq!(last(&run(&repo, &runner, "/nowhere/gate", &[]).ends(1)), (0, 4));
    assert_eq!(last(&run(&repo, &runner, "no-such-gate", &[]).ends(1)), (0, 4));
    assert_eq!(last(&run(&repo, &runner, binary, &["reviewed-change", "no-such-case"]).ends(1)), (1, 1));
    let cases = runner.parent().unwrap().join("cases");
    let bundle = cases.join("reviewed-change/repository.bundle");
    std::fs::write(&bundle, &std::fs::read(&bundle).unwrap()[..200]).unwrap();
    let ran = run(&repo, &runner, binary, &[]).ends(1).says("FAIL reviewed-change: the repository cannot be made");
    assert_eq!(last(&ran), (3, 1));
    std::fs::remove_dir_all(&cases).unwrap();
    std::fs::create_dir(&cases).unwrap();
    assert_eq!(last(&run(&repo, &runner, binary, &[]).ends(1)).0, 0);
    let mut bare = repo.command(&runner);
    bare.stdin(std::process::Stdio::null());
    Ran::of(provenance_test_support::run(bare, b"")).ends(2).says("usage: run BINARY");
}
