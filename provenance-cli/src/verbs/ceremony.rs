//! The ceremony of a review on a terminal: what is reviewed, the questions that are open, a summary
//! of what will be signed, and every byte of it for who asks.

use std::io::BufRead;

use provenance_core::draft::Desk;
use provenance_core::draft::background::{Background, Declared};
use provenance_core::draft::review::{Item, Verdict};
use provenance_core::draft::span::{Span, short};
use provenance_core::entry::{Change, Entry, Mode};
use provenance_core::name::{Ident, PersonId};
use provenance_core::policy::AnswerNeed;
use provenance_core::statement::{
    Answer, AnswerResult, Author, Ceremony, Decision, Found, FoundStatus, Predicate, Review, Scope, Statement,
};

use super::answers;
use crate::error::CliError;
use crate::output::{Output, inline};
use crate::render::counted;

/// How many commits, and how many paths of the summary, are listed before they are only counted.
const COMMITS: usize = 10;
const PATHS: usize = 20;

/// What the options have answered already.
pub(super) struct Given {
    pub(super) decision: Option<Decision>,
    pub(super) scope: Scope,
    pub(super) answers: Vec<Answer>,
    /// Sources of answers that are still to be given.
    pub(super) sources: Vec<(Ident, String)>,
    pub(super) findings: Vec<Found>,
    pub(super) comment: Option<String>,
}

/// Shows the change set and asks what is still open.
pub(super) fn ask(
    desk: &Desk<'_>,
    span: &Span,
    person: &PersonId,
    given: Given,
    out: &Output,
) -> Result<Verdict, CliError> {
    show(desk, span, person, out)?;
    let (mut answers, mut findings) = (given.answers, given.findings);
    let items = desk.checklist(span);
    for item in items.iter().filter(|_| given.decision != Some(Decision::Reject)) {
        if !answers.iter().any(|known| known.id == item.id) {
            answers.push(ask_item(item, out)?);
        }
    }
    if let Some((id, _)) = answers::attach(&mut answers, given.sources).first() {
        return Err(CliError::usage(format!("--source {id}=… belongs to no answer of this review")));
    }
    for item in items.iter().filter(|_| given.decision != Some(Decision::Reject)) {
        for answer in answers.iter_mut().filter(|answer| answer.id == item.id) {
            ask_needs(item, answer, out)?;
        }
    }
    ask_findings(&mut findings, out)?;
    let failed = answers.iter().any(|answer| answer.result == AnswerResult::Fail);
    let unfinished = findings.iter().any(|found| found.status == FoundStatus::Open);
    let decision = match given.decision {
        Some(decision) => decision,
        None if failed || unfinished => {
            let what = if failed { "an item fails" } else { "a finding is open" };
            out.say(&format!("{what}, so this is a rejection"));
            Decision::Reject
        }
        None => ask_decision(out)?,
    };
    let comment = match given.comment {
        Some(text) => Some(text),
        None => Some(line("comment (may be empty): ", out)?).filter(|text| !text.is_empty()),
    };
    Ok(Verdict { findings, decision, scope: given.scope, answers, comment, ceremony: Ceremony::Terminal })
}

fn show(desk: &Desk<'_>, span: &Span, person: &PersonId, out: &Output) -> Result<(), CliError> {
    let background = desk.background(span)?;
    out.say(&format!(
        "{} {}: {} for {person} to review",
        desk.policy().repository(),
        desk.branch().short(),
        counted(span.changes.len(), "change")
    ));
    for (change, declared) in span.changes.iter().zip(&background.declared) {
        out.say(&format!("  {}", change_line(change)));
        if declared.is_empty() {
            out.say("    nobody has declared whether AI took part");
        }
        declared.iter().for_each(|one| out.say(&format!("    {}", declared_line(one))));
    }
    if !background.named.is_empty() {
        let named: Vec<String> = background.named.iter().map(author).collect();
        out.say(&format!("authors of what is not declared, as the commits name them: {}", named.join(", ")));
    }
    show_commits(&background, out);
    // A `.gitmodules` may tell git to say nothing of a submodule.
    let links = span.changes.iter().any(|change| change.ends().any(|end| end.mode() == Mode::Gitlink));
    let all = if links { "--ignore-submodules=none " } else { "" };
    // In full: a shortened id is also what git takes for a tag of that name, which anybody may have pushed.
    out.say(&format!("read them with: git diff {all}{} {}", span.from, span.to));
    Ok(())
}

fn show_commits(background: &Background, out: &Output) {
    out.say(&format!("{}:", counted(background.commits.len(), "commit")));
    for (id, subject) in background.commits.iter().take(COMMITS) {
        out.say(&format!("  {} {}", short(*id), inline(subject)));
    }
    if background.commits.len() > COMMITS {
        out.say(&format!("  and {} more", background.commits.len() - COMMITS));
    }
}

fn declared_line(declared: &Declared) -> String {
    let tool = declared.ai.tool.as_ref().map_or_else(String::new, |tool| format!(" with {tool}"));
    let model = declared.ai.model.as_ref().map_or_else(String::new, |model| format!(" ({})", inline(model)));
    let authors: Vec<String> = declared.authors.iter().map(author).collect();
    format!(
        "AI: {}{tool}{model}{}, declared by {}; author: {}",
        declared.ai.extent.as_str(),
        details_of(declared),
        declared.by,
        authors.join(", ")
    )
}

/// What went into the tool, where it ran, and whether what it made could be taken for real.
fn details_of(declared: &Declared) -> String {
    let details = &declared.details;
    let classes: Vec<&str> = details.data_classes.iter().map(Ident::as_str).collect();
    let data = (!classes.is_empty()).then(|| format!(", given {}", classes.join(", ")));
    let device = details.device.as_ref().map(|device| format!(", on {device}"));
    let synthetic = details.synthetic.then(|| ", shows what is not real".to_owned());
    [data, device, synthetic].into_iter().flatten().collect()
}

fn author(author: &Author) -> String {
    let outside = || {
        let part = |text: &Option<String>| inline(text.as_deref().unwrap_or_default());
        format!("{} <{}>", part(&author.name), part(&author.email))
    };
    author.person.as_ref().map_or_else(outside, ToString::to_string)
}

fn ask_item(item: &Item, out: &Output) -> Result<Answer, CliError> {
    out.say(&inline(&item.question));
    loop {
        let typed = line("  pass, fail or n/a:why; a note may follow, as pass:note > ", out)?;
        let (result, note) =
            typed.split_once(':').map_or((typed.as_str(), None), |(result, note)| (result, Some(note.trim())));
        match answers::result_of(result) {
            Some(AnswerResult::NotApplicable) if note.is_none_or(str::is_empty) => out.say("say why, as n/a:because"),
            Some(result) => {
                return Ok(Answer { sources: Vec::new(), id: item.id.clone(), result, note: note.map(str::to_owned) });
            }
            None => {}
        }
    }
}

/// Asks for what the policy wants of an answer beside its result.
fn ask_needs(item: &Item, answer: &mut Answer, out: &Output) -> Result<(), CliError> {
    for need in item.lacks(answer) {
        match need {
            AnswerNeed::Note => answer.note = Some(asked(&format!("  {}: what was checked? > ", item.id), out)?),
            AnswerNeed::Sources => {
                answer.sources.push(asked(&format!("  {}: checked against what? > ", item.id), out)?);
                let more = format!("  {}: and what else? (empty: nothing) > ", item.id);
                loop {
                    match line(&more, out)? {
                        text if text.is_empty() => break,
                        text => answer.sources.push(text),
                    }
                }
            }
        }
    }
    Ok(())
}

/// Something that is not empty.
fn asked(prompt: &str, out: &Output) -> Result<String, CliError> {
    loop {
        let text = line(prompt, out)?;
        if !text.is_empty() {
            return Ok(text);
        }
    }
}

fn ask_findings(findings: &mut Vec<Found>, out: &Output) -> Result<(), CliError> {
    loop {
        let text =
            line("finding, as KIND=open:what, KIND=fixed:what or KIND=accepted:what::why (empty: none) > ", out)?;
        if text.is_empty() {
            return Ok(());
        }
        match answers::found(&text) {
            Ok(found) => findings.push(found),
            Err(error) => out.say(&error.message),
        }
    }
}

fn ask_decision(out: &Output) -> Result<Decision, CliError> {
    loop {
        match line("approve or reject? [a/r] ", out)?.as_str() {
            "a" | "approve" => return Ok(Decision::Approve),
            "r" | "reject" => return Ok(Decision::Reject),
            _ => {}
        }
    }
}

/// Shows what will be signed and asks once more.
pub(super) fn confirmed(statement: &Statement, person: &PersonId, out: &Output) -> Result<bool, CliError> {
    if let Predicate::Review(review) = statement.predicate() {
        out.say(&summary(review, person));
    }
    loop {
        match line("sign? [y/N/s to see every byte] ", out)?.as_str() {
            "y" | "yes" => return Ok(true),
            "s" => out.say(&inline(&String::from_utf8_lossy(&statement.to_payload()))),
            _ => return Ok(false),
        }
    }
}

fn summary(review: &Review, person: &PersonId) -> String {
    let deed = match review.decision {
        Decision::Approve => "an approval",
        Decision::Reject => "a rejection",
    };
    let scope = match review.scope {
        Scope::Set => "as one set",
        Scope::Each => "each by itself",
    };
    let branches: Vec<&str> = review.branches.iter().map(|branch| branch.as_str()).collect();
    let count = counted(review.changes.len(), "change");
    let mut lines = vec![format!("{person} signs {deed} of {count}, {scope}")];
    lines.push(format!("  for {} {}, from base {}", review.repository, branches.join(", "), short(review.base)));
    for change in review.changes.iter().take(PATHS) {
        lines.push(format!("  {}  {} -> {}", change.path(), end(change.before()), end(change.after())));
    }
    if review.changes.len() > PATHS {
        lines.push(format!("  and {}", counted(review.changes.len() - PATHS, "more path")));
    }
    for answer in &review.answers {
        let note = answer.note.as_deref().map_or_else(String::new, |note| format!(": {}", inline(note)));
        lines.push(format!("  {}: {}{note}", answer.id, result_text(answer.result)));
        lines.extend(answer.sources.iter().map(|source| format!("    checked against {}", inline(source))));
    }
    for found in &review.findings {
        let because = found.because.as_deref().map_or_else(String::new, |text| format!(", because {}", inline(text)));
        lines.push(format!("  finding {}, {}: {}{because}", found.kind, found.status.as_str(), inline(&found.text)));
    }
    lines.extend(review.comment.as_ref().map(|comment| format!("  comment: {}", inline(comment))));
    let others = [("supersedes", &review.supersedes), ("amends", &review.amends)];
    for (what, ids) in others.into_iter().filter(|(_, ids)| !ids.is_empty()) {
        let ids: Vec<String> = ids.iter().map(|id| id.short()).collect();
        lines.push(format!("  {what} {}", ids.join(", ")));
    }
    lines.join("\n")
}

fn result_text(result: AnswerResult) -> &'static str {
    match result {
        AnswerResult::Pass => "pass",
        AnswerResult::Fail => "fail",
        AnswerResult::NotApplicable => "n/a",
    }
}

fn end(entry: Option<Entry>) -> String {
    entry.map_or_else(|| "nothing".to_owned(), |entry| entry.id().to_string()[..12].to_owned())
}

/// The line that somebody types, without white space around it.
pub(super) fn line(prompt: &str, out: &Output) -> Result<String, CliError> {
    out.ask(prompt);
    let mut text = String::new();
    if std::io::stdin().lock().read_line(&mut text)? == 0 {
        return Err(CliError::refused("nothing was done: the input ended"));
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
