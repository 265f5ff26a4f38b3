//! The company report for people and programs: every section as a table, in CSV or Markdown, and a page of text.
//!
//! Texts come from records and the policy, which strangers may have written: each form escapes them.

mod acceptance;
mod annex;
mod art50;
mod human;
mod marks;
mod sections;
mod table;

use provenance_core::account::CompanyReport;

use crate::args::Section;

pub(crate) use human::human;

/// One section as CSV (RFC 4180), with a line of headers.
pub(crate) fn csv(report: &CompanyReport, section: Section) -> String {
    sections::of(report, section).csv()
}

/// One section as a Markdown table, or those of every report.
pub(crate) fn markdown(report: &CompanyReport, section: Option<Section>) -> String {
    let sections = section.map_or_else(|| Section::ALL.to_vec(), |section| vec![section]);
    let mut text = format!(
        "# {} {}\n\nState {} as of {}, policy {}.\n",
        table::escape(&report.repository),
        table::escape(report.branch.short()),
        report.tip,
        report.as_of,
        report.policy
    );
    if let Some(range) = &report.range {
        text.push_str(&format!("Coverage and reviews of {}..{} alone.\n", range.from, range.to));
    }
    for section in sections {
        text.push_str(&format!("\n## {}\n\n", section.title()));
        if let Some(art50) = report.art50.as_ref().filter(|_| section == Section::Art50) {
            text.push_str(&format!("{}\n\n", art50.note));
        }
        if let Some(sheet) = report.acceptance.as_ref().filter(|_| section == Section::Acceptance) {
            text.push_str(&acceptance::sheet(sheet));
            continue;
        }
        if let Some(annex) = report.annex.as_ref().filter(|_| section == Section::Annex) {
            text.push_str(&annex::head(annex));
        }
        text.push_str(&sections::of(report, section).markdown());
    }
    text
}
