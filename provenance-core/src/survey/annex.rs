//! A client's annex: its deliverables with what is on record of each, and the contract's clause.

use super::facts::Facts;
use super::leads::Leads;
use super::tip::{File, Tip};
use crate::account::{AnnexClause, ClientAnnex, Deliverable};
use crate::draft::{Desk, DraftError};
use crate::name::Ident;
use crate::path::RepoPath;

/// The largest clause that is quoted, in bytes.
const MAX_CLAUSE: u64 = 1 << 20;

/// The annex of a client; none of one that the policy does not have.
pub(super) fn figures(
    desk: &Desk<'_>,
    facts: &Facts,
    tip: &Tip,
    id: &Ident,
) -> Result<Option<ClientAnnex>, DraftError> {
    let Some(client) = desk.policy().company().clients.get(id) else { return Ok(None) };
    let leads = Leads::of(facts);
    let mut deliverables = Vec::new();
    for (path, file) in tip.in_scope().filter(|(path, _)| client.paths.contains(path)) {
        deliverables.push(deliverable(desk, facts, &leads, (path, file))?);
    }
    Ok(Some(ClientAnnex {
        client: id.to_string(),
        name: Some(client.name.clone()),
        clause: client.disclosure.as_ref().map(|path| clause(desk, tip, path)).transpose()?,
        complete: deliverables.iter().filter(|it| it.missing.is_empty()).count(),
        deliverables,
    }))
}

fn deliverable<'f>(
    desk: &Desk<'_>,
    facts: &Facts,
    leads: &Leads<'f>,
    (path, file): (&'f RepoPath, &File),
) -> Result<Deliverable, DraftError> {
    let ai = leads.ai_use(path, file);
    let ai_declared_at = ai.as_ref().and_then(|ai| ai.declared_at);
    let review = file.last_approval().map(|at| &facts.reviews[at].mark);
    let reviewer = review.and_then(|mark| desk.policy().roster().person(&mark.signer));
    let reviewed_at = review.map(|mark| mark.at);
    let found = Deliverable {
        path: path.clone(),
        entry: file.entry_in(desk)?,
        unchanged: file.is_unchanged(),
        declared: file.declared().is_some(),
        extent: ai.as_ref().map(|ai| ai.extent),
        tools: ai.map(|ai| ai.tools).unwrap_or_default(),
        ai_declared_at,
        reviewer: review.map(|mark| mark.signer.clone()),
        reviewer_name: reviewer.map(|person| person.name().to_owned()),
        reviewed_at,
        review_is_exact: review.is_some() && file.merged_of.is_empty(),
        review_is_last: reviewed_at.is_some() && reviewed_at >= ai_declared_at,
        missing: Vec::new(),
    };
    Ok(found.judged())
}

/// The clause as the tip has it.
fn clause(desk: &Desk<'_>, tip: &Tip, path: &RepoPath) -> Result<AnnexClause, DraftError> {
    let file = tip.files.get(path);
    Ok(AnnexClause {
        path: path.clone(),
        entry: file.map(|file| file.entry_in(desk)).transpose()?,
        text: file.map(|file| file.text_in(desk, MAX_CLAUSE)).transpose()?.flatten(),
    })
}
