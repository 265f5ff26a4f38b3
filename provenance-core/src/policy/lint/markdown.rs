//! What the linter reads of Markdown: headings, and whether anything stands below them.

use std::collections::BTreeSet;

use crate::finding::on_one_line;

/// The most points of a document's sections that are told, and the most characters of each.
const MAX_POINTS: usize = 50;
const MAX_POINT: usize = 1000;

/// A heading, and whether its section says anything.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Heading {
    /// The line, counted from 1.
    pub(super) line: usize,
    level: usize,
    text: String,
    pub(super) has_content: bool,
}

impl Heading {
    /// Whether one of its words starts so, in any case.
    pub(super) fn speaks_of(&self, start: &str) -> bool {
        let words = self.text.split(|c: char| !c.is_alphanumeric());
        words.map(str::to_lowercase).any(|word| word.starts_with(start))
    }
}

/// The headings of any level, `# so` and underlined; none inside fenced code.
pub(super) fn headings(text: &str) -> Vec<Heading> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found: Vec<Heading> = Vec::new();
    let mut fence: Option<&str> = None;
    for (i, line) in lines.iter().enumerate() {
        let plain = line.trim();
        let mark = ["```", "~~~"].into_iter().find(|mark| plain.starts_with(mark));
        if mark.is_some() && (fence.is_none() || fence == mark) {
            fence = if fence.is_none() { mark } else { None };
        }
        let heading = if fence.is_some() { None } else { heading_at(&lines, i) };
        match heading {
            Some((level, text)) => {
                // A section that has sections of its own says what they say.
                for above in found.iter_mut().rev().take_while(|above| above.level < level) {
                    above.has_content = true;
                }
                found.push(Heading { line: i + 1, level, text: text.to_owned(), has_content: false });
            }
            None if !plain.is_empty() && !is_underline(plain) => {
                found.iter_mut().next_back().into_iter().for_each(|heading| heading.has_content = true);
            }
            None => {}
        }
    }
    found
}

/// What stands below every heading that speaks of one of these, point by point: an item of a list or a paragraph each,
/// on one line. At most [`MAX_POINTS`] of [`MAX_POINT`] characters.
pub(crate) fn points(text: &str, starts: &[&str]) -> Vec<String> {
    let headings = headings(text);
    let lines: Vec<&str> = text.lines().collect();
    let mut found: Vec<String> = Vec::new();
    for (i, heading) in headings.iter().enumerate() {
        if !starts.iter().any(|start| heading.speaks_of(start)) {
            continue;
        }
        let behind = headings[i + 1..].iter();
        let end = behind.clone().find(|next| next.level <= heading.level).map_or(lines.len(), |next| next.line - 1);
        let inner: BTreeSet<usize> = behind.map(|next| next.line - 1).take_while(|line| *line < end).collect();
        let section = lines.iter().enumerate().take(end).skip(heading.line);
        add_points(section.map(|(at, line)| if inner.contains(&at) { "" } else { line.trim() }), &mut found);
    }
    found.iter().map(|point| on_one_line(point).chars().take(MAX_POINT).collect()).collect()
}

/// Adds the points of a section, whose paragraphs are parted by lines that say nothing.
fn add_points<'t>(section: impl Iterator<Item = &'t str>, found: &mut Vec<String>) {
    let mut open = false;
    for line in section {
        if line.is_empty() || is_underline(line) || line.starts_with("```") {
            open = false;
            continue;
        }
        let item = item(line);
        let goes_on = open && item.is_none();
        if let Some(point) = found.last_mut().filter(|_| goes_on) {
            point.push(' ');
            point.push_str(line);
        } else if found.len() < MAX_POINTS {
            found.push(item.unwrap_or(line).to_owned());
        } else {
            return;
        }
        open = true;
    }
}

/// What an item of a list says.
fn item(line: &str) -> Option<&str> {
    let bullet = ["- ", "* ", "+ "].iter().find_map(|mark| line.strip_prefix(mark));
    let behind = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered =
        || behind.strip_prefix(". ").or_else(|| behind.strip_prefix(") ")).filter(|_| behind.len() < line.len());
    bullet.or_else(numbered).map(str::trim)
}

fn heading_at<'t>(lines: &[&'t str], i: usize) -> Option<(usize, &'t str)> {
    let line = lines[i].trim();
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&level) {
        let text = &line[level..];
        return text.starts_with([' ', '\t']).then(|| (level, text.trim().trim_end_matches('#').trim()));
    }
    let under = lines.get(i + 1).map(|next| next.trim()).filter(|next| is_underline(next))?;
    let is_text = !line.is_empty() && !is_underline(line) && !line.starts_with(['|', '>', '-', '*', '+']);
    is_text.then(|| (if under.starts_with('=') { 1 } else { 2 }, line))
}

fn is_underline(line: &str) -> bool {
    line.len() >= 2 && (line.bytes().all(|byte| byte == b'=') || line.bytes().all(|byte| byte == b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_headings_of_every_form_and_none_in_code() {
        let text =
            "# One\n\ntext\n\nTwo words\n=========\n\n```\n# not\n```\n### Empty ###\n\n## Parent\n### Child\nx\n";
        let found: Vec<_> = headings(text).into_iter().map(|it| (it.line, it.text, it.has_content)).collect();
        let expected = [(1, "One", true), (5, "Two words", true), (11, "Empty", false), (13, "Parent", true)];
        let expected = expected.into_iter().chain([(14, "Child", true)]);
        assert_eq!(found, expected.map(|(line, text, full)| (line, text.to_owned(), full)).collect::<Vec<_>>());
    }

    #[test]
    fn points_are_items_and_paragraphs_below_the_headings_that_are_meant() {
        let text = "# Tool\n\nno\n\n## Its Limits\n\n- one\n  goes on\n- two\n\n1. three\n\n### Deeper\nfour\nfive\n\n## Else\nno\n\nLimits too\n---\nsix\n";
        assert_eq!(points(text, &["limit"]), ["one goes on", "two", "three", "four five", "six"]);
        assert_eq!(points(text, &["ethic"]), Vec::<String>::new());
        let many = format!("# Limits\n{}", "- x\n".repeat(500));
        assert_eq!(points(&many, &["limit"]).len(), MAX_POINTS);
        assert_eq!(points(&format!("# Limits\n{}", "x".repeat(5000)), &["limit"])[0].len(), MAX_POINT);
    }

    #[test]
    fn a_heading_speaks_of_words_in_any_case() {
        let [heading] = &headings("## Known LIMITATIONS, and more")[..] else { panic!("one heading") };
        assert!(heading.speaks_of("limit") && !heading.speaks_of("imit") && !heading.speaks_of("guideline"));
    }
}
