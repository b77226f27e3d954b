//! Cross-origin reading, for scripts of single-page applications: exactly the origins of their redirect addresses.
//!
//! It holds for the endpoints of OAuth and for the API, which a script calls with the token it got. No credentials are
//! ever allowed: none of them reads a cookie.

use super::tenant_path;
use crate::Server;
use crate::applications;
use crate::platform::ids::TenantId;
use crate::service_principals::foreign;
use crate::tenants;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use database::Transaction;
use std::sync::Arc;

/// What a script may read beside the answer itself: what tells it why, when to come again, and which version it has.
const EXPOSED: &str = "etag, location, odata-entityid, preference-applied, request-id, client-request-id, \
                       www-authenticate, retry-after, x-ms-throttle-limit-percentage, x-ms-throttle-scope, \
                       x-ms-throttle-information";

/// Whose applications are asked.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// Those of the tenant this path segment names.
    Tenant(&'a str),
    /// Those of every tenant: where the path names none.
    Everybody,
}

impl<'a> Scope<'a> {
    /// The scope of a path's first segment.
    pub fn of(segment: &'a str) -> Self {
        if tenant_path::is_alias(segment) { Self::Everybody } else { Self::Tenant(segment) }
    }
}

/// Lets the script that sent the request read the answer, if it runs at the address of a single-page application.
pub async fn allow(server: &Server, scope: Scope<'_>, request: &HeaderMap, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = permitted(server, scope, request).await {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let exposed = HeaderValue::from_static(EXPOSED);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
    response
}

/// Answers the question a browser asks before the request itself (Fetch Standard section 3.2.2).
pub async fn preflight(server: &Server, scope: Scope<'_>, request: &HeaderMap) -> Response {
    const WORDS: [(HeaderName, &str); 3] = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE"),
        (header::ACCESS_CONTROL_MAX_AGE, "3600"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let mut response = allow(server, scope, request, StatusCode::NO_CONTENT.into_response()).await;
    if response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        for (name, value) in WORDS {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        // Telemetry headers differ between versions of the libraries; none of them means anything here.
        if let Some(asked) = request.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
            response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
        }
    }
    response
}

/// The `Origin` of the request, if it belongs to a single-page application.
async fn permitted(server: &Server, scope: Scope<'_>, request: &HeaderMap) -> Option<HeaderValue> {
    let origin = request.get(header::ORIGIN)?;
    let text = origin.to_str().ok().filter(|text| text.len() <= 256)?;
    match is_single_page_origin(server, scope, text).await {
        Ok(true) => Some(origin.clone()),
        Ok(false) => None,
        Err(error) => {
            tracing::error!(%error, "the origins of single-page applications could not be read");
            None
        }
    }
}

async fn is_single_page_origin(server: &Server, scope: Scope<'_>, origin: &str) -> database::Result<bool> {
    let mut tx = server.read().await?;
    let registered = match scope {
        Scope::Everybody => return is_anybodys(&mut tx, server, origin).await,
        Scope::Tenant(segment) => match tenants::resolve(&mut tx, server, segment).await? {
            Some(tenant) => single_page_addresses(&mut tx, server, tenant.id).await?,
            None => return Ok(false),
        },
    };
    Ok(oauth::origin::allows(registered.iter().map(String::as_str), origin))
}

async fn single_page_addresses(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
) -> database::Result<Arc<Vec<String>>> {
    let cache = &server.caches.single_page;
    match cache.get(server.database.changes(), &tenant) {
        Ok(kept) => Ok(kept),
        Err(vacancy) => {
            let mut read = applications::address_store::list_single_page_addresses(tx, tenant).await?;
            let of_others = foreign::registrations(tx, tenant).await?;
            read.extend(of_others.into_iter().flat_map(|application| application.spa_redirect_uris.0));
            Ok(cache.keep(vacancy, tx, tenant, read))
        }
    }
}

/// Only what is somebody's is kept: strangers make up origins.
async fn is_anybodys(tx: &mut Transaction, server: &Server, origin: &str) -> database::Result<bool> {
    let (cache, origin) = (&server.caches.origins, origin.to_owned());
    let Err(vacancy) = cache.get(server.database.changes(), &origin) else { return Ok(true) };
    let registered = applications::address_store::list_single_page_addresses_everywhere(tx, &origin).await?;
    let is_one = oauth::origin::allows(registered.iter().map(String::as_str), &origin);
    if is_one {
        cache.keep(vacancy, tx, origin, ());
    }
    Ok(is_one)
}
