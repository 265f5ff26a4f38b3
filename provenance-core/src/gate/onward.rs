//! Onward: what approved edges lead to, wherever that is.

use std::collections::BTreeSet;

use super::book::{Book, Node};
use super::evidence::Known;
use super::{Judge, Span};
use crate::path::RepoPath;
use crate::policy::Requirements;

/// How many entries are looked at.
const MAX_ONWARD: usize = 1024;

impl<'a> Judge<'a> {
    /// The entries that edges lead to from one, itself among them, if persons have approved them who could fill every
    /// seat; those first that it takes the fewest edges to. What leads on from `until` came later and is another change's.
    pub(super) fn onward(
        &self,
        span: &Span<'a>,
        path: &RepoPath,
        requirements: &Requirements,
        from: Node,
        until: Node,
    ) -> Known<BTreeSet<Node>> {
        let (mut reached, mut level) = (BTreeSet::from([from]), vec![from]);
        while !level.is_empty() {
            let book = Book::read(self, &span.branch, path, &level, &[])?;
            let edges = self.plausible(&book, requirements);
            let next: BTreeSet<Node> = level.iter().filter_map(|node| edges.get(node)).flatten().copied().collect();
            let left = MAX_ONWARD - reached.len();
            level = next.into_iter().filter(|node| !reached.contains(node)).take(left).collect();
            reached.extend(&level);
            level.retain(|node| *node != until);
        }
        Ok(reached)
    }
}
