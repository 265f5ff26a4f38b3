//! Clauses: what a company's Responsible AI Usage Policy obliges it to, one by one, and how strictly
//! this policy takes each.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::finding::Severity;

macro_rules! clauses {
    ($($(#[$doc:meta])* $name:ident = $says:literal, $severity:ident),* $(,)?) => {
        /// One obligation of a Responsible AI Usage Policy. Ids are stable.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
        )]
        pub enum Clause {
            $($(#[$doc])* $name,)*
        }

        impl Clause {
            /// Every clause, in the policy's order.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable id, as `Tr1`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// What it obliges to, in a few words.
            pub fn says(self) -> &'static str {
                match self { $(Self::$name => $says,)* }
            }

            /// How strictly it is taken where the policy does not say.
            pub fn default_level(self) -> Level {
                match self { $(Self::$name => Level::$severity,)* }
            }
        }
    };
}

clauses! {
    /// Adopted only after legal, security and people teams approve it.
    P1 = "adopted only after legal, security and people teams approve it", Error,
    /// The template's placeholders and notes are gone.
    P2 = "the template's placeholders and notes are gone", Error,
    /// AI use aligns with stated values and customers' rights.
    P3 = "AI use aligns with stated values and customers' rights", Error,
    /// AI use is openly acknowledged.
    T1 = "AI use is openly acknowledged", Error,
    /// A blanket statement on the website.
    T2 = "a blanket statement on the website", Error,
    /// Disclosure in client contracts.
    T3 = "disclosure in client contracts", Error,
    /// The statement says no more than the records show.
    T4 = "the statement says no more than the records show", Error,
    /// There is a list of approved AI tools.
    S1 = "there is a list of approved AI tools", Error,
    /// Only tools approved by security are used.
    S2 = "only tools approved by security are used", Error,
    /// Every device and everybody who works for the company counts.
    S3 = "every device and everybody who works for the company counts", Error,
    /// Unapproved tools are asked for, not used.
    S4 = "unapproved tools are asked for, not used", Error,
    /// Responsibility is a human's.
    A1 = "responsibility is a human's", Error,
    /// AI is no substitute for sound judgment.
    A2 = "AI is no substitute for sound judgment", Warning,
    /// Nothing is published or sent without human review.
    A3 = "nothing is published or sent without human review", Error,
    /// Quality and accuracy are checked.
    A4 = "quality and accuracy are checked", Error,
    /// Harm is owned and put right.
    A5 = "harm is owned and put right", Error,
    /// Some uses never use AI.
    R1 = "some uses never use AI", Error,
    /// The company decided which uses these are.
    R2 = "the company decided which uses these are", Warning,
    /// Filters alone are not enough.
    B1 = "filters alone are not enough", Error,
    /// Content is reviewed for bias.
    B2 = "content is reviewed for bias", Error,
    /// Content is inclusive and accessible.
    B3 = "content is inclusive and accessible", Warning,
    /// Clients' confidentiality is kept.
    Pr1 = "clients' confidentiality is kept", Error,
    /// Tools have trustworthy privacy practices.
    Pr2 = "tools have trustworthy privacy practices", Error,
    /// No client information goes into AI systems.
    Pr3 = "no client information goes into AI systems", Error,
    /// Company material trains no model.
    Pr4 = "company material trains no model", Error,
    /// The list of tools is consulted.
    Se1 = "the list of tools is consulted", Warning,
    /// Security is asked about further tools.
    Se2 = "security is asked about further tools", Warning,
    /// Customers are never deceived.
    E1 = "customers are never deceived", Error,
    /// Ethical standards and principles are kept.
    E2 = "ethical standards and principles are kept", Error,
    /// Bias, inaccuracies and hazards are looked for.
    E3 = "bias, inaccuracies and hazards are looked for", Error,
    /// Who makes or reviews AI-assisted content is trained.
    Tr1 = "who makes or reviews AI-assisted content is trained", Error,
    /// Who uses a tool knows the tool.
    Tr2 = "who uses a tool knows the tool", Warning,
    /// Supervisors confirm that everybody knows the policy.
    Tr3 = "supervisors confirm that everybody knows the policy", Warning,
    /// Each tool has a document.
    Tr4 = "each tool has a document", Error,
    /// Training is kept up to date.
    Tr5 = "training is kept up to date", Error,
    /// The policy is accepted with name, signature and date.
    Ac1 = "the policy is accepted with name, signature and date", Error,
    /// Acceptance is of the version in force.
    Ac2 = "acceptance is of the version in force", Error,
    /// Deviations are handled.
    Ac3 = "deviations are handled", Warning,
    /// Creativity is not hindered.
    Ac4 = "creativity is not hindered", Warning,
}

impl Clause {
    /// Whether a policy may take it less strictly than as an error: the gate itself cannot be switched off.
    pub fn may_be_relaxed(self) -> bool {
        !matches!(self, Self::A1 | Self::A3)
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is no clause's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no clause: expected P1 to Ac4")]
pub struct ParseClauseError(String);

impl FromStr for Clause {
    type Err = ParseClauseError;

    fn from_str(text: &str) -> Result<Self, ParseClauseError> {
        let found = Self::ALL.iter().find(|clause| clause.as_str() == text).copied();
        found.ok_or_else(|| ParseClauseError(text.chars().take(20).collect()))
    }
}

/// How strictly a clause is taken; ordered from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not looked at.
    Off,
    /// What breaks it is said, and refuses nothing.
    Warning,
    /// What breaks it is refused.
    Error,
}

impl Level {
    /// The lowercase name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity of a finding at this level; none where it is not looked at.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// How strictly each clause is taken: what `[severity]` says, else the clause's default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels(pub(super) BTreeMap<Clause, Level>);

impl Levels {
    /// How strictly this clause is taken.
    pub fn of(&self, clause: Clause) -> Level {
        self.0.get(&clause).copied().unwrap_or_else(|| clause.default_level())
    }

    /// The clauses that the policy itself sets.
    pub fn stated(&self) -> impl Iterator<Item = (Clause, Level)> {
        self.0.iter().map(|(clause, level)| (*clause, *level))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back() {
        assert_eq!(Clause::ALL.len(), 39);
        for clause in Clause::ALL {
            assert_eq!(clause.as_str().parse(), Ok(*clause));
        }
        for text in ["", "A6", "tr1", "Tr1 "] {
            assert!(text.parse::<Clause>().is_err());
        }
    }
}
