//! History, walked over raw parents. Dates order the work; a wrong date costs time and never an
//! answer, except where [`Repository::new_commits`] says so.

use std::collections::{BinaryHeap, HashMap, HashSet};

use super::Repository;
use super::object::ReadError;
use crate::id::CommitId;

/// The flags of [`Repository::new_commits`] and [`Repository::merge_bases`].
const LEFT: u8 = 1;
const RIGHT: u8 = 2;
const STALE: u8 = 4;

impl Repository {
    /// Whether `ancestor` can be reached from `commit`; every commit is its own ancestor.
    ///
    /// # Errors
    /// [`ReadError`] when a commit on the way is missing or malformed and the answer needs it.
    pub fn is_ancestor(&self, ancestor: CommitId, commit: CommitId) -> Result<bool, ReadError> {
        let mut seen = HashSet::from([commit]);
        let mut queue = BinaryHeap::from([(0, commit)]);
        let mut gap = None;
        while let Some((_, id)) = queue.pop() {
            if id == ancestor {
                return Ok(true);
            }
            let links = match self.links(id) {
                Ok(links) => links,
                // The ancestor may still be found on another way.
                Err(error) => {
                    gap = Some(error);
                    continue;
                }
            };
            for parent in &links.parents {
                if seen.insert(*parent) {
                    queue.push((links.seconds, *parent));
                }
            }
        }
        gap.map_or(Ok(false), Err)
    }

    /// The first parents of `until` after `since`, oldest first, `until` among them; `None` when
    /// `since` is not among the newest `limit` + 1 commits of that chain.
    ///
    /// # Errors
    /// [`ReadError`] when a commit on the way is missing or malformed.
    pub fn first_parent_steps(
        &self,
        since: CommitId,
        until: CommitId,
        limit: usize,
    ) -> Result<Option<Vec<CommitId>>, ReadError> {
        let mut steps = Vec::new();
        let mut at = until;
        while at != since {
            if steps.len() == limit {
                return Ok(None);
            }
            steps.push(at);
            match self.links(at)?.parents.first() {
                Some(parent) => at = *parent,
                None => return Ok(None),
            }
        }
        steps.reverse();
        Ok(Some(steps))
    }

    /// The newest commit on the first-parent chain of `commit` that is on the chain of `tip`, too; `None` where none is.
    ///
    /// # Errors
    /// [`ReadError`] when a commit on the way is missing or malformed.
    pub fn newest_shared_step(&self, commit: CommitId, tip: CommitId) -> Result<Option<CommitId>, ReadError> {
        let (mut steps, mut at) = (HashSet::new(), Some(tip));
        while let Some(step) = at {
            steps.insert(step);
            at = self.first_parent(step)?;
        }
        let mut at = Some(commit);
        while let Some(step) = at.filter(|step| !steps.contains(step)) {
            at = self.first_parent(step)?;
        }
        Ok(at)
    }

    /// The first parent; `None` of a root.
    ///
    /// # Errors
    /// [`ReadError`] when the commit is missing or malformed.
    pub fn first_parent(&self, commit: CommitId) -> Result<Option<CommitId>, ReadError> {
        Ok(self.links(commit)?.parents.first().copied())
    }

    /// The parents, in order.
    ///
    /// # Errors
    /// [`ReadError`] when the commit is missing or malformed.
    pub fn parents(&self, commit: CommitId) -> Result<Vec<CommitId>, ReadError> {
        Ok(self.links(commit)?.parents.clone())
    }

    /// The commits reachable from `new` and not from `old`, in no particular order. Where a commit is
    /// dated before its parent, some that are reachable from `old` may be among them, and never one
    /// be missing.
    ///
    /// # Errors
    /// [`ReadError`] when a commit on the way is missing or malformed.
    pub fn new_commits(&self, new: CommitId, old: &[CommitId]) -> Result<Vec<CommitId>, ReadError> {
        let mut walk = Paint::new(self);
        for id in old {
            walk.reach(*id, RIGHT)?;
        }
        walk.reach(new, LEFT)?;
        let mut oldest = i64::MAX;
        // What leads from `old` to a commit that looks new is not older than that commit, but may be
        // of the same second: rebases and scripts make many of those.
        while walk.flags_waiting(LEFT) || walk.newest_waiting() >= Some(oldest) {
            let Some((id, flags)) = walk.next() else { break };
            if flags == LEFT {
                oldest = oldest.min(self.links(id)?.seconds);
            }
            walk.spread(id, flags)?;
        }
        Ok(walk.with(|flags| flags == LEFT))
    }

    /// The best common ancestors of two commits, newest first; none where the histories have none.
    ///
    /// # Errors
    /// [`ReadError`] when a commit on the way is missing or malformed.
    pub fn merge_bases(&self, one: CommitId, other: CommitId) -> Result<Vec<CommitId>, ReadError> {
        if one == other {
            return Ok(vec![one]);
        }
        let mut walk = Paint::new(self);
        walk.reach(one, LEFT)?;
        walk.reach(other, RIGHT)?;
        let mut common = Vec::new();
        while walk.unstale_waiting() {
            let Some((id, mut flags)) = walk.next() else { break };
            if flags == LEFT | RIGHT {
                if !common.contains(&id) {
                    common.push(id);
                }
                flags |= STALE;
            }
            walk.spread(id, flags)?;
        }
        common.retain(|id| walk.flags[id] & STALE == 0);
        let mut best = Vec::new();
        for id in &common {
            let mut redundant = false;
            for other in common.iter().filter(|other| *other != id) {
                redundant |= self.is_ancestor(*id, *other)?;
            }
            if !redundant {
                best.push(*id);
            }
        }
        Ok(best)
    }
}

/// A walk that spreads flags from commits to their ancestors, newest first.
struct Paint<'r> {
    repository: &'r Repository,
    flags: HashMap<CommitId, u8>,
    /// Date, commit, and the flags it was queued with.
    queue: BinaryHeap<(i64, CommitId, u8)>,
    /// How many entries of the queue have exactly these flags.
    waiting: [usize; 8],
}

impl<'r> Paint<'r> {
    fn new(repository: &'r Repository) -> Self {
        Self { repository, flags: HashMap::new(), queue: BinaryHeap::new(), waiting: [0; 8] }
    }

    /// Adds flags to a commit, and queues it (again) where they are news.
    fn reach(&mut self, id: CommitId, flags: u8) -> Result<(), ReadError> {
        let seconds = self.repository.links(id)?.seconds;
        let had = self.flags.get(&id).copied();
        let now = had.unwrap_or(0) | flags;
        if had != Some(now) {
            self.flags.insert(id, now);
            self.queue.push((seconds, id, now));
            self.waiting[usize::from(now)] += 1;
        }
        Ok(())
    }

    fn next(&mut self) -> Option<(CommitId, u8)> {
        let (_, id, queued) = self.queue.pop()?;
        self.waiting[usize::from(queued)] -= 1;
        Some((id, self.flags.get(&id).copied().unwrap_or(queued)))
    }

    fn spread(&mut self, id: CommitId, flags: u8) -> Result<(), ReadError> {
        let links = self.repository.links(id)?;
        links.parents.iter().try_for_each(|parent| self.reach(*parent, flags))
    }

    fn flags_waiting(&self, flags: u8) -> bool {
        self.waiting[usize::from(flags)] > 0
    }

    /// The date of the commit that is next.
    fn newest_waiting(&self) -> Option<i64> {
        self.queue.peek().map(|(seconds, ..)| *seconds)
    }

    fn unstale_waiting(&self) -> bool {
        self.waiting[..usize::from(STALE)].iter().any(|count| *count > 0)
    }

    fn with(&self, wanted: impl Fn(u8) -> bool) -> Vec<CommitId> {
        self.flags.iter().filter(|(_, flags)| wanted(**flags)).map(|(id, _)| *id).collect()
    }
}
