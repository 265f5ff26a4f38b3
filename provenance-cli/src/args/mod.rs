//! What was typed. Names and options are a contract (`docs/reference/commands.md`).

mod adopt;
mod company;
mod deferred;
mod incident;
mod registers;
mod report;
mod sign;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use provenance_core::name::{Ident, PersonId};
use provenance_core::path::RefName;
use provenance_core::time::Timestamp;

pub(crate) use adopt::{Adoption, Template};
pub(crate) use company::{Accept, Train};
use deferred::Deferred;
pub(crate) use incident::{IncidentVerb, Scan, Waive};
pub(crate) use registers::{Kind, PeopleVerb, PersonEntry, ToolEntry, ToolsVerb};
pub(crate) use report::{Profile, Report, Section};
pub(crate) use sign::{Declare, Import, ImportFrom, Review};

/// The heading of the options that every command has.
const GLOBAL: &str = "Global options";

/// Proof, in git, that a human answers for what is published.
#[derive(Debug, Parser)]
#[command(
    name = "git-provenance",
    version,
    after_help = "Exit codes: 0 allowed or done, 1 refused by policy, 2 usage, 3 could not decide."
)]
pub(crate) struct Args {
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true, help_heading = GLOBAL)]
    pub(crate) dir: Option<PathBuf>,
    /// How answers are written
    #[arg(long, value_enum, default_value_t = Format::Human, global = true, help_heading = GLOBAL)]
    pub(crate) format: Format,
    /// Say nothing but the answer
    #[arg(long, short, global = true, help_heading = GLOBAL)]
    pub(crate) quiet: bool,
    /// Judge and sign as at this time (RFC 3339, UTC) instead of now
    #[arg(long, value_name = "TIME", global = true, help_heading = GLOBAL)]
    pub(crate) now: Option<Timestamp>,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Human,
    Json,
    /// Of `report` alone.
    #[value(hide = true)]
    Csv,
    /// Of `report` alone.
    #[value(hide = true)]
    Markdown,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Write a starter policy, find your key, set refspecs
    Init(Init),
    /// Pin the commit where trust starts, or show it
    Trust {
        /// The commit; without it: the root pinned, or the commit that could be
        commit: Option<String>,
    },
    /// OpenSSH Ed25519 keys
    #[command(subcommand)]
    Key(Deferred<KeyVerb>),
    /// Declare whether AI took part in some changes, and sign it
    Declare(Deferred<Declare>),
    /// Review some changes and sign the decision
    Review(Deferred<Review>),
    /// The gate: may this be published?
    Check(Deferred<Check>),
    /// Judge every step of a publish branch since the pinned root again
    Audit(Deferred<Audit>),
    /// Show the records of an object, a path or a record id
    Show {
        /// An object id, REV:PATH, REV:./PATH, a revision, or the start of a record id
        object: OsString,
    },
    /// The records of a range's changes, or of a person
    Log {
        #[command(flatten)]
        ranged: Ranged,
        /// The acceptances and the training of this person, in place of a range's records
        #[arg(long, value_name = "ID", conflicts_with_all = ["arguments", "paths"])]
        person: Option<PersonId>,
    },
    /// What is still missing, from whom, and the command that gives it
    Status(Deferred<Ranged>),
    /// Take a record back
    Revoke {
        /// The start of the record's id
        record: String,
        /// Why
        #[arg(short, long)]
        message: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// Confirm that somebody has learned what the policy asks for
    Train(Deferred<Train>),
    /// Harm that published content did, until it is put right
    #[command(subcommand)]
    Incident(Deferred<IncidentVerb>),
    /// Let changes pass for some days without what they lack, or say how that ended
    Waive(Deferred<Waive>),
    /// Sign what an automated check found in some changes
    Scan(Deferred<Scan>),
    /// What the records show: figures for an auditor, the release check
    Report(Deferred<Report>),
    /// The policy: lint, coverage, explain, accept, schema
    #[command(subcommand)]
    Policy(Deferred<PolicyVerb>),
    /// The roster
    People {
        #[command(subcommand)]
        verb: Option<Deferred<PeopleVerb>>,
    },
    /// The register of AI tools
    Tools {
        #[command(subcommand)]
        verb: Option<Deferred<ToolsVerb>>,
    },
    /// Keep what other tools said of AI in this history, as unsigned evidence
    Import(Deferred<Import>),
    /// Fetch, join and push the ledger
    Sync {
        /// The remote; without it: the branch's, or the only one
        remote: Option<String>,
    },
    /// Hooks of clients and servers
    #[command(subcommand)]
    Hook(Deferred<HookVerb>),
    /// The whole story in a throw-away repository
    Demo,
    /// Write the manual pages, which `git provenance --help` shows
    Man {
        /// The folder [default: the one where `man` looks beside this program]
        dir: Option<PathBuf>,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Init {
    /// What the repository is called in every record [default: from the remote's address]
    #[arg(long, value_name = "ID")]
    pub(crate) repository: Option<String>,
    /// The publish branch [default: the current one]
    #[arg(long, value_name = "REF")]
    pub(crate) branch: Option<String>,
    /// An admin: a name with the address in angle brackets [default: you, as git is configured]
    #[arg(long, value_name = "NAME <EMAIL>")]
    pub(crate) admin: Vec<String>,
    /// The admin's public key file, in the order of the admins [default: the key you sign with]
    #[arg(long, value_name = "FILE.pub")]
    pub(crate) key: Vec<PathBuf>,
    /// Commit the policy on the current branch; on the publish branch, pin it too
    #[arg(long)]
    pub(crate) commit: bool,
    /// A policy of more than one rule; what no option says is asked on a terminal
    #[arg(long, value_enum, value_name = "NAME")]
    pub(crate) template: Option<Template>,
    #[command(flatten)]
    pub(crate) adoption: Adoption,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyVerb {
    /// Make a new key: FILE and FILE.pub
    New {
        /// The private key's file; the public one is FILE.pub
        file: PathBuf,
        /// The comment in the public key
        #[arg(long, default_value = "")]
        comment: String,
        /// Ask for a passphrase to encrypt it with
        #[arg(long)]
        passphrase: bool,
    },
    /// Show the key that would sign, and whose it is
    Show(Signing),
}

/// Who signs.
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct Signing {
    /// The key: a private key file, or a public one whose private half an agent or device holds
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// The publish branch [default: the one that is meant]
    #[arg(long, value_name = "REF")]
    pub(crate) branch: Option<String>,
}

/// A range and paths.
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct Ranged {
    /// A range (A..B, A...B), a commit, then paths; without a range: what HEAD would bring to the publish branch
    #[arg(value_name = "RANGE|PATH")]
    pub(crate) arguments: Vec<OsString>,
    /// Paths, after `--`; relative to the current directory, `:/` is the root
    #[arg(last = true, value_name = "PATH")]
    pub(crate) paths: Vec<OsString>,
    /// The publish branch [default: the one that is meant]
    #[arg(long, value_name = "REF", id = "ranged_branch")]
    pub(crate) branch: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Check {
    /// OLD..NEW (the ref is OLD and becomes NEW), BASE...HEAD (a proposal), or a commit; without it: what HEAD would bring
    #[arg(value_name = "RANGE")]
    pub(crate) range: Option<String>,
    /// With --channel: the files that leave
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<OsString>,
    /// Check files that leave by a channel of the policy, not by the branch: as they lie here, byte for byte
    #[arg(long, value_name = "ID", conflicts_with_all = ["via", "explain"])]
    pub(crate) channel: Option<Ident>,
    /// The publish branch [default: the one that is meant]
    #[arg(long, value_name = "REF")]
    pub(crate) branch: Option<String>,
    /// A commit that may be the reviewed side of a merge or squash
    #[arg(long, value_name = "COMMIT")]
    pub(crate) via: Vec<String>,
    /// The commit where trust starts, instead of the one pinned
    #[arg(long, value_name = "COMMIT")]
    pub(crate) root: Option<String>,
    /// Say what a path needs and what its records are worth
    #[arg(long, value_name = "PATH")]
    pub(crate) explain: Option<OsString>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Audit {
    /// The publish branch [default: the one that is meant]
    #[arg(long, value_name = "REF")]
    pub(crate) branch: Option<String>,
    /// The commit where trust starts, instead of the one pinned
    #[arg(long, value_name = "COMMIT")]
    pub(crate) root: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyVerb {
    /// Check the policy files of the working tree, or of a commit
    Lint {
        /// A commit, instead of the working tree
        #[arg(long, value_name = "COMMIT")]
        rev: Option<String>,
    },
    /// What a path needs, and by which rules
    Explain {
        /// The path, relative to the current directory
        path: OsString,
        /// The publish branch [default: the one that is meant]
        #[arg(long, value_name = "REF")]
        branch: Option<String>,
        /// The policy of this commit, instead of what is published
        #[arg(long, value_name = "COMMIT", conflicts_with = "branch")]
        rev: Option<String>,
    },
    /// Accept a document of the policy as it is published, and sign it
    Accept(Accept),
    /// The clauses of an AI usage policy: which are in force, by what, since when
    Coverage {
        /// The publish branch [default: the authority]
        #[arg(long, value_name = "REF")]
        branch: Option<String>,
        /// The policy of this commit, instead of what is published
        #[arg(long, value_name = "COMMIT", conflicts_with = "branch")]
        rev: Option<String>,
    },
    /// Print a JSON Schema: of the policy's files, records or reports
    Schema {
        /// Its name; without it: all names
        name: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum HookVerb {
    /// Install hooks beside existing ones: pre-push in a clone, pre-receive and post-receive in a bare repository
    Install,
    /// Judge a push before any ref moves (run by git on a server)
    PreReceive,
    /// Put back a ledger update that a racing push overtook (run by git on a server)
    PostReceive,
    /// Push the ledger before the branch (run by git in a clone)
    PrePush {
        /// The remote, as git gives it
        remote: String,
        /// Its address, as git gives it
        url: Option<String>,
    },
}

/// A branch as typed: a full ref name, or short for a branch.
pub(crate) fn branch(text: &str) -> Result<RefName, crate::error::CliError> {
    let full = if text.starts_with("refs/") { text.to_owned() } else { format!("refs/heads/{text}") };
    full.parse().map_err(|error: provenance_core::path::ParseRefError| crate::error::CliError::usage(error.to_string()))
}
