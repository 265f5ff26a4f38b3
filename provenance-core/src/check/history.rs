//! What single commits bring that become reachable with a transition.

use std::collections::{BTreeMap, HashSet};

use super::changes;
use super::transition::Start;
use crate::entry::Change;
use crate::finding::Finding;
use crate::gate::{Brought, Promotion};
use crate::git::{ReadError, Repository};
use crate::id::CommitId;
use crate::path::RepoPath;

/// The paths that each new commit holds otherwise than all of its parents. A commit that is published
/// already, here or on a branch that is promoted here, is not new.
///
/// An end whose content cannot be read is a finding.
pub(super) fn brought(
    repository: &Repository,
    start: &Start,
    promotions: &[Promotion],
    findings: &mut Vec<Finding>,
) -> Result<Vec<Brought>, ReadError> {
    let mut known = vec![start.tip, start.from];
    known.extend(promotions.iter().map(|promotion| promotion.until));
    let mut new = repository.new_commits(start.new, &known)?;
    let published: HashSet<CommitId> = known.into_iter().collect();
    new.retain(|commit| !published.contains(commit));
    new.sort();
    let mut brought = Vec::new();
    for commit in new {
        let parents = repository.parents(commit)?;
        // The only step of a transition is judged as its net change.
        if commit != start.new || parents.first() != Some(&start.from) {
            brought.extend(by_commit(repository, commit, &parents, findings)?);
        }
    }
    Ok(brought)
}

fn by_commit(
    repository: &Repository,
    commit: CommitId,
    parents: &[CommitId],
    findings: &mut Vec<Finding>,
) -> Result<Vec<Brought>, ReadError> {
    let mut seen = HashSet::new();
    let mut bases: Vec<Option<CommitId>> = if parents.is_empty() { vec![None] } else { Vec::new() };
    for parent in parents {
        // A commit may name one parent, or one content, any number of times: what it brings is the same.
        bases.extend(seen.insert(repository.tree_of(*parent)?).then_some(Some(*parent)));
    }
    let mut ways: BTreeMap<RepoPath, (usize, Vec<Change>)> = BTreeMap::new();
    for base in &bases {
        let (changes, found) = changes::entries_since(repository, *base, commit)?;
        findings.extend(found);
        for change in changes {
            let (times, different) = ways.entry(change.path().clone()).or_default();
            *times += 1;
            if !different.contains(&change) {
                different.push(change);
            }
        }
    }
    let from_all = ways.into_values().filter(|(times, _)| *times == bases.len());
    Ok(from_all.map(|(_, ways)| Brought { commit, ways }).collect())
}
