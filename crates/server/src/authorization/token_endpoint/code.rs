//! A code becomes tokens (RFC 6749 section 4.1.3), once.

use super::answer::{self, Content};
use super::{Exchange, TurnedAway, reuse};
use crate::authorization::error::EndpointError;
use crate::authorization::person::Person;
use crate::authorization::resource;
use crate::authorization::store::behind::{self, Behind, Standing};
use crate::authorization::store::codes::{self, Code};
use crate::authorization::store::grants::Grant;
use crate::authorization::store::refresh_tokens::{self, RefreshToken};
use crate::platform::{Secret, SecretKind};
use oauth::error::aadsts;
use oauth::pkce::{self, Challenge};
use oauth::scope::{OpenIdScope, Scopes};
use oauth::token_response::TokenResponse;

pub(super) async fn answer(
    exchange: Exchange<'_>,
    presented: &oauth::Secret,
    redirect_uri: &str,
    verifier: Option<&oauth::Secret>,
) -> Result<TokenResponse, TurnedAway> {
    let (code, Standing { grant, behind }) = find(&exchange, presented).await?;
    let outcome = async {
        if code.used_at.is_some() {
            return Err(reuse::of_code(&exchange, &grant).await);
        }
        check(&exchange, &code, &grant, redirect_uri, verifier)?;
        tokens(&exchange, code, &grant, behind).await
    };
    outcome.await.map_err(TurnedAway::with(&grant))
}

/// The tokens for a code that was looked at, if the code can be spent.
async fn tokens(
    exchange: &Exchange<'_>,
    code: Code,
    grant: &Grant,
    behind: Behind,
) -> Result<TokenResponse, EndpointError> {
    let scopes = Scopes::parse(&grant.scope)?;
    let holder = answer::standing(exchange, grant, behind)?;
    let mut tx = exchange.server.read().await?;
    let person = Person::admit(&mut tx, exchange.server, &exchange.client, holder).await?;
    let delegation = resource::delegate(&mut tx, exchange.server, &exchange.client, &scopes, &person).await?;
    drop(tx);

    let may_refresh = scopes.contains(OpenIdScope::OfflineAccess);
    let (text, row) = answer::new_refresh_token(exchange, grant);
    if !redeem(exchange, &code, may_refresh.then_some(&row)).await? {
        return Err(reuse::of_code(exchange, grant).await);
    }
    let mut capabilities = code.capabilities.0;
    if capabilities.is_empty() {
        capabilities.clone_from(&exchange.request.claims.client_capabilities);
    }
    let content = Content {
        scopes: &scopes,
        nonce: code.nonce,
        refresh_token: may_refresh.then_some(text),
        capabilities,
        wants_client_info: code.wants_client_info || exchange.request.client_info,
    };
    answer::write(exchange, grant, &person, &delegation, content).await
}

/// The code of this tenant and this client with what it leads to. Any other does not exist here.
async fn find(exchange: &Exchange<'_>, presented: &oauth::Secret) -> Result<(Code, Standing), EndpointError> {
    let unknown = || aadsts::INVALID_GRANT.error();
    let secret = Secret::parse(SecretKind::AuthorizationCode, presented.expose()).ok_or_else(unknown)?;
    if secret.tenant() != exchange.tenant {
        return Err(unknown().into());
    }
    let mut tx = exchange.server.read().await?;
    let found = behind::find_code(&mut tx, exchange.tenant, &secret.hash(), exchange.client.id()).await?;
    Ok(found.ok_or_else(unknown)?)
}

/// What must hold before the code is spent. A wrong guess spends nothing, so nobody can spoil another's code.
fn check(
    exchange: &Exchange<'_>,
    code: &Code,
    grant: &Grant,
    redirect_uri: &str,
    verifier: Option<&oauth::Secret>,
) -> Result<(), EndpointError> {
    exchange.client.check_redeems_as(grant.redirect_kind, exchange.proof, exchange.origin)?;
    if code.expires_at <= exchange.server.clock.now() {
        return Err(aadsts::GRANT_EXPIRED.error().into());
    }
    if code.redirect_uri != redirect_uri {
        return Err(aadsts::INVALID_GRANT.error().naming("redirect_uri differs from the authorization request").into());
    }
    let challenge = code.challenge.clone().map(Challenge::try_from).transpose()?;
    Ok(pkce::verify(challenge.as_ref(), verifier.map(oauth::Secret::expose))?)
}

/// Spends the code and stores the first refresh token; `false` if the code was spent in the meantime.
async fn redeem(exchange: &Exchange<'_>, code: &Code, token: Option<&RefreshToken>) -> Result<bool, EndpointError> {
    let mut tx = exchange.server.write().await?;
    if !codes::mark_used(&mut tx, code, exchange.server.clock.now()).await? {
        return Ok(false);
    }
    if let Some(token) = token {
        refresh_tokens::insert(&mut tx, token).await?;
    }
    tx.commit().await?;
    Ok(true)
}
