//! Who has accepted which document: a table for programs, and a sheet to print and sign.

use provenance_core::account::{AcceptanceSheet, CompanyReport, SheetDocument, SheetLine, Version};

use super::table::{Table, escape, list, maybe, yes};

/// Where somebody signs on paper.
const LINE: &str = "..............................";

/// A line for each document and person.
pub(super) fn table(report: &CompanyReport) -> Table {
    let header = &[
        "document",
        "title",
        "path",
        "version in force (sha256)",
        "name",
        "id",
        "asked",
        "accepted on",
        "version",
        "version accepted (sha256)",
        "key",
        "record",
        "to sign",
    ];
    let documents = report.acceptance.iter().flat_map(|sheet| &sheet.documents);
    Table::new(header, documents.flat_map(|document| document.people.iter().map(|line| row(document, line))))
}

fn row(document: &SheetDocument, line: &SheetLine) -> Vec<String> {
    vec![
        document.id.to_string(),
        document.title.clone().unwrap_or_default(),
        document.path.to_string(),
        maybe(document.entry.and_then(|entry| entry.sha256())),
        line.name.clone().unwrap_or_default(),
        line.person.to_string(),
        yes(line.asked),
        maybe(line.accepted_at.map(|at| at.day())),
        version(line).to_owned(),
        maybe(line.sha256),
        maybe(line.key.as_ref()),
        maybe(line.record.map(|record| record.short())),
        yes(is_open(line)),
    ]
}

/// The sheet: a part for each document, with a line to sign for whoever has not accepted it as it is in force.
pub(super) fn sheet(sheet: &AcceptanceSheet) -> String {
    if sheet.documents.is_empty() {
        return "The policy names no document that somebody must accept.\n".to_owned();
    }
    let parts: Vec<String> = sheet.documents.iter().map(part).collect();
    format!(
        "{}\nA signature on paper is no record: checks count what was signed with `git provenance policy accept`.\n",
        parts.join("\n")
    )
}

fn part(document: &SheetDocument) -> String {
    let header = &["name", "id", "asked", "accepted on", "version", "key", "record", "signature and date"];
    let title = document.title.as_deref().unwrap_or(document.id.as_str());
    let in_force = match document.entry.and_then(|entry| entry.sha256()) {
        Some(sha256) => format!("in force as SHA-256 {sha256}"),
        None => "which is not there".to_owned(),
    };
    format!(
        "### {}\n\n{}, {in_force}.\nTo be accepted by whoever {}. {} of {} have.\n\n{}",
        escape(title),
        escape(&document.path.to_string()),
        list(document.accepted_by.iter().map(|activity| activity.deed())).replace("; ", " or "),
        document.accepted,
        document.people.len(),
        Table::new(header, document.people.iter().map(line)).markdown(),
    )
}

fn line(line: &SheetLine) -> Vec<String> {
    let earlier = line.sha256.filter(|_| line.version == Some(Version::Earlier));
    let earlier = earlier.map(|sha256| format!(" ({})", sha256.to_string().chars().take(12).collect::<String>()));
    vec![
        line.name.clone().unwrap_or_default(),
        line.person.to_string(),
        yes(line.asked),
        maybe(line.accepted_at.map(|at| at.day())),
        format!("{}{}", version(line), earlier.unwrap_or_default()),
        maybe(line.key.as_ref()),
        maybe(line.record.map(|record| record.short())),
        if is_open(line) { LINE.to_owned() } else { String::new() },
    ]
}

fn version(line: &SheetLine) -> &'static str {
    match line.version {
        Some(Version::InForce) => "in force",
        Some(Version::Earlier) => "earlier",
        None => "",
    }
}

/// Whether the version in force is still to be accepted.
fn is_open(line: &SheetLine) -> bool {
    line.version != Some(Version::InForce)
}
