//! Unsigned evidence: what `import` kept of other tools' marks. Anybody can write that ref, so whatever it holds is
//! counted and believed for nothing, and no amount of it keeps a report from its end.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::account::{Unsigned, UnsignedTool};
use crate::draft::DraftError;
use crate::git::{ReadError, Repository};
use crate::ledger::{IMPORTED_REF, Ledger};

/// So many lines are read.
const MAX_LINES: usize = 1_000_000;
/// A note larger than this is not read, in bytes.
const MAX_NOTE: u64 = 16 << 20;
/// So many different tools are told apart.
const MAX_TOOLS: usize = 100;
/// So many characters of a name are kept.
const MAX_NAME: usize = 100;
/// Sources that are known by name.
const SOURCES: [&str; 9] =
    ["trailer", "author", "git-ai", "git-ai-legacy", "agent-trace", "entire", "agentblame", "image", "front-matter"];

#[derive(Deserialize)]
struct Line {
    source: String,
    #[serde(default)]
    tool: Option<String>,
    #[serde(default)]
    model: Option<String>,
}

/// What there is, counted.
pub(super) fn figures(repository: &Repository) -> Result<Unsigned, DraftError> {
    let name = IMPORTED_REF.parse().expect("the constant is a well-formed ref name");
    let notes = Ledger::open_ref(repository, &name)?;
    let mut found = Unsigned { label: "unsigned".to_owned(), ..Unsigned::default() };
    let mut tools: BTreeMap<(Option<String>, Option<String>), usize> = BTreeMap::new();
    for blobs in notes.all()?.into_values() {
        found.commits += 1;
        for blob in blobs {
            let bytes = match repository.blob(blob, MAX_NOTE) {
                Err(ReadError::TooLarge { .. }) => {
                    found.capped = true;
                    continue;
                }
                bytes => bytes?,
            };
            for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                if found.signals + found.unreadable == MAX_LINES {
                    found.capped = true;
                    break;
                }
                found.add(line, &mut tools);
            }
        }
    }
    let mut tools: Vec<UnsignedTool> =
        tools.into_iter().map(|((tool, model), signals)| UnsignedTool { tool, model, signals }).collect();
    tools.sort_by_key(|it| std::cmp::Reverse(it.signals));
    found.by_tool = tools;
    Ok(found)
}

impl Unsigned {
    fn add(&mut self, line: &[u8], tools: &mut BTreeMap<(Option<String>, Option<String>), usize>) {
        let Ok(line) = serde_json::from_slice::<Line>(line) else {
            self.unreadable += 1;
            return;
        };
        self.signals += 1;
        let source = SOURCES.iter().find(|known| **known == line.source).unwrap_or(&"other");
        *self.by_source.entry((*source).to_owned()).or_default() += 1;
        let cut = |text: Option<String>| text.map(|text| text.chars().take(MAX_NAME).collect::<String>());
        let key = (cut(line.tool), cut(line.model));
        if tools.len() < MAX_TOOLS || tools.contains_key(&key) {
            *tools.entry(key).or_default() += 1;
        } else {
            self.capped = true;
        }
    }
}
