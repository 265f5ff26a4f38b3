//! First-parent chains: how paths moved on them.
//!
//! A chain is walked once for all questions about it, newest step first, comparing the trees of
//! each step and its parent for the paths in question alone.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::undecided;
use crate::entry::Slot;
use crate::finding::Code;
use crate::gate::{Answer, Move, Moves, Question};
use crate::git::{PathTrie, ReadError, Repository};
use crate::id::CommitId;
use crate::path::RepoPath;

/// The chains walked so far, by their newest step: commits, newest first.
#[derive(Debug)]
pub(super) struct Chains<'r> {
    repository: &'r Repository,
    known: RefCell<HashMap<CommitId, Chain>>,
}

#[derive(Debug, Default, Clone)]
struct Chain {
    commits: Vec<CommitId>,
    /// Whether the last commit has no parent.
    ends: bool,
}

/// The moves of some paths, each with its index in the chain, newest first.
type Walked = BTreeMap<RepoPath, Vec<(usize, Move)>>;

impl<'r> Chains<'r> {
    pub(super) fn new(repository: &'r Repository) -> Self {
        Self { repository, known: RefCell::default() }
    }

    /// Answers questions about the chain of one newest step.
    pub(super) fn answer(&self, newest: CommitId, questions: &[&Question]) -> Vec<(Question, Answer)> {
        match self.try_answer(newest, questions) {
            Ok(answers) => answers,
            Err(error) => {
                let blocked = |question: &&Question| ((*question).clone(), undecided(Code::UndecidedHistory, &error));
                questions.iter().map(blocked).collect()
            }
        }
    }

    fn try_answer(&self, newest: CommitId, questions: &[&Question]) -> Result<Vec<(Question, Answer)>, ReadError> {
        let mut chain =
            self.known.borrow().get(&newest).cloned().unwrap_or(Chain { commits: vec![newest], ends: false });
        let mut depth = 0;
        let mut reaches: Vec<Option<usize>> = Vec::new();
        for question in questions {
            let reach = match question {
                Question::Moves { since, limit, .. } => self.find(&mut chain, *since, *limit as usize)?,
                Question::Past { limit, .. } => Some(self.lengthen(&mut chain, *limit as usize)?),
                Question::EverHeld { .. } => Some(self.lengthen(&mut chain, usize::MAX)?),
                _ => None,
            };
            depth = depth.max(reach.unwrap_or(0));
            reaches.push(reach);
        }
        let paths: Vec<&RepoPath> = questions.iter().filter_map(|question| path_of(question)).collect();
        let walked = self.walk(&chain, depth, &PathTrie::of(paths))?;
        let mut answers = Vec::new();
        for (question, reach) in questions.iter().zip(reaches) {
            let Some(path) = path_of(question) else { continue };
            let moves = walked.get(path).map(Vec::as_slice).unwrap_or_default();
            let answer = match (question, reach) {
                (Question::Moves { .. }, Some(reach)) => {
                    let on_it = moves.iter().filter(|(index, _)| *index < reach).map(|(_, step)| *step);
                    let mut on_it: Vec<Move> = on_it.collect();
                    on_it.reverse();
                    Answer::Moves(Moves::Known(on_it))
                }
                (Question::Past { .. }, Some(reach)) => Answer::Past(self.past(newest, path, moves, reach)?),
                (Question::EverHeld { slot, .. }, Some(reach)) => {
                    Answer::Held(self.past(newest, path, moves, reach)?.contains(slot))
                }
                _ => Answer::Moves(Moves::NotOnChain),
            };
            answers.push(((*question).clone(), answer));
        }
        self.known.borrow_mut().insert(newest, chain);
        Ok(answers)
    }

    /// The index of a commit on the chain, at most `limit` steps back.
    fn find(&self, chain: &mut Chain, wanted: CommitId, limit: usize) -> Result<Option<usize>, ReadError> {
        let mut index = 0;
        while index <= limit && self.lengthen(chain, index)? == index {
            if chain.commits[index] == wanted {
                return Ok(Some(index));
            }
            index += 1;
        }
        Ok(None)
    }

    /// Makes the chain go back this many steps, or to its end; returns how many it does go back.
    fn lengthen(&self, chain: &mut Chain, steps: usize) -> Result<usize, ReadError> {
        while chain.commits.len() <= steps && !chain.ends {
            let last = chain.commits[chain.commits.len() - 1];
            match self.repository.first_parent(last)? {
                Some(parent) => chain.commits.push(parent),
                None => chain.ends = true,
            }
        }
        Ok(steps.min(chain.commits.len() - 1))
    }

    fn walk(&self, chain: &Chain, depth: usize, paths: &PathTrie) -> Result<Walked, ReadError> {
        let mut walked = Walked::new();
        let Some(newest) = chain.commits.first() else { return Ok(walked) };
        let mut after = self.repository.tree_of(*newest)?;
        for (index, pair) in chain.commits.windows(2).take(depth).enumerate() {
            let (step, parent) = (pair[0], pair[1]);
            let before = self.repository.tree_of(parent)?;
            for change in self.repository.diff_paths(Some(before), Some(after), paths)? {
                let moved = Move { step, parent, before: change.before, after: change.after };
                walked.entry(change.path).or_default().push((index, moved));
            }
            after = before;
        }
        Ok(walked)
    }

    /// Every entry a path held on the newest `reach` steps, newest first, each once.
    fn past(
        &self,
        newest: CommitId,
        path: &RepoPath,
        moves: &[(usize, Move)],
        reach: usize,
    ) -> Result<Vec<Option<Slot>>, ReadError> {
        let now = self.repository.slot_at(newest, path)?;
        let (mut held, mut known) = (vec![now], BTreeSet::from([now]));
        let before = moves.iter().filter(|(index, _)| *index < reach).map(|(_, step)| step.before);
        held.extend(before.filter(|slot| known.insert(*slot)));
        Ok(held)
    }
}

fn path_of(question: &Question) -> Option<&RepoPath> {
    match question {
        Question::Moves { path, .. } | Question::Past { path, .. } | Question::EverHeld { path, .. } => Some(path),
        _ => None,
    }
}
