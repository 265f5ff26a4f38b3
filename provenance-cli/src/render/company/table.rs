//! Tables: rows of texts, written so that no cell can be more than a cell.

use std::fmt::Display;

use crate::output::inline;

/// A table with a line of headers.
pub(super) struct Table {
    header: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(header: &'static [&'static str], rows: impl IntoIterator<Item = Vec<String>>) -> Self {
        Self { header, rows: rows.into_iter().collect() }
    }

    /// RFC 4180, lines ending in CR LF. A cell that a spreadsheet would take for a formula begins with an apostrophe.
    pub(super) fn csv(&self) -> String {
        let mut text = String::new();
        let header = self.header.iter().map(|name| csv_cell(name)).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(|cell| csv_cell(cell)).collect());
        for cells in std::iter::once::<Vec<String>>(header).chain(rows) {
            text.push_str(&cells.join(","));
            text.push_str("\r\n");
        }
        text
    }

    /// A table of GitHub's Markdown; one line of words where it has no rows.
    pub(super) fn markdown(&self) -> String {
        if self.rows.is_empty() {
            return "None.\n".to_owned();
        }
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut text = line(self.header.iter().map(|name| (*name).to_owned()).collect());
        text.push_str(&format!("|{}\n", "---|".repeat(self.header.len())));
        for row in &self.rows {
            text.push_str(&line(row.iter().map(|cell| escape(cell)).collect()));
        }
        text
    }
}

/// What is there, or nothing.
pub(super) fn maybe<T: Display>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// Several in one cell.
pub(super) fn list<T: Display>(values: impl IntoIterator<Item = T>) -> String {
    values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join("; ")
}

pub(super) fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

/// A cell: characters that are not seen are spelled out. Quoted unless it is plain in every locale: some read `;` or a
/// tab as the end of a cell, and what follows could be a formula.
fn csv_cell(text: &str) -> String {
    let text = inline(text).replace('\t', " ");
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '|', '%']);
    let text = if formula { format!("'{text}") } else { text };
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/: -%()".contains(c);
    if text.chars().all(plain) { text } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

/// Text in Markdown that is nothing but text: no code, link, HTML, mention or end of a cell.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::new();
    let text = inline(text).replace('\t', " ");
    for (at, c) in text.char_indices() {
        let links = (c == ':' && text[at..].starts_with("://"))
            || (c == '.' && text[..at].to_ascii_lowercase().ends_with("www"));
        if links || "\\`*_{}[]<>#|!~@&$^".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "＝1", "=cmd|' /C calc'!A0"] {
            let cell = csv_cell(text);
            assert!(cell.starts_with("\"'") || cell.starts_with('\''), "{text:?}: {cell}");
        }
        assert_eq!(csv_cell("a;=1"), "\"a;=1\"");
        assert_eq!(csv_cell("2026-11-24"), "2026-11-24");
    }

    #[test]
    fn cells_are_quoted_as_rfc_4180_has_it() {
        let table = Table::new(&["a", "b"], [vec!["x,y".to_owned(), "say \"no\"\nand\u{202e}".to_owned()]]);
        assert_eq!(table.csv(), "a,b\r\n\"x,y\",\"say \"\"no\"\"\\nand\\u{202e}\"\r\n");
    }

    #[test]
    fn markdown_has_no_more_than_its_cells() {
        let table = Table::new(&["a"], [vec!["x | <b>[l](http://h) `c` @me\n# h www.h.de".to_owned()]]);
        let text = table.markdown();
        assert_eq!(text.lines().count(), 3);
        assert!(text.ends_with("| x \\| \\<b\\>\\[l\\](http\\://h) \\`c\\` \\@me\\\\n\\# h www\\.h.de |\n"), "{text}");
        assert_eq!(Table::new(&["a"], []).markdown(), "None.\n");
    }
}
