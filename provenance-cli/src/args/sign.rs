//! `declare` and `review` as typed.

use std::ffi::OsString;

use clap::{Args as ClapArgs, ValueEnum};
use provenance_core::id::Sha256Digest;
use provenance_core::name::{Ident, ToolId};
use provenance_core::statement::Extent as CoreExtent;

use super::Signing;

#[derive(Debug, ClapArgs)]
pub(crate) struct Declare {
    /// A range (A..B, A...B), a commit, then paths; without a range: what HEAD would bring to the publish branch
    #[arg(value_name = "RANGE|PATH")]
    pub(crate) arguments: Vec<OsString>,
    /// Paths, after `--`; relative to the current directory, `:/` is the root
    #[arg(last = true, value_name = "PATH")]
    pub(crate) paths: Vec<OsString>,
    /// How much AI did
    #[arg(long, value_enum, required_unless_present = "from_signals")]
    pub(crate) extent: Option<Extent>,
    /// Suggest what to declare by the marks that tools left, show it, and sign it once confirmed
    #[arg(long)]
    pub(crate) from_signals: bool,
    /// Ask nothing: sign what the marks suggest
    #[arg(long, requires = "from_signals")]
    pub(crate) yes: bool,
    /// The tool's id in tools.toml
    #[arg(long, value_name = "ID")]
    pub(crate) tool: Option<ToolId>,
    /// The model, as the tool names it
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// The tool's version
    #[arg(long)]
    pub(crate) tool_version: Option<String>,
    /// What it was used for, an id of the policy
    #[arg(long, value_name = "ID")]
    pub(crate) use_case: Option<Ident>,
    /// A confirmation of the policy that you give
    #[arg(long, value_name = "ID")]
    pub(crate) confirm: Vec<Ident>,
    /// Somebody else whose work it is: an id of the roster, or a name with the address in angle brackets
    #[arg(long, value_name = "WHO")]
    pub(crate) author: Vec<String>,
    /// A class of data that went into the tool, an id of the policy
    #[arg(long, value_name = "ID")]
    pub(crate) data_class: Vec<Ident>,
    /// The class of the device it ran on, an id of the policy
    #[arg(long, value_name = "ID")]
    pub(crate) device: Option<Ident>,
    /// It shows something that readers could take for real and that is not
    #[arg(long)]
    pub(crate) synthetic: bool,
    /// SHA-256 of the session with the tool, salted, as you keep it
    #[arg(long, value_name = "HEX")]
    pub(crate) session_digest: Option<Sha256Digest>,
    /// What the human did, in words
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) message: Option<String>,
    #[command(flatten)]
    pub(crate) signing: Signing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Extent {
    /// No AI took part
    None,
    /// AI helped a human author
    Assisted,
    /// AI made it
    Generated,
}

impl From<Extent> for CoreExtent {
    fn from(extent: Extent) -> Self {
        match extent {
            Extent::None => Self::None,
            Extent::Assisted => Self::Assisted,
            Extent::Generated => Self::Generated,
        }
    }
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Review {
    /// A range (A..B, A...B), a commit, then paths; without a range: what HEAD would bring to the publish branch
    #[arg(value_name = "RANGE|PATH")]
    pub(crate) arguments: Vec<OsString>,
    /// Paths, after `--`; relative to the current directory, `:/` is the root
    #[arg(last = true, value_name = "PATH")]
    pub(crate) paths: Vec<OsString>,
    /// Approve
    #[arg(long, conflicts_with = "reject")]
    pub(crate) approve: bool,
    /// Reject
    #[arg(long)]
    pub(crate) reject: bool,
    /// The answer to a checklist item
    #[arg(long = "answer", value_name = "ID=pass|fail|n/a[:TEXT]")]
    pub(crate) answers: Vec<String>,
    /// What the answer to a checklist item was checked against
    #[arg(long = "source", value_name = "ID=TEXT")]
    pub(crate) sources: Vec<String>,
    /// What you found: still open, fixed in these changes, or accepted with the reason behind the last `::`
    #[arg(long = "finding", value_name = "KIND=open:TEXT|fixed:TEXT|accepted:TEXT::REASON")]
    pub(crate) findings: Vec<String>,
    /// What you want to say
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) message: Option<String>,
    /// Approve each change by itself, not only the whole set
    #[arg(long)]
    pub(crate) separate: bool,
    /// Do not ask before signing
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) signing: Signing,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Import {
    /// The record, where it is a file
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<std::path::PathBuf>,
    /// What to read
    #[arg(long, value_enum)]
    pub(crate) from: ImportFrom,
    /// The publish branch whose history is read
    #[arg(long, value_name = "REF")]
    pub(crate) branch: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportFrom {
    /// git-ai's notes in refs/notes/ai
    GitAi,
    /// Messages and authors of the publish branch's commits
    Trailers,
    /// An agent-trace record
    AgentTrace,
}

impl ImportFrom {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::GitAi => "git-ai",
            Self::Trailers => "trailers",
            Self::AgentTrace => "agent-trace",
        }
    }
}
