use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{MAX_CLIENT_ID, MAX_CREDENTIAL, Parameters};
use crate::Secret;
use crate::error::{Error, aadsts};
use crate::jose::{Assertion, MAX_TOKEN_BYTES};

/// The only kind of statement that is read.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Longest `Authorization` header: both halves fully percent-encoded, then base64.
const MAX_HEADER: usize = (MAX_CLIENT_ID + MAX_CREDENTIAL) * 4 + 16;

/// Who asks for a token, and how it proves that (RFC 6749 section 2.3.1, OIDC Core 9).
#[derive(Clone, Debug)]
pub enum ClientAuthentication {
    /// `none`: a public client only says its name.
    None {
        /// The client.
        client_id: String,
    },
    /// `client_secret_post`: in the form.
    SecretPost {
        /// The client.
        client_id: String,
        /// Its secret, not checked yet.
        secret: Secret,
    },
    /// `private_key_jwt`: a statement signed with a key of the client (RFC 7523 section 2.2).
    Assertion {
        /// The client.
        client_id: String,
        /// The statement, not checked yet; see [`crate::jose::Assertion`].
        assertion: Secret,
    },
    /// `client_secret_basic`: in the header.
    SecretBasic {
        /// The client.
        client_id: String,
        /// Its secret, not checked yet.
        secret: Secret,
    },
}

impl ClientAuthentication {
    /// The client.
    pub fn client_id(&self) -> &str {
        match self {
            Self::None { client_id }
            | Self::SecretPost { client_id, .. }
            | Self::Assertion { client_id, .. }
            | Self::SecretBasic { client_id, .. } => client_id,
        }
    }

    /// Its secret, not checked yet.
    pub const fn secret(&self) -> Option<&Secret> {
        match self {
            Self::None { .. } | Self::Assertion { .. } => None,
            Self::SecretPost { secret, .. } | Self::SecretBasic { secret, .. } => Some(secret),
        }
    }

    /// Whether it offers any proof.
    pub const fn is_offered(&self) -> bool {
        !matches!(self, Self::None { .. })
    }

    /// One method only (RFC 6749 section 2.3); the form may repeat the header's client.
    pub(crate) fn read(parameters: &mut Parameters, authorization: Option<&str>) -> Result<Self, Error> {
        let in_form = parameters.take("client_id", MAX_CLIENT_ID)?;
        let secret = parameters.take_secret("client_secret", MAX_CREDENTIAL)?;
        let kind = parameters.take("client_assertion_type", MAX_CLIENT_ID)?;
        let assertion = parameters.take_secret("client_assertion", MAX_TOKEN_BYTES)?;
        if assertion.is_some() || kind.is_some() {
            if secret.is_some() || authorization.is_some() {
                return Err(aadsts::INVALID_VALUE.error().naming("two ways of client authentication"));
            }
            return by_assertion(in_form, kind.as_deref(), assertion);
        }
        let Some(header) = authorization else {
            let client_id = in_form.ok_or_else(|| aadsts::MISSING_PARAMETER.error().naming("client_id"))?;
            return Ok(match secret {
                Some(secret) => Self::SecretPost { client_id, secret },
                None => Self::None { client_id },
            });
        };
        if secret.is_some() {
            return Err(aadsts::INVALID_VALUE.error().naming("two ways of client authentication"));
        }
        let (client_id, secret) = basic(header)
            .ok_or_else(|| aadsts::CLIENT_NOT_AUTHENTICATED.error().naming("the Authorization header is malformed"))?;
        if in_form.is_some_and(|in_form| in_form != client_id) {
            return Err(aadsts::INVALID_VALUE.error().naming("client_id differs from the Authorization header"));
        }
        Ok(Self::SecretBasic { client_id, secret })
    }
}

/// The statement names the client itself; a `client_id` beside it must be the same (RFC 7521 section 4.2).
fn by_assertion(
    in_form: Option<String>,
    kind: Option<&str>,
    assertion: Option<Secret>,
) -> Result<ClientAuthentication, Error> {
    if kind != Some(ASSERTION_TYPE) {
        return Err(aadsts::CLIENT_NOT_AUTHENTICATED.error().naming("client_assertion_type is not jwt-bearer"));
    }
    let assertion = assertion.ok_or_else(|| aadsts::MISSING_PARAMETER.error().naming("client_assertion"))?;
    let named = Assertion::parse(assertion.expose()).map(|read| read.claims().sub.clone()).ok();
    let named = named.filter(|named| (1..=MAX_CLIENT_ID).contains(&named.len()));
    let client_id = in_form.or(named).ok_or_else(|| aadsts::MISSING_PARAMETER.error().naming("client_id"))?;
    Ok(ClientAuthentication::Assertion { client_id, assertion })
}

fn basic(header: &str) -> Option<(String, Secret)> {
    let (scheme, encoded) = header.split_once(' ').filter(|_| header.len() <= MAX_HEADER)?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let bytes = Zeroizing::new(STANDARD.decode(encoded.trim_start_matches(' ')).ok()?);
    let (client_id, secret) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    let (client_id, secret) = (form_decoded(client_id)?, Secret::new(form_decoded(secret)?));
    let fits = (1..=MAX_CLIENT_ID).contains(&client_id.len()) && (1..=MAX_CREDENTIAL).contains(&secret.expose().len());
    fits.then_some((client_id, secret))
}

/// RFC 6749 section 2.3.1: each half is form-urlencoded before it is joined. A character that should have been encoded is
/// refused, because guessing would give one secret two spellings. `~` passes: RFC 3986 encoders leave it.
fn form_decoded(half: &str) -> Option<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(half.len()));
    let mut rest = half.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            b'*' | b'-' | b'.' | b'_' | b'~' => byte,
            _ if byte.is_ascii_alphanumeric() => byte,
            _ => return None,
        });
    }
    let text = std::str::from_utf8(&bytes).ok()?;
    (!text.chars().any(char::is_control)).then(|| text.to_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
