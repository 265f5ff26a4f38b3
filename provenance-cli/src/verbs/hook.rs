//! `hook`: what git runs on a server and in a clone, and the installer.

use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

use provenance_core::check::pinned_root;
use provenance_core::git::{Identity, Repository};
use provenance_core::hook::{Judged, Update, judge_push};
use provenance_core::id::{CommitId, ObjectId};
use provenance_core::ledger::union::join;
use provenance_core::ledger::{Author, ledger_ref};
use provenance_core::report::Verdict;

use crate::app::{App, clock};
use crate::args::{Args, HookVerb};
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;
use crate::render;

/// The most that is read from git on standard input, in bytes.
const MAX_INPUT: u64 = 64 << 20;
/// In every hook we write, so that we know it again.
const MARK: &str = "# installed by git-provenance";

pub(super) fn run(args: &Args, verb: &HookVerb, out: &mut Output) -> Outcome {
    match verb {
        HookVerb::Install => install(&App::open(args)?, out),
        HookVerb::PreReceive => pre_receive(args, out),
        HookVerb::PostReceive => post_receive(args),
        HookVerb::PrePush { remote, .. } => pre_push(args, remote, out),
    }
}

/// The repository that git runs the hook in, with the objects of the push.
fn served(args: &Args) -> Result<Repository, CliError> {
    let dir = args
        .dir
        .clone()
        .or_else(|| std::env::var_os("GIT_DIR").map(PathBuf::from))
        .unwrap_or_else(|| PathBuf::from("."));
    let quarantine = std::env::var_os("GIT_QUARANTINE_PATH").map(PathBuf::from);
    Ok(Repository::open_git_dir(&dir, quarantine.as_deref())?)
}

fn updates(repository: &Repository) -> Result<Vec<Update>, CliError> {
    let mut updates = Vec::new();
    for line in std::io::stdin().lock().take(MAX_INPUT).lines() {
        let line = line?;
        let mut words = line.splitn(3, ' ');
        let (Some(old), Some(new), Some(name)) = (words.next(), words.next(), words.next()) else {
            return Err(CliError::failed(format!("git gave `{line}`, expected OLD NEW REF")));
        };
        let id = |text: &str| -> Result<Option<ObjectId>, CliError> {
            let id: ObjectId =
                text.parse().map_err(|_| CliError::failed(format!("git gave `{text}` as an object id")))?;
            let known = id.format() == repository.format();
            if known {
                Ok(Some(id).filter(|id| !id.is_null()))
            } else {
                Err(CliError::failed(format!("{id} is of another object format")))
            }
        };
        let name = name.parse().map_err(|_| CliError::failed(format!("`{name}` is no full ref name")))?;
        updates.push(Update { name, old: id(old)?, new: id(new)? });
    }
    Ok(updates)
}

fn pre_receive(args: &Args, out: &mut Output) -> Outcome {
    let repository = served(args)?;
    let updates = updates(&repository)?;
    let root = pinned_root(&repository).map_err(|finding| CliError::failed(finding.message))?;
    let judged = judge_push(&repository, &updates, root, clock(args)?)?;
    if out.is_json() {
        out.json(
            &serde_json::json!({ "verdict": judged.verdict(), "reports": judged.reports, "findings": judged.findings }),
        );
    } else {
        out.say(text(&judged).trim_end());
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

/// Git tells no hook whether a push is atomic. Where a racing push moved the ledger first, the
/// branch may have moved and the ledger not: its new lines are joined now.
fn post_receive(args: &Args) -> Outcome {
    let repository = served(args)?;
    let now = clock(args)?;
    for update in updates(&repository)? {
        let Some(new) = update.new.filter(|_| update.name == ledger_ref()) else { continue };
        let identity = Identity { name: "git-provenance".to_owned(), email: String::new(), seconds: now.seconds() };
        let author = Author { identity, message: "provenance: join a ledger that a racing push overtook".to_owned() };
        join(&repository, CommitId(new), &author)?;
    }
    Ok(Code::Done)
}

/// Pushes the ledger before the branch. A remote that is only an address, or none of ours, is left alone.
fn pre_push(args: &Args, remote: &str, out: &mut Output) -> Outcome {
    let app = App::open(args)?;
    std::io::copy(&mut std::io::stdin().lock().take(MAX_INPUT), &mut std::io::sink())?;
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

fn install(app: &App, out: &mut Output) -> Outcome {
    if let Some(dir) = app.repository.config("core.hookspath")? {
        return Err(CliError::usage(format!(
            "core.hooksPath is set to {dir}, where hooks are somebody else's to manage"
        ))
        .hint("add to its pre-push hook: git-provenance hook pre-push \"$@\""));
    }
    let hooks: &[(&str, &str)] = if app.repository.is_bare() {
        &[("pre-receive", "pre-receive"), ("post-receive", "post-receive")]
    } else {
        &[("pre-push", "pre-push \"$@\"")]
    };
    let dir = app.repository.common_dir().join("hooks");
    std::fs::create_dir_all(&dir)?;
    let mut written = Vec::new();
    for (name, command) in hooks {
        write_hook(&dir, name, command)?;
        written.push(dir.join(name).display().to_string());
    }
    if out.is_json() {
        out.json(&serde_json::json!({ "hooks": written }));
    } else {
        out.answer(&format!("installed {}", written.join(", ")));
    }
    Ok(Code::Done)
}

/// Writes a hook; one that is there already is kept as NAME.local and run first.
fn write_hook(dir: &Path, name: &str, command: &str) -> Result<(), CliError> {
    let (hook, local) = (dir.join(name), dir.join(format!("{name}.local")));
    if hook.exists() {
        let ours = std::fs::read_to_string(&hook).is_ok_and(|text| text.contains(MARK));
        if !ours && local.exists() {
            return Err(CliError::failed(format!("{} and {} are both there", hook.display(), local.display()))
                .hint("join them into one, and run the command again"));
        }
        if !ours {
            std::fs::rename(&hook, &local)?;
        }
    }
    let binary =
        std::env::current_exe().map(|path| path.display().to_string()).unwrap_or_else(|_| "git-provenance".to_owned());
    let binary = binary.replace('\'', "'\\''");
    let script = format!(
        "#!/bin/sh\n{MARK}\ninput=$(cat) || exit 3\nif [ -x \"$0.local\" ]; then\n\tprintf '%s\\n' \"$input\" | \"$0.local\" \"$@\" || exit $?\nfi\n[ -z \"$input\" ] || printf '%s\\n' \"$input\" | '{binary}' hook {command}\n"
    );
    let partial = dir.join(format!(".{name}.new"));
    std::fs::write(&partial, script)?;
    #[cfg(unix)]
    std::fs::set_permissions(&partial, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    std::fs::rename(&partial, &hook)?;
    Ok(())
}
