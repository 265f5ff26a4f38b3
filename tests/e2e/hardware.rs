//! Security keys, from the device to the verdict: `ssh-keygen` and `ssh-agent` sign with a device in
//! software (sk-provider.c), the binary drives them, and `check` reads the proof of presence.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use provenance_core::key::PublicKey;
use provenance_test_support::run;

use crate::site::{NOW, POLICY, Ran, Site};

/// What the device takes for a PIN.
const PIN: &str = "2468";

/// A site where Ed has a plain key and three on devices: `touch`, `pin` and `none` (which signs without a touch).
struct Desk {
    site: Site,
}

impl Desk {
    /// With this presence asked for. None, and said so, where a tool is missing.
    fn new(presence: &str) -> Option<Self> {
        let site = Site::new();
        for program in ["cc", "ssh-keygen", "ssh-agent", "ssh-add"] {
            let mut probe = site.repo.command(program);
            if probe.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
                assert!(std::env::var("CI").as_deref() != Ok("true"), "{program} is missing");
                eprintln!("skipped: {program} is missing");
                return None;
            }
        }
        let desk = Self { site };
        desk.build();
        desk.enrol("touch", &[]);
        desk.enrol("pin", &["-O", "verify-required"]);
        desk.enrol("none", &["-O", "no-touch-required"]);
        let (repo, asked) = (&desk.site.repo, format!("checklist = [\"accuracy\"]\npresence = \"{presence}\""));
        repo.write(".provenance/policy.toml", POLICY.replace("checklist = [\"accuracy\"]", &asked));
        let people = String::from_utf8(repo.read(".provenance/people.toml")).unwrap();
        let ed = desk.site.public("ed");
        let keys = ["touch", "pin", "none"].map(|name| format!("\", \"{}", desk.public(name))).concat();
        repo.write(".provenance/people.toml", people.replace(&ed, &format!("{ed}{keys}")));
        let root = repo.commit("devices");
        repo.git(&["config", "provenance.root", &root]);
        desk.site.propose("topic", &[("content/b.md", "B\n")]);
        desk.site.signed("wes", &["declare", "main...topic", "--extent", "none"]).ends(0);
        Some(desk)
    }

    fn provider(&self) -> PathBuf {
        self.site.key("sk-provider.so")
    }

    fn build(&self) {
        let mut cc = self.site.repo.command("cc");
        cc.args(["-shared", "-fPIC", "-o"]).arg(self.provider());
        cc.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/e2e/sk-provider.c")).arg("-ldl");
        succeeds(cc, "");
    }

    fn enrol(&self, name: &str, options: &[&str]) {
        let mut keygen = self.site.repo.command("ssh-keygen");
        keygen.args(["-q", "-t", "ed25519-sk", "-N", "", "-C", "", "-f"]).arg(self.site.key(name)).args(options);
        succeeds(keygen.arg("-w").arg(self.provider()), &format!("{PIN}\n"));
    }

    fn public(&self, name: &str) -> String {
        let line = std::fs::read_to_string(self.site.key(name).with_extension("pub")).unwrap();
        line.trim().to_owned()
    }

    /// A program that answers for a PIN, as OpenSSH runs it.
    fn askpass(&self, pin: &str) -> String {
        let file = self.site.key("askpass");
        std::fs::write(&file, format!("#!/bin/sh\necho {pin}\n")).unwrap();
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        file.to_str().unwrap().to_owned()
    }

    /// Approves the topic with a key, in an environment that names the device. The clock stands still: the
    /// comment keeps one review from being the same record as another.
    fn review(&self, key: &Path, environment: &[(&str, &str)]) -> Ran {
        let (key, provider) = (key.to_str().unwrap(), self.provider());
        let provider = [("SSH_SK_PROVIDER", provider.to_str().unwrap())];
        let (named, comment) = (format!("--key={key}"), format!("{environment:?}"));
        let review = ["review", "main...topic", "--approve", "--answer", "accuracy=pass", "-m", &comment, &named];
        self.site.run_with(&review, &[&provider[..], environment].concat(), "")
    }

    #[track_caller]
    fn check(&self, code: i32) -> Ran {
        self.site.run(&["check", "main...topic"]).ends(code)
    }

    fn records(&self) -> usize {
        self.site.run(&["log", "--format", "json"]).ends(0).json().as_array().unwrap().len()
    }
}

#[track_caller]
fn succeeds(command: impl std::borrow::BorrowMut<Command>, input: &str) {
    let mut command = command;
    let command = std::mem::replace(command.borrow_mut(), Command::new("true"));
    let name = format!("{command:?}");
    let ran = Ran::of(run(command, input.as_bytes()));
    assert_eq!(ran.code, 0, "{name}: {}", ran.err);
}

#[test]
fn a_touch_is_proved_by_the_signature_and_by_nothing_else() {
    let Some(desk) = Desk::new("touch") else { return };
    let key = |name: &str| desk.site.key(name);
    let refused = |wanted: &str| desk.check(1).says("presence-required").says(wanted);
    let warned = "warning: will not count: warning presence-required content/b.md";
    desk.review(&key("ed"), &[]).ends(0).says(warned).says("is not on a security key");
    refused("the rule asks for presence `touch`, ed's signature proves `any`").says("with a key on a security key");
    desk.review(&key("none"), &[]).ends(0);
    refused("proves `any`");
    desk.review(&key("touch"), &[("SK_TEST_DEVICE", "careless")]).ends(0).says("Confirm user presence");
    refused("proves `any`");
    desk.review(&key("touch"), &[])
        .ends(0)
        .says("Confirm user presence for key ED25519-SK")
        .says("ed approved 1 change");
    desk.check(0).says("reviewed   content/b.md by ed");
}

#[test]
fn a_pin_is_more_than_a_touch() {
    let Some(desk) = Desk::new("pin") else { return };
    desk.review(&desk.site.key("touch"), &[]).ends(0);
    desk.check(1).says("the rule asks for presence `pin`, ed's signature proves `touch`");
    let (pin, askpass) = (desk.site.key("pin"), desk.askpass(PIN));
    desk.review(&pin, &[("SSH_ASKPASS", &askpass), ("SSH_ASKPASS_REQUIRE", "force")]).ends(0);
    desk.check(0);
}

#[test]
fn a_pin_is_asked_for_on_the_terminal_and_never_guessed_at() {
    let Some(desk) = Desk::new("pin") else { return };
    let (pin, before) = (desk.site.key("pin"), desk.records());
    // Else the bytes to sign, or none, would go to the device for a PIN.
    desk.review(&pin, &[]).ends(3).says("takes its PIN, and there is no terminal").says("SSH_ASKPASS");
    let wrong = desk.askpass("1357");
    desk.review(&pin, &[("SSH_ASKPASS", &wrong), ("SSH_ASKPASS_REQUIRE", "force")])
        .ends(3)
        .says("incorrect passphrase")
        .says("hint: the passphrase or PIN was wrong");
    assert_eq!(desk.records(), before);
    let line = format!(
        "{} --now {NOW} review main...topic --approve --answer accuracy=pass --key {}",
        env!("CARGO_BIN_EXE_git-provenance"),
        pin.display()
    );
    // A question that this test does not know must fail it, and not wait for ever.
    let mut terminal = desk.site.repo.command("timeout");
    // On a desktop, where ssh-keygen opens a window if it is given anything but the terminal to read.
    terminal
        .args(["60", "script", "-qefc", &line, "/dev/null"])
        .env("SSH_SK_PROVIDER", desk.provider())
        .env("DISPLAY", ":99");
    if desk.site.repo.command("script").arg("--version").output().is_err() {
        eprintln!("skipped: there is no script(1)");
        return;
    }
    let said = converse(terminal, &[("finding", "\n"), ("comment", "\n"), ("sign?", "y\n"), ("Enter PIN", "2468\n")]);
    assert!(said.contains("ed approved 1 change"), "{said}");
    desk.check(0);
}

/// Answers a program on a terminal, each time once it has asked, since who asks for a PIN drops what was typed before.
fn converse(mut command: Command, answers: &[(&str, &str)]) -> String {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (mut said, mut from, mut answers) = (String::new(), 0, answers.iter());
    let mut next = answers.next();
    let mut bytes = [0; 1024];
    while let Some(read) = stdout.read(&mut bytes).ok().filter(|read| *read > 0) {
        said.push_str(&String::from_utf8_lossy(&bytes[..read]));
        if let Some((_, answer)) = next.filter(|(asked, _)| said[from..].contains(asked)) {
            stdin.write_all(answer.as_bytes()).unwrap();
            (from, next) = (said.len(), answers.next());
        }
    }
    child.wait().unwrap();
    said
}

/// An agent that ends with the test.
struct Agent(Child);

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

#[test]
fn an_agent_signs_where_only_the_public_half_is() {
    let Some(desk) = Desk::new("touch") else { return };
    let (touch, provider) = (desk.site.key("touch"), desk.provider());
    let socket = desk.site.key("agent");
    let mut agent = desk.site.repo.command("ssh-agent");
    agent.arg("-D").arg("-a").arg(&socket).arg("-P").arg(&provider).stdout(Stdio::null());
    let _agent = Agent(agent.spawn().unwrap());
    for _ in 0..500 {
        if socket.exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let public = desk.site.key("elsewhere.pub");
    std::fs::copy(touch.with_extension("pub"), &public).unwrap();
    let fingerprint = desk.public("touch").parse::<PublicKey>().unwrap().fingerprint().to_string();
    desk.review(&public, &[]).ends(3).says("no agent is running").says("ssh-add");
    let held = [("SSH_AUTH_SOCK", socket.to_str().unwrap())];
    let missing = desk.review(&public, &held).ends(3);
    missing.says(&format!("the agent does not hold {fingerprint}")).says("ssh-add -K");
    let mut add = desk.site.repo.command("ssh-add");
    add.env("SSH_AUTH_SOCK", &socket).args(["-q", "-S"]).arg(&provider).arg(&touch);
    succeeds(add, "");
    desk.review(&public, &held).ends(0).says(&format!("the agent signs with {fingerprint}: touch the device"));
    desk.check(0);
    // What nobody names is found: the one key of the agent that the roster knows.
    let key = desk.site.run_with(&["key", "show"], &held, "").ends(0);
    key.says(&fingerprint).says("ed");
}

#[test]
fn what_went_wrong_at_the_device_is_said_with_what_to_do() {
    let Some(desk) = Desk::new("touch") else { return };
    let (touch, before) = (desk.site.key("touch"), desk.records());
    let fails = |environment: &[(&str, &str)], what: &str, hint: &str| {
        let ran = desk.review(&touch, environment).ends(3).says(what).says(&format!("hint: {hint}"));
        assert!(!ran.err.contains("message failed"), "a file of ours is no news: {}", ran.err);
    };
    fails(&[("SK_TEST_DEVICE", "absent")], "ssh-keygen: device not found", "plug in");
    fails(&[("SK_TEST_DEVICE", "untouched")], "ssh-keygen: ", "touch the device when it blinks");
    fails(&[("SSH_SK_PROVIDER", "/nowhere.so")], "/nowhere.so", "SSH_SK_PROVIDER names no library");
    fails(&[("SSH_SK_PROVIDER", "")], "No FIDO", "SSH_SK_PROVIDER names no library");
    let other = desk.site.key("nobody");
    desk.review(&other, &[]).ends(3).says("cannot read key").says("nobody").says("hint: name the key with --key FILE");
    let empty = desk.site.key("bin");
    std::fs::create_dir(&empty).unwrap();
    fails(
        &[("PATH", empty.to_str().unwrap())],
        "ssh-keygen: No such file",
        "a key on a device signs through OpenSSH's",
    );
    assert_eq!(desk.records(), before);
}

#[test]
fn a_file_whose_name_is_an_option_is_a_file() {
    let Some(desk) = Desk::new("touch") else { return };
    std::fs::copy(desk.site.key("touch"), desk.site.repo.path().join("-Oprint-pubkey")).unwrap();
    std::fs::create_dir(desk.site.repo.path().join("-U")).unwrap();
    desk.review(Path::new("-Oprint-pubkey"), &[("TMPDIR", "-U")]).ends(0);
    desk.check(0);
    assert_eq!(std::fs::read_dir(desk.site.repo.path().join("-U")).unwrap().count(), 0, "nothing is left behind");
}
