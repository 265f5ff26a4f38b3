//! `scan`: what a program found, signed by the service that ran it.

use provenance_core::draft::scan::Scanned;
use provenance_core::statement::Statement;

use crate::app::App;
use crate::args::Scan;
use crate::error::Outcome;
use crate::output::Output;
use crate::{revision, signing};

pub(super) fn run(app: &App, options: &Scan, out: &mut Output) -> Outcome {
    let (range, paths) = revision::split(app, &options.arguments, &options.paths)?;
    let named = range.as_ref().map(|range| range.named.clone()).unwrap_or_default();
    let desk = app.desk(options.signing.branch.as_deref(), &named)?;
    let parts = desk.parts(revision::selection(&app.repository, range.as_ref(), desk.tip())?, &paths)?;
    let roster = desk.policy().roster();
    let signer = signing::find(&app.repository, options.signing.key.as_deref(), |key| roster.by_key(key).is_some())?;
    let key = signer.public_key().fingerprint();
    let scanned = Scanned {
        check: options.check.clone(),
        program: options.program.clone(),
        result: options.result.into(),
        summary: options.message.clone(),
    };
    let drafts: Vec<Statement> =
        parts.iter().map(|span| desk.scan(span, scanned.clone(), &key)).collect::<Result<_, _>>()?;
    super::sign_all(app, &desk, drafts, signer.as_ref(), out)
}
