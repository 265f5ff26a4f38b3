//! Reports, as typed.

use clap::{Args as ClapArgs, ValueEnum};

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "`--format` is human, json, markdown, or csv: one table a run, that of `--section`.\n\nExit codes: 0 done, 1 with --check where a finding is an error, 2 usage, 3 could not be done."
)]
pub(crate) struct Report {
    /// Limit coverage and reviews to what this range (A..B, A...B, a commit) brings
    #[arg(value_name = "RANGE")]
    pub(crate) range: Option<String>,
    /// The publish branch [default: the one that is meant]
    #[arg(long, value_name = "REF")]
    pub(crate) branch: Option<String>,
    /// Add what somebody else asks for
    #[arg(long, value_enum)]
    pub(crate) profile: Option<Profile>,
    /// The client of `--profile client-annex`, by its id in the policy
    #[arg(long, value_name = "ID")]
    pub(crate) client: Option<String>,
    /// The table that is written, in place of all [csv, markdown]
    #[arg(long, value_enum)]
    pub(crate) section: Option<Section>,
    /// Leave out names, ids of people and records, and what people wrote
    #[arg(long)]
    pub(crate) anonymous: bool,
    /// Exit 1 where a finding is an error: the release check
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// Human review and editorial responsibility, in the terms of Article 50(4) of Regulation (EU) 2024/1689
    EuArt50,
    /// The annex to a client's contract: the clause, each deliverable, AI use, reviewer and date
    ClientAnnex,
    /// Who has accepted which document, as a sheet to print and sign
    Acceptance,
    /// The AI tools as a CycloneDX 1.6 bill with model cards, in JSON
    Cyclonedx,
}

impl Profile {
    /// As typed.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::EuArt50 => "eu-art50",
            Self::ClientAnnex => "client-annex",
            Self::Acceptance => "acceptance",
            Self::Cyclonedx => "cyclonedx",
        }
    }

    /// The table that it adds.
    pub(crate) fn section(self) -> Option<Section> {
        match self {
            Self::EuArt50 => Some(Section::Art50),
            Self::ClientAnnex => Some(Section::Annex),
            Self::Acceptance => Some(Section::Acceptance),
            Self::Cyclonedx => None,
        }
    }
}

/// A table of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Section {
    /// What is on record of the files, by folder and client
    Coverage,
    /// Findings against each clause
    Clauses,
    /// Everybody in the roster
    People,
    /// The AI tools
    Tools,
    /// Who reviewed how much
    Reviews,
    /// The corrections log
    Incidents,
    /// What was let through
    Waivers,
    /// Public statements, claim by claim
    Statements,
    /// Do-not-train marks of what is published
    Marks,
    /// What other tools said and nobody signed
    Unsigned,
    /// What the release check refuses or warns of
    Findings,
    /// Evidence by file, with --profile eu-art50
    Art50,
    /// A client's deliverables, with --profile client-annex
    Annex,
    /// Who has accepted which document, with --profile acceptance
    Acceptance,
}

impl Section {
    /// Those of every report, in its order.
    pub(crate) const ALL: [Self; 11] = [
        Self::Findings,
        Self::Coverage,
        Self::Statements,
        Self::People,
        Self::Tools,
        Self::Reviews,
        Self::Incidents,
        Self::Waivers,
        Self::Marks,
        Self::Unsigned,
        Self::Clauses,
    ];

    /// The profile that adds it.
    pub(crate) fn profile(self) -> Option<Profile> {
        Profile::value_variants().iter().copied().find(|profile| profile.section() == Some(self))
    }

    /// Its heading.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Coverage => "Coverage",
            Self::Clauses => "Clauses",
            Self::People => "People",
            Self::Tools => "Tools",
            Self::Reviews => "Reviews",
            Self::Incidents => "Incidents",
            Self::Waivers => "Waivers",
            Self::Statements => "Statements",
            Self::Marks => "Do-not-train marks",
            Self::Unsigned => "Unsigned evidence",
            Self::Findings => "Findings",
            Self::Art50 => "Evidence by file",
            Self::Annex => "Deliverables",
            Self::Acceptance => "Acceptance",
        }
    }
}
