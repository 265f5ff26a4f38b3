//! The commands as they are typed: how fast a process answers, and what memory it takes.
//!
//! `cargo bench -p provenance-cli [show] [check] [sync]`; `PROVENANCE_BENCH_DIR=DIR` keeps what was
//! made.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "it prints figures, and a failure is a panic")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use provenance_core::check::change_set;
use provenance_core::git::Repository;
use provenance_test_support::bench::{Figures, Folder, HEAD_BRANCH, MAIN, NOW, Site, alternate};

/// The program as it is installed: a copy. What the linker wrote lies in the page cache page by page, each of them
/// a fault where it is first used; what was copied lies there in larger pieces, and starts a third faster.
fn installed(folder: &Folder) -> PathBuf {
    folder.scratch(Path::new(env!("CARGO_BIN_EXE_git-provenance")), "git-provenance")
}

fn main() {
    let Some(mut figures) = Figures::asked() else { return };
    let folder = Folder::new();
    let binary = installed(&folder);
    let site = |notes| Site { notes, commits: 50, files: 200, reviewed: true }.repository(&folder);
    if figures.wants("show") {
        [1_000, 100_000].iter().for_each(|notes| show((&folder, &binary), &site(*notes), *notes, &mut figures));
    }
    if figures.wants("check") {
        check((&folder, &binary), &site(100_000), &mut figures);
    }
    if figures.wants("sync") {
        [1_000, 100_000].iter().for_each(|notes| sync((&folder, &binary), &site(*notes), *notes, &mut figures));
    }
    println!("{}", figures.table());
}

/// Runs a command to its end.
fn finish(mut command: Command, arguments: &[&str]) {
    let status = command.args(arguments).stdout(Stdio::null()).status().unwrap();
    assert!(status.success(), "{arguments:?} ended with {status}");
}

fn show((folder, binary): (&Folder, &Path), site: &Path, notes: usize, figures: &mut Figures) {
    let repository = Repository::discover(site).unwrap();
    let commit = |name: &str| repository.resolve(name).unwrap().commit;
    let changes = change_set(&repository, commit(MAIN), commit(HEAD_BRANCH)).unwrap();
    let id = changes[FILE].after().unwrap().id().to_string();
    let [ours, git, nothing] = alternate(
        101,
        [
            &mut || finish(folder.command(site, binary), &["show", &id]),
            &mut || finish(folder.command(site, "git"), &["notes", "--ref=provenance", "show", &id]),
            &mut || finish(folder.command(site, "true"), &[]),
        ],
    );
    figures.times(format!("show one of {notes} notes, against `git notes show`"), ours, git, Some(1.0));
    figures.times("the same, against a program that does nothing", ours, nothing, None);
}

/// Some file of the proposal.
const FILE: usize = 123;

fn check((folder, binary): (&Folder, &Path), site: &Path, figures: &mut Figures) {
    let range = format!("{MAIN}...{HEAD_BRANCH}");
    let mut peak = 0;
    for _ in 0..5 {
        let mut command = folder.command(site, binary);
        command.args(["--now", NOW, "check", &range, "--branch", MAIN]).stdout(Stdio::null());
        let mut child = command.spawn().unwrap();
        let status = PathBuf::from(format!("/proc/{}/status", child.id()));
        while child.try_wait().unwrap().is_none() {
            peak = peak.max(high_water(&status));
            std::thread::sleep(Duration::from_micros(200));
        }
        assert!(child.wait().unwrap().success());
    }
    figures.sizes("peak memory of check beside 100000 notes, against 100 MB", peak, 100_000_000, Some(1.0));
    let run = |arguments: &[&str]| finish(folder.command(site, binary), &[&["--now", NOW], arguments].concat());
    let [check, version] = alternate(
        21,
        [&mut || run(&["check", &range, "--branch", MAIN]), &mut || {
            finish(folder.command(site, binary), &["--version"])
        }],
    );
    figures.times("check as a process, against `--version`", check, version, None);
}

/// The most memory a process has had so far, in bytes; nothing once it has ended.
fn high_water(status: &Path) -> u64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|number| number.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

fn sync((folder, binary): (&Folder, &Path), site: &Path, notes: usize, figures: &mut Figures) {
    let scratch = |name: &str| folder.scratch(site, &format!("{name}-{notes}"));
    let (here, remote) = (scratch("here"), scratch("remote"));
    let url = format!("file://{}", remote.display());
    folder.git(&here, &["remote", "add", "origin", &url], b"");
    finish(folder.command(&here, binary), &["sync"]);
    let trace = here.join("trace");
    let mut traced = folder.command(&here, binary);
    traced.env("GIT_TRACE", &trace);
    finish(traced, &["sync"]);
    let traced = std::fs::read_to_string(&trace).unwrap();
    assert_eq!(traced.matches("built-in: git fetch").count(), 1, "one round trip\n{traced}");
    assert_eq!(traced.matches("git push").count(), 0, "nothing to push\n{traced}");
    let fetch =
        ["fetch", "--quiet", "--no-tags", "origin", "+refs/notes/provenance:refs/notes/remotes/origin/provenance"];
    let [ours, git] = alternate(
        31,
        [&mut || finish(folder.command(&here, binary), &["sync"]), &mut || {
            finish(folder.command(&here, "git"), &fetch)
        }],
    );
    figures.times(format!("sync of nothing new with {notes} notes, against `git fetch`"), ours, git, Some(1.5));
}
