//! Devices, through `ssh-keygen -Y sign`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use provenance_core::key::{NAMESPACE, PublicKey, SignError, Signer, sshsig};

/// A key on a device, signed with by `ssh-keygen`.
pub(super) struct Keygen {
    key: PublicKey,
    file: PathBuf,
}

impl Keygen {
    pub(super) fn new(key: PublicKey, file: &Path) -> Self {
        Self { key, file: std::path::absolute(file).unwrap_or_else(|_| file.to_owned()) }
    }
}

impl Signer for Keygen {
    fn public_key(&self) -> &PublicKey {
        &self.key
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let unavailable = |error: std::io::Error| SignError::Unavailable(format!("ssh-keygen: {error}"));
        let mut child = Command::new("ssh-keygen")
            .args(["-Y", "sign", "-n", NAMESPACE, "-f"])
            .arg(&self.file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(unavailable)?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(message).map_err(unavailable)?;
        }
        let output = child.wait_with_output().map_err(unavailable)?;
        if !output.status.success() {
            return Err(SignError::Refused(format!("ssh-keygen ended with {}", output.status)));
        }
        sshsig::dearmor(&String::from_utf8_lossy(&output.stdout)).map_err(|error| SignError::Answer(error.to_string()))
    }
}
