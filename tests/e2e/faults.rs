//! Faults: processes that are killed at any moment, a disk that is full, a ref that is locked, agents and
//! remotes that break off, many writers at once.
//!
//! What must hold after each: git reads the ledger, every line of it is whole, and no record is missing of
//! which a command said that it is written. `PROVENANCE_FAULT_TRIALS` says how often processes are killed.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use provenance_test_support::Repo;

use crate::server::{push, server};
use crate::site::{NOW, Ran, Site};

const LEDGER: &str = "refs/notes/provenance";

fn trials() -> u32 {
    std::env::var("PROVENANCE_FAULT_TRIALS").ok().and_then(|text| text.parse().ok()).unwrap_or(12)
}

/// Git finds the repository sound; if not at once, then when what a killed process had begun is over: its `git push` goes
/// on for a moment, and moves objects out of quarantine while they are counted.
fn is_sound(repo: &Repo) {
    let fsck = || repo.try_git(&["fsck", "--strict", "--no-dangling"]);
    let first = fsck();
    if !first.status.success() {
        eprintln!("not sound at first: {first:?}");
        std::thread::sleep(Duration::from_secs(2));
        let second = fsck();
        assert!(second.status.success(), "first {first:?}, then {second:?}");
    }
}

/// Every line of every note, as git reads them; none where there is no such ref. Each is whole.
fn lines(repo: &Repo, notes: &str) -> BTreeSet<String> {
    is_sound(repo);
    if !repo.try_git(&["rev-parse", "--verify", "--quiet", notes]).status.success() {
        return BTreeSet::new();
    }
    let listed = repo.git(&["notes", "--ref", notes, "list"]);
    let blobs: BTreeSet<&str> = listed.lines().filter_map(|line| line.split(' ').next()).collect();
    let asked: String = blobs.iter().flat_map(|blob| [blob, "\n"]).collect();
    // An empty line stands before each content.
    let text = repo.git_with(&["cat-file", "--batch=%(rest)"], asked);
    let lines: BTreeSet<String> = text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    for line in &lines {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "half a line: {line}");
    }
    lines
}

/// The command, ready to be started.
fn command(site: &Site, now: &str, arguments: &[&str]) -> Command {
    let mut command = site.repo.command(env!("CARGO_BIN_EXE_git-provenance"));
    command.args(["--now", now, "--format", "json"]).args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Kills it after a while, if it has not ended by itself.
fn killed_after(mut command: Command, delay: Duration) -> Ran {
    let mut child = command.spawn().unwrap();
    std::thread::sleep(delay);
    drop(child.kill());
    Ran::of(child.wait_with_output().unwrap())
}

/// Delays that spread over a time and a little more, in no order: the same in every run.
fn delays(whole: Duration) -> impl Iterator<Item = Duration> {
    let mut state = 0x9e37_79b9u32;
    (0..trials()).map(move |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        whole.mul_f64(f64::from(state >> 8) / f64::from(1u32 << 24) * 1.2)
    })
}

/// A killed process leaves the lock of a ref that it was about to move, as git does: it is taken away.
fn unlock(repo: &Repo, name: &str) -> bool {
    std::fs::remove_file(repo.git_dir().join(format!("{name}.lock"))).is_ok()
}

/// The record that a command said is written.
fn said(ran: &Ran) -> Option<String> {
    let answer: serde_json::Value = serde_json::from_str(&ran.out).ok()?;
    answer["record"].as_str().map(str::to_owned)
}

/// The ids of the records under the topic, as `log` reads them.
fn records(site: &Site) -> BTreeSet<String> {
    let log = site.run(&["log", "main...topic", "--format", "json"]).ends(0).json();
    log.as_array().unwrap().iter().map(|it| it["record"].as_str().unwrap().to_owned()).collect()
}

fn clock(at: u32) -> String {
    format!("2025-06-01T12:{:02}:{:02}Z", at / 60, at % 60)
}

fn declared() -> Site {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.signed("wes", &["declare", "main...topic", "--extent", "none"]).ends(0);
    site
}

const REVIEW: [&str; 5] = ["review", "main...topic", "--approve", "--answer", "accuracy=pass"];

#[test]
fn a_review_that_is_killed_is_written_or_is_not() {
    let site = declared();
    let key = site.key("ed");
    let words = [&REVIEW[..], &["--key", key.to_str().unwrap()]].concat();
    let start = Instant::now();
    let first = Ran::of(command(&site, &clock(0), &words).output().unwrap());
    let whole = start.elapsed();
    let mut written = BTreeSet::from([said(&first.ends(0)).unwrap()]);
    let mut before = lines(&site.repo, LEDGER);
    let mut cut_short = 0;
    for (at, delay) in delays(whole).enumerate() {
        let ran = killed_after(command(&site, &clock(at as u32 + 1), &words), delay);
        cut_short += usize::from(ran.code < 0);
        written.extend(said(&ran));
        unlock(&site.repo, LEDGER);
        let now = lines(&site.repo, LEDGER);
        assert!(now.is_superset(&before), "a line is gone");
        before = now;
    }
    assert!(cut_short > 0, "nothing was killed");
    assert!(records(&site).is_superset(&written), "a record is gone that was reported as written");
    site.signed("ed", &[&REVIEW[..], &["--now", "2025-06-01T13:00:00Z"]].concat()).ends(0);
    site.run(&["check", "main...topic", "--now", "2025-06-01T13:00:00Z"]).ends(0);
}

#[test]
fn a_sync_that_is_killed_loses_nothing_on_either_side() {
    let site = declared();
    let server = site.repo.clone_with(&["--bare"]);
    site.repo.git(&["remote", "add", "origin", server.path().to_str().unwrap()]);
    let start = Instant::now();
    Ran::of(command(&site, NOW, &["sync"]).output().unwrap()).ends(0);
    let whole = start.elapsed();
    for (at, delay) in delays(whole).enumerate() {
        let now = clock(at as u32 + 1);
        site.signed("ed", &[&REVIEW[..], &["--now", &now]].concat()).ends(0);
        let ours = lines(&site.repo, LEDGER);
        let theirs = lines(&server, LEDGER);
        killed_after(command(&site, &now, &["sync"]), delay);
        for repo in [&site.repo, &server] {
            unlock(repo, LEDGER);
        }
        assert!(lines(&site.repo, LEDGER).is_superset(&ours) && lines(&server, LEDGER).is_superset(&theirs));
    }
    site.run(&["sync"]).ends(0);
    assert_eq!(lines(&site.repo, LEDGER), lines(&server, LEDGER));
}

#[test]
fn an_import_that_is_killed_is_done_again_in_full() {
    const IMPORTED: &str = "refs/notes/provenance-imported";
    let site = Site::new();
    for at in 0..20 {
        site.repo.write("content/a.md", format!("{at}\n"));
        site.repo.commit("work\n\nAssisted-by: Claude:claude-opus-4");
    }
    let twin = site.repo.clone_with(&[]);
    let import = ["import", "--from", "trailers", "--branch", "main"];
    let start = Instant::now();
    crate::site::run_in(&twin, &import, &[], "").ends(0);
    let whole = start.elapsed();
    for delay in delays(whole) {
        killed_after(command(&site, NOW, &import), delay);
        unlock(&site.repo, IMPORTED);
        lines(&site.repo, IMPORTED);
    }
    site.run(&import).ends(0);
    assert_eq!(lines(&site.repo, IMPORTED), lines(&twin, IMPORTED));
}

#[test]
fn a_hook_that_dies_refuses_the_push() {
    let site = Site::new();
    let server = server(&site);
    site.propose("topic", &[("content/b.md", "B\n")]);
    let hook = server.git_dir().join("hooks/pre-receive");
    let honest = std::fs::read_to_string(&hook).unwrap();
    // Refused without a review, whenever the hook is killed.
    let before = server.rev("refs/heads/main");
    for delay in delays(Duration::from_millis(60)).take(8) {
        let inner = server.git_dir().join("hooks/judge");
        std::fs::write(&inner, &honest).unwrap();
        std::fs::set_permissions(&inner, std::fs::metadata(&hook).unwrap().permissions()).unwrap();
        let seconds = delay.as_secs_f64();
        let dies =
            format!("#!/bin/sh\n\"$(dirname \"$0\")/judge\" <&0 &\npid=$!\nsleep {seconds}\nkill -9 $pid\nwait $pid\n");
        std::fs::write(&hook, dies).unwrap();
        assert_ne!(push(&site, &["topic:main"]).code, 0);
        assert_eq!(server.rev("refs/heads/main"), before);
    }
    std::fs::write(&hook, "#!/bin/sh\nkill -9 $$\n").unwrap();
    site.approve("main...topic");
    assert_ne!(push(&site, &["topic:main", "refs/notes/provenance"]).code, 0, "nor with one, where nobody judged it");
    std::fs::write(&hook, honest).unwrap();
    push(&site, &["topic:main", "refs/notes/provenance"]).ends(0);
}

#[test]
fn on_a_full_disk_nothing_is_half_written() {
    let site = declared();
    let before = lines(&site.repo, LEDGER);
    let (key, binary) = (site.key("ed"), env!("CARGO_BIN_EXE_git-provenance"));
    let mut refused = 0;
    for blocks in [0, 1, 2, 4, 1000] {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut command = site.repo.command("sh");
        command.args(["-c", &script, binary, "--now", &clock(blocks % 60), "--format", "json"]);
        command.args([&REVIEW[..], &["--key", key.to_str().unwrap()]].concat());
        let ran = Ran::of(command.output().unwrap());
        unlock(&site.repo, LEDGER);
        let now = lines(&site.repo, LEDGER);
        assert!(now.is_superset(&before));
        match said(&ran) {
            Some(record) => assert!(records(&site).contains(&record)),
            None => {
                assert!(ran.code != 0 && !ran.err.is_empty() && !ran.err.contains("panicked"), "{ran:?}");
                refused += 1;
            }
        }
    }
    assert!((1..5).contains(&refused), "{refused} of 5 found the disk full");
}

#[test]
fn a_ref_that_cannot_be_written_is_named() {
    let site = declared();
    let before = lines(&site.repo, LEDGER);
    let lock = site.repo.git_dir().join(format!("{LEDGER}.lock"));
    std::fs::write(&lock, "").unwrap();
    site.signed("ed", &REVIEW).ends(3).says("provenance.lock");
    assert_eq!(lines(&site.repo, LEDGER), before);
    std::fs::remove_file(&lock).unwrap();
    site.signed("ed", &REVIEW).ends(0);
}

#[cfg(unix)]
#[test]
fn an_agent_that_breaks_off_signs_nothing() {
    use std::io::{Read as _, Write as _};
    use std::os::unix::net::UnixListener;

    let site = declared();
    let before = lines(&site.repo, LEDGER);
    let public: provenance_core::key::PublicKey = site.public("ed").parse().unwrap();
    let wire = public.to_wire();
    let string = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
    let identities = string(&[&[12, 0, 0, 0, 1][..], &string(&wire), &string(b"ed")].concat());
    let signature = [string(b"ssh-ed25519"), string(&[7; 64])].concat();
    let answers: [&[u8]; 6] = [
        b"",
        &[0, 0],
        &[0xff; 8],
        &string(&[5]),
        &string(&[&[14][..], &string(&signature)].concat())[..40],
        &string(&[&[14][..], &string(&signature)].concat()),
    ];
    for (at, answer) in answers.into_iter().enumerate() {
        let socket = site.repo.home().join(format!("agent{at}"));
        let listener = UnixListener::bind(&socket).unwrap();
        let ran = std::thread::scope(|scope| {
            scope.spawn(|| {
                for stream in listener.incoming() {
                    let mut stream = stream.unwrap();
                    let mut header = [0; 4];
                    if stream.read_exact(&mut header).is_err() {
                        return;
                    }
                    let mut request = vec![0; u32::from_be_bytes(header) as usize];
                    stream.read_exact(&mut request).unwrap();
                    match request.first() {
                        Some(11) => stream.write_all(&identities).unwrap(),
                        _ => stream.write_all(answer).unwrap(),
                    }
                }
            });
            let ran = site.run_with(&REVIEW, &[("SSH_AUTH_SOCK", socket.to_str().unwrap())], "");
            drop(std::os::unix::net::UnixStream::connect(&socket).unwrap());
            ran
        });
        assert!(ran.code == 3 || ran.code == 1, "answer {at}: {ran:?}");
        assert!(!ran.err.contains("panicked") && ran.err.contains("agent") || ran.err.contains("sign"), "{}", ran.err);
        assert_eq!(lines(&site.repo, LEDGER), before, "answer {at}");
    }
}

#[test]
fn a_remote_that_breaks_off_is_said_and_nothing_is_lost() {
    let site = declared();
    let server = site.repo.clone_with(&["--bare"]);
    site.repo.git(&["remote", "add", "origin", server.path().to_str().unwrap()]);
    let hook = server.git_dir().join("hooks/pre-receive");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, "#!/bin/sh\nkill -9 $PPID\n").unwrap();
    std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let ours = lines(&site.repo, LEDGER);
    let ran = site.run(&["sync"]);
    assert!(ran.code != 0 && ran.err.contains("git push"), "{ran:?}");
    assert_eq!(lines(&site.repo, LEDGER), ours);
    std::fs::remove_file(&hook).unwrap();
    site.run(&["sync"]).ends(0);
    assert_eq!(lines(&server, LEDGER), ours);
    std::fs::remove_dir_all(server.path()).unwrap();
    assert_ne!(site.run(&["sync"]).code, 0);
    assert_eq!(lines(&site.repo, LEDGER), ours);
}

#[test]
fn thirty_two_writers_lose_nothing() {
    let site = declared();
    let key = site.key("ed");
    let words = [&REVIEW[..], &["--key", key.to_str().unwrap()]].concat();
    let started: Vec<_> = (0..32).map(|at| command(&site, &clock(at), &words).spawn().unwrap()).collect();
    let ran = started.into_iter().map(|child| Ran::of(child.wait_with_output().unwrap()));
    let written: BTreeSet<String> = ran.map(|ran| said(&ran.ends(0)).unwrap()).collect();
    assert_eq!(written.len(), 32);
    assert!(records(&site).is_superset(&written));
    lines(&site.repo, LEDGER);
}
