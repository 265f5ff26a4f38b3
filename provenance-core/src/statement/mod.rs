//! Records: in-toto Statement v1, one record kind a file.
//!
//! A statement names its subjects (the entries after each change, or before for a deletion) and
//! carries one predicate. The subjects follow from the predicate; a statement whose subjects are
//! any others is refused, so that what generic tools read and what the gate reads is the same.
//! Unknown members of a predicate are passed over, as in-toto asks; a member that would narrow
//! what a record means needs a new predicate type.
//!
//! A new kind is one file here (a type that implements [`Kind`]), one variant of [`Predicate`], one
//! schema and one test.

/// What every kind answers from the members that all have: the repository, the signer, and the time
/// under its own name; `on changes` for those that speak of changes on branches.
macro_rules! header {
    ($time:ident) => {
        fn repository(&self) -> &str {
            &self.repository
        }

        fn signer(&self) -> &SignedBy {
            &self.signer
        }

        fn stated_time(&self) -> Timestamp {
            self.$time
        }
    };
    ($time:ident on changes) => {
        header!($time);

        fn branches(&self) -> &[RefName] {
            &self.branches
        }

        fn changes(&self) -> &[Change] {
            &self.changes
        }
    };
}

mod acceptance;
mod changes;
mod declaration;
mod document;
mod incident;
mod review;
mod revocation;
mod scan;
mod topic;
mod training;
mod waiver;

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use acceptance::Acceptance;
pub use declaration::{Ai, Author, Declaration, Details, Extent};
pub use document::Document;
pub use incident::{Harm, Incident, IncidentStep};
pub use review::{Answer, AnswerResult, Ceremony, Decision, Found, FoundStatus, Review, Scope};
pub use revocation::Revocation;
pub use scan::{Scan, ScanResult};
pub use topic::Topic;
pub use training::{Lesson, Training};
pub use waiver::{Term, Waiver};

use changes::{ByPath, change_subjects, check_changes};

use crate::entry::{Change, Entry};
use crate::id::{BlobId, CommitId, Sha256Digest};
use crate::json::{self, Value};
use crate::key::Fingerprint;
use crate::name::PersonId;
use crate::path::{RefName, RepoPath};
use crate::time::Timestamp;

/// The `_type` of every statement (in-toto Statement v1).
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// The `payloadType` of every envelope (in-toto, DSSE).
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// What every predicate type starts with.
pub const PREDICATE_BASE: &str = "https://git-provenance.dev/predicate/";
/// The longest text a person can put into one field of a record, in bytes.
pub const MAX_TEXT: usize = 64 * 1024;

/// Why payload bytes are no statement of ours.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Not strict JSON, or not of a statement's shape.
    #[error("not a statement: {0}")]
    Shape(#[from] json::Error),
    /// `_type` is another.
    #[error("`_type` is `{0}`, expected `{STATEMENT_TYPE}`")]
    Type(String),
    /// A predicate type this build does not know.
    #[error("unknown predicate type `{0}`")]
    Kind(String),
    /// The subjects are not those of the predicate.
    #[error("the subjects are not the entries of the predicate's changes")]
    Subjects,
    /// The predicate contradicts itself or leaves out what it must say.
    #[error("{0}")]
    Invalid(String),
}

/// What one kind of record must provide.
pub trait Kind: Serialize + DeserializeOwned {
    /// The predicate type URI.
    const PREDICATE_TYPE: &'static str;
    /// The kind's name in messages.
    const NAME: &'static str;
    /// Whether a member is an object of one of several forms, told by a member of its own: then what
    /// was read is compared with its one spelling ([R5.5](crate::json)).
    const HAS_CHOICES: bool = false;

    /// The subjects a statement of this predicate must name, in order.
    fn subjects(&self) -> Vec<Subject>;

    /// Checks what the types cannot.
    ///
    /// # Errors
    /// [`ReadError::Invalid`] in words.
    fn validate(&self) -> Result<(), ReadError>;

    /// The repository it speaks of, as `policy.toml` names it.
    fn repository(&self) -> &str;

    /// Who says to have signed it.
    fn signer(&self) -> &SignedBy;

    /// The time the signer states.
    fn stated_time(&self) -> Timestamp;

    /// The publish branches it names.
    fn branches(&self) -> &[RefName] {
        &[]
    }

    /// The changes it speaks of.
    fn changes(&self) -> &[Change] {
        &[]
    }

    /// The person or path it is about, whatever content there is.
    fn topic(&self) -> Option<Topic> {
        None
    }
}

/// Who signed: the person of the roster and the fingerprint of the key.
///
/// The envelope's key must have this fingerprint, and the roster must give that key to this person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SignedBy {
    /// The person's id in the roster.
    pub person: PersonId,
    /// The key's SHA-256 fingerprint.
    pub key: Fingerprint,
}

/// A subject of a statement: an artifact's name and digests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Subject {
    /// The path as git quotes it, or for a revocation `envelope`.
    pub name: String,
    /// Its digests; all members must agree with the predicate.
    pub digest: DigestSet,
}

/// An in-toto DigestSet of the members we use; any other voids the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DigestSet {
    /// A blob's git id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_blob: Option<BlobId>,
    /// A gitlink's commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_commit: Option<CommitId>,
    /// SHA-256 of the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256Digest>,
}

impl Subject {
    fn of(path: &RepoPath, entry: &Entry) -> Self {
        let blob = entry.sha256().is_some();
        let digest = DigestSet {
            git_blob: blob.then_some(BlobId(entry.id())),
            git_commit: (!blob).then_some(CommitId(entry.id())),
            sha256: entry.sha256(),
        };
        Self { name: path.to_string(), digest }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// One of the record kinds.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Predicate {
            $($(#[$doc])* $name($name),)*
        }

        /// Does the same with whichever kind it is.
        macro_rules! each {
            ($predicate:expr, $it:ident => $then:expr) => {
                match $predicate { $(Predicate::$name($it) => $then,)* }
            };
        }

        fn read_predicate(predicate_type: &str, raw: Raw<'_>) -> Result<(Predicate, Vec<Subject>), ReadError> {
            match predicate_type {
                $($name::PREDICATE_TYPE => read_kind(raw, Predicate::$name),)*
                other => Err(ReadError::Kind(other.chars().take(120).collect())),
            }
        }
    };
}

kinds! {
    /// Whose work a change is, and which AI helped.
    Declaration,
    /// A human's approval or rejection of a change set.
    Review,
    /// A record that no longer counts.
    Revocation,
    /// A person accepts a document of the policy.
    Acceptance,
    /// What a person has learned.
    Training,
    /// Harm that published content did.
    Incident,
    /// What may pass without its reviews or declarations.
    Waiver,
    /// What a program found.
    Scan,
}

/// A record before it is signed, or after its signature was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    predicate: Predicate,
    by_path: ByPath,
}

#[derive(Serialize)]
struct Out<'a, P> {
    #[serde(rename = "_type")]
    statement_type: &'static str,
    subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: &'static str,
    predicate: &'a P,
}

#[derive(Deserialize)]
struct In<'a> {
    #[serde(rename = "_type", borrow)]
    statement_type: Cow<'a, str>,
    subject: Vec<Subject>,
    #[serde(rename = "predicateType", borrow)]
    predicate_type: Cow<'a, str>,
    #[serde(borrow)]
    predicate: Raw<'a>,
}

struct Raw<'a>(Value<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        json::ValueSeed::deserialize_value(input).map(Self)
    }
}

impl Statement {
    /// A statement of this predicate.
    ///
    /// # Errors
    /// [`ReadError::Invalid`] when the predicate contradicts itself.
    pub fn new(predicate: Predicate) -> Result<Self, ReadError> {
        each!(&predicate, it => it.validate())?;
        Ok(Self::of(predicate))
    }

    fn of(predicate: Predicate) -> Self {
        Self { by_path: ByPath::of(each!(&predicate, it => it.changes())), predicate }
    }

    /// Reads the payload of an envelope. Checks the form and that subjects and predicate agree;
    /// checks no signature and no policy.
    ///
    /// # Errors
    /// [`ReadError`], which voids the record.
    pub fn read(payload: &[u8]) -> Result<Self, ReadError> {
        let wire: In<'_> = json::from_slice(payload)?;
        if wire.statement_type != STATEMENT_TYPE {
            return Err(ReadError::Type(wire.statement_type.chars().take(80).collect()));
        }
        let (predicate, subjects) = read_predicate(&wire.predicate_type, wire.predicate)?;
        if subjects != wire.subject {
            return Err(ReadError::Subjects);
        }
        Ok(Self::of(predicate))
    }

    /// The payload bytes to sign: compact JSON in the order of the specification.
    pub fn to_payload(&self) -> Vec<u8> {
        each!(&self.predicate, it => write_kind(it))
    }

    /// The predicate.
    pub fn predicate(&self) -> &Predicate {
        &self.predicate
    }

    /// The repository the record speaks of, as `policy.toml` names it.
    pub fn repository(&self) -> &str {
        each!(&self.predicate, it => it.repository())
    }

    /// Who says to have signed it.
    pub fn signed_by(&self) -> &SignedBy {
        each!(&self.predicate, it => it.signer())
    }

    /// The time the signer states.
    pub fn stated_time(&self) -> Timestamp {
        each!(&self.predicate, it => it.stated_time())
    }

    /// The changes it speaks of; none for kinds that speak of something else.
    pub fn changes(&self) -> &[Change] {
        each!(&self.predicate, it => it.changes())
    }

    /// Its change of a path; none where it names another or speaks of something else.
    pub fn change_of(&self, path: &RepoPath) -> Option<&Change> {
        self.by_path.find(self.changes(), path)
    }

    /// The publish branches it names; none for kinds that hold on every branch.
    pub fn branches(&self) -> &[RefName] {
        each!(&self.predicate, it => it.branches())
    }

    /// The person or path it is about, for kinds that are filed under it.
    pub fn topic(&self) -> Option<Topic> {
        each!(&self.predicate, it => it.topic())
    }

    /// The kind's name in messages, as `review`.
    pub fn kind_name(&self) -> &'static str {
        each!(&self.predicate, it => name_of(it))
    }
}

fn name_of<K: Kind>(_: &K) -> &'static str {
    K::NAME
}

fn read_kind<K: Kind>(raw: Raw<'_>, wrap: fn(K) -> Predicate) -> Result<(Predicate, Vec<Subject>), ReadError> {
    let found = K::HAS_CHOICES.then(|| raw.0.clone());
    let kind = K::deserialize(raw.0)?;
    if let Some(found) = found
        && !found.says(&Value::parse(&serde_json::to_vec(&kind).unwrap_or_default())?)
    {
        return Err(ReadError::Invalid("an array stands for an object, or an object for a string".into()));
    }
    kind.validate()?;
    let subjects = kind.subjects();
    Ok((wrap(kind), subjects))
}

fn write_kind<K: Kind>(kind: &K) -> Vec<u8> {
    let out = Out {
        statement_type: STATEMENT_TYPE,
        subject: kind.subjects(),
        predicate_type: K::PREDICATE_TYPE,
        predicate: kind,
    };
    serde_json::to_vec(&out).expect("a statement has string keys only, and writing to memory cannot fail")
}

fn check_branches(branches: &[RefName]) -> Result<(), ReadError> {
    if branches.is_empty() { Err(ReadError::Invalid("it names no branch".into())) } else { Ok(()) }
}

fn check_text(what: &str, text: &str) -> Result<(), ReadError> {
    if text.len() > MAX_TEXT {
        return Err(ReadError::Invalid(format!("{what} is longer than {MAX_TEXT} bytes")));
    }
    if text.contains('\0') {
        return Err(ReadError::Invalid(format!("{what} holds a NUL character")));
    }
    Ok(())
}

/// One line of printable text: what identifies something, and is shown in messages.
fn check_label(what: &str, text: &str) -> Result<(), ReadError> {
    check_text(what, text)?;
    if text.is_empty() || text.len() > 1024 || text.chars().any(char::is_control) {
        return Err(ReadError::Invalid(format!("{what} must be 1 to 1024 bytes without control characters")));
    }
    Ok(())
}
