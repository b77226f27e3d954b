//! An app asks what a token is and whether it still opens anything (RFC 7662).
//!
//! Only a server that proves who it is may ask, and it hears about two kinds of tokens: those it was given, and those that were
//! made for it. About every other it hears what it hears about noise.

use super::bearer;
use super::error::EndpointError;
use super::person;
use super::presented::{self, Presented, Token, standing};
use super::reader;
use super::resource;
use super::store::behind::Standing;
use super::store::refresh_tokens::RefreshToken;
use super::tokens;
use crate::Server;
use crate::web::Routes;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use oauth::claims::AccessTokenClaims;
use oauth::error::aadsts;
use oauth::introspection_response::{IntrospectionResponse, TokenFacts};
use std::sync::Arc;

/// The endpoint.
pub fn routes() -> Routes {
    Routes::new().route("/{tenant}/oauth2/v2.0/introspect", post(introspect))
}

async fn introspect(
    State(server): State<Arc<Server>>,
    Path(segment): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let about = async |presented| facts_of(&server, presented).await.map(Json);
    presented::answer((&server, &segment), &headers, body, about).await
}

async fn facts_of(server: &Server, presented: Presented) -> Result<IntrospectionResponse, EndpointError> {
    if !presented.proof.is_given() {
        return Err(aadsts::SECRET_NEEDED.error().into());
    }
    let client = &presented.client;
    let found = presented.find(server).await?;
    let reader = match &found {
        Some(Token::Access(claims)) => reader::named(&mut server.read().await?, server, &claims.aud).await?,
        _ => None,
    };
    let facts = match found {
        Some(Token::Access(claims)) if reader == Some(client.id()) || claims.azp == client.id().to_string() => {
            of_access_token(server, claims).await?
        }
        Some(Token::Refresh(token, found)) => of_refresh_token(server, &token, found)?,
        _ => None,
    };
    Ok(facts.map_or_else(IntrospectionResponse::inactive, IntrospectionResponse::active))
}

async fn of_access_token(server: &Server, claims: Arc<AccessTokenClaims>) -> Result<Option<TokenFacts>, EndpointError> {
    let Some((_, holder)) = standing(bearer::caller_of(server, &claims).await)? else { return Ok(None) };
    let mut claims = Arc::unwrap_or_clone(claims);
    if let Some(holder) = holder {
        let mut tx = server.read().await?;
        let left = resource::still_granted(&mut tx, server, &claims, holder.user.id).await?;
        // A token from which everything was taken opens nothing.
        if left.is_empty() && claims.scp.as_ref().is_some_and(|scp| !scp.is_empty()) {
            return Ok(None);
        }
        claims.scp = claims.scp.map(|_| left.join(" "));
    }
    Ok(Some(claims.into()))
}

fn of_refresh_token(
    server: &Server,
    token: &RefreshToken,
    found: Standing,
) -> Result<Option<TokenFacts>, EndpointError> {
    if token.replaced_at.is_some() || token.expires_at <= server.clock.now() {
        return Ok(None);
    }
    let Some((grant, _, holder)) = standing(bearer::still_standing(found))? else { return Ok(None) };
    Ok(Some(TokenFacts {
        iss: tokens::issuer(server, grant.tenant_id),
        sub: person::subject(server, grant.tenant_id, grant.client_id, &holder.user),
        client_id: grant.client_id.to_string(),
        exp: token.expires_at.seconds(),
        iat: token.issued_at.seconds(),
        tid: grant.tenant_id.to_string(),
        oid: holder.user.id.to_string(),
        scope: Some(grant.scope),
        ..TokenFacts::default()
    }))
}
