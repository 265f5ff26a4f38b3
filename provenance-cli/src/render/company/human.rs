//! The report as a page of text: the key figures, then what is to be done.

use provenance_core::account::{CompanyReport, Counts, Group, Share};
use provenance_core::draft::span::short;

use super::sections::duration;
use crate::output::inline;
use crate::render::{counted, finding};

/// How many findings, folders and clients are listed before they are only counted.
const LISTED: usize = 20;

/// The key figures, and every finding that can be shown.
pub(crate) fn human(report: &CompanyReport) -> String {
    let mut text = format!(
        "{} {} at {}, as of {}\n",
        inline(&report.repository),
        report.branch.short(),
        short(report.tip),
        report.as_of
    );
    if let Some(range) = &report.range {
        text.push_str(&format!("coverage and reviews of {}..{} alone\n", short(range.from), short(range.to)));
    }
    text.push_str(&coverage(report));
    text.push_str(&people(report));
    text.push_str(&work(report));
    text.push_str(&log(report));
    text.push_str(&statements(report));
    text.push_str(&asked(report));
    text.push_str(&findings(report));
    text
}

fn statements(report: &CompanyReport) -> String {
    let mut text = String::new();
    for statement in &report.statements {
        let state = match (statement.published, statement.reviewed) {
            (false, _) => "not published",
            (true, false) => "not reviewed",
            (true, true) => "reviewed",
        };
        text.push_str(&format!("statement {} ({}): {state}\n", statement.id, statement.path));
        for claim in &statement.claims {
            let holds = if claim.holds { "holds" } else { "does not hold" };
            let share = self::share(claim.share);
            text.push_str(&format!("  {} at least {} %: {share}, {holds}\n", claim.measure, claim.at_least));
        }
    }
    text
}

/// What is there where the policy or a profile asks for it.
fn asked(report: &CompanyReport) -> String {
    let mut text = String::new();
    if let Some(marks) = &report.marks {
        let (images, pages) = (marks.images, marks.pages);
        text.push_str(&format!(
            "do-not-train marks: {} of {}, {} of {}\n",
            images.marked,
            counted(images.files, "image"),
            pages.marked,
            counted(pages.files, "page")
        ));
    }
    if let Some(art50) = &report.art50 {
        let count = counted(art50.files.len(), "file");
        text.push_str(&format!("AI took part in {count}, evidence is complete of {}\n", art50.complete));
        text.push_str(&format!("  {}\n", art50.note));
    }
    for document in report.acceptance.iter().flat_map(|sheet| &sheet.documents) {
        let (id, count) = (&document.id, counted(document.people.len(), "person"));
        text.push_str(&format!(
            "document {id} ({}): accepted in force by {} of {count}\n",
            document.path, document.accepted
        ));
    }
    if let Some(annex) = &report.annex {
        let count = counted(annex.deliverables.len(), "deliverable");
        text.push_str(&format!(
            "annex of client {}: {count}, nothing is missing of {}\n",
            inline(&annex.client),
            annex.complete
        ));
    }
    text
}

fn coverage(report: &CompanyReport) -> String {
    let line = |name: &str, counts: &Counts| {
        let declared = &counts.declared;
        let exempt = if counts.exempt == 0 { String::new() } else { format!(", exempt {}", counts.exempt) };
        format!(
            "{name}: {}, reviewed {}, declared {} (none {}, assisted {}, generated {}), neither {}{exempt}, unchanged {}\n",
            counted(counts.files, "file"),
            share(counts.reviewed_share),
            share(counts.declared_share),
            declared.none,
            declared.assisted,
            declared.generated,
            counts.neither,
            counts.unchanged,
        )
    };
    let mut text = line("coverage", &report.coverage.total);
    for (of, groups) in [("", &report.coverage.folders), ("client ", &report.coverage.clients)] {
        let listed = groups.iter().take(LISTED);
        text.extend(listed.map(|group: &Group| line(&format!("  {of}{}", inline(&group.name)), &group.counts)));
        if groups.len() > LISTED {
            text.push_str(&format!("  and {} more\n", groups.len() - LISTED));
        }
    }
    text
}

fn people(report: &CompanyReport) -> String {
    let totals = &report.people_totals;
    let next = report.people.iter().filter_map(|person| Some((person.expires_next.as_ref()?, &person.id)));
    let next = next.min_by_key(|(expiry, _)| expiry.on);
    let next = next.map_or_else(String::new, |(expiry, person)| {
        format!("; next to expire: {} of {person} on {}", expiry.course, expiry.on)
    });
    format!(
        "people: {} in the roster, {} active; accepted {}, trained {}, confirmed {}, without gaps {}{next}\n",
        totals.people,
        counted(totals.humans, "human"),
        totals.accepted,
        totals.trained,
        totals.confirmed,
        totals.without_gaps
    )
}

fn work(report: &CompanyReport) -> String {
    let open = report.tools.iter().filter(|tool| tool.request_open).count();
    let used = report.tools.iter().filter(|tool| tool.declarations > 0).count();
    let totals = &report.reviews.totals;
    let median = totals.median_seconds.map_or_else(String::new, |seconds| {
        format!("; median {} from declaration to review, as stated", duration(seconds))
    });
    format!(
        "tools: {} in the register or declared, {used} used, {} open\nreviews: {} by {}, {} rejected{median}; {}\n",
        report.tools.len(),
        counted(open, "request"),
        counted(totals.approvals + totals.rejections, "review"),
        counted(totals.reviewers, "person"),
        totals.rejections,
        counted(totals.bursts, "burst"),
    )
}

fn log(report: &CompanyReport) -> String {
    let open = report.incidents.iter().filter(|incident| incident.closed_at.is_none()).count();
    let overdue = report.incidents.iter().filter(|incident| incident.overdue).count();
    let left = report.waivers.iter().filter(|it| it.state == provenance_core::account::WaiverState::LeftOpen).count();
    format!(
        "incidents: {}, {open} open, {overdue} overdue\nwaivers: {}, {left} left open\nledger: {}, {} void, {} revoked; unsigned evidence: {}\n",
        report.incidents.len(),
        report.waivers.len(),
        counted(report.ledger.records.values().sum(), "record"),
        report.ledger.void,
        report.ledger.revoked,
        counted(report.unsigned.signals, "signal"),
    )
}

fn findings(report: &CompanyReport) -> String {
    if report.findings.is_empty() {
        return "no findings\n".to_owned();
    }
    let mut text: String = report.findings.iter().take(LISTED).map(|found| finding(&found.finding)).collect();
    if report.findings.len() > LISTED {
        let more = report.findings.len() - LISTED;
        text.push_str(&format!("and {}; `--format json` has all\n", counted(more, "more finding")));
    }
    text
}

fn share(share: Share) -> String {
    let percent = share.percent.map_or_else(String::new, |percent| format!(" ({percent} %)"));
    format!("{} of {}{percent}", share.count, share.of)
}
