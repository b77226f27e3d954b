//! The token request (RFC 6749 sections 4.1.3, 4.4.2 and 6).

mod client_authentication;

pub use client_authentication::ClientAuthentication;

use crate::Secret;
use crate::authorization_request::{ClaimsRequest, MAX_CLAIMS, MAX_CLIENT_ID};
use crate::error::{Error, aadsts};
use crate::parameters::Parameters;
use crate::redirect_uri;
use crate::scope::{self, Scopes};

/// Longest code, refresh token, verifier or client secret, in bytes.
const MAX_CREDENTIAL: usize = 4096;
const MAX_WORDS: usize = 256;

const KNOWN: &[&str] = &[
    "grant_type",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
    "scope",
    "claims",
    "client_info",
];

/// What the client has to offer for a token.
#[derive(Clone, Debug)]
pub enum Grant {
    /// A code from the authorization endpoint.
    AuthorizationCode {
        /// The code.
        code: Secret,
        /// Must equal the one of the authorization request.
        redirect_uri: String,
        /// Check it with [`crate::pkce::verify`].
        code_verifier: Option<Secret>,
    },
    /// A refresh token.
    RefreshToken {
        /// The token.
        refresh_token: Secret,
    },
    /// Nothing but the client's own authentication.
    ClientCredentials,
}

/// A token request that keeps to the rules of the protocol.
#[derive(Clone, Debug)]
pub struct TokenRequest {
    /// Who asks, and how it proves that.
    pub client: ClientAuthentication,
    /// What it offers.
    pub grant: Grant,
    /// What it wants; may be left away except with client credentials, where it is one `{resource}/.default`.
    pub scope: Option<Scopes>,
    /// Wishes about claims.
    pub claims: ClaimsRequest,
    /// Whether the client wants `client_info` in the answer.
    pub client_info: bool,
}

impl TokenRequest {
    /// Reads the pairs of the form and the `Authorization` header. Parameters nobody knows, or of another grant, are ignored;
    /// known ones may not repeat.
    pub fn parse<N, V>(form: impl IntoIterator<Item = (N, V)>, authorization: Option<&str>) -> Result<Self, Error>
    where
        N: AsRef<str>,
        V: Into<String> + AsRef<str>,
    {
        let mut parameters = Parameters::collect(form, KNOWN)?;
        parameters.refuse_repetition()?;
        let grant_type = parameters.require("grant_type", MAX_WORDS)?;
        let client = ClientAuthentication::read(&mut parameters, authorization)?;
        let scope = parameters.take("scope", scope::MAX_BYTES)?.as_deref().map(Scopes::parse).transpose()?;
        let grant = match grant_type.as_str() {
            "authorization_code" => authorization_code(&mut parameters)?,
            "refresh_token" => Grant::RefreshToken { refresh_token: credential(&mut parameters, "refresh_token")? },
            "client_credentials" => client_credentials(&client, scope.as_ref())?,
            other => return Err(aadsts::UNSUPPORTED_GRANT_TYPE.error().naming(other)),
        };
        let claims = parameters.take("claims", MAX_CLAIMS)?.map(ClaimsRequest::parse).transpose()?;
        let client_info = parameters.take("client_info", MAX_WORDS)?.as_deref() == Some("1");
        Ok(Self { client, grant, scope, claims: claims.unwrap_or_default(), client_info })
    }
}

fn authorization_code(parameters: &mut Parameters) -> Result<Grant, Error> {
    Ok(Grant::AuthorizationCode {
        code: credential(parameters, "code")?,
        redirect_uri: parameters.require("redirect_uri", redirect_uri::MAX_BYTES)?,
        code_verifier: parameters.take_secret("code_verifier", MAX_CREDENTIAL)?,
    })
}

/// RFC 6749 section 4.4: for clients with a secret only. The application's permissions are granted, not chosen, hence
/// `.default`.
fn client_credentials(client: &ClientAuthentication, scope: Option<&Scopes>) -> Result<Grant, Error> {
    if !client.is_offered() {
        return Err(aadsts::SECRET_NEEDED_FOR_CLIENT_CREDENTIALS.error());
    }
    match scope {
        None => Err(aadsts::MISSING_PARAMETER.error().naming("scope")),
        Some(scope) if scope.is_one_default() => Ok(Grant::ClientCredentials),
        Some(_) => Err(aadsts::DEFAULT_SCOPE_NEEDED.error()),
    }
}

fn credential(parameters: &mut Parameters, name: &'static str) -> Result<Secret, Error> {
    let credential = parameters.take_secret(name, MAX_CREDENTIAL)?;
    credential.ok_or_else(|| aadsts::MISSING_PARAMETER.error().naming(name))
}
