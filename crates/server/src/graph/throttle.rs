//! How much one app may ask of one organisation's directory (Graph: throttling, resource units for each app and tenant).
//!
//! Each process counts for itself, in windows of ten seconds, and forgets when it ends: what is bounded is the work that one app
//! gets out of a process, so that others get theirs. People in the portal are no app, and are not counted.

use super::{Actor, Caller, Error};
use crate::Server;
use crate::platform::Timestamp;
use crate::platform::ids::{ClientId, TenantId};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Seconds of a window.
const WINDOW: u64 = 10;

/// Apps that are counted at a time; beyond it, those that ask nothing in this window are forgotten.
const APPS: usize = 16_384;

/// How much of the bound is used before answers say so, in hundredths (Graph: `x-ms-throttle-limit-percentage`).
const NEAR: u64 = 80;

/// The lower half of a count holds the units, the upper one the window.
const UNITS: u64 = 0xffff_ffff;

const PERCENTAGE: HeaderName = HeaderName::from_static("x-ms-throttle-limit-percentage");
const SCOPE: HeaderName = HeaderName::from_static("x-ms-throttle-scope");
const INFORMATION: HeaderName = HeaderName::from_static("x-ms-throttle-information");

/// What this process has done for each app in each organisation.
#[derive(Debug, Default)]
pub struct Throttle(RwLock<HashMap<(TenantId, ClientId), Arc<AtomicU64>>>);

/// Whether a request goes on.
#[derive(Debug)]
pub enum Charge {
    /// It does; how much of the bound is used with it, in hundredths.
    Let(u64),
    /// It does not: 429.
    Refused(Response),
}

impl Throttle {
    /// Counts units for an app; how much of the bound is used then, in hundredths.
    ///
    /// # Errors
    /// The seconds until the next window, if the bound was reached before.
    fn take(&self, app: (TenantId, ClientId), units: u64, limit: u32, now: Timestamp) -> Result<u64, u32> {
        let (seconds, limit) = (u64::try_from(now.seconds()).unwrap_or_default(), u64::from(limit));
        let window = (seconds / WINDOW) & UNITS;
        let count = self.count(app, window);
        let mut known = count.load(Ordering::Relaxed);
        loop {
            let used = if known >> 32 == window { known & UNITS } else { 0 };
            if used >= limit {
                return Err(u32::try_from(WINDOW - seconds % WINDOW).unwrap_or(1));
            }
            let after = (used + units).min(UNITS);
            match count.compare_exchange_weak(known, (window << 32) | after, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(after * 100 / limit),
                Err(other) => known = other,
            }
        }
    }

    fn count(&self, app: (TenantId, ClientId), window: u64) -> Arc<AtomicU64> {
        if let Some(count) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&app) {
            return Arc::clone(count);
        }
        let mut counts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= APPS {
            counts.retain(|_, count| count.load(Ordering::Relaxed) >> 32 == window);
        }
        Arc::clone(counts.entry(app).or_default())
    }
}

/// Counts a request of the API.
pub fn charge(server: &Server, caller: &Caller, request: &Request) -> Charge {
    let (limit, path) = (server.settings.api.resource_units, request.uri().path());
    // Each request of a batch is counted by itself.
    let is_counted = (path.starts_with("/v1.0/") || path.starts_with("/beta/")) && !path.ends_with("/$batch");
    let Some(client) = app(caller).filter(|_| is_counted && limit > 0) else { return Charge::Let(0) };
    let units = units(request.method(), request.uri());
    match server.throttle.take((caller.tenant, client), units, limit, server.clock.now()) {
        Ok(hundredths) => Charge::Let(hundredths),
        Err(seconds) => Charge::Refused(refusal(caller.tenant, client, seconds)),
    }
}

/// Hands a counted request on.
pub async fn pass(charge: Charge, request: Request, next: Next) -> Response {
    match charge {
        Charge::Refused(response) => response,
        Charge::Let(hundredths) => {
            let mut response = next.run(request).await;
            // A number can always stand in a header.
            if hundredths >= NEAR
                && let Ok(value) = HeaderValue::try_from(format!("{}.{:02}", hundredths / 100, hundredths % 100))
            {
                response.headers_mut().insert(PERCENTAGE, value);
            }
            response
        }
    }
}

fn refusal(tenant: TenantId, client: ClientId, seconds: u32) -> Response {
    let mut response = Error::too_many_requests(seconds).into_response();
    let headers = response.headers_mut();
    headers.insert(PERCENTAGE, HeaderValue::from_static("1.00"));
    headers.insert(INFORMATION, HeaderValue::from_static("ResourceUnitLimitExceeded"));
    // Ids can always stand in a header.
    if let Ok(scope) = HeaderValue::try_from(format!("Tenant_Application/ReadWrite/{client}/{tenant}")) {
        headers.insert(SCOPE, scope);
    }
    response
}

/// The app that asks, by itself or for a person.
fn app(caller: &Caller) -> Option<ClientId> {
    match &caller.actor {
        Actor::User(user) => user.delegated.as_ref().map(|delegated| delegated.client),
        Actor::Application(program) => Some(program.client),
        Actor::System => None,
    }
}

/// What a request costs (Graph: resource units of identity and access).
fn units(method: &Method, uri: &Uri) -> u64 {
    let (path, query) = (uri.path(), uri.query().unwrap_or_default());
    let whole = match path {
        _ if method != Method::GET => 1,
        path if path.contains("/transitiveMembers") => 5,
        path if path.contains("/members") => 3,
        path if path.ends_with("/users") => 2,
        _ => 1,
    };
    if query.is_empty() {
        return whole;
    }
    let top = query.split("top=").nth(1).and_then(|rest| rest.split('&').next()?.parse::<u32>().ok());
    let less = u64::from(query.contains("select=")) + u64::from(top.is_some_and(|top| top < 20));
    (whole + u64::from(query.contains("expand="))).saturating_sub(less).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_costs_what_graph_says() {
        for (address, expected) in [
            ("/v1.0/users", 2),
            ("/v1.0/users?$select=id", 1),
            ("/v1.0/users?$select=id&$top=5", 1),
            ("/v1.0/users?$expand=manager", 3),
            ("/v1.0/users?%24top=100", 2),
            ("/v1.0/groups/x/members", 3),
            ("/v1.0/groups/x/transitiveMembers/microsoft.graph.user?$top=19", 4),
            ("/v1.0/me", 1),
        ] {
            assert_eq!(units(&Method::GET, &address.parse().expect("an address")), expected, "{address}");
        }
        assert_eq!(units(&Method::POST, &Uri::from_static("/v1.0/users")), 1);
    }
}
