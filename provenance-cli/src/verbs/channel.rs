//! `check --channel ID FILE…`: files that leave by another way than a branch, a newsletter or a
//! deliverable. What leaves must be what was reviewed: the bytes as they lie here are compared with
//! HEAD, and HEAD's change of each file is judged as a proposal. Nor does a file leave that HEAD does not change, and that
//! an incident is open at.

use std::collections::BTreeSet;
use std::ffi::OsString;

use provenance_core::audit::check;
use provenance_core::check::{Range, Request, find_branch};
use provenance_core::finding::{Code as FindingCode, Finding};
use provenance_core::ledger::Ledger;
use provenance_core::name::Ident;
use provenance_core::path::RepoPath;
use provenance_core::policy::Policy;
use provenance_core::policy::company::{Channel, ChannelKind};
use provenance_core::report::Report;

use super::check::{answer, root};
use crate::app::App;
use crate::args::Check;
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;
use crate::paths;

/// The largest file that is looked at, in bytes.
const MAX_FILE: u64 = 1 << 30;

pub(super) fn run(app: &App, options: &Check, id: &Ident, out: &mut Output) -> Outcome {
    let desk = app.desk(options.branch.as_deref(), &[])?;
    let channel = channel(desk.policy(), id)?;
    let typed: Vec<OsString> = options.range.iter().map(OsString::from).chain(options.files.iter().cloned()).collect();
    if typed.is_empty() {
        return Err(CliError::usage(format!("name the files that leave by channel `{id}`")));
    }
    let files: BTreeSet<RepoPath> = typed.iter().map(|file| paths::one(app, file)).collect::<Result<_, _>>()?;
    let mut findings = Vec::new();
    for file in &files {
        if channel.paths.as_ref().is_some_and(|paths| !paths.contains(file)) {
            let message = format!("nothing at this path leaves by channel `{id}`");
            findings.push(Finding::error(FindingCode::MissingReview, message).at(file));
        }
        findings.extend(unlike_head(app, file)?);
    }
    let base = find_branch(&app.repository, desk.branch())?
        .ok_or_else(|| CliError::failed(format!("{} is not in this repository", desk.branch())).hint("fetch it"))?;
    let head = app.repository.resolve("HEAD")?.commit;
    let request = Request {
        range: Range::Proposal { base, head },
        branch: Some(desk.branch().clone()),
        named: Vec::new(),
        via: Vec::new(),
        root: root(app, options.root.as_deref())?,
        now: app.now,
    };
    app.narrate_no_records(out)?;
    let ledger = Ledger::open(&app.repository)?;
    let whole = check(&app.repository, &ledger, &request)?;
    let mut older = BTreeSet::new();
    for file in &files {
        if !whole.changes.iter().any(|change| change.path == *file) {
            findings.extend(desk.uncorrected(file, app.repository.slot_at(head, file)?)?);
        }
        if app.repository.slot_at(head, file)? != app.repository.slot_at(base, file)? {
            older.insert(file.clone());
        }
    }
    let report = only(whole, (&files, &older), findings);
    answer(&report, out);
    Ok(Code::of(report.verdict))
}

fn channel<'p>(policy: &'p Policy, id: &Ident) -> Result<&'p Channel, CliError> {
    let channels = &policy.company().channels;
    let known = || {
        let ids: Vec<&str> = channels.keys().map(Ident::as_str).collect();
        if ids.is_empty() { "none".to_owned() } else { ids.join(", ") }
    };
    let channel = channels
        .get(id)
        .ok_or_else(|| CliError::usage(format!("channel `{id}` is not in the policy, which has {}", known())))?;
    match channel.kind {
        ChannelKind::Send => Ok(channel),
        ChannelKind::Publish => Err(CliError::usage(format!("what leaves by channel `{id}` leaves by the branch"))
            .hint("`git provenance check` without --channel is the gate for it")),
    }
}

/// That a file as it lies here is not what HEAD holds, byte for byte.
fn unlike_head(app: &App, file: &RepoPath) -> Result<Option<Finding>, CliError> {
    let Some(dir) = app.repository.work_dir() else {
        return Err(CliError::usage("a bare repository has no files that could leave"));
    };
    let refused = |message: &str| Ok(Some(Finding::error(FindingCode::MissingReview, message).at(file)));
    let place = dir.join(paths::to_os(file));
    match place.symlink_metadata() {
        Ok(meta) if !meta.is_file() => return refused("it is no regular file"),
        Ok(meta) if meta.len() > MAX_FILE => return refused("it is larger than 1 GiB and is not looked at"),
        Ok(_) => {}
        Err(error) => return refused(&format!("it cannot be read: {error}")),
    }
    let here = app.repository.hash_blob(&std::fs::read(&place)?);
    let head = app.repository.resolve("HEAD")?.commit;
    match app.repository.slot_at(head, file)? {
        Some(slot) if slot.id == here.0 => Ok(None),
        Some(_) => Ok(Some(
            Finding::error(
                FindingCode::MissingReview,
                "its bytes here are not those of HEAD, and nobody has reviewed these",
            )
            .at(file)
            .hint("commit the file and have it reviewed, or send what HEAD has: `git show HEAD:PATH`"),
        )),
        None => refused("HEAD has no such file"),
    }
}

/// The part of a report that concerns some files, with further findings. A file that HEAD does not
/// change is what the branch shows; or (`other`) what some commit in its history held, which may never have been published.
fn only(
    whole: Report,
    (files, other): (&BTreeSet<RepoPath>, &BTreeSet<RepoPath>),
    mut findings: Vec<Finding>,
) -> Report {
    let changes: Vec<_> = whole.changes.into_iter().filter(|change| files.contains(&change.path)).collect();
    for file in files.iter().filter(|file| !changes.iter().any(|change| change.path == **file)) {
        if findings.iter().any(|finding| finding.path.as_ref() == Some(file)) {
            continue;
        }
        let finding = if other.contains(file) {
            let message = "HEAD holds another version than the branch shows, and brings no change of it";
            Finding::error(FindingCode::MissingReview, message).hint("take the branch in: merge it, or rebase onto it")
        } else {
            Finding::note(FindingCode::NothingToCheck, "it is what the branch has published")
        };
        findings.push(finding.at(file));
    }
    let concerns = |finding: &Finding| finding.path.as_ref().is_none_or(|path| files.contains(path));
    findings.extend(whole.findings.into_iter().filter(concerns));
    Report::new(whole.transition, whole.policy, changes, findings)
}
