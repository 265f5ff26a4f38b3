//! What people of the world sign about people, incidents, waivers and scans.

use provenance_core::statement::{
    Acceptance, Document, Harm, Incident, IncidentStep, Lesson, Scan, ScanResult, Term, Training, Waiver,
};

use super::*;

/// Where the world's AI policy is.
pub(crate) const AI_POLICY: &str = "AI-POLICY.md";

impl World {
    fn header(&self) -> (String, Timestamp) {
        ("acme/site".to_owned(), self.time())
    }

    /// A file as a commit has it.
    pub(crate) fn document(&self, at: CommitId, name: &str) -> Document {
        let entry = self.entry(at, &path(name)).unwrap();
        Document { path: path(name), git_blob: BlobId(entry.id()), sha256: entry.sha256().unwrap() }
    }

    pub(crate) fn accept(&mut self, who: &str, at: CommitId) -> RecordId {
        let (repository, accepted_at) = self.header();
        let document = self.document(at, AI_POLICY);
        let id = "ai-policy".parse().unwrap();
        let acceptance = Acceptance { repository, signer: Self::signer(who), accepted_at, id, document };
        self.file(who, Predicate::Acceptance(acceptance))
    }

    pub(crate) fn train(&mut self, trainer: &str, person: &str, lesson: Lesson, when: &str) -> RecordId {
        let training = Training {
            repository: self.header().0,
            signer: Self::signer(trainer),
            completed_at: when.parse().unwrap(),
            person: person.parse().unwrap(),
            lesson,
            until: None,
            note: None,
        };
        self.file(trainer, Predicate::Training(training))
    }

    pub(crate) fn course(modules: &[&str]) -> Lesson {
        let modules = modules.iter().map(|module| module.parse().unwrap()).collect();
        Lesson::Course { course: "ai-basics".parse().unwrap(), modules }
    }

    pub(crate) fn incident(&mut self, who: &str, name: &str, step: IncidentStep) -> RecordId {
        let (repository, noted_at) = self.header();
        let branches = vec![branch("main")];
        let incident = Incident { repository, branches, signer: Self::signer(who), noted_at, path: path(name), step };
        self.file(who, Predicate::Incident(incident))
    }

    pub(crate) fn open(&mut self, who: &str, name: &str) -> RecordId {
        let step = IncidentStep::Open {
            entry: None,
            severity: Harm::High,
            summary: "a wrong dose".to_owned(),
            owner: None,
            due: None,
        };
        self.incident(who, name, step)
    }

    pub(crate) fn correct(&mut self, who: &str, incident: RecordId, from: CommitId, to: CommitId) -> RecordId {
        let change = self.changes(from, to).into_iter().next().unwrap();
        let name = change.path().to_string();
        self.incident(who, &name, IncidentStep::Correct { incident, change, notice: None })
    }

    pub(crate) fn close(&mut self, who: &str, name: &str, incident: RecordId) -> RecordId {
        self.incident(who, name, IncidentStep::Close { incident, outcome: "put right".to_owned() })
    }

    pub(crate) fn waive(&mut self, who: &str, [from, to]: [CommitId; 2], until: &str) -> RecordId {
        let term = Term::Granted { from: None, until: until.parse().unwrap() };
        self.waiver(who, [from, to], term)
    }

    pub(crate) fn waiver(&mut self, who: &str, [from, to]: [CommitId; 2], term: Term) -> RecordId {
        let (repository, waived_at) = self.header();
        let waiver = Waiver {
            repository,
            branches: vec![branch(self.branch)],
            signer: Self::signer(who),
            waived_at,
            term,
            because: "the site is down".to_owned(),
            changes: self.changes(from, to),
        };
        self.file(who, Predicate::Waiver(waiver))
    }

    pub(crate) fn scan(&mut self, who: &str, [from, to]: [CommitId; 2], result: ScanResult) -> RecordId {
        let (repository, scanned_at) = self.header();
        let scan = Scan {
            repository,
            branches: vec![branch("main")],
            signer: Self::signer(who),
            scanned_at,
            check: "links".parse().unwrap(),
            program: "links 1".to_owned(),
            result,
            summary: None,
            changes: self.changes(from, to),
        };
        self.file(who, Predicate::Scan(scan))
    }
}
