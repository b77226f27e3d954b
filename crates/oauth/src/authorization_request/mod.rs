//! The authorization request (RFC 6749 section 4.1.1, OIDC Core 3.1.2.1), read in two steps.
//!
//! Until the redirect URI is known to be the client's, a refusal is a page: [`Incoming::read`] fails with a plain
//! [`Error`]. After the caller has matched it, [`Incoming::validate`] fails with a [`Refusal`], which goes to the client.

mod claims_request;
mod prompt;
mod reply_address;

use serde::{Deserialize, Serialize};

pub use claims_request::ClaimsRequest;
pub(crate) use claims_request::MAX_BYTES as MAX_CLAIMS;
pub use prompt::{Prompt, Prompts};
pub use reply_address::{Refusal, ReplyAddress, ResponseMode};

use crate::error::{Error, aadsts};
use crate::jose::MAX_TOKEN_BYTES;
use crate::parameters::Parameters;
use crate::pkce::Challenge;
use crate::redirect_uri::{self, RedirectKind};
use crate::scope::{self, Scopes};

/// Longest identifier of a client, in bytes.
pub(crate) const MAX_CLIENT_ID: usize = 256;
/// Longest state, in bytes. MSAL puts a JSON object of its own before the application's.
pub(crate) const MAX_STATE: usize = 8 * 1024;
const MAX_NONCE: usize = 1024;
const MAX_HINT: usize = 2048;
const MAX_WORDS: usize = 256;

const KNOWN: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "login_hint",
    "domain_hint",
    "claims",
    "client_info",
    "id_token_hint",
    "ui_locales",
    "mkt",
    "request",
    "request_uri",
    "registration",
];

/// A request of which only the client and the redirect URI are read.
#[derive(Debug)]
pub struct Incoming {
    client_id: String,
    redirect_uri: String,
    parameters: Parameters,
}

impl Incoming {
    /// Reads the pairs of a query or form. An error is for a page: nobody knows yet whose redirect URI it is.
    pub fn read<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Result<Self, Error>
    where
        N: AsRef<str>,
        V: Into<String> + AsRef<str>,
    {
        let mut parameters = Parameters::collect(pairs, KNOWN)?;
        let client_id = parameters.require("client_id", MAX_CLIENT_ID)?;
        let redirect_uri = parameters.require("redirect_uri", redirect_uri::MAX_BYTES)?;
        Ok(Self { client_id, redirect_uri, parameters })
    }

    /// The client that claims to ask.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Where it wants the answer; match it with [`redirect_uri::matches`] before going on.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// Reads the rest. Call only after the redirect URI was found among the client's.
    pub fn validate(mut self) -> Result<AuthorizationRequest, Box<Refusal>> {
        let mode = self.parameters.take("response_mode", MAX_WORDS);
        let mode = mode.and_then(|mode| mode.as_deref().map_or(Ok(ResponseMode::default()), ResponseMode::parse));
        let state = self.parameters.take("state", MAX_STATE);
        let reply_to = ReplyAddress {
            redirect_uri: self.redirect_uri,
            response_mode: mode.as_ref().copied().unwrap_or_default(),
            state: state.as_ref().ok().cloned().flatten(),
        };
        let rest = mode.and(state).and_then(|_| read(self.client_id, reply_to.clone(), &mut self.parameters));
        rest.map_err(|error| Box::new(Refusal { reply_to, error }))
    }
}

/// A request that keeps to the rules of the protocol. Whether the client may have what it asks is for the server to decide.
///
/// It can be stored (serde) while the person signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// The client.
    pub client_id: String,
    /// Where the answer goes.
    pub reply_to: ReplyAddress,
    /// What is asked for.
    pub scope: Scopes,
    /// Echoed in the ID token.
    pub nonce: Option<String>,
    /// PKCE.
    pub code_challenge: Option<Challenge>,
    /// What the person is to be asked.
    pub prompt: Prompts,
    /// Seconds since the last sign-in that are still recent enough.
    pub max_age: Option<u32>,
    /// Who probably signs in.
    pub login_hint: Option<String>,
    /// Where that person's home probably is.
    pub domain_hint: Option<String>,
    /// Wishes about claims.
    pub claims: ClaimsRequest,
    /// Whether the client wants `client_info` in its answers.
    pub client_info: bool,
    /// An ID token of the person who should be signed in; not verified yet.
    pub id_token_hint: Option<String>,
    /// Languages the person reads, best first, space-separated (BCP 47).
    pub ui_locales: Option<String>,
}

impl AuthorizationRequest {
    /// The refusal of this request, for the client.
    pub fn refuse(&self, error: Error) -> Refusal {
        Refusal { reply_to: self.reply_to.clone(), error }
    }

    /// PKCE is demanded of clients that have no secret (RFC 9700 section 2.1.1).
    pub fn check_challenge(&self, kind: RedirectKind) -> Result<(), Error> {
        if kind.needs_challenge() && self.code_challenge.is_none() {
            return Err(aadsts::CHALLENGE_NEEDED.error());
        }
        Ok(())
    }
}

fn read(client_id: String, reply_to: ReplyAddress, parameters: &mut Parameters) -> Result<AuthorizationRequest, Error> {
    parameters.refuse_repetition()?;
    refuse_unserved(parameters)?;
    let method = parameters.take("code_challenge_method", MAX_WORDS)?;
    let challenge = parameters.take("code_challenge", MAX_WORDS)?;
    Ok(AuthorizationRequest {
        client_id,
        reply_to,
        scope: Scopes::parse(&parameters.require("scope", scope::MAX_BYTES)?)?,
        nonce: parameters.take("nonce", MAX_NONCE)?,
        code_challenge: Challenge::from_parameters(challenge, method.as_deref())?,
        prompt: Prompts::parse(&parameters.take("prompt", MAX_WORDS)?.unwrap_or_default())?,
        max_age: max_age(parameters)?,
        login_hint: parameters.take("login_hint", MAX_HINT)?,
        domain_hint: parameters.take("domain_hint", MAX_HINT)?,
        claims: parameters.take("claims", MAX_CLAIMS)?.map(ClaimsRequest::parse).transpose()?.unwrap_or_default(),
        client_info: parameters.take("client_info", MAX_WORDS)?.as_deref() == Some("1"),
        id_token_hint: parameters.take("id_token_hint", MAX_TOKEN_BYTES)?,
        ui_locales: locales(parameters)?,
    })
}

/// Request objects could carry other values than those checked here; a response other than a code would put tokens into
/// addresses (RFC 9700 section 2.1.2).
fn refuse_unserved(parameters: &mut Parameters) -> Result<(), Error> {
    for (name, refusal) in [
        ("request", aadsts::REQUEST_OBJECT),
        ("request_uri", aadsts::REQUEST_OBJECT_BY_REFERENCE),
        ("registration", aadsts::REGISTRATION_PARAMETER),
    ] {
        if parameters.take(name, usize::MAX)?.is_some() {
            return Err(refusal.error());
        }
    }
    match parameters.require("response_type", MAX_WORDS)?.as_str() {
        "code" => Ok(()),
        other => Err(aadsts::UNSUPPORTED_RESPONSE_TYPE.error().naming(other)),
    }
}

fn max_age(parameters: &mut Parameters) -> Result<Option<u32>, Error> {
    let invalid = || aadsts::INVALID_VALUE.error().naming("max_age is not a number of seconds");
    let Some(text) = parameters.take("max_age", MAX_WORDS)? else { return Ok(None) };
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid());
    }
    text.parse().map(Some).map_err(|_| invalid())
}

/// `ui_locales` of OIDC, or Microsoft's older `mkt`.
fn locales(parameters: &mut Parameters) -> Result<Option<String>, Error> {
    let standard = parameters.take("ui_locales", MAX_WORDS)?;
    let older = parameters.take("mkt", MAX_WORDS)?;
    Ok(standard.or(older))
}
