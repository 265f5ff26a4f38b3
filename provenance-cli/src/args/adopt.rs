//! What `init --template` takes.

use clap::{Args as ClapArgs, ValueEnum};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Template {
    /// A company's whole policy for responsible AI, with its documents
    ResponsibleAi,
}

/// What the template `responsible-ai` is filled in with.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Template responsible-ai")]
pub(crate) struct Adoption {
    /// The company's name
    #[arg(long, value_name = "NAME", requires = "template")]
    pub(crate) company: Option<String>,
    /// The day of adoption [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", requires = "template")]
    pub(crate) date: Option<provenance_core::time::Day>,
    /// Who answers for what is published: an admin's id or address, or somebody else [default: the first admin]
    #[arg(long, value_name = "WHO", requires = "template")]
    pub(crate) accountable: Option<String>,
    /// Their office [default: Publisher]
    #[arg(long, value_name = "TEXT", requires = "template")]
    pub(crate) title: Option<String>,
    /// How readers reach them [default: their address]
    #[arg(long, value_name = "TEXT", requires = "template")]
    pub(crate) contact: Option<String>,
    /// Who holds a role, as legal, security, people, editor or trainer; several [default: every admin]
    #[arg(long, value_name = "ROLE=WHO", requires = "template")]
    pub(crate) team: Vec<String>,
    /// A use that must not use AI, and where nothing else is done; several, or `none` [default: three usual ones]
    #[arg(long, value_name = "TEXT[=PATTERN,...]", requires = "template")]
    pub(crate) restricted: Vec<String>,
    /// A tool to ask security for, with a document that describes it
    #[arg(long, value_name = "ID[=NAME]", requires = "template")]
    pub(crate) tool: Option<String>,
}
