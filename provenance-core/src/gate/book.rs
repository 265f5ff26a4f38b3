//! The book of one path: its records around some entries.
//!
//! It has what is filed under both ends of a change and under what lies between them (`between`); never what
//! came of the path later, however long its history grew.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

pub(super) use super::between::{Edges, Node};
use super::between::{Found, Search};
use super::evidence::{Known, Stop, for_all};
use super::record::{Content, FiledLine};
use super::signer::Fault;
use super::standing::Effect;
use super::{Judge, Span};
use crate::entry::Change;
use crate::envelope::Verified;
use crate::finding::{Code, Finding};
use crate::id::{BlobId, ObjectId, RecordId};
use crate::path::{RefName, RepoPath};
use crate::statement::{Decision, Declaration, Predicate, Review, Scan, Statement, Term, Topic, Waiver};

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
    /// Both ends and what lies between.
    nodes: BTreeSet<Node>,
}

impl<'a> Book<'a> {
    /// Reads the records of a path: those under `starts` and `ends`, and under every node that edges lead to from a start and
    /// on to an end.
    pub(super) fn read(
        judge: &Judge<'a>,
        branch: &RefName,
        path: &RepoPath,
        starts: &[Node],
        ends: &[Node],
    ) -> Known<Self> {
        let mut search = Search::new(judge, branch, path, starts, ends);
        search.read_ends()?;
        search.follow()?;
        Ok(Self::of(&search))
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
        let mut search = Search::new(judge, branch, path, &[from], &[to]);
        search.follow()?;
        Ok(search.leads().then(|| Self::of(&search)))
    }

    fn of(search: &Search<'_, 'a>) -> Self {
        let mut book = Self { nodes: search.nodes(), ..Self::default() };
        let read: BTreeMap<ObjectId, &[Found<'a>]> =
            book.nodes.iter().flatten().map(|node| (node.id(), search.under(node))).collect();
        read.into_values().flatten().for_each(|found| book.add(*found));
        book
    }

    fn add(&mut self, (line, verified, change): Found<'a>) {
        let (id, blob) = (verified.id(), line.blob());
        match verified.statement().predicate() {
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
            }
            Predicate::Declaration(record) => {
                self.declarations.entry(id).or_insert(Item { verified, blob, change, record });
            }
            Predicate::Waiver(record) => {
                self.waivers.entry(id).or_insert(Item { verified, blob, change, record });
                if let Term::Settled { waiver } = record.term {
                    self.settling.entry(waiver).or_default().insert(id);
                }
            }
            Predicate::Scan(record) => {
                self.scans.entry(id).or_insert(Item { verified, blob, change, record });
            }
            _ => {}
        }
    }

    /// Whether a node is an end or lies between.
    pub(super) fn has(&self, node: Node) -> bool {
        self.nodes.contains(&node)
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

impl<'a> Judge<'a> {
    /// The book from one node to another, which many may ask for.
    pub(super) fn book_between(&self, span: &Span<'a>, path: &RepoPath, from: Node, to: Node) -> Known<Rc<Book<'a>>> {
        self.books
            .of((span.branch.clone(), path.clone(), from, to), || Book::read(self, &span.branch, path, &[from], &[to]))
    }

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
