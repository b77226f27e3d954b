//! A refresh token becomes new tokens and a successor (RFC 9700 section 4.14.2).

use super::answer::{self, Content};
use super::{Exchange, TurnedAway, reuse};
use crate::audit::group::record_soon_as;
use crate::audit::sign_in::SignIn;
use crate::authorization::error::EndpointError;
use crate::authorization::person::Person;
use crate::authorization::resource::{self, Delegation};
use crate::authorization::store::behind::{self, Behind, Standing};
use crate::authorization::store::grants::Grant;
use crate::authorization::store::refresh_tokens::{self, RefreshToken};
use crate::platform::ids::EventId;
use crate::platform::{Secret, SecretKind, Timestamp};
use crate::users;
use oauth::error::aadsts;
use oauth::scope::Scopes;
use oauth::token_response::TokenResponse;
use std::time::Duration;

/// How long after its replacement a token is still answered: an app with several threads, or one that lost the answer,
/// sends it again at once.
const GRACE: Duration = Duration::from_secs(10);

pub(super) async fn answer(exchange: Exchange<'_>, presented: &oauth::Secret) -> Result<TokenResponse, TurnedAway> {
    let (token, Standing { grant, behind }) = find(&exchange, presented).await?;
    tokens(&exchange, &token, &grant, behind).await.map_err(TurnedAway::with(&grant))
}

/// The tokens for a refresh token, if it is still good.
async fn tokens(
    exchange: &Exchange<'_>,
    token: &RefreshToken,
    grant: &Grant,
    behind: Behind,
) -> Result<TokenResponse, EndpointError> {
    exchange.client.check_redeems_as(grant.redirect_kind, exchange.proof, exchange.origin)?;
    let now = exchange.server.clock.now();
    if token.replaced_at.is_some_and(|at| is_reuse(at, now)) {
        return Err(reuse::of_refresh_token(exchange, grant).await);
    }
    let scopes = match &exchange.request.scope {
        Some(scopes) => scopes.clone(),
        None => Scopes::parse(&grant.scope)?,
    };
    let holder = answer::standing(exchange, grant, behind)?;
    if token.expires_at <= now {
        return Err(aadsts::REFRESH_TOKEN_INACTIVE.error().into());
    }
    let mut tx = exchange.server.read().await?;
    let person = Person::admit(&mut tx, exchange.server, &exchange.client, holder).await?;
    let delegation = resource::delegate(&mut tx, exchange.server, &exchange.client, &scopes, &person).await?;
    drop(tx);

    let (text, successor) = answer::new_refresh_token(exchange, grant);
    let row = EventId(exchange.server.entropy.uuid(now));
    if !replace(exchange, token, &successor, &person, row).await? {
        return Err(reuse::of_refresh_token(exchange, grant).await);
    }
    log(exchange, row, &person, &delegation);
    let content = Content {
        scopes: &scopes,
        nonce: None,
        refresh_token: Some(text),
        capabilities: exchange.request.claims.client_capabilities.clone(),
        wants_client_info: exchange.request.client_info,
    };
    answer::write(exchange, grant, &person, &delegation, content).await
}

/// The token of this tenant and this client with what it hangs on. Any other does not exist here.
async fn find(exchange: &Exchange<'_>, presented: &oauth::Secret) -> Result<(RefreshToken, Standing), EndpointError> {
    let unknown = || aadsts::INVALID_GRANT.error().with_suberror("bad_token");
    let secret = Secret::parse(SecretKind::RefreshToken, presented.expose()).ok_or_else(unknown)?;
    if secret.tenant() != exchange.tenant {
        return Err(unknown().into());
    }
    let mut tx = exchange.server.read().await?;
    let found = behind::find_refresh_token(&mut tx, exchange.tenant, &secret.hash(), exchange.client.id()).await?;
    Ok(found.ok_or_else(unknown)?)
}

/// A replacement that lies ahead was before the clock was set back, and nobody knows how long ago: that is no grace.
fn is_reuse(replaced_at: Timestamp, now: Timestamp) -> bool {
    now.since(replaced_at) > GRACE || replaced_at.since(now) > GRACE
}

/// Stores the successor. A token that was replaced within the grace gets another one; `false` if it was reused.
async fn replace(
    exchange: &Exchange<'_>,
    token: &RefreshToken,
    successor: &RefreshToken,
    person: &Person,
    row: EventId,
) -> Result<bool, EndpointError> {
    let now = exchange.server.clock.now();
    let mut tx = exchange.server.write().await?;
    if !refresh_tokens::mark_replaced(&mut tx, token, now).await? {
        let seen = refresh_tokens::find(&mut tx, exchange.tenant, &token.secret_hash).await?;
        let replaced_at = seen.and_then(|seen| seen.replaced_at);
        if replaced_at.is_none_or(|at| is_reuse(at, now)) {
            return Ok(false);
        }
    }
    refresh_tokens::insert(&mut tx, successor).await?;
    users::store::note_app_sign_in(&mut tx, &person.user, row, now).await?;
    tx.commit().await?;
    Ok(true)
}

fn log(exchange: &Exchange<'_>, id: EventId, person: &Person, delegation: &Delegation) {
    let row = SignIn {
        resource: Some(delegation.resource.audience.clone()),
        resource_display_name: Some(delegation.resource.display_name()),
        method: Some("session"),
        ..exchange.client.logged()
    };
    record_soon_as(exchange.server, exchange.tenant, id, person.user.logged(row));
}
