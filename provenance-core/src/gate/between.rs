//! What lies between: the entries of a path that edges lead to from where it started and on to where it ends.
//!
//! Nodes are entries (or none); an approval or a declaration of a change is an edge. Anybody of the roster can sign any
//! number of them from what a branch holds to things that nobody ever publishes, and the history of a file leads to it
//! from everywhere. So edges are followed from both sides, that with less to read first, and once one side has come to
//! its end, what lies between is known: it is among that side's.

use std::collections::{BTreeMap, BTreeSet};

use super::Judge;
use super::evidence::{Known, Stop, for_all};
use super::record::FiledLine;
use crate::entry::{Change, Entry};
use crate::envelope::Verified;
use crate::finding::{Code, Finding};
use crate::id::ObjectId;
use crate::path::{RefName, RepoPath};
use crate::policy::Person;
use crate::statement::{Decision, Predicate, Statement};

/// What a path holds, or nothing.
pub(super) type Node = Option<Entry>;

/// Approved or declared edges, by the node they start from.
pub(super) type Edges = BTreeMap<Node, BTreeSet<Node>>;

/// Of how many versions of one path the records are read before the gate gives up.
const MAX_NODES: usize = 4096;

/// After so many reads of one search it is asked ahead what lies under the steps that are judged.
const MANY_READS: usize = 8;

/// A record that speaks of the path, and the change it names there.
pub(super) type Found<'a> = (&'a FiledLine, &'a Verified, &'a Change);

/// The search of what lies between some nodes and others.
pub(super) struct Search<'j, 'a> {
    judge: &'j Judge<'a>,
    branch: &'j RefName,
    path: &'j RepoPath,
    filed: BTreeMap<ObjectId, Vec<Found<'a>>>,
    forward: Side,
    backward: Side,
}

/// What was reached in one direction.
struct Side {
    /// Where it begins.
    begin: BTreeSet<Node>,
    /// Where it goes no further: the other side's beginnings that are none of its own.
    end: BTreeSet<Node>,
    edges: Edges,
    reached: BTreeSet<Node>,
    unread: BTreeSet<Node>,
}

impl Side {
    fn new(begin: &[Node], other: &[Node]) -> Self {
        let begin: BTreeSet<Node> = begin.iter().copied().collect();
        let end = other.iter().filter(|node| !begin.contains(node)).copied().collect();
        let unread = begin.iter().filter(|node| node.is_some()).copied().collect();
        Self { reached: begin.clone(), begin, end, edges: Edges::new(), unread }
    }

    fn goes_on_from(&self, node: &Node) -> bool {
        self.reached.contains(node) && !self.end.contains(node)
    }

    /// Takes an edge in, in this side's direction, and follows what it leads to.
    fn draw(&mut self, from: Node, to: Node) {
        self.edges.entry(from).or_default().insert(to);
        let mut todo = if self.goes_on_from(&from) { vec![to] } else { Vec::new() };
        while let Some(node) = todo.pop() {
            if self.reached.insert(node) {
                if node.is_some() {
                    self.unread.insert(node);
                }
                if !self.end.contains(&node) {
                    todo.extend(self.edges.get(&node).into_iter().flatten());
                }
            }
        }
    }

    /// Whether every edge is known that leads on from here. Nothing is filed under "none", so its edges are known only where
    /// the other side has come to its end.
    fn is_complete(&self) -> bool {
        self.unread.is_empty() && !self.goes_on_from(&None)
    }
}

impl<'j, 'a> Search<'j, 'a> {
    pub(super) fn new(
        judge: &'j Judge<'a>,
        branch: &'j RefName,
        path: &'j RepoPath,
        starts: &[Node],
        ends: &[Node],
    ) -> Self {
        let (forward, backward) = (Side::new(starts, ends), Side::new(ends, starts));
        Self { judge, branch, path, filed: BTreeMap::new(), forward, backward }
    }

    /// Reads what is filed under both ends.
    pub(super) fn read_ends(&mut self) -> Known<()> {
        let ends = self.forward.begin.union(&self.backward.begin).copied().collect();
        self.read(&ends)
    }

    /// Follows edges until what lies between is known, and has been read.
    pub(super) fn follow(&mut self) -> Known<()> {
        let mut reads = 0;
        while !self.forward.is_complete() && !self.backward.is_complete() {
            reads += 1;
            if reads == MANY_READS && *self.branch == self.judge.case.branch {
                self.judge.ask_of_steps_ahead(self.path);
            }
            let (ahead, back) = (&self.forward.unread, &self.backward.unread);
            let next = match (ahead.len(), back.len()) {
                (0, 0) => break,
                (few, many) if many == 0 || (few > 0 && few <= many) => ahead.clone(),
                _ => back.clone(),
            };
            self.read(&next)?;
        }
        Ok(())
    }

    /// Whether edges lead from a start to an end.
    pub(super) fn leads(&self) -> bool {
        self.backward.begin.iter().any(|end| self.forward.reached.contains(end))
    }

    /// Both ends, and what lies between.
    pub(super) fn nodes(&self) -> BTreeSet<Node> {
        let between = self.forward.reached.intersection(&self.backward.reached);
        between.chain(&self.forward.begin).chain(&self.backward.begin).copied().collect()
    }

    /// What is filed under a node and speaks of the path.
    pub(super) fn under(&self, node: &Entry) -> &[Found<'a>] {
        self.filed.get(&node.id()).map_or(&[], Vec::as_slice)
    }

    fn read(&mut self, nodes: &BTreeSet<Node>) -> Known<()> {
        let ids: BTreeSet<ObjectId> = nodes.iter().flatten().map(Entry::id).collect();
        let ids: Vec<ObjectId> = ids.into_iter().filter(|id| !self.filed.contains_key(id)).collect();
        if self.filed.len() + ids.len() > MAX_NODES {
            return Err(Stop::Undecided(Box::new(too_many(self.path))));
        }
        for (id, records) in for_all(ids, |id| Ok((id, self.judge.records_under(id)?)))? {
            let found: Vec<Found<'a>> =
                records.into_iter().filter_map(|(line, verified)| self.found(line, verified)).collect();
            for (_, verified, change) in &found {
                if self.draws(verified.statement()) {
                    self.forward.draw(change.before(), change.after());
                    self.backward.draw(change.after(), change.before());
                }
            }
            self.filed.insert(id, found);
        }
        for side in [&mut self.forward, &mut self.backward] {
            side.unread.retain(|node| node.is_some_and(|entry| !self.filed.contains_key(&entry.id())));
        }
        Ok(())
    }

    /// A record if it speaks of the path, here and on the branch.
    fn found(&self, line: &'a FiledLine, verified: &'a Verified) -> Option<Found<'a>> {
        let statement = verified.statement();
        let concerns =
            statement.repository() == self.judge.case.policy.repository() && statement.branches().contains(self.branch);
        let change = if concerns { statement.change_of(self.path)? } else { return None };
        Some((line, verified, change))
    }

    /// Whether a record draws edges: what people sign whose word could ever count.
    fn draws(&self, statement: &Statement) -> bool {
        let rosters = self.judge.rosters();
        let signer = || rosters.unrevoked_signer(statement).map(Person::id);
        match statement.predicate() {
            Predicate::Review(review) => {
                review.decision == Decision::Approve && signer().is_ok_and(|signer| rosters.human_somewhere(signer))
            }
            Predicate::Declaration(_) => signer().is_ok(),
            _ => false,
        }
    }
}

fn too_many(path: &RepoPath) -> Finding {
    let message = format!("more than {MAX_NODES} versions of this path, in these steps or in records");
    Finding::error(Code::UndecidedObject, message).at(path).hint(
        "publish fewer steps at a time; where somebody signed all these versions, an admin marks their key as revoked in .provenance/people.toml",
    )
}
