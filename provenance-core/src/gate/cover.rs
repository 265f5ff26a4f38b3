//! Cover: which declarations of a path speak of the steps of a sequence of its entries.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use super::book::{Book, Item, Node};
use super::evidence::{Known, for_all};
use super::standing::Effect;
use super::{Judge, Span};
use crate::id::RecordId;
use crate::statement::Declaration;

/// A declaration with the edges of a sequence that it covers.
type Covered<'a> = (Range<usize>, Item<'a, Declaration>);

/// The declarations of a path that bind and those that count, over the edges of a sequence of its entries.
#[derive(Debug, Default)]
pub(super) struct Cover<'a> {
    binding: Vec<Covered<'a>>,
    counting: Vec<Covered<'a>>,
}

impl<'a> Cover<'a> {
    /// The declarations that bind and cover an edge.
    pub(super) fn binding(&self, edge: usize) -> impl Iterator<Item = Item<'a, Declaration>> {
        over(&self.binding, edge)
    }

    /// Of these, those that count.
    pub(super) fn counting(&self, edge: usize) -> impl Iterator<Item = Item<'a, Declaration>> {
        over(&self.counting, edge)
    }
}

fn over<'a>(covered: &[Covered<'a>], edge: usize) -> impl Iterator<Item = Item<'a, Declaration>> {
    covered.iter().filter(move |(edges, _)| edges.contains(&edge)).map(|(_, item)| *item)
}

impl<'a> Judge<'a> {
    /// The declarations over a chain, and which edges are the chain's. Declarations of what the path did before and after a
    /// step that is judged alone are looked at too.
    pub(super) fn cover(
        &self,
        span: &Span<'a>,
        book: &Book<'a>,
        chain: &[Node],
    ) -> Known<(Rc<Cover<'a>>, Range<usize>)> {
        let around = &span.around;
        let (past, ahead) = around.beside(span.at);
        let edges = past.len()..past.len() + chain.len().saturating_sub(1);
        // Most steps are chains of their own and know no more than all of them do: found out once, for there may be thousands.
        if around.has(span.at, chain) && book.declarations.keys().all(|id| around.declarations.contains_key(id)) {
            return Ok((Rc::clone(&around.cover), edges));
        }
        let mut known = book.declarations.clone();
        known.extend(around.declarations.iter().map(|(id, item)| (*id, *item)));
        let sequence: Vec<Node> = past.iter().chain(chain).chain(ahead).copied().collect();
        Ok((Rc::new(self.cover_of(&known, &sequence)?), edges))
    }

    /// Which of these declarations bind and count, and which edges of a sequence they cover.
    pub(super) fn cover_of(
        &self,
        declarations: &BTreeMap<RecordId, Item<'a, Declaration>>,
        sequence: &[Node],
    ) -> Known<Cover<'a>> {
        let binding = self.binding(declarations.values().copied())?;
        let counting = self.counting(&binding)?;
        Ok(Cover { binding: covered(&binding, sequence), counting: covered(&counting, sequence) })
    }

    /// The declarations that bind: by a key that nobody revoked, and not taken back by somebody who
    /// counts today.
    fn binding(&self, declarations: impl Iterator<Item = Item<'a, Declaration>>) -> Known<Vec<Item<'a, Declaration>>> {
        let standing = for_all(declarations, |item| {
            if let Err(fault) = self.rosters().unrevoked_signer(item.statement()) {
                self.remark_fault(item.change.path(), &fault);
                return Ok(None);
            }
            Ok(self.revoker(&item, Effect::Lifts)?.is_none().then_some(item))
        })?;
        Ok(standing.into_iter().flatten().collect())
    }

    /// Of the declarations that bind, those that count.
    fn counting(&self, binding: &[Item<'a, Declaration>]) -> Known<Vec<Item<'a, Declaration>>> {
        let standing = for_all(binding, |item| {
            if let Err(fault) = self.rosters().active_signer(item.statement()) {
                self.remark_fault(item.change.path(), &fault);
                return Ok(None);
            }
            Ok(self.revoker(item, Effect::Blocks)?.is_none().then_some(*item))
        })?;
        Ok(standing.into_iter().flatten().collect())
    }
}

/// The declarations on some declared path that spans edges of a sequence, with these edges: from the first node of the
/// sequence that leads to where the declaration starts to the last that its end leads to. What came back to where the
/// sequence starts, or led on from where it ends, is other work.
fn covered<'a>(declarations: &[Item<'a, Declaration>], sequence: &[Node]) -> Vec<Covered<'a>> {
    let starts: BTreeSet<Node> = sequence.iter().rev().skip(1).copied().collect();
    let ends: BTreeSet<Node> = sequence.iter().skip(1).copied().collect();
    let within = |(before, after): &(Node, Node)| {
        (ends.contains(after) || !starts.contains(after)) && (starts.contains(before) || !ends.contains(before))
    };
    let within: Vec<Item<'a, Declaration>> = declarations.iter().filter(|item| within(&item.ends())).copied().collect();
    let forwards = within.iter().map(Item::ends);
    let backwards = forwards.clone().map(|(before, after)| (after, before));
    let earliest = first_to_reach(forwards, sequence.iter().copied().enumerate());
    let latest = first_to_reach(backwards, sequence.iter().copied().enumerate().rev());
    let edges = |(before, after): (Node, Node)| Some(*earliest.get(&before)?..*latest.get(&after)?);
    within.into_iter().filter_map(|item| Some((edges(item.ends())?, item))).collect()
}

/// For every node that can be reached along the edges, the first of the starts that reaches it. A start that no edge leaves
/// reaches only itself, which no edge asks about.
fn first_to_reach(
    edges: impl Iterator<Item = (Node, Node)>,
    starts: impl Iterator<Item = (usize, Node)>,
) -> BTreeMap<Node, usize> {
    let mut next: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
    edges.for_each(|(from, to)| next.entry(from).or_default().push(to));
    let mut first = BTreeMap::new();
    for (index, start) in starts.filter(|(_, start)| next.contains_key(start)) {
        let mut todo = vec![start];
        while let Some(node) = todo.pop() {
            if let std::collections::btree_map::Entry::Vacant(unseen) = first.entry(node) {
                unseen.insert(index);
                todo.extend(next.get(&node).into_iter().flatten());
            }
        }
    }
    first
}
