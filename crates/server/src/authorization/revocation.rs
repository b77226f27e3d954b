//! An app gives a token back (RFC 7009): the grant ends, and with it every token that hangs on it.

use super::cors::{self, Scope};
use super::error::EndpointError;
use super::person;
use super::presented::{self, Presented, Token};
use super::store::grants::{self, Grant, RevokedReason};
use super::token_endpoint;
use crate::Server;
use crate::audit::{self, Activity, Outcome};
use crate::graph::Caller;
use crate::platform::ids::GrantId;
use crate::web::Routes;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::post;
use oauth::error::aadsts;
use std::sync::Arc;

/// The endpoint.
pub fn routes() -> Routes {
    Routes::new().route("/{tenant}/oauth2/v2.0/revoke", post(give_back).options(preflight))
}

async fn give_back(
    State(server): State<Arc<Server>>,
    Path(segment): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let about = async |presented| take_back(&server, &headers, presented).await;
    let response = presented::answer((&server, &segment), &headers, body, about).await;
    cors::allow(&server, Scope::of(&segment), &headers, response).await
}

async fn preflight(State(server): State<Arc<Server>>, Path(segment): Path<String>, headers: HeaderMap) -> Response {
    cors::preflight(&server, Scope::of(&segment), &headers).await
}

/// A token that is not this app's is answered like one that was given back: there is nothing left to do for either
/// (RFC 7009 section 2.2).
async fn take_back(server: &Server, headers: &HeaderMap, presented: Presented) -> Result<(), EndpointError> {
    let Some(grant) = grant_of(server, &presented).await? else { return Ok(()) };
    let origin = token_endpoint::text(headers, header::ORIGIN.as_str())?;
    presented.client.check_redeems_as(grant.redirect_kind, presented.proof, origin)?;
    end(server, &presented, &grant).await.map_err(EndpointError::Storage)
}

/// The grant behind the app's own token. A program's token hangs on none, so it cannot be given back; it ends by itself.
async fn grant_of(server: &Server, presented: &Presented) -> Result<Option<Grant>, EndpointError> {
    let client = presented.client.id();
    let grant = match presented.find(server).await? {
        Some(Token::Refresh(_, found)) => Some(found.grant),
        Some(Token::Access(claims)) if claims.azp == client.to_string() => {
            let id: Option<GrantId> = claims.grant.as_deref().and_then(|id| id.parse().ok());
            let id = id.ok_or_else(|| aadsts::UNSUPPORTED_TOKEN_TYPE.error())?;
            let mut tx = server.read().await?;
            grants::find(&mut tx, presented.tenant, id).await?
        }
        _ => None,
    };
    Ok(grant.filter(|grant| grant.client_id == client))
}

async fn end(server: &Server, presented: &Presented, grant: &Grant) -> database::Result<()> {
    let mut tx = server.write().await?;
    let now = server.clock.now();
    if grants::revoke(&mut tx, presented.tenant, grant.id, RevokedReason::GivenBack, now).await? {
        let app = &presented.client.application;
        let client = app.app_id.to_string();
        let target = person::target(&mut tx, presented.tenant, grant.user_id).await?;
        let details = [("AppId", client.as_str()), ("AppDisplayName", app.display_name.as_str())];
        let caller = Caller::system(presented.tenant);
        let outcome = Outcome::Success;
        audit::record(&mut tx, server, &caller, Activity::RevokeGrant, &outcome, &target, &details).await?;
    }
    tx.commit().await
}
