//! `trust`: the commit where trust starts.

use provenance_core::check::{PolicyAt, ROOT_CONFIG, find_branch, policy_at};
use provenance_core::id::CommitId;

use crate::app::App;
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;

pub(super) fn run(app: &App, commit: Option<&str>, out: &mut Output) -> Outcome {
    match commit {
        Some(text) => pin(app, app.repository.resolve(text)?.commit, out),
        None => show(app, out),
    }
}

/// Pins a commit that has a policy.
pub(super) fn pin(app: &App, commit: CommitId, out: &mut Output) -> Outcome {
    match policy_at(&app.repository, commit)? {
        PolicyAt::Sound(_) => {}
        PolicyAt::Absent => {
            return Err(CliError::usage(format!("{commit} has no policy, so trust cannot start there"))
                .hint("pin the commit that brought .provenance/policy.toml"));
        }
        PolicyAt::Broken(error) => {
            return Err(CliError::failed(format!("the policy at {commit} cannot be read:\n{error}")));
        }
    }
    app.repository.set_config(ROOT_CONFIG, &commit.to_string())?;
    if out.is_json() {
        out.json(&serde_json::json!({ "root": commit }));
    } else {
        out.answer(&format!("trust starts at {commit}"));
    }
    Ok(Code::Done)
}

fn show(app: &App, out: &mut Output) -> Outcome {
    let pinned = super::check::root(app, None)?;
    let could = if pinned.is_none() { first_with_policy(app)? } else { None };
    if out.is_json() {
        out.json(&serde_json::json!({ "root": pinned, "candidate": could }));
        return Ok(Code::Done);
    }
    match (pinned, could) {
        (Some(root), _) => out.answer(&format!("trust starts at {root}")),
        (None, Some(commit)) => {
            out.answer(&format!("no root is pinned; the policy came with {commit}"));
            out.narrate(&format!("if you know that commit from elsewhere, pin it: git provenance trust {commit}"));
        }
        (None, None) => out.answer("no root is pinned, and no publish branch has a policy"),
    }
    Ok(Code::Done)
}

/// The oldest step of the publish branch from which on every step has a policy.
fn first_with_policy(app: &App) -> Result<Option<CommitId>, CliError> {
    let Ok(policy) = app.policy() else { return Ok(None) };
    let mut at = find_branch(&app.repository, policy.authority())?;
    let mut found = None;
    let policy = ".provenance/policy.toml".parse().map_err(|_| CliError::failed("the policy's path is malformed"))?;
    while let Some(commit) = at {
        if app.repository.slot_at(commit, &policy)?.is_none() {
            break;
        }
        found = Some(commit);
        at = app.repository.first_parent(commit)?;
    }
    Ok(found)
}
