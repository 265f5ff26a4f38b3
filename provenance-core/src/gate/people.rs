//! Contributors: whose work an edge is, by its declarations, and by commits where nobody has
//! answered for it.
//!
//! A declaration *counts* if its signer counts today and nobody took it back: it answers for the
//! work, and fulfils a rule that asks for one. It *binds* under less: an expired key or a retired
//! signer does not make somebody's work another's, nor undo that AI took part.

use std::collections::{BTreeMap, BTreeSet};

use super::book::{Book, Item, Node};
use super::evidence::{Identity, Known, Stop, for_all};
use super::standing::Effect;
use super::{Judge, Span};
use crate::name::PersonId;
use crate::path::RepoPath;
use crate::policy::PersonKind;
use crate::statement::{Author, Declaration};

/// What is known of the people behind one edge.
#[derive(Debug, Clone, Default)]
pub(super) struct Work<'a> {
    /// The declarations that bind and cover the edge.
    pub(super) declarations: Vec<Item<'a, Declaration>>,
    /// Whether one that counts covers the edge.
    pub(super) declared: bool,
    /// Everyone whose work it is.
    pub(super) contributors: BTreeSet<PersonId>,
    /// Whether a human, or an agent that a human operates, has declared the edge.
    pub(super) answered: bool,
    /// Whom commits name and no declaration does.
    pub(super) unnamed: BTreeSet<PersonId>,
}

impl Work<'_> {
    /// The work where some declaration binds; it is then as good as declared, for none is needed.
    pub(super) fn if_any(self) -> Option<Self> {
        (!self.declarations.is_empty()).then_some(Self { declared: true, ..self })
    }
}

impl<'a> Judge<'a> {
    /// The people behind each edge of a chain. Declarations of what the path did before and after a
    /// step that is judged alone are looked at too.
    pub(super) fn work(
        &self,
        span: &Span<'a>,
        path: &RepoPath,
        book: &Book<'a>,
        chain: &[Node],
    ) -> Known<Vec<Work<'a>>> {
        let mut known = book.declarations.clone();
        known.extend(span.around.declarations.iter().map(|(id, item)| (*id, *item)));
        let (past, ahead) = span.around.beside(span.at);
        let sequence: Vec<Node> = past.iter().chain(chain).chain(ahead).copied().collect();
        let edges = past.len()..past.len() + chain.len().saturating_sub(1);
        let binding = self.binding(known.into_values())?;
        let counting = self.counting(&binding)?;
        let covering_and_counting = covering(&counting, &sequence, edges.clone());
        let mut works: Vec<Work<'a>> = covering(&binding, &sequence, edges)
            .into_iter()
            .zip(covering_and_counting)
            .map(|(binding, counting)| self.declared_work(binding, &counting))
            .collect();
        let named = self.ask.identities(span.old, span.new, path);
        let unanswered = works.iter().any(|work| !work.answered);
        let named = match (named, unanswered) {
            (Ok(named), _) => self.persons(named),
            (Err(stop), true) => return Err(stop),
            // An unsigned name only adds a remark here, so what hides it need not block.
            (Err(Stop::Open), false) => return Err(Stop::Open),
            (Err(_), false) => BTreeSet::new(),
        };
        for work in &mut works {
            work.unnamed = named.difference(&work.contributors).cloned().collect();
            if !work.answered {
                work.contributors.extend(named.iter().cloned());
            }
        }
        Ok(works)
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

    fn declared_work(&self, binding: Vec<Item<'a, Declaration>>, counting: &[Item<'a, Declaration>]) -> Work<'a> {
        let mut work = Work { declared: !counting.is_empty(), ..Work::default() };
        work.answered = counting.iter().any(|item| self.answers_for(&item.statement().signed_by().person));
        for item in &binding {
            work.contributors.insert(item.statement().signed_by().person.clone());
            work.contributors.extend(item.record.authors.iter().flat_map(|author| self.authors(author)));
        }
        self.add_operators(&mut work.contributors);
        work.declarations = binding;
        work
    }

    /// The persons of the roster whom a declaration means by an author.
    pub(super) fn authors(&self, author: &Author) -> Vec<PersonId> {
        let by_email = author.email.iter().flat_map(|email| self.rosters().by_email(email)).cloned();
        author.person.iter().cloned().chain(by_email).collect()
    }

    fn add_operators(&self, persons: &mut BTreeSet<PersonId>) {
        let operators: Vec<PersonId> =
            persons.iter().flat_map(|person| self.rosters().operators(person)).cloned().collect();
        persons.extend(operators);
    }

    fn answers_for(&self, signer: &PersonId) -> bool {
        let rosters = self.rosters();
        match rosters.person(signer).map(|person| person.kind()) {
            Some(PersonKind::Human) => rosters.active_human(signer),
            Some(PersonKind::Agent) => rosters.operators(signer).any(|operator| rosters.active_human(operator)),
            _ => false,
        }
    }

    /// The persons of the roster whom commits name, with the operators of agents.
    fn persons(&self, named: &BTreeSet<Identity>) -> BTreeSet<PersonId> {
        let mut persons: BTreeSet<PersonId> =
            named.iter().flat_map(|identity| self.rosters().by_email(&identity.email)).cloned().collect();
        self.add_operators(&mut persons);
        persons
    }
}

/// Everyone who contributed to any of these edges.
pub(super) fn contributors(works: &[Work<'_>]) -> BTreeSet<PersonId> {
    works.iter().flat_map(|work| work.contributors.iter().cloned()).collect()
}

/// For each of these edges of a sequence, the declarations on some declared path that spans it: from
/// a node of the sequence at or before the edge's start to one at or after its end. What came back to where the sequence
/// starts, or led on from where it ends, is other work.
fn covering<'a>(
    declarations: &[Item<'a, Declaration>],
    sequence: &[Node],
    edges: std::ops::Range<usize>,
) -> Vec<Vec<Item<'a, Declaration>>> {
    let starts: BTreeSet<Node> = sequence.iter().rev().skip(1).copied().collect();
    let ends: BTreeSet<Node> = sequence.iter().skip(1).copied().collect();
    let within = |(before, after): &(Node, Node)| {
        (ends.contains(after) || !starts.contains(after)) && (starts.contains(before) || !ends.contains(before))
    };
    let declared = declarations.iter().map(Item::ends).filter(within);
    let earliest = first_to_reach(declared.clone(), sequence.iter().copied().enumerate());
    let backwards = declared.map(|(before, after)| (after, before));
    let latest = first_to_reach(backwards, sequence.iter().copied().enumerate().rev());
    let spans = |edge: usize, (before, after): (Node, Node)| {
        earliest.get(&before).is_some_and(|start| *start <= edge) && latest.get(&after).is_some_and(|end| *end > edge)
    };
    let within: Vec<Item<'a, Declaration>> = declarations.iter().filter(|item| within(&item.ends())).copied().collect();
    edges.map(|edge| within.iter().filter(|item| spans(edge, item.ends())).copied().collect()).collect()
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
