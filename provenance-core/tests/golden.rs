//! Golden files: what an earlier build wrote still reads, verifies and means the same. A file in
//! `golden/` is never edited; a new format version gets a new folder.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

use std::path::{Path, PathBuf};

use provenance_core::entry::{Change, Entry, Mode};
use provenance_core::envelope::Envelope;
use provenance_core::id::{BlobId, CommitId, ObjectId, RecordId, Sha256Digest};
use provenance_core::key::{FileSigner, Signer};
use provenance_core::name::PersonId;
use provenance_core::path::RefName;
use provenance_core::policy::{Policy, PolicyFiles};
use provenance_core::statement::{
    Acceptance, Ai, Answer, AnswerResult, Author, Ceremony, Decision, Declaration, Document, Extent, Harm, Incident,
    IncidentStep, Lesson, Predicate, Review, Revocation, Scan, ScanResult, Scope, SignedBy, Statement, Term, Training,
    Waiver,
};
use provenance_core::time::{Day, Timestamp};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1")
}

fn key() -> FileSigner {
    FileSigner::from_seed(&[42; 32], "golden").unwrap()
}

fn id(n: u8) -> ObjectId {
    ObjectId::from_bytes(&[n; 20]).unwrap()
}

fn entry(n: u8, mode: Mode) -> Entry {
    Entry::blob(mode, BlobId(id(n)), Sha256Digest::of(&[n])).unwrap()
}

fn changes() -> Vec<Change> {
    let change = |path: &str, before, after| Change::new(path.parse().unwrap(), before, after).unwrap();
    vec![
        change("content/a.md", Some(entry(1, Mode::Regular)), Some(entry(2, Mode::Executable))),
        change("content/gone.md", Some(entry(3, Mode::Regular)), None),
        change("\"content/tab\\there.md\"", None, Some(entry(4, Mode::Symlink))),
        change("vendor/module", None, Some(Entry::gitlink(CommitId(id(5))))),
    ]
}

fn signer() -> SignedBy {
    SignedBy { person: "ana".parse().unwrap(), key: key().public_key().fingerprint() }
}

/// One record of each kind, with every field filled in.
fn records() -> Vec<(&'static str, Predicate)> {
    let declaration = Declaration {
        details: provenance_core::statement::Details::default(),
        repository: "acme/site".into(),
        branches: vec!["refs/heads/main".parse().unwrap()],
        signer: signer(),
        declared_at: "2026-11-23T07:00:00Z".parse().unwrap(),
        ai: Ai {
            model: Some("opus-4".into()),
            version: Some("2.1".into()),
            use_case: Some("drafting".parse().unwrap()),
            ..Ai::with_tool(Extent::Generated, "claude-code".parse().unwrap())
        },
        authors: vec![Author::person("ana".parse().unwrap()), Author::outside("Zoë".into(), "zoe@example.org".into())],
        contribution: Some("chose one of three drafts".into()),
        confirmations: vec!["no-client-data".parse().unwrap()],
        changes: changes(),
    };
    let review = Review {
        findings: Vec::new(),
        repository: "acme/site".into(),
        branches: vec!["refs/heads/main".parse().unwrap()],
        signer: signer(),
        reviewed_at: "2026-11-23T08:00:00Z".parse().unwrap(),
        decision: Decision::Approve,
        base: CommitId(id(6)),
        head: Some(CommitId(id(7))),
        scope: Scope::Set,
        answers: vec![Answer {
            sources: Vec::new(),
            id: "accuracy".parse().unwrap(),
            result: AnswerResult::NotApplicable,
            note: Some("no claims".into()),
        }],
        comment: Some("reads well".into()),
        ceremony: Ceremony::Terminal,
        amends: vec![RecordId(Sha256Digest::of(b"amended"))],
        supersedes: vec![RecordId(Sha256Digest::of(b"superseded"))],
        changes: changes(),
    };
    let revocation = revocation();
    let work = [
        ("declaration", Predicate::Declaration(declaration)),
        ("review", Predicate::Review(review)),
        ("revocation", Predicate::Revocation(revocation)),
    ];
    work.into_iter().chain(people()).chain(incidents()).chain(waivers_and_scans()).collect()
}

fn revocation() -> Revocation {
    Revocation {
        repository: "acme/site".into(),
        signer: signer(),
        revoked_at: "2026-11-23T09:00:00Z".parse().unwrap(),
        envelope: BlobId(id(8)),
        envelope_sha256: Some(Sha256Digest::of(b"line\n")),
        record: Some(RecordId(Sha256Digest::of(b"record"))),
        because: "misread the source".into(),
    }
}

fn document() -> Document {
    Document {
        path: "AI-POLICY.md".parse().unwrap(),
        git_blob: BlobId(id(9)),
        sha256: Sha256Digest::of(b"we answer for what we publish\n"),
    }
}

fn main_branch() -> Vec<RefName> {
    vec!["refs/heads/main".parse().unwrap()]
}

fn at(hour: u8) -> Timestamp {
    format!("2026-11-24T{hour:02}:00:00Z").parse().unwrap()
}

fn day(text: &str) -> Option<Day> {
    Some(text.parse().unwrap())
}

fn people() -> Vec<(&'static str, Predicate)> {
    let acceptance = Acceptance {
        repository: "acme/site".into(),
        signer: signer(),
        accepted_at: at(7),
        id: "ai-policy".parse().unwrap(),
        document: document(),
    };
    let training = |lesson, person: &str| {
        Predicate::Training(Training {
            repository: "acme/site".into(),
            signer: signer(),
            completed_at: at(8),
            person: person.parse().unwrap(),
            lesson,
            until: day("2027-06-30"),
            note: Some("in person".into()),
        })
    };
    let course = Lesson::Course {
        course: "ai-basics".parse().unwrap(),
        modules: vec!["technical".parse().unwrap(), "ethics".parse().unwrap()],
    };
    let tool = Lesson::Tool { tool: "claude-code".parse().unwrap(), document: document() };
    let known = Lesson::Policy { id: "ai-policy".parse().unwrap(), document: document() };
    vec![
        ("acceptance", Predicate::Acceptance(acceptance)),
        ("training-course", training(course, "ed")),
        ("training-tool", training(tool, "ana")),
        ("training-policy", training(known, "ed")),
    ]
}

fn incidents() -> Vec<(&'static str, Predicate)> {
    let step = |step| {
        Predicate::Incident(Incident {
            repository: "acme/site".into(),
            branches: main_branch(),
            signer: signer(),
            noted_at: at(9),
            path: "content/a.md".parse().unwrap(),
            step,
        })
    };
    let incident = RecordId(Sha256Digest::of(b"incident"));
    let (owner, due): (PersonId, _) = ("ana".parse().unwrap(), day("2026-12-01"));
    let open = IncidentStep::Open {
        entry: Some(entry(2, Mode::Regular)),
        severity: Harm::High,
        summary: "a wrong dose".into(),
        owner: Some(owner.clone()),
        due,
    };
    let notice = Some("the dose was corrected".into());
    let correct = IncidentStep::Correct { incident, change: changes()[0].clone(), notice };
    vec![
        ("incident-open", step(open)),
        ("incident-assign", step(IncidentStep::Assign { incident, owner, due })),
        ("incident-correct", step(correct)),
        ("incident-close", step(IncidentStep::Close { incident, outcome: "corrected, readers told".into() })),
    ]
}

fn waivers_and_scans() -> Vec<(&'static str, Predicate)> {
    let waiver = |term| {
        Predicate::Waiver(Waiver {
            repository: "acme/site".into(),
            branches: main_branch(),
            signer: signer(),
            waived_at: at(10),
            term,
            because: "the site is down".into(),
            changes: changes(),
        })
    };
    let granted = Term::Granted { from: day("2026-11-24"), until: "2026-11-30".parse().unwrap() };
    let scan = Scan {
        repository: "acme/site".into(),
        branches: main_branch(),
        signer: signer(),
        scanned_at: at(11),
        check: "links".parse().unwrap(),
        program: "lychee 0.20".into(),
        result: ScanResult::Warn,
        summary: Some("one redirect".into()),
        changes: changes(),
    };
    vec![
        ("waiver-granted", waiver(granted)),
        ("waiver-settled", waiver(Term::Settled { waiver: RecordId(Sha256Digest::of(b"waiver")) })),
        ("scan", Predicate::Scan(scan)),
    ]
}

/// Ed25519 signs the same bytes in the same way, so the whole line is reproducible.
#[test]
fn records_are_written_as_they_ever_were() {
    for (name, predicate) in records() {
        let line = Envelope::seal(&Statement::new(predicate).unwrap(), &key()).unwrap();
        let file = folder().join(format!("{name}.jsonl"));
        if std::env::var_os("WRITE_NEW_GOLDEN").is_some() && !file.exists() {
            std::fs::write(&file, [line.as_slice(), b"\n"].concat()).unwrap();
        }
        assert_eq!(String::from_utf8(line).unwrap() + "\n", std::fs::read_to_string(file).unwrap(), "{name}");
    }
}

#[test]
fn golden_records_verify_and_mean_what_they_did() {
    for (name, predicate) in records() {
        let file = std::fs::read(folder().join(format!("{name}.jsonl"))).unwrap();
        let envelope = Envelope::parse(file.strip_suffix(b"\n").unwrap()).unwrap();
        let verified = envelope.verify(key().public_key()).unwrap();
        assert_eq!(*verified.statement().predicate(), predicate, "{name}");
    }
}

#[test]
fn a_golden_record_with_one_changed_byte_is_void() {
    for (name, _) in records() {
        let file = std::fs::read(folder().join(format!("{name}.jsonl"))).unwrap();
        let line = file.strip_suffix(b"\n").unwrap();
        for at in (0..line.len()).step_by(7) {
            let mut changed = line.to_vec();
            changed[at] ^= 1;
            let verdict = Envelope::parse(&changed).ok().and_then(|envelope| {
                // The key id only selects the key.
                if envelope.keyid() == key().public_key().fingerprint().to_string() {
                    envelope.verify(key().public_key()).ok()
                } else {
                    None
                }
            });
            assert!(verdict.is_none(), "{name}: byte {at}");
        }
    }
}

#[test]
fn the_golden_policy_still_loads() {
    let file = |name: &str| Some(std::fs::read(folder().join(name)).unwrap());
    let files = PolicyFiles { people: file("people.toml"), policy: file("policy.toml"), tools: file("tools.toml") };
    let policy = Policy::load(&files).unwrap();
    assert_eq!(policy.repository(), "acme/site");
    assert_eq!(policy.digest().to_string(), std::fs::read_to_string(folder().join("policy.digest")).unwrap().trim());
}
