//! `demo`: the whole story in a throw-away repository, with fresh keys, and nothing left behind.

use std::collections::BTreeMap;

use provenance_core::audit::check;
use provenance_core::check::{Range, Request};
use provenance_core::draft::Desk;
use provenance_core::draft::client_names::ClientNames;
use provenance_core::draft::declare::Answers;
use provenance_core::draft::review::Verdict as ReviewVerdict;
use provenance_core::draft::span::{Paths, Selection};
use provenance_core::entry::Mode;
use provenance_core::git::{CommitDraft, Identity, Repository};
use provenance_core::id::CommitId;
use provenance_core::key::{FileSigner, Signer};
use provenance_core::ledger::Ledger;
use provenance_core::path::{RefName, RepoPath};
use provenance_core::policy::FILES;
use provenance_core::report::{Report, Verdict};
use provenance_core::statement::{Ai, Answer, AnswerResult, Ceremony, Decision, Extent, Scope};
use provenance_core::time::Timestamp;

use crate::app::clock;
use crate::args::Args;
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;
use crate::render;

const ARTICLE: &str = "# Choosing a bicycle\n\nStart with the distance you ride.\n";
const DRAFTED: &str = "# Choosing a bicycle\n\nStart with the distance you ride.\n\nFor daily trips under ten kilometres, comfort matters more than weight.\n";
const EDITED: &str = "# Choosing a bicycle\n\nStart with the distance you ride.\n\nFor daily trips under ten kilometres, comfort matters more than weight!\n";

pub(super) fn run(args: &Args, out: &mut Output) -> Outcome {
    let dir =
        tempfile::tempdir().map_err(|error| CliError::failed(format!("cannot make a temporary folder: {error}")))?;
    let story = Story::begin(dir.path(), clock(args)?)?;
    let acts = story.tell(out)?;
    dir.close().map_err(|error| CliError::failed(format!("cannot remove the temporary folder: {error}")))?;
    let as_told = acts.iter().all(|(report, expected)| report.verdict == *expected);
    if out.is_json() {
        out.json(&acts.into_iter().map(|(report, _)| report).collect::<Vec<_>>());
    }
    if as_told {
        Ok(Code::Done)
    } else {
        Err(CliError::failed("a verdict is not the one the story tells: this is a defect of git-provenance"))
    }
}

/// Narration is what a demo answers.
fn tell(out: &mut Output, text: &str) {
    if !out.is_json() {
        out.answer(text);
    }
}

struct Story {
    repository: Repository,
    main: RefName,
    now: Timestamp,
    writer: FileSigner,
    reviewer: FileSigner,
    root: CommitId,
}

impl Story {
    fn begin(dir: &std::path::Path, now: Timestamp) -> Result<Self, CliError> {
        let repository = Repository::init(dir, "main")?;
        let key = || -> Result<FileSigner, CliError> {
            let mut seed = zeroize::Zeroizing::new([0; 32]);
            getrandom::fill(seed.as_mut_slice())
                .map_err(|error| CliError::failed(format!("the system has no randomness: {error}")))?;
            FileSigner::from_seed(&seed, "demo").map_err(|error| CliError::failed(error.to_string()))
        };
        let main = crate::args::branch("main")?;
        let (writer, reviewer) = (key()?, key()?);
        let mut story = Self {
            repository,
            main,
            now,
            writer,
            reviewer,
            root: CommitId(provenance_core::id::ObjectId::null(provenance_core::id::ObjectFormat::Sha1)),
        };
        let [people, policy, tools] = story.policy();
        let files =
            [(FILES[0], people), (FILES[1], policy), (FILES[2], tools), ("content/bicycle.md", ARTICLE.to_owned())];
        story.root = story.commit(&[], &files, "Policy and first article")?;
        story.repository.swap_ref(&story.main, None, story.root.0, "demo")?;
        Ok(story)
    }

    fn policy(&self) -> [String; 3] {
        let people = format!(
            "[person.wes]\nname = \"Wes Writer\"\nkind = \"human\"\nemails = [\"wes@example.com\"]\nroles = [\"writer\"]\nkeys = [\"{}\"]\n\n\
             [person.ana]\nname = \"Ana Editor\"\nkind = \"human\"\nemails = [\"ana@example.com\"]\nroles = [\"admin\", \"security\", \"editor\"]\nkeys = [\"{}\"]\n",
            self.writer.public_key(),
            self.reviewer.public_key()
        );
        let policy = "version = 1\nrepository = \"demo/site\"\nbranches = [\"refs/heads/main\"]\n\n[[rule]]\nname = \"content\"\npaths = [\"content/**\"]\n\
                      reviews = [{ roles = [\"editor\"], count = 1 }]\ndeclaration = \"required\"\nchecklist = [\"accuracy\"]\n\n\
                      [checklist.accuracy]\nquestion = \"Are facts checked against sources?\"\n";
        let tools = "[tool.claude-code]\nname = \"Claude Code\"\nstatus = \"approved\"\nmodels = [\"opus-*\"]\n";
        [people, policy.to_owned(), tools.to_owned()]
    }

    fn commit(&self, parents: &[CommitId], files: &[(&str, String)], message: &str) -> Result<CommitId, CliError> {
        let mut edits = BTreeMap::new();
        for (path, text) in files {
            let path: RepoPath = path.parse().map_err(|error| CliError::failed(format!("{error}")))?;
            edits.insert(path, Some((Mode::Regular, text.clone().into_bytes())));
        }
        let base = parents.first().map(|parent| self.repository.tree_of(*parent)).transpose()?;
        let tree = self.repository.edit_tree(base, &edits).map_err(|error| CliError::failed(error.to_string()))?;
        let author = Identity {
            name: "Wes Writer".to_owned(),
            email: "wes@example.com".to_owned(),
            seconds: self.now.seconds(),
        };
        Ok(self.repository.write_commit(&CommitDraft {
            tree,
            parents: parents.to_vec(),
            author,
            message: message.to_owned(),
        })?)
    }

    fn tell(&self, out: &mut Output) -> Result<Vec<(Report, Verdict)>, CliError> {
        let mut acts = Vec::new();
        let draft =
            self.commit(&[self.root], &[("content/bicycle.md", DRAFTED.to_owned())], "Draft advice on weight")?;
        tell(out, "1. Wes lets an AI tool draft a paragraph, commits it on a branch, and declares it.");
        self.declare(draft)?;
        tell(out, "   $ git provenance declare --extent generated --tool claude-code --model opus-4");
        tell(out, "\n2. Nobody has read it yet. The gate refuses it.");
        self.act(Range::Proposal { base: self.root, head: draft }, Verdict::Refused, &mut acts, out)?;
        tell(out, "\n3. Ana reads the change, answers the checklist and signs.");
        self.review(draft)?;
        tell(out, "   $ git provenance review --approve --answer accuracy=pass");
        self.act(Range::Proposal { base: self.root, head: draft }, Verdict::Allowed, &mut acts, out)?;
        tell(out, "\n4. It is squash-merged: another commit, the same content. The signatures still hold.");
        let squashed =
            self.commit(&[self.root], &[("content/bicycle.md", DRAFTED.to_owned())], "Advice on weight (#1)")?;
        self.act(Range::Update { old: Some(self.root), new: squashed }, Verdict::Allowed, &mut acts, out)?;
        tell(out, "\n5. Somebody changes one byte on the way. Nobody signed that.");
        let edited =
            self.commit(&[self.root], &[("content/bicycle.md", EDITED.to_owned())], "Advice on weight (#1)")?;
        self.act(Range::Update { old: Some(self.root), new: edited }, Verdict::Refused, &mut acts, out)?;
        Ok(acts)
    }

    fn act(
        &self,
        range: Range,
        expected: Verdict,
        acts: &mut Vec<(Report, Verdict)>,
        out: &mut Output,
    ) -> Result<(), CliError> {
        let request = Request {
            range,
            branch: Some(self.main.clone()),
            named: Vec::new(),
            via: Vec::new(),
            root: Some(self.root),
            now: self.now,
        };
        let report = check(&self.repository, &Ledger::open(&self.repository)?, &request)?;
        if !out.is_json() {
            tell(out, "   $ git provenance check");
            let indented: Vec<String> = render::report(&report).lines().map(|line| format!("   {line}")).collect();
            out.answer(&indented.join("\n"));
        }
        acts.push((report, expected));
        Ok(())
    }

    fn declare(&self, head: CommitId) -> Result<(), CliError> {
        let desk = Desk::at(&self.repository, self.main.clone(), self.now)?;
        let span = desk.span(Selection::Proposal(self.root, head), &Paths::default())?;
        let tool = "claude-code".parse().map_err(|error| CliError::failed(format!("{error}")))?;
        let ai = Ai { model: Some("opus-4".to_owned()), ..Ai::with_tool(Extent::Generated, tool) };
        let answers = Answers {
            details: provenance_core::statement::Details::default(),
            ai,
            contribution: Some("asked for it and kept one of three".to_owned()),
            confirmations: Vec::new(),
            authors: Vec::new(),
        };
        let statement = desk.declaration(&span, answers, &self.writer.public_key().fingerprint())?;
        desk.file(&statement, &self.writer, &ClientNames::default())?;
        Ok(())
    }

    fn review(&self, head: CommitId) -> Result<(), CliError> {
        let desk = Desk::at(&self.repository, self.main.clone(), self.now)?;
        let span = desk.span(Selection::Proposal(self.root, head), &Paths::default())?;
        let id = "accuracy".parse().map_err(|error| CliError::failed(format!("{error}")))?;
        let verdict = ReviewVerdict {
            findings: Vec::new(),
            decision: Decision::Approve,
            scope: Scope::Set,
            answers: vec![Answer { sources: Vec::new(), id, result: AnswerResult::Pass, note: None }],
            comment: None,
            ceremony: Ceremony::Options,
        };
        let statement = desk.review(&span, verdict, &self.reviewer.public_key().fingerprint())?;
        desk.file(&statement, &self.reviewer, &ClientNames::default())?;
        Ok(())
    }
}
