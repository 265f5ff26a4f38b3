//! `waive`: what may pass for some days without its reviews or declarations, and how that ended.

use provenance_core::draft::waive::Grant;
use provenance_core::statement::Statement;

use crate::app::App;
use crate::args::Waive;
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;
use crate::{revision, signing};

pub(super) fn run(app: &App, options: &Waive, out: &mut Output) -> Outcome {
    super::refuse_agents("a waiver", "whoever may waive")?;
    if let Some(record) = &options.settle {
        return settle(app, record, options, out);
    }
    let until = options.until.ok_or_else(|| CliError::usage("say until when: --until YYYY-MM-DD"))?;
    let grant = Grant { from: options.from, until, because: options.message.clone() };
    let (range, paths) = revision::split(app, &options.arguments, &options.paths)?;
    let named = range.as_ref().map(|range| range.named.clone()).unwrap_or_default();
    let desk = app.desk(options.signing.branch.as_deref(), &named)?;
    let parts = desk.parts(revision::selection(&app.repository, range.as_ref(), desk.tip())?, &paths)?;
    let roster = desk.policy().roster();
    let signer = signing::find(&app.repository, options.signing.key.as_deref(), |key| roster.by_key(key).is_some())?;
    let key = signer.public_key().fingerprint();
    // All are drafted before the first is signed.
    let drafts: Vec<Statement> =
        parts.iter().map(|span| desk.waiver(span, grant.clone(), &key)).collect::<Result<_, _>>()?;
    let mut signed = Vec::new();
    for statement in drafts {
        let filed = desk.file(&statement, signer.as_ref())?;
        signed.push((statement, filed));
    }
    super::answer_filed(out, &signed);
    Ok(Code::Done)
}

fn settle(app: &App, record: &str, options: &Waive, out: &mut Output) -> Outcome {
    super::check_digits(record)?;
    let desk = app.desk(options.signing.branch.as_deref(), &[])?;
    let found = desk.find_record(record)?.ok_or_else(|| {
        CliError::usage(format!("no record starts with {record}")).hint("`git provenance sync` fetches records")
    })?;
    let roster = desk.policy().roster();
    let signer = signing::find(&app.repository, options.signing.key.as_deref(), |key| roster.by_key(key).is_some())?;
    let statement = desk.settled(&found, options.message.clone(), &signer.public_key().fingerprint())?;
    let filed = desk.file(&statement, signer.as_ref())?;
    super::answer_filed(out, &[(statement, filed)]);
    Ok(Code::Done)
}
