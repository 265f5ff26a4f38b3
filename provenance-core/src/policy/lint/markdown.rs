//! What the linter reads of Markdown: headings, and whether anything stands below them.

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
    fn a_heading_speaks_of_words_in_any_case() {
        let [heading] = &headings("## Known LIMITATIONS, and more")[..] else { panic!("one heading") };
        assert!(heading.speaks_of("limit") && !heading.speaks_of("imit") && !heading.speaks_of("guideline"));
    }
}
