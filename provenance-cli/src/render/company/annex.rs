//! A client's annex: what it is of, the clause as it is in force, and the deliverables.

use provenance_core::account::{AnnexClause, ClientAnnex, CompanyReport, Deliverable};

use super::table::{Table, escape, list, maybe};

/// The deliverables.
pub(super) fn table(report: &CompanyReport) -> Table {
    let header = &[
        "path",
        "git id",
        "sha256",
        "AI use",
        "tools",
        "AI declared at (as stated)",
        "reviewer",
        "reviewer's name",
        "reviewed at (as stated)",
        "missing",
    ];
    Table::new(header, report.annex.iter().flat_map(|annex| &annex.deliverables).map(row))
}

fn row(it: &Deliverable) -> Vec<String> {
    let extent = match it.extent {
        Some(extent) => extent.as_str(),
        None if it.unchanged => "not recorded: from before records were kept",
        None => "not declared",
    };
    vec![
        it.path.to_string(),
        it.entry.id().to_string(),
        maybe(it.entry.sha256()),
        extent.to_owned(),
        list(&it.tools),
        maybe(it.ai_declared_at),
        maybe(it.reviewer.as_ref()),
        it.reviewer_name.clone().unwrap_or_default(),
        maybe(it.reviewed_at),
        list(it.missing.iter().map(|missing| missing.as_str())),
    ]
}

/// Whom the annex is for and the clause, above the table.
pub(super) fn head(annex: &ClientAnnex) -> String {
    let name = annex.name.as_deref().unwrap_or(&annex.client);
    let count = annex.deliverables.len();
    format!(
        "Client: {} ({})\n\n{}\nNothing is missing of {} of {count}.\n\n",
        escape(name),
        escape(&annex.client),
        annex.clause.as_ref().map_or_else(|| "The policy names no clause on AI use.\n".to_owned(), clause),
        annex.complete,
    )
}

/// The clause as a quotation, in which no line is more than text.
fn clause(clause: &AnnexClause) -> String {
    let path = escape(&clause.path.to_string());
    let Some(sha256) = clause.entry.and_then(|entry| entry.sha256()) else {
        return format!("The clause on AI use, {path}, is not there.\n");
    };
    let mut text = format!("The clause on AI use, {path}, SHA-256 {sha256}:\n\n");
    for line in clause.text.iter().flat_map(|text| text.lines()) {
        text.push_str(format!("> {}", escape(line.trim())).trim_end());
        text.push('\n');
    }
    text
}
