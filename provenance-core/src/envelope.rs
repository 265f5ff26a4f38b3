//! DSSE envelopes: one line of JSON, one signature, and what verifying it proves.
//!
//! The signature covers the DSSE pre-authentication encoding of the payload bytes as received. A
//! [`Verified`] statement exists only where [`Envelope::verify`] made it, or where an audit reads again what it
//! verified before.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::id::{BlobId, RecordId};
use crate::key::{Fingerprint, Proof, PublicKey, SignError, Signer, VerifyError as KeyError};
use crate::statement::{self, PAYLOAD_TYPE, Statement};

/// The longest line that is read as an envelope, in bytes; our writer makes no longer one.
pub const MAX_LINE: usize = 64 * 1024 * 1024;

/// Why a line is no envelope.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// Longer than [`MAX_LINE`].
    #[error("the line has {0} bytes, more than {MAX_LINE}")]
    TooLong(usize),
    /// Not the one form that an envelope has.
    #[error(
        "not an envelope in its canonical form: no white space, the members payloadType, payload and signatures in \
         this order, one signature of keyid and sig, nothing else"
    )]
    Form,
    /// Payload or signature is not canonical base64.
    #[error("`{0}` is not canonical base64")]
    Base64(&'static str),
}

/// Why an envelope proves nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The signature is not this key's over this payload.
    #[error("the signature does not verify")]
    Signature(#[from] KeyError),
    /// The payload is no statement of ours.
    #[error("the payload is void: {0}")]
    Statement(#[from] statement::ReadError),
    /// The statement says that another key signed it.
    #[error("the statement names key {stated}, the signature is by {actual}")]
    Signer {
        /// In the statement.
        stated: Fingerprint,
        /// In fact.
        actual: Fingerprint,
    },
}

/// Why a statement could not be signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The signer failed.
    #[error("cannot sign")]
    Sign(#[from] SignError),
    /// The signer's signature does not verify with its own public key.
    #[error("the signer returned a signature that does not verify")]
    Unverified(#[source] VerifyError),
    /// The record is larger than any reader accepts.
    #[error("the record has {0} bytes, more than {MAX_LINE}: sign fewer changes at once")]
    TooLong(usize),
}

/// What stands between the strings of an envelope, whose first is [`PAYLOAD_TYPE`].
const FORM: [&str; 5] =
    ["{\"payloadType\":\"", "\",\"payload\":\"", "\",\"signatures\":[{\"keyid\":\"", "\",\"sig\":\"", "\"}]}"];

/// A DSSE envelope whose signature has not been verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    payload: Vec<u8>,
    keyid: String,
    sig: Vec<u8>,
}

impl Envelope {
    /// Reads one line (without its newline), which must be the one canonical line of its envelope.
    /// Checks the form alone.
    ///
    /// # Errors
    /// [`ParseError`], which voids the line.
    pub fn parse(line: &[u8]) -> Result<Self, ParseError> {
        if line.len() > MAX_LINE {
            return Err(ParseError::TooLong(line.len()));
        }
        // A revocation names a line by its bytes. Were there several lines of one record, a revoked
        // one could come back as another. And a line that nobody has signed costs no more than this.
        let [payload_type, payload, keyid, sig] = strings(line).ok_or(ParseError::Form)?;
        if payload_type != PAYLOAD_TYPE.as_bytes() {
            return Err(ParseError::Form);
        }
        let keyid = std::str::from_utf8(keyid).ok().filter(|keyid| !keyid.contains('\\'));
        let keyid = keyid.filter(|keyid| !keyid.chars().any(char::is_control)).ok_or(ParseError::Form)?;
        Ok(Self {
            sig: decode(sig).ok_or(ParseError::Base64("sig"))?,
            payload: decode(payload).ok_or(ParseError::Base64("payload"))?,
            keyid: keyid.to_owned(),
        })
    }

    /// Signs a statement and returns the line (without newline). The new signature is verified
    /// before it is returned.
    ///
    /// # Errors
    /// [`SealError`]: the signer's failure, or a record too large.
    pub fn seal(statement: &Statement, signer: &dyn Signer) -> Result<Vec<u8>, SealError> {
        let payload = statement.to_payload();
        let sig = signer.sign(&pae(&payload))?;
        let keyid = signer.public_key().fingerprint().to_string();
        let envelope = Self { payload, keyid, sig };
        envelope.clone().verify(signer.public_key()).map_err(SealError::Unverified)?;
        let line = envelope.to_line();
        if line.len() > MAX_LINE { Err(SealError::TooLong(line.len())) } else { Ok(line) }
    }

    /// The key id as the envelope states it: it selects the one key to try and is trusted for nothing.
    pub fn keyid(&self) -> &str {
        &self.keyid
    }

    /// The record's id.
    pub fn record_id(&self) -> RecordId {
        RecordId::of_payload(&self.payload)
    }

    /// The payload bytes as received.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Verifies the signature over the payload as received, then reads the statement. Does not ask
    /// whose key it is, nor whether the key is valid.
    ///
    /// # Errors
    /// [`VerifyError`], which voids the record.
    pub fn verify(self, key: &PublicKey) -> Result<Verified, VerifyError> {
        let proof = key.verify(&pae(&self.payload), &self.sig)?;
        self.proved(key, proof)
    }

    /// What [`Envelope::verify`] answers for a signature that this key was seen to have made.
    ///
    /// # Errors
    /// [`VerifyError`], which voids the record.
    pub(crate) fn proved(self, key: &PublicKey, proof: Proof) -> Result<Verified, VerifyError> {
        let statement = Statement::read(&self.payload)?;
        let actual = key.fingerprint();
        if statement.signed_by().key != actual {
            return Err(VerifyError::Signer { stated: statement.signed_by().key.clone(), actual });
        }
        Ok(Verified { id: self.record_id(), statement, proof })
    }

    fn to_line(&self) -> Vec<u8> {
        let (payload, sig) = (STANDARD.encode(&self.payload), STANDARD.encode(&self.sig));
        let strings = [PAYLOAD_TYPE, &payload, &self.keyid, &sig, ""];
        FORM.iter().zip(strings).flat_map(|(before, string)| [*before, string]).collect::<String>().into_bytes()
    }
}

/// The four strings of an envelope in its form; none holds a quote.
fn strings(line: &[u8]) -> Option<[&[u8]; 4]> {
    let mut rest = line.strip_prefix(FORM[0].as_bytes())?;
    let mut strings = [&[][..]; 4];
    for (string, after) in strings.iter_mut().zip(&FORM[1..]) {
        let end = rest.iter().position(|byte| *byte == b'"')?;
        (*string, rest) = rest.split_at(end);
        rest = rest.strip_prefix(after.as_bytes())?;
    }
    rest.is_empty().then_some(strings)
}

/// A statement whose signature was verified, with what the signature's own bytes prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    id: RecordId,
    statement: Statement,
    proof: Proof,
}

impl Verified {
    /// The record's id.
    pub fn id(&self) -> RecordId {
        self.id
    }

    /// The statement.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// What the signature's bytes prove of the human's presence.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }
}

/// The DSSE v1 pre-authentication encoding of a payload of our type; lengths count bytes.
pub fn pae(payload: &[u8]) -> Vec<u8> {
    pae_of(PAYLOAD_TYPE, payload)
}

/// The DSSE v1 pre-authentication encoding of any type and payload.
pub fn pae_of(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    out.extend_from_slice(payload);
    out
}

/// Canonical base64: standard alphabet, padded.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// What a line of a note is.
#[derive(Debug)]
pub enum Line {
    /// An envelope, its signature not verified yet.
    Envelope(Envelope),
    /// The envelope is stored once, under this blob id.
    Pointer(BlobId),
    /// Neither: somebody else's line, or debris.
    Void(ParseError),
}

impl Line {
    /// Reads one line (without its newline).
    pub fn parse(line: &[u8]) -> Self {
        if let Some(target) = pointer(line) {
            return Self::Pointer(target);
        }
        match Envelope::parse(line) {
            Ok(envelope) => Self::Envelope(envelope),
            Err(error) => Self::Void(error),
        }
    }
}

/// What stands before and behind the id in a pointer.
const POINTER: [&str; 2] = ["{\"envelope\":\"", "\"}"];

/// The pointer line (without newline) to an envelope stored under this blob id.
pub fn pointer_line(envelope: BlobId) -> Vec<u8> {
    format!("{}{envelope}{}", POINTER[0], POINTER[1]).into_bytes()
}

/// The blob id that a pointer line leads to; none where the line is no pointer.
pub(crate) fn pointer(line: &[u8]) -> Option<BlobId> {
    let id = line.strip_prefix(POINTER[0].as_bytes())?.strip_suffix(POINTER[1].as_bytes())?;
    std::str::from_utf8(id).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[{"keyid":"SHA256:x","sig":"AA=="}]}"#;

    #[test]
    fn reads_the_one_form_and_writes_it_again() {
        let envelope = Envelope::parse(LINE.as_bytes()).unwrap();
        assert_eq!((envelope.payload(), envelope.keyid()), (&b"{}"[..], "SHA256:x"));
        assert_eq!(envelope.to_line(), LINE.as_bytes());
        let id: BlobId = "1".repeat(40).parse().unwrap();
        assert!(matches!(Line::parse(&pointer_line(id)), Line::Pointer(target) if target == id));
    }

    #[test]
    fn voids_every_other_spelling() {
        for (from, to) in [
            ("{\"payloadType", " {\"payloadType"),
            (",\"payload\":", ", \"payload\":"),
            ("]}", "]} "),
            ("]}", "],\"x\":1}"),
            ("]}", "]}{}"),
            ("AA==\"}", "AA==\"},{\"keyid\":\"y\",\"sig\":\"AA==\"}"),
            ("in-toto", "in\\u002dtoto"),
            ("in-toto+json", "in-toto"),
            ("SHA256:x", "SHA256:\\u0078"),
            ("SHA256:x", "SHA256:\u{1}"),
            ("e30=", "e30"),
            ("e30=", "e31="),
            ("e30=", "_30="),
            ("AA==", "AB=="),
        ] {
            let line = LINE.replacen(from, to, 1);
            assert_ne!(line, LINE);
            assert!(matches!(Line::parse(line.as_bytes()), Line::Void(_)), "{line}");
        }
        let id = "1".repeat(40);
        for line in
            [format!("{{\"envelope\": \"{id}\"}}"), format!("{{\"envelope\":\"{id}\",\"x\":1}}"), "{}".to_owned()]
        {
            assert!(matches!(Line::parse(line.as_bytes()), Line::Void(_)), "{line}");
        }
    }
}
