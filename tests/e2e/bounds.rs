//! Bounds: what is huge is answered in bounded memory, with a finding, and honest records beside it count.
//!
//! Each command runs with an address space of its own size and is killed when it does not end. The sizes
//! are a tenth and less of the real ones; `PROVENANCE_BOUNDS=full` takes those, and says how long each took.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;
use std::time::{Duration, Instant};

use provenance_test_support::Repo;

use crate::site::{NOW, Ran, Site};

fn is_full() -> bool {
    std::env::var("PROVENANCE_BOUNDS").is_ok_and(|size| size == "full")
}

fn size(small: usize, full: usize) -> usize {
    if is_full() { full } else { small }
}

/// Runs a check in so many MiB, and waits for its end no longer than five minutes, or half an hour for the real sizes.
fn check(repo: &Repo, range: &str, mib: usize) -> Ran {
    let script = format!("ulimit -v {}; exec \"$0\" \"$@\"", mib << 10);
    let mut command = repo.command("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_git-provenance"), "--now", NOW, "check", range]);
    let out = repo.home().join("out");
    let err = repo.home().join("err");
    command.stdin(Stdio::null());
    command.stdout(std::fs::File::create(&out).unwrap()).stderr(std::fs::File::create(&err).unwrap());
    let mut child = command.spawn().unwrap();
    let start = Instant::now();
    let patience = Duration::from_secs(size(300, 1800) as u64);
    let code = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status.code().unwrap_or(-1),
            None if start.elapsed() > patience => {
                child.kill().unwrap();
                panic!("{range} does not end");
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    if is_full() {
        eprintln!("{range}: {:?} in {mib} MiB", start.elapsed());
    }
    let read = |path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    Ran { code, out: read(out), err: read(err) }
}

/// An approved topic.
fn reviewed() -> Site {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    site
}

/// Writes further lines into the note of the topic's new content.
fn add_to_note(site: &Site, more: &[u8]) {
    let id = site.repo.rev("topic:content/b.md");
    let note = site.repo.git(&["notes", "--ref", "provenance", "show", &id]) + "\n";
    let path = site.repo.home().join("note");
    std::fs::write(&path, [note.as_bytes(), more].concat()).unwrap();
    let blob = site.repo.git(&["hash-object", "-w", path.to_str().unwrap()]);
    site.repo.git(&["notes", "--ref", "provenance", "add", "-f", "-C", &blob, &id]);
}

/// A commit on main's tip with one more entry at the root.
fn with_root_entry(repo: &Repo, entry: &str) -> String {
    let tree = repo.git(&["ls-tree", "main"]) + "\n" + entry + "\n";
    let tree = feed(repo, &["mktree", "--missing"], tree.as_bytes());
    repo.git(&["commit-tree", &tree, "-p", "main", "-m", "huge"])
}

fn feed(repo: &Repo, arguments: &[&str], input: &[u8]) -> String {
    let mut child = repo.command("git").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn junk_beside_honest_records_takes_nothing_from_them() {
    let site = reviewed();
    let id = site.repo.rev("topic:content/b.md");
    let note = site.repo.git(&["notes", "--ref", "provenance", "show", &id]);
    let line = note.lines().next().unwrap();
    // Envelopes of a known key whose signature is of another text.
    let at = line.find("\"sig\":\"").unwrap() + 7;
    let junk = (0..size(1_000, 100_000)).map(|n| format!("{}{n:08}{}\n", &line[..at], &line[at + 8..]));
    add_to_note(&site, junk.collect::<String>().as_bytes());
    check(&site.repo, "main...topic", 2048).ends(0);
    site.repo.write("content/c.md", "nobody has seen it\n");
    site.commit_by("wes", "more");
    check(&site.repo, "main...topic", 2048).ends(1).says("missing-review content/c.md");
}

#[test]
fn a_line_of_fifty_megabytes_is_no_record() {
    let site = reviewed();
    let mut line = vec![b'{'; size(8 << 20, 50 << 20)];
    line.push(b'\n');
    add_to_note(&site, &line);
    check(&site.repo, "main...topic", 2048).ends(0);
}

#[test]
fn a_folder_of_a_million_files_is_judged() {
    let site = Site::new();
    let blob = site.repo.rev("main:content/b.md");
    let entries: String = (0..size(1_000, 1_000_000)).map(|n| format!("100644 blob {blob}\tf{n:07}\n")).collect();
    let folder = feed(&site.repo, &["mktree"], entries.as_bytes());
    let huge = with_root_entry(&site.repo, &format!("040000 tree {folder}\thuge"));
    let ran = check(&site.repo, &format!("main...{huge}"), 6144).ends(1);
    assert!(ran.out.contains("missing-review huge/f0000000"), "{}", &ran.out[..200.min(ran.out.len())]);
}

#[test]
fn folders_without_end_are_not_decided_on() {
    let site = Site::new();
    let blob = site.repo.rev("main:content/b.md");
    let mut mktree = site.repo.command("git");
    let mut child = mktree.args(["mktree", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut ids = BufReader::new(stdout).lines();
    let mut entry = format!("100644 blob {blob}\ta");
    for _ in 0..size(2_000, 100_000) {
        writeln!(stdin, "{entry}\n").unwrap();
        entry = format!("040000 tree {}\ta", ids.next().unwrap().unwrap());
    }
    drop(stdin);
    child.wait().unwrap();
    let deep = with_root_entry(&site.repo, &entry.replace("\ta", "\tdeep"));
    check(&site.repo, &format!("main...{deep}"), 2048).ends(3).says("undecided");
}

#[test]
fn a_bomb_of_few_trees_and_endless_paths_is_not_decided_on() {
    let site = Site::new();
    let blob = site.repo.rev("main:content/b.md");
    let mut entry = format!("100644 blob {blob}");
    for _ in 0..10 {
        let level: String = (0..10).map(|n| format!("{entry}\t{n}\n")).collect();
        entry = format!("040000 tree {}", feed(&site.repo, &["mktree"], level.as_bytes()));
    }
    let bomb = with_root_entry(&site.repo, &format!("{entry}\tbomb"));
    check(&site.repo, &format!("main...{bomb}"), 4096).ends(3).says("undecided");
}

#[test]
fn a_huge_file_is_judged_or_said_to_be_too_large() {
    let site = Site::new();
    let file = site.repo.home().join("huge");
    let bytes = size(64 << 20, (2 << 30) + 1) as u64;
    std::fs::File::create(&file).unwrap().set_len(bytes).unwrap();
    let blob = site.repo.git(&["hash-object", "-w", file.to_str().unwrap()]);
    let huge = with_root_entry(&site.repo, &format!("100644 blob {blob}\thuge"));
    let ran = check(&site.repo, &format!("main...{huge}"), 6144);
    if is_full() {
        ran.ends(3).says("huge")
    } else {
        ran.ends(1).says("missing-review huge")
    };
}

#[test]
fn a_policy_of_ten_megabytes_is_none() {
    let site = Site::new();
    let text = format!("{}# {}\n", crate::site::POLICY, "x".repeat(10 << 20));
    site.propose("topic", &[(".provenance/policy.toml", &text)]);
    let ran = check(&site.repo, "main...topic", 1024);
    assert!(ran.code == 1 || ran.code == 3, "{}", ran.err);
    let ran = ran.says(".provenance/policy.toml");
    assert!(ran.out.len() < 1 << 20, "the policy is not repeated");
}

/// A commit that changes so many files, with so many further parents, each named so often.
fn octopus(site: &Site, files: usize, parents: usize, times: usize) -> String {
    let commit =
        |name: &str| format!("commit refs/heads/{name}\ncommitter x <x@example.com> 1735700000 +0000\ndata 0\n");
    let file = |path: &str, text: &str| format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len());
    let all = |text: &str| -> String { (0..files).map(|n| file(&format!("content/{n}.md"), text)).collect() };
    let arm =
        |n: usize| format!("{}from refs/heads/main\n{}", commit(&format!("arm{n:04}")), file("arm", &n.to_string()));
    let old = format!("{}from refs/heads/main^0\n{}", commit("main"), all("old"));
    let new = format!("{}from refs/heads/main\n{}", commit("new"), all("new"));
    let arms: String = (0..parents).map(arm).collect();
    site.repo.fast_import(old + &arms + &new);
    let (main, tree) = (site.repo.rev("main"), site.repo.rev("new^{tree}"));
    let arms = site.repo.git(&["for-each-ref", "--format=parent %(objectname)", "refs/heads/arm*"]) + "\n";
    let who = "x <x@example.com> 1735700000 +0000";
    let commit =
        format!("tree {tree}\nparent {main}\n{}author {who}\ncommitter {who}\n\noctopus\n", arms.repeat(times));
    feed(&site.repo, &["hash-object", "-t", "commit", "-w", "--stdin"], commit.as_bytes())
}

#[test]
fn a_commit_of_very_many_parents_costs_no_more_than_its_files() {
    let site = Site::new();
    let octopus = octopus(&site, size(400, 5_000), size(400, 5_000), 1);
    check(&site.repo, &format!("main..{octopus}"), 512).ends(1).says("missing-review content/0.md");
}

#[test]
fn a_parent_that_is_named_very_often_is_one() {
    let site = Site::new();
    let policy = crate::site::POLICY.replace("version = 1", "version = 1\nhistory = \"every-commit\"");
    site.repo.write(".provenance/policy.toml", policy);
    let root = site.repo.commit("every commit");
    site.repo.git(&["config", "provenance.root", &root]);
    let octopus = octopus(&site, size(200, 2_000), 2, size(2_000, 20_000));
    let last = site.repo.git(&["commit-tree", &format!("{octopus}^{{tree}}"), "-p", &octopus, "-m", "on"]);
    check(&site.repo, &format!("main..{last}"), 512).ends(1).says("missing-review content/0.md");
}

/// G33.r. A note names ten thousand sessions of a tool, and lies under every commit.
#[test]
fn one_large_note_of_another_tool_under_every_commit_takes_no_memory() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    let mut stream = String::new();
    for at in 0..40 {
        let from = if at == 0 { "from refs/heads/topic^0\n" } else { "" };
        let text = format!("B {}\n", at % 39);
        stream += &format!("commit refs/heads/topic\ncommitter wes <wes@example.com> {} +0000\n", 1_750_000_000 + at);
        stream += &format!("data 0\n{from}M 100644 inline content/b.md\ndata {}\n{text}\n", text.len());
    }
    site.repo.fast_import(stream);
    site.approve("main...topic");
    check(&site.repo, "main...topic", 256).ends(0);
    let session = |at: usize| format!("\"s_{at:08x}\":{{\"agent_id\":{{\"tool\":\"tool{at}\",\"model\":\"m{at}\"}}}}");
    let entries: String = (0..10_000).map(|at| format!("  s_{at:08x} 1\n")).collect();
    let sessions = (0..10_000).map(session).collect::<Vec<_>>().join(",");
    let note = format!(
        "content/b.md\n{entries}---\n{{\"schema_version\":\"authorship/3.0.0\",\"sessions\":{{{sessions}}}}}\n"
    );
    let commits = site.repo.git(&["rev-list", "main..topic"]);
    let mut notes = format!("blob\nmark :1\ndata {}\n{note}\n", note.len());
    notes += "commit refs/notes/ai\ncommitter x <x@example.com> 0 +0000\ndata 0\n";
    notes.extend(commits.lines().map(|commit| format!("M 100644 :1 {commit}\n")));
    site.repo.fast_import(notes);
    check(&site.repo, "main...topic", 256).ends(1).says("undeclared-ai").says("tool0");
    let by_ai = ["--extent", "assisted", "--tool", "writer", "--model", "opus-4", "--confirm", "no-client-data"];
    site.signed("wes", &[&["declare", "main...topic"], &by_ai[..]].concat()).ends(0);
    check(&site.repo, "main...topic", 256).ends(0);
}
