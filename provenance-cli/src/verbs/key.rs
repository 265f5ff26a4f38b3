//! `key`: OpenSSH Ed25519 keys.

use std::io::Write;
use std::path::{Path, PathBuf};

use provenance_core::key::{Fingerprint, generate};

use crate::app::App;
use crate::args::Signing;
use crate::error::{CliError, Code, Outcome};
use crate::output::{Output, inline};
use crate::signing;

/// Makes FILE and FILE.pub; never overwrites.
pub(super) fn new(file: &Path, comment: &str, encrypt: bool, out: &mut Output) -> Outcome {
    let mut entropy = zeroize::Zeroizing::new([0; 64]);
    getrandom::fill(entropy.as_mut_slice())
        .map_err(|error| CliError::failed(format!("the system has no randomness: {error}")))?;
    let passphrase = if encrypt { Some(ask_passphrase()?) } else { None };
    let made = generate(*entropy, comment, passphrase.as_ref().map(|text| text.as_bytes()));
    let made = made.map_err(|error| CliError::usage(error.to_string()))?;
    let public = with_pub(file);
    make_folder(file)?;
    write_new(file, made.private.as_bytes(), true)?;
    write_new(&public, made.public.as_bytes(), false)?;
    let fingerprint = made.public_key().fingerprint();
    if out.is_json() {
        out.json(&serde_json::json!({ "private": file.display().to_string(), "public": public.display().to_string(), "fingerprint": fingerprint }));
    } else {
        out.answer(&format!("{}\n{}", fingerprint, made.public.trim_end()));
        out.narrate(&format!(
            "use it with `git config provenance.signingKey {}`; an admin adds {} to people.toml",
            file.display(),
            public.display()
        ));
    }
    Ok(Code::Done)
}

/// Makes the folder that a key goes into, for its owner alone, if it is not there.
fn make_folder(file: &Path) -> Result<(), CliError> {
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) else {
        return Ok(());
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| CliError::failed(format!("cannot make {}: {error}", folder.display())))
}

fn with_pub(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

fn ask_passphrase() -> Result<zeroize::Zeroizing<String>, CliError> {
    let first = zeroize::Zeroizing::new(rpassword::prompt_password("passphrase: ")?);
    let again = zeroize::Zeroizing::new(rpassword::prompt_password("again: ")?);
    if first == again { Ok(first) } else { Err(CliError::usage("the passphrases differ")) }
}

fn write_new(file: &Path, bytes: &[u8], private: bool) -> Result<(), CliError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if private { 0o600 } else { 0o644 });
    let failed = |error: std::io::Error| CliError::failed(format!("cannot write {}: {error}", file.display()));
    options.open(file).and_then(|mut opened| opened.write_all(bytes)).map_err(failed)
}

/// Shows the key that would sign, and whose it is at the publish branch's tip.
pub(super) fn show(app: &App, options: &Signing, out: &mut Output) -> Outcome {
    let desk = app.desk_or_authority(options.branch.as_deref());
    let owner = |key: &Fingerprint| desk.as_ref().ok().and_then(|desk| desk.policy().roster().by_key(key));
    let is_known = |key: &Fingerprint| owner(key).is_some();
    let key = signing::public_key(&app.repository, options.key.as_deref(), is_known)?.ok_or_else(|| {
        CliError::failed("no key is configured, and neither ~/.ssh nor the agent has one")
            .hint("`git provenance key new FILE` makes one")
    })?;
    let fingerprint = key.fingerprint();
    let owner = owner(&fingerprint);
    if out.is_json() {
        let person = owner.map(|(person, _)| person.id().clone());
        out.json(&serde_json::json!({ "fingerprint": fingerprint, "public": key.to_string(), "hardware": key.is_hardware(), "person": person }));
        return Ok(Code::Done);
    }
    let whose = match (owner, &desk) {
        (Some((person, key)), _) => {
            format!("{} ({}), {}", person.id(), inline(person.name()), inline(&key.state_at(app.now).to_string()))
        }
        (None, Ok(_)) => "nobody's in the roster".to_owned(),
        (None, Err(error)) => format!("whose it is cannot be told: {}", error.message),
    };
    out.answer(&format!("{fingerprint}\n{key}\n{whose}"));
    Ok(Code::Done)
}
