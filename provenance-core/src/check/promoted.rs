//! Which steps of other branches a transition brings: those whose reviews may count by a promotion.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Stop;
use super::authority::find_branch;
use crate::gate::Promotion;
use crate::git::Repository;
use crate::id::CommitId;
use crate::path::RefName;
use crate::policy::Policy;

/// The chains of branches that are promoted: read once, however many transitions are asked about.
#[derive(Debug, Default)]
pub(super) struct Promoted(BTreeMap<RefName, Option<Chain>>);

impl Promoted {
    /// The branches whose reviews may count by each of these policies, with the window of their steps that NEW brings.
    pub(super) fn between(
        &mut self,
        repository: &Repository,
        (policy, authority): (&Policy, Option<&Policy>),
        branch: &RefName,
        (old, new): (CommitId, CommitId),
    ) -> Result<Vec<Promotion>, Stop> {
        let mut promotions = Vec::new();
        let by_both = |from: &&RefName| authority.is_none_or(|it| it.promoted_to(branch).any(|other| other == *from));
        for from in policy.promoted_to(branch).filter(by_both) {
            if !self.0.contains_key(from) {
                let tip = find_branch(repository, from)?;
                let chain = tip.map(|tip| Chain::of(repository, tip)).transpose()?;
                self.0.insert(from.clone(), chain);
            }
            let Some(Some(chain)) = self.0.get_mut(from) else { continue };
            if let Some((since, until)) = chain.brought(repository, old, new)? {
                promotions.push(Promotion { from: from.clone(), since, until });
            }
        }
        Ok(promotions)
    }
}

/// A first-parent chain, newest step first.
#[derive(Debug)]
struct Chain {
    steps: Vec<CommitId>,
    places: HashMap<CommitId, usize>,
    /// The commit that the last transition led to, with the place of the newest step known by then.
    last: Option<(CommitId, Option<usize>)>,
}

impl Chain {
    fn of(repository: &Repository, tip: CommitId) -> Result<Self, Stop> {
        let (mut steps, mut at) = (Vec::new(), Some(tip));
        while let Some(step) = at {
            steps.push(step);
            at = repository.first_parent(step)?;
        }
        let places = steps.iter().enumerate().map(|(place, step)| (*step, place)).collect();
        Ok(Self { steps, places, last: None })
    }

    /// The newest step that `old` contains, and the newest that `new` and `old` contain together; none where they
    /// are one, or `old` contains none.
    fn brought(
        &mut self,
        repository: &Repository,
        old: CommitId,
        new: CommitId,
    ) -> Result<Option<(CommitId, CommitId)>, Stop> {
        let since = match self.last {
            Some((commit, place)) if commit == old => place,
            _ => self.newest_in(repository, old)?,
        };
        // Some of them may be no news, and none that is news is missing.
        let brought = repository.new_commits(new, &[old])?;
        let until = brought.iter().filter_map(|commit| self.places.get(commit).copied()).chain(since).min();
        self.last = Some((new, until));
        Ok(since.zip(until).filter(|(since, until)| since != until).map(|(a, b)| (self.steps[a], self.steps[b])))
    }

    /// The place of the newest step that a commit contains. Nothing is looked for behind a step: what is newer
    /// cannot be among its ancestors.
    fn newest_in(&self, repository: &Repository, commit: CommitId) -> Result<Option<usize>, Stop> {
        let (mut seen, mut todo, mut newest) = (HashSet::from([commit]), vec![commit], None::<usize>);
        while let Some(id) = todo.pop() {
            match self.places.get(&id) {
                Some(place) => newest = newest.into_iter().chain([*place]).min(),
                None => todo.extend(repository.parents(id)?.into_iter().filter(|parent| seen.insert(*parent))),
            }
        }
        Ok(newest)
    }
}
