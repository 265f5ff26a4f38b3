//! What people do: they edit, propose, land, promote, take back, and change the policy.

use provenance_core::entry::{Change, Mode};
use provenance_core::id::CommitId;

use super::world::{Files, SEVEN, World, merged};
use super::{LIVE, MAIN};

/// Some commits by one person that are to land on a branch.
pub(super) struct Proposal {
    /// Which of the branches.
    pub(super) at: usize,
    pub(super) base: CommitId,
    /// The commits, oldest first.
    pub(super) commits: Vec<CommitId>,
    pub(super) who: &'static str,
    pub(super) changes: Vec<Change>,
}

impl Proposal {
    fn head(&self) -> CommitId {
        *self.commits.last().unwrap_or(&self.base)
    }
}

/// What is edited every day.
const EDITED: [&str; 6] = ["content/a.md", "content/b.md", "content/law/c.md", "log/x", "docs/d.md", "content/pic.svg"];
const AUTHORS: [&str; 6] = ["wes", "wes", "wes", "bot", "eva", "ana"];

impl World {
    /// One thing that happens.
    pub(super) fn deed(&mut self) {
        self.later();
        let at = usize::from(self.chance(30));
        match self.random.below(100) {
            0..30 => self.one_lands(at),
            30..45 => self.two_land(at),
            45..55 => self.queue(at),
            55..67 => self.policy(at),
            67..82 => self.promote(),
            82..88 => self.taken_back(at),
            88..95 => self.unreviewed(at),
            95..97 => self.broken_policy(at),
            _ => self.quiet_step(at),
        }
        self.extras(at);
    }

    fn one_lands(&mut self, at: usize) {
        let base = self.base(at);
        let commits = 1 + usize::from(self.chance(30));
        let proposal = self.propose(at, base, commits);
        self.cover(&proposal);
        self.land(&proposal);
    }

    /// Two proposals from one base: the second is merged with what the first brought.
    fn two_land(&mut self, at: usize) {
        self.met.add("deed: two proposals from one base");
        let base = self.branches[at].tip();
        let both = [self.propose(at, base, 1), self.propose(at, base, 1)];
        both.iter().for_each(|proposal| self.cover(proposal));
        both.iter().for_each(|proposal| self.land(proposal));
    }

    /// Several commits that are pushed at once, reviewed as a whole or one by one.
    fn queue(&mut self, at: usize) {
        let base = self.branches[at].tip();
        let proposal = self.propose(at, base, 2);
        if self.chance(50) {
            self.met.add("deed: a push of several, reviewed as a whole");
            self.cover(&proposal);
        } else {
            self.met.add("deed: a push of several, reviewed one by one");
            let mut from = base;
            for commit in proposal.commits.clone() {
                let changes = self.changes(from, commit);
                self.cover(&Proposal { at, base: from, commits: vec![commit], who: proposal.who, changes });
                from = commit;
            }
        }
        self.branches[at].steps.extend(&proposal.commits);
    }

    fn policy(&mut self, at: usize) {
        let (clock, tip) = (self.clock, self.branches[at].tip());
        let what = self.branches[at].rules.change(&mut self.random, clock);
        self.met.add(what);
        let mut files = self.files[&tip].clone();
        for (path, text) in self.branches[at].rules.files() {
            files.insert(path, (Mode::Regular, text.into_bytes()));
        }
        if self.chance(10) {
            self.edit(&mut files);
        }
        let who = self.pick(&["ana", "ana", "zoe", "wes"]);
        let commit = self.commit(&[tip], files, who, "policy");
        let changes = self.changes(tip, commit);
        let proposal = Proposal { at, base: tip, commits: vec![commit], who: named(who), changes };
        self.cover(&proposal);
        self.land(&proposal);
    }

    /// A policy that nobody can read, or none, and back.
    fn broken_policy(&mut self, at: usize) {
        self.met.add("deed: the policy is broken and mended");
        let tip = self.branches[at].tip();
        let mut files = self.files[&tip].clone();
        if self.chance(50) {
            files.insert(".provenance/policy.toml".to_owned(), (Mode::Regular, b"version = 1\n".to_vec()));
        } else {
            files.retain(|path, _| !path.starts_with(".provenance/"));
        }
        let bad = self.commit(&[tip], files, "ana", "broken");
        let good = self.commit(&[bad], self.files[&tip].clone(), "ana", "mended");
        self.branches[at].steps.extend([bad, good]);
    }

    /// What main has, or had a step ago, is merged into live; the policy of live stays.
    fn promote(&mut self) {
        let steps = &self.branches[0].steps;
        let back = self.random.below(3).saturating_sub(1).min(steps.len() - 1);
        let (from, tip) = (steps[steps.len() - 1 - back], self.branches[1].tip());
        let own = self.files[&tip].iter().filter(|(path, _)| path.starts_with(".provenance/"));
        let mut files: Files = own.map(|(path, held)| (path.clone(), held.clone())).collect();
        let theirs = self.files[&from].iter().filter(|(path, _)| !path.starts_with(".provenance/"));
        files.extend(theirs.map(|(path, held)| (path.clone(), held.clone())));
        let by_hand = self.chance(8);
        if by_hand {
            self.edit(&mut files);
        }
        let squashed = self.chance(10);
        self.met.add(match (by_hand, squashed) {
            (true, _) => "deed: promoted, with an edit",
            (_, true) => "deed: promoted without being merged",
            _ => "deed: promoted",
        });
        let parents = if squashed { vec![tip] } else { vec![tip, from] };
        let step = self.commit(&parents, files, "ana", "promote");
        self.branches[1].steps.push(step);
    }

    /// An edit that the next step takes back; later perhaps again.
    fn taken_back(&mut self, at: usize) {
        let tip = self.branches[at].tip();
        let proposal = self.propose(at, tip, 1);
        if self.chance(70) {
            self.cover(&proposal);
        }
        self.land(&proposal);
        let landed = self.branches[at].tip();
        let back = self.commit(&[landed], self.files[&tip].clone(), "wes", "revert");
        let changes = self.changes(landed, back);
        let revert = Proposal { at, base: landed, commits: vec![back], who: "wes", changes };
        if self.chance(50) {
            self.met.add("deed: taken back, with a review");
            self.cover(&revert);
        } else {
            self.met.add("deed: taken back, without a review");
        }
        self.branches[at].steps.push(back);
        if self.chance(40) {
            self.met.add("deed: what was taken back lands again");
            let again = self.commit(&[back], self.files[&landed].clone(), "wes", "again");
            self.branches[at].steps.push(again);
        }
    }

    fn unreviewed(&mut self, at: usize) {
        self.met.add("deed: nobody reviewed it");
        let tip = self.branches[at].tip();
        let proposal = self.propose(at, tip, 1);
        self.land(&proposal);
    }

    /// So many files that a record of them is behind pointers, and that their notes are read on all cores.
    pub(super) fn many_files(&mut self, at: usize) {
        self.met.add("deed: many files at once");
        let tip = self.branches[at].tip();
        let mut files = self.files[&tip].clone();
        let round = self.random.below(100);
        for n in 0..70 {
            files.insert(format!("content/many/{n}"), (Mode::Regular, format!("{round} {n}\n").into_bytes()));
        }
        let commit = self.commit(&[tip], files, "wes", "many");
        let changes = self.changes(tip, commit);
        let proposal = Proposal { at, base: tip, commits: vec![commit], who: "wes", changes };
        self.cover(&proposal);
        self.land(&proposal);
    }

    fn quiet_step(&mut self, at: usize) {
        self.met.add("deed: a step that changes nothing");
        let tip = self.branches[at].tip();
        let step = self.commit(&[tip], self.files[&tip].clone(), "wes", "nothing");
        self.branches[at].steps.push(step);
    }

    /// Where a proposal starts: at the tip, or some steps back.
    fn base(&mut self, at: usize) -> CommitId {
        let back = if self.chance(25) { 1 + self.random.below(3) } else { 0 };
        let steps = &self.branches[at].steps;
        steps[steps.len() - 1 - back.min(steps.len() - 1)]
    }

    fn propose(&mut self, at: usize, base: CommitId, count: usize) -> Proposal {
        let who = named(self.pick(&AUTHORS));
        let (mut commits, mut parent) = (Vec::new(), base);
        for _ in 0..count {
            let mut files = self.files[&parent].clone();
            (0..1 + self.random.below(2)).for_each(|_| self.edit(&mut files));
            let message = match self.random.below(12) {
                0 => "edit\n\nCo-authored-by: Eva <eva@example.com>\n",
                1 => "edit\n\nCo-authored-by: Claude <noreply@anthropic.com>\n",
                2 => "edit\n\nCo-authored-by: Guest <guest@example.org>\n",
                _ => "edit",
            };
            parent = self.commit(&[parent], files, who, message);
            commits.push(parent);
        }
        let changes = self.changes(base, parent);
        Proposal { at, base, commits, who, changes }
    }

    /// One edit, of whichever kind.
    fn edit(&mut self, files: &mut Files) {
        // Whoever accepted the company's document accepts each version anew.
        let paths: &[&str] = if self.chance(5) { &["AI-POLICY.md"] } else { &EDITED };
        let path = self.pick(paths).to_owned();
        let text = (Mode::Regular, SEVEN.replace(' ', "\n").into_bytes());
        let held = files.get(&path).cloned();
        let (kind, held) = match (self.random.below(20), held) {
            (0..2, Some(_)) => ("edit: a file is deleted", None),
            (2..4, Some(held)) => {
                files.insert(self.pick(&EDITED).to_owned(), held);
                ("edit: a file is renamed", None)
            }
            (4, Some((mode, bytes))) => {
                let mode = if mode == Mode::Regular { Mode::Executable } else { Mode::Regular };
                ("edit: a mode changes", Some((mode, bytes)))
            }
            (5, _) => ("edit: a link", Some((Mode::Symlink, b"b.md".to_vec()))),
            (6, _) => ("edit: a submodule", Some((Mode::Gitlink, b"no commit\n".to_vec()))),
            (7..9, _) => {
                let pool = ["", "1\n", "2\n", "---\ngenerator: gpt\n---\n![](pic.svg)\n", "made by AI\n![](pic.svg)\n"];
                ("edit: a text that was there before", Some((Mode::Regular, self.pick(&pool).as_bytes().to_vec())))
            }
            (9, Some(held)) => {
                files.insert(self.pick(&EDITED).to_owned(), held.clone());
                ("edit: a copy", Some(held))
            }
            (_, held) => ("edit: a line", Some(self.line_of(held.unwrap_or(text)))),
        };
        self.met.add(kind);
        match held {
            Some(held) => drop(files.insert(path, held)),
            None => drop(files.remove(&path)),
        }
    }

    fn line_of(&mut self, (mode, bytes): (Mode, Vec<u8>)) -> (Mode, Vec<u8>) {
        let text = String::from_utf8(bytes).expect("all texts here are ASCII");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        if lines.is_empty() {
            lines.push(String::new());
        }
        let at = self.random.below(lines.len());
        lines[at] = format!("line {} of {}", self.random.below(50), at);
        let mode = if mode == Mode::Executable { mode } else { Mode::Regular };
        (mode, (lines.join("\n") + "\n").into_bytes())
    }

    /// Lands a proposal, in one of the ways that there are.
    pub(super) fn land(&mut self, proposal: &Proposal) {
        let (tip, head) = (self.branches[proposal.at].tip(), proposal.head());
        if proposal.base == tip && self.chance(30) {
            self.met.add("landed: as it is");
            self.branches[proposal.at].steps.extend(&proposal.commits);
            return;
        }
        let mut files = merged(&self.files[&proposal.base], &self.files[&tip], &self.files[&head]);
        if self.chance(4) {
            self.met.add("landed: with an edit");
            self.edit(&mut files);
        }
        let step = if self.chance(60) {
            self.met.add("landed: by a merge");
            self.commit(&[tip, head], files, "ana", "merge")
        } else {
            self.met.add("landed: squashed");
            self.commit(&[tip], files, proposal.who, "squash")
        };
        self.branches[proposal.at].steps.push(step);
    }

    pub(super) fn name_of(&self, at: usize) -> &'static str {
        if at == 0 { MAIN } else { LIVE }
    }
}

/// The person's id, for good.
fn named(who: &str) -> &'static str {
    ["ana", "bot", "eva", "wes", "zoe"].into_iter().find(|it| *it == who).expect("somebody who writes")
}
