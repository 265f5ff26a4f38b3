//! `revoke`: a record that no longer counts, because.

use provenance_core::id::BlobId;

use crate::app::App;
use crate::args::Signing;
use crate::error::{CliError, Outcome};
use crate::output::Output;
use crate::signing;

pub(super) fn run(app: &App, record: &str, because: &str, options: &Signing, out: &mut Output) -> Outcome {
    super::check_digits(record)?;
    let desk = app.desk(options.branch.as_deref(), &[])?;
    let found = desk.find_record(record)?;
    let roster = desk.policy().roster();
    let signer = signing::find(&app.repository, options.key.as_deref(), |key| roster.by_key(key).is_some())?;
    let key = signer.public_key().fingerprint();
    let statement = match found {
        Some(found) => desk.revocation(&found, because.to_owned(), &key)?,
        None => {
            let missing = || {
                CliError::usage(format!("no record starts with {record}"))
                    .hint("`git provenance sync` fetches records; for a lost envelope, an admin gives the full blob id")
            };
            let lost: BlobId = record.parse().map_err(|_| missing())?;
            desk.settlement(lost, because.to_owned(), &key)?
        }
    };
    super::sign_all(app, &desk, vec![statement], signer.as_ref(), out)
}
