//! `hook`: what git runs on a server and in a clone, and the installer.

mod input;
mod install;
mod pending;
mod underway;

use std::path::PathBuf;

use provenance_core::check::pinned_root;
use provenance_core::git::{Identity, Repository};
use provenance_core::hook::{Judged, judge_push};
use provenance_core::ledger::{Author, ledger_ref};
use provenance_core::report::Verdict;

use crate::app::{App, clock};
use crate::args::{Args, HookVerb};
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;
use crate::render;
use underway::Underway;

/// Where our own scripts say which process of git's runs the hooks of a push.
const PUSH: &str = "GIT_PROVENANCE_PUSH";

pub(super) fn run(args: &Args, verb: &HookVerb, out: &mut Output) -> Outcome {
    match verb {
        HookVerb::Install => install::install(&App::open(args)?, out),
        HookVerb::PreReceive => pre_receive(args, out),
        HookVerb::PostReceive => post_receive(args),
        HookVerb::PrePush { remote, .. } => pre_push(args, remote, out),
    }
}

/// The repository that git runs the hook in, with the objects of the push.
fn served(args: &Args) -> Result<Repository, CliError> {
    if std::env::var_os("GIT_NAMESPACE").is_some_and(|name| !name.is_empty()) {
        return Err(CliError::failed("this push goes to a namespace of git's, whose refs cannot be guarded")
            .hint("whoever runs the server serves the repository without GIT_NAMESPACE"));
    }
    let dir = args
        .dir
        .clone()
        .or_else(|| std::env::var_os("GIT_DIR").map(PathBuf::from))
        .unwrap_or_else(|| PathBuf::from("."));
    let quarantine = std::env::var_os("GIT_QUARANTINE_PATH").map(PathBuf::from);
    Ok(Repository::open_git_dir(&dir, quarantine.as_deref())?)
}

fn pre_receive(args: &Args, out: &mut Output) -> Outcome {
    let repository = served(args)?;
    let updates = input::updates(&repository)?;
    let root = pinned_root(&repository).map_err(|finding| CliError::failed(finding.message))?;
    let now = clock(args)?;
    let mut push = Underway::enter(&repository, &updates)?;
    let judged = push.judge(|| judge_push(&repository, &updates, root, now));
    if !judged.as_ref().is_ok_and(|judged| judged.verdict() == Verdict::Allowed) {
        underway::leave(&repository)?;
    }
    answer(&repository, &judged?, out)
}

fn answer(repository: &Repository, judged: &Judged, out: &mut Output) -> Outcome {
    if out.is_json() {
        out.json(
            &serde_json::json!({ "verdict": judged.verdict(), "reports": judged.reports, "findings": judged.findings }),
        );
    } else if let text = text(judged)
        && !text.is_empty()
    {
        out.say(text.trim_end());
    }
    if let (Verdict::Allowed, Some(ledger)) = (judged.verdict(), judged.ledger) {
        pending::note(repository, ledger)?;
    }
    Ok(match judged.verdict() {
        Verdict::Allowed => Code::Done,
        Verdict::Refused => Code::Refused,
        Verdict::Undecided => Code::Undecided,
    })
}

fn text(judged: &Judged) -> String {
    let reports = judged.reports.iter().map(render::report);
    reports.chain(judged.findings.iter().map(render::finding)).collect()
}

/// Joins the ledgers that were accepted and that a racing push overtook.
fn post_receive(args: &Args) -> Outcome {
    input::drain()?;
    let repository = served(args)?;
    underway::leave(&repository)?;
    let identity =
        Identity { name: "git-provenance".to_owned(), email: String::new(), seconds: clock(args)?.seconds() };
    let author = Author { identity, message: "provenance: join a ledger that a racing push overtook".to_owned() };
    pending::join_all(&repository, &author)?;
    Ok(Code::Done)
}

/// Pushes the ledger before the branch. A remote that is only an address, or none of ours, is left alone.
fn pre_push(args: &Args, remote: &str, out: &mut Output) -> Outcome {
    // Nothing, or the line end that our own script puts behind nothing: nothing is pushed.
    if input::drain()? < 2 {
        return Ok(Code::Done);
    }
    let app = App::open(args)?;
    if !app.repository.remotes()?.iter().any(|known| known == remote) {
        out.narrate("git-provenance: not a configured remote, so the ledger was not pushed");
        return Ok(Code::Done);
    }
    if app.repository.try_find_ref(&ledger_ref())?.is_none() {
        return Ok(Code::Done);
    }
    super::sync::sync(&app, remote)?;
    Ok(Code::Done)
}
