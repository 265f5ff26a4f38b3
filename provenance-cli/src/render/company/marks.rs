//! Do-not-train marks.

use provenance_core::account::CompanyReport;

use super::table::{Table, list, yes};

/// Counts of images and pages, what stands at the site's root, and the first files without a mark.
pub(super) fn table(report: &CompanyReport) -> Table {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let row = |of: &str, name: String, files: String, marked: String| vec![of.to_owned(), name, files, marked];
    if let Some(marks) = &report.marks {
        for (of, group) in [("images", marks.images), ("pages", marks.pages)] {
            rows.push(row(of, String::new(), group.files.to_string(), group.marked.to_string()));
        }
        rows.push(row("other", String::new(), marks.other.to_string(), String::new()));
        for site in &marks.site {
            let open = if site.open.is_empty() { String::new() } else { format!(" (lets in {})", list(&site.open)) };
            rows.push(row("site", site.path.to_string(), String::new(), format!("{}{open}", yes(site.whole))));
        }
        rows.extend(
            marks.unmarked.iter().map(|path| row("unmarked", path.to_string(), "1".to_owned(), "0".to_owned())),
        );
    }
    Table::new(&["of", "path", "files", "marked"], rows)
}
