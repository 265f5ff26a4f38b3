//! `training`: what a person has learned, on a trainer's, a supervisor's or their own word.

use serde::{Deserialize, Serialize};

use super::{Document, Kind, ReadError, SignedBy, Subject, Topic, check_label, check_text};
use crate::name::{Ident, PersonId, ToolId};
use crate::time::{Day, Timestamp};

/// A person has learned something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Training {
    /// The repository, as `policy.toml` names it.
    pub repository: String,
    /// Who signs: the trainer, the supervisor, or for a tool the person themselves.
    pub signer: SignedBy,
    /// When it was completed, by the signer's clock.
    pub completed_at: Timestamp,
    /// Who has learned it.
    pub person: PersonId,
    /// What.
    pub lesson: Lesson,
    /// The last day it counts, where that is earlier than the policy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What was learned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Lesson {
    /// Modules of a course; signed by a trainer.
    Course {
        /// The course's id in the policy.
        course: Ident,
        /// The modules completed.
        modules: Vec<Ident>,
    },
    /// A tool's document; signed by the person.
    Tool {
        /// The tool's id in `tools.toml`.
        tool: ToolId,
        /// The document read.
        document: Document,
    },
    /// That the person knows the policy; signed by their supervisor.
    Policy {
        /// The document's id in the policy.
        id: Ident,
        /// The document known.
        document: Document,
    },
}

impl Kind for Training {
    const PREDICATE_TYPE: &'static str = "https://git-provenance.dev/predicate/training/v1";
    const NAME: &'static str = "training";
    const HAS_CHOICES: bool = true;

    fn subjects(&self) -> Vec<Subject> {
        vec![Topic::person(&self.repository, &self.person).subject()]
    }

    fn validate(&self) -> Result<(), ReadError> {
        check_label("repository", &self.repository)?;
        self.note.iter().try_for_each(|text| check_text("note", text))?;
        match &self.lesson {
            Lesson::Course { modules, .. } if modules.is_empty() => {
                Err(ReadError::Invalid("it names no module of the course".into()))
            }
            Lesson::Tool { .. } if self.signer.person != self.person => {
                Err(ReadError::Invalid("a tool's document is acknowledged by the person themselves".into()))
            }
            Lesson::Policy { .. } if self.signer.person == self.person => {
                Err(ReadError::Invalid("that somebody knows the policy is confirmed by somebody else".into()))
            }
            _ => Ok(()),
        }
    }

    header!(completed_at);

    fn topic(&self) -> Option<Topic> {
        Some(Topic::person(&self.repository, &self.person))
    }
}
