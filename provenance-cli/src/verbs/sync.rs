//! `sync`: fetch the ledger, join it, heal it, push it.

use provenance_core::check::default_policy;
use provenance_core::gate::KeyRing;
use provenance_core::git::{Head, Identity, Repository};
use provenance_core::id::CommitId;
use provenance_core::ledger::union::{heal, join, missing, on_top, publishable};
use provenance_core::ledger::{Author, Ledger, ledger_ref};

use crate::app::App;
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;
use crate::transport;

/// How often a lost race is run again.
const TRIES: usize = 10;

/// What a sync did.
#[derive(Debug, Default, serde::Serialize)]
pub(super) struct Synced {
    remote: String,
    /// Notes that the remote had and we had not.
    fetched: usize,
    /// Notes that we had and the remote had not.
    pushed: usize,
    /// Notes that a racing writer had dropped here.
    healed: usize,
    /// Lines kept here and not pushed.
    foreign: usize,
}

pub(super) fn run(app: &App, remote: Option<&str>, out: &mut Output) -> Outcome {
    let remote = chosen(&app.repository, remote)?;
    let synced = sync(app, &remote)?;
    if out.is_json() {
        out.json(&synced);
        return Ok(Code::Done);
    }
    out.answer(&format!("{remote}: {} notes fetched, {} pushed", synced.fetched, synced.pushed));
    if synced.healed > 0 {
        out.answer(&format!("{} notes put back that a racing writer had dropped", synced.healed));
    }
    if synced.foreign > 0 {
        out.answer(&format!(
            "{} lines are no records that the roster knows; they stay here and were not pushed",
            synced.foreign
        ));
    }
    Ok(Code::Done)
}

/// The remote that was named, else that of the current branch, else the only one.
fn chosen(repository: &Repository, said: Option<&str>) -> Result<String, CliError> {
    let known = repository.remotes()?;
    if let Some(said) = said {
        let refused = || CliError::usage(format!("`{said}` is no remote: this repository has {}", listed(&known)));
        return if known.iter().any(|remote| remote == said) { Ok(said.to_owned()) } else { Err(refused()) };
    }
    if let Some(Head::Branch(branch, _)) = repository.head()?
        && let Some(remote) = repository.config(&format!("branch.{}.remote", branch.short()))?
        && known.contains(&remote)
    {
        return Ok(remote);
    }
    match known.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(CliError::usage("this repository has no remote").hint("add one with `git remote add origin URL`")),
        _ if known.iter().any(|remote| remote == "origin") => Ok("origin".to_owned()),
        _ => Err(CliError::usage(format!("several remotes, {}: say which", listed(&known)))),
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Fetches, joins, heals and pushes until the remote has what we have.
pub(super) fn sync(app: &App, remote: &str) -> Result<Synced, CliError> {
    let repository = &app.repository;
    let author = author(app)?;
    let mut synced = Synced { remote: remote.to_owned(), ..Synced::default() };
    let mut refused = String::new();
    for _ in 0..TRIES {
        transport::fetch(repository, remote)?;
        let theirs = repository.try_find_ref(&transport::tracking_ref(remote)?)?.map(|target| CommitId(target.id));
        if let Some(theirs) = theirs {
            let (ours, other) = (Ledger::open(repository)?, Ledger::at(repository, Some(theirs))?);
            synced.fetched += missing(repository, &ours, &other)?.len();
            join(repository, theirs, &author)?;
        }
        synced.healed += heal(repository, &author)?;
        let Some(commit) = to_push(app, theirs, &author, &mut synced)? else { return Ok(synced) };
        match transport::push(repository, remote, commit)? {
            Ok(()) => return Ok(synced),
            Err(message) => refused = message,
        }
    }
    Err(CliError::failed(format!("{remote} did not take the ledger: {refused}"))
        .hint("look at what it says; nothing of yours is lost"))
}

/// The commit to push: our ledger, without what no server takes; none where the remote has it all.
fn to_push(
    app: &App,
    theirs: Option<CommitId>,
    author: &Author,
    synced: &mut Synced,
) -> Result<Option<CommitId>, CliError> {
    let repository = &app.repository;
    let (ours, other) = (Ledger::open(repository)?, Ledger::at(repository, theirs)?);
    let lacking = missing(repository, &other, &ours)?;
    if lacking.is_empty() {
        (synced.pushed, synced.foreign) = (0, 0);
        return Ok(None);
    }
    let ring = default_policy(repository, super::root(app, None)?)?.map(|policy| KeyRing::of([&policy]));
    let (additions, foreign) = publishable(&ours, &lacking, ring.as_ref())?;
    (synced.pushed, synced.foreign) = (additions.len(), foreign);
    if additions.is_empty() {
        return Ok(None);
    }
    if foreign == 0 {
        return Ok(repository.try_find_ref(&ledger_ref())?.map(|target| CommitId(target.id)));
    }
    Ok(on_top(repository, theirs, &additions, author)?)
}

pub(super) fn author(app: &App) -> Result<Author, CliError> {
    let name = app.repository.config("user.name")?.unwrap_or_else(|| "git-provenance".to_owned());
    let email = app.repository.config("user.email")?.unwrap_or_default();
    Ok(Author {
        identity: Identity { name, email, seconds: app.now.seconds() },
        message: "provenance: join ledgers".to_owned(),
    })
}
