//! Evidence on human review and editorial responsibility, file by file, for content that AI helped to make.

use std::collections::{BTreeSet, HashMap};

use super::facts::{DeclarationFact, Facts};
use super::tip::{File, Tip};
use crate::account::{Art50, Art50File};
use crate::draft::{Desk, DraftError};
use crate::entry::{Entry, Slot};
use crate::path::RepoPath;
use crate::statement::Extent;

const NOTE: &str = "Evidence on AI use, human review and editorial responsibility as the records show it, in the terms of Article 50(4) of Regulation (EU) 2024/1689. This is no legal advice.";

/// Declarations that bind, by the path and the entry that they lead to, with the entry that they come from.
type Leads<'f> = HashMap<(&'f RepoPath, Slot), Vec<(&'f DeclarationFact, Option<Slot>)>>;

/// The files that AI took part in.
pub(super) fn figures(desk: &Desk<'_>, facts: &Facts, tip: &Tip) -> Result<Art50, DraftError> {
    let mut into: Leads<'_> = HashMap::new();
    for declaration in facts.declarations.iter().filter(|it| it.binds) {
        for number in &declaration.changes {
            let change = &facts.changes[*number];
            let Some(after) = change.after() else { continue };
            let from = (declaration, change.before().map(|entry| entry.slot()));
            into.entry((change.path(), after.slot())).or_default().push(from);
        }
    }
    let mut files = Vec::new();
    for (path, file) in tip.in_scope() {
        let of_ai: Vec<&DeclarationFact> =
            leading(path, file, &into).into_iter().filter(|it| it.extent != Extent::None).collect();
        let Some(extent) = of_ai.iter().map(|it| it.extent).max() else { continue };
        let entry = match file.entry {
            Some(entry) => entry,
            None => desk.repository().entry(file.slot())?,
        };
        files.push(figures_of(desk, facts, (path, file, entry), extent, &of_ai));
    }
    let complete = files.iter().filter(|file| file.missing.is_empty()).count();
    Ok(Art50 { note: NOTE.to_owned(), files, complete })
}

/// What is on record of a file, `of_ai` being the declared changes that lead to it and that AI took part in.
fn figures_of(
    desk: &Desk<'_>,
    facts: &Facts,
    (path, file, entry): (&RepoPath, &File, Entry),
    extent: Extent,
    of_ai: &[&DeclarationFact],
) -> Art50File {
    let ai_declared_at = of_ai.iter().map(|it| it.mark.at).max();
    let review = file.approvals.last().filter(|_| !file.rejected).map(|at| &facts.reviews[*at]);
    let roster = desk.policy().roster();
    let reviewer = review.and_then(|review| roster.person(&review.mark.signer));
    let accountable = desk.policy().company().accountable_for(path);
    let accountable_person = accountable.and_then(|entry| roster.person(&entry.person));
    let reviewed_at = review.map(|review| review.mark.at);
    let tools: BTreeSet<_> = of_ai.iter().filter_map(|it| it.tool.clone()).collect();
    let figures = Art50File {
        path: path.clone(),
        entry,
        extent,
        tools: tools.into_iter().collect(),
        ai_declared_at,
        reviewer: review.map(|review| review.mark.signer.clone()),
        reviewer_name: reviewer.map(|person| person.name().to_owned()),
        competence: reviewer.map(|person| person.competence().to_vec()).unwrap_or_default(),
        reviewed_at,
        review_is_exact: review.is_some() && file.merged_of.is_empty(),
        review_is_last: reviewed_at.is_some() && reviewed_at >= ai_declared_at,
        accountable: accountable.map(|entry| entry.person.clone()),
        accountable_name: accountable_person.map(|person| person.name().to_owned()),
        accountable_title: accountable.map(|entry| entry.title.clone()),
        accountable_contact: accountable.map(|entry| entry.contact.clone()),
        missing: Vec::new(),
    };
    figures.judged()
}

/// The declarations of every declared change along which a path came to hold this.
fn leading<'f>(path: &'f RepoPath, file: &File, into: &Leads<'f>) -> Vec<&'f DeclarationFact> {
    let mut todo: Vec<Slot> = file.merged_of.iter().copied().chain([file.slot()]).collect();
    let (mut seen, mut found): (BTreeSet<Slot>, Vec<_>) = (todo.iter().copied().collect(), Vec::new());
    while let Some(slot) = todo.pop() {
        for (declaration, before) in into.get(&(path, slot)).into_iter().flatten() {
            found.push(*declaration);
            todo.extend(before.filter(|before| seen.insert(*before)));
        }
    }
    found
}
