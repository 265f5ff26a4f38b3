//! What ssh-agent speaks (draft-ietf-sshm-ssh-agent), without a socket.
//!
//! The caller writes a request as it is, reads four bytes, asks [`answer_len`] how many follow, reads those and
//! parses them. An agent is another program: its answers are bounded and checked, and its signatures are to be
//! verified like any other.

use super::wire::{Reader, Truncated, put_string};
use super::{PublicKey, sshsig};

/// The longest answer read, in bytes, as in OpenSSH.
pub const MAX_ANSWER: usize = 256 * 1024;
/// The most identities an agent may name, as in OpenSSH.
const MAX_IDENTITIES: u32 = 2048;

const FAILURE: u8 = 5;
const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;

/// Why an agent's answer is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The agent said no: it does not hold the key, is locked, the person declined, or the key is constrained to
    /// logins at certain hosts.
    #[error("the agent refused (it may be locked, or the key unknown, declined or bound to certain hosts)")]
    Refused,
    /// An answer of another kind than the request asks.
    #[error("expected answer {expected} of the agent, found {found}")]
    Kind {
        /// The message number asked for.
        expected: u8,
        /// The message number found.
        found: u8,
    },
    /// Not the agent protocol.
    #[error("malformed answer of the agent: {0}")]
    Malformed(&'static str),
}

impl From<Truncated> for AnswerError {
    fn from(_: Truncated) -> Self {
        Self::Malformed("it ends too early")
    }
}

/// How many bytes follow these first four of an answer.
///
/// # Errors
/// [`AnswerError::Malformed`] for none, or more than [`MAX_ANSWER`].
pub fn answer_len(header: [u8; 4]) -> Result<usize, AnswerError> {
    usize::try_from(u32::from_be_bytes(header))
        .ok()
        .filter(|len| (1..=MAX_ANSWER).contains(len))
        .ok_or(AnswerError::Malformed("its length is out of bounds"))
}

/// The request for the agent's keys, with its length in front.
pub fn identities_request() -> Vec<u8> {
    framed(&[REQUEST_IDENTITIES])
}

/// The agent's keys of the kinds we accept, with their comments (foreign text); others are skipped. `answer` is
/// without its length.
///
/// # Errors
/// [`AnswerError`]; also for bytes after the answer.
pub fn parse_identities(answer: &[u8]) -> Result<Vec<(PublicKey, String)>, AnswerError> {
    let mut reader = body(answer, IDENTITIES_ANSWER)?;
    let count = reader.number()?;
    if count > MAX_IDENTITIES {
        return Err(AnswerError::Malformed("it names too many keys"));
    }
    let mut keys = Vec::new();
    for _ in 0..count {
        let (wire, comment) = (reader.string()?, reader.string()?);
        if let Ok(key) = PublicKey::from_wire(wire) {
            keys.push((key, String::from_utf8_lossy(comment).into_owned()));
        }
    }
    if reader.is_empty() { Ok(keys) } else { Err(AnswerError::Malformed("bytes follow the answer")) }
}

/// The request to sign `data` with this key, with its length in front. Ed25519 keys know no flags: pass 0.
///
/// `data` is the message for a raw signature of an `ssh-ed25519` key, and
/// [`sshsig::signed_data`] of it for a hardware key.
pub fn sign_request(key: &PublicKey, data: &[u8], flags: u32) -> Vec<u8> {
    let mut request = vec![SIGN_REQUEST];
    put_string(&mut request, &key.to_wire());
    put_string(&mut request, data);
    request.extend_from_slice(&flags.to_be_bytes());
    framed(&request)
}

/// The signature in the agent's answer: the raw 64 bytes of an `ssh-ed25519` key, the whole signature blob of a
/// hardware key, for [`sshsig::wrap`]. `answer` is without its length. Verifies nothing.
///
/// # Errors
/// [`AnswerError`]; also for a signature of another type than the key, and bytes after it.
pub fn parse_signature(key: &PublicKey, answer: &[u8]) -> Result<Vec<u8>, AnswerError> {
    let mut reader = body(answer, SIGN_RESPONSE)?;
    let blob = reader.string()?;
    if !reader.is_empty() {
        return Err(AnswerError::Malformed("bytes follow the answer"));
    }
    let raw = sshsig::split_signature(key, blob)
        .map_err(|_| AnswerError::Malformed("its signature is not of the key's type"))?;
    Ok(if key.is_hardware() { blob } else { raw }.to_vec())
}

fn body(answer: &[u8], expected: u8) -> Result<Reader<'_>, AnswerError> {
    if answer.len() > MAX_ANSWER {
        return Err(AnswerError::Malformed("its length is out of bounds"));
    }
    let mut reader = Reader::new(answer);
    match reader.byte()? {
        found if found == expected => Ok(reader),
        FAILURE => Err(AnswerError::Refused),
        found => Err(AnswerError::Kind { expected, found }),
    }
}

fn framed(message: &[u8]) -> Vec<u8> {
    let mut request = Vec::with_capacity(message.len() + 4);
    put_string(&mut request, message);
    request
}
