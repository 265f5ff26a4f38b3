//! Many notes, read on all cores: each core has a part of the ledger's folders for itself, whatever is asked of it next,
//! and helps another when it is done.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use super::Gatherer;
use crate::gate::{FiledLine, KeyRing};
use crate::git::{Repository, cores};
use crate::id::{BlobId, CommitId, ObjectId};
use crate::ledger::{Ledger, ReadError, lines_of};

/// Fewer notes than this are read on one core: opening the repository again costs as much.
const WORTH_IT: usize = 64;

/// What is to be read: the ids of each folder, for each core.
struct Folders(Vec<Mutex<VecDeque<Vec<ObjectId>>>>);

impl Folders {
    /// Folders are told apart by the first digits of ids, and go to the same core each time.
    fn of(ids: &[ObjectId], cores: usize) -> Self {
        let mut folders = vec![Vec::new(); 256];
        ids.iter().for_each(|id| folders[usize::from(id.as_bytes()[0])].push(*id));
        let mut parts = vec![VecDeque::new(); cores];
        let asked = folders.into_iter().enumerate().filter(|(_, ids)| !ids.is_empty());
        asked.for_each(|(digits, ids)| parts[digits * cores / 256].push_back(ids));
        Self(parts.into_iter().map(Mutex::new).collect())
    }

    /// What this core reads next: what is its own, or the last that another has before it.
    fn next(&self, core: usize) -> Option<Vec<ObjectId>> {
        let part = |core: usize| self.0[core].lock().unwrap_or_else(PoisonError::into_inner);
        let own = part(core).pop_front();
        own.or_else(|| (0..self.0.len()).find_map(|other| part(other).pop_back()))
    }
}

/// What one core has read.
#[derive(Default)]
struct Part {
    filed: Vec<(ObjectId, Vec<BlobId>)>,
    notes: HashMap<BlobId, Vec<BlobId>>,
    lines: Vec<FiledLine>,
}

impl Gatherer<'_> {
    /// Reads the notes of these ids and verifies their lines, so that asking for them finds all of it. What cannot be read
    /// is left out, and is an error where it is asked for. Where others share what they find, they have the other cores.
    pub(super) fn read_ahead(&self, ids: &[ObjectId]) {
        let others = cores() - 1;
        let ids: Vec<ObjectId> = ids.iter().filter(|id| !self.filed.borrow().contains_key(*id)).copied().collect();
        if others == 0 || ids.len() < WORTH_IT || self.shared.is_some() {
            return;
        }
        let mut readers = self.readers.borrow_mut();
        if readers.is_empty() {
            let opener = self.repository.opener();
            *readers = (0..others).map_while(|_| opener.open().ok()).collect();
        }
        let folders = Folders::of(&ids, 1 + readers.len());
        let known = Mutex::new(self.lines.borrow().keys().copied().collect());
        let (commit, ring, known, folders) = (self.ledger.commit(), self.ring, &known, &folders);
        let part = move |repository: &Repository, core| {
            Part::read(repository, commit, std::iter::from_fn(|| folders.next(core)), (ring, known)).unwrap_or_default()
        };
        let read = std::thread::scope(|scope| {
            let others = (1..).zip(readers.iter_mut());
            let others: Vec<_> = others.map(|(core, reader)| scope.spawn(move || part(reader, core))).collect();
            let own = part(self.repository, 0);
            let others = others.into_iter().map(|worker| worker.join().expect("reading a note does not panic"));
            std::iter::once(own).chain(others).collect::<Vec<Part>>()
        });
        for part in read {
            self.filed.borrow_mut().extend(part.filed);
            self.notes.borrow_mut().extend(part.notes);
            let lines = part.lines.into_iter().map(|line| (line.blob(), Arc::new(line)));
            self.lines.borrow_mut().extend(lines);
        }
    }
}

impl Part {
    /// Reads notes and verifies those of their lines that nobody knows yet.
    fn read(
        repository: &Repository,
        commit: Option<CommitId>,
        folders: impl Iterator<Item = Vec<ObjectId>>,
        (ring, known): (&KeyRing, &Mutex<HashSet<BlobId>>),
    ) -> Result<Self, ReadError> {
        let ledger = Ledger::at(repository, commit)?;
        let mut part = Self::default();
        for id in folders.flatten() {
            let Ok(notes) = ledger.notes(&id) else { continue };
            let unread: Vec<BlobId> = notes.iter().filter(|note| !part.notes.contains_key(*note)).copied().collect();
            let Ok(read) = unread.iter().map(|note| lines_of(repository, *note)).collect::<Result<Vec<_>, _>>() else {
                continue;
            };
            part.filed.push((id, notes));
            for (note, lines) in unread.into_iter().zip(read) {
                part.notes.insert(note, lines.keys().copied().collect());
                let new = |blob: &BlobId| known.lock().unwrap_or_else(PoisonError::into_inner).insert(*blob);
                let lines = lines.into_iter().filter(|(blob, _)| new(blob));
                part.lines.extend(lines.map(|(blob, text)| FiledLine::read(&text, blob, ring)));
            }
        }
        Ok(part)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use provenance_test_support::bench::{Folder, ledger};

    use super::*;
    use crate::gate::{Answer, Question};
    use crate::gather::tried::tests::ring;

    fn answers(gatherer: &Gatherer<'_>, ids: &[ObjectId]) -> Vec<String> {
        let questions: BTreeSet<Question> = ids.iter().copied().map(Question::Lines).collect();
        let answers: HashMap<Question, Answer> = gatherer.answer(&questions).into_iter().collect();
        questions.iter().map(|question| format!("{:?}", answers[question])).collect()
    }

    #[test]
    fn notes_that_are_read_on_all_cores_are_those_read_one_by_one() {
        let folder = Folder::new();
        let (path, notes) = ledger(&folder, 300);
        let ids: BTreeSet<ObjectId> = notes.iter().map(|(id, _)| id.to_string().parse().unwrap()).collect();
        let ids: Vec<ObjectId> = ids.into_iter().collect();
        let (repository, ring) = (Repository::discover(&path).unwrap(), ring());
        let ledger = Ledger::open(&repository).unwrap();
        let gatherer = || Gatherer::new(&repository, &ledger, &ring);
        let many = gatherer();
        let at_once = answers(&many, &ids);
        assert_eq!(many.readers.borrow().len(), cores() - 1);
        assert!(cores() == 1 || ids.iter().all(|id| many.filed.borrow().contains_key(id)));
        assert_eq!(at_once, answers(&many, &ids), "what was read is known");
        let few = gatherer();
        let one_by_one: Vec<String> = ids.iter().flat_map(|id| answers(&few, &[*id])).collect();
        assert!(few.readers.borrow().is_empty());
        assert_eq!(at_once, one_by_one);
        assert!(at_once.iter().all(|answer| answer.contains("Record(")));
    }

    #[test]
    fn a_note_that_cannot_be_read_blocks_and_hides_no_other() {
        let repo = provenance_test_support::Repo::new();
        repo.git(&["config", "fastimport.unpackLimit", "100000"]);
        let notes = provenance_test_support::bench::notes(100);
        repo.fast_import(provenance_test_support::bench::as_stream(&notes));
        let blob = repo.git_with(&["hash-object", "--stdin"], &notes[50].1);
        std::fs::remove_file(repo.git_dir().join("objects").join(&blob[..2]).join(&blob[2..])).unwrap();
        let ids: Vec<ObjectId> = notes.iter().map(|(id, _)| id.to_string().parse().unwrap()).collect();
        let (repository, ring) = (Repository::discover(repo.path()).unwrap(), ring());
        let ledger = Ledger::open(&repository).unwrap();
        let answers = answers(&Gatherer::new(&repository, &ledger, &ring), &ids);
        let blocked: Vec<&String> = answers.iter().filter(|answer| answer.starts_with("Undecided(")).collect();
        assert!(blocked.len() == 1 && blocked[0].contains(&blob), "{blocked:?}");
        assert!(answers.iter().filter(|answer| answer.contains("Record(")).count() == 99);
    }
}
