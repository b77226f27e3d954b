use std::borrow::Borrow;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

use super::{Algorithm, MAX_TOKEN_BYTES, VerifyingKey};
use crate::base64url;

/// The members of a JOSE header that are looked at (RFC 7515 section 4.1).
///
/// `jku`, `jwk`, `x5u`, `x5c` and the like are not even read: a token never brings the key it is checked with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Header {
    /// The algorithm by name; it may be one we refuse.
    pub alg: String,
    /// The name of the key.
    #[serde(default)]
    pub kid: Option<String>,
    /// What kind of token it is.
    #[serde(default)]
    pub typ: Option<String>,
    #[serde(rename = "crit", default, deserialize_with = "present")]
    has_critical: bool,
}

/// Presence of a member, whatever its value, `null` included.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

/// What a token must be to be accepted.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The algorithms the issuer is known to use.
    pub algorithms: &'a [Algorithm],
    /// The `typ` the token must carry; `None` where issuers differ, as for partners' ID tokens.
    pub typ: Option<&'a str>,
}

/// A token whose signature is good. Nothing is said yet about its claims: issuer, audience and times are the caller's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The header.
    pub header: Header,
    /// The payload as it was signed.
    pub payload: Vec<u8>,
}

impl Verified {
    /// The payload as claims.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, VerifyError> {
        serde_json::from_slice(&self.payload).map_err(|_| VerifyError::Claims)
    }
}

/// Why a token was refused. For logs; a client is told only that the token is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// More than 16 KiB.
    #[error("the token is longer than 16 KiB")]
    TooLong,
    /// Not three base64url parts.
    #[error("the token is not a compact JWS")]
    NotCompact,
    /// The header is not JSON, or repeats or lacks a member.
    #[error("the token's header is malformed")]
    Header,
    /// `none`, the HMAC family, or another algorithm that was not expected.
    #[error("the token's algorithm is not allowed")]
    Algorithm,
    /// An extension must be understood and is not (RFC 7515 section 4.1.11).
    #[error("the token has critical extensions")]
    Critical,
    /// A token of another kind (RFC 8725 section 3.11).
    #[error("the token's type is not the expected one")]
    Type,
    /// No such key.
    #[error("the token's key is unknown")]
    UnknownKey,
    /// The key is for another algorithm than the header names.
    #[error("the token's algorithm is not that of its key")]
    KeyAlgorithm,
    /// The signature is wrong.
    #[error("the token's signature is wrong")]
    Signature,
    /// The payload is not the expected JSON.
    #[error("the token's claims are malformed")]
    Claims,
}

/// Verifies a compact JWS (RFC 7515 section 5.2). `find_key` gets the header and returns the key the *issuer* publishes
/// under that name.
pub fn verify<K: Borrow<VerifyingKey>>(
    token: &str,
    expected: &Expected<'_>,
    find_key: impl FnOnce(&Header) -> Option<K>,
) -> Result<Verified, VerifyError> {
    let parts = Parts::split(token)?;
    let header = parts.header()?;
    let algorithm = Algorithm::parse(&header.alg)
        .filter(|algorithm| expected.algorithms.contains(algorithm))
        .ok_or(VerifyError::Algorithm)?;
    if header.has_critical {
        return Err(VerifyError::Critical);
    }
    if expected.typ.is_some_and(|typ| !header.typ.as_deref().is_some_and(|given| is_type(given, typ))) {
        return Err(VerifyError::Type);
    }
    let key = find_key(&header).ok_or(VerifyError::UnknownKey)?;
    if key.borrow().algorithm() != algorithm {
        return Err(VerifyError::KeyAlgorithm);
    }
    let signature = base64url::decode(parts.signature).ok_or(VerifyError::NotCompact)?;
    if !key.borrow().verifies(parts.signing_input.as_bytes(), &signature) {
        return Err(VerifyError::Signature);
    }
    Ok(Verified { header, payload: parts.payload()? })
}

/// Media types compare without case, and `application/` may be left away (RFC 7515 section 4.1.9).
fn is_type(given: &str, expected: &str) -> bool {
    let prefix = "application/";
    let short = match given.get(..prefix.len()) {
        Some(start) if start.eq_ignore_ascii_case(prefix) => &given[prefix.len()..],
        _ => given,
    };
    short.eq_ignore_ascii_case(expected)
}

/// The three parts of a compact JWS, still encoded.
pub(super) struct Parts<'a> {
    signing_input: &'a str,
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    pub(super) fn split(token: &'a str) -> Result<Self, VerifyError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(VerifyError::TooLong);
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or(VerifyError::NotCompact)?;
        let (header, payload) = signing_input.split_once('.').ok_or(VerifyError::NotCompact)?;
        if payload.contains('.') {
            return Err(VerifyError::NotCompact);
        }
        Ok(Self { signing_input, header, payload, signature })
    }

    pub(super) fn header(&self) -> Result<Header, VerifyError> {
        let json = base64url::decode(self.header).ok_or(VerifyError::NotCompact)?;
        serde_json::from_slice(&json).map_err(|_| VerifyError::Header)
    }

    /// The header as it was written.
    pub(super) fn header_json(&self) -> Result<Vec<u8>, VerifyError> {
        base64url::decode(self.header).ok_or(VerifyError::NotCompact)
    }

    /// What is signed, and the signature.
    pub(super) fn signed(&self) -> Result<(&'a str, Vec<u8>), VerifyError> {
        Ok((self.signing_input, base64url::decode(self.signature).ok_or(VerifyError::NotCompact)?))
    }

    pub(super) fn payload(&self) -> Result<Vec<u8>, VerifyError> {
        base64url::decode(self.payload).ok_or(VerifyError::NotCompact)
    }
}
