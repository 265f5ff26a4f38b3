//! Evidence by file.

use provenance_core::account::{Art50File, CompanyReport};

use super::table::{Table, list, maybe, yes};

pub(super) fn table(report: &CompanyReport) -> Table {
    let header = &[
        "path",
        "git id",
        "sha256",
        "extent",
        "tools",
        "AI declared at (as stated)",
        "reviewer",
        "reviewer's name",
        "competence",
        "reviewed at (as stated)",
        "review is exact",
        "review is last",
        "accountable",
        "accountable's name",
        "title",
        "contact",
        "missing",
    ];
    let row = |it: &Art50File| {
        vec![
            it.path.to_string(),
            it.entry.id().to_string(),
            maybe(it.entry.sha256()),
            it.extent.as_str().to_owned(),
            list(&it.tools),
            maybe(it.ai_declared_at),
            maybe(it.reviewer.as_ref()),
            it.reviewer_name.clone().unwrap_or_default(),
            list(&it.competence),
            maybe(it.reviewed_at),
            yes(it.review_is_exact),
            yes(it.review_is_last),
            maybe(it.accountable.as_ref()),
            it.accountable_name.clone().unwrap_or_default(),
            it.accountable_title.clone().unwrap_or_default(),
            it.accountable_contact.clone().unwrap_or_default(),
            list(it.missing.iter().map(|missing| missing.as_str())),
        ]
    };
    Table::new(header, report.art50.iter().flat_map(|art50| &art50.files).map(row))
}
