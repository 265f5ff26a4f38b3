//! How every path of the audited branch moved, for an audit of promotions: each of their steps asks what the branch
//! has ever held, and would walk all of it.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::entry::Slot;
use crate::gate::{Answer, Move, Moves, Question};
use crate::git::{ReadError, Repository};
use crate::id::CommitId;
use crate::path::RepoPath;

/// A branch that is read once, when it is first asked what it ever held; from then on it knows all moves.
#[derive(Debug)]
pub(super) struct Branch {
    tip: CommitId,
    /// The most steps and moves together that are held.
    limit: usize,
    /// None where it cannot be read, and each question says so for itself, or is too large.
    index: OnceLock<Option<Index>>,
}

/// Some 150 bytes for each step.
#[derive(Debug)]
struct Index {
    /// The first-parent chain, oldest step first.
    steps: Vec<CommitId>,
    places: HashMap<CommitId, usize>,
    /// Of each path that ever moved: what it held first, at place 0, and what it held from which place on.
    held: HashMap<RepoPath, Vec<(usize, Option<Slot>)>>,
}

impl Branch {
    /// The branch with this tip.
    pub(super) fn of(tip: CommitId, limit: usize) -> Self {
        Self { tip, limit, index: OnceLock::new() }
    }

    /// The answer to a question about the branch; none where it is about something else, walking is as good, or
    /// something cannot be read: whoever walks says what that is, as where nothing is shared.
    pub(super) fn answer(&self, repository: &Repository, question: &Question) -> Option<Answer> {
        let index = match question {
            Question::EverHeld { .. } => {
                self.index.get_or_init(|| Index::of(repository, self.tip, self.limit).ok().flatten())
            }
            _ => self.index.get()?,
        };
        let index = index.as_ref()?;
        match question {
            Question::EverHeld { tip, path, slot } => {
                Some(Answer::Held(index.past(repository, *tip, path, usize::MAX)?.contains(slot)))
            }
            Question::Past { tip, path, limit } => {
                Some(Answer::Past(index.past(repository, *tip, path, *limit as usize)?))
            }
            Question::Moves { since, until, path, limit } => {
                Some(Answer::Moves(index.moves((*since, *until), path, *limit as usize)?))
            }
            _ => None,
        }
    }
}

impl Index {
    /// None of a branch with more than `limit` steps and moves.
    fn of(repository: &Repository, tip: CommitId, limit: usize) -> Result<Option<Self>, ReadError> {
        let (mut steps, mut at) = (Vec::new(), Some(tip));
        while let Some(step) = at {
            steps.push(step);
            at = repository.first_parent(step)?;
        }
        steps.reverse();
        let mut size = steps.len();
        let mut held: HashMap<RepoPath, Vec<(usize, Option<Slot>)>> = HashMap::new();
        for (place, pair) in (1..).zip(steps.windows(2)) {
            let (before, after) = (repository.tree_of(pair[0])?, repository.tree_of(pair[1])?);
            let changes = repository.diff_trees(Some(before), Some(after))?;
            size += changes.len();
            if size > limit {
                return Ok(None);
            }
            for change in changes {
                held.entry(change.path).or_insert_with(|| vec![(0, change.before)]).push((place, change.after));
            }
        }
        let places = steps.iter().enumerate().map(|(place, step)| (*step, place)).collect();
        Ok(Some(Self { steps, places, held }))
    }

    /// Every entry that the path held at the newest `limit` + 1 states up to a step, newest first, each once; none where
    /// that is no step of the branch, or cannot be read.
    fn past(
        &self,
        repository: &Repository,
        step: CommitId,
        path: &RepoPath,
        limit: usize,
    ) -> Option<Vec<Option<Slot>>> {
        let place = *self.places.get(&step)?;
        let Some(held) = self.held.get(path) else {
            return repository.slot_at(step, path).ok().map(|slot| vec![slot]);
        };
        let oldest = place.saturating_sub(limit);
        let mut past = Vec::new();
        for (from, slot) in held.iter().rev().filter(|(from, _)| *from <= place) {
            if !past.contains(slot) {
                past.push(*slot);
            }
            if *from <= oldest {
                break;
            }
        }
        Some(past)
    }

    /// How the path moved after one step up to another; none where the other is no step of the branch.
    fn moves(&self, (since, until): (CommitId, CommitId), path: &RepoPath, limit: usize) -> Option<Moves> {
        let until = *self.places.get(&until)?;
        let since =
            self.places.get(&since).copied().filter(|since| (*since..=since.saturating_add(limit)).contains(&until));
        let Some(since) = since else { return Some(Moves::NotOnChain) };
        let held = self.held.get(path).map(Vec::as_slice).unwrap_or_default();
        let moves = held.windows(2).filter(|pair| since < pair[1].0 && pair[1].0 <= until).map(|pair| {
            let (place, after) = pair[1];
            Move { step: self.steps[place], parent: self.steps[place - 1], before: pair[0].1, after }
        });
        Some(Moves::Known(moves.collect()))
    }
}

#[cfg(test)]
mod tests {
    use provenance_test_support::Repo;

    use super::*;
    use crate::gather::chain::Chains;

    const PATHS: [&str; 4] = ["a.md", "b/c.md", "b/d.md", "e.md"];

    /// A branch on which paths come, move, go, and come again; its steps, oldest first.
    fn moved_about(repo: &Repo) -> Vec<CommitId> {
        let texts = ["", "1\n", "2\n", "3\n"];
        let mut random = provenance_test_support::Random(7);
        let mut steps = Vec::new();
        for step in 0..40 {
            repo.write("step", format!("{step}\n"));
            // Of the last path nothing is ever heard again.
            for path in if step == 0 { &PATHS[..] } else { &PATHS[..3] } {
                match texts[random.below(texts.len())] {
                    "" if step > 0 => drop(std::fs::remove_file(repo.path().join(path))),
                    text => repo.write(path, text),
                }
            }
            steps.push(repo.commit("step").parse().unwrap());
        }
        steps
    }

    fn questions(steps: &[CommitId], path: &RepoPath) -> Vec<Question> {
        let mut questions = Vec::new();
        for (place, until) in steps.iter().enumerate() {
            for limit in [0, 1, 5, 100] {
                questions.push(Question::Past { tip: *until, path: path.clone(), limit });
                for since in [steps[place], steps[place.saturating_sub(4)], steps[0], steps[steps.len() - 1]] {
                    questions.push(Question::Moves { since, until: *until, path: path.clone(), limit });
                }
            }
        }
        questions
    }

    #[test]
    fn a_branch_that_was_read_answers_as_one_that_is_walked() {
        let repo = Repo::new();
        let steps = moved_about(&repo);
        let repository = Repository::discover(repo.path()).unwrap();
        let branch = Branch::of(steps[steps.len() - 1], usize::MAX);
        let walked = |question: &Question, tip| Chains::new(&repository).answer(tip, &[question]).remove(0).1;
        let read = |question: &Question| branch.answer(&repository, question);
        let mut asked = questions(&steps, &PATHS[0].parse().unwrap());
        assert!(read(&asked[0]).is_none(), "nothing is read before it pays");
        for path in PATHS {
            let path: RepoPath = path.parse().unwrap();
            for tip in &steps {
                for other in steps.iter().step_by(3) {
                    let slot = repository.slot_at(*other, &path).unwrap();
                    asked.push(Question::EverHeld { tip: *tip, path: path.clone(), slot });
                }
            }
            asked.extend(questions(&steps, &path));
        }
        asked.sort_by_key(|question| !matches!(question, Question::EverHeld { .. }));
        for question in &asked {
            let tip = match question {
                Question::Moves { until: tip, .. } | Question::Past { tip, .. } | Question::EverHeld { tip, .. } => {
                    *tip
                }
                other => panic!("{other:?}"),
            };
            let (read, walked) = (format!("{:?}", read(question)), format!("{:?}", Some(walked(question, tip))));
            assert_eq!(read, walked, "{question:?}");
        }
    }

    #[test]
    fn a_branch_says_nothing_of_others() {
        let repo = Repo::new();
        let steps = moved_about(&repo);
        let repository = Repository::discover(repo.path()).unwrap();
        let branch = Branch::of(steps[20], usize::MAX);
        let path: RepoPath = PATHS[0].parse().unwrap();
        let slot = repository.slot_at(steps[0], &path).unwrap();
        let asked = |tip| Question::EverHeld { tip, path: path.clone(), slot };
        assert!(branch.answer(&repository, &asked(steps[20])).is_some());
        assert!(branch.answer(&repository, &asked(steps[21])).is_none());
    }

    #[test]
    fn what_cannot_be_read_is_left_to_whoever_walks() {
        let repo = Repo::new();
        repo.write("still/f.md", "1\n");
        let steps = moved_about(&repo);
        let (tip, path) = (steps[steps.len() - 1], "still/f.md".parse().unwrap());
        let tree = repo.rev(&format!("{tip}:still"));
        std::fs::remove_file(repo.git_dir().join("objects").join(&tree[..2]).join(&tree[2..])).unwrap();
        let repository = Repository::discover(repo.path()).unwrap();
        let branch = Branch::of(tip, usize::MAX);
        let moved: RepoPath = PATHS[0].parse().unwrap();
        let slot = repository.slot_at(tip, &moved).unwrap();
        assert!(branch.answer(&repository, &Question::EverHeld { tip, path: moved, slot }).is_some());
        assert!(branch.answer(&repository, &Question::Past { tip, path, limit: 5 }).is_none());
    }

    #[test]
    fn a_branch_of_too_many_moves_is_not_held() {
        let repo = Repo::new();
        let steps = moved_about(&repo);
        let repository = Repository::discover(repo.path()).unwrap();
        let moves: usize = steps
            .windows(2)
            .map(|pair| {
                let [before, after] = [pair[0], pair[1]].map(|step| repository.tree_of(step).unwrap());
                repository.diff_trees(Some(before), Some(after)).unwrap().len()
            })
            .sum();
        assert!(Index::of(&repository, steps[39], 40 + moves).unwrap().is_some());
        assert!(Index::of(&repository, steps[39], 39 + moves).unwrap().is_none());
    }
}
