//! What clients read before anything else: the provider's metadata and its keys.

use super::cors::{self, Scope};
use super::error::EndpointError;
use super::tenant_path;
use crate::Server;
use crate::tenants::Tenant;
use crate::web::Routes;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use oauth::discovery::{Authority, ProviderMetadata};
use oauth::jose::{Algorithm, JwkSet};
use serde_json::json;
use std::sync::Arc;

/// For how long clients may keep what they read here; far shorter than the overlap of two signing keys.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// The documents.
pub fn routes() -> Routes {
    Routes::new()
        .route("/{tenant}/v2.0/.well-known/openid-configuration", get(metadata).options(preflight))
        .route("/{tenant}/discovery/v2.0/keys", get(keys).options(preflight))
        .route("/common/discovery/instance", get(instance))
}

/// OIDC Discovery 1.0 section 4. A verified domain leads to the same document as the id: the issuer is always the id.
async fn metadata(State(server): State<Arc<Server>>, Path(segment): Path<String>, headers: HeaderMap) -> Response {
    let base = server.settings.public_address();
    let answer = if tenant_path::is_alias(&segment) {
        Ok(ProviderMetadata::new(base, Authority::Alias(&segment)))
    } else {
        let tenant = tenant(&server, &segment).await;
        tenant.map(|tenant| ProviderMetadata::new(base, Authority::Tenant(&tenant.id.to_string())))
    };
    finish(&server, &segment, &headers, answer.map(Json)).await
}

/// RFC 7517. An alias has no keys, because each tenant has its own: the set of everybody's would let one tenant's key
/// speak for another.
async fn keys(State(server): State<Arc<Server>>, Path(segment): Path<String>, headers: HeaderMap) -> Response {
    let answer = if tenant_path::is_alias(&segment) { Ok(JwkSet::default()) } else { key_set(&server, &segment).await };
    finish(&server, &segment, &headers, answer.map(Json)).await
}

async fn tenant(server: &Server, segment: &str) -> Result<Arc<Tenant>, EndpointError> {
    tenant_path::resolve(&mut server.read().await?, server, segment).await
}

async fn key_set(server: &Server, segment: &str) -> Result<JwkSet, EndpointError> {
    let tenant = tenant(server, segment).await?;
    // Clients keep what they find here; a set without keys would make them refuse the first tokens.
    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        server.signing_keys.signer(server, tenant.id, algorithm).await?;
    }
    Ok(JwkSet { keys: server.signing_keys.published(server, tenant.id).await? })
}

/// Which hosts belong together, asked by Microsoft's libraries before they believe an authority. Ours is alone.
async fn instance(State(server): State<Arc<Server>>) -> Response {
    let host = server.settings.public_host();
    let base = server.settings.public_address();
    let document = json!({
        "tenant_discovery_endpoint": format!("{base}/common/v2.0/.well-known/openid-configuration"),
        "api-version": "1.1",
        "metadata": [{ "preferred_network": host, "preferred_cache": host, "aliases": [host] }],
    });
    ([(header::CACHE_CONTROL, CACHE)], Json(document)).into_response()
}

async fn finish(
    server: &Server,
    segment: &str,
    headers: &HeaderMap,
    answer: Result<impl IntoResponse, EndpointError>,
) -> Response {
    let response = match answer {
        Ok(document) => ([(header::CACHE_CONTROL, CACHE)], document).into_response(),
        Err(error) => error.into_json(server, false),
    };
    cors::allow(server, Scope::of(segment), headers, response).await
}

async fn preflight(State(server): State<Arc<Server>>, Path(segment): Path<String>, headers: HeaderMap) -> Response {
    cors::preflight(&server, Scope::of(&segment), &headers).await
}
