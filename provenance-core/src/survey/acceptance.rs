//! The sheet of who has accepted which document.

use super::tip::Tip;
use crate::account::{AcceptanceSheet, PersonFigures, SheetDocument};
use crate::draft::{Desk, DraftError};

/// Every document of the policy that somebody must accept.
pub(super) fn sheet(desk: &Desk<'_>, tip: &Tip, people: &[PersonFigures]) -> Result<AcceptanceSheet, DraftError> {
    let mut documents = Vec::new();
    for (id, document) in desk.policy().company().documents.iter().filter(|(_, it)| !it.accepted_by.is_empty()) {
        let found = SheetDocument {
            id: id.clone(),
            title: document.title.clone(),
            path: document.path.clone(),
            entry: tip.files.get(&document.path).map(|file| file.entry_in(desk)).transpose()?,
            accepted_by: document.accepted_by.clone(),
            people: Vec::new(),
            accepted: 0,
        };
        documents.push(found.of(people));
    }
    Ok(AcceptanceSheet { documents })
}
