//! The book of one path: its records around some entries, and the graph they draw.
//!
//! Nodes are entries (or none); an approval or a declaration of a change is an edge. The book is
//! read along edges from one set of nodes up to another, and what is filed under either; never what
//! came of the path later, however long its history grew.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Judge;
use super::evidence::{Known, Stop, for_all};
use super::record::{Content, FiledLine};
use super::signer::Fault;
use super::standing::Effect;
use crate::entry::{Change, Entry};
use crate::envelope::Verified;
use crate::finding::{Code, Finding};
use crate::id::{BlobId, ObjectId, RecordId};
use crate::path::{RefName, RepoPath};
use crate::policy::Person;
use crate::statement::{Decision, Declaration, Predicate, Review, Scan, Statement, Term, Topic, Waiver};

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

/// Approved or declared edges, by the node they start from.
pub(super) type Edges = BTreeMap<Node, BTreeSet<Node>>;

/// The records of one path for one branch.
#[derive(Debug, Default)]
pub(super) struct Book<'a> {
    pub(super) reviews: BTreeMap<RecordId, Item<'a, Review>>,
    /// The reviews that approve an edge, and those that reject what enters a node: there are up to 64 chains of 64 edges.
    approving: BTreeMap<(Node, Node), BTreeSet<RecordId>>,
    rejecting: BTreeMap<Node, BTreeSet<RecordId>>,
    /// The reviews that name a review in `supersedes`, by the one they name.
    superseding: BTreeMap<RecordId, BTreeSet<RecordId>>,
    /// The same of `amends`.
    amending: BTreeMap<RecordId, BTreeSet<RecordId>>,
    pub(super) declarations: BTreeMap<RecordId, Item<'a, Declaration>>,
    pub(super) waivers: BTreeMap<RecordId, Item<'a, Waiver>>,
    /// The waivers that settle one, by the one they name.
    settling: BTreeMap<RecordId, BTreeSet<RecordId>>,
    pub(super) scans: BTreeMap<RecordId, Item<'a, Scan>>,
    /// The nodes that edges lead to from where the book was begun.
    pub(super) forward: BTreeSet<Node>,
    /// Where following edges ends: what only leads on from there is another change's.
    ends: BTreeSet<Node>,
    /// The nodes that lead to an end, where the book begins with none: nothing is filed under that.
    backward: BTreeSet<Node>,
    edges: Edges,
    incoming: Edges,
    read: BTreeSet<ObjectId>,
}

impl<'a> Book<'a> {
    /// Reads the records of a path: those under `starts` and every node that edges lead to from
    /// there, and those under `ends`, where edges are followed no further (but from one that is a start,
    /// too). What starts from none is filed only under what it leads to, so there they are followed back
    /// from the ends as well. Edges are what people sign whose word could ever count.
    pub(super) fn read(
        judge: &Judge<'a>,
        branch: &RefName,
        path: &RepoPath,
        starts: &[Node],
        ends: &[Node],
    ) -> Known<Self> {
        let mut book = Self::begun(starts, ends);
        book.follow(judge, branch, path, starts.iter().chain(ends).copied().collect())?;
        Ok(book)
    }

    /// The same from one node to another, if edges lead there: where they do not, what is filed under the other is not read,
    /// which may be much.
    pub(super) fn leading(
        judge: &Judge<'a>,
        branch: &RefName,
        path: &RepoPath,
        from: Node,
        to: Node,
    ) -> Known<Option<Self>> {
        let mut book = Self::begun(&[from], &[to]);
        let first = if from.is_some() { from } else { to };
        book.follow(judge, branch, path, BTreeSet::from([first]))?;
        Ok(book.forward.contains(&to).then_some(book))
    }

    fn begun(starts: &[Node], ends: &[Node]) -> Self {
        let mut book = Self::default();
        book.forward.extend(starts);
        book.ends.extend(ends.iter().filter(|end| !starts.contains(end)));
        if starts.contains(&None) {
            book.backward.extend(ends.iter().filter(|end| end.is_some()));
        }
        book
    }

    /// Reads what is filed under these nodes and under those that edges lead to from there.
    fn follow(
        &mut self,
        judge: &Judge<'a>,
        branch: &RefName,
        path: &RepoPath,
        mut unread: BTreeSet<Node>,
    ) -> Known<()> {
        while !unread.is_empty() {
            let ids: BTreeSet<ObjectId> = unread.iter().flatten().map(Entry::id).collect();
            let ids: Vec<ObjectId> = ids.into_iter().filter(|id| self.read.insert(*id)).collect();
            let mut drawn = Vec::new();
            for records in for_all(ids, |id| judge.records_under(id))? {
                let added =
                    records.into_iter().filter_map(|(line, record)| self.add(judge, branch, path, line, record));
                drawn.extend(added);
            }
            unread = self.grow(drawn);
            if self.forward.union(&self.backward).count() > MAX_NODES {
                let message = format!("more than {MAX_NODES} versions of this path, in these steps or in records");
                let finding = Finding::error(Code::UndecidedObject, message).at(path);
                return Err(Stop::Undecided(Box::new(finding.hint(
                    "publish fewer steps at a time; where somebody signed all these versions, an admin marks their key as revoked in .provenance/people.toml",
                ))));
            }
        }
        Ok(())
    }

    /// Takes a record in if it speaks of the path; the edge that it draws.
    fn add(
        &mut self,
        judge: &Judge<'a>,
        branch: &RefName,
        path: &RepoPath,
        line: &'a FiledLine,
        verified: &'a Verified,
    ) -> Option<(Node, Node)> {
        let statement = verified.statement();
        let concerns =
            statement.repository() == judge.case.policy.repository() && statement.branches().contains(branch);
        let change = statement.changes().iter().find(|change| concerns && change.path() == path)?;
        let (id, blob) = (verified.id(), line.blob());
        let signer = judge.rosters().unrevoked_signer(statement).map(Person::id);
        let draws = match statement.predicate() {
            Predicate::Review(record) => {
                let item = self.reviews.entry(id).or_insert(Item { verified, blob, change, record });
                match record.decision {
                    Decision::Approve => self.approving.entry(item.ends()).or_default().insert(id),
                    Decision::Reject => self.rejecting.entry(change.after()).or_default().insert(id),
                };
                for earlier in &record.supersedes {
                    self.superseding.entry(*earlier).or_default().insert(id);
                }
                for earlier in &record.amends {
                    self.amending.entry(*earlier).or_default().insert(id);
                }
                record.decision == Decision::Approve
                    && signer.is_ok_and(|signer| judge.rosters().human_somewhere(signer))
            }
            Predicate::Declaration(record) => {
                self.declarations.entry(id).or_insert(Item { verified, blob, change, record });
                signer.is_ok()
            }
            Predicate::Waiver(record) => {
                self.waivers.entry(id).or_insert(Item { verified, blob, change, record });
                if let Term::Settled { waiver } = record.term {
                    self.settling.entry(waiver).or_default().insert(id);
                }
                false
            }
            Predicate::Scan(record) => {
                self.scans.entry(id).or_insert(Item { verified, blob, change, record });
                false
            }
            _ => false,
        };
        draws.then_some((change.before(), change.after()))
    }

    /// Follows edges, these new ones among them, and returns the nodes that were not reached before.
    fn grow(&mut self, drawn: Vec<(Node, Node)>) -> BTreeSet<Node> {
        let mut reached = self.grow_back(&drawn);
        let mut todo = Vec::new();
        for (from, to) in drawn {
            self.edges.entry(from).or_default().insert(to);
            if self.forward.contains(&from) && !self.ends.contains(&from) {
                todo.push(to);
            }
        }
        while let Some(node) = todo.pop() {
            if self.forward.insert(node) {
                reached.insert(node);
                if !self.ends.contains(&node) {
                    todo.extend(self.edges.get(&node).into_iter().flatten());
                }
            }
        }
        reached
    }

    /// The same against the direction of the edges, where the book begins with none.
    fn grow_back(&mut self, drawn: &[(Node, Node)]) -> BTreeSet<Node> {
        let (mut reached, mut todo) = (BTreeSet::new(), Vec::new());
        if self.backward.is_empty() {
            return reached;
        }
        for (from, to) in drawn {
            self.incoming.entry(*to).or_default().insert(*from);
            if self.backward.contains(to) {
                todo.push(*from);
            }
        }
        while let Some(node) = todo.pop() {
            if node.is_some() && self.backward.insert(node) {
                reached.insert(node);
                todo.extend(self.incoming.get(&node).into_iter().flatten());
            }
        }
        reached
    }

    /// The reviews that approve.
    pub(super) fn approvals(&self) -> impl Iterator<Item = &Item<'a, Review>> {
        self.reviews.values().filter(|item| item.record.decision == Decision::Approve)
    }

    /// The reviews that approve one edge.
    pub(super) fn approvals_of(&self, edge: (Node, Node)) -> impl Iterator<Item = &Item<'a, Review>> {
        self.approving.get(&edge).into_iter().flatten().filter_map(|id| self.reviews.get(id))
    }

    /// The reviews that reject what a change leads to; of a deletion every one.
    pub(super) fn rejections_of(&self, node: Node) -> impl Iterator<Item = &Item<'a, Review>> {
        self.rejecting.get(&node).into_iter().flatten().filter_map(|id| self.reviews.get(id))
    }

    /// The reviews that name this one's id in `supersedes`.
    pub(super) fn superseding(&self, item: &Item<'a, Review>) -> impl Iterator<Item = &Item<'a, Review>> {
        self.superseding.get(&item.id()).into_iter().flatten().filter_map(|later| self.reviews.get(later))
    }

    /// The reviews that name this one's id in `amends`.
    pub(super) fn amending(&self, item: &Item<'a, Review>) -> impl Iterator<Item = &Item<'a, Review>> {
        self.amending.get(&item.id()).into_iter().flatten().filter_map(|later| self.reviews.get(later))
    }

    /// The records that settle this waiver.
    pub(super) fn settling(&self, item: &Item<'a, Waiver>) -> impl Iterator<Item = &Item<'a, Waiver>> {
        self.settling.get(&item.id()).into_iter().flatten().filter_map(|later| self.waivers.get(later))
    }

    /// The edges that any approval draws.
    pub(super) fn approved(&self) -> Edges {
        let mut edges = Edges::new();
        for (from, to) in self.approvals().map(Item::ends) {
            edges.entry(from).or_default().insert(to);
        }
        edges
    }
}

/// The nodes that can be reached from one, itself among them.
pub(super) fn reachable(edges: &Edges, from: Node) -> BTreeSet<Node> {
    let mut reached = BTreeSet::new();
    let mut todo = vec![from];
    while let Some(node) = todo.pop() {
        if reached.insert(node) {
            todo.extend(edges.get(&node).into_iter().flatten());
        }
    }
    reached
}

impl<'a> Judge<'a> {
    /// The records filed under an id, pointers followed; a pointer that leads nowhere stops here
    /// unless an admin's revocation names it.
    pub(super) fn records_under(&self, id: ObjectId) -> Known<Vec<(&'a FiledLine, &'a Verified)>> {
        self.resolved(&id, self.ask.lines(id)?)
    }

    /// The records filed under a topic, likewise.
    pub(super) fn records_of(&self, topic: Topic) -> Known<Vec<(&'a FiledLine, &'a Verified)>> {
        self.resolved(&topic, self.ask.topic(topic.clone())?)
    }

    fn resolved(
        &self,
        note: &dyn std::fmt::Display,
        lines: &'a [Arc<FiledLine>],
    ) -> Known<Vec<(&'a FiledLine, &'a Verified)>> {
        let mut records = Vec::new();
        let mut pointers = Vec::new();
        for line in lines {
            match line.content() {
                Content::Record(verified) => records.push((line.as_ref(), verified.as_ref())),
                Content::Pointer(target) => pointers.push(*target),
                _ => self.remark_line(note, line),
            }
        }
        for found in for_all(pointers, |target| self.follow(note, target))? {
            records.extend(found);
        }
        Ok(records)
    }

    fn follow(&self, note: &dyn std::fmt::Display, target: BlobId) -> Known<Option<(&'a FiledLine, &'a Verified)>> {
        let lines = self.ask.lines(target.0)?;
        if let Some(line) = lines.iter().find(|line| line.blob() == target) {
            return Ok(match line.content() {
                Content::Record(verified) => Some((line.as_ref(), verified.as_ref())),
                _ => {
                    self.remark_line(&target, line);
                    None
                }
            });
        }
        if self
            .revoked_by(target, None, Effect::Lifts, |judge, person| judge.is_admin(person, Effect::Lifts))?
            .is_some()
        {
            return Ok(None);
        }
        let message = format!("the note of {note} points to envelope {target}, which is not in the ledger");
        let hint = format!(
            "run `git provenance sync` to fetch it; if it is lost for good, an admin runs `git provenance revoke {target} -m WHY`"
        );
        Err(Stop::Undecided(Box::new(Finding::error(Code::DanglingPointer, message).hint(hint))))
    }

    fn remark_line(&self, note: &dyn std::fmt::Display, line: &FiledLine) {
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
