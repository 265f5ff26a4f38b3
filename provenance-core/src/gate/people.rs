//! Contributors: whose work an edge is, by its declarations, and by commits where nobody has
//! answered for it.
//!
//! A declaration *counts* if its signer counts today and nobody took it back: it answers for the
//! work, and fulfils a rule that asks for one. It *binds* under less: an expired key or a retired
//! signer does not make somebody's work another's, nor undo that AI took part.

use std::collections::BTreeSet;

use super::book::{Book, Item, Node};
use super::evidence::{Identity, Known, Stop};
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
        let (cover, edges) = self.cover(span, book, chain)?;
        let mut works: Vec<Work<'a>> =
            edges.map(|edge| self.declared_work(cover.binding(edge), cover.counting(edge))).collect();
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

    fn declared_work(
        &self,
        binding: impl Iterator<Item = Item<'a, Declaration>>,
        counting: impl Iterator<Item = Item<'a, Declaration>>,
    ) -> Work<'a> {
        let mut work = Work::default();
        for item in counting {
            work.declared = true;
            work.answered |= self.answers_for(&item.statement().signed_by().person);
        }
        for item in binding {
            work.contributors.insert(item.statement().signed_by().person.clone());
            work.contributors.extend(item.record.authors.iter().flat_map(|author| self.authors(author)));
            work.declarations.push(item);
        }
        self.add_operators(&mut work.contributors);
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
