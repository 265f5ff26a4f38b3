//! `sync`: fetch the ledger, join it, heal it, push it.

use provenance_core::check::default_policy;
use provenance_core::gate::KeyRing;
use provenance_core::git::{Head, Identity, Repository};
use provenance_core::hook::published;
use provenance_core::id::CommitId;
use provenance_core::ledger::union::{heal, join, missing, on_top, outgoing};
use provenance_core::ledger::{Author, Ledger};

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
    /// Entries of the ledger's tree that are no notes, kept here and not pushed.
    entries: usize,
}

pub(super) fn run(app: &App, remote: Option<&str>, out: &mut Output) -> Outcome {
    own(app)?;
    let remote = chosen(&app.repository, remote)?;
    transport::set_refspecs(&app.repository)?;
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
            "{} lines are no records that the roster knows, or lie where they do not belong; they stay here and were \
             not pushed",
            synced.foreign
        ));
    }
    if synced.entries > 0 {
        out.answer(&format!("{} files in the ledger's tree are no notes; they stay here", synced.entries));
    }
    Ok(Code::Done)
}

/// That git may do here what the configuration says: in a folder of somebody's content, that is whatever they say.
fn own(app: &App) -> Result<(), CliError> {
    let Some(around) = app.repository.enclosing_work_tree().filter(|_| !app.is_named) else { return Ok(()) };
    let (here, around) = (app.repository.git_dir().display(), around.display());
    Err(CliError::failed(format!(
        "{here} lies in the work tree of {around}, and git would run what its configuration says"
    ))
    .hint(format!(
        "run this in {around}; if {here} is a repository of your own, name it: `git provenance -C {here} sync`"
    )))
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
    own(app)?;
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
    Err(CliError::failed(format!("{remote} did not take the ledger: {refused}")).hint(
        "nothing of yours is lost: settle what the remote says and run `git provenance sync` again; `git push \
             --no-verify` pushes a branch without the ledger",
    ))
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
    if ours.root() == other.root() {
        (synced.pushed, synced.foreign, synced.entries) = (0, 0, 0);
        return Ok(None);
    }
    let policy = default_policy(repository, super::root(app, None)?)?;
    let ring = policy.map(|policy| published(repository, &policy)).transpose()?.map(|known| KeyRing::of(&known));
    let outgoing = outgoing(repository, &other, &ours, ring.as_ref())?;
    synced.pushed = outgoing.additions.len();
    (synced.foreign, synced.entries) = (outgoing.foreign_lines, outgoing.foreign_entries);
    if outgoing.additions.is_empty() {
        return Ok(None);
    }
    if outgoing.is_whole() {
        return Ok(ours.commit());
    }
    Ok(on_top(repository, theirs, &outgoing.additions, author)?)
}

pub(super) fn author(app: &App) -> Result<Author, CliError> {
    let name = app.repository.config("user.name")?.unwrap_or_else(|| "git-provenance".to_owned());
    let email = app.repository.config("user.email")?.unwrap_or_default();
    Ok(Author {
        identity: Identity { name, email, seconds: app.now.seconds() },
        message: "provenance: join ledgers".to_owned(),
    })
}
