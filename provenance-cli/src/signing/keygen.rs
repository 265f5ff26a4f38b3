//! Devices, through `ssh-keygen -Y sign`, which asks for passphrase and PIN on the terminal (or by
//! SSH_ASKPASS) and finds the device (or the library that SSH_SK_PROVIDER names).

use std::io::{BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, Command, ExitStatus, Stdio};

use provenance_core::key::{NAMESPACE, PublicKey, SignError, Signer, sshsig};

use crate::output;

/// How ssh-keygen begins to say why there is no signature. Everything else it says while it runs is
/// for whoever sits there, "Confirm user presence" above all.
const FAULTS: [&str; 6] = ["Couldn't ", "Load key ", "No FIDO ", "Provider ", "lib_contains_symbol", "provider "];

/// A key on a device, signed with by `ssh-keygen`.
pub(super) struct Keygen {
    key: PublicKey,
    file: PathBuf,
}

impl Keygen {
    /// `file` holds the private key, or what the device needs to find it.
    ///
    /// # Errors
    /// When the current directory is gone: the path must be absolute, so that it is no option.
    pub(super) fn new(key: PublicKey, file: &Path) -> std::io::Result<Self> {
        Ok(Self { key, file: std::path::absolute(file)? })
    }

    /// Writes the signature of a file beside it, in `message.sig`.
    fn sign_file(&self, message: &Path) -> Result<(), SignError> {
        let stdin = if std::io::stdin().is_terminal() { Stdio::inherit() } else { Stdio::null() };
        let mut child = Command::new("ssh-keygen")
            .args(["-q", "-Y", "sign", "-n", NAMESPACE, "-f"])
            .args([&self.file, message])
            .stdin(stdin)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(unavailable)?;
        let faults = child.stderr.take().map_or_else(Vec::new, |said| relay(said, message));
        let status = child.wait().map_err(unavailable)?;
        if status.success() { Ok(()) } else { Err(SignError::Refused(reason(&faults, status))) }
    }
}

impl Signer for Keygen {
    fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// The message goes through a file that nobody else can read. On stdin ssh-keygen would take it,
    /// where it finds no terminal, for the PIN, and a device locks itself after some wrong ones.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let temporary = std::path::absolute(std::env::temp_dir()).map_err(unavailable)?;
        let folder = tempfile::tempdir_in(temporary).map_err(unavailable)?;
        let file = folder.path().join("message");
        std::fs::write(&file, message).map_err(unavailable)?;
        self.sign_file(&file)?;
        let armored = std::fs::read(file.with_extension("sig")).map_err(unavailable)?;
        sshsig::dearmor(&String::from_utf8_lossy(&armored)).map_err(|error| SignError::Answer(error.to_string()))
    }
}

fn unavailable(error: std::io::Error) -> SignError {
    SignError::Unavailable(format!("ssh-keygen: {error}"))
}

/// Says at once what the program says, but for why it failed, which is returned.
fn relay(said: ChildStderr, message: &Path) -> Vec<String> {
    let ours = message.to_string_lossy();
    let mut faults = Vec::new();
    for line in BufReader::new(said).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        if FAULTS.iter().any(|fault| line.starts_with(fault)) {
            faults.push(line);
        } else if !line.is_empty() && !line.contains(ours.as_ref()) {
            output::say(&line);
        }
    }
    faults
}

fn reason(faults: &[String], status: ExitStatus) -> String {
    if faults.is_empty() {
        return format!("ssh-keygen ended with {status}");
    }
    let short: Vec<&str> = faults.iter().map(|line| line.trim_start_matches("Couldn't sign message: ")).collect();
    format!("ssh-keygen: {}", short.join("; "))
}
