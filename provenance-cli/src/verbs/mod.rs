//! The verbs, one a file.

mod accept;
mod adopt;
mod answers;
mod audit;
mod ceremony;
mod channel;
mod check;
mod coverage;
mod declare;
mod demo;
mod from_signals;
mod hook;
mod import;
mod incident;
mod init;
mod key;
mod lint;
mod man;
mod people;
mod policy;
mod report;
mod review;
mod revoke;
mod scan;
mod show;
mod status;
mod sync;
mod tools;
mod train;
mod trust;
mod waive;

pub(crate) use check::root;

use provenance_core::draft::Desk;
use provenance_core::draft::file::Filed;
use provenance_core::key::Signer;
use provenance_core::statement::{Predicate, Statement};

use crate::app::App;
use crate::args::{Args, Format, KeyVerb, PolicyVerb, Verb};
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;

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

/// Runs what was typed.
pub(crate) fn run(args: &Args, out: &mut Output) -> Outcome {
    if matches!(args.format, Format::Csv | Format::Markdown) && !matches!(args.verb, Verb::Report(_)) {
        return Err(CliError::usage("`--format csv` and `--format markdown` are of `report` alone"));
    }
    match &args.verb {
        Verb::Demo => return demo::run(args, out),
        Verb::Man { dir } => return man::run(dir.clone(), out),
        Verb::Key(verb) => {
            if let KeyVerb::New { file, comment, passphrase } = &**verb {
                return key::new(file, comment, *passphrase, out);
            }
        }
        Verb::Policy(verb) => {
            if let PolicyVerb::Schema { name } = &**verb {
                return policy::schema(name.as_deref(), out);
            }
        }
        Verb::Hook(verb) => return hook::run(args, verb, out),
        _ => {}
    }
    let app = App::open(args)?;
    match &args.verb {
        Verb::Init(options) => init::run(&app, options, out),
        Verb::Trust { commit } => trust::run(&app, commit.as_deref(), out),
        Verb::Key(verb) => match &**verb {
            KeyVerb::Show(signing) => key::show(&app, signing, out),
            KeyVerb::New { .. } => Ok(Code::Done),
        },
        Verb::Declare(options) => declare::run(&app, options, out),
        Verb::Review(options) => review::run(&app, options, out),
        Verb::Check(options) => check::run(&app, options, out),
        Verb::Audit(options) => audit::run(&app, options, out),
        Verb::Show { object } => show::show(&app, object, out),
        Verb::Log { person: Some(person), ranged } => show::person(&app, person, ranged.branch.as_deref(), out),
        Verb::Log { person: None, ranged } => show::log(&app, ranged, out),
        Verb::Status(ranged) => status::run(&app, ranged, out),
        Verb::Revoke { record, message, signing } => revoke::run(&app, record, message, signing, out),
        Verb::Train(options) => train::run(&app, options, out),
        Verb::Incident(verb) => incident::run(&app, verb, out),
        Verb::Waive(options) => waive::run(&app, options, out),
        Verb::Scan(options) => scan::run(&app, options, out),
        Verb::Report(options) => report::run(&app, options, out),
        Verb::Policy(verb) => policy::run(&app, verb, out),
        Verb::People { verb } => people::run(&app, verb.as_deref(), out),
        Verb::Tools { verb } => tools::run(&app, verb.as_deref(), out),
        Verb::Import(options) => import::run(&app, options, out),
        Verb::Sync { remote } => sync::run(&app, remote.as_deref(), out),
        Verb::Hook(_) | Verb::Demo | Verb::Man { .. } => Ok(Code::Done),
    }
}

/// Signs what was drafted, all of it or, where one would name a client, nothing; files it and says so.
fn sign_all(app: &App, desk: &Desk<'_>, drafts: Vec<Statement>, signer: &dyn Signer, out: &mut Output) -> Outcome {
    let clients = crate::client_names::read(app)?;
    drafts.iter().try_for_each(|statement| clients.check(statement))?;
    let mut signed = Vec::new();
    for statement in drafts {
        let filed = desk.file(&statement, signer, &clients)?;
        signed.push((statement, filed));
    }
    answer_filed(out, &signed);
    Ok(Code::Done)
}

/// Says what was signed and filed: one object, or a list where it was signed in parts.
fn answer_filed(out: &mut Output, signed: &[(Statement, Filed)]) {
    if out.is_json() {
        let mut objects: Vec<serde_json::Value> =
            signed.iter().map(|(statement, filed)| filed_json(statement, filed)).collect();
        match objects.len() {
            1 => out.json(&objects.remove(0)),
            _ => out.json(&serde_json::Value::Array(objects)),
        }
        return;
    }
    if signed.is_empty() {
        return;
    }
    for (statement, filed) in signed {
        out.answer(&format!("{}\n  record {}", crate::render::statement(statement), filed.record.short()));
    }
    out.narrate("publish it with `git provenance sync`");
}

fn filed_json(statement: &Statement, filed: &Filed) -> serde_json::Value {
    let mut paths: Vec<String> = statement.changes().iter().map(|change| change.path().to_string()).collect();
    if let Predicate::Incident(incident) = statement.predicate() {
        paths.push(incident.path.to_string());
    }
    serde_json::json!({
        "record": filed.record,
        "kind": statement.kind_name(),
        "person": statement.signed_by().person,
        "paths": paths,
        "ledger": filed.ledger,
        "notes": filed.notes,
    })
}

/// Says what was written into the working tree.
fn written(out: &mut Output, file: &str, what: &str) {
    if out.is_json() {
        out.json(&serde_json::json!({ "file": file, "done": what }));
        return;
    }
    out.answer(&format!("{file}: {what}"));
    out.narrate("commit it; it counts once somebody with the role has reviewed it and it is published");
}

/// Refuses where a coding agent's environment says that no human is at the keyboard.
fn refuse_agents(what: &str, who: &str) -> Result<(), CliError> {
    match AGENTS.iter().find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0")) {
        Some(name) => Err(CliError::refused(format!(
            "{what} is a human's signature, and {name} says that a coding agent runs this"
        ))
        .hint(format!(
            "{who} runs the same command in a terminal of their own; an agent can `git provenance declare`"
        ))),
        None => Ok(()),
    }
}

/// Fewer digits than this name no record.
const MIN_DIGITS: usize = 6;

/// Refuses what is no start of a record's id.
fn check_digits(record: &str) -> Result<(), CliError> {
    if record.len() < MIN_DIGITS || !record.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(CliError::usage(format!(
            "`{record}` is no start of a record id: give at least {MIN_DIGITS} hexadecimal digits"
        ))
        .hint("`git provenance log` lists records with their ids"));
    }
    Ok(())
}
