//! `review`: a human's decision, asked for on a terminal or given by options.

use std::io::{BufRead, IsTerminal};

use provenance_core::draft::review::{Item, Verdict};
use provenance_core::draft::span::{Span, short};
use provenance_core::draft::{Desk, DraftError};
use provenance_core::entry::Change;
use provenance_core::finding::Code as FindingCode;
use provenance_core::name::PersonId;
use provenance_core::statement::{Answer, AnswerResult, Ceremony, Decision, Scope};

use crate::app::App;
use crate::args::Review;
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;
use crate::{revision, signing};

/// Variables by which coding agents tell programs that they, and no human, are running them.
const AGENTS: [&str; 12] = [
    "CLAUDECODE",
    "CLAUDE_CODE_ENTRYPOINT",
    "CODEX_SANDBOX",
    "CODEX_SANDBOX_NETWORK_DISABLED",
    "CURSOR_AGENT",
    "GEMINI_CLI",
    "OPENCODE",
    "GOOSE_TERMINAL",
    "AUGMENT_AGENT",
    "CLINE_ACTIVE",
    "QWEN_CODE",
    "COPILOT_AGENT",
];

pub(super) fn run(app: &App, options: &Review, out: &mut Output) -> Outcome {
    refuse_agents()?;
    let (range, paths) = revision::split(app, &options.arguments, &options.paths)?;
    let named = range.as_ref().map(|range| range.named.clone()).unwrap_or_default();
    let desk = app.desk(options.signing.branch.as_deref(), &named)?;
    let span = desk.span(revision::selection(&app.repository, range.as_ref(), desk.tip())?, &paths)?;
    let roster = desk.policy().roster();
    let signer = signing::find(&app.repository, options.signing.key.as_deref(), |key| roster.by_key(key).is_some())?;
    let key = signer.public_key().fingerprint();
    let person = desk.person(&key)?.id().clone();
    may_count(&desk, &span, &person, options.reject, out)?;
    let given = answers(options)?;
    let decision = decision(options);
    let on_terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal() && !options.yes;
    let verdict = if on_terminal {
        ask(&desk, &span, &person, (decision, given, options), out)?
    } else {
        let Some(decision) = decision else {
            return Err(CliError::usage("not on a terminal: say --approve or --reject")
                .hint(checklist_hint(&desk.checklist(&span))));
        };
        Verdict {
            decision,
            scope: scope(options),
            answers: given,
            comment: options.message.clone(),
            ceremony: Ceremony::Options,
        }
    };
    let statement = desk.review(&span, verdict, &key)?;
    if on_terminal && !confirmed(&statement, &person, out)? {
        return Err(CliError::refused("not signed"));
    }
    let filed = desk.file(&statement, signer.as_ref())?;
    super::answer_filed(out, &statement, &filed);
    Ok(Code::Done)
}

fn refuse_agents() -> Result<(), CliError> {
    match AGENTS.iter().find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0")) {
        Some(name) => Err(CliError::refused(format!(
            "a review is a human's signature, and {name} says that a coding agent runs this"
        ))
        .hint("the reviewer runs the same command in a terminal of their own; an agent can `git provenance declare`")),
        None => Ok(()),
    }
}

/// Refuses before anything is signed where the review could count nowhere; warns where only in part.
fn may_count(desk: &Desk<'_>, span: &Span, person: &PersonId, reject: bool, out: &Output) -> Result<(), CliError> {
    let mut findings = desk.ineligible(span, person)?;
    // Whoever made a change may still reject it.
    findings.retain(|finding| !reject || finding.code != FindingCode::SelfReview);
    if !findings.is_empty() && findings.len() >= span.changes.len() {
        return Err(DraftError::Ineligible { person: person.clone(), findings }.into());
    }
    for finding in &findings {
        out.say(&format!("warning: will not count: {}", crate::render::finding(finding).trim_end()));
    }
    Ok(())
}

fn decision(options: &Review) -> Option<Decision> {
    match (options.approve, options.reject) {
        (true, _) => Some(Decision::Approve),
        (_, true) => Some(Decision::Reject),
        _ => None,
    }
}

fn scope(options: &Review) -> Scope {
    if options.separate { Scope::Each } else { Scope::Set }
}

fn answers(options: &Review) -> Result<Vec<Answer>, CliError> {
    options.answers.iter().map(|text| answer(text)).collect()
}

fn answer(text: &str) -> Result<Answer, CliError> {
    let wrong = || {
        CliError::usage(format!(
            "`{text}` is no answer: expected ID=pass, ID=fail or ID=n/a, each with :TEXT behind it"
        ))
    };
    let (id, rest) = text.split_once('=').ok_or_else(wrong)?;
    let (result, note) =
        rest.split_once(':').map_or((rest, None), |(result, note)| (result, Some(note.trim().to_owned())));
    let id = id.parse().map_err(|error| CliError::usage(format!("{error}")))?;
    Ok(Answer { id, result: result_of(result).ok_or_else(wrong)?, note })
}

fn result_of(text: &str) -> Option<AnswerResult> {
    match text.trim() {
        "pass" | "p" => Some(AnswerResult::Pass),
        "fail" | "f" => Some(AnswerResult::Fail),
        "n/a" | "n" => Some(AnswerResult::NotApplicable),
        _ => None,
    }
}

fn checklist_hint(items: &[Item]) -> String {
    let answers: Vec<String> = items.iter().map(|item| format!(" --answer {}=pass", item.id)).collect();
    format!("git provenance review --approve{}", answers.concat())
}

/// The ceremony: shows the change set, asks what is still open.
fn ask(
    desk: &Desk<'_>,
    span: &Span,
    person: &PersonId,
    (decision, mut answers, options): (Option<Decision>, Vec<Answer>, &Review),
    out: &Output,
) -> Result<Verdict, CliError> {
    let count = span.changes.len();
    out.say(&format!(
        "{} {}: {count} change{} for {person} to review",
        desk.policy().repository(),
        desk.branch().short(),
        if count == 1 { "" } else { "s" }
    ));
    span.changes.iter().for_each(|change| out.say(&format!("  {}", change_line(change))));
    out.say(&format!("read them with: git diff {} {}", short(span.from), short(span.to)));
    let items: Vec<Item> =
        desk.checklist(span).into_iter().filter(|item| !answers.iter().any(|given| given.id == item.id)).collect();
    for item in items {
        if decision == Some(Decision::Reject) {
            break;
        }
        answers.push(ask_item(&item, out)?);
    }
    let failed = answers.iter().any(|answer| answer.result == AnswerResult::Fail);
    let decision = match decision {
        Some(decision) => decision,
        None if failed => {
            out.say("an item fails, so this is a rejection");
            Decision::Reject
        }
        None => loop {
            match line("approve or reject? [a/r] ", out)?.as_str() {
                "a" | "approve" => break Decision::Approve,
                "r" | "reject" => break Decision::Reject,
                _ => {}
            }
        },
    };
    let comment = match &options.message {
        Some(text) => Some(text.clone()),
        None => Some(line("comment (may be empty): ", out)?).filter(|text| !text.is_empty()),
    };
    Ok(Verdict { decision, scope: scope(options), answers, comment, ceremony: Ceremony::Terminal })
}

fn ask_item(item: &Item, out: &Output) -> Result<Answer, CliError> {
    loop {
        let typed = line(&format!("{} [pass/fail/n/a, :note] ", item.question), out)?;
        let (result, note) =
            typed.split_once(':').map_or((typed.as_str(), None), |(result, note)| (result, Some(note.trim())));
        match result_of(result) {
            Some(AnswerResult::NotApplicable) if note.is_none_or(str::is_empty) => out.say("say why, as n/a:because"),
            Some(result) => return Ok(Answer { id: item.id.clone(), result, note: note.map(str::to_owned) }),
            None => {}
        }
    }
}

fn confirmed(
    statement: &provenance_core::statement::Statement,
    person: &PersonId,
    out: &Output,
) -> Result<bool, CliError> {
    let payload = String::from_utf8_lossy(&statement.to_payload()).into_owned();
    let shown = serde_json::from_str::<serde_json::Value>(&payload)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value["predicate"]).ok());
    out.say(&format!("{person} signs:\n{}", shown.unwrap_or(payload)));
    Ok(matches!(line("sign? [y/N] ", out)?.as_str(), "y" | "yes"))
}

fn line(prompt: &str, out: &Output) -> Result<String, CliError> {
    out.ask(prompt);
    let mut text = String::new();
    if std::io::stdin().lock().read_line(&mut text)? == 0 {
        return Err(CliError::refused("not signed: the input ended"));
    }
    Ok(text.trim().to_owned())
}

/// One change as git's short status has it, with modes where they are not a plain file's.
fn change_line(change: &Change) -> String {
    let (letter, note) = match (change.before(), change.after()) {
        (None, Some(after)) => ("A", (after.mode().as_str() != "100644").then(|| format!("mode {}", after.mode()))),
        (Some(_), None) => ("D", None),
        (Some(before), Some(after)) if before.mode() != after.mode() => {
            ("M", Some(format!("mode {} to {}", before.mode(), after.mode())))
        }
        _ => ("M", None),
    };
    let note = note.map_or_else(String::new, |note| format!("  ({note})"));
    format!("{letter} {}{note}", change.path())
}
