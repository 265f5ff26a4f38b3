//! The key that signs, found as `git commit -S` finds it: `--key`, `provenance.signingKey`,
//! `user.signingKey` with `gpg.format=ssh`; else the one key of the agent, or the usual file, that
//! the roster knows.

mod agent;
mod keygen;

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use provenance_core::git::Repository;
use provenance_core::key::{DecryptError, Fingerprint, PrivateKey, PublicKey, SignError, Signer};

use crate::error::CliError;
use agent::Agent;

/// The largest key file that is read, in bytes.
const MAX_KEY_FILE: u64 = 64 * 1024;

/// The signer to use. `is_known` says whether the roster knows a key; it only guides the search
/// where nothing was said.
pub(crate) fn find(
    repository: &Repository,
    said: Option<&Path>,
    is_known: impl Fn(&Fingerprint) -> bool,
) -> Result<Box<dyn Signer>, CliError> {
    if let Some(file) = said {
        return from_file(file);
    }
    if let Some(text) = configured(repository)? {
        return from_setting(&text);
    }
    let agent = Agent::from_environment();
    let held = agent.as_ref().map(|agent| agent.keys()).transpose().unwrap_or_default().unwrap_or_default();
    let mut known = held.into_iter().filter(|key| is_known(&key.fingerprint()));
    if let (Some(agent), Some(key), None) = (agent, known.next(), known.next()) {
        return Ok(agent.signer(key));
    }
    for file in usual_files() {
        if file.is_file() && public_half(&file).is_ok_and(|key| is_known(&key.fingerprint())) {
            return from_file(&file);
        }
    }
    Err(CliError::failed("no signing key: none is configured, and neither the agent nor ~/.ssh has one of the roster")
        .hint("name one with --key FILE, or run `git config provenance.signingKey FILE`; `git provenance key new FILE` makes one"))
}

/// The public key that would sign, wherever its private half is, found as [`find`] finds it; where
/// the roster knows none, the one that is there.
pub(crate) fn public_key(
    repository: &Repository,
    said: Option<&Path>,
    is_known: impl Fn(&Fingerprint) -> bool,
) -> Result<Option<PublicKey>, CliError> {
    if let Some(file) = said {
        return public_half(file).map(Some);
    }
    if let Some(text) = configured(repository)? {
        return match literal(&text) {
            Some(key) => Ok(Some(key)),
            None => public_half(&expand(&text)).map(Some),
        };
    }
    let held = Agent::from_environment().and_then(|agent| agent.keys().ok()).unwrap_or_default();
    let mut known = held.iter().filter(|key| is_known(&key.fingerprint()));
    if let (Some(key), None) = (known.next(), known.next()) {
        return Ok(Some(key.clone()));
    }
    let files: Vec<PathBuf> = usual_files().into_iter().filter(|file| file.is_file()).collect();
    let mut keys = files.iter().filter_map(|file| public_half(file).ok());
    if let Some(key) = keys.find(|key| is_known(&key.fingerprint())) {
        return Ok(Some(key));
    }
    match files.first() {
        Some(file) => public_half(file).map(Some),
        None => Ok(held.into_iter().next()),
    }
}

fn configured(repository: &Repository) -> Result<Option<String>, CliError> {
    if let Some(own) = repository.config("provenance.signingkey")? {
        return Ok(Some(own));
    }
    let ssh = repository.config("gpg.format")?.is_some_and(|format| format == "ssh");
    if ssh { Ok(repository.config("user.signingkey")?) } else { Ok(None) }
}

fn from_setting(text: &str) -> Result<Box<dyn Signer>, CliError> {
    match literal(text) {
        Some(key) => held_elsewhere(key),
        None => from_file(&expand(text)),
    }
}

fn literal(text: &str) -> Option<PublicKey> {
    text.strip_prefix("key::").unwrap_or(text).trim().parse().ok()
}

/// A path of a setting, `~/` being HOME.
pub(crate) fn expand(text: &str) -> PathBuf {
    match (text.strip_prefix("~/"), home()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(text),
    }
}

fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(PathBuf::from)
}

fn usual_files() -> Vec<PathBuf> {
    let dir = home().map(|home| home.join(".ssh"));
    ["id_ed25519", "id_ed25519_sk"].iter().filter_map(|name| dir.as_ref().map(|dir| dir.join(name))).collect()
}

fn read(file: &Path) -> Result<Vec<u8>, CliError> {
    let failed = |error: std::io::Error| {
        CliError::failed(format!("cannot read key {}: {error}", file.display())).hint("name the key with --key FILE")
    };
    // Asked before it is opened: a pipe would wait for whoever writes into it.
    if !std::fs::metadata(file).map_err(failed)?.is_file() {
        return Err(CliError::failed(format!("{} is no regular file, so it is no key", file.display())));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(file).map_err(failed)?.take(MAX_KEY_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_KEY_FILE {
        return Err(CliError::failed(format!("{} is too large for a key", file.display())));
    }
    Ok(bytes)
}

/// The public key of a file that holds either half.
pub(crate) fn public_half(file: &Path) -> Result<PublicKey, CliError> {
    let bytes = read(file)?;
    if bytes.starts_with(b"-----BEGIN") {
        let private = PrivateKey::parse(&bytes).map_err(|error| unusable(file, &error))?;
        return Ok(private.public_key().clone());
    }
    let text = String::from_utf8_lossy(&bytes);
    text.trim().parse().map_err(|error: provenance_core::key::ParseKeyError| unusable(file, &error))
}

/// A public key with the comment behind it: its line, or a file that has one.
pub(crate) fn public_line(text: &str) -> Result<(PublicKey, String), CliError> {
    if let Ok(line) = PublicKey::parse_line(text.trim()) {
        return Ok(line);
    }
    if text.contains([' ', '\t']) && !Path::new(text).exists() {
        let kind = text.split_whitespace().next().unwrap_or_default();
        return Err(CliError::usage(format!(
            "`{kind} …` is no key that can sign here: keys are ssh-ed25519 or sk-ssh-ed25519@openssh.com, OpenSSH's Ed25519"
        ))
        .hint("`git provenance key new FILE` makes one, or `ssh-keygen -t ed25519`"));
    }
    let file = Path::new(text);
    let bytes = read(file)?;
    if bytes.starts_with(b"-----BEGIN") {
        return public_half(file).map(|key| (key, String::new()));
    }
    PublicKey::parse_line(String::from_utf8_lossy(&bytes).trim()).map_err(|error| unusable(file, &error))
}

fn unusable(file: &Path, error: &dyn std::fmt::Display) -> CliError {
    CliError::failed(format!("{}: {error}", file.display()))
        .hint("keys are OpenSSH Ed25519: `git provenance key new FILE`, or `ssh-keygen -t ed25519`")
}

fn from_file(file: &Path) -> Result<Box<dyn Signer>, CliError> {
    let bytes = read(file)?;
    if !bytes.starts_with(b"-----BEGIN") {
        let key = public_half(file)?;
        return match private_beside(file) {
            Some(private) => from_pair(&private, key),
            None => held_elsewhere(key),
        };
    }
    from_private(file, &bytes)
}

/// The private key that stands beside a public one: its file without `.pub`.
fn private_beside(file: &Path) -> Option<PathBuf> {
    let private = file.extension().filter(|extension| *extension == "pub").map(|_| file.with_extension(""))?;
    private.is_file().then_some(private)
}

/// The private key, if it is the one that the public key belongs to.
fn from_pair(private: &Path, key: PublicKey) -> Result<Box<dyn Signer>, CliError> {
    let bytes = read(private)?;
    let found = public_half(private)?;
    if found == key {
        return if bytes.starts_with(b"-----BEGIN") { from_private(private, &bytes) } else { held_elsewhere(key) };
    }
    Err(CliError::failed(format!(
        "{} holds another key, {}, than {}, which was named by its public half",
        private.display(),
        found.fingerprint(),
        key.fingerprint()
    ))
    .hint("name the private key's own file with --key FILE"))
}

fn from_private(file: &Path, bytes: &[u8]) -> Result<Box<dyn Signer>, CliError> {
    let private = PrivateKey::parse(bytes).map_err(|error| unusable(file, &error))?;
    match private.signer() {
        Ok(signer) => Ok(Box::new(signer)),
        Err(DecryptError::Hardware) => on_device(file, &private),
        Err(DecryptError::Needed) => encrypted(file, &private),
        Err(error) => Err(unusable(file, &error)),
    }
}

/// The agent's signer, if there is an agent that holds the key.
fn held_by_agent(key: &PublicKey) -> Option<Box<dyn Signer>> {
    let agent = Agent::from_environment()?;
    agent.keys().is_ok_and(|keys| keys.contains(key)).then(|| agent.signer(key.clone()))
}

/// A key on a device: the agent may hold it, else ssh-keygen signs, if it can ask what it must.
fn on_device(file: &Path, private: &PrivateKey) -> Result<Box<dyn Signer>, CliError> {
    let key = private.public_key();
    if let Some(signer) = held_by_agent(key) {
        return Ok(signer);
    }
    let asks = match (private.is_encrypted(), private.wants_pin()) {
        (true, _) => Some("passphrase"),
        (_, true) => Some("PIN"),
        _ => None,
    };
    // Without an answer ssh-keygen would send an empty one to the device, which counts wrong PINs.
    if let Some(asked) = asks.filter(|_| !std::io::stdin().is_terminal() && !asks_in_a_window()) {
        return Err(CliError::failed(format!(
            "signing with {} takes its {asked}, and there is no terminal to ask for it",
            file.display()
        ))
        .hint("run the command in a terminal, or name a program that asks in SSH_ASKPASS"));
    }
    Ok(Box::new(keygen::Keygen::new(key.clone(), file)?))
}

/// Whether OpenSSH has a program that asks for passphrases (ssh(1), SSH_ASKPASS).
fn asks_in_a_window() -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    match set("SSH_ASKPASS_REQUIRE").as_deref().and_then(|value| value.to_str()) {
        Some("never") => false,
        Some("force" | "prefer") => true,
        _ => set("DISPLAY").or_else(|| set("WAYLAND_DISPLAY")).is_some(),
    }
}

/// An encrypted key: the agent may hold it, else the passphrase is asked for on the terminal.
fn encrypted(file: &Path, private: &PrivateKey) -> Result<Box<dyn Signer>, CliError> {
    if let Some(signer) = held_by_agent(private.public_key()) {
        return Ok(signer);
    }
    if !std::io::stdin().is_terminal() {
        return Err(CliError::failed(format!(
            "{} is encrypted, and there is no terminal to ask for its passphrase",
            file.display()
        ))
        .hint(format!("run `ssh-add {}` first", file.display())));
    }
    let asked = rpassword::prompt_password(format!("passphrase for {}: ", file.display()))?;
    let passphrase = zeroize::Zeroizing::new(asked);
    match private.decrypt(passphrase.as_bytes()) {
        Ok(signer) => Ok(Box::new(signer)),
        Err(error) => {
            Err(CliError::failed(format!("{}: {error}", file.display())).hint("try again; nothing was signed"))
        }
    }
}

/// A key of which only the public half is at hand.
fn held_elsewhere(key: PublicKey) -> Result<Box<dyn Signer>, CliError> {
    let Some(agent) = Agent::from_environment() else {
        let hint = "start one with `eval $(ssh-agent)` and add the key with `ssh-add`";
        return Err(CliError::failed(format!(
            "only the public half of {} is here, and no agent is running (SSH_AUTH_SOCK is not set)",
            key.fingerprint()
        ))
        .hint(format!("{hint}{}", resident(&key))));
    };
    if agent.keys()?.contains(&key) {
        return Ok(agent.signer(key));
    }
    Err(CliError::failed(format!(
        "only the public half of {0} is here, and the agent does not hold {0}",
        key.fingerprint()
    ))
    .hint(format!("add it with `ssh-add FILE`{}", resident(&key))))
}

/// What else there is to do for a key that may be on a device.
fn resident(key: &PublicKey) -> &'static str {
    if key.is_hardware() { "; if it is resident on its device, with `ssh-add -K`" } else { "" }
}

/// What to do about a signer that gave no signature, as far as its words tell.
pub(crate) fn advice(error: &SignError) -> Option<&'static str> {
    let (SignError::Refused(said) | SignError::Unavailable(said)) = error else { return None };
    let about = |texts: &[&str]| texts.iter().any(|text| said.contains(text));
    if about(&["ssh-keygen: No such file", "ssh-keygen: program not found"]) {
        Some("a key on a device signs through OpenSSH's ssh-keygen: install it, or see that PATH has it")
    } else if about(&["device not found"]) {
        Some("plug in the device of this key; for one that is not on USB, SSH_SK_PROVIDER names its library")
    } else if about(&["incorrect passphrase"]) {
        Some("the passphrase or PIN was wrong: try again; a device locks itself after some wrong PINs")
    } else if about(&["No FIDO", "FIDO library", "unsupported version", "lib_contains_symbol"]) {
        Some("SSH_SK_PROVIDER names no library that ssh-keygen can use: correct it, or unset it for a device on USB")
    } else if about(&["invalid format"]) {
        Some("touch the device when it blinks; if it does not blink it holds another key than this file names")
    } else if about(&["the agent refused"]) {
        Some(
            "touch the device if it blinks; an agent asks for a PIN by SSH_ASKPASS alone: where the private key's file is here, `SSH_AUTH_SOCK= git provenance …` signs without the agent",
        )
    } else {
        None
    }
}
