//! Tools: how they stand in the register, and how much they were used by what is declared.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{DeclarationFact, Facts};
use crate::account::{ModelUse, ToolFigures};
use crate::draft::Desk;
use crate::name::{Ident, ToolId};
use crate::path::RepoPath;
use crate::policy::{Tool, ToolStatus};
use crate::time::{Day, Timestamp};

/// Declarations and paths.
#[derive(Default)]
struct Used<'f> {
    declarations: usize,
    paths: BTreeSet<&'f RepoPath>,
}

/// What declarations tell of one tool.
#[derive(Default)]
struct Told<'f> {
    all: Used<'f>,
    models: BTreeMap<Option<&'f str>, Used<'f>>,
    data_classes: BTreeMap<Ident, usize>,
}

impl<'f> Used<'f> {
    fn add(&mut self, facts: &'f Facts, declaration: &DeclarationFact) {
        self.declarations += 1;
        self.paths.extend(declaration.changes.iter().map(|number| facts.changes[*number].path()));
    }
}

/// The figures of every tool of the register, and of those that declarations name besides.
pub(super) fn figures(desk: &Desk<'_>, facts: &Facts) -> Vec<ToolFigures> {
    let mut told: BTreeMap<&ToolId, Told<'_>> =
        desk.policy().tools().iter().map(|(id, _)| (id, Told::default())).collect();
    for declaration in facts.declarations.iter().filter(|it| it.declares()) {
        let Some(tool) = &declaration.tool else { continue };
        let told = told.entry(tool).or_default();
        told.all.add(facts, declaration);
        told.models.entry(declaration.model.as_deref()).or_default().add(facts, declaration);
        for class in &declaration.data_classes {
            *told.data_classes.entry(class.clone()).or_default() += 1;
        }
    }
    told.into_iter().map(|(id, told)| of(id, desk.policy().tools().get(id), told, desk.now())).collect()
}

fn of(id: &ToolId, tool: Option<&Tool>, told: Told<'_>, now: Timestamp) -> ToolFigures {
    let status = tool.map_or("unknown", |tool| match tool.status {
        ToolStatus::Requested => "requested",
        ToolStatus::Approved => "approved",
        ToolStatus::Retired => "retired",
    });
    let (requested, answered) = tool.map_or((None, None), |tool| (tool.asked.on, tool.asked.answered));
    let used = |(model, used): (Option<&str>, Used<'_>)| ModelUse {
        model: model.map(str::to_owned),
        declarations: used.declarations,
        files: used.paths.len(),
    };
    ToolFigures {
        id: id.clone(),
        status: status.to_owned(),
        approved_from: tool.and_then(|tool| tool.approved_from),
        approved_until: tool.and_then(|tool| tool.approved_until),
        data_classes: tool.map(|tool| tool.data_classes.clone()).unwrap_or_default(),
        trains_on_input: tool.and_then(|tool| tool.trains_on_input),
        requested_by: tool.and_then(|tool| tool.requested_by.clone()),
        requested_on: requested,
        answered_on: answered,
        days_to_answer: requested.map(|on| days(on, answered.unwrap_or_else(|| now.day()))),
        request_open: status == "requested" && answered.is_none(),
        declarations: told.all.declarations,
        files: told.all.paths.len(),
        models: told.models.into_iter().map(used).collect(),
        declared_data_classes: told.data_classes,
    }
}

/// Days from one to the other.
fn days(from: Day, to: Day) -> i64 {
    (to.end().seconds() - from.end().seconds()) / 86_400
}
