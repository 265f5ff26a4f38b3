//! `report`: what the records show, for whoever asks.

use provenance_core::account::ReportedRange;
use provenance_core::draft::Desk;
use provenance_core::draft::span::ends;
use provenance_core::name::Ident;
use provenance_core::survey::{self, Question, survey};

use super::check::root;
use crate::app::App;
use crate::args::{Format, Profile, Report, Section};
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;
use crate::render::company;
use crate::revision;

pub(super) fn run(app: &App, options: &Report, out: &mut Output) -> Outcome {
    refuse_sections(options, out.format())?;
    refuse_client(options)?;
    refuse_bill(options, out.format())?;
    let range = options.range.as_deref().map(|text| revision::parse(&app.repository, text)).transpose()?;
    let named = range.as_ref().map(|range| range.named.clone()).unwrap_or_default();
    let desk = match (&options.branch, &range) {
        // A range is of commits, which need not name a branch.
        (None, Some(_)) => app.desk(None, &named).or_else(|_| app.authority_desk())?,
        (branch, _) => app.desk_or_authority(branch.as_deref())?,
    };
    let range = match &range {
        Some(range) => {
            let selection = revision::selection(&app.repository, Some(range), desk.tip())?;
            let (from, to) = ends(&app.repository, selection)?;
            Some(ReportedRange { from, to })
        }
        None => None,
    };
    app.narrate_no_records(out)?;
    let profile = options.profile.map(|profile| asked(profile, options, &desk)).transpose()?;
    let question = Question { range, root: root(app, None)?, profile };
    let mut report = survey(&desk, &question)?;
    if options.anonymous {
        report = report.anonymous();
    }
    let section = options.section.or(options.profile.and_then(Profile::section));
    match out.format() {
        Format::Json if report.bill.is_some() => out.json(&report.bill),
        Format::Json => out.json(&report),
        Format::Csv => out.cells(&company::csv(&report, section.unwrap_or(Section::Findings))),
        Format::Markdown => out.answer(&company::markdown(&report, section)),
        Format::Human => out.answer(&company::human(&report)),
    }
    Ok(if options.check && report.is_refused() { Code::Refused } else { Code::Done })
}

/// Refuses a section where there are no tables, and a table where none is said.
fn refuse_sections(options: &Report, format: Format) -> Result<(), CliError> {
    let of_profile = options.section.and_then(Section::profile);
    match (format, options.section) {
        (Format::Csv, None) if options.profile.is_none() => {
            Err(CliError::usage("`--format csv` writes one table and needs --section")
                .hint("for example `--section people`; `git provenance report -h` lists them"))
        }
        (Format::Human | Format::Json, Some(_)) => {
            Err(CliError::usage("--section is of `--format csv` and `--format markdown`"))
        }
        (_, Some(_)) if of_profile.is_some() && of_profile != options.profile => {
            let needs = of_profile.map(Profile::as_str).unwrap_or_default();
            Err(CliError::usage(format!("that --section needs --profile {needs}")))
        }
        _ => Ok(()),
    }
}

/// Refuses a client where none is asked for, and an annex of nobody.
fn refuse_client(options: &Report) -> Result<(), CliError> {
    match (options.profile == Some(Profile::ClientAnnex), &options.client) {
        (true, None) => Err(CliError::usage("--profile client-annex needs --client ID")),
        (false, Some(_)) => Err(CliError::usage("--client is of --profile client-annex")),
        _ => Ok(()),
    }
}

/// Refuses a bill of tools in a form that is none, or without names: it quotes the tools' documents.
fn refuse_bill(options: &Report, format: Format) -> Result<(), CliError> {
    if options.profile != Some(Profile::Cyclonedx) {
        return Ok(());
    }
    if options.anonymous {
        return Err(CliError::usage("--profile cyclonedx quotes the tools' documents and cannot be --anonymous"));
    }
    match format {
        Format::Json => Ok(()),
        _ => Err(CliError::usage("--profile cyclonedx is of `--format json`")),
    }
}

/// What a profile asks for, with the client that the policy has.
fn asked(profile: Profile, options: &Report, desk: &Desk<'_>) -> Result<survey::Profile, CliError> {
    match profile {
        Profile::EuArt50 => Ok(survey::Profile::Art50),
        Profile::Cyclonedx => Ok(survey::Profile::Bill),
        Profile::Acceptance => Ok(survey::Profile::Acceptance),
        Profile::ClientAnnex => {
            let typed = options.client.as_deref().unwrap_or_default();
            let clients = &desk.policy().company().clients;
            let client = clients.keys().find(|id| id.as_str() == typed);
            let known = clients.keys().map(Ident::as_str).collect::<Vec<_>>().join(", ");
            let known = if known.is_empty() { "none: add a [client.ID]".to_owned() } else { known };
            let unknown =
                || CliError::usage(format!("policy.toml has no client `{typed}`")).hint(format!("it has {known}"));
            client.cloned().map(survey::Profile::ClientAnnex).ok_or_else(unknown)
        }
    }
}
