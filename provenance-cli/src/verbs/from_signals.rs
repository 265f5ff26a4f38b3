//! `declare --from-signals`: what marks suggest, shown and confirmed before it is signed.

use std::collections::BTreeSet;
use std::io::{BufRead, IsTerminal};

use provenance_core::draft::Desk;
use provenance_core::draft::declare::Answers;
use provenance_core::draft::signals::{Suggestion, Suggestions};
use provenance_core::draft::span::{Span, short};
use provenance_core::path::RepoPath;
use provenance_core::statement::{Ai, Extent, Statement};

use super::declare::{author, details};
use crate::app::App;
use crate::args::Declare;
use crate::error::{CliError, Outcome};
use crate::output::{Output, inline};
use crate::render::counted;
use crate::signing;

/// How many marks of a suggestion, and unmarked paths, are shown.
const SHOWN: usize = 5;

pub(super) fn run(app: &App, desk: &Desk<'_>, parts: &[Span], options: &Declare, out: &mut Output) -> Outcome {
    let mut drafts = Vec::new();
    let roster = desk.policy().roster();
    let signer = signing::find(&app.repository, options.signing.key.as_deref(), |key| roster.by_key(key).is_some())?;
    let key = signer.public_key().fingerprint();
    for span in parts {
        let found = desk.suggestions(span)?;
        show(&found, out);
        for suggestion in &found.by_ai {
            let answers = Answers {
                ai: ai(options, suggestion)?,
                contribution: options.message.clone(),
                confirmations: options.confirm.clone(),
                details: details(options),
                authors: options.author.iter().map(|text| author(roster, text)).collect::<Result<_, _>>()?,
            };
            drafts.push(desk.declaration(&only(span, &suggestion.paths), answers, &key)?);
        }
    }
    if drafts.is_empty() {
        return Err(CliError::usage("no mark of AI was found, so nothing is suggested")
            .hint("if no AI took part, say so: `git provenance declare --extent none`"));
    }
    confirm(&drafts, options, out)?;
    super::sign_all(app, desk, drafts, signer.as_ref(), out)
}

/// The span with some of its changes.
fn only(span: &Span, paths: &BTreeSet<RepoPath>) -> Span {
    let changes = span.changes.iter().filter(|change| paths.contains(change.path())).cloned().collect();
    Span { changes, ..span.clone() }
}

/// What is to be declared: as the marks say, and where options say otherwise as they do.
fn ai(options: &Declare, suggestion: &Suggestion) -> Result<Ai, CliError> {
    let extent = options.extent.map_or(suggestion.ai.extent, Extent::from);
    if extent == Extent::None {
        return Err(CliError::usage("--from-signals declares AI use, so --extent is assisted or generated"));
    }
    let tool = options.tool.clone().or_else(|| suggestion.ai.tool.clone());
    if tool.is_none() {
        let named = suggestion.named.as_deref().map_or("no tool".to_owned(), |name| format!("`{}`", inline(name)));
        return Err(CliError::usage(format!("the marks name {named}, which is no tool of tools.toml")).hint(
            "name it with --tool ID; `git provenance tools` lists them, `git provenance tools request` asks for one",
        ));
    }
    Ok(Ai {
        extent,
        digital_source_type: extent.digital_source_type().to_owned(),
        tool,
        model: options.model.clone().or_else(|| suggestion.ai.model.clone()),
        version: options.tool_version.clone(),
        use_case: options.use_case.clone(),
    })
}

fn show(found: &Suggestions, out: &Output) {
    for suggestion in &found.by_ai {
        let tool = suggestion.named.as_deref().unwrap_or("an unnamed tool");
        let model = suggestion.ai.model.as_ref().map_or_else(String::new, |model| format!(" ({model})"));
        out.say(&format!(
            "{}: {} with {}{}",
            counted(suggestion.paths.len(), "change"),
            suggestion.ai.extent.as_str(),
            inline(tool),
            inline(&model)
        ));
        suggestion.paths.iter().take(SHOWN).for_each(|path| out.say(&format!("  {path}")));
        for mark in suggestion.marks.iter().take(SHOWN) {
            let place = mark.commit.map_or_else(|| "content".to_owned(), |commit| format!("commit {}", short(commit)));
            out.say(&format!("    {place}, {}: {}", mark.signal.source, inline(&mark.signal.raw)));
        }
    }
    if !found.unmarked.is_empty() {
        out.say(&format!("{} without a mark, not declared here:", counted(found.unmarked.len(), "change")));
        found.unmarked.iter().take(SHOWN).for_each(|path| out.say(&format!("  {path}")));
    }
    found.problems.iter().for_each(|problem| out.say(&format!("warning: {}", inline(problem))));
}

fn confirm(drafts: &[Statement], options: &Declare, out: &Output) -> Result<(), CliError> {
    if options.yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(CliError::usage("not on a terminal: nothing was signed").hint("look at it and say --yes"));
    }
    let what = if drafts.len() == 1 { "this".to_owned() } else { format!("these {}", drafts.len()) };
    out.say(&format!("is {what} true, and do you sign it? [y/N] "));
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    match answer.trim() {
        "y" | "yes" => Ok(()),
        _ => Err(CliError::refused("not signed")),
    }
}
