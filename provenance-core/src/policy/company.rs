//! The company's part of the policy: principles, documents, courses, clients, statements, and who
//! answers for what. Entries are read as they stand in `policy.toml`; `load` checks what types cannot.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::clause::Levels;
use super::rules::PathSet;
use crate::name::{Ident, PersonId, Role};
use crate::path::RepoPath;
use crate::time::Day;

/// What the policy says of the company.
#[derive(Debug, Clone, Default)]
pub struct Company {
    /// Stated values, each a question of every checklist.
    pub principles: BTreeMap<Ident, Principle>,
    /// Documents that people accept.
    pub documents: BTreeMap<Ident, PolicyDocument>,
    /// Courses that people complete.
    pub courses: BTreeMap<Ident, Course>,
    /// Who answers for what is published, the most specific last.
    pub accountable: Vec<Accountable>,
    /// Clients whose content this is.
    pub clients: BTreeMap<Ident, Client>,
    /// Ways by which content leaves the company.
    pub channels: BTreeMap<Ident, Channel>,
    /// Content that is to say that no model is trained on it.
    pub do_not_train: Option<DoNotTrain>,
    /// What readers are told, with the claims that records must bear out.
    pub statements: BTreeMap<Ident, PublicStatement>,
    /// Classes of data.
    pub data_classes: BTreeMap<Ident, DataClass>,
    /// Classes of devices.
    pub devices: BTreeMap<Ident, Device>,
    /// Automated checks.
    pub scans: BTreeMap<Ident, ScanEntry>,
    /// Decisions on record.
    pub decisions: BTreeMap<Ident, CompanyDecision>,
    /// Who may waive what is missing.
    pub waivers: Option<Waivers>,
    /// Whether somebody outside the roster may be an author.
    pub authors: Authors,
    /// How readers are told that something they see is synthetic.
    pub synthetic: Option<Synthetic>,
    /// From how many approvals in how short a time one person is asked about them.
    pub burst: Burst,
    /// How strictly each clause is taken.
    pub levels: Levels,
}

impl Company {
    /// Who answers for what is published at a path: the last entry that covers it.
    pub fn accountable_for(&self, path: &RepoPath) -> Option<&Accountable> {
        self.accountable.iter().rev().find(|entry| entry.covers(path))
    }

    /// The clients whose content is at a path.
    pub fn clients_of(&self, path: &RepoPath) -> impl Iterator<Item = (&Ident, &Client)> {
        self.clients.iter().filter(move |(_, client)| client.paths.contains(path))
    }
}

/// `[principle.ID]`: a stated value.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Principle {
    /// The value, in words that a reviewer can answer `pass` or `fail` to.
    pub statement: String,
}

/// What somebody does that asks for acceptance or training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Activity {
    /// Declares AI use.
    Ai,
    /// Reviews.
    Review,
}

impl Activity {
    /// The name in `policy.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ai => "ai",
            Self::Review => "review",
        }
    }

    /// What it is, in messages: `uses AI` or `reviews`.
    pub fn deed(self) -> &'static str {
        match self {
            Self::Ai => "uses AI",
            Self::Review => "reviews",
        }
    }
}

/// `[document.ID]`: a document that people accept, in its exact bytes.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PolicyDocument {
    /// Where it is.
    pub path: RepoPath,
    /// Its title.
    pub title: Option<String>,
    /// Who has to have accepted it.
    #[serde(default)]
    pub accepted_by: Vec<Activity>,
    /// How many days after a version was published the one before still does.
    #[serde(default)]
    pub grace_days: u16,
    /// Roles that must all have approved a version before it is published.
    #[serde(default)]
    pub approved_by: Vec<Role>,
}

/// `[course.ID]`: a course that people complete.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Course {
    /// Its title.
    pub title: Option<String>,
    /// Its modules; somebody is trained who has completed all of them.
    pub modules: Vec<Ident>,
    /// Who has to have completed it.
    #[serde(default)]
    pub required_for: Vec<Activity>,
    /// How many days it is valid.
    pub valid_days: u16,
    /// Roles whose holders confirm that somebody has completed it.
    #[serde(default = "trainers")]
    pub trainers: Vec<Role>,
}

fn trainers() -> Vec<Role> {
    "trainer".parse().into_iter().collect()
}

/// `[[accountable]]`: who holds editorial responsibility.
#[derive(Debug, Clone)]
pub struct Accountable {
    /// The human.
    pub person: PersonId,
    /// Their office, as readers are told.
    pub title: String,
    /// How readers reach them.
    pub contact: String,
    /// For which paths; none means all.
    pub paths: Option<PathSet>,
}

impl Accountable {
    /// Whether the person answers for this path.
    pub fn covers(&self, path: &RepoPath) -> bool {
        self.paths.as_ref().is_none_or(|paths| paths.contains(path))
    }
}

/// `[client.ID]`: a client whose content this is.
#[derive(Debug, Clone)]
pub struct Client {
    /// The name that annexes bear.
    pub name: String,
    /// Which content.
    pub paths: PathSet,
    /// The document with the contract's clause on AI use.
    pub disclosure: Option<RepoPath>,
}

/// `[channel.ID]`: a way by which content leaves the company.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Whether it leaves by a publish branch or is sent.
    pub kind: ChannelKind,
    /// What it is.
    pub title: Option<String>,
    /// What may leave by it; none means everything.
    pub paths: Option<PathSet>,
}

/// How content leaves by a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelKind {
    /// By a publish branch.
    Publish,
    /// By another way: a newsletter, a deliverable.
    Send,
}

/// `[do-not-train]`: content that is to say that no model is trained on it.
#[derive(Debug, Clone)]
pub struct DoNotTrain {
    /// Which content.
    pub paths: PathSet,
    /// The folder that is served at the site's root; none is the repository's own.
    pub site_root: Option<RepoPath>,
}

/// `[statement.ID]`: what readers are told about AI.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PublicStatement {
    /// The file that says it.
    pub path: RepoPath,
    /// What it claims, and what must bear it out.
    #[serde(default)]
    pub claims: Vec<Claim>,
}

/// A claim of a public statement.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Claim {
    /// The words of the statement.
    pub text: String,
    /// What is measured.
    pub measure: Measure,
    /// The least share of it, in percent, for the claim to be true.
    pub at_least: Percent,
}

/// A share in percent.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Deserialize, schemars::JsonSchema)]
pub struct Percent(pub f64);

/// What a claim is measured by, over the files that are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Files whose last change a human has reviewed.
    HumanReviewed,
    /// Files whose last change was declared.
    Declared,
    /// Files whose reviews answer every item on bias.
    BiasReviewed,
    /// Declarations of AI use that give every confirmation asked for.
    Confirmed,
    /// Reviewers and users of AI whose training is current.
    Trained,
}

impl Measure {
    /// The name in `policy.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HumanReviewed => "human-reviewed",
            Self::Declared => "declared",
            Self::BiasReviewed => "bias-reviewed",
            Self::Confirmed => "confirmed",
            Self::Trained => "trained",
        }
    }
}

/// `[data-class.ID]`: a class of data.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DataClass {
    /// What it is.
    pub title: String,
    /// Whether anybody may have it.
    #[serde(default)]
    pub public: bool,
}

/// `[device.ID]`: a class of devices.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Device {
    /// What it is.
    pub title: String,
    /// Whether AI tools may be used on it.
    #[serde(default)]
    pub allowed: bool,
}

/// `[scan.ID]`: an automated check.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScanEntry {
    /// What it looks for.
    pub title: String,
}

/// `[decision.ID]`: a decision on record.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CompanyDecision {
    /// What was decided.
    pub text: String,
    /// The clause it answers, as `R2`.
    pub clause: super::clause::Clause,
}

/// `[waiver]`: who may waive what is missing.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Waivers {
    /// Roles whose holders may.
    pub roles: Vec<Role>,
    /// For how many days at most.
    pub max_days: u16,
}

/// Whether somebody outside the roster may be an author.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Authors {
    /// Anybody may.
    #[default]
    Anyone,
    /// Only persons of the roster.
    Roster,
}

/// `[synthetic]`: how a page tells its readers that what it shows is synthetic.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Synthetic {
    /// Texts of which one is visible on the page.
    pub labels: Vec<String>,
    /// Folders in which names that begin with `/` are looked for, beside the root.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub roots: Vec<RepoPath>,
}

/// `[burst]`: from how many approvals in how short a time one person is asked about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Burst {
    /// So many approvals.
    pub reviews: u32,
    /// Within so many minutes.
    pub minutes: u32,
}

impl Default for Burst {
    fn default() -> Self {
        Self { reviews: 20, minutes: 10 }
    }
}

/// The days on which something is asked for and answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// When.
    pub on: Option<Day>,
    /// When it was answered.
    pub answered: Option<Day>,
}
