//! What people sign of themselves, of each other and of what went wrong, as typed.

use clap::Args as ClapArgs;
use provenance_core::name::{Ident, PersonId, ToolId};
use provenance_core::time::Day;

use super::Signing;

#[derive(Debug, ClapArgs)]
pub(crate) struct Accept {
    /// The document's id in the policy; without it: all that you have not accepted as they are published
    pub(crate) id: Option<Ident>,
    /// Do not ask before signing
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) signing: Signing,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Train {
    /// Whose training it is
    #[arg(required_unless_present = "tool")]
    pub(crate) person: Option<PersonId>,
    /// The course's id in the policy
    #[arg(required_unless_present_any = ["tool", "knows_policy"], conflicts_with_all = ["tool", "knows_policy"])]
    pub(crate) course: Option<Ident>,
    /// A module that was completed [default: all of the course]
    #[arg(long, value_name = "ID", conflicts_with_all = ["tool", "knows_policy"])]
    pub(crate) module: Vec<Ident>,
    /// You have read the document of this tool
    #[arg(long, value_name = "ID", conflicts_with = "knows_policy")]
    pub(crate) tool: Option<ToolId>,
    /// The person, whose supervisor you are, knows this document of the policy [default: the only one]
    #[arg(long, value_name = "DOCUMENT", num_args = 0..=1)]
    pub(crate) knows_policy: Option<Option<Ident>>,
    /// The last day it counts, where that is before the policy's
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) until: Option<Day>,
    /// What else there is to say
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) message: Option<String>,
    #[command(flatten)]
    pub(crate) signing: Signing,
}
