//! `check`: the gate.

use provenance_core::audit::check;
use provenance_core::check::{Range, Request, find_branch, pinned_root};
use provenance_core::id::CommitId;
use provenance_core::ledger::Ledger;
use provenance_core::report::Report;

use crate::app::App;
use crate::args::Check;
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;
use crate::render;
use crate::revision::{self, Typed};

pub(super) fn run(app: &App, options: &Check, out: &mut Output) -> Outcome {
    if let Some(channel) = &options.channel {
        return super::channel::run(app, options, channel, out);
    }
    if let Some(file) = options.files.first() {
        let file = file.to_string_lossy().into_owned();
        return Err(CliError::usage(format!("one range is checked, and `{file}` is another"))
            .hint("for files that leave by another way than a branch: --channel ID"));
    }
    let request = request(app, options)?;
    app.narrate_no_records(out)?;
    let ledger = Ledger::open(&app.repository)?;
    let report = check(&app.repository, &ledger, &request)?;
    if let Some(path) = &options.explain {
        return super::policy::explain_in(app, &report, path, out);
    }
    answer(&report, out);
    Ok(Code::of(report.verdict))
}

/// Writes a report as asked for.
pub(super) fn answer(report: &Report, out: &mut Output) {
    if out.is_json() {
        out.json(report);
    } else {
        out.answer(&render::report(report));
    }
}

fn request(app: &App, options: &Check) -> Result<Request, CliError> {
    let repository = &app.repository;
    let range = options.range.as_deref().map(|text| revision::parse_for_gate(repository, text)).transpose()?;
    let branch = options.branch.as_deref().map(crate::args::branch).transpose()?;
    let named = range.as_ref().map(|range| range.named.clone()).unwrap_or_default();
    let root = root(app, options.root.as_deref())?;
    let range = match range.map(|range| range.typed) {
        Some(Typed::Range(old, new)) => Range::Update { old, new },
        Some(Typed::Proposal(base, head)) => Range::Proposal { base, head },
        Some(Typed::Commit(commit)) => Range::Update { old: repository.first_parent(commit)?, new: commit },
        None => {
            let publish = branch.clone().map_or_else(|| app.branch_from(root, &[]), |said| app.published(said))?;
            let base = find_branch(repository, &publish)?
                .ok_or_else(|| CliError::failed(format!("{publish} is not in this repository")).hint("fetch it"))?;
            if let Some(error) = app.unpushed(&publish)? {
                return Err(error);
            }
            Range::Proposal { base, head: repository.resolve("HEAD")?.commit }
        }
    };
    let commit = |text: &String| -> Result<CommitId, CliError> { Ok(repository.resolve(text)?.commit) };
    Ok(Request {
        range,
        branch,
        named,
        via: options.via.iter().map(commit).collect::<Result<_, _>>()?,
        root,
        now: app.now,
    })
}

/// The root that was said, else the one pinned.
pub(crate) fn root(app: &App, said: Option<&str>) -> Result<Option<CommitId>, CliError> {
    match said {
        Some(text) => Ok(Some(app.repository.resolve(text)?.commit)),
        None => pinned_root(&app.repository).map_err(|finding| {
            let error = CliError::failed(finding.message.clone());
            finding.hint.iter().fold(error, |error, hint| error.hint(hint.clone()))
        }),
    }
}
