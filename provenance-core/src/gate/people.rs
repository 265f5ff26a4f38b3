//! Contributors: whose work an edge is, by its declarations, and by commits where nobody has
//! answered for it.

use std::collections::BTreeSet;

use super::book::{Book, Item, Node};
use super::evidence::{Identity, Known, for_all};
use super::{Judge, Span};
use crate::name::PersonId;
use crate::path::RepoPath;
use crate::policy::PersonKind;
use crate::statement::{Author, Declaration};

/// What is known of the people behind one edge.
#[derive(Debug, Clone, Default)]
pub(super) struct Work<'a> {
    /// The standing declarations that cover the edge.
    pub(super) declarations: Vec<Item<'a, Declaration>>,
    /// Everyone whose work it is.
    pub(super) contributors: BTreeSet<PersonId>,
    /// Whether a human, or an agent that a human operates, has declared the edge.
    pub(super) answered: bool,
    /// Whom commits name and no declaration does.
    pub(super) unnamed: BTreeSet<PersonId>,
}

impl<'a> Judge<'a> {
    /// The people behind each edge of a chain.
    pub(super) fn work(&self, span: &Span, path: &RepoPath, book: &Book<'a>, chain: &[Node]) -> Known<Vec<Work<'a>>> {
        let valid = self.valid_declarations(book)?;
        let covering = covering(&valid, chain);
        let mut works: Vec<Work<'a>> = covering.into_iter().map(|items| self.declared_work(items)).collect();
        let named = self.ask.identities(span.old, span.new, path);
        let unanswered = works.iter().any(|work| !work.answered);
        let named = match (named, unanswered) {
            (Ok(named), _) => self.persons(named),
            (Err(stop), true) => return Err(stop),
            // An unsigned name only adds a remark here, so what hides it need not block.
            (Err(super::evidence::Stop::Open), false) => return Err(super::evidence::Stop::Open),
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

    fn valid_declarations(&self, book: &Book<'a>) -> Known<Vec<Item<'a, Declaration>>> {
        let standing = for_all(book.declarations.values(), |item| {
            if let Err(fault) = self.rosters().valid_signer(item.statement()) {
                self.remark_fault(item.change.path(), &fault);
                return Ok(None);
            }
            Ok(self.revoker(item)?.is_none().then_some(*item))
        })?;
        Ok(standing.into_iter().flatten().collect())
    }

    fn declared_work(&self, declarations: Vec<Item<'a, Declaration>>) -> Work<'a> {
        let mut work = Work::default();
        for item in &declarations {
            let signer = &item.statement().signed_by().person;
            work.answered |= self.answers_for(signer);
            work.contributors.insert(signer.clone());
            let named = item.record.authors.iter().filter_map(|author| self.author(author));
            work.contributors.extend(named);
        }
        let operators: Vec<PersonId> = work.contributors.iter().flat_map(|person| self.operators(person)).collect();
        work.contributors.extend(operators);
        work.declarations = declarations;
        work
    }

    pub(super) fn author(&self, author: &Author) -> Option<PersonId> {
        let by_email = || author.email.as_deref().and_then(|email| self.rosters().by_email(email));
        author.person.clone().or_else(|| by_email().map(|person| person.id().clone()))
    }

    fn operators(&self, person: &PersonId) -> Vec<PersonId> {
        self.rosters().person(person).map_or_else(Vec::new, |person| person.operators().to_vec())
    }

    fn answers_for(&self, signer: &PersonId) -> bool {
        let rosters = self.rosters();
        match rosters.person(signer).map(|person| person.kind()) {
            Some(PersonKind::Human) => true,
            Some(PersonKind::Agent) => self.operators(signer).iter().any(|operator| rosters.human(operator)),
            _ => false,
        }
    }

    /// The persons of the roster whom commits name, with the operators of agents.
    fn persons(&self, named: &BTreeSet<Identity>) -> BTreeSet<PersonId> {
        let known = named.iter().filter_map(|identity| self.rosters().by_email(&identity.email));
        let mut persons: BTreeSet<PersonId> = known.map(|person| person.id().clone()).collect();
        let operators: Vec<PersonId> = persons.iter().flat_map(|person| self.operators(person)).collect();
        persons.extend(operators);
        persons
    }
}

/// For each edge of the chain, the declarations on some declared path that spans it: from a node
/// of the chain at or before the edge's start to one at or after its end.
fn covering<'a>(declarations: &[Item<'a, Declaration>], chain: &[Node]) -> Vec<Vec<Item<'a, Declaration>>> {
    let edges: Vec<(Node, Node)> = declarations.iter().map(Item::ends).collect();
    let from: Vec<BTreeSet<Node>> = chain.iter().map(|node| reach(&edges, *node, false)).collect();
    let into: Vec<BTreeSet<Node>> = chain.iter().map(|node| reach(&edges, *node, true)).collect();
    (0..chain.len().saturating_sub(1))
        .map(|edge| {
            let on_spanning_path = |(before, after): (Node, Node)| {
                (0..=edge).any(|start| {
                    from[start].contains(&before)
                        && (edge + 1..chain.len())
                            .any(|end| from[start].contains(&chain[end]) && into[end].contains(&after))
                })
            };
            declarations.iter().filter(|item| on_spanning_path(item.ends())).copied().collect()
        })
        .collect()
}

/// The nodes reachable from `start` along the edges, or against them.
fn reach(edges: &[(Node, Node)], start: Node, against: bool) -> BTreeSet<Node> {
    let mut reached = BTreeSet::from([start]);
    loop {
        let before = reached.len();
        for (from, to) in edges {
            let (from, to) = if against { (to, from) } else { (from, to) };
            if reached.contains(from) {
                reached.insert(*to);
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}
