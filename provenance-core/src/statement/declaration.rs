//! `declaration`: whose work a change is, and which AI made or helped it.

use serde::{Deserialize, Serialize};

use super::{
    Kind, ReadError, SignedBy, Subject, change_subjects, check_branches, check_changes, check_label, check_text,
};
use crate::entry::Change;
use crate::id::Sha256Digest;
use crate::name::{Ident, PersonId, ToolId};
use crate::path::RefName;
use crate::time::Timestamp;

/// A writer's or agent's signed word on how some changes came to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Declaration {
    /// The repository, as `policy.toml` names it.
    pub repository: String,
    /// The publish branches the changes are meant for.
    pub branches: Vec<RefName>,
    /// Who signs.
    pub signer: SignedBy,
    /// When, by the signer's clock.
    pub declared_at: Timestamp,
    /// What AI did, the same for every change of this record.
    pub ai: Ai,
    /// Whose work it is: everyone who contributed to the changes.
    pub authors: Vec<Author>,
    /// What the human did, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contribution: Option<String>,
    /// Confirmations of the policy that the signer gives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confirmations: Vec<Ident>,
    /// What else is told of the tool's use.
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Details,
    /// The changes.
    pub changes: Vec<Change>,
}

/// What else a declaration of AI use may tell. None of it is a prompt or an answer: these are never
/// stored, at most a digest of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// The classes of data that went into the tool, ids of the policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_classes: Vec<Ident>,
    /// The class of the device it ran on, an id of the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Ident>,
    /// SHA-256 of the `tools.toml` that the signer consulted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools_sha256: Option<Sha256Digest>,
    /// SHA-256 of the session with the tool, as the signer keeps it; salted, so that it tells nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_sha256: Option<Sha256Digest>,
    /// Whether it shows something that readers could take for real and that is not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub synthetic: bool,
}

impl Details {
    /// Whether nothing is told.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How much of a change AI made; ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Extent {
    /// No AI took part.
    None,
    /// AI helped a human author.
    Assisted,
    /// AI made it.
    Generated,
}

impl Extent {
    /// The lowercase name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Assisted => "assisted",
            Self::Generated => "generated",
        }
    }

    /// The IPTC digital source type that says the same.
    pub fn digital_source_type(self) -> &'static str {
        match self {
            Self::None => "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation",
            Self::Assisted => "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia",
            Self::Generated => "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        }
    }
}

/// What AI did in a change, with which tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ai {
    /// How much.
    pub extent: Extent,
    /// The same as an IPTC term; it must be the extent's own.
    pub digital_source_type: String,
    /// The tool's id in `tools.toml`; none exactly where the extent is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<ToolId>,
    /// The model, as the tool names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The tool's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What the tool was used for, an id of the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_case: Option<Ident>,
}

impl Ai {
    /// No AI took part.
    pub fn none() -> Self {
        Self {
            extent: Extent::None,
            digital_source_type: Extent::None.digital_source_type().to_owned(),
            tool: None,
            model: None,
            version: None,
            use_case: None,
        }
    }

    /// AI took part to this extent, with this tool.
    pub fn with_tool(extent: Extent, tool: ToolId) -> Self {
        Self { extent, digital_source_type: extent.digital_source_type().to_owned(), tool: Some(tool), ..Self::none() }
    }
}

/// Somebody whose work a change is: a person of the roster, or a name and address as commits have them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Author {
    /// The person's id in the roster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The name, for somebody outside the roster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address, for somebody outside the roster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl Author {
    /// A person of the roster.
    pub fn person(id: PersonId) -> Self {
        Self { person: Some(id), name: None, email: None }
    }

    /// Somebody whom the roster does not know.
    pub fn outside(name: String, email: String) -> Self {
        Self { person: None, name: Some(name), email: Some(email) }
    }
}

impl Kind for Declaration {
    const PREDICATE_TYPE: &'static str = "https://git-provenance.dev/predicate/declaration/v1";
    const NAME: &'static str = "declaration";

    fn subjects(&self) -> Vec<Subject> {
        change_subjects(&self.changes)
    }

    fn validate(&self) -> Result<(), ReadError> {
        check_changes(&self.changes)?;
        check_branches(&self.branches)?;
        check_label("repository", &self.repository)?;
        check_ai(&self.ai)?;
        if self.authors.is_empty() {
            return Err(ReadError::Invalid("it names no author".into()));
        }
        self.authors.iter().try_for_each(check_author)?;
        self.contribution.iter().try_for_each(|text| check_text("contribution", text))
    }

    header!(declared_at on changes);
}

fn check_ai(ai: &Ai) -> Result<(), ReadError> {
    if ai.digital_source_type != ai.extent.digital_source_type() {
        return Err(ReadError::Invalid(format!(
            "digitalSourceType is not that of extent `{}`: expected {}",
            ai.extent.as_str(),
            ai.extent.digital_source_type()
        )));
    }
    if (ai.extent == Extent::None) != ai.tool.is_none() {
        return Err(ReadError::Invalid(format!(
            "extent `{}` {} a tool",
            ai.extent.as_str(),
            if ai.tool.is_none() { "needs" } else { "cannot have" }
        )));
    }
    ai.model.iter().try_for_each(|text| check_label("model", text))?;
    ai.version.iter().try_for_each(|text| check_label("version", text))
}

fn check_author(author: &Author) -> Result<(), ReadError> {
    match (&author.person, &author.name, &author.email) {
        (Some(_), None, None) => Ok(()),
        (None, Some(_), Some(email)) => check_label("an author's email", email),
        _ => Err(ReadError::Invalid("an author is a person, or a name and an email".into())),
    }
}
