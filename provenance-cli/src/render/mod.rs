//! Rendering for people; it decides nothing.

mod audit;
pub(crate) mod company;
mod statement;

pub(crate) use audit::audit;
pub(crate) use statement::statement;

use provenance_core::draft::span::short;
use provenance_core::finding::{Finding, Severity};
use provenance_core::report::{ChangeStatus, JudgedChange, Report, TransitionKind};

use crate::output::inline;

/// How many passing changes are listed before they are only counted.
const LISTED: usize = 20;

/// A report: verdict first, then findings, then how each change passes.
pub(crate) fn report(report: &Report) -> String {
    let transition = &report.transition;
    let dots = match transition.kind {
        TransitionKind::Update => "..",
        TransitionKind::Proposal => "...",
    };
    let count = report.changes.len();
    let mut text = format!(
        "{}: {} {} {}{dots}{}, {count} change{}\n",
        report.verdict.as_str(),
        if transition.repository.is_empty() { "(no policy read)" } else { &transition.repository },
        transition.branch.short(),
        short(transition.old),
        short(transition.new),
        if count == 1 { "" } else { "s" },
    );
    for finding in &report.findings {
        text.push_str(&self::finding(finding));
    }
    let passing: Vec<&JudgedChange> =
        report.changes.iter().filter(|change| change.status != ChangeStatus::Unreviewed).collect();
    for change in passing.iter().take(LISTED) {
        text.push_str(&format!("  {}\n", self::change(change)));
    }
    if passing.len() > LISTED {
        text.push_str(&format!("  and {} more changes that pass\n", passing.len() - LISTED));
    }
    text
}

/// A number of things, in the right form.
pub(crate) fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// A finding on two or three lines.
pub(crate) fn finding(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let path = finding.path.as_ref().map_or_else(String::new, |path| format!(" {path}"));
    let message = finding.message.replace('\n', "\n      ");
    let hint = finding.hint.as_ref().map_or_else(String::new, |hint| format!("    hint: {}\n", inline(hint)));
    format!("{severity} {}{path}\n    {message}\n{hint}", finding.code)
}

/// How one change passes.
pub(crate) fn change(change: &JudgedChange) -> String {
    let status = match change.status {
        ChangeStatus::Reviewed => "reviewed",
        ChangeStatus::Merged => "merged",
        ChangeStatus::Exempt => "exempt",
        ChangeStatus::Waived => "waived",
        ChangeStatus::Unreviewed => "unreviewed",
    };
    let reviewers: Vec<&str> = change.reviewers.iter().map(|person| person.as_str()).collect();
    let by = match (reviewers.is_empty(), change.status) {
        (true, _) => String::new(),
        // Somebody did, and it is not enough.
        (_, ChangeStatus::Unreviewed) => format!("; approved by {}", reviewers.join(", ")),
        _ => format!(" by {}", reviewers.join(", ")),
    };
    let ai = change.ai.as_ref().map_or_else(String::new, |ai| {
        let tools = if ai.tools.is_empty() { String::new() } else { format!(" with {}", inline(&ai.tools.join(", "))) };
        format!("; AI: {}{tools}", ai.extent.as_str())
    });
    format!("{status:<10} {}{by}{ai}", change.path)
}
