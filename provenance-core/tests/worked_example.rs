//! The worked example of `docs/spec/records.md`: made here from the code, compared with the page byte for
//! byte, and verified by the very commands that the page shows. `UPDATE_EXAMPLE=1` writes it anew.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use provenance_core::entry::{Change, Entry, Mode};
use provenance_core::envelope::{Envelope, pae};
use provenance_core::id::{RecordId, Sha256Digest};
use provenance_core::key::sshsig::{self, Hash};
use provenance_core::key::{FileSigner, PublicKey, SignError, Signer};
use provenance_core::statement::{
    Answer, AnswerResult, Ceremony, Decision, Predicate, Review, Scope, SignedBy, Statement,
};
use provenance_test_support::Repo;
use tempfile::TempDir;

/// The secret key of the first test of RFC 8032, section 7.1.
const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const CONTENT: &str = "Hello, reader.\n";
const VERIFIER: &str = include_str!("../../docs/spec/verify.py");

/// Verification of a record with a raw signature.
const WITH_OPENSSL: &str = r#"sed 's/.*"payload":"\([^"]*\)".*/\1/' record.jsonl | base64 -d > payload
sed 's/.*"sig":"\([^"]*\)".*/\1/' record.jsonl | base64 -d > sig
{ printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c < payload)"; cat payload; } > pae
{ echo '-----BEGIN PUBLIC KEY-----'
  { printf '\060\052\060\005\006\003\053\145\160\003\041\000'; cut -d' ' -f2 key.pub | base64 -d | tail -c 32; } | base64
  echo '-----END PUBLIC KEY-----'; } > key.pem
openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in pae -sigfile sig
sha256sum < payload | cut -d' ' -f1   # the record id
git hash-object record.jsonl          # the blob id of the line
"#;

/// Verification of a record with an SSHSIG signature; `pae` is as above.
const WITH_SSH_KEYGEN: &str = r#"{ echo '-----BEGIN SSH SIGNATURE-----'
  sed 's/.*"sig":"\([^"]*\)".*/\1/' record-sshsig.jsonl | fold -w 70
  echo '-----END SSH SIGNATURE-----'; } > pae.sig
echo "ana $(cat key.pub)" > allowed_signers
ssh-keygen -Y verify -f allowed_signers -I ana -n git-provenance -s pae.sig < pae
"#;

fn signer() -> FileSigner {
    let mut seed = [0; 32];
    for (i, byte) in seed.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&SEED[2 * i..2 * i + 2], 16).unwrap();
    }
    FileSigner::from_seed(&seed, "ana@example.com").unwrap()
}

/// The same key, as a signer that gives SSHSIG.
struct BySshsig(FileSigner);

impl Signer for BySshsig {
    fn public_key(&self) -> &PublicKey {
        self.0.public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(sshsig::wrap(self.public_key(), &self.0.sign(&sshsig::signed_data(message, Hash::Sha512))?))
    }
}

/// What git says of content: its blob id.
fn blob_id(content: &str) -> String {
    Repo::empty_folder().git_with(&["hash-object", "--stdin"], content)
}

fn review() -> Statement {
    let after = Entry::blob(Mode::Regular, blob_id(CONTENT).parse().unwrap(), Sha256Digest::of(CONTENT.as_bytes()));
    let review = Review {
        findings: Vec::new(),
        repository: "acme/website".into(),
        branches: vec!["refs/heads/main".parse().unwrap()],
        signer: SignedBy { person: "ana".parse().unwrap(), key: signer().public_key().fingerprint() },
        reviewed_at: "2026-11-23T08:00:00Z".parse().unwrap(),
        decision: Decision::Approve,
        base: "2c26b46b68ffc68ff99b453c1d30413413422d70".parse().unwrap(),
        head: None,
        scope: Scope::Set,
        answers: vec![Answer {
            sources: Vec::new(),
            id: "accuracy".parse().unwrap(),
            result: AnswerResult::Pass,
            note: None,
        }],
        comment: None,
        ceremony: Ceremony::Terminal,
        amends: Vec::new(),
        supersedes: Vec::new(),
        changes: vec![Change::new("content/hello.md".parse().unwrap(), None, after).unwrap()],
    };
    Statement::new(Predicate::Review(review)).unwrap()
}

fn line(signer: &dyn Signer) -> String {
    String::from_utf8(Envelope::seal(&review(), signer).unwrap()).unwrap() + "\n"
}

fn people() -> String {
    format!(
        "[person.ana]\nname = \"Ana Ruiz\"\nkind = \"human\"\nroles = [\"editor\"]\nkeys = [\"{}\"]\n",
        signer().public_key()
    )
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let lines: Vec<&str> = (0..digits.len()).step_by(96).map(|at| &digits[at..digits.len().min(at + 96)]).collect();
    lines.join("\n")
}

fn block(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```\n\n", text.trim_end_matches('\n'))
}

/// The example as it stands in the page.
fn example() -> String {
    let payload = review().to_payload();
    let (raw, sshsig) = (line(&signer()), line(&BySshsig(signer())));
    let sig = signer().sign(&pae(&payload)).unwrap();
    [
        "**The key** is that of a published seed, the secret key of RFC 8032, section 7.1, test 1. Never use it.\n\n".into(),
        block("", &format!("seed        {SEED}\npublic key  {}\nfingerprint {}", signer().public_key(), signer().public_key().fingerprint())),
        "`key.pub` holds the public key's line, and `people.toml` gives it to Ana:\n\n".into(),
        block("toml", &people()),
        format!("**The change** adds `content/hello.md`, a file of {} bytes: `Hello, reader.` and a newline.\n\n", CONTENT.len()),
        block("", &format!("git id      {}\nSHA-256     {}", blob_id(CONTENT), Sha256Digest::of(CONTENT.as_bytes()))),
        format!("**The payload** (R8) is Ana's review of it, {} bytes on one line without a newline:\n\n", payload.len()),
        block("json", std::str::from_utf8(&payload).unwrap()),
        format!("**The record id** (R2.3) is the SHA-256 of these bytes:\n\n{}", block("", &RecordId::of_payload(&payload).to_string())),
        format!("**PAE** (R6.6), the signed bytes, is `DSSEv1 28 application/vnd.in-toto+json {} ` and the payload. In hexadecimal:\n\n", payload.len()),
        block("", &hex(&pae(&payload))),
        "**The signature** (R7.3), 64 bytes in hexadecimal, the same in every run:\n\n".into(),
        block("", &hex(&sig)),
        "**The line** (R6), `record.jsonl`, without its newline:\n\n".into(),
        block("json", &raw),
        filing(&raw),
        format!("**With OpenSSL**, coreutils and git, in a folder with `record.jsonl` and `key.pub`:\n\n{}", block("sh", WITH_OPENSSL)),
        "It prints `Signature Verified Successfully`, the record id and the line's blob id.\n\n".into(),
        "**With ssh-keygen.** Had Ana's signer given an SSHSIG signature (R7.4, with `sha512`), the line would be this one, `record-sshsig.jsonl`. The payload, and so \
         the record id and PAE, are the same:\n\n".into(),
        block("json", &sshsig),
        block("sh", WITH_SSH_KEYGEN),
        "It prints `Good \"git-provenance\" signature for ana with ED25519 key` and the fingerprint.\n\n".into(),
        "**With Python** and the package `cryptography`, raw signatures by keys in files, all lines of a note at once. `python3 verify.py people.toml < record.jsonl` \
         prints `ana review content/hello.md`. [verify.py](verify.py):\n\n".into(),
        block("python", VERIFIER),
    ]
    .concat()
}

fn filing(line: &str) -> String {
    let (id, content) = (blob_id(line), blob_id(CONTENT));
    format!(
        "**Where it is filed.** With its newline the line has the blob id (R10.2)\n\n{}\
         A pointer to the line names this id, and a revocation of it is filed under it. The change has one end, so the line stands in one note (R10.3), in the tree of \
         `refs/notes/provenance` at\n\n{}or with slashes after leading pairs of digits. `git notes --ref=provenance show {}` prints it.\n\n",
        block("", &id),
        block("", &content),
        &content[..12]
    )
}

const START: &str = "<!-- worked-example -->\n\n";
const END: &str = "<!-- /worked-example -->\n";

#[test]
fn the_page_has_the_example_as_the_program_makes_it() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/spec/records.md");
    let page = std::fs::read_to_string(&file).unwrap();
    let start = page.find(START).unwrap() + START.len();
    let end = page.find(END).unwrap();
    if std::env::var_os("UPDATE_EXAMPLE").is_some() {
        std::fs::write(&file, format!("{}{}{}", &page[..start], example(), &page[end..])).unwrap();
        return;
    }
    assert_eq!(
        &page[start..end],
        example(),
        "docs/spec/records.md: run the test with UPDATE_EXAMPLE=1 and look at the difference"
    );
}

/// A folder with the example's files.
fn folder() -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().to_owned();
    let public = format!("{} ana@example.com\n", signer().public_key());
    for (name, text) in [
        ("record.jsonl", line(&signer())),
        ("record-sshsig.jsonl", line(&BySshsig(signer()))),
        ("key.pub", public),
        ("people.toml", people()),
    ] {
        std::fs::write(path.join(name), text).unwrap();
    }
    (dir, path)
}

fn shell(dir: &Path, script: &str) -> (bool, String) {
    let output = Command::new("sh").args(["-e", "-c", script]).current_dir(dir).env("LC_ALL", "C").output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

/// Swaps the first byte of the signed text for another.
fn tamper(dir: &Path, name: &str) {
    let file = dir.join(name);
    let text = std::fs::read_to_string(&file).unwrap();
    let payload = text.split('"').nth(7).unwrap();
    let mut bytes = STANDARD.decode(payload).unwrap();
    bytes[10] ^= 1;
    std::fs::write(&file, text.replace(payload, &STANDARD.encode(bytes))).unwrap();
}

#[test]
fn the_commands_of_the_page_verify_the_example_and_nothing_else() {
    let (_keep, dir) = folder();
    let (verified, said) = shell(&dir, WITH_OPENSSL);
    let expected = [RecordId::of_payload(&review().to_payload()).to_string(), blob_id(&line(&signer()))];
    assert!(verified, "{said}");
    assert_eq!(said.lines().skip(1).collect::<Vec<_>>(), expected);
    assert!(said.starts_with("Signature Verified Successfully\n"), "{said}");
    let (verified, said) = shell(&dir, WITH_SSH_KEYGEN);
    let fingerprint = signer().public_key().fingerprint();
    assert_eq!(
        (verified, said),
        (true, format!("Good \"git-provenance\" signature for ana with ED25519 key {fingerprint}\n"))
    );
    tamper(&dir, "record.jsonl");
    assert!(!shell(&dir, WITH_OPENSSL).0);
    // `pae` is now that of the tampered record.
    assert!(!shell(&dir, WITH_SSH_KEYGEN).0);
}

/// The Python of this run, with `cryptography`: the pipeline provides it (`.ci/run`).
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn python() -> Option<String> {
    let python = std::env::var("PROVENANCE_PYTHON").ok();
    assert!(python.is_some() || std::env::var("CI").as_deref() != Ok("true"), "PROVENANCE_PYTHON is not set");
    if python.is_none() {
        eprintln!("skipped: PROVENANCE_PYTHON names no Python with `cryptography`");
    }
    python
}

#[test]
fn the_python_of_the_page_verifies_the_example_and_nothing_else() {
    let Some(python) = python() else { return };
    let (_keep, dir) = folder();
    std::fs::write(dir.join("verify.py"), VERIFIER).unwrap();
    let script = format!("'{python}' verify.py people.toml < record.jsonl");
    assert_eq!(shell(&dir, &script), (true, "ana review content/hello.md\n".to_owned()));
    tamper(&dir, "record.jsonl");
    assert_eq!(shell(&dir, &script), (true, "void: InvalidSignature()\n".to_owned()));
}
