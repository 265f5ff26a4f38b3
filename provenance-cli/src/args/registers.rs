//! `people` and `tools` as typed: entries of the roster and of the register of tools.

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use provenance_core::name::{Ident, PersonId, Role, ToolId};
use provenance_core::time::Day;

#[derive(Debug, Subcommand)]
pub(crate) enum PeopleVerb {
    /// List everybody, with keys and their state
    List {
        /// A publish branch, instead of the authority
        #[arg(long, value_name = "REF")]
        branch: Option<String>,
    },
    /// Add a person to people.toml in the working tree, or keys, addresses and roles to one there is
    Add(PersonEntry),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PersonEntry {
    /// The id
    pub(crate) id: PersonId,
    /// The name, of somebody new
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// What somebody new is [default: human]
    #[arg(long, value_enum)]
    pub(crate) kind: Option<Kind>,
    /// An address that commits have
    #[arg(long)]
    pub(crate) email: Vec<String>,
    /// A role
    #[arg(long)]
    pub(crate) role: Vec<Role>,
    /// A public key: its line, or a file
    #[arg(long)]
    pub(crate) key: Vec<String>,
    /// A human who answers for an agent
    #[arg(long)]
    pub(crate) operator: Vec<PersonId>,
    /// Who confirms that the person knows the policy
    #[arg(long, value_name = "PERSON")]
    pub(crate) supervisor: Option<PersonId>,
    /// A subject or language that the person can judge
    #[arg(long, value_name = "ID")]
    pub(crate) competence: Vec<Ident>,
    /// The first day with the company
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) joined: Option<Day>,
    /// The last day on which their reviews count
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) retired: Option<Day>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A human being
    Human,
    /// An AI agent, which humans operate
    Agent,
    /// A program, such as a pipeline
    Service,
}

impl Kind {
    /// As people.toml has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Agent => "agent",
            Self::Service => "service",
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum ToolsVerb {
    /// List the tools
    List {
        /// A publish branch, instead of the authority
        #[arg(long, value_name = "REF")]
        branch: Option<String>,
    },
    /// Ask for a tool: an entry with status `requested`
    Request(ToolEntry),
    /// Approve a tool: an entry with status `approved`, or the status of one there is
    Approve(ToolEntry),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ToolEntry {
    /// The id
    pub(crate) id: ToolId,
    /// The name
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Who makes it
    #[arg(long)]
    pub(crate) vendor: Option<String>,
    /// A model it may be used with, `*` and `?` as wildcards
    #[arg(long)]
    pub(crate) model: Vec<String>,
    /// A use case it may be used for
    #[arg(long = "use", value_name = "ID")]
    pub(crate) uses: Vec<Ident>,
    /// The last day of the approval
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) until: Option<Day>,
    /// A class of data it may be given
    #[arg(long, value_name = "ID")]
    pub(crate) data_class: Vec<String>,
    /// The file that says what it can do, what it gets wrong, and how it is used
    #[arg(long, value_name = "PATH")]
    pub(crate) document: Option<String>,
    /// The agreement with its maker on the processing of data
    #[arg(long, value_name = "TEXT")]
    pub(crate) agreement: Option<String>,
    /// How long its maker keeps what it is given
    #[arg(long, value_name = "TEXT")]
    pub(crate) retention: Option<String>,
    /// Where its maker keeps it
    #[arg(long, value_name = "TEXT")]
    pub(crate) region: Option<String>,
    /// Whether its maker trains models on it
    #[arg(long, value_name = "true|false")]
    pub(crate) trains_on_input: Option<bool>,
    /// Why
    #[arg(long)]
    pub(crate) note: Option<String>,
}
