//! `init`: a starter policy, the key that is there, refspecs; pinned when it is committed.

use std::collections::BTreeMap;
use std::path::Path;

use provenance_core::check::{PolicyAt, ROOT_CONFIG, policy_at};
use provenance_core::entry::Mode;
use provenance_core::git::{CommitDraft, Head, Identity, Swap};
use provenance_core::id::CommitId;
use provenance_core::key::PublicKey;
use provenance_core::name::PersonId;
use provenance_core::path::{RefName, RepoPath};
use provenance_core::policy::{Admin, FILES, FOLDER, File, Policy, PolicyFiles, ResponsibleAi, Starter};

use crate::app::App;
use crate::args::{Init, Template};
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;
use crate::{signing, transport};

pub(super) fn run(app: &App, options: &Init, out: &mut Output) -> Outcome {
    let dir = app
        .repository
        .work_dir()
        .ok_or_else(|| CliError::usage("a bare repository has no working tree: run init in a clone"))?;
    let (current, head) = match app.repository.head()? {
        Some(Head::Branch(name, id)) => (Some(name), Some(CommitId(id))),
        Some(Head::Unborn(name)) => (Some(name), None),
        Some(Head::Detached(id)) => (None, Some(CommitId(id))),
        None => (None, None),
    };
    super::lint::refuse_links(dir)?;
    refuse_second(app, dir, head)?;
    let branch = match &options.branch {
        Some(said) => crate::args::branch(said)?,
        None => {
            current.clone().ok_or_else(|| CliError::usage("HEAD is detached: name the publish branch with --branch"))?
        }
    };
    let repository = options.repository.clone().map_or_else(|| repository_name(app, dir), Ok)?;
    let starter = Starter { repository, branch: branch.clone(), baseline: head, admins: admins(app, options)? };
    let plan = match options.template {
        Some(Template::ResponsibleAi) => Some(super::adopt::plan(app, starter.clone(), &options.adoption, out)?),
        None => None,
    };
    let files = plan.as_ref().map_or_else(|| plain(&starter), ResponsibleAi::files);
    write(dir, &files)?;
    let remotes = transport::set_refspecs(&app.repository)?;
    let commit = if options.commit { Some(commit(app, &starter, &files, current.as_ref(), head)?) } else { None };
    let pinned = commit.filter(|_| current.as_ref() == Some(&branch));
    if let Some(root) = pinned {
        app.repository.set_config(ROOT_CONFIG, &root.to_string())?;
    }
    if let Some(plan) = &plan {
        super::adopt::warn(plan, out);
    }
    answer(app, &Told { starter: &starter, files: &files, remotes: &remotes, commit, pinned }, out)?;
    Ok(Code::Done)
}

/// The files of the starter without a template.
fn plain(starter: &Starter) -> Vec<File> {
    let texts = starter.files();
    FILES.iter().map(|file| (*file).to_owned()).zip([texts.people, texts.policy, texts.tools]).collect()
}

/// Writes the files, if they are a policy and none of them is there.
fn write(dir: &Path, files: &[File]) -> Result<(), CliError> {
    let bytes = |name: &str| files.iter().find(|(file, _)| file == name).map(|(_, text)| text.clone().into_bytes());
    let [people, policy, tools] = FILES.map(bytes);
    Policy::load(&PolicyFiles { people, policy, tools })
        .map_err(|error| CliError::usage(format!("the starter policy would not load:\n{error}")))?;
    if let Some((there, _)) = files.iter().find(|(file, _)| dir.join(file).symlink_metadata().is_ok()) {
        return Err(CliError::usage(format!("{there} is there already")).hint("move it away, or edit it yourself"));
    }
    for (file, text) in files {
        let path = dir.join(file);
        std::fs::create_dir_all(path.parent().unwrap_or(dir))?;
        std::fs::write(&path, text).map_err(|error| CliError::failed(format!("cannot write {file}: {error}")))?;
    }
    Ok(())
}

fn refuse_second(app: &App, dir: &Path, head: Option<CommitId>) -> Result<(), CliError> {
    let committed = match head {
        Some(head) => !matches!(policy_at(&app.repository, head)?, PolicyAt::Absent),
        None => false,
    };
    let there = FILES.iter().find(|file| dir.join(file).symlink_metadata().is_ok());
    match (committed, there) {
        (false, None) => Ok(()),
        (_, there) => Err(CliError::usage(format!("{} is there already", there.unwrap_or(&FILES[1])))
            .hint("edit it; `git provenance policy lint` checks it")),
    }
}

/// `owner/name` from the remote's address, else the folder's name.
fn repository_name(app: &App, dir: &Path) -> Result<String, CliError> {
    let remotes = app.repository.remotes()?;
    let remote = remotes.iter().find(|name| *name == "origin").or_else(|| remotes.first());
    let url = remote.map(|remote| app.repository.config(&format!("remote.{remote}.url"))).transpose()?.flatten();
    let parts: Vec<String> = match &url {
        Some(url) => url.trim_end_matches('/').trim_end_matches(".git").split(['/', ':']).map(str::to_owned).collect(),
        None => {
            let full = std::path::absolute(dir)?;
            full.file_name().map(|name| vec![name.to_string_lossy().into_owned()]).unwrap_or_default()
        }
    };
    let tail: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).rev().take(2).collect();
    let name = tail.into_iter().rev().collect::<Vec<_>>().join("/");
    let clean: String = name.chars().map(|c| if c.is_whitespace() || c.is_control() { '-' } else { c }).collect();
    if clean.is_empty() { Err(CliError::usage("name the repository with --repository ID")) } else { Ok(clean) }
}

fn admins(app: &App, options: &Init) -> Result<Vec<Admin>, CliError> {
    let texts = if options.admin.is_empty() { vec![configured_identity(app)?] } else { options.admin.clone() };
    if options.key.len() > texts.len() {
        return Err(CliError::usage(format!(
            "{} keys for {} admins: give one --key for each --admin, in order",
            options.key.len(),
            texts.len()
        )));
    }
    let mut admins: Vec<Admin> = Vec::new();
    for (i, text) in texts.iter().enumerate() {
        let (name, email) = parts_of(text).ok_or_else(|| CliError::usage(format!("`{text}` is not 'Name <email>'")))?;
        let key = match options.key.get(i) {
            Some(file) => Some(signing::public_half(file)?),
            None if i == 0 => own_key(app)?,
            None => None,
        };
        let key = key.ok_or_else(|| {
            CliError::failed(format!(
                "no key for {name}: none is configured, and neither ~/.ssh nor the agent has an Ed25519 key"
            ))
            .hint("make one with `git provenance key new ~/.ssh/id_ed25519`, or name one with --key FILE.pub")
        })?;
        admins.push(Admin {
            id: id_of(name, email, &admins)?,
            name: name.to_owned(),
            email: email.to_owned(),
            keys: vec![key],
        });
    }
    Ok(admins)
}

/// The parts of `Name <email>`.
pub(super) fn parts_of(text: &str) -> Option<(&str, &str)> {
    let parts = text.split_once('<').and_then(|(name, rest)| Some((name.trim(), rest.strip_suffix('>')?.trim())));
    parts.filter(|(name, email)| !name.is_empty() && email.contains('@'))
}

fn own_key(app: &App) -> Result<Option<PublicKey>, CliError> {
    signing::public_key(&app.repository, None, |_| false)
}

fn configured_identity(app: &App) -> Result<String, CliError> {
    let (name, email) = (app.repository.config("user.name")?, app.repository.config("user.email")?);
    match (name, email) {
        (Some(name), Some(email)) => Ok(format!("{name} <{email}>")),
        _ => Err(CliError::usage("git does not know who you are: name the admin with --admin 'Name <email>'")
            .hint("or run `git config user.name NAME` and `git config user.email EMAIL`")),
    }
}

/// A short id: the first name, else the address's first part, else with a number.
pub(super) fn id_of(name: &str, email: &str, taken: &[Admin]) -> Result<PersonId, CliError> {
    let plain = |text: &str| {
        text.to_ascii_lowercase()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c))
            .collect::<String>()
    };
    let candidates =
        [plain(name.split_whitespace().next().unwrap_or_default()), plain(email.split('@').next().unwrap_or_default())];
    let numbered = (2..100).map(|n| format!("admin-{n}"));
    let mut ids = candidates
        .into_iter()
        .chain(["admin".to_owned()])
        .chain(numbered)
        .filter_map(|text| text.parse::<PersonId>().ok());
    ids.find(|id| taken.iter().all(|other| other.id != *id))
        .ok_or_else(|| CliError::usage("too many admins of one name"))
}

fn commit(
    app: &App,
    starter: &Starter,
    files: &[File],
    current: Option<&RefName>,
    head: Option<CommitId>,
) -> Result<CommitId, CliError> {
    let branch = current.ok_or_else(|| CliError::usage("HEAD is detached: check out a branch before --commit"))?;
    // The policy's folder alone: documents are published once they are approved, as any change is.
    let policy = files.iter().filter(|(file, _)| file.starts_with(FOLDER));
    let edits: BTreeMap<RepoPath, _> = policy
        .filter_map(|(file, text)| Some((file.parse().ok()?, Some((Mode::Regular, text.clone().into_bytes())))))
        .collect();
    let paths: Vec<RepoPath> = edits.keys().cloned().collect();
    let base = head.map(|head| app.repository.tree_of(head)).transpose()?;
    let tree = app.repository.edit_tree(base, &edits).map_err(|error| CliError::failed(error.to_string()))?;
    let admin = starter.admins.first().ok_or_else(|| CliError::usage("no admin"))?;
    let identity = Identity { name: admin.name.clone(), email: admin.email.clone(), seconds: app.now.seconds() };
    let message =
        "provenance: add the policy\n\nFrom here on, what is published needs a human review signature.".to_owned();
    let draft = CommitDraft { tree, parents: head.into_iter().collect(), author: identity, message };
    let commit = app.repository.write_commit(&draft)?;
    let log = "commit: provenance: add the policy";
    match app.repository.swap_ref(branch, head.map(|head| head.0), commit.0, log)? {
        Swap::Done => {}
        Swap::Moved => {
            return Err(CliError::failed(format!(
                "{branch} was moved meanwhile; the files are written, commit them yourself"
            )));
        }
    }
    app.repository.stage(&paths)?;
    Ok(commit)
}

/// What was done.
struct Told<'t> {
    starter: &'t Starter,
    files: &'t [File],
    remotes: &'t [String],
    commit: Option<CommitId>,
    pinned: Option<CommitId>,
}

fn answer(app: &App, told: &Told<'_>, out: &mut Output) -> Result<(), CliError> {
    let (starter, files) = (told.starter, told.files.iter().map(|(file, _)| file));
    let admins: Vec<&str> = starter.admins.iter().map(|admin| admin.id.as_str()).collect();
    if out.is_json() {
        let files: Vec<_> = files.collect();
        out.json(&serde_json::json!({ "repository": starter.repository, "branch": starter.branch, "admins": admins, "files": files, "remotes": told.remotes, "commit": told.commit, "root": told.pinned }));
        return Ok(());
    }
    out.answer(&format!(
        "{} is guarded on {}; admins: {}",
        starter.repository,
        starter.branch.short(),
        admins.join(", ")
    ));
    files.for_each(|file| out.answer(&format!("  wrote {file}")));
    match (told.commit, told.pinned) {
        (_, Some(root)) => out.answer(&format!("  committed and pinned as the root: {root}")),
        (Some(commit), None) => out.answer(&format!("  committed as {commit}")),
        (None, None) => out.narrate(&format!(
            "next: read them, commit {FOLDER} on {}, and pin that commit: git provenance trust HEAD",
            starter.branch.short()
        )),
    }
    next(app, told, out)
}

/// What to do next, once the root is pinned.
fn next(app: &App, told: &Told<'_>, out: &Output) -> Result<(), CliError> {
    let Some(root) = told.pinned else { return Ok(()) };
    let branch = told.starter.branch.short();
    if !told.remotes.is_empty() {
        out.narrate(&format!("next: git push {} {branch}", app.remote_of(&told.starter.branch)?));
        out.narrate(&format!("then everybody else pins it, in each clone: git provenance trust {root}"));
    }
    let documents: Vec<&str> =
        told.files.iter().map(|(file, _)| file.as_str()).filter(|file| !file.starts_with(FOLDER)).collect();
    match (documents.is_empty(), told.remotes.is_empty()) {
        (false, _) => {
            out.narrate(
                "then publish the documents as everything from now on, here reviewed by legal, security and people:",
            );
            out.narrate(&format!("  git switch -c adopt && git add {} && git commit", documents.join(" ")));
            out.narrate("  git provenance declare --extent none && git provenance status");
            out.narrate("and before AI is used, everybody is trained and accepts the policy:");
            out.narrate("  git provenance train PERSON ai-basics    (a trainer, for somebody else)");
            out.narrate("  git provenance policy accept             (everybody, once it is published)");
        }
        (true, true) => out.narrate(
            "next: git provenance check HEAD; then change something on a branch and run: git provenance status",
        ),
        (true, false) => out.narrate("then change something on a branch and run: git provenance status"),
    }
    Ok(())
}
