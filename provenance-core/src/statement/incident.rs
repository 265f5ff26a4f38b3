//! `incident`: harm that published content did, who owns it, and how it was put right.

use serde::{Deserialize, Serialize};

use super::{Kind, ReadError, SignedBy, Subject, Topic, check_branches, check_label, check_text};
use crate::entry::{Change, Entry};
use crate::id::RecordId;
use crate::name::PersonId;
use crate::path::{RefName, RepoPath};
use crate::time::{Day, Timestamp};

/// One step in the life of an incident at a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Incident {
    /// The repository, as `policy.toml` names it.
    pub repository: String,
    /// The publish branches it concerns.
    pub branches: Vec<RefName>,
    /// Who signs.
    pub signer: SignedBy,
    /// When, by the signer's clock.
    pub noted_at: Timestamp,
    /// The path whose content did harm.
    pub path: RepoPath,
    /// What is said of it.
    pub step: IncidentStep,
}

/// What is said of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "action", rename_all = "lowercase")]
pub enum IncidentStep {
    /// It is open from now on; the record's id is the incident's.
    Open {
        /// What the path held; none where it is gone already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entry: Option<Entry>,
        /// How bad it is.
        severity: Harm,
        /// What happened.
        summary: String,
        /// Who owns it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<PersonId>,
        /// The day by which it is to be put right.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Day>,
    },
    /// Somebody owns it from now on.
    Assign {
        /// The incident: the record that opened it.
        incident: RecordId,
        /// Who owns it.
        owner: PersonId,
        /// The day by which it is to be put right.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Day>,
    },
    /// This change puts it right; reviews of it are needed as of any other.
    Correct {
        /// The incident.
        incident: RecordId,
        /// The change, of the incident's path.
        change: Change,
        /// What readers are told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<String>,
    },
    /// It is over.
    Close {
        /// The incident.
        incident: RecordId,
        /// How it ended.
        outcome: String,
    },
}

/// How bad an incident is; ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Harm {
    /// Nobody is hurt by it.
    Low,
    /// Somebody may be.
    Medium,
    /// Somebody is.
    High,
}

impl Harm {
    /// The lowercase name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl IncidentStep {
    /// The incident it speaks of; none for the one that opens it, whose own id that is.
    pub fn incident(&self) -> Option<RecordId> {
        match self {
            Self::Open { .. } => None,
            Self::Assign { incident, .. } | Self::Correct { incident, .. } | Self::Close { incident, .. } => {
                Some(*incident)
            }
        }
    }
}

impl Kind for Incident {
    const PREDICATE_TYPE: &'static str = "https://git-provenance.dev/predicate/incident/v1";
    const NAME: &'static str = "incident";
    const HAS_CHOICES: bool = true;

    fn subjects(&self) -> Vec<Subject> {
        match &self.step {
            IncidentStep::Open { entry: Some(entry), .. } => vec![Subject::of(&self.path, entry)],
            IncidentStep::Correct { change, .. } => super::change_subjects(std::slice::from_ref(change)),
            _ => vec![Topic::path(&self.repository, &self.path).subject()],
        }
    }

    fn validate(&self) -> Result<(), ReadError> {
        check_label("repository", &self.repository)?;
        check_branches(&self.branches)?;
        match &self.step {
            IncidentStep::Open { summary, .. } => said("summary", summary),
            IncidentStep::Assign { .. } => Ok(()),
            IncidentStep::Correct { change, notice, .. } => {
                if *change.path() != self.path {
                    return Err(ReadError::Invalid(format!("it corrects {} by a change of another path", self.path)));
                }
                notice.iter().try_for_each(|text| check_text("notice", text))
            }
            IncidentStep::Close { outcome, .. } => said("outcome", outcome),
        }
    }

    header!(noted_at);

    fn branches(&self) -> &[RefName] {
        &self.branches
    }

    fn topic(&self) -> Option<Topic> {
        Some(Topic::path(&self.repository, &self.path))
    }
}

fn said(what: &str, text: &str) -> Result<(), ReadError> {
    check_text(what, text)?;
    if text.trim().is_empty() { Err(ReadError::Invalid(format!("its {what} is empty"))) } else { Ok(()) }
}
