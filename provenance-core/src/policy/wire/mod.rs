//! The forms of the three TOML files. Unknown keys are errors; what the types cannot say is checked
//! in `load`.

mod people;
mod tools;

pub(super) use people::KeyToml;
pub use people::{PeopleToml, PersonKind};
pub(super) use tools::ToolToml;
pub use tools::{ToolStatus, ToolsToml};

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{self, Deserializer};

use crate::id::CommitId;
use crate::name::{Ident, PersonId, Role};
use crate::path::{RefName, RepoPath};
use crate::policy::clause::{Clause, Level};
use crate::policy::company::{
    Authors, Burst, ChannelKind, CompanyDecision, Course, DataClass, Device, PolicyDocument, Principle,
    PublicStatement, ScanEntry, Synthetic, Waivers,
};
use crate::policy::rules::Presence;
use crate::time::Day;

/// `.provenance/policy.toml`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PolicyToml {
    /// The format's version: 1.
    pub(in crate::policy) version: u32,
    /// What the repository is called in every record; it never changes.
    pub(in crate::policy) repository: String,
    /// The publish branches, full ref names; the first is the authority.
    pub(in crate::policy) branches: Vec<RefName>,
    /// The commit before which content was published without this policy.
    pub(in crate::policy) baseline: Option<CommitId>,
    /// How many steps of the branch a review's base may lie back.
    pub(in crate::policy) review_max_steps: Option<u32>,
    /// Whether only the state that is published is judged, or each commit that becomes reachable.
    pub(in crate::policy) history: Option<History>,
    /// What changes of some paths need.
    #[serde(default)]
    pub(in crate::policy) rule: Vec<RuleToml>,
    /// Paths that need no review where no rule asks for one.
    #[serde(default)]
    pub(in crate::policy) exempt: Vec<ExemptToml>,
    /// Reviews on one publish branch that count on another.
    #[serde(default)]
    pub(in crate::policy) promote: Vec<PromoteToml>,
    /// Checklist items, by id.
    #[serde(default)]
    pub(in crate::policy) checklist: BTreeMap<Ident, ChecklistToml>,
    /// Confirmations, by id.
    #[serde(default)]
    pub(in crate::policy) confirmation: BTreeMap<Ident, ConfirmationToml>,
    /// Use cases of AI, by id.
    #[serde(default, rename = "use")]
    pub(in crate::policy) uses: BTreeMap<Ident, UseToml>,
    /// Whether somebody outside the roster may be an author.
    pub(in crate::policy) authors: Option<Authors>,
    /// Stated values, by id: each is a question of every checklist.
    #[serde(default)]
    pub(in crate::policy) principle: BTreeMap<Ident, Principle>,
    /// Documents that people accept, by id.
    #[serde(default)]
    pub(in crate::policy) document: BTreeMap<Ident, PolicyDocument>,
    /// Courses that people complete, by id.
    #[serde(default)]
    pub(in crate::policy) course: BTreeMap<Ident, Course>,
    /// Who answers for what is published.
    #[serde(default)]
    pub(in crate::policy) accountable: Vec<AccountableToml>,
    /// Clients, by id.
    #[serde(default)]
    pub(in crate::policy) client: BTreeMap<Ident, ClientToml>,
    /// Ways by which content leaves the company, by id.
    #[serde(default)]
    pub(in crate::policy) channel: BTreeMap<Ident, ChannelToml>,
    /// Content that is to say that no model is trained on it.
    pub(in crate::policy) do_not_train: Option<DoNotTrainToml>,
    /// What readers are told, by id.
    #[serde(default)]
    pub(in crate::policy) statement: BTreeMap<Ident, PublicStatement>,
    /// Classes of data, by id.
    #[serde(default)]
    pub(in crate::policy) data_class: BTreeMap<Ident, DataClass>,
    /// Classes of devices, by id.
    #[serde(default)]
    pub(in crate::policy) device: BTreeMap<Ident, Device>,
    /// Automated checks, by id.
    #[serde(default)]
    pub(in crate::policy) scan: BTreeMap<Ident, ScanEntry>,
    /// Decisions on record, by id.
    #[serde(default)]
    pub(in crate::policy) decision: BTreeMap<Ident, CompanyDecision>,
    /// Who may waive what is missing.
    pub(in crate::policy) waiver: Option<Waivers>,
    /// How readers are told that something they see is synthetic.
    pub(in crate::policy) synthetic: Option<Synthetic>,
    /// From how many approvals in how short a time one person is asked about them.
    pub(in crate::policy) burst: Option<Burst>,
    /// How strictly each clause is taken.
    #[serde(default)]
    pub(in crate::policy) severity: BTreeMap<Clause, Level>,
}

/// Content that is to say that no model is trained on it.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct DoNotTrainToml {
    pub(in crate::policy) paths: Vec<String>,
    /// The folder that is served at the site's root.
    pub(in crate::policy) site_root: Option<RepoPath>,
}

/// Who answers for what is published.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct AccountableToml {
    /// The human.
    pub(in crate::policy) person: PersonId,
    /// Their office, as readers are told.
    pub(in crate::policy) title: String,
    /// How readers reach them.
    pub(in crate::policy) contact: String,
    /// For which paths; none means all.
    #[serde(default)]
    pub(in crate::policy) paths: Vec<String>,
}

/// A client.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct ClientToml {
    /// The name that annexes bear.
    pub(in crate::policy) name: String,
    /// Which content is the client's.
    pub(in crate::policy) paths: Vec<String>,
    /// The document with the contract's clause on AI use.
    pub(in crate::policy) disclosure: Option<RepoPath>,
}

/// A way by which content leaves the company.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct ChannelToml {
    /// Whether it leaves by a publish branch or is sent.
    pub(in crate::policy) kind: ChannelKind,
    /// What it is.
    pub(in crate::policy) title: Option<String>,
    /// What may leave by it; none means everything.
    #[serde(default)]
    pub(in crate::policy) paths: Vec<String>,
}

/// Which commits of a transition are judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum History {
    /// The state proposed: what the branch will show.
    #[default]
    Tip,
    /// That, and each commit that becomes reachable with it.
    EveryCommit,
}

/// One rule.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct RuleToml {
    /// Its name, in messages.
    pub(in crate::policy) name: Ident,
    /// The paths it applies to.
    pub(in crate::policy) paths: Vec<String>,
    /// Paths it does not apply to.
    #[serde(default)]
    pub(in crate::policy) except: Vec<String>,
    /// The reviews it asks for.
    #[serde(default)]
    pub(in crate::policy) reviews: Vec<QuorumToml>,
    /// How the reviewers' presence must be proved.
    pub(in crate::policy) presence: Option<Presence>,
    /// Whether AI may take part.
    pub(in crate::policy) ai: Option<AiToml>,
    /// Whether a declaration is needed.
    pub(in crate::policy) declaration: Option<DeclarationToml>,
    /// Checklist items that every counted review must answer.
    #[serde(default)]
    pub(in crate::policy) checklist: Vec<Ident>,
    /// Confirmations that a declaration of AI use must give.
    #[serde(default)]
    pub(in crate::policy) confirm: Vec<Ident>,
    /// Automated checks that must have passed.
    #[serde(default)]
    pub(in crate::policy) scans: Vec<Ident>,
    /// What a counted reviewer must be competent for.
    #[serde(default)]
    pub(in crate::policy) competence: Vec<Ident>,
}

/// Reviews that a rule asks for.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct QuorumToml {
    /// Roles of which a reviewer must hold one; none means any human.
    #[serde(default)]
    pub(in crate::policy) roles: Vec<Role>,
    /// How many persons.
    #[serde(default = "one")]
    pub(in crate::policy) count: u32,
}

fn one() -> u32 {
    1
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::policy) enum AiToml {
    Allowed,
    Forbidden,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::policy) enum DeclarationToml {
    Required,
    Optional,
}

/// Paths that need no review where no rule asks for one.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct ExemptToml {
    pub(in crate::policy) paths: Vec<String>,
    #[serde(default)]
    pub(in crate::policy) except: Vec<String>,
    /// Why, for auditors.
    pub(in crate::policy) reason: String,
}

/// Reviews on one publish branch that count on another.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct PromoteToml {
    pub(in crate::policy) from: RefName,
    pub(in crate::policy) to: RefName,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct ChecklistToml {
    /// What the reviewer is asked, in plain words.
    pub(in crate::policy) question: String,
    /// What an answer must have beside its result.
    #[serde(default)]
    pub(in crate::policy) needs: Vec<AnswerNeed>,
}

/// What an answer to a checklist item must have beside its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerNeed {
    /// What was checked.
    Note,
    /// What it was checked against.
    Sources,
}

impl AnswerNeed {
    /// What it is, in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Sources => "sources",
        }
    }
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct ConfirmationToml {
    /// What the declarer confirms, in plain words.
    pub(in crate::policy) statement: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct UseToml {
    pub(in crate::policy) title: String,
    /// Whether AI must not be used for it.
    #[serde(default)]
    pub(in crate::policy) restricted: bool,
    /// The paths where nothing else is done: no AI there, if it is restricted.
    #[serde(default)]
    pub(in crate::policy) paths: Vec<String>,
}

/// A day as TOML writes it, without quotes.
#[derive(Debug, Clone, Copy)]
pub(in crate::policy) struct TomlDay(pub(in crate::policy) Day);

impl<'de> Deserialize<'de> for TomlDay {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let wrong = || de::Error::custom("expected a date without time, as 2027-06-30");
        let found = toml::value::Datetime::deserialize(input).map_err(|_| wrong())?;
        let (Some(date), None, None) = (found.date, found.time, found.offset) else { return Err(wrong()) };
        let parts = (i16::try_from(date.year), i8::try_from(date.month), i8::try_from(date.day));
        let (Ok(year), Ok(month), Ok(day)) = parts else { return Err(wrong()) };
        Day::new(year, month, day).map(Self).ok_or_else(wrong)
    }
}

impl schemars::JsonSchema for TomlDay {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date", "description": "a TOML date, without quotes" })
    }
}
