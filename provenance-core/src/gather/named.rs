//! Whom new commits name: authors, committers and co-authors of those that touch a path; and what
//! they say of AI.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::marks::{ForeignMarks, ROOM, concerning};
use super::undecided;
use crate::finding::Code;
use crate::gate::{Answer, Identity, Marks, Part, Question};
use crate::git::{Commit, PathTrie, ReadError, Repository, Signature};
use crate::id::CommitId;
use crate::path::RepoPath;
use crate::signal::MAX_PROBLEMS;

/// The paths that were asked about, and those of them that a commit touches.
type Touched = (Vec<RepoPath>, BTreeSet<RepoPath>);

/// The new commits of some stretches of history, with the paths in question that each touches.
pub(super) struct News<'r> {
    repository: &'r Repository,
    known: RefCell<HashMap<(CommitId, CommitId), Vec<CommitId>>>,
    touching: RefCell<HashMap<CommitId, Touched>>,
    foreign: OnceCell<Rc<ForeignMarks<'r>>>,
}

impl std::fmt::Debug for News<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("News").finish_non_exhaustive()
    }
}

impl<'r> News<'r> {
    pub(super) fn new(repository: &'r Repository) -> Self {
        Self { repository, known: RefCell::default(), touching: RefCell::default(), foreign: OnceCell::new() }
    }

    /// The same, with notes of other tools that are open already.
    pub(super) fn with(self, foreign: &Rc<ForeignMarks<'r>>) -> Self {
        Self { foreign: OnceCell::from(Rc::clone(foreign)), ..self }
    }

    /// Whom the commits of one stretch name, for each path that they touch.
    pub(super) fn answer(&self, old: CommitId, new: CommitId, paths: &[&RepoPath]) -> Vec<(Question, Answer)> {
        let question = |path: &RepoPath| Question::Identities { old, new, path: path.clone() };
        let mut named: BTreeMap<RepoPath, BTreeSet<Identity>> = BTreeMap::new();
        let walked = self.each_touching(old, new, paths, |commit, touched| {
            let identities = identities(commit);
            touched.iter().for_each(|path| named.entry(path.clone()).or_default().extend(identities.iter().cloned()));
        });
        let answer = |path: &RepoPath| match &walked {
            Ok(()) => Answer::Identities(named.get(path).cloned().unwrap_or_default()),
            Err(error) => undecided(Code::UndecidedHistory, error),
        };
        paths.iter().map(|path| (question(path), answer(path))).collect()
    }

    /// What the commits of one stretch, and other tools' notes of them, say of AI, for each path.
    pub(super) fn marks(&self, old: CommitId, new: CommitId, paths: &[&RepoPath]) -> Vec<(Question, Answer)> {
        let question = |path: &RepoPath| Question::Marks { old, new, path: path.clone() };
        let foreign = self.foreign.get_or_init(|| Rc::new(ForeignMarks::open(self.repository)));
        let mut marked: BTreeMap<RepoPath, Marks> = BTreeMap::new();
        let mut room = ROOM;
        let walked = self.each_touching(old, new, paths, |commit, touched| {
            let read = foreign.of_commit(commit, &mut room);
            for path in touched {
                let found = concerning(path, &read);
                let marks = marked.entry(path.clone()).or_default();
                marks.marks.extend(found.marks);
                let more = MAX_PROBLEMS.saturating_sub(marks.problems.len());
                marks.problems.extend(found.problems.into_iter().take(more));
            }
        });
        let answer = |path: &RepoPath| match &walked {
            Ok(()) => Answer::Marks(marked.get(path).cloned().unwrap_or_default()),
            Err(error) => undecided(Code::UndecidedHistory, error),
        };
        paths.iter().map(|path| (question(path), answer(path))).collect()
    }

    /// Visits the new commits that touch any of the paths.
    fn each_touching(
        &self,
        old: CommitId,
        new: CommitId,
        paths: &[&RepoPath],
        mut visit: impl FnMut(&Commit, &BTreeSet<RepoPath>),
    ) -> Result<(), ReadError> {
        let commits = match self.known.borrow().get(&(old, new)) {
            Some(commits) => commits.clone(),
            None => self.repository.new_commits(new, &[old])?,
        };
        let trie = PathTrie::of(paths.iter().copied());
        let asked: Vec<RepoPath> = paths.iter().map(|path| (*path).clone()).collect();
        for id in &commits {
            let before = self.touching.borrow().get(id).filter(|(paths, _)| *paths == asked).map(|(_, it)| it.clone());
            let touched = match before {
                Some(touched) => touched,
                None => touched(self.repository, *id, &trie)?,
            };
            if !touched.is_empty() {
                visit(&self.repository.commit(*id)?, &touched);
            }
            self.touching.borrow_mut().insert(*id, (asked.clone(), touched));
        }
        self.known.borrow_mut().insert((old, new), commits);
        Ok(())
    }
}

/// The paths that a commit holds differently from each of its parents.
pub(crate) fn touched(
    repository: &Repository,
    id: CommitId,
    paths: &PathTrie,
) -> Result<BTreeSet<RepoPath>, ReadError> {
    let tree = repository.tree_of(id)?;
    let parents = repository.parents(id)?;
    let against = |parent| -> Result<BTreeSet<RepoPath>, ReadError> {
        let changes = repository.diff_paths(parent, Some(tree), paths)?;
        Ok(changes.into_iter().map(|change| change.path).collect())
    };
    let Some((first, others)) = parents.split_first() else { return against(None) };
    let first = repository.tree_of(*first)?;
    let (mut touched, mut seen) = (against(Some(first))?, HashSet::from([first]));
    for parent in others {
        if touched.is_empty() {
            break;
        }
        // A commit may name one parent, or one content, any number of times.
        let parent = repository.tree_of(*parent)?;
        if seen.insert(parent) {
            let here = against(Some(parent))?;
            touched.retain(|path| here.contains(path));
        }
    }
    Ok(touched)
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
