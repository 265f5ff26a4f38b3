//! The list of attacks, `docs/reference/attacks.md`, by family. A test names the rows it covers; its honest
//! twin, which is allowed, stands beside the refusal.

mod audits;
mod backdated;
mod beginnings;
mod binding;
mod configuration;
mod denials;
mod envelope;
mod graph;
mod handover;
mod human;
mod key;
mod notes;
mod objects;
mod policy;
mod promotions;
mod pushes;
mod remotes;
mod revocation;
mod shadows;
mod surroundings;
mod tags;
mod threshold;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provenance_core::envelope::{Envelope, pae};
use provenance_core::key::{FileSigner, PrivateKey, Signer as _};
use provenance_test_support::Repo;

use crate::site::{POLICY, Ran, Site};

const LEDGER: &str = "refs/notes/provenance";
const PEOPLE: &str = ".provenance/people.toml";
const RULES: &str = ".provenance/policy.toml";

/// `check` of a range, in JSON.
fn check(site: &Site, range: &str) -> Ran {
    site.run(&["check", range, "--branch", "refs/heads/main", "--format", "json"])
}

#[track_caller]
fn allows(site: &Site, range: &str) -> Ran {
    check(site, range).ends(0)
}

/// That `check` ends with 1 and this code is among its errors.
#[track_caller]
fn refuses(site: &Site, range: &str, code: &str) -> Ran {
    has_error(check(site, range).ends(1), code)
}

/// That `check` ends with 3 and this code is among its errors.
#[track_caller]
fn undecided(site: &Site, range: &str, code: &str) -> Ran {
    has_error(check(site, range).ends(3), code)
}

#[track_caller]
fn has_error(ran: Ran, code: &str) -> Ran {
    assert!(ran.codes("error").iter().any(|error| error == code), "no error {code} in\n{}", ran.out);
    ran
}

/// What a declaration says of content that the approved tool made.
const BY_AI: [&str; 8] =
    ["--extent", "generated", "--tool", "writer", "--model", "opus-4", "--confirm", "no-client-data"];

/// A site with a reviewed branch `good` and an unreviewed one `evil`, both from main.
fn good_and_evil() -> Site {
    good_and_evil_at("content/c.md")
}

/// The same, evil being at this path; good is at `content/b.md`.
fn good_and_evil_at(path: &str) -> Site {
    let site = Site::new();
    site.propose("good", &[("content/b.md", "B\n")]);
    site.approve("main...good");
    site.propose("evil", &[(path, "nobody read this\n")]);
    site
}

/// A site whose `policy.toml` has one text for another, its only commit pinned.
fn with_policy(from: &str, to: &str) -> Site {
    let site = Site::new();
    assert!(POLICY.contains(from), "{from}");
    site.repo.write(RULES, POLICY.replace(from, to));
    pinned(site)
}

/// Pins the work tree as it is, in place of the commit before.
fn pinned(site: Site) -> Site {
    site.repo.git(&["add", "--all"]);
    site.repo.git(&["commit", "--quiet", "--amend", "--no-edit"]);
    site.repo.git(&["config", "provenance.root", &site.repo.rev("HEAD")]);
    site
}

/// A file of the policy as the work tree has it.
fn text(site: &Site, path: &str) -> String {
    String::from_utf8(site.repo.read(path)).unwrap()
}

/// An entry of the roster for somebody whose key the site has.
fn person(site: &Site, id: &str, kind: &str, roles: &str) -> String {
    let key = site.public(id);
    format!(
        "[person.{id}]\nname = \"{id}\"\nkind = \"{kind}\"\nemails = [\"{id}@example.com\"]\nroles = [{roles}]\nkeys = [\"{key}\"]\n"
    )
}

/// Moves main to a commit.
fn land(site: &Site, commit: &str) {
    site.repo.git(&["checkout", "--quiet", "-B", "main", commit]);
}

/// Wes declares, Ana approves.
#[track_caller]
fn ana_approves(site: &Site, range: &str) {
    let branch = ["--branch", "refs/heads/main"];
    site.signed("wes", &[&["declare", range, "--extent", "none"], &branch[..]].concat()).ends(0);
    site.signed("ana", &[&["review", range, "--approve", "--answer", "accuracy=pass"], &branch[..]].concat()).ends(0);
}

fn signer(site: &Site, who: &str) -> FileSigner {
    PrivateKey::parse(&std::fs::read(site.key(who)).unwrap()).unwrap().signer().unwrap()
}

/// The one line of an envelope with these parts, whatever they are worth.
fn line(kind: &str, payload: &[u8], keyid: &str, sig: &[u8]) -> String {
    let (payload, sig) = (STANDARD.encode(payload), STANDARD.encode(sig));
    format!(r#"{{"payloadType":"{kind}","payload":"{payload}","signatures":[{{"keyid":"{keyid}","sig":"{sig}"}}]}}"#)
}

const STATEMENT: &str = "application/vnd.in-toto+json";

/// These payload bytes, soundly signed with somebody's key.
fn seal(site: &Site, who: &str, payload: impl AsRef<[u8]>) -> String {
    let (signer, payload) = (signer(site, who), payload.as_ref());
    let sig = signer.sign(&pae(payload)).unwrap();
    line(STATEMENT, payload, &signer.public_key().fingerprint().to_string(), &sig)
}

/// The payload of a line, as text.
fn payload(line: &str) -> String {
    String::from_utf8(Envelope::parse(line.as_bytes()).unwrap().payload().to_vec()).unwrap()
}

/// The same statement in another person's name and with their key.
fn in_the_name_of(site: &Site, who: &str, statement: &str) -> String {
    let mut value: serde_json::Value = serde_json::from_str(statement).unwrap();
    let key = signer(site, who).public_key().fingerprint().to_string();
    value["predicate"]["signer"] = serde_json::json!({ "person": who, "key": key });
    value.to_string()
}

/// Makes the ledger anew, with these bytes at these paths of its tree.
fn rebuild(repo: &Repo, files: &BTreeMap<String, Vec<u8>>) {
    let mut stream = format!("commit {LEDGER}\ncommitter x <x@example.com> 0 +0000\ndata 0\ndeleteall\n").into_bytes();
    for (path, bytes) in files {
        stream.extend(format!("M 100644 inline {path}\ndata {}\n", bytes.len()).bytes());
        stream.extend(bytes);
        stream.push(b'\n');
    }
    repo.git(&["update-ref", "-d", LEDGER]);
    repo.fast_import(stream);
}

/// A site with one change, main...topic, that Wes declared and Ed approved; and their two lines.
struct Reviewed {
    site: Site,
    declaration: String,
    review: String,
}

impl Reviewed {
    fn new() -> Self {
        Self::of(Site::new())
    }

    fn of(site: Site) -> Self {
        site.propose("topic", &[("content/b.md", "B\n")]);
        site.approve("main...topic");
        let note = site.repo.git(&["notes", "--ref=provenance", "show", &site.repo.rev("topic:content/b.md")]);
        let kind = |name: &str| note.lines().find(|line| payload(line).contains(name)).unwrap().to_owned();
        let (declaration, review) = (kind("/declaration/"), kind("/review/"));
        Self { declaration, review, site }
    }

    /// The statement that Ed signed.
    fn statement(&self) -> String {
        payload(&self.review)
    }

    /// Makes these bytes the note of both ends of the change.
    fn note(&self, bytes: impl AsRef<[u8]>) {
        let ends = ["main:content/b.md", "topic:content/b.md"].map(|end| self.site.repo.rev(end));
        rebuild(&self.site.repo, &ends.into_iter().map(|id| (id, bytes.as_ref().to_vec())).collect());
    }

    /// Makes the declaration and these lines all there is.
    fn lines(&self, lines: &[&str]) {
        let all = [&[self.declaration.as_str()], lines].concat();
        self.note(all.join("\n") + "\n");
    }

    /// That the change is refused with this code where these lines stand in place of Ed's.
    #[track_caller]
    fn refuses(&self, lines: &[&str], code: &str) -> Ran {
        self.lines(lines);
        refuses(&self.site, "main...topic", code)
    }

    /// That such a line counts for nothing by itself, and takes nothing from Ed's beside it. The report
    /// notes it with this code.
    #[track_caller]
    fn ignores(&self, line: &str, note: &str) {
        self.ignores_all(&[line.to_owned()], note);
    }

    /// That none of these lines counts, and none takes anything from Ed's. What the report notes has
    /// this code, once for each record.
    #[track_caller]
    fn ignores_all(&self, lines: &[String], note: &str) {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let alone = self.refuses(&lines, "missing-review");
        let noted = alone.codes("note");
        assert!(!noted.is_empty() && noted.iter().all(|code| code == note), "not only {note} in\n{}", alone.out);
        self.allows(&[&lines[..], &[self.review.as_str()]].concat());
    }

    /// That the change passes where these lines stand in place of Ed's.
    #[track_caller]
    fn allows(&self, lines: &[&str]) {
        self.lines(lines);
        allows(&self.site, "main...topic");
    }
}
