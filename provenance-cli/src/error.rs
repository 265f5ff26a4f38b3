//! From an error of the library to a message, a hint and an exit code: the only place that decides it.

use provenance_core::audit::AuditError;
use provenance_core::check::CheckError;
use provenance_core::draft::client_names::NamesClients;
use provenance_core::draft::{DraftError, file::FileError};
use provenance_core::envelope::SealError;
use provenance_core::finding::{Finding, causes};
use provenance_core::git::{ConfigError, OpenError, ReadError, RefError, ResolveError, WriteError};
use provenance_core::ledger::{self, AppendError};
use provenance_core::report::Verdict;

use crate::signing::advice;

/// What the process exits with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// Allowed, or done.
    Done = 0,
    /// Refused by policy.
    Refused = 1,
    /// The command line is wrong.
    Usage = 2,
    /// It could not be decided, or not be done.
    Undecided = 3,
}

impl Code {
    /// The exit code of a verdict.
    pub(crate) fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Allowed => Self::Done,
            Verdict::Refused => Self::Refused,
            Verdict::Undecided => Self::Undecided,
        }
    }
}

/// What went wrong and what to do about it.
#[derive(Debug)]
pub(crate) struct CliError {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    /// Reasons, where it was the policy that refused.
    pub(crate) findings: Vec<Finding>,
}

/// The result of a verb.
pub(crate) type Outcome = Result<Code, CliError>;

impl CliError {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Code::Usage, message)
    }

    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(Code::Undecided, message)
    }

    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(Code::Refused, message)
    }

    fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, findings: Vec::new() }
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

macro_rules! could_not {
    ($($error:ty),*) => {
        $(impl From<$error> for CliError {
            fn from(error: $error) -> Self {
                Self::failed(causes(&error))
            }
        })*
    };
}

could_not!(AuditError, OpenError, ReadError, RefError, WriteError, ConfigError, AppendError);

impl From<ledger::ReadError> for CliError {
    fn from(error: ledger::ReadError) -> Self {
        let failed = Self::failed(causes(&error));
        match error {
            ledger::ReadError::Object(ReadError::TooLarge { .. }) => failed.hint(
                "nobody's records look like this: `git log refs/notes/provenance`, or `git log refs/notes/remotes/NAME/provenance`, shows \
                 whose commit brought it; on the remote the ref is moved back, and `git provenance hook install` guards it",
            ),
            _ => failed,
        }
    }
}

impl From<std::io::Error> for CliError {
    fn from(error: std::io::Error) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<FileError> for CliError {
    fn from(error: FileError) -> Self {
        let failed = Self::failed(causes(&error));
        match error {
            FileError::Clients(found) => found.into(),
            FileError::Seal(SealError::Sign(sign)) => advice(&sign).into_iter().fold(failed, Self::hint),
            _ => failed,
        }
    }
}

impl From<NamesClients> for CliError {
    fn from(error: NamesClients) -> Self {
        Self::refused(format!("not signed: {error}"))
            .hint("say it without the name; `git config provenance.clientNames` is where the list is")
    }
}

impl From<ResolveError> for CliError {
    fn from(error: ResolveError) -> Self {
        let message = causes(&error);
        match error {
            ResolveError::Unknown(_) | ResolveError::NoParent(_) => Self::usage(message),
            ResolveError::Ambiguous { .. } => Self::usage(message).hint("give the full name, such as refs/heads/main"),
            ResolveError::Unborn(_) => Self::usage(message).hint("make a first commit"),
            _ => Self::failed(message),
        }
    }
}

impl From<CheckError> for CliError {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::NotPublished { .. } | CheckError::WhichBranch { .. } => Self::usage(causes(&error)),
            _ => Self::failed(causes(&error)),
        }
    }
}

impl From<DraftError> for CliError {
    fn from(error: DraftError) -> Self {
        let message = causes(&error);
        match error {
            DraftError::Ineligible { findings, .. } => Self { findings, ..Self::refused(message) },
            DraftError::Authority(finding) => {
                let error = Self::failed(message);
                finding.hint.iter().fold(error, |error, hint| error.hint(hint.clone()))
            }
            DraftError::UnknownKey { .. } | DraftError::KeyState { .. } | DraftError::NotAllowed(_) => {
                Self::refused(message)
            }
            DraftError::Nothing(_) => Self::usage(message)
                .hint("name another range or other paths; `git provenance status` shows what is open"),
            DraftError::NoChange(_) => Self::usage(message)
                .hint("paths are relative to the current directory; `:/PATH` is from the root of the repository"),
            DraftError::Incomplete { .. } | DraftError::Request(_) | DraftError::Statement(_) => Self::usage(message),
            DraftError::BrokenPolicy { branch, source } => {
                Self::failed(format!("the policy of {branch} cannot be read:\n{source}"))
            }
            _ => Self::failed(message),
        }
    }
}
