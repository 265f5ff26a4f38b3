//! DSSE envelopes: one line of JSON, one signature, and what verifying it proves.
//!
//! The signature covers the DSSE pre-authentication encoding of the payload bytes as received. A
//! [`Verified`] statement exists only where [`Envelope::verify`] made it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::id::{BlobId, RecordId};
use crate::json;
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
    /// Not strict JSON of an envelope's shape.
    #[error("not an envelope: {0}")]
    Shape(#[from] json::Error),
    /// Another payload type.
    #[error("payloadType is `{0}`, expected `{PAYLOAD_TYPE}`")]
    PayloadType(String),
    /// Payload or signature is not canonical base64.
    #[error("`{0}` is not canonical base64")]
    Base64(&'static str),
    /// The same envelope has another, canonical form.
    #[error(
        "not in canonical form: no white space, the members payloadType, payload and signatures in this order, nothing else"
    )]
    NotCanonical,
    /// None, or more than one signature.
    #[error("expected one signature, found {0}")]
    Signatures(usize),
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

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    payload_type: String,
    payload: String,
    signatures: Vec<WireSignature>,
}

#[derive(Serialize, Deserialize)]
struct WireSignature {
    keyid: String,
    sig: String,
}

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
        let wire: Wire = json::from_slice(line)?;
        if wire.payload_type != PAYLOAD_TYPE {
            return Err(ParseError::PayloadType(wire.payload_type.chars().take(80).collect()));
        }
        let [signature] = wire.signatures.as_slice() else {
            return Err(ParseError::Signatures(wire.signatures.len()));
        };
        let envelope = Self {
            payload: decode(&wire.payload).ok_or(ParseError::Base64("payload"))?,
            sig: decode(&signature.sig).ok_or(ParseError::Base64("sig"))?,
            keyid: signature.keyid.clone(),
        };
        // A revocation names a line by its bytes. Were there several lines of one record, a revoked
        // one could come back as another.
        if envelope.to_line() == line { Ok(envelope) } else { Err(ParseError::NotCanonical) }
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
        let statement = Statement::read(&self.payload)?;
        let actual = key.fingerprint();
        if statement.signed_by().key != actual {
            return Err(VerifyError::Signer { stated: statement.signed_by().key.clone(), actual });
        }
        Ok(Verified { id: self.record_id(), statement, proof })
    }

    fn to_line(&self) -> Vec<u8> {
        let wire = Wire {
            payload_type: PAYLOAD_TYPE.to_owned(),
            payload: STANDARD.encode(&self.payload),
            signatures: vec![WireSignature { keyid: self.keyid.clone(), sig: STANDARD.encode(&self.sig) }],
        };
        serde_json::to_vec(&wire).expect("an envelope has string keys only, and writing to memory cannot fail")
    }
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
fn decode(text: &str) -> Option<Vec<u8>> {
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
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Pointer {
            envelope: BlobId,
        }
        if line.len() < 200
            && let Ok(pointer) = json::from_slice::<Pointer>(line)
        {
            return Self::Pointer(pointer.envelope);
        }
        match Envelope::parse(line) {
            Ok(envelope) => Self::Envelope(envelope),
            Err(error) => Self::Void(error),
        }
    }
}

/// The pointer line (without newline) to an envelope stored under this blob id.
pub fn pointer_line(envelope: BlobId) -> Vec<u8> {
    format!("{{\"envelope\":\"{envelope}\"}}").into_bytes()
}
