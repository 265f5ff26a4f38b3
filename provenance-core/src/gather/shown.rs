//! What pages show: the files of a commit that they name, and whether they are labelled.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Code, Finding};
use crate::gate::{Answer, Question, Shown};
use crate::git::{ReadError, Repository};
use crate::id::{BlobId, CommitId, ObjectId};
use crate::page;
use crate::path::RepoPath;
use crate::policy::company::Synthetic;

use super::{MAX_PAGE, undecided};

/// All pages of a commit together are not more than this, in bytes.
const MAX_PAGES: u64 = 1 << 30;

/// What one page shows.
pub(super) fn shown(
    repository: &Repository,
    commit: CommitId,
    (path, content): (&RepoPath, ObjectId),
    synthetic: &Synthetic,
) -> Result<Answer, ReadError> {
    let Some(kind) = page::kind_of(path) else { return Ok(Answer::Shown(Shown::default())) };
    let text = repository.blob(BlobId(content), MAX_PAGE)?;
    if page::says(&text, kind, &synthetic.labels) {
        return Ok(Answer::Shown(Shown { labelled: true, ..Shown::default() }));
    }
    let tree = repository.tree_of(commit)?;
    let mut files = BTreeMap::new();
    for file in page::files_named(&text, path, &synthetic.roots) {
        if let Some(slot) = repository.slot_in(tree, &file)?.filter(|slot| slot.mode.is_file()) {
            files.insert(file, slot.id);
        }
    }
    Ok(Answer::Shown(Shown { labelled: false, files }))
}

/// Answers questions for the pages of a commit that name a file; each page is read once.
pub(super) fn unlabelled(
    repository: &Repository,
    commit: CommitId,
    questions: &[&Question],
) -> Vec<(Question, Answer)> {
    let scanned = scan(repository, commit, questions);
    let answer = |question: &Question| match &scanned {
        Ok(Ok(found)) => Answer::Paths(found.get(question).cloned().unwrap_or_default()),
        Ok(Err(finding)) => Answer::Undecided(finding.clone()),
        Err(error) => undecided(Code::UndecidedObject, error),
    };
    questions.iter().map(|question| ((*question).clone(), answer(question))).collect()
}

type Found = BTreeMap<Question, BTreeSet<RepoPath>>;

fn scan(
    repository: &Repository,
    commit: CommitId,
    questions: &[&Question],
) -> Result<Result<Found, Box<Finding>>, ReadError> {
    let mut asked: BTreeMap<&Synthetic, Vec<(&RepoPath, &Question)>> = BTreeMap::new();
    for question in questions {
        let Question::Unlabelled { path, synthetic, .. } = question else { continue };
        asked.entry(synthetic).or_default().push((path, question));
    }
    let mut found = Found::new();
    let mut total = 0u64;
    for raw in repository.diff_trees(None, Some(repository.tree_of(commit)?))? {
        let (Some(kind), Some(slot)) = (page::kind_of(&raw.path), raw.after.filter(|slot| slot.mode.is_file())) else {
            continue;
        };
        let text = repository.blob(BlobId(slot.id), MAX_PAGE)?;
        total += text.len() as u64;
        if total > MAX_PAGES {
            let message = format!(
                "the pages of {commit} are more than {MAX_PAGES} bytes: it cannot be looked for what they show"
            );
            return Ok(Err(Box::new(Finding::error(Code::UndecidedObject, message))));
        }
        for (synthetic, wanted) in &asked {
            if page::says(&text, kind, &synthetic.labels) {
                continue;
            }
            let named = page::files_named(&text, &raw.path, &synthetic.roots);
            for (_, question) in wanted.iter().filter(|(path, _)| named.contains(path)) {
                found.entry((*question).clone()).or_default().insert(raw.path.clone());
            }
        }
    }
    Ok(Ok(found))
}
