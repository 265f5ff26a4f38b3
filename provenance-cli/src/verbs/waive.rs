//! `waive`: what may pass for some days without its reviews or declarations, and how that ended.

use provenance_core::draft::waive::Grant;
use provenance_core::statement::Statement;

use crate::app::App;
use crate::args::Waive;
use crate::error::{CliError, Outcome};
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
    let drafts: Vec<Statement> =
        parts.iter().map(|span| desk.waiver(span, grant.clone(), &key)).collect::<Result<_, _>>()?;
    super::sign_all(app, &desk, drafts, signer.as_ref(), out)
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
    super::sign_all(app, &desk, vec![statement], signer.as_ref(), out)
}
