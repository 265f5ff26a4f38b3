//! `review`: a human's decision, asked for on a terminal or given by options.

use std::ffi::OsStr;
use std::io::IsTerminal;

use provenance_core::draft::client_names::ClientNames;
use provenance_core::draft::review::{Item, Verdict};
use provenance_core::draft::span::Span;
use provenance_core::draft::{Desk, DraftError};
use provenance_core::finding::{Code as FindingCode, Finding};
use provenance_core::key::{Fingerprint, PublicKey};
use provenance_core::name::PersonId;
use provenance_core::policy::{AnswerNeed, Presence};
use provenance_core::statement::{Ceremony, Decision, Scope, Statement};

use super::answers;
use super::ceremony::{self, Given};
use crate::app::App;
use crate::args::Review;
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;
use crate::{client_names, revision, signing};

pub(super) fn run(app: &App, options: &Review, out: &mut Output) -> Outcome {
    super::refuse_agents("a review", "the reviewer")?;
    let (range, paths) = revision::split(app, &options.arguments, &options.paths)?;
    let named = range.as_ref().map(|range| range.named.clone()).unwrap_or_default();
    let desk = app.desk(options.signing.branch.as_deref(), &named)?;
    let parts = desk.parts(revision::selection(&app.repository, range.as_ref(), desk.tip())?, &paths)?;
    let roster = desk.policy().roster();
    let signer = signing::find(&app.repository, options.signing.key.as_deref(), |key| roster.by_key(key).is_some())?;
    let key = signer.public_key().fingerprint();
    let person = desk.person(&key)?.id().clone();
    for span in &parts {
        may_count(&desk, span, &person, options.reject, out)?;
        if !options.reject {
            may_prove(&desk, span, signer.public_key(), out);
        }
    }
    let clients = client_names::read(app)?;
    let mut signed = Vec::new();
    for span in &parts {
        match decided(&desk, span, (&person, &key), options, &clients, out) {
            Ok(statement) => {
                let filed = desk.file(&statement, signer.as_ref(), &clients)?;
                signed.push((statement, filed));
            }
            Err(error) => {
                if !signed.is_empty() {
                    super::answer_filed(out, &signed);
                }
                return Err(error);
            }
        }
    }
    super::answer_filed(out, &signed);
    Ok(Code::Done)
}

/// The review of one part, asked for on a terminal or as the options give it.
fn decided(
    desk: &Desk<'_>,
    span: &Span,
    (person, key): (&PersonId, &Fingerprint),
    options: &Review,
    clients: &ClientNames,
    out: &Output,
) -> Result<Statement, CliError> {
    let given = given(options)?;
    let on_terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal() && !options.yes;
    let verdict = match (on_terminal, given.decision) {
        (true, _) => ceremony::ask(desk, span, person, given, out)?,
        (false, Some(decision)) => {
            let Given { scope, answers, sources, findings, comment, .. } = given;
            if let Some((id, _)) = sources.first() {
                return Err(CliError::usage(format!("--source {id}=… belongs to no answer: give --answer {id}=… too")));
            }
            Verdict { findings, decision, scope, answers, comment, ceremony: Ceremony::Options }
        }
        (false, None) => {
            return Err(CliError::usage("not on a terminal: say --approve or --reject")
                .hint(again(options, &desk.checklist(span))));
        }
    };
    let statement = desk.review(span, verdict, key).map_err(|error| {
        let hint = matches!(error, DraftError::Incomplete { .. }).then(|| again(options, &desk.checklist(span)));
        hint.into_iter().fold(CliError::from(error), CliError::hint)
    })?;
    clients.check(&statement)?;
    if on_terminal && !ceremony::confirmed(&statement, person, out)? {
        return Err(CliError::refused("not signed"));
    }
    Ok(statement)
}

/// What the options say, each source with its answer where that is among them.
fn given(options: &Review) -> Result<Given, CliError> {
    let mut answers = options.answers.iter().map(|text| answers::answer(text)).collect::<Result<Vec<_>, _>>()?;
    let sources = options.sources.iter().map(|text| answers::source(text)).collect::<Result<_, _>>()?;
    Ok(Given {
        decision: decision(options),
        scope: if options.separate { Scope::Each } else { Scope::Set },
        sources: answers::attach(&mut answers, sources),
        answers,
        findings: options.findings.iter().map(|text| answers::found(text)).collect::<Result<_, _>>()?,
        comment: options.message.clone(),
    })
}

/// The command that was typed, with an answer to every item: what to run next.
fn again(options: &Review, items: &[Item]) -> String {
    let mut words: Vec<String> = ["git", "provenance", "review"].map(str::to_owned).to_vec();
    words.extend(options.arguments.iter().map(|argument| shell_word(argument)));
    if let Some(branch) = &options.signing.branch {
        words.extend(["--branch".to_owned(), shell_word(OsStr::new(branch))]);
    }
    if let Some(key) = &options.signing.key {
        words.extend(["--key".to_owned(), shell_word(key.as_os_str())]);
    }
    words.push(if options.reject { "--reject" } else { "--approve" }.to_owned());
    words.extend(options.separate.then(|| "--separate".to_owned()));
    let given = |item: &Item| options.answers.iter().any(|text| text.split('=').next() == Some(item.id.as_str()));
    let answers = options.answers.iter().map(|text| shell_word(OsStr::new(text)));
    let note = |item: &Item| if item.needs.contains(&AnswerNeed::Note) { ":WHAT" } else { "" };
    let open = items.iter().filter(|item| !given(item) && !options.reject);
    let open = open.map(|item| format!("{}=pass{}", item.id, note(item)));
    words.extend(answers.chain(open).flat_map(|answer| ["--answer".to_owned(), answer]));
    let sourced = |item: &Item| options.sources.iter().any(|text| text.split('=').next() == Some(item.id.as_str()));
    let bare =
        items.iter().filter(|item| item.needs.contains(&AnswerNeed::Sources) && !sourced(item) && !options.reject);
    let bare = bare.map(|item| format!("{}=WHERE", item.id));
    let sources = options.sources.iter().map(|text| shell_word(OsStr::new(text)));
    words.extend(sources.chain(bare).flat_map(|source| ["--source".to_owned(), source]));
    let findings = options.findings.iter().map(|text| shell_word(OsStr::new(text)));
    words.extend(findings.flat_map(|finding| ["--finding".to_owned(), finding]));
    if let Some(message) = &options.message {
        words.extend(["-m".to_owned(), shell_word(OsStr::new(message))]);
    }
    if !options.paths.is_empty() {
        words.push("--".to_owned());
        words.extend(options.paths.iter().map(|path| shell_word(path)));
    }
    words.join(" ")
}

/// A word as a shell takes it.
fn shell_word(word: &OsStr) -> String {
    let text = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@^~".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
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

/// Warns where an approval by this key proves less presence than is asked for, whatever its human does.
fn may_prove(desk: &Desk<'_>, span: &Span, key: &PublicKey, out: &Output) {
    for change in span.changes.iter().filter(|_| !key.is_hardware()) {
        let wanted = desk.requirements(change).presence();
        if wanted >= Presence::Touch {
            let message =
                format!("the rules ask for presence `{wanted}`, and {} is not on a security key", key.fingerprint());
            let finding = Finding::warning(FindingCode::PresenceRequired, message).at(change.path());
            let finding = finding.hint("sign with `--key FILE` of a key that is; a rejection needs none");
            out.say(&format!("warning: will not count: {}", crate::render::finding(&finding).trim_end()));
        }
    }
}

fn decision(options: &Review) -> Option<Decision> {
    match (options.approve, options.reject) {
        (true, _) => Some(Decision::Approve),
        (_, true) => Some(Decision::Reject),
        _ => None,
    }
}
