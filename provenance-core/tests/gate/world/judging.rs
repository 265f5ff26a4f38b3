//! A world judged: the gate is asked, and answered from what the world holds.

use super::*;

impl World {
    fn load(policy: &str, people: &str, tools: &str) -> Policy {
        Policy::load(&PolicyFiles::of(people, policy, Some(tools))).unwrap_or_else(|error| panic!("{error}"))
    }

    /// `OLD..NEW`.
    pub(crate) fn update(&self, old: CommitId, new: CommitId) -> Report {
        self.judge(TransitionKind::Update, old, old, new)
    }

    /// `BASE...HEAD`; `from` is their merge base.
    pub(crate) fn proposal(&self, from: CommitId, base: CommitId, head: CommitId) -> Report {
        self.judge(TransitionKind::Proposal, from, base, head)
    }

    fn judge(&self, kind: TransitionKind, start: CommitId, tip: CommitId, new: CommitId) -> Report {
        self.ask(kind, [start, tip, new], |case, evidence| match judge(case, evidence) {
            Outcome::Report(report) => Ok(*report),
            Outcome::Questions(questions) => Err(questions),
        })
    }

    /// The codes for which this person's review of `old..new` would not count.
    pub(crate) fn may_review(&self, who: &str, old: CommitId, new: CommitId) -> Vec<Code> {
        let person = who.parse().unwrap();
        let found =
            self.ask(TransitionKind::Update, [old, old, new], |case, evidence| may_review(case, evidence, &person));
        found.into_iter().map(|finding| finding.code).collect()
    }

    /// Asks the gate about the case until it has no more questions.
    fn ask<T>(
        &self,
        kind: TransitionKind,
        [start, tip, new]: [CommitId; 3],
        gate: impl Fn(&Case<'_>, &Evidence) -> Result<T, BTreeSet<Question>>,
    ) -> T {
        let policy = Self::load(&self.policy, &self.people, &self.tools);
        let authority = self
            .authority
            .as_ref()
            .map(|(policy, people)| Self::load(policy, people, self.authority_tools.as_ref().unwrap_or(&self.tools)));
        let mut steps: Vec<CommitId> = self.chain(new).into_iter().take_while(|id| *id != start).collect();
        steps.reverse();
        let case = Case {
            policy: &policy,
            authority: authority
                .as_ref()
                .map(|policy| provenance_core::gate::Authority { policy, tip: self.authority_tip.unwrap_or(tip) }),
            branch: branch(self.branch),
            kind,
            start,
            tip,
            new,
            steps,
            changes: self.changes(start, new),
            hints: self.hints.clone(),
            promotions: self.promotions.clone(),
            brought: self.brought(tip, new),
            findings: Vec::new(),
            now: self.time(),
        };
        let ring = KeyRing::of(std::iter::once(&policy).chain(authority.as_ref()));
        let mut evidence = Evidence::new();
        self.asked.set(0);
        for round in 0..10_000 {
            self.rounds.set(round);
            match gate(&case, &evidence) {
                Ok(answer) => return answer,
                Err(questions) => {
                    assert!(!questions.is_empty());
                    for question in questions.into_iter().rev().take(self.batch) {
                        self.asked.set(self.asked.get() + 1);
                        let answer = self.answer(&question, &ring);
                        evidence.add(question, answer);
                    }
                }
            }
        }
        panic!("the gate never comes to an end");
    }

    /// What single commits bring that `new` has and `old` has not, where the policy judges them.
    fn brought(&self, old: CommitId, new: CommitId) -> Vec<Brought> {
        if !self.policy.contains("history = \"every-commit\"") {
            return Vec::new();
        }
        let known = self.ancestors(old);
        let commits = self.ancestors(new).into_iter().filter(|id| !known.contains(id));
        let of_commit = |commit: CommitId| {
            let parents = self.at(commit).parents.clone();
            let paths: BTreeSet<RepoPath> = parents
                .iter()
                .flat_map(|parent| self.changes(*parent, commit))
                .map(|change| change.path().clone())
                .collect();
            let brought = move |path: RepoPath| {
                let against = parents.iter().map(|parent| {
                    Change::new(path.clone(), self.entry(*parent, &path), self.entry(commit, &path)).ok()
                });
                Some(Brought { commit, ways: against.collect::<Option<Vec<_>>>()? })
            };
            paths.into_iter().filter_map(brought)
        };
        commits.flat_map(of_commit).collect()
    }
    fn chain(&self, tip: CommitId) -> Vec<CommitId> {
        let mut chain = vec![tip];
        while let Some(parent) = self.at(chain[chain.len() - 1]).parents.first() {
            chain.push(*parent);
        }
        chain
    }

    fn ancestors(&self, tip: CommitId) -> BTreeSet<CommitId> {
        let mut seen = BTreeSet::new();
        let mut todo = vec![tip];
        while let Some(id) = todo.pop() {
            if seen.insert(id) {
                todo.extend(&self.at(id).parents);
            }
        }
        seen
    }

    /// What pages show and lack.
    fn of_pages(&self, question: &Question) -> Answer {
        match question {
            Question::ImagesWithoutText { path, content } => {
                let page = page::kind_of(path).zip(self.blobs.get(content));
                Answer::Count(page.map_or(0, |(kind, page)| page::images_without_text(page, kind)))
            }
            Question::Shown { commit, path, content, synthetic } => {
                let text = &self.blobs[content];
                let kind = page::kind_of(path).unwrap();
                let named = page::files_named(text, path, &synthetic.roots).into_iter();
                let files = named.filter_map(|file| Some((file.clone(), self.entry(*commit, &file)?.id()))).collect();
                Answer::Shown(Shown { labelled: page::says(text, kind, &synthetic.labels), files })
            }
            Question::Unlabelled { commit, path, synthetic } => {
                let pages = self.at(*commit).files.iter().filter(|(at, (_, text))| {
                    let Some(kind) = page::kind_of(at) else { return false };
                    let names_it = page::files_named(text, at, &synthetic.roots).contains(path);
                    names_it && !page::says(text, kind, &synthetic.labels)
                });
                Answer::Paths(pages.map(|(at, _)| at.clone()).collect())
            }
            other => panic!("{other:?} is about no page"),
        }
    }

    fn answer(&self, question: &Question, ring: &KeyRing) -> Answer {
        if self.blocked.contains(question) {
            let finding = provenance_core::finding::Finding::error(Code::UndecidedObject, "it is gone");
            return Answer::Undecided(Box::new(finding));
        }
        match question {
            Question::Lines(id) => {
                let lines = self.notes.get(id).into_iter().flatten();
                Answer::Lines(lines.map(|line| Arc::new(FiledLine::read(line, line_blob(line), ring))).collect())
            }
            Question::Topic(topic) => {
                let lines = self.notes.get(&topic_place(topic)).into_iter().flatten();
                Answer::Lines(lines.map(|line| Arc::new(FiledLine::read(line, line_blob(line), ring))).collect())
            }
            Question::Marks { old, new, path } => Answer::Marks(self.marks(*old, *new, path)),
            Question::ContentMarks { .. } => Answer::Marks(Marks::default()),
            Question::ImagesWithoutText { .. } | Question::Shown { .. } | Question::Unlabelled { .. } => {
                self.of_pages(question)
            }
            Question::Since { .. } => Answer::Since(self.since.map(|since| since.parse().unwrap())),
            Question::Moves { since, until, path, limit } => {
                Answer::Moves(self.moves(*since, *until, path, *limit as usize))
            }
            Question::Past { tip, path, limit } => {
                let mut past = Vec::new();
                for state in self.chain(*tip).into_iter().take(*limit as usize + 1) {
                    let held = self.slot(state, path);
                    if !past.contains(&held) {
                        past.push(held);
                    }
                }
                Answer::Past(past)
            }
            Question::EverHeld { tip, path, slot } => {
                Answer::Held(self.chain(*tip).into_iter().any(|state| self.slot(state, path) == *slot))
            }
            Question::EntryAt { commit, path } => Answer::Entry(self.entry(*commit, path)),
            Question::Entry(slot) => Answer::Entry(
                self.blobs
                    .get(&slot.id)
                    .and_then(|bytes| Entry::blob(slot.mode, BlobId(slot.id), Sha256Digest::of(bytes))),
            ),
            Question::Identities { old, new, path } => Answer::Identities(self.identities(*old, *new, path)),
            Question::Merge { base, ours, theirs } => Answer::Merge(Box::new(self.merges([base, ours, theirs]))),
            other => panic!("a question this world does not know: {other:?}"),
        }
    }

    fn moves(&self, since: CommitId, until: CommitId, path: &RepoPath, limit: usize) -> Moves {
        let chain = self.chain(until);
        let Some(reach) = chain.iter().position(|id| *id == since).filter(|reach| *reach <= limit) else {
            return Moves::NotOnChain;
        };
        let mut moves = Vec::new();
        for pair in chain[..=reach].windows(2).rev() {
            let (before, after) = (self.slot(pair[1], path), self.slot(pair[0], path));
            if before != after {
                moves.push(Move { step: pair[0], parent: pair[1], before, after });
            }
        }
        Moves::Known(moves)
    }

    fn identities(&self, old: CommitId, new: CommitId, path: &RepoPath) -> BTreeSet<Identity> {
        let known = self.ancestors(old);
        let touches =
            |id: &CommitId| self.at(*id).parents.iter().all(|parent| self.slot(*parent, path) != self.slot(*id, path));
        let new = self.ancestors(new).into_iter().filter(|id| !known.contains(id)).filter(touches);
        new.map(|id| {
            let author = &self.at(id).author;
            Identity { email: format!("{author}@example.com"), name: author.clone(), part: Part::Author }
        })
        .collect()
    }

    fn marks(&self, old: CommitId, new: CommitId, path: &RepoPath) -> Marks {
        let known = self.ancestors(old);
        let touches = |id: &CommitId| {
            let parents = &self.at(*id).parents;
            parents.iter().all(|parent| self.slot(*parent, path) != self.slot(*id, path))
        };
        let new = self.ancestors(new).into_iter().filter(|id| !known.contains(id)).filter(touches);
        let of = |id: CommitId| {
            let signals = self.messages.get(&id).map(|text| trailers::read(text.as_bytes()).signals);
            signals.into_iter().flatten().map(move |signal| Mark { commit: Some(id), signal })
        };
        Marks { marks: new.flat_map(of).collect(), ..Marks::default() }
    }

    fn merges(&self, ids: [&ObjectId; 3]) -> Merges {
        let none = || Merges { results: Algorithm::ALL.map(|_| MergeResult { clean: None, held: None }) };
        let [Some(base), Some(ours), Some(theirs)] = ids.map(|id| self.blobs.get(id)) else { return none() };
        Merges {
            results: Algorithm::ALL.map(|algorithm| MergeResult {
                clean: match merge::merge(base, ours, theirs, algorithm) {
                    Merged::Clean(bytes) => Some(MergedBlob { id: blob_id(&bytes), sha256: Sha256Digest::of(&bytes) }),
                    _ => None,
                },
                held: merge::held(base, ours, theirs, algorithm).ok(),
            }),
        }
    }
}
