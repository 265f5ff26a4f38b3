//! The form of `tools.toml`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::TomlDay;
use crate::name::{Ident, PersonId, ToolId};
use crate::path::RepoPath;

/// `.provenance/tools.toml`.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToolsToml {
    /// The AI tools, by id.
    #[serde(default)]
    pub(in crate::policy) tool: BTreeMap<ToolId, ToolToml>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct ToolToml {
    pub(in crate::policy) name: String,
    pub(in crate::policy) vendor: Option<String>,
    pub(in crate::policy) status: ToolStatus,
    /// Names of approved models, `*` and `?` as wildcards; none means any.
    #[serde(default)]
    pub(in crate::policy) models: Vec<String>,
    /// Approved versions, likewise.
    #[serde(default)]
    pub(in crate::policy) versions: Vec<String>,
    /// Approved use cases; none means any that is not restricted.
    #[serde(default)]
    pub(in crate::policy) uses: Vec<Ident>,
    /// What data it may be given, in the company's words.
    #[serde(default)]
    pub(in crate::policy) data_classes: Vec<String>,
    /// What it is good for.
    #[serde(default)]
    pub(in crate::policy) capabilities: Vec<String>,
    /// What it is known to get wrong.
    #[serde(default)]
    pub(in crate::policy) limits: Vec<String>,
    /// The last day of the approval.
    pub(in crate::policy) approved_until: Option<TomlDay>,
    /// Why it was requested, approved or retired.
    pub(in crate::policy) note: Option<String>,
    /// The first day of the approval.
    pub(in crate::policy) approved_from: Option<TomlDay>,
    /// Where it may be used; none means everywhere.
    #[serde(default)]
    pub(in crate::policy) paths: Vec<String>,
    /// The file that says what it can do, what it gets wrong, and how it is used here.
    pub(in crate::policy) document: Option<RepoPath>,
    /// The agreement with its maker on the processing of data.
    pub(in crate::policy) processor_agreement: Option<String>,
    /// How long its maker keeps what it is given.
    pub(in crate::policy) retention: Option<String>,
    /// Where its maker keeps it.
    pub(in crate::policy) region: Option<String>,
    /// Whether its maker trains models on what it is given.
    pub(in crate::policy) trains_on_input: Option<bool>,
    /// Who asked for it.
    pub(in crate::policy) requested_by: Option<PersonId>,
    /// When.
    pub(in crate::policy) requested_on: Option<TomlDay>,
    /// When security answered.
    pub(in crate::policy) answered_on: Option<TomlDay>,
}

/// How far a tool is through the approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ToolStatus {
    /// Somebody asked for it.
    Requested,
    /// It may be used.
    Approved,
    /// It may no longer be used.
    Retired,
}
