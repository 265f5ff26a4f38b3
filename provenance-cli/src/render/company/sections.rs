//! The sections of a report as tables.

use provenance_core::account::{
    CompanyReport, Counts, IncidentFigures, PersonFigures, ReviewerFigures, Share, ToolFigures, Version, WaiverFigures,
};
use provenance_core::finding::Severity;

use super::table::{Table, list, maybe, yes};
use super::{acceptance, annex, art50, marks};
use crate::args::Section;

pub(super) fn of(report: &CompanyReport, section: Section) -> Table {
    match section {
        Section::Coverage => coverage(report),
        Section::Clauses => clauses(report),
        Section::People => people(report),
        Section::Tools => tools(report),
        Section::Reviews => reviews(report),
        Section::Incidents => incidents(report),
        Section::Waivers => waivers(report),
        Section::Statements => statements(report),
        Section::Marks => marks::table(report),
        Section::Unsigned => unsigned(report),
        Section::Findings => findings(report),
        Section::Art50 => art50::table(report),
        Section::Annex => annex::table(report),
        Section::Acceptance => acceptance::table(report),
    }
}

fn coverage(report: &CompanyReport) -> Table {
    let header = &[
        "of",
        "name",
        "files",
        "unchanged",
        "reviewed",
        "reviewed %",
        "merged",
        "declared",
        "declared %",
        "none",
        "assisted",
        "generated",
        "neither",
        "exempt",
    ];
    let row = |of: &str, name: &str, counts: &Counts| {
        let declared = &counts.declared;
        let numbers = [declared.none, declared.assisted, declared.generated, counts.neither, counts.exempt]
            .map(|n| n.to_string());
        let start = [of.to_owned(), name.to_owned(), counts.files.to_string(), counts.unchanged.to_string()];
        let shares = [
            counts.reviewed.to_string(),
            percent(counts.reviewed_share),
            counts.merged.to_string(),
            declared.total().to_string(),
            percent(counts.declared_share),
        ];
        start.into_iter().chain(shares).chain(numbers).collect()
    };
    let total = std::iter::once(row("all", "", &report.coverage.total));
    let folders = report.coverage.folders.iter().map(|group| row("folder", &group.name, &group.counts));
    let clients = report.coverage.clients.iter().map(|group| row("client", &group.name, &group.counts));
    Table::new(header, total.chain(folders).chain(clients))
}

fn clauses(report: &CompanyReport) -> Table {
    let row = |it: &provenance_core::account::ClauseFigures| {
        vec![it.clause.to_string(), it.says.clone(), it.level.as_str().to_owned(), it.findings.to_string()]
    };
    Table::new(&["clause", "says", "level", "findings"], report.clauses.iter().map(row))
}

fn people(report: &CompanyReport) -> Table {
    let header = &[
        "id",
        "name",
        "kind",
        "roles",
        "retired",
        "joined",
        "does",
        "documents",
        "courses",
        "tools",
        "confirmed by",
        "confirmed at",
        "lacks",
        "would lack",
        "expires next",
    ];
    Table::new(header, report.people.iter().map(person))
}

fn person(it: &PersonFigures) -> Vec<String> {
    let version = |version: Version| if version == Version::InForce { "" } else { " (earlier version)" };
    let documents =
        it.documents.iter().map(|own| format!("{} {}{}", own.id, own.accepted_at.day(), version(own.version)));
    let courses = it.courses.iter().map(|own| match (own.until, own.expired) {
        (Some(until), _) => format!("{} until {until}", own.id),
        (None, true) => format!("{} expired", own.id),
        (None, false) => format!("{} lacks {}", own.id, list(&own.missing)),
    });
    let tools = it.tools.iter().map(|own| format!("{} {}{}", own.id, own.acknowledged_at.day(), version(own.version)));
    let gaps = |asked| {
        let some = it.gaps.iter().filter(move |gap| gap.asked == asked);
        list(some.map(|gap| format!("{} {}", gap.clause, gap.what)))
    };
    let confirmation = it.confirmation.as_ref();
    vec![
        it.id.to_string(),
        it.name.clone().unwrap_or_default(),
        it.kind.clone(),
        list(&it.roles),
        yes(it.retired),
        maybe(it.joined),
        list(it.activities.iter().map(|activity| activity.as_str())),
        list(documents),
        list(courses),
        list(tools),
        maybe(confirmation.map(|word| &word.by)),
        maybe(confirmation.map(|word| word.confirmed_at)),
        gaps(true),
        gaps(false),
        maybe(it.expires_next.as_ref().map(|next| format!("{} {}", next.course, next.on))),
    ]
}

fn tools(report: &CompanyReport) -> Table {
    let header = &[
        "id",
        "status",
        "approved from",
        "approved until",
        "data classes",
        "trains on input",
        "requested on",
        "answered on",
        "days to answer",
        "declarations",
        "files",
        "models",
    ];
    let row = |it: &ToolFigures| {
        let models = it.models.iter().map(|model| {
            let name = model.model.as_deref().unwrap_or("(not said)");
            format!("{name}: {} declarations, {} files", model.declarations, model.files)
        });
        vec![
            it.id.to_string(),
            it.status.clone(),
            maybe(it.approved_from),
            maybe(it.approved_until),
            list(&it.data_classes),
            maybe(it.trains_on_input.map(yes)),
            maybe(it.requested_on),
            maybe(it.answered_on),
            maybe(it.days_to_answer),
            it.declarations.to_string(),
            it.files.to_string(),
            list(models),
        ]
    };
    Table::new(header, report.tools.iter().map(row))
}

fn reviews(report: &CompanyReport) -> Table {
    let header = &[
        "reviewer",
        "competence",
        "approvals",
        "rejections",
        "reject %",
        "amending",
        "superseded",
        "revoked",
        "median time from declaration (as stated)",
        "timed",
        "most in burst",
        "bursts",
        "last review",
    ];
    let row = |it: &ReviewerFigures| {
        vec![
            it.person.to_string(),
            list(&it.competence),
            it.approvals.to_string(),
            it.rejections.to_string(),
            percent(it.reject_rate),
            it.amending.to_string(),
            it.superseded.to_string(),
            it.revoked.to_string(),
            maybe(it.median_seconds.map(duration)),
            it.timed.to_string(),
            it.most_in_burst.to_string(),
            it.bursts.to_string(),
            maybe(it.last_reviewed_at),
        ]
    };
    Table::new(header, report.reviews.reviewers.iter().map(row))
}

fn incidents(report: &CompanyReport) -> Table {
    let header = &[
        "incident",
        "path",
        "state",
        "severity",
        "summary",
        "opened by",
        "opened at",
        "owner",
        "due",
        "overdue",
        "corrected at",
        "correction",
        "notice",
        "closed at",
        "outcome",
        "days",
    ];
    let row = |it: &IncidentFigures| {
        vec![
            it.id.chars().take(12).collect(),
            it.path.to_string(),
            it.state.clone(),
            it.severity.as_str().to_owned(),
            it.summary.clone().unwrap_or_default(),
            it.opened_by.to_string(),
            it.opened_at.to_string(),
            maybe(it.owner.as_ref()),
            maybe(it.due),
            yes(it.overdue),
            maybe(it.corrected_at),
            it.correction.clone().unwrap_or_default(),
            it.notice.clone().unwrap_or_default(),
            maybe(it.closed_at),
            it.outcome.clone().unwrap_or_default(),
            it.days.to_string(),
        ]
    };
    Table::new(header, report.incidents.iter().map(row))
}

fn waivers(report: &CompanyReport) -> Table {
    let header = &["record", "by", "waived at", "from", "until", "because", "paths", "state", "settled by", "outcome"];
    let row = |it: &WaiverFigures| {
        vec![
            maybe(it.record.map(|record| record.short())),
            it.by.to_string(),
            it.waived_at.to_string(),
            maybe(it.from),
            it.until.to_string(),
            it.because.clone().unwrap_or_default(),
            list(&it.paths),
            it.state.as_str().to_owned(),
            maybe(it.settled_by.as_ref()),
            it.outcome.clone().unwrap_or_default(),
        ]
    };
    Table::new(header, report.waivers.iter().map(row))
}

fn statements(report: &CompanyReport) -> Table {
    let header = &[
        "statement",
        "path",
        "published",
        "reviewed",
        "claim",
        "in file",
        "measure",
        "at least %",
        "measured %",
        "count",
        "of",
        "holds",
    ];
    let mut rows = Vec::new();
    for it in &report.statements {
        let start = [it.id.to_string(), it.path.to_string(), yes(it.published), yes(it.reviewed)];
        rows.extend(it.claims.is_empty().then(|| start.iter().cloned().chain(vec![String::new(); 8]).collect()));
        for claim in &it.claims {
            let rest = [
                claim.text.clone().unwrap_or_default(),
                yes(claim.in_file),
                claim.measure.clone(),
                claim.at_least.to_string(),
                percent(claim.share),
                claim.share.count.to_string(),
                claim.share.of.to_string(),
                yes(claim.holds),
            ];
            rows.push(start.iter().cloned().chain(rest).collect());
        }
    }
    Table::new(header, rows)
}

fn unsigned(report: &CompanyReport) -> Table {
    let label = &report.unsigned.label;
    let row = |of: &str, name: String, count: usize| vec![label.clone(), of.to_owned(), name, count.to_string()];
    let sources = report.unsigned.by_source.iter().map(|(source, count)| row("source", source.clone(), *count));
    let tools = report.unsigned.by_tool.iter().map(|it| {
        let name = list([it.tool.as_deref().unwrap_or("(not said)")].into_iter().chain(it.model.as_deref()));
        row("tool", name, it.signals)
    });
    let total = std::iter::once(row("all", String::new(), report.unsigned.signals));
    Table::new(&["label", "of", "name", "signals"], total.chain(sources).chain(tools))
}

fn findings(report: &CompanyReport) -> Table {
    let row = |it: &provenance_core::account::ClauseFinding| {
        let severity = match it.finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        vec![
            severity.to_owned(),
            it.clause.to_string(),
            it.finding.code.to_string(),
            maybe(it.finding.path.as_ref()),
            it.finding.message.clone(),
            it.finding.hint.clone().unwrap_or_default(),
        ]
    };
    Table::new(&["severity", "clause", "code", "path", "message", "hint"], report.findings.iter().map(row))
}

fn percent(share: Share) -> String {
    maybe(share.percent)
}

/// Seconds in the largest two units.
pub(super) fn duration(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, ..) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}
