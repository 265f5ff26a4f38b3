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
const VERIFIER: &str = include_str!("../verify.py");

#[test]
fn python_verifies_our_records() {
    let site = reviewed();
    let has_library = site
        .repo
        .command("python3")
        .args(["-c", "import cryptography"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !has_library {
        eprintln!("skipped: Python has no `cryptography`");
        return;
    }
    let blob = site.repo.git(&["rev-parse", "topic:content/b.md"]);
    let note = site.repo.git(&["notes", "--ref=provenance", "show", &blob]);
    let people = site.repo.path().join(".provenance/people.toml");
    let verify = |note: &str| {
        let mut child = site.repo.command("python3");
        child
            .args(["-c", VERIFIER])
            .arg(&people)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped());
        let mut child = child.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), note.as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    };
    let said = verify(&note);
    assert!(said.contains("wes declaration content/b.md") && said.contains("ed review content/b.md"), "{said}");
    let forged = note.replace("\"sig\":\"A", "\"sig\":\"B").replace("\"sig\":\"C", "\"sig\":\"D");
    let broken: String =
        note.lines().map(|line| line.replacen("\"payload\":\"ey", "\"payload\":\"fy", 1) + "\n").collect();
    assert!(verify(&broken).contains("void") && forged.len() == note.len());
    assert!(!verify(&broken).contains("review content/b.md"));
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
