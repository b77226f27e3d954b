//! What introspection (RFC 7662 section 2.1) and revocation (RFC 7009 section 2.1) are asked: a token, by a client.

use crate::Secret;
use crate::error::{Error, aadsts};
use crate::parameters::Parameters;
use crate::token_request::ClientAuthentication;

/// Longest token, in bytes: an access token with many roles is far longer than any other credential.
const MAX_TOKEN: usize = 16 * 1024;

/// `token_type_hint` is known so that it may not repeat, and not read: a token shows by its form what it is.
const KNOWN: &[&str] =
    &["token", "token_type_hint", "client_id", "client_secret", "client_assertion", "client_assertion_type"];

/// A token, and the client that asks about it.
#[derive(Clone, Debug)]
pub struct PresentedToken {
    /// Who asks, and how it proves that.
    pub client: ClientAuthentication,
    /// An access token or a refresh token, or neither.
    pub token: Secret,
}

impl PresentedToken {
    /// Reads the pairs of the form and the `Authorization` header. Parameters nobody knows are ignored; known ones may not
    /// repeat.
    pub fn parse<N, V>(form: impl IntoIterator<Item = (N, V)>, authorization: Option<&str>) -> Result<Self, Error>
    where
        N: AsRef<str>,
        V: Into<String> + AsRef<str>,
    {
        let mut parameters = Parameters::collect(form, KNOWN)?;
        parameters.refuse_repetition()?;
        let client = ClientAuthentication::read(&mut parameters, authorization)?;
        let token = parameters.take_secret("token", MAX_TOKEN)?;
        let token = token.ok_or_else(|| aadsts::MISSING_PARAMETER.error().naming("token"))?;
        Ok(Self { client, token })
    }
}
