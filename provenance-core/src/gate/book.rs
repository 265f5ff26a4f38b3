//! The book of one path: its records around some entries, and the graph they draw.
//!
//! Nodes are entries (or none); a review or a declaration of a change is an edge. The book is read
//! from both ends: forward along edges from one set of nodes, backward from another.

use std::collections::{BTreeMap, BTreeSet};

use super::Judge;
use super::evidence::{Known, Stop, for_all};
use super::record::{Content, FiledLine};
use super::signer::Fault;
use crate::entry::{Change, Entry};
use crate::envelope::Verified;
use crate::finding::{Code, Finding};
use crate::id::{BlobId, ObjectId, RecordId};
use crate::path::{RefName, RepoPath};
use crate::statement::{Decision, Declaration, Predicate, Review, Statement};

/// What a path holds, or nothing.
pub(super) type Node = Option<Entry>;

/// How many versions of one path are looked at before the gate gives up.
const MAX_NODES: usize = 4096;

/// A record that speaks of the path, and the change it names there.
#[derive(Debug)]
pub(super) struct Item<'a, P> {
    pub(super) verified: &'a Verified,
    pub(super) blob: BlobId,
    pub(super) change: &'a Change,
    pub(super) record: &'a P,
}

// Derived impls would ask the record itself to be copied, and it is only borrowed.
impl<P> Clone for Item<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Item<'_, P> {}

impl<'a, P> Item<'a, P> {
    pub(super) fn statement(&self) -> &'a Statement {
        self.verified.statement()
    }

    pub(super) fn id(&self) -> RecordId {
        self.verified.id()
    }

    pub(super) fn ends(&self) -> (Node, Node) {
        (self.change.before(), self.change.after())
    }
}

/// The records of one path for one branch.
#[derive(Debug, Default)]
pub(super) struct Book<'a> {
    pub(super) reviews: BTreeMap<RecordId, Item<'a, Review>>,
    pub(super) declarations: BTreeMap<RecordId, Item<'a, Declaration>>,
    read: BTreeSet<ObjectId>,
    pub(super) forward: BTreeSet<Node>,
    pub(super) backward: BTreeSet<Node>,
}

impl<'a> Book<'a> {
    /// Reads the records of a path: along edges from `starts`, and against them from `ends`.
    pub(super) fn read(
        judge: &Judge<'a>,
        branch: &RefName,
        path: &RepoPath,
        starts: &[Node],
        ends: &[Node],
    ) -> Known<Self> {
        let mut book = Self::default();
        book.forward.extend(starts);
        book.backward.extend(ends);
        loop {
            let nodes: BTreeSet<Node> = book.forward.union(&book.backward).copied().collect();
            if nodes.len() > MAX_NODES {
                let message = format!("more than {MAX_NODES} versions of this path have records");
                return Err(Stop::Undecided(Box::new(Finding::error(Code::UndecidedObject, message).at(path))));
            }
            let fresh: Vec<ObjectId> =
                nodes.iter().flatten().map(Entry::id).filter(|id| !book.read.contains(id)).collect();
            for records in for_all(fresh.iter(), |id| judge.records_under(*id))? {
                records.into_iter().for_each(|(line, verified)| book.add(judge, branch, path, line, verified));
            }
            book.read.extend(fresh);
            if !book.grow() {
                return Ok(book);
            }
        }
    }

    fn add(
        &mut self,
        judge: &Judge<'a>,
        branch: &RefName,
        path: &RepoPath,
        line: &'a FiledLine,
        verified: &'a Verified,
    ) {
        let statement = verified.statement();
        let concerns =
            statement.repository() == judge.case.policy.repository() && statement.branches().contains(branch);
        let Some(change) = statement.changes().iter().find(|change| concerns && change.path() == path) else { return };
        let (id, blob) = (verified.id(), line.blob());
        match statement.predicate() {
            Predicate::Review(record) => {
                self.reviews.entry(id).or_insert(Item { verified, blob, change, record });
            }
            Predicate::Declaration(record) => {
                self.declarations.entry(id).or_insert(Item { verified, blob, change, record });
            }
            Predicate::Revocation(_) => {}
        }
    }

    /// Follows the edges once; whether there were new nodes.
    fn grow(&mut self) -> bool {
        let before = self.forward.len() + self.backward.len();
        for (from, to) in self.edges().collect::<Vec<_>>() {
            if self.forward.contains(&from) {
                self.forward.insert(to);
            }
            if self.backward.contains(&to) {
                self.backward.insert(from);
            }
        }
        self.forward.len() + self.backward.len() > before
    }

    fn edges(&self) -> impl Iterator<Item = (Node, Node)> {
        self.approvals().map(|item| item.ends()).chain(self.declarations.values().map(Item::ends))
    }

    /// The reviews that approve.
    pub(super) fn approvals(&self) -> impl Iterator<Item = &Item<'a, Review>> {
        self.reviews.values().filter(|item| item.record.decision == Decision::Approve)
    }

    /// The reviews that approve one edge.
    pub(super) fn approvals_of(&self, edge: (Node, Node)) -> impl Iterator<Item = &Item<'a, Review>> {
        self.approvals().filter(move |item| item.ends() == edge)
    }

    /// The simple chains of approved edges from one node to another, shortest first, at most `limit`.
    pub(super) fn chains(&self, from: Node, to: Node, limit: usize) -> Vec<Vec<Node>> {
        let mut next: BTreeMap<Node, BTreeSet<Node>> = BTreeMap::new();
        for item in self.approvals() {
            next.entry(item.change.before()).or_default().insert(item.change.after());
        }
        let useful = reaching(&next, to);
        let mut found = Vec::new();
        let mut paths = std::collections::VecDeque::from([vec![from]]);
        while let Some(path) = paths.pop_front() {
            let last = path[path.len() - 1];
            if last == to && path.len() > 1 {
                found.push(path);
                if found.len() == limit {
                    break;
                }
                continue;
            }
            for node in next.get(&last).into_iter().flatten() {
                if useful.contains(node) && !path.contains(node) && paths.len() < 64 * limit {
                    let mut longer = path.clone();
                    longer.push(*node);
                    paths.push_back(longer);
                }
            }
        }
        found
    }
}

/// The nodes from which `to` can be reached.
fn reaching(next: &BTreeMap<Node, BTreeSet<Node>>, to: Node) -> BTreeSet<Node> {
    let mut reached = BTreeSet::from([to]);
    let mut todo = vec![to];
    let mut previous: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
    for (from, targets) in next {
        targets.iter().for_each(|target| previous.entry(*target).or_default().push(*from));
    }
    while let Some(node) = todo.pop() {
        for from in previous.get(&node).into_iter().flatten() {
            if reached.insert(*from) {
                todo.push(*from);
            }
        }
    }
    reached
}

impl<'a> Judge<'a> {
    /// The records filed under an id, pointers followed; a pointer that leads nowhere stops here
    /// unless an admin's revocation names it.
    pub(super) fn records_under(&self, id: ObjectId) -> Known<Vec<(&'a FiledLine, &'a Verified)>> {
        let mut records = Vec::new();
        let mut pointers = Vec::new();
        for line in self.ask.lines(id)? {
            match line.content() {
                Content::Record(verified) => records.push((line.as_ref(), verified.as_ref())),
                Content::Pointer(target) => pointers.push(*target),
                _ => self.remark_line(id, line),
            }
        }
        for found in for_all(pointers, |target| self.follow(id, target))? {
            records.extend(found);
        }
        Ok(records)
    }

    fn follow(&self, note: ObjectId, target: BlobId) -> Known<Option<(&'a FiledLine, &'a Verified)>> {
        let lines = self.ask.lines(target.0)?;
        if let Some(line) = lines.iter().find(|line| line.blob() == target) {
            return Ok(match line.content() {
                Content::Record(verified) => Some((line.as_ref(), verified.as_ref())),
                _ => {
                    self.remark_line(target.0, line);
                    None
                }
            });
        }
        if self.revoked_by(target, None, |judge, person| judge.is_admin(person))?.is_some() {
            return Ok(None);
        }
        let message = format!("the note of {note} points to envelope {target}, which is not in the ledger");
        let hint = format!(
            "run `git provenance sync` to fetch it; if it is lost for good, an admin runs `git provenance revoke {target} -m WHY`"
        );
        Err(Stop::Undecided(Box::new(Finding::error(Code::DanglingPointer, message).hint(hint))))
    }

    fn remark_line(&self, note: ObjectId, line: &FiledLine) {
        let finding = match line.content() {
            Content::UnknownKey { record, keyid } => Finding::note(
                Code::UnknownKey,
                format!("record {} is signed by {keyid}, nobody's key in the roster", record.short()),
            ),
            Content::Bad { record, reason } => {
                Finding::note(Code::BadSignature, format!("record {} does not count: {reason}", record.short()))
            }
            Content::Void { reason } => {
                Finding::note(Code::MalformedRecord, format!("a line in the note of {note} is void: {reason}"))
            }
            Content::Record(_) | Content::Pointer(_) => return,
        };
        self.remark(finding);
    }

    /// Turns a fault into a remark.
    pub(super) fn remark_fault(&self, path: &RepoPath, fault: &Fault) {
        self.remark(Finding::note(fault.code, fault.message.clone()).at(path));
    }
}
