//! `policy accept`: a person accepts documents of the policy as they are published.

use std::io::IsTerminal;

use provenance_core::draft::Desk;
use provenance_core::draft::accept::Offer;
use provenance_core::draft::span::short;
use provenance_core::name::PersonId;

use crate::app::App;
use crate::args::Accept;
use crate::error::{CliError, Code, Outcome};
use crate::output::{Output, inline};
use crate::{client_names, signing};

pub(super) fn run(app: &App, options: &Accept, out: &mut Output) -> Outcome {
    super::refuse_agents("an acceptance", "whoever accepts")?;
    let desk = app.desk_or_authority(options.signing.branch.as_deref())?;
    let offers = desk.offers(options.id.as_ref())?;
    if offers.is_empty() {
        return Err(CliError::usage("the policy has no document to accept")
            .hint("an admin adds [document.ID] with its path to .provenance/policy.toml"));
    }
    let roster = desk.policy().roster();
    let signer = signing::find(&app.repository, options.signing.key.as_deref(), |key| roster.by_key(key).is_some())?;
    let key = signer.public_key().fingerprint();
    let person = desk.accepts(&key)?;
    let mut open = Vec::new();
    for offer in offers {
        if desk.has_accepted(&person, &offer)? {
            out.narrate(&format!("{person} has accepted {} in this version already", offer.id));
        } else {
            open.push(offer);
        }
    }
    let on_terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if !open.is_empty() && !on_terminal && !options.yes {
        open.iter().for_each(|offer| out.say(&shown(offer, &desk)));
        return Err(CliError::usage("not on a terminal: read what is to be accepted, then say --yes"));
    }
    let clients = client_names::read(app)?;
    let mut signed = Vec::new();
    for offer in &open {
        if !options.yes && !agreed(offer, &desk, &person, out)? {
            super::answer_filed(out, &signed);
            return Err(CliError::refused(format!("not signed: {} is not accepted", offer.id)));
        }
        let statement = desk.acceptance(offer, &key)?;
        let filed = desk.file(&statement, signer.as_ref(), &clients)?;
        signed.push((statement, filed));
    }
    super::answer_filed(out, &signed);
    Ok(Code::Done)
}

/// What is to be accepted, and how to read exactly that.
fn shown(offer: &Offer, desk: &Desk<'_>) -> String {
    let title = offer.title.as_deref().map_or_else(String::new, |title| format!(": {}", inline(title)));
    let document = &offer.document;
    format!(
        "{}{title}\n  {} at {} of {}\n  sha256 {}\n  read it with: git show {}",
        offer.id,
        document.path,
        short(desk.tip()),
        desk.branch().short(),
        document.sha256,
        document.git_blob
    )
}

fn agreed(offer: &Offer, desk: &Desk<'_>, person: &PersonId, out: &Output) -> Result<bool, CliError> {
    out.say(&shown(offer, desk));
    let answer = super::ceremony::line(&format!("{person}, do you accept it? [yes/N] "), out)?;
    Ok(matches!(answer.as_str(), "yes" | "y"))
}
