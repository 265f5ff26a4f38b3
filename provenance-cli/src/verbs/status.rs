//! `status`: what is still missing, from whom, and the command that gives it.

use std::collections::BTreeMap;

use provenance_core::audit::check;
use provenance_core::check::{Range, Request};
use provenance_core::draft::DraftError;
use provenance_core::draft::span::{Paths, Selection, short};
use provenance_core::finding::Severity;
use provenance_core::ledger::{Ledger, union};
use provenance_core::report::{ChangeStatus, Report, Verdict};

use super::check::root;
use crate::app::App;
use crate::args::Ranged;
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;
use crate::render::counted;
use crate::revision;

/// How many paths a line names.
const NAMED: usize = 4;

pub(super) fn run(app: &App, ranged: &Ranged, out: &mut Output) -> Outcome {
    let (range, paths) = revision::split(app, &ranged.arguments, &ranged.paths)?;
    let named = range.as_ref().map(|range| range.named.clone()).unwrap_or_default();
    let branch = app.branch(ranged.branch.as_deref(), &named)?;
    let desk = app.desk(Some(branch.as_str()), &[])?;
    let range = match revision::selection(&app.repository, range.as_ref(), desk.tip())? {
        Selection::Range(old, new) => Range::Update { old: Some(old), new },
        Selection::Proposal(base, head) => Range::Proposal { base, head },
        Selection::Commit(commit) => Range::Update { old: app.repository.first_parent(commit)?, new: commit },
    };
    heal(app, out);
    app.narrate_no_records(out)?;
    let request = Request { range, branch: Some(branch), named, via: Vec::new(), root: root(app, None)?, now: app.now };
    let mut report = check(&app.repository, &Ledger::open(&app.repository)?, &request)?;
    narrow(&mut report, &paths)?;
    if out.is_json() {
        out.json(&report);
    } else {
        out.answer(&text(&report));
    }
    // A status is an answer, whatever it says; only what could not be decided is none.
    match Code::of(report.verdict) {
        Code::Undecided => Err(CliError::failed("the gate could not decide; see above")),
        _ => Ok(Code::Done),
    }
}

/// Leaves what concerns these paths; a path at which there is nothing is refused by name.
fn narrow(report: &mut Report, paths: &Paths) -> Result<(), CliError> {
    let changed = report.changes.iter().map(|change| &change.path);
    let found = report.findings.iter().filter_map(|finding| finding.path.as_ref());
    let unread = report.changes.is_empty() && report.verdict == Verdict::Undecided;
    if let Some(typed) = paths.unmatched(changed.chain(found)).first().filter(|_| !unread) {
        return Err(DraftError::NoChange(typed.clone()).into());
    }
    report.changes.retain(|change| paths.contains(&change.path));
    report.findings.retain(|finding| finding.path.as_ref().is_none_or(|path| paths.contains(path)));
    Ok(())
}

/// Puts back what a racing `git notes` dropped, as far as this clone can be written to.
fn heal(app: &App, out: &Output) {
    let healed = super::sync::author(app).ok().and_then(|author| union::heal(&app.repository, &author).ok());
    if let Some(count) = healed.filter(|count| *count > 0) {
        out.narrate(&format!("{} put back that a racing writer had dropped", counted(count, "note")));
    }
}

fn text(report: &Report) -> String {
    let transition = &report.transition;
    let open = report.changes.iter().filter(|change| change.status == ChangeStatus::Unreviewed).count();
    let mut text = format!(
        "{} {}: {} from {} to {}, {open} not reviewed\n",
        transition.repository,
        transition.branch.short(),
        counted(report.changes.len(), "change"),
        short(transition.old),
        short(transition.new),
    );
    for change in &report.changes {
        text.push_str(&format!("  {}\n", crate::render::change(change)));
    }
    let mut steps: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.severity == Severity::Error) {
        let key = (format!("{}: {}", finding.code, finding.message), finding.hint.clone().unwrap_or_default());
        steps.entry(key).or_default().extend(finding.path.as_ref().map(ToString::to_string));
    }
    if steps.is_empty() {
        text.push_str("nothing is missing\n");
        return text;
    }
    text.push_str("still missing:\n");
    for ((what, hint), paths) in steps {
        text.push_str(&format!("  {what}\n"));
        if !paths.is_empty() {
            let more = paths.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            text.push_str(&format!(
                "    at {}{more}\n",
                paths.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ")
            ));
        }
        if !hint.is_empty() {
            text.push_str(&format!("    next: {hint}\n"));
        }
    }
    text
}
