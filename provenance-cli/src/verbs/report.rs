//! `report`: what the records show, for whoever asks.

use provenance_core::account::ReportedRange;
use provenance_core::draft::span::ends;
use provenance_core::survey::{Question, survey};

use super::check::root;
use crate::app::App;
use crate::args::{Format, Profile, Report, Section};
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;
use crate::render::company;
use crate::revision;

pub(super) fn run(app: &App, options: &Report, out: &mut Output) -> Outcome {
    refuse_sections(options, out.format())?;
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
    let question = Question { range, root: root(app, None)?, art50: options.profile == Some(Profile::EuArt50) };
    let mut report = survey(&desk, &question)?;
    if options.anonymous {
        report = report.anonymous();
    }
    match out.format() {
        Format::Json => out.json(&report),
        Format::Csv => out.cells(&company::csv(&report, options.section.unwrap_or(Section::Art50))),
        Format::Markdown => out.answer(&company::markdown(&report, options.section)),
        Format::Human => out.answer(&company::human(&report)),
    }
    Ok(if options.check && report.is_refused() { Code::Refused } else { Code::Done })
}

/// Refuses a section where there are no tables, and a table where none is said.
fn refuse_sections(options: &Report, format: Format) -> Result<(), CliError> {
    let profile = options.profile.is_some();
    match (format, options.section) {
        (Format::Csv, None) if !profile => Err(CliError::usage("`--format csv` writes one table and needs --section")
            .hint("for example `--section people`; `git provenance report -h` lists them")),
        (Format::Human | Format::Json, Some(_)) => {
            Err(CliError::usage("--section is of `--format csv` and `--format markdown`"))
        }
        (_, Some(Section::Art50)) if !profile => Err(CliError::usage("--section art50 needs --profile eu-art50")),
        _ => Ok(()),
    }
}
