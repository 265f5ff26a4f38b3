//! The repository of a history while it is made: files, commits, notes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use provenance_core::check::change_set;
use provenance_core::entry::{Change, Mode};
use provenance_core::git::{CommitDraft, Edit, Identity, Repository};
use provenance_core::id::{BlobId, CommitId, ObjectId};
use provenance_core::path::RepoPath;
use provenance_core::time::Timestamp;

use super::company::Rules;
use super::records::Filed;
use super::{LIVE, MAIN, Tally};
use crate::{Random, Repo, START};

/// What a commit holds.
pub(super) type Files = BTreeMap<String, (Mode, Vec<u8>)>;

/// A publish branch.
pub(super) struct Published {
    pub(super) name: &'static str,
    /// Its steps, the root first.
    pub(super) steps: Vec<CommitId>,
    pub(super) rules: Rules,
}

impl Published {
    pub(super) fn tip(&self) -> CommitId {
        *self.steps.last().expect("it has a root")
    }
}

pub(super) struct World {
    pub(super) shell: Repo,
    pub(super) repository: Repository,
    pub(super) random: Random,
    pub(super) clock: i64,
    pub(super) files: HashMap<CommitId, Files>,
    pub(super) branches: [Published; 2],
    pub(super) notes: BTreeMap<ObjectId, BTreeSet<Vec<u8>>>,
    pub(super) filed: Vec<Filed>,
    pub(super) met: Tally,
}

pub(super) const PATHS: [&str; 7] =
    ["content/a.md", "content/b.md", "content/law/c.md", "log/x", "docs/d.md", "AI-POLICY.md", "content/pic.svg"];

impl World {
    /// A world with a root, where both branches begin.
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let shell = Repo::empty_folder();
        let repository = Repository::init(shell.path(), "main").expect("a repository can be made in a new folder");
        let rules = Rules::new(&mut random);
        let branches = [MAIN, LIVE].map(|name| Published { name, steps: Vec::new(), rules: rules.clone() });
        let (files, notes) = (HashMap::new(), BTreeMap::new());
        let (filed, met) = (Vec::new(), Tally::default());
        let mut world = Self { shell, repository, random, clock: START, files, branches, notes, filed, met };
        let page = |words: &str| (Mode::Regular, words.replace(' ', "\n").into_bytes());
        let mut files: Files = PATHS[..6].iter().map(|path| ((*path).to_owned(), page(SEVEN))).collect();
        files.extend(rules.files().map(|(path, text)| (path, (Mode::Regular, text.into_bytes()))));
        let root = world.commit(&[], files, "ana", "policy");
        world.branches.iter_mut().for_each(|branch| branch.steps.push(root));
        world
    }

    /// Whether, in so many of a hundred cases.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.random.below(100) < percent
    }

    pub(super) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.random.below(from.len())]
    }

    /// Some hours later.
    pub(super) fn later(&mut self) {
        self.clock += 3600 * (1 + self.random.below(40) as i64);
    }

    /// The day on which it is so many seconds from now, in words: a step that is refused is judged again as of
    /// each time that a record states, and there are not to be many.
    pub(super) fn time(&self, ahead: i64) -> String {
        let time = self.clock + ahead;
        Timestamp::from_seconds(time - time % 86_400).expect("it is in this century").to_string()
    }

    /// Commits these files on top of others, a minute later.
    pub(super) fn commit(&mut self, parents: &[CommitId], files: Files, who: &str, message: &str) -> CommitId {
        self.clock += 60;
        let none = Files::new();
        let before = parents.first().map_or(&none, |parent| &self.files[parent]);
        let path = |path: &String| path.parse::<RepoPath>().expect("a plain path");
        let gone = before.keys().filter(|it| !files.contains_key(*it)).map(|it| (path(it), None));
        let new = files.iter().filter(|(it, held)| before.get(*it) != Some(held));
        let edits: BTreeMap<RepoPath, Edit> =
            gone.chain(new.map(|(it, held)| (path(it), Some(held.clone())))).collect();
        let base = parents.first().map(|parent| self.repository.commit(*parent).expect("it was written").tree);
        let tree = self.repository.edit_tree(base, &edits).expect("a new repository can be written");
        let author = Identity { name: who.to_owned(), email: format!("{who}@example.com"), seconds: self.clock };
        let draft = CommitDraft { tree, parents: parents.to_vec(), author, message: message.to_owned() };
        let commit = self.repository.write_commit(&draft).expect("a new repository can be written");
        self.files.insert(commit, files);
        commit
    }

    pub(super) fn changes(&self, from: CommitId, to: CommitId) -> Vec<Change> {
        change_set(&self.repository, from, to).expect("both were written")
    }

    /// Puts a line into a note.
    pub(super) fn note(&mut self, id: ObjectId, line: &[u8]) {
        self.notes.entry(id).or_default().insert(line.to_vec());
    }

    /// The id of a line with its newline.
    pub(super) fn line_id(&self, line: &[u8]) -> BlobId {
        self.repository.hash_blob(&[line, b"\n"].concat())
    }

    /// Moves a ref that may be there.
    pub(super) fn point(&self, name: &str, to: CommitId) {
        let name = name.parse().expect("a well-formed name");
        let at = self.repository.try_find_ref(&name).expect("it can be read").map(|target| target.id);
        self.repository.swap_ref(&name, at, to.0, "").expect("nobody else writes");
    }
}

pub(super) const SEVEN: &str = "one two three four five six seven ";

/// The merge of what came from a base to two sides: a text by lines where all have as many, else theirs where they changed it.
pub(super) fn merged(base: &Files, ours: &Files, theirs: &Files) -> Files {
    let mut files = ours.clone();
    let paths: BTreeSet<&String> = base.keys().chain(theirs.keys()).collect();
    for path in paths {
        let [base, ours, theirs] = [base, ours, theirs].map(|files| files.get(path));
        if base == theirs {
            continue;
        }
        match (base, ours, theirs) {
            (Some((_, base)), Some((mode, ours)), Some((_, theirs))) if base != ours => {
                files.insert(path.clone(), (*mode, by_lines(base, ours, theirs)));
            }
            (.., Some(theirs)) => drop(files.insert(path.clone(), theirs.clone())),
            (.., None) => drop(files.remove(path)),
        }
    }
    files
}

fn by_lines(base: &[u8], ours: &[u8], theirs: &[u8]) -> Vec<u8> {
    let [base, ours, theirs] = [base, ours, theirs].map(|it| it.split_inclusive(|byte| *byte == b'\n'));
    let lines = base.zip(ours).zip(theirs).map(|((base, ours), theirs)| if base == theirs { ours } else { theirs });
    lines.collect::<Vec<_>>().concat()
}
