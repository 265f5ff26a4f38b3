//! The register of AI tools: which may be used, with which models, for what, until when.

use std::collections::BTreeMap;

use super::company::Asked;
use super::pattern::wildcard;
use super::rules::PathSet;
pub use super::wire::ToolStatus;
use super::wire::ToolToml;
use crate::name::{Ident, PersonId, ToolId};
use crate::path::RepoPath;
use crate::time::{Day, Timestamp};

/// An AI tool of the register.
#[derive(Debug, Clone)]
pub struct Tool {
    /// Its name for people.
    pub name: String,
    /// Who makes it.
    pub vendor: Option<String>,
    /// How far it is through the approval.
    pub status: ToolStatus,
    /// Approved models, with wildcards; none means any.
    pub models: Vec<String>,
    /// Approved versions, with wildcards; none means any.
    pub versions: Vec<String>,
    /// Approved use cases; none means any.
    pub uses: Vec<Ident>,
    /// What data it may be given.
    pub data_classes: Vec<String>,
    /// What it is good for.
    pub capabilities: Vec<String>,
    /// What it is known to get wrong.
    pub limits: Vec<String>,
    /// The last day of the approval.
    pub approved_until: Option<Day>,
    /// Why.
    pub note: Option<String>,
    /// The first day of the approval.
    pub approved_from: Option<Day>,
    /// Where it may be used; none means everywhere.
    pub paths: Option<PathSet>,
    /// The file that says what it can do, what it gets wrong, and how it is used here.
    pub document: Option<RepoPath>,
    /// The agreement with its maker on the processing of data.
    pub processor_agreement: Option<String>,
    /// How long its maker keeps what it is given.
    pub retention: Option<String>,
    /// Where its maker keeps it.
    pub region: Option<String>,
    /// Whether its maker trains models on what it is given.
    pub trains_on_input: Option<bool>,
    /// Who asked for it.
    pub requested_by: Option<PersonId>,
    /// When it was asked for, and answered.
    pub asked: Asked,
}

/// Why the use of a tool is not approved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ToolRefusal {
    /// Not in the register.
    #[error("tool `{tool}` is not in tools.toml, which has {}", listed(.known))]
    Unknown {
        /// What was declared.
        tool: ToolId,
        /// What could have been.
        known: Vec<String>,
    },
    /// Requested or retired.
    #[error("tool `{tool}` is {status}, not approved")]
    Status {
        /// The tool.
        tool: ToolId,
        /// Its status.
        status: &'static str,
    },
    /// The approval is still to come.
    #[error("tool `{tool}` is approved from {from} on")]
    NotYet {
        /// The tool.
        tool: ToolId,
        /// Its first day.
        from: Day,
    },
    /// The approval is over.
    #[error("the approval of tool `{tool}` ended on {until}")]
    Expired {
        /// The tool.
        tool: ToolId,
        /// Its last day.
        until: Day,
    },
    /// A model, version or use case that is not approved, or is not said.
    #[error("{what} {} is not approved for tool `{tool}`, expected {}", said(.found), listed(.approved))]
    Not {
        /// The tool.
        tool: ToolId,
        /// `model`, `version` or `use case`.
        what: &'static str,
        /// What was declared, if anything.
        found: Option<String>,
        /// What is approved.
        approved: Vec<String>,
    },
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "no tool".to_owned() } else { format!("`{}`", names.join("`, `")) }
}

fn said(found: &Option<String>) -> String {
    found.as_ref().map_or_else(|| "(none declared)".to_owned(), |found| format!("`{found}`"))
}

/// Every AI tool that the policy knows.
#[derive(Debug, Clone, Default)]
pub struct Tools {
    tools: BTreeMap<ToolId, Tool>,
}

impl Tools {
    pub(super) fn add(&mut self, id: ToolId, wire: ToolToml, paths: Option<PathSet>) {
        self.tools.insert(id, Tool::of(wire, paths));
    }

    /// The tools, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&ToolId, &Tool)> {
        self.tools.iter()
    }

    /// The tool with this id.
    pub fn get(&self, id: &ToolId) -> Option<&Tool> {
        self.tools.get(id)
    }

    /// Every reason why a tool may not be used with this model and version for this use case now.
    pub fn refusals(
        &self,
        id: &ToolId,
        model: Option<&str>,
        version: Option<&str>,
        use_case: Option<&Ident>,
        now: Timestamp,
    ) -> Vec<ToolRefusal> {
        let first = match self.judge(id, model, version, use_case, now) {
            Ok(()) => return Vec::new(),
            Err(refusal) => refusal,
        };
        let (Some(tool), ToolRefusal::Not { .. }) = (self.get(id), &first) else { return vec![first] };
        let uses: Vec<String> = tool.uses.iter().map(ToString::to_string).collect();
        [
            one_of(id, "model", &tool.models, model),
            one_of(id, "version", &tool.versions, version),
            one_of(id, "use case", &uses, use_case.map(Ident::as_str)),
        ]
        .into_iter()
        .filter_map(Result::err)
        .collect()
    }

    /// Whether a tool may be used with this model and version for this use case now.
    ///
    /// # Errors
    /// [`ToolRefusal`], the first reason found.
    pub fn judge(
        &self,
        id: &ToolId,
        model: Option<&str>,
        version: Option<&str>,
        use_case: Option<&Ident>,
        now: Timestamp,
    ) -> Result<(), ToolRefusal> {
        let known = || self.tools.keys().map(ToString::to_string).collect();
        let tool = self.tools.get(id).ok_or_else(|| ToolRefusal::Unknown { tool: id.clone(), known: known() })?;
        let status = match tool.status {
            ToolStatus::Approved => None,
            ToolStatus::Requested => Some("requested"),
            ToolStatus::Retired => Some("retired"),
        };
        if let Some(status) = status {
            return Err(ToolRefusal::Status { tool: id.clone(), status });
        }
        if let Some(until) = tool.approved_until.filter(|until| now > until.end()) {
            return Err(ToolRefusal::Expired { tool: id.clone(), until });
        }
        if let Some(from) = tool.approved_from.filter(|from| now.day() < *from) {
            return Err(ToolRefusal::NotYet { tool: id.clone(), from });
        }
        let uses: Vec<String> = tool.uses.iter().map(ToString::to_string).collect();
        one_of(id, "model", &tool.models, model)?;
        one_of(id, "version", &tool.versions, version)?;
        one_of(id, "use case", &uses, use_case.map(Ident::as_str))
    }
}

impl Tool {
    fn of(wire: ToolToml, paths: Option<PathSet>) -> Self {
        Self {
            name: wire.name,
            vendor: wire.vendor,
            status: wire.status,
            models: wire.models,
            versions: wire.versions,
            uses: wire.uses,
            data_classes: wire.data_classes,
            capabilities: wire.capabilities,
            limits: wire.limits,
            approved_until: wire.approved_until.map(|day| day.0),
            note: wire.note,
            approved_from: wire.approved_from.map(|day| day.0),
            paths,
            document: wire.document,
            processor_agreement: wire.processor_agreement,
            retention: wire.retention,
            region: wire.region,
            trains_on_input: wire.trains_on_input,
            requested_by: wire.requested_by,
            asked: Asked { on: wire.requested_on.map(|day| day.0), answered: wire.answered_on.map(|day| day.0) },
        }
    }
}

fn one_of(tool: &ToolId, what: &'static str, approved: &[String], found: Option<&str>) -> Result<(), ToolRefusal> {
    if approved.is_empty() || found.is_some_and(|found| approved.iter().any(|pattern| wildcard(pattern, found))) {
        return Ok(());
    }
    let found = found.map(str::to_owned);
    Err(ToolRefusal::Not { tool: tool.clone(), what, found, approved: approved.to_vec() })
}
