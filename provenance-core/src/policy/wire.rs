//! The forms of the three TOML files. Unknown keys are errors; what the types cannot say is checked
//! in `load`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::clause::{Clause, Level};
use super::company::{
    Authors, Burst, ChannelKind, CompanyDecision, Course, DataClass, Device, PolicyDocument, Principle,
    PublicStatement, ScanEntry, Waivers,
};
use super::rules::Presence;
use crate::id::CommitId;
use crate::name::{Ident, PersonId, Role, ToolId};
use crate::path::{RefName, RepoPath};
use crate::time::Day;

/// `.provenance/policy.toml`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PolicyToml {
    /// The format's version: 1.
    pub(super) version: u32,
    /// What the repository is called in every record; it never changes.
    pub(super) repository: String,
    /// The publish branches, full ref names; the first is the authority.
    pub(super) branches: Vec<RefName>,
    /// The commit before which content was published without this policy.
    pub(super) baseline: Option<CommitId>,
    /// How many steps of the branch a review's base may lie back.
    pub(super) review_max_steps: Option<u32>,
    /// Whether only the state that is published is judged, or each commit that becomes reachable.
    pub(super) history: Option<History>,
    /// What changes of some paths need.
    #[serde(default)]
    pub(super) rule: Vec<RuleToml>,
    /// Paths that need no review where no rule asks for one.
    #[serde(default)]
    pub(super) exempt: Vec<ExemptToml>,
    /// Reviews on one publish branch that count on another.
    #[serde(default)]
    pub(super) promote: Vec<PromoteToml>,
    /// Checklist items, by id.
    #[serde(default)]
    pub(super) checklist: BTreeMap<Ident, ChecklistToml>,
    /// Confirmations, by id.
    #[serde(default)]
    pub(super) confirmation: BTreeMap<Ident, ConfirmationToml>,
    /// Use cases of AI, by id.
    #[serde(default, rename = "use")]
    pub(super) uses: BTreeMap<Ident, UseToml>,
    /// Whether somebody outside the roster may be an author.
    pub(super) authors: Option<Authors>,
    /// Stated values, by id: each is a question of every checklist.
    #[serde(default)]
    pub(super) principle: BTreeMap<Ident, Principle>,
    /// Documents that people accept, by id.
    #[serde(default)]
    pub(super) document: BTreeMap<Ident, PolicyDocument>,
    /// Courses that people complete, by id.
    #[serde(default)]
    pub(super) course: BTreeMap<Ident, Course>,
    /// Who answers for what is published.
    #[serde(default)]
    pub(super) accountable: Vec<AccountableToml>,
    /// Clients, by id.
    #[serde(default)]
    pub(super) client: BTreeMap<Ident, ClientToml>,
    /// Ways by which content leaves the company, by id.
    #[serde(default)]
    pub(super) channel: BTreeMap<Ident, ChannelToml>,
    /// What readers are told, by id.
    #[serde(default)]
    pub(super) statement: BTreeMap<Ident, PublicStatement>,
    /// Classes of data, by id.
    #[serde(default)]
    pub(super) data_class: BTreeMap<Ident, DataClass>,
    /// Classes of devices, by id.
    #[serde(default)]
    pub(super) device: BTreeMap<Ident, Device>,
    /// Automated checks, by id.
    #[serde(default)]
    pub(super) scan: BTreeMap<Ident, ScanEntry>,
    /// Decisions on record, by id.
    #[serde(default)]
    pub(super) decision: BTreeMap<Ident, CompanyDecision>,
    /// Who may waive what is missing.
    pub(super) waiver: Option<Waivers>,
    /// From how many approvals in how short a time one person is asked about them.
    pub(super) burst: Option<Burst>,
    /// How strictly each clause is taken.
    #[serde(default)]
    pub(super) severity: BTreeMap<Clause, Level>,
}

/// Who answers for what is published.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct AccountableToml {
    /// The human.
    pub(super) person: PersonId,
    /// Their office, as readers are told.
    pub(super) title: String,
    /// How readers reach them.
    pub(super) contact: String,
    /// For which paths; none means all.
    #[serde(default)]
    pub(super) paths: Vec<String>,
}

/// A client.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ClientToml {
    /// The name that annexes bear.
    pub(super) name: String,
    /// Which content is the client's.
    pub(super) paths: Vec<String>,
    /// The document with the contract's clause on AI use.
    pub(super) disclosure: Option<RepoPath>,
}

/// A way by which content leaves the company.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ChannelToml {
    /// Whether it leaves by a publish branch or is sent.
    pub(super) kind: ChannelKind,
    /// What it is.
    pub(super) title: Option<String>,
    /// What may leave by it; none means everything.
    #[serde(default)]
    pub(super) paths: Vec<String>,
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
pub(super) struct RuleToml {
    /// Its name, in messages.
    pub(super) name: Ident,
    /// The paths it applies to.
    pub(super) paths: Vec<String>,
    /// Paths it does not apply to.
    #[serde(default)]
    pub(super) except: Vec<String>,
    /// The reviews it asks for.
    #[serde(default)]
    pub(super) reviews: Vec<QuorumToml>,
    /// How the reviewers' presence must be proved.
    pub(super) presence: Option<Presence>,
    /// Whether AI may take part.
    pub(super) ai: Option<AiToml>,
    /// Whether a declaration is needed.
    pub(super) declaration: Option<DeclarationToml>,
    /// Checklist items that every counted review must answer.
    #[serde(default)]
    pub(super) checklist: Vec<Ident>,
    /// Confirmations that a declaration of AI use must give.
    #[serde(default)]
    pub(super) confirm: Vec<Ident>,
    /// Automated checks that must have passed.
    #[serde(default)]
    pub(super) scans: Vec<Ident>,
    /// What a counted reviewer must be competent for.
    #[serde(default)]
    pub(super) competence: Vec<Ident>,
}

/// Reviews that a rule asks for.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct QuorumToml {
    /// Roles of which a reviewer must hold one; none means any human.
    #[serde(default)]
    pub(super) roles: Vec<Role>,
    /// How many persons.
    #[serde(default = "one")]
    pub(super) count: u32,
}

fn one() -> u32 {
    1
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum AiToml {
    Allowed,
    Forbidden,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum DeclarationToml {
    Required,
    Optional,
}

/// Paths that need no review where no rule asks for one.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ExemptToml {
    pub(super) paths: Vec<String>,
    #[serde(default)]
    pub(super) except: Vec<String>,
    /// Why, for auditors.
    pub(super) reason: String,
}

/// Reviews on one publish branch that count on another.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct PromoteToml {
    pub(super) from: RefName,
    pub(super) to: RefName,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ChecklistToml {
    /// What the reviewer is asked, in plain words.
    pub(super) question: String,
    /// What an answer must have beside its result.
    #[serde(default)]
    pub(super) needs: Vec<AnswerNeed>,
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
pub(super) struct ConfirmationToml {
    /// What the declarer confirms, in plain words.
    pub(super) statement: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct UseToml {
    pub(super) title: String,
    /// Whether AI must not be used for it.
    #[serde(default)]
    pub(super) restricted: bool,
    /// The paths where nothing else is done: no AI there, if it is restricted.
    #[serde(default)]
    pub(super) paths: Vec<String>,
}

/// `.provenance/people.toml`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeopleToml {
    /// Everybody, by id; people are never deleted.
    #[serde(default)]
    pub(super) person: BTreeMap<PersonId, PersonToml>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct PersonToml {
    pub(super) name: String,
    pub(super) kind: PersonKind,
    /// The addresses that commits and declarations name.
    #[serde(default)]
    pub(super) emails: Vec<String>,
    #[serde(default)]
    pub(super) roles: Vec<Role>,
    #[serde(default)]
    pub(super) keys: Vec<KeyToml>,
    /// The humans who answer for an agent.
    #[serde(default)]
    pub(super) operators: Vec<PersonId>,
    /// The last day on which the person's reviews count.
    pub(super) retired: Option<TomlDay>,
    /// The first day with the company.
    pub(super) joined: Option<TomlDay>,
    /// Who confirms that the person knows the policy.
    pub(super) supervisor: Option<PersonId>,
    /// Subjects and languages that the person can judge.
    #[serde(default)]
    pub(super) competence: Vec<Ident>,
}

/// What somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PersonKind {
    /// A human being: the only one who can review.
    Human,
    /// An AI agent: it can declare.
    Agent,
    /// A machine that is no agent, such as a release pipeline.
    Service,
}

/// A key: its line, or a table with its validity.
#[derive(Debug, schemars::JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "the variants describe the schema; reading goes through `KeyTable`")]
enum KeyForm {
    Line(String),
    Table(KeyTable),
}

/// A key with its validity.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct KeyTable {
    /// The OpenSSH public key line.
    pub(super) public: String,
    /// The first day it is valid.
    pub(super) from: Option<TomlDay>,
    /// The last day it is valid.
    pub(super) until: Option<TomlDay>,
    /// The day from which nothing it signed counts.
    pub(super) revoked: Option<TomlDay>,
    /// Why it was revoked.
    pub(super) because: Option<String>,
}

#[derive(Debug)]
pub(super) struct KeyToml(pub(super) KeyTable);

impl schemars::JsonSchema for KeyToml {
    fn schema_name() -> Cow<'static, str> {
        "Key".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        KeyForm::json_schema(generator)
    }
}

impl<'de> Deserialize<'de> for KeyToml {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = KeyTable;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an OpenSSH public key, or a table with `public`")
            }

            fn visit_str<E: de::Error>(self, line: &str) -> Result<KeyTable, E> {
                Ok(KeyTable { public: line.to_owned(), from: None, until: None, revoked: None, because: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<KeyTable, A::Error> {
                KeyTable::deserialize(de::value::MapAccessDeserializer::new(map))
            }
        }
        input.deserialize_any(Form).map(Self)
    }
}

/// A day as TOML writes it, without quotes.
#[derive(Debug, Clone, Copy)]
pub(super) struct TomlDay(pub(super) Day);

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

/// `.provenance/tools.toml`.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToolsToml {
    /// The AI tools, by id.
    #[serde(default)]
    pub(super) tool: BTreeMap<ToolId, ToolToml>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ToolToml {
    pub(super) name: String,
    pub(super) vendor: Option<String>,
    pub(super) status: ToolStatus,
    /// Names of approved models, `*` and `?` as wildcards; none means any.
    #[serde(default)]
    pub(super) models: Vec<String>,
    /// Approved versions, likewise.
    #[serde(default)]
    pub(super) versions: Vec<String>,
    /// Approved use cases; none means any that is not restricted.
    #[serde(default)]
    pub(super) uses: Vec<Ident>,
    /// What data it may be given, in the company's words.
    #[serde(default)]
    pub(super) data_classes: Vec<String>,
    /// What it is good for.
    #[serde(default)]
    pub(super) capabilities: Vec<String>,
    /// What it is known to get wrong.
    #[serde(default)]
    pub(super) limits: Vec<String>,
    /// The last day of the approval.
    pub(super) approved_until: Option<TomlDay>,
    /// Why it was requested, approved or retired.
    pub(super) note: Option<String>,
    /// The first day of the approval.
    pub(super) approved_from: Option<TomlDay>,
    /// Where it may be used; none means everywhere.
    #[serde(default)]
    pub(super) paths: Vec<String>,
    /// The file that says what it can do, what it gets wrong, and how it is used here.
    pub(super) document: Option<RepoPath>,
    /// The agreement with its maker on the processing of data.
    pub(super) processor_agreement: Option<String>,
    /// How long its maker keeps what it is given.
    pub(super) retention: Option<String>,
    /// Where its maker keeps it.
    pub(super) region: Option<String>,
    /// Whether its maker trains models on what it is given.
    pub(super) trains_on_input: Option<bool>,
    /// Who asked for it.
    pub(super) requested_by: Option<PersonId>,
    /// When.
    pub(super) requested_on: Option<TomlDay>,
    /// When security answered.
    pub(super) answered_on: Option<TomlDay>,
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
