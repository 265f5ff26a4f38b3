//! Incidents, waivers and scans, as typed.

use std::ffi::OsString;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use provenance_core::name::{Ident, PersonId};
use provenance_core::statement::{Harm, ScanResult};
use provenance_core::time::Day;

use super::Signing;

#[derive(Debug, Subcommand)]
pub(crate) enum IncidentVerb {
    /// Say that what a path publishes, or published, does harm
    Open {
        /// The path, relative to the current directory; it may be gone already
        path: OsString,
        /// How bad it is
        #[arg(long, value_enum)]
        severity: Severity,
        /// What happened
        #[arg(short, long, value_name = "TEXT")]
        message: String,
        /// Who owns it
        #[arg(long, value_name = "PERSON")]
        owner: Option<PersonId>,
        /// The day by which it is to be put right
        #[arg(long, value_name = "YYYY-MM-DD")]
        due: Option<Day>,
        #[command(flatten)]
        signing: Signing,
    },
    /// Give it to an owner
    Assign {
        /// The start of the id of the record that opened it
        incident: String,
        /// Who owns it from now on
        #[arg(long, value_name = "PERSON")]
        owner: PersonId,
        /// The day by which it is to be put right [default: as it was]
        #[arg(long, value_name = "YYYY-MM-DD")]
        due: Option<Day>,
        #[command(flatten)]
        signing: Signing,
    },
    /// Say that a change of its path puts it right
    Correct {
        /// The start of the id of the record that opened it
        incident: String,
        /// A range (A..B, A...B) or a commit; without it: what HEAD would bring to the publish branch
        range: Option<OsString>,
        /// What readers are told
        #[arg(short, long, value_name = "NOTICE")]
        message: Option<String>,
        #[command(flatten)]
        signing: Signing,
    },
    /// Say that it is over, as who answers for the path
    Close {
        /// The start of the id of the record that opened it
        incident: String,
        /// How it ended
        #[arg(short, long, value_name = "OUTCOME")]
        message: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// List those that are not closed, at every path there is or was
    List {
        /// Paths, relative to the current directory; `:/` is the root
        #[arg(value_name = "PATH")]
        paths: Vec<OsString>,
        /// The closed ones too
        #[arg(long)]
        all: bool,
        /// The publish branch [default: the one that is meant]
        #[arg(long, value_name = "REF")]
        branch: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Severity {
    /// Nobody is hurt by it
    Low,
    /// Somebody may be
    Medium,
    /// Somebody is
    High,
}

impl From<Severity> for Harm {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Low => Self::Low,
            Severity::Medium => Self::Medium,
            Severity::High => Self::High,
        }
    }
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Waive {
    /// A range (A..B, A...B), a commit, then paths; without a range: what HEAD would bring to the publish branch
    #[arg(value_name = "RANGE|PATH")]
    pub(crate) arguments: Vec<OsString>,
    /// Paths, after `--`; relative to the current directory, `:/` is the root
    #[arg(last = true, value_name = "PATH")]
    pub(crate) paths: Vec<OsString>,
    /// The last day
    #[arg(long, value_name = "YYYY-MM-DD", required_unless_present = "settle")]
    pub(crate) until: Option<Day>,
    /// The first day [default: at once]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) from: Option<Day>,
    /// Say how an earlier waiver ended: the start of its record's id
    #[arg(long, value_name = "RECORD", conflicts_with_all = ["until", "from", "arguments", "paths"])]
    pub(crate) settle: Option<String>,
    /// Why; of one that is settled, how it ended
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) message: String,
    #[command(flatten)]
    pub(crate) signing: Signing,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Scan {
    /// A range (A..B, A...B), a commit, then paths; without a range: what HEAD would bring to the publish branch
    #[arg(value_name = "RANGE|PATH")]
    pub(crate) arguments: Vec<OsString>,
    /// Paths, after `--`; relative to the current directory, `:/` is the root
    #[arg(last = true, value_name = "PATH")]
    pub(crate) paths: Vec<OsString>,
    /// The check's id in the policy
    #[arg(long, value_name = "ID")]
    pub(crate) check: Ident,
    /// The program and its version
    #[arg(long, value_name = "TEXT")]
    pub(crate) program: String,
    /// What it found
    #[arg(long, value_enum)]
    pub(crate) result: Found,
    /// What it found, in words
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) message: Option<String>,
    #[command(flatten)]
    pub(crate) signing: Signing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Found {
    /// Nothing
    Pass,
    /// Something to look at
    Warn,
    /// Something that must not be published
    Fail,
}

impl From<Found> for ScanResult {
    fn from(found: Found) -> Self {
        match found {
            Found::Pass => Self::Pass,
            Found::Warn => Self::Warn,
            Found::Fail => Self::Fail,
        }
    }
}
