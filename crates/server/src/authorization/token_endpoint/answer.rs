//! The answer for a person: an access token, and what was asked for beside it.

use super::Exchange;
use crate::authorization::error::EndpointError;
use crate::authorization::person::Person;
use crate::authorization::resource::Delegation;
use crate::authorization::store::behind::Behind;
use crate::authorization::store::grants::{ClientKind, Grant};
use crate::authorization::store::refresh_tokens::RefreshToken;
use crate::authorization::tokens;
use crate::platform::{Secret, SecretKind};
use crate::sign_in::session::Session;
use crate::users::{Identity, User};
use oauth::error::aadsts;
use oauth::scope::{OpenIdScope, Scopes};
use oauth::token_response::{TokenResponse, TokenType};
use std::time::Duration;

/// How long a refresh token is good for when it is not used.
const REFRESH: Duration = Duration::from_hours(90 * 24);

/// What goes into the answer.
pub struct Content<'a> {
    pub scopes: &'a Scopes,
    pub nonce: Option<String>,
    pub refresh_token: Option<String>,
    pub capabilities: Vec<String>,
    pub wants_client_info: bool,
}

/// Signs the tokens. Nothing is signed while a transaction is open.
pub async fn write(
    exchange: &Exchange<'_>,
    grant: &Grant,
    person: &Person,
    delegation: &Delegation,
    content: Content<'_>,
) -> Result<TokenResponse, EndpointError> {
    let Exchange { server, client, proof, .. } = exchange;
    let capabilities = content.capabilities;
    let access_token = tokens::for_person(server, client, person, delegation, grant.id, capabilities, *proof).await?;
    let id_token = if content.scopes.contains(OpenIdScope::OpenId) {
        let details = tokens::Details { scopes: content.scopes, nonce: content.nonce, access_token: &access_token };
        Some(tokens::for_app(server, client, person, details).await?)
    } else {
        None
    };
    let (user, expires_in) = (&person.user, delegation.resource.expires_in());
    let client_info = || oauth::claims::client_info(&user.id.to_string(), &user.tenant_id.to_string());
    Ok(TokenResponse {
        token_type: TokenType::Bearer,
        scope: Some(content.scopes.as_str().to_owned()),
        expires_in,
        ext_expires_in: expires_in,
        access_token,
        refresh_token: content.refresh_token,
        id_token,
        client_info: content.wants_client_info.then(client_info),
    })
}

/// The session and the person behind a grant, if the grant still stands, and what somebody from outside has proved.
pub fn standing(
    exchange: &Exchange<'_>,
    grant: &Grant,
    behind: Behind,
) -> Result<(Session, User, Option<Identity>), EndpointError> {
    let now = exchange.server.clock.now();
    if grant.revoked_at.is_some() {
        return Err(aadsts::GRANT_REVOKED.error().into());
    }
    if grant.ends_at.is_some_and(|end| end <= now) {
        let is_single_page = grant.redirect_kind == ClientKind::SinglePage;
        let cause = if is_single_page { aadsts::SINGLE_PAGE_TOKEN_EXPIRED } else { aadsts::GRANT_EXPIRED };
        return Err(cause.error().into());
    }
    let session = behind.session.ok_or_else(|| aadsts::GRANT_REVOKED.error())?;
    let user = behind.user.ok_or_else(|| aadsts::USER_NOT_FOUND.error())?;
    Ok((session, user, behind.outside))
}

/// A new refresh token of a grant: its text, and the row to store.
pub fn new_refresh_token(exchange: &Exchange<'_>, grant: &Grant) -> (String, RefreshToken) {
    let server = exchange.server;
    let now = server.clock.now();
    let secret = Secret::new(SecretKind::RefreshToken, exchange.tenant, &server.entropy);
    let slides_to = now.plus(REFRESH);
    let row = RefreshToken {
        tenant_id: exchange.tenant,
        secret_hash: secret.hash(),
        grant_id: grant.id,
        issued_at: now,
        expires_at: grant.ends_at.map_or(slides_to, |end| end.min(slides_to)),
        replaced_at: None,
    };
    (secret.text().to_string(), row)
}
