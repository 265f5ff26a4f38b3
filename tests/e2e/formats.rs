//! What is written: JSON against the schemas, notes that git reads, signatures that others verify.

use crate::site::Site;

fn schema(site: &Site, name: &str) -> jsonschema::Validator {
    let schema = site.run(&["policy", "schema", name]).ends(0).json();
    jsonschema::validator_for(&schema).unwrap()
}

#[track_caller]
fn validates(validator: &jsonschema::Validator, value: &serde_json::Value) {
    let problems: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(problems.is_empty(), "{problems:?}\n{value:#}");
}

fn reviewed() -> Site {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n"), ("content/é \"q\".md", "new\n")]);
    site.approve("main...topic");
    site
}

#[test]
fn reports_and_records_are_as_their_schemas_say() {
    let site = reviewed();
    validates(&schema(&site, "report"), &site.run(&["check", "--format", "json"]).ends(0).json());
    validates(&schema(&site, "report"), &site.run(&["check", "HEAD", "--branch", "main", "--format", "json"]).json());
    let records = site.run(&["log", "--format", "json"]).ends(0).json();
    for record in records.as_array().unwrap() {
        validates(&schema(&site, record["kind"].as_str().unwrap()), &record["statement"]);
    }
    let review = records.as_array().unwrap().iter().find(|record| record["kind"] == "review").unwrap();
    site.signed("ed", &["revoke", review["record"].as_str().unwrap(), "-m", "why"]).ends(0);
    let line = review["line"].as_str().unwrap();
    let revocations = site.run(&["show", line, "--format", "json"]);
    let _ = revocations;
    let wrong = serde_json::json!({ "verdict": "maybe" });
    assert!(!schema(&site, "report").is_valid(&wrong));
}

#[test]
fn git_reads_our_notes() {
    let site = reviewed();
    let blob = site.repo.git(&["rev-parse", "topic:content/b.md"]);
    let note = site.repo.git(&["notes", "--ref=provenance", "show", &blob]);
    assert_eq!(note.lines().count(), 2);
    let shown = site.repo.git(&["log", "-1", "--notes=provenance", "topic"]);
    assert!(shown.contains("application/vnd.in-toto+json"), "{shown}");
    assert!(site.repo.git(&["notes", "--ref=provenance", "list"]).contains(&blob));
    assert_eq!(
        site.repo.git(&["log", "-1", "--format=%an <%ae> %s", "refs/notes/provenance"]),
        "ed <ed@example.com> provenance: review of 2 changes by ed"
    );
    site.repo.git(&["fsck", "--strict"]);
}

/// The verifier of `docs/spec/records.md`, as a stranger would write it.
const VERIFIER: &str = include_str!("../../docs/spec/verify.py");

/// The libraries of in-toto and of its envelopes, which know nothing of us.
const LIBRARIES: &str = r#"
import base64, json, sys, tomllib
from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey
people = tomllib.load(open(sys.argv[1], "rb"))["person"]
points = {person: base64.b64decode(people[person]["keys"][0].split()[1])[-32:] for person in people}
for line in sys.stdin.read().splitlines():
    envelope = Envelope.from_dict(json.loads(line))
    [keyid] = envelope.signatures
    statement = json_format.Parse(envelope.payload, statement_pb2.Statement())
    Statement(list(statement.subject), statement.predicate_type, statement.predicate).validate()
    person = statement.predicate["signer"]["person"]
    key = SSlibKey(keyid, "ed25519", "ed25519", {"public": points[person].hex()})
    try:
        print(person, len(envelope.verify([key], 1)), statement.subject[0].name)
    except VerificationError:
        print(person, "void")
"#;

/// The Python of this run, with the packages that `.ci/run` installs. In a pipeline it must be there.
fn python() -> Option<String> {
    let python = std::env::var("PROVENANCE_PYTHON").ok();
    assert!(python.is_some() || std::env::var("CI").as_deref() != Ok("true"), "PROVENANCE_PYTHON is not set");
    if python.is_none() {
        eprintln!("skipped: PROVENANCE_PYTHON names no Python with `cryptography`");
    }
    python
}

/// What a Python script says of a note.
fn run_python(site: &Site, python: &str, script: &str, note: &str) -> String {
    let mut command = site.repo.command(python);
    command.args(["-c", script]).arg(site.repo.path().join(".provenance/people.toml"));
    let output = provenance_test_support::run(command, note.as_bytes());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The note of the file that both records name, and the same with other payloads under their signatures.
fn note_and_forgery(site: &Site) -> (String, String) {
    let blob = site.repo.git(&["rev-parse", "topic:content/b.md"]);
    let note = site.repo.git(&["notes", "--ref=provenance", "show", &blob]);
    let later = note.replace("MjAyNS", "MjAyNi").replace("yMDI1L", "yMDI2L").replace("IwMjUt", "IwMjYt");
    assert_ne!(later, note);
    (note, later)
}

#[test]
fn python_verifies_our_records() {
    let Some(python) = python() else { return };
    let site = reviewed();
    let (note, forged) = note_and_forgery(&site);
    let said = run_python(&site, &python, VERIFIER, &note);
    assert!(said.contains("wes declaration content/b.md") && said.contains("ed review content/b.md"), "{said}");
    assert_eq!(run_python(&site, &python, VERIFIER, &forged), "void: InvalidSignature()\n".repeat(2));
}

#[test]
fn the_libraries_of_in_toto_verify_our_records() {
    let Some(python) = python() else { return };
    let site = reviewed();
    let (note, forged) = note_and_forgery(&site);
    let mut said: Vec<String> = run_python(&site, &python, LIBRARIES, &note).lines().map(str::to_owned).collect();
    said.sort();
    assert_eq!(said, ["ed 1 content/b.md", "wes 1 content/b.md"]);
    let said = run_python(&site, &python, LIBRARIES, &forged);
    assert!(said.contains("ed void") && said.contains("wes void"), "{said}");
}

#[test]
fn ssh_keygen_verifies_a_review_by_its_sshsig() {
    use provenance_core::key::sshsig;
    let site = reviewed();
    // Raw signatures are not SSHSIG; what `ssh-keygen -Y sign` makes over the same bytes is accepted.
    let message = provenance_core::envelope::pae(b"{}");
    let file = site.repo.home().join("message");
    std::fs::write(&file, &message).unwrap();
    std::fs::set_permissions(site.key("ed"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let status = site
        .repo
        .command("ssh-keygen")
        .args(["-q", "-Y", "sign", "-n", "git-provenance", "-f"])
        .arg(site.key("ed"))
        .arg(&file)
        .status();
    assert!(status.unwrap().success());
    let armored = std::fs::read_to_string(file.with_extension("sig")).unwrap();
    let key: provenance_core::key::PublicKey = site.public("ed").parse().unwrap();
    let blob = sshsig::dearmor(&armored).unwrap();
    assert!(key.verify(&message, &blob).is_ok());
    assert!(key.verify(b"other", &blob).is_err());
}

#[test]
fn help_and_usage_are_stable() {
    let site = Site::new();
    let help = site.run(&["--help"]).ends(0);
    for verb in [
        "init", "trust", "key", "declare", "review", "check", "show", "log", "status", "revoke", "policy", "people",
        "tools", "sync", "hook", "demo",
    ] {
        assert!(help.out.lines().any(|line| line.trim_start().starts_with(verb)), "{verb}");
    }
    site.run(&["nonsense"]).ends(2);
    site.run(&["check", "--format", "xml"]).ends(2);
}
