//! Marks that other tools leave of AI, read as signals.
//!
//! A signal is what a commit message, a note, an image or a page says of itself. Nobody signed it,
//! anybody can add or drop it: it never proves a review and never lowers a requirement. What it can
//! do is to ask for a declaration that is missing, and to fill in a draft of one.
//!
//! Each reader takes bytes and gives a [`Reading`]: the signals, each once, and what could not be
//! read, which is said and never passed over. Readers do no I/O, never panic, take time linear in
//! the input and hold a bounded part of it. None copies a prompt or a transcript.
//!
//! ```
//! use provenance_core::signal::{Claim, trailers};
//!
//! let reading = trailers::read(b"Say hello\n\nCo-authored-by: Claude Opus 4.7 <noreply@anthropic.com>\n");
//! assert_eq!(reading.signals[0].claim, Claim::Ai);
//! assert_eq!(reading.signals[0].tool.as_deref(), Some("claude"));
//! assert_eq!(reading.signals[0].model.as_deref(), Some("opus-4.7"));
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::path::RepoPath;

mod address;
mod agent;
pub mod agent_trace;
pub mod agentblame;
pub mod entire;
pub mod front_matter;
pub mod git_ai;
pub mod git_ai_legacy;
pub mod image;
mod jpeg;
mod layout;
pub mod mining;
mod model;
mod notes;
mod source_type;
pub mod trailers;
mod xmp;

pub use agent::Agent;

/// The most bytes of a note, a JSON file or an image's metadata that are read; more is said to be
/// too large.
pub const MAX_INPUT: usize = 8 << 20;
/// The most distinct signals that one reading holds; that there were more is said.
pub const MAX_SIGNALS: usize = 10_000;
/// The most problems that one reading holds.
pub const MAX_PROBLEMS: usize = 100;
/// The most characters of a mark that a signal keeps.
pub const MAX_RAW: usize = 200;

/// Where a signal was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Source {
    /// A commit message: a trailer or a line like one.
    Trailer,
    /// The author or committer of a commit.
    Author,
    /// A note of git-ai in `refs/notes/ai`.
    GitAi,
    /// A blob of git-ai's early versions under `refs/ai/authorship`.
    GitAiLegacy,
    /// An agent-trace record.
    AgentTrace,
    /// The metadata of an Entire checkpoint.
    Entire,
    /// A note of agentblame.
    Agentblame,
    /// Metadata inside an image.
    Image,
    /// Front matter of a page, or `ai-disclosure` in HTML.
    FrontMatter,
}

impl Source {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trailer => "trailer",
            Self::Author => "author",
            Self::GitAi => "git-ai",
            Self::GitAiLegacy => "git-ai-legacy",
            Self::AgentTrace => "agent-trace",
            Self::Entire => "entire",
            Self::Agentblame => "agentblame",
            Self::Image => "image",
            Self::FrontMatter => "front-matter",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a mark claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// AI took part, how much is not said.
    Ai,
    /// AI helped a human.
    AiAssisted,
    /// AI made it.
    AiGenerated,
    /// A human who was seen at work made it.
    Human,
    /// No AI took part, in so many words.
    NotAi,
}

impl Claim {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ai => "ai",
            Self::AiAssisted => "ai-assisted",
            Self::AiGenerated => "ai-generated",
            Self::Human => "human",
            Self::NotAi => "not-ai",
        }
    }

    /// Whether the claim is that AI took part, however much.
    pub fn is_ai(self) -> bool {
        matches!(self, Self::Ai | Self::AiAssisted | Self::AiGenerated)
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a mark stands, or which path it speaks of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In the trailers that end a commit message.
    Block,
    /// Elsewhere in a commit message.
    Body,
    /// In the header of a commit: its author or committer.
    Header,
    /// It speaks of this path.
    Path(RepoPath),
    /// It speaks of the whole file that was read.
    File,
}

/// One mark, understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signal {
    /// Where it was read.
    pub source: Source,
    /// What it claims.
    pub claim: Claim,
    /// Where it stands, or which path it speaks of.
    pub place: Place,
    /// The tool's id, as `claude-code` or `cursor`; `None` when the mark names none.
    pub tool: Option<String>,
    /// The model's id, as `opus-4.7` or `gpt-5.4`; `None` when the mark names none.
    pub model: Option<String>,
    /// The mark as it stands, at most [`MAX_RAW`] characters. Somebody else's text: escape it
    /// before it is shown.
    pub raw: String,
}

/// Why something that may hold marks could not be read, or not wholly. Texts inside are somebody
/// else's: escape them before they are shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Not read at all for its size.
    #[error("{of}: {size} bytes, at most {limit} are read")]
    TooLarge {
        /// What was to be read.
        of: Source,
        /// Its size in bytes.
        size: usize,
        /// The most that is read.
        limit: usize,
    },
    /// It breaks its format.
    #[error("{of}: {what}")]
    Malformed {
        /// What was read.
        of: Source,
        /// What is wrong, and where.
        what: String,
    },
    /// A format version that is not known.
    #[error("{of}: unknown version `{found}`")]
    Version {
        /// What was read.
        of: Source,
        /// The version it names.
        found: String,
    },
    /// An entry names a session that the same record does not describe.
    #[error("{of}: nothing is said of `{key}`, which {path} names")]
    UnknownKey {
        /// What was read.
        of: Source,
        /// The path whose entry it is.
        path: RepoPath,
        /// The key.
        key: String,
    },
    /// A value outside the format's list.
    #[error("{of}: unknown {what} `{value}`")]
    UnknownValue {
        /// What was read.
        of: Source,
        /// Whose value it is.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// An entry for something that is no path in a tree.
    #[error("{of}: `{path}` is no path in a tree")]
    Path {
        /// What was read.
        of: Source,
        /// What stands for a path.
        path: String,
    },
    /// More signals than are kept.
    #[error("{of}: more than {limit} distinct signals, the others were dropped")]
    Cut {
        /// What was read.
        of: Source,
        /// The most that are kept.
        limit: usize,
    },
}

/// What a reader found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The signals, each once, in the order of their first mark.
    pub signals: Vec<Signal>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Reading {
    /// One reading of several, each signal and problem once.
    pub fn join(readings: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Collector::default();
        for reading in readings {
            reading.signals.into_iter().for_each(|signal| all.add(signal));
            reading.problems.into_iter().for_each(|problem| all.problem(problem));
        }
        all.finish()
    }

    /// Whether any signal claims that AI took part.
    pub fn is_ai(&self) -> bool {
        self.signals.iter().any(|signal| signal.claim.is_ai())
    }
}

/// What makes two signals one: everything but the mark's own text, and in a commit message but the
/// place.
type Sameness = (Source, Claim, Place, Option<String>, Option<String>);

/// Gathers a reading within its bounds.
#[derive(Debug, Default)]
struct Collector {
    known: BTreeMap<Sameness, usize>,
    signals: Vec<Signal>,
    problems: Vec<Problem>,
    seen: BTreeSet<Problem>,
    /// Whether an image says that nobody trains a model on it.
    reserved: bool,
}

impl Collector {
    /// Adds a signal unless there is one like it; of marks in a commit message the trailer stays.
    fn add(&mut self, mut signal: Signal) {
        let place = match &signal.place {
            Place::Body => Place::Block,
            place => place.clone(),
        };
        let same = (signal.source, signal.claim, place, signal.tool.clone(), signal.model.clone());
        if let Some(&at) = self.known.get(&same) {
            if signal.place == Place::Block && self.signals[at].place == Place::Body {
                self.signals[at].place = Place::Block;
                self.signals[at].raw = signal.raw;
            }
            return;
        }
        if self.signals.len() == MAX_SIGNALS {
            return self.problem(Problem::Cut { of: signal.source, limit: MAX_SIGNALS });
        }
        signal.raw = capped(&signal.raw);
        self.known.insert(same, self.signals.len());
        self.signals.push(signal);
    }

    /// Adds a problem unless it is known, or there are many.
    fn problem(&mut self, problem: Problem) {
        let cut = matches!(problem, Problem::Cut { .. });
        if (cut || self.problems.len() < MAX_PROBLEMS) && self.seen.insert(problem.clone()) {
            self.problems.push(problem);
        }
    }

    fn malformed(&mut self, of: Source, what: impl fmt::Display) {
        self.problem(Problem::Malformed { of, what: capped(&what.to_string()) });
    }

    fn finish(self) -> Reading {
        Reading { signals: self.signals, problems: self.problems }
    }
}

/// The first [`MAX_RAW`] characters.
fn capped(text: &str) -> String {
    text.chars().take(MAX_RAW).collect()
}

/// The first position of a byte string in another. Linear, for the short needles it is used with.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
