//! Prints what the readers of AI marks find in a repository, as lines of tab-separated values.
//!
//! ```sh
//! cargo run -p provenance-core --example signals -- GIT_DIR commits   # messages and authors of all commits
//! cargo run -p provenance-core --example signals -- GIT_DIR notes     # git-ai's notes and legacy refs
//! ```
//!
//! Columns: object, source, claim, place, tool, model, the mark itself. What cannot be read is a
//! line with the source `problem`; an object without marks is a line with `-`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example that prints")]

use std::io::{self, BufWriter, Write};
use std::process::{Command, ExitCode, Stdio};

use provenance_core::path::quote;
use provenance_core::signal::{Place, Reading, git_ai, git_ai_legacy, trailers};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [dir, "commits"] => commits(dir),
        [dir, "notes"] => notes(dir),
        _ => Err(io::Error::other("usage: signals GIT_DIR commits|notes")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn git(dir: &str, arguments: &[&str]) -> io::Result<Vec<u8>> {
    let output = Command::new("git").arg("--git-dir").arg(dir).args(arguments).stderr(Stdio::inherit()).output()?;
    if output.status.success() { Ok(output.stdout) } else { Err(io::Error::other("git failed")) }
}

/// Messages without NUL, as git itself prints them: message, author, committer.
fn commits(dir: &str) -> io::Result<()> {
    let log = git(dir, &["log", "--all", "-z", "--format=%H%x01%an%x01%ae%x01%cn%x01%ce%x01%B"])?;
    let mut out = BufWriter::new(io::stdout().lock());
    for commit in log.split(|byte| *byte == 0).filter(|commit| !commit.is_empty()) {
        let fields: Vec<&[u8]> = commit.splitn(6, |byte| *byte == 1).collect();
        let [id, author, address, committer, their, message] = fields[..] else { continue };
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        let reading = Reading::join([
            trailers::read(message),
            trailers::read_author(&text(author), &text(address)),
            trailers::read_author(&text(committer), &text(their)),
        ]);
        print(&mut out, &text(id), &reading)?;
    }
    out.flush()
}

fn notes(dir: &str) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let listed = git(dir, &["ls-tree", "-r", "refs/notes/ai"])?;
    for line in String::from_utf8_lossy(&listed).lines() {
        let Some((head, commit)) = line.split_once('\t') else { continue };
        let Some(blob) = head.split(' ').nth(2) else { continue };
        print(&mut out, &commit.replace('/', ""), &git_ai::read(&git(dir, &["cat-file", "blob", blob])?))?;
    }
    let listed = git(dir, &["for-each-ref", "--format=%(refname)", "refs/ai/authorship"])?;
    for name in String::from_utf8_lossy(&listed).lines() {
        let commit = name.rsplit('/').next().unwrap_or(name);
        print(&mut out, commit, &git_ai_legacy::read(&git(dir, &["cat-file", "blob", name])?))?;
    }
    out.flush()
}

fn print(out: &mut impl Write, object: &str, reading: &Reading) -> io::Result<()> {
    for signal in &reading.signals {
        let place = match &signal.place {
            Place::Path(path) => path.to_string(),
            place => format!("{place:?}").to_lowercase(),
        };
        let (tool, model) = (signal.tool.as_deref().unwrap_or("-"), signal.model.as_deref().unwrap_or("-"));
        let raw = quote(signal.raw.as_bytes());
        writeln!(out, "{object}\t{}\t{}\t{place}\t{tool}\t{model}\t{raw}", signal.source, signal.claim)?;
    }
    for problem in &reading.problems {
        writeln!(out, "{object}\tproblem\t{}", quote(problem.to_string().as_bytes()))?;
    }
    if reading == &Reading::default() {
        writeln!(out, "{object}\t-")?;
    }
    Ok(())
}
