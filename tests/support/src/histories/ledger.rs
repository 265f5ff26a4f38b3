//! The ledger of a history, in every layout that holds the same.

use std::collections::{BTreeMap, BTreeSet};

use provenance_core::entry::Mode;
use provenance_core::git::{CommitDraft, Edit, Identity};
use provenance_core::ledger::LEDGER_REF;
use provenance_core::path::RepoPath;

use super::History;
use crate::START;

/// How deep notes lie in the ledger's tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// All at the root.
    Flat,
    /// In folders of two digits.
    Pairs,
    /// In folders in folders.
    Deep,
    /// The lines of each note here and there, as two writers with other fan-outs leave them, some of them twice.
    Scattered,
}

impl History {
    /// Lays the ledger out anew.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn lay_out(&self, shape: Shape) {
        let mut edits: BTreeMap<RepoPath, BTreeSet<&[u8]>> = BTreeMap::new();
        for (id, lines) in &self.world.notes {
            for (at, line) in lines.iter().enumerate() {
                for depth in depths(shape, at + usize::from(id.as_bytes()[5])) {
                    edits.entry(placed(&id.to_string(), *depth)).or_default().insert(line);
                }
            }
        }
        let note = |lines: BTreeSet<&[u8]>| lines.iter().flat_map(|line| [*line, b"\n"]).collect::<Vec<_>>().concat();
        let edits: BTreeMap<RepoPath, Edit> =
            edits.into_iter().map(|(path, lines)| (path, Some((Mode::Regular, note(lines))))).collect();
        let repository = &self.world.repository;
        let tree = repository.edit_tree(None, &edits).expect("a new repository can be written");
        let author = Identity { name: "ledger".to_owned(), email: String::new(), seconds: START };
        let draft = CommitDraft { tree, parents: Vec::new(), author, message: format!("{shape:?}") };
        let commit = repository.write_commit(&draft).expect("a new repository can be written");
        self.world.point(LEDGER_REF, commit);
    }
}

fn depths(shape: Shape, at: usize) -> &'static [usize] {
    match shape {
        Shape::Flat => &[0],
        Shape::Pairs => &[1],
        Shape::Deep => &[2],
        Shape::Scattered => [&[0][..], &[1], &[2], &[0, 2], &[1, 2]][at % 5],
    }
}

fn placed(id: &str, depth: usize) -> RepoPath {
    let folders: String = (0..depth).map(|at| format!("{}/", &id[2 * at..2 * at + 2])).collect();
    format!("{folders}{}", &id[2 * depth..]).parse().expect("a plain path")
}
