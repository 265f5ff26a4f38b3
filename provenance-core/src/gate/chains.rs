//! The chains between two entries, the shortest first.
//!
//! Anybody who may review can file a maze of approvals. So the search goes by how long a chain would be at least, by
//! what is left to the end: the next of the shortest chains is found in about as many looks as it has edges.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::book::{Edges, Node};

/// How many edges a chain may have.
const MAX_LENGTH: usize = 64;
/// How many unfinished chains are kept for each that is wanted.
const MAX_KEPT: usize = 64;
/// How many are looked at for each that is wanted.
const MAX_LOOKS: usize = 256;

/// The simple chains of edges from one node to another, shortest first, at most `limit`.
pub(super) fn chains(edges: &Edges, from: Node, to: Node, limit: usize) -> Vec<Vec<Node>> {
    let graph = Graph::of(edges, to);
    let Some(start) = graph.place(from) else { return Vec::new() };
    let mut found = Vec::new();
    // By the length that each comes to at least; of one length in the order of its entries.
    let mut unfinished = BTreeSet::from([(graph.left[start], vec![start])]);
    for _ in 0..MAX_LOOKS * limit {
        let Some((_, path)) = unfinished.pop_first() else { break };
        let last = path[path.len() - 1];
        if last == graph.end && path.len() > 1 {
            found.push(path.iter().map(|place| graph.nodes[*place]).collect());
            if found.len() == limit {
                break;
            }
            continue;
        }
        for next in graph.next[last].iter().filter(|next| !path.contains(next)) {
            let length = path.len() + graph.left[*next];
            let worst = unfinished.last().filter(|_| unfinished.len() >= MAX_KEPT * limit);
            if length > MAX_LENGTH || worst.is_some_and(|(worst, _)| *worst <= length) {
                continue;
            }
            let longer = path.iter().chain([next]).copied().collect();
            unfinished.insert((length, longer));
            if unfinished.len() > MAX_KEPT * limit {
                unfinished.pop_last();
            }
        }
    }
    found
}

/// The nodes that lead to an end, each with how far it is from there.
struct Graph {
    nodes: Vec<Node>,
    end: usize,
    /// Of each the nodes that it leads to, in order.
    next: Vec<Vec<usize>>,
    left: Vec<usize>,
}

impl Graph {
    fn of(edges: &Edges, to: Node) -> Self {
        let mut backwards: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
        for (from, targets) in edges {
            targets.iter().for_each(|target| backwards.entry(*target).or_default().push(*from));
        }
        let (mut far, mut todo) = (BTreeMap::from([(to, 0)]), VecDeque::from([to]));
        while let Some(node) = todo.pop_front() {
            let further = far[&node] + 1;
            for before in backwards.get(&node).into_iter().flatten() {
                if let std::collections::btree_map::Entry::Vacant(unseen) = far.entry(*before) {
                    unseen.insert(further);
                    todo.push_back(*before);
                }
            }
        }
        let (nodes, left): (Vec<Node>, Vec<usize>) = far.into_iter().unzip();
        let mut graph = Self { end: 0, next: Vec::new(), nodes, left };
        graph.end = graph.place(to).unwrap_or_default();
        let onward =
            |node: &Node| edges.get(node).into_iter().flatten().filter_map(|next| graph.place(*next)).collect();
        graph.next = graph.nodes.iter().map(onward).collect();
        graph
    }

    fn place(&self, node: Node) -> Option<usize> {
        self.nodes.binary_search(&node).ok()
    }
}
