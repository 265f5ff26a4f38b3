//! Evidence on human review and editorial responsibility, file by file, for content that AI helped to make.

use super::facts::Facts;
use super::leads::{AiUse, Leads};
use super::tip::{File, Tip};
use crate::account::{Art50, Art50File};
use crate::draft::{Desk, DraftError};
use crate::entry::Entry;
use crate::path::RepoPath;
use crate::statement::Extent;

const NOTE: &str = "Evidence on AI use, human review and editorial responsibility as the records show it, in the terms of Article 50(4) of Regulation (EU) 2024/1689. This is no legal advice.";

/// The files that AI took part in.
pub(super) fn figures(desk: &Desk<'_>, facts: &Facts, tip: &Tip) -> Result<Art50, DraftError> {
    let leads = Leads::of(facts);
    let mut files = Vec::new();
    for (path, file) in tip.in_scope() {
        let Some(ai) = leads.ai_use(path, file).filter(|ai| ai.extent != Extent::None) else { continue };
        files.push(figures_of(desk, facts, (path, file, file.entry_in(desk)?), ai));
    }
    let complete = files.iter().filter(|file| file.missing.is_empty()).count();
    Ok(Art50 { note: NOTE.to_owned(), files, complete })
}

/// What is on record of a file.
fn figures_of(
    desk: &Desk<'_>,
    facts: &Facts,
    (path, file, entry): (&RepoPath, &File, Entry),
    AiUse { extent, tools, declared_at }: AiUse,
) -> Art50File {
    let review = file.last_approval().map(|at| &facts.reviews[at]);
    let roster = desk.policy().roster();
    let reviewer = review.and_then(|review| roster.person(&review.mark.signer));
    let accountable = desk.policy().company().accountable_for(path);
    let accountable_person = accountable.and_then(|entry| roster.person(&entry.person));
    let reviewed_at = review.map(|review| review.mark.at);
    let figures = Art50File {
        path: path.clone(),
        entry,
        extent,
        tools,
        ai_declared_at: declared_at,
        reviewer: review.map(|review| review.mark.signer.clone()),
        reviewer_name: reviewer.map(|person| person.name().to_owned()),
        competence: reviewer.map(|person| person.competence().to_vec()).unwrap_or_default(),
        reviewed_at,
        review_is_exact: review.is_some() && file.merged_of.is_empty(),
        review_is_last: reviewed_at.is_some() && reviewed_at >= declared_at,
        accountable: accountable.map(|entry| entry.person.clone()),
        accountable_name: accountable_person.map(|person| person.name().to_owned()),
        accountable_title: accountable.map(|entry| entry.title.clone()),
        accountable_contact: accountable.map(|entry| entry.contact.clone()),
        missing: Vec::new(),
    };
    figures.judged()
}
