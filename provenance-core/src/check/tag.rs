//! Tags that are publish refs: made only at a published state, and never moved.

use super::{Range, Request, Stop, authority, find_branch, publish_branch};
use crate::finding::{Code, Finding};
use crate::git::Repository;
use crate::path::RefName;
use crate::report::{Report, Transition, TransitionKind};

pub(super) fn tagged(repository: &Repository, request: &Request, tag: &RefName) -> Result<Report, Stop> {
    let Some(authority) = authority::find(repository, request.root)? else {
        return Err(Finding::error(Code::UndecidedPolicy, "no publish branch has a readable policy").into());
    };
    let policy = authority.policy;
    publish_branch(&policy, request)?;
    let Range::Update { old, new } = request.range else {
        return Err(Finding::error(Code::UndecidedHistory, format!("{tag} is a tag: check it as OLD..NEW")).into());
    };
    let mut findings = Vec::new();
    if let Some(old) = old.filter(|old| *old != new) {
        findings.push(Finding::error(Code::RewoundBranch, format!("{tag} is published at {old} and never moves")));
    }
    let mut published = false;
    for branch in policy.branches().iter().filter(|branch| !branch.is_tag()) {
        if let Some(tip) = find_branch(repository, branch)? {
            published |= repository.first_parent_steps(new, tip, usize::MAX)?.is_some();
        }
    }
    if !published {
        let message = format!("{tag} would be made at {new}, which no publish branch has published");
        findings.push(Finding::error(Code::RewoundBranch, message).hint("publish the commit on a branch first"));
    }
    let transition = Transition {
        repository: policy.repository().to_owned(),
        branch: tag.clone(),
        kind: TransitionKind::Update,
        old: old.unwrap_or(new),
        new,
        steps: 0,
    };
    Ok(Report::new(transition, Some(policy.digest()), Vec::new(), findings))
}
