//! `declare`: whether AI took part, signed by the writer or agent.

use provenance_core::draft::declare::Answers;
use provenance_core::policy::Roster;
use provenance_core::statement::{Ai, Author, Details, Extent, Statement};

use super::from_signals;
use crate::app::App;
use crate::args::Declare;
use crate::error::{CliError, Outcome};
use crate::output::Output;
use crate::{revision, signing};

pub(super) fn run(app: &App, options: &Declare, out: &mut Output) -> Outcome {
    let (range, paths) = revision::split(app, &options.arguments, &options.paths)?;
    let named = range.as_ref().map(|range| range.named.clone()).unwrap_or_default();
    let desk = app.desk(options.signing.branch.as_deref(), &named)?;
    let selection = revision::selection(&app.repository, range.as_ref(), desk.tip())?;
    let parts = desk.parts(selection, &paths)?;
    if options.from_signals {
        return from_signals::run(app, &desk, &parts, options, out);
    }
    let answers = Answers {
        ai: ai(options)?,
        contribution: options.message.clone(),
        confirmations: options.confirm.clone(),
        details: details(options),
        authors: options.author.iter().map(|text| author(desk.policy().roster(), text)).collect::<Result<_, _>>()?,
    };
    let roster = desk.policy().roster();
    let signer = signing::find(&app.repository, options.signing.key.as_deref(), |key| roster.by_key(key).is_some())?;
    let key = signer.public_key().fingerprint();
    let drafts: Vec<Statement> =
        parts.iter().map(|span| desk.declaration(span, answers.clone(), &key)).collect::<Result<_, _>>()?;
    super::sign_all(app, &desk, drafts, signer.as_ref(), out)
}

pub(super) fn details(options: &Declare) -> Details {
    Details {
        data_classes: options.data_class.clone(),
        device: options.device.clone(),
        // The draft fills in what register was in force.
        tools_sha256: None,
        session_sha256: options.session_digest,
        synthetic: options.synthetic,
    }
}

fn ai(options: &Declare) -> Result<Ai, CliError> {
    let extent = options.extent.map_or(Extent::None, Extent::from);
    let ai = match (extent, &options.tool) {
        (Extent::None, None) if options.model.is_none() && options.use_case.is_none() => return Ok(Ai::none()),
        (Extent::None, _) => {
            return Err(CliError::usage(
                "--extent none says that no AI took part, so it has no tool, model or use case",
            ));
        }
        // The draft refuses a missing tool, with all else that is missing.
        (extent, tool) => {
            let digital_source_type = extent.digital_source_type().to_owned();
            Ai { extent, digital_source_type, tool: tool.clone(), ..Ai::none() }
        }
    };
    Ok(Ai {
        model: options.model.clone(),
        version: options.tool_version.clone(),
        use_case: options.use_case.clone(),
        ..ai
    })
}

pub(super) fn author(roster: &Roster, text: &str) -> Result<Author, CliError> {
    if let Some(person) = text.parse().ok().and_then(|id| roster.person(&id)) {
        return Ok(Author::person(person.id().clone()));
    }
    let parts = text.split_once('<').and_then(|(name, rest)| Some((name.trim(), rest.strip_suffix('>')?.trim())));
    let (name, email) = parts
        .ok_or_else(|| CliError::usage(format!("`{text}` is neither a person of the roster nor 'Name <email>'")))?;
    Ok(match roster.by_email(email) {
        Some(person) => Author::person(person.id().clone()),
        None => Author::outside(name.to_owned(), email.to_owned()),
    })
}
