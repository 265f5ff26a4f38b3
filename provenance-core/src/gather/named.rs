//! Whom new commits name: authors, committers and co-authors of those that touch a path.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::undecided;
use crate::finding::Code;
use crate::gate::{Answer, Identity, Part, Question};
use crate::git::{Commit, PathTrie, ReadError, Repository, Signature};
use crate::id::CommitId;
use crate::path::RepoPath;

/// The new commits of some stretches of history.
#[derive(Debug)]
pub(super) struct News<'r> {
    repository: &'r Repository,
    known: RefCell<HashMap<(CommitId, CommitId), Vec<CommitId>>>,
}

impl<'r> News<'r> {
    pub(super) fn new(repository: &'r Repository) -> Self {
        Self { repository, known: RefCell::default() }
    }

    /// Answers for paths on one stretch.
    pub(super) fn answer(&self, old: CommitId, new: CommitId, paths: &[&RepoPath]) -> Vec<(Question, Answer)> {
        let question = |path: &RepoPath| Question::Identities { old, new, path: path.clone() };
        match self.named(old, new, paths) {
            Ok(mut named) => paths
                .iter()
                .map(|path| (question(path), Answer::Identities(named.remove(*path).unwrap_or_default())))
                .collect(),
            Err(error) => {
                paths.iter().map(|path| (question(path), undecided(Code::UndecidedHistory, &error))).collect()
            }
        }
    }

    fn named(
        &self,
        old: CommitId,
        new: CommitId,
        paths: &[&RepoPath],
    ) -> Result<BTreeMap<RepoPath, BTreeSet<Identity>>, ReadError> {
        let commits = match self.known.borrow().get(&(old, new)) {
            Some(commits) => commits.clone(),
            None => self.repository.new_commits(new, &[old])?,
        };
        let trie = PathTrie::of(paths.iter().copied());
        let mut named: BTreeMap<RepoPath, BTreeSet<Identity>> = BTreeMap::new();
        for id in &commits {
            let touched = self.touched(*id, &trie)?;
            if touched.is_empty() {
                continue;
            }
            let identities = identities(&self.repository.commit(*id)?);
            for path in touched {
                named.entry(path).or_default().extend(identities.iter().cloned());
            }
        }
        self.known.borrow_mut().insert((old, new), commits);
        Ok(named)
    }

    /// The paths that a commit holds differently from each of its parents.
    fn touched(&self, id: CommitId, paths: &PathTrie) -> Result<BTreeSet<RepoPath>, ReadError> {
        let tree = self.repository.tree_of(id)?;
        let parents = self.repository.parents(id)?;
        let against = |parent| -> Result<BTreeSet<RepoPath>, ReadError> {
            let changes = self.repository.diff_paths(parent, Some(tree), paths)?;
            Ok(changes.into_iter().map(|change| change.path).collect())
        };
        let Some((first, others)) = parents.split_first() else { return against(None) };
        let mut touched = against(Some(self.repository.tree_of(*first)?))?;
        for parent in others {
            if touched.is_empty() {
                break;
            }
            let here = against(Some(self.repository.tree_of(*parent)?))?;
            touched.retain(|path| here.contains(path));
        }
        Ok(touched)
    }
}

/// Everybody a commit names.
pub(crate) fn identities(commit: &Commit) -> BTreeSet<Identity> {
    let of =
        |signature: &Signature, part| Identity { email: signature.email.clone(), name: signature.name.clone(), part };
    let mut identities = BTreeSet::from([of(&commit.author, Part::Author), of(&commit.committer, Part::Committer)]);
    let message = String::from_utf8_lossy(&commit.message);
    identities.extend(message.lines().filter_map(co_author));
    identities
}

/// A `Co-authored-by: Name <address>` line, wherever in the message it stands: who hides one
/// elsewhere than in the last paragraph still names somebody.
fn co_author(line: &str) -> Option<Identity> {
    const KEY: &str = "co-authored-by:";
    let line = line.trim();
    let head = line.get(..KEY.len())?;
    if !head.eq_ignore_ascii_case(KEY) {
        return None;
    }
    let (name, rest) = line[KEY.len()..].split_once('<')?;
    let (email, _) = rest.split_once('>')?;
    Some(Identity { email: email.trim().to_owned(), name: name.trim().to_owned(), part: Part::CoAuthor })
}
