//! P2: placeholders and notes that a template's readers were to replace.

use std::collections::BTreeSet;

use super::Lint;
use crate::path::RepoPath;
use crate::policy::problem::Source;
use crate::policy::{Clause, FILES};

/// What a placeholder between brackets says, in lower case, whole.
const NAMES: [&str; 26] = [
    "company",
    "company name",
    "company's name",
    "organization",
    "organization name",
    "organisation",
    "organisation name",
    "client name",
    "customer name",
    "name",
    "full name",
    "employee name",
    "date",
    "effective date",
    "title",
    "job title",
    "role",
    "contact",
    "contact name",
    "email",
    "email address",
    "phone",
    "address",
    "department",
    "website",
    "tbd",
];
/// How a placeholder between brackets starts, in lower case.
const STARTS: [&str; 10] = [
    "insert",
    "your ",
    "enter ",
    "fill in",
    "add your",
    "specify",
    "list your",
    "describe your",
    "todo",
    "placeholder",
];
/// What only a template says of itself, in lower case.
const NOTES: [&str; 9] = [
    "this template",
    "template note",
    "policy template",
    "is a template",
    "sample policy",
    "delete this note",
    "remove this note",
    "lorem ipsum",
    "[note:",
];

/// The longest placeholder that is looked for, in bytes.
const MAX_PLACEHOLDER: usize = 300;

pub(super) fn check(lint: &mut Lint<'_>) {
    let texts = lint.sources.each_ref().map(Source::text);
    for (file, text) in FILES.iter().zip(texts) {
        scan(lint, file, text);
    }
    let paths: Vec<RepoPath> = super::documents(lint.policy).into_iter().collect();
    for path in paths {
        if let Some(text) = lint.text(&path) {
            scan(lint, &path.to_string(), &text);
        }
    }
}

fn scan(lint: &mut Lint<'_>, file: &str, text: &str) {
    let labels = labels(text);
    for (i, line) in text.lines().enumerate() {
        for found in placeholders(line, &labels) {
            let message = format!("`{found}` is a placeholder: put in its place what it stands for");
            lint.note(Clause::P2, file.to_owned(), Some(i + 1), message);
        }
        let lower = line.to_lowercase();
        if let Some(note) = NOTES.iter().find(|note| lower.contains(**note)) {
            let message = format!("a note of the template is still there (`{note}`): take it out");
            lint.note(Clause::P2, file.to_owned(), Some(i + 1), message);
        }
    }
}

/// The labels that the text defines a link for, `[label]: address`, in lower case.
fn labels(text: &str) -> BTreeSet<String> {
    let label = |line: &str| {
        let (label, _) = line.trim_start().strip_prefix('[')?.split_once("]:")?;
        Some(label.to_lowercase())
    };
    text.lines().filter_map(label).collect()
}

/// The placeholders of a line: `[Company Name]`, `{{company}}`, `<Company Name>`, `@company@`.
fn placeholders(line: &str, labels: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices('[') {
        let Some(end) = near(&line[at..]).find(']').map(|end| at + end) else { continue };
        // As some editors write a bracket that is meant as one.
        let inner = line[at + 1..end].trim_end_matches('\\').trim();
        let is_link = line[end + 1..].starts_with(['(', '[', ':']) || line[..at].ends_with(']');
        if !is_link && !labels.contains(&inner.to_lowercase()) && is_placeholder(inner) {
            found.push(format!("[{inner}]"));
        }
    }
    for (open, close) in [("{{", "}}"), ("<", ">")] {
        for (at, _) in line.match_indices(open) {
            let rest = &line[at + open.len()..];
            let Some(inner) = near(rest).find(close).map(|end| rest[..end].trim()) else { continue };
            // A single word between angle brackets is a tag.
            if (open == "{{" && !inner.is_empty()) || (inner.contains(' ') && is_placeholder(inner)) {
                found.push(format!("{open}{inner}{close}"));
            }
        }
    }
    found.extend(between_ats(line));
    found
}

/// Where a bracket that opens a placeholder is closed: to look for it to the end of the line, from each bracket
/// of a line of nothing else, would take hours.
fn near(rest: &str) -> &str {
    &rest[..rest.floor_char_boundary(MAX_PLACEHOLDER)]
}

fn is_placeholder(inner: &str) -> bool {
    let lower = inner.to_lowercase();
    NAMES.contains(&lower.as_str()) || STARTS.iter().any(|start| lower.starts_with(start))
}

/// `@word@`, with nothing of a word before it: not an address.
fn between_ats(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut parts = line.split('@').peekable();
    let mut before = parts.next().unwrap_or_default();
    while let Some(part) = parts.next() {
        let is_word = part.starts_with(|c: char| c.is_ascii_alphabetic())
            && !part.ends_with(' ')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_ ".contains(c));
        if is_word && parts.peek().is_some() && !before.ends_with(|c: char| c.is_alphanumeric() || c == '.') {
            found.push(format!("@{part}@"));
        }
        before = part;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn finds(line: &str, expected: &[&str]) {
        assert_eq!(placeholders(line, &BTreeSet::from(["date".to_owned()])), expected, "{line}");
    }

    #[test]
    fn refuses_placeholders_of_every_form() {
        finds("[Company Name] adopts this on [Insert Date].", &["[Company Name]", "[Insert Date]"]);
        finds(r"write to \[Your Contact\]", &["[Your Contact]"]);
        finds("contact = \"[Email]\"", &["[Email]"]);
        finds("{{company}} and <Company Name>", &["{{company}}", "<Company Name>"]);
        finds("name = @company@", &["@company@"]);
    }

    #[test]
    fn allows_links_checkboxes_tags_addresses_and_toml() {
        finds("[Company Name](https://example.com), [name][1] and [Title]: https://example.com", &[]);
        finds("- [ ] open, - [x] done, [^1], [Date]", &[]);
        finds("<address> <title> <b class=\"name\">", &[]);
        finds("ana@example.com, ed@example.com, @ana and @ed", &[]);
        finds("[person.ana] roles = [\"date\"] paths = [] [waiver]", &[]);
    }

    #[test]
    fn hostile_lines_take_linear_time() {
        for line in ["[".repeat(1 << 20) + "]", "<a ".repeat(1 << 19) + ">", "{{".repeat(1 << 19)] {
            finds(&line, &[]);
        }
    }

    #[test]
    fn reads_the_labels_of_links() {
        assert_eq!(labels("[Company Name]: https://example.com\n[x]"), BTreeSet::from(["company name".to_owned()]));
    }
}
