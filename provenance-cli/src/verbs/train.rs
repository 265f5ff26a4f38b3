//! `train`: what somebody has learned, confirmed by whom the policy lets.

use provenance_core::draft::train::{Learned, Subject};

use crate::app::App;
use crate::args::Train;
use crate::error::{CliError, Outcome};
use crate::output::Output;
use crate::signing;

pub(super) fn run(app: &App, options: &Train, out: &mut Output) -> Outcome {
    let desk = app.desk_or_authority(options.signing.branch.as_deref())?;
    let roster = desk.policy().roster();
    let signer = signing::find(&app.repository, options.signing.key.as_deref(), |key| roster.by_key(key).is_some())?;
    let key = signer.public_key().fingerprint();
    let own = desk.person(&key)?.id();
    let learned = Learned {
        person: options.person.clone().unwrap_or_else(|| own.clone()),
        subject: subject(options)?,
        until: options.until,
        note: options.message.clone(),
    };
    if let Subject::Course(course, _) = &learned.subject
        && learned.person == *own
        && desk.is_sole_trainer(own, course)
    {
        out.say(&format!("note: {own} is the only one who can confirm course `{course}`, so their own word counts"));
    }
    let statement = desk.training(learned, &key)?;
    super::sign_all(app, &desk, vec![statement], signer.as_ref(), out)
}

fn subject(options: &Train) -> Result<Subject, CliError> {
    match (&options.course, &options.tool, &options.knows_policy) {
        (Some(course), _, _) => Ok(Subject::Course(course.clone(), options.module.clone())),
        (_, Some(tool), _) => Ok(Subject::Tool(tool.clone())),
        (_, _, Some(document)) => Ok(Subject::Policy(document.clone())),
        _ => Err(CliError::usage("say what was learned: a course, --tool or --knows-policy")),
    }
}
