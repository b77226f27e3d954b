//! What the server writes down for people it does not know: bounded, so that nobody can fill the disk by asking.
//!
//! Steps to come back to and forms that were sent in leave rows although nothing is proved yet. Each is counted for the
//! network it comes from and for the whole server, by its size. A browser in which somebody has signed in before has an
//! allowance of its own, so that a flood, even from the same network, does not keep the people out who belong here.

use super::attempts::{self, Limit};
use super::browser::Browser;
use super::refusal::Refusal;
use super::store;
use crate::Server;
use crate::platform::ids::TenantId;
use crate::platform::request::Request as Current;
use crate::tenants;
use crate::web::pages::Problem;
use crate::web::reader::Reader;
use crate::web::shell::Outside;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use database::Transaction;
use std::sync::Arc;
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);

/// Bytes that one unit of the limits pays for, with the row around them.
const UNIT: usize = 4096;

/// Units from one client address (IPv6: one /64) in an hour; an office shares one address.
pub(super) const FROM_NETWORK: Limit = Limit { scope: "strangers", most: 3_000, window: HOUR };
/// Units on the whole server in an hour.
pub(super) const ALL: Limit = Limit { scope: "strangers", most: 50_000, window: HOUR };
/// Units that every client address keeps when those of the whole server are used up.
const KEPT: i64 = 20;
/// Units in an hour of a browser in which somebody has signed in before.
const FAMILIAR: Limit = Limit { scope: "strangers.familiar", most: 200, window: HOUR };

/// Counts something of this many bytes that is about to be written for somebody who is not known. It counts when the
/// transaction is committed.
pub async fn admit(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    browser: Option<&Browser>,
    bytes: usize,
) -> Result<(), Refusal> {
    if let Some(browser) = browser
        && store::known_browsers::is_known(tx, tenant, &browser.hash()).await?
        && FAMILIAR.count(tx, server, tenant, &browser.hash()).await?.is_within()
    {
        return Ok(());
    }
    let units = i64::try_from(1 + bytes / UNIT).unwrap_or(i64::MAX);
    let network = attempts::client(Current::current().client_address);
    let mut from_network = FROM_NETWORK.charge_globally(tx, server, &network, units).await?;
    if !ALL.charge_globally(tx, server, &everybody(), units).await?.is_within() {
        from_network.most = KEPT;
    }
    if from_network.is_within() { Ok(()) } else { Err(Refusal::Problem(Problem::TooMany)) }
}

pub(super) fn everybody() -> crate::platform::SecretHash {
    attempts::subject(&[b"everybody"])
}

/// Stands in front of the forms of people who are not signed in; each leaves a row, so that it is taken only once.
pub async fn layer(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let tenant = parts.uri.path().split('/').nth(1).unwrap_or_default();
    match count_form(&server, tenant, Browser::known(&server, &parts.headers)).await {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(refusal) => refusal.page(&server, Outside::nobody(Reader::of(&parts).language(None, None))),
    }
}

async fn count_form(server: &Server, tenant: &str, browser: Option<Browser>) -> Result<(), Refusal> {
    // Where there is no organisation, nothing is written.
    let found = tenants::resolve(&mut server.read().await?, server, tenant).await?;
    let Some(tenant) = found else { return Ok(()) };
    let mut tx = server.write().await?;
    admit(&mut tx, server, tenant.id, browser.as_ref(), 0).await?;
    Ok(tx.commit().await?)
}
