//! The tip: every published file, with the facts that are about exactly what it holds.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::facts::{ChangeNumber, Facts};
use super::{Question, merged};
use crate::account::{Counts, Coverage, Group, Reviewed};
use crate::draft::{Desk, DraftError};
use crate::entry::{Change, Entry, Mode, Slot};
use crate::gate::Rosters;
use crate::git::ReadError;
use crate::id::{BlobId, CommitId};
use crate::name::{PersonId, Role};
use crate::path::RepoPath;
use crate::policy::{Policy, is_protected};
use crate::statement::Extent;

/// How many undeclared files of a client are named.
const NAMED: usize = 10;

/// A published file and the records about its present entry.
#[derive(Debug)]
pub(super) struct File {
    slot: Slot,
    /// The full entry, where some record speaks of it.
    pub(super) entry: Option<Entry>,
    /// Whether a baseline holds it just so.
    at_baseline: bool,
    /// Approvals of others than its contributors, oldest first, by their place in the facts.
    pub(super) approvals: Vec<usize>,
    /// Whether somebody with a role for the path rejected it.
    pub(super) rejected: bool,
    /// Declarations that count.
    pub(super) declarations: Vec<usize>,
    /// The greatest extent of AI in any declaration that binds.
    extent: Option<Extent>,
    contributors: BTreeSet<PersonId>,
    /// What the changes led to that git merged it of, where their records are its own.
    pub(super) merged_of: BTreeSet<Slot>,
}

impl File {
    /// Whether a human has reviewed it, as a report counts that.
    pub(super) fn is_reviewed(&self) -> bool {
        !self.approvals.is_empty() && !self.rejected
    }

    /// To which extent it is declared.
    pub(super) fn declared(&self) -> Option<Extent> {
        self.extent.filter(|_| !self.declarations.is_empty())
    }

    /// Whether it was there before anything had to be on record, and nothing is.
    pub(super) fn is_unchanged(&self) -> bool {
        self.at_baseline && self.approvals.is_empty() && self.declarations.is_empty() && !self.rejected
    }

    /// The newest approval that counts, by its place in the facts; none while a rejection stands.
    pub(super) fn last_approval(&self) -> Option<usize> {
        self.approvals.last().copied().filter(|_| !self.rejected)
    }

    /// The full entry; the content is read where no record speaks of it.
    pub(super) fn entry_in(&self, desk: &Desk<'_>) -> Result<Entry, DraftError> {
        match self.entry {
            Some(entry) => Ok(entry),
            None => Ok(desk.repository().entry(self.slot)?),
        }
    }

    /// The text, bytes that are no UTF-8 replaced; none of what is no file or has more than `cap` bytes.
    pub(super) fn text_in(&self, desk: &Desk<'_>, cap: u64) -> Result<Option<String>, DraftError> {
        if !self.slot.mode.is_file() {
            return Ok(None);
        }
        match desk.repository().blob(BlobId(self.slot.id), cap) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(ReadError::TooLarge { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What the tree holds.
    pub(super) fn slot(&self) -> Slot {
        self.slot
    }
}

/// The published files.
#[derive(Debug)]
pub(super) struct Tip {
    pub(super) files: BTreeMap<RepoPath, File>,
    baselines: Vec<CommitId>,
    /// What the range brings to each path, where there is one.
    range: Option<HashMap<RepoPath, Option<Slot>>>,
}

impl Tip {
    /// Reads the tip's tree, and finds the facts about what it holds.
    pub(super) fn read(desk: &Desk<'_>, facts: &Facts, question: &Question) -> Result<Self, DraftError> {
        let repository = desk.repository();
        let tree = repository.tree_of(desk.tip())?;
        let mut files = BTreeMap::new();
        for raw in repository.diff_trees(None, Some(tree))? {
            files.extend(raw.after.map(|slot| (raw.path, File::of(slot))));
        }
        let baselines: BTreeSet<CommitId> = desk.policy().baseline().into_iter().chain(question.root).collect();
        for baseline in &baselines {
            let changed = repository.diff_trees(Some(repository.tree_of(*baseline)?), Some(tree))?;
            let changed: BTreeSet<RepoPath> = changed.into_iter().map(|raw| raw.path).collect();
            files.iter_mut().for_each(|(path, file)| file.at_baseline |= !changed.contains(path));
        }
        let range = question.range.map(|range| -> Result<_, DraftError> {
            let trees = [range.from, range.to].map(|commit| repository.tree_of(commit));
            let [from, to] = trees;
            let raw = repository.diff_trees(Some(from?), Some(to?))?;
            Ok(raw.into_iter().map(|raw| (raw.path, raw.after)).collect())
        });
        let mut tip = Self { files, baselines: baselines.into_iter().collect(), range: range.transpose()? };
        tip.apply(desk, facts)?;
        Ok(tip)
    }

    /// Hands the facts to the files they are about: those of the present entry, then those of what git merged it of.
    fn apply(&mut self, desk: &Desk<'_>, facts: &Facts) -> Result<(), DraftError> {
        let mut present = BTreeSet::new();
        for (number, change) in facts.changes.iter().enumerate() {
            if self.holds(desk, change)? {
                present.insert(number);
            }
        }
        self.hand_over(desk, facts, &present);
        let mut merged = BTreeSet::new();
        for (path, of) in merged::find(desk, facts, &self.files)? {
            let Some(file) = self.files.get_mut(&path) else { continue };
            file.merged_of =
                of.iter().filter_map(|number| facts.changes[*number].after()).map(|it| it.slot()).collect();
            merged.extend(of);
        }
        self.hand_over(desk, facts, &merged);
        Ok(())
    }

    fn hand_over(&mut self, desk: &Desk<'_>, facts: &Facts, changes: &BTreeSet<ChangeNumber>) {
        let about = |named: &[ChangeNumber]| -> Vec<&RepoPath> {
            let here = named.iter().filter(|number| changes.contains(number));
            here.map(|number| facts.changes[*number].path()).collect()
        };
        for (at, declaration) in facts.declarations.iter().enumerate().filter(|(_, it)| it.binds) {
            for path in about(&declaration.changes) {
                let Some(file) = self.files.get_mut(path) else { continue };
                file.extent = file.extent.max(Some(declaration.extent));
                file.contributors.extend(declaration.contributors.iter().cloned());
                file.declarations.extend(declaration.declares().then_some(at));
            }
        }
        let (rosters, sole_admin) = (desk.rosters(), desk.policy().roster().sole_admin(desk.now()));
        for (at, review) in facts.reviews.iter().enumerate() {
            let signer = &review.mark.signer;
            for path in about(&review.changes) {
                let Some(file) = self.files.get_mut(path) else { continue };
                let sole = is_protected(path) && sole_admin.is_some_and(|admin| admin.id() == signer);
                let others = !file.contributors.contains(signer) || sole;
                let approves = review.approves() && rosters.human(signer) && others;
                file.approvals.extend(approves.then_some(at));
                file.rejected |= review.rejects() && may_reject(desk.policy(), rosters, signer, path);
            }
        }
    }

    /// Whether a change leads to what a path holds. Reads the content: a record binds its SHA-256 too.
    fn holds(&mut self, desk: &Desk<'_>, change: &Change) -> Result<bool, DraftError> {
        let Some(after) = change.after() else { return Ok(false) };
        let Some(file) = self.files.get_mut(change.path()).filter(|file| file.slot == after.slot()) else {
            return Ok(false);
        };
        let entry = file.entry_in(desk)?;
        file.entry = Some(entry);
        Ok(entry == after)
    }

    /// Whether a change leads to what the range brings; every change where there is no range.
    pub(super) fn in_range(&self, change: &Change) -> bool {
        let brought = |range: &HashMap<RepoPath, Option<Slot>>| {
            range.get(change.path()).is_some_and(|slot| *slot == change.after().map(|entry| entry.slot()))
        };
        self.range.as_ref().is_none_or(brought)
    }

    /// The figures over all files, or those that the range brought and that are still so.
    pub(super) fn coverage(&self, desk: &Desk<'_>) -> Coverage {
        let company = desk.policy().company();
        let mut total = Counts::default();
        let mut folders: BTreeMap<String, Counts> = BTreeMap::new();
        let mut clients: BTreeMap<String, (Counts, Vec<RepoPath>)> =
            company.clients.keys().map(|id| (id.to_string(), Default::default())).collect();
        for (path, file) in self.in_scope() {
            let (declared, unchanged) = (file.declared(), file.is_unchanged());
            let review = match (file.is_reviewed(), file.merged_of.is_empty()) {
                (true, true) => Reviewed::Exactly,
                (true, false) => Reviewed::Merged,
                (false, _) if !unchanged && is_exempt(desk, path, file) => Reviewed::Exempt,
                (false, _) => Reviewed::No,
            };
            total.add(review, declared, unchanged);
            folders.entry(top_folder(path)).or_default().add(review, declared, unchanged);
            for (id, _) in company.clients_of(path) {
                let (counts, undeclared) = clients.entry(id.to_string()).or_default();
                counts.add(review, declared, unchanged);
                let open = !unchanged && declared.is_none() && undeclared.len() < NAMED;
                undeclared.extend(open.then(|| path.clone()));
            }
        }
        let group = |(name, (counts, undeclared)): (String, (Counts, Vec<RepoPath>))| Group {
            name,
            counts: counts.with_shares(),
            undeclared,
        };
        Coverage {
            total: total.with_shares(),
            baselines: self.baselines.clone(),
            folders: folders.into_iter().map(|(name, counts)| group((name, (counts, Vec::new())))).collect(),
            clients: clients.into_iter().map(group).collect(),
        }
    }

    /// The files that the report is limited to.
    pub(super) fn in_scope(&self) -> impl Iterator<Item = (&RepoPath, &File)> {
        self.files.iter().filter(|(path, file)| {
            self.range.as_ref().is_none_or(|range| range.get(*path).is_some_and(|slot| *slot == Some(file.slot)))
        })
    }
}

impl File {
    fn of(slot: Slot) -> Self {
        Self {
            slot,
            entry: None,
            at_baseline: false,
            approvals: Vec::new(),
            rejected: false,
            declarations: Vec::new(),
            extent: None,
            contributors: BTreeSet::new(),
            merged_of: BTreeSet::new(),
        }
    }
}

/// Whether every policy that binds lets the path through without a review.
fn is_exempt(desk: &Desk<'_>, path: &RepoPath, file: &File) -> bool {
    let grants = |policy: &Policy| policy.explain(path).requirements.is_exempt();
    file.slot.mode == Mode::Regular && desk.policies().all(grants)
}

/// The first component of a path that has several, as git quotes it.
fn top_folder(path: &RepoPath) -> String {
    let bytes = path.as_bytes();
    match bytes.iter().position(|byte| *byte == b'/') {
        Some(slash) => crate::path::quote(&bytes[..slash]),
        None => "/".to_owned(),
    }
}

/// Whether a rejection by this person blocks at the path: who could fill a seat there.
fn may_reject(policy: &Policy, rosters: Rosters<'_>, person: &PersonId, path: &RepoPath) -> bool {
    let needs = policy.strictest(path);
    let holds = |role: &Role| rosters.holds_somewhere(person, role);
    let mut quorums = needs.quorums().iter();
    needs.quorums().is_empty() || quorums.any(|quorum| quorum.roles.is_empty() || quorum.roles.iter().any(holds))
}
