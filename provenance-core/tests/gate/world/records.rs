//! The records of a world: drafted, signed, filed.

use super::*;

impl World {
    pub(crate) fn signer(who: &str) -> SignedBy {
        SignedBy { person: who.parse().unwrap(), key: key(who).public_key().fingerprint() }
    }

    pub(crate) fn time(&self) -> Timestamp {
        self.now.parse().unwrap()
    }

    /// An approval with a complete checklist, ready to be altered and filed.
    pub(crate) fn approval(&self, who: &str, from: CommitId, to: CommitId) -> Review {
        Review {
            findings: Vec::new(),
            repository: "acme/site".to_owned(),
            branches: vec![branch("main")],
            signer: Self::signer(who),
            reviewed_at: self.time(),
            decision: Decision::Approve,
            base: from,
            head: None,
            scope: Scope::Set,
            answers: vec![Answered {
                sources: Vec::new(),
                id: "accuracy".parse().unwrap(),
                result: AnswerResult::Pass,
                note: None,
            }],
            comment: None,
            ceremony: Ceremony::Options,
            amends: Vec::new(),
            supersedes: Vec::new(),
            changes: self.changes(from, to),
        }
    }

    pub(crate) fn declaration(&self, who: &str, from: CommitId, to: CommitId) -> Declaration {
        Declaration {
            details: provenance_core::statement::Details::default(),
            repository: "acme/site".to_owned(),
            branches: vec![branch("main")],
            signer: Self::signer(who),
            declared_at: self.time(),
            ai: Ai::none(),
            authors: vec![Author::person(who.parse().unwrap())],
            contribution: None,
            confirmations: Vec::new(),
            changes: self.changes(from, to),
        }
    }

    /// A declaration of AI use.
    pub(crate) fn ai(&self, who: &str, from: CommitId, to: CommitId) -> Declaration {
        let ai = Ai { model: Some("opus-4".to_owned()), ..Ai::with_tool(Extent::Generated, "writer".parse().unwrap()) };
        let confirmations = vec!["no-client-data".parse().unwrap()];
        Declaration { ai, confirmations, ..self.declaration(who, from, to) }
    }

    pub(crate) fn line(who: &str, predicate: Predicate) -> (Vec<u8>, RecordId) {
        let statement = Statement::new(predicate).unwrap();
        let line = Envelope::seal(&statement, &key(who)).unwrap();
        (line, RecordId::of_payload(&statement.to_payload()))
    }

    /// Signs with somebody's key and files the record under what it names.
    pub(crate) fn file(&mut self, who: &str, predicate: Predicate) -> RecordId {
        let statement = Statement::new(predicate.clone()).unwrap();
        let mut places: BTreeSet<ObjectId> =
            statement.changes().iter().flat_map(Change::ends).map(|entry| entry.id()).collect();
        places.extend(statement.topic().map(|topic| topic_place(&topic)));
        if let Predicate::Revocation(revocation) = &predicate {
            places.insert(revocation.envelope.0);
        }
        let (line, id) = Self::line(who, predicate);
        for place in places {
            self.note(place, line.clone());
        }
        id
    }

    pub(crate) fn note(&mut self, id: ObjectId, line: Vec<u8>) {
        let lines = self.notes.entry(id).or_default();
        if !lines.contains(&line) {
            lines.push(line);
        }
    }

    pub(crate) fn approve(&mut self, who: &str, from: CommitId, to: CommitId) -> RecordId {
        let review = self.approval(who, from, to);
        self.file(who, Predicate::Review(review))
    }

    pub(crate) fn reject(&mut self, who: &str, from: CommitId, to: CommitId) -> RecordId {
        let review = Review { decision: Decision::Reject, answers: Vec::new(), ..self.approval(who, from, to) };
        self.file(who, Predicate::Review(review))
    }

    pub(crate) fn declare(&mut self, who: &str, from: CommitId, to: CommitId) -> RecordId {
        let declaration = self.declaration(who, from, to);
        self.file(who, Predicate::Declaration(declaration))
    }

    pub(crate) fn revocation(&self, who: &str, record: RecordId) -> Revocation {
        let line = self
            .notes
            .values()
            .flatten()
            .find(|line| Envelope::parse(line).is_ok_and(|it| it.record_id() == record))
            .unwrap();
        let mut with_newline = line.clone();
        with_newline.push(b'\n');
        Revocation {
            repository: "acme/site".to_owned(),
            signer: Self::signer(who),
            revoked_at: self.time(),
            envelope: line_blob(line),
            envelope_sha256: Some(Sha256Digest::of(&with_newline)),
            record: Some(record),
            because: "of a reason".to_owned(),
        }
    }

    pub(crate) fn revoke(&mut self, who: &str, record: RecordId) -> RecordId {
        let revocation = self.revocation(who, record);
        self.file(who, Predicate::Revocation(revocation))
    }

    /// Wes declares that no AI took part, and Ed approves.
    pub(crate) fn cover(&mut self, from: CommitId, to: CommitId) {
        self.declare("wes", from, to);
        self.approve("ed", from, to);
    }

    pub(crate) fn pointer(&mut self, place: ObjectId, target: BlobId) {
        self.note(place, pointer_line(target));
    }
}
