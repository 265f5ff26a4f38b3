//! An audit: the verdict and the counts first, then what is not allowed, step by step.

use provenance_core::draft::span::short;
use provenance_core::report::Audit;

use super::{counted, finding, report};

pub(crate) fn audit(audit: &Audit) -> String {
    let mut text = format!(
        "{}: {} {}..{}, {} since the pinned root\n",
        audit.verdict.as_str(),
        audit.branch.short(),
        short(audit.root),
        short(audit.tip),
        counted(audit.steps, "step"),
    );
    let counts = [
        (audit.allowed, "allowed"),
        (audit.together, "allowed only together with their neighbours, as one push"),
        (audit.refused, "refused"),
        (audit.undecided, "undecided"),
    ];
    for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
        text.push_str(&format!("  {count} {what}\n"));
    }
    for push in &audit.pushes {
        text.push_str(&format!("    {}..{}, {}\n", short(push.old), short(push.new), counted(push.steps, "step")));
    }
    if !audit.pushes.is_empty() {
        text.push_str(
            "    nobody has signed that each was one push: see whether something was published and taken back\n",
        );
    }
    audit.findings.iter().for_each(|it| text.push_str(&finding(it)));
    for it in &audit.reports {
        text.push('\n');
        text.push_str(&report(it));
    }
    let left_out = audit.refused + audit.undecided - audit.reports.len();
    if left_out > 0 {
        text.push_str(&format!("\nand {left_out} more steps that are not allowed\n"));
    }
    text.push_str(match audit.ledger {
        Some(_) => "\nEach step was judged by the policy before it, with today's records, as of the date of its commit or of its records: nobody has proved these dates.\n",
        None => "",
    });
    text
}
