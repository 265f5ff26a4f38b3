//! Leads: the declared changes along which a path came to hold what it does, however far back.

use std::collections::{BTreeSet, HashMap};

use super::facts::{DeclarationFact, Facts};
use super::tip::File;
use crate::entry::Slot;
use crate::name::ToolId;
use crate::path::RepoPath;
use crate::statement::Extent;
use crate::time::Timestamp;

/// Declarations that bind, by the path and the entry that they lead to, with the entry that they come from.
pub(super) struct Leads<'f>(HashMap<(&'f RepoPath, Slot), Vec<Lead<'f>>>);

type Lead<'f> = (&'f DeclarationFact, Option<Slot>);

/// What is declared of AI along the changes that lead to a file.
pub(super) struct AiUse {
    /// The greatest extent.
    pub(super) extent: Extent,
    /// The tools.
    pub(super) tools: Vec<ToolId>,
    /// When the newest of them that AI took part in was declared, as stated.
    pub(super) declared_at: Option<Timestamp>,
}

impl<'f> Leads<'f> {
    pub(super) fn of(facts: &'f Facts) -> Self {
        let mut into: HashMap<_, Vec<_>> = HashMap::new();
        for declaration in facts.declarations.iter().filter(|it| it.binds) {
            for number in &declaration.changes {
                let change = &facts.changes[*number];
                let Some(after) = change.after() else { continue };
                let from = (declaration, change.before().map(|entry| entry.slot()));
                into.entry((change.path(), after.slot())).or_default().push(from);
            }
        }
        Self(into)
    }

    /// What is declared of AI along the changes that lead to what a path holds; none where nothing is declared.
    pub(super) fn ai_use(&self, path: &'f RepoPath, file: &File) -> Option<AiUse> {
        let found = self.declarations(path, file);
        let extent = found.iter().map(|it| it.extent).max()?;
        let of_ai = || found.iter().filter(|it| it.extent != Extent::None);
        let tools: BTreeSet<_> = of_ai().filter_map(|it| it.tool.clone()).collect();
        Some(AiUse { extent, tools: tools.into_iter().collect(), declared_at: of_ai().map(|it| it.mark.at).max() })
    }

    fn declarations(&self, path: &'f RepoPath, file: &File) -> Vec<&'f DeclarationFact> {
        let mut todo: Vec<Slot> = file.merged_of.iter().copied().chain([file.slot()]).collect();
        let (mut seen, mut found): (BTreeSet<Slot>, Vec<_>) = (todo.iter().copied().collect(), Vec::new());
        while let Some(slot) = todo.pop() {
            for (declaration, before) in self.0.get(&(path, slot)).into_iter().flatten() {
                found.push(*declaration);
                todo.extend(before.filter(|before| seen.insert(*before)));
            }
        }
        found
    }
}
