//! ssh-agent over the socket that SSH_AUTH_SOCK names.

use std::io::{ErrorKind, Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use provenance_core::key::sshsig::{Hash, signed_data, wrap};
use provenance_core::key::{PublicKey, SignError, Signer, agent};

use crate::error::CliError;
use crate::output;

/// How long an agent may take: somebody may have to find and touch a device.
const PATIENCE: Duration = Duration::from_secs(120);

/// An agent that can be asked.
#[derive(Debug, Clone)]
pub(super) struct Agent {
    socket: PathBuf,
}

impl Agent {
    pub(super) fn from_environment() -> Option<Self> {
        std::env::var_os("SSH_AUTH_SOCK").filter(|path| !path.is_empty()).map(|path| Self { socket: path.into() })
    }

    /// The keys it holds, of the kinds we accept.
    pub(super) fn keys(&self) -> Result<Vec<PublicKey>, CliError> {
        let answer = self.ask(&agent::identities_request())?;
        let keys = agent::parse_identities(&answer).map_err(|error| CliError::failed(error.to_string()))?;
        Ok(keys.into_iter().map(|(key, _)| key).collect())
    }

    pub(super) fn signer(&self, key: PublicKey) -> Box<dyn Signer> {
        Box::new(AgentSigner { agent: self.clone(), key })
    }

    #[cfg(unix)]
    fn ask(&self, request: &[u8]) -> Result<Vec<u8>, CliError> {
        let failed = |error: std::io::Error| {
            let why = match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => format!("nothing came in {} s", PATIENCE.as_secs()),
                _ => error.to_string(),
            };
            CliError::failed(format!("the agent at {} does not answer: {why}", self.socket.display()))
                .hint("is SSH_AUTH_SOCK right? name a key file with --key FILE otherwise")
        };
        let mut stream = std::os::unix::net::UnixStream::connect(&self.socket).map_err(failed)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
        stream.set_write_timeout(Some(PATIENCE)).map_err(failed)?;
        stream.write_all(request).map_err(failed)?;
        let mut header = [0; 4];
        stream.read_exact(&mut header).map_err(failed)?;
        let length = agent::answer_len(header).map_err(|error| CliError::failed(error.to_string()))?;
        let mut answer = vec![0; length];
        stream.read_exact(&mut answer).map_err(failed)?;
        Ok(answer)
    }

    #[cfg(not(unix))]
    fn ask(&self, _request: &[u8]) -> Result<Vec<u8>, CliError> {
        Err(CliError::failed("agents are reached over Unix sockets only").hint("name a key file with --key FILE"))
    }
}

struct AgentSigner {
    agent: Agent,
    key: PublicKey,
}

impl Signer for AgentSigner {
    fn public_key(&self) -> &PublicKey {
        &self.key
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let hardware = self.key.is_hardware();
        let data = if hardware { signed_data(message, Hash::Sha512) } else { message.to_vec() };
        if hardware {
            output::say(&format!("the agent signs with {}: touch the device if it blinks", self.key.fingerprint()));
        }
        let request = agent::sign_request(&self.key, &data, 0);
        let answer = self.agent.ask(&request).map_err(|error| SignError::Unavailable(error.message))?;
        let signature =
            agent::parse_signature(&self.key, &answer).map_err(|error| SignError::Refused(error.to_string()))?;
        Ok(if hardware { wrap(&self.key, &signature) } else { signature })
    }
}
